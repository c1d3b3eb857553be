//! Connections: the host's pool, or a few of our own.
//!
//! Each connection has a thread behind it. The pool of the driver takes them in turn and pings each
//! when it comes back, so on a quiet machine every read would wake another sleeping thread. Ours are
//! taken last in, first out, which halves the time of a read; and they are never pinged.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::sqlite::{SqliteArguments, SqliteConnectOptions, SqliteRow};
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection, SqlitePool};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::file::Identity;

type Query<'q> = sqlx::query::Query<'q, Sqlite, SqliteArguments>;

/// Where statements go. Clones share the connections.
#[derive(Clone)]
pub(super) enum Connections {
    Own(Arc<Own>),
    Host(SqlitePool),
}

/// Connections of our own.
pub(super) struct Own {
    options: SqliteConnectOptions,
    file: Arc<Identity>,
    most: u32,
    patience: Duration,
    idle: Mutex<Vec<SqliteConnection>>,
    places: Arc<Semaphore>,
}

impl Connections {
    /// At most so many connections to this database, opened when they are needed.
    pub(super) fn own(
        options: SqliteConnectOptions,
        file: Arc<Identity>,
        most: u32,
        patience: Duration,
    ) -> Self {
        let places = Arc::new(Semaphore::new(most as usize));
        Self::Own(Arc::new(Own { options, file, most, patience, idle: Mutex::default(), places }))
    }

    /// One connection, which is open already.
    pub(super) fn only(
        connection: SqliteConnection,
        options: SqliteConnectOptions,
        file: Arc<Identity>,
        patience: Duration,
    ) -> Self {
        let idle = Mutex::new(vec![connection]);
        let places = Arc::new(Semaphore::new(1));
        Self::Own(Arc::new(Own { options, file, most: 1, patience, idle, places }))
    }

    /// The only row.
    pub(super) async fn one(&self, query: Query<'_>) -> Result<SqliteRow, sqlx::Error> {
        match self {
            Self::Host(pool) => query.fetch_one(pool).await,
            Self::Own(own) => {
                let mut taken = Own::take(own).await?;
                let row = query.fetch_one(&mut *taken).await;
                taken.go_home_after(row)
            }
        }
    }

    /// All rows.
    pub(super) async fn all(&self, query: Query<'_>) -> Result<Vec<SqliteRow>, sqlx::Error> {
        match self {
            Self::Host(pool) => query.fetch_all(pool).await,
            Self::Own(own) => {
                let mut taken = Own::take(own).await?;
                let rows = query.fetch_all(&mut *taken).await;
                taken.go_home_after(rows)
            }
        }
    }

    /// Closes the connections of our own, once nobody uses any more. A pool of the host stays open.
    pub(super) async fn close(&self) {
        let Self::Own(own) = self else { return };
        // Whoever uses one holds a place. After this nobody gets one.
        let _ = own.places.acquire_many(own.most).await.map(|all| all.forget());
        own.places.close();
        let idle = std::mem::take(&mut *own.idle());
        for connection in idle {
            let _ = connection.close().await;
        }
    }
}

impl Own {
    pub(super) async fn take(own: &Arc<Self>) -> Result<Taken, sqlx::Error> {
        let place = timeout(own.patience, own.places.clone().acquire_owned()).await;
        let place = place.map_err(|_| sqlx::Error::PoolTimedOut)?;
        let place = place.map_err(|_| sqlx::Error::PoolClosed)?;
        own.file.still_there()?;
        let idle = own.idle().pop();
        let connection = match idle {
            Some(connection) => connection,
            None => own.options.connect().await?,
        };
        Ok(Taken { connection, home: own.clone(), _place: place })
    }

    /// A panic elsewhere leaves the list whole: it is only pushed to and popped from.
    fn idle(&self) -> MutexGuard<'_, Vec<SqliteConnection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection in use. One that is dropped halfway, or on which something failed, is closed; whoever
/// comes next opens another.
pub(super) struct Taken {
    connection: SqliteConnection,
    home: Arc<Own>,
    _place: OwnedSemaphorePermit,
}

impl Taken {
    /// Gives it back after what went well.
    pub(super) fn go_home_after<T, E>(self, done: Result<T, E>) -> Result<T, E> {
        if done.is_ok() {
            // The place is free only once the connection is back.
            let Self { connection, home, _place: place } = self;
            home.idle().push(connection);
            drop(place);
        }
        done
    }

    /// Closes it, and returns once it is closed.
    pub(super) async fn close(self) {
        let _ = self.connection.close().await;
    }
}

impl Deref for Taken {
    type Target = SqliteConnection;

    fn deref(&self) -> &SqliteConnection {
        &self.connection
    }
}

impl DerefMut for Taken {
    fn deref_mut(&mut self) -> &mut SqliteConnection {
        &mut self.connection
    }
}
