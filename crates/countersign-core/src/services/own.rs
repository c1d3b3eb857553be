//! What a person does to their own account, with a fresh proof, and how their session outlives it.

use super::error::{Denial, Error};
use super::login::why_ended;
use super::mfa::Mfa;
use super::shell::{Draft, Scope};
use crate::rules::{Account, Actor, Env, Proof, Purpose, Requirement, offers, resolve};
use crate::words::{AuthenticatorId, EmailAddress};

impl Mfa {
    /// Carries a session over an act of its own person that ended everything open, such as linking
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
            return Err(Error::denied(DOING, Denial::ProofEnded));
        }
        let renewed = Proof { account_generation: new, ..session };
        let decide = |draft: &mut Draft| match why_ended(&renewed, draft) {
            Some(_) => Err(Error::denied(DOING, Denial::ProofEnded)),
            None => Ok(()),
        };
        self.inner.transact(DOING, Scope::Account(&renewed.key), decide).await?;
        Ok(renewed)
    }

    /// Keeps a new address of the person's aside until a code sent there comes back, in a step-up for
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
            return Err(Error::denied(DOING, Denial::WrongPurpose));
        }
        let key = &proof.key;
        let decide = |draft: &mut Draft| {
            if why_ended(&proof, draft).is_some() {
                return Err(Error::denied(DOING, Denial::ProofEnded));
            }
            let verb = |account: &mut Account, env: &mut Env<'_>| {
                account.propose_address(new.clone(), env)?;
                Ok(account.generation())
            };
            let done = self.inner.on_account(DOING, key, &Actor::Person, draft, verb)?;
            done.ok_or_else(|| Error::denied(DOING, Denial::ProofEnded))
        };
        let generation = self.inner.transact(DOING, Scope::Account(key), decide).await?;
        Ok(Proof { account_generation: generation, ..proof })
    }

    /// Removes one of the person's own apps. The proof is a step-up for
    /// [`Purpose::RemoveApp`] with the same id, and is used up.
    ///
    /// It returns the proof of the act, for [`Mfa::renew`]: everything else open has ended.
    ///
    /// # Errors
    ///
    /// Denied if the proof is for another purpose or has ended, or if the company requires an app
    /// and this is the last one; link another first. The world broke.
    pub async fn remove_app(&self, proof: Proof, id: AuthenticatorId) -> Result<Proof, Error> {
        const DOING: &str = "remove an app";
        if proof.purpose != Purpose::RemoveApp(id) {
            return Err(Error::denied(DOING, Denial::WrongPurpose));
        }
        let key = &proof.key;
        let decide = |draft: &mut Draft| {
            if why_ended(&proof, draft).is_some() {
                return Err(Error::denied(DOING, Denial::ProofEnded));
            }
            let floor = self.inner.limits.floor;
            let verb = |account: &mut Account, env: &mut Env<'_>| {
                account.remove_app(id, env)?;
                let (facts, policy) = (account.facts(), env.tenant.policy());
                let required =
                    resolve(floor, policy, &facts, &Default::default(), env.now).required;
                let stays_able =
                    required == Requirement::None || !offers(&facts, required).is_empty();
                Ok((stays_able, account.generation()))
            };
            match self.inner.on_account(DOING, key, &Actor::Person, draft, verb)? {
                Some((true, generation)) => Ok(generation),
                Some((false, _)) => Err(Error::denied(DOING, Denial::LastOne)),
                None => Err(Error::denied(DOING, Denial::ProofEnded)),
            }
        };
        let generation = self.inner.transact(DOING, Scope::Account(key), decide).await?;
        Ok(Proof { account_generation: generation, ..proof })
    }
}
