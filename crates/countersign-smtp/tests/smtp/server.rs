//! A mail server that records every byte of its clients and fails wherever a test wants it to.

use std::collections::BTreeMap;
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use data_encoding::BASE64;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio_rustls::TlsAcceptor;

use crate::authority::{Authority, Kind};

/// The one login that the server takes.
pub(crate) const USER: &str = "portal";
pub(crate) const PASSWORD: &str = "hunter2/p@ss";
pub(crate) const TOKEN: &str = "ya29.hunter3";

/// A place in the conversation where something can go wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum At {
    Greeting,
    Hello,
    StartTls,
    Handshake,
    HelloAgain,
    Login,
    Sender,
    Recipient,
    Data,
    Body,
    Quit,
}

/// What goes wrong there.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// Says nothing and keeps the connection.
    Hang,
    /// Resets the connection.
    Reset,
    /// Closes the connection properly.
    Close,
    /// Says what is no SMTP.
    Garbage,
    /// Says one line that never ends.
    EndlessLine,
    /// Says lines without a last one.
    EndlessLines,
    /// Says one byte now and then, for ever.
    Drip,
    /// Says this instead.
    Say(String),
    /// Says what it would, and this right behind.
    SayMore(String),
    /// Says this when it is notified, and nothing before.
    SayWhen(Arc<Notify>, String),
}

/// How the server protects its connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Plain,
    StartTls,
    Tls,
}

/// One connection, as the server saw it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Session {
    /// Everything that the client said, decrypted.
    pub(crate) said: Vec<u8>,
    /// How much of it was said before the encryption.
    pub(crate) in_the_clear: usize,
    /// Whether it came to the place where something goes wrong.
    pub(crate) failed: bool,
    /// The mails that the server answered for.
    pub(crate) mails: Vec<Taken>,
}

/// A mail that the server took.
#[derive(Debug, Clone, Default)]
pub(crate) struct Taken {
    pub(crate) from: String,
    pub(crate) to: Vec<String>,
    /// As it was written, without the doubled dots.
    pub(crate) raw: Vec<u8>,
}

#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) port: u16,
    shared: Arc<Shared>,
    task: tokio::task::JoinHandle<()>,
}

#[derive(Debug)]
struct Shared {
    faults: Mutex<BTreeMap<At, Fault>>,
    sessions: Mutex<Vec<Session>>,
    mode: Mode,
    offers: Mutex<Vec<String>>,
}

impl Server {
    pub(crate) async fn start(mode: Mode, authority: &Authority, kind: Kind) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let offers = ["PIPELINING", "SMTPUTF8", "8BITMIME", "AUTH LOGIN PLAIN"];
        let shared = Arc::new(Shared {
            faults: Mutex::default(),
            sessions: Mutex::default(),
            mode,
            offers: Mutex::new(offers.map(str::to_owned).to_vec()),
        });
        let acceptor = authority.acceptor(kind);
        let with = Arc::clone(&shared);
        let task = tokio::spawn(async move {
            loop {
                let (tcp, _) = listener.accept().await.unwrap();
                let acceptor = acceptor.clone();
                let shared = Arc::clone(&with);
                tokio::spawn(async move {
                    // A client that goes away ends its conversation, and no test.
                    let _ = Talk::begin(tcp, shared, &acceptor).await;
                });
            }
        });
        Self { port, shared, task }
    }

    /// From now on this goes wrong here, and nothing elsewhere.
    pub(crate) fn fails(&self, at: At, fault: Fault) {
        *self.shared.faults.lock().unwrap() = BTreeMap::from([(at, fault)]);
    }

    pub(crate) fn is_well(&self) {
        self.shared.faults.lock().unwrap().clear();
    }

    /// Offers this and nothing else, besides STARTTLS if that is its mode.
    pub(crate) fn offers(&self, offers: &[&str]) {
        *self.shared.offers.lock().unwrap() = offers.iter().map(|&o| o.to_owned()).collect();
    }

    pub(crate) fn sessions(&self) -> Vec<Session> {
        self.shared.sessions.lock().unwrap().clone()
    }

    pub(crate) fn mails(&self) -> Vec<Taken> {
        self.sessions().into_iter().flat_map(|session| session.mails).collect()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

struct Talk {
    io: Box<dyn Io>,
    ahead: Vec<u8>,
    shared: Arc<Shared>,
    number: usize,
    encrypted: bool,
}

impl Talk {
    async fn begin(tcp: TcpStream, shared: Arc<Shared>, tls: &TlsAcceptor) -> io::Result<()> {
        if shared.faults.lock().unwrap().values().any(|fault| matches!(fault, Fault::Reset)) {
            tcp.set_zero_linger()?;
        }
        let number = {
            let mut sessions = shared.sessions.lock().unwrap();
            sessions.push(Session::default());
            sessions.len() - 1
        };
        let mode = shared.mode;
        let mut talk =
            Self { io: Box::new(tcp), ahead: Vec::new(), shared, number, encrypted: false };
        if mode == Mode::Tls {
            talk = talk.encrypt(tls).await?;
        }
        talk.answer(At::Greeting, "220 mail.larkfield.example ESMTP").await?;
        talk.converse(tls).await
    }

    async fn converse(mut self, tls: &TlsAcceptor) -> io::Result<()> {
        let mut mail = Taken::default();
        loop {
            let line = self.line().await?;
            let verb = line.split([' ', ':']).next().unwrap().to_ascii_uppercase();
            match verb.as_str() {
                "EHLO" => {
                    let at = if self.encrypted { At::HelloAgain } else { At::Hello };
                    let offers = self.offers();
                    self.answer(at, &offers).await?;
                }
                "STARTTLS" if self.shared.mode == Mode::StartTls => {
                    if self.answer(At::StartTls, "220 go ahead").await?.starts_with("220") {
                        self = self.encrypt(tls).await?;
                    }
                }
                "AUTH" => self.login(&line).await?,
                "MAIL" => {
                    if self.answer(At::Sender, "250 2.1.0 fine").await?.starts_with("250") {
                        mail = Taken { from: within(&line), ..Taken::default() };
                    }
                }
                "RCPT" => {
                    let said = self.answer(At::Recipient, "250 2.1.5 fine").await?;
                    if said.starts_with("250") || said.starts_with("251") {
                        mail.to.push(within(&line));
                    }
                }
                "DATA" => {
                    if self.answer(At::Data, "354 go ahead").await?.starts_with("354") {
                        mail.raw = self.body().await?;
                        let said =
                            self.answer_about(At::Body, "250 2.0.0 taken", Some(&mail)).await?;
                        drop(said);
                    }
                }
                "QUIT" => {
                    self.answer(At::Quit, "221 2.0.0 bye").await?;
                    return self.io.shutdown().await;
                }
                _ => self.say("500 5.5.2 what?\r\n").await?,
            }
        }
    }

    async fn encrypt(mut self, tls: &TlsAcceptor) -> io::Result<Self> {
        let fault = self.shared.faults.lock().unwrap().get(&At::Handshake).cloned();
        if let Some(fault) = fault {
            self.fail(&fault, "").await?;
            return Err(io::ErrorKind::Other.into());
        }
        {
            let mut sessions = self.shared.sessions.lock().unwrap();
            sessions[self.number].in_the_clear = sessions[self.number].said.len();
        }
        let io = tls.accept(self.io).await?;
        Ok(Self { io: Box::new(io), encrypted: true, ..self })
    }

    async fn login(&mut self, line: &str) -> io::Result<()> {
        let decoded = |text: &str| {
            let bytes = BASE64.decode(text.as_bytes()).unwrap_or_default();
            String::from_utf8(bytes).unwrap_or_default()
        };
        let (user, password) = match line.split(' ').collect::<Vec<_>>()[..] {
            ["AUTH", "PLAIN", both] => {
                let both = decoded(both);
                let mut parts = both.split('\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            ["AUTH", "LOGIN"] => {
                self.say("334 VXNlcm5hbWU6\r\n").await?;
                let user = decoded(&self.line().await?);
                self.say("334 UGFzc3dvcmQ6\r\n").await?;
                (user, decoded(&self.line().await?))
            }
            ["AUTH", "XOAUTH2", both] => {
                let right = format!("user={USER}\u{1}auth=Bearer {TOKEN}\u{1}\u{1}");
                if decoded(both) == right {
                    (USER.to_owned(), PASSWORD.to_owned())
                } else {
                    self.say("334 eyJzdGF0dXMiOiI0MDEifQ==\r\n").await?;
                    assert_eq!(self.line().await?, "", "the client hears the error out");
                    Default::default()
                }
            }
            _ => return self.say("504 5.5.4 no\r\n").await,
        };
        let reply = match (user.as_str(), password.as_str()) {
            (USER, PASSWORD) => "235 2.7.0 welcome",
            _ => "535 5.7.8 no such login",
        };
        self.answer(At::Login, reply).await.map(drop)
    }

    fn offers(&self) -> String {
        let mut offers = self.shared.offers.lock().unwrap().clone();
        if self.shared.mode == Mode::StartTls && !self.encrypted {
            // As real servers do: a login only once it is encrypted.
            offers.retain(|offer| !offer.starts_with("AUTH"));
            offers.push("STARTTLS".to_owned());
        }
        offers.insert(0, "mail.larkfield.example at your service".to_owned());
        let last = offers.pop().unwrap();
        let mut text: String = offers.iter().map(|offer| format!("250-{offer}\r\n")).collect();
        text.push_str(&format!("250 {last}"));
        text
    }

    async fn answer(&mut self, at: At, usual: &str) -> io::Result<String> {
        self.answer_about(at, usual, None).await
    }

    /// Says what is due here, after it has noted the mail that it answers for.
    async fn answer_about(
        &mut self,
        at: At,
        usual: &str,
        mail: Option<&Taken>,
    ) -> io::Result<String> {
        let fault = self.shared.faults.lock().unwrap().get(&at).cloned();
        let taken = match &fault {
            None | Some(Fault::SayMore(_)) => true,
            Some(Fault::Say(said) | Fault::SayWhen(_, said)) => said.starts_with("250"),
            Some(_) => false,
        };
        if let Some(mail) = mail.filter(|_| taken) {
            self.shared.sessions.lock().unwrap()[self.number].mails.push(mail.clone());
        }
        match fault {
            None => {
                self.say(&format!("{usual}\r\n")).await?;
                Ok(usual.to_owned())
            }
            Some(fault) => self.fail(&fault, usual).await,
        }
    }

    async fn fail(&mut self, fault: &Fault, usual: &str) -> io::Result<String> {
        self.shared.sessions.lock().unwrap()[self.number].failed = true;
        match fault {
            Fault::Hang => pending().await,
            Fault::Reset => Err(io::ErrorKind::ConnectionReset.into()),
            Fault::Close => {
                self.io.shutdown().await?;
                Err(io::ErrorKind::ConnectionAborted.into())
            }
            Fault::Garbage => {
                self.say("\u{0}\u{7}HTTP/1.1 400 Bad Request\r\n\r\n").await?;
                pending().await
            }
            Fault::EndlessLine => loop {
                self.say(&"250".repeat(1000)).await?;
            },
            Fault::EndlessLines => loop {
                self.say("250-and more\r\n").await?;
            },
            Fault::Drip => {
                let mut beat = tokio::time::interval(Duration::from_millis(20));
                loop {
                    beat.tick().await;
                    self.say("2").await?;
                }
            }
            Fault::Say(reply) => {
                self.say(&format!("{reply}\r\n")).await?;
                Ok(reply.clone())
            }
            Fault::SayMore(more) => {
                self.say(&format!("{usual}\r\n{more}\r\n")).await?;
                Ok(usual.to_owned())
            }
            Fault::SayWhen(when, reply) => {
                when.notified().await;
                self.say(&format!("{reply}\r\n")).await?;
                Ok(reply.clone())
            }
        }
    }

    async fn say(&mut self, text: &str) -> io::Result<()> {
        self.io.write_all(text.as_bytes()).await?;
        self.io.flush().await
    }

    async fn line(&mut self) -> io::Result<String> {
        let line = self.until(b"\r\n").await?;
        Ok(String::from_utf8_lossy(&line[..line.len() - 2]).into_owned())
    }

    async fn body(&mut self) -> io::Result<Vec<u8>> {
        // The first line may be the last.
        let mut body = vec![b'\r', b'\n'];
        while !body.ends_with(b"\r\n.\r\n") {
            let line = self.until(b"\r\n").await?;
            body.extend(line);
        }
        let text = &body[2..body.len() - 3];
        let lines = text.split_inclusive(|byte| *byte == b'\n');
        Ok(lines.flat_map(|line| line.strip_prefix(b".").unwrap_or(line)).copied().collect())
    }

    async fn until(&mut self, end: &[u8]) -> io::Result<Vec<u8>> {
        loop {
            let found = self.ahead.windows(end.len()).position(|bytes| bytes == end);
            if let Some(at) = found {
                return Ok(self.ahead.drain(..at + end.len()).collect());
            }
            let mut chunk = [0; 4096];
            let read = self.io.read(&mut chunk).await?;
            if read == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.ahead.extend(&chunk[..read]);
            let mut sessions = self.shared.sessions.lock().unwrap();
            sessions[self.number].said.extend(&chunk[..read]);
        }
    }
}

/// What stands between the angle brackets.
fn within(line: &str) -> String {
    let start = line.find('<').unwrap() + 1;
    line[start..line.rfind('>').unwrap()].to_owned()
}
