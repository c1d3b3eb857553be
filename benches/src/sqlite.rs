//! A login on SQLite against a loop written by hand: the same statements, the same driver, the same
//! durability, the event row included.
//!
//! Rounds are interleaved, so a busy machine disturbs both alike; ratios are medians over rounds.

mod by_hand;
mod ours;

use std::path::Path;
use std::time::{Duration, Instant};

use countersign::HOUR;
use countersign_testkit::FakeClock;
use tokio::runtime::Builder;

use crate::Done;
use by_hand::ByHand;
use ours::Ours;

/// People that each task logs in, one after the other.
const PEOPLE: usize = 25;
const ROUNDS: usize = 24;

/// How often a commit is flushed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flush {
    Seldom,
    EachCommit,
}

/// What is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operation {
    Begin,
    Verify,
}

/// Prints the table.
pub(crate) fn compare() -> Done {
    let folder = std::env::temp_dir().join(format!("countersign-bench-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = Builder::new_multi_thread().enable_all().build()?.block_on(tables(&folder));
    std::fs::remove_dir_all(&folder)?;
    done
}

async fn tables(folder: &Path) -> Done {
    println!(
        "{:<8} {:<7} {:>5}  {:>9} {:>9} {:>9} {:>6}  {:>8} {:>8} {:>7}  {:>8} {:>8} {:>7}",
        "",
        "synchr.",
        "tasks",
        "memory/s",
        "by hand/s",
        "ours/s",
        "ratio",
        "p50 hand",
        "p99 hand",
        "p99/p50",
        "p50 ours",
        "p99 ours",
        "p99/p50"
    );
    for flush in [Flush::Seldom, Flush::EachCommit] {
        for tasks in [1, 8] {
            let folder = folder.join(format!("{flush:?}-{tasks}"));
            std::fs::create_dir_all(&folder)?;
            let clock = FakeClock::default();
            let memory = Ours::in_memory(tasks, clock.clone()).await?;
            let ours = Ours::open(&folder.join("ours.db"), flush, tasks, clock.clone()).await?;
            let by_hand =
                ByHand::open(&folder.join("ours.db"), &folder.join("hand.db"), flush, tasks)
                    .await?;
            for operation in [Operation::Begin, Operation::Verify] {
                table(operation, flush, tasks, [&memory, &ours], &by_hand, &clock).await?;
            }
            bytes(&ours, &by_hand, &folder, tasks, &clock).await?;
        }
    }
    Ok(())
}

async fn table(
    operation: Operation,
    flush: Flush,
    tasks: usize,
    [memory, ours]: [&Ours; 2],
    by_hand: &ByHand,
    clock: &FakeClock,
) -> Done {
    let mut alone = Vec::new();
    let mut hand = Vec::new();
    let mut our = Vec::new();
    let mut hand_each = Vec::new();
    let mut our_each = Vec::new();
    for _ in 0..ROUNDS {
        clock.advance(2 * HOUR);
        let in_memory = memory.tickets().await?;
        let tickets = ours.tickets().await?;
        let mut each = Vec::new();
        alone.push(run(tasks, &mut each, |task| memory.task(operation, task, &in_memory)).await?);
        hand.push(run(tasks, &mut hand_each, |task| by_hand.task(operation, task)).await?);
        our.push(run(tasks, &mut our_each, |task| ours.task(operation, task, &tickets)).await?);
    }
    let logins = f64::from(u32::try_from(tasks * PEOPLE)?);
    let per_second = |times: &mut Vec<Duration>| {
        times.sort_unstable();
        times.get(times.len() / 2).map_or(0.0, |t| logins / t.as_secs_f64())
    };
    let ratios: Vec<f64> =
        hand.iter().zip(&our).map(|(h, o)| h.as_secs_f64() / o.as_secs_f64()).collect();
    let memory = per_second(&mut alone);
    let by_hand = per_second(&mut hand);
    let ours = per_second(&mut our);
    let (hand_50, hand_99) = percentiles(&mut hand_each);
    let (our_50, our_99) = percentiles(&mut our_each);
    let synchronous = if flush == Flush::Seldom { "NORMAL" } else { "FULL" };
    println!(
        "{:<8} {synchronous:<7} {tasks:>5}  {memory:>9.0} {by_hand:>9.0} {ours:>9.0} {:>6.2}  {hand_50:>8.0} {hand_99:>8.0} {:>7.1}  {our_50:>8.0} {our_99:>8.0} {:>7.1}",
        format!("{operation:?}").to_lowercase(),
        median(ratios),
        hand_99 / hand_50,
        our_99 / our_50,
    );
    Ok(())
}

/// Bytes that each verify adds to the write-ahead log.
async fn bytes(
    ours: &Ours,
    by_hand: &ByHand,
    folder: &Path,
    tasks: usize,
    clock: &FakeClock,
) -> Done {
    clock.advance(2 * HOUR);
    let tickets = ours.tickets().await?;
    let mut each = Vec::new();
    for name in ["hand.db", "ours.db"] {
        checkpoint(&folder.join(name)).await?;
    }
    run(tasks, &mut each, |task| by_hand.task(Operation::Verify, task)).await?;
    run(tasks, &mut each, |task| ours.task(Operation::Verify, task, &tickets)).await?;
    let size = |name: &str| -> Done<u64> {
        Ok(std::fs::metadata(folder.join(name))?.len() / (tasks * PEOPLE) as u64)
    };
    println!(
        "         bytes of log per verify: {} by hand, {} ours",
        size("hand.db-wal")?,
        size("ours.db-wal")?
    );
    Ok(())
}

/// Empties the write-ahead log.
async fn checkpoint(database: &Path) -> Done {
    let url = format!("sqlite:{}", database.display());
    let pool = sqlx::SqlitePool::connect(&url).await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").execute(&pool).await?;
    pool.close().await;
    Ok(())
}

/// Runs the tasks side by side and takes the time of all, and of each operation.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]
async fn run<W>(tasks: usize, each: &mut Vec<Duration>, work: impl Fn(usize) -> W) -> Done<Duration>
where
    W: Future<Output = Done<Vec<Duration>>> + Send + 'static,
{
    let began = Instant::now();
    let running: Vec<_> = (0..tasks).map(|task| tokio::spawn(work(task))).collect();
    for task in running {
        each.extend(task.await??);
    }
    Ok(began.elapsed())
}

/// The time of one operation.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]
async fn timed<T>(work: impl Future<Output = Done<T>>) -> Done<(Duration, T)> {
    let began = Instant::now();
    let done = work.await?;
    Ok((began.elapsed(), done))
}

/// Median and 99th percentile, in microseconds.
fn percentiles(each: &mut [Duration]) -> (f64, f64) {
    each.sort_unstable();
    let at = |part: usize| each.get(each.len() * part / 100).map_or(0.0, |t| t.as_secs_f64() * 1e6);
    (at(50), at(99))
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}

fn user(task: usize, person: usize) -> String {
    format!("user-{task}-{person}")
}
