//! A whole login over HTTP on SQLite, as a browser makes it: five requests, from the form to the page
//! of somebody who is logged in.
//!
//! The floor is what none of it can do without, in the same run: five requests to a route that does
//! nothing, and the same four calls of the library without HTTP around them. What is left over is
//! the adapter: cookies, form tokens, pages, and the proof sealed for the session. The password is
//! the host's, so no password is hashed here.

mod browser;
mod house;

use std::time::{Duration, Instant};

use countersign::HOUR;
use tokio::runtime::Builder;

use crate::Done;
use house::House;

/// People that each task logs in, one after the other.
const PEOPLE: usize = 20;
const ROUNDS: usize = 12;

/// What is measured.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Five requests to a route that does nothing.
    Requests,
    /// Four calls of the library.
    Calls,
    /// The login.
    Login,
}

/// Prints the table.
pub(crate) fn compare() -> Done {
    let folder = std::env::temp_dir().join(format!("countersign-http-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = Builder::new_multi_thread().enable_all().build()?.block_on(table(&folder));
    std::fs::remove_dir_all(&folder)?;
    done
}

async fn table(folder: &std::path::Path) -> Done {
    println!(
        "{:>5}  {:>8} {:>6}  {:>11} {:>9} {:>10}  {:>8} {:>8}",
        "tasks", "logins/s", "ratio", "requests us", "calls us", "adapter us", "p50 us", "p99 us"
    );
    for tasks in [1, 8] {
        let house = House::open(&folder.join(format!("{tasks}.db")), tasks, PEOPLE).await?;
        let mut ratios = Vec::new();
        let mut bare = Vec::new();
        let mut called = Vec::new();
        let mut whole = Vec::new();
        let mut each = Vec::new();
        for _ in 0..ROUNDS {
            let requests = round(&house, Kind::Requests, tasks, &mut Vec::new()).await?;
            let calls = round(&house, Kind::Calls, tasks, &mut Vec::new()).await?;
            let login = round(&house, Kind::Login, tasks, &mut each).await?;
            ratios.push(login / (requests + calls));
            bare.push(requests);
            called.push(calls);
            whole.push(login);
        }
        let logins = f64::from(u32::try_from(tasks * PEOPLE)?);
        let [bare, called, whole] = [bare, called, whole].map(median);
        let per_login = |seconds: f64| seconds / logins * 1e6;
        each.sort_unstable();
        let at = |part: usize| {
            each.get(each.len() * part / 100).map_or(0.0, |time| time.as_secs_f64() * 1e6)
        };
        println!(
            "{tasks:>5}  {:>8.0} {:>6.2}  {:>11.0} {:>9.0} {:>10.0}  {:>8.0} {:>8.0}",
            logins / whole,
            median(ratios),
            per_login(bare),
            per_login(called),
            per_login(whole - bare - called),
            at(50),
            at(99),
        );
    }
    Ok(())
}

/// One round of all tasks side by side, in seconds.
#[expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]
async fn round(house: &House, kind: Kind, tasks: usize, each: &mut Vec<Duration>) -> Done<f64> {
    // A code is good for one login only, so every round is in a time of its own.
    house.clock.advance(2 * HOUR);
    let began = Instant::now();
    let running: Vec<_> = (0..tasks).map(|task| tokio::spawn(house.task(kind, task))).collect();
    for task in running {
        each.extend(task.await??);
    }
    Ok(began.elapsed().as_secs_f64())
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_unstable_by(f64::total_cmp);
    numbers.get(numbers.len() / 2).copied().unwrap_or(0.0)
}
