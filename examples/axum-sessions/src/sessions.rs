//! The proof in a session of tower-sessions.

use axum::BoxError;
use countersign::SealedProof;
use countersign::web::{Browser, NewSession, SessionTransport};
use tower_sessions::Session;

/// Where the sealed proof stands in the session.
const PROOF: &str = "countersign.proof";

/// Keeps the sealed proof in the session of tower-sessions.
///
/// The same form sent twice at once may make two sessions, of which the browser keeps one:
/// tower-sessions cannot look for the other. A host with a table of its own finds it by the id of
/// the proof, and both are ended by whatever ends the proof.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "it holds nothing")]
pub struct TowerSessions;

#[async_trait::async_trait]
impl SessionTransport for TowerSessions {
    async fn keep(&self, browser: &Browser, new: NewSession<'_>) -> Result<(), BoxError> {
        let session = session(browser)?;
        // Whoever planted or saw the id from before the login does not know this one.
        session.cycle_id().await?;
        Ok(session.insert(PROOF, new.sealed.expose()).await?)
    }

    async fn find(&self, browser: &Browser) -> Result<Option<SealedProof>, BoxError> {
        let text: Option<String> = session(browser)?.get(PROOF).await?;
        Ok(text.map(SealedProof::from_text))
    }

    async fn renew(&self, browser: &Browser, sealed: SealedProof) -> Result<(), BoxError> {
        Ok(session(browser)?.insert(PROOF, sealed.expose()).await?)
    }

    async fn forget(&self, browser: &Browser) -> Result<(), BoxError> {
        Ok(session(browser)?.flush().await?)
    }
}

/// The session that the layer of tower-sessions put into the request.
pub(crate) fn session(browser: &Browser) -> Result<Session, BoxError> {
    let found = browser.parts().extensions.get::<Session>();
    found.cloned().ok_or_else(|| "add the layer of tower-sessions after `gate.layer()`".into())
}
