//! Keys that come and go: what was sealed under one that this node does not know.

use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use countersign_core::keys::{Key, Rekeying};
use countersign_core::login::{Accepted, EndedInvitation, Invitation, InvitationEnd};
use countersign_core::{
    Answer, AttemptId, Begun, Challenge, Client, DAY, ErrorKind, FirstFactor, KeyId, Keys, Locale,
    Mfa, NewTenant, NewUser, Proof, Purpose, Requirement, SessionCheck, SessionEnd, Staleness,
    Step, UserId, Verdict, WrongAnswer,
};
use countersign_testkit::{FakePhone, SeededRandom};
use pollster::block_on;

use crate::stage::{Stage, address, browser, key, other_than, passed, stale};

/// The key with this number. Each has bytes of its own.
pub(crate) fn numbered(number: u8) -> Key {
    Key::new(KeyId::new(u32::from(number)), [number; 32]).unwrap()
}

/// A ring whose last key is the current one.
pub(crate) fn ring(numbers: &[u8]) -> Keys {
    let (current, older) = numbers.split_last().unwrap();
    older.iter().fold(Keys::new(numbered(*current)), |ring, number| {
        ring.and_older(numbered(*number)).unwrap()
    })
}

/// No two processes draw the same.
static PROCESSES: AtomicU64 = AtomicU64::new(1000);

/// The stage as a process with these keys sees it: same store, same clock, same inbox.
pub(crate) fn under(stage: Stage, numbers: &[u8]) -> Stage {
    let (mfa, courier) = Mfa::builder()
        .store(stage.store.clone())
        .mailer(stage.inbox.clone())
        .keys(ring(numbers))
        .clock(stage.clock.clone())
        .danger_random(SeededRandom::new(PROCESSES.fetch_add(1, Ordering::Relaxed)))
        .invitation_page("https://larkfield.example/invite/")
        .build()
        .unwrap();
    Stage { mfa, courier, ..stage }
}

/// What was logged meanwhile.
pub(crate) fn logged<T>(work: impl FnOnce() -> T) -> (T, String) {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl io::Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    // The digits of the time are no digits of a key.
    let lines_alone = tracing_subscriber::fmt().with_ansi(false).without_time();
    let subscriber = lines_alone.with_writer(move || writer.clone()).finish();
    let done = tracing::subscriber::with_default(subscriber, work);
    let bytes = lines.0.lock().unwrap().clone();
    (done, String::from_utf8(bytes).unwrap())
}

/// Begins a step-up for this and passes it with the next code of the phone.
fn link_another(stage: &Stage, session: &Proof, phone: &FakePhone) -> FakePhone {
    stage.advance(30);
    let begun = block_on(stage.mfa.step_up(session, Purpose::LinkApp, &browser())).unwrap();
    let Begun::Step(Step::EnterCode(asked)) = begun else { panic!("{begun:?}") };
    let verdict = stage.answer(&asked.ticket, &phone.code(stage.now()));
    let Verdict::Step(Step::LinkApp(enrollment)) = verdict else { panic!("{verdict:?}") };
    stage.advance(30);
    let mut second = FakePhone::new();
    second.scan(&enrollment.app);
    let _ = passed(stage.answer(&enrollment.ticket, &second.code(stage.now())));
    second
}

#[test]
fn a_token_under_a_key_that_nobody_has_is_not_ours_and_raises_no_alarm() {
    let stage = under(Stage::open(), &[1]);
    stage.require(Requirement::Email);
    let session = stage.mfa.seal(&crate::acts::by_mail(&stage, "ben")).unwrap();
    let ticket = stage.challenge("ada").ticket;
    let code = stage.mailed_code();
    let cleo = countersign_core::NewUser::at(address("cleo"));
    let mut operator = stage.operator();
    block_on(operator.invite_user(UserId::new("cleo").unwrap(), cleo)).unwrap();
    block_on(stage.courier.drain()).unwrap();
    let link = stage.inbox.link();
    let token = link.rsplit('/').next().unwrap();

    let stage = under(stage, &[2]);
    let ((), log) = logged(|| {
        assert_eq!(stale(stage.answer(&ticket, &code)), Staleness::NotOurs);
        for continued in [stage.resume(&ticket), stage.resend(&ticket)] {
            assert!(format!("{continued:?}").contains("NotOurs"), "{continued:?}");
        }
        let opened = block_on(stage.mfa.open_session(&session)).unwrap();
        assert!(matches!(opened, SessionCheck::Ended(SessionEnd::NotOurs)), "{opened:?}");
        assert_eq!(block_on(stage.mfa.invitation(token)).unwrap(), Invitation::Ended);
        let end = block_on(stage.mfa.invitation_end(token)).unwrap();
        assert_eq!(end, EndedInvitation { end: InvitationEnd::Unknown, key: None });
        assert_eq!(block_on(stage.mfa.accept_invitation(token)).unwrap(), Accepted::Ended);
    });
    assert_eq!(log, "");
}

#[test]
fn an_app_under_a_key_that_nobody_has_leaves_the_persons_other_app_good() {
    let stage = under(Stage::open(), &[1]);
    stage.require(Requirement::App);
    let (old, session) = stage.link_app("ben");
    let stage = under(stage, &[1, 2]);
    let new = link_another(&stage, &session, &old);

    let stage = under(stage, &[2]);
    stage.advance(60);
    let ticket = stage.challenge("ben").ticket;
    let (verdict, log) = logged(|| stage.answer(&ticket, &new.code(stage.now())));
    let _ = passed(verdict);
    assert_eq!(log.matches("alarm: unknown key").count(), 1, "{log}");
    // Its own codes are as wrong as any, and counted.
    stage.advance(60);
    let ticket = stage.challenge("ben").ticket;
    let verdict = stage.answer(&ticket, &old.code(stage.now()));
    let Verdict::Wrong(wrong) = verdict else { panic!("{verdict:?}") };
    assert_eq!((wrong.reason, wrong.tries_left), (WrongAnswer::Mismatch, Some(4)));
    // With the key back, so is the app.
    let stage = under(stage, &[1, 2]);
    stage.advance(60);
    let ticket = stage.challenge("ben").ticket;
    let _ = passed(stage.answer(&ticket, &old.code(stage.now())));
}

#[test]
fn an_only_app_under_a_key_that_nobody_has_is_never_taken_for_no_app() {
    let stage = under(Stage::open(), &[1]);
    stage.require(Requirement::App);
    let (phone, _) = stage.link_app("ben");
    let stage = under(stage, &[2]);
    stage.advance(60);
    let ticket = stage.challenge("ben").ticket;
    let before = stage.account("ben");
    let answer = Answer::code(phone.code(stage.now()));
    let (verdict, log) = logged(|| block_on(stage.mfa.verify(&ticket, &answer, &browser())));
    let error = verdict.unwrap_err();
    assert_eq!((error.kind(), error.code()), (ErrorKind::Unavailable, "keys.unknown"));
    assert_eq!(log.matches("alarm: unknown key").count(), 1, "{log}");
    assert_eq!(stage.account("ben"), before, "something was counted");
}

#[test]
fn a_code_or_a_remembered_attempt_under_a_key_that_is_gone_holds_nobody_up() {
    let stage = under(Stage::open(), &[1]);
    stage.require(Requirement::Email);
    let client = || browser().attempt(AttemptId::draw(&SeededRandom::new(5)).unwrap());
    let asked = |stage: &Stage, client: &Client| -> Challenge {
        match block_on(stage.mfa.begin(&key("ben"), FirstFactor::Password, client)).unwrap() {
            Begun::Step(Step::EnterCode(challenge)) => challenge,
            other => panic!("{other:?}"),
        }
    };
    let first = asked(&stage, &browser());
    let wrong = Answer::code(other_than(&stage.mailed_code()));
    let verdict = block_on(stage.mfa.verify(&first.ticket, &wrong, &client())).unwrap();
    assert!(matches!(verdict, Verdict::Wrong(_)), "{verdict:?}");

    let stage = under(stage, &[2]);
    let second = asked(&stage, &browser());
    let code = Answer::code(stage.mailed_code());
    let verdict = block_on(stage.mfa.verify(&second.ticket, &code, &client())).unwrap();
    let _ = passed(verdict);
}

#[test]
fn another_key_under_a_known_number_is_a_sentence_at_the_start_and_no_mail_is_sent() {
    let stage = under(Stage::open(), &[1]);
    stage.require(Requirement::Email);
    block_on(stage.mfa.check()).unwrap();
    let _ = stage.challenge("ben");
    let other = Key::new(KeyId::new(1), [99; 32]).unwrap();
    let (mfa, courier) = Mfa::builder()
        .store(stage.store.clone())
        .mailer(stage.inbox.clone())
        .keys(Keys::new(other))
        .clock(stage.clock.clone())
        .build()
        .unwrap();
    let (checked, log) = logged(|| block_on(mfa.check()));
    for error in [checked.unwrap_err(), block_on(courier.drain()).unwrap_err()] {
        assert_eq!((error.kind(), error.code()), (ErrorKind::Configuration, "keys.changed"));
        let said = error.to_string();
        assert!(said.contains("key 1 has other bytes than when it was first used"), "{said}");
    }
    assert!(log.contains("alarm") && !log.contains("99"), "{log}");
    assert_eq!(stage.inbox.mails().len(), 0);
    // The right one still sends, and so does one beside it under a number of its own.
    assert_eq!(block_on(under(stage, &[1, 2]).courier.drain()).unwrap().sent, 1);
}

#[test]
fn an_older_key_that_changed_is_found_too_and_one_that_is_gone_is_no_fault() {
    let stage = under(Stage::open(), &[1]);
    block_on(stage.mfa.check()).unwrap();
    let stage = under(stage, &[1, 2]);
    block_on(stage.mfa.check()).unwrap();
    let stage = under(stage, &[2]);
    block_on(stage.mfa.check()).unwrap();
    let other = Key::new(KeyId::new(1), [99; 32]).unwrap();
    let (mfa, _) = Mfa::builder()
        .store(stage.store.clone())
        .mailer(stage.inbox.clone())
        .keys(ring(&[2]).and_older(other).unwrap())
        .build()
        .unwrap();
    assert_eq!(block_on(mfa.check()).unwrap_err().code(), "keys.changed");
}

/// The whole walk, in batches of this size.
fn rekey(stage: &Stage, most: usize) -> Rekeying {
    let mut walk = Rekeying::default();
    for _ in 0..100 {
        if walk.is_done() {
            return walk;
        }
        let before = walk.accounts;
        walk = block_on(stage.mfa.rekey(walk, most)).unwrap();
        assert!(walk.accounts - before <= most as u64, "a batch is bounded");
    }
    panic!("it never ends: {walk}");
}

#[test]
fn a_key_that_was_walked_away_from_goes_and_nobody_notices() {
    let stage = under(Stage::open(), &[1]);
    stage.require(Requirement::App);
    let people = ["ada", "ben", "cleo", "dara", "eli"];
    for who in &people[2..] {
        stage.add_existing_user(who, NewUser::at(address(who)));
    }
    let millbrook = NewTenant::new("millbrook", "Millbrook Dairy", Locale::english()).unwrap();
    block_on(stage.mfa.create_tenant(millbrook)).unwrap();
    let phones = people.map(|who| stage.link_app(who));
    let stage = under(stage, &[1, 2]);
    let walk = rekey(&stage, 2);
    assert_eq!((walk.accounts, walk.resealed), (5, 5));
    assert_eq!((walk.left.len(), walk.unreadable), (0, 0));
    let gone = walk.may_go(KeyId::new(1)).unwrap();
    assert_eq!(gone, stage.now().plus(7 * DAY), "the last invitation ends");
    // Once more finds nothing to do, and writes nothing.
    stage.store.reset();
    assert_eq!(rekey(&stage, 100).resealed, 0);
    assert_eq!(stage.store.calls().commits, 0);

    stage.clock.set(gone);
    let stage = under(stage, &[2]);
    for (who, (phone, _)) in people.into_iter().zip(&phones) {
        let ticket = stage.challenge(who).ticket;
        let _ = passed(stage.answer(&ticket, &phone.code(stage.now())));
    }
}

#[test]
fn what_is_left_under_a_key_is_counted_and_holds_the_key() {
    let stage = under(Stage::open(), &[1]);
    stage.require(Requirement::App);
    let (_, _) = stage.link_app("ada");
    let stage = under(stage, &[2]);
    let (_, _) = stage.link_app("ben");
    stage.require(Requirement::Email);
    // This node knows neither the key of Ada's app nor may it guess.
    let stage = under(stage, &[2, 3]);
    let walk = rekey(&stage, 10);
    assert_eq!((walk.accounts, walk.resealed), (2, 1));
    assert_eq!(walk.left.get(&KeyId::new(1)).map(|left| left.apps), Some(1));
    assert_eq!(walk.may_go(KeyId::new(1)), None);
    assert!(walk.may_go(KeyId::new(2)).is_some());
    let said = walk.to_string();
    assert!(said.contains("left under key 1: 1 secrets, 0 mailed codes"), "{said}");
}

#[test]
fn a_walk_that_was_broken_off_goes_on_where_it_was() {
    let stage = under(Stage::open(), &[1]);
    stage.require(Requirement::App);
    for who in ["ada", "ben"] {
        let _ = stage.link_app(who);
    }
    let stage = under(stage, &[1, 2]);
    let walk = block_on(stage.mfa.rekey(Rekeying::default(), 1)).unwrap();
    assert_eq!((walk.accounts, walk.resealed, walk.is_done()), (1, 1, false));
    assert_eq!(walk.may_go(KeyId::new(1)), None, "it is not done");
    let mut walk = Rekeying::behind(walk.account().unwrap().clone());
    while !walk.is_done() {
        walk = block_on(stage.mfa.rekey(walk, 1)).unwrap();
    }
    assert_eq!((walk.accounts, walk.resealed), (1, 1));
}
