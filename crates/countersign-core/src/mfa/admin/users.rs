//! What an administrator does to people.

use super::handle::{Admin, ahead, line};
use super::permit::{LOOKS, Weight};
use crate::account::{Account, Env, EventKind, NewUser};
use crate::mfa::engine::{Scope, Work};
use crate::mfa::error::{Cause, Denial, Error, WhileDoing as _};
use crate::policy::{Access, Facts, LONGEST_APPROVAL, LONGEST_EXEMPTION, Requirement};
use crate::store::StoreError;
use crate::types::{EmailAddress, Timestamp, UserId};

impl Admin {
    /// Creates a user and queues the invitation.
    ///
    /// # Errors
    ///
    /// Unfit if the user exists, has no address, or no invitation page was configured. Denied.
    /// The world broke.
    pub async fn invite_user(&mut self, user: UserId, new_user: NewUser) -> Result<(), Error> {
        const DOING: &str = "create a user";
        let key = self.key(user);
        if new_user.address.is_none() {
            let why = "a new user needs an e-mail address";
            let unfit = Cause::unfit("account.no_address", why, "give one");
            return Err(unfit.while_doing(DOING));
        }
        self.need_invitation_page().while_doing(DOING)?;
        let weight = access_weight(new_user.access);
        self.act(
            DOING,
            Scope::Account(&key),
            |_, _| Ok(weight),
            |admin, work| {
                admin.engine.create(&key, &new_user, work)?;
                let verb = |account: &mut Account, env: &mut Env<'_>| {
                    env.record(account.pseudonym(), EventKind::UserCreated)?;
                    account.invite(env).map(drop)
                };
                admin.engine.on_account(&key, &admin.actor().into(), work, verb)
            },
        )
        .await
    }

    /// Sends the invitation again; the earlier link is dead from now on.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user, or no address to send it to. Denied. The world broke.
    pub async fn invite_again(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "send an invitation";
        self.need_invitation_page().while_doing(DOING)?;
        let sent = self.on(DOING, user, Weight::Plain, |account, env| account.invite(env)).await?;
        if sent {
            return Ok(());
        }
        let why = "the user has no e-mail address";
        Err(Cause::unfit("account.no_address", why, "give one first").while_doing(DOING))
    }

    /// Withdraws an invitation that was not accepted yet.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user. Denied. The world broke.
    pub async fn withdraw_invitation(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "withdraw an invitation";
        self.on(DOING, user, Weight::Plain, |account, env| account.withdraw_invitation(env)).await
    }

    /// Sets a user's rule. Existing people get no mail; they are asked at the next login.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user. Denied: lowering a rule needs an authenticator of one's
    /// own, and is not done to oneself. The world broke.
    pub async fn set_rule(&mut self, user: UserId, rule: Requirement) -> Result<(), Error> {
        const DOING: &str = "set a user's rule";
        let key = self.key(user);
        let weigh = |_: &Self, work: &Work| {
            let before = work.account.as_ref().map(|account| account.facts().rule);
            let lowers = before.is_some_and(|before| rule < before);
            Ok(if lowers { Weight::Lowering } else { Weight::Plain })
        };
        self.act(DOING, Scope::Account(&key), weigh, |admin, work| {
            admin.run(&key, work, |account, env| account.set_rule(rule, env))
        })
        .await
    }

    /// Sets the tenant's rule and roles aside for one user, until a date within a year.
    ///
    /// It never lowers the deployment's minimum, the user's own rule or their own choice.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user, or the date is past or more than 366 days ahead. Denied:
    /// needs an authenticator of one's own, and is not done to oneself. The world broke.
    pub async fn exempt(
        &mut self,
        user: UserId,
        until: Timestamp,
        reason: impl Into<String>,
    ) -> Result<(), Error> {
        const DOING: &str = "exempt a user";
        let key = self.key(user);
        let reason = line(reason).while_doing(DOING)?;
        self.act(
            DOING,
            Scope::Account(&key),
            |_, _| Ok(Weight::Lowering),
            |admin, work| {
                ahead(until, work.now, work.now.plus(LONGEST_EXEMPTION))?;
                let reason = reason.clone();
                admin.run(&key, work, |account, env| account.exempt(until, reason, env))
            },
        )
        .await
    }

    /// Ends an exemption before its date.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user. Denied. The world broke.
    pub async fn end_exemption(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "end an exemption";
        self.on(DOING, user, Weight::Plain, |account, env| account.end_exemption(env)).await
    }

    /// Issues a pass to link a first app, where the tenant's enrollment gate asks for one.
    ///
    /// It lasts until a date within a week and is used up by linking. A user who used e-mailed
    /// codes before still passes one first. Issuing another replaces it; a reset takes it back.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user, or the date is past or more than 7 days ahead. Denied:
    /// needs an authenticator of one's own, and is not done to oneself. The world broke.
    pub async fn approve_enrollment(
        &mut self,
        user: UserId,
        until: Timestamp,
    ) -> Result<(), Error> {
        const DOING: &str = "issue a pass to link an app";
        let key = self.key(user);
        self.act(
            DOING,
            Scope::Account(&key),
            |_, _| Ok(Weight::Lowering),
            |admin, work| {
                ahead(until, work.now, work.now.plus(LONGEST_APPROVAL))?;
                admin.run(&key, work, |account, env| account.approve_enrollment(until, env))
            },
        )
        .await
    }

    /// Takes back a pass that was not used yet.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user. Denied. The world broke.
    pub async fn withdraw_approval(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "withdraw a pass";
        self.on(DOING, user, Weight::Plain, |account, env| account.withdraw_approval(env)).await
    }

    /// Ends a user's soft lock. The count towards the hard stop stays.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user. Denied. The world broke.
    pub async fn unlock(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "unlock a user";
        self.on(DOING, user, Weight::Plain, |account, env| account.unlock(env)).await
    }

    /// Removes every authenticator of a user and ends everything open of theirs. What is
    /// required of them stays required, so they link a new app at the next login. They get a mail.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user. Denied: needs an authenticator of one's own, and is not
    /// done to oneself. The world broke.
    pub async fn reset(&mut self, user: UserId, reason: impl Into<String>) -> Result<(), Error> {
        const DOING: &str = "reset a user";
        let key = self.key(user);
        let reason = line(reason).while_doing(DOING)?;
        self.act(
            DOING,
            Scope::Account(&key),
            |_, _| Ok(Weight::Lowering),
            |admin, work| {
                let by = admin.name_for_mail();
                let reason = reason.clone();
                admin.run(&key, work, |account, env| account.reset(by, reason, env))
            },
        )
        .await
    }

    /// Changes where a user's codes go, at once. Both addresses are told.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user. Denied: not done to oneself; let the host report it. The
    /// world broke.
    pub async fn change_address(&mut self, user: UserId, new: EmailAddress) -> Result<(), Error> {
        const DOING: &str = "change a user's address";
        let key = self.key(user);
        self.act(
            DOING,
            Scope::Account(&key),
            |_, _| Ok(Weight::Address),
            |admin, work| {
                admin.run(&key, work, |account, env| account.set_address(new.clone(), env))
            },
        )
        .await
    }

    /// Makes a user an administrator.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user. Denied. The world broke.
    pub async fn grant_admin(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "make a user an administrator";
        self.on(DOING, user, Weight::Access, |account, env| account.set_access(Access::Admin, env))
            .await
    }

    /// Makes an administrator an ordinary user.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such user. Denied if they are the last administrator. The world
    /// broke.
    pub async fn revoke_admin(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "make an administrator a member";
        let key = self.key(user);
        for _ in 0..LOOKS {
            // The tenant's version is read before the count and compared after it, and every
            // grant and revocation raises it: so the count still holds when this commits.
            let tenant = self.engine.store.tenant(&self.tenant).await;
            let (tenant, _) = tenant.while_doing(DOING)?;
            let counted_at = tenant.map(|tenant| tenant.version);
            let counts = self.engine.store.counts(&self.tenant).await.while_doing(DOING)?;
            let is_admin = |facts: &Facts| facts.access == Access::Admin && !facts.suspended;
            let admins: u64 = counts.iter().filter(|g| is_admin(&g.facts)).map(|g| g.users).sum();
            let done = self
                .act(
                    DOING,
                    Scope::Account(&key),
                    |_, _| Ok(Weight::Access),
                    |admin, work| {
                        if work.tenant_version != counted_at {
                            work.touch_tenant = false;
                            return Ok(Some(false));
                        }
                        let one_of_them =
                            work.account.as_ref().is_some_and(|a| is_admin(&a.facts()));
                        if one_of_them && admins <= 1 {
                            return Err(Denial::LastOne.into());
                        }
                        let done = admin.run(&key, work, |account, env| {
                            account.set_access(Access::User, env)
                        })?;
                        Ok(done.map(|()| true))
                    },
                )
                .await?;
            if done {
                return Ok(());
            }
        }
        Err(StoreError::Conflict).while_doing(DOING)
    }
}

fn access_weight(access: Access) -> Weight {
    match access {
        Access::Admin => Weight::Access,
        Access::User => Weight::Plain,
    }
}
