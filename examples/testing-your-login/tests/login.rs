//! A host tests its own login: no network, no waiting, no mocks of countersign.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::time::Duration;

use countersign::{
    AccountKey, Client, EmailAddress, Keys, Locale, MINUTE, MemoryStore, Mfa, NewTenant, NewUser,
    OsRandom, Requirement,
};
use countersign_testkit::{FakeClock, FakePhone, Inbox};
use pollster::block_on;
use testing_your_login::{Page, Portal};

const RIGHT: &str = "correct horse";

#[test]
fn a_new_phone_is_linked_once_and_a_quarter_of_an_hour_of_lockout_passes_in_milliseconds() {
    let (portal, _, clock, ben, browser) = portal(Requirement::App);
    let log_in = || block_on(portal.log_in(&ben, RIGHT, &browser)).unwrap();
    let Page::ShowQr(ticket, app) = log_in() else { panic!("no QR code") };
    let mut phone = FakePhone::new();
    phone.scan(&app);
    let page = block_on(portal.code(&ticket, &phone.code(clock.now()), &browser)).unwrap();
    let Page::Home(cookie) = page else { panic!("{page:?}") };
    assert_eq!(block_on(portal.whose(&cookie)).unwrap().as_deref(), Some("ben"));

    // Four guesses are free. The fifth locks for 30 s, and each one after it for twice as long.
    let start = clock.now();
    let mut lock = Duration::from_secs(30);
    for guess in 1..=9 {
        let Page::AskForCode(ticket) = log_in() else { panic!("no code asked for") };
        let page = block_on(portal.code(&ticket, &wrong(&phone, &clock), &browser)).unwrap();
        let Page::Sorry(why) = page else { panic!("{page:?}") };
        assert_eq!(why.starts_with("Too many wrong codes."), guess >= 5, "{guess}: {why}");
        if guess >= 5 {
            assert!(matches!(log_in(), Page::Sorry(_)), "locked");
            clock.advance(lock);
            lock *= 2;
        }
    }
    assert!(clock.now().since(start) > 15 * MINUTE);
    let Page::AskForCode(ticket) = log_in() else { panic!("still locked") };
    let page = block_on(portal.code(&ticket, &phone.code(clock.now()), &browser)).unwrap();
    assert!(matches!(page, Page::Home(_)), "{page:?}");
}

#[test]
fn a_mailed_code_logs_in_the_browser_that_asked_for_it_and_no_other() {
    let (portal, (inbox, courier), _, ben, browser) = portal(Requirement::Email);
    let page = block_on(portal.log_in(&ben, "guess", &browser)).unwrap();
    assert!(matches!(page, Page::Sorry(_)), "{page:?}");
    let page = block_on(portal.log_in(&ben, RIGHT, &browser)).unwrap();
    let Page::AskForCode(ticket) = page else { panic!("{page:?}") };
    block_on(courier.drain()).unwrap();

    let thief = Client::bound_to("the cookie of a thief").unwrap();
    let page = block_on(portal.code(&ticket, &inbox.code(), &thief)).unwrap();
    assert!(matches!(page, Page::Sorry(_)), "{page:?}");
    let page = block_on(portal.code(&ticket, &inbox.code(), &browser)).unwrap();
    let Page::Home(cookie) = page else { panic!("{page:?}") };
    assert_eq!(block_on(portal.whose(&cookie)).unwrap().as_deref(), Some("ben"));
    assert_eq!(block_on(portal.whose("a made-up cookie")).unwrap(), None);
}

#[test]
fn the_test_through_the_pages_is_less_than_forty_lines() {
    let lines = include_str!("pages.rs").lines().count();
    assert!(lines < 40, "{lines} lines");
}

/// A code that the phone shows at no moment near this one.
fn wrong(phone: &FakePhone, clock: &FakeClock) -> String {
    let near: Vec<_> = (0..=60)
        .map(|step| clock.now().minus(15 * MINUTE).plus(Duration::from_secs(step * 30)))
        .map(|at| phone.code(at))
        .collect();
    (0..).map(|n: u32| format!("{n:06}")).find(|code| !near.contains(code)).unwrap()
}

type Mail = (Inbox, countersign::Courier);

/// The portal of Larkfield Freight, where Ben has this rule.
fn portal(rule: Requirement) -> (Portal, Mail, FakeClock, AccountKey, Client) {
    let clock = FakeClock::default();
    let inbox = Inbox::new();
    let (mfa, courier) = Mfa::builder()
        .store(MemoryStore::with_clock(clock.clone()))
        .clock(clock.clone())
        .mailer(inbox.clone())
        .keys(Keys::ephemeral(&OsRandom).unwrap())
        .build()
        .unwrap();
    let company = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
    block_on(mfa.create_tenant(company)).unwrap();
    let ben = AccountKey::new("larkfield", "ben").unwrap();
    let address = EmailAddress::new("ben@larkfield.example").unwrap();
    block_on(mfa.add_existing_user(&ben, NewUser::at(address).with_rule(rule))).unwrap();
    let browser = Client::bound_to("a cookie of 128 bits").unwrap();
    (Portal::new(mfa), (inbox, courier), clock, ben, browser)
}
