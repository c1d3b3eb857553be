//! A whole login through a mail server that others wrote: aiosmtpd, with STARTTLS and a login.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use countersign_smtp::SmtpMailer;
use countersign_testkit::FakeClock;
use data_encoding::BASE64;
use serde_json::Value;

use crate::authority::Kind;
use crate::portal::{World, begin, found_company, passes};
use crate::server::PASSWORD;
use crate::stage::{NOW, PATIENT, Told, address, authority, mail_to, send};
use crate::tools::skip;
use crate::transcript::read;

/// The other server, which ends with the test.
struct Peer {
    process: Child,
    says: BufReader<ChildStdout>,
    port: u16,
    folder: PathBuf,
}

impl Peer {
    fn start(name: &str) -> Option<Self> {
        let Some(python) = python() else {
            skip("aiosmtpd is not installed, so no mail server by others took a mail");
            return None;
        };
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder).unwrap();
        let (certificate, key) = authority().certificate(Kind::Good);
        let certificate_file = folder.join("certificate.pem");
        let key_file = folder.join("key.pem");
        fs::write(&certificate_file, certificate).unwrap();
        fs::write(&key_file, key).unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/smtp/peer.py");
        let mut process = Command::new(python)
            // What it will do differently one day is not our concern.
            .args(["-W", "ignore"])
            .args([&script, &certificate_file, &key_file])
            .args(["portal", PASSWORD])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let says = BufReader::new(process.stdout.take().unwrap());
        let mut peer = Self { process, says, port: 0, folder };
        peer.port = u16::try_from(peer.line()["port"].as_u64().unwrap()).unwrap();
        Some(peer)
    }

    /// The next thing that it says.
    fn line(&mut self) -> Value {
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        serde_json::from_str(&line).expect("the server says what happened")
    }

    fn mailer(&self, password: &str) -> SmtpMailer {
        let url = format!("smtp://portal:{password}@localhost:{}?starttls=required", self.port);
        SmtpMailer::builder(&url, address("security@larkfield.example"))
            .sender_name("Larkfield Freight")
            .trust_pem(authority().pem().as_bytes())
            .clock(FakeClock::at(NOW))
            .deadline(PATIENT)
            .build()
            .unwrap()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // One of the two is enough, and neither can fail in a way that matters here.
        drop(self.process.stdin.take());
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// A Python that has aiosmtpd: the one in the path, or Debian's, which `python3-aiosmtpd` is for.
fn python() -> Option<&'static str> {
    let has = |python: &&str| {
        let mut asked = Command::new(python);
        asked.args(["-c", "import aiosmtpd.smtp"]).stderr(Stdio::null());
        asked.status().is_ok_and(|status| status.success())
    };
    ["python3", "/usr/bin/python3"].into_iter().find(has)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_passes_with_the_code_that_a_server_by_others_took() {
    let Some(mut peer) = Peer::start("login") else { return };
    let world = World::new();
    let mailer = peer.mailer("hunter2%2Fp%40ss");
    let probe = mailer.probe().await;
    assert!(probe.is_fine(), "{probe}");

    let (mfa, courier) = world.process(mailer.clone());
    found_company(&mfa).await;
    let ticket = begin(&mfa).await;
    let drained = courier.drain().await.unwrap();
    assert_eq!((drained.sent, drained.delayed), (1, 0));

    let taken = peer.line();
    assert_eq!(taken["from"], "security@larkfield.example");
    assert_eq!(taken["to"], serde_json::json!(["ada@larkfield.example"]));
    assert_eq!((&taken["encrypted"], &taken["login"]), (&Value::Bool(true), &Value::Bool(true)));
    let raw = BASE64.decode(taken["raw"].as_str().unwrap().as_bytes()).unwrap();
    let written = read(&raw);
    assert!(written.subject.contains("Larkfield Freight"), "{}", written.subject);
    assert!(passes(&mfa, &ticket, &written.text).await);

    // An address in another script, which this server can carry.
    assert_eq!(send(&mailer, &mail_to("zoë@larkfield.example")).await, Told::Sent);
    assert_eq!(peer.line()["to"], serde_json::json!(["zoë@larkfield.example"]));

    // And what it refuses.
    let told = send(&mailer, &mail_to("nobody@larkfield.example")).await;
    assert_eq!(told, Told::Refused("naming the recipient: the server answered 550 5.1.1".into()));
    let told = send(&peer.mailer("wrong"), &mail_to("ada@larkfield.example")).await;
    assert_eq!(told, Told::NotNow("logging in: the server answered 535 5.7.8".into()));
}
