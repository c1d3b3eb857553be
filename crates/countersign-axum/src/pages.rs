//! How the steps look: the pages that a host may bring.

use std::fmt::{self, Debug};

use async_trait::async_trait;
use axum::response::Response;
use countersign_core::login::{Challenge, Enrollment, Refusal, Staleness};
use countersign_core::types::{Method, Timestamp};

use crate::browser::{Browser, Hidden};
use crate::problem::Problem;
use crate::said::Said;

/// Shows the steps of a login.
///
/// Each page is asked for by a GET. The language and the layout of the host come from
/// [`Browser::parts`]. The gate adds `no-store`, and a `same-origin` referrer policy, to what is returned here.
///
/// Start from [`PlainPages`](crate::PlainPages), whose source shows every state.
#[async_trait]
pub trait Pages: Debug + Send + Sync + 'static {
    /// Asks for a security code, in a login or in a step-up.
    async fn code(&self, page: CodePage<'_>) -> Response;

    /// Shows the QR code of an authenticator app that must be linked, and asks for its first code.
    async fn link_app(&self, page: LinkAppPage<'_>) -> Response;

    /// Lets the person choose another way to log in.
    async fn another_way(&self, page: AnotherWayPage<'_>) -> Response;

    /// Says why a login cannot go on, and what to do.
    async fn stopped(&self, page: StoppedPage<'_>) -> Response;

    /// Says why a request was not carried out. The gate sets the status.
    async fn problem(&self, page: ProblemPage<'_>) -> Response;
}

/// A form: where it is sent, and what it carries along unseen. Its method is `post`.
#[derive(Clone)]
#[non_exhaustive]
pub struct PageForm {
    /// The address that it is sent to. It holds `&`, which HTML writes as `&amp;`.
    pub action: String,
    /// The hidden fields.
    pub hidden: Hidden,
}

impl PageForm {
    pub(crate) fn to(action: impl ToString, browser: &Browser) -> Result<Self, Problem> {
        Ok(Self { action: action.to_string(), hidden: browser.form()? })
    }
}

impl Debug for PageForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageForm").field("action", &self.action).finish_non_exhaustive()
    }
}

/// What the page of a security code shows. The form has one field of its own, `code`.
#[derive(Debug)]
#[non_exhaustive]
pub struct CodePage<'a> {
    /// The request.
    pub browser: &'a Browser,
    /// The step: its purpose, whose it is, where the code comes from, how long it is open.
    pub challenge: &'a Challenge,
    /// What the request before this one ended in.
    pub said: Option<Said>,
    /// The form of the code.
    pub form: PageForm,
    /// For an e-mailed code: the form that has it sent again. Whether it is too early stands in
    /// [`Mailed::resend_at`](countersign_core::login::Mailed::resend_at).
    pub again: Option<PageForm>,
    /// The address of the page with the other ways, if there are any.
    pub another_way: Option<&'static str>,
    /// Where the person goes to leave: the login page, or where a step-up came from.
    pub leave: String,
    /// The time now.
    pub now: Timestamp,
}

/// What the page of a new authenticator app shows. The form has one field of its own, `code`.
#[derive(Debug)]
#[non_exhaustive]
pub struct LinkAppPage<'a> {
    /// The request.
    pub browser: &'a Browser,
    /// The step: what to scan, the key for those who cannot, how long it is open.
    pub enrollment: &'a Enrollment,
    /// What the request before this one ended in.
    pub said: Option<Said>,
    /// The form of the app's first code.
    pub form: PageForm,
    /// Where the person goes to leave: the login page, or where a step-up came from.
    pub leave: String,
    /// The time now.
    pub now: Timestamp,
}

/// What the page of the other ways shows. The form sends `method`: `email` or `app`.
#[derive(Debug)]
#[non_exhaustive]
pub struct AnotherWayPage<'a> {
    /// The request.
    pub browser: &'a Browser,
    /// The step as it stands; `others` holds what can be chosen, perhaps nothing.
    pub challenge: &'a Challenge,
    /// What the request before this one ended in.
    pub said: Option<Said>,
    /// The form of the choice.
    pub form: PageForm,
    /// The address of the step as it stands.
    pub back: &'static str,
    /// Where the person goes to leave.
    pub leave: String,
    /// The time now.
    pub now: Timestamp,
}

impl AnotherWayPage<'_> {
    /// What the form sends to choose this method.
    #[must_use]
    pub fn value_of(method: Method) -> &'static str {
        crate::problem::method_name(method)
    }
}

/// What the page of a login that cannot go on shows.
#[derive(Debug)]
#[non_exhaustive]
pub struct StoppedPage<'a> {
    /// The request.
    pub browser: &'a Browser,
    /// Why.
    pub why: Stopped,
    /// The address of the open step, which can be answered again later, if there is one.
    pub back: Option<String>,
    /// The address of the page with the other ways, if the step is open.
    pub another_way: Option<&'static str>,
    /// The login page, or where a step-up came from.
    pub leave: String,
    /// The time now.
    pub now: Timestamp,
}

/// Why a login cannot go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stopped {
    /// Too many wrong answers: until then, or for good.
    Locked(Option<Timestamp>),
    /// The step can no longer be answered.
    Stale(Staleness),
    /// It was refused.
    Refused(Refusal),
}

impl Stopped {
    /// What of a sentence stops a login.
    pub(crate) fn by(said: &Said) -> Option<Self> {
        Some(match said {
            Said::Locked(locked) => Self::Locked(locked.until),
            Said::Stale(stale) => Self::Stale(stale.reason),
            Said::Refused(refused) => match refused.reason {
                Refusal::Locked { until } => Self::Locked(until),
                reason => Self::Refused(reason),
            },
            _ => return None,
        })
    }

    /// A sentence for the person, in English.
    #[must_use]
    pub fn for_people(&self) -> String {
        use countersign_core::login::{Locked, Refused, Stale};
        match self {
            Self::Locked(until) => Locked::with_end(*until).for_people(),
            Self::Stale(reason) => Stale::because(*reason).for_people(),
            Self::Refused(reason) => Refused::because(*reason).for_people(),
        }
    }
}

/// What the page of a problem shows.
#[derive(Debug)]
#[non_exhaustive]
pub struct ProblemPage<'a> {
    /// The request.
    pub browser: &'a Browser,
    /// The problem, with its code, its sentence and its reference in the log.
    pub problem: &'a Problem,
}
