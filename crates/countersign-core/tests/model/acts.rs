//! What hosts and administrators do in a story.

use countersign_core::login::Accepted;
use countersign_core::{
    Admin, BeforeEnrollment, ErrorKind, HOUR, Method, NewUser, Policy, Requirement, Saved, Start,
    TenantId, Vouching,
};
use countersign_testkit::Failing;
use pollster::block_on;

use crate::belief::{Bounced, MINUTE, NO_ROLES, Person, index};
use crate::deployment::{role, with_roles};
use crate::world::{COMPANIES, Kept, Seen, World, address};

const DAY: i64 = 24 * 60 * MINUTE;

/// How much an act can harm, in the words of the design.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weight {
    Plain,
    Lowering,
}

impl World {
    pub(crate) fn host(&mut self) {
        let missing = (0..4).find(|who| !self.people[*who].there);
        let who = missing.filter(|_| self.dice.one_in(2)).unwrap_or(self.dice.below(4));
        let key = self.keys[who].clone();
        let mfa = self.mfa.clone();
        let user = key.user().to_string();
        let there = self.people[who].there;
        let before = self.look();
        let what = if there { self.dice.below(14) } else { 13 };
        let new = address(&user, self.dice.below(3));
        let done = match what {
            0 | 1 => block_on(mfa.password_changed(&key)),
            2 | 3 => block_on(mfa.address_changed(&key, new.clone(), Vouching::Vouched)),
            4 | 5 => block_on(mfa.address_changed(&key, new.clone(), Vouching::Unconfirmed)),
            6 => block_on(mfa.suspended(&key)),
            7..=9 => block_on(mfa.resumed(&key)),
            10 | 11 => block_on(mfa.signed_out_everywhere(&key)),
            12 => block_on(mfa.removed(&key)),
            _ => return self.add_existing_user(who, &before),
        };
        if self.done(&before, done).is_none() {
            return assert!(self.faults);
        }
        let person = &mut self.people[who];
        match what {
            0 | 1 => {
                (person.locked_until, person.invitation) = (None, None);
                person.generation += 1;
            }
            2 | 3 if person.address != new => person.moves_to(new, false),
            4 | 5 if person.proposed.as_ref() != Some(&new) => {
                person.proposed = Some(new);
                person.generation += 1;
            }
            6..=9 if person.suspended != (what == 6) => {
                person.suspended = what == 6;
                person.generation += 1;
            }
            10 | 11 => person.generation += 1,
            12 if there => {
                person.there = false;
                self.slots[who] = None;
                self.mail_lost = true;
                self.saw("removed");
            }
            _ => {}
        }
        self.check(&before, &[who], &[]);
    }

    fn add_existing_user(&mut self, who: usize, before: &Seen) {
        let key = self.keys[who].clone();
        let user = key.user().to_string();
        let admin = self.dice.one_in(3);
        let new_user = NewUser::at(address(&user, 0));
        let new_user = if admin { new_user.admin() } else { new_user };
        let roles = self.roles();
        let new_user = with_roles(new_user, roles);
        let invites = self.dice.one_in(2);
        let done = match invites {
            true => {
                let mut operator = self.operator(who / 2);
                block_on(operator.invite_user(key.user().clone(), new_user))
            }
            false => block_on(self.mfa.add_existing_user(&key, new_user)),
        };
        let there = self.people[who].there;
        if self.done(before, done).is_none() {
            return assert!(there || self.faults);
        }
        assert!(!there, "an account was made twice");
        let life = self.number();
        self.people[who] = Person::new(address(&user, 0), admin, roles, life);
        self.first_generation[who] =
            self.look().accounts[who].as_ref().unwrap().value.generation().number();
        if invites {
            self.invited(who);
        }
        self.saw("created");
        // Making an administrator raises the tenant's version, and nothing else of it.
        self.check(before, &[who], &[]);
    }

    fn invited(&mut self, who: usize) {
        let ends = self.now() + 7 * DAY;
        self.people[who].invitation = Some((self.number(), ends));
    }

    pub(crate) fn accept(&mut self) {
        let Some((token, who, serial)) = self.links.last().cloned() else { return };
        let before = self.look();
        let accepted = block_on(self.mfa.accept_invitation(&token));
        let Some(accepted) = self.done(&before, accepted) else { return };
        let now = self.now();
        let person = &mut self.people[who];
        let open = person.invitation.is_some_and(|(open, ends)| open == serial && now < ends);
        let open = open && person.there && !person.suspended;
        if let Some(accepted) = accepted {
            assert_eq!(accepted != Accepted::Ended, open, "an invitation counts once");
        }
        if open {
            (person.invitation, person.confirmed, person.invitation_accepted) = (None, true, true);
            person.bounced = None;
            self.saw("an invitation was accepted");
        }
        self.check(&before, &[who], &[]);
    }

    fn operator(&self, company: usize) -> Admin {
        let tenant = TenantId::new(COMPANIES[company]).unwrap();
        self.mfa.operator(tenant, "test", "telling a story").unwrap()
    }

    /// An operator, or an administrator who holds a proof.
    fn admin(&mut self) -> Option<(Admin, usize, Option<Kept>)> {
        if self.dice.one_in(2) {
            let company = self.dice.below(2);
            return Some((self.operator(company), company, None));
        }
        let (proof, kept) = self.take_proof()?;
        let before = self.look();
        let admin = block_on(self.mfa.admin(proof));
        let admin = self.done(&before, admin)??;
        assert!(self.people[kept.who].admin, "a member administers");
        Some((admin, kept.who / 2, Some(kept)))
    }

    /// Whether the design lets them do it.
    fn may(&self, acting: Option<&Kept>, weight: Weight, on: Option<usize>) -> bool {
        let Some(kept) = acting else { return true };
        let person = &self.people[kept.who];
        let holds = match (person.apps.is_empty(), person.used_mail) {
            (false, _) => Some(Method::App),
            (true, true) => Some(Method::Email),
            (true, false) => None,
        };
        let now = self.now();
        let fresh = |least: Method| {
            let recent = |at: i64| at <= now && now < at + 15 * MINUTE;
            kept.passed.iter().any(|(m, at)| index(*m) >= index(least) && recent(*at))
        };
        self.stands(kept)
            && person.admin
            && holds.is_none_or(fresh)
            && (holds.is_some() || weight != Weight::Lowering)
            && !(on == Some(kept.who) && weight != Weight::Plain)
    }

    pub(crate) fn administer(&mut self) {
        let Some((mut admin, company, acting)) = self.admin() else { return };
        let who = company * 2 + self.dice.below(2);
        let user = self.keys[who].user().clone();
        let before = self.look();
        let levels = [Requirement::None, Requirement::Email, Requirement::App];
        let rule = self.dice.of(&levels);
        let now = self.clock_now();
        let until = now.plus((u32::try_from(self.dice.below(9)).unwrap() + 1) * HOUR);
        let new = address(user.as_str(), self.dice.below(3));
        let what = self.dice.below(12);
        let done = match what {
            0 | 1 => block_on(admin.set_rule(user, rule)),
            2 => block_on(admin.exempt(user, until, "on the road")),
            3 => block_on(admin.end_exemption(user)),
            4 => block_on(admin.unlock(user)),
            5 | 6 => block_on(admin.reset(user, "the phone is lost")),
            7 => block_on(admin.change_address(user, new.clone())),
            8 => block_on(admin.grant_admin(user)),
            9 => block_on(admin.revoke_admin(user)),
            10 => block_on(admin.invite_again(user)),
            _ => block_on(admin.withdraw_invitation(user)),
        };
        let person = self.people[who].clone();
        let lowers = crate::belief::rank(rule) < crate::belief::rank(person.rule);
        let (weight, on) = match what {
            0 | 1 if lowers => (Weight::Lowering, Some(who)),
            2 | 5..=8 => (Weight::Lowering, Some(who)),
            _ => (Weight::Plain, None),
        };
        let allowed = self.may(acting.as_ref(), weight, on);
        let kind = done.as_ref().err().map(countersign_core::Error::kind);
        if self.done(&before, done).is_none() {
            let admins = (company * 2..company * 2 + 2).filter(|who| self.is_admin(*who)).count();
            let last = what == 9 && admins <= 1;
            if let Some(ErrorKind::Denied(denial)) = kind {
                assert!(!allowed || last, "{denial:?}");
                self.saw("an administrator was denied");
            } else {
                let tried_often = what == 7 && person.bounced.is_some_and(|it| it.tries >= 3);
                assert!(!person.there || tried_often || self.faults);
            }
            return;
        }
        assert!(allowed && person.there, "somebody did what they may not");
        self.saw(if acting.is_some() { "an administrator acted" } else { "an operator acted" });
        let required = self.people[who].required(self.company_of(who), NO_ROLES, self.now());
        let until_now = self.now();
        let subject = &mut self.people[who];
        match what {
            0 | 1 => subject.rule = rule,
            2 => subject.exempt_until = Some(until.millis()),
            3 => subject.exempt_until = None,
            4 => (subject.soft, subject.locked_until) = ([0; 2], None),
            5 | 6 => {
                let chosen = subject.own;
                subject.reset();
                self.slots[who] = None;
                let company = self.company_of(who);
                let now = self.now();
                let after = self.people[who].required(company, NO_ROLES, now);
                assert!(after == required || chosen != Requirement::None, "a reset lowers nothing");
            }
            7 if subject.address != new => subject.moves_to(new, false),
            7 => {
                if let Some(bounced) = &mut subject.bounced {
                    (bounced.again_at, bounced.tries) = (until_now, bounced.tries + 1);
                }
            }
            8 => subject.admin = true,
            9 => {
                subject.admin = false;
                assert!(
                    (company * 2..company * 2 + 2).any(|who| self.is_admin(who))
                        || !person.admin
                        || person.suspended
                );
            }
            10 => self.invited(who),
            11 => subject.invitation = None,
            _ => {}
        }
        self.check(&before, &[who], &[]);
    }

    /// An operator ends a lock; the count towards the hard stop stays.
    pub(crate) fn unlock(&mut self, who: usize) {
        let before = self.look();
        let mut operator = self.operator(who / 2);
        let done = block_on(operator.unlock(self.keys[who].user().clone()));
        if self.done(&before, done).is_some() {
            let person = &mut self.people[who];
            (person.soft, person.locked_until) = ([0; 2], None);
        }
        self.check(&before, &[who], &[]);
    }

    fn is_admin(&self, who: usize) -> bool {
        let person = &self.people[who];
        person.there && person.admin && !person.suspended
    }

    fn clock_now(&self) -> countersign_core::Timestamp {
        countersign_core::Timestamp::from_millis(self.now())
    }

    pub(crate) fn set_policy(&mut self) {
        let Some((mut admin, company, acting)) = self.admin() else { return };
        let before = self.look();
        if self.dice.one_in(6) {
            let done = block_on(admin.sign_everybody_out());
            let allowed = self.may(acting.as_ref(), Weight::Plain, None);
            if self.done(&before, done).is_none() {
                return assert!(!allowed || self.faults);
            }
            assert!(allowed);
            self.companies[company].generation += 1;
            self.saw("everybody was signed out");
            return self.check(&before, &[], &[company]);
        }
        let levels = [Requirement::None, Requirement::Email, Requirement::App];
        let required = self.dice.of(&levels);
        let roles = [self.dice.of(&levels), self.dice.of(&levels)];
        let gate = self.dice.of(&[
            BeforeEnrollment::Nothing,
            BeforeEnrollment::Nothing,
            BeforeEnrollment::EmailCode,
        ]);
        let grace = self.dice.one_in(4).then(|| self.now() + 30 * MINUTE);
        let start = match grace {
            Some(_) => Start::WithGraceUntil(self.clock_now().plus(HOUR / 2)),
            None => Start::Now,
        };
        let old = self.companies[company].clone();
        let stale = self.dice.one_in(8);
        let previewed = if stale { old.revision + 1 } else { old.revision };
        let policy = policy(required, roles).asking_before_enrollment(gate);
        let saved = block_on(admin.set_policy(policy, previewed, start));
        let mut new = old.clone();
        let looser = new.asks(required, roles, gate, grace);
        let weight = if looser { Weight::Lowering } else { Weight::Plain };
        let allowed = self.may(acting.as_ref(), weight, None);
        let Some(saved) = self.done(&before, saved) else {
            return assert!(!allowed || self.faults);
        };
        assert!(allowed);
        if stale {
            assert!(matches!(saved, Some(Saved::Changed { .. })) && before == self.look());
            return;
        }
        let revision = new.revision;
        self.companies[company] = new;
        assert!(saved.is_none_or(|saved| saved == Saved::Saved { revision }));
        self.saw("a policy was saved");
        self.check(&before, &[], &[company]);
    }

    /// The courier's round, with a mail service that fails now and then.
    pub(crate) fn drain(&mut self) {
        if self.dice.one_in(6) {
            self.inbox.fail_next(self.dice.of(&[
                Failing::NotNow,
                Failing::NotNow,
                Failing::Refused,
            ]));
            self.mail_lost = true;
        }
        let before = self.look();
        let drained = block_on(self.courier.drain());
        self.met |= self.store.has_failed();
        let refused = match drained {
            Ok(drained) => usize::try_from(drained.refused).unwrap(),
            Err(error) => {
                assert!(self.faults, "{error}");
                1
            }
        };
        // Only the courier knows which letter the server refused.
        let after = self.look();
        let mut touched = Vec::new();
        let mut came_back = 0;
        for who in 0..4 {
            if before.accounts[who] != after.accounts[who] {
                touched.push(who);
                let kept = after.accounts[who].as_ref().and_then(|kept| kept.value.refused_mail());
                let now = self.now();
                let before = self.people[who].bounced.take();
                self.saw(if kept.is_some() { "a mail came back" } else { "mail arrives again" });
                self.people[who].bounced = kept.as_ref().map(|kept| {
                    let bounced = Bounced::once_more(before, now);
                    assert_eq!(
                        (kept.times, kept.again_at.millis()),
                        (bounced.times, bounced.again_at)
                    );
                    bounced
                });
                came_back += usize::from(kept.is_some());
            }
        }
        assert!(came_back <= refused, "the courier changed an account");
        self.check(&before, &touched, &[]);
        self.read_mails();
    }
}

impl World {
    /// The first policy of a tenant.
    pub(crate) fn found(
        &mut self,
        company: usize,
        id: &str,
        required: Requirement,
        roles: [Requirement; 2],
    ) {
        let tenant = TenantId::new(id).unwrap();
        let mut operator = self.mfa.operator(tenant, "test", "the first policy").unwrap();
        let before = self.look();
        let saved = block_on(operator.set_policy(policy(required, roles), 0, Start::Now));
        if self.done(&before, saved).is_some() {
            let _ = self.companies[company].asks(required, roles, BeforeEnrollment::Nothing, None);
        }
        self.check(&before, &[], &[company]);
    }
}

/// A policy that speaks of those roles alone of which it asks something.
fn policy(required: Requirement, roles: [Requirement; 2]) -> Policy {
    let asked = (0..2).filter(|number| roles[*number] != Requirement::None);
    asked.fold(Policy::requiring(required), |policy, number| {
        policy.and_for_role(role(number), roles[number])
    })
}
