//! axum-login, which knows people; a proof is the one credential that it takes.

use std::fmt;

use axum::BoxError;
use axum_login::{AuthSession, AuthUser, AuthnBackend};
use countersign::web::{Browser, NewSession, SessionTransport};
use countersign::{AccountKey, Error, Mfa, Proof, SealedProof, SessionCheck};

use crate::sessions::TowerSessions;

/// A person, as axum-login hands them to handlers.
#[derive(Debug, Clone)]
pub struct User {
    key: AccountKey,
}

impl User {
    /// Who it is, and in which company.
    #[must_use]
    pub fn key(&self) -> &AccountKey {
        &self.key
    }
}

/// Names a person in a session. axum-login writes it into the log, so it holds nothing secret.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct UserName {
    tenant: String,
    user: String,
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.tenant, self.user)
    }
}

impl AuthUser for User {
    type Id = UserName;

    fn id(&self) -> UserName {
        let tenant = self.key.tenant();
        let user = self.key.user();
        UserName { tenant: tenant.to_string(), user: user.to_string() }
    }

    /// axum-login compares it to notice changes. The gate does that, with the proof.
    fn session_auth_hash(&self) -> &[u8] {
        self.key.user().as_str().as_bytes()
    }
}

/// The people of the portal.
#[derive(Debug, Clone)]
pub struct Backend {
    mfa: Mfa,
}

impl Backend {
    /// People whose proofs this `Mfa` opens.
    #[must_use]
    pub fn new(mfa: Mfa) -> Self {
        Self { mfa }
    }
}

impl AuthnBackend for Backend {
    type User = User;
    type Credentials = Proof;
    type Error = Error;

    /// A proof that still stands and is strong enough by now, and nothing else, makes a user.
    async fn authenticate(&self, proof: Proof) -> Result<Option<User>, Error> {
        Ok(match self.mfa.check_session(proof).await? {
            SessionCheck::Valid(proof) => Some(User { key: proof.key().clone() }),
            SessionCheck::StepUpRequired { .. } | SessionCheck::Ended(_) => None,
        })
    }

    async fn get_user(&self, name: &UserName) -> Result<Option<User>, Error> {
        // A host reads its own table here.
        Ok(AccountKey::new(&name.tenant, &name.user).ok().map(|key| User { key }))
    }
}

/// Keeps the sealed proof in the session, and tells axum-login who it is.
#[derive(Debug, Clone, Copy)]
#[expect(clippy::exhaustive_structs, reason = "it holds nothing")]
pub struct AxumLogin;

#[async_trait::async_trait]
impl SessionTransport for AxumLogin {
    async fn keep(&self, browser: &Browser, new: NewSession<'_>) -> Result<(), BoxError> {
        let user = User { key: new.proof.key().clone() };
        // By itself axum-login gives a new id to the first login of a session only.
        TowerSessions.keep(browser, new).await?;
        Ok(auth(browser)?.login(&user).await?)
    }

    async fn find(&self, browser: &Browser) -> Result<Option<SealedProof>, BoxError> {
        TowerSessions.find(browser).await
    }

    async fn renew(&self, browser: &Browser, sealed: SealedProof) -> Result<(), BoxError> {
        TowerSessions.renew(browser, sealed).await
    }

    async fn forget(&self, browser: &Browser) -> Result<(), BoxError> {
        auth(browser)?.logout().await?;
        Ok(())
    }
}

fn auth(browser: &Browser) -> Result<AuthSession<Backend>, BoxError> {
    let found = browser.parts().extensions.get::<AuthSession<Backend>>();
    found.cloned().ok_or_else(|| "add the layer of axum-login after `gate.layer()`".into())
}
