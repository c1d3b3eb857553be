//! What a verdict does to the model, and whether it is the one that was due.

use countersign_core::{AttemptId, Method, Purpose, Requirement, Step, Verdict, WrongAnswer};

use crate::answer::Expected;
use crate::belief::{App, Mailed};
use crate::world::{Asks, Hand, Open, Seen, Slot, World};

impl World {
    pub(crate) fn settle(
        &mut self,
        open: &Open,
        attempt: Option<AttemptId>,
        code: &str,
        expected: Expected,
        verdict: Verdict,
        before: &Seen,
    ) {
        let who = open.hand.who;
        let now = self.now();
        let said = said(&verdict);
        let method = match open.asks {
            Asks::Mail(_) => Method::Email,
            Asks::App | Asks::Link(_) => Method::App,
        };
        let mut remembered = true;
        match (&expected, &verdict) {
            (Expected::Right(step), _) => self.right(open, method, *step, verdict),
            (Expected::Wrong, _) => {
                let linking = matches!(open.asks, Asks::Link(_));
                let locks = self.people[who].miss(method, linking, now);
                self.misses[who / 2] += 1;
                let in_a_row = self.people[who].soft.iter().sum::<u32>();
                match verdict {
                    Verdict::Locked(_) if locks => self.saw("locked"),
                    Verdict::Wrong(failed) if !locks => {
                        assert_eq!(
                            failed.tries_left,
                            Some((5_u32.saturating_sub(in_a_row)).max(1))
                        );
                        self.saw("a miss");
                    }
                    other => panic!("a wrong answer, lock {locks}: {other:?}"),
                }
                if self.people[who].mail_off || self.people[who].apps.iter().any(|app| app.off) {
                    self.saw("hard stop");
                }
            }
            (unchanged, _) => {
                remembered = false;
                assert!(*before == self.look(), "{unchanged:?} changed something");
                match (unchanged, &verdict) {
                    (Expected::Stale, Verdict::Stale(_)) => self.saw("stale"),
                    (Expected::Locked, Verdict::Locked(_)) => self.saw("refused while locked"),
                    (Expected::Malformed, Verdict::Wrong(failed)) => {
                        assert!(matches!(failed.reason, WrongAnswer::Malformed(_)));
                    }
                    (Expected::RanOut, Verdict::Wrong(failed)) => {
                        assert_eq!(failed.reason, WrongAnswer::RanOut);
                    }
                    // What followed may have ended meanwhile; it is not followed twice.
                    (Expected::Same(was), _) if was == "next" => {
                        assert!(!matches!(verdict, Verdict::Passed(_)));
                    }
                    (Expected::Same(was), _) => {
                        assert_eq!(*was, said, "the same attempt");
                        self.saw("the same attempt, the same verdict");
                    }
                    (expected, got) => panic!("{expected:?}, not {got:?}"),
                }
            }
        }
        if remembered {
            let era = self.era(who);
            self.slots[who] = attempt.map(|attempt| Slot {
                ticket: open.ticket.clone(),
                attempt,
                code: code.to_owned(),
                at: now,
                verdict: said,
                company: era.company,
                account: era.account,
            });
        }
        self.check(before, &[who], &[]);
    }

    fn right(&mut self, open: &Open, method: Method, step: Option<(usize, u64)>, verdict: Verdict) {
        let who = open.hand.who;
        let stated = open.hand.stated;
        let now = self.now();
        if open.key < self.rotations {
            self.saw("passed with a ticket from before a rotation");
        }
        assert!(self.spent_steps.insert(open.hand.step), "one step was passed twice");
        if let Asks::Mail(letter) = &open.asks {
            assert!(self.spent_mails.insert(letter.clone()), "one mail was used twice");
        }
        let person = &mut self.people[who];
        if matches!(open.asks, Asks::Mail(_)) {
            person.mails.push((now, Mailed::Answered));
        }
        if let Some((at, step)) = step
            && let Some(app) = person.apps.get_mut(at)
        {
            assert!(app.last_step.is_none_or(|last| step > last));
            app.last_step = Some(step);
        }
        person.hit(method, now);
        let mut passed = open.hand.passed.clone();
        let mut linked = false;
        match (&open.asks, &open.purpose) {
            (Asks::Mail(_), Purpose::ConfirmAddress) => {
                let new = person.proposed.take().unwrap();
                person.moves_to(new, true);
            }
            (Asks::Mail(_), _) => (person.confirmed, person.bounced) = (true, None),
            (Asks::Link(phone), purpose) => {
                let held_mail = person.used_mail && !passed.contains(&Method::Email);
                assert!(!held_mail || !passed.is_empty(), "an app bound past the mail");
                assert!(*purpose != Purpose::Login || person.apps.is_empty());
                if *purpose == Purpose::ReplaceApp && !person.apps.is_empty() {
                    person.apps.clear();
                    person.generation += 1;
                }
                let last_step = step.map(|(_, step)| step);
                person.apps.push(App { id: None, phone: phone.clone(), off: false, last_step });
                (person.reopened, person.invitation_accepted, linked) = (false, false, true);
                person.invitation = None;
                if *purpose != Purpose::Login {
                    person.own = Requirement::App;
                }
            }
            _ => {}
        }
        // The first use of a method ends what was open, and in a session both of its codes do so as one.
        let in_session = open.hand.session.is_some();
        let second_of_two = in_session && !passed.is_empty() && linked && !person.used_app;
        let is_first = second_of_two || (!person.used_mail && !person.used_app);
        person.now_uses(method);
        passed.push(method);
        self.hits[who / 2] += 1;
        self.apps_linked += usize::from(linked);
        let person = &self.people[who];
        let finished = match open.purpose {
            Purpose::Login => person.is_enough(self.company_of(who), stated.roles, &passed, now),
            Purpose::ConfirmAddress => true,
            Purpose::LinkApp | Purpose::ReplaceApp => linked,
            _ if person.app_works() => passed.contains(&Method::App),
            _ => {
                person.apps.is_empty() && person.mail_works(now) && passed.contains(&Method::Email)
            }
        };
        if is_first && (finished || !in_session) {
            self.people[who].generation += 1;
        }
        match verdict {
            Verdict::Passed(done) if finished => {
                assert_eq!(done.app_linked, linked);
                let methods: Vec<_> = done.proof.passed().iter().map(|pass| pass.method).collect();
                assert_eq!(methods, passed);
                if open.purpose == Purpose::Login {
                    self.people[who].invitation = None;
                }
                self.keep_proof(&open.hand, Some(open), &done.proof);
                self.saw(match (linked, method) {
                    (true, _) => "an app was linked",
                    (false, Method::App) => "passed by app",
                    (false, _) => "passed by mail",
                });
            }
            Verdict::Step(next) if !finished => {
                self.saw("one more step");
                let hand = Hand { step: self.number(), passed, ..open.hand.clone() };
                let ends = match next {
                    Step::EnterCode(shown) => {
                        let ends = shown.ends;
                        self.keep_challenge(hand, shown);
                        ends
                    }
                    Step::LinkApp(shown) => {
                        let ends = shown.ends;
                        self.keep_enrollment(hand, shown);
                        ends
                    }
                };
                assert_eq!(ends.millis(), open.ends, "a new deadline");
            }
            Verdict::Locked(_) if !finished => self.saw("right, and no way on"),
            other => panic!("a right answer, finished {finished}: {other:?}"),
        }
    }
}

/// A verdict as far as a retry must repeat it.
fn said(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Passed(passed) => format!("passed {:?}", passed.proof.id()),
        Verdict::Step(_) => "next".to_owned(),
        Verdict::Wrong(failed) => format!("{failed:?}"),
        Verdict::Locked(locked) => format!("{locked:?}"),
        Verdict::Stale(_) => "stale".to_owned(),
    }
}
