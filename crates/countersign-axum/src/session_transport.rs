//! Where a host keeps its sessions.
//!
//! A session is made from a proof and from nothing else. The gate seals it; the host keeps the
//! sealed text with its session and hands it back at the next request. Only `Mfa` can open it, and
//! it checks each time that it is still valid.

use std::fmt::Debug;

use async_trait::async_trait;
use axum::BoxError;
use countersign_core::policy::EnrollBy;
use countersign_core::{Proof, SealedProof, behind_pointers};

use crate::browser::Browser;
use crate::jar::SameSite;

/// Keeps the sealed proof of a session.
///
/// # Contract
///
/// - `find` returns the sealed proof that `keep` was given for the same browser, until `forget`.
/// - `keep` makes a new session with a new id, and ends one that the browser had before: otherwise
///   an attacker who planted the old id would be logged in too. It may be called twice with the
///   same proof id, by a form that was sent twice: a transport that can find sessions by that id
/// keeps one.
/// - `renew` replaces the sealed text and keeps the rest of the session.
/// - After an error the request is treated as logged out.
///
/// ```
/// use std::{collections::HashMap, sync::Mutex};
/// use axum::BoxError;
/// use countersign_axum::{Browser, SessionTransport, NewSession, SameSite};
/// use countersign_core::SealedProof;
///
/// /// Sessions in memory. The cookie holds the id of the proof, which nobody can guess.
/// #[derive(Debug, Default)]
/// struct MySessions(Mutex<HashMap<String, SealedProof>>);
///
/// #[async_trait::async_trait]
/// impl SessionTransport for MySessions {
///     async fn keep(&self, browser: &Browser, new: NewSession<'_>) -> Result<(), BoxError> {
///         self.forget(browser).await?;
///         let id = new.proof.id().to_string();
///         browser.set_cookie("session", &id, None, SameSite::Lax);
///         self.0.lock().map_err(|_| "poisoned")?.insert(id, new.sealed);
///         Ok(())
///     }
///
///     async fn find(&self, browser: &Browser) -> Result<Option<SealedProof>, BoxError> {
///         let Some(id) = browser.cookie("session") else { return Ok(None) };
///         Ok(self.0.lock().map_err(|_| "poisoned")?.get(&id).cloned())
///     }
///
///     async fn renew(&self, browser: &Browser, sealed: SealedProof) -> Result<(), BoxError> {
///         let Some(id) = browser.cookie("session") else { return Ok(()) };
///         self.0.lock().map_err(|_| "poisoned")?.insert(id, sealed);
///         Ok(())
///     }
///
///     async fn forget(&self, browser: &Browser) -> Result<(), BoxError> {
///         let Some(id) = browser.cookie("session") else { return Ok(()) };
///         browser.drop_cookie("session");
///         self.0.lock().map_err(|_| "poisoned")?.remove(&id);
///         Ok(())
///     }
/// }
/// ```
#[doc(alias = "session")]
#[doc(alias = "session store")]
#[diagnostic::on_unimplemented(
    message = "the gate cannot keep its sessions in `{Self}`",
    label = "this is not a `SessionTransport`",
    note = "read \"Sessions of your own\" in the documentation of the crate `countersign_axum`: it has a \
            transport to start from",
    note = "an `Arc` or a `Box` of a transport is one too"
)]
#[async_trait]
pub trait SessionTransport: Debug + Send + Sync + 'static {
    /// Makes a session for this browser.
    ///
    /// # Errors
    ///
    /// The session was not made.
    async fn keep(&self, browser: &Browser, session: NewSession<'_>) -> Result<(), BoxError>;

    /// The sealed proof of this browser's session, if it has one.
    ///
    /// # Errors
    ///
    /// The session could not be looked up: the request is refused.
    async fn find(&self, browser: &Browser) -> Result<Option<SealedProof>, BoxError>;

    /// Keeps another sealed proof for the same session, after an act that ended everything open.
    ///
    /// # Errors
    ///
    /// The session keeps the old one, which has ended.
    async fn renew(&self, browser: &Browser, sealed: SealedProof) -> Result<(), BoxError>;

    /// Ends this browser's session, if it has one.
    ///
    /// # Errors
    ///
    /// The session is still there.
    async fn forget(&self, browser: &Browser) -> Result<(), BoxError>;
}

behind_pointers! {
    #[async_trait]
    impl SessionTransport {
        async fn keep(&self, browser: &Browser, session: NewSession<'_>) -> Result<(), BoxError> {
            (**self).keep(browser, session).await
        }

        async fn find(&self, browser: &Browser) -> Result<Option<SealedProof>, BoxError> {
            (**self).find(browser).await
        }

        async fn renew(&self, browser: &Browser, sealed: SealedProof) -> Result<(), BoxError> {
            (**self).renew(browser, sealed).await
        }

        async fn forget(&self, browser: &Browser) -> Result<(), BoxError> {
            (**self).forget(browser).await
        }
    }
}

/// The parts that a session is made from.
#[derive(Debug)]
#[non_exhaustive]
pub struct NewSession<'a> {
    /// Who logged in, and how.
    pub proof: &'a Proof,
    /// The same as text, to keep.
    pub sealed: SealedProof,
    /// While grace lasts: when it ends, and the requirement from then on.
    pub enroll_by: Option<EnrollBy>,
    /// Whether this login linked an authenticator app.
    pub app_linked: bool,
}

/// Keeps the sealed proof itself in the browser, so the host stores no sessions.
///
/// The session ends when the proof does, when the person logs out in this browser, and when all
/// sessions of the account are ended.
#[doc(alias = "session")]
#[doc(alias = "cookie")]
#[derive(Debug, Clone, Copy, Default)]
pub struct CookieTransport;

const SESSION: &str = "countersign-session";

#[async_trait]
impl SessionTransport for CookieTransport {
    async fn keep(&self, browser: &Browser, session: NewSession<'_>) -> Result<(), BoxError> {
        self.renew(browser, session.sealed).await
    }

    async fn find(&self, browser: &Browser) -> Result<Option<SealedProof>, BoxError> {
        Ok(browser.cookie(SESSION).map(SealedProof::from_text))
    }

    async fn renew(&self, browser: &Browser, sealed: SealedProof) -> Result<(), BoxError> {
        browser.set_cookie(SESSION, sealed.expose(), None, SameSite::Lax);
        Ok(())
    }

    async fn forget(&self, browser: &Browser) -> Result<(), BoxError> {
        browser.drop_cookie(SESSION);
        Ok(())
    }
}
