//! A host that keeps its own users in the same database: in which order it adds them.

use countersign_core::{NewUser, Requirement};
use countersign_sql::PostgresStore;
use countersign_testkit::FakeClock;

use crate::block_on;
use crate::server::{plain, server};
use crate::stage::{MONDAY, Stage, address, key};

#[test]
fn a_user_is_added_after_the_hosts_commit_and_waits_for_none_of_its_transactions() {
    let Some(server) = server() else { return };
    block_on(async {
        let schema = plain(server).await;
        let pool = server.pool(&schema, 3).await;
        let clock = FakeClock::at(MONDAY);
        let options = PostgresStore::options().danger_flush_seldom().clock(clock.clone());
        let store = options.on(pool.clone()).await.unwrap();
        let stage = Stage::founded(store, clock, Requirement::None).await;
        sqlx::raw_sql("CREATE TABLE users (name text)").execute(&pool).await.unwrap();
        let insert = "INSERT INTO users VALUES ('cleo')";

        // The order that the guide gives.
        let mut open = pool.begin().await.unwrap();
        sqlx::query(insert).execute(&mut *open).await.unwrap();
        open.commit().await.unwrap();
        let cleo = || NewUser::at(address("cleo"));
        stage.mfa.add_existing_user(&key("cleo"), cleo()).await.unwrap();
        // A call whose answer was lost is made again, and says that it was done.
        let again = stage.mfa.add_existing_user(&key("cleo"), cleo()).await.unwrap_err();
        assert_eq!(again.code(), "account.exists");

        // Another transaction of the host that is open meanwhile holds nobody up.
        let mut open = pool.begin().await.unwrap();
        sqlx::query(insert).execute(&mut *open).await.unwrap();
        stage.mfa.add_existing_user(&key("dan"), NewUser::default()).await.unwrap();
        open.rollback().await.unwrap();
        assert!(stage.mfa.user(&key("dan")).await.unwrap().is_some());
    });
}
