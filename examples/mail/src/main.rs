//! One login with real parts: SQLite on disk, any mail server, and you who type the code.
//!
//! You will see each link of the chain: the commit that counts and queues, the outbox, the courier,
//! the mail server, the code typed back. Kill it wherever you like and start it again: nothing is
//! lost, and no code is accepted twice.
#![expect(clippy::print_stdout, reason = "an example prints what happens")]

mod browser;
mod options;
mod portal;

use std::error::Error;
use std::io::Write;
use std::process::ExitCode;
use std::time::Duration;

use countersign::{
    AccountKey, Answer, Begun, Challenge, Continued, Courier, FirstFactor, Locale, Mfa, Step,
    Verdict,
};

use browser::Browser;
use options::Options;
use portal::Portal;

type Told<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// The company asks for mailed codes only.
const NO_APP: &str = "nobody asks for an app here";

#[tokio::main]
async fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(sentence) => {
            println!("{sentence}\n\n{}", options::HELP);
            return ExitCode::from(2);
        }
    };
    tracing_subscriber::fmt().with_max_level(tracing_subscriber::filter::LevelFilter::WARN).init();
    match run(&options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("It stopped: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run(options: &Options) -> Told {
    let Portal { mfa, courier, key, probe } = Portal::open(options).await?;
    println!("The mail server:\n{probe}\n");
    let mut browser = Browser::open(&options.folder)?;
    let english = Locale::english();

    let mut challenge = match resume(&mfa, &browser).await? {
        Some(challenge) => {
            println!("1. The browser holds a login that was begun before; it goes on.");
            challenge
        }
        None => begin(&mfa, &key, &browser).await?,
    };
    browser.keep(&challenge.ticket)?;
    if options.step {
        ask("   Press Enter to let the courier go, or kill the program here.")?;
    }
    deliver(&courier).await?;

    println!("4. Enter the code that was sent to {}; Enter alone sends it again.", challenge.hint);
    loop {
        let Some(typed) = ask("   Code:")? else { return Ok(()) };
        if typed.is_empty() {
            match mfa.resend(&challenge.ticket, &browser.client()?).await? {
                Continued::Step(Step::EnterCode(again)) => challenge = again,
                Continued::Step(Step::LinkApp(_)) => return Err(NO_APP.into()),
                Continued::Refused(refusal) => {
                    println!("   {}", refusal.message(&english, mfa.now()));
                }
                Continued::Stale(staleness) => return over(&staleness.message(&english)),
            }
            browser.keep(&challenge.ticket)?;
            deliver(&courier).await?;
            continue;
        }
        match mfa.verify(&challenge.ticket, &Answer::code(&typed), &browser.client()?).await? {
            Verdict::Passed(passed) => println!(
                "5. You are in, by {}. Type the same code once more to see it refused.",
                passed.proof.amr().join(" and ")
            ),
            Verdict::Step(_) => return Err(NO_APP.into()),
            Verdict::Wrong(wrong) => println!("   {}", wrong.message(&english)),
            Verdict::Locked(locked) => println!("   {}", locked.message(&english, mfa.now())),
            Verdict::Stale(staleness) => return over(&staleness.message(&english)),
        }
    }
}

/// The step of the ticket that the browser holds, if it can still be answered.
async fn resume(mfa: &Mfa, browser: &Browser) -> Told<Option<Challenge>> {
    let Some(ticket) = browser.ticket() else { return Ok(None) };
    let english = Locale::english();
    match mfa.resume(&ticket, &browser.client()?).await? {
        Continued::Step(Step::EnterCode(challenge)) => Ok(Some(challenge)),
        Continued::Step(Step::LinkApp(_)) => Err(NO_APP.into()),
        Continued::Refused(refusal) => Err(refusal.message(&english, mfa.now()).into()),
        Continued::Stale(staleness) => {
            println!("The login that the browser holds is over: {}", staleness.message(&english));
            Ok(None)
        }
    }
}

async fn begin(mfa: &Mfa, key: &AccountKey, browser: &Browser) -> Told<Challenge> {
    match mfa.begin(key, FirstFactor::Password, &browser.client()?).await? {
        Begun::Step(Step::EnterCode(challenge)) => {
            let queued = challenge.mail.as_ref().is_some_and(|mail| mail.queued);
            println!("1. The password is right, so a login is begun. One commit charged the");
            match queued {
                true => {
                    println!("   send budget, wrote the event and queued a letter without a code.")
                }
                false => {
                    println!("   nothing: the mail of a moment ago serves this login as well.")
                }
            }
            Ok(challenge)
        }
        Begun::Step(Step::LinkApp(_)) => Err(NO_APP.into()),
        Begun::Passed(_) => Err("the company asks for a code by mail, and you need none".into()),
        Begun::Refused(refusal) => Err(refusal.message(&Locale::english(), mfa.now()).into()),
    }
}

/// Empties the outbox. Where the mail server is away, or a courier that was killed still holds the
/// letter, it waits and tries again.
async fn deliver(courier: &Courier) -> Told {
    loop {
        let drained = courier.drain().await?;
        let Some(wait) = drained.wait.filter(|_| drained.sent == 0) else { return Ok(()) };
        let seconds = wait.as_secs() + 1;
        match drained.delayed {
            0 => println!(
                "   A courier that was stopped holds the letter; its lease ends in {seconds} s."
            ),
            _ => println!("   It stays in the outbox; the next try is in {seconds} s."),
        }
        tokio::time::sleep(Duration::from_secs(seconds)).await;
    }
}

fn over(sentence: &str) -> Told {
    println!("   {sentence}\n   Start again for another login.");
    Ok(())
}

/// What a person typed, or nothing at the end of the input.
fn ask(question: &str) -> Told<Option<String>> {
    println!("{question}");
    std::io::stdout().flush()?;
    let mut line = String::new();
    match std::io::stdin().read_line(&mut line)? {
        0 => Ok(None),
        _ => Ok(Some(line.trim().to_owned())),
    }
}
