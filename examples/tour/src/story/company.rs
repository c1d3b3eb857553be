//! Setting up: the company, its administrator, and who must do what.

use countersign::login::Accepted;
use countersign::{
    Begun, Locale, NewTenant, NewUser, Policy, Proof, Purpose, Requirement, Role, Start, TenantId,
    UserId,
};
use countersign_testkit::FakePhone;

use super::stage::{Ada, ONE_CODE, Stage, address, challenge_of, enrollment_of, key, proof, save};
use crate::Told;
use crate::voice::say;

impl Stage<'_> {
    pub(super) async fn an_empty_store(&self) -> Told<Proof> {
        self.scene("An empty store, one company");
        let name = "Larkfield Freight";
        self.mfa.create_tenant(NewTenant::new("larkfield", name, Locale::english())?).await?;
        for user in ["ada", "chiara", "erin"] {
            self.mfa.add_existing_user(&key(user)?, NewUser::at(address(user)?)).await?;
        }
        let ben = NewUser::at(address("ben")?).with_role(dispatcher()?);
        self.mfa.add_existing_user(&key("ben")?, ben).await?;
        say(
            "The portal hands over Larkfield Freight and its people: Ada, Chiara and Erin, and Ben,",
        );
        say("who is a dispatcher.");
        let tenant = TenantId::new("larkfield")?;
        let mut operator = self.mfa.operator(tenant, "tour guide", "the first administrator")?;
        operator.grant_admin(UserId::new("ada")?).await?;
        say("Only an administrator makes administrators, so an operator at the command line makes");
        say("the first: Ada. From here on she acts herself, each time with a proof of her own.");
        match self.begin("ada").await? {
            Begun::Passed(passed) => {
                say("Ada logs in with her password. Nobody asks for more yet.");
                Ok(passed.proof)
            }
            Begun::Step(_) | Begun::Refused(_) => {
                Err("Ada was asked for more than anybody set".into())
            }
        }
    }

    pub(super) async fn an_app_by_choice(&self, session: Proof) -> Told<Ada> {
        self.scene("Ada links an app, unasked");
        say("Whoever administers needs more than a password: without it nobody lowers a rule,");
        say("exempts or resets.");
        let begun = self.mfa.step_up(&session, Purpose::LinkApp, &self.browser).await?;
        let enrollment = enrollment_of(begun)?;
        self.draw(&enrollment)?;
        say(self.options.if_it_does_not_scan());
        let phone = self.scan(&enrollment)?;
        let verdict = self.verify(&enrollment.ticket, &phone.code(self.now())).await?;
        let _ = proof(verdict)?;
        say("Ada types the app's code, and it is linked. That ends every session from before, so");
        say("she logs in again. From now on a password is not enough for her:");
        self.clock.advance(ONE_CODE);
        let session = self.log_in("ada", &phone).await?;
        Ok(Ada { phone, session: self.mfa.seal(&session)? })
    }

    pub(super) async fn a_rule_for_the_company(&self, ada: &Ada) -> Told {
        self.scene("Ada switches on Email MFA for the whole company");
        self.courier.drain().await?;
        self.inbox.clear();
        let mut admin = self.admin(ada).await?;
        say("For every act she gives a fresh code of her app; its proof is good for one request.");
        let policy = Policy::requiring(Requirement::Email);
        let preview = admin.preview(&policy, Start::Now).await?;
        say(format_args!(
            "The preview says: applies to {} people, {} will get codes by e-mail.",
            preview.users, preview.will_get_codes
        ));
        save(&mut admin, policy, preview.revision, Start::Now).await?;
        self.courier.drain().await?;
        let sent = self.inbox.mails().len();
        say(format_args!("Saved. Existing people get no mail about it: {sent} sent."));
        Ok(())
    }

    pub(super) async fn a_code_by_mail(&self) -> Told {
        self.scene("Ben logs in");
        let challenge = challenge_of(self.begin("ben").await?)?;
        say(format_args!("The page asks for the code we sent to {}.", challenge.hint));
        self.show_mail().await?;
        let code = self.inbox.code();
        let wrong = if code == "000000" { "111111" } else { "000000" };
        self.answer(&challenge.ticket, wrong, "Ben mistypes it").await?;
        let spaced = format!("{} {}", code.get(..3).unwrap_or(""), code.get(3..).unwrap_or(""));
        self.answer(&challenge.ticket, &spaced, "Ben pastes it, with a space").await?;
        self.answer(&challenge.ticket, &code, "The same code once more").await
    }

    pub(super) async fn a_rule_for_one_person(&self, ada: &Ada) -> Told {
        self.scene("Ada gives Chiara alone App MFA (recommended)");
        let mut admin = self.admin(ada).await?;
        admin.set_rule(UserId::new("chiara")?, Requirement::App).await?;
        say("The company still asks for Email MFA; the stronger rule wins for Chiara.");
        let enrollment = enrollment_of(self.begin("chiara").await?)?;
        let phone = self.scan(&enrollment)?;
        self.answer(&enrollment.ticket, &phone.code(self.now()), "Chiara types the app's code")
            .await
    }

    pub(super) async fn a_new_person(&self, ada: &Ada) -> Told {
        self.scene("Ada creates Dev, who gets an invitation");
        let mut admin = self.admin(ada).await?;
        admin.invite_user(UserId::new("dev")?, NewUser::at(address("dev")?)).await?;
        self.show_mail().await?;
        let link = self.inbox.link();
        say(format_args!(
            "The link is shortened here; in the mail it has {} characters.",
            link.chars().count()
        ));
        say("Looking at it changes nothing; the form behind it spends it.");
        let token = link.rsplit('/').next().unwrap_or_default();
        for _ in 0..2 {
            match self.mfa.accept_invitation(token).await? {
                Accepted::By(key) => say(format_args!(
                    "Accepted: the address of {} is confirmed. That is no login.",
                    key.user()
                )),
                Accepted::Ended => say("A second time: that invitation has ended."),
            }
        }
        Ok(())
    }

    pub(super) async fn a_rule_for_a_role(&self, ada: &Ada) -> Told<FakePhone> {
        self.scene("Ada asks dispatchers for App MFA (recommended)");
        let mut admin = self.admin(ada).await?;
        let policy = dispatchers_need_the_app(Requirement::Email)?;
        let preview = admin.preview(&policy, Start::Now).await?;
        say(format_args!(
            "The preview says: {} ready, {} will get codes by e-mail, {} will link an app.",
            preview.ready, preview.will_get_codes, preview.will_link_an_app
        ));
        save(&mut admin, policy, preview.revision, Start::Now).await?;
        say("Ben has used mailed codes, so one comes first: a password alone links nothing.");
        let enrollment = self.log_in_to_link("ben").await?;
        let phone = self.scan(&enrollment)?;
        self.answer(&enrollment.ticket, &phone.code(self.now()), "Ben types the app's code")
            .await?;
        Ok(phone)
    }
}

/// The company's policy, with the app for its dispatchers.
pub(super) fn dispatchers_need_the_app(everybody: Requirement) -> Told<Policy> {
    Ok(Policy::requiring(everybody).and_for_role(dispatcher()?, Requirement::App))
}

fn dispatcher() -> Told<Role> {
    Ok(Role::new("dispatcher")?)
}
