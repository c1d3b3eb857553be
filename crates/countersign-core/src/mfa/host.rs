//! What the host tells us: it owns people, passwords and sessions, and only it knows these things.

use super::engine::{Engine, Scope, Work};
use super::error::{Cause, Error, WhileDoing as _};
use super::mfa::Mfa;
use crate::account::{Account, Actor, Env, Event, EventKind, NewUser, Tenant};
use crate::login::{Accepted, EndedInvitation, Invitation, InvitationClaims, InvitationEnd};
use crate::seal::Fault;
use crate::types::{
    AccountKey, DisplayName, EmailAddress, EventId, Generation, Issuer, Locale, SecretText,
    TenantId, Timestamp, UserId,
};

/// Most roles that one account has.
const MOST_ROLES: usize = 16;

/// A tenant to be created.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NewTenant {
    /// Its id, owned by the host.
    pub id: TenantId,
    /// The name that mails and pages show.
    pub name: DisplayName,
    /// The name that authenticator apps show; the display name by default.
    pub issuer: Issuer,
    /// The language of its mails, for people who have none of their own.
    pub locale: Locale,
}

impl NewTenant {
    /// A tenant of this name, which authenticator apps show too.
    ///
    /// # Errors
    ///
    /// [`InvalidValue`](crate::types::InvalidValue) if the id or the name cannot be used, or if the name
    /// cannot be shown by apps; then give the issuer apart, with [`NewTenant::shown_in_apps_as`].
    pub fn new(
        id: impl Into<String>,
        name: impl Into<String>,
        locale: Locale,
    ) -> Result<Self, crate::types::InvalidValue> {
        let name = DisplayName::new(name)?;
        let issuer = Issuer::new(name.as_str())?;
        Ok(Self { id: TenantId::new(id)?, name, issuer, locale })
    }

    /// A tenant that authenticator apps show by another name than mails do.
    #[must_use]
    pub fn shown_in_apps_as(
        id: TenantId,
        name: DisplayName,
        issuer: Issuer,
        locale: Locale,
    ) -> Self {
        Self { id, name, issuer, locale }
    }
}

/// One user of a bulk adoption.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "a person is a name and what is known of them")]
pub struct ExistingUser {
    /// The user's id, owned by the host.
    pub user_id: UserId,
    /// What the host knows of them.
    pub new_user: NewUser,
}

/// Whether the host has made sure that a new address belongs to the user.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it has or it has not")]
pub enum Vouching {
    /// It has; the address is used at once.
    Vouched,
    /// It has not; the address is used once a code sent there came back
    /// ([`Purpose::ConfirmAddress`](crate::login::Purpose::ConfirmAddress)).
    Unconfirmed,
}

impl Mfa {
    /// Creates a tenant. It asks nothing of anybody until an administrator sets a policy.
    ///
    /// # Errors
    ///
    /// Unfit if it exists already. The world broke.
    pub async fn create_tenant(&self, new: NewTenant) -> Result<(), Error> {
        const DOING: &str = "create a tenant";
        let decide = |work: &mut Work| {
            if work.tenant.is_some() {
                let why = format!("there is a tenant {} already", new.id);
                return Err(Cause::unfit("tenant.exists", why, "choose another id"));
            }
            let generation = Generation::start(&*self.engine.random)?;
            work.tenant = Some(Tenant::new(
                new.id.clone(),
                new.name.clone(),
                new.issuer.clone(),
                new.locale.clone(),
                generation,
            ));
            self.engine.record(&new.id, Actor::Host, EventKind::TenantCreated, work)
        };
        self.engine.transact(DOING, Scope::Tenant(&new.id), decide).await
    }

    /// Takes over a user who exists already, with an address that the host vouches for.
    ///
    /// No mail is sent.
    ///
    /// # Errors
    ///
    /// Unfit if the account exists or the tenant does not, or if there are more than 16 roles.
    /// The world broke.
    pub async fn add_existing_user(
        &self,
        key: &AccountKey,
        new_user: NewUser,
    ) -> Result<(), Error> {
        const DOING: &str = "add an existing user";
        let decide = |work: &mut Work| {
            self.engine.create(key, &new_user, work)?;
            let verb = |account: &mut Account, env: &mut Env<'_>| {
                env.record(account.pseudonym(), EventKind::ExistingUserAdded)
            };
            self.engine.on_account(key, &Actor::Host.into(), work, verb).map(drop)
        };
        self.engine.transact(DOING, Scope::Account(key), decide).await
    }

    /// Takes over many people of one tenant; each is adopted or not, independently.
    ///
    /// It returns those who were not, with the reason. Calling it again with the same people does
    /// no harm: who is there already is reported and left alone.
    pub async fn add_existing_users(
        &self,
        tenant: &TenantId,
        people: Vec<ExistingUser>,
    ) -> Vec<(UserId, Error)> {
        let mut refused = Vec::new();
        for ExistingUser { user_id, new_user } in people {
            let key = AccountKey::of(tenant.clone(), user_id);
            if let Err(error) = self.add_existing_user(&key, new_user).await {
                refused.push((key.user().clone(), error));
            }
        }
        refused
    }

    /// The user has a new password: sessions end, the soft lock ends, every count stays.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such account. The world broke.
    pub async fn password_changed(&self, key: &AccountKey) -> Result<(), Error> {
        self.told("note a new password", key, |account, env| account.password_changed(env)).await
    }

    /// The user has a new address. Both addresses are told.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such account. The world broke.
    pub async fn address_changed(
        &self,
        key: &AccountKey,
        new: EmailAddress,
        vouching: Vouching,
    ) -> Result<(), Error> {
        self.told("note a new address", key, |account, env| match vouching {
            Vouching::Vouched => account.set_address(new.clone(), env),
            Vouching::Unconfirmed => account.propose_address(new.clone(), env),
        })
        .await
    }

    /// The user is switched off: nothing open survives, and no login begins.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such account. The world broke.
    pub async fn suspended(&self, key: &AccountKey) -> Result<(), Error> {
        self.told("suspend a user", key, |account, env| account.suspend(true, env)).await
    }

    /// The user is switched on again, with the authenticators they had.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such account. The world broke.
    pub async fn resumed(&self, key: &AccountKey) -> Result<(), Error> {
        self.told("resume a user", key, |account, env| account.suspend(false, env)).await
    }

    /// The user is gone: the account is erased. Events stay, under a pseudonym that no longer
    /// leads to anybody.
    ///
    /// Erasing who is not there does nothing.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn removed(&self, key: &AccountKey) -> Result<(), Error> {
        const DOING: &str = "erase a user";
        let decide = |work: &mut Work| {
            let verb = |account: &mut Account, env: &mut Env<'_>| {
                env.record(account.pseudonym(), EventKind::Removed)
            };
            self.engine.on_account(key, &Actor::Host.into(), work, verb)?;
            work.account = None;
            Ok(())
        };
        self.engine.transact(DOING, Scope::Account(key), decide).await
    }

    /// The user ended all their sessions: every proof and ticket ends with them.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such account. The world broke.
    pub async fn signed_out_everywhere(&self, key: &AccountKey) -> Result<(), Error> {
        self.told("sign a user out", key, |account, env| account.signed_out_everywhere(env)).await
    }

    async fn told(
        &self,
        doing: &'static str,
        key: &AccountKey,
        verb: impl Fn(&mut Account, &mut Env<'_>) -> Result<(), Fault> + Send + Sync,
    ) -> Result<(), Error> {
        let decide = |work: &mut Work| {
            let found = self.engine.on_account(key, &Actor::Host.into(), work, &verb)?;
            found.ok_or_else(|| no_account(key))
        };
        self.engine.transact(doing, Scope::Account(key), decide).await
    }

    /// Looks at an invitation link without using it. One read; a mail scanner does no harm.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn invitation(&self, token: &str) -> Result<Invitation, Error> {
        const DOING: &str = "look at an invitation";
        let Some(InvitationClaims { key, id, .. }) =
            self.engine.open_invitation(token).while_doing(DOING)?
        else {
            return Ok(Invitation::Ended);
        };
        let decide = |work: &mut Work| {
            let (Some(tenant), Some(account)) = (&work.tenant, &work.account) else {
                return Ok(Invitation::Ended);
            };
            let ends = account.invitation_ends(id, work.now);
            Ok(match ends.zip(account.address().cloned()) {
                Some((ends, address)) => Invitation::Open {
                    key: key.clone(),
                    tenant_name: tenant.name().to_string(),
                    address,
                    ends,
                },
                None => Invitation::Ended,
            })
        };
        self.engine.transact(DOING, Scope::Account(&key), decide).await
    }

    /// Why an invitation that has ended did so, and whose it was. One read at most.
    ///
    /// Only the link itself can tell whose it was, so nobody learns of others.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn invitation_end(&self, token: &str) -> Result<EndedInvitation, Error> {
        const DOING: &str = "look at an invitation that has ended";
        let Some(InvitationClaims { key, id, ends }) =
            self.engine.sealer.open_invitation(token).while_doing(DOING)?
        else {
            return Ok(EndedInvitation { end: InvitationEnd::Unknown, key: None });
        };
        let decide = |work: &mut Work| {
            let Some(account) = &work.account else { return Ok(InvitationEnd::Unknown) };
            Ok(match account.invitation_ends(id, Timestamp::from_millis(i64::MIN)) {
                Some(_) => InvitationEnd::RanOut,
                None if account.is_invited(work.now) => InvitationEnd::Withdrawn,
                None if account.has_confirmed_address() => InvitationEnd::Accepted,
                None if work.now >= ends => InvitationEnd::RanOut,
                None => InvitationEnd::Withdrawn,
            })
        };
        let end = self.engine.transact(DOING, Scope::Account(&key), decide).await?;
        let key = (end != InvitationEnd::Unknown).then_some(key);
        Ok(EndedInvitation { end, key })
    }

    /// Spends an invitation link: it confirms the address and passes the e-mail gate.
    ///
    /// Call it from a POST, together with the user's new password. It yields no proof.
    ///
    /// # Errors
    ///
    /// The world broke; the link is not spent.
    pub async fn accept_invitation(&self, token: &str) -> Result<Accepted, Error> {
        const DOING: &str = "accept an invitation";
        let Some(InvitationClaims { key, id, .. }) =
            self.engine.open_invitation(token).while_doing(DOING)?
        else {
            return Ok(Accepted::Ended);
        };
        let verb = |account: &mut Account, env: &mut Env<'_>| {
            if account.invitation_ends(id, env.now).is_none() {
                return Ok(false);
            }
            account.accept_invitation(env).map(|()| true)
        };
        let decide = |work: &mut Work| {
            let done = self.engine.on_account(&key, &Actor::User.into(), work, verb)?;
            Ok(if done == Some(true) { Accepted::By(key.clone()) } else { Accepted::Ended })
        };
        self.engine.transact(DOING, Scope::Account(&key), decide).await
    }
}

impl Engine {
    /// Puts a fresh account into the work.
    pub(super) fn create(
        &self,
        key: &AccountKey,
        new_user: &NewUser,
        work: &mut Work,
    ) -> Result<(), Cause> {
        if work.tenant.is_none() {
            let why = format!("there is no tenant {}", key.tenant());
            return Err(Cause::unfit("tenant.unknown", why, "create the tenant first"));
        }
        if work.account.is_some() {
            let why = format!("there is an account {key} already");
            return Err(Cause::unfit("account.exists", why, "leave it, or change it"));
        }
        if new_user.roles.len() > MOST_ROLES {
            let why = format!("the user has {} roles", new_user.roles.len());
            return Err(Cause::unfit("account.roles", why, "give at most 16"));
        }
        work.account = Some(Account::new(new_user.clone(), &*self.random)?);
        Ok(())
    }

    /// Writes down what happened to the tenant as a whole.
    pub(super) fn record(
        &self,
        tenant: &TenantId,
        actor: Actor,
        what: EventKind,
        work: &mut Work,
    ) -> Result<(), Cause> {
        let id = EventId::draw(&*self.random)?;
        let tenant = tenant.clone();
        work.effects.events.push(Event { id, tenant, account: None, actor, at: work.now, what });
        Ok(())
    }

    /// The link of an invitation, sealed anew for each mail; each opens the same invitation.
    pub(super) fn invitation_link(
        &self,
        claims: &InvitationClaims,
    ) -> Result<Option<SecretText>, Fault> {
        let Some(page) = &self.invitation_page else { return Ok(None) };
        let token = self.sealer.seal_invitation(claims, &*self.random)?;
        Ok(Some(SecretText::new(format!("{page}{}", token.expose()))))
    }

    /// What an invitation of ours carries, if it has not ended by this node's clock.
    fn open_invitation(&self, token: &str) -> Result<Option<InvitationClaims>, Fault> {
        let read = self.sealer.open_invitation(token)?;
        Ok(read.filter(|claims| self.clock.now() < claims.ends))
    }
}

/// The account that was named is not there.
pub(super) fn no_account(key: &AccountKey) -> Cause {
    let why = format!("there is no account {key}");
    Cause::unfit("account.unknown", why, "add or invite the user first")
}
