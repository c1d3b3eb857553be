//! What proofs are good for: seal, open, check, renew, and removing an app.

use countersign_core::{ErrorKind, Proof, Purpose, Requirement, SessionCheck, SessionEnd};
use pollster::block_on;

use crate::belief::{NO_ROLES, rank};
use crate::world::{Kept, World};

impl World {
    pub(crate) fn stands(&self, kept: &Kept) -> bool {
        let person = &self.people[kept.who];
        person.there
            && !person.suspended
            && self.now() < kept.ends
            && kept.era == self.era(kept.who)
    }

    /// Opens one of the proofs that somebody holds, and checks the answer.
    pub(crate) fn take_proof(&mut self) -> Option<(Proof, Kept)> {
        if self.proofs.is_empty() {
            return None;
        }
        let mut kept = self.proofs[self.dice.below(self.proofs.len())].clone();
        // Mostly one that still stands.
        if self.dice.below(4) > 0 {
            let access = self.proofs.iter().rev().find(|kept| self.stands(kept));
            kept = access.cloned().unwrap_or(kept);
        }
        self.open_proof(&kept).map(|proof| (proof, kept))
    }

    pub(crate) fn open_proof(&mut self, kept: &Kept) -> Option<Proof> {
        let before = self.look();
        let evidence = block_on(self.mfa.open_step_up(&kept.sealed, &kept.purpose));
        let evidence = self.done(&before, evidence)??;
        assert!(before == self.look(), "looking at a proof changed something");
        let methods: Vec<_> = kept.passed.iter().map(|(method, _)| *method).collect();
        let person = &self.people[kept.who];
        let now = self.now();
        let enough = kept.purpose != Purpose::Login
            || person.is_enough(self.company_of(kept.who), kept.stated.roles, &methods, now);
        let proof = match evidence {
            SessionCheck::Ended(end) => {
                assert!(!self.stands(kept), "{end:?}");
                assert!(!matches!(end, SessionEnd::NotOurs | SessionEnd::OtherPurpose));
                self.saw("a proof has ended");
                return None;
            }
            SessionCheck::StepUpRequired { proof, required } => {
                assert!(self.stands(kept) && !enough);
                let asked = person.required(self.company_of(kept.who), kept.stated.roles, now);
                assert_eq!(required, asked);
                self.saw("a proof is too weak by now");
                proof
            }
            SessionCheck::Valid(proof) => {
                assert!(self.stands(kept) && enough, "a dead proof stands");
                proof
            }
        };
        assert_eq!((proof.key(), proof.id()), (&self.keys[kept.who], kept.id));
        assert_eq!(proof.purpose(), &kept.purpose);
        if kept.key < self.rotations {
            self.saw("a proof from before a rotation is opened");
        }
        Some(proof)
    }

    /// Carries one proof over with another: only what stood right before the act may be.
    pub(crate) fn renew(&mut self) {
        if self.proofs.len() < 2 {
            return;
        }
        let session = self.proofs[self.dice.below(self.proofs.len())].clone();
        let Some((act, by)) = self.take_proof() else { return };
        let Some(old) = self.open_proof(&session) else { return };
        let before = self.look();
        let renewed = block_on(self.mfa.renew(old, act));
        let Some(renewed) = self.done(&before, renewed) else {
            let both = by.session == Some(session.id);
            return assert!(!both || self.faults);
        };
        // Both stand, and the one was begun from the other.
        assert_eq!((session.who, session.purpose), (by.who, Purpose::Login));
        assert_eq!(by.session, Some(session.id));
        self.saw("a session was carried over");
        assert_eq!(renewed.unwrap().key(), &self.keys[by.who]);
    }

    pub(crate) fn remove_app(&mut self) {
        let removing = |kept: &&Kept| matches!(kept.purpose, Purpose::RemoveApp(_));
        let Some(kept) = self.proofs.iter().find(removing).cloned() else { return };
        let Some(proof) = self.open_proof(&kept) else {
            self.proofs.retain(|other| other.id != kept.id);
            return;
        };
        let Purpose::RemoveApp(id) = kept.purpose else { return };
        assert!(!kept.passed.is_empty());
        let before = self.look();
        let removed = block_on(self.mfa.remove_app(proof, id));
        let denied = matches!(&removed, Err(error) if matches!(error.kind(), ErrorKind::Denied(_)));
        let Some(_) = self.done(&before, removed) else {
            if denied {
                self.saw("the last app stays");
            }
            return;
        };
        let now = self.now();
        let person = &mut self.people[kept.who];
        let had = person.apps.len();
        person.apps.retain(|app| app.id != Some(id));
        if person.apps.len() < had {
            if person.apps.is_empty() {
                person.own = Requirement::None;
            }
            person.generation += 1;
        }
        let person = &self.people[kept.who];
        let required = rank(person.required(self.company_of(kept.who), NO_ROLES, now));
        let able = person.app_works() || (required < 2 && person.mail_works(now));
        assert!(required == 0 || able || had == person.apps.len(), "the last way in was removed");
        self.saw("an app was removed");
        self.check(&before, &[kept.who], &[]);
    }
}
