//! What is wrong with a mail server, in sentences, before anybody waits for a code.
//!
//! Why it is safe: a probe names our own sender, as sender and as recipient, and goes no further: so no
//! mail is sent and nobody else is named. It says no more than an error does, and never a login.

use std::fmt;

use tokio::time::timeout;

use crate::SmtpMailer;
use crate::dialog::{Dialog, Place};
use crate::error::{Cause, Phase, SmtpError, TlsFault, Whose};
use crate::url::{Safety, Server};

impl SmtpMailer {
    /// Asks the mail server for everything but a mail: connects, encrypts, logs in, names the
    /// sender, asks whether it would take a mail to that same address, and leaves.
    ///
    /// Many servers judge a sender only when they hear the recipient, and say no more than `550`. The
    /// last question shows that before anybody waits for a code.
    ///
    /// It takes no longer than a mail may. Good at the start of a program, and on an operator's page.
    ///
    /// ```
    /// use countersign_smtp::SmtpMailer;
    ///
    /// # tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
    /// // Nobody is listening here.
    /// let sender = "security@larkfield.example".parse()?;
    /// let probe = SmtpMailer::from_url("smtp://127.0.0.1:1", sender)?.probe().await;
    /// assert!(!probe.is_fine());
    /// println!("{probe}");
    /// // wrong: connecting to the mail server: connection refused; see that the server runs, …
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # })?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub async fn probe(&self) -> Probe {
        let place = Place::new();
        let findings = match timeout(self.setup.deadline, self.look(&place)).await {
            Ok(findings) => findings,
            Err(_) => vec![self.wrong(&place.wrong(Cause::Deadline))],
        };
        Probe { findings }
    }

    async fn look(&self, place: &Place) -> Vec<Finding> {
        let mut dialog = match self.open(place).await {
            Ok(dialog) => dialog,
            Err(error) => return vec![self.wrong(&error)],
        };
        let mut findings = self.facts(&dialog);
        let sender = &self.setup.sender.address;
        let utf8 = (!sender.as_str().is_ascii()).then_some(Whose::Ours);
        let told = dialog.sender(sender.as_str(), utf8).await;
        match told {
            Ok(()) => {
                findings.push(Finding::Fine(format!("the server takes mails from {sender}")));
                let told = dialog.recipient(sender.as_str()).await;
                findings.push(self.would_take(told.err()));
            }
            Err(error) => findings.push(self.wrong(&error)),
        }
        dialog.quit().await;
        findings
    }

    /// What a server would do with a mail to the sender's own address.
    fn would_take(&self, error: Option<SmtpError>) -> Finding {
        let Some(error) = error else {
            return Finding::Fine("the server takes mails to that address as well".to_owned());
        };
        if error.is_about_the_recipient() {
            return Finding::Note(format!(
                "{error}: the sender's address takes no mail, so answers and bounces are lost; give a \
                 reply_to that is read"
            ));
        }
        if error.code().is_some_and(|code| (400..500).contains(&code)) {
            return Finding::Note(format!(
                "{error} for the sender's own address: such a mail is tried again until its code ends"
            ));
        }
        self.wrong(&error)
    }

    fn facts(&self, dialog: &Dialog<'_>) -> Vec<Finding> {
        let Server { safety, login, .. } = &self.setup.server;
        let mut facts = vec![Finding::Fine(format!("connected to {}", dialog.peer))];
        facts.push(match (dialog.encrypted, safety) {
            (Some(version), _) => Finding::Fine(format!(
                "encrypted with {version}, and the certificate of the server is trusted"
            )),
            (None, Safety::ThisMachine) => {
                Finding::Fine("not encrypted, which is fine on this machine".to_owned())
            }
            (None, _) => Finding::Note(
                "not encrypted: codes and links can be read on the way; take out danger_unencrypted"
                    .to_owned(),
            ),
        });
        facts.push(match (dialog.logged_in, login) {
            (Some(mechanism), _) => {
                Finding::Fine(format!("logged in with AUTH {}", mechanism.as_str()))
            }
            (None, _) => Finding::Note(
                "not logged in: many servers then take mails to their own people only, and refuse to \
                 relay the others"
                    .to_owned(),
            ),
        });
        if !dialog.offers.utf8 {
            facts.push(Finding::Note(
                "the server does not offer SMTPUTF8: people whose address is not in ASCII cannot \
                 be reached"
                    .to_owned(),
            ));
        }
        facts
    }

    fn wrong(&self, error: &SmtpError) -> Finding {
        Finding::Wrong(format!("{error}; {}", self.advice(error)))
    }

    /// What an operator can do about it.
    fn advice(&self, error: &SmtpError) -> &'static str {
        match (error.phase(), error.cause()) {
            (_, Cause::Unknown) => "see that the host in the URL is spelled right",
            (_, Cause::NotHere) => "write the address of this machine in the URL, not a name",
            (Phase::Connecting, Cause::Deadline) => {
                "see that no firewall is between, and that the port in the URL is right"
            }
            (Phase::Connecting, _) => {
                "see that the server runs, and that host and port in the URL are right"
            }
            (_, Cause::NoStartTls) => {
                "if the server speaks TLS from the first byte, write smtps in the URL; if it cannot \
                 encrypt at all, let no codes travel over it"
            }
            (_, Cause::Tls(TlsFault::Issuer)) => {
                "if the certificate comes from an authority of your own, add it with trust_pem"
            }
            (_, Cause::Tls(TlsFault::Expired)) => {
                "renew the certificate, and see that the clock of this machine is right"
            }
            (_, Cause::Tls(TlsFault::NotYet)) => "see that the clocks of both machines are right",
            (_, Cause::Tls(TlsFault::Name)) => {
                "write the name that the certificate is for in the URL"
            }
            (_, Cause::Tls(TlsFault::Certificate)) => "give the server a certificate that is valid",
            (Phase::Tls, _) => match self.setup.server.safety {
                Safety::Tls => "if the server begins without TLS, write smtp in the URL",
                Safety::StartTls | Safety::ThisMachine | Safety::Danger => {
                    "see the log of the server"
                }
            },
            (Phase::Greeting, Cause::Deadline | Cause::Garbage) => {
                "if the server speaks TLS from the first byte, write smtps in the URL; else see that \
                 a mail server listens at this port"
            }
            (_, Cause::NoLogin) => {
                "take the login out of the URL, or let the server offer AUTH PLAIN"
            }
            (Phase::Login, Cause::Said { .. }) => {
                "see that user name and password in the URL are right and percent-encoded"
            }
            (Phase::Sender, Cause::Said { .. }) => {
                "see that this login may send as the sender's address"
            }
            (Phase::Recipient, Cause::Said { .. }) => {
                "the server refuses a mail to the sender's own address, and so perhaps every mail: no \
                 address is marked for that, and each mail is tried until its code ends; see in the \
                 log of the server whether it can verify the sender, may relay, or limits us"
            }
            (_, Cause::NoXoauth2) => "log in with a password, or let the server offer AUTH XOAUTH2",
            (_, Cause::NoToken) => {
                "see in the log of the program why its source of tokens gives none"
            }
            (Phase::Sender, Cause::NoUtf8(_)) => "choose a sender's address in ASCII",
            (_, Cause::Deadline) => "see that the server is not overloaded, or give it more time",
            _ => "see the log of the server",
        }
    }
}

/// What a [probe](SmtpMailer::probe) found. `Display` shows one sentence in each line.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a probe that nobody reads has found nothing"]
pub struct Probe {
    findings: Vec<Finding>,
}

impl Probe {
    /// Whether mails can be sent.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        !self.findings.iter().any(|finding| matches!(finding, Finding::Wrong(_)))
    }

    /// What was found, in the order of the conversation.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }
}

impl fmt::Display for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, finding) in self.findings.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{finding}")?;
        }
        Ok(())
    }
}

/// One sentence about a mail server, for operators.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// This is as it should be.
    Fine(String),
    /// Mails can be sent, and this is worth knowing.
    Note(String),
    /// No mail can be sent, why, and what to do.
    Wrong(String),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Fine(sentence) => write!(f, "fine: {sentence}"),
            Self::Note(sentence) => write!(f, "note: {sentence}"),
            Self::Wrong(sentence) => write!(f, "wrong: {sentence}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_without_an_address_is_said_to_be_one() {
        let sender = "security@larkfield.example".parse().unwrap();
        let mailer = SmtpMailer::from_url("smtp://mail.larkfield.example", sender).unwrap();
        let check = |phase, cause, sentence: &str| {
            let finding = mailer.wrong(&SmtpError::new(phase, cause));
            assert_eq!(finding.to_string(), sentence);
        };
        check(
            Phase::Resolving,
            Cause::Unknown,
            "wrong: looking up the mail server: the name of the server has no address; see that the \
             host in the URL is spelled right",
        );
        check(
            Phase::Resolving,
            Cause::NotHere,
            "wrong: looking up the mail server: the server was to be on this machine and is on \
             another; write the address of this machine in the URL, not a name",
        );
        check(
            Phase::Connecting,
            Cause::Deadline,
            "wrong: connecting to the mail server: it took longer than the deadline; see that no \
             firewall is between, and that the port in the URL is right",
        );
    }
}
