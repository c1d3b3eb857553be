//! Connections: the host's pool, or some of our own.
//!
//! Ours are taken last in, first out, and are never pinged, so a statement is one round trip. One that
//! is dropped halfway, or on which more went wrong than a statement, is closed and not used again;
//! so nothing that a caller gave up can reach the next one.
//!
//! A pool of the host may hand out a connection on which somebody left a transaction open, as the
//! driver does when `begin` is dropped halfway. What is written there looks written and is not. So
//! every connection of the host is asked first, which is a round trip.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, Connection, PgConnection, PgPool, Postgres, Row};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Instant;

/// A connection that nobody used for so long is not trusted any more: something between us and the
/// database may have forgotten it.
const STALE: Duration = Duration::from_secs(60);

/// Where statements go. Clones share the connections.
#[derive(Clone)]
pub(super) enum Connections {
    Own(Arc<Own>),
    Host(PgPool),
}

/// Connections of our own.
pub(super) struct Own {
    options: PgConnectOptions,
    most: u32,
    /// After this the database itself ends a statement.
    statement: Duration,
    idle: Mutex<Vec<Idle>>,
    places: Arc<Semaphore>,
}

struct Idle {
    connection: PgConnection,
    since: Instant,
}

impl Connections {
    /// At most so many connections to this database, opened when they are needed.
    pub(super) fn own(options: PgConnectOptions, most: u32, statement: Duration) -> Self {
        let places = Arc::new(Semaphore::new(most as usize));
        Self::Own(Arc::new(Own { options, most, statement, idle: Mutex::default(), places }))
    }

    /// A connection that is fit for a statement. Dropped in the middle, it opens nothing.
    pub(super) async fn take(&self) -> Result<Taken, sqlx::Error> {
        match self {
            Self::Own(own) => own.take().await,
            Self::Host(pool) => {
                let connection = Home::Host(pool.acquire().await?);
                let mut taken = Taken { connection: Some(connection), fine: false };
                end_what_was_left_open(&mut taken).await?;
                Ok(taken)
            }
        }
    }

    /// Trusts none of the connections that wait, since one of them was found broken.
    pub(super) fn forget_idle(&self) {
        if let Self::Own(own) = self {
            own.idle().clear();
        }
    }

    /// Closes the connections of our own, once nobody uses any more. A pool of the host stays open.
    pub(super) async fn close(&self) {
        let Self::Own(own) = self else { return };
        // Whoever uses one holds a place. After this nobody gets one.
        let _ = own.places.acquire_many(own.most).await.map(|all| all.forget());
        own.places.close();
        let idle = std::mem::take(&mut *own.idle());
        for idle in idle {
            let _ = idle.connection.close().await;
        }
    }
}

impl Own {
    async fn take(self: &Arc<Self>) -> Result<Taken, sqlx::Error> {
        let place = self.places.clone().acquire_owned().await;
        let place = place.map_err(|_| sqlx::Error::PoolClosed)?;
        let connection = match self.fresh() {
            Some(connection) => connection,
            None => self.connect().await?,
        };
        let home = Home::Own { connection, home: Arc::clone(self), _place: place };
        Ok(Taken { connection: Some(home), fine: false })
    }

    /// The one that was used last, unless that is long ago; then so it is of all the others.
    fn fresh(&self) -> Option<PgConnection> {
        let mut idle = self.idle();
        let last = idle.pop()?;
        if last.since.elapsed() < STALE {
            return Some(last.connection);
        }
        idle.clear();
        None
    }

    /// A new connection, to a server that takes writes.
    async fn connect(&self) -> Result<PgConnection, sqlx::Error> {
        // Each statement is to see what was committed before it, and to end in time.
        const GREET: &str = "
SELECT set_config('default_transaction_isolation', 'read committed', false),
    set_config('statement_timeout', $1, false), pg_is_in_recovery()";
        let mut connection = self.options.connect().await?;
        let timeout = self.statement.as_millis().to_string();
        let greeted = sqlx::query(GREET).bind(timeout).persistent(false);
        let greeted = greeted.fetch_one(&mut connection).await?;
        if greeted.try_get(2)? {
            // It may be far behind, and must not tell what holds now.
            return Err(sqlx::Error::Configuration(Box::new(Standby)));
        }
        Ok(connection)
    }

    /// A panic elsewhere leaves the list whole: it is only pushed to and popped from.
    fn idle(&self) -> MutexGuard<'_, Vec<Idle>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The server follows another one.
#[derive(Debug, thiserror::Error)]
#[error("the server is a standby that follows another one; connect to its primary")]
pub(super) struct Standby;

/// A connection in use. Unless it goes home, it is closed.
pub(super) struct Taken {
    connection: Option<Home>,
    fine: bool,
}

enum Home {
    Own { connection: PgConnection, home: Arc<Own>, _place: OwnedSemaphorePermit },
    Host(PoolConnection<Postgres>),
}

impl Taken {
    /// Gives it back, fit for the next one.
    pub(super) fn go_home(mut self) {
        self.fine = true;
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        match self.connection.take() {
            // The place is free only once the connection is back.
            Some(Home::Own { connection, home, _place: place }) if self.fine => {
                let mut idle = home.idle();
                idle.push(Idle { connection, since: Instant::now() });
                if idle.first().is_some_and(|oldest| oldest.since.elapsed() >= STALE) {
                    idle.remove(0);
                }
                drop(idle);
                drop(place);
            }
            Some(Home::Host(mut connection)) if !self.fine => connection.close_on_drop(),
            Some(_) | None => {}
        }
    }
}

impl Deref for Taken {
    type Target = PgConnection;

    fn deref(&self) -> &PgConnection {
        match &self.connection {
            Some(Home::Own { connection, .. }) => connection,
            Some(Home::Host(connection)) => connection,
            #[expect(clippy::unreachable, reason = "only the destructor takes it out")]
            None => unreachable!(),
        }
    }
}

impl DerefMut for Taken {
    fn deref_mut(&mut self) -> &mut PgConnection {
        match &mut self.connection {
            Some(Home::Own { connection, .. }) => connection,
            Some(Home::Host(connection)) => connection,
            #[expect(clippy::unreachable, reason = "only the destructor takes it out")]
            None => unreachable!(),
        }
    }
}

/// Rolls back a transaction that somebody left open on this connection of the host.
///
/// The driver does not tell whether there is one. But it looks after a statement that is to begin a
/// transaction, and this one begins none: where there is one all the same, it was open before.
async fn end_what_was_left_open(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    const NOTHING: &str = "";
    match connection.begin_with(NOTHING).await {
        Err(sqlx::Error::BeginFailed) => Ok(()),
        Err(error) => Err(error),
        Ok(left_open) => left_open.rollback().await,
    }
}
