//! Every fault at every place of the conversation.

use std::fmt::Write as _;

use tokio::time::{Instant, timeout};

use crate::server::{At, Fault, Mode};
use crate::stage::{HASTY, PATIENT, Told, builder, mail, mailer, send, server};

const PLACES: [At; 11] = [
    At::Greeting,
    At::Hello,
    At::StartTls,
    At::Handshake,
    At::HelloAgain,
    At::Login,
    At::Sender,
    At::Recipient,
    At::Data,
    At::Body,
    At::Quit,
];

/// What servers like to do: repeat the address, the code, a line of the mail.
const ECHO: &str = "<ada@larkfield.example> 482913 portal hunter2/p@ss";

fn faults() -> Vec<(&'static str, Fault)> {
    vec![
        ("hang", Fault::Hang),
        ("drip", Fault::Drip),
        ("reset", Fault::Reset),
        ("close", Fault::Close),
        ("garbage", Fault::Garbage),
        ("endless line", Fault::EndlessLine),
        ("endless lines", Fault::EndlessLines),
        ("unasked", Fault::SayMore("250 2.0.0 fine".to_owned())),
        ("421", Fault::Say(format!("421 4.3.2 closing {ECHO}"))),
        ("451", Fault::Say(format!("451 4.3.0 later {ECHO}"))),
        ("550", Fault::Say(format!("550 no {ECHO}"))),
        ("550 5.1.1", Fault::Say(format!("550-5.1.1 {ECHO}\r\n550 5.1.1 no such user"))),
        ("554 5.7.1", Fault::Say(format!("554 5.7.1 policy {ECHO}"))),
    ]
}

/// What must come of it.
fn expected(at: At, fault: &str) -> &'static str {
    match (at, fault) {
        (At::Quit, _) => "sent",
        // Behind the last answer: the mail is taken, and nothing is read any more.
        (At::Body, "unasked") => "sent",
        (At::Recipient | At::Data | At::Body, "550 5.1.1") => "refused",
        _ => "not now",
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_fault_of_a_server_loses_a_mail_or_blames_the_wrong_one() {
    let mut table = String::new();
    for at in PLACES {
        let row = faults().into_iter().filter(|(name, _)| {
            // A handshake has no replies, and its first byte already tells.
            at != At::Handshake
                || !matches!(
                    *name,
                    "drip" | "unasked" | "421" | "451" | "550" | "550 5.1.1" | "554 5.7.1"
                )
        });
        let cases: Vec<_> =
            row.map(|(name, fault)| (name, tokio::spawn(case(at, name, fault)))).collect();
        for (name, case) in cases {
            writeln!(table, "| {at:?} | {name} | {} |", case.await.unwrap()).unwrap();
        }
    }
    println!("{table}");
}

/// Sends a mail into the fault, and another when the server is well again.
async fn case(at: At, name: &str, fault: Fault) -> String {
    let silent = matches!(fault, Fault::Hang | Fault::Drip);
    let deadline = if silent { HASTY } else { PATIENT };
    let server = server(Mode::StartTls).await;
    let mailer = builder(&server, Mode::StartTls).deadline(deadline).final_dot_deadline(deadline);
    let mailer = mailer.build().unwrap();
    server.fails(at, fault);

    let begun = Instant::now();
    let told = timeout(PATIENT, send(&mailer, &mail())).await.expect("a send ends by itself");
    let took = begun.elapsed();

    let what = format!("{at:?}, {name}: {told:?} after {took:?}");
    let (kind, sentence) = match &told {
        Told::Sent => ("sent", ""),
        Told::NotNow(why) => ("not now", why.as_str()),
        Told::Refused(why) => ("refused", why.as_str()),
    };
    assert_eq!(kind, expected(at, name), "{what}");
    let too_late = sentence.contains("deadline");
    assert_eq!(too_late, silent && at != At::Quit, "{what}: only silence waits for the deadline");

    let sessions = server.sessions();
    assert_eq!(sessions.len(), 1, "{what}: one mail, one connection");
    let said = String::from_utf8_lossy(&sessions[0].said).into_owned();
    assert!(said.matches("\r\nDATA\r\n").count() <= 1, "{what}: the mail was offered twice");
    assert_eq!(sessions[0].mails.len(), usize::from(kind == "sent"), "{what}");
    if at < At::HelloAgain {
        assert!(!said.contains("AUTH") && !said.contains("MAIL"), "{what}: said in the clear");
    }

    server.is_well();
    let told = send(&mailer_with_time(&server), &mail()).await;
    assert_eq!(told, Told::Sent, "after {what}");
    let mails = server.mails();
    assert_eq!(mails.len(), 1 + usize::from(kind == "sent"), "after {what}");
    format!("{kind} | {sentence}")
}

fn mailer_with_time(server: &crate::server::Server) -> countersign_smtp::SmtpMailer {
    mailer(server, Mode::StartTls)
}
