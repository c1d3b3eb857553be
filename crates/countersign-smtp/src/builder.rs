//! How a mailer is set up, and what is said when it cannot be.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign_core::{Clock, DisplayName, EmailAddress, SystemClock};

use crate::SmtpMailer;
use crate::mailer::Setup;
use crate::message::Sender;
use crate::setup::SetupError;
use crate::tls::{Tls, certificates};
use crate::tokens::{TokenSource, Tokens};
use crate::url::{Safety, Server};

/// A mailer that is being set up; made by [`SmtpMailer::builder`].
#[must_use = "a builder does nothing until it is built"]
pub struct SmtpMailerBuilder {
    // Read at once, so that the password does not stay around as text.
    server: Result<Server, SetupError>,
    sender: Sender,
    authorities: Vec<u8>,
    deadline: Duration,
    final_dot: Duration,
    hello: Option<String>,
    tokens: Option<Tokens>,
    clock: Arc<dyn Clock>,
}

impl SmtpMailerBuilder {
    pub(crate) fn new(url: &str, sender: EmailAddress) -> Self {
        Self {
            server: Server::parse(url),
            sender: Sender { address: sender, name: None, reply_to: None },
            authorities: Vec::new(),
            deadline: DEADLINE,
            final_dot: FINAL_DOT,
            hello: None,
            tokens: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// The name beside the sender's address: what a [`DisplayName`] may be, which is 1 to 64 bytes on
    /// one line with nothing in it that is invisible or changes the direction of text.
    pub fn sender_name(mut self, name: impl Into<String>) -> Self {
        self.sender.name = Some(name.into());
        self
    }

    /// Where people's answers go, if not to the sender. Best to a mailbox that somebody reads.
    pub fn reply_to(mut self, address: EmailAddress) -> Self {
        self.sender.reply_to = Some(address);
        self
    }

    /// How long one mail may take, from the look-up of the server to the dot that ends the mail: 30
    /// seconds if nothing is said, between 100 milliseconds and 60 seconds.
    ///
    /// The answer to that dot has [a deadline of its own](Self::final_dot_deadline).
    pub fn deadline(mut self, deadline: Duration) -> Self {
        self.deadline = deadline;
        self
    }

    /// How long the server may think about a mail that it has whole: 10 minutes if nothing is said (RFC
    /// 5321, 4.5.3.2.6), between 100 milliseconds and 10 minutes.
    ///
    /// By then a server may have taken the mail though it has not said so. Leaving it early makes it
    /// send the mail, and us send it again. The courier holds the letter meanwhile, as long as it
    /// [runs](countersign_core::Courier::run); with `drain` from a job give less than 90 seconds.
    pub fn final_dot_deadline(mut self, deadline: Duration) -> Self {
        self.final_dot = deadline;
        self
    }

    /// Trusts the certificate authorities in this PEM file as well: those of a tenant's own.
    ///
    /// Names and dates of certificates are checked all the same.
    pub fn trust_pem(mut self, pem: &[u8]) -> Self {
        self.authorities.extend_from_slice(pem);
        self.authorities.push(b'\n');
        self
    }

    /// The name of this machine, as the server should hear it. Without one it is the address that
    /// the connection comes from, in brackets, which servers take from those who log in.
    pub fn hello(mut self, name: impl Into<String>) -> Self {
        self.hello = Some(name.into());
        self
    }

    /// Logs in with access tokens (`AUTH XOAUTH2`), as this user, instead of a password in the URL.
    ///
    /// See [`TokenSource`] for an example. The server must offer XOAUTH2.
    pub fn xoauth2(mut self, user: impl Into<String>, source: impl TokenSource) -> Self {
        self.tokens = Some(Tokens { user: user.into(), source: Arc::new(source) });
        self
    }

    /// The clock that dates mails and judges certificates; the one of this machine if nothing is
    /// said.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sends codes, links and the password unencrypted to *another* machine, to be read by whoever
    /// is on the way. For a test network only. A `smtps` URL stays encrypted.
    pub fn danger_unencrypted(mut self) -> Self {
        if let Ok(server) = &mut self.server
            && server.safety != Safety::Tls
        {
            server.safety = Safety::Danger;
        }
        self
    }

    /// The mailer. Nothing is sent and no server is asked: that is what
    /// [`probe`](SmtpMailer::probe) is for.
    ///
    /// # Errors
    ///
    /// [`SetupError`] if the URL or another value is not what it should be.
    pub fn build(self) -> Result<SmtpMailer, SetupError> {
        let server = self.server?;
        if self.sender.name.clone().is_some_and(|name| DisplayName::new(name).is_err()) {
            let next = "give one line of 1 to 64 bytes, all of which is seen";
            let why = "is no name that people can read";
            return Err(SetupError::new("the sender's name", why, next));
        }
        let host = |name: &str| {
            (1..=253).contains(&name.len()) && name.bytes().all(|byte| byte.is_ascii_graphic())
        };
        if !self.hello.as_deref().is_none_or(host) {
            let next = "give a host name in ASCII, such as portal.larkfield.example";
            return Err(SetupError::new("the name of this machine", "is not one", next));
        }
        if !(SHORTEST..=LONGEST).contains(&self.deadline) {
            let next = "give something between 100 milliseconds and 60 seconds";
            return Err(SetupError::new("the deadline", "is too short or too long", next));
        }
        if !(SHORTEST..=FINAL_DOT).contains(&self.final_dot) {
            let next = "give something between 100 milliseconds and 10 minutes";
            return Err(SetupError::new(
                "the deadline of the final dot",
                "is too short or too long",
                next,
            ));
        }
        if let Some(tokens) = &self.tokens {
            if server.login.is_some() {
                let next = "take user name and password out of the URL";
                return Err(SetupError::new("the login", "is given twice", next));
            }
            if tokens.user.is_empty() || tokens.user.chars().any(char::is_control) {
                let next = "give the user whose tokens these are, in one line";
                return Err(SetupError::new("the user of the tokens", "is not one line", next));
            }
        }
        let authorities = match self.authorities.is_empty() {
            true => Vec::new(),
            false => certificates(&self.authorities)?,
        };
        let tls = Tls::new(authorities, Arc::clone(&self.clock))?;
        Ok(SmtpMailer::new(Setup {
            server,
            tls,
            sender: self.sender,
            deadline: self.deadline,
            final_dot: self.final_dot,
            hello: self.hello,
            tokens: self.tokens,
            clock: self.clock,
        }))
    }
}

impl fmt::Debug for SmtpMailerBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SmtpMailerBuilder")
            .field("server", &self.server)
            .field("sender", &self.sender)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

const DEADLINE: Duration = Duration::from_secs(30);
const FINAL_DOT: Duration = Duration::from_secs(600);
const SHORTEST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(60);
