//! The clock of the whole house.

use std::time::Duration;

use countersign::{DAY, MINUTE};

use super::act;
use crate::house::House;

#[tokio::test]
async fn the_clock_moves_the_whole_house_and_goes_back() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    let start = house.now();
    let mut ahead = Duration::from_secs(0);
    for (by, step, says) in [
        ("30s", Duration::from_secs(30), "The portal is <bdi>30 s</bdi> ahead."),
        ("10m", 10 * MINUTE, "The portal is <bdi>10 min 30 s</bdi> ahead."),
        ("1d", DAY, "The portal is <bdi>1 d 10 min 30 s</bdi> ahead."),
    ] {
        let page = act(&mut visitor, "/dev/clock", "/dev/clock", &[("by", by)]).await;
        ahead += step;
        assert_eq!(house.now(), start.plus(ahead));
        assert!(page.body.contains(says), "{}", page.body);
    }
    let page = act(&mut visitor, "/dev/clock", "/dev/clock", &[("by", "real")]).await;
    assert_eq!(house.now(), start);
    assert!(page.body.contains("The portal uses the real time."), "{}", page.body);
    assert!(page.body.contains("2026-11-24 14:32:00 UTC"), "{}", page.body);
    house.close().await;
}

#[tokio::test]
async fn a_step_that_is_not_offered_moves_nothing() {
    let house = House::open().await;
    let mut visitor = house.visitor();
    let start = house.now();
    for by in ["", "-1d", "10y", "30S"] {
        act(&mut visitor, "/dev/clock", "/dev/clock", &[("by", by)]).await;
    }
    assert_eq!(house.now(), start);
    house.close().await;
}
