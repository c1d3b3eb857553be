//! Sessions: made from a proof and from nothing else, one for each proof.
//!
//! The browser holds 32 random bytes; the table holds their digest and the sealed proof. Every
//! request has the proof opened again, so whatever ends it ends the session too.

use async_trait::async_trait;
use axum::BoxError;
use countersign::{OsRandom, Random, SealedProof, Timestamp};
use countersign_axum::{Browser, NewSession, SameSite, SessionTransport};
use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest as _, Sha256};
use sqlx::SqlitePool;

use crate::clock::PortalClock;
use crate::people::People;
use crate::trouble::Trouble;
use crate::typed::forget_email;

/// The cookie that holds the id of a session.
const COOKIE: &str = "session";

/// The sessions of the portal.
#[derive(Debug, Clone)]
pub(crate) struct Sessions {
    pool: SqlitePool,
    people: People,
    clock: PortalClock,
}

impl Sessions {
    pub(crate) fn new(pool: SqlitePool, people: People, clock: PortalClock) -> Self {
        Self { pool, people, clock }
    }

    /// The end of this person's grace, while it lasts: an app must be set up by then.
    pub(crate) async fn enroll_by(&self, browser: &Browser) -> Result<Option<Timestamp>, Trouble> {
        let Some(id) = id_of(browser) else { return Ok(None) };
        let by: Option<Option<i64>> =
            sqlx::query_scalar("SELECT enroll_by FROM session WHERE id = ?1")
                .bind(id)
                .fetch_optional(&self.pool)
                .await?;
        Ok(by.flatten().map(Timestamp::from_millis).filter(|by| *by > self.clock.now()))
    }

    async fn make(&self, browser: &Browser, new: NewSession<'_>) -> Result<(), Trouble> {
        // A repeated request gets the session of its proof, under a new id: the cookie of the first
        // answer was lost, or is replaced by this one.
        const MAKE: &str = "INSERT INTO session (id, proof, company, person, sealed, ends_at, enroll_by) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) \
             ON CONFLICT (proof) DO UPDATE SET id = excluded.id, sealed = excluded.sealed";
        self.end(browser).await?;
        let mut secret = [0; 32];
        OsRandom.fill(&mut secret)?;
        let proof = new.proof;
        let now = self.clock.now();
        sqlx::query(MAKE)
            .bind(digest(&secret))
            .bind(proof.id().to_string())
            .bind(proof.key().tenant().as_str())
            .bind(proof.key().user().as_str())
            .bind(new.sealed.expose())
            .bind(proof.ends().millis())
            .bind(new.enroll_by.map(|enroll_by| enroll_by.until.millis()))
            .execute(&self.pool)
            .await?;
        sqlx::query("DELETE FROM session WHERE ends_at <= ?1")
            .bind(now.millis())
            .execute(&self.pool)
            .await?;
        browser.set_cookie(COOKIE, &BASE64URL_NOPAD.encode(&secret), None, SameSite::Lax);
        forget_email(browser);
        self.people.note_login(proof.key(), now).await
    }

    async fn find_sealed(&self, browser: &Browser) -> Result<Option<SealedProof>, Trouble> {
        let Some(id) = id_of(browser) else { return Ok(None) };
        let sealed: Option<String> = sqlx::query_scalar("SELECT sealed FROM session WHERE id = ?1")
            .bind(id)
            .fetch_optional(&self.pool)
            .await?;
        Ok(sealed.map(SealedProof::from_text))
    }

    async fn end(&self, browser: &Browser) -> Result<(), Trouble> {
        if let Some(id) = id_of(browser) {
            sqlx::query("DELETE FROM session WHERE id = ?1").bind(id).execute(&self.pool).await?;
        }
        Ok(())
    }
}

#[async_trait]
impl SessionTransport for Sessions {
    async fn keep(&self, browser: &Browser, session: NewSession<'_>) -> Result<(), BoxError> {
        self.make(browser, session).await
    }

    async fn find(&self, browser: &Browser) -> Result<Option<SealedProof>, BoxError> {
        self.find_sealed(browser).await
    }

    async fn renew(&self, browser: &Browser, sealed: SealedProof) -> Result<(), BoxError> {
        let Some(id) = id_of(browser) else { return Ok(()) };
        sqlx::query("UPDATE session SET sealed = ?2 WHERE id = ?1")
            .bind(id)
            .bind(sealed.expose())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    async fn forget(&self, browser: &Browser) -> Result<(), BoxError> {
        self.end(browser).await?;
        browser.drop_cookie(COOKIE);
        Ok(())
    }
}

/// The key of this browser's row, if it holds something of the right shape.
fn id_of(browser: &Browser) -> Option<Vec<u8>> {
    let secret = BASE64URL_NOPAD.decode(browser.cookie(COOKIE)?.as_bytes()).ok()?;
    (secret.len() == 32).then(|| digest(&secret))
}

fn digest(secret: &[u8]) -> Vec<u8> {
    Sha256::digest(secret).to_vec()
}
