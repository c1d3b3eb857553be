//! The account of the user who is logged in: how it looks, what a fresh proof changes in it, and
//! how the session goes on after that.

use super::engine::{Scope, Work};
use super::error::{Cause, Denial, Error, WhileDoing as _};
use super::mfa::Mfa;
use super::user::User;
use crate::account::{Account, Actor, Env, Event};
use crate::login::{Acted, Proof, Purpose, offers};
use crate::policy::{Requirement, resolve};
use crate::seal::Fault;
use crate::types::{AuthenticatorId, EmailAddress, Method};

/// Most events of one page.
const MOST_EVENTS: usize = 200;

impl Mfa {
    /// The user of this proof: what is required of them and why, their apps, where codes go. One
    /// read.
    ///
    /// For an account page. `None` if the proof has ended.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let ada = &demo.ada;
    /// # let proof = demo.log_in(ada).await;
    /// let me = mfa.me(&proof).await?.expect("she has just logged in");
    /// assert_eq!(me.resolution.to_string(), "Email MFA, because of the company setting");
    /// assert_eq!(me.apps.len(), 1);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`.
    pub async fn me(&self, proof: &Proof) -> Result<Option<User>, Error> {
        let minimum = self.engine.limits.minimum;
        let decide = |work: &mut Work| {
            if self.engine.why_ended(proof, work)?.is_some() {
                return Ok(None);
            }
            let found = work.tenant.as_ref().zip(work.account.as_ref());
            Ok(found.map(|(tenant, account)| {
                User::of(minimum, tenant, proof.key.user().clone(), account, work.now)
            }))
        };
        let scope = Scope::Account(&proof.key);
        self.engine.transact("look at one's own account", scope, decide).await
    }

    /// The latest events of the account of this proof, newest first; none if the proof has ended.
    ///
    /// At most 200 events, in two reads, however much happened to others.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::account::EventKind;
    ///
    /// # let proof = demo.log_in(key).await;
    /// let events = mfa.my_events(&proof, 10).await?;
    /// assert!(matches!(events[0].what, EventKind::Accepted { finished: true, .. }));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`.
    pub async fn my_events(&self, proof: &Proof, most: usize) -> Result<Vec<Event>, Error> {
        let Some(user) = self.me(proof).await? else { return Ok(Vec::new()) };
        let account = Some(user.pseudonym);
        let events =
            self.engine.store.events(proof.key.tenant(), account, None, most.min(MOST_EVENTS));
        events.await.while_doing("read one's own activity")
    }

    /// Keeps a session alive over an act of its own user that ended everything open, such as
    /// linking a first app: the same proof, for the account as it is now.
    ///
    /// Linking, replacing or removing an app and a new address end all sessions of the user. This
    /// one is the exception, because the user did it here: the act was begun from it, by
    /// [`Mfa::step_up`]. The proof of the act is used up. A session in which an app was linked counts
    /// that app from then on, and one that was strengthened ([`Purpose::Strengthen`]) what was shown
    /// for that. It ends when it would have ended.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let ada = &demo.ada;
    /// use countersign_core::{Purpose, SessionCheck};
    ///
    /// # let session = demo.log_in(ada).await;
    /// # let app = mfa.me(&session).await?.expect("she is logged in").apps[0].id;
    /// # let step_up = demo.step_up(&session, Purpose::RemoveApp(app)).await;
    /// let act = mfa.remove_app(step_up, app).await?;
    /// let session = mfa.renew(session, act).await?;
    /// assert!(matches!(mfa.check_session(session).await?, SessionCheck::Valid(_)));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Denied` if something else ended the session's proof before the act, or the act was begun from
    /// another session: log the user out. `Unavailable` or `Corrupt`: the same.
    pub async fn renew(&self, session: Proof, act: impl Into<Acted>) -> Result<Proof, Error> {
        const DOING: &str = "carry a session over";
        let Acted(act) = act.into();
        let old = session.account_generation;
        let new = act.account_generation;
        let follows = session.key == act.key
            && session.tenant_generation == act.tenant_generation
            && session.purpose == Purpose::Login
            && act.begun_by == Some(session.id)
            && (new == old || new == old.next());
        if !follows {
            return Err(Denial::ProofEnded).while_doing(DOING);
        }
        let mut renewed = Proof { account_generation: new, ..session };
        renewed.passed.extend(act.passed.into_iter().filter(|used| match act.purpose {
            // The app was linked in this session.
            Purpose::LinkApp | Purpose::ReplaceApp => used.method == Method::App,
            Purpose::Strengthen => true,
            // A fresh proof for one act is for that act.
            Purpose::Login
            | Purpose::StepUp(_)
            | Purpose::Administer
            | Purpose::RemoveApp(_)
            | Purpose::ChangeAddress
            | Purpose::ConfirmAddress => false,
        }));
        let decide = |work: &mut Work| match self.engine.why_ended(&renewed, work)? {
            Some(_) => Err(Denial::ProofEnded.into()),
            None => Ok(()),
        };
        self.engine.transact(DOING, Scope::Account(&renewed.key), decide).await?;
        Ok(renewed)
    }

    /// Keeps a user's new address aside until a code sent there comes back, in a step-up for
    /// [`Purpose::ConfirmAddress`]. Both addresses get a mail.
    ///
    /// The proof is of a step-up for [`Purpose::ChangeAddress`], and is used up. What comes back is for
    /// [`Mfa::renew`]: everything else open has ended.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::Purpose;
    ///
    /// # let session = demo.log_in(key).await;
    /// # let step_up = demo.step_up(&session, Purpose::ChangeAddress).await;
    /// let act = mfa.propose_address(step_up, "ben@home.example".parse()?).await?;
    ///
    /// let session = mfa.renew(session, act).await?;
    /// let me = mfa.me(&session).await?.expect("the session goes on");
    /// assert_eq!(me.address, Some("ben@larkfield.example".parse()?));
    /// assert_eq!(me.proposed_address, Some("ben@home.example".parse()?));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Denied` if the proof has ended or is for another purpose. `Unavailable`, `Contended` or
    /// `Corrupt`: nothing was changed. `OutcomeUnknown`: look with [`Mfa::user`].
    pub async fn propose_address(&self, proof: Proof, new: EmailAddress) -> Result<Acted, Error> {
        const DOING: &str = "propose an address";
        if proof.purpose != Purpose::ChangeAddress {
            return Err(Denial::WrongPurpose).while_doing(DOING);
        }
        let propose = |account: &mut Account, env: &mut Env<'_>| {
            account.propose_address(new.clone(), env).map(|()| None)
        };
        self.act_on_oneself(DOING, proof, propose).await
    }

    /// Removes one of the user's own apps.
    ///
    /// The proof is of a step-up for [`Purpose::RemoveApp`] with the same id, and is used up.
    /// What comes back is for [`Mfa::renew`]: everything else open has ended. The user gets a mail.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let ada = &demo.ada;
    /// use countersign_core::Purpose;
    ///
    /// # let session = demo.log_in(ada).await;
    /// let me = mfa.me(&session).await?.expect("she is logged in");
    /// let app = me.apps[0].id;
    /// # let step_up = demo.step_up(&session, Purpose::RemoveApp(app)).await;
    /// let _act = mfa.remove_app(step_up, app).await?;
    /// assert!(mfa.user(ada).await?.expect("she is a user").apps.is_empty());
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if the user has no such app. `Denied` if the proof has ended or is for another purpose,
    /// or if an app is required and this
    /// is the last one: link another first. `Unavailable`, `Contended` or `Corrupt`: nothing was
    /// changed. `OutcomeUnknown`: look with [`Mfa::user`].
    pub async fn remove_app(&self, proof: Proof, id: AuthenticatorId) -> Result<Acted, Error> {
        const DOING: &str = "remove an app";
        if proof.purpose != Purpose::RemoveApp(id) {
            return Err(Denial::WrongPurpose).while_doing(DOING);
        }
        let minimum = self.engine.limits.minimum;
        let remove = |account: &mut Account, env: &mut Env<'_>| {
            if !account.remove_app(id, env)? {
                return Ok(Some(no_app()));
            }
            let facts = account.facts();
            let policy = env.tenant.policy();
            let required = resolve(minimum, policy, &facts, &Default::default(), env.now).required;
            let stays_able =
                required == Requirement::None || !offers(&facts, required, env.now).is_empty();
            Ok((!stays_able).then(|| Denial::LastOne.into()))
        };
        self.act_on_oneself(DOING, proof, remove).await
    }

    /// Does something to the account of this proof, which is used up, unless the act denies it. The
    /// result is the proof of the act.
    async fn act_on_oneself(
        &self,
        doing: &'static str,
        proof: Proof,
        act: impl Fn(&mut Account, &mut Env<'_>) -> Result<Option<Cause>, Fault> + Send + Sync,
    ) -> Result<Acted, Error> {
        let key = &proof.key;
        let verb = |account: &mut Account, env: &mut Env<'_>| {
            act(account, env).map(|refused| (refused, account.generation()))
        };
        let decide = |work: &mut Work| {
            if self.engine.why_ended(&proof, work)?.is_some() {
                return Err(Denial::ProofEnded.into());
            }
            match self.engine.on_account(key, &Actor::User.into(), work, verb)? {
                Some((None, generation)) => Ok(generation),
                Some((Some(refused), _)) => Err(refused),
                None => Err(Denial::ProofEnded.into()),
            }
        };
        let generation = self.engine.transact(doing, Scope::Account(key), decide).await?;
        Ok(Acted(Proof { account_generation: generation, ..proof }))
    }
}

fn no_app() -> Cause {
    let why = "the user has no app with this id";
    Cause::unfit("app.unknown", why, "look again which apps are linked")
}
