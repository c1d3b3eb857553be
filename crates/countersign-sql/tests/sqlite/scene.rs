//! Numbered changes, so that a database tells by itself whether it holds the first n of them and
//! nothing else.
//!
//! The n-th change of a user raises the version, appends one event or two, and every second one
//! queues a letter. Every third one writes the whole account, the others its counters only.

use std::path::Path;

use countersign_core::account::{Account, Actor, Event, EventKind, Tenant};
use countersign_core::mail::{Letter, LetterKind};
use countersign_core::store::{
    Change, DamagedAccount, DamagedTenant, Part, Store, StoreError, Touched, Versioned,
};
use countersign_core::{
    AccountKey, DisplayName, EmailAddress, EventId, Generation, HOUR, Issuer, LetterId, Locale,
    NewUser, TenantId, Timestamp, Version,
};
use countersign_sql::SqliteStore;
use countersign_testkit::SeededRandom;
use sqlx::sqlite::SqliteConnectOptions;
use sqlx::{ConnectOptions, SqliteConnection};

/// When everything happens.
pub(crate) const MONDAY: Timestamp = Timestamp::from_seconds(1_795_500_000);
/// The version before the first change.
const BASE: u64 = 1 << 63;

pub(crate) fn company() -> TenantId {
    TenantId::new("larkfield").unwrap()
}

pub(crate) fn key(user: &str) -> AccountKey {
    AccountKey::new("larkfield", user).unwrap()
}

pub(crate) fn address(user: &str) -> EmailAddress {
    EmailAddress::new(&format!("{user}@larkfield.example")).unwrap()
}

/// A connection of somebody who looks at the file from outside.
pub(crate) async fn outside(path: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(path).connect().await.unwrap()
}

pub(crate) fn found(id: &TenantId) -> Change {
    let name = DisplayName::new("Larkfield Freight");
    let issuer = Issuer::new("Larkfield");
    let generation = Generation::from_number(1);
    let value =
        Tenant::new(id.clone(), name.unwrap(), issuer.unwrap(), Locale::english(), generation);
    let next = Versioned { version: Version::from_number(1), value };
    let tenant = Part::Write { expected: None, next, touched: Touched::Everything };
    Change { tenant, ..Change::in_tenant(id.clone()) }
}

/// Somebody who makes numbered changes to their own account.
#[derive(Clone)]
pub(crate) struct Scribe {
    pub(crate) key: AccountKey,
    number: u8,
    random: SeededRandom,
}

impl Scribe {
    pub(crate) fn new(number: u8) -> Self {
        let random = SeededRandom::new(number.into());
        Self { key: key(&format!("scribe-{number}")), number, random }
    }

    /// The n-th change, counted from 1; it conflicts unless n - 1 were written.
    pub(crate) fn change(&self, n: u64) -> Change {
        let value = Account::new(NewUser::at(address(&self.wrote_whole(n))), &self.random);
        let touched = if n.is_multiple_of(3) { Touched::Everything } else { Touched::Counters };
        let next = Versioned { version: Version::from_number(BASE + n), value: value.unwrap() };
        let expected = (n > 1).then(|| Version::from_number(BASE + n - 1));
        let events = (0..=n % 2).map(|part| self.event(n, part)).collect();
        let letters = n.is_multiple_of(2).then(|| self.letter(n)).into_iter().collect();
        let account = Part::Write { expected, next, touched };
        Change { account, events, letters, ..Change::to_account(&self.key) }
    }

    pub(crate) fn event(&self, n: u64, part: u64) -> Event {
        let id = EventId::from_bytes(self.id(n, part));
        let what = EventKind::SignedOutEverywhere;
        Event::new(id, company(), None, Actor::User, MONDAY, what)
    }

    pub(crate) fn letter(&self, n: u64) -> Letter {
        let id = LetterId::from_bytes(self.id(n, 0));
        let to = address("scribe");
        let key = self.key.clone();
        let ends = MONDAY.plus(HOUR);
        Letter::new(id, key, to, None, LetterKind::AppRemoved, MONDAY, ends)
    }

    /// Writes changes up to this one.
    pub(crate) async fn write_up_to(&self, store: &SqliteStore, last: u64) {
        for n in self.written(store).await + 1..=last {
            store.commit(self.change(n)).await.unwrap();
        }
    }

    /// How many changes the account says were written.
    pub(crate) async fn written(&self, store: &SqliteStore) -> u64 {
        let account = store.load(&self.key).await.unwrap().account;
        account.map_or(0, |account| account.version.number() - BASE)
    }

    /// How many changes there are, after a look at every table: the account, its document, the
    /// events and the letters must all be of the same n changes.
    pub(crate) async fn audit(&self, store: &SqliteStore, path: &Path) -> u64 {
        let n = self.written(store).await;
        let mut outside = outside(path).await;
        let ids = async |statement: &'static str, outside: &mut SqliteConnection| {
            let query = sqlx::query_scalar(statement).bind(vec![self.number]);
            let ids: Vec<Vec<u8>> = query.fetch_all(outside).await.unwrap();
            ids
        };
        const EVENTS: &str =
            "SELECT id FROM countersign_event WHERE substr(id, 1, 1) = ?1 ORDER BY number";
        let events: Vec<_> = (1..=n).flat_map(|n| (0..=n % 2).map(move |p| (n, p))).collect();
        let events: Vec<_> = events.into_iter().map(|(n, part)| self.id(n, part)).collect();
        assert!(
            ids(EVENTS, &mut outside).await == events,
            "the events are not those of {n} changes"
        );
        const LETTERS: &str =
            "SELECT id FROM countersign_letter WHERE substr(id, 1, 1) = ?1 ORDER BY number";
        let letters: Vec<_> =
            (1..=n).filter(|n| n.is_multiple_of(2)).map(|n| self.id(n, 0)).collect();
        assert!(
            ids(LETTERS, &mut outside).await == letters,
            "letters are not those of {n} changes"
        );
        if let Some(account) = store.load(&self.key).await.unwrap().account {
            let expected = address(&self.wrote_whole(n));
            assert_eq!(
                account.value.address(),
                Some(&expected),
                "the document is not of {n} changes"
            );
        }
        n
    }

    /// The name in the address that the last whole account carries.
    fn wrote_whole(&self, n: u64) -> String {
        format!("n{}", if n < 3 { 1 } else { n - n % 3 })
    }

    fn id(&self, n: u64, part: u64) -> [u8; 16] {
        let mut id = [self.number; 16];
        id[1..9].copy_from_slice(&n.to_be_bytes());
        id[15] = u8::try_from(part).unwrap();
        id
    }
}

/// Whether the store is unavailable, and so wrote nothing.
pub(crate) fn is_unavailable<T>(result: &Result<T, StoreError>) -> bool {
    matches!(result, Err(StoreError::Unavailable(_)))
}

/// Where something is damaged, which it must be.
#[track_caller]
pub(crate) fn corrupt<T>(result: Result<T, StoreError>) -> String {
    match result {
        Err(
            StoreError::Corrupt { place }
            | StoreError::Damaged(DamagedAccount { place, .. })
            | StoreError::DamagedTenant(DamagedTenant { place, .. }),
        ) => place,
        Err(other) => panic!("not corrupt: {other:?}"),
        Ok(_) => panic!("damage was read as if nothing was wrong"),
    }
}
