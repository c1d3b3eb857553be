//! How the steps look: the pages that a host may bring.

use std::fmt::{self, Debug};

use async_trait::async_trait;
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, REFERRER_POLICY};
use axum::response::Response;
use countersign_core::{
    Challenge, Enrollment, Locale, Locked, Method, Refusal, Staleness, Timestamp, behind_pointers,
};

use crate::browser::Browser;
use crate::csrf::CsrfFields;
use crate::flash::Flash;
use crate::problem::Problem;

/// Shows the steps of a login.
///
/// Each page is asked for by a GET. The language and the layout of the host come from
/// [`Browser::parts`]. The gate adds `no-store`, and a `same-origin` referrer policy, to what is
/// returned here.
///
/// Start from [`PlainPages`](crate::PlainPages), whose source shows every state.
#[doc(alias = "templates")]
#[diagnostic::on_unimplemented(
    message = "the gate cannot show its steps with `{Self}`",
    label = "this does not implement `Pages`",
    note = "read \"What a host brings\" in the documentation of the crate `countersign_axum`; the source of \
            `PlainPages` shows every state",
    note = "an `Arc` or a `Box` of pages works too"
)]
#[async_trait]
pub trait Pages: Debug + Send + Sync + 'static {
    /// Asks for a security code, in a login or in a step-up.
    async fn code(&self, page: CodePage<'_>) -> Response;

    /// Shows the QR code of an authenticator app that must be linked, and asks for its first code.
    async fn link_app(&self, page: LinkAppPage<'_>) -> Response;

    /// Lets the person choose another way to log in.
    async fn another_way(&self, page: AnotherWayPage<'_>) -> Response;

    /// Says why a login cannot go on, and how to continue.
    async fn stopped(&self, page: StoppedPage<'_>) -> Response;

    /// Says why a request was not carried out. The gate sets the status.
    async fn problem(&self, page: ProblemPage<'_>) -> Response;
}

behind_pointers! {
    #[async_trait]
    impl Pages {
        async fn code(&self, page: CodePage<'_>) -> Response {
            (**self).code(page).await
        }

        async fn link_app(&self, page: LinkAppPage<'_>) -> Response {
            (**self).link_app(page).await
        }

        async fn another_way(&self, page: AnotherWayPage<'_>) -> Response {
            (**self).another_way(page).await
        }

        async fn stopped(&self, page: StoppedPage<'_>) -> Response {
            (**self).stopped(page).await
        }

        async fn problem(&self, page: ProblemPage<'_>) -> Response {
            (**self).problem(page).await
        }
    }
}

/// A form: its address and its hidden fields. Its method is `post`.
#[derive(Clone)]
#[non_exhaustive]
pub struct PageForm {
    /// The address that it is sent to. It holds `&`, which HTML writes as `&amp;`.
    pub action: String,
    /// The hidden fields. A form without them is refused.
    pub csrf: CsrfFields,
}

impl PageForm {
    pub(crate) fn for_action(action: impl ToString, browser: &Browser) -> Result<Self, Problem> {
        Ok(Self { action: action.to_string(), csrf: browser.csrf_fields()? })
    }
}

impl Debug for PageForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PageForm").field("action", &self.action).finish_non_exhaustive()
    }
}

/// The content of the page that asks for a security code. The form has one field of its own,
/// `code`.
#[derive(Debug)]
#[non_exhaustive]
pub struct CodePage<'a> {
    /// The request.
    pub browser: &'a Browser,
    /// The step: its purpose, whose it is, where the code comes from, how long it is open.
    pub challenge: &'a Challenge,
    /// The outcome of the request before this one.
    pub flash: Option<Flash>,
    /// The form of the code.
    pub form: PageForm,
    /// For an e-mailed code: the form that has it sent again. The earliest time is
    /// [`Mailed::resend_at`](countersign_core::login::Mailed::resend_at).
    pub again: Option<PageForm>,
    /// The address of the page with the other ways, if there are any.
    pub another_way: Option<&'static str>,
    /// Where the person goes to leave: the login page, or where a step-up came from.
    pub leave: String,
    /// The time now.
    pub now: Timestamp,
}

/// The content of the page that links a new authenticator app. The form has one field of its own,
/// `code`.
#[derive(Debug)]
#[non_exhaustive]
pub struct LinkAppPage<'a> {
    /// The request.
    pub browser: &'a Browser,
    /// The step: what to scan, the key for those who cannot, how long it is open.
    pub enrollment: &'a Enrollment,
    /// The outcome of the request before this one.
    pub flash: Option<Flash>,
    /// The form of the app's first code.
    pub form: PageForm,
    /// Where the person goes to leave: the login page, or where a step-up came from.
    pub leave: String,
    /// The time now.
    pub now: Timestamp,
}

/// The content of the page with the other ways. The form sends `method`: `email` or `app`.
#[derive(Debug)]
#[non_exhaustive]
pub struct AnotherWayPage<'a> {
    /// The request.
    pub browser: &'a Browser,
    /// The open step. Its `others` lists the methods to choose from, and may be empty.
    pub challenge: &'a Challenge,
    /// The outcome of the request before this one.
    pub flash: Option<Flash>,
    /// The form of the choice.
    pub form: PageForm,
    /// The address of the open step.
    pub back: &'static str,
    /// Where the person goes to leave.
    pub leave: String,
    /// The time now.
    pub now: Timestamp,
}

impl AnotherWayPage<'_> {
    /// The value of `method` that chooses this method.
    #[must_use]
    pub fn value_of(method: Method) -> &'static str {
        method.as_str()
    }
}

/// The content of the page of a login that cannot go on.
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
#[expect(clippy::exhaustive_enums, reason = "pages have an answer to each")]
pub enum Stopped {
    /// Too many wrong answers: until a time, or without an end.
    #[doc(alias = "lockout")]
    #[doc(alias = "rate limit")]
    Locked(Locked),
    /// The step can no longer be answered.
    Stale(Staleness),
    /// It was refused.
    Refused(Refusal),
}

impl Stopped {
    /// The reason in a flash message, if it is one that stops a login.
    pub(crate) fn from_flash(flash: &Flash) -> Option<Self> {
        Some(match flash {
            Flash::Locked(locked) => Self::Locked(*locked),
            Flash::Stale(staleness) => Self::Stale(*staleness),
            Flash::Refused(refusal) => Self::from(*refusal),
            Flash::Wrong(_)
            | Flash::SentAgain
            | Flash::AskedAnew
            | Flash::AppLinked
            | Flash::AppReplaced
            | Flash::AppRemoved
            | Flash::AddressConfirmed
            | Flash::LoggedOut => return None,
        })
    }

    /// A stable code for programs, such as `login.locked`.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Locked(locked) => locked.code(),
            Self::Stale(staleness) => staleness.code(),
            Self::Refused(refusal) => refusal.code(),
        }
    }

    /// The heading of the page.
    #[must_use]
    pub fn title(&self, locale: &Locale) -> &'static str {
        match self {
            Self::Locked(locked) => locked.title(locale),
            Self::Stale(staleness) => staleness.title(locale),
            Self::Refused(refusal) => refusal.title(locale),
        }
    }

    /// The sentence for the person, as it reads at `now`.
    #[must_use]
    pub fn message(&self, locale: &Locale, now: Timestamp) -> String {
        match self {
            Self::Locked(locked) => locked.message(locale, now),
            Self::Stale(staleness) => staleness.message(locale),
            Self::Refused(refusal) => refusal.message(locale, now),
        }
    }
}

/// A lock is a lock, wherever the person ran into it.
impl From<Refusal> for Stopped {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Locked(locked) => Self::Locked(locked),
            other => Self::Refused(other),
        }
    }
}

/// The content of the page of a problem.
#[derive(Debug)]
#[non_exhaustive]
pub struct ProblemPage<'a> {
    /// The request.
    pub browser: &'a Browser,
    /// The problem, with its code, its sentence and its reference in the log.
    pub problem: &'a Problem,
}

/// Forbids caches to store a page of a login, and browsers to tell other sites its address.
///
/// Not `no-referrer`: from such a page a browser sends its forms with `Origin: null`, and one that
/// says nothing else about where they come from could not be told from a stranger.
pub(crate) fn forbid_storing(mut page: Response) -> Response {
    let headers = page.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    page
}
