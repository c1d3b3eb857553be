//! What `load` returns: tenant, account and time, all as of one moment, and that moment is now.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use countersign_core::store::{Change, Storage};
use countersign_core::{AccountKey, Timestamp, Version};

use crate::laws::scene::{
    COMPANY, LONG, Props, account, claim, commit, company, key, load, raised, tenant, with_account,
    with_tenant, writing,
};
use crate::race::{Encounter, race};
use crate::subject::Subject;

/// A moment that no clock shows while a law is tried: in the year 2100.
const FAR: Timestamp = Timestamp::from_seconds(4_102_444_800);
/// And one in the year 1970.
const PAST: Timestamp = Timestamp::from_seconds(0);

/// *`load` returns tenant, account and time as of one moment.*
///
/// A writer raises both in one change, so no reader may ever find them at different versions.
pub async fn a_snapshot_is_of_one_moment(subject: &Subject) {
    let props = Props::new();
    let key = key(COMPANY, "ada");
    let mut both = (props.first(props.tenant(key.tenant())), props.first(props.account()));
    both.1.version = both.0.version;
    let change = Change {
        tenant: writing(None, &both.0),
        account: writing(None, &both.1),
        ..Change::to_account(&key)
    };
    commit(subject.store(), change).await;

    let encounter = Encounter::default();
    race(subject, 4, |worker, store| {
        let key = key.clone();
        let encounter = encounter.clone();
        let mut both = both.clone();
        async move {
            while worker > 0 && encounter.wants_read() {
                let found = load(&*store, &key).await;
                let found = (found.tenant.map(|t| t.version), found.account.map(|a| a.version));
                assert!(
                    found.0 == found.1,
                    "tenant and account of a snapshot are of different moments: {found:?}"
                );
            }
            let mut written = 0;
            while worker == 0 && encounter.wants_write(written).await {
                let next = (raised(&both.0), raised(&both.1));
                let change = Change {
                    tenant: writing(Some(both.0.version), &next.0),
                    account: writing(Some(both.1.version), &next.1),
                    ..Change::to_account(&key)
                };
                commit(&*store, change).await;
                both = next;
                written += 1;
            }
        }
    })
    .await;
}

/// *`load` returns tenant, account and time as of one moment.*
///
/// The time of a snapshot lies between what the writer read before it wrote that version, and
/// after it wrote the next one.
pub async fn the_time_of_a_snapshot_is_of_the_same_moment(subject: &Subject) {
    times_fit(subject, Read::Account).await;
}

/// What a reader reads together with the time.
#[derive(Debug, Clone, Copy)]
pub(in crate::laws) enum Read {
    /// The account, with `Store::load`.
    Account,
    /// The tenant, with `Accounts::tenant`.
    Company,
}

impl Read {
    async fn version_and_time(
        self,
        store: &dyn Storage,
        key: &AccountKey,
    ) -> (Option<Version>, Timestamp) {
        match self {
            Self::Account => {
                let found = load(store, key).await;
                (found.account.map(|account| account.version), found.now)
            }
            Self::Company => {
                let (found, now) = tenant(store, key.tenant()).await;
                (found.map(|tenant| tenant.version), now)
            }
        }
    }

    /// The time as the other call tells it, to hold this one against.
    async fn time_told_elsewhere(self, store: &dyn Storage, key: &AccountKey) -> Timestamp {
        let other = match self {
            Self::Account => Self::Company,
            Self::Company => Self::Account,
        };
        other.version_and_time(store, key).await.1
    }
}

/// Lets a writer raise a version while readers read it with the time, and holds the times against
/// each other.
pub(in crate::laws) async fn times_fit(subject: &Subject, read: Read) {
    let props = Props::new();
    let key = key(COMPANY, "ada");
    let company = props.found(subject.store(), key.tenant()).await;
    let person = props.create(subject.store(), &key).await;
    let first = read.version_and_time(subject.store(), &key).await.0;
    let encounter = Encounter::default();
    let clock = subject.clock().cloned();
    // What the writer notes for each version: the time before it was written, and after.
    let noted = race(subject, 4, |worker, store| {
        let encounter = encounter.clone();
        let clock = clock.clone();
        let key = key.clone();
        let mut company = company.clone();
        let mut person = person.clone();
        async move {
            let mut noted = Vec::new();
            while worker > 0 && encounter.wants_read() {
                let (version, now) = read.version_and_time(&*store, &key).await;
                noted.push((version, now, now));
            }
            while worker == 0 && encounter.wants_write(noted.len()).await {
                let before = read.time_told_elsewhere(&*store, &key).await;
                if let Some(clock) = &clock {
                    clock.advance(Duration::from_millis(7));
                }
                let next = (raised(&company), raised(&person));
                let (change, version) = match read {
                    Read::Account => {
                        (with_account(&key, Some(person.version), &next.1), next.1.version)
                    }
                    Read::Company => {
                        (with_tenant(key.tenant(), Some(company.version), &next.0), next.0.version)
                    }
                };
                commit(&*store, change).await;
                (company, person) = next;
                let after = read.time_told_elsewhere(&*store, &key).await;
                noted.push((Some(version), before, after));
            }
            noted
        }
    })
    .await;
    let mut noted = noted.into_iter();
    let written = noted.next().unwrap_or_default();
    let places: BTreeMap<_, _> = written.iter().map(|(version, ..)| *version).zip(0..).collect();
    for (version, now, _) in noted.flatten() {
        let at: Option<usize> = places.get(&version).copied();
        assert!(at.is_some() || version == first, "a version was read that nobody wrote");
        let from = at.and_then(|at| written.get(at)).map_or(PAST, |(_, before, _)| *before);
        let next = at.map_or(0, |at| at + 1);
        let to = written.get(next).map_or(FAR, |(_, _, after)| *after);
        assert!(
            from <= now && now <= to,
            "the time read with a version is of another moment: {} ms is not between {} and {} ms",
            now.millis(),
            from.millis(),
            to.millis()
        );
    }
}

/// *`load` sees every commit acknowledged anywhere before it began.*
pub async fn a_load_sees_every_acknowledged_commit(subject: &Subject) {
    let props = Props::new();
    let key = key(COMPANY, "ada");
    let first = props.create(subject.store(), &key).await;
    let encounter = Encounter::default();
    let acknowledged = Arc::new(AtomicU64::new(first.version.number()));
    race(subject, 4, |worker, store| {
        let key = key.clone();
        let encounter = encounter.clone();
        let mut last = first.clone();
        let acknowledged = Arc::clone(&acknowledged);
        async move {
            let mut written = 0;
            while worker == 0 && encounter.wants_write(written).await {
                let next = raised(&last);
                commit(&*store, with_account(&key, Some(last.version), &next)).await;
                acknowledged.store(next.version.number(), Ordering::SeqCst);
                last = next;
                written += 1;
            }
            while worker > 0 && encounter.wants_read() {
                let known = acknowledged.load(Ordering::SeqCst);
                let found = account(&*store, &key).await.map(|account| account.version.number());
                assert!(
                    found >= Some(known),
                    "a load that began after a commit was acknowledged does not see it"
                );
            }
        }
    })
    .await;
    let last = Some(acknowledged.load(Ordering::SeqCst));
    for store in [subject.store(), subject.second()] {
        let found = account(store, &key).await.map(|account| account.version.number());
        assert_eq!(found, last, "a load does not see what was acknowledged before it began");
    }
}

/// *Absence is not an error*, and a tenant is there without people as people are without it.
pub async fn what_was_never_written_is_absent(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let ada = key(COMPANY, "ada");
    let bo = key("other", "bo");
    let empty = load(store, &ada).await;
    assert!(empty.tenant.is_none() && empty.account.is_none(), "an empty store holds something");

    let tenant = props.found(store, ada.tenant()).await;
    let found = load(store, &ada).await;
    assert_eq!(found.tenant, Some(tenant), "a company without people is there");
    assert!(found.account.is_none(), "a company without people has a person");

    let account = props.create(store, &bo).await;
    let found = load(store, &bo).await;
    assert!(found.tenant.is_none(), "a person brought a company along");
    assert_eq!(found.account, Some(account), "a person without a company is there");
}

/// *The time never comes from the caller*, whatever events and letters say.
pub async fn the_time_never_comes_from_the_caller(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let key = key(COMPANY, "ada");
    let mut letter = props.letter(&key);
    (letter.queued, letter.ends) = (FAR, FAR.plus(LONG));
    for (at, letters) in [(FAR, vec![letter]), (PAST, Vec::new())] {
        let mut event = props.event(key.tenant());
        event.at = at;
        commit(store, Change { events: vec![event], letters, ..Change::to_account(&key) }).await;
    }
    let due = claim(store, 10, LONG).await;
    assert_eq!(due.claimed.len(), 1, "a letter is due at once, whenever it says it was written");
    let times = [load(store, &key).await.now, tenant(store, &company()).await.1, due.now];
    assert!(
        times.iter().all(|time| PAST < *time && *time < FAR),
        "the store believed what an event or a letter said: {:?}",
        times.map(Timestamp::millis)
    );
}

/// *The store's time judges ends, locks, leases and steps*: it is one clock, for all three traits.
pub async fn every_trait_tells_the_same_time(subject: &Subject) {
    let store = subject.store();
    let key = key(COMPANY, "ada");
    for round in 0..10 {
        let node = if round % 2 == 0 { store } else { subject.second() };
        let told = [
            load(store, &key).await.now,
            tenant(node, key.tenant()).await.1,
            claim(store, 1, LONG).await.now,
            load(node, &key).await.now,
        ];
        assert!(
            told.is_sorted(),
            "four times asked one after the other run backwards: {:?}",
            told.map(Timestamp::millis)
        );
        if let Some(clock) = subject.clock() {
            assert!(
                told.iter().all(|time| *time == told[0]),
                "the clock stands still, and the store's time does not: {:?}",
                told.map(Timestamp::millis)
            );
            clock.advance(Duration::from_secs(40));
        }
    }
}
