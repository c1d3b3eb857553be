//! What a proof is good for after the login: sealing it for a session, and checking it again.

use super::engine::{Scope, Work};
use super::error::{Error, WhileDoing as _};
use super::mfa::Mfa;
use crate::login::{Proof, Purpose, SealedProof, SessionCheck, SessionEnd};
use crate::policy::{EnrolledMethods, Requirement, resolve};

impl Mfa {
    /// Seals a proof as text, to keep in a session.
    ///
    /// # Errors
    ///
    /// `Unavailable` if a key or the source of randomness is missing.
    pub fn seal(&self, proof: &Proof) -> Result<SealedProof, Error> {
        let sealed = self.engine.sealer.seal_proof(proof, &*self.engine.random);
        sealed.while_doing("seal a proof")
    }

    /// Opens the sealed proof of a login and says whether it still stands. One read.
    ///
    /// A proof of a step-up is no session: it ends as [`SessionEnd::OtherPurpose`], unread.
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`: treat the session as not logged in.
    pub async fn open_session(&self, sealed: &SealedProof) -> Result<SessionCheck, Error> {
        self.open_step_up(sealed, &Purpose::Login).await
    }

    /// Opens a sealed proof that was made for this purpose and no other. One read.
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`: do not do the act.
    pub async fn open_step_up(
        &self,
        sealed: &SealedProof,
        purpose: &Purpose,
    ) -> Result<SessionCheck, Error> {
        match self.engine.sealer.open_proof(sealed).while_doing("open a proof")? {
            Some(proof) if proof.purpose == *purpose => self.check_session(proof).await,
            Some(_) => Ok(SessionCheck::Ended(SessionEnd::OtherPurpose)),
            None => Ok(SessionCheck::Ended(SessionEnd::NotOurs)),
        }
    }

    /// Says whether a proof still stands. One read.
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`: treat the session as not logged in.
    pub async fn check_session(&self, proof: Proof) -> Result<SessionCheck, Error> {
        let minimum = self.engine.limits.minimum;
        let decide = |work: &mut Work| {
            if let Some(end) = why_ended(&proof, work) {
                return Ok(Err(end));
            }
            let (Some(tenant), Some(account)) = (&work.tenant, &work.account) else {
                return Ok(Err(SessionEnd::Gone));
            };
            let none = Default::default();
            Ok(Ok(resolve(minimum, tenant.policy(), &account.facts(), &none, work.now).required))
        };
        let scope = Scope::Account(&proof.key);
        let required: Requirement =
            match self.engine.transact("check a proof", scope, decide).await? {
                Ok(required) => required,
                Err(end) => return Ok(SessionCheck::Ended(end)),
            };
        let enough =
            EnrolledMethods::of(proof.passed.iter().map(|pass| pass.method)).meets(required);
        if enough || proof.purpose != Purpose::Login {
            return Ok(SessionCheck::Valid(proof));
        }
        Ok(SessionCheck::StepUpRequired { proof, required })
    }
}

/// Why the proof no longer stands, if it does not.
pub(super) fn why_ended(proof: &Proof, work: &Work) -> Option<SessionEnd> {
    let (Some(tenant), Some(account)) = (&work.tenant, &work.account) else {
        return Some(SessionEnd::Gone);
    };
    if account.facts().suspended {
        Some(SessionEnd::Gone)
    } else if work.now >= proof.ends {
        Some(SessionEnd::RanOut)
    } else if proof.account_generation != account.generation()
        || proof.tenant_generation != tenant.generation()
    {
        Some(SessionEnd::Superseded)
    } else {
        None
    }
}
