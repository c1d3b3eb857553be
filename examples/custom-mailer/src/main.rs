//! One login code through a mail API of your own, in one process and with nothing installed.
//!
//! You will see the code arrive at a made-up mail API, the API fail and the courier try again, and an
//! address refused for good. `src/mailer.rs` is what you copy.
#![expect(clippy::print_stdout, reason = "an example prints what happens")]

use std::error::Error;
use std::time::Duration;

use countersign::{
    AccountKey, Answer, Begun, Client, FirstFactor, Keys, Locale, MemoryStore, Mfa, NewTenant,
    NewUser, OsRandom, Requirement, SecretText, Step, Verdict,
};
use custom_mailer::{Api, ApiMailer, Behavior};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let key = SecretText::new("key-of-the-mail-api".to_owned());
    let api = Api::start(key.clone()).await?;
    let sender = "security@larkfield.example".parse()?;
    let mailer = ApiMailer::new(&api.url(), &key, sender, Duration::from_secs(10))?;
    println!("1. A mail API answers at {}.", api.url());

    let (mfa, courier) = Mfa::builder()
        .store(MemoryStore::new())
        .mailer(mailer)
        .keys(Keys::ephemeral(&OsRandom)?)
        .build()?;
    let company = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
    mfa.create_tenant(company).await?;
    let [ada, ben, chiara] =
        ["ada", "ben", "chiara"].map(|user| AccountKey::new("larkfield", user));
    let (ada, ben, chiara) = (ada?, ben?, chiara?);
    for key in [&ada, &ben, &chiara] {
        let address = format!("{}@larkfield.example", key.user()).parse()?;
        let user = NewUser::at(address).with_rule(Requirement::Email);
        mfa.add_existing_user(key, user).await?;
    }

    let client = Client::danger_unbound();
    let begun = mfa.begin(&ada, FirstFactor::Password, &client).await?;
    let Begun::Step(Step::EnterCode(challenge)) = begun else {
        return Err("Ada is asked for a code".into());
    };
    println!("2. Ada's password was right, and a letter without a code is in the outbox.");
    let drained = courier.drain().await?;
    let mails = api.delivered();
    let mail = mails.last().ok_or("the API took no mail")?;
    println!("3. The courier sent {}: \"{}\" to {}.", drained.sent, mail.subject, mail.to);

    let code = mail
        .text
        .lines()
        .map(str::trim)
        .find(|line| line.len() >= 6 && line.chars().all(|c| c.is_ascii_digit() || c == ' '));
    let code = Answer::code(code.ok_or("the mail holds a code")?);
    match mfa.verify(&challenge.ticket, &code, &client).await? {
        Verdict::Passed(passed) => {
            println!("4. Ada is in, by {}.", passed.proof.amr().join(" and "))
        }
        verdict => {
            return Err(format!("the code of the mail is right, and yet: {verdict:?}").into());
        }
    }

    for (number, key, status, word) in
        [(5, ben, 503, "down"), (6, chiara, 422, "recipient_unknown")]
    {
        api.behaves(Behavior::Answer(status, word));
        let _ = mfa.begin(&key, FirstFactor::Password, &client).await?;
        let drained = courier.drain().await?;
        println!(
            "{number}. For {} the API says {status} {word}: {} to be tried again, {} refused for good.",
            key.user(),
            drained.delayed,
            drained.refused
        );
    }
    Ok(())
}
