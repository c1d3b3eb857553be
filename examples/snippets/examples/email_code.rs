//! The smallest second step: a code by mail.
//!
//! You will see the mail that Ben gets, what the page says to a wrong code, that the right code
//! logs him in however it is spaced, and that the same code is refused the second time.
#![expect(clippy::print_stdout, reason = "an example prints what happens")]

use std::error::Error;

use countersign::{
    AccountKey, Answer, Begun, Client, EmailAddress, FirstFactor, Keys, Locale, MemoryStore, Mfa,
    NewTenant, NewUser, OsRandom, Policy, Requirement, Start, Step, TenantId, Verdict,
};
use countersign_testkit::Inbox;

fn main() -> Result<(), Box<dyn Error>> {
    pollster::block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    // An inbox keeps mails and sends none. Yours is a `Mailer` with one method.
    let inbox = Inbox::new();
    let (mfa, courier) = Mfa::builder()
        .store(MemoryStore::new())
        .mailer(inbox.clone())
        .keys(Keys::ephemeral(&OsRandom)?)
        .build()?;
    let ben = AccountKey::new("larkfield", "ben")?;
    found_company(&mfa, &ben).await?;

    // Your portal has checked the password. The cookie is a random one of your own.
    let browser = Client::bound_to("f3a1c5d97b204e86")?.seen_as("Firefox on Linux");
    let begun = mfa.begin(&ben, FirstFactor::Password, &browser).await?;
    let Begun::Step(Step::EnterCode(challenge)) = begun else {
        return Err("no code was asked for".into());
    };
    println!("The page asks for the code we sent to {}.", challenge.hint);

    // In a portal the courier runs by itself, next to the server.
    courier.drain().await?;
    let mail = inbox.last().ok_or("no mail arrived")?;
    println!("\n{}\n\n{}", mail.subject(), mail.text());

    let english = Locale::english();
    let right = inbox.code();
    let wrong = if right == "000000" { "111111" } else { "000000" };
    let (left, rest) = right.split_at(3);
    for typed in [wrong, &format!("{left} {rest}"), &right] {
        let said = match mfa.verify(&challenge.ticket, &Answer::code(typed), &browser).await? {
            Verdict::Passed(passed) => format!("In, by {}.", passed.proof.amr().join(" and ")),
            Verdict::Step(_) => "One more step.".to_owned(),
            Verdict::Wrong(wrong) => wrong.message(&english),
            Verdict::Locked(locked) => locked.message(&english, mfa.now()),
            Verdict::Stale(staleness) => staleness.message(&english),
        };
        println!("Ben types {typed}. {said}");
    }
    Ok(())
}

/// Creates Larkfield Freight with one person, and asks everybody there for Email MFA.
async fn found_company(mfa: &Mfa, ben: &AccountKey) -> Result<(), Box<dyn Error>> {
    let company = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
    mfa.create_tenant(company).await?;
    mfa.add_existing_user(ben, NewUser::at(EmailAddress::new("ben@larkfield.example")?)).await?;
    let mut operator = mfa.operator(TenantId::new("larkfield")?, "setup", "a first company")?;
    let (_, revision) = operator.policy().await?;
    let policy = Policy::requiring(Requirement::Email);
    let _ = operator.set_policy(policy, revision, Start::Now).await?;
    Ok(())
}
