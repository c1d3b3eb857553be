//! A host as small as it can be: it checks passwords and makes sessions from proofs.
//!
//! Look at `tests/login.rs`: that is how a host tests its own login, with a phone, an inbox and a
//! clock that is moved by hand. This portal answers with values; the one in [`web`] answers with pages,
//! and `tests/pages.rs` goes through them as a person with a browser does.

pub mod web;

use countersign::codes::Provisioning;
use countersign::{
    AccountKey, Answer, Begun, Client, Error, FirstFactor, Locale, Mfa, Proof, SealedProof,
    SessionCheck, Step, Ticket, Verdict,
};

/// The portal of one company.
#[derive(Debug)]
pub struct Portal {
    mfa: Mfa,
}

/// What the person sees next.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a small portal has these pages")]
pub enum Page {
    /// Logged in; the cookie of the session.
    Home(String),
    /// The form for the security code.
    AskForCode(Ticket),
    /// The QR code, and the form for the app's first code.
    ShowQr(Ticket, Provisioning),
    /// A sentence, and the form that was there before.
    Sorry(String),
}

impl Page {
    /// The page of a step.
    fn of(step: Step) -> Self {
        match step {
            Step::EnterCode(challenge) => Self::AskForCode(challenge.ticket),
            Step::LinkApp(enrollment) => Self::ShowQr(enrollment.ticket, enrollment.app),
        }
    }
}

impl Portal {
    /// A portal that asks this `Mfa` for the second step.
    #[must_use]
    pub fn new(mfa: Mfa) -> Self {
        Self { mfa }
    }

    /// The login form: the first factor is checked here, the second begins.
    ///
    /// # Errors
    ///
    /// Something broke, and nobody is logged in.
    pub async fn log_in(
        &self,
        user: &AccountKey,
        password: &str,
        browser: &Client,
    ) -> Result<Page, Error> {
        // A real portal compares a slow hash, such as Argon2.
        if password != "correct horse" {
            return Ok(Page::Sorry("That name and password do not match.".to_owned()));
        }
        Ok(match self.mfa.begin(user, FirstFactor::Password, browser).await? {
            Begun::Passed(passed) => self.session(&passed.proof)?,
            Begun::Step(step) => Page::of(step),
            Begun::Refused(refusal) => {
                Page::Sorry(refusal.message(&Locale::english(), self.mfa.now()))
            }
        })
    }

    /// The form for the security code.
    ///
    /// # Errors
    ///
    /// Something broke, and nobody is logged in.
    pub async fn code(
        &self,
        ticket: &Ticket,
        typed: &str,
        browser: &Client,
    ) -> Result<Page, Error> {
        let english = Locale::english();
        Ok(match self.mfa.verify(ticket, &Answer::code(typed), browser).await? {
            Verdict::Passed(passed) => self.session(&passed.proof)?,
            Verdict::Step(step) => Page::of(step),
            Verdict::Wrong(wrong) => Page::Sorry(wrong.message(&english)),
            Verdict::Locked(locked) => Page::Sorry(locked.message(&english, self.mfa.now())),
            Verdict::Stale(staleness) => Page::Sorry(staleness.message(&english)),
        })
    }

    /// Whose session this cookie is, if it is still valid.
    ///
    /// # Errors
    ///
    /// Something broke; treat the browser as not logged in.
    pub async fn whose(&self, cookie: &str) -> Result<Option<String>, Error> {
        Ok(match self.mfa.open_session(&SealedProof::from_text(cookie)).await? {
            SessionCheck::Valid(proof) => Some(proof.key().user().to_string()),
            SessionCheck::StepUpRequired { .. } | SessionCheck::Ended(_) => None,
        })
    }

    /// Only a proof makes a session, and only a finished login makes a proof.
    fn session(&self, proof: &Proof) -> Result<Page, Error> {
        Ok(Page::Home(self.mfa.seal(proof)?.expose().to_owned()))
    }
}
