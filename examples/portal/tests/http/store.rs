//! What is kept in a file: everything, and nothing that is not for keeping.

use std::fs;
use std::path::PathBuf;

use countersign::Timestamp;
use portal::{Options, PortalClock, Running};

use crate::person::{ADA, come_home, follow, link_at_oakmoor, log_in};
use crate::visitor::Visitor;

/// A folder that is gone after the test.
struct Folder(PathBuf);

impl Folder {
    fn make(name: &str) -> Self {
        let place = std::env::temp_dir().join(format!("portal-test-{name}-{}", std::process::id()));
        fs::create_dir_all(&place).unwrap();
        Self(place)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        fs::remove_dir_all(&self.0).unwrap();
    }
}

async fn open(folder: &Folder) -> Running {
    let clock = PortalClock::standing_at(Timestamp::from_seconds(1_795_530_720));
    let options = Options::on_any_port().kept_in(folder.0.join("portal.db")).by_clock(clock);
    portal::start(options).await.unwrap()
}

#[cfg(unix)]
#[tokio::test]
async fn nobody_else_on_the_machine_reads_what_is_kept() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::make("private");
    let portal = open(&folder).await;
    let mut ada = Visitor::new(portal.address());
    come_home(&mut ada, ADA).await;
    let files: Vec<_> = fs::read_dir(&folder.0).unwrap().map(|file| file.unwrap()).collect();
    assert!(files.len() >= 2, "the database and its keys: {files:?}");
    for file in files {
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{mode:o} {}", file.path().display());
    }
    portal.stop().await.unwrap();
}

#[tokio::test]
async fn a_kept_portal_goes_on_where_it_stopped_sessions_and_clock_and_phone_included() {
    let folder = Folder::make("kept");
    let first = open(&folder).await;
    let mut ada = Visitor::new(first.address());
    come_home(&mut ada, ADA).await;
    let cookies = ada.cookies.clone();
    let origin = first.origin();
    let turn = [("by", "10m")];
    let turned = Visitor::new(first.address()).submit("/dev/clock", "/dev/clock", &turn).await;
    assert_eq!(turned.status, 303, "{} {}", origin, turned.all());
    first.stop().await.unwrap();

    let second = open(&folder).await;
    assert_eq!(second.clock().now().to_string(), "2026-11-24T14:42:00Z");
    let mut ada = Visitor::new(second.address()).with_cookies(cookies);
    assert_eq!(ada.get("/home").await.status, 200);
    // Nobody is there twice, and Omar's phone still knows his code.
    let login = Visitor::new(second.address()).get("/login").await;
    assert_eq!(login.body.matches("ben@larkfield.example").count(), 1);
    let phone = Visitor::new(second.address()).get("/dev/phone").await;
    assert!(phone.body.contains("omar@oakmoor.example"), "{}", phone.all());
    second.stop().await.unwrap();
}

#[tokio::test]
async fn neither_passwords_nor_ids_of_sessions_nor_codes_are_in_the_file() {
    let folder = Folder::make("secrets");
    let running = open(&folder).await;
    let mut ada = Visitor::new(running.address());
    come_home(&mut ada, ADA).await;
    let session = ada.cookies["__Host-session"].clone();
    running.stop().await.unwrap();
    let mut kept = Vec::new();
    for entry in fs::read_dir(&folder.0).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension != "keys") {
            kept.extend(fs::read(path).unwrap());
        }
    }
    let holds = |secret: &str| kept.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
    assert!(holds("$argon2id$v=19$m=19456,t=2,p=1$"), "passwords are kept as digests");
    assert!(!holds(portal::DEMO_PASSWORD));
    assert!(!holds(&session));
}

#[cfg(unix)]
#[tokio::test]
async fn the_keys_are_for_us_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::make("keys");
    open(&folder).await.stop().await.unwrap();
    let keys = fs::metadata(folder.0.join("portal.keys")).unwrap();
    assert_eq!(keys.permissions().mode() & 0o777, 0o600);
}

#[tokio::test]
async fn a_busy_port_is_passed_by_and_the_one_taken_is_named() {
    let running = portal::start(Options::on_any_port()).await.unwrap();
    let args = ["--listen".to_owned(), running.address().to_string()];
    let Ok(portal::Asked::Portal(options)) = Options::read(args) else { panic!("it can be read") };
    let other = portal::start(options).await.unwrap();
    assert_ne!(other.address(), running.address());
    assert!(other.address().port() > running.address().port());
    let login = Visitor::new(other.address()).get("/login").await;
    assert_eq!(login.status, 200);
    other.stop().await.unwrap();
    running.stop().await.unwrap();
}

#[tokio::test]
async fn two_portals_on_one_file_share_people_sessions_and_what_is_linked() {
    let folder = Folder::make("shared");
    let one = open(&folder).await;
    let two = open(&folder).await;
    let house = crate::house::House::of(one);
    let mut ada = house.visitor();
    let phone = link_at_oakmoor(&house, &mut ada).await;
    let mut there = Visitor::new(two.address()).with_cookies(ada.cookies.clone());
    assert_eq!(there.get("/home").await.status, 200);
    // A code that was used at the one is used at the other.
    let mut again = Visitor::new(two.address());
    log_in(&mut again, crate::person::OAKMOOR, ADA).await;
    let code = phone.code(house.now());
    let answer = again.submit("/login/code", "/login/code", &[("code", &code)]).await;
    let page = follow(&mut again, answer).await;
    assert!(page.body.contains("Each code works once. Wait"), "{}", page.all());
    house.close().await;
    two.stop().await.unwrap();
}
