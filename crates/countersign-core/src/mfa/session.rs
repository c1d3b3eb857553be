//! A proof after its login: sealing it for a session, and checking it again.

use super::engine::{Engine, Scope, Work};
use super::error::{Cause, Error, WhileDoing as _};
use super::mfa::Mfa;
use crate::account::Account;
use crate::login::{Proof, Purpose, SealedProof, SessionCheck, SessionEnd};
use crate::policy::{EnrolledMethods, Requirement, resolve};

impl Mfa {
    /// Seals a proof as text, to keep in a session.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::{SealedProof, SessionCheck};
    ///
    /// # let proof = demo.log_in(key).await;
    /// let cookie = mfa.seal(&proof)?.expose().to_owned();
    ///
    /// // At a later request:
    /// let sealed = SealedProof::from_text(cookie);
    /// assert!(matches!(mfa.open_session(&sealed).await?, SessionCheck::Valid(_)));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` if a key or the source of randomness is missing.
    pub fn seal(&self, proof: &Proof) -> Result<SealedProof, Error> {
        let sealed = self.engine.sealer.seal_proof(proof, &*self.engine.random);
        sealed.while_doing("seal a proof")
    }

    /// Opens the sealed proof of a login and says whether it is still valid. One read.
    ///
    /// Call it at each request. The proof of a step-up is not a session: it is
    /// [`SessionEnd::OtherPurpose`].
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::SessionCheck;
    ///
    /// # let sealed = mfa.seal(&demo.log_in(key).await)?;
    /// match mfa.open_session(&sealed).await? {
    ///     SessionCheck::Valid(proof) => assert_eq!(proof.key(), key),
    ///     // The policy asks for more by now: begin a step-up for `Purpose::Strengthen`.
    ///     SessionCheck::StepUpRequired { required, .. } => panic!("{required} is required"),
    ///     // Log the user out.
    ///     SessionCheck::Ended(end) => panic!("{end}"),
    /// }
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable`, also while the clocks disagree, or `Corrupt`: treat the session as not logged
    /// in.
    #[doc(alias = "session")]
    pub async fn open_session(&self, sealed: &SealedProof) -> Result<SessionCheck, Error> {
        self.open_step_up(sealed, &Purpose::Login).await
    }

    /// Opens a sealed proof that was made for this purpose and no other. One read.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// # let session = demo.log_in(key).await;
    /// use countersign_core::login::StepUpReason;
    /// use countersign_core::{Purpose, SessionCheck, SessionEnd};
    ///
    /// let purpose = Purpose::StepUp(StepUpReason::new("payment 4711")?);
    /// # let sealed = mfa.seal(&demo.step_up(&session, purpose.clone()).await)?;
    /// assert!(matches!(mfa.open_step_up(&sealed, &purpose).await?, SessionCheck::Valid(_)));
    ///
    /// let other = Purpose::StepUp(StepUpReason::new("payment 4712")?);
    /// let check = mfa.open_step_up(&sealed, &other).await?;
    /// assert!(matches!(check, SessionCheck::Ended(SessionEnd::OtherPurpose)));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`: refuse the act that the proof is for.
    pub async fn open_step_up(
        &self,
        sealed: &SealedProof,
        purpose: &Purpose,
    ) -> Result<SessionCheck, Error> {
        match self.engine.sealer.open_proof(sealed) {
            Some(proof) if proof.purpose == *purpose => self.check_session(proof).await,
            Some(_) => Ok(SessionCheck::Ended(SessionEnd::OtherPurpose)),
            None => Ok(SessionCheck::Ended(SessionEnd::NotOurs)),
        }
    }

    /// Says whether a proof is still valid. One read.
    ///
    /// For a host that keeps the proof itself; [`Mfa::open_session`] does the same for a sealed
    /// one.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::{SessionCheck, SessionEnd};
    ///
    /// # let proof = demo.log_in(key).await;
    /// let SessionCheck::Valid(proof) = mfa.check_session(proof).await? else {
    ///     panic!("the login was a moment ago");
    /// };
    /// mfa.signed_out_everywhere(key).await?;
    /// let check = mfa.check_session(proof).await?;
    /// assert!(matches!(check, SessionCheck::Ended(SessionEnd::Superseded)));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`: treat the session as not logged in.
    pub async fn check_session(&self, proof: Proof) -> Result<SessionCheck, Error> {
        let minimum = self.engine.limits.minimum.join(proof.minimum);
        let decide = |work: &mut Work| {
            if let Some(end) = self.engine.why_ended(&proof, work)? {
                return Ok(Err(end));
            }
            let (Some(tenant), Some(account)) = (&work.tenant, &work.account) else {
                return Ok(Err(SessionEnd::Gone));
            };
            let facts = account.facts();
            Ok(Ok(resolve(minimum, tenant.policy(), &facts, &proof.roles, work.now).required))
        };
        let scope = Scope::Account(&proof.key);
        let required: Requirement =
            match self.engine.transact("check a proof", scope, decide).await? {
                Ok(required) => required,
                Err(end) => return Ok(SessionCheck::Ended(end)),
            };
        let enough =
            EnrolledMethods::of(proof.passed.iter().map(|used| used.method)).meets(required);
        if enough || proof.purpose != Purpose::Login {
            return Ok(SessionCheck::Valid(proof));
        }
        Ok(SessionCheck::StepUpRequired { proof, required })
    }
}

impl Engine {
    /// Why the proof is no longer valid, if so.
    ///
    /// Whether its time is over is told only while the clocks agree: what has ended stays ended
    /// when one of them goes back.
    pub(super) fn why_ended(
        &self,
        proof: &Proof,
        work: &Work,
    ) -> Result<Option<SessionEnd>, Cause> {
        self.why_over(proof, work, work.account.as_ref())
    }

    /// The same, for the account of somebody who acts on another.
    pub(super) fn why_over(
        &self,
        proof: &Proof,
        work: &Work,
        account: Option<&Account>,
    ) -> Result<Option<SessionEnd>, Cause> {
        let (Some(tenant), Some(account)) = (&work.tenant, account) else {
            return Ok(Some(SessionEnd::Gone));
        };
        if account.facts().suspended {
            return Ok(Some(SessionEnd::Gone));
        }
        if proof.account_generation != account.generation()
            || proof.tenant_generation != tenant.generation()
        {
            return Ok(Some(SessionEnd::Superseded));
        }
        self.clocks_agree(work.now)?;
        Ok((work.now >= proof.ends).then_some(SessionEnd::RanOut))
    }
}
