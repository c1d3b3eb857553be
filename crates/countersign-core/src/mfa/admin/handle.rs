//! Administering one tenant: for a user with a fresh proof, or for an operator at a command
//! line. The tenant comes from the proof, so a proof of one tenant is nothing in another.
//!
//! Each act is judged by the acting administrator's account as it is when the act commits. Acts that
//! make logins weaker, and acts on administrators, compare and raise the tenant's version as well: two
//! such acts at once meet there, and whoever loses is judged again.

use std::sync::Arc;

use crate::login::{Proof, Purpose};
use crate::mfa::engine::Engine;
use crate::mfa::error::{Cause, Denial, Error, WhileDoing as _};
use crate::mfa::mfa::Mfa;
use crate::mfa::written::line;
use crate::policy::Policy;
use crate::types::{Method, Pseudonym, TenantId, Timestamp};

/// Most rows of one page.
pub(super) const MOST_ROWS: usize = 200;

/// Acts of an administrator of one tenant.
///
/// It serves one request: get it with [`Mfa::admin`] from a fresh proof, act, and drop it. At a
/// command line, [`Mfa::operator`] gives the same handle under a name and a reason.
///
/// # Who may act
///
/// The tenant comes from the proof, so an administrator of one tenant cannot name another. Reading
/// asks for a proof that is valid when the handle is opened. Each act that changes something checks
/// again, in the transaction that changes it, and fails with
/// [`ErrorKind::Denied`](crate::ErrorKind::Denied):
///
/// - [`Denial::ProofEnded`] or [`Denial::NotAdmin`], if that has changed meanwhile;
/// - [`Denial::NotFresh`], if the strongest method that the administrator holds was passed longer
///   ago than [`Limits::admin_freshness`](crate::Limits::admin_freshness) (OWASP ASVS 5.0, 7.5.1):
///   begin a step-up for [`Purpose::Administer`], as [`Admin::asks_again`] says before;
/// - for acts that make logins weaker (a looser policy or rule, an exemption, an approval, a
///   reset), move somebody's mailbox or make an administrator, also [`Denial::NoAuthenticator`] without an authenticator of one's own, and
///   [`Denial::OnOneself`] on one's own account.
///
/// An operator is asked for none of this; the log names them.
#[derive(Debug)]
pub struct Admin {
    pub(super) engine: Arc<Engine>,
    pub(super) tenant: TenantId,
    pub(super) acting: Acting,
}

#[derive(Debug)]
pub(super) enum Acting {
    User { proof: Proof, seen: Seen },
    Operator { name: String, reason: String },
}

/// What was last seen of the acting user.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seen {
    pub(super) pseudonym: Pseudonym,
    /// The strongest method that the user holds, in any state.
    pub(super) holds: Option<Method>,
}

/// The time from which a policy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "at once or later")]
pub enum Start {
    /// From the next login. A grace that runs already for the same requirement keeps its end.
    Now,
    /// For users who never held the method, from then on: at most 90 days ahead.
    WithGraceUntil(Timestamp),
}

impl Start {
    pub(super) fn grace(self) -> Option<Timestamp> {
        match self {
            Self::Now => None,
            Self::WithGraceUntil(until) => Some(until),
        }
    }
}

/// The outcome of saving a policy.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a policy that changed meanwhile was not saved"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Saved {
    /// It holds from the next login.
    Saved {
        /// Its revision.
        revision: u64,
    },
    /// Another administrator saved a policy since the preview; nothing was changed.
    Changed {
        /// The policy that holds.
        current: Policy,
        /// Its revision, for the next preview.
        revision: u64,
    },
}

impl Admin {
    /// What an act that changes something is denied with, by this node's clock, until the
    /// administrator passes a method (again). The act itself decides by the store's.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let ada = &demo.ada;
    /// use countersign_core::{Denial, HOUR, Method};
    ///
    /// # let proof = demo.log_in(ada).await;
    /// # demo.wait(HOUR);
    /// let admin = mfa.admin(proof).await?;
    /// // An hour after the login: begin a step-up for `Purpose::Administer`.
    /// let Some(Denial::NotFresh { method, .. }) = admin.asks_again() else { panic!("it was long ago") };
    /// assert_eq!(method, Method::App);
    /// # Ok(())
    /// # });
    /// ```
    #[must_use]
    pub fn asks_again(&self) -> Option<Denial> {
        let Acting::User { proof, seen } = &self.acting else { return None };
        self.engine.not_fresh(proof, seen.holds, self.engine.clock.now())
    }
}

impl Mfa {
    /// The admin handle of the user whom the proof names, for that user's tenant only.
    ///
    /// The proof is of a login, or of a step-up for [`Purpose::Administer`], and is used up.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let ada = &demo.ada;
    /// # let key = &demo.ben;
    /// # let proof = demo.log_in(ada).await;
    /// let admin = mfa.admin(proof).await?;
    /// assert_eq!(admin.users(None, 10).await?.len(), 2);
    ///
    /// # let proof = demo.log_in(key).await;
    /// // Ben is no administrator.
    /// let error = mfa.admin(proof).await.unwrap_err();
    /// assert_eq!(error.code(), "admin.not_admin");
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Denied` if the proof has ended or is for another purpose, or the user is not an
    /// administrator. `Unavailable` or `Corrupt`: open no admin page.
    pub async fn admin(&self, proof: Proof) -> Result<Admin, Error> {
        const DOING: &str = "open the admin handle";
        if !matches!(proof.purpose, Purpose::Login | Purpose::Administer) {
            return Err(Denial::WrongPurpose).while_doing(DOING);
        }
        let seen = self.engine.look_at(DOING, &proof).await?;
        let tenant = proof.key.tenant().clone();
        Ok(Admin { engine: self.engine.clone(), tenant, acting: Acting::User { proof, seen } })
    }

    /// The admin handle for a person at a command line: for the first setup and for emergencies.
    ///
    /// Every act is recorded with this name and reason. An operator cannot make a proof.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// use countersign_core::TenantId;
    ///
    /// let larkfield = TenantId::new("larkfield")?;
    /// let operator = mfa.operator(larkfield.clone(), "dara", "the only administrator left")?;
    /// assert_eq!(operator.asks_again(), None);
    ///
    /// let error = mfa.operator(larkfield, "dara", "").unwrap_err();
    /// assert_eq!(error.code(), "reason.line");
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if the name or the reason is not one line of 1 to 200 bytes.
    pub fn operator(
        &self,
        tenant: TenantId,
        name: impl Into<String>,
        reason: impl Into<String>,
    ) -> Result<Admin, Error> {
        const DOING: &str = "open the operator handle";
        let name = line(name).while_doing(DOING)?;
        let reason = line(reason).while_doing(DOING)?;
        Ok(Admin { engine: self.engine.clone(), tenant, acting: Acting::Operator { name, reason } })
    }
}

/// The date, if it lies ahead and not too far.
pub(super) fn ahead(
    until: Timestamp,
    now: Timestamp,
    latest: Timestamp,
) -> Result<Timestamp, Cause> {
    if until > now && until <= latest {
        return Ok(until);
    }
    let why = format!("the date {until} is not between {now} and {latest}");
    Err(Cause::unfit("date.bounds", why, "give a date between these"))
}
