//! Leaps of the clock, by years and to the ends of what 64 bits can count: every act gives an
//! answer or an error, what has an end is over after it, and nothing spent comes back.

use std::time::Duration;

use countersign_core::login::{Accepted, Invitation, StepUpReason};
use countersign_core::{
    Begun, DAY, Denial, Error, FirstFactor, MINUTE, Policy, Proof, Purpose, Refusal, Requirement,
    SealedProof, SessionCheck, SessionEnd, Staleness, Start, Step, Ticket, Timestamp, Verdict,
    WrongAnswer,
};
use countersign_testkit::FakePhone;
use pollster::block_on;

use crate::acts::{by_app, by_mail, code_of, denial, person, step_up, step_up_by_app};
use crate::bad_input::EXTREMES;
use crate::stage::{MONDAY, Stage, browser, key, other_than, passed, stale, user};

const YEAR: i64 = 365 * 86_400_000;

/// The ends of time, and some years either way.
fn leaps() -> impl Iterator<Item = Timestamp> {
    let years = [-400, -40, -1, 1, 10, 400].map(|years| MONDAY.millis() + years * YEAR);
    EXTREMES.into_iter().chain(years).map(Timestamp::from_millis)
}

/// What somebody held when the clock leapt, to be opened as often as a test likes.
struct Sealed(SealedProof, Timestamp, Purpose);

impl Sealed {
    fn of(stage: &Stage, proof: &Proof) -> Self {
        Self(stage.mfa.seal(proof).unwrap(), proof.ends(), proof.purpose().clone())
    }

    /// The proof as it was before the leap.
    fn open(&self, stage: &Stage) -> Proof {
        match block_on(stage.mfa.open_step_up(&self.0, &self.2)).unwrap() {
            SessionCheck::Valid(proof) | SessionCheck::StepUpRequired { proof, .. } => proof,
            SessionCheck::Ended(end) => panic!("it has ended: {end:?}"),
        }
    }

    fn has_ended(&self, now: Timestamp) -> bool {
        now >= self.1
    }
}

/// Denied because the proof is over, if it is; carried out otherwise.
fn ends_with<T: std::fmt::Debug>(over: bool, done: Result<T, Error>) -> Option<T> {
    if over {
        assert_eq!(denial(done), Denial::ProofEnded);
        return None;
    }
    Some(done.unwrap())
}

#[test]
fn no_leap_of_the_clock_lets_a_proof_that_is_over_renew_remove_step_up_or_administer() {
    for leap in leaps() {
        let (stage, phone) = Stage::with_app();
        let (ada, _) = stage.link_app("ada");
        stage.require(Requirement::None);
        let app = person(&stage, "ben").apps[0].id;
        let sealed = |proof: Proof| Sealed::of(&stage, &proof);
        stage.require(Requirement::App);
        let session = by_app(&stage, "ben", &phone);
        let admin = by_app(&stage, "ada", &ada);
        let act = step_up_by_app(&stage, &session, Purpose::RemoveApp(app), &phone);
        let [session, act, admin] = [session, act, admin].map(sealed);
        let held = || (session.open(&stage), act.open(&stage));
        let ((a, b), (c, d), (e, _)) = (held(), held(), held());
        let boss = admin.open(&stage);
        let mut handle = block_on(stage.mfa.admin(admin.open(&stage))).unwrap();
        stage.require(Requirement::None);
        let used = stage.account("ben");

        stage.clock.set(leap);
        let over = session.has_ended(leap);
        for proof in [&session, &act, &admin] {
            match block_on(stage.mfa.open_step_up(&proof.0, &proof.2)).unwrap() {
                SessionCheck::Ended(end) => assert_eq!((end, true), (SessionEnd::RanOut, over)),
                SessionCheck::Valid(_) => assert!(!proof.has_ended(leap), "{leap}"),
                other => panic!("{other:?}"),
            }
        }
        match block_on(stage.mfa.check_session(a)).unwrap() {
            SessionCheck::Ended(end) => assert_eq!((end, true), (SessionEnd::RanOut, over)),
            SessionCheck::Valid(proof) => assert!(!over && proof.ends() == session.1),
            other => panic!("{other:?}"),
        }
        // A step-up never passes by itself, and codes of the past are spent.
        for purpose in [Purpose::LinkApp, Purpose::Administer, Purpose::RemoveApp(app)] {
            match step_up(&stage, &e, purpose) {
                Begun::Refused(refused) => {
                    assert_eq!((refused, over), (Refusal::ProofEnded, true));
                }
                Begun::Step(Step::EnterCode(asked)) if leap < MONDAY && !over => {
                    let shown = (leap.millis() >= 0).then(|| phone.code(leap));
                    let verdict = stage.answer(&asked.ticket, &shown.unwrap_or("000000".into()));
                    assert!(!matches!(verdict, Verdict::Passed(_) | Verdict::Step(_)), "{leap}");
                }
                other => panic!("{leap}: {other:?}"),
            }
        }
        let renewed = ends_with(over, block_on(stage.mfa.renew(c, b)));
        assert!(renewed.is_none_or(|proof| proof.ends() == session.1), "a longer session");
        // Nobody administers with a code that is old, or that is yet to come.
        let _ = ends_with(over, block_on(stage.mfa.admin(boss)).map(drop));
        for done in [
            block_on(handle.set_rule(user("ben"), Requirement::App)),
            block_on(handle.exempt(user("ben"), leap.plus(DAY), "on the road")),
            block_on(handle.reset(user("ben"), "the phone is lost")),
        ] {
            assert!(done.is_err(), "{leap}");
        }
        assert_eq!(stage.account("ben").apps().count(), used.apps().count());
        let removed = ends_with(over, block_on(stage.mfa.remove_app(d, app)));
        assert_eq!(stage.account("ben").apps().count(), usize::from(removed.is_none()));
    }
}

#[test]
fn an_invitation_an_exemption_and_a_grace_hold_until_their_end_and_never_after() {
    for leap in leaps() {
        let stage = Stage::open();
        let week = stage.now().plus(7 * DAY);
        block_on(stage.operator().invite_again(user("ben"))).unwrap();
        block_on(stage.courier.drain()).unwrap();
        let token = stage.inbox.link().rsplit('/').next().unwrap().to_owned();
        block_on(stage.operator().exempt(user("ada"), week, "on the road")).unwrap();
        let mut operator = stage.operator();
        let policy = Policy::requiring(Requirement::App);
        let _ = block_on(operator.set_policy(policy, 0, Start::WithGraceUntil(week))).unwrap();

        stage.clock.set(leap);
        let holds = leap < week;
        let looked = block_on(stage.mfa.invitation(&token)).unwrap();
        assert_eq!(matches!(looked, Invitation::Open { .. }), holds, "{leap}");
        let accepted = block_on(stage.mfa.accept_invitation(&token)).unwrap();
        assert_eq!(accepted == Accepted::By(key("ben")), holds, "{leap}: {accepted:?}");
        assert_eq!(block_on(stage.mfa.accept_invitation(&token)).unwrap(), Accepted::Ended);
        for who in ["ada", "ben"] {
            let begun = stage.begin(who);
            assert_eq!(matches!(begun, Begun::Passed(_)), holds, "{leap}: {begun:?}");
            let resolved = person(&stage, who).resolution;
            assert_eq!(resolved.required == Requirement::None, holds, "{leap}: {resolved}");
            assert_eq!(resolved.exempt_until.is_some(), holds && who == "ada", "{leap}");
            assert_eq!(resolved.enroll_by.is_some(), holds && who == "ben", "{leap}");
        }
    }
}

#[test]
fn what_is_granted_at_the_ends_of_time_has_an_end_and_is_over_then() {
    for now in leaps() {
        let stage = Stage::open();
        stage.require(Requirement::App);
        stage.clock.set(now);
        let next = now.plus(Duration::from_millis(1));
        let latest = |days| now.plus(days * DAY);
        let within = |until: Timestamp, days| until > now && until <= latest(days);
        let dates = [now, next, latest(30), latest(90), latest(366)].into_iter();
        let dates = dates.chain(leaps()).chain([now.minus(DAY)]);
        for until in dates {
            let done = block_on(stage.operator().exempt(user("ben"), until, "on the road"));
            match within(until, 366) {
                true => done.unwrap(),
                false => assert_eq!(code_of(done), "date.bounds", "{until} at {now}"),
            }
            let mut operator = stage.operator();
            let (policy, revision) = block_on(operator.policy()).unwrap();
            let start = Start::WithGraceUntil(until);
            let done = block_on(operator.set_policy(policy, revision, start));
            match within(until, 90) {
                true => drop(done.unwrap()),
                false => assert_eq!(code_of(done), "date.bounds", "{until} at {now}"),
            }
        }
        // The last date that was taken is the one that counts.
        let exempt = person(&stage, "ben").facts.exempt_until;
        let Some(until) = exempt else {
            assert_eq!(now.millis(), i64::MAX, "nothing lies ahead of the last moment alone");
            assert!(!matches!(stage.begin("ben"), Begun::Passed(_)));
            continue;
        };
        assert!(matches!(stage.begin("ben"), Begun::Passed(_)), "{now}");
        stage.clock.set(until);
        assert!(!matches!(stage.begin("ben"), Begun::Passed(_)), "{now}");
    }
}

#[test]
fn a_login_by_mail_is_judged_locked_and_ended_at_every_time_as_at_any_other() {
    for now in leaps() {
        let stage = Stage::open();
        stage.require(Requirement::Email);
        stage.clock.set(now);
        let ticket = stage.challenge("ben").ticket;
        if now.millis() == i64::MAX {
            // No ticket can end after the last moment, so none is good in it.
            let _ = block_on(stage.courier.drain()).unwrap();
            for code in ["000000", "123456"] {
                assert_eq!(stale(stage.answer(&ticket, code)), Staleness::RanOut);
            }
            continue;
        }
        let code = stage.mailed_code();
        let session = passed(stage.answer(&ticket, &code));
        assert_eq!((session.issued(), session.ends() > now), (now, true));
        let purpose = Purpose::StepUp(StepUpReason::new("payment 4711").unwrap());
        let Begun::Step(Step::EnterCode(asked)) = step_up(&stage, &session, purpose) else {
            panic!()
        };
        let code = stage.mailed_code();
        let act = passed(stage.answer(&asked.ticket, &code));
        let copy = Sealed::of(&stage, &act).open(&stage);
        let session = block_on(stage.mfa.renew(session, copy)).unwrap();
        block_on(stage.operator().invite_again(user("ada"))).unwrap();
        block_on(stage.courier.drain()).unwrap();
        let token = stage.inbox.link().rsplit('/').next().unwrap().to_owned();
        assert!(matches!(block_on(stage.mfa.invitation(&token)).unwrap(), Invitation::Open { .. }));
        let ticket = stage.challenge("ben").ticket;
        let wrong = other_than(&stage.mailed_code());
        let verdicts: Vec<_> = (0..6).map(|_| stage.answer(&ticket, wrong)).collect();
        assert!(verdicts[..4].iter().all(|verdict| matches!(verdict, Verdict::Wrong(_))));
        assert!(verdicts[4..].iter().all(|verdict| matches!(verdict, Verdict::Locked(_))));
        assert!(matches!(stage.begin("ben"), Begun::Refused(_)), "{now}");

        for (proof, life) in [(act, 10 * 60), (session, 12 * 3600)] {
            let sealed = Sealed::of(&stage, &proof);
            let end = now.plus(Duration::from_secs(life));
            assert!(sealed.1 <= end);
            stage.clock.set(Timestamp::from_millis(sealed.1.millis() - 1));
            let _ = sealed.open(&stage);
            stage.clock.set(sealed.1);
            let ended = block_on(stage.mfa.check_session(proof)).unwrap();
            assert!(matches!(ended, SessionCheck::Ended(SessionEnd::RanOut)), "{now}");
        }
        stage.clock.set(now.plus(7 * DAY));
        assert_eq!(block_on(stage.mfa.accept_invitation(&token)).unwrap(), Accepted::Ended);
    }
}

/// A used ticket with its code, which must never pass again.
struct Used(Ticket, String);

impl Used {
    fn app(stage: &Stage, phone: &FakePhone) -> Self {
        stage.advance(30);
        let used = Self(stage.challenge("ben").ticket, phone.code(stage.now()));
        let _ = passed(stage.answer(&used.0, &used.1));
        used
    }

    fn mail(stage: &Stage) -> Self {
        let ticket = stage.challenge("ada").ticket;
        let used = Self(ticket, stage.mailed_code());
        let _ = passed(stage.answer(&used.0, &used.1));
        used
    }
}

#[test]
fn a_clock_that_leaps_years_ahead_and_comes_back_revives_nothing_that_was_used() {
    for years in [1, 10, 400] {
        let (stage, phone) = Stage::with_app();
        block_on(stage.operator().set_rule(user("ada"), Requirement::Email)).unwrap();
        stage.require(Requirement::None);
        block_on(stage.operator().set_rule(user("ben"), Requirement::App)).unwrap();
        block_on(stage.operator().invite_again(user("ada"))).unwrap();
        block_on(stage.courier.drain()).unwrap();
        let token = stage.inbox.link().rsplit('/').next().unwrap().to_owned();
        assert!(block_on(stage.mfa.accept_invitation(&token)).unwrap() != Accepted::Ended);
        let used = [Used::mail(&stage), Used::app(&stage, &phone), Used::mail(&stage)];
        let open = stage.challenge("ben").ticket;
        let home = stage.now();
        stage.clock.set(Timestamp::from_millis(home.millis() + years * YEAR));
        // So many logins that a list of what was used would forget what has ended by now.
        for _ in 0..20 {
            let _ = (Used::mail(&stage), Used::app(&stage, &phone));
        }
        let last = stage.account("ben");
        stage.clock.set(home);
        for Used(ticket, code) in &used {
            let verdict = stage.answer(ticket, code);
            assert!(matches!(verdict, Verdict::Stale(_) | Verdict::Wrong(_)), "{verdict:?}");
        }
        // Whatever the phone shows from here to there lies before the last code that was used.
        for minutes in [0, 1, 2] {
            stage.clock.set(home.plus(minutes * MINUTE));
            let Verdict::Wrong(failed) = stage.answer(&open, &phone.code(stage.now())) else {
                panic!("a code before the last one that was used")
            };
            assert_eq!(failed.reason, WrongAnswer::AlreadyUsed);
        }
        assert_eq!(block_on(stage.mfa.accept_invitation(&token)).unwrap(), Accepted::Ended);
        assert_eq!(stage.account("ben").apps().count(), last.apps().count());
        // Mail goes on working, and the phone does once the clock is past that code.
        let _ = by_mail(&stage, "ada");
        stage.clock.set(Timestamp::from_millis(home.millis() + years * YEAR));
        stage.advance(3600);
        let _ = by_app(&stage, "ben", &phone);
        let first = FirstFactor::Password;
        assert!(block_on(stage.mfa.begin(&key("ben"), first, &browser())).is_ok());
    }
}
