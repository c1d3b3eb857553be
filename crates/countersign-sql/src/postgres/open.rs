//! Opening a database: with connections of our own, or on a pool that the host has already.

use std::sync::Arc;
use std::time::Duration;

use countersign_core::Clock;
use sqlx::postgres::PgConnectOptions;
use sqlx::{ConnectOptions, PgConnection, PgPool, Row};

use super::PostgresStore;
use super::calls::Calls;
use super::connections::{Connections, Standby, Taken};
use super::migrate::migrate;
use super::statements::Statements;
use crate::error::OpenError;

/// Most connections of our own, unless the host says otherwise.
const CONNECTIONS: u32 = 10;
/// How long a call may take, unless the host says otherwise.
const DEADLINE: Duration = Duration::from_secs(5);
const MOST_DEADLINE: Duration = Duration::from_secs(60);
/// The longest name of anything in PostgreSQL; it would cut a longer one off.
const LONGEST_NAME: usize = 63;
/// The oldest server for which the statements are written.
const OLDEST: i32 = 130_000;

/// How a database is opened.
///
/// ```
/// use std::time::Duration;
///
/// use countersign_sql::PostgresStore;
///
/// let options = PostgresStore::options().schema("mfa").deadline(Duration::from_secs(2));
/// # drop(options);
/// ```
#[derive(Debug, Clone)]
pub struct PostgresOptions {
    schema: Option<String>,
    connections: u32,
    deadline: Duration,
    clock: Option<Arc<dyn Clock>>,
    may_forget: bool,
}

impl PostgresStore {
    /// Connects to the database at this address, and brings its tables up to date.
    ///
    /// The address is `postgres://user:password@host:port/database`, with settings behind a question
    /// mark. Name `sslmode=verify-full` where the server is on another machine: without it the driver
    /// takes TLS only if the server offers it, and whoever stands between them can read along. Call this
    /// inside a tokio runtime.
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong. It never repeats the address, which may hold a password.
    pub async fn connect(address: &str) -> Result<Self, OpenError> {
        Self::options().connect(address).await
    }

    /// Keeps the tables in a database that the host has open, beside the host's own, and brings them up
    /// to date. All of their names begin with `countersign_`.
    ///
    /// Any connection of the pool may have a transaction open that somebody gave up: the driver leaves
    /// one behind where `begin` is dropped halfway. What is written in it would look counted and not be.
    /// So each call asks its connection first, which costs a round trip; the pool's own test on every
    /// connection, `test_before_acquire`, is not needed for it and may be switched off.
    ///
    /// ```no_run
    /// # async fn open() -> Result<(), Box<dyn std::error::Error>> {
    /// use countersign_sql::PostgresStore;
    /// use countersign_sql::sqlx::postgres::PgPoolOptions;
    ///
    /// let pool = PgPoolOptions::new()
    ///     .test_before_acquire(false)
    ///     .connect("postgres://portal@db.example/portal?sslmode=verify-full")
    ///     .await?;
    /// let store = PostgresStore::on(pool.clone()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong.
    pub async fn on(pool: PgPool) -> Result<Self, OpenError> {
        Self::options().on(pool).await
    }

    /// How to open a database otherwise.
    ///
    /// ```
    /// let options = countersign_sql::PostgresStore::options().connections(20);
    /// # drop(options);
    /// ```
    #[must_use]
    pub fn options() -> PostgresOptions {
        PostgresOptions {
            schema: None,
            connections: CONNECTIONS,
            deadline: DEADLINE,
            clock: None,
            may_forget: false,
        }
    }
}

impl PostgresOptions {
    /// Keeps the tables in the schema of this name, which is created if need be. Without it they are in
    /// the schema that the search path leads to, which is `public` in most databases.
    ///
    /// The name is taken as it is, quotes and capital letters included, and has 1 to 63 bytes.
    #[must_use]
    pub fn schema(mut self, name: impl Into<String>) -> Self {
        self.schema = Some(name.into());
        self
    }

    /// At most so many connections, opened when they are needed; 10 if nothing is said, and at least
    /// one. A pool of the host keeps its own number.
    #[must_use]
    pub fn connections(mut self, most: u32) -> Self {
        self.connections = most.max(1);
        self
    }

    /// How long a call may take, waiting for a connection included, before it is answered
    /// [`StoreError::Unavailable`](countersign_core::store::StoreError::Unavailable), or
    /// [`StoreError::OutcomeUnknown`](countersign_core::store::StoreError::OutcomeUnknown) if a write was
    /// sent and not answered. Five seconds if nothing is said, a minute at most.
    #[must_use]
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline.min(MOST_DEADLINE);
        self
    }

    /// The store's time comes from this clock instead of the database's. For tests: nodes with clocks of
    /// their own would not agree on when a lock ends.
    ///
    /// ```
    /// use countersign_core::SystemClock;
    ///
    /// let options = countersign_sql::PostgresStore::options().clock(SystemClock);
    /// # drop(options);
    /// ```
    #[must_use]
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Takes a database that does not flush every commit, because `fsync`, `full_page_writes` or
    /// `synchronous_commit` is off. The danger is this: a power loss can take back a counted guess or
    /// make a used code good once more.
    ///
    /// ```
    /// let options = countersign_sql::PostgresStore::options().danger_flush_seldom();
    /// # drop(options);
    /// ```
    #[must_use]
    pub fn danger_flush_seldom(mut self) -> Self {
        self.may_forget = true;
        self
    }

    /// Connects to the database at this address; see [`PostgresStore::connect`].
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong.
    pub async fn connect(self, address: &str) -> Result<PostgresStore, OpenError> {
        self.connect_with(address.parse().map_err(OpenError::Address)?).await
    }

    /// Connects as these options of the driver say, such as with a certificate of the host's.
    ///
    /// ```no_run
    /// # async fn open() -> Result<(), Box<dyn std::error::Error>> {
    /// use countersign_sql::PostgresStore;
    /// use countersign_sql::sqlx::postgres::{PgConnectOptions, PgSslMode};
    ///
    /// let options = PgConnectOptions::new()
    ///     .host("db.example")
    ///     .ssl_mode(PgSslMode::VerifyFull)
    ///     .ssl_root_cert("our-own-authority.pem");
    /// let store = PostgresStore::options().connect_with(options).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong.
    pub async fn connect_with(self, to: PgConnectOptions) -> Result<PostgresStore, OpenError> {
        let to = to.disable_statement_logging();
        let to = match to.get_application_name() {
            Some(_) => to,
            None => to.application_name("countersign"),
        };
        // The database gives up before we do, so that it can say that nothing was written.
        let statement = self.deadline.mul_f64(0.8);
        let connections = Connections::own(to, self.connections, statement);
        self.open(connections, OpenError::Unreachable).await
    }

    /// Keeps the tables in a database that the host has open; see [`PostgresStore::on`].
    ///
    /// # Errors
    ///
    /// [`OpenError`] says what is wrong.
    pub async fn on(self, pool: PgPool) -> Result<PostgresStore, OpenError> {
        self.open(Connections::Host(pool), OpenError::Away).await
    }

    async fn open(
        self,
        connections: Connections,
        away: impl Fn(sqlx::Error) -> OpenError,
    ) -> Result<PostgresStore, OpenError> {
        let begin = async {
            let mut taken = connections.take().await?;
            let found = Found::look(&mut taken).await?;
            Ok((taken, found))
        };
        let begun: Result<(Taken, Found), sqlx::Error> =
            tokio::time::timeout(self.deadline, begin).await.unwrap_or_else(|_| {
                let late = std::io::Error::from(std::io::ErrorKind::TimedOut);
                Err(sqlx::Error::Io(late))
            });
        let (mut taken, found) = begun.map_err(|error| match error {
            sqlx::Error::Configuration(error) if error.is::<Standby>() => OpenError::Standby,
            error => away(error),
        })?;
        found.will_do(self.may_forget)?;
        let schema = quoted(self.schema.or(found.schema).unwrap_or_default())?;
        migrate(&mut taken, &schema).await?;
        taken.go_home();
        let calls = Calls { connections, deadline: self.deadline };
        let statements = Arc::new(Statements::of(&schema));
        Ok(PostgresStore { calls, statements, clock: self.clock })
    }
}

/// What the database says of itself.
struct Found {
    version: i32,
    version_name: String,
    encoding: String,
    follows: bool,
    flushes: [(&'static str, String); 3],
    schema: Option<String>,
}

impl Found {
    async fn look(connection: &mut PgConnection) -> Result<Self, sqlx::Error> {
        const LOOK: &str = "
SELECT current_setting('server_version_num')::integer, current_setting('server_version'),
    current_setting('server_encoding'), pg_is_in_recovery(), current_setting('fsync'),
    current_setting('full_page_writes'), current_setting('synchronous_commit'),
    current_schema()::text";
        let row = sqlx::query(LOOK).persistent(false).fetch_one(connection).await?;
        Ok(Self {
            version: row.try_get(0)?,
            version_name: row.try_get(1)?,
            encoding: row.try_get(2)?,
            follows: row.try_get(3)?,
            flushes: [
                ("fsync", row.try_get(4)?),
                ("full_page_writes", row.try_get(5)?),
                ("synchronous_commit", row.try_get(6)?),
            ],
            schema: row.try_get(7)?,
        })
    }

    /// What is committed must stay so, on a server that takes writes and any text.
    fn will_do(&self, may_forget: bool) -> Result<(), OpenError> {
        if self.version < OLDEST {
            return Err(OpenError::TooOld { found: self.version_name.clone() });
        }
        if self.follows {
            return Err(OpenError::Standby);
        }
        if self.encoding != "UTF8" {
            return Err(OpenError::NotUtf8 { found: self.encoding.clone() });
        }
        match self.flushes.iter().find(|(_, value)| value == "off") {
            Some((setting, found)) if !may_forget => {
                Err(OpenError::Forgetful { setting, found: found.clone() })
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// The name of a schema, as it stands in a statement.
fn quoted(name: String) -> Result<String, OpenError> {
    if name.is_empty() || name.len() > LONGEST_NAME || name.contains('\0') {
        return Err(OpenError::Schema { name });
    }
    Ok(format!("\"{}\"", name.replace('"', "\"\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_of_a_schema_ends_its_quotes() {
        let check = |name: &str, expected: &str| {
            assert_eq!(quoted(name.to_owned()).unwrap(), expected);
        };
        check("public", "\"public\"");
        check("Mfa of \"us\"; DROP TABLE", "\"Mfa of \"\"us\"\"; DROP TABLE\"");
        for refused in ["", "a\0b", &"x".repeat(64)] {
            assert!(matches!(quoted(refused.to_owned()), Err(OpenError::Schema { .. })));
        }
    }

    #[test]
    fn a_database_that_forgets_follows_or_cannot_spell_is_refused() {
        let fine = || Found {
            version: 150_018,
            version_name: "15.18".to_owned(),
            encoding: "UTF8".to_owned(),
            follows: false,
            flushes: ["fsync", "full_page_writes", "synchronous_commit"]
                .map(|setting| (setting, "on".to_owned())),
            schema: None,
        };
        assert!(fine().will_do(false).is_ok());
        for at in 0..3 {
            let mut found = fine();
            found.flushes[at].1 = "off".to_owned();
            let told = found.will_do(false).unwrap_err();
            assert!(told.to_string().contains(found.flushes[at].0), "{told}");
            assert!(found.will_do(true).is_ok());
        }
        let old = Found { version: 120_001, version_name: "12.1".to_owned(), ..fine() };
        assert!(matches!(old.will_do(true), Err(OpenError::TooOld { found }) if found == "12.1"));
        let standby = Found { follows: true, ..fine() };
        assert!(matches!(standby.will_do(true), Err(OpenError::Standby)));
        let latin = Found { encoding: "LATIN1".to_owned(), ..fine() };
        assert!(matches!(latin.will_do(true), Err(OpenError::NotUtf8 { .. })));
    }
}
