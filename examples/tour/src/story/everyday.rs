//! Every day: the app's code, and a fresh proof for what matters.

use countersign::login::StepUpReason;
use countersign::{HOUR, Proof, Purpose};
use countersign_testkit::FakePhone;

use super::stage::{Ada, ONE_CODE, Stage, challenge_of};
use crate::Told;
use crate::voice::say;

impl Stage<'_> {
    pub(super) async fn the_app_alone(&self, ada: &mut Ada, bens: &FakePhone) -> Told {
        self.clock.advance(24 * HOUR);
        self.scene("The next day, no QR code any more");
        let session = self.log_in("ada", &ada.phone).await?;
        ada.session = self.mfa.seal(&session)?;
        say("Ada is in. Her session of yesterday has run out.");
        let session = self.log_in("ben", bens).await?;
        say(format_args!("Ben is in: {}, {}.", session.amr().join(" + "), session.aal()));
        self.a_payment(&session, bens).await
    }

    async fn a_payment(&self, session: &Proof, phone: &FakePhone) -> Told {
        let payment = Purpose::StepUp(StepUpReason::new("payment 4711")?);
        let fresh = challenge_of(self.mfa.step_up(session, payment, &self.browser).await?)?;
        say("A payment asks for a fresh proof, and a code that was used does not do:");
        self.answer(&fresh.ticket, &phone.code(self.now()), "The code from the login").await?;
        self.clock.advance(ONE_CODE);
        self.answer(&fresh.ticket, &phone.code(self.now()), "The next code").await
    }
}
