//! The file of a database, as it was when it was opened. A process that goes on with one that was
//! deleted or replaced would write where nobody ever reads.

use std::io;
use std::path::{Path, PathBuf};

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

/// What stands at the path before it is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Before {
    /// A file.
    File,
    /// Nothing.
    Nothing,
    /// No file, but the log of one.
    LogAlone,
}

impl Before {
    pub(super) fn at(path: &Path) -> Self {
        let there = |path: &Path| std::fs::metadata(path).is_ok_and(|known| known.len() > 0);
        let mut log = path.as_os_str().to_owned();
        log.push("-wal");
        match (there(path), there(Path::new(&log))) {
            (true, _) => Self::File,
            (false, true) => Self::LogAlone,
            (false, false) => Self::Nothing,
        }
    }

    /// Tells the operator of a database that is new although its folder says otherwise.
    pub(super) fn warn(self, path: &Path, is_empty: bool) {
        let path = path.display();
        match self {
            Self::LogAlone => tracing::warn!(
                target: "countersign",
                %path,
                "a new database was made beside the write-ahead log of another one: if its file was \
                 moved or deleted, stop, and restore it from a backup"
            ),
            Self::File if is_empty => tracing::warn!(
                target: "countersign",
                %path,
                "the database holds no tenant: make sure that this is the right file"
            ),
            Self::Nothing => tracing::info!(
                target: "countersign",
                %path,
                "a new database was made"
            ),
            Self::File => {}
        }
    }
}
