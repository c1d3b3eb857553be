//! The courier with much to do: mail servers that hang, floods, and a code in between.
//!
//! Time stands still but for the moments that somebody waits for, so an hour passes at once.

use std::collections::{BTreeMap, BTreeSet};
use std::future::{Future, pending, poll_fn, ready};
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use async_trait::async_trait;
use countersign_core::account::EventKind;
use countersign_core::mail::{Letter, LetterKind, MailFailure, MailKind, MailPhase, MailReason};
use countersign_core::store::{Accounts, Change, Store};
use countersign_core::{
    AccountKey, Courier, EmailAddress, FirstFactor, HOUR, Keys, LetterId, Limits, Locale, MINUTE,
    Mail, MailError, Mailer, MemoryStore, Mfa, NewTenant, NewUser, Requirement, Timestamp,
};
use countersign_testkit::{FakeClock, SeededRandom};
use pollster::block_on;

use crate::stage::{MONDAY, browser};

/// Time that leaps to the next moment that somebody waits for.
#[derive(Debug, Clone)]
struct Time {
    clock: FakeClock,
    awaited: Arc<Mutex<BTreeSet<Timestamp>>>,
}

impl Time {
    fn sleep(&self, length: Duration) -> impl Future<Output = ()> + Send + use<> {
        let time = self.clone();
        let end = self.clock.now().plus(length);
        poll_fn(move |_| {
            if end <= time.clock.now() {
                return Poll::Ready(());
            }
            time.awaited.lock().unwrap().insert(end);
            Poll::Pending
        })
    }

    /// Polls until nothing moves at this moment; whether it has ended.
    fn settle<F: Future>(&self, future: &mut Pin<&mut F>) -> bool {
        let called = Arc::new(Called::default());
        let waker = Waker::from(called.clone());
        loop {
            called.0.store(false, Ordering::SeqCst);
            if future.as_mut().poll(&mut Context::from_waker(&waker)).is_ready() {
                return true;
            }
            if !called.0.load(Ordering::SeqCst) {
                return false;
            }
        }
    }

    /// Runs until this moment, or until the future ends; whether it has ended.
    fn run_until<F: Future>(&self, future: &mut Pin<&mut F>, moment: Timestamp) -> bool {
        loop {
            if self.settle(future) {
                return true;
            }
            let next = {
                let mut awaited = self.awaited.lock().unwrap();
                awaited.retain(|end| *end > self.clock.now());
                awaited.first().copied()
            };
            match next.filter(|next| *next <= moment) {
                Some(next) => self.clock.set(next),
                None => {
                    self.clock.set(moment);
                    return self.settle(future);
                }
            }
        }
    }
}

#[derive(Default)]
struct Called(AtomicBool);

impl Wake for Called {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// How a domain's mail server behaves.
#[derive(Debug, Clone, Copy)]
enum Server {
    Answers(Duration),
    /// The mailer gives it up after this long.
    Hangs(Duration),
}

/// Mail servers of many domains.
#[derive(Debug, Clone)]
struct Servers {
    time: Time,
    seen: Arc<Mutex<Seen>>,
}

#[derive(Debug, Default)]
struct Seen {
    servers: BTreeMap<String, Server>,
    arrived: BTreeMap<String, Timestamp>,
    refs: Vec<String>,
    order: Vec<String>,
    begun: Vec<(Timestamp, String)>,
    under_way: BTreeMap<String, usize>,
    most: usize,
    most_of: BTreeMap<String, usize>,
}

impl Servers {
    fn behaves(&self, domain: &str, server: Server) {
        self.seen.lock().unwrap().servers.insert(domain.to_owned(), server);
    }

    fn arrived(&self, to: &str) -> Option<Timestamp> {
        self.seen.lock().unwrap().arrived.get(to).copied()
    }

    fn arrivals(&self) -> usize {
        self.seen.lock().unwrap().order.len()
    }

    fn most_of(&self, domain: &str) -> usize {
        self.seen.lock().unwrap().most_of.get(domain).copied().unwrap_or_default()
    }
}

#[async_trait]
impl Mailer for Servers {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        let to = mail.to().as_str().to_owned();
        let domain = mail.to().domain().to_owned();
        let server = {
            let mut seen = self.seen.lock().unwrap();
            seen.begun.push((self.time.clock.now(), to.clone()));
            seen.refs.push(mail.message_ref());
            let of = seen.under_way.entry(domain.clone()).or_default();
            *of += 1;
            let of = *of;
            let all = seen.under_way.values().sum();
            seen.most = seen.most.max(all);
            let most = seen.most_of.entry(domain.clone()).or_default();
            *most = of.max(*most);
            seen.servers.get(&domain).copied().unwrap_or(Server::Answers(Duration::ZERO))
        };
        let (Server::Answers(length) | Server::Hangs(length)) = server;
        self.time.sleep(length).await;
        let mut seen = self.seen.lock().unwrap();
        *seen.under_way.entry(domain).or_default() -= 1;
        match server {
            Server::Hangs(_) => {
                let reason =
                    MailReason::at(MailPhase::Content).with_reply(451).with_status(4, 7, 1);
                Err(MailError::NotNow(MailFailure::new(reason, "no answer")))
            }
            Server::Answers(_) => {
                seen.arrived.insert(to.clone(), self.time.clock.now());
                seen.order.push(to);
                Ok(())
            }
        }
    }
}

/// A deployment with many tenants.
struct World {
    mfa: Mfa,
    store: MemoryStore,
    time: Time,
    servers: Servers,
}

const HALF: Duration = Duration::from_millis(500);
const SECOND: Duration = Duration::from_secs(1);
const HANGS: Server = Server::Hangs(Duration::from_secs(30));

impl World {
    fn open() -> (Self, Courier) {
        Self::with(Limits::default())
    }

    fn with(limits: Limits) -> (Self, Courier) {
        let clock = FakeClock::at(MONDAY);
        let time = Time { clock: clock.clone(), awaited: Arc::default() };
        let store = MemoryStore::with_clock(clock.clone());
        let servers = Servers { time: time.clone(), seen: Arc::default() };
        let random = SeededRandom::new(4);
        let (mfa, courier) = Mfa::builder()
            .store(store.clone())
            .mailer(servers.clone())
            .keys(Keys::ephemeral(&random).unwrap())
            .clock(clock)
            .danger_random(random)
            .limits(limits)
            .build()
            .unwrap();
        (Self { mfa, store, time, servers }, courier)
    }

    fn tenant(&self, id: &str) {
        let tenant = NewTenant::new(id, id, Locale::english()).unwrap();
        block_on(self.mfa.create_tenant(tenant)).unwrap();
    }

    fn user(&self, tenant: &str, to: &str) -> AccountKey {
        let key = AccountKey::new(tenant, to).unwrap();
        let new_user = NewUser::at(to.parse().unwrap()).with_rule(Requirement::Email);
        block_on(self.mfa.add_existing_user(&key, new_user)).unwrap();
        key
    }

    /// Somebody of this tenant logs in and waits for a code.
    fn code(&self, tenant: &str, to: &str) {
        let key = self.user(tenant, to);
        let _ = block_on(self.mfa.begin(&key, FirstFactor::Password, &browser())).unwrap();
    }

    /// As many notices about this user, each to another mailbox of this domain, in one change.
    fn notices(&self, key: &AccountKey, domain: &str, count: usize) {
        let to = |number| format!("ada{number}@{domain}").parse().unwrap();
        self.letters(key, LetterKind::AppRemoved, (0..count).map(to).collect());
    }

    fn letters(&self, key: &AccountKey, subject: LetterKind, to: Vec<EmailAddress>) {
        // Letters of two calls are not the same letters.
        static SEED: AtomicU64 = AtomicU64::new(77);
        let random = SeededRandom::new(SEED.fetch_add(1, Ordering::SeqCst));
        let now = self.time.clock.now();
        let letter = |to| {
            let id = LetterId::draw(&random).unwrap();
            Letter::new(id, key.clone(), to, None, subject.clone(), now, now.plus(72 * HOUR))
        };
        let letters = to.into_iter().map(letter).collect();
        block_on(self.store.commit(Change { letters, ..Change::to_account(key) })).unwrap();
    }

    fn sleeping(&self) -> impl Fn(Duration) -> SleepBox + Send + Sync + use<> {
        let time = self.time.clone();
        move |length| Box::pin(time.sleep(length))
    }
}

type SleepBox = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The delay of Larkfield's codes that are asked for beside all this: one each 700 ms, for two minutes.
fn delays_beside(world: &World, courier: Courier) -> Vec<Duration> {
    let mut running = pin!(courier.run(world.sleeping()));
    let mut asked = Vec::new();
    for number in 0..170 {
        let to = format!("ben@healthy{number}.example");
        world.code("larkfield", &to);
        asked.push((to, world.time.clock.now()));
        let moment = world.time.clock.now().plus(Duration::from_millis(700));
        assert!(!world.time.run_until(&mut running, moment));
    }
    let moment = world.time.clock.now().plus(20 * SECOND);
    assert!(!world.time.run_until(&mut running, moment));
    let delay = |(to, at): (String, Timestamp)| {
        world.servers.arrived(&to).unwrap_or_else(|| panic!("{to} has no code")).since(at)
    };
    asked.into_iter().map(delay).collect()
}

fn longest(delays: &[Duration]) -> Duration {
    delays.iter().max().copied().unwrap()
}

#[test]
fn nine_hanging_domains_delay_everybody_elses_code_by_less_than_two_seconds() {
    for one_tenant in [true, false] {
        let (world, courier) = World::open();
        world.tenant("larkfield");
        for number in 0..9 {
            let tenant = format!("tenant{number}");
            world.tenant(&tenant);
            let domain = format!("hangs{number}.example");
            world.servers.behaves(&domain, HANGS);
            for who in ["ada", "cleo", "dan", "eve"] {
                let tenant = if one_tenant { "larkfield" } else { &tenant };
                world.code(tenant, &format!("{who}@{domain}"));
            }
        }
        let delays = delays_beside(&world, courier);
        println!("beside nine hanging domains, one tenant {one_tenant}: {:?}", longest(&delays));
        assert!(longest(&delays) < 2 * SECOND, "one tenant {one_tenant}: {delays:?}");
        let most = (0..9).map(|number| world.servers.most_of(&format!("hangs{number}.example")));
        assert!(most.max().unwrap() <= 2, "more than two at once at a domain that hangs");
    }
}

#[test]
fn one_tenant_with_a_hundred_hanging_domains_delays_no_other_tenants_code_by_two_seconds() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    world.tenant("attacker");
    for number in 0..100 {
        let domain = format!("hangs{number}.example");
        world.servers.behaves(&domain, HANGS);
        world.code("attacker", &format!("ada@{domain}"));
    }
    let delays = delays_beside(&world, courier);
    println!("beside a hundred hanging domains of another tenant: {:?}", longest(&delays));
    assert!(longest(&delays) < 2 * SECOND, "{delays:?}");
    let most = world.servers.seen.lock().unwrap().most;
    assert!(most <= 8 + 4, "{most} at once, of one tenant that hangs");
}

#[test]
fn a_domain_that_answers_and_then_hangs_holds_up_nobody() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    for number in 0..40 {
        world.code("larkfield", &format!("u{number}@big.example"));
    }
    world.servers.behaves("big.example", Server::Answers(HALF));
    let time = world.time.clone();
    let mut running = pin!(courier.run(world.sleeping()));
    time.run_until(&mut running, MONDAY.plus(SECOND));
    assert_eq!(world.servers.most_of("big.example"), 6, "all but two of the eight");
    world.servers.behaves("big.example", HANGS);
    time.run_until(&mut running, MONDAY.plus(3 * SECOND));
    world.code("larkfield", "ben@healthy.example");
    time.run_until(&mut running, MONDAY.plus(3 * SECOND));
    assert_eq!(world.servers.arrived("ben@healthy.example"), Some(MONDAY.plus(3 * SECOND)));
}

#[test]
fn one_domain_behind_a_slow_server_gets_ten_mails_a_second() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    world.servers.behaves("big.example", Server::Answers(HALF));
    for number in 0..300 {
        world.code("larkfield", &format!("u{number}@big.example"));
    }
    let mut running = pin!(courier.run(world.sleeping()));
    world.time.run_until(&mut running, MONDAY.plus(10 * SECOND));
    println!("one domain at 0.5 s: {} mails in 10 s", world.servers.arrivals());
    assert!(world.servers.arrivals() >= 100);
    assert!(world.servers.seen.lock().unwrap().most <= 8);
}

#[test]
fn two_thousand_notices_delay_a_code_by_less_than_two_seconds() {
    for (server, of) in [
        (Server::Answers(HALF), "larkfield"),
        (Server::Answers(2 * SECOND), "oakmoor"),
        (HANGS, "larkfield"),
    ] {
        let (world, courier) = World::open();
        world.tenant("larkfield");
        world.tenant("oakmoor");
        for domain in 0..4 {
            let domain = format!("notices{domain}.example");
            world.servers.behaves(&domain, server);
            let to = format!("ada@{domain}");
            world.notices(&world.user(of, &to), &domain, 500);
        }
        let delays = delays_beside(&world, courier);
        println!("beside 2,000 notices of {of} at {server:?}: {:?}", longest(&delays));
        assert!(longest(&delays) < 2 * SECOND, "{of} {server:?}: {delays:?}");
    }
}

#[test]
fn codes_go_before_notices_that_waited_longer() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    world.tenant("oakmoor");
    let ada = world.user("oakmoor", "ada@oakmoor.example");
    world.notices(&ada, "oakmoor.example", 20);
    for number in 0..3 {
        world.code("larkfield", &format!("ben@d{number}.example"));
    }
    block_on(courier.drain()).unwrap();
    let order = world.servers.seen.lock().unwrap().order.clone();
    let codes = order.iter().position(|to| to.starts_with("ada"));
    assert_eq!((order.len(), codes), (23, Some(3)), "{order:?}");
}

#[test]
fn notices_that_take_long_leave_two_places_to_codes() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    world.tenant("oakmoor");
    let ada = world.user("oakmoor", "ada@oakmoor.example");
    for domain in 0..20 {
        let domain = format!("notices{domain}.example");
        world.servers.behaves(&domain, Server::Answers(HALF));
        world.notices(&ada, &domain, 20);
    }
    let delays = delays_beside(&world, courier);
    assert_eq!(longest(&delays), Duration::ZERO, "a code waited for a notice: {delays:?}");
}

#[test]
fn the_codes_of_a_tenant_with_many_do_not_hold_up_those_of_another() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    world.tenant("flood");
    for number in 0..1500 {
        world.code("flood", &format!("u{number}@flood{}.example", number % 20));
        world.servers.behaves(&format!("flood{}.example", number % 20), Server::Answers(HALF));
    }
    let delays = delays_beside(&world, courier);
    println!("beside 1,500 codes of another tenant: {:?}", longest(&delays));
    assert!(longest(&delays) < 2 * SECOND, "{delays:?}");
}

#[test]
fn tenants_take_turns_and_of_one_tenant_the_oldest_letter_goes_first() {
    let (world, courier) = World::open();
    for tenant in ["a", "b", "c"] {
        world.tenant(tenant);
    }
    for (tenant, count) in [("a", 6), ("b", 2), ("c", 1)] {
        for number in 0..count {
            world.code(tenant, &format!("{tenant}{number}@{tenant}{number}.example"));
        }
    }
    block_on(courier.drain()).unwrap();
    let seen = world.servers.seen.lock().unwrap();
    let order: Vec<_> = seen.order.iter().map(|to| to.split('@').next().unwrap()).collect();
    assert_eq!(order, ["a0", "b0", "c0", "a1", "b1", "a2", "a3", "a4", "a5"]);
}

#[test]
fn the_pause_after_a_failure_counts_from_its_end_and_grows() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    world.servers.behaves("hangs.example", HANGS);
    world.code("larkfield", "ada@hangs.example");
    let mut running = pin!(courier.run(world.sleeping()));
    world.time.run_until(&mut running, MONDAY.plus(10 * MINUTE));
    let begun = world.servers.seen.lock().unwrap().begun.clone();
    let pauses: Vec<_> =
        begun.windows(2).map(|two| two[1].0.since(two[0].0).as_secs_f64() - 30.0).collect();
    let least = [5.0, 10.0, 20.0, 40.0, 60.0, 60.0];
    assert!(pauses.len() >= least.len(), "tried until the code ends: {pauses:?}");
    for (pause, least) in pauses.iter().zip(least.into_iter().chain([60.0; 9])) {
        assert!((least..=least * 1.25).contains(pause), "{pauses:?}");
    }
    assert!(pauses.iter().any(|pause| pause.fract() != 0.0), "no jitter: {pauses:?}");
}

fn events(world: &World) -> Vec<EventKind> {
    let tenant = "larkfield".parse().unwrap();
    let events = block_on(world.store.events(&tenant, None, None, 1000)).unwrap();
    events.into_iter().map(|event| event.what).collect()
}

fn not_sent(world: &World) -> Vec<(MailKind, Option<String>)> {
    let not_sent = |what| match what {
        EventKind::MailNotSent { mail, reason } => {
            Some((mail, reason.map(|reason| reason.to_string())))
        }
        _ => None,
    };
    events(world).into_iter().filter_map(not_sent).collect()
}

#[test]
fn a_mail_that_is_given_up_is_an_event_with_the_reason_and_only_after_the_last_try() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    world.servers.behaves("hangs.example", HANGS);
    world.code("larkfield", "ada@hangs.example");
    let counts = courier.counts();
    let mut running = pin!(courier.run(world.sleeping()));
    world.time.run_until(&mut running, MONDAY.plus(8 * MINUTE));
    assert_eq!(not_sent(&world), []);
    world.time.run_until(&mut running, MONDAY.plus(11 * MINUTE));
    assert_eq!(not_sent(&world), [(MailKind::LoginCode, Some("content 451 4.7.1".to_owned()))]);
    let counts = counts.so_far();
    assert_eq!((counts.sent, counts.dropped, counts.given_up, counts.next), (0, 1, 1, None));
    assert!(counts.delayed >= 5);
}

#[test]
fn a_mail_that_ends_while_it_waits_is_an_event() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    world.code("larkfield", "ada@larkfield.example");
    world.time.clock.advance(10 * MINUTE);
    assert_eq!(block_on(courier.drain()).unwrap().given_up, 1);
    assert_eq!(not_sent(&world), [(MailKind::LoginCode, None)]);
}

#[test]
fn a_letter_has_one_message_id_however_often_it_is_tried() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    world.servers.behaves("hangs.example", HANGS);
    world.code("larkfield", "ada@hangs.example");
    world.code("larkfield", "ben@hangs.example");
    let mut running = pin!(courier.run(world.sleeping()));
    world.time.run_until(&mut running, MONDAY.plus(5 * MINUTE));
    let refs = world.servers.seen.lock().unwrap().refs.clone();
    assert!(refs.len() > 4);
    assert_eq!(refs.into_iter().collect::<BTreeSet<_>>().len(), 2);
}

#[test]
fn a_server_that_takes_minutes_for_one_mail_gets_no_copy_of_it() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    world.servers.behaves("slow.example", Server::Answers(9 * MINUTE + SECOND));
    world.notices(&world.user("larkfield", "ada@slow.example"), "slow.example", 1);
    let mut running = pin!(courier.run(world.sleeping()));
    world.time.run_until(&mut running, MONDAY.plus(HOUR));
    let begun = world.servers.seen.lock().unwrap().begun.len();
    assert_eq!((begun, world.servers.arrivals()), (1, 1));
}

#[test]
fn a_resend_takes_the_place_of_a_letter_that_still_waits() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    let key = world.user("larkfield", "ada@larkfield.example");
    let begun = block_on(world.mfa.begin(&key, FirstFactor::Password, &browser())).unwrap();
    let countersign_core::Begun::Step(countersign_core::Step::EnterCode(challenge)) = begun else {
        panic!("{begun:?}")
    };
    for _ in 0..2 {
        world.time.clock.advance(MINUTE);
        let _ = block_on(world.mfa.resend(&challenge.ticket, &browser())).unwrap();
    }
    let drained = block_on(courier.drain()).unwrap();
    assert_eq!((drained.sent, drained.dropped, drained.given_up), (1, 2, 0));
}

#[test]
fn notices_leave_half_of_a_tenants_pace_to_codes() {
    let mut limits = Limits::default();
    limits.tenant_mails_per_minute = 20;
    let (world, courier) = World::with(limits);
    world.tenant("larkfield");
    let ada = world.user("larkfield", "ada@larkfield.example");
    world.notices(&ada, "larkfield.example", 50);
    let drained = block_on(courier.drain()).unwrap();
    assert_eq!((drained.sent, drained.wait), (10, Some(MINUTE)));
    for number in 0..15 {
        world.code("larkfield", &format!("u{number}@larkfield.example"));
    }
    assert_eq!(block_on(courier.drain()).unwrap().sent, 10);
    world.time.clock.advance(MINUTE);
    assert_eq!(block_on(courier.drain()).unwrap().sent, 15);
}

#[test]
fn a_deployment_has_a_pace_and_what_ends_before_its_turn_is_given_up() {
    let mut limits = Limits::default();
    limits.email_code_life = MINUTE;
    limits.mails_per_minute = 60;
    limits.tenant_mails_per_minute = 60;
    let (world, courier) = World::with(limits);
    for tenant in ["a", "b"] {
        world.tenant(tenant);
        for number in 0..40 {
            world.code(tenant, &format!("u{number}@{tenant}.example"));
        }
    }
    let drained = block_on(courier.drain()).unwrap();
    assert_eq!((drained.sent, drained.wait), (60, Some(MINUTE)));
    world.time.clock.advance(MINUTE);
    let drained = block_on(courier.drain()).unwrap();
    assert_eq!((drained.sent, drained.given_up, drained.next), (0, 20, None));
}

#[test]
fn a_courier_that_is_told_to_stop_ends_within_a_bound_though_a_server_hangs() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    world.servers.behaves("hangs.example", Server::Hangs(HOUR));
    world.code("larkfield", "ada@hangs.example");
    for number in 0..30 {
        world.servers.behaves(&format!("slow{number}.example"), Server::Answers(HALF));
        world.code("larkfield", &format!("u{number}@slow{number}.example"));
    }
    let counts = courier.counts();
    let mut running = pin!(courier.run_until(world.sleeping(), ready(())));
    assert!(world.time.run_until(&mut running, MONDAY.plus(30 * SECOND)), "it does not end");
    assert_eq!(counts.so_far().sent, 7, "only what had a place is sent");
}

#[test]
fn one_mailbox_gets_ten_notices_of_a_tenant_in_ten_minutes_and_none_is_lost() {
    let (world, courier) = World::open();
    let victim: EmailAddress = "victim@larkfield.example".parse().unwrap();
    let reset = || LetterKind::MfaReset { by: "Kim".to_owned(), reason: "lost".to_owned() };
    world.tenant("hostile");
    let key = world.user("hostile", "ada@hostile.example");
    world.letters(&key, reset(), vec![victim.clone(); 24]);
    // Nobody takes the places of another tenant, nor those of codes.
    world.tenant("larkfield");
    let key = world.user("larkfield", "victim@larkfield.example");
    world.letters(&key, reset(), vec![victim.clone()]);
    let _ = block_on(world.mfa.begin(&key, FirstFactor::Password, &browser())).unwrap();
    let drained = block_on(courier.drain()).unwrap();
    assert_eq!((drained.sent, drained.delayed, drained.wait), (12, 14, Some(10 * MINUTE)));
    for expected in [10, 4, 0] {
        world.time.clock.advance(10 * MINUTE);
        assert_eq!(block_on(courier.drain()).unwrap().sent, expected);
    }
}

#[test]
fn a_notice_of_a_change_waits_for_no_lock_of_anybody() {
    let mut limits = Limits::default();
    limits.tenant_mails_per_minute = 20;
    let (world, courier) = World::with(limits);
    world.tenant("larkfield");
    let victim: EmailAddress = "victim@larkfield.example".parse().unwrap();
    // More of them than one mailbox, one tenant or the eight places take, and all of them first.
    for number in 0..200 {
        let key = world.user("larkfield", &format!("u{number}@larkfield.example"));
        world.letters(&key, LetterKind::Locked { until: MONDAY.plus(HOUR) }, vec![victim.clone()]);
    }
    assert_eq!(block_on(courier.drain()).unwrap().sent, 5, "a quarter of the pace");
    let ada = world.user("larkfield", "ada@larkfield.example");
    world.letters(&ada, LetterKind::AppRemoved, vec![victim.clone(); 5]);
    assert_eq!(block_on(courier.drain()).unwrap().sent, 5, "at once");
    let mut sent = 10;
    for _ in 0..60 {
        world.time.clock.advance(MINUTE);
        sent += block_on(courier.drain()).unwrap().sent;
    }
    assert!((60..=80).contains(&sent), "ten in ten minutes to one mailbox, of locks too: {sent}");
}

#[test]
fn locks_that_take_long_leave_places_to_notices_of_a_change() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    for number in 0..40 {
        let domain = format!("locks{}.example", number % 20);
        world.servers.behaves(&domain, Server::Answers(HALF));
        let to = format!("u{number}@{domain}");
        let key = world.user("larkfield", &to);
        let locked = LetterKind::Locked { until: MONDAY.plus(HOUR) };
        world.letters(&key, locked, vec![to.parse().unwrap()]);
    }
    let ada = world.user("larkfield", "ada@larkfield.example");
    let mut running = pin!(courier.run(world.sleeping()));
    world.time.settle(&mut running);
    world.letters(&ada, LetterKind::AppRemoved, vec!["ada@larkfield.example".parse().unwrap()]);
    world.code("larkfield", "ben@healthy.example"); // It wakes the courier.
    world.time.settle(&mut running);
    assert_eq!(world.servers.arrived("ada@larkfield.example"), Some(MONDAY));
}

#[test]
fn two_notices_of_one_lock_are_one_mail() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    let to = "ada@larkfield.example";
    let key = world.user("larkfield", to);
    let locked = LetterKind::Locked { until: MONDAY.plus(HOUR) };
    world.letters(&key, locked, vec![to.parse().unwrap(); 3]);
    let drained = block_on(courier.drain()).unwrap();
    assert_eq!((drained.sent, drained.dropped, drained.given_up), (1, 2, 0));
}

#[test]
fn a_courier_without_a_timer_sends_to_everybody_too() {
    let (world, courier) = World::open();
    world.tenant("larkfield");
    for number in 0..50 {
        world.code("larkfield", &format!("u{number}@d{}.example", number % 3));
    }
    let mut running = pin!(courier.run(|_| pending::<()>()));
    world.time.settle(&mut running);
    assert_eq!(world.servers.arrivals(), 50);
}
