//! The same with your own phone: scan, type, and be judged on the real clock.

use std::error::Error;
use std::io::{BufRead, Write};

use countersign::{
    AccountKey, Answer, Begun, Client, EmailAddress, FirstFactor, Keys, Locale, MemoryStore, Mfa,
    NewTenant, Newcomer, Next, OsRandom, Policy, Qr, Requirement, Start, TenantId, Ticket, Verdict,
};
use countersign_testkit::Inbox;

use crate::options::Options;
use crate::voice::{say, scene, show};

pub(crate) async fn run(options: &Options) -> Result<(), Box<dyn Error + Send + Sync>> {
    let inbox = Inbox::new();
    let (mfa, courier) = Mfa::builder()
        .store(MemoryStore::new())
        .mailer(inbox.clone())
        .keys(Keys::ephemeral(&OsRandom)?)
        .build()?;
    let name = "Larkfield Freight";
    mfa.create_tenant(NewTenant::new("larkfield", name, Locale::english())?).await?;
    let you = AccountKey::new("larkfield", "you")?;
    mfa.adopt(&you, Newcomer::at(EmailAddress::new("you@larkfield.example")?)).await?;
    let browser = Client::bound_to("a random cookie of 128 bits")?;
    for required in [Requirement::Email, Requirement::App, Requirement::App] {
        let tenant = TenantId::new("larkfield")?;
        let mut operator = mfa.operator(tenant, "tour guide", "showing visitors around")?;
        let (_, revision) = operator.policy().await?;
        let _ = operator.set_policy(Policy::requiring(required), revision, Start::Now).await?;
        scene(0, &format!("The company asks for {required}; you log in with your password"));
        let mut step = match mfa.begin(&you, FirstFactor::Password, &browser).await? {
            Begun::Challenge(challenge) => Some(Next::Challenge(challenge)),
            Begun::Enroll(enrollment) => Some(Next::Enroll(enrollment)),
            Begun::Passed(_) => None,
            Begun::Refused(refused) => return Err(refused.for_people().into()),
        };
        while let Some(open) = step.take() {
            courier.drain().await?;
            let ticket = present(&open, &inbox, options)?;
            match judge(&mfa, &ticket, &browser).await? {
                Some(Verdict::Next(next)) => step = Some(next),
                Some(Verdict::Passed(passed)) => {
                    say(format!("You are in: {}.", passed.proof.amr().join(" + ")));
                }
                Some(_) | None => {
                    say("You left the tour. Nothing is kept.");
                    return Ok(());
                }
            }
        }
    }
    say("That was it: a mailed code, a QR code once, and from now on the app alone.");
    Ok(())
}

/// Shows what a page would show, and returns the ticket that its form carries.
fn present(
    step: &Next,
    inbox: &Inbox,
    options: &Options,
) -> Result<Ticket, Box<dyn Error + Send + Sync>> {
    match step {
        Next::Challenge(challenge) if challenge.mail.is_some() => {
            say(format!("We sent a code to {}. This is the mail:", challenge.hint));
            show(inbox.last().map(|mail| mail.text().to_owned()).unwrap_or_default().trim_end());
            Ok(challenge.ticket.clone())
        }
        Next::Challenge(challenge) => {
            say(format!("Open your authenticator app at {}.", challenge.hint));
            Ok(challenge.ticket.clone())
        }
        Next::Enroll(enrollment) => {
            let qr = Qr::encode(enrollment.app.uri().expose())?;
            println!("{}", qr.terminal(options.polarity));
            say("Scan this with an authenticator app; --light draws it for a light terminal.");
            say(format!("Cannot scan? The key is {}", enrollment.app.key().expose()));
            Ok(enrollment.ticket.clone())
        }
    }
}

/// Asks until an answer ends the step; nothing if the input ends first.
async fn judge(
    mfa: &Mfa,
    ticket: &Ticket,
    browser: &Client,
) -> Result<Option<Verdict>, Box<dyn Error + Send + Sync>> {
    loop {
        print!("  Security code: ");
        std::io::stdout().flush()?;
        let mut typed = String::new();
        if std::io::stdin().lock().read_line(&mut typed)? == 0 {
            println!();
            return Ok(None);
        }
        match mfa.verify(ticket, &Answer::code(typed), browser).await? {
            Verdict::Failed(failed) => say(failed.for_people()),
            Verdict::Locked(locked) => say(locked.for_people()),
            Verdict::Stale(stale) => {
                say(stale.for_people());
                return Ok(None);
            }
            done => return Ok(Some(done)),
        }
    }
}
