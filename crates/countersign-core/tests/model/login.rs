//! The user's part of a story: begin, step up, and the small things in between.

use std::time::Duration;

use countersign_core::login::{Mailed, StepUpReason};
use countersign_core::{
    Begun, Challenge, Client, Continued, Enrollment, Method, Purpose, Refusal, Requirement, Step,
    Ticket, Timestamp,
};
use countersign_testkit::FakePhone;
use pollster::block_on;

use crate::belief::{
    self, Company, MAIL_EVERY, MINUTE, NO_ROLES, RESENDS_OF_A_CODE, Roles, SECOND, rank,
};
use crate::deployment::{Stated, first, role};
use crate::world::{Asks, Hand, Letter, Open, World, browser};
use countersign_core::Locked;

impl World {
    pub(crate) fn begin(&mut self) {
        let who = self.dice.below(4);
        let at = self.dice.below(2);
        let held = match self.dice.one_in(2) || self.open.is_empty() {
            true => None,
            false => Some(self.open[self.dice.below(self.open.len())].clone()),
        };
        // Half of them for the user and in the browser that the ticket is of.
        let (who, at) = match &held {
            Some(held) if self.dice.one_in(2) => (held.hand.who, held.hand.browser),
            _ => (who, at),
        };
        // So that a deadline tells a step that goes on from a fresh one.
        if held.as_ref().is_some_and(|held| held.ends == self.now() + 15 * MINUTE) {
            self.clock.advance(Duration::from_millis(1));
        }
        let client = match &held {
            Some(held) => browser(at).holding(held.ticket.clone()),
            None => browser(at),
        };
        // Mostly what was stated for the ticket in hand, or nothing out of the ordinary.
        let stated = match &held {
            Some(held) if self.dice.below(4) > 0 => held.hand.stated,
            _ => self.stated(),
        };
        let states = (0..2).filter(|number| stated.roles[*number]).map(role);
        let client = states.fold(client, Client::with_role);
        let before = self.look();
        let begun = block_on(self.mfa.begin(&self.keys[who], first(stated.first).0, &client));
        let Some(Some(begun)) = self.done(&before, begun) else { return };
        let now = self.now();
        let person = self.people[who].clone();
        let required = self.required(who, stated.roles);
        let nothing_asked = required == Requirement::None;
        let reachable = person.there && !person.suspended;
        let passed = matches!(begun, Begun::Passed(_));
        assert_eq!(passed, reachable && nothing_asked, "{required} and {begun:?}");
        match &begun {
            Begun::Step(Step::EnterCode(challenge)) => {
                assert!(reachable && !person.locked(now));
                let accepted = rank(Requirement::of(challenge.method)) >= rank(required);
                // Where no app is linked, an e-mailed code may be the gate before the first.
                assert!(accepted || person.apps.is_empty(), "{required} and {begun:?}");
            }
            Begun::Step(Step::LinkApp(_)) => {
                assert!(reachable && person.apps.is_empty() && !person.locked(now))
            }
            Begun::Refused(refused) => match *refused {
                Refusal::Unknown => assert!(!person.there),
                Refusal::Suspended => assert!(person.suspended),
                Refusal::Locked(Locked { until: Some(until), .. }) => {
                    assert_eq!(Some(until.millis()), person.locked_until);
                }
                _ => {}
            },
            Begun::Passed(_) => {}
        }
        let goes_on = held.filter(|held| {
            let hand = &held.hand;
            let ours = (hand.who, hand.browser, hand.stated) == (who, at, stated);
            ours && held.purpose == Purpose::Login && self.is_answerable(held)
        });
        let step = self.number();
        let hand = Hand { who, browser: at, stated, step, passed: Vec::new(), session: None };
        self.keep_begun(hand, Purpose::Login, goes_on, begun);
    }

    /// What a login needs now, and whether a stated role or the minimum had a say in it.
    fn required(&mut self, who: usize, stated: Roles) -> Requirement {
        let now = self.now();
        let person = &self.people[who];
        let company = self.company_of(who).clone();
        let required = person.required(&company, stated, now);
        let silent = person.required(&company, NO_ROLES, now);
        let no_floor = Company { minimum: Requirement::None, ..company };
        let low = person.required(&no_floor, stated, now);
        for (other, what) in
            [(silent, "a stated role asks for more"), (low, "the minimum asks for more")]
        {
            if rank(other) < rank(required) {
                self.saw(what);
            }
        }
        required
    }

    pub(crate) fn step_up(&mut self) {
        let Some((proof, kept)) = self.take_proof() else { return };
        let who = kept.who;
        let at = self.dice.below(2);
        let app = self.people[who].apps.iter().find_map(|app| app.id);
        let purpose = match self.dice.below(9) {
            0 => Purpose::StepUp(StepUpReason::new("payment 4711").unwrap()),
            1 => Purpose::Administer,
            2 | 3 => Purpose::LinkApp,
            4 => Purpose::ReplaceApp,
            5 => Purpose::ConfirmAddress,
            _ => app.map_or(Purpose::LinkApp, Purpose::RemoveApp),
        };
        let before = self.look();
        let begun = block_on(self.mfa.step_up(&proof, purpose.clone(), &browser(at)));
        let Some(Some(begun)) = self.done(&before, begun) else { return };
        let person = &self.people[who];
        assert!(!matches!(begun, Begun::Passed(_)), "a step-up without a step");
        if let Begun::Step(Step::LinkApp(_)) = begun {
            // As at a login: only a reset opens re-binding to the password alone.
            let opened = !person.used_app || person.reopened;
            assert!(!person.used_mail && opened, "bound by a password alone");
        }
        if purpose == Purpose::ConfirmAddress && person.proposed.is_none() {
            assert!(matches!(begun, Begun::Refused(_)));
        }
        let stated = Stated { roles: NO_ROLES, first: kept.stated.first };
        let step = self.number();
        let session = Some(kept.id);
        let hand = Hand { who, browser: at, stated, step, passed: Vec::new(), session };
        self.keep_begun(hand, purpose, None, begun);
    }

    fn keep_begun(&mut self, hand: Hand, for_what: Purpose, held: Option<Open>, begun: Begun) {
        let fresh = self.now() + 15 * MINUTE;
        // A held ticket that goes on keeps its deadline, its step and what was passed.
        let went_on = |ends: Timestamp| {
            let held = held.filter(|held| held.ends == ends.millis());
            assert!(held.is_some() || ends.millis() == fresh, "the login of another went on");
            held.filter(|_| ends.millis() != fresh)
        };
        let hand = match &begun {
            Begun::Step(Step::EnterCode(Challenge { ends, .. }))
            | Begun::Step(Step::LinkApp(Enrollment { ends, .. })) => {
                went_on(*ends).map_or(hand, |held| held.hand)
            }
            _ => hand,
        };
        match begun {
            Begun::Passed(passed) => {
                self.saw("nothing is asked");
                self.people[hand.who].invitation = None;
                self.keep_proof(&hand, None, &passed.proof);
            }
            Begun::Step(Step::EnterCode(challenge)) => {
                assert_eq!(challenge.purpose, for_what);
                self.keep_challenge(hand, challenge);
            }
            Begun::Step(Step::LinkApp(enrollment)) => self.keep_enrollment(hand, enrollment),
            Begun::Refused(_) => self.saw("refused"),
        }
    }

    pub(crate) fn keep_challenge(&mut self, hand: Hand, shown: Challenge) {
        let now = self.now();
        let asks = match (&shown.mail, shown.method) {
            (Some(mail), Method::Email) => {
                let person = &self.people[hand.who];
                let to = match shown.purpose {
                    Purpose::ConfirmAddress => person.proposed.clone().unwrap(),
                    _ => person.address.clone(),
                };
                let letter = Letter {
                    company: self.keys[hand.who].tenant().to_string(),
                    to: to.to_string(),
                    reference: mail.reference.clone(),
                    until: mail.works_until.millis(),
                };
                self.sent.entry(letter.clone()).or_insert((now, 0));
                if mail.queued {
                    self.people[hand.who].mails.push((now, belief::Mailed::Queued));
                }
                Asks::Mail(letter)
            }
            (None, Method::App) => Asks::App,
            other => panic!("{other:?}"),
        };
        self.push(hand, shown.ticket, shown.purpose, shown.ends, asks);
    }

    pub(crate) fn keep_enrollment(&mut self, hand: Hand, shown: Enrollment) {
        let mut phone = FakePhone::new();
        phone.scan(&shown.app);
        self.push(hand, shown.ticket, shown.purpose, shown.ends, Asks::Link(phone));
    }

    fn push(&mut self, hand: Hand, ticket: Ticket, purpose: Purpose, ends: Timestamp, asks: Asks) {
        let ends = ends.millis();
        let era = self.era(hand.who);
        let key = self.rotations;
        self.open.push(Open { ticket, hand, purpose, asks, ends, era, key });
        if self.open.len() > 8 {
            self.open.remove(0);
        }
    }

    /// Mostly a ticket that can still be answered.
    pub(crate) fn some_open(&mut self) -> Open {
        let any = self.open[self.dice.below(self.open.len())].clone();
        let alive = self.open.iter().rev().find(|open| self.is_answerable(open)).cloned();
        if self.dice.below(4) > 0 { alive.unwrap_or(any) } else { any }
    }

    pub(crate) fn is_answerable(&self, open: &Open) -> bool {
        let spent = self.spent_steps.contains(&open.hand.step)
            || matches!(&open.asks, Asks::Mail(letter) if self.spent_mails.contains(letter));
        self.now() < open.ends && !spent && open.era == self.era(open.hand.who)
    }

    /// Resend, another way, or the same step shown again.
    pub(crate) fn go_on(&mut self) {
        if self.open.is_empty() {
            return;
        }
        let open = self.some_open();
        let kind = self.dice.below(3);
        if kind == 0 && self.dice.one_in(2) {
            self.clock.advance(Duration::from_secs(31));
        }
        self.go_on_with(&open, kind);
    }

    /// The same code sent again and again, as somebody would whose mail does not come.
    pub(crate) fn nag(&mut self) {
        let mailed = |open: &&Open| matches!(open.asks, Asks::Mail(_)) && self.is_answerable(open);
        let Some(mut open) = self.open.iter().rev().find(mailed).cloned() else { return };
        for _ in 0..self.dice.below(12) {
            let pause = self.dice.of(&[10, 31, 31, 31, 200]);
            self.clock.advance(Duration::from_secs(pause));
            self.go_on_with(&open, 0);
            open = self.open.last().cloned().unwrap_or(open);
            // A code that ran out is followed by another.
            self.drain();
        }
    }

    fn go_on_with(&mut self, open: &Open, kind: usize) {
        let who = open.hand.who;
        let client = browser(open.hand.browser);
        let before = self.look();
        let method = self.dice.of(&[Method::Email, Method::App]);
        let outcome = match kind {
            0 => block_on(self.mfa.resend(&open.ticket, &client)),
            1 => block_on(self.mfa.another_way(&open.ticket, method, &client)),
            _ => block_on(self.mfa.resume(&open.ticket, &client)),
        };
        let Some(Some(outcome)) = self.done(&before, outcome) else { return };
        let person = &self.people[who];
        let alive = person.there && !person.suspended && self.is_answerable(open);
        match outcome {
            Continued::Step(Step::EnterCode(shown)) => {
                assert!(alive && !person.locked(self.now()), "a dead ticket went on");
                assert_eq!(shown.ends.millis(), open.ends, "a new deadline");
                if let (0, Asks::Mail(letter), Some(mail)) = (kind, &open.asks, &shown.mail) {
                    self.sent_again(who, letter, mail);
                }
                self.keep_challenge(open.hand.clone(), shown);
            }
            Continued::Step(Step::LinkApp(shown)) => {
                assert!(alive, "a dead ticket went on");
                let (Asks::Link(old), mut new) = (&open.asks, FakePhone::new()) else { panic!() };
                new.scan(&shown.app);
                let now = Timestamp::from_millis(self.now());
                assert_eq!(old.code(now), new.code(now), "another QR code");
                self.keep_enrollment(open.hand.clone(), shown);
            }
            Continued::Refused(refused) => {
                assert!(person.there);
                if let (0, Asks::Mail(letter)) = (kind, &open.asks) {
                    self.not_sent(who, letter, refused);
                }
            }
            Continued::Stale(_) => self.saw("a dead ticket is not shown again"),
        }
        self.check(&before, &[who], &[]);
    }

    /// A resend counts against its code, and leaves a mail for a login that begins.
    fn sent_again(&mut self, who: usize, letter: &Letter, mail: &Mailed) {
        if !mail.queued {
            return;
        }
        let now = self.now();
        let saved = self.people[who].saved_up(now);
        let known = !self.clock_went_back && !self.faults;
        assert!(!known || saved >= 2 * MAIL_EVERY, "the last mail was not kept: {saved}");
        if mail.reference == letter.reference {
            let (last, times) = self.sent.get_mut(letter).unwrap();
            assert!(now >= *last + 30 * SECOND, "sent again at once");
            (*last, *times) = (now, *times + 1);
            assert!(*times <= RESENDS_OF_A_CODE, "one code was sent again {times} times");
            self.saw("sent again");
        }
    }

    /// A code that still works is refused for a reason, and until the reason ends.
    fn not_sent(&mut self, who: usize, letter: &Letter, refusal: Refusal) {
        let (now, (last, times)) = (self.now(), self.sent[letter]);
        let exact = now < letter.until && !self.clock_went_back && !self.faults;
        match refusal {
            Refusal::SentOften if exact => {
                assert_eq!(times, RESENDS_OF_A_CODE);
                self.saw("sent often enough");
            }
            Refusal::TooSoon { until } if exact => {
                let missing = 2 * MAIL_EVERY - self.people[who].saved_up(now);
                assert_eq!(until.millis(), (now + missing).max(last + 30 * SECOND));
                if missing > 0 {
                    self.saw("no mail is left but the last");
                }
            }
            _ => {}
        }
    }
}
