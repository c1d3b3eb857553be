//! Two processes on one file: what holds among the tasks of one process holds among processes.

use std::path::Path;
use std::sync::Arc;

use countersign_core::account::EventKind;
use countersign_core::store::{Accounts, Change, Part, Store, StoreError};
use countersign_core::{Requirement, Ticket, Timestamp, UserId, Verdict};
use countersign_sql::SqliteStore;
use countersign_testkit::FakeClock;
use tokio::task::JoinSet;

use crate::process::{Actor, say, told};
use crate::scene::{Scribe, company};
use crate::stage::{Stage, other_than, timed};
use crate::{block_on, folder};

/// Wrong answers that each process gives at once: together one less than lock the account.
const WRONG: usize = 2;
/// Right answers that each process gives at once.
const RIGHT: usize = 4;
/// Changes that each process makes to the one account.
const CHANGES: u64 = 150;

/// Part: answers one challenge several times at once, and says what came of each.
pub(crate) async fn answers(path: &Path) {
    let line = told();
    let [ticket, code, times, millis] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
    let clock = FakeClock::at(Timestamp::from_millis(millis.parse().unwrap()));
    let store = timed(&clock).open(path).await.unwrap();
    let stage = Arc::new(Stage::over(store, clock, u64::from(std::process::id())));
    say("ready");
    assert_eq!(told(), "go");
    let mut answers = JoinSet::new();
    for _ in 0..times.parse().unwrap() {
        let stage = Arc::clone(&stage);
        let ticket = Ticket::from_browser(ticket);
        let code = code.to_owned();
        answers.spawn(async move {
            match stage.try_answer(&ticket, &code).await {
                Ok(Verdict::Passed(_)) => "passed".to_owned(),
                Ok(Verdict::Wrong(_)) => "failed".to_owned(),
                Ok(Verdict::Stale(_)) => "stale".to_owned(),
                Ok(other) => format!("{other:?}"),
                Err(error) => error.code().to_owned(),
            }
        });
    }
    while let Some(answer) = answers.join_next().await {
        say(&answer.unwrap());
    }
}

/// Part: makes changes to an account that another process changes as well, and counts its own.
pub(crate) async fn counts(path: &Path) {
    let store = SqliteStore::open(path).await.unwrap();
    let scribe = Scribe::new(1);
    say("ready");
    assert_eq!(told(), "go");
    let mut won = 0;
    let mut lost = 0;
    while won < CHANGES {
        let n = scribe.written(&store).await + 1;
        // The tenant is not there: looking first must not turn the lock into a race.
        let tenant = if n.is_multiple_of(2) { Part::Compare(None) } else { Part::Leave };
        match store.commit(Change { tenant, ..scribe.change(n) }).await {
            Ok(()) => won += 1,
            Err(StoreError::Conflict) => lost += 1,
            Err(error) => panic!("{error:?}"),
        }
        assert!(lost < 100 * CHANGES, "it never wins");
    }
    say(&lost.to_string());
}

/// Lets two processes do it from the same moment; what both said.
fn both(part: &str, path: &Path, told: Option<&str>) -> Vec<String> {
    let mut actors = [(); 2].map(|()| Actor::start(part, path));
    for actor in &mut actors {
        told.into_iter().for_each(|line| actor.tell(line));
        actor.hear_only("ready");
    }
    actors.iter_mut().for_each(|actor| actor.tell("go"));
    actors.into_iter().flat_map(Actor::hear_out).collect()
}

/// Lets two processes answer the challenge with this code, so many times each.
fn race(stage: &Stage, path: &Path, ticket: &Ticket, (code, times): (&str, usize)) -> Vec<String> {
    let line = format!("{} {code} {times} {}", ticket.expose(), stage.now().millis());
    let said = both("answers", path, Some(&line));
    assert_eq!(said.len(), 2 * times, "{said:?}");
    said
}

fn count(said: &[String], what: &str) -> usize {
    said.iter().filter(|word| *word == what).count()
}

async fn events(stage: &Stage, matches: impl Fn(&EventKind) -> bool) -> usize {
    let events = stage.store.events(&company(), None, None, usize::MAX).await.unwrap();
    events.iter().filter(|event| matches(&event.what)).count()
}

/// Several races, so that more than one interleaving is met.
fn one_success(
    stage: &Stage,
    path: &Path,
    mut challenge: impl FnMut() -> (Ticket, String),
    user: &str,
) {
    for round in 1..=3 {
        let (ticket, code) = challenge();
        let wrong = race(stage, path, &ticket, (other_than(&code), WRONG));
        let missed = count(&wrong, "failed");
        // One that met too many others counted nothing; each of the rest counts once.
        assert!(missed + count(&wrong, "store.contended") == 2 * WRONG, "round {round}: {wrong:?}");
        assert_eq!(block_on(stage.failures(user)), missed, "round {round}: {wrong:?}");
        assert_eq!(
            block_on(events(stage, |what| matches!(what, EventKind::Missed { .. }))),
            missed,
            "round {round}: {wrong:?}"
        );
        block_on(stage.operator().unlock(account_of(user))).unwrap();
        let right = race(stage, path, &ticket, (&code, RIGHT));
        assert_eq!(count(&right, "passed"), 1, "round {round}: {right:?}");
        assert_eq!(
            block_on(events(stage, |what| matches!(what, EventKind::Accepted { .. }))),
            1,
            "round {round}: {right:?}"
        );
        block_on(clear_events(path));
    }
}

fn account_of(user: &str) -> UserId {
    UserId::new(user).unwrap()
}

/// The log is counted anew in each round.
async fn clear_events(path: &Path) {
    let mut outside = crate::scene::outside(path).await;
    sqlx::query("DELETE FROM countersign_event").execute(&mut outside).await.unwrap();
}

#[test]
fn an_e_mailed_code_is_good_once_in_two_processes_and_each_miss_counts_once() {
    let path = folder::fresh().join("portal.db");
    let stage = block_on(Stage::at(&path, Requirement::Email));
    let challenge = || {
        stage.advance(60 * 60);
        block_on(async {
            let ticket = stage.challenge("ben").await.ticket;
            (ticket, stage.mailed_code().await)
        })
    };
    one_success(&stage, &path, challenge, "ben");
}

#[test]
fn a_code_of_an_app_is_good_once_in_two_processes_and_each_miss_counts_once() {
    let path = folder::fresh().join("portal.db");
    let stage = block_on(Stage::at(&path, Requirement::App));
    let phone = block_on(stage.link_app("ben"));
    block_on(clear_events(&path));
    let challenge = || {
        stage.advance(60 * 60);
        (block_on(stage.challenge("ben")).ticket, phone.code(stage.now()))
    };
    one_success(&stage, &path, challenge, "ben");
}

#[test]
fn no_change_is_lost_between_two_processes() {
    let path = folder::fresh().join("portal.db");
    let store = block_on(SqliteStore::open(&path)).unwrap();
    let lost = both("counts", &path, None);
    let written = block_on(Scribe::new(1).audit(&store, &path));
    assert_eq!(written, 2 * CHANGES, "and {lost:?} conflicts");
}
