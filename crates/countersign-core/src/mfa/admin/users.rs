//! What an administrator does to people.

use super::handle::{Admin, ahead, line};
use super::permit::{LOOKS, Permit, Weight};
use crate::account::{Account, Env, EventKind, Newcomer};
use crate::mfa::engine::Scope;
use crate::mfa::error::{Denial, Error};
use crate::policy::{Facts, LONGEST_EXEMPTION, LONGEST_PASS, Requirement, Standing};
use crate::store::StoreError;
use crate::types::{EmailAddress, Timestamp, UserId};

impl Admin {
    /// Creates a person and queues the invitation.
    ///
    /// # Errors
    ///
    /// Unfit if the person exists, has no address, or no invitation page was configured. Denied.
    /// The world broke.
    pub async fn create_user(&mut self, user: UserId, newcomer: Newcomer) -> Result<(), Error> {
        const DOING: &str = "create a person";
        let key = self.key(user);
        if newcomer.address.is_none() {
            let why = "a new person needs an e-mail address";
            return Err(Error::unfit("account.no_address", DOING, why, "give one"));
        }
        self.need_invitation_page(DOING)?;
        let weight = standing_weight(newcomer.standing);
        self.act(DOING, Scope::Account(&key), |admin, work| {
            if let Permit::LookAgain = admin.permit(DOING, weight, work)? {
                return Ok(None);
            }
            admin.engine.create(DOING, &key, &newcomer, work)?;
            let verb = |account: &mut Account, env: &mut Env<'_>| {
                env.record(account.pseudonym(), EventKind::UserCreated)?;
                account.invite(env).map(drop)
            };
            admin.engine.on_account(DOING, &key, &admin.actor(), work, verb)
        })
        .await
    }

    /// Sends the invitation again; the earlier link is dead from now on.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person, or no address to send it to. Denied. The world broke.
    pub async fn invite_again(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "send an invitation";
        self.need_invitation_page(DOING)?;
        let sent = self.on(DOING, user, Weight::Plain, |account, env| account.invite(env)).await?;
        if sent {
            return Ok(());
        }
        let why = "the person has no e-mail address";
        Err(Error::unfit("account.no_address", DOING, why, "give one first"))
    }

    /// Withdraws an invitation that was not accepted yet.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied. The world broke.
    pub async fn withdraw_invitation(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "withdraw an invitation";
        self.on(DOING, user, Weight::Plain, |account, env| account.withdraw_invitation(env)).await
    }

    /// Sets a person's rule. Existing people get no mail; they are asked at the next login.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied: lowering a rule needs an authenticator of one's
    /// own, and is not done to oneself. The world broke.
    pub async fn set_rule(&mut self, user: UserId, rule: Requirement) -> Result<(), Error> {
        const DOING: &str = "set a person's rule";
        let key = self.key(user);
        self.act(DOING, Scope::Account(&key), |admin, work| {
            let before = work.account.as_ref().map(|account| account.facts().rule);
            let lowers = before.is_some_and(|before| rule < before);
            let weight = if lowers { Weight::Lowering } else { Weight::Plain };
            if let Permit::LookAgain = admin.permit_on(DOING, &key, weight, work)? {
                return Ok(None);
            }
            admin.run(DOING, &key, work, |account, env| account.set_rule(rule, env))
        })
        .await
    }

    /// Sets the company's rule and roles aside for one person, until a date within a year.
    ///
    /// It never lowers the deployment's floor, the person's own rule or their own choice.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person, or the date is past or more than 366 days ahead. Denied:
    /// needs an authenticator of one's own, and is not done to oneself. The world broke.
    pub async fn exempt(
        &mut self,
        user: UserId,
        until: Timestamp,
        reason: impl Into<String>,
    ) -> Result<(), Error> {
        const DOING: &str = "exempt a person";
        let (key, reason) = (self.key(user), line(DOING, reason)?);
        self.act(DOING, Scope::Account(&key), |admin, work| {
            ahead(DOING, until, work.now, work.now.plus(LONGEST_EXEMPTION))?;
            if let Permit::LookAgain = admin.permit_on(DOING, &key, Weight::Lowering, work)? {
                return Ok(None);
            }
            let reason = reason.clone();
            admin.run(DOING, &key, work, |account, env| account.exempt(until, reason, env))
        })
        .await
    }

    /// Ends an exemption before its date.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied. The world broke.
    pub async fn end_exemption(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "end an exemption";
        self.on(DOING, user, Weight::Plain, |account, env| account.end_exemption(env)).await
    }

    /// Issues a pass to link a first app, where the company's enrollment gate asks for one.
    ///
    /// It lasts until a date within a week and is used up by linking. A person who used e-mailed
    /// codes before still passes one first. Issuing another replaces it; a reset takes it back.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person, or the date is past or more than 7 days ahead. Denied:
    /// needs an authenticator of one's own, and is not done to oneself. The world broke.
    pub async fn issue_pass(&mut self, user: UserId, until: Timestamp) -> Result<(), Error> {
        const DOING: &str = "issue a pass to link an app";
        let key = self.key(user);
        self.act(DOING, Scope::Account(&key), |admin, work| {
            ahead(DOING, until, work.now, work.now.plus(LONGEST_PASS))?;
            if let Permit::LookAgain = admin.permit_on(DOING, &key, Weight::Lowering, work)? {
                return Ok(None);
            }
            admin.run(DOING, &key, work, |account, env| account.issue_pass(until, env))
        })
        .await
    }

    /// Takes back a pass that was not used yet.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied. The world broke.
    pub async fn withdraw_pass(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "withdraw a pass";
        self.on(DOING, user, Weight::Plain, |account, env| account.withdraw_pass(env)).await
    }

    /// Ends a person's soft lock. The count towards the hard stop stays.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied. The world broke.
    pub async fn unlock(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "unlock a person";
        self.on(DOING, user, Weight::Plain, |account, env| account.unlock(env)).await
    }

    /// Removes every authenticator of a person and ends everything open of theirs. What is
    /// required of them stays required, so they link a new app at the next login. They get a mail.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied: needs an authenticator of one's own, and is not
    /// done to oneself. The world broke.
    pub async fn reset(&mut self, user: UserId, reason: impl Into<String>) -> Result<(), Error> {
        const DOING: &str = "reset a person";
        let (key, reason) = (self.key(user), line(DOING, reason)?);
        self.act(DOING, Scope::Account(&key), |admin, work| {
            if let Permit::LookAgain = admin.permit_on(DOING, &key, Weight::Lowering, work)? {
                return Ok(None);
            }
            let (by, reason) = (admin.name_for_mail(), reason.clone());
            admin.run(DOING, &key, work, |account, env| account.reset(by, reason, env))
        })
        .await
    }

    /// Changes where a person's codes go, at once. Both addresses are told.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied: not done to oneself; let the host report it. The
    /// world broke.
    pub async fn change_address(&mut self, user: UserId, new: EmailAddress) -> Result<(), Error> {
        const DOING: &str = "change a person's address";
        let key = self.key(user);
        self.act(DOING, Scope::Account(&key), |admin, work| {
            if let Permit::LookAgain = admin.permit_on(DOING, &key, Weight::Standing, work)? {
                return Ok(None);
            }
            admin.run(DOING, &key, work, |account, env| account.set_address(new.clone(), env))
        })
        .await
    }

    /// Makes a person an administrator.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied. The world broke.
    pub async fn grant_admin(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "make a person an administrator";
        self.on(DOING, user, Weight::Standing, |account, env| {
            account.set_standing(Standing::Admin, env)
        })
        .await
    }

    /// Makes an administrator an ordinary member.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied if they are the last administrator. The world
    /// broke.
    pub async fn revoke_admin(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "make an administrator a member";
        let key = self.key(user);
        for _ in 0..LOOKS {
            // The company's version is read before the count and compared after it, and every
            // grant and revocation raises it: so the count still holds when this commits.
            let tenant = self.engine.store.tenant(&self.tenant).await;
            let (tenant, _) = tenant.map_err(|error| Error::store(DOING, error))?;
            let counted_at = tenant.map(|tenant| tenant.version);
            let census = self.engine.store.census(&self.tenant).await;
            let census = census.map_err(|error| Error::store(DOING, error))?;
            let is_admin = |facts: &Facts| facts.standing == Standing::Admin && !facts.suspended;
            let admins: u64 = census.iter().filter(|g| is_admin(&g.facts)).map(|g| g.people).sum();
            let done = self
                .act(DOING, Scope::Account(&key), |admin, work| {
                    if let Permit::LookAgain = admin.permit(DOING, Weight::Standing, work)? {
                        return Ok(None);
                    }
                    if work.tenant_version != counted_at {
                        work.touch_tenant = false;
                        return Ok(Some(false));
                    }
                    let one_of_them = work.account.as_ref().is_some_and(|a| is_admin(&a.facts()));
                    if one_of_them && admins <= 1 {
                        return Err(Error::denied(DOING, Denial::LastOne));
                    }
                    let done = admin.run(DOING, &key, work, |account, env| {
                        account.set_standing(Standing::Member, env)
                    })?;
                    Ok(done.map(|()| true))
                })
                .await?;
            if done {
                return Ok(());
            }
        }
        Err(Error::store(DOING, StoreError::Conflict))
    }
}

fn standing_weight(standing: Standing) -> Weight {
    match standing {
        Standing::Admin => Weight::Standing,
        Standing::Member => Weight::Plain,
    }
}
