//! What every scene stands on: the company, its clock, its inbox, one browser, and Ada at work.

use std::time::Duration;

use countersign::{
    AccountKey, Admin, Answer, Begun, Challenge, Client, Courier, EmailAddress, Enrollment,
    FirstFactor, Keys, Locale, MINUTE, MemoryStore, Mfa, OsRandom, Policy, Proof, Purpose, Qr,
    Saved, SealedProof, SessionCheck, Start, Step, Ticket, Timestamp, Verdict,
};
use countersign_testkit::{FakeClock, FakePhone, Inbox};

use crate::Told;
use crate::options::Options;
use crate::voice::{line, say, scene, show};

/// How long an app shows one code.
pub(super) const ONE_CODE: Duration = Duration::from_secs(30);

/// The company, its clock, its inbox and one browser.
pub(super) struct Stage<'a> {
    pub(super) options: &'a Options,
    pub(super) mfa: Mfa,
    pub(super) courier: Courier,
    pub(super) clock: FakeClock,
    pub(super) inbox: Inbox,
    pub(super) browser: Client,
}

/// Ada, who administers: her phone, and what her session keeps of her login.
pub(super) struct Ada {
    pub(super) phone: FakePhone,
    pub(super) session: SealedProof,
}

impl<'a> Stage<'a> {
    pub(super) fn set(options: &'a Options) -> Told<Self> {
        let clock = FakeClock::at(Timestamp::from_seconds(1_795_514_400));
        let inbox = Inbox::new();
        let (mfa, courier) = Mfa::builder()
            .store(MemoryStore::with_clock(clock.clone()))
            .mailer(inbox.clone())
            .keys(Keys::ephemeral(&OsRandom)?)
            .clock(clock.clone())
            .invitation_page("https://larkfield.example/invite/")
            .build()?;
        let browser = Client::bound_to("a random cookie of 128 bits")?.seen_as("Firefox on Linux");
        Ok(Self { options, mfa, courier, clock, inbox, browser })
    }

    /// Opens a scene. A minute has passed, so every app shows a new code.
    pub(super) fn scene(&self, title: &str) {
        self.clock.advance(MINUTE);
        scene(self.options.pause_millis, title);
    }

    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(super) async fn begin(&self, user: &str) -> Told<Begun> {
        Ok(self.mfa.begin(&key(user)?, FirstFactor::Password, &self.browser).await?)
    }

    pub(super) async fn verify(&self, ticket: &Ticket, code: &str) -> Told<Verdict> {
        Ok(self.mfa.verify(ticket, &Answer::code(code), &self.browser).await?)
    }

    /// Answers a step and says what the page says.
    pub(super) async fn answer(&self, ticket: &Ticket, code: &str, who: &str) -> Told {
        let english = Locale::english();
        let verdict = match self.verify(ticket, code).await? {
            Verdict::Passed(passed) => format!("passed ({})", passed.proof.amr().join(" + ")),
            Verdict::Step(_) => "right, and one more step follows".to_owned(),
            Verdict::Wrong(wrong) => wrong.message(&english),
            Verdict::Locked(locked) => locked.message(&english, self.now()),
            Verdict::Stale(staleness) => staleness.message(&english),
        };
        say(format_args!("{who}: {verdict}"));
        Ok(())
    }

    /// A login of somebody who has linked an app.
    pub(super) async fn log_in(&self, user: &str, phone: &FakePhone) -> Told<Proof> {
        let challenge = challenge_of(self.begin(user).await?)?;
        say(format_args!("The page asks for the code of {}.", challenge.hint));
        proof(self.verify(&challenge.ticket, &phone.code(self.now())).await?)
    }

    /// A login of somebody who links an app, and has used mailed codes before.
    pub(super) async fn log_in_to_link(&self, user: &str) -> Told<Enrollment> {
        let challenge = challenge_of(self.begin(user).await?)?;
        say(format_args!("The page asks for the code we sent to {}.", challenge.hint));
        self.courier.drain().await?;
        match self.verify(&challenge.ticket, &self.inbox.code()).await? {
            Verdict::Step(Step::LinkApp(enrollment)) => {
                say("The code is right, and one more step follows: the page shows a QR code.");
                Ok(enrollment)
            }
            verdict => {
                Err(format!("a mailed code should have led to a QR code, not {verdict:?}").into())
            }
        }
    }

    /// Draws the QR code for the reader.
    pub(super) fn draw(&self, enrollment: &Enrollment) -> Told {
        line(Qr::encode(enrollment.app.uri().expose())?.terminal(self.options.polarity));
        Ok(())
    }

    /// A new phone reads the QR code off the screen.
    pub(super) fn scan(&self, enrollment: &Enrollment) -> Told<FakePhone> {
        let picture = Qr::encode(enrollment.app.uri().expose())?.terminal(self.options.polarity);
        let mut phone = FakePhone::new();
        phone.scan_terminal(&picture)?;
        let issuer = enrollment.app.issuer();
        let label = enrollment.app.label();
        say(format_args!("The phone reads the QR code and shows {issuer} ({label})."));
        Ok(phone)
    }

    /// Sends what waits and shows the newest mail, a long link shortened in the middle.
    pub(super) async fn show_mail(&self) -> Told {
        self.courier.drain().await?;
        let mail = self.inbox.last().ok_or("a mail should have arrived")?;
        let lines = mail.text().trim_end().lines().map(shortened);
        show(&format!("{}\n\n{}", mail.subject(), lines.collect::<Vec<_>>().join("\n")));
        Ok(())
    }

    /// The proof that Ada's session keeps.
    pub(super) async fn session(&self, ada: &Ada) -> Told<Proof> {
        match self.mfa.open_session(&ada.session).await? {
            SessionCheck::Valid(proof) => Ok(proof),
            SessionCheck::StepUpRequired { .. } | SessionCheck::Ended(_) => {
                Err("Ada's session should still stand".into())
            }
        }
    }

    /// Ada gives a code of her app and gets the handle that serves one request.
    pub(super) async fn admin(&self, ada: &Ada) -> Told<Admin> {
        let session = self.session(ada).await?;
        let fresh = self.mfa.step_up(&session, Purpose::Administer, &self.browser).await?;
        let verdict =
            self.verify(&challenge_of(fresh)?.ticket, &ada.phone.code(self.now())).await?;
        Ok(self.mfa.admin(proof(verdict)?).await?)
    }
}

/// The code that was asked for.
pub(super) fn challenge_of(begun: Begun) -> Told<Challenge> {
    match begun {
        Begun::Step(Step::EnterCode(challenge)) => Ok(challenge),
        other => Err(format!("a code should have been asked for, not {other:?}").into()),
    }
}

/// The app that was to be linked.
pub(super) fn enrollment_of(begun: Begun) -> Told<Enrollment> {
    match begun {
        Begun::Step(Step::LinkApp(enrollment)) => Ok(enrollment),
        other => Err(format!("an app should have been asked for, not {other:?}").into()),
    }
}

/// What a right answer leads to.
pub(super) fn proof(verdict: Verdict) -> Told<Proof> {
    match verdict {
        Verdict::Passed(passed) => Ok(passed.proof),
        Verdict::Step(_) | Verdict::Wrong(_) | Verdict::Locked(_) | Verdict::Stale(_) => {
            Err("a right code should have been enough".into())
        }
    }
}

pub(super) async fn save(admin: &mut Admin, policy: Policy, revision: u64, start: Start) -> Told {
    match admin.set_policy(policy, revision, start).await? {
        Saved::Saved { .. } => Ok(()),
        Saved::Changed { .. } => Err("somebody else changed the policy meanwhile".into()),
    }
}

pub(super) fn key(user: &str) -> Told<AccountKey> {
    Ok(AccountKey::new("larkfield", user)?)
}

pub(super) fn address(user: &str) -> Told<EmailAddress> {
    Ok(EmailAddress::new(&format!("{user}@larkfield.example"))?)
}

/// A line of a mail that fits the screen: of a link, both ends.
fn shortened(text: &str) -> String {
    let letters: Vec<char> = text.chars().collect();
    match (letters.first_chunk::<45>(), letters.last_chunk::<10>()) {
        (Some(start), Some(end)) if letters.len() > 100 => {
            start.iter().chain(['…'].iter()).chain(end).collect()
        }
        _ => text.to_owned(),
    }
}
