//! Accounts and tenants that are stored and cannot be read: an operator puts a new one in their place.
//!
//! Nothing of a damaged record is believed, and nobody is let in by it. The change that replaces it
//! expects the version that it is stored under, so it undoes nobody's mending.

use super::engine::{Engine, Scope, Work};
use super::error::{Cause, Error, WhileDoing as _};
use super::host::{NewTenant, no_account};
use super::mfa::Mfa;
use super::written::{few_roles, line, no_tenant};
use crate::account::{Account, Actor, Effects, EventKind, NewUser, Tenant};
use crate::policy::Policy;
use crate::store::{DamagedAccount, DamagedTenant, StoreError};
use crate::types::{AccountKey, Generation, TenantId};

impl Mfa {
    /// Puts a new account in the place of one that is damaged, which an error with the code
    /// `account.damaged` names.
    ///
    /// Restore the record from a backup instead, if there is one. This is for the rest.
    ///
    /// - Kept: the tenant and the user's id.
    /// - Stated by you: address, language, roles, access and rule. State them as they should be:
    ///   nothing of the old account is believed, not even in part.
    /// - Lost: every authenticator, every count of wrong answers, the user's own choice, exemption,
    ///   invitation and approval; and the pseudonym, so that earlier events no longer lead to the
    ///   user.
    ///
    /// Where something is not known, the stricter is assumed. The account is switched off: report
    /// [`Mfa::resumed`] once you know that it should not be. From then on the user is like one whose
    /// methods an administrator reset: there is no grace, and an app is linked only after a code that
    /// is mailed to the stated address. Everything open ends. The user gets a mail with the reason,
    /// and the activity log says so
    /// ([`EventKind::DamageReplaced`](crate::account::EventKind::DamageReplaced)), by this operator.
    ///
    /// Administrators cannot do it: an account that nobody can read may have been another
    /// administrator's, or switched off.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::NewUser;
    ///
    /// let ben = NewUser::at("ben@larkfield.example".parse()?);
    /// let error = mfa.reset_damaged(key, ben, "Kim", "the disk of Monday").await.unwrap_err();
    /// // Nothing is wrong with Ben's account.
    /// assert_eq!(error.code(), "account.not_damaged");
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if the account is not damaged or there is none, for more than 16 roles, or if the name
    /// or the reason is not one line of 1 to 200 bytes. `Corrupt`, code `account.unknown_form`, if a
    /// later release wrote the account: run that one. `Corrupt` if the tenant cannot be read either.
    /// `Unavailable` or `Contended`: nothing was changed. `OutcomeUnknown`: call it again;
    /// `account.not_damaged` then says that it was done.
    pub async fn reset_damaged(
        &self,
        key: &AccountKey,
        new_user: NewUser,
        name: impl Into<String> + Send,
        reason: impl Into<String> + Send,
    ) -> Result<(), Error> {
        const DOING: &str = "reset a damaged account";
        let name = line(name).while_doing(DOING)?;
        let reason = line(reason).while_doing(DOING)?;
        let decide = |work: &mut Work| {
            let damage = match (work.damage.clone(), &work.account) {
                (Some(damage), _) => damage,
                (None, Some(_)) => return Err(not_damaged(key)),
                (None, None) => return Err(no_account(key)),
            };
            self.engine.replace(key, damage, &new_user, (&name, &reason), work)
        };
        self.engine.transact(DOING, Scope::DamagedAccount(key), decide).await
    }
}

impl Mfa {
    /// Puts a new tenant in the place of one whose record is damaged, which an error with the code
    /// `tenant.damaged` names.
    ///
    /// Restore the record from a backup instead, if there is one: until then nobody logs in there.
    ///
    /// - Kept: the id, and all users with their authenticators; the mail texts, if they can be read.
    /// - Stated by you: the names, the language, and the policy, which holds at once and has no grace.
    ///   State a policy that is no looser than the old one, for nothing tells what that was.
    /// - Lost: the revision of the policy, which begins anew.
    ///
    /// Everything open in the tenant ends, and every code of an app counts as used up to now. The
    /// activity log says so
    /// ([`EventKind::TenantDamageReplaced`](crate::account::EventKind::TenantDamageReplaced)), by this
    /// operator.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// use countersign_core::{Locale, NewTenant, Policy, Requirement};
    ///
    /// let new = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
    /// let policy = Policy::requiring(Requirement::App);
    /// let error = mfa.reset_damaged_tenant(new, policy, "Kim", "the disk of Monday").await.unwrap_err();
    /// // Nothing is wrong with it.
    /// assert_eq!(error.code(), "tenant.not_damaged");
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if the tenant is not damaged or there is none, for more than 32 roles, or if the name or
    /// the reason is not one line of 1 to 200 bytes. `Corrupt`, code `tenant.unknown_form`, if a later
    /// release wrote it: run that one. `Unavailable` or `Contended`: nothing was changed.
    /// `OutcomeUnknown`: call it again; `tenant.not_damaged` then says that it was done.
    pub async fn reset_damaged_tenant(
        &self,
        new: NewTenant,
        policy: Policy,
        name: impl Into<String> + Send,
        reason: impl Into<String> + Send,
    ) -> Result<(), Error> {
        const DOING: &str = "reset a damaged tenant";
        let name = line(name).while_doing(DOING)?;
        let reason = line(reason).while_doing(DOING)?;
        few_roles(&policy).while_doing(DOING)?;
        let decide = |work: &mut Work| {
            match (work.tenant_damage.clone(), &work.tenant) {
                (Some(DamagedTenant { version: Some(_), .. }), _) => {}
                (Some(later), _) => return Err(StoreError::DamagedTenant(later).into()),
                (None, Some(_)) => return Err(tenant_not_damaged(&new.id)),
                (None, None) => return Err(no_tenant(&new.id)),
            }
            let NewTenant { id, name: known_as, issuer, locale } = new.clone();
            let generation = Generation::start(&*self.engine.random)?;
            let mut tenant = Tenant::new(id, known_as, issuer, locale, generation);
            tenant.policy = policy.clone();
            tenant.policy_revision = 1;
            tenant.restored_at = Some(work.now);
            work.tenant = Some(tenant);
            let actor = Actor::Operator { name: name.clone(), reason: reason.clone() };
            let what = EventKind::TenantDamageReplaced { required: policy.required() };
            self.engine.record(&new.id, actor, what, work)
        };
        self.engine.transact(DOING, Scope::DamagedTenant(&new.id), decide).await
    }
}

impl Engine {
    /// Erases an account that cannot be read.
    pub(super) fn give_up(
        &self,
        key: &AccountKey,
        damage: DamagedAccount,
        work: &mut Work,
    ) -> Result<(), Cause> {
        can_go(damage)?;
        // It may have been an administrator's: whoever counts those meets this act here.
        work.touch_tenant = true;
        self.record(key.tenant(), Actor::Host, EventKind::DamageErased, work)
    }

    fn replace(
        &self,
        key: &AccountKey,
        damage: DamagedAccount,
        new_user: &NewUser,
        (name, reason): (&str, &str),
        work: &mut Work,
    ) -> Result<(), Cause> {
        can_go(damage)?;
        self.create(key, new_user, work)?;
        let Some(tenant) = &work.tenant else { return Ok(()) };
        let (name, reason) = (name.to_owned(), reason.to_owned());
        let actor = Actor::Operator { name: name.clone(), reason: reason.clone() };
        let mut env = self.env(key, tenant, work.now, actor.into());
        let account = Account::in_place_of_damaged(new_user.clone(), name, reason, &mut env)?;
        let Effects { events, letters } = env.effects;
        work.account = Some(account);
        work.effects.events.extend(events);
        work.effects.letters.extend(letters);
        work.touch_tenant = true;
        Ok(())
    }
}

/// What a later release wrote is not damaged, and stays.
fn can_go(damage: DamagedAccount) -> Result<(), Cause> {
    if damage.version.is_some() { Ok(()) } else { Err(StoreError::Damaged(damage).into()) }
}

fn not_damaged(key: &AccountKey) -> Cause {
    let why = format!("the account {key} can be read");
    Cause::unfit("account.not_damaged", why, "reset it as an administrator does: `Admin::reset`")
}

fn tenant_not_damaged(id: &TenantId) -> Cause {
    let why = format!("the tenant {id} can be read");
    Cause::unfit("tenant.not_damaged", why, "set its policy as an administrator does")
}
