//! One conversation with a mail server, from the connection to the goodbye.
//!
//! Why it is safe: a conversation carries one mail and is never used again, so no later mail can
//! read an answer meant for this one. Each step knows the one answer it may go on with, and a server
//! that has said more than it was asked for is left. A command with a control character in it is
//! not sent.

use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use data_encoding::BASE64;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;
use tokio::time::timeout;
use zeroize::Zeroizing;

use crate::error::{Cause, Phase, SmtpError, Whose};
use crate::reply::{Ahead, Mechanism, Offers, Reply};
use crate::tls::{Tls, Wire};
use crate::tokens::Tokens;
use crate::url::{Login, Safety, Server};

/// How long a server may take for its goodbye, which changes nothing.
const GOODBYE: Duration = Duration::from_secs(1);
/// A name with more addresses than this is not tried to its end.
const MOST_ADDRESSES: usize = 4;

/// Where a conversation is, for whoever has to say that it took too long.
#[derive(Debug)]
pub(crate) struct Place(Mutex<Phase>);

impl Place {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Phase::Writing))
    }

    pub(crate) fn wrong(&self, cause: Cause) -> SmtpError {
        SmtpError::new(*self.0.lock().unwrap_or_else(PoisonError::into_inner), cause)
    }

    pub(crate) fn is(&self, phase: Phase) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = phase;
    }
}

/// A conversation that stands after the greetings.
pub(crate) struct Dialog<'a> {
    place: &'a Place,
    wire: Box<dyn Wire>,
    ahead: Ahead,
    pub(crate) peer: SocketAddr,
    pub(crate) offers: Offers,
    /// The version of TLS, if the connection is encrypted.
    pub(crate) encrypted: Option<&'static str>,
    pub(crate) logged_in: Option<Mechanism>,
}

impl<'a> Dialog<'a> {
    /// Connects, encrypts, greets and logs in, as the URL of the server asks for.
    pub(crate) async fn open(
        server: &Server,
        tls: &Tls,
        hello: Option<&str>,
        patience: Duration,
        place: &'a Place,
    ) -> Result<Self, SmtpError> {
        let tcp = connect(server, patience, place).await?;
        let peer = tcp.peer_addr();
        let own = tcp.local_addr();
        let broken = |error| place.wrong(Cause::broken(error));
        let peer = peer.map_err(broken)?;
        let own = own.map_err(broken)?;
        let hello = format!("EHLO {}", hello.map_or_else(|| literal(own), str::to_owned));
        let mut dialog = Self {
            place,
            wire: Box::new(tcp),
            ahead: Ahead::default(),
            peer,
            offers: Offers::default(),
            encrypted: None,
            logged_in: None,
        };
        if server.safety == Safety::Tls {
            dialog = dialog.encrypt(server, tls).await?;
        }
        dialog.greet(&hello).await?;
        if server.safety == Safety::StartTls {
            dialog = dialog.starttls(server, tls).await?;
            dialog.hello(&hello).await?;
        }
        if let Some(login) = &server.login {
            dialog.login(login).await?;
        }
        Ok(dialog)
    }

    async fn greet(&mut self, hello: &str) -> Result<(), SmtpError> {
        self.place.is(Phase::Greeting);
        let reply = self.reply().await?;
        self.wants(reply, 220)?;
        self.hello(hello).await
    }

    async fn hello(&mut self, hello: &str) -> Result<(), SmtpError> {
        let reply = self.ask(Phase::Hello, hello).await?;
        self.offers = Offers::of(&self.wants(reply, 250)?);
        Ok(())
    }

    async fn starttls(mut self, server: &Server, tls: &Tls) -> Result<Self, SmtpError> {
        self.place.is(Phase::StartTls);
        if !self.offers.starttls {
            return Err(self.place.wrong(Cause::NoStartTls));
        }
        let reply = self.ask(Phase::StartTls, "STARTTLS").await?;
        self.wants(reply, 220)?;
        // What came before the encryption must not be read after it: anybody may have written it.
        self.is_quiet()?;
        self.encrypt(server, tls).await
    }

    async fn encrypt(self, server: &Server, tls: &Tls) -> Result<Self, SmtpError> {
        self.place.is(Phase::Tls);
        let (wire, version) =
            tls.over(&server.host, self.wire).await.map_err(|cause| self.place.wrong(cause))?;
        Ok(Self { wire, encrypted: Some(version), ..self })
    }

    async fn login(&mut self, login: &Login) -> Result<(), SmtpError> {
        self.place.is(Phase::Login);
        let secret = |text: &str| Zeroizing::new(BASE64.encode(text.as_bytes()));
        let Some(mechanism) = self.offers.login else {
            return Err(self.place.wrong(Cause::NoLogin));
        };
        let reply = match mechanism {
            Mechanism::Plain => {
                let both = Zeroizing::new(format!("\0{}\0{}", *login.user, *login.password));
                let line = Zeroizing::new(format!("AUTH PLAIN {}", *secret(&both)));
                self.ask(Phase::Login, &line).await?
            }
            Mechanism::Login | Mechanism::Xoauth2 => {
                for line in ["AUTH LOGIN", &secret(&login.user)] {
                    let reply = self.ask(Phase::Login, line).await?;
                    self.wants(reply, 334)?;
                }
                self.ask(Phase::Login, &secret(&login.password)).await?
            }
        };
        self.wants(reply, 235)?;
        self.logged_in = Some(mechanism);
        Ok(())
    }

    /// Logs in with an access token. A server that refuses one first says why, and waits to be heard out.
    pub(crate) async fn login_by_token(&mut self, tokens: &Tokens) -> Result<(), SmtpError> {
        self.place.is(Phase::Login);
        if !self.offers.xoauth2 {
            return Err(self.place.wrong(Cause::NoXoauth2));
        }
        let token = tokens.source.token().await.map_err(|_| self.place.wrong(Cause::NoToken))?;
        if token.expose().chars().any(char::is_control) {
            return Err(self.place.wrong(Cause::NoToken));
        }
        let user = &tokens.user;
        let both = format!("user={user}\u{1}auth=Bearer {}\u{1}\u{1}", token.expose());
        let both = Zeroizing::new(both);
        let coded = Zeroizing::new(BASE64.encode(both.as_bytes()));
        let line = Zeroizing::new(format!("AUTH XOAUTH2 {}", *coded));
        let mut reply = self.ask(Phase::Login, &line).await?;
        if reply.code == 334 {
            reply = self.ask(Phase::Login, "").await?;
        }
        self.wants(reply, 235)?;
        self.logged_in = Some(Mechanism::Xoauth2);
        Ok(())
    }

    /// Names the sender. `utf8` says whose address in the mail is not in ASCII, if one is.
    pub(crate) async fn sender(
        &mut self,
        sender: &str,
        utf8: Option<Whose>,
    ) -> Result<(), SmtpError> {
        self.place.is(Phase::Sender);
        if let Some(whose) = utf8.filter(|_| !self.offers.utf8) {
            return Err(self.place.wrong(Cause::NoUtf8(whose)));
        }
        let utf8 = if utf8.is_some() { " SMTPUTF8" } else { "" };
        let reply = self.ask(Phase::Sender, &format!("MAIL FROM:<{sender}>{utf8}")).await?;
        self.wants(reply, 250).map(drop)
    }

    /// Names the one recipient.
    pub(crate) async fn recipient(&mut self, recipient: &str) -> Result<(), SmtpError> {
        let reply = self.ask(Phase::Recipient, &format!("RCPT TO:<{recipient}>")).await?;
        match reply.code {
            // RFC 5321 4.2: the second says that the server forwards it, and takes it.
            250 | 251 => Ok(()),
            _ => self.wants(reply, 250).map(drop),
        }
    }

    /// Hands over the mail, which ends with a line end, and its final dot.
    pub(crate) async fn body(&mut self, mail: &[u8]) -> Result<(), SmtpError> {
        let reply = self.ask(Phase::Data, "DATA").await?;
        self.wants(reply, 354)?;
        self.place.is(Phase::Body);
        self.is_quiet()?;
        self.write(&stuffed(mail)).await
    }

    /// Waits for the answer to the final dot. `Ok` means that the server answers for the mail.
    pub(crate) async fn taken(&mut self) -> Result<(), SmtpError> {
        let reply = self.reply().await?;
        self.wants(reply, 250).map(drop)
    }

    /// Says goodbye. Whatever the server makes of it, the mail is where it is.
    pub(crate) async fn quit(mut self) {
        let goodbye = async {
            if self.wire.write_all(b"QUIT\r\n").await.is_ok() && self.wire.flush().await.is_ok() {
                let _ = self.ahead.reply(&mut self.wire).await;
            }
            let _ = self.wire.shutdown().await;
        };
        let _ = timeout(GOODBYE, goodbye).await;
    }

    async fn ask(&mut self, phase: Phase, command: &str) -> Result<Reply, SmtpError> {
        self.place.is(phase);
        self.is_quiet()?;
        if command.chars().any(char::is_control) {
            return Err(self.place.wrong(Cause::Unwritable));
        }
        self.write(&Zeroizing::new(format!("{command}\r\n").into_bytes())).await?;
        self.reply().await
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), SmtpError> {
        let broken = |error| self.place.wrong(Cause::broken(error));
        self.wire.write_all(bytes).await.map_err(broken)?;
        self.wire.flush().await.map_err(broken)
    }

    async fn reply(&mut self) -> Result<Reply, SmtpError> {
        self.ahead.reply(&mut self.wire).await.map_err(|cause| self.place.wrong(cause))
    }

    fn wants(&self, reply: Reply, code: u16) -> Result<Reply, SmtpError> {
        if reply.code == code {
            return Ok(reply);
        }
        let Reply { code, status, .. } = reply;
        Err(self.place.wrong(Cause::Said { code, status }))
    }

    fn is_quiet(&self) -> Result<(), SmtpError> {
        match self.ahead.is_empty() {
            true => Ok(()),
            false => Err(self.place.wrong(Cause::Unasked)),
        }
    }
}

/// Tries the addresses of the server in turn. One that does not answer leaves time for the others.
async fn connect(
    server: &Server,
    patience: Duration,
    place: &Place,
) -> Result<TcpStream, SmtpError> {
    place.is(Phase::Resolving);
    let found = tokio::net::lookup_host((server.host.as_str(), server.port)).await;
    let found: Vec<SocketAddr> =
        found.map_err(|_| place.wrong(Cause::Unknown))?.take(MOST_ADDRESSES).collect();
    if server.safety == Safety::ThisMachine && !found.iter().all(|at| at.ip().is_loopback()) {
        return Err(place.wrong(Cause::NotHere));
    }
    place.is(Phase::Connecting);
    let share = u32::try_from(found.len()).unwrap_or(1).saturating_add(1);
    let mut wrong = Cause::Unknown;
    for address in found {
        match timeout(patience / share, TcpStream::connect(address)).await {
            Ok(Ok(tcp)) => return Ok(tcp),
            Ok(Err(error)) => wrong = Cause::broken(error),
            Err(_) => wrong = Cause::Deadline,
        }
    }
    Err(place.wrong(wrong))
}

/// Our name where we have none (RFC 5321 4.1.3): the address that the server sees, or thinks so.
fn literal(own: SocketAddr) -> String {
    match own.ip().to_canonical() {
        std::net::IpAddr::V4(ip) => format!("[{ip}]"),
        std::net::IpAddr::V6(ip) => format!("[IPv6:{ip}]"),
    }
}

/// The mail with its dots doubled and its end marked (RFC 5321 4.5.2).
fn stuffed(mail: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(mail.len() + 64));
    for line in mail.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend_from_slice(line);
    }
    out.extend_from_slice(b".\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_mail_never_ends_it() {
        for (mail, sent) in [
            ("", ".\r\n"),
            ("a\r\n", "a\r\n.\r\n"),
            (".\r\n", "..\r\n.\r\n"),
            ("..\r\n.a\r\na.\r\n", "...\r\n..a\r\na.\r\n.\r\n"),
            ("a\r\n.\r\nRCPT TO:<b@c.example>\r\n", "a\r\n..\r\nRCPT TO:<b@c.example>\r\n.\r\n"),
        ] {
            assert_eq!(stuffed(mail.as_bytes())[..], *sent.as_bytes(), "{mail:?}");
        }
    }

    #[test]
    fn a_host_without_a_name_gives_its_address() {
        for (own, said) in [
            ("127.0.0.1:5", "[127.0.0.1]"),
            ("[::1]:5", "[IPv6:::1]"),
            ("[::ffff:10.1.2.3]:5", "[10.1.2.3]"),
        ] {
            assert_eq!(literal(own.parse().unwrap()), said);
        }
    }
}
