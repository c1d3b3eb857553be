//! Right against wrong, against tightening, against a reset, against itself.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::thread;

use countersign_core::account::EventKind;
use countersign_core::{
    Begun, Continued, ErrorKind, HOUR, MINUTE, Method, Requirement, SessionCheck, Step, Verdict,
};
use countersign_testkit::FakePhone;
use pollster::block_on;

use crate::stage::{Stage, at_once, key, wrong_for};

#[test]
fn wrong_codes_of_64_threads_are_charged_exactly_and_never_past_the_lock() {
    let stage = Stage::open(Requirement::Email);
    for round in 0..62 {
        stage.clock.advance(2 * HOUR);
        let (ticket, code) = stage.mailed();
        let told = |what: &EventKind| matches!(what, EventKind::Missed { .. });
        let before = stage.events(told);
        let counted = stage.account("ben").misses(Method::Email);
        let verdicts = at_once(64, |_| stage.verify(&ticket, wrong_for(&code)));
        let charged =
            usize::try_from(stage.account("ben").misses(Method::Email) - counted).unwrap();
        assert_eq!(stage.events(told) - before, charged, "round {round}: the log and the count");
        assert!(charged <= 5, "round {round}: {charged} answers were compared before the lock");
        let failed = verdicts.iter().filter(|v| matches!(v, Ok(Verdict::Wrong(_)))).count();
        let locks = stage.account("ben").locked_until(stage.clock.now()).is_some();
        assert_eq!(failed + usize::from(locks), charged, "round {round}: answers and counts");
        for verdict in verdicts {
            match verdict {
                Ok(Verdict::Wrong(_) | Verdict::Locked(_)) => {}
                Ok(other) => panic!("round {round}: {other:?}"),
                Err(error) => assert_eq!(error.kind(), ErrorKind::Contended),
            }
        }
        stage.clock.advance(2 * HOUR);
        let ben = key("ben").user().clone();
        block_on(stage.operator().reset(ben, "the next round")).unwrap();
    }
}

#[test]
fn right_and_wrong_at_the_last_try_end_in_one_success_or_one_lock() {
    let mut won = 0;
    let mut lost = 0;
    for _ in 0..150 {
        let stage = Stage::open(Requirement::Email);
        let (ticket, code) = stage.mailed();
        for _ in 0..4 {
            assert!(matches!(stage.verify(&ticket, wrong_for(&code)), Ok(Verdict::Wrong(_))));
        }
        let verdicts = at_once(16, |number| {
            let typed = if number % 2 == 0 { code.as_str() } else { wrong_for(&code) };
            (number % 2 == 0, stage.verify(&ticket, typed))
        });
        let passed: Vec<_> =
            verdicts.iter().filter(|(_, v)| matches!(v, Ok(Verdict::Passed(_)))).collect();
        assert!(passed.iter().all(|(right, _)| *right), "a wrong code passed");
        let account = stage.account("ben");
        match passed.len() {
            1 => {
                assert_eq!(account.misses(Method::Email), 0, "nothing is charged after success");
                won += 1;
            }
            0 => {
                assert_eq!(account.misses(Method::Email), 5, "one more, and the lock");
                assert!(account.locked_until(stage.clock.now()).is_some());
                lost += 1;
            }
            many => panic!("{many} successes"),
        }
    }
    assert_eq!(won + lost, 150);
}

#[test]
fn a_tightening_that_returned_before_the_answer_always_applies() {
    for round in 0..200 {
        let stage = Stage::open(Requirement::Email);
        let (ticket, code) = stage.mailed();
        let tightened = Mutex::new(false);
        let verdicts = at_once(2, |number| {
            if number == 0 {
                stage.require(Requirement::App);
                *tightened.lock().unwrap() = true;
                return None;
            }
            for _ in 0..round % 40 {
                thread::yield_now();
            }
            // In every other round the tightening has certainly returned.
            while round % 2 == 1 && !*tightened.lock().unwrap() {
                thread::yield_now();
            }
            let tight_before = *tightened.lock().unwrap();
            Some((tight_before, stage.verify(&ticket, &code).unwrap()))
        });
        for (tight_before, verdict) in verdicts.into_iter().flatten() {
            match verdict {
                Verdict::Passed(passed) => {
                    assert!(!tight_before, "round {round}");
                    let revision = passed.proof.policy_revision();
                    assert_eq!(revision, 1, "judged by the policy that it names");
                    let checked = block_on(stage.mfa.check_session(passed.proof)).unwrap();
                    let told = matches!(checked, SessionCheck::StepUpRequired { .. });
                    assert!(told, "round {round}: {checked:?}");
                }
                // The code was right, and an app is needed by now.
                Verdict::Step(_) => {}
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn two_first_apps_confirmed_at_once_are_one_app() {
    for round in 0..200 {
        let stage = Stage::open(Requirement::App);
        let shown: Vec<_> = (0..2)
            .map(|_| {
                let Begun::Step(Step::LinkApp(shown)) = stage.begin("ben") else {
                    panic!("no QR code")
                };
                let mut phone = FakePhone::new();
                phone.scan(&shown.app);
                (shown.ticket, phone)
            })
            .collect();
        let now = stage.clock.now();
        let judge = |number: usize| {
            let (ticket, phone) = shown.get(number % 2).unwrap();
            stage.verify(ticket, &phone.code(now))
        };
        let verdicts = at_once(8, judge);
        let passed = verdicts.iter().filter(|v| matches!(v, Ok(Verdict::Passed(_)))).count();
        assert_eq!((passed, stage.account("ben").apps().count()), (1, 1), "round {round}");
        assert_eq!(stage.events(|what| matches!(what, EventKind::AppLinked { .. })), 1);
    }
}

#[test]
fn a_reset_at_the_same_moment_as_a_code_of_the_app_leaves_no_app_behind() {
    for round in 0..150 {
        let stage = Stage::open(Requirement::App);
        let phone = stage.link("ben");
        stage.clock.advance(5 * MINUTE);
        let ticket = stage.ticket("ben");
        let code = phone.code(stage.clock.now());
        let ben = key("ben").user().clone();
        let verdicts = at_once(3, |number| match number {
            0 => {
                block_on(stage.operator().reset(ben.clone(), "the phone is lost")).unwrap();
                None
            }
            _ => Some(stage.verify(&ticket, &code)),
        });
        let passed = verdicts.iter().filter(|v| matches!(v, Some(Ok(Verdict::Passed(_))))).count();
        assert!(passed <= 1, "round {round}");
        assert_eq!(stage.account("ben").apps().count(), 0);
        assert!(matches!(stage.verify(&ticket, &code), Ok(Verdict::Stale(_))));
        assert!(
            matches!(stage.begin("ben"), Begun::Step(Step::LinkApp(_))),
            "what is required stays required"
        );
    }
}

#[test]
fn resends_at_once_send_one_mail_more() {
    for _ in 0..100 {
        let stage = Stage::open(Requirement::Email);
        let (ticket, _) = stage.mailed();
        stage.clock.advance(MINUTE);
        let sent = at_once(16, |_| block_on(stage.mfa.resend(&ticket, &stage.client)));
        let again =
            sent.iter().filter(|s| matches!(s, Ok(Continued::Step(Step::EnterCode(_))))).count();
        block_on(stage.courier.drain()).unwrap();
        assert_eq!((again, stage.inbox.mails().len()), (1, 2));
    }
}

#[test]
fn five_hundred_logins_at_once_end_each_in_a_proof_of_their_own() {
    const EACH: usize = 63;
    let stage = Stage::open(Requirement::Email);
    let people: Vec<_> = (0..8 * EACH).map(|number| format!("person{number}")).collect();
    people.iter().for_each(|user| stage.add_existing_user(user));
    let tickets: Vec<_> = people.iter().map(|user| stage.ticket(user)).collect();
    let codes: Vec<_> = loop {
        block_on(stage.courier.drain()).unwrap();
        let mails = stage.inbox.mails();
        if mails.len() == people.len() {
            break mails
                .iter()
                .map(|mail| (mail.to().to_string(), first_code(mail.text())))
                .collect();
        }
        stage.clock.advance(MINUTE);
    };
    let proofs = Mutex::new(BTreeSet::new());
    let all = people.iter().zip(&tickets);
    let all: Vec<_> = all.collect();
    let _ = at_once(8, |thread| {
        for (user, ticket) in all.iter().skip(thread).step_by(8) {
            let to = format!("{user}@larkfield.example");
            let (_, code) = codes.iter().find(|(address, _)| *address == to).unwrap();
            match stage.verify(ticket, code).unwrap() {
                Verdict::Passed(passed) => {
                    assert_eq!(passed.proof.key(), &key(user));
                    assert!(proofs.lock().unwrap().insert(passed.proof.id()));
                }
                other => panic!("{user}: {other:?}"),
            }
        }
    });
    assert_eq!(proofs.into_inner().unwrap().len(), people.len());
}

fn first_code(text: &str) -> String {
    let runs = text.split(|c: char| !c.is_ascii_digit());
    runs.into_iter().find(|run| run.len() == 6).unwrap().to_owned()
}

#[test]
fn a_clock_that_steps_back_never_revives_a_step_that_was_passed() {
    let stage = Stage::open(Requirement::App);
    let phone = stage.link("ben");
    stage.require(Requirement::Email);
    stage.clock.advance(5 * MINUTE);
    let ticket = stage.ticket("ben");
    let first = stage.verify(&ticket, &phone.code(stage.clock.now()));
    assert!(matches!(first, Ok(Verdict::Passed(_))));
    // The clock leaps ahead, another login makes room in the list of spent steps, and it comes back.
    stage.clock.advance(16 * MINUTE);
    let other = stage.ticket("ben");
    let by_mail = block_on(stage.mfa.another_way(&other, Method::Email, &stage.client)).unwrap();
    let Continued::Step(Step::EnterCode(by_mail)) = by_mail else { panic!("{by_mail:?}") };
    block_on(stage.courier.drain()).unwrap();
    let second = stage.verify(&by_mail.ticket, &stage.inbox.code());
    assert!(matches!(second, Ok(Verdict::Passed(_))));
    stage.clock.step_back(11 * MINUTE);
    let again = stage.verify(&ticket, &phone.code(stage.clock.now())).unwrap();
    assert!(matches!(again, Verdict::Stale(_)), "{again:?}");
}
