//! What a real Exim refuses: whatever it is, no address is marked for a number alone.

use std::fs;
use std::os::fd::OwnedFd;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use countersign_smtp::SmtpMailer;
use tokio::net::TcpListener;

use crate::stage::{PATIENT, Told, address, mail_to, send};
use crate::tools::skip;

const EXIM: &str = "/usr/sbin/exim4";

/// An Exim that answers at a free port, one process for each connection; `knows_sender` says whether
/// it finds our sender's address.
async fn exim(name: &str, knows_sender: bool) -> Option<(SmtpMailer, PathBuf)> {
    if !Path::new(EXIM).exists() {
        skip("exim4 is not installed, so no real server refused a mail");
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    for part in ["", "spool", "log"] {
        let part = folder.join(part);
        fs::create_dir_all(&part).unwrap();
        // It drops to a user of its own.
        fs::set_permissions(&part, fs::Permissions::from_mode(0o777)).unwrap();
    }
    let conf = folder.join("exim.conf");
    fs::write(&conf, include_str!("exim.conf").replace("FOLDER", folder.to_str().unwrap()))
        .unwrap();
    fs::set_permissions(&conf, fs::Permissions::from_mode(0o644)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let robot = if knows_sender { "-DROBOT=yes" } else { "-DROBOT=no" };
    tokio::spawn(async move {
        loop {
            let (tcp, _) = listener.accept().await.unwrap();
            let tcp = tcp.into_std().unwrap();
            tcp.set_nonblocking(false).unwrap();
            let out = OwnedFd::from(tcp.try_clone().unwrap());
            let mut exim = Command::new(EXIM);
            exim.arg(robot).arg("-C").arg(&conf).arg("-bs");
            exim.stdin(Stdio::from(OwnedFd::from(tcp))).stdout(Stdio::from(out));
            let mut process = exim.stderr(Stdio::null()).spawn().unwrap();
            tokio::task::spawn_blocking(move || process.wait());
        }
    });
    let sender = address("security@larkfield.example");
    let mailer = SmtpMailer::builder(&format!("smtp://127.0.0.1:{port}"), sender);
    Some((mailer.deadline(PATIENT).build().unwrap(), folder))
}

#[tokio::test(flavor = "multi_thread")]
async fn no_refusal_of_a_real_exim_marks_an_address() {
    let Some((mailer, folder)) = exim("exim-refuses", true).await else { return };
    assert_eq!(send(&mailer, &mail_to("ada@larkfield.example")).await, Told::Sent);
    for (to, place) in [
        ("rate@larkfield.example", "naming the recipient"),
        ("full@larkfield.example", "naming the recipient"),
        ("ada@elsewhere.example", "naming the recipient"),
        ("spam@larkfield.example", "handing the mail over"),
    ] {
        let told = send(&mailer, &mail_to(to)).await;
        assert_eq!(told, Told::NotNow(format!("{place}: the server answered 550")), "{to}");
    }
    let _ = fs::remove_dir_all(folder);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_real_exim_that_cannot_verify_the_sender_marks_nobody_and_a_probe_shows_it() {
    let Some((mailer, folder)) = exim("exim-verifies", false).await else { return };
    let told = send(&mailer, &mail_to("ada@larkfield.example")).await;
    assert_eq!(told, Told::NotNow("naming the recipient: the server answered 550".to_owned()));
    let probe = mailer.probe().await;
    assert!(!probe.is_fine(), "{probe}");
    assert!(probe.to_string().contains("whether it can verify the sender"), "{probe}");
    let _ = fs::remove_dir_all(folder);
}
