//! The activity log: one tenant's, newest first, in pages, nothing lost and nothing twice.

use std::collections::BTreeSet;

use countersign_core::account::{Actor, Event, EventKind, Miss};
use countersign_core::mail::{MailKind, MailPhase, MailReason};
use countersign_core::store::{Change, Storage};
use countersign_core::{
    AuthenticatorId, EventId, Method, Pseudonym, Requirement, TenantId, Timestamp,
};

use crate::fail::must;
use crate::laws::same::same;
use crate::laws::scene::{COMPANY, Props, commit, company, events, key, with_account};
use crate::race::race;
use crate::subject::Subject;

/// *`events` returns the events of that tenant only.*
pub async fn events_are_of_one_tenant_only(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let companies = ["acme", "Acme", "acme ", "acm", "acmé"].map(|id| key(id, "ada"));
    let mut told = Vec::new();
    for _ in 0..2 {
        for key in &companies {
            let event = props.event(key.tenant());
            told.push(event.clone());
            let events = vec![event];
            commit(store, Change { events, ..Change::in_tenant(key.tenant().clone()) }).await;
        }
    }
    for key in &companies {
        let of_this = told.iter().rev().filter(|event| event.tenant == *key.tenant());
        let expected: Vec<_> = of_this.map(|event| event.id).collect();
        let found = ids(&events(store, key.tenant()).await);
        assert_eq!(found, expected, "the log of {:?} is not its own", key.tenant().as_str());
    }
}

/// *...newest first*: in the order of their commits, whatever time they tell.
pub async fn events_come_newest_first(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let mut told = Vec::new();
    for at in [50, 40, 60, 60, 10, 2_000_000_000, 20] {
        let mut event = props.event(&company());
        event.at = Timestamp::from_seconds(at);
        told.insert(0, event.id);
        commit(store, Change { events: vec![event], ..Change::in_tenant(company()) }).await;
    }
    let found = ids(&events(store, &company()).await);
    assert_eq!(found, told, "events do not come newest first");
}

/// *Events to append, in this order*, and *events of one commit keep their order*: since the list
/// is newest first, the last event of a change comes first.
pub async fn events_of_one_commit_keep_their_order(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let mut told = Vec::new();
    for _ in 0..3 {
        let events: Vec<_> = (0..6).map(|_| props.event(&company())).collect();
        told.extend(ids(&events));
        commit(store, Change { events, ..Change::in_tenant(company()) }).await;
    }
    told.reverse();
    let found = ids(&events(store, &company()).await);
    assert_eq!(found, told, "events of one commit lose their order");
}

/// *...those before `before` and at most `limit`.*
pub async fn a_page_of_events_ends_before_an_event_and_has_a_limit(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let mut all = Vec::new();
    for size in [1, 3, 2, 4] {
        let events: Vec<_> = (0..size).map(|_| props.event(&company())).collect();
        let other = props.event(key("other", "ada").tenant());
        all.extend(ids(&events));
        commit(store, Change { events, ..Change::in_tenant(company()) }).await;
        let tenant = other.tenant.clone();
        commit(store, Change { events: vec![other], ..Change::in_tenant(tenant) }).await;
    }
    all.reverse();
    for before in all.iter().copied().map(Some).chain([None]) {
        let older = all.iter().skip_while(|id| before.is_some_and(|before| **id != before));
        let older: Vec<_> = older.skip(usize::from(before.is_some())).copied().collect();
        for limit in [0, 1, 2, 9, 10, 100, usize::MAX] {
            let found = ids(&page(store, &company(), before, limit).await);
            let expected: Vec<_> = older.iter().take(limit).copied().collect();
            assert_eq!(found, expected, "a page of {limit} events before {before:?} holds others");
        }
    }
}

/// *An id that is not in that log comes before nothing*, be it another tenant's.
pub async fn a_page_before_an_unknown_event_is_empty(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let other = key("other", "ada");
    let first = props.event(&company());
    let foreign = props.event(other.tenant());
    let told_elsewhere = foreign.id;
    let never_told = props.event(&company()).id;
    for event in [first, foreign, props.event(&company())] {
        let tenant = event.tenant.clone();
        commit(store, Change { events: vec![event], ..Change::in_tenant(tenant) }).await;
    }
    for before in [told_elsewhere, never_told] {
        let found = ids(&page(store, &company(), Some(before), 100).await);
        assert!(found.is_empty(), "a page before an event that is not in the log: {found:?}");
    }
}

/// *With an `account`, only the events of that account*: no other's, and none of nobody's.
pub async fn the_events_of_one_account_are_of_no_other(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let ada = props.pseudonym();
    let ben = props.pseudonym();
    for account in [None, Some(ada), Some(ben)] {
        let event = props.event_about(&company(), account);
        commit(store, Change { events: vec![event], ..Change::in_tenant(company()) }).await;
    }
    for (account, expected) in [(ada, 1), (ben, 1), (props.pseudonym(), 0)] {
        let found = page_of(store, &company(), account, None, 100).await;
        assert!(
            found.iter().all(|event| event.account == Some(account)),
            "the events of one account hold those of another, or of nobody"
        );
        assert_eq!(found.len(), expected, "the events of one account are not all there");
    }
}

/// *...and of that tenant only*, also where two tenants know an account by one pseudonym.
pub async fn the_events_of_one_account_are_of_one_tenant_only(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let here = company();
    let there = key("other", "ada").tenant().clone();
    let account = props.pseudonym();
    let mut told = Vec::new();
    for tenant in [&here, &there, &here] {
        let event = props.event_about(tenant, Some(account));
        told.push(event.clone());
        commit(store, Change { events: vec![event], ..Change::in_tenant(tenant.clone()) }).await;
    }
    for tenant in [&here, &there] {
        let of_this = told.iter().rev().filter(|event| event.tenant == *tenant);
        let expected: Vec<_> = of_this.map(|event| event.id).collect();
        let found = ids(&page_of(store, tenant, account, None, 100).await);
        assert_eq!(found, expected, "the events of one account come from two companies");
    }
}

/// *...newest first, at most `limit`*: a page is full while there are older ones, however many of
/// other people lie between.
pub async fn a_page_of_one_account_is_looked_for_in_the_whole_log(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let ada = props.pseudonym();
    let mut hers = Vec::new();
    for size in [2, 1, 3] {
        let mut events: Vec<_> =
            (0..size).map(|_| props.event_about(&company(), Some(ada))).collect();
        hers.extend(ids(&events));
        events.extend((0..6).map(|_| props.event(&company())));
        commit(store, Change { events, ..Change::in_tenant(company()) }).await;
    }
    hers.reverse();
    for limit in [0, 1, 2, 5, 6, 100, usize::MAX] {
        let found = ids(&page_of(store, &company(), ada, None, limit).await);
        let expected: Vec<_> = hers.iter().take(limit).copied().collect();
        assert_eq!(found, expected, "the page of {limit} of one account's events");
    }
}

/// *...those before `before`*, which is any event of that tenant's log, one of another account too.
pub async fn a_page_of_one_account_may_end_before_any_event(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let ada = props.pseudonym();
    let ben = props.pseudonym();
    let mut log = Vec::new();
    for account in [Some(ada), Some(ben), None, Some(ada), Some(ada), Some(ben), Some(ada), None] {
        let event = props.event_about(&company(), account);
        log.push(event.clone());
        commit(store, Change { events: vec![event], ..Change::in_tenant(company()) }).await;
    }
    for (at, before) in log.iter().enumerate() {
        let older = log.iter().take(at).rev().filter(|event| event.account == Some(ada));
        let older: Vec<_> = older.map(|event| event.id).collect();
        for limit in [1, 2, 100] {
            let found = ids(&page_of(store, &company(), ada, Some(before.id), limit).await);
            let expected: Vec<_> = older.iter().take(limit).copied().collect();
            assert_eq!(found, expected, "the page of one account's events before event {at}");
        }
    }
    let unknown = Some(props.event(&company()).id);
    let found = page_of(store, &company(), ada, unknown, 100).await;
    assert!(found.is_empty(), "one account's events before an event that is not in the log");
}

/// *What is read equals what was written.* Here: everything that can happen, by everybody.
pub async fn an_event_is_read_as_it_was_written(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let operator =
        |reason: &str| Actor::Operator { name: "Zoë 🦆".to_owned(), reason: reason.to_owned() };
    let mut actors = [
        Actor::User,
        Actor::Host,
        Actor::Admin(Pseudonym::from_bytes([0xfe; 16])),
        operator("it's \"urgent\"; -- \\ %"),
        operator(&"ü".repeat(100)),
        Actor::Courier,
    ]
    .into_iter()
    .cycle();
    let mut told = Vec::new();
    for (seconds, what) in (-3..).zip(kinds()) {
        let mut event = props.event_of(&company(), actors.next().unwrap_or(Actor::Host), what);
        event.at = Timestamp::from_millis(seconds * 86_400_001);
        if seconds % 3 == 0 {
            event.account = None;
        }
        told.push(event.clone());
        commit(store, Change { events: vec![event], ..Change::in_tenant(company()) }).await;
    }
    told.reverse();
    for (found, told) in events(store, &company()).await.into_iter().zip(told) {
        same(&found, &told, "an event");
    }
}

/// Commits that race leave each of their events once, and each commit's in its order.
pub async fn racing_commits_neither_lose_nor_repeat_an_event(subject: &Subject) {
    let props = Props::new();
    let told = race(subject, 6, |worker, store| {
        let props = props.clone();
        async move {
            let key = key(COMPANY, &format!("user {worker}"));
            let mut told = Vec::new();
            let mut expected = None;
            for _ in 0..10 {
                let events: Vec<_> = (0..3).map(|_| props.event(&company())).collect();
                told.extend(ids(&events));
                let next = props.first(props.account());
                let change = Change { events, ..with_account(&key, expected, &next) };
                commit(&*store, change).await;
                expected = Some(next.version);
            }
            told
        }
    })
    .await;
    let found = ids(&events(subject.store(), &company()).await);
    let different: BTreeSet<_> = found.iter().collect();
    assert_eq!(different.len(), found.len(), "an event is in the log twice");
    let all: usize = told.iter().map(Vec::len).sum();
    assert_eq!(found.len(), all, "events of racing commits are missing");
    for told in told {
        let of_one: BTreeSet<_> = told.iter().collect();
        let found: Vec<_> = found.iter().rev().filter(|id| of_one.contains(id)).collect();
        assert!(found.into_iter().eq(&told), "events of one worker lose their order in a race");
    }
}

async fn page(
    store: &dyn Storage,
    tenant: &TenantId,
    before: Option<EventId>,
    limit: usize,
) -> Vec<Event> {
    must(store.events(tenant, None, before, limit).await, "read a page of events")
}

async fn page_of(
    store: &dyn Storage,
    tenant: &TenantId,
    account: Pseudonym,
    before: Option<EventId>,
    limit: usize,
) -> Vec<Event> {
    must(store.events(tenant, Some(account), before, limit).await, "read one account's events")
}

fn ids(events: &[Event]) -> Vec<EventId> {
    events.iter().map(|event| event.id).collect()
}

/// Every kind of event, those with parts more than once.
fn kinds() -> Vec<EventKind> {
    let at = Timestamp::from_millis(1_795_530_720_123);
    let authenticator = AuthenticatorId::from_bytes([0xab; 16]);
    let reason = || "verloren: 'das \"Telefon\"' 🚚\\".to_owned();
    let missed = |method, miss, locked_until, disabled| EventKind::Missed {
        method,
        miss,
        locked_until,
        disabled,
    };
    vec![
        EventKind::TenantCreated,
        EventKind::PolicyChanged {
            before: Requirement::None,
            after: Requirement::App,
            revision: i64::MAX.unsigned_abs(),
        },
        EventKind::MailTextChanged,
        EventKind::TenantSignedOut,
        EventKind::Restored,
        EventKind::DamageReplaced,
        EventKind::DamageErased,
        EventKind::TenantDamageReplaced { required: Requirement::App },
        EventKind::ExistingUserAdded,
        EventKind::UserCreated,
        EventKind::Invited,
        EventKind::InvitationAccepted,
        EventKind::InvitationWithdrawn,
        EventKind::RuleChanged { before: Requirement::App, after: Requirement::Email },
        EventKind::Exempted { until: at, reason: reason() },
        EventKind::ExemptionEnded,
        EventKind::EnrollmentApproved { until: Timestamp::from_seconds(1_795_530_720) },
        EventKind::ApprovalWithdrawn,
        EventKind::AdminGranted,
        EventKind::AdminRevoked,
        EventKind::CodeSent { again: false },
        EventKind::CodeSent { again: true },
        EventKind::Accepted { method: Method::Email, finished: false },
        EventKind::Accepted { method: Method::App, finished: true },
        missed(Method::Email, Miss::Wrong, None, false),
        missed(Method::App, Miss::Replayed, Some(at), true),
        missed(Method::App, Miss::Slow, Some(at), false),
        EventKind::AppLinked { authenticator, replaced: false },
        EventKind::AppLinked { authenticator, replaced: true },
        EventKind::AppRemoved { authenticator },
        EventKind::Unlocked,
        EventKind::Reset { reason: reason() },
        EventKind::PasswordChanged,
        EventKind::AddressChanged { in_use: false },
        EventKind::AddressChanged { in_use: true },
        EventKind::AddressConfirmed,
        EventKind::AddressRefused,
        EventKind::AddressTriedAgain,
        EventKind::Suspended,
        EventKind::Resumed,
        EventKind::Removed,
        EventKind::SignedOutEverywhere,
        EventKind::MailNotSent { mail: MailKind::LoginCode, reason: None },
        EventKind::MailNotSent {
            mail: MailKind::Locked,
            reason: Some(MailReason::at(MailPhase::Recipient).with_reply(550).with_status(5, 1, 1)),
        },
    ]
}
