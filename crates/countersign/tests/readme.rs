//! The README's program is this one, byte for byte, and it logs a user in over HTTP.
#![cfg(all(feature = "qr", feature = "sqlite", feature = "smtp", feature = "tokio"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

#[path = "readme/portal.rs"]
mod portal;
#[path = "readme/post_office.rs"]
mod post_office;
#[path = "readme/program.rs"]
mod program;

use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const README: &str = include_str!("../../../README.md");
const PROGRAM: &str = include_str!("readme/program.rs");

#[test]
fn the_program_in_the_readme_is_the_one_that_is_compiled() {
    let start = README.find("```rust\n").unwrap() + "```rust\n".len();
    let end = start + README[start..].find("```").unwrap();
    assert_eq!(&README[start..end], PROGRAM);
}

#[test]
fn the_readme_fits_a_reader() {
    assert!(README.lines().count() <= 100, "{} lines", README.lines().count());
}

#[test]
fn the_dependencies_in_the_readme_are_those_of_its_program() {
    let start = README.find("```toml\n").unwrap();
    let block = &README[start..start + README[start..].find("\n```").unwrap()];
    let sources = [PROGRAM, include_str!("readme/portal.rs")].concat();
    let crates = sources.lines().filter_map(|line| line.trim().strip_prefix("use "));
    let names = crates.filter_map(|path| path.split([':', ' ', ';']).next());
    for name in names.chain(["serde", "tokio"]).filter(|name| !["std", "crate"].contains(name)) {
        assert!(block.contains(&format!("\n{name} = ")), "{name} is not named in {block}");
    }
}

/// One request, one connection; what came back, headers and all.
async fn post(door: SocketAddr, path: &str, cookies: &str, body: &str) -> String {
    let mut stream = TcpStream::connect(door).await.unwrap();
    let length = body.len();
    let request = format!(
        "POST {path} HTTP/1.1\r\nHost: {door}\r\nConnection: close\r\nCookie: {cookies}\r\n\
         Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {length}\r\n\r\n{body}"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

async fn mailed_code(post_office: &post_office::PostOffice) -> String {
    let mail = post_office.mail().await;
    let (_, body) = mail.split_once("\r\n\r\n").unwrap();
    let is_code = |word: &&str| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit());
    body.split_whitespace().find(is_code).unwrap_or_else(|| panic!("{mail}")).to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_program_logs_a_person_in_with_the_code_from_the_mail() {
    let folder = std::env::temp_dir().join(format!("countersign-readme-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::env::set_current_dir(&folder).unwrap();
    countersign::Keys::create("countersign.keys").unwrap();
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let post_office = post_office::PostOffice::open().await;
    let mail_server = post_office.url();
    let server = tokio::spawn(async move { program::serve(&mail_server, door).await });
    while TcpStream::connect(door).await.is_err() {
        assert!(!server.is_finished(), "{:?}", server.await.unwrap().err().map(|oops| oops.0));
        tokio::task::yield_now().await;
    }

    let browser = "browser=f3a1c5d97b204e86";
    let wrong = post(door, "/login", browser, "user=ben&password=guess").await;
    assert!(wrong.contains("No match."), "{wrong}");
    let asked = post(door, "/login", browser, "user=ben&password=correct+horse").await;
    assert!(asked.contains("Enter the code we sent to b••@larkfield.example."), "{asked}");
    let ticket = asked.split("ticket=").nth(1).unwrap().split(';').next().unwrap();
    let cookies = format!("{browser}; ticket={ticket}");

    let code = mailed_code(&post_office).await;
    let spaced = format!("code={}+{}", &code[..3], &code[3..]);
    let elsewhere = format!("browser=0123456789abcdef; ticket={ticket}");
    let stolen = post(door, "/login/code", &elsewhere, &spaced).await;
    assert!(stolen.contains("not started in this browser"), "{stolen}");
    let done = post(door, "/login/code", &cookies, &spaced).await;
    assert!(done.contains("Logged in as ben by pwd, otp."), "{done}");
    let replayed = post(door, "/login/code", &cookies, &spaced).await;
    assert!(replayed.contains("already used"), "{replayed}");

    server.abort();
    std::fs::remove_dir_all(&folder).unwrap();
}
