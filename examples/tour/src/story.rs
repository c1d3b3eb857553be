//! The story, scene by scene.

use std::error::Error;

use countersign::rules::{Enrollment, Reason};
use countersign::services::{Accepted, Saved};
use countersign::words::{Lifetime, Timestamp};
use countersign::{
    AccountKey, Admin, Answer, Begun, Client, Courier, EmailAddress, FirstFactor, Keys, Locale,
    MemoryStore, Mfa, NewTenant, Newcomer, Next, OsRandom, Policy, Proof, Purpose, Qr, Requirement,
    Start, TenantId, Ticket, UserId, Verdict,
};
use countersign_testkit::{FakeClock, FakePhone, Inbox};

use crate::options::Options;
use crate::voice::{say, scene, show};

type Told<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

/// The company, its clock, its inbox and one browser.
struct Stage<'a> {
    options: &'a Options,
    mfa: Mfa,
    courier: Courier,
    clock: FakeClock,
    inbox: Inbox,
    browser: Client,
}

pub(crate) async fn tell(options: &Options) -> Told {
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
    let stage = Stage { options, mfa, courier, clock, inbox, browser };

    let ada = stage.an_empty_store().await?;
    stage.a_code_by_mail(ada).await?;
    stage.a_rule_for_one_person().await?;
    stage.a_new_person().await?;
    let phone = stage.the_rule_is_tightened().await?;
    stage.the_app_alone(&phone).await?;
    stage.a_lock(&phone).await?;
    stage.a_lost_phone().await?;
    stage.the_reasons().await
}

impl Stage<'_> {
    async fn an_empty_store(&self) -> Told<Proof> {
        self.scene("An empty store, one company");
        let name = "Larkfield Freight";
        self.mfa.create_tenant(NewTenant::new("larkfield", name, Locale::english())?).await?;
        let ada = Newcomer::at(EmailAddress::new("ada@larkfield.example")?).admin();
        self.mfa.adopt(&key("ada")?, ada).await?;
        for user in ["ben", "chiara"] {
            let address = EmailAddress::new(&format!("{user}@larkfield.example"))?;
            self.mfa.adopt(&key(user)?, Newcomer::at(address)).await?;
        }
        say("Larkfield Freight has three people: Ada, who administers, Ben and Chiara.");
        match self.begin("ada").await? {
            Begun::Passed(passed) => {
                say("Ada logs in with her password. Nobody asks for more yet.");
                Ok(passed.proof)
            }
            _ => Err("Ada was asked for more than anybody set".into()),
        }
    }

    async fn a_code_by_mail(&self, ada: Proof) -> Told {
        self.scene("Ada switches on Email MFA for the whole company");
        let mut admin = self.mfa.admin(ada).await?;
        let policy = Policy::requiring(Requirement::Email);
        let preview = admin.preview(&policy, Start::Now).await?;
        say(format!(
            "Before saving, the preview says: applies to {} people, {} will get codes by e-mail.",
            preview.people, preview.will_get_codes
        ));
        save(&mut admin, policy, preview.revision).await?;
        self.courier.drain().await?;
        say(format!(
            "Saved. Existing people get no mail about it: {} sent.",
            self.inbox.mails().len()
        ));

        self.scene("Ben logs in");
        let Begun::Challenge(challenge) = self.begin("ben").await? else {
            return Err("Ben was not asked for a code".into());
        };
        say(format!("The page asks for the code we sent to {}.", challenge.hint));
        self.courier.drain().await?;
        let code = self.inbox.code();
        if let Some(mail) = self.inbox.last() {
            show(&format!("{}\n\n{}", mail.subject(), mail.text().trim_end()));
        }
        let wrong = if code == "000000" { "111111" } else { "000000" };
        self.answer(&challenge.ticket, wrong, "Ben mistypes it").await?;
        let spaced = format!("{} {}", code.get(..3).unwrap_or(""), code.get(3..).unwrap_or(""));
        self.answer(&challenge.ticket, &spaced, "Ben pastes it, with a space").await?;
        self.answer(&challenge.ticket, &code, "Somebody sends the same code once more").await?;
        Ok(())
    }

    async fn a_rule_for_one_person(&self) -> Told {
        self.scene("Chiara alone gets App MFA (recommended)");
        let mut operator = self.operator()?;
        operator.set_rule(UserId::new("chiara")?, Requirement::App).await?;
        say("The company still asks for Email MFA; the stronger rule wins for Chiara.");
        let Begun::Enroll(enrollment) = self.begin("chiara").await? else {
            return Err("Chiara was not asked to link an app".into());
        };
        let phone = self.scan(&enrollment, false)?;
        self.answer(&enrollment.ticket, &phone.code(self.now()), "Chiara types the app's code")
            .await
    }

    async fn a_new_person(&self) -> Told {
        self.scene("Dev is new, and gets an invitation");
        let mut operator = self.operator()?;
        let address = EmailAddress::new("dev@larkfield.example")?;
        operator.create_user(UserId::new("dev")?, Newcomer::at(address)).await?;
        self.courier.drain().await?;
        let link = self.inbox.link();
        let token = link.rsplit('/').next().unwrap_or_default().to_owned();
        say("The mail carries one link. Looking at it changes nothing; a POST spends it.");
        for _ in 0..2 {
            match self.mfa.accept_invitation(&token).await? {
                Accepted::By(key) => {
                    say(format!("Accepted: {} is confirmed, and not logged in by it.", key.user()))
                }
                Accepted::Ended => say("A second time: that invitation has ended."),
            }
        }
        Ok(())
    }

    async fn the_rule_is_tightened(&self) -> Told<FakePhone> {
        self.scene("The rule is tightened to App MFA (recommended)");
        let mut operator = self.operator()?;
        let policy = Policy::requiring(Requirement::App);
        let preview = operator.preview(&policy, Start::Now).await?;
        say(format!(
            "The preview says: {} ready, {} will link an app, {} cannot be reached.",
            preview.ready, preview.will_link_an_app, preview.unreachable
        ));
        save(&mut operator, policy, preview.revision).await?;
        let Begun::Challenge(challenge) = self.begin("ben").await? else {
            return Err("Ben was not asked for a code".into());
        };
        self.courier.drain().await?;
        say(
            "Ben has used mailed codes before, so one comes first: a password alone links nothing.",
        );
        let answer = Answer::code(self.inbox.code());
        let verdict = self.mfa.verify(&challenge.ticket, &answer, &self.browser).await?;
        let Verdict::Next(Next::Enroll(enrollment)) = verdict else {
            return Err("Ben was not asked to link an app".into());
        };
        let phone = self.scan(&enrollment, true)?;
        self.answer(&enrollment.ticket, &phone.code(self.now()), "Ben types the app's code")
            .await?;
        Ok(phone)
    }

    async fn the_app_alone(&self, phone: &FakePhone) -> Told {
        self.scene("The next day, no QR code any more");
        self.clock.advance(Lifetime::from_hours(24));
        let Begun::Challenge(challenge) = self.begin("ben").await? else {
            return Err("Ben was not asked for a code".into());
        };
        say(format!("The page asks for the code of {}.", challenge.hint));
        let code = phone.code(self.now());
        let verdict =
            self.mfa.verify(&challenge.ticket, &Answer::code(&code), &self.browser).await?;
        let Verdict::Passed(passed) = verdict else { return Err("Ben could not log in".into()) };
        let proof = passed.proof;
        say(format!("Ben is in: {}, {}.", proof.amr().join(" + "), proof.aal()));
        let payment = Purpose::StepUp(Reason::new("payment 4711")?);
        let Begun::Challenge(fresh) = self.mfa.step_up(&proof, payment, &self.browser).await?
        else {
            return Err("the payment asked for nothing".into());
        };
        say("A payment asks for a fresh proof, and a code that was used does not do:");
        self.answer(&fresh.ticket, &code, "The code from the login").await?;
        self.clock.advance(Lifetime::from_seconds(30));
        self.answer(&fresh.ticket, &phone.code(self.now()), "The next code").await?;
        self.clock.advance(Lifetime::from_seconds(30));
        Ok(())
    }

    async fn a_lock(&self, phone: &FakePhone) -> Told {
        self.scene("Somebody knows Ben's password and guesses codes");
        let Begun::Challenge(challenge) = self.begin("ben").await? else {
            return Err("Ben was not asked for a code".into());
        };
        let right = phone.code(self.now());
        let wrong = if right == "000000" { "111111" } else { "000000" };
        for _ in 0..4 {
            let _ = self.mfa.verify(&challenge.ticket, &Answer::code(wrong), &self.browser).await?;
        }
        self.answer(&challenge.ticket, wrong, "The fifth guess").await?;
        self.answer(&challenge.ticket, &right, "Even the right code now").await?;
        self.operator()?.unlock(UserId::new("ben")?).await?;
        say("An administrator unlocks him.");
        self.answer(&challenge.ticket, &right, "Ben types the same code again").await
    }

    async fn a_lost_phone(&self) -> Told {
        self.scene("Ben loses his phone");
        let mut operator = self.operator()?;
        operator.reset(UserId::new("ben")?, "phone lost, identity checked by call").await?;
        self.courier.drain().await?;
        if let Some(mail) = self.inbox.last() {
            say(format!("Ben is told by mail: \"{}\".", mail.subject()));
        }
        match self.begin("ben").await? {
            Begun::Challenge(challenge) => say(format!(
                "The requirement stays. Ben shows a code from {} and then links a new app.",
                challenge.hint
            )),
            _ => return Err("a reset lowered the requirement".into()),
        }
        Ok(())
    }

    async fn the_reasons(&self) -> Told {
        self.scene("Why was she asked?");
        for person in self.operator()?.people(None, 50).await? {
            say(format!("{:<8}{}", person.user_id.to_string(), person.resolution));
        }
        let events = self.operator()?.events(None, 200).await?.len();
        say(format!("The activity log holds {events} events, and no code in any of them."));
        println!("\nThat was the tour. Try it with your own phone: cargo tour --try-it");
        Ok(())
    }

    fn scene(&self, title: &str) {
        scene(self.options.pause_millis, title);
    }

    fn now(&self) -> Timestamp {
        self.clock.now()
    }

    async fn begin(&self, user: &str) -> Told<Begun> {
        Ok(self.mfa.begin(&key(user)?, FirstFactor::Password, &self.browser).await?)
    }

    /// Draws the QR code and lets the phone read it off the screen.
    fn scan(&self, enrollment: &Enrollment, drawn: bool) -> Told<FakePhone> {
        let picture = Qr::encode(enrollment.app.uri().expose())?.terminal(self.options.polarity);
        if drawn {
            println!("{picture}");
        }
        let mut phone = FakePhone::new();
        phone.scan_terminal(&picture)?;
        say(format!(
            "The phone reads the QR code and shows {} ({}).",
            enrollment.app.issuer(),
            enrollment.app.label()
        ));
        Ok(phone)
    }

    async fn answer(&self, ticket: &Ticket, code: &str, who: &str) -> Told {
        let verdict = match self.mfa.verify(ticket, &Answer::code(code), &self.browser).await? {
            Verdict::Passed(passed) => {
                format!("passed ({})", passed.proof.amr().join(" + "))
            }
            Verdict::Next(_) => "right, and one more step follows".to_owned(),
            Verdict::Failed(failed) => failed.for_people(),
            Verdict::Locked(locked) => locked.for_people(),
            Verdict::Stale(stale) => stale.for_people(),
        };
        say(format!("{who}: {verdict}"));
        Ok(())
    }

    fn operator(&self) -> Told<Admin> {
        Ok(self.mfa.operator(
            TenantId::new("larkfield")?,
            "tour guide",
            "showing visitors around",
        )?)
    }
}

async fn save(admin: &mut Admin, policy: Policy, revision: u64) -> Told {
    match admin.set_policy(policy, revision, Start::Now).await? {
        Saved::Saved { .. } => Ok(()),
        Saved::Changed { .. } => Err("somebody else changed the policy meanwhile".into()),
    }
}

fn key(user: &str) -> Told<AccountKey> {
    Ok(AccountKey::new("larkfield", user)?)
}
