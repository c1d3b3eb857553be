//! The same with your own phone: scan, type, and be judged on the real clock.

use countersign::{
    AccountKey, Answer, Begun, Client, Clock, Courier, EmailAddress, FirstFactor, Keys, Locale,
    Locked, MemoryStore, Mfa, NewTenant, NewUser, OsRandom, Policy, Qr, Requirement, Saved, Start,
    Step, SystemClock, TenantId, Ticket, Verdict, WrongAnswer,
};
use countersign_testkit::Inbox;

use crate::Told;
use crate::options::Options;
use crate::voice::{ask, line, say, scene, show};

/// Most answers to one login. Nobody needs so many, and endless input comes to an end.
const MOST_ANSWERS: usize = 20;

pub(crate) async fn run(options: &Options) -> Told {
    let visit = Visit::open(options).await?;
    say("Nothing is kept. Leave whenever you like, with Ctrl-C.");
    for required in [Requirement::Email, Requirement::App, Requirement::App] {
        visit.require(required).await?;
        if !visit.log_in().await? {
            say("You left the tour. Nothing is kept.");
            return Ok(());
        }
    }
    say("That was it: a mailed code, a QR code once, and from now on the app alone.");
    Ok(())
}

/// One company, with you in it.
struct Visit<'a> {
    options: &'a Options,
    mfa: Mfa,
    courier: Courier,
    inbox: Inbox,
    you: AccountKey,
    browser: Client,
}

impl<'a> Visit<'a> {
    async fn open(options: &'a Options) -> Told<Self> {
        let inbox = Inbox::new();
        let (mfa, courier) = Mfa::builder()
            .store(MemoryStore::new())
            .mailer(inbox.clone())
            .keys(Keys::ephemeral(&OsRandom)?)
            .build()?;
        let name = "Larkfield Freight";
        mfa.create_tenant(NewTenant::new("larkfield", name, Locale::english())?).await?;
        let you = AccountKey::new("larkfield", "you")?;
        mfa.add_existing_user(&you, NewUser::at(EmailAddress::new("you@larkfield.example")?))
            .await?;
        let browser = Client::bound_to("a random cookie of 128 bits")?;
        Ok(Self { options, mfa, courier, inbox, you, browser })
    }

    /// Sets the company's requirement. Nobody administers here, so an operator does it.
    async fn require(&self, required: Requirement) -> Told {
        let tenant = TenantId::new("larkfield")?;
        let mut operator = self.mfa.operator(tenant, "tour guide", "showing visitors around")?;
        let (_, revision) = operator.policy().await?;
        match operator.set_policy(Policy::requiring(required), revision, Start::Now).await? {
            Saved::Saved { .. } => {
                scene(
                    0,
                    &format!("The company asks for {required}; you log in with your password"),
                );
                Ok(())
            }
            Saved::Changed { current, .. } => Err(format!(
                "somebody else made it {} meanwhile, so nothing was saved. Start again.",
                current.required()
            )
            .into()),
        }
    }

    /// One login, from the password on. False if you left.
    async fn log_in(&self) -> Told<bool> {
        let english = Locale::english();
        let mut open = self.begin().await?;
        for _ in 0..MOST_ANSWERS {
            let Some(ticket) = &open else { return Ok(true) };
            let Some(typed) = ask("Security code") else { return Ok(false) };
            match self.mfa.verify(ticket, &Answer::code(typed), &self.browser).await? {
                Verdict::Passed(passed) => {
                    say(format_args!("You are in: {}.", passed.proof.amr().join(" + ")));
                    return Ok(true);
                }
                Verdict::Step(step) => open = Some(self.present(step).await?),
                Verdict::Wrong(wrong) => {
                    say(wrong.message(&english));
                    if wrong.reason == WrongAnswer::RanOut {
                        open = self.begin().await?;
                    }
                }
                Verdict::Locked(locked) => say_when_to_go_on(&locked),
                Verdict::Stale(staleness) => {
                    say(staleness.message(&english));
                    open = self.begin().await?;
                }
            }
        }
        say(format_args!("Those were {MOST_ANSWERS} answers. Start again when you are ready."));
        Ok(false)
    }

    /// The password was right. The ticket of the first step, if there is one.
    async fn begin(&self) -> Told<Option<Ticket>> {
        match self.mfa.begin(&self.you, FirstFactor::Password, &self.browser).await? {
            Begun::Passed(_) => Ok(None),
            Begun::Step(step) => self.present(step).await.map(Some),
            Begun::Refused(refusal) => {
                Err(refusal.message(&Locale::english(), self.mfa.now()).into())
            }
        }
    }

    /// Shows what a page would show, and returns the ticket that its form carries.
    async fn present(&self, step: Step) -> Told<Ticket> {
        self.courier.drain().await?;
        match step {
            Step::EnterCode(challenge) if challenge.mail.is_some() => {
                say(format_args!("We sent a code to {}. This is the mail:", challenge.hint));
                let mail = self.inbox.last().ok_or("the mail should have arrived")?;
                show(mail.text().trim_end());
                Ok(challenge.ticket)
            }
            Step::EnterCode(challenge) => {
                say(format_args!("Open your authenticator app at {}.", challenge.hint));
                Ok(challenge.ticket)
            }
            Step::LinkApp(enrollment) => {
                let qr = Qr::encode(enrollment.app.uri().expose())?;
                line(qr.terminal(self.options.polarity));
                say("Scan this with an authenticator app, and type the code that it shows.");
                say(self.options.if_it_does_not_scan());
                say(format_args!("Cannot scan? The key is {}", enrollment.app.key().expose()));
                Ok(enrollment.ticket)
            }
        }
    }
}

fn say_when_to_go_on(locked: &Locked) {
    let now = SystemClock.now();
    say(locked.message(&Locale::english(), now));
    if let Some(until) = locked.until {
        let seconds = until.since(now).as_secs() + 1;
        say(format_args!("That is in {seconds} seconds. Until then no code is judged."));
    }
}
