//! What the answers of the API mean, and what is never told.

use countersign::{MailError, Mailer as _, SecretText};
use custom_mailer::{ApiMailer, Behavior};

use crate::stage::{CODE, KEY, LONGEST, WHO, keep_log, log, mail, mailer_at, stage};

/// How a mail went, and the reason as the activity log keeps it.
fn told(sent: Result<(), MailError>) -> String {
    match sent {
        Ok(()) => "sent".to_owned(),
        Err(MailError::Refused(failure)) => format!("refused: {}", failure.reason()),
        Err(MailError::NotNow(failure)) => format!("not now: {}", failure.reason()),
    }
}

#[tokio::test]
async fn only_a_word_about_the_recipient_marks_an_address() {
    let (api, mailer) = stage().await;
    for (status, word, expected) in [
        (422, "recipient_unknown", "refused: recipient 422"),
        (422, "recipient_invalid", "refused: recipient 422"),
        (422, "recipient_suppressed", "refused: recipient 422"),
        (422, "sender_unknown", "not now: sender 422"),
        (422, "subject_too_long", "not now: content 422"),
        (400, "malformed", "not now: content 400"),
        (400, "recipient_unknown", "not now: content 400"),
        (401, "recipient_unknown", "not now: login 401"),
        (403, "key_revoked", "not now: login 403"),
        (404, "recipient_unknown", "not now: unknown 404"),
        (408, "", "not now: unknown 408"),
        (409, "letter_known", "not now: content 409"),
        (413, "too_large", "not now: content 413"),
        (429, "recipient_unknown", "not now: unknown 429"),
        (500, "", "not now: unknown 500"),
        (503, "recipient_unknown", "not now: unknown 503"),
        (204, "", "not now: unknown 204"),
    ] {
        api.behaves(Behavior::Answer(status, word));
        assert_eq!(told(mailer.send(&mail()).await), expected, "{status} {word}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed_with_a_code_in_hand() {
    let (api, mailer) = stage().await;
    for status in [301, 302, 303, 307, 308] {
        api.behaves(Behavior::Answer(status, ""));
        let expected = format!("not now: connection {status}");
        assert_eq!(told(mailer.send(&mail()).await), expected);
    }
}

#[tokio::test]
async fn what_cannot_be_reached_is_not_now() {
    let (api, mailer) = stage().await;
    drop(api);
    assert_eq!(told(mailer.send(&mail()).await), "not now: connection");
}

#[tokio::test]
async fn a_letter_that_is_sent_twice_is_delivered_once() {
    let (api, mailer) = stage().await;
    let first = mail();
    let second = mail();
    for mail in [&first, &first, &second, &first] {
        assert_eq!(told(mailer.send(mail).await), "sent");
    }
    assert_eq!(api.taken().len(), 4);
    let delivered: Vec<String> = api.delivered().into_iter().map(|mail| mail.letter).collect();
    assert_eq!(delivered, [first.message_ref(), second.message_ref()]);
}

#[tokio::test]
async fn a_wrong_key_marks_nobody() {
    let (api, _) = stage().await;
    let stranger = mailer_at(&api.url(), "key-of-somebody-else");
    assert_eq!(told(stranger.send(&mail()).await), "not now: login 401");
    assert_eq!(api.taken(), []);
}

#[tokio::test]
async fn codes_and_the_key_cross_no_network_in_clear() {
    let check = |url: &str, allowed: bool| {
        let key = SecretText::new(KEY.to_owned());
        let sender = "security@larkfield.example".parse().unwrap();
        let made = ApiMailer::new(url, &key, sender, LONGEST);
        assert_eq!(made.is_ok(), allowed, "{url}");
    };
    check("https://mail.larkfield.example/v1/mails", true);
    check("http://127.0.0.1:8025/v1/mails", true);
    check("http://[::1]:8025/v1/mails", true);
    check("http://mail.larkfield.example/v1/mails", false);
    check("http://127.0.0.1.larkfield.example/v1/mails", false);
    check("ftp://mail.larkfield.example/v1/mails", false);
    check("mail.larkfield.example", false);
}

#[tokio::test]
async fn no_error_log_or_debug_output_holds_a_secret() {
    keep_log();
    let (api, mailer) = stage().await;
    let mut said = format!("{mailer:?} {mailer:#?} {api:?}");
    for behavior in [
        Behavior::Answer(422, "recipient_unknown"),
        Behavior::Answer(500, "down"),
        Behavior::Answer(401, "key_unknown"),
        Behavior::BreakOff,
        Behavior::Hang,
    ] {
        api.behaves(behavior);
        let error = mailer.send(&mail()).await.unwrap_err();
        let source = std::error::Error::source(&error).unwrap();
        said.push_str(&format!("\n{error} {error:?} {source} {source:?} {}", error.reason()));
    }
    let log = log();
    assert!(log.contains("a mail was not sent"), "the log was kept");
    for part in [KEY, CODE, WHO] {
        assert!(!said.contains(part), "an error or a Debug output holds {part}");
        assert!(!log.contains(part), "a log line holds {part}");
    }
}
