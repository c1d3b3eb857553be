//! The browser that a request comes from.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use countersign_core::{AttemptId, Client, MINUTE, OsRandom, Random, SealedProof, Ticket};
use data_encoding::BASE64URL_NOPAD;

use crate::address::find_address;
use crate::config::Config;
use crate::csrf::CsrfFields;
use crate::flash::Flash;
use crate::jar::{Jar, SameSite};
use crate::problem::Problem;
use crate::redirect_path::{RedirectPath, query_value};
use crate::user_agent::describe_agent;

/// The cookie that names the browser. It is random, and worth nothing by itself.
const BINDING: &str = "countersign-browser";
const TICKET: &str = "countersign-ticket";
/// The ticket of a step-up, after the mark of its purpose.
const STEP: &str = "countersign-step";
/// Sealed proofs of step-ups, the newest first.
const FRESH: &str = "countersign-fresh";
const FLASH: &str = "countersign-flash";
const NEXT: &str = "countersign-next";
/// Bytes in a binding.
const BINDING_BYTES: usize = 32;
/// Proofs of step-ups that one browser keeps, and the bytes they may take.
const MOST_FRESH: usize = 3;
const FRESH_BYTES: usize = 3_500;
/// How long a sentence waits for the next page.
const FLASH_LIFE: Duration = MINUTE.saturating_mul(5);

/// The browser that a request comes from: its cookies, its description for mails, and where it
/// wants to go on to.
///
/// An extractor. Cookies that are set through it are written into the answer by the layer, so it
/// does not matter what the handler returns.
///
/// ```
/// use axum::response::{Html, IntoResponse, Response};
/// use countersign_axum::Browser;
///
/// /// A login form that goes on to where the person wanted to go.
/// async fn login_page(browser: Browser) -> Result<Response, countersign_axum::Problem> {
///     let hidden = browser.csrf_fields()?.to_html();
///     let fields = r#"<input name="user"><input name="password" type="password"><button>Login</button>"#;
///     Ok(Html(format!(r#"<form method="post">{hidden}{fields}</form>"#)).into_response())
/// }
/// ```
#[derive(Clone)]
pub struct Browser {
    config: Arc<Config>,
    jar: Jar,
    parts: Arc<Parts>,
    attempt: Option<AttemptId>,
}

impl Browser {
    pub(crate) fn new(config: Arc<Config>, jar: Jar, parts: Parts) -> Self {
        Self { config, jar, parts: Arc::new(parts), attempt: None }
    }

    pub(crate) fn config(&self) -> &Config {
        &self.config
    }

    pub(crate) fn with_attempt(mut self, attempt: Option<AttemptId>) -> Self {
        self.attempt = attempt;
        self
    }

    /// The request without its body: for the language, the layout, and the extensions of other
    /// layers.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The client, for your own calls to [`Mfa`](countersign_core::Mfa).
    ///
    /// # Errors
    ///
    /// The source of randomness is missing, for a browser that is seen for the first time.
    pub fn client(&self) -> Result<Client, Problem> {
        let mut client = Client::bound_to(self.binding()?)?.seen_as(&self.describe());
        if let Some(attempt) = self.attempt {
            client = client.attempt(attempt);
        }
        Ok(client)
    }

    /// The hidden fields that a form on the next page must contain: the CSRF token, and an id of
    /// the form, so that a form sent twice counts as one attempt.
    ///
    /// # Errors
    ///
    /// The source of randomness is missing.
    pub fn csrf_fields(&self) -> Result<CsrfFields, Problem> {
        CsrfFields::draw(&self.binding()?)
    }

    /// A description for mails, such as "Firefox on Windows". It copies nothing from the request.
    #[must_use]
    pub fn describe(&self) -> String {
        let agent = self.parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        describe_agent(agent.unwrap_or_default())
    }

    /// The address it connects from, if the gate was told where to look for one.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        find_address(&self.parts, &self.config.address)
    }

    /// Where it wants to go on to: the `next` of this request's own address.
    #[must_use]
    pub fn next(&self) -> Option<RedirectPath> {
        RedirectPath::new(&self.query("next")?)
    }

    /// The first value under this name in the query of this request's address, decoded.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        query_value(self.parts.uri.query()?, name)
    }

    /// The value of a cookie that the host set with [`set_cookie`](Self::set_cookie).
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar.get(name)
    }

    /// Sets a cookie for the host: `__Host-`, `Secure`, `HttpOnly`, for the whole site.
    ///
    /// Without a life it ends with the browser's session. A value that a cookie cannot hold is not
    /// set: keep to letters, digits, `.`, `-`, `_` and `~`, and below 3,800 bytes.
    pub fn set_cookie(&self, name: &str, value: &str, life: Option<Duration>, same_site: SameSite) {
        self.jar.set(name, value, life, same_site);
    }

    /// Deletes a cookie that the host set.
    pub fn drop_cookie(&self, name: &str) {
        self.jar.drop(name);
    }

    /// The outcome of the request before this one, to be shown once.
    #[must_use]
    pub fn take_flash(&self) -> Option<Flash> {
        let flash = self.flash();
        // A HEAD shows nothing, so the message stays for the next page.
        if self.parts.method != Method::HEAD {
            self.jar.drop(FLASH);
        }
        flash
    }

    /// Leaves a sentence for the next page.
    pub fn set_flash(&self, flash: &Flash) {
        self.jar.set(FLASH, &flash.to_cookie(), Some(FLASH_LIFE), SameSite::Lax);
    }

    /// The outcome of the request before this one. It stays for a reload.
    pub(crate) fn flash(&self) -> Option<Flash> {
        self.jar.get(FLASH).as_deref().and_then(Flash::from_cookie)
    }

    pub(crate) fn drop_flash(&self) {
        self.jar.drop(FLASH);
    }

    /// The secret that this browser proves at each call. A new browser is given one.
    pub(crate) fn binding(&self) -> Result<String, Problem> {
        if let Some(binding) = self.known_binding() {
            return Ok(binding);
        }
        let mut bytes = [0; BINDING_BYTES];
        OsRandom.fill(&mut bytes)?;
        let binding = BASE64URL_NOPAD.encode(&bytes);
        self.jar.set(BINDING, &binding, None, SameSite::Lax);
        Ok(binding)
    }

    /// The binding that came with the request, if it has the shape of one.
    pub(crate) fn known_binding(&self) -> Option<String> {
        let ours = |text: &String| {
            BASE64URL_NOPAD.decode(text.as_bytes()).is_ok_and(|b| b.len() == BINDING_BYTES)
        };
        self.jar.get(BINDING).filter(ours)
    }

    /// Clears every cookie that identifies the browser.
    pub(crate) fn drop_identity(&self) {
        for name in [BINDING, TICKET, STEP, FRESH, NEXT] {
            self.jar.drop(name);
        }
    }

    /// The ticket of the login that is under way here.
    pub(crate) fn ticket(&self) -> Option<Ticket> {
        self.jar.get(TICKET).map(Ticket::from_browser)
    }

    pub(crate) fn hold(&self, ticket: &Ticket) {
        let life = self.config.mfa.limits().ticket_life;
        self.jar.set(TICKET, ticket.expose(), Some(life), SameSite::Lax);
    }

    pub(crate) fn drop_ticket(&self) {
        self.jar.drop(TICKET);
    }

    /// The ticket of the step-up that is under way here, if it is for the purpose with this mark.
    pub(crate) fn step_ticket(&self, mark: &str) -> Option<Ticket> {
        let kept = self.jar.get(STEP)?;
        let (purpose, ticket) = kept.split_once('.')?;
        (purpose == mark).then(|| Ticket::from_browser(ticket))
    }

    pub(crate) fn hold_step(&self, mark: &str, ticket: &Ticket) {
        let life = self.config.mfa.limits().ticket_life;
        let value = format!("{mark}.{}", ticket.expose());
        self.jar.set(STEP, &value, Some(life), SameSite::Lax);
    }

    pub(crate) fn drop_step(&self) {
        self.jar.drop(STEP);
    }

    /// The proofs of step-ups that this browser holds.
    pub(crate) fn step_up_proofs(&self) -> Vec<SealedProof> {
        let kept = self.jar.get(FRESH).unwrap_or_default();
        let texts = kept.split('~').filter(|text| !text.is_empty()).take(MOST_FRESH);
        texts.map(SealedProof::from_text).collect()
    }

    /// Keeps the proof of a step-up beside the two before it. They end by themselves.
    pub(crate) fn keep_step_up_proof(&self, sealed: &SealedProof) {
        let mut kept = sealed.expose().to_owned();
        for older in self.step_up_proofs().iter().take(MOST_FRESH - 1) {
            if kept.len() + older.expose().len() < FRESH_BYTES {
                kept = format!("{kept}~{}", older.expose());
            }
        }
        let life = self.config.mfa.limits().step_up_life;
        self.jar.set(FRESH, &kept, Some(life), SameSite::Strict);
    }

    /// Clears the cookies of the login that came before: they belong to its person.
    pub(crate) fn drop_login_cookies(&self) {
        for name in [TICKET, STEP, FRESH] {
            self.jar.drop(name);
        }
    }

    /// Remembers where the login that begins here goes on to.
    pub(crate) fn remember_next(&self, next: Option<&RedirectPath>) {
        let life = self.config.mfa.limits().ticket_life;
        match next {
            Some(next) => {
                let text = BASE64URL_NOPAD.encode(next.as_str().as_bytes());
                self.jar.set(NEXT, &text, Some(life), SameSite::Lax);
            }
            None => self.jar.drop(NEXT),
        }
    }

    pub(crate) fn take_next(&self) -> Option<RedirectPath> {
        let text = self.jar.get(NEXT)?;
        self.jar.drop(NEXT);
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        RedirectPath::new(std::str::from_utf8(&bytes).ok()?)
    }
}

/// Shows nothing, because logs must not: the cookies identify the browser, and the link of an
/// invitation is worth as much as a password.
impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for Browser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let config =
            parts.extensions.get::<Arc<Config>>().ok_or_else(Problem::layer_missing)?.clone();
        let jar = parts.extensions.get::<Jar>().ok_or_else(Problem::layer_missing)?.clone();
        Ok(Self::new(config, jar, parts.clone()))
    }
}
