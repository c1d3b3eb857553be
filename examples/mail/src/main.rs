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

use countersign::login::Challenge;
use countersign::{Answer, Continued, Courier, Mfa, Verdict};

use browser::Browser;
use options::Options;
use portal::Portal;

type Told<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

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

    let mut challenge = match going_on(&mfa, &browser).await? {
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
                Continued::Challenge(again) => challenge = again,
                Continued::Refused(refused) => println!("   {}", refused.for_people()),
                Continued::Stale(stale) => return over(&stale.for_people()),
                Continued::Enroll(_) => return Err("nobody asked for an app here".into()),
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
            Verdict::Failed(failed) => println!("   {}", failed.for_people()),
            Verdict::Locked(locked) => println!("   {}", locked.for_people()),
            Verdict::Stale(stale) => return over(&stale.for_people()),
            Verdict::Next(_) => return Err("nobody asked for an app here".into()),
        }
    }
}

/// The step of the ticket that the browser holds, if it can still be answered.
async fn going_on(mfa: &Mfa, browser: &Browser) -> Told<Option<Challenge>> {
    let Some(ticket) = browser.ticket() else { return Ok(None) };
    match mfa.resume(&ticket, &browser.client()?).await? {
        Continued::Challenge(challenge) => Ok(Some(challenge)),
        Continued::Stale(stale) => {
            println!("The login that the browser holds is over: {}", stale.for_people());
            Ok(None)
        }
        Continued::Refused(refused) => Err(refused.for_people().into()),
        Continued::Enroll(_) => Err("nobody asked for an app here".into()),
    }
}

async fn begin(mfa: &Mfa, key: &countersign::AccountKey, browser: &Browser) -> Told<Challenge> {
    use countersign::{Begun, FirstFactor};
    match mfa.begin(key, FirstFactor::Password, &browser.client()?).await? {
        Begun::Challenge(challenge) => {
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
        Begun::Refused(refused) => Err(refused.for_people().into()),
        _ => Err("the company asks for a code by mail, and none was asked for".into()),
    }
}

/// Empties the outbox. Where the mail server is away, or a courier that was killed still holds the
/// letter, it waits and tries again.
async fn deliver(courier: &Courier) -> Told {
    loop {
        let drained = courier.drain().await?;
        let Some(wait) = drained.wait.filter(|_| drained.sent == 0) else { return Ok(()) };
        let seconds = wait.millis().div_euclid(1000) + 1;
        match drained.delayed {
            0 => println!(
                "   A courier that was stopped holds the letter; its lease ends in {seconds} s."
            ),
            _ => println!("   It stays in the outbox; the next try is in {seconds} s."),
        }
        tokio::time::sleep(Duration::from_secs(seconds.unsigned_abs())).await;
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
