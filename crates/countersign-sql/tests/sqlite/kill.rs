//! `kill -9` at any moment: what was acknowledged is there, and nothing is there by half.

use std::path::Path;
use std::thread;

use countersign_core::Random;
use countersign_core::store::Store;
use countersign_sql::SqliteStore;
use countersign_testkit::SeededRandom;
use tokio::task::JoinSet;

use crate::process::{Actor, say};
use crate::scene::{Scribe, outside};
use crate::{block_on, folder};

const SCRIBES: u8 = 3;
const KILLS: u64 = 150;
/// Changes that a part writes at most, should nobody kill it.
const MOST: u64 = 5_000;

pub(crate) async fn writes_until_it_is_killed(path: &Path) {
    let store = SqliteStore::open(path).await.unwrap();
    let mut scribes = JoinSet::new();
    for number in 0..SCRIBES {
        let store = store.clone();
        let scribe = Scribe::new(number);
        scribes.spawn(async move {
            let written = scribe.written(&store).await;
            for n in written + 1..written + MOST {
                store.commit(scribe.change(n)).await.unwrap();
                say(&format!("{number} {n}"));
            }
        });
    }
    while let Some(ended) = scribes.join_next().await {
        ended.unwrap();
    }
}

/// Kills a writer again and again, each time at another moment, and looks at what is left.
fn sweep(seed: u64) -> (u64, u64) {
    let path = folder::fresh().join("portal.db");
    let random = SeededRandom::new(seed);
    let mut kept = 0;
    let mut unheard = 0;
    for round in 0..KILLS {
        let mut chance = [0; 3];
        random.fill(&mut chance).unwrap();
        let mut writer = Actor::start("writes until it is killed", &path);
        let mut acknowledged = [0; SCRIBES as usize];
        let mut note = |line: &str| {
            let (scribe, n) = line.split_once(' ').unwrap();
            acknowledged[scribe.parse::<usize>().unwrap()] = n.parse().unwrap();
        };
        // In every eighth round it is killed before it has said a word, while it opens the file.
        for _ in 0..if round % 8 == 7 { 0 } else { chance[0] % 24 } {
            note(&writer.hear().unwrap());
        }
        spin(u32::from(chance[1]) * u32::from(chance[2]) * 16);
        writer.kill().iter().for_each(|line| note(line));
        block_on(async {
            let store = SqliteStore::open(&path).await.unwrap();
            for number in 0..SCRIBES {
                let written = Scribe::new(number).audit(&store, &path).await;
                let told = acknowledged[usize::from(number)];
                assert!(written >= told, "change {told} was acknowledged, and {written} are there");
                unheard += u64::from(told > 0 && written > told);
                kept = kept.max(written);
            }
            store.close().await;
            let mut outside = outside(&path).await;
            let check: String =
                sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut outside).await.unwrap();
            assert_eq!(check, "ok");
        });
    }
    (kept, unheard)
}

/// Lets some time pass without a clock.
fn spin(rounds: u32) {
    (0..rounds).for_each(|_| std::hint::spin_loop());
}

#[test]
fn a_process_killed_at_any_moment_loses_nothing_that_it_acknowledged() {
    let sweeps: Vec<_> = [3, 4].map(|seed| thread::spawn(move || sweep(seed))).into();
    for sweep in sweeps {
        let (kept, unheard) = sweep.join().unwrap();
        println!(
            "{KILLS} kills, {kept} changes of one scribe kept, {unheard} not yet acknowledged"
        );
        assert!(kept > KILLS / 2, "the writer was always killed before it wrote");
    }
}
