//! A pool of the host that counts: statements by what the driver logs, commits by a hook in SQLite.

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, Once};

use sqlx::SqlitePool;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions};

/// What was logged, by the name of the thread: each connection has one of its own.
static LOGGED: LazyLock<Mutex<BTreeMap<String, Vec<String>>>> = LazyLock::new(Mutex::default);

pub(crate) struct Watch {
    name: String,
    commits: Arc<AtomicU64>,
    rollbacks: Arc<AtomicU64>,
}

/// What happened since the last look.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Seen {
    /// Verb and table of each statement; transactions are not among them.
    pub(crate) statements: Vec<String>,
    pub(crate) commits: u64,
    pub(crate) rollbacks: u64,
}

impl Watch {
    /// A pool in WAL mode on this file, and what watches it.
    pub(crate) async fn pool(path: &Path, connections: u32) -> (SqlitePool, Self) {
        listen();
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("watched-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let commits = Arc::<AtomicU64>::default();
        let rollbacks = Arc::<AtomicU64>::default();
        let thread = name.clone();
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .thread_name(move |_| thread.clone());
        let hooks = (Arc::clone(&commits), Arc::clone(&rollbacks));
        let pool = SqlitePoolOptions::new()
            .max_connections(connections)
            .after_connect(move |connection, _| {
                let (commits, rollbacks) = hooks.clone();
                Box::pin(async move {
                    let mut handle = connection.lock_handle().await?;
                    handle.set_commit_hook(move || {
                        commits.fetch_add(1, Ordering::SeqCst);
                        true
                    });
                    handle.set_rollback_hook(move || {
                        rollbacks.fetch_add(1, Ordering::SeqCst);
                    });
                    Ok(())
                })
            })
            .connect_with(options)
            .await
            .unwrap();
        (pool, Self { name, commits, rollbacks })
    }

    /// What happened since the last time this was asked.
    pub(crate) fn take(&self) -> Seen {
        let lines = LOGGED.lock().unwrap().remove(&self.name).unwrap_or_default();
        Seen {
            statements: lines.iter().filter_map(|line| statement(line)).collect(),
            commits: self.commits.swap(0, Ordering::SeqCst),
            rollbacks: self.rollbacks.swap(0, Ordering::SeqCst),
        }
    }
}

/// Verb and table; nothing for what a new connection sets up.
fn statement(line: &str) -> Option<String> {
    let (_, summary) = line.split_once("summary=\"")?;
    let words: Vec<_> = summary.split([' ', '"', '\n']).collect();
    let table = words.iter().find_map(|word| word.strip_prefix("countersign_"));
    match words[0] {
        "PRAGMA" => None,
        "SELECT" => Some("SELECT".to_owned()),
        verb => Some(format!("{verb} {}", table.unwrap_or("?"))),
    }
}

/// Lets the log of every watched connection be kept.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        tracing_subscriber::fmt()
            .with_max_level(tracing::Level::DEBUG)
            .with_ansi(false)
            .with_writer(|| Tape)
            .init();
    });
}

struct Tape;

impl Write for Tape {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let thread = std::thread::current();
        if let Some(name) = thread.name().filter(|name| name.starts_with("watched-")) {
            let line = String::from_utf8_lossy(line).into_owned();
            LOGGED.lock().unwrap().entry(name.to_owned()).or_default().push(line);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
