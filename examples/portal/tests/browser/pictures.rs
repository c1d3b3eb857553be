//! The pictures of the README. `cargo xtask pictures` keeps what this test takes.
//!
//! The clock stands still and the company is always the same, so a picture changes when a page does.
//! The key in the QR code was drawn for a portal that is gone a moment later.

use std::path::Path;

use crate::browser::Browser;
use crate::deeds::{ADA, OAKMOOR_ADA};
use crate::house::journey;
use crate::look::Look;

/// Most bytes of a picture, so that the README opens fast.
const MOST: usize = 64_000;

const SIZE: Look = Look::PLAIN.sized(880, 690);

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_card_and_the_qr_page_are_taken_in_light_and_dark() {
    journey("pictures", SIZE, async |browser, house| {
        browser.log_in(house, ADA).await;
        browser.arrives("/home").await;
        browser.visit(&house.url("/settings/general")).await;
        browser.choose("Two Factor Authentication", "App MFA (recommended)").await;
        browser.sees("Anyone without an app sets one up the next time they log in.").await;
        take(browser, "settings").await;
        browser.log_out().await;
        browser.log_in(house, OAKMOOR_ADA).await;
        browser.arrives("/login/link-app").await;
        take(browser, "link-app").await;
    })
    .await;
}

async fn take(browser: &Browser, name: &str) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pictures");
    std::fs::create_dir_all(&folder).unwrap();
    for (theme, look) in [("light", SIZE), ("dark", SIZE.dark())] {
        browser.wear(look).await;
        let picture = browser.picture().await;
        println!("{name}-{theme}.png: {} bytes", picture.len());
        assert!(picture.len() < MOST, "{name}-{theme}.png has {} bytes", picture.len());
        std::fs::write(folder.join(format!("{name}-{theme}.png")), picture).unwrap();
    }
    browser.dress().await;
}
