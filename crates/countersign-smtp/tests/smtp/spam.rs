//! What a spam filter thinks of our mails: SpamAssassin, without its look-ups in the network.

use countersign_core::mail::Message;
use countersign_core::{DAY, Mail, SecretText};

use crate::server::Mode;
use crate::stage::{NOW, Told, address, builder, code, send, server, trial};
use crate::tools::ask;

const MOST: f64 = 1.0;

fn mails() -> Vec<Mail> {
    let invitation = || Message::Invitation {
        link: SecretText::new(
            "https://portal.larkfield.example/invite/csi1.dGhpcyBpcyBh".to_owned(),
        ),
        until: NOW.plus(7 * DAY),
        invited_by: Some("Ada Moreau".to_owned()),
    };
    let browser = Some("Firefox on Windows");
    vec![
        trial(1, "ada@larkfield.example", "en", "Larkfield Freight", code(browser)),
        trial(2, "ada@larkfield.example", "de", "Larkfield Spedition Größe", code(browser)),
        trial(3, "dev@larkfield.example", "en", "Larkfield Freight", invitation()),
        trial(4, "dev@larkfield.example", "de", "Larkfield Spedition Größe", invitation()),
        trial(5, "ada@larkfield.example", "ar", "لاركفيلد للشحن", code(browser)),
        trial(6, "dev@larkfield.example", "ar", "Larkfield Freight", invitation()),
    ]
}

#[tokio::test]
async fn no_mail_of_ours_looks_like_spam() {
    let server = server(Mode::Plain).await;
    let mailer =
        builder(&server, Mode::Plain).reply_to(address("help@larkfield.example")).build().unwrap();
    for mail in mails() {
        assert_eq!(send(&mailer, &mail).await, Told::Sent);
    }
    for (mail, taken) in mails().iter().zip(server.mails()) {
        let args = ["--local", "--test-mode", "--nocreate-prefs"];
        let Some(output) = ask("spamassassin", &args, &taken.raw, "how our mails score") else {
            return;
        };
        let report = String::from_utf8_lossy(&output.stdout).into_owned();
        let status = report.split_once("X-Spam-Status:").expect("a verdict").1;
        let score = status.split_once("score=").expect("a score").1;
        let score: f64 = score.split([' ', '\n']).next().unwrap().parse().unwrap();
        let what = format!("{} in {}", mail.kind(), mail.locale());
        println!("{what}: {score}");
        assert!(score <= MOST, "{what} scores {score}:\n{report}");
    }
}
