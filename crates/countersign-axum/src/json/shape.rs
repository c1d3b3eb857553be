//! The shapes of the JSON side. `openapi.json` describes them, and a test holds both together.

use axum::http::StatusCode;
use countersign_core::codes::Malformed;
use countersign_core::login::{
    Begun, Challenge, Continued, Enrollment, Failed, Failure, Locked, Mailed, Next, Passed, Proof,
    Refusal, Refused, Stale, Staleness, Verdict,
};
use countersign_core::policy::Requirement;
use countersign_core::types::{Method, Timestamp};
use serde_json::{Value, json};

use crate::errand::word_of;
use crate::logged_in::LoggedIn;
use crate::problem::{Problem, method_name};

/// Where a login stands.
pub(super) enum Step {
    Open(Value),
    Done(Box<Passed>),
}

pub(super) fn begun(begun: Begun, now: Timestamp) -> Result<Step, Problem> {
    match begun {
        Begun::Passed(passed) => Ok(Step::Done(Box::new(passed))),
        Begun::Challenge(challenge) => Ok(Step::Open(code(&challenge))),
        Begun::Enroll(enrollment) => Ok(Step::Open(link_app(&enrollment))),
        Begun::Refused(why) => Err(refused(&why, now)),
    }
}

pub(super) fn verdict(verdict: Verdict, now: Timestamp) -> Result<Step, Problem> {
    match verdict {
        Verdict::Passed(passed) => Ok(Step::Done(Box::new(passed))),
        Verdict::Next(Next::Challenge(challenge)) => Ok(Step::Open(code(&challenge))),
        Verdict::Next(Next::Enroll(enrollment)) => Ok(Step::Open(link_app(&enrollment))),
        Verdict::Failed(why) => Err(failed(&why)),
        Verdict::Locked(why) => Err(locked(why.until, now)),
        Verdict::Stale(why) => Err(stale(&why)),
    }
}

pub(super) fn continued(continued: Continued, now: Timestamp) -> Result<Value, Problem> {
    match continued {
        Continued::Challenge(challenge) => Ok(code(&challenge)),
        Continued::Enroll(enrollment) => Ok(link_app(&enrollment)),
        Continued::Refused(why) => Err(refused(&why, now)),
        Continued::Stale(why) => Err(stale(&why)),
    }
}

pub(super) fn done(passed: &Passed) -> Value {
    let mut done = json!({
        "step": "done",
        "purpose": word_of(passed.proof.purpose()),
        "app_linked": passed.app_linked,
    });
    facts(&passed.proof, &mut done);
    if let Some((at, required)) = passed.enroll_by {
        set(&mut done, "enroll_by", at.to_string());
        set(&mut done, "will_require", requirement(required));
    }
    done
}

pub(super) fn session(who: &LoggedIn) -> Value {
    let mut session = json!({});
    facts(who.proof(), &mut session);
    if let Some(required) = who.weaker_than() {
        set(&mut session, "weaker_than", requirement(required));
    }
    session
}

/// What a login is: whose, by what, and until when.
fn facts(proof: &Proof, into: &mut Value) {
    set(into, "tenant", proof.key().tenant().as_str());
    set(into, "user", proof.key().user().as_str());
    set(into, "amr", proof.amr());
    set(into, "aal", proof.aal().to_string());
    set(into, "issued", proof.issued().to_string());
    set(into, "ends", proof.ends().to_string());
}

fn code(challenge: &Challenge) -> Value {
    let others: Vec<_> = challenge.others.iter().map(|method| method_name(*method)).collect();
    let mut step = json!({
        "step": "code",
        "ticket": challenge.ticket.expose(),
        "purpose": word_of(&challenge.purpose),
        "company": challenge.company.as_str(),
        "method": method_name(challenge.method),
        "hint": challenge.hint,
        "digits": challenge.digits,
        "others": others,
        "ends": challenge.ends.to_string(),
    });
    if let (Method::Email, Some(sent)) = (challenge.method, &challenge.mail) {
        set(&mut step, "mail", mail(sent));
    }
    step
}

fn mail(sent: &Mailed) -> Value {
    let mut mail = json!({
        "works_until": sent.works_until.to_string(),
        "reference": sent.reference,
        "queued": sent.queued,
    });
    if let Some(at) = sent.resend_at {
        set(&mut mail, "resend_at", at.to_string());
    }
    mail
}

fn link_app(enrollment: &Enrollment) -> Value {
    json!({
        "step": "link_app",
        "ticket": enrollment.ticket.expose(),
        "purpose": word_of(&enrollment.purpose),
        "company": enrollment.company.as_str(),
        "uri": enrollment.app.uri().expose(),
        "key": enrollment.app.key().expose(),
        "issuer": enrollment.app.issuer(),
        "label": enrollment.app.label(),
        "digits": enrollment.digits,
        "ends": enrollment.ends.to_string(),
    })
}

fn failed(why: &Failed) -> Problem {
    let (code, title) = match why.reason {
        Failure::Malformed(_) => ("code.malformed", "That does not look like a code."),
        Failure::AlreadyUsed => ("code.already_used", "Each code works once."),
        Failure::RanOut => ("code.ran_out", "That code has run out."),
        Failure::ClockSlow { .. } => ("code.clock_slow", "The phone's clock seems to be slow."),
        _ => ("code.wrong", "That code is not right."),
    };
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, title);
    problem = problem.with_detail(why.for_people());
    if let Some(left) = why.tries_left {
        problem = problem.with_member("tries_left", left);
    }
    match why.reason {
        Failure::ClockSlow { minutes } => problem.with_member("minutes_slow", minutes),
        Failure::Malformed(
            Malformed::TooFew { typed, wanted } | Malformed::TooMany { typed, wanted },
        ) => problem.with_member("typed", typed).with_member("wanted", wanted),
        _ => problem,
    }
}

fn locked(until: Option<Timestamp>, now: Timestamp) -> Problem {
    let detail = Locked::with_end(until).for_people();
    match until {
        Some(until) => {
            later("login.locked", "Too many wrong codes.", until, now).with_detail(detail)
        }
        None => {
            let title = "This way of logging in is switched off.";
            Problem::new(StatusCode::FORBIDDEN, "login.switched_off", title).with_detail(detail)
        }
    }
}

fn stale(why: &Stale) -> Problem {
    let (code, title) = match why.reason {
        Staleness::NotOurs => ("login.not_ours", "This login was not started by this client."),
        Staleness::RanOut => ("login.ran_out", "This login took too long."),
        Staleness::AlreadyUsed => ("login.already_used", "This login was answered before."),
        _ => ("login.superseded", "Something about this account changed."),
    };
    Problem::new(StatusCode::GONE, code, title).with_detail(why.for_people())
}

fn refused(why: &Refused, now: Timestamp) -> Problem {
    let (status, code, title) = match why.reason {
        Refusal::ProofEnded => return Problem::nobody(),
        Refusal::Locked { until } => return locked(until, now),
        Refusal::TooSoon { until } => {
            let title = "That was asked for a moment ago.";
            return later("refused.too_soon", title, until, now).with_detail(why.for_people());
        }
        Refusal::Unknown => (StatusCode::UNAUTHORIZED, "refused.unknown", "That does not match."),
        Refusal::Suspended => (StatusCode::FORBIDDEN, "refused.suspended", "It is switched off."),
        Refusal::NoWay => {
            (StatusCode::FORBIDDEN, "refused.no_way", "There is no way to send a code.")
        }
        Refusal::NeedsPass => {
            (StatusCode::FORBIDDEN, "refused.needs_pass", "An administrator must allow that first.")
        }
        Refusal::SentOften => {
            (StatusCode::TOO_MANY_REQUESTS, "refused.sent_often", "That was sent several times.")
        }
        _ => (StatusCode::CONFLICT, "refused.not_offered", "That way is not open for this login."),
    };
    Problem::new(status, code, title).with_detail(why.for_people())
}

/// A problem that ends by itself.
fn later(code: &'static str, title: &'static str, until: Timestamp, now: Timestamp) -> Problem {
    let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, code, title);
    problem.with_member("until", until.to_string()).retry_after(until.since(now))
}

fn requirement(required: Requirement) -> &'static str {
    match required {
        Requirement::Email => "email",
        Requirement::App => "app",
        _ => "none",
    }
}

fn set(into: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = into.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}
