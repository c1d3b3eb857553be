//! The README's program is this one, byte for byte, and it logs a person in over HTTP.
#![cfg_attr(
    feature = "qr",
    expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")
)]
#![cfg(feature = "qr")]

#[path = "readme/portal.rs"]
mod portal;
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
    assert!(README.lines().count() <= 150, "{} lines", README.lines().count());
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

async fn mailed_code(post_office: &portal::PostOffice) -> String {
    for _ in 0..10_000 {
        if let Some(text) = post_office.last_text() {
            let mut codes = text
                .split_whitespace()
                .filter(|word| word.len() == 6 && word.bytes().all(|byte| byte.is_ascii_digit()));
            return codes.next_back().unwrap().to_owned();
        }
        tokio::task::yield_now().await;
    }
    panic!("the mail never left");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_program_logs_a_person_in_with_the_code_from_the_mail() {
    let folder = std::env::temp_dir().join(format!("countersign-readme-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    std::env::set_current_dir(&folder).unwrap();
    std::fs::write("countersign.keys", "1 AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE\n").unwrap();
    let door = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let post_office = portal::PostOffice::default();
    let server = tokio::spawn(program::serve(post_office.clone(), door));
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
