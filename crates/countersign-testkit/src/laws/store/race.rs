//! Races on one record: *of any number of commits that expect the same version of a record, at
//! most one succeeds*. And since a conflict means that a version was not the expected one, one
//! does.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_core::account::Account;
use countersign_core::store::{Change, Compared, Part, Versioned};
use countersign_core::{AccountKey, Version};

use crate::fail::fail;
use crate::laws::scene::{
    COMPANY, Props, account, commit, counting, key, raised, tenant, wins, with_account,
    with_tenant, writing,
};
use crate::race::race;
use crate::subject::Subject;

const RACES: usize = 20;
const RACERS: usize = 8;

/// *Of any number of commits that expect the same version of a record, at most one succeeds.*
pub async fn of_many_writes_over_one_version_one_succeeds(subject: &Subject) {
    let props = Props::new();
    let key = key(COMPANY, "ada");
    let mut old = props.create(subject.store(), &key).await;
    let mut company = props.found(subject.store(), key.tenant()).await;
    for _ in 0..RACES {
        let won = race(subject, RACERS, |_, store| {
            let mut next = raised(&old);
            next.value = props.account();
            let change = with_account(&key, Some(old.version), &next);
            async move { wins(&*store, change).await.then_some(next) }
        })
        .await;
        old = the_winner(won, "writes over one version of an account");
        let found = account(subject.store(), &key).await;
        assert_eq!(found.as_ref(), Some(&old), "what is there is not what the winner wrote");

        let won = race(subject, RACERS, |_, store| {
            let mut next = raised(&company);
            next.value = props.tenant(key.tenant());
            let change = with_tenant(key.tenant(), Some(company.version), &next);
            async move { wins(&*store, change).await.then_some(next) }
        })
        .await;
        company = the_winner(won, "writes over one version of a company");
        let found = tenant(subject.store(), key.tenant()).await.0;
        assert_eq!(found.as_ref(), Some(&company), "what is there is not what the winner wrote");
    }
}

/// The same, where absence is the version that all expect.
pub async fn of_many_creations_one_succeeds(subject: &Subject) {
    let props = Props::new();
    for round in 0..RACES {
        let key = key(&format!("company {round}"), "ada");
        let won = race(subject, RACERS, |_, store| {
            let next = props.first(props.account());
            let change = with_account(&key, None, &next);
            async move { wins(&*store, change).await.then_some(next) }
        })
        .await;
        let winner = the_winner(won, "creations of one account");
        let found = account(subject.store(), &key).await;
        assert_eq!(found, Some(winner), "what is there is not what the winner created");

        let won = race(subject, RACERS, |_, store| {
            let next = props.first(props.tenant(key.tenant()));
            let change = with_tenant(key.tenant(), None, &next);
            async move { wins(&*store, change).await.then_some(next) }
        })
        .await;
        let winner = the_winner(won, "creations of one company");
        let found = tenant(subject.store(), key.tenant()).await.0;
        assert_eq!(found, Some(winner), "what is there is not what the winner created");
    }
    let ada = key(COMPANY, "ada");
    come_and_go(subject, "creations of one account", [(ada.clone(), None), (ada, None)]).await;
}

/// Two sides create and erase, until that was done 200 times and they took turns often: nobody ever
/// finds another's record beside or over their own. They go on without a pause, so a store that
/// compares first and writes a moment later is found every time, however short the moment.
async fn come_and_go(subject: &Subject, what: &str, two: [(AccountKey, Option<AccountKey>); 2]) {
    const TIMES: u64 = 200;
    const TURNS: u64 = 400;
    const MOST_TRIES: u64 = 50_000;
    /// How often somebody looks around before they leave.
    const LOOKS: u64 = 3;
    let props = Props::new();
    let times = Arc::new(AtomicU64::new(0));
    let turns = Arc::new(AtomicU64::new(0));
    let last = Arc::new(AtomicUsize::new(RACERS));
    let both = Arc::new(AtomicBool::new(false));
    race(subject, RACERS, |worker, store| {
        let [first, second] = &two;
        // Every other worker uses the second node, and each side uses both.
        let side = worker / 2 % 2;
        let (mine, other) = if side == 0 { first } else { second }.clone();
        let (times, turns, both) = (times.clone(), turns.clone(), both.clone());
        let (props, last) = (props.clone(), last.clone());
        async move {
            let is_reached = |count: &AtomicU64, goal| count.load(Ordering::SeqCst) >= goal;
            for _ in 0..MOST_TRIES {
                let enough = is_reached(&times, TIMES) && is_reached(&turns, TURNS);
                if enough || both.load(Ordering::SeqCst) {
                    return;
                }
                let next = props.first(props.account());
                let also = other.as_ref().map(absent);
                if !wins(&*store, Change { also, ..with_account(&mine, None, &next) }).await {
                    continue;
                }
                times.fetch_add(1, Ordering::SeqCst);
                if last.swap(side, Ordering::SeqCst) != side {
                    turns.fetch_add(1, Ordering::SeqCst);
                }
                let mut beside = false;
                for _ in 0..LOOKS {
                    if let Some(other) = &other {
                        beside |= account(&*store, other).await.is_some();
                    }
                }
                let leave = Part::Erase(next.version);
                let leave = Change { account: leave, ..Change::to_account(&mine) };
                let over = !wins(&*store, leave).await;
                both.fetch_or(beside || over, Ordering::SeqCst);
            }
        }
    })
    .await;
    let both = both.load(Ordering::SeqCst);
    assert!(!both, "of two {what} without a pause both succeeded");
    assert!(times.load(Ordering::SeqCst) > 0, "of many {what} none succeeded");
}

fn absent(other: &AccountKey) -> Compared {
    Compared { user_id: other.user().clone(), version: None }
}

/// Eight workers read, raise and write, until each has won 25 times and all have met often: the sum
/// of all is exact. They go on without a pause, so a store that compares first and writes a moment
/// later is found every time, however short the moment.
pub async fn no_raced_increment_is_lost(subject: &Subject) {
    const EACH: u64 = 25;
    const MEETINGS: u64 = 200;
    const MOST_TRIES: u64 = 5000;
    let props = Props::new();
    let key = key(COMPANY, "ada");
    let first = props.create(subject.store(), &key).await;
    let meetings = Arc::new(AtomicU64::new(0));
    let replaced = Arc::new(Mutex::new(BTreeSet::new()));
    let lost_one = Arc::new(AtomicBool::new(false));
    let counted = race(subject, RACERS, |worker, store| {
        let key = key.clone();
        let meetings = Arc::clone(&meetings);
        let replaced = Arc::clone(&replaced);
        let lost_one = Arc::clone(&lost_one);
        async move {
            let mut won = 0;
            let mut lost = 0;
            let enough = || meetings.load(Ordering::SeqCst) >= MEETINGS;
            let goes_on = || !lost_one.load(Ordering::SeqCst);
            while goes_on() && (won < EACH || !enough()) && won + lost < MOST_TRIES {
                let Some(old) = account(&*store, &key).await else { fail("the account is gone") };
                // Every second one writes as logins do, and the others as administrators.
                let account = match worker % 2 {
                    0 => counting(Some(old.version), &raised(&old)),
                    _ => writing(Some(old.version), &raised(&old)),
                };
                if wins(&*store, Change { account, ..Change::to_account(&key) }).await {
                    won += 1;
                    let mut replaced = replaced.lock().unwrap_or_else(PoisonError::into_inner);
                    lost_one.fetch_or(!replaced.insert(old.version), Ordering::SeqCst);
                } else {
                    lost += 1;
                    meetings.fetch_add(1, Ordering::SeqCst);
                }
            }
            (won, lost)
        }
    })
    .await;
    let lost_one = lost_one.load(Ordering::SeqCst);
    assert!(!lost_one, "two commits over one version both succeeded: increments were lost");
    let won: u64 = counted.iter().map(|(won, _)| won).sum();
    for (own, lost) in counted {
        // Each conflict is another's success.
        assert!(lost <= won - own, "a commit conflicts though nobody has written since the load");
    }
    let last = account(subject.store(), &key).await.map(|account| account.version.number());
    let raised = last.map(|last| last.wrapping_sub(first.version.number()));
    assert_eq!(raised, Some(won), "increments were lost");
}

/// *...at most one succeeds*, where some of them erase.
pub async fn of_an_erasure_and_a_write_one_succeeds(subject: &Subject) {
    let props = Props::new();
    for round in 0..RACES {
        let key = key(COMPANY, &format!("user {round}"));
        let old = props.create(subject.store(), &key).await;
        let won = race(subject, 4, |worker, store| {
            // Who comes first on a busy machine depends on the worker, so each does each.
            let role = (worker + round) % 4;
            let part = match role {
                0 | 1 => Part::Erase(old.version),
                _ => writing(Some(old.version), &raised(&old)),
            };
            let change = Change { account: part, ..Change::to_account(&key) };
            async move { wins(&*store, change).await.then_some(role) }
        })
        .await;
        let winner = the_winner(won, "erasures and writes of one version");
        let found = account(subject.store(), &key).await.map(|account| account.version);
        let expected = (winner > 1).then(|| old.version.next());
        assert_eq!(found, expected, "what is there is not what the winner left");
    }
}

/// Two changes, each of which compares what the other writes: whichever comes second has lost. So
/// two administrators cannot take the office from each other.
pub async fn crossed_comparisons_do_not_both_succeed(subject: &Subject) {
    let props = Props::new();
    for round in 0..RACES {
        let key = key(&format!("company {round}"), "ada");
        let company = props.found(subject.store(), key.tenant()).await;
        let person = props.create(subject.store(), &key).await;
        let won = race(subject, 2, |worker, store| {
            let change = Change::to_account(&key);
            let change = if (worker + round) % 2 == 0 {
                let account = writing(Some(person.version), &raised(&person));
                Change { tenant: Part::Compare(Some(company.version)), account, ..change }
            } else {
                let tenant = writing(Some(company.version), &raised(&company));
                Change { account: Part::Compare(Some(person.version)), tenant, ..change }
            };
            async move { wins(&*store, change).await.then_some(worker) }
        })
        .await;
        the_winner(won, "changes that compare what the other writes");
    }
}

/// *The further account that a change compares is compared until the commit*: of two changes, each
/// of which compares the account that the other writes, one loses. So an administrator who is
/// suspended a moment ago suspends nobody. The same where absence is compared: of two people who
/// each join only if the other has not, one joins.
pub async fn administrators_who_suspend_each_other_do_not_both_succeed(subject: &Subject) {
    let props = Props::new();
    for round in 0..RACES {
        let ada = key(&format!("company {round}"), "ada");
        let bo = key(&format!("company {round}"), "bo");
        let mut there = [None, None];
        if round % 2 == 0 {
            let created = props.create(subject.store(), &ada).await;
            there = [Some(created), Some(props.create(subject.store(), &bo).await)];
        }
        let won = race(subject, 2, |worker, store| {
            let [ada_was, bo_was] = &there;
            // Who comes first on a busy machine depends on the worker, so each does each.
            let change = match (worker + round / 2) % 2 {
                0 => beside(&props, (&ada, ada_was.as_ref()), (&bo, bo_was.as_ref())),
                _ => beside(&props, (&bo, bo_was.as_ref()), (&ada, ada_was.as_ref())),
            };
            async move { wins(&*store, change).await.then_some(worker) }
        })
        .await;
        the_winner(won, "changes that compare the account that the other writes");
    }
    let ada = key(COMPANY, "ada");
    let bo = key(COMPANY, "bo");
    let two = [(ada.clone(), Some(bo.clone())), (bo, Some(ada))];
    come_and_go(subject, "creations that compare the absence of the other", two).await;
}

/// Writes one account and compares the other.
fn beside(
    props: &Props,
    mine: (&AccountKey, Option<&Versioned<Account>>),
    other: (&AccountKey, Option<&Versioned<Account>>),
) -> Change {
    let next = mine.1.map_or_else(|| props.first(props.account()), raised);
    let version = other.1.map(|other| other.version);
    let also = Some(Compared { user_id: other.0.user().clone(), version });
    Change { also, ..with_account(mine.0, mine.1.map(|old| old.version), &next) }
}

/// *Everything in the change, if every version that it names is still the expected one*: people
/// who log in at the same time do not stand in each other's way, also where all of them compare
/// the tenant.
pub async fn changes_to_different_accounts_do_not_conflict(subject: &Subject) {
    let props = Props::new();
    let company = props.found(subject.store(), key(COMPANY, "ada").tenant()).await;
    race(subject, RACERS, |worker, store| {
        let props = props.clone();
        let version = company.version;
        let key = key(COMPANY, &format!("user {worker}"));
        async move {
            let mut expected: Option<Version> = None;
            for round in 0..10 {
                let next = props.first(props.account());
                let tenant =
                    if round % 2 == 0 { Part::Leave } else { Part::Compare(Some(version)) };
                let events = vec![props.event(key.tenant())];
                let letters = vec![props.letter(&key)];
                let change =
                    Change { tenant, events, letters, ..with_account(&key, expected, &next) };
                commit(&*store, change).await;
                expected = Some(next.version);
            }
        }
    })
    .await;
}

/// The one that succeeded.
fn the_winner<T>(racers: Vec<Option<T>>, what: &str) -> T {
    let raced = racers.len();
    let mut won: Vec<T> = racers.into_iter().flatten().collect();
    match (won.pop(), won.len()) {
        (Some(winner), 0) => winner,
        (None, _) => fail(format_args!("of {raced} {what} none succeeded")),
        (Some(_), others) => fail(format_args!("of {raced} {what} {} succeeded", others + 1)),
    }
}
