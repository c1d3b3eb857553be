//! A Redis that loses what it acknowledged is not opened.

use custom_store::RedisStore;

use crate::block_on;
use crate::server::Server;

#[test]
fn a_redis_that_would_lose_data_is_refused_by_the_name_of_the_setting() {
    for (settings, sentence) in [
        (&["--appendonly", "no"][..], "appendonly is no, which loses data; set it to yes"),
        (
            &["--appendonly", "yes", "--appendfsync", "everysec"],
            "appendfsync is everysec, which loses data; set it to always",
        ),
        (
            &[
                "--appendonly",
                "yes",
                "--appendfsync",
                "always",
                "--maxmemory-policy",
                "allkeys-lru",
            ],
            "maxmemory-policy is allkeys-lru, which loses data; set it to noeviction",
        ),
    ] {
        let Some(server) = Server::start(settings) else { return };
        let error = block_on(RedisStore::open(&server.url(), "settings")).unwrap_err();
        assert_eq!(format!("{error:?}"), format!("the store is unavailable ({sentence})"));
    }
}
