//! What each operation costs: round trips as a proxy counts them, commits and rows as the database does.

use countersign_core::store::{ClaimFilter, Claimed, Outbox, Settlement, Store};
use countersign_core::{MINUTE, Method, Requirement, Ticket, Verdict};
use countersign_sql::PostgresStore;
use countersign_testkit::FakeClock;
use sqlx::postgres::PgPoolOptions;
use sqlx::{PgConnection, Row};

use crate::block_on;
use crate::proxy::Proxy;
use crate::server::{Server, fresh, options, plain, server};
use crate::stage::{MONDAY, Stage, browser, key, other_than, passed};

struct Metered {
    stage: Stage,
    proxy: Proxy,
}

impl Metered {
    async fn open(server: &Server, asks: Requirement) -> Self {
        let proxy = Proxy::to(server).await;
        let clock = FakeClock::at(MONDAY);
        let options = options(&fresh()).connections(1).clock(clock.clone());
        let store = options.connect_with(proxy.address()).await.unwrap();
        Self { stage: Stage::founded(store, clock, asks).await, proxy }
    }

    /// Runs it twice, so that its statements are prepared, and counts the second time.
    async fn costs<T>(&self, trips: u64, what: &str, act: impl AsyncFn() -> T) -> T {
        let _ = act().await;
        self.proxy.trips();
        let outcome = act().await;
        assert_eq!(self.proxy.trips(), trips, "round trips of: {what}");
        outcome
    }
}

#[test]
fn beginning_is_one_round_trip_and_two_only_if_a_mail_is_queued() {
    let Some(server) = server() else { return };
    block_on(async {
        let metered = Metered::open(server, Requirement::None).await;
        let stage = &metered.stage;
        let _ = metered.costs(1, "nothing asked", async || stage.begin("ben").await).await;
        let _ = metered.costs(1, "nobody", async || stage.begin("nobody").await).await;
        stage.require(Requirement::Email).await;
        let mailed = async || {
            stage.advance(3600);
            stage.challenge("ben").await
        };
        let challenge = metered.costs(2, "e-mail", mailed).await;
        let _ = metered.costs(1, "joining", async || stage.challenge("ben").await).await;
        let resend = async || stage.mfa.resend(&challenge.ticket, &browser()).await.unwrap();
        let _ = metered.costs(1, "too soon", resend).await;
        let app = Method::App;
        let another = async || stage.mfa.another_way(&challenge.ticket, app, &browser()).await;
        let _ = metered.costs(1, "another way", another).await;
        stage.require(Requirement::App).await;
        let _ = metered.costs(1, "enrollment", async || stage.enrollment("ada").await).await;
        stage.link_app("ada").await;
        stage.advance(30);
        let _ = metered.costs(1, "app", async || stage.challenge("ada").await).await;
    });
}

#[test]
fn verifying_is_two_round_trips_and_one_commit_right_or_wrong() {
    let Some(server) = server() else { return };
    block_on(async {
        let metered = Metered::open(server, Requirement::Email).await;
        let stage = &metered.stage;
        let right = async || {
            stage.advance(3600);
            let ticket = stage.challenge("ben").await.ticket;
            let code = stage.mailed_code().await;
            metered.proxy.trips();
            passed(stage.answer(&ticket, &code).await)
        };
        // The first e-mailed code ever writes the document too.
        let _ = right().await;
        let _ = metered.costs(2, "an e-mailed code", right).await;
        stage.require(Requirement::App).await;
        let phone = stage.link_app("ada").await;
        let app = async |code: &dyn Fn(&str) -> String| {
            stage.advance(30);
            let ticket = stage.challenge("ada").await.ticket;
            let code = code(&phone.code(stage.now()));
            metered.proxy.trips();
            stage.answer(&ticket, &code).await
        };
        let wrong = async || app(&|code| other_than(code).to_owned()).await;
        let missed = metered.costs(2, "a wrong code", wrong).await;
        assert!(matches!(missed, Verdict::Wrong(_)));
        let right = async || app(&str::to_owned).await;
        let _ = passed(metered.costs(2, "a code of an app", right).await);

        let ticket = stage.challenge("ada").await.ticket;
        let forged = Ticket::from_browser(format!("{}A", ticket.expose()));
        let forged = async || stage.answer(&forged, "000001").await;
        let _ = metered.costs(0, "a forged ticket", forged).await;
        let _ = metered.costs(0, "malformed", async || stage.answer(&ticket, "1234").await).await;
        for _ in 0..5 {
            let _ = stage.answer(&ticket, other_than(&phone.code(stage.now()))).await;
        }
        let locked = metered.costs(1, "locked", async || stage.answer(&ticket, "000001").await);
        assert!(matches!(locked.await, Verdict::Locked(_)));
    });
}

#[test]
fn a_claim_and_a_settlement_are_one_round_trip_each() {
    let Some(server) = server() else { return };
    block_on(async {
        let metered = Metered::open(server, Requirement::Email).await;
        let stage = &metered.stage;
        let filter = ClaimFilter::default();
        let claim = async || stage.store.claim(16, 2 * MINUTE, &filter).await.unwrap();
        assert!(metered.costs(1, "an empty outbox", claim).await.claimed.is_empty());
        let _ = stage.challenge("ben").await;
        let _ = stage.challenge("ada").await;
        metered.proxy.trips();
        let held = claim().await.claimed;
        assert_eq!((held.len(), metered.proxy.trips()), (2, 1));
        let mut held = held.into_iter();
        let settle = async |held: Claimed| {
            stage.store.settle(held.letter.id, held.lease, Settlement::Done).await.unwrap();
        };
        settle(held.next().unwrap()).await;
        metered.proxy.trips();
        settle(held.next().unwrap()).await;
        assert_eq!(metered.proxy.trips(), 1);
    });
}

#[test]
fn on_a_pool_of_the_host_each_call_is_one_round_trip_more() {
    let Some(server) = server() else { return };
    block_on(async {
        let proxy = Proxy::to(server).await;
        let schema = plain(server).await;
        let pool = PgPoolOptions::new().max_connections(1).test_before_acquire(false);
        let address = proxy.address().options([("search_path", &schema)]);
        let pool = pool.connect_with(address).await.unwrap();
        let store = PostgresStore::options().danger_flush_seldom().on(pool.clone()).await.unwrap();
        let _ = store.load(&key("ada")).await.unwrap();
        drop(pool.acquire().await.unwrap());
        drop(pool.acquire().await.unwrap());
        proxy.trips();
        for _ in 0..10 {
            let _ = store.load(&key("ada")).await.unwrap();
        }
        // The pool itself looks at each connection that comes back, once the call was answered. At
        // either end one such look may be counted or not.
        let trips = proxy.trips();
        assert!((29..=31).contains(&trips), "{trips} round trips for ten calls and ten looks");
    });
}

/// What a table has gone through.
async fn updates(outside: &mut PgConnection, table: &str) -> (i64, i64) {
    const UPDATES: &str = "
SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables
WHERE schemaname = current_schema() AND relname = $1";
    let row = sqlx::query(UPDATES).bind(table).fetch_one(outside).await.unwrap();
    (row.get(0), row.get(1))
}

#[test]
fn a_login_writes_some_hundred_bytes_touches_no_index_and_never_the_document() {
    let Some(server) = server() else { return };
    block_on(async {
        const DOCUMENTS: &str =
            "SELECT string_agg(ctid::text || xmin::text, ' ') FROM countersign_document";
        let clock = FakeClock::at(MONDAY);
        let schema = plain(server).await;
        let store = options(&schema).connections(1).clock(clock.clone());
        let store = store.connect_with(server.address()).await.unwrap();
        let stage = Stage::founded(store, clock, Requirement::App).await;
        let phone = stage.link_app("ada").await;
        let mut outside = server.outside(&schema).await;
        let documents = async |outside: &mut PgConnection| -> String {
            sqlx::query_scalar(DOCUMENTS).fetch_one(outside).await.unwrap()
        };
        let kept = documents(&mut outside).await;
        let login = async || {
            stage.advance(3600);
            let ticket = stage.challenge("ada").await.ticket;
            let code = phone.code(stage.now());
            let _ = passed(stage.answer(&ticket, &code).await);
        };
        let version = stage.version("ada").await;
        let wal = async |outside: &mut PgConnection| -> f64 {
            const WAL: &str = "SELECT (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8";
            sqlx::query_scalar(WAL).fetch_one(outside).await.unwrap()
        };
        let before = wal(&mut outside).await;
        for _ in 0..60 {
            login().await;
        }
        // Others write as well, unless this test runs alone.
        let bytes = (wal(&mut outside).await - before) / 60.0;
        println!("{bytes:.0} bytes of WAL for a login");
        assert_eq!(stage.version("ada").await, version + 60);
        assert_eq!(documents(&mut outside).await, kept, "a login wrote a document");
        // Closing tells the statistics, which are kept by each connection for a while.
        stage.store.close().await;
        let mut told = (0, 0);
        for _ in 0..200 {
            told = updates(&mut outside, "countersign_account").await;
            if told.0 >= 60 {
                break;
            }
            tokio::task::yield_now().await;
        }
        assert!(told.0 >= 60, "{told:?}");
        // Linking the app did, and so does a page that is full while somebody else's snapshot keeps
        // what is dead on it.
        assert!(told.0 - told.1 <= 4, "of {} updates {} touched no index", told.0, told.1);
    });
}
