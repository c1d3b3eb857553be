//! The shapes of the JSON side. `openapi.json` describes them, and a test holds both together.

use axum::http::StatusCode;
use countersign_core::codes::Malformed;
use countersign_core::login::Mailed;
use countersign_core::{
    Begun, Challenge, Continued, Enrollment, Locale, Locked, Method, Passed, Proof, Refusal,
    Staleness, Step, Timestamp, Verdict, Wrong, WrongAnswer,
};
use serde_json::{Value, json};

use crate::logged_in::LoggedIn;
use crate::problem::Problem;

/// An open step, or a finished login.
pub(super) enum Progress {
    Open(Value),
    Done(Box<Passed>),
}

pub(super) fn describe_begun(begun: Begun, now: Timestamp) -> Result<Progress, Problem> {
    match begun {
        Begun::Passed(passed) => Ok(Progress::Done(Box::new(passed))),
        Begun::Step(step) => Ok(Progress::Open(describe_step(&step))),
        Begun::Refused(refusal) => Err(refusal_problem(&refusal, now)),
    }
}

pub(super) fn describe_verdict(verdict: Verdict, now: Timestamp) -> Result<Progress, Problem> {
    match verdict {
        Verdict::Passed(passed) => Ok(Progress::Done(Box::new(passed))),
        Verdict::Step(step) => Ok(Progress::Open(describe_step(&step))),
        Verdict::Wrong(wrong) => Err(wrong_problem(&wrong)),
        Verdict::Locked(locked) => Err(lock_problem(&locked, now)),
        Verdict::Stale(staleness) => Err(staleness_problem(&staleness)),
    }
}

pub(super) fn describe_continued(continued: Continued, now: Timestamp) -> Result<Value, Problem> {
    match continued {
        Continued::Step(step) => Ok(describe_step(&step)),
        Continued::Refused(refusal) => Err(refusal_problem(&refusal, now)),
        Continued::Stale(staleness) => Err(staleness_problem(&staleness)),
    }
}

fn describe_step(step: &Step) -> Value {
    match step {
        Step::EnterCode(challenge) => describe_code(challenge),
        Step::LinkApp(enrollment) => describe_link_app(enrollment),
    }
}

pub(super) fn describe_passed(passed: &Passed) -> Value {
    let mut done = json!({
        "step": "done",
        "purpose": passed.proof.purpose().as_str(),
        "app_linked": passed.app_linked,
    });
    set_facts(&passed.proof, &mut done);
    if let Some(enroll_by) = passed.enroll_by {
        set(&mut done, "enroll_by", enroll_by.until.to_string());
        set(&mut done, "will_require", enroll_by.required.as_str());
    }
    done
}

pub(super) fn describe_session(who: &LoggedIn) -> Value {
    let mut session = json!({});
    set_facts(who.proof(), &mut session);
    if let Some(required) = who.weaker_than() {
        set(&mut session, "weaker_than", required.as_str());
    }
    session
}

/// The facts of a login: whose it is, by which methods, and when it ends.
fn set_facts(proof: &Proof, into: &mut Value) {
    set(into, "tenant", proof.key().tenant().as_str());
    set(into, "user", proof.key().user().as_str());
    set(into, "amr", proof.amr());
    set(into, "aal", proof.aal().to_string());
    set(into, "issued", proof.issued().to_string());
    set(into, "ends", proof.ends().to_string());
}

fn describe_code(challenge: &Challenge) -> Value {
    let others: Vec<_> = challenge.others.iter().map(|method| method.as_str()).collect();
    let mut step = json!({
        "step": "code",
        "ticket": challenge.ticket.expose(),
        "purpose": challenge.purpose.as_str(),
        "company": challenge.tenant_name.as_str(),
        "method": challenge.method.as_str(),
        "hint": challenge.hint,
        "digits": challenge.digits,
        "others": others,
        "ends": challenge.ends.to_string(),
    });
    if let (Method::Email, Some(sent)) = (challenge.method, &challenge.mail) {
        set(&mut step, "mail", describe_mail(sent));
    }
    step
}

fn describe_mail(sent: &Mailed) -> Value {
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

fn describe_link_app(enrollment: &Enrollment) -> Value {
    json!({
        "step": "link_app",
        "ticket": enrollment.ticket.expose(),
        "purpose": enrollment.purpose.as_str(),
        "company": enrollment.tenant_name.as_str(),
        "uri": enrollment.app.uri().expose(),
        "key": enrollment.app.key().expose(),
        "issuer": enrollment.app.issuer(),
        "label": enrollment.app.label(),
        "digits": enrollment.digits,
        "ends": enrollment.ends.to_string(),
    })
}

fn wrong_problem(wrong: &Wrong) -> Problem {
    let title = "That code was not accepted";
    let mut problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, wrong.code(), title)
        .with_detail(wrong.message(&Locale::english()));
    if let Some(left) = wrong.tries_left {
        problem = problem.with_member("tries_left", left);
    }
    match wrong.reason {
        WrongAnswer::ClockSlow { minutes } => problem.with_member("minutes_slow", minutes),
        WrongAnswer::Malformed(
            Malformed::TooFew { typed, wanted } | Malformed::TooMany { typed, wanted },
        ) => problem.with_member("typed", typed).with_member("wanted", wanted),
        WrongAnswer::Malformed(_)
        | WrongAnswer::Mismatch
        | WrongAnswer::AlreadyUsed
        | WrongAnswer::RanOut => problem,
    }
}

fn lock_problem(locked: &Locked, now: Timestamp) -> Problem {
    let english = Locale::english();
    let status = match locked.until {
        Some(_) => StatusCode::TOO_MANY_REQUESTS,
        None => StatusCode::FORBIDDEN,
    };
    let problem = Problem::new(status, locked.code(), locked.title(&english))
        .with_detail(locked.message(&english, now));
    match locked.until {
        Some(until) => with_end(problem, until, now),
        None => problem,
    }
}

fn staleness_problem(staleness: &Staleness) -> Problem {
    let english = Locale::english();
    Problem::new(StatusCode::GONE, staleness.code(), staleness.title(&english))
        .with_detail(staleness.message(&english))
}

fn refusal_problem(refusal: &Refusal, now: Timestamp) -> Problem {
    let english = Locale::english();
    let problem = |status| {
        Problem::new(status, refusal.code(), refusal.title(&english))
            .with_detail(refusal.message(&english, now))
    };
    match refusal {
        Refusal::ProofEnded => Problem::login_needed(),
        Refusal::LoginTooOld => problem(StatusCode::FORBIDDEN),
        Refusal::Locked(locked) => lock_problem(locked, now),
        Refusal::TooSoon { until } => with_end(problem(StatusCode::TOO_MANY_REQUESTS), *until, now),
        Refusal::AddressRefused { until } => with_end(problem(StatusCode::FORBIDDEN), *until, now),
        Refusal::SentOften => problem(StatusCode::TOO_MANY_REQUESTS),
        Refusal::Unknown => problem(StatusCode::UNAUTHORIZED),
        Refusal::Suspended | Refusal::NoWay | Refusal::NeedsApproval => {
            problem(StatusCode::FORBIDDEN)
        }
        Refusal::NotOffered => problem(StatusCode::CONFLICT),
    }
}

/// Adds when a problem ends by itself.
fn with_end(problem: Problem, until: Timestamp, now: Timestamp) -> Problem {
    problem.with_member("until", until.to_string()).retry_after(until.since(now))
}

fn set(into: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = into.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}
