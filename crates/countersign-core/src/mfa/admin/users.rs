//! Acts of an administrator on users.

use super::handle::{Admin, ahead};
use super::permit::Weight;
use crate::account::{Account, Env, EventKind, Invited, NewUser};
use crate::mfa::engine::{Scope, Work};
use crate::mfa::error::{Cause, Denial, Error, WhileDoing as _};
use crate::mfa::written::line;
use crate::policy::{Access, Facts, LONGEST_APPROVAL, LONGEST_EXEMPTION, Requirement};
use crate::store::StoreError;
use crate::types::{EmailAddress, Timestamp, UserId};

/// How often the administrators are counted again, when they change meanwhile.
const LOOKS: u32 = 5;

impl Admin {
    /// Creates a user and sends an invitation by e-mail.
    ///
    /// For a user whom the host has already, and who gets no mail, use
    /// [`Mfa::add_existing_user`](crate::Mfa::add_existing_user).
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// # let courier = &demo.courier;
    /// use countersign_core::{NewUser, UserId};
    ///
    /// let cleo = UserId::new("cleo")?;
    /// admin.invite_user(cleo.clone(), NewUser::at("cleo@larkfield.example".parse()?)).await?;
    /// assert!(admin.user(cleo).await?.is_some_and(|user| user.invited));
    ///
    /// courier.drain().await?;
    /// # let link = demo.inbox.link();
    /// assert!(link.starts_with("https://portal.example/invite/"));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if the user exists or has no address, or no invitation page was configured. `Denied`
    /// as for each act of [`Admin`]. `Unavailable`, `Contended` or `Corrupt`: nothing was changed.
    /// `OutcomeUnknown`: look, then try again.
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

    /// Sends the invitation again. The link of the earlier one no longer works.
    ///
    /// Five in a row, and then one an hour.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// # let courier = &demo.courier;
    /// # use countersign_core::{NewUser, UserId};
    /// # let cleo = UserId::new("cleo")?;
    /// # admin.invite_user(cleo.clone(), NewUser::at("cleo@larkfield.example".parse()?)).await?;
    /// # courier.drain().await?;
    /// # let first = demo.inbox.link();
    /// admin.invite_again(cleo).await?;
    /// courier.drain().await?;
    /// # let second = demo.inbox.link();
    /// assert_ne!(first, second);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user, the user has no address or was invited too often, or no
    /// invitation page was configured. `Denied` as for each act of [`Admin`]. `Unavailable`, `Contended` or `Corrupt`:
    /// nothing was changed. `OutcomeUnknown`: look, then try again.
    pub async fn invite_again(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "send an invitation";
        self.need_invitation_page().while_doing(DOING)?;
        match self.on(DOING, user, Weight::Plain, |account, env| account.invite(env)).await? {
            Invited::Sent => Ok(()),
            Invited::NoAddress => {
                let why = "the user has no e-mail address";
                Err(Cause::unfit("account.no_address", why, "give one first").while_doing(DOING))
            }
            Invited::TooSoon { until } => {
                let why = format!("the user was invited often enough, and can be again at {until}");
                Err(Cause::unfit("account.invited_often", why, "wait").while_doing(DOING))
            }
        }
    }

    /// Withdraws an invitation that was not accepted yet. Its link no longer works.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// # use countersign_core::{NewUser, UserId};
    /// # let cleo = UserId::new("cleo")?;
    /// # admin.invite_user(cleo.clone(), NewUser::at("cleo@larkfield.example".parse()?)).await?;
    /// admin.withdraw_invitation(cleo.clone()).await?;
    /// assert!(admin.user(cleo).await?.is_some_and(|user| !user.invited));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user. `Denied` as for each act of [`Admin`]. `Unavailable`,
    /// `Contended` or `Corrupt`: nothing was changed. `OutcomeUnknown`: look, then try again.
    pub async fn withdraw_invitation(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "withdraw an invitation";
        self.on(DOING, user, Weight::Plain, |account, env| account.withdraw_invitation(env)).await
    }

    /// Sets a user's own rule, which can only add to what the tenant requires.
    ///
    /// The user gets no mail and is asked at the next login.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::{Requirement, UserId};
    ///
    /// let ben = UserId::new("ben")?;
    /// admin.set_rule(ben.clone(), Requirement::App).await?;
    /// let user = admin.user(ben).await?.expect("Ben is a user");
    /// assert_eq!(user.resolution.to_string(), "App MFA, because of the person's rule");
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user. `Denied` as for each act of [`Admin`] that makes logins
    /// weaker, if the rule is lowered. `Unavailable`, `Contended` or `Corrupt`: nothing was
    /// changed. `OutcomeUnknown`: look, then try again.
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
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// # let mfa = &demo.mfa;
    /// use countersign_core::{DAY, Requirement, UserId};
    ///
    /// let ben = UserId::new("ben")?;
    /// let until = mfa.now().plus(7 * DAY);
    /// admin.exempt(ben.clone(), until, "on a ship without a network").await?;
    /// let user = admin.user(ben).await?.expect("Ben is a user");
    /// assert_eq!(user.resolution.required, Requirement::None);
    /// assert_eq!(user.resolution.exempt_until, Some(until));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user, the date is past or more than 366 days ahead, or the
    /// reason is not one line of 1 to 200 bytes. `Denied` as for each act of [`Admin`] that makes
    /// logins weaker. `Unavailable`, `Contended` or `Corrupt`: nothing was changed.
    /// `OutcomeUnknown`: look, then try again.
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
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// # let mfa = &demo.mfa;
    /// # use countersign_core::{DAY, Requirement, UserId};
    /// # let ben = UserId::new("ben")?;
    /// # admin.exempt(ben.clone(), mfa.now().plus(7 * DAY), "on a ship without a network").await?;
    /// admin.end_exemption(ben.clone()).await?;
    /// let user = admin.user(ben).await?.expect("Ben is a user");
    /// assert_eq!(user.resolution.required, Requirement::Email);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user. `Denied` as for each act of [`Admin`]. `Unavailable`,
    /// `Contended` or `Corrupt`: nothing was changed. `OutcomeUnknown`: look, then try again.
    pub async fn end_exemption(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "end an exemption";
        self.on(DOING, user, Weight::Plain, |account, env| account.end_exemption(env)).await
    }

    /// Approves that a user links a first app, where the tenant asks for
    /// [`BeforeEnrollment::Approval`](crate::BeforeEnrollment::Approval).
    ///
    /// It lasts until a date within a week and is used up by linking. A user who used e-mailed
    /// codes before still passes one first. A further approval replaces it; a reset takes it back.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::{BeforeEnrollment, Begun, DAY, Policy, Refusal, Requirement, UserId};
    ///
    /// # let client = &demo.client;
    /// let gated = Policy::requiring(Requirement::App);
    /// let gated = gated.asking_before_enrollment(BeforeEnrollment::Approval);
    /// # demo.save(gated).await;
    /// # let begun = demo.begin(key).await;
    /// assert_eq!(begun, Begun::Refused(Refusal::NeedsApproval));
    ///
    /// admin.approve_enrollment(UserId::new("ben")?, mfa.now().plus(DAY)).await?;
    /// # let begun = demo.begin(key).await;
    /// assert!(matches!(begun, Begun::Step(_)));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user, or the date is past or more than 7 days ahead. `Denied` as
    /// for each act of [`Admin`] that makes logins weaker. `Unavailable`, `Contended` or `Corrupt`:
    /// nothing was changed. `OutcomeUnknown`: look, then try again.
    pub async fn approve_enrollment(
        &mut self,
        user: UserId,
        until: Timestamp,
    ) -> Result<(), Error> {
        const DOING: &str = "approve an enrollment";
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

    /// Takes back an approval that was not used yet.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// # let mfa = &demo.mfa;
    /// # use countersign_core::{DAY, UserId};
    /// # let ben = UserId::new("ben")?;
    /// # admin.approve_enrollment(ben.clone(), mfa.now().plus(DAY)).await?;
    /// admin.withdraw_approval(ben.clone()).await?;
    /// assert!(admin.user(ben).await?.is_some_and(|user| user.facts.approved_until.is_none()));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user. `Denied` as for each act of [`Admin`]. `Unavailable`,
    /// `Contended` or `Corrupt`: nothing was changed. `OutcomeUnknown`: look, then try again.
    pub async fn withdraw_approval(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "withdraw an approval";
        self.on(DOING, user, Weight::Plain, |account, env| account.withdraw_approval(env)).await
    }

    /// Ends a user's soft lock. The count towards the hard stop stays.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// # let key = &demo.ben;
    /// use countersign_core::UserId;
    ///
    /// let ben = UserId::new("ben")?;
    /// # let ticket = demo.challenge(key).await.ticket;
    /// # demo.miss(&ticket, 5).await;
    /// assert!(admin.user(ben.clone()).await?.is_some_and(|user| user.locked_until.is_some()));
    /// admin.unlock(ben.clone()).await?;
    /// assert!(admin.user(ben).await?.is_some_and(|user| user.locked_until.is_none()));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user. `Denied` as for each act of [`Admin`]. `Unavailable`,
    /// `Contended` or `Corrupt`: nothing was changed. `OutcomeUnknown`: look, then try again.
    #[doc(alias = "lockout")]
    pub async fn unlock(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "unlock a user";
        self.on(DOING, user, Weight::Plain, |account, env| account.unlock(env)).await
    }

    /// Removes every authenticator of a user and ends everything open of theirs, such as after a
    /// lost phone.
    ///
    /// The requirements stay, so the user links a new app at the next login. Every count of wrong
    /// answers ends. The user gets a mail with the reason.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let ada = &demo.ada;
    /// use countersign_core::UserId;
    ///
    /// # let mut admin = mfa.operator(ada.tenant().clone(), "dara", "an example")?;
    /// let ada = UserId::new("ada")?;
    /// admin.reset(ada.clone(), "lost the phone on 24 November").await?;
    /// assert!(admin.user(ada).await?.is_some_and(|user| user.apps.is_empty()));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user, or the reason is not one line of 1 to 200 bytes. `Denied`
    /// as for each act of [`Admin`] that makes logins weaker. `Unavailable`, `Contended` or
    /// `Corrupt`: nothing was changed. `OutcomeUnknown`: look, then try again.
    #[doc(alias = "lost phone")]
    #[doc(alias = "recovery")]
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

    /// Changes where a user's codes go, at once. Both addresses get a mail. The address that is used
    /// already is [tried again](Admin::try_address_again), if it refused a mail.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::UserId;
    ///
    /// let ben = UserId::new("ben")?;
    /// let new = "ben@home.example".parse()?;
    /// admin.change_address(ben.clone(), new).await?;
    /// let user = admin.user(ben).await?.expect("Ben is a user");
    /// assert_eq!(user.address, Some("ben@home.example".parse()?));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user. `Denied` as for each act of [`Admin`], and on one's own
    /// account: the host reports that with [`Mfa::address_changed`](crate::Mfa::address_changed).
    /// `Unavailable`, `Contended` or `Corrupt`: nothing was changed. `OutcomeUnknown`: look, then
    /// try again.
    pub async fn change_address(&mut self, user: UserId, new: EmailAddress) -> Result<(), Error> {
        const DOING: &str = "change a user's address";
        let saved = self
            .on(DOING, user, Weight::Lowering, |account, env| {
                if account.address() == Some(&new) {
                    return account.try_address_again(env);
                }
                account.set_address(new.clone(), env).map(Ok)
            })
            .await?;
        saved.map_err(tried_often).while_doing(DOING)
    }

    /// Has the next login try an address again that refused a mail, without waiting for its time.
    /// It changes nothing if no mail was refused.
    ///
    /// Three times in a row, and then once in eight hours. The mail that follows draws on the
    /// bucket of [`Limits::code_mails_in_a_row`](crate::Limits::code_mails_in_a_row) as ever.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::UserId;
    ///
    /// let ben = UserId::new("ben")?;
    /// admin.try_address_again(ben.clone()).await?;
    /// let user = admin.user(ben).await?.expect("Ben is a user");
    /// assert_eq!(user.refused_mail, None);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user, or it was asked for too often; the error says when it can
    /// be asked for again. `Denied` as for each act of [`Admin`]. `Unavailable`, `Contended` or
    /// `Corrupt`: nothing was changed. `OutcomeUnknown`: look, then try again.
    pub async fn try_address_again(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "try an address again";
        let again = |account: &mut Account, env: &mut Env<'_>| account.try_address_again(env);
        self.on(DOING, user, Weight::Plain, again).await?.map_err(tried_often).while_doing(DOING)
    }

    /// Makes a user an administrator.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::UserId;
    /// use countersign_core::policy::Access;
    ///
    /// let ben = UserId::new("ben")?;
    /// admin.grant_admin(ben.clone()).await?;
    /// assert!(admin.user(ben).await?.is_some_and(|user| user.facts.access == Access::Admin));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user. `Denied` as for each act of [`Admin`]. `Unavailable`,
    /// `Contended` or `Corrupt`: nothing was changed. `OutcomeUnknown`: look, then try again.
    pub async fn grant_admin(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "make a user an administrator";
        self.on(DOING, user, Weight::Lowering, |account, env| {
            account.set_access(Access::Admin, env)
        })
        .await
    }

    /// Makes an administrator an ordinary user.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::{Denial, ErrorKind, UserId};
    ///
    /// let error = admin.revoke_admin(UserId::new("ada")?).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Denied(Denial::LastOne));
    ///
    /// let ben = UserId::new("ben")?;
    /// admin.grant_admin(ben.clone()).await?;
    /// admin.revoke_admin(ben).await?;
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such user. `Denied` as for each act of [`Admin`], and if the user is
    /// the last administrator ([`Denial::LastOne`]). `Unavailable`, `Contended` or `Corrupt`:
    /// nothing was changed. `OutcomeUnknown`: look, then try again.
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
            // One that cannot be read protects nobody.
            let counts = counts.iter().filter(|group| group.facts.as_ref().is_some_and(is_admin));
            let admins: u64 = counts.map(|group| group.users).sum();
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

fn tried_often(until: Timestamp) -> Cause {
    let why = format!("the address was tried often enough, and can be again at {until}");
    Cause::unfit("account.tried_often", why, "wait, or ask the user for another address")
}

fn access_weight(access: Access) -> Weight {
    match access {
        Access::Admin => Weight::Lowering,
        Access::User => Weight::Plain,
    }
}
