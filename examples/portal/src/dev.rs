//! The newcomer's tools: an inbox, two phones and a clock, so that nobody needs a mail server, a
//! phone or patience to walk through the whole portal.
//!
//! They show every code, so they are no part of a portal: they exist in the demo alone, which listens
//! on this machine alone, and each page says so on a striped banner. Without them (`--no-demo`) none
//! of these addresses exists and no page is looked at.

mod clock;
mod guard;
mod inbox;
mod layout;
mod mail;
mod phone;
mod phones;
mod picture;
mod seen;
mod words;

use axum::Router;
use axum::http::header::CONTENT_TYPE;
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::IntoResponse;
use axum::routing::get;
use countersign::mail::MailKind;
use countersign::{EmailAddress, Mailer, SmtpMailer};

use crate::Trouble;
use crate::clock::PortalClock;
use crate::options::MailBy;
use crate::portal::SENDER;

use inbox::Inbox;
use phones::{Phones, Which};
use seen::Seen;

/// What the tools share with the portal, and among themselves.
#[derive(Debug, Clone)]
pub(crate) struct Tools {
    clock: PortalClock,
    inbox: Inbox,
    mail_by: MailBy,
    /// Writes a mail as bytes, and sends nothing.
    writer: Option<SmtpMailer>,
    phones: Phones,
    seen: Seen,
}

impl Tools {
    /// An empty inbox that refuses these addresses, two phones with empty apps, and this clock.
    pub(crate) fn new(clock: PortalClock, mail_by: &MailBy, bouncing: Vec<EmailAddress>) -> Self {
        let sender = EmailAddress::new(SENDER).ok();
        let writer = sender.and_then(|sender| {
            SmtpMailer::builder("smtp://127.0.0.1", sender).clock(clock.clone()).build().ok()
        });
        Self {
            inbox: Inbox::new(clock.clone(), bouncing),
            clock,
            mail_by: mail_by.clone(),
            writer,
            phones: Phones::default(),
            seen: Seen::default(),
        }
    }

    /// What takes the portal's mails in the demo.
    pub(crate) fn mailer(&self) -> impl Mailer + use<> {
        self.inbox.clone()
    }

    /// Gives the first phone the link of an authenticator app that somebody linked before.
    pub(crate) fn scan(&self, link: &str) -> Result<(), Trouble> {
        Ok(self.phones.with(Which::First, |phone| phone.open(link))?)
    }

    /// The link in the newest invitation to this address, for a button that only the demo has.
    pub(crate) fn invitation_to(&self, address: &EmailAddress) -> Option<String> {
        let posts = self.inbox.posts();
        let theirs = |post: &&inbox::Post| {
            post.mail.kind() == MailKind::Invitation && post.mail.to() == address
        };
        posts.iter().find(theirs)?.link().map(|link| link.trim().to_owned())
    }

    /// The portal with the tools beside it, and with phones that can see its pages.
    pub(crate) fn beside(&self, pages: Router) -> Router {
        let looked_at = pages.layer(from_fn_with_state(self.seen.clone(), seen::look));
        looked_at.merge(self.clone().routes())
    }

    /// `/dev/mail`, `/dev/phone`, `/dev/clock`. They stand outside of the gate, which lets in no
    /// form as large as a picture.
    fn routes(self) -> Router {
        let files = Router::new()
            .route("/dev/tools.css", get(|| file("text/css; charset=utf-8", STYLE)))
            .route("/dev/tools.js", get(|| file("text/javascript; charset=utf-8", SCRIPT)));
        Router::new()
            .merge(mail::routes())
            .merge(phone::routes())
            .merge(clock::routes())
            .with_state(self)
            .merge(files)
            .layer(from_fn(guard::guard))
    }
}

async fn file(kind: &'static str, text: &'static str) -> impl IntoResponse {
    ([(CONTENT_TYPE, kind)], text)
}

const STYLE: &str = include_str!("dev/tools.css");
const SCRIPT: &str = include_str!("dev/tools.js");
