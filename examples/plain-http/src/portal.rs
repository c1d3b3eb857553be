//! The gate: every case of every answer in sight.

use std::error::Error;

use countersign::{
    AccountKey, Answer as Typed, Begun, Continued, FirstFactor, Locale, Mfa, Passed, Refusal,
    SealedProof, SessionCheck, Staleness, Step, Ticket, Verdict,
};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::{Method, Request, Response, StatusCode};

use crate::pages::{Answer, ask, escape, home, login_form, show_qr};
use crate::visit::Visit;

type Outcome = Result<Answer, Box<dyn Error + Send + Sync>>;

pub(crate) struct Portal {
    mfa: Mfa,
}

impl Portal {
    pub(crate) fn new(mfa: Mfa) -> Self {
        Self { mfa }
    }

    pub(crate) async fn answer(&self, request: Request<Incoming>) -> Response<Full<Bytes>> {
        let visit = match Visit::read(request).await {
            Ok(visit) => visit,
            Err(status) => return Answer::page("Nothing was changed", "").status(status).done(),
        };
        let answer = match (&visit.method, visit.path.as_str()) {
            (&Method::GET, "/") => self.home(&visit).await,
            (&Method::GET, "/login") => Ok(login_form("")),
            (&Method::POST, "/login") => self.login(&visit).await,
            (&Method::GET, "/login/code") => self.show(&visit).await,
            (&Method::POST, "/login/code") => self.judge(&visit).await,
            (&Method::POST, "/logout") => Ok(log_out()),
            _ => Ok(Answer::page("There is no such page", "").status(StatusCode::NOT_FOUND)),
        };
        // Whatever broke: nobody is logged in by it, and the person learns nothing of it.
        let answer = answer.unwrap_or_else(|_| {
            let status = StatusCode::SERVICE_UNAVAILABLE;
            Answer::page("Nothing was changed. Try again.", "").status(status)
        });
        let answer = if visit.is_new { answer.set("browser", &visit.browser) } else { answer };
        answer.done()
    }

    async fn home(&self, visit: &Visit) -> Outcome {
        let Some(session) = visit.cookie("session") else { return Ok(Answer::see("/login")) };
        match self.mfa.open_session(&SealedProof::from_text(session)).await? {
            SessionCheck::Valid(proof) => {
                Ok(home(proof.key().user().as_str(), &proof.amr().join(", ")))
            }
            // Where the policy asks for more by now, a new login does. `Mfa::step_up` for
            // `Purpose::Strengthen` would spare people their password.
            SessionCheck::StepUpRequired { .. } | SessionCheck::Ended(_) => {
                Ok(Answer::see("/login").take_back("session"))
            }
        }
    }

    async fn login(&self, visit: &Visit) -> Outcome {
        let user = visit.field("user");
        let password = visit.field("password");
        if !["ben", "chiara"].contains(&user) || password != "correct horse" {
            return Ok(login_form("That does not match.").status(StatusCode::UNAUTHORIZED));
        }
        let mut client = visit.client()?;
        if let Some(ticket) = visit.ticket() {
            client = client.holding(ticket);
        }
        let key = AccountKey::new("larkfield", user)?;
        match self.mfa.begin(&key, FirstFactor::Password, &client).await? {
            Begun::Passed(passed) => self.session(passed),
            Begun::Step(step) => Ok(follow(&step)),
            Begun::Refused(refusal) => Ok(self.refuse(refusal)),
        }
    }

    /// Shows the open step.
    async fn show(&self, visit: &Visit) -> Outcome {
        let Some(ticket) = visit.ticket() else { return Ok(Answer::see("/login")) };
        self.show_with(visit, &ticket, "").await
    }

    async fn judge(&self, visit: &Visit) -> Outcome {
        let Some(ticket) = visit.ticket() else { return Ok(Answer::see("/login")) };
        let typed = Typed::code(visit.field("code"));
        let english = Locale::english();
        match self.mfa.verify(&ticket, &typed, &visit.client()?).await? {
            Verdict::Passed(passed) => self.session(passed),
            Verdict::Step(step) => Ok(follow(&step)),
            Verdict::Wrong(wrong) => self.show_with(visit, &ticket, &wrong.message(&english)).await,
            Verdict::Locked(locked) => Ok(self.refuse(Refusal::Locked(locked))),
            Verdict::Stale(staleness) => Ok(end(staleness)),
        }
    }

    /// The open step with a sentence above it. This answers the form itself; an adapter carries the
    /// sentence through a redirect, with one more cookie.
    async fn show_with(&self, visit: &Visit, ticket: &Ticket, sentence: &str) -> Outcome {
        let sentence = escape(sentence);
        match self.mfa.resume(ticket, &visit.client()?).await? {
            Continued::Step(Step::EnterCode(challenge)) => Ok(ask(&challenge, &sentence)?),
            Continued::Step(Step::LinkApp(enrollment)) => Ok(show_qr(&enrollment, &sentence)?),
            Continued::Refused(refusal) => Ok(self.refuse(refusal)),
            Continued::Stale(staleness) => Ok(end(staleness)),
        }
    }

    /// The login form, with why the login did not go on.
    fn refuse(&self, refusal: Refusal) -> Answer {
        login_form(&escape(&refusal.message(&Locale::english(), self.mfa.now())))
    }

    /// The session is the sealed proof, and only a finished login has one.
    fn session(&self, passed: Passed) -> Outcome {
        let sealed = self.mfa.seal(&passed.proof)?;
        Ok(Answer::see("/").set("session", sealed.expose()).take_back("ticket"))
    }
}

/// Redirects to a step. The browser carries its ticket in a cookie.
fn follow(step: &Step) -> Answer {
    let ticket = match step {
        Step::EnterCode(challenge) => &challenge.ticket,
        Step::LinkApp(enrollment) => &enrollment.ticket,
    };
    Answer::see("/login/code").set("ticket", ticket.expose())
}

/// The login form, after a step that can no longer be answered.
fn end(staleness: Staleness) -> Answer {
    login_form(&escape(&staleness.message(&Locale::english()))).take_back("ticket")
}

fn log_out() -> Answer {
    Answer::see("/login").take_back("session").take_back("ticket").take_back("browser")
}
