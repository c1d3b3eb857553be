//! An authenticator app: linked once with a QR code, asked for its code alone from then on.
//!
//! You will see the QR code, drawn for a terminal that is light on dark. A phone reads it off
//! the screen and its first code links the app. The next login shows no QR code. A code that was
//! used is refused, and the next one passes.
#![expect(clippy::print_stdout, reason = "an example prints what happens")]

use std::error::Error;
use std::time::Duration;

use countersign::{
    AccountKey, Answer, Begun, Client, EmailAddress, FirstFactor, Keys, Locale, MemoryStore, Mfa,
    NewTenant, NewUser, OsRandom, Polarity, Qr, Requirement, Step, Ticket, Verdict,
};
use countersign_testkit::{FakeClock, FakePhone, Inbox};

fn main() -> Result<(), Box<dyn Error>> {
    pollster::block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    // A clock that is moved by hand, so that nobody waits half a minute for the next code.
    let clock = FakeClock::default();
    let (mfa, _courier) = Mfa::builder()
        .store(MemoryStore::with_clock(clock.clone()))
        .clock(clock.clone())
        .mailer(Inbox::new())
        .keys(Keys::ephemeral(&OsRandom)?)
        .build()?;
    let company = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
    mfa.create_tenant(company).await?;
    let chiara = AccountKey::new("larkfield", "chiara")?;
    let address = EmailAddress::new("chiara@larkfield.example")?;
    mfa.add_existing_user(&chiara, NewUser::at(address).with_rule(Requirement::App)).await?;

    // Enroll: the first login shows the QR code. Whoever sees it has the secret, so show it once,
    // on a page that no cache keeps.
    let browser = Client::bound_to("f3a1c5d97b204e86")?;
    let begun = mfa.begin(&chiara, FirstFactor::Password, &browser).await?;
    let Begun::Step(Step::LinkApp(enrollment)) = begun else {
        return Err("no app was asked for".into());
    };
    let picture = Qr::encode(enrollment.app.uri().expose())?.terminal(Polarity::LightOnDark);
    println!("Scan this with an authenticator app:\n\n{picture}");
    println!("Those who cannot scan type the key {}", enrollment.app.key().expose());

    // Confirm: nothing is linked before the app's first code came back.
    let mut phone = FakePhone::new();
    phone.scan_terminal(&picture)?;
    for (issuer, label) in phone.entries() {
        println!("The phone has read the picture. Its app shows {issuer}: {label}");
    }
    let first = phone.code(clock.now());
    println!("\nFirst login. {}", answer(&mfa, &enrollment.ticket, &first, &browser).await?);

    // Verify: every later login asks for the app's code alone.
    let begun = mfa.begin(&chiara, FirstFactor::Password, &browser).await?;
    let Begun::Step(Step::EnterCode(challenge)) = begun else {
        return Err("no code was asked for".into());
    };
    println!("Second login. The page asks for the code of {}.", challenge.hint);
    println!("The same code: {}", answer(&mfa, &challenge.ticket, &first, &browser).await?);
    clock.advance(Duration::from_secs(30));
    let next = phone.code(clock.now());
    println!("The next code: {}", answer(&mfa, &challenge.ticket, &next, &browser).await?);
    Ok(())
}

async fn answer(
    mfa: &Mfa,
    ticket: &Ticket,
    typed: &str,
    browser: &Client,
) -> Result<String, Box<dyn Error>> {
    let english = Locale::english();
    Ok(match mfa.verify(ticket, &Answer::code(typed), browser).await? {
        Verdict::Passed(passed) if passed.app_linked => "The app is linked.".to_owned(),
        Verdict::Passed(passed) => format!("In, at {}.", passed.proof.aal()),
        Verdict::Step(_) => "One more step.".to_owned(),
        Verdict::Wrong(wrong) => wrong.message(&english),
        Verdict::Locked(locked) => locked.message(&english, mfa.now()),
        Verdict::Stale(staleness) => staleness.message(&english),
    })
}
