//! Why: an exemption, everybody's reason, and a rule that gives people time.

use countersign::account::EventKind;
use countersign::policy::{EnrollBy, Layer, Resolution};
use countersign::{
    Begun, DAY, Denial, Error, ErrorKind, HOUR, ListedUser, Requirement, Start, User, UserId,
    Verdict,
};

use super::company::dispatchers_need_the_app;
use super::stage::{Ada, Stage, challenge_of, save};
use crate::Told;
use crate::voice::{line, say};

impl Stage<'_> {
    pub(super) async fn an_exemption(&self, ada: &Ada) -> Told {
        self.clock.advance(HOUR);
        self.scene("Ada exempts Erin for a week");
        let erin = UserId::new("erin")?;
        let until = self.now().plus(7 * DAY);
        let reason = "her mailbox moves to a new server";
        let mut by_session = self.mfa.admin(self.session(ada).await?).await?;
        match by_session.exempt(erin.clone(), until, reason).await {
            Err(error) if is_too_old(&error) => {
                say(
                    "Ada is logged in, and her last code was an hour ago. That is not enough for an act",
                );
                say(format_args!("that makes a login weaker: refused ({}).", error.code()));
            }
            _ => return Err("an hour should have been too long".into()),
        }
        self.admin(ada).await?.exempt(erin, until, reason).await?;
        say("She gives a fresh code, and it is done.");
        match self.begin("erin").await? {
            Begun::Passed(_) => say("Erin logs in with her password alone."),
            Begun::Step(_) | Begun::Refused(_) => return Err("Erin should have been exempt".into()),
        }
        Ok(())
    }

    pub(super) async fn the_reasons(&self, ada: &Ada) -> Told {
        self.scene("Who is asked for what, and why?");
        let admin = self.admin(ada).await?;
        for person in admin.users(None, 50).await?.into_iter().filter_map(ListedUser::user) {
            explain(&person);
            say(format_args!("{:8}{}", "", lesson(&person.resolution)));
        }
        let events = admin.events(None, 200).await?;
        for event in &events {
            if let EventKind::Exempted { reason, .. } = &event.what {
                say(format_args!(
                    "Why the exemption? The activity log keeps Ada's words: {reason}."
                ));
            }
        }
        say(format_args!("It holds {} events, and no code in any of them.", events.len()));
        Ok(())
    }

    pub(super) async fn time_to_get_ready(&self, ada: &Ada) -> Told {
        self.scene("Ada asks everybody for the app, in two weeks");
        let mut admin = self.admin(ada).await?;
        let policy = dispatchers_need_the_app(Requirement::App)?;
        let start = Start::WithGraceUntil(self.now().plus(14 * DAY));
        let preview = admin.preview(&policy, start).await?;
        say(format_args!(
            "The preview says: {} ready, {} within grace, {} cannot be reached.",
            preview.ready, preview.within_grace, preview.unreachable
        ));
        save(&mut admin, policy, preview.revision, start).await?;
        let ticket = challenge_of(self.begin("dev").await?)?.ticket;
        self.courier.drain().await?;
        match self.verify(&ticket, &self.inbox.code()).await? {
            Verdict::Passed(passed) => match passed.enroll_by {
                Some(EnrollBy { until, required }) => say(format_args!(
                    "Dev types a mailed code and is in. The page adds: {required} from {until}."
                )),
                None => return Err("Dev should have had a date".into()),
            },
            Verdict::Step(_) | Verdict::Wrong(_) | Verdict::Locked(_) | Verdict::Stale(_) => {
                return Err("a mailed code should still have done".into());
            }
        }
        if let Some(dev) = admin.user(UserId::new("dev")?).await? {
            explain(&dev);
        }
        line("\nThat was the tour. Try it with your own phone: cargo tour --try-it");
        Ok(())
    }
}

/// The reason as the library gives it, its parts below each other.
fn explain(user: &User) {
    let mut name = user.user_id.as_str();
    for part in user.resolution.to_string().split("; ") {
        say(format_args!("{name:<8}{part}"));
        name = "";
    }
}

/// What this reason teaches.
fn lesson(resolution: &Resolution) -> &'static str {
    match resolution.decided_by {
        Some(Layer::Tenant) => "What is asked of everybody. Nothing else asks for more here.",
        Some(Layer::Role) => "Every dispatcher needs the app; others get by with a mailed code.",
        Some(Layer::User) => "An administrator set it for one person. The stronger rule wins.",
        Some(Layer::Own) => "Whoever links an app unasked is asked for it from then on.",
        None => "An exemption has an end. After it the company setting holds again.",
        Some(Layer::Minimum) => "The deployment asks it of every company.",
    }
}

/// Whether an act was refused because the last code was too long ago.
fn is_too_old(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Denied(Denial::NotFresh { last: Some(_), .. }))
}
