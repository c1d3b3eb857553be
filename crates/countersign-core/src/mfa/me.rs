//! A user and their own account: what they see of it, what they do to it with a fresh proof, and
//! how their session outlives that.

use super::engine::{Scope, Work};
use super::error::{Denial, Error, WhileDoing as _};
use super::mfa::Mfa;
use super::session::why_ended;
use super::user::User;
use crate::account::{Account, Actor, Env, Event};
use crate::login::{Proof, Purpose, offers};
use crate::policy::{Requirement, resolve};
use crate::seal::Fault;
use crate::types::{AuthenticatorId, EmailAddress};

/// Most events of one page.
const MOST_EVENTS: usize = 200;

impl Mfa {
    /// The user of this proof: what is required of them and why, their apps, where codes go.
    ///
    /// For an account page. One read; `None` if the proof has ended.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn me(&self, proof: &Proof) -> Result<Option<User>, Error> {
        let minimum = self.engine.limits.minimum;
        let decide = |work: &mut Work| {
            if why_ended(proof, work).is_some() {
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

    /// What happened lately to the account of this proof, newest first: at most 200 events.
    ///
    /// Two reads, however much happened to others. Nothing if the proof has ended.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn my_events(&self, proof: &Proof, most: usize) -> Result<Vec<Event>, Error> {
        let Some(user) = self.me(proof).await? else { return Ok(Vec::new()) };
        let account = Some(user.pseudonym);
        let events =
            self.engine.store.events(proof.key.tenant(), account, None, most.min(MOST_EVENTS));
        events.await.while_doing("read one's own activity")
    }

    /// Carries a session over an act of its own user that ended everything open, such as linking
    /// a first app: the session's proof, as good as before, for the account as it is now.
    ///
    /// # Errors
    ///
    /// Denied if the session's proof was not the last one to stand before the act. The world broke.
    pub async fn renew(&self, session: Proof, act: &Proof) -> Result<Proof, Error> {
        const DOING: &str = "carry a session over";
        let (old, new) = (session.account_generation, act.account_generation);
        let follows = session.key == act.key
            && session.tenant_generation == act.tenant_generation
            && session.purpose == Purpose::Login
            && (new == old || new == old.next());
        if !follows {
            return Err(Denial::ProofEnded).while_doing(DOING);
        }
        let renewed = Proof { account_generation: new, ..session };
        let decide = |work: &mut Work| match why_ended(&renewed, work) {
            Some(_) => Err(Denial::ProofEnded.into()),
            None => Ok(()),
        };
        self.engine.transact(DOING, Scope::Account(&renewed.key), decide).await?;
        Ok(renewed)
    }

    /// Keeps a new address of the user's aside until a code sent there comes back, in a step-up for
    /// [`Purpose::ConfirmAddress`]. Both addresses are told.
    ///
    /// The proof is a step-up of the host's own, for changing the address, and is used up. It
    /// returns the proof of the act, for [`Mfa::renew`]: everything else open has ended.
    ///
    /// # Errors
    ///
    /// Denied if the proof is no step-up of the host's or has ended. The world broke.
    pub async fn propose_address(&self, proof: Proof, new: EmailAddress) -> Result<Proof, Error> {
        const DOING: &str = "propose an address";
        if !matches!(proof.purpose, Purpose::StepUp(_)) {
            return Err(Denial::WrongPurpose).while_doing(DOING);
        }
        let propose = |account: &mut Account, env: &mut Env<'_>| {
            account.propose_address(new.clone(), env).map(|()| None)
        };
        self.act_on_oneself(DOING, proof, propose).await
    }

    /// Removes one of the user's own apps. The proof is a step-up for
    /// [`Purpose::RemoveApp`] with the same id, and is used up.
    ///
    /// It returns the proof of the act, for [`Mfa::renew`]: everything else open has ended.
    ///
    /// # Errors
    ///
    /// Denied if the proof is for another purpose or has ended, or if the tenant requires an app
    /// and this is the last one; link another first. The world broke.
    pub async fn remove_app(&self, proof: Proof, id: AuthenticatorId) -> Result<Proof, Error> {
        const DOING: &str = "remove an app";
        if proof.purpose != Purpose::RemoveApp(id) {
            return Err(Denial::WrongPurpose).while_doing(DOING);
        }
        let minimum = self.engine.limits.minimum;
        let remove = |account: &mut Account, env: &mut Env<'_>| {
            account.remove_app(id, env)?;
            let (facts, policy) = (account.facts(), env.tenant.policy());
            let required = resolve(minimum, policy, &facts, &Default::default(), env.now).required;
            let stays_able = required == Requirement::None || !offers(&facts, required).is_empty();
            Ok((!stays_able).then_some(Denial::LastOne))
        };
        self.act_on_oneself(DOING, proof, remove).await
    }

    /// Does something to the account of this proof, which is used up, unless the act denies it. What
    /// comes back is the proof of the act.
    async fn act_on_oneself(
        &self,
        doing: &'static str,
        proof: Proof,
        act: impl Fn(&mut Account, &mut Env<'_>) -> Result<Option<Denial>, Fault> + Send + Sync,
    ) -> Result<Proof, Error> {
        let key = &proof.key;
        let verb = |account: &mut Account, env: &mut Env<'_>| {
            act(account, env).map(|denial| (denial, account.generation()))
        };
        let decide = |work: &mut Work| {
            if why_ended(&proof, work).is_some() {
                return Err(Denial::ProofEnded.into());
            }
            match self.engine.on_account(key, &Actor::User.into(), work, verb)? {
                Some((None, generation)) => Ok(generation),
                Some((Some(denial), _)) => Err(denial.into()),
                None => Err(Denial::ProofEnded.into()),
            }
        };
        let generation = self.engine.transact(doing, Scope::Account(key), decide).await?;
        Ok(Proof { account_generation: generation, ..proof })
    }
}
