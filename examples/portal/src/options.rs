//! The options from the command line, or from a test.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use countersign::EmailAddress;

use crate::clock::PortalClock;

/// Shown with `--help`, and after an option that is not there.
pub const HELP: &str = "\
cargo run -p portal -- [--listen ADDRESS] [--store STORE] [--mail MAIL] [--no-demo]

  --listen ADDRESS  where it listens (127.0.0.1:8080; the next free port if that is busy)
  --store STORE     sqlite:FILE keeps everything in that file (a temporary file)
  --origin ORIGIN   how browsers call it, such as https://portal.example, where a proxy speaks TLS for it
  --mail MAIL       inbox, smtp://127.0.0.1:1025 or smtps://user:password@mail.example.com (inbox)
  --company NAME --admin ADDRESS
                    makes this company, if it is not there, and invites its administrator
  --no-demo         no demo companies, and no /dev/mail, /dev/phone and /dev/clock
  --i-know-this-is-a-demo
                    keeps those even where other machines can reach them";

/// Where the portal listens when nothing is said.
const USUAL: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 8080);

/// How to run the portal.
#[derive(Debug, Clone)]
pub struct Options {
    pub(crate) listen: SocketAddr,
    pub(crate) origin: Option<String>,
    pub(crate) store: StoreAt,
    pub(crate) mail: MailBy,
    pub(crate) demo: bool,
    pub(crate) founding: Option<Founding>,
    pub(crate) clock: PortalClock,
}

/// A company to be made, and who gets the first invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Founding {
    pub(crate) company: String,
    pub(crate) admin: String,
}

/// Where everything is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum StoreAt {
    /// A file that is gone afterwards.
    Temporary,
    /// This SQLite file.
    Sqlite(PathBuf),
}

/// Who carries the mails.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum MailBy {
    /// The portal's own inbox.
    Inbox,
    /// A mail server.
    Smtp(String),
}

/// The request in the arguments.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "there are two things to ask for")]
pub enum Asked {
    /// How to use it.
    Help,
    /// The portal.
    Portal(Options),
}

impl Default for Options {
    /// The demo on its usual port, with everything in a temporary file.
    fn default() -> Self {
        Self {
            listen: USUAL,
            origin: None,
            store: StoreAt::Temporary,
            mail: MailBy::Inbox,
            demo: true,
            founding: None,
            clock: PortalClock::running(),
        }
    }
}

impl Options {
    /// The demo on a port that is free, for tests.
    #[must_use]
    pub fn on_any_port() -> Self {
        Self { listen: SocketAddr::new(USUAL.ip(), 0), ..Self::default() }
    }

    /// The same, by this clock.
    #[must_use]
    pub fn by_clock(mut self, clock: PortalClock) -> Self {
        self.clock = clock;
        self
    }

    /// The same, kept in this SQLite file.
    #[must_use]
    pub fn kept_in(mut self, file: impl Into<PathBuf>) -> Self {
        self.store = StoreAt::Sqlite(file.into());
        self
    }

    /// The same without demo companies and tools.
    #[must_use]
    pub fn without_demo(mut self) -> Self {
        self.demo = false;
        self
    }

    /// Reads the arguments.
    ///
    /// # Errors
    ///
    /// A sentence that names the mistake.
    pub fn read(args: impl IntoIterator<Item = String>) -> Result<Asked, String> {
        let mut options = Self::default();
        let mut no_demo = false;
        let mut knows = false;
        let mut company = None;
        let mut admin = None;
        let mut args = args.into_iter();
        while let Some(arg) = args.next() {
            let mut value = |what: &str| args.next().ok_or(format!("{arg} takes {what}."));
            match arg.as_str() {
                "--help" | "-h" => return Ok(Asked::Help),
                "--listen" => options.listen = address(&value("an address and a port")?)?,
                "--origin" => options.origin = Some(origin(&value("an origin")?)?),
                "--store" => options.store = store(&value("a store")?)?,
                "--mail" => options.mail = mail(&value("a way to send mails")?)?,
                "--company" => company = Some(value("a name")?),
                "--admin" => admin = Some(email(&value("an e-mail address")?)?),
                "--no-demo" => no_demo = true,
                "--i-know-this-is-a-demo" => knows = true,
                _ => return Err(format!("There is no option {arg}.")),
            }
        }
        options.founding = match (company, admin) {
            (Some(company), Some(admin)) => Some(Founding { company, admin }),
            (None, None) => None,
            _ => return Err("--company and --admin go together.".to_owned()),
        };
        // The tools show every code, and the demo's passwords stand on the login page. A proxy on
        // this machine lets others in as well.
        let reachable = !options.listen.ip().is_loopback();
        let is_open = reachable || options.origin.is_some();
        options.demo = !no_demo && (!is_open || knows);
        if reachable && !options.demo && options.origin.is_none() {
            return Err(
                "Browsers keep our cookies on this machine or over TLS: put a proxy in front \
                        and add --origin https://portal.example. To show the demo there, add \
                        --i-know-this-is-a-demo."
                    .to_owned(),
            );
        }
        if !options.demo && options.mail == MailBy::Inbox {
            return Err(
                "Without the demo nobody can read its inbox: add --mail smtp://HOST:PORT. \
                        To keep the demo where other machines can reach it, add \
                        --i-know-this-is-a-demo."
                    .to_owned(),
            );
        }
        Ok(Asked::Portal(options))
    }
}

fn address(text: &str) -> Result<SocketAddr, String> {
    let next = "Give one such as 127.0.0.1:8080.";
    text.parse().map_err(|_| format!("{text} is not an address with a port. {next}"))
}

/// The origin that links in mails start with and that forms must come from.
fn origin(text: &str) -> Result<String, String> {
    let host = text.strip_prefix("https://").filter(|host| !host.is_empty());
    let plain = |b: u8| b.is_ascii_alphanumeric() || b".-:[]".contains(&b);
    match host {
        Some(host) if host.bytes().all(plain) => Ok(text.to_owned()),
        _ => Err(format!("{text} is not an origin. Give one such as https://portal.example.")),
    }
}

fn email(text: &str) -> Result<String, String> {
    match EmailAddress::new(text) {
        Ok(email) => Ok(email.to_string()),
        Err(_) => Err(format!("{text} is not an e-mail address. Give one such as name@x.example.")),
    }
}

fn store(text: &str) -> Result<StoreAt, String> {
    match text.split_once(':') {
        Some(("sqlite", file)) if !file.is_empty() => {
            Ok(StoreAt::Sqlite(file.trim_start_matches("//").into()))
        }
        Some(("sqlite", _)) => Err("Name the file: --store sqlite:portal.db.".to_owned()),
        Some(("postgres" | "postgresql" | "mysql" | "mariadb", _)) => {
            Err("Of the databases only SQLite is there yet: --store sqlite:portal.db.".to_owned())
        }
        _ => Err(format!("{text} is not a store. Give one such as sqlite:portal.db.")),
    }
}

fn mail(text: &str) -> Result<MailBy, String> {
    match text.split_once("://") {
        None if text == "inbox" => Ok(MailBy::Inbox),
        Some(("smtp" | "smtps", _)) => Ok(MailBy::Smtp(text.to_owned())),
        _ if text.starts_with("file:") => Err("Mails are not written into folders. Give inbox, \
                                               smtp://HOST:PORT or smtps://HOST:PORT."
            .to_owned()),
        _ => Err(format!(
            "{text} is no way to send mails. Give inbox, smtp://HOST:PORT or \
                         smtps://HOST:PORT."
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Result<Options, String> {
        match Options::read(line.split_whitespace().map(str::to_owned))? {
            Asked::Portal(options) => Ok(options),
            Asked::Help => Err("help".to_owned()),
        }
    }

    #[test]
    fn nothing_needs_to_be_said() {
        let options = read("").unwrap();
        assert_eq!(options.listen.to_string(), "127.0.0.1:8080");
        assert_eq!((options.store, options.mail), (StoreAt::Temporary, MailBy::Inbox));
        assert!(options.demo);
    }

    #[test]
    fn what_other_machines_can_reach_has_no_demo_unless_one_insists() {
        let open =
            "--listen 0.0.0.0:80 --mail smtp://127.0.0.1:1025 --origin https://portal.example";
        assert!(!read(open).unwrap().demo);
        assert!(read(&format!("{open} --i-know-this-is-a-demo")).unwrap().demo);
        assert!(read("--listen 127.0.0.1:9000").unwrap().demo);
        assert!(read("--listen [::1]:9000").unwrap().demo);
        assert!(!read(&format!("{open} --i-know-this-is-a-demo --no-demo")).unwrap().demo);
    }

    #[test]
    fn what_stands_behind_a_proxy_has_no_demo_either() {
        let open = "--mail smtp://127.0.0.1:1025 --origin https://portal.example";
        assert!(!read(open).unwrap().demo);
        assert!(read(&format!("{open} --i-know-this-is-a-demo")).unwrap().demo);
        assert!(read("--origin https://portal.example").is_err(), "it has no inbox to read");
    }

    #[test]
    fn every_refusal_is_a_sentence_with_a_next_step() {
        for (line, next) in [
            ("--store postgres://x/y", "sqlite:portal.db"),
            ("--store mysql://x/y", "sqlite:portal.db"),
            ("--store sqlite:", "sqlite:portal.db"),
            ("--store portal.db", "sqlite:portal.db"),
            ("--store", "--store takes a store."),
            ("--mail file:out", "smtp://HOST:PORT"),
            ("--mail pigeon", "smtp://HOST:PORT"),
            ("--listen localhost", "127.0.0.1:8080"),
            ("--listen 0.0.0.0:80 --mail smtp://127.0.0.1:25", "--origin https://portal.example"),
            ("--origin portal.example", "https://portal.example"),
            ("--origin https://portal.example/", "https://portal.example"),
            ("--origin http://portal.example", "https://portal.example"),
            ("--no-demo", "--mail smtp://HOST:PORT"),
            ("--company Larkfield", "--admin go together"),
            ("--admin nonsense", "name@x.example"),
            ("--frobnicate", "There is no option --frobnicate."),
        ] {
            let sentence = read(line).unwrap_err();
            assert!(sentence.contains(next) && sentence.ends_with('.'), "{line}: {sentence}");
        }
    }

    #[test]
    fn a_file_is_named_with_and_without_slashes() {
        let at = |line| read(line).unwrap().store;
        assert_eq!(at("--store sqlite:portal.db"), StoreAt::Sqlite("portal.db".into()));
        assert_eq!(at("--store sqlite:///var/portal.db"), StoreAt::Sqlite("/var/portal.db".into()));
    }
}
