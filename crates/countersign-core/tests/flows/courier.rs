//! The courier: every letter arrives, no letter twice without need, none that is no longer wanted.

use std::future::{Future, pending, poll_fn, ready};
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use async_trait::async_trait;
use countersign_core::mail::{MailKind, Template};
use countersign_core::policy::AddressState;
use countersign_core::store::{ClaimFilter, Outbox};
use countersign_core::{
    Begun, Courier, FirstFactor, HOUR, Keys, Locale, MINUTE, Mail, MailError, Mailer, MemoryStore,
    Method, Mfa, NewTenant, NewUser, OsRandom, Purpose, Refusal, Requirement, Step, Verdict,
    Vouching, WrongAnswer,
};
use countersign_testkit::{
    Failing, FailingStore, FakeClock, FakePhone, Fault, Inbox, SeededRandom,
};
use pollster::block_on;

use crate::acts::{by_mail, mails_after_drain, person, step_up_by_app};
use crate::admin::wrong;
use crate::stage::{MONDAY, Stage, address, browser, goes_on, key, passed, refused, user};

fn kinds(stage: &Stage, who: &str) -> Vec<MailKind> {
    block_on(stage.courier.drain()).unwrap();
    stage.inbox.to(&address(who)).iter().map(|mail| mail.kind()).collect()
}

#[test]
fn a_mail_that_fails_is_tried_again_with_growing_pauses_and_the_same_code() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let challenge = stage.challenge("ben");
    for pause in [5, 10, 20, 40] {
        stage.inbox.fail_next(Failing::NotNow);
        let drained = block_on(stage.courier.drain()).unwrap();
        assert_eq!((drained.sent, drained.delayed), (0, 1));
        let wait = drained.wait.unwrap();
        let pause = Duration::from_secs(pause);
        assert!((pause..=pause + pause / 4).contains(&wait), "{wait:?}");
        stage.clock.advance(wait - Duration::from_millis(1));
        assert_eq!(mails_after_drain(&stage), 0);
        stage.clock.advance(Duration::from_millis(1));
    }
    let code = stage.mailed_code();
    let _ = passed(stage.answer(&challenge.ticket, &code));
    stage.advance(3600);
    assert_eq!(mails_after_drain(&stage), 1);
}

#[test]
fn a_mail_that_fails_until_its_code_has_ended_is_given_up() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let _ = stage.challenge("ben");
    for _ in 0..200 {
        stage.inbox.fail_next(Failing::NotNow);
        block_on(stage.courier.drain()).unwrap();
        stage.advance(10);
    }
    assert_eq!(block_on(stage.courier.drain()).unwrap().next, None);
}

#[test]
fn a_refused_address_is_shown_to_the_admin_and_a_new_one_mends_it() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let _ = by_mail(&stage, "ben");
    let _ = stage.challenge("ben");
    stage.inbox.fail_next(Failing::Refused);
    let drained = block_on(stage.courier.drain()).unwrap();
    assert_eq!((drained.refused, drained.next), (1, None));
    assert_eq!(person(&stage, "ben").facts.address, AddressState::Refused);
    assert!(matches!(stage.begin("ben"), Begun::Refused(_)));
    block_on(stage.operator().change_address(user("ben"), address("benjamin"))).unwrap();
    let _ = by_mail(&stage, "ben");
}

#[test]
fn whoever_waits_for_a_mail_that_is_refused_is_told_so_even_with_another_way_ahead() {
    let (stage, _) = Stage::with_app();
    stage.require(Requirement::Email);
    block_on(stage.courier.drain()).unwrap();
    let by_app = stage.challenge("ben").ticket;
    let ticket = goes_on(stage.another_way(&by_app, Method::Email)).ticket;
    stage.inbox.fail_next(Failing::Refused);
    assert_eq!(block_on(stage.courier.drain()).unwrap().refused, 1);
    let until = stage.now().plus(15 * MINUTE);
    assert_eq!(refused(stage.resume(&ticket)), Refusal::AddressRefused { until });
    assert_eq!(refused(stage.resend(&ticket)), Refusal::AddressRefused { until });
    assert_eq!(stage.challenge("ben").method, Method::App, "the app is still a way");
}

#[test]
fn letters_that_are_spent_or_out_of_date_or_of_an_old_address_are_dropped() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let code = stage.mailed_code();
    stage.advance(30);
    let _ = block_on(stage.mfa.resend(&ticket, &browser())).unwrap();
    let _ = passed(stage.answer(&ticket, &code));
    let _ = stage.challenge("ada");
    stage.advance(600);
    let drained = block_on(stage.courier.drain()).unwrap();
    assert_eq!((drained.sent, drained.dropped), (0, 2));
    let _ = stage.challenge("ben");
    let ben = key("ben");
    let new = address("benjamin");
    block_on(stage.mfa.address_changed(&ben, new, Vouching::Vouched)).unwrap();
    let drained = block_on(stage.courier.drain()).unwrap();
    assert_eq!((drained.sent, drained.dropped), (2, 1));
}

#[test]
fn a_courier_that_dies_between_claim_and_settle_loses_no_mail() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let challenge = stage.challenge("ben");
    stage.inbox.fail_next(Failing::Hang);
    {
        let mut dying = pin!(stage.courier.drain());
        assert!(dying.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    }
    assert_eq!(mails_after_drain(&stage), 0, "the lease lasts");
    stage.advance(120);
    let code = stage.mailed_code();
    let _ = passed(stage.answer(&challenge.ticket, &code));
}

#[test]
fn two_couriers_send_one_mail() {
    let clock = FakeClock::at(MONDAY);
    let store = MemoryStore::with_clock(clock.clone());
    let inbox = Inbox::new();
    let random = SeededRandom::new(9);
    let keys = Keys::ephemeral(&random).unwrap();
    let build = || {
        let builder = Mfa::builder().store(store.clone()).mailer(inbox.clone());
        let builder = builder.keys(keys.clone());
        builder.clock(clock.clone()).danger_random(random.clone()).build().unwrap()
    };
    let ((mfa, one), (_, other)) = (build(), build());
    let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
    block_on(mfa.create_tenant(tenant)).unwrap();
    for number in 0..40 {
        let who = format!("driver{number}");
        let new_user = NewUser::at(address(&who)).with_rule(Requirement::Email);
        block_on(mfa.add_existing_user(&key(&who), new_user)).unwrap();
        let _ = block_on(mfa.begin(&key(&who), FirstFactor::Password, &browser())).unwrap();
    }
    std::thread::scope(|scope| {
        for courier in [&one, &other] {
            scope.spawn(move || block_on(courier.drain()).unwrap());
        }
    });
    assert_eq!(inbox.mails().len(), 40);
}

#[test]
fn people_are_told_when_an_app_is_linked_replaced_removed_or_reset() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, session) = stage.link_app("ben");
    assert_eq!(kinds(&stage, "ben"), [MailKind::AppLinked]);
    stage.advance(30);
    let purpose = Purpose::ReplaceApp;
    let begun = crate::acts::step_up(&stage, &session, purpose);
    let ticket = crate::acts::asked(begun).ticket;
    let next = stage.answer(&ticket, &phone.code(stage.now()));
    let Verdict::Step(countersign_core::Step::LinkApp(enrollment)) = next else {
        panic!("{next:?}")
    };
    let mut new_phone = FakePhone::new();
    new_phone.scan(&enrollment.app);
    stage.advance(30);
    let replaced = passed(stage.answer(&enrollment.ticket, &new_phone.code(stage.now())));
    assert_eq!(kinds(&stage, "ben").last(), Some(&MailKind::AppReplaced));
    stage.require(Requirement::None);
    let session = block_on(stage.mfa.renew(session, replaced)).unwrap();
    let app = person(&stage, "ben").apps[0].id;
    let proof = step_up_by_app(&stage, &session, Purpose::RemoveApp(app), &new_phone);
    let _ = block_on(stage.mfa.remove_app(proof, app)).unwrap();
    assert_eq!(kinds(&stage, "ben").last(), Some(&MailKind::AppRemoved));
    block_on(stage.operator().reset(user("ben"), "asked in person")).unwrap();
    assert_eq!(kinds(&stage, "ben").last(), Some(&MailKind::MfaReset));
    assert_eq!(kinds(&stage, "ben").len(), 4);
}

#[test]
fn somebody_under_attack_is_told_of_a_lock_once_a_day_and_no_more() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    let (phone, _) = stage.link_app("ben");
    stage.advance(30);
    let mut locks = 0;
    let told = |stage: &Stage| {
        kinds(stage, "ben").into_iter().filter(|kind| *kind == MailKind::Locked).count()
    };
    for _ in 0..14 {
        let Begun::Step(Step::EnterCode(challenge)) = stage.begin("ben") else {
            panic!("still locked")
        };
        let answer = stage.answer(&challenge.ticket, &wrong(&phone.code(stage.now())));
        if let Verdict::Locked(_) = answer {
            locks += 1;
            stage.advance(3600);
        } else {
            let Verdict::Wrong(failed) = answer else { panic!("{answer:?}") };
            assert_eq!(failed.reason, WrongAnswer::Mismatch);
        }
    }
    assert_eq!((locks, told(&stage)), (10, 1));
    stage.advance(86_400);
    let challenge = stage.challenge("ben");
    let _ = stage.answer(&challenge.ticket, &wrong(&phone.code(stage.now())));
    assert_eq!(told(&stage), 2);
}

/// Types wrong codes of this phone until Ben is locked.
fn lock(stage: &Stage, phone: &FakePhone) {
    for _ in 0..5 {
        let ticket = stage.challenge("ben").ticket;
        let _ = stage.answer(&ticket, &wrong(&phone.code(stage.now())));
    }
}

fn locks_told(stage: &Stage) -> usize {
    let to_ben = stage.inbox.to(&address("ben"));
    to_ben.iter().filter(|mail| mail.kind() == MailKind::Locked).count()
}

#[test]
fn a_broken_store_at_any_call_of_the_courier_loses_no_notice_of_a_lock() {
    for call in 1.. {
        let (stage, phone) = Stage::with_app();
        lock(&stage, &phone);
        let store = FailingStore::new(stage.memory.clone());
        let builder = Mfa::builder().store(store.clone()).mailer(stage.inbox.clone());
        let keys = Keys::ephemeral(&SeededRandom::new(1)).unwrap();
        let (_, courier) = builder.keys(keys).clock(stage.clock.clone()).build().unwrap();
        store.fail_call(call, Fault::Unavailable);
        let _ = block_on(courier.drain());
        let failed = store.has_failed();
        store.fail_no_call();
        stage.clock.advance(3 * MINUTE);
        let _ = block_on(courier.drain()).unwrap();
        assert_eq!(locks_told(&stage), 1, "call {call}");
        if !failed {
            return;
        }
    }
}

#[test]
fn a_clock_that_was_a_year_ahead_silences_no_notice_of_a_lock_once_it_is_right_again() {
    let (stage, phone) = Stage::with_app();
    let right = stage.now();
    stage.clock.set(right.plus(365 * 24 * HOUR));
    lock(&stage, &phone);
    let _ = kinds(&stage, "ben");
    assert_eq!(locks_told(&stage), 1);
    stage.clock.set(right);
    block_on(stage.operator().unlock(user("ben"))).unwrap();
    lock(&stage, &phone);
    let _ = kinds(&stage, "ben");
    assert_eq!(locks_told(&stage), 2);
}

#[test]
fn a_german_reads_german_and_a_companys_own_text_comes_before_ours() {
    let stage = Stage::open();
    let german = Locale::new("de-AT").unwrap();
    let heidi = NewUser::at(address("heidi")).in_language(german.clone());
    stage.add_existing_user("heidi", heidi.with_rule(Requirement::Email));
    let _ = by_mail(&stage, "heidi");
    let mail = stage.inbox.last().unwrap();
    assert_eq!(mail.locale().language(), "de");
    let body = "Servus!\n\nIhr Code: {code}\n\nGültig bis {until}.";
    let kind = MailKind::LoginCode;
    let template = Template::parse(kind, &german, "Code von {company}", body).unwrap();
    block_on(stage.operator().set_mail_text(template)).unwrap();
    let _ = by_mail(&stage, "heidi");
    let mail = stage.inbox.last().unwrap();
    assert!(mail.subject().starts_with("Code von Larkfield Freight"), "{}", mail.subject());
    assert!(mail.text().contains("Servus!"));
    stage.require(Requirement::Email);
    let _ = by_mail(&stage, "ben");
    assert_eq!(stage.inbox.last().unwrap().locale(), &Locale::english());
}

#[test]
fn a_burst_is_slowed_down_and_no_mail_of_it_is_lost() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    for number in 0..630 {
        let who = format!("driver{number}");
        stage.add_existing_user(&who, NewUser::at(address(&who)));
        assert_eq!(stage.challenge(&who).method, Method::Email);
    }
    let drained = block_on(stage.courier.drain()).unwrap();
    assert_eq!((drained.sent, drained.delayed, drained.dropped), (600, 0, 0));
    assert_eq!(drained.wait, Some(MINUTE));
    stage.advance(60);
    assert_eq!(mails_after_drain(&stage), 630);
}

#[derive(Default)]
struct Called(AtomicBool);

impl Wake for Called {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

#[test]
fn a_running_courier_sends_at_once_and_never_waits_for_its_timer() {
    let Stage { mfa, courier, inbox, .. } = Stage::open();
    block_on(mfa.add_existing_user(
        &key("cleo"),
        NewUser::at(address("cleo")).with_rule(Requirement::Email),
    ))
    .unwrap();
    let mut running = pin!(Courier::run(courier, |_| pending::<()>()));
    let called = Arc::new(Called::default());
    let waker = Waker::from(called.clone());
    let mut context = Context::from_waker(&waker);
    assert!(running.as_mut().poll(&mut context).is_pending());
    assert!(!called.0.load(Ordering::SeqCst) && inbox.mails().is_empty());
    let _ = block_on(mfa.begin(&key("cleo"), FirstFactor::Password, &browser())).unwrap();
    assert!(called.0.load(Ordering::SeqCst), "the bell did not ring");
    assert!(running.as_mut().poll(&mut context).is_pending());
    assert_eq!(inbox.mails().len(), 1);
}

#[test]
fn a_courier_that_is_told_to_stop_finishes_the_letters_that_are_due_and_sends_none_twice() {
    let clock = FakeClock::at(MONDAY);
    let inbox = Inbox::new();
    let store = MemoryStore::with_clock(clock.clone());
    let keys = Keys::ephemeral(&OsRandom);
    let (mfa, courier) = Mfa::builder()
        .store(store.clone())
        .mailer(Slow(inbox.clone()))
        .keys(keys.unwrap())
        .clock(clock.clone())
        .build()
        .unwrap();
    let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
    block_on(mfa.create_tenant(tenant)).unwrap();
    for who in ["ben", "cleo"] {
        let new_user = NewUser::at(address(who)).with_rule(Requirement::Email);
        block_on(mfa.add_existing_user(&key(who), new_user)).unwrap();
        let _ = block_on(mfa.begin(&key(who), FirstFactor::Password, &browser())).unwrap();
    }
    let mut running = pin!(courier.run_until(|_| pending::<()>(), ready(())));
    let mut context = Context::from_waker(Waker::noop());
    assert!(running.as_mut().poll(&mut context).is_pending(), "it left a mail half sent");
    block_on(running);
    assert_eq!(inbox.mails().len(), 2);
    clock.advance(HOUR);
    let due = block_on(store.claim(10, 2 * MINUTE, &ClaimFilter::default())).unwrap();
    assert!(due.claimed.is_empty() && due.next.is_none(), "a letter would be sent again");
}

/// An inbox that takes its time.
#[derive(Debug, Clone)]
struct Slow(Inbox);

#[async_trait]
impl Mailer for Slow {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let mut waited = false;
        poll_fn(|context| {
            context.waker().wake_by_ref();
            if std::mem::replace(&mut waited, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        self.0.send(mail).await
    }
}

#[test]
fn a_settled_letter_leaves_the_outbox() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let _ = by_mail(&stage, "ben");
    stage.advance(3600);
    let due = block_on(stage.store.claim(10, 2 * MINUTE, &ClaimFilter::default())).unwrap();
    assert!(due.claimed.is_empty() && due.next.is_none());
}
