//! The browser that a request comes from.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::Method;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use countersign_core::login::{Client, SealedProof, Ticket};
use countersign_core::types::{AttemptId, Lifetime, OsRandom, Random};
use data_encoding::BASE64URL_NOPAD;

use crate::gate::Gate;
use crate::jar::{Jar, SameSite};
use crate::layer::Inside;
use crate::problem::Problem;
use crate::said::Said;
use crate::seen_as::seen_as;
use crate::target::{Target, from_query};
use crate::{address, forgery};

/// The cookie that names the browser. It is random, and worth nothing by itself.
const BINDING: &str = "countersign-browser";
const TICKET: &str = "countersign-ticket";
/// The ticket of a step-up, after the mark of its purpose.
const STEP: &str = "countersign-step";
/// Sealed proofs of step-ups, the newest first.
const FRESH: &str = "countersign-fresh";
const SAID: &str = "countersign-said";
const NEXT: &str = "countersign-next";
/// Bytes in a binding.
const BINDING_BYTES: usize = 32;
/// Proofs of step-ups that one browser keeps, and the bytes they may take.
const MOST_FRESH: usize = 3;
const FRESH_BYTES: usize = 3_500;
/// How long a sentence waits for the next page.
const SAID_LIFE: Lifetime = Lifetime::from_minutes(5);

/// The browser that a request comes from: its cookies, how mails may describe it, where it wants to
/// go on to.
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
///     let hidden = browser.form()?.to_html();
///     let fields = r#"<input name="user"><input name="password" type="password"><button>Login</button>"#;
///     Ok(Html(format!(r#"<form method="post">{hidden}{fields}</form>"#)).into_response())
/// }
/// ```
#[derive(Clone)]
pub struct Browser {
    gate: Gate,
    jar: Jar,
    parts: Arc<Parts>,
    attempt: Option<AttemptId>,
}

impl Browser {
    pub(crate) fn new(inside: &Inside, parts: Parts) -> Self {
        let (gate, jar) = (inside.gate.clone(), inside.jar.clone());
        Self { gate, jar, parts: Arc::new(parts), attempt: None }
    }

    pub(crate) fn attempting(mut self, attempt: Option<AttemptId>) -> Self {
        self.attempt = attempt;
        self
    }

    /// The request without its body: for the language, the layout, and what other layers put there.
    #[must_use]
    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The client, for calls of one's own to [`Mfa`](countersign_core::mfa::Mfa).
    ///
    /// # Errors
    ///
    /// The source of randomness is missing, for a browser that is seen for the first time.
    pub fn client(&self) -> Result<Client, Problem> {
        let mut client = Client::bound_to(self.binding()?)?.seen_as(&self.seen_as());
        if let Some(attempt) = self.attempt {
            client = client.attempt(attempt);
        }
        Ok(client)
    }

    /// What a form on the next page must carry along: the token, and an id of its own, so that
    /// sending it twice is judged once.
    ///
    /// # Errors
    ///
    /// The source of randomness is missing.
    pub fn form(&self) -> Result<Hidden, Problem> {
        let token = forgery::token(&self.binding()?);
        Ok(Hidden { token, attempt: AttemptId::draw(&OsRandom)? })
    }

    /// How mails may describe it, such as "Firefox on Windows": words of ours, never its own.
    #[must_use]
    pub fn seen_as(&self) -> String {
        let agent = self.parts.headers.get(USER_AGENT).and_then(|agent| agent.to_str().ok());
        seen_as(agent.unwrap_or_default())
    }

    /// The address it connects from, if the gate was told where to look for one.
    #[must_use]
    pub fn address(&self) -> Option<IpAddr> {
        address::of(&self.parts, self.gate.address_source())
    }

    /// Where it wants to go on to: the `next` of this request's own address.
    #[must_use]
    pub fn next(&self) -> Option<Target> {
        Target::new(&self.query("next")?)
    }

    /// The first value under this name in the query of this request's address, decoded.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<String> {
        from_query(self.parts.uri.query()?, name)
    }

    /// The value of a cookie of the host's, kept under a `__Host-` name.
    #[must_use]
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar.get(name)
    }

    /// Sets a cookie of the host's: `__Host-`, `Secure`, `HttpOnly`, for the whole site.
    ///
    /// Without a life it ends with the browser's session. A value that no cookie can hold is not
    /// set: keep to letters, digits, `.`, `-`, `_` and `~`, and below 3,800 bytes.
    pub fn set_cookie(&self, name: &str, value: &str, life: Option<Lifetime>, same_site: SameSite) {
        self.jar.set(name, value, life, same_site);
    }

    /// Takes a cookie of the host's back.
    pub fn drop_cookie(&self, name: &str) {
        self.jar.drop(name);
    }

    /// What the request before this one ended in, to be said once.
    #[must_use]
    pub fn take_said(&self) -> Option<Said> {
        let said = self.said();
        // Only what is shown has been said: a HEAD shows nothing.
        if self.parts.method != Method::HEAD {
            self.jar.drop(SAID);
        }
        said
    }

    /// Leaves a sentence for the next page.
    pub fn say(&self, said: &Said) {
        self.jar.set(SAID, &said.to_cookie(), Some(SAID_LIFE), SameSite::Lax);
    }

    /// The same, and it stays for a reload.
    pub(crate) fn said(&self) -> Option<Said> {
        self.jar.get(SAID).as_deref().and_then(Said::from_cookie)
    }

    pub(crate) fn forget_said(&self) {
        self.jar.drop(SAID);
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

    /// The binding that came with the request, if it is one of ours by its shape.
    pub(crate) fn known_binding(&self) -> Option<String> {
        let ours = |text: &String| {
            BASE64URL_NOPAD.decode(text.as_bytes()).is_ok_and(|b| b.len() == BINDING_BYTES)
        };
        self.jar.get(BINDING).filter(ours)
    }

    /// From here on it is a browser that we never saw.
    pub(crate) fn forget(&self) {
        for name in [BINDING, TICKET, STEP, FRESH, NEXT] {
            self.jar.drop(name);
        }
    }

    /// The ticket of the login that is under way here.
    pub(crate) fn ticket(&self) -> Option<Ticket> {
        self.jar.get(TICKET).map(Ticket::from_browser)
    }

    pub(crate) fn hold(&self, ticket: &Ticket) {
        let life = self.gate.mfa().limits().ticket_life;
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
        let life = self.gate.mfa().limits().ticket_life;
        let value = format!("{mark}.{}", ticket.expose());
        self.jar.set(STEP, &value, Some(life), SameSite::Lax);
    }

    pub(crate) fn drop_step(&self) {
        self.jar.drop(STEP);
    }

    /// The proofs of step-ups that this browser holds.
    pub(crate) fn fresh(&self) -> Vec<SealedProof> {
        let kept = self.jar.get(FRESH).unwrap_or_default();
        let texts = kept.split('~').filter(|text| !text.is_empty()).take(MOST_FRESH);
        texts.map(SealedProof::from_text).collect()
    }

    /// Keeps the proof of a step-up beside the two before it. They end by themselves.
    pub(crate) fn keep_fresh(&self, sealed: &SealedProof) {
        let mut kept = sealed.expose().to_owned();
        for older in self.fresh().iter().take(MOST_FRESH - 1) {
            if kept.len() + older.expose().len() < FRESH_BYTES {
                kept = format!("{kept}~{}", older.expose());
            }
        }
        let life = self.gate.mfa().limits().step_up_life;
        self.jar.set(FRESH, &kept, Some(life), SameSite::Strict);
    }

    /// What belongs to whoever was logged in before does not belong to the next.
    pub(crate) fn start_session(&self) {
        for name in [TICKET, STEP, FRESH] {
            self.jar.drop(name);
        }
    }

    /// Remembers where the login that begins here goes on to.
    pub(crate) fn remember_next(&self, next: Option<&Target>) {
        let life = self.gate.mfa().limits().ticket_life;
        match next {
            Some(next) => {
                let text = BASE64URL_NOPAD.encode(next.as_str().as_bytes());
                self.jar.set(NEXT, &text, Some(life), SameSite::Lax);
            }
            None => self.jar.drop(NEXT),
        }
    }

    pub(crate) fn take_next(&self) -> Option<Target> {
        let text = self.jar.get(NEXT)?;
        self.jar.drop(NEXT);
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        Target::new(std::str::from_utf8(&bytes).ok()?)
    }
}

/// Nothing of a browser is for a log: its cookies are what it is known by, and the link of an
/// invitation is worth as much as a password.
impl fmt::Debug for Browser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Browser").finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for Browser {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let inside = parts.extensions.get::<Inside>().ok_or_else(Problem::no_layer)?;
        Ok(Self::new(inside, parts.clone()))
    }
}

/// What a form carries along unseen.
#[derive(Clone)]
pub struct Hidden {
    token: String,
    attempt: AttemptId,
}

impl Hidden {
    /// The names and values of the hidden fields.
    #[must_use]
    pub fn fields(&self) -> [(&'static str, String); 2] {
        [(forgery::TOKEN_FIELD, self.token.clone()), (ATTEMPT_FIELD, self.attempt.to_string())]
    }

    /// The same as HTML. Both values are letters, digits, `-` and `_`.
    #[must_use]
    pub fn to_html(&self) -> String {
        let field =
            |(name, value)| format!(r#"<input type="hidden" name="{name}" value="{value}">"#);
        self.fields().map(field).concat()
    }
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hidden(..)")
    }
}

/// The hidden field that makes one rendered form one attempt.
pub(crate) const ATTEMPT_FIELD: &str = "form_attempt";
