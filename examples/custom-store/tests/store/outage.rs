//! Redis is killed and started again, has no memory left, and its answers are lost on the way: what was
//! acknowledged is there, and what was not is told as what it is.

use std::sync::Mutex;

use countersign_testkit::{Subject, laws};
use custom_store::RedisStore;

use crate::block_on;
use crate::proxy::Proxy;
use crate::server::{SAFE, Server};

#[test]
fn a_killed_redis_is_told_as_what_it_is_and_forgets_nothing() {
    let Some(server) = Server::start(SAFE) else { return };
    block_on(async {
        let store = RedisStore::open(&server.url(), "killed").await.unwrap();
        let server = Mutex::new(server);
        let subject =
            Subject::new(store).driven_by(|work| block_on(work)).interrupted_by(move |cut| {
                let mut server = server.lock().unwrap();
                if cut { server.kill() } else { server.start_again() }
            });
        laws::store::an_outage_is_told_as_what_it_is(&subject).await;
    });
}

#[test]
fn a_write_whose_answer_is_lost_is_never_told_as_unwritten() {
    let Some(server) = Server::start(SAFE) else { return };
    block_on(async {
        let proxy = Proxy::before(server.socket());
        let store = RedisStore::open(&proxy.url(), "lost").await.unwrap();
        let subject = Subject::new(store).driven_by(|work| block_on(work));
        let subject = subject.interrupted_by(move |cut| proxy.loses_answers(cut));
        laws::store::an_outage_is_told_as_what_it_is(&subject).await;
    });
}

#[test]
fn a_full_redis_is_told_as_what_it_is_and_keeps_no_half_of_a_change() {
    let Some(server) = Server::start(SAFE) else { return };
    block_on(async {
        let store = RedisStore::open(&server.url(), "full").await.unwrap();
        let subject = Subject::new(store).driven_by(|work| block_on(work));
        let subject = subject.interrupted_by(move |full| {
            let mut redis = redis::Client::open(server.url()).unwrap().get_connection().unwrap();
            let most = if full { "1" } else { "0" };
            let set = redis::cmd("CONFIG").arg(&["SET", "maxmemory", most]).exec(&mut redis);
            set.unwrap();
        });
        laws::store::an_outage_is_told_as_what_it_is(&subject).await;
    });
}
