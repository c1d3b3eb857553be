//! What must hold after every step.

use countersign_core::account::EventKind;
use countersign_core::mail::{MailKind, Message};
use countersign_core::policy::{Access, AddressState, AppState};
use countersign_core::{Aal, MINUTE, Method, Proof, Requirement, Timestamp};
use pollster::block_on;

use crate::belief::Person;
use crate::deployment::{first, role};
use crate::world::{Hand, Kept, Letter, Open, Seen, World};

impl World {
    /// The stored accounts are what the model believes, and nobody else was touched.
    pub(crate) fn check(&mut self, before: &Seen, touched: &[usize], companies: &[usize]) {
        let after = self.look();
        for who in 0..self.keys.len() {
            let untouched = before.accounts[who] == after.accounts[who];
            assert!(touched.contains(&who) || untouched, "{} was touched", self.keys[who]);
            self.learn_app_ids(who, &after);
            self.check_person(who, &after);
        }
        for id in 0..2 {
            let tenant = &after.tenants[id].as_ref().unwrap().value;
            let company = &self.companies[id];
            let policy = tenant.policy();
            let grace = policy.grace().map(|grace| (grace.before(), grace.until().millis()));
            assert_eq!(
                (policy.required(), policy.before_enrollment()),
                (company.required, company.gate)
            );
            let asked = (0..2).filter(|number| company.roles[*number] != Requirement::None);
            let asked = asked.map(|number| (role(number), company.roles[number])).collect();
            assert_eq!(*policy.roles(), asked);
            assert_eq!((grace, tenant.policy_revision()), (company.grace, company.revision));
            let raised = tenant.generation().number() - self.first_company_generation[id];
            assert_eq!(raised, company.generation);
            let same = before.tenants[id].as_ref().map(|tenant| &tenant.value) == Some(tenant);
            assert!(companies.contains(&id) || same, "company {id} was touched");
            let acted = companies.contains(&id) || touched.iter().any(|who| who / 2 == id);
            // The courier may tell of a mail that it gave up, whoever it was for.
            let told = |seen: &Seen| {
                let mut told = seen.events[id].clone();
                told.retain(|event| !matches!(event.what, EventKind::MailNotSent { .. }));
                told
            };
            assert!(acted || told(before) == told(&after), "events of company {id}");
            let count = |matches: fn(&EventKind) -> bool| {
                after.events[id].iter().filter(|event| matches(&event.what)).count()
            };
            let missed = count(|what| matches!(what, EventKind::Missed { .. }));
            let accepted = count(|what| matches!(what, EventKind::Accepted { .. }));
            assert_eq!((missed, accepted), (self.misses[id], self.hits[id]), "events of {id}");
        }
    }

    fn learn_app_ids(&mut self, who: usize, after: &Seen) {
        let Some(account) = &after.accounts[who] else { return };
        let stored: Vec<_> = account.value.apps().collect();
        assert_eq!(stored.len(), self.people[who].apps.len(), "apps of {}", self.keys[who]);
        for (app, stored) in self.people[who].apps.iter_mut().zip(stored) {
            assert_eq!(app.off, stored.disabled);
            assert_eq!(*app.id.get_or_insert(stored.id), stored.id);
        }
    }

    fn check_person(&self, who: usize, after: &Seen) {
        let person = &self.people[who];
        let key = &self.keys[who];
        let Some(account) = &after.accounts[who] else {
            return assert!(!person.there, "{key} is gone");
        };
        assert!(person.there, "{key} is still there");
        let (account, facts) = (&account.value, account.value.facts());
        let now = Timestamp::from_millis(i64::MIN);
        let counted = [account.misses(Method::Email), account.misses(Method::App)];
        assert_eq!(counted, person.hard, "misses of {key}");
        let locked = account.locked_until(now).map(Timestamp::millis);
        assert_eq!(locked, person.locked_until, "lock of {key}");
        let raised = account.generation().number() - self.first_generation[who];
        assert_eq!(raised, person.generation, "generation of {key}");
        assert_eq!(facts.access == Access::Admin, person.admin);
        assert_eq!(facts.suspended, person.suspended);
        assert_eq!(facts.roles, (0..2).filter(|n| person.roles[*n]).map(role).collect());
        assert_eq!((facts.rule, facts.own), (person.rule, person.own), "rules of {key}");
        assert_eq!(facts.exempt_until.map(Timestamp::millis), person.exempt_until);
        let held = (facts.held.has(Method::Email), facts.held.has(Method::App));
        assert_eq!(held, (person.used_mail, person.used_app), "held by {key}");
        assert_eq!(facts.app, app_state(person), "apps of {key}");
        assert_eq!(facts.address, address_state(person), "address of {key}");
        let gate = (facts.invitation_accepted, facts.reopened);
        assert_eq!(gate, (person.invitation_accepted, person.reopened), "gate of {key}");
        assert_eq!(account.address(), Some(&person.address));
        assert_eq!(account.proposed_address(), person.proposed.as_ref());
        let second = account.second_step_at().map(Timestamp::millis);
        assert_eq!(second, person.second_step_at, "second step of {key}");
        let invited = person.invitation.is_some_and(|(_, ends)| self.now() < ends);
        assert_eq!(account.is_invited(Timestamp::from_millis(self.now())), invited);
    }

    /// A proof says whose it is and what happened, and is new.
    pub(crate) fn keep_proof(&mut self, hand: &Hand, open: Option<&Open>, proof: &Proof) {
        let Hand { who, stated, session, .. } = *hand;
        let now = self.now();
        assert_eq!(proof.key(), &self.keys[who], "a proof of somebody else");
        assert!(self.proof_ids.insert(proof.id()), "a second session from one success");
        let passed: Vec<_> = proof.passed().iter().map(|p| (p.method, p.at.millis())).collect();
        let methods: Vec<_> = passed.iter().map(|(method, _)| *method).collect();
        let by_app = methods.contains(&Method::App);
        let (_, kept_of_it, by_password) = first(stated.first);
        assert_eq!(proof.first_factor().amr(), kept_of_it);
        let aal2 = by_app && by_password;
        assert_eq!(proof.aal() == Aal::Aal2, aal2, "an assurance that did not happen");
        if !by_password && by_app {
            self.saw("passed after another provider");
        }
        if let Some(open) = open {
            assert_eq!(proof.purpose(), &open.purpose);
        }
        if *proof.purpose() == countersign_core::Purpose::Login {
            let company = self.company_of(who);
            let enough = self.people[who].is_enough(company, stated.roles, &methods, now);
            assert!(enough, "{methods:?} is less than the policy asks");
        }
        let kept = Kept {
            sealed: self.mfa.seal(proof).unwrap(),
            id: proof.id(),
            who,
            stated,
            session,
            key: self.rotations,
            purpose: proof.purpose().clone(),
            passed,
            ends: proof.ends().millis(),
            era: self.era(who),
        };
        self.proofs.push(kept);
        if self.proofs.len() > 8 {
            self.proofs.remove(0);
        }
    }

    /// Reads new mails: all mails of one challenge carry one code, and each can be read.
    pub(crate) fn read_mails(&mut self) {
        let mails = self.inbox.mails();
        for mail in &mails[self.mails_read..] {
            match mail.message() {
                Message::LoginCode { code, reference, until, .. } => {
                    let reference = reference.clone().unwrap();
                    assert!(
                        mail.text().contains(code.expose()) && mail.text().contains(&reference)
                    );
                    let place = Letter {
                        company: mail.tenant_name().to_owned(),
                        to: mail.to().to_string(),
                        reference,
                        until: until.millis(),
                    };
                    let known = self.codes.entry(place).or_insert(code.expose().to_owned());
                    assert_eq!(known, code.expose(), "two codes for one challenge");
                }
                Message::Invitation { link, .. } => {
                    let token = link.expose().rsplit('/').next().unwrap().to_owned();
                    let looked = block_on(self.mfa.invitation(&token));
                    let Ok(countersign_core::login::Invitation::Open { key, .. }) = looked else {
                        continue;
                    };
                    let who = self.keys.iter().position(|known| *known == key).unwrap();
                    if let Some((serial, _)) = self.people[who].invitation {
                        self.links.push((token, who, serial));
                    }
                }
                _ => {}
            }
        }
        self.mails_read = mails.len();
    }

    /// At the end of a story every notice of a linked app has arrived, once.
    pub(crate) fn end(&mut self) {
        self.met |= self.store.has_failed();
        for _ in 0..3 {
            self.clock.advance(6 * MINUTE);
            // The call that is to break may be one of these.
            let _ = block_on(self.courier.drain());
            self.met |= self.store.has_failed();
        }
        let told = |kind| matches!(kind, MailKind::AppLinked | MailKind::AppReplaced);
        let arrived = self.inbox.mails().iter().filter(|mail| told(mail.kind())).count();
        let exactly = !self.mail_lost && !self.faults;
        assert!(!exactly || arrived == self.apps_linked, "{arrived} of {}", self.apps_linked);
        assert!(self.mail_lost || arrived >= self.apps_linked, "a notice was lost");
    }
}

fn app_state(person: &Person) -> AppState {
    match (person.apps.is_empty(), person.app_works()) {
        (true, _) => AppState::None,
        (false, true) => AppState::Usable,
        (false, false) => AppState::Disabled,
    }
}

fn address_state(person: &Person) -> AddressState {
    match person {
        Person { mail_off: true, .. } => AddressState::Disabled,
        Person { bounced: Some(_), .. } => AddressState::Refused,
        Person { confirmed: true, .. } => AddressState::Confirmed,
        _ => AddressState::Vouched,
    }
}
