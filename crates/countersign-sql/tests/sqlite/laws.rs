//! SQLite keeps every law: in a file of its own with a second process's connections beside it, and
//! in a pool that the host has already.
use crate::block_on;

mod a_file_and_two_who_have_it_open {
    use countersign_sql::SqliteStore;
    use countersign_testkit::Subject;

    use super::block_on;
    use crate::folder;

    async fn fresh() -> Subject {
        let path = folder::fresh().join("portal.db");
        let store = SqliteStore::options().danger_flush_seldom().open(&path).await.unwrap();
        let second = SqliteStore::options().danger_flush_seldom().open(&path).await.unwrap();
        Subject::new(store).with_second_node(second)
    }

    countersign_testkit::store_laws!(fresh(), block_on = block_on);
}

mod a_file_that_flushes_and_a_clock {
    use countersign_sql::SqliteStore;
    use countersign_testkit::{FakeClock, Subject};

    use super::block_on;
    use crate::folder;

    async fn fresh() -> Subject {
        let path = folder::fresh().join("portal.db");
        let clock = FakeClock::default();
        let store = SqliteStore::options().clock(clock.clone()).open(path).await.unwrap();
        Subject::new(store).timed_by(clock)
    }

    countersign_testkit::store_laws!(fresh(), block_on = block_on);
}

mod a_pool_of_the_host {
    use countersign_sql::SqliteStore;
    use countersign_testkit::Subject;
    use sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions};

    use super::block_on;
    use crate::folder;

    async fn fresh() -> Subject {
        let path = folder::fresh().join("host.db");
        let options = SqliteConnectOptions::new().filename(path).create_if_missing(true);
        let pool = SqlitePoolOptions::new().connect_with(options).await.unwrap();
        Subject::new(SqliteStore::on(pool).await.unwrap())
    }

    countersign_testkit::store_laws!(fresh(), block_on = block_on);
}
