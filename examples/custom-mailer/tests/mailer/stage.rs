//! What every test needs: an API, a mailer, a mail, and the log.

use std::io;
use std::sync::{Mutex, Once};
use std::time::Duration;

use countersign::mail::Message;
use countersign::{LetterId, Locale, Mail, OsRandom, SecretText, Timestamp};
use custom_mailer::{Api, ApiMailer};
use tracing_subscriber::filter::LevelFilter;

pub(crate) const KEY: &str = "key-7f3a9c";
pub(crate) const CODE: &str = "482913";
pub(crate) const WHO: &str = "somebody";
/// Only hangs reach it, and there are few of them.
pub(crate) const LONGEST: Duration = Duration::from_millis(1500);

/// An API that takes mails, and a mailer in front of it.
pub(crate) async fn stage() -> (Api, ApiMailer) {
    let api = Api::start(SecretText::new(KEY.to_owned())).await.unwrap();
    let mailer = mailer_at(&api.url(), KEY);
    (api, mailer)
}

pub(crate) fn mailer_at(url: &str, key: &str) -> ApiMailer {
    let sender = "security@larkfield.example".parse().unwrap();
    ApiMailer::new(url, &SecretText::new(key.to_owned()), sender, LONGEST).unwrap()
}

/// A mail with a code, of a letter of its own.
pub(crate) fn mail() -> Mail {
    Mail::trial(
        LetterId::draw(&OsRandom).unwrap(),
        format!("{WHO}@larkfield.example").parse().unwrap(),
        &Locale::english(),
        "Larkfield Freight",
        Message::LoginCode {
            code: SecretText::new(CODE.to_owned()),
            at: Timestamp::from_seconds(1_795_530_720),
            until: Timestamp::from_seconds(1_795_531_320),
            client: None,
            reference: None,
        },
    )
}

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static BEGUN: Once = Once::new();

/// Keeps every log line of every test from now on, at the finest level.
pub(crate) fn keep_log() {
    BEGUN.call_once(|| {
        let log = tracing_subscriber::fmt().with_max_level(LevelFilter::TRACE);
        log.with_ansi(false).with_writer(|| Writer).init();
    });
}

/// Every line so far.
pub(crate) fn log() -> String {
    String::from_utf8(LINES.lock().unwrap().clone()).unwrap()
}

struct Writer;

impl io::Write for Writer {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
