//! The mailer: one `POST` for each mail, and what its answer means.
//!
//! Why it is safe: an error holds a place and a number. Nothing that the API wrote, no address, no
//! code and no key can be in it.

use std::fmt;
use std::time::Duration;

use countersign::mail::{MailFailure, MailPhase, MailReason};
use countersign::{EmailAddress, Mail, MailError, Mailer, SecretText, async_trait};
use http_body_util::{BodyExt as _, Limited};
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use reqwest::{Body, Client, Response, StatusCode, Url, redirect};
use serde_json::{Value, json};

/// The most that is read of an answer, in bytes.
const LONGEST_ANSWER: usize = 4096;

/// Sends mails through an HTTP API. Clones share the connections.
#[derive(Clone)]
pub struct ApiMailer {
    http: Client,
    url: Url,
    sender: EmailAddress,
}

impl ApiMailer {
    /// A mailer that posts to this URL with this key, and takes at most `deadline` for one mail.
    ///
    /// # Errors
    ///
    /// [`Unusable`] if the URL is none, the key is no header, or both would cross a network in clear.
    pub fn new(
        url: &str,
        key: &SecretText,
        sender: EmailAddress,
        deadline: Duration,
    ) -> Result<Self, Unusable> {
        let url = Url::parse(url).map_err(|_| Unusable("the URL of the mail API is no URL"))?;
        let here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
        if url.scheme() != "https" && !here {
            return Err(Unusable("codes and the key would cross a network in clear; use https"));
        }
        let mut bearer = HeaderValue::from_str(&format!("Bearer {}", key.expose()))
            .map_err(|_| Unusable("the key of the mail API holds characters that no header may"))?;
        bearer.set_sensitive(true);
        let http = Client::builder()
            .default_headers(HeaderMap::from_iter([(AUTHORIZATION, bearer)]))
            .redirect(redirect::Policy::none())
            .no_proxy()
            .timeout(deadline)
            .build()
            .map_err(|_| Unusable("this machine cannot make an HTTP client"))?;
        Ok(Self { http, url, sender })
    }

    async fn post(&self, mail: &Mail) -> Result<(), NotSent> {
        let request = self.http.post(self.url.clone());
        let request = request.header("Idempotency-Key", mail.message_ref()).json(&json!({
            "from": self.sender.as_str(),
            "to": mail.to().as_str(),
            "subject": mail.subject(),
            "text": mail.text(),
            "html": mail.html(),
        }));
        let response = request.send().await.map_err(NotSent::without_an_answer)?;
        match response.status() {
            StatusCode::OK | StatusCode::ACCEPTED => Ok(()),
            status => Err(NotSent::answered(status, reason_word(response).await.as_deref())),
        }
    }
}

#[async_trait]
impl Mailer for ApiMailer {
    async fn send(&self, mail: &Mail) -> Result<(), MailError> {
        self.post(mail).await.map_err(|error| {
            tracing::warn!(%error, "a mail was not sent");
            error.into()
        })
    }
}

/// The word by which the API names its reason, such as `recipient_unknown`. It is compared and never
/// kept: whoever repeats what a service wrote repeats addresses.
async fn reason_word(response: Response) -> Option<String> {
    let body = Limited::new(Body::from(response), LONGEST_ANSWER).collect().await.ok()?;
    let answer: Value = serde_json::from_slice(&body.to_bytes()).ok()?;
    answer.get("error")?.as_str().map(str::to_owned)
}

/// Why a mail was not sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotSent {
    phase: MailPhase,
    status: Option<u16>,
    why: &'static str,
    refused: bool,
}

impl NotSent {
    fn without_an_answer(error: reqwest::Error) -> Self {
        let why = match (error.is_connect(), error.is_timeout()) {
            (true, _) => "the mail API cannot be reached",
            (_, true) => "the mail API took longer than the deadline",
            (_, false) => "the mail API broke off",
        };
        Self { phase: MailPhase::Connection, status: None, why, refused: false }
    }

    /// What an answer means. Only a word about the recipient, in an answer that says that the request
    /// itself was understood, refuses an address; another number or word is a matter of ours.
    fn answered(status: StatusCode, word: Option<&str>) -> Self {
        let (phase, why, refused) = match (status.as_u16(), word) {
            (422, Some("recipient_unknown" | "recipient_invalid" | "recipient_suppressed")) => {
                (MailPhase::Recipient, "the mail API takes no mail for this address", true)
            }
            (401 | 403, _) => (MailPhase::Login, "the mail API does not take our key", false),
            (400 | 413 | 415 | 422, Some("sender_unknown")) => {
                (MailPhase::Sender, "the mail API does not take our sender", false)
            }
            (400 | 413 | 415 | 422, _) => {
                (MailPhase::Content, "the mail API does not take the mail", false)
            }
            // The key of the letter is known with another text, or its first sending is under way.
            (409, _) => (MailPhase::Content, "the mail API has this letter already", false),
            (429, _) => (MailPhase::Unknown, "the mail API asks for fewer mails", false),
            (300..=399, _) => (MailPhase::Connection, "the mail API has moved", false),
            _ => (MailPhase::Unknown, "the mail API takes no mail now", false),
        };
        Self { phase, status: Some(status.as_u16()), why, refused }
    }
}

impl From<NotSent> for MailError {
    fn from(error: NotSent) -> Self {
        let reason = MailReason::at(error.phase);
        let reason = error.status.map_or(reason, |status| reason.with_reply(status));
        let failure = MailFailure::new(reason, error);
        if error.refused { Self::Refused(failure) } else { Self::NotNow(failure) }
    }
}

impl fmt::Display for NotSent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.status {
            Some(status) => write!(f, "{} (HTTP {status})", self.why),
            None => f.write_str(self.why),
        }
    }
}

impl std::error::Error for NotSent {}

/// Why a mailer cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unusable(&'static str);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Unusable {}

impl fmt::Debug for ApiMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let host = self.url.host_str();
        f.debug_struct("ApiMailer").field("host", &host).finish_non_exhaustive()
    }
}
