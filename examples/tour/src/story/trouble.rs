//! Trouble: guesses, and a phone that is gone. Each has a way out, and none of them is weaker.

use countersign::UserId;
use countersign_testkit::FakePhone;

use super::stage::{Ada, ONE_CODE, Stage, challenge_of};
use crate::Told;
use crate::voice::say;

impl Stage<'_> {
    pub(super) async fn a_lock(&self, ada: &Ada, phone: &FakePhone) -> Told {
        self.scene("Somebody knows Ben's password and guesses codes");
        let ticket = challenge_of(self.begin("ben").await?)?.ticket;
        let right = phone.code(self.now());
        let wrong = if right == "000000" { "111111" } else { "000000" };
        for _ in 0..4 {
            let _ = self.verify(&ticket, wrong).await?;
        }
        self.answer(&ticket, wrong, "The fifth guess").await?;
        self.answer(&ticket, &right, "Even the right code now").await?;
        // Ben is told of the lock.
        self.courier.drain().await?;
        self.admin(ada).await?.unlock(UserId::new("ben")?).await?;
        say("Ada unlocks him. The guesses used up none of his codes:");
        self.answer(&ticket, &right, "Ben types the same code again").await
    }

    pub(super) async fn a_lost_phone(&self, ada: &Ada, old: &FakePhone) -> Told {
        self.scene("Ben loses his phone");
        let mut admin = self.admin(ada).await?;
        admin.reset(UserId::new("ben")?, "phone lost, identity checked by call").await?;
        say("Ada checks by call that it is Ben, and resets him. He is told by mail:");
        self.show_mail().await?;
        say("What is required of him stays required, so he logs in and links a new app.");
        let enrollment = self.log_in_to_link("ben").await?;
        self.draw(&enrollment)?;
        let new = self.scan(&enrollment)?;
        self.answer(&enrollment.ticket, &new.code(self.now()), "Ben types the new app's code")
            .await?;
        self.clock.advance(ONE_CODE);
        say("At the next login only the new phone counts:");
        let ticket = challenge_of(self.begin("ben").await?)?.ticket;
        self.answer(&ticket, &old.code(self.now()), "The code of the old phone").await?;
        self.answer(&ticket, &new.code(self.now()), "The code of the new phone").await
    }
}
