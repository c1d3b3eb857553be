//! One code from many threads: one success, and every miss counted.

use std::sync::Barrier;
use std::thread;

use countersign_core::{
    AttemptId, Begun, Error, HOUR, MINUTE, Method, Requirement, SessionCheck, Step, Verdict,
};
use pollster::block_on;

use crate::stage::{Stage, at_once, key};

const THREADS: usize = 64;
const ROUNDS: u8 = 250;
const A_THOUSAND: u16 = 1000;

fn successes(verdicts: &[Result<Verdict, Error>]) -> usize {
    verdicts.iter().filter(|verdict| matches!(verdict, Ok(Verdict::Passed(_)))).count()
}

#[test]
fn an_emailed_code_sent_by_64_threads_at_once_logs_in_once() {
    let stage = Stage::open(Requirement::Email);
    for round in 0..A_THOUSAND {
        let (ticket, code) = stage.mailed();
        let verdicts = at_once(THREADS, |_| stage.verify(&ticket, &code));
        assert_eq!(successes(&verdicts), 1, "round {round}");
        assert_eq!(stage.account("ben").misses(Method::Email), 0, "a right code is no miss");
        stage.clock.advance(20 * MINUTE);
    }
}

#[test]
fn a_code_of_the_app_sent_by_64_threads_through_as_many_logins_logs_in_once() {
    let stage = Stage::open(Requirement::App);
    let phone = stage.link("ben");
    for round in 0..ROUNDS {
        stage.clock.advance(2 * HOUR);
        let code = phone.code(stage.clock.now());
        let tickets: Vec<_> = (0..4).map(|_| stage.ticket("ben")).collect();
        let verdicts = at_once(THREADS, |number| stage.verify(&tickets[number % 4], &code));
        let passed = successes(&verdicts);
        assert_eq!(passed, 1, "round {round}");
    }
}

#[test]
fn one_attempt_sent_by_many_threads_has_one_proof() {
    let mut stage = Stage::open(Requirement::Email);
    for round in 0..ROUNDS / 4 {
        let (ticket, code) = stage.mailed();
        stage.client = stage.client.clone().attempt(AttemptId::from_bytes([round; 16]));
        let mut proofs: Vec<_> = at_once(16, |_| stage.verify(&ticket, &code))
            .into_iter()
            .map(|verdict| match verdict.unwrap() {
                Verdict::Passed(passed) => passed.proof.id(),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(proofs.len(), 16);
        proofs.dedup();
        assert_eq!(proofs.len(), 1, "round {round}");
        stage.clock.advance(20 * MINUTE);
    }
}

#[test]
fn logins_begun_at_once_share_one_mail() {
    for _ in 0..ROUNDS / 4 {
        let stage = Stage::open(Requirement::Email);
        let begun = at_once(16, |_| stage.begin("ben"));
        assert!(begun.iter().all(|begun| matches!(begun, Begun::Step(Step::EnterCode(_)))));
        block_on(stage.courier.drain()).unwrap();
        assert_eq!(stage.inbox.mails().len(), 1);
    }
}

#[test]
fn a_reset_that_returned_before_the_answer_always_wins() {
    for _ in 0..ROUNDS / 2 {
        let stage = Stage::open(Requirement::Email);
        let (ticket, code) = stage.mailed();
        let barrier = Barrier::new(2);
        let verdict = thread::scope(|scope| {
            let judged = scope.spawn(|| {
                barrier.wait();
                stage.verify(&ticket, &code).unwrap()
            });
            barrier.wait();
            let ben = key("ben").user().clone();
            block_on(stage.operator().reset(ben, "phone lost")).unwrap();
            judged.join().unwrap()
        });
        // Either the login came first and its proof is dead by now, or it was refused.
        if let Verdict::Passed(passed) = verdict {
            let evidence = block_on(stage.mfa.check_session(passed.proof)).unwrap();
            assert!(matches!(evidence, SessionCheck::Ended(_)));
        }
        assert!(matches!(stage.verify(&ticket, &code), Ok(Verdict::Stale(_))));
    }
}
