//! A fresh proof for a payment, from somebody who is logged in already.
//!
//! You will see that a session does not pay: the payment asks for a code of its own. The proof it
//! ends in is for that payment and no other, and ten minutes later it is over.
#![expect(clippy::print_stdout, reason = "an example prints what happens")]

use std::error::Error;

use countersign::login::StepUpReason;
use countersign::{
    AccountKey, Answer, Begun, Client, EmailAddress, FirstFactor, Keys, Locale, MINUTE,
    MemoryStore, Mfa, NewTenant, NewUser, OsRandom, Proof, Purpose, Requirement, SealedProof,
    SessionCheck, Step, Verdict,
};
use countersign_testkit::{FakeClock, FakePhone, Inbox};

fn main() -> Result<(), Box<dyn Error>> {
    pollster::block_on(run())
}

async fn run() -> Result<(), Box<dyn Error>> {
    let clock = FakeClock::default();
    let (mfa, _courier) = Mfa::builder()
        .store(MemoryStore::with_clock(clock.clone()))
        .clock(clock.clone())
        .mailer(Inbox::new())
        .keys(Keys::ephemeral(&OsRandom)?)
        .build()?;
    let browser = Client::bound_to("f3a1c5d97b204e86")?;
    let (session, phone) = log_in(&mfa, &browser, &clock).await?;
    println!("Chiara is logged in, by {}.", session.amr().join(", "));
    println!("Her session pays 4711: {}", pays(&session, "4711")?);

    // Ask for the strongest method that she holds, now, for this payment.
    clock.advance(5 * MINUTE);
    let purpose = Purpose::StepUp(StepUpReason::new("payment 4711")?);
    let begun = mfa.step_up(&session, purpose, &browser).await?;
    let Begun::Step(Step::EnterCode(challenge)) = begun else {
        return Err("no code was asked for".into());
    };
    println!("\nFor {}, the page asks for the code of {}.", challenge.purpose, challenge.hint);
    let code = Answer::code(phone.code(clock.now()));
    let verdict = mfa.verify(&challenge.ticket, &code, &browser).await?;
    let Verdict::Passed(passed) = verdict else { return Err("the code was refused".into()) };
    println!("The fresh proof pays 4711: {}", pays(&passed.proof, "4711")?);
    println!("The fresh proof pays 4712: {}", pays(&passed.proof, "4712")?);

    // Sealed, a proof can wait on a confirmation page, but not for long.
    let sealed = mfa.seal(&passed.proof)?;
    println!("\nAt once: {}", still_pays(&mfa, &sealed).await?);
    clock.advance(10 * MINUTE);
    println!("Ten minutes later: {}", still_pays(&mfa, &sealed).await?);
    Ok(())
}

/// Whether this proof was made for this payment. A proof of a login was made for none.
fn pays(proof: &Proof, payment: &str) -> Result<&'static str, Box<dyn Error>> {
    let wanted = Purpose::StepUp(StepUpReason::new(format!("payment {payment}"))?);
    Ok(if *proof.purpose() == wanted { "yes" } else { "no" })
}

async fn still_pays(mfa: &Mfa, sealed: &SealedProof) -> Result<String, Box<dyn Error>> {
    let wanted = Purpose::StepUp(StepUpReason::new("payment 4711")?);
    Ok(match mfa.open_step_up(sealed, &wanted).await? {
        SessionCheck::Valid(_) => "it pays 4711".to_owned(),
        SessionCheck::StepUpRequired { required, .. } => {
            format!("it is too weak, {required} is required")
        }
        SessionCheck::Ended(end) => format!("it has ended: {end}. She is asked again"),
    })
}

/// Logs Chiara in with an app, as the example `authenticator_app` shows.
async fn log_in(
    mfa: &Mfa,
    browser: &Client,
    clock: &FakeClock,
) -> Result<(Proof, FakePhone), Box<dyn Error>> {
    let company = NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?;
    mfa.create_tenant(company).await?;
    let chiara = AccountKey::new("larkfield", "chiara")?;
    let address = EmailAddress::new("chiara@larkfield.example")?;
    mfa.add_existing_user(&chiara, NewUser::at(address).with_rule(Requirement::App)).await?;
    let begun = mfa.begin(&chiara, FirstFactor::Password, browser).await?;
    let Begun::Step(Step::LinkApp(enrollment)) = begun else {
        return Err("no app was asked for".into());
    };
    let mut phone = FakePhone::new();
    phone.scan(&enrollment.app);
    let code = Answer::code(phone.code(clock.now()));
    match mfa.verify(&enrollment.ticket, &code, browser).await? {
        Verdict::Passed(passed) => Ok((passed.proof, phone)),
        other => Err(format!("the login did not pass: {other:?}").into()),
    }
}
