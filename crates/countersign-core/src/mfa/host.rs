//! Reports of the host, which owns users, passwords and sessions.

use std::collections::BTreeSet;

use super::engine::{Engine, Scope, Work};
use super::error::{Cause, Error};
use super::mfa::Mfa;
use super::side_by_side::{Piece, side_by_side};
use crate::account::{Account, Actor, Env, Event, EventKind, NewUser, Tenant};
use crate::login::{Accepted, EndedInvitation, Invitation, InvitationClaims, InvitationEnd};
use crate::seal::Fault;
use crate::types::{
    AccountKey, DisplayName, EmailAddress, EventId, Generation, Issuer, Locale, SecretText,
    TenantId, Timestamp, UserId,
};

/// Most roles that one account has.
const MOST_ROLES: usize = 16;
/// Users of a bulk import who are added at once. A store may write those that wait together in one
/// commit; so many wait while as many are written.
const ADDED_AT_ONCE: usize = 64;

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
    /// The language of its mails, for users without one of their own.
    pub locale: Locale,
}

impl NewTenant {
    /// A tenant with this name, which authenticator apps show too.
    ///
    /// ```
    /// use countersign_core::{Locale, NewTenant};
    ///
    /// let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
    /// assert_eq!(tenant.issuer.as_str(), "Larkfield Freight");
    /// # Ok::<(), countersign_core::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidValue`](crate::types::InvalidValue) if the id or the name cannot be used, or if
    /// apps cannot show the name; then give the issuer apart, with [`NewTenant::shown_in_apps_as`].
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
    ///
    /// ```
    /// use countersign_core::{DisplayName, Issuer, Locale, NewTenant, TenantId};
    ///
    /// let tenant = NewTenant::shown_in_apps_as(
    ///     TenantId::new("larkfield")?,
    ///     DisplayName::new("Larkfield: Freight & Storage")?,
    ///     Issuer::new("Larkfield")?,
    ///     Locale::english(),
    /// );
    /// assert_eq!(tenant.issuer.as_str(), "Larkfield");
    /// # Ok::<(), countersign_core::InvalidValue>(())
    /// ```
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

/// One user of a bulk import; see [`Mfa::add_existing_users`].
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "a person is a name and what is known of them")]
pub struct ExistingUser {
    /// The user's id, owned by the host.
    pub user_id: UserId,
    /// Their address, language, roles and access.
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
    /// Creates a tenant. It requires nothing of its users until an administrator sets a policy.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// use countersign_core::{ErrorKind, Locale, NewTenant};
    ///
    /// let tenant = NewTenant::new("millbrook", "Millbrook Dairy", Locale::english())?;
    /// mfa.create_tenant(tenant.clone()).await?;
    ///
    /// let error = mfa.create_tenant(tenant).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Unfit);
    /// assert_eq!(error.code(), "tenant.exists");
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if the tenant exists already. `Unavailable` or `Contended`: nothing was created.
    /// `OutcomeUnknown`: call it again; `tenant.exists` then says that it was created.
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

    /// Adds a user whom the host has already, with an address that the host vouches for.
    ///
    /// It sends no mail. To add a new user and send an invitation, use
    /// [`Admin::invite_user`](crate::Admin::invite_user).
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// use countersign_core::{AccountKey, NewUser};
    ///
    /// let cleo = AccountKey::new("larkfield", "cleo")?;
    /// mfa.add_existing_user(&cleo, NewUser::at("cleo@larkfield.example".parse()?)).await?;
    /// assert!(mfa.user(&cleo).await?.is_some());
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if the account exists or the tenant does not, or for more than 16 roles.
    /// `Unavailable` or `Contended`: nothing was added. `OutcomeUnknown`: call it again;
    /// `account.exists` then says that it was added.
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

    /// Adds many users of one tenant: each on its own, and 64 at a time, so that a store may write
    /// many of them in one commit.
    ///
    /// It returns the users that were not added, each with the reason, in their order. Calling it
    /// again with the same users is harmless: those who were added before are reported as
    /// `account.exists` and left alone. Of two with one id, the first is added.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// use countersign_core::{ExistingUser, NewUser, TenantId, UserId};
    ///
    /// let larkfield = TenantId::new("larkfield")?;
    /// let mut users = Vec::new();
    /// for name in ["ben", "cleo", "dara"] {
    ///     let new_user = NewUser::at(format!("{name}@larkfield.example").parse()?);
    ///     users.push(ExistingUser { user_id: UserId::new(name)?, new_user });
    /// }
    /// let refused = mfa.add_existing_users(&larkfield, users).await;
    ///
    /// let [(user, error)] = &refused[..] else { panic!("only Ben was there before") };
    /// assert_eq!((user.as_str(), error.code()), ("ben", "account.exists"));
    /// # Ok(())
    /// # });
    /// ```
    pub async fn add_existing_users(
        &self,
        tenant: &TenantId,
        people: Vec<ExistingUser>,
    ) -> Vec<(UserId, Error)> {
        let mut ids = BTreeSet::new();
        let is_first = |(_, one): &(usize, ExistingUser)| ids.insert(one.user_id.clone());
        let (people, again): (Vec<_>, Vec<_>) = people.into_iter().enumerate().partition(is_first);
        let mut refused: Vec<(usize, UserId, Error)> = Vec::new();
        for people in [people, again] {
            let people = people.into_iter().map(|(at, ExistingUser { user_id, new_user })| {
                let key = AccountKey::of(tenant.clone(), user_id);
                let add = async move {
                    let added = self.add_existing_user(&key, new_user).await;
                    added.err().map(|error| (at, key.user().clone(), error))
                };
                Box::pin(add) as Piece<'_, _>
            });
            refused.extend(side_by_side(ADDED_AT_ONCE, people).await.into_iter().flatten());
        }
        refused.sort_by_key(|(at, ..)| *at);
        refused.into_iter().map(|(_, user, error)| (user, error)).collect()
    }

    /// The host reports that the user has a new password: sessions and the soft lock end, every
    /// count of wrong answers stays.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::{SessionCheck, SessionEnd};
    ///
    /// # let sealed = mfa.seal(&demo.log_in(key).await)?;
    /// mfa.password_changed(key).await?;
    /// let check = mfa.open_session(&sealed).await?;
    /// assert!(matches!(check, SessionCheck::Ended(SessionEnd::Superseded)));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such account. `Unavailable`, `Contended` or `Corrupt`: nothing was
    /// changed. `OutcomeUnknown`: call it again.
    pub async fn password_changed(&self, key: &AccountKey) -> Result<(), Error> {
        self.told("note a new password", key, |account, env| account.password_changed(env)).await
    }

    /// The host reports that the user has a new e-mail address. Both addresses get a mail.
    ///
    /// [`Vouching`] says whether codes go to the new address at once or after it was confirmed.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::Vouching;
    ///
    /// let new = "ben@home.example".parse()?;
    /// mfa.address_changed(key, new, Vouching::Vouched).await?;
    /// let user = mfa.user(key).await?.expect("Ben is a user");
    /// assert_eq!(user.address, Some("ben@home.example".parse()?));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such account. `Unavailable`, `Contended` or `Corrupt`: nothing was
    /// changed. `OutcomeUnknown`: call it again.
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

    /// The host reports that the user is switched off: everything open ends, and no login begins.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// # let client = &demo.client;
    /// use countersign_core::{Begun, FirstFactor, Refusal};
    ///
    /// mfa.suspended(key).await?;
    /// let begun = mfa.begin(key, FirstFactor::Password, client).await?;
    /// assert_eq!(begun, Begun::Refused(Refusal::Suspended));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such account. `Unavailable`, `Contended` or `Corrupt`: nothing was
    /// changed. `OutcomeUnknown`: call it again.
    pub async fn suspended(&self, key: &AccountKey) -> Result<(), Error> {
        self.told("suspend a user", key, |account, env| account.suspend(true, env)).await
    }

    /// The host reports that the user is switched on again. Their authenticators are those from
    /// before.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// # let client = &demo.client;
    /// use countersign_core::{Begun, FirstFactor};
    ///
    /// # mfa.suspended(key).await?;
    /// mfa.resumed(key).await?;
    /// let begun = mfa.begin(key, FirstFactor::Password, client).await?;
    /// assert!(matches!(begun, Begun::Step(_)));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such account. `Unavailable`, `Contended` or `Corrupt`: nothing was
    /// changed. `OutcomeUnknown`: call it again.
    pub async fn resumed(&self, key: &AccountKey) -> Result<(), Error> {
        self.told("resume a user", key, |account, env| account.suspend(false, env)).await
    }

    /// The host reports that the user is gone: the account is erased.
    ///
    /// Events stay in the activity log, under a pseudonym that no longer leads to a user. Removing
    /// an account that does not exist does nothing. A damaged one is erased as well, without being
    /// read.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// mfa.removed(key).await?;
    /// assert!(mfa.user(key).await?.is_none());
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended` or `Corrupt`: nothing was erased. `OutcomeUnknown`: call it
    /// again.
    pub async fn removed(&self, key: &AccountKey) -> Result<(), Error> {
        const DOING: &str = "erase a user";
        let decide = |work: &mut Work| {
            if let Some(damage) = work.damage.clone() {
                return self.engine.give_up(key, damage, work);
            }
            let verb = |account: &mut Account, env: &mut Env<'_>| {
                env.record(account.pseudonym(), EventKind::Removed)
            };
            self.engine.on_account(key, &Actor::Host.into(), work, verb)?;
            work.account = None;
            Ok(())
        };
        self.engine.transact(DOING, Scope::DamagedAccount(key), decide).await
    }

    /// The user ends all their sessions: every proof and every ticket of theirs ends.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::SessionCheck;
    ///
    /// # let sealed = mfa.seal(&demo.log_in(key).await)?;
    /// mfa.signed_out_everywhere(key).await?;
    /// assert!(matches!(mfa.open_session(&sealed).await?, SessionCheck::Ended(_)));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such account. `Unavailable`, `Contended` or `Corrupt`: nothing was
    /// changed. `OutcomeUnknown`: call it again.
    #[doc(alias = "logout")]
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

    /// Looks at an invitation link without using it. One read.
    ///
    /// Call it when the link is opened: a mail scanner that follows the link uses up nothing. The
    /// token is the part of the link after the page that
    /// [`Builder::invitation_page`](crate::Builder::invitation_page) names.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// use countersign_core::login::Invitation;
    ///
    /// # let mut admin = demo.admin().await;
    /// # let cleo = countersign_core::NewUser::at("cleo@larkfield.example".parse()?);
    /// # admin.invite_user(countersign_core::UserId::new("cleo")?, cleo).await?;
    /// # demo.courier.drain().await?;
    /// # let link = demo.inbox.link();
    /// # let token = link.rsplit("/").next().expect("a token ends it");
    /// let Invitation::Open { key, tenant_name, .. } = mfa.invitation(token).await? else {
    ///     panic!("it was sent a moment ago");
    /// };
    /// assert_eq!(key.user().as_str(), "cleo");
    /// assert_eq!(tenant_name, "Larkfield Freight");
    /// assert_eq!(mfa.invitation("made up").await?, Invitation::Ended);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`: the invitation is as it was.
    pub async fn invitation(&self, token: &str) -> Result<Invitation, Error> {
        const DOING: &str = "look at an invitation";
        let Some(InvitationClaims { key, id, .. }) = self.engine.open_invitation(token) else {
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

    /// Says why an invitation has ended, and whose it was. One read at most.
    ///
    /// Only the link itself tells whose it was, so a token that was made up learns nothing.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// use countersign_core::login::InvitationEnd;
    ///
    /// # let mut admin = demo.admin().await;
    /// # let cleo = countersign_core::UserId::new("cleo")?;
    /// # let new_user = countersign_core::NewUser::at("cleo@larkfield.example".parse()?);
    /// # admin.invite_user(cleo.clone(), new_user).await?;
    /// # demo.courier.drain().await?;
    /// # let link = demo.inbox.link();
    /// # let token = link.rsplit("/").next().expect("a token ends it");
    /// # admin.withdraw_invitation(cleo).await?;
    /// let ended = mfa.invitation_end(token).await?;
    /// assert_eq!(ended.end, InvitationEnd::Withdrawn);
    /// assert!(ended.key.is_some_and(|key| key.user().as_str() == "cleo"));
    /// assert_eq!(mfa.invitation_end("made up").await?.end, InvitationEnd::Unknown);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`: say only that the invitation has ended.
    pub async fn invitation_end(&self, token: &str) -> Result<EndedInvitation, Error> {
        const DOING: &str = "look at an invitation that has ended";
        let Some(InvitationClaims { key, id, ends }) = self.engine.sealer.open_invitation(token)
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

    /// Uses up an invitation link: it confirms the address, and stands in for the e-mailed code of
    /// [`BeforeEnrollment::EmailCode`](crate::BeforeEnrollment::EmailCode).
    ///
    /// Call it from a POST, together with the user's new password. It does not log the user in:
    /// begin a login after it.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// use countersign_core::login::Accepted;
    ///
    /// # let mut admin = demo.admin().await;
    /// # let cleo = countersign_core::NewUser::at("cleo@larkfield.example".parse()?);
    /// # admin.invite_user(countersign_core::UserId::new("cleo")?, cleo).await?;
    /// # demo.courier.drain().await?;
    /// # let link = demo.inbox.link();
    /// # let token = link.rsplit("/").next().expect("a token ends it");
    /// let Accepted::By(key) = mfa.accept_invitation(token).await? else {
    ///     panic!("it was sent a moment ago");
    /// };
    /// assert_eq!(key.user().as_str(), "cleo");
    /// // The link works once.
    /// assert_eq!(mfa.accept_invitation(token).await?, Accepted::Ended);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable`, `Contended` or `Corrupt`: the link is not used up. `OutcomeUnknown`: it may
    /// be; look with [`Mfa::invitation`].
    pub async fn accept_invitation(&self, token: &str) -> Result<Accepted, Error> {
        const DOING: &str = "accept an invitation";
        let Some(InvitationClaims { key, id, .. }) = self.engine.open_invitation(token) else {
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
    fn open_invitation(&self, token: &str) -> Option<InvitationClaims> {
        self.sealer.open_invitation(token).filter(|claims| self.clock.now() < claims.ends)
    }
}

/// The account that was named is not there.
pub(super) fn no_account(key: &AccountKey) -> Cause {
    let why = format!("there is no account {key}");
    Cause::unfit("account.unknown", why, "add or invite the user first")
}
