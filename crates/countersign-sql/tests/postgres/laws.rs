//! PostgreSQL keeps every law: with connections of its own and a second node beside it, behind a cable
//! that is cut, on a pool of the host, and timed by a clock.

use countersign_sql::PostgresStore;
use countersign_testkit::{Damage, FakeClock, Subject};
use sqlx::postgres::PgArguments;

use crate::block_on;
use crate::proxy::{Mode, Proxy};
use crate::server::{fresh, options, plain, server};

/// Overwrites a record in this schema, from a connection of somebody else.
fn spoil(schema: String, damage: Damage) {
    let work = async move {
        let query: sqlx::query::Query<'_, sqlx::Postgres, PgArguments> = match damage {
            Damage::Account(key) => {
                const DOCUMENT: &str = r"
UPDATE countersign_document SET document = '\x00' WHERE tenant_id = $1 AND user_id = $2";
                sqlx::query(DOCUMENT)
                    .bind(key.tenant().as_str().as_bytes().to_vec())
                    .bind(key.user().as_str().as_bytes().to_vec())
            }
            Damage::Tenant(id) => {
                const DOCUMENT: &str =
                    r"UPDATE countersign_tenant SET document = '\x00' WHERE tenant_id = $1";
                sqlx::query(DOCUMENT).bind(id.as_str().as_bytes().to_vec())
            }
            Damage::Event(tenant, id) => {
                const DETAIL: &str = r"
UPDATE countersign_event SET detail = '\x00' WHERE tenant_id = $1 AND id = $2";
                sqlx::query(DETAIL)
                    .bind(tenant.as_str().as_bytes().to_vec())
                    .bind(id.as_bytes().to_vec())
            }
            Damage::Letter(id) => {
                const BODY: &str = r"UPDATE countersign_letter SET body = '\x00' WHERE id = $1";
                sqlx::query(BODY).bind(id.as_bytes().to_vec())
            }
        };
        let mut outside = server().unwrap().outside(&schema).await;
        assert_eq!(query.execute(&mut outside).await.unwrap().rows_affected(), 1);
    };
    // The law is on the runtime already.
    std::thread::spawn(|| block_on(work)).join().unwrap();
}

/// A store to judge where there is no server: the laws then say nothing of PostgreSQL, as was told.
fn skipped() -> Subject {
    Subject::new(countersign_core::MemoryStore::new())
}

mod own_connections_and_a_second_node {
    use super::*;

    async fn fresh() -> Subject {
        let Some(server) = server() else { return skipped() };
        let schema = plain(server).await;
        let proxy = Proxy::to(server).await;
        let store = options(&schema).connect_with(proxy.address()).await.unwrap();
        let second = server.store(&schema).await;
        let cut = move |cut| proxy.set(if cut { Mode::Cut } else { Mode::Open });
        let subject = Subject::new(store).with_second_node(second).interrupted_by(cut);
        subject.damaged_by(move |damage| spoil(schema.clone(), damage))
    }

    countersign_testkit::store_laws!(fresh(), block_on = block_on);
}

mod a_pool_of_the_host {
    use super::*;

    async fn fresh() -> Subject {
        let Some(server) = server() else { return skipped() };
        let schema = plain(server).await;
        let pool = server.pool(&schema, 4).await;
        let store = PostgresStore::options().danger_flush_seldom().on(pool).await.unwrap();
        Subject::new(store)
    }

    countersign_testkit::store_laws!(fresh(), block_on = block_on);
}

mod a_pool_of_a_host_that_serializes {
    use super::*;

    async fn fresh() -> Subject {
        let Some(server) = server() else { return skipped() };
        let schema = plain(server).await;
        let serializable = [("default_transaction_isolation", "serializable")];
        let address = server.address().options(serializable).options([("search_path", &schema)]);
        let pool = sqlx::postgres::PgPoolOptions::new().max_connections(4);
        let pool = pool.connect_with(address).await.unwrap();
        let store = PostgresStore::options().danger_flush_seldom().on(pool).await.unwrap();
        Subject::new(store)
    }

    countersign_testkit::store_laws!(fresh(), block_on = block_on);
}

mod a_schema_with_quotes_and_a_clock {
    use super::*;

    async fn subject() -> Subject {
        let Some(server) = server() else { return skipped() };
        let clock = FakeClock::default();
        let options = options(&fresh()).clock(clock.clone());
        let store = options.connect_with(server.address()).await.unwrap();
        Subject::new(store).timed_by(clock)
    }

    countersign_testkit::store_laws!(subject(), block_on = block_on);
}
