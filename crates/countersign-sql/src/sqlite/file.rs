//! The file of a database, as it was when it was opened. A process that goes on with one that was
//! deleted or replaced would write where nobody ever reads.

use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use countersign_core::{Clock as _, DAY, SystemClock, Timestamp};

/// Which file stands at a path.
#[derive(Debug)]
pub(super) struct Identity {
    path: PathBuf,
    file: Option<(u64, u64)>,
}

impl Identity {
    /// The file that is there now.
    pub(super) fn of(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), file: number(path)? })
    }

    /// An error if another file is there by now, or none.
    pub(super) fn still_there(&self) -> Result<(), sqlx::Error> {
        match number(&self.path) {
            Ok(file) if file == self.file => Ok(()),
            Ok(_) => Err(sqlx::Error::Io(io::Error::other(Gone { how: "replaced" }))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Err(sqlx::Error::Io(io::Error::other(Gone { how: "moved or deleted" })))
            }
            Err(error) => Err(sqlx::Error::Io(error)),
        }
    }
}

/// The file is not the one that was opened.
#[derive(Debug, thiserror::Error)]
#[error(
    "the database file was {how} while it was open, and nothing more is read from it or written to \
     it; stop every process, put the right file in place, and start again"
)]
struct Gone {
    how: &'static str,
}

#[cfg(unix)]
fn number(path: &Path) -> io::Result<Option<(u64, u64)>> {
    use std::os::unix::fs::MetadataExt as _;
    let known = std::fs::metadata(path)?;
    Ok(Some((known.dev(), known.ino())))
}

// Elsewhere an open file can be neither deleted nor replaced.
#[cfg(not(unix))]
fn number(path: &Path) -> io::Result<Option<(u64, u64)>> {
    std::fs::metadata(path).map(|_| None)
}

/// What the folder says before the database is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Before {
    /// There is no file, but the log of one.
    log_alone: bool,
    /// There is a file of keys that is more than a day old.
    old_keys: bool,
}

/// What the database held when it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Found {
    /// No table of ours.
    Nothing,
    /// Our tables, and never a tenant.
    NeverUsed,
    /// No tenant, and traces of one.
    Traces,
    /// Tenants.
    Tenants,
}

impl Before {
    pub(super) fn at(path: &Path) -> Self {
        let there = |path: &Path| std::fs::metadata(path).is_ok_and(|known| known.len() > 0);
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        let log_alone = !there(path) && there(Path::new(&log));
        Self { log_alone, old_keys: path.parent().is_some_and(has_old_keys) }
    }

    /// Tells the operator of a database that is empty although its folder, or what is left in it,
    /// says that there was more.
    pub(super) fn warn(self, path: &Path, found: Found) {
        let path = path.display();
        match found {
            Found::Nothing | Found::NeverUsed if self.log_alone => tracing::warn!(
                target: "countersign",
                %path,
                "a new database was made beside the write-ahead log of another one: if its file was \
                 moved or deleted, stop, and restore it from a backup"
            ),
            Found::Nothing if self.old_keys => tracing::warn!(
                target: "countersign",
                %path,
                "a new database was made beside keys that are older: if they belong to one that was \
                 moved or deleted, stop, and restore it from a backup"
            ),
            Found::Traces => tracing::warn!(
                target: "countersign",
                %path,
                "the database was in use and holds no tenant: make sure that this is the right file"
            ),
            Found::Nothing => {
                tracing::info!(target: "countersign", %path, "a new database was made");
            }
            Found::NeverUsed => {
                tracing::info!(target: "countersign", %path, "the database holds no tenant yet");
            }
            Found::Tenants => {}
        }
    }
}

/// Whether a file of keys lies here that was there the day before. Keys may well be made before the
/// database is, but hardly a day before.
fn has_old_keys(folder: &Path) -> bool {
    let now = SystemClock.now();
    let is_old = |path: &Path| {
        let made = std::fs::metadata(path).and_then(|known| known.modified()).ok();
        let made = made.and_then(|made| made.duration_since(UNIX_EPOCH).ok());
        made.is_some_and(|made| now.since(Timestamp::from_seconds(0).plus(made)) > DAY)
    };
    let Ok(files) = std::fs::read_dir(folder) else { return false };
    let mut paths = files.flatten().map(|file| file.path());
    paths.any(|path| path.extension().is_some_and(|ending| ending == "keys") && is_old(&path))
}
