//! The phone: it sees what is on the screen and nothing else, and its codes are not made by us.

use crate::browser::{Browser, until};
use crate::deeds::OAKMOOR_ADA;
use crate::house::{House, journey};
use crate::look::Look;
use crate::tools;

/// An authenticator app that somebody else wrote: `zbarimg` is its camera, `oathtool` its clockwork.
#[derive(Clone, Debug)]
pub(crate) struct Phone {
    /// What the QR code said.
    pub(crate) link: String,
    key: String,
}

impl Phone {
    /// Scans the QR code that is on the screen; nothing if the tools are missing.
    pub(crate) async fn scan(test: &str, browser: &Browser) -> Option<Self> {
        let node = until(async || {
            let tree = browser.tree().await;
            let mut pictures = tree.into_iter().filter(|node| node.role == "image");
            let found = pictures.find(|node| node.name.to_lowercase().contains("qr"));
            found.ok_or_else(|| "no picture on the page is called a QR code".to_owned())
        })
        .await;
        browser.look_at(&node).await;
        let link = tools::zbarimg(test, &browser.picture().await)?;
        let (_, query) = link.split_once('?').expect("an enrollment link has parameters");
        let key = query.split('&').find_map(|pair| pair.strip_prefix("secret="));
        let key = key.expect("an enrollment link has a key").to_owned();
        Some(Self { link, key })
    }

    /// The code it shows now.
    pub(crate) fn code(&self, test: &str, house: &House) -> Option<String> {
        tools::oathtool(test, &self.key, house.now())
    }

    /// The key, as the page shows it to those who cannot scan.
    pub(crate) fn key_in_fours(&self) -> String {
        let letters: Vec<char> = self.key.chars().collect();
        let fours: Vec<String> = letters.chunks(4).map(|four| four.iter().collect()).collect();
        fours.join(" ")
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_qr_code_is_read_in_every_look_and_its_code_is_right() {
    let test = "a QR code in every look";
    journey(test, Look::PLAIN, async |browser, house| {
        browser.log_in(house, OAKMOOR_ADA).await;
        let Some(phone) = Phone::scan(test, browser).await else { return };
        for look in [
            Look::PLAIN.dark(),
            Look::PLAIN.forced_colors(),
            Look::PLAIN.dark().forced_colors(),
            Look::PLAIN.printed(),
            Look::PLAIN.dark().printed(),
            Look::PLAIN.phone(),
        ] {
            browser.wear(look).await;
            let Some(again) = Phone::scan(test, browser).await else { return };
            assert_eq!(again.link, phone.link, "{look:?}");
            browser.sees(&phone.key_in_fours()).await;
        }
        browser.dress().await;
        let Some(code) = phone.code(test, house) else { return };
        browser.fill("Security code", &code).await;
        browser.click("Login").await;
        browser.arrives("/home").await;
    })
    .await;
}
