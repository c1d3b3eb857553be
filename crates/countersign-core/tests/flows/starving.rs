//! Mail never starves: whatever somebody with the password does, the owner gets a code in time, and
//! no address gets more mails than is promised.

use std::time::Duration;

use countersign_core::login::StepUpReason;
use countersign_core::mail::Message;
use countersign_core::{
    Begun, Challenge, Client, FirstFactor, HOUR, Limits, MINUTE, Method, Proof, Purpose,
    Random as _, Refusal, Requirement, Step, Ticket, Timestamp, Verdict,
};
use countersign_testkit::SeededRandom;
use pollster::block_on;

use crate::stage::{Stage, address, browser, goes_on, key, refused};

/// How long somebody needs to find the mail and type the code.
const TYPING: Duration = Duration::from_secs(20);

fn with_life(minutes: u32) -> Limits {
    let mut limits = Limits::default();
    limits.email_code_life = minutes * MINUTE;
    limits
}

fn email_stage(limits: Limits) -> Stage {
    let stage = Stage::with_limits(limits);
    stage.require(Requirement::Email);
    stage.use_mail("ben");
    stage.advance(3600);
    stage.inbox.clear();
    stage
}

/// Somebody who knows the password of Ben, and has a session of his besides.
struct Attacker<'a> {
    stage: &'a Stage,
    dice: SeededRandom,
    tickets: Vec<Ticket>,
    session: &'a Proof,
    /// Does everything at every turn instead of one thing.
    greedy: bool,
}

impl Attacker<'_> {
    fn throw(&self, sides: u8) -> u8 {
        let mut byte = [0];
        self.dice.fill(&mut byte).unwrap();
        byte[0] % sides
    }

    fn act(&mut self) {
        let kinds = if self.greedy { vec![0, 1, 2, 3] } else { vec![self.throw(4)] };
        kinds.into_iter().for_each(|kind| self.act_so(kind));
        block_on(self.stage.courier.drain()).unwrap();
    }

    fn act_so(&mut self, kind: u8) {
        let mfa = &self.stage.mfa;
        let mine = Client::bound_to("the browser of somebody else").unwrap();
        let some = usize::from(self.throw(12)) % self.tickets.len().max(1);
        let ticket = self.tickets.get(some).cloned();
        match (kind, ticket) {
            (0, _) | (1 | 2, None) => {
                let begun = block_on(mfa.begin(&key("ben"), FirstFactor::Password, &mine));
                self.keep(begun.unwrap());
            }
            (1, Some(ticket)) => {
                let _ = block_on(mfa.another_way(&ticket, Method::Email, &mine)).unwrap();
            }
            (2, Some(ticket)) => {
                let _ = block_on(mfa.resend(&ticket, &mine)).unwrap();
            }
            _ => {
                let act = format!("payment {}", self.throw(16));
                let purpose = Purpose::StepUp(StepUpReason::new(act).unwrap());
                let begun = block_on(mfa.step_up(self.session, purpose, &mine));
                self.keep(begun.unwrap());
            }
        }
    }

    fn keep(&mut self, begun: Begun) {
        if let Begun::Step(step) = begun {
            self.tickets.push(step.ticket().clone());
        }
        if self.tickets.len() > 12 {
            self.tickets.remove(0);
        }
    }
}

/// A mail with a code: which, when it was asked for, and the code.
struct Sent {
    reference: String,
    at: Timestamp,
    code: String,
}

fn sent(stage: &Stage) -> Vec<Sent> {
    block_on(stage.courier.drain()).unwrap();
    let mails = stage.inbox.to(&address("ben"));
    let code = |mail: &countersign_core::Mail| match mail.message() {
        Message::LoginCode { code, at, reference, .. } => Some(Sent {
            reference: reference.clone().unwrap(),
            at: *at,
            code: code.expose().to_owned(),
        }),
        _ => None,
    };
    mails.iter().filter_map(code).collect()
}

/// Whether Ben, who logs in now, is let in by a code that he has in time.
fn owner_gets_in(stage: &Stage) -> Result<(), String> {
    let Begun::Step(Step::EnterCode(Challenge { ticket, mail: Some(mail), .. })) =
        stage.begin("ben")
    else {
        return Err("no code is asked for".to_owned());
    };
    let mails = sent(stage);
    let mine = mails.iter().find(|sent| sent.reference == mail.reference);
    let Some(mine) = mine else { return Err("no mail came".to_owned()) };
    stage.clock.advance(TYPING);
    match stage.answer(&ticket, &mine.code) {
        Verdict::Passed(_) => Ok(()),
        other => Err(format!("{other:?}")),
    }
}

/// Most mails with a code within any hour.
fn most_in_an_hour(sent: &[Timestamp]) -> usize {
    let hour = |from: &Timestamp| {
        let within = |at: &&Timestamp| from <= *at && at.since(*from) < HOUR;
        sent.iter().filter(within).count()
    };
    sent.iter().map(hour).max().unwrap_or_default()
}

#[test]
fn an_attacker_with_the_password_never_keeps_the_owner_from_a_code_that_works() {
    let mut failures = Vec::new();
    for minutes in [1, 5, 10] {
        for seed in 0..20 {
            let limits = with_life(minutes);
            let cap = usize::try_from(limits.most_code_mails_in_an_hour()).unwrap();
            let stage = email_stage(limits);
            let session = stage.log_in_by_mail("ben");
            stage.advance(3600);
            stage.inbox.clear();
            let dice = SeededRandom::new(1000 * u64::from(minutes) + seed);
            let greedy = seed % 2 == 0;
            let mut attacker =
                Attacker { stage: &stage, dice, tickets: Vec::new(), session: &session, greedy };
            let turns = 300 + usize::from(attacker.throw(200));
            for _ in 0..turns {
                attacker.act();
                let pause = u64::from(attacker.throw(30)) + 1;
                stage.clock.advance(Duration::from_millis(pause * 700));
            }
            if let Err(why) = owner_gets_in(&stage) {
                failures.push(format!("{minutes} min, seed {seed}: {why}"));
            }
            let times: Vec<_> = sent(&stage).iter().map(|sent| sent.at).collect();
            let most = most_in_an_hour(&times);
            assert!(most <= cap, "{most} mails in an hour, and {cap} are promised");
        }
    }
    let missed = failures.len();
    assert!(failures.is_empty(), "{missed} of 60 owners were kept out: {failures:#?}");
}

#[test]
fn a_login_waits_for_no_code_that_is_about_to_end() {
    let stage = email_stage(Limits::default());
    // Logins that are about to end ask for a code, as late as they can.
    let tickets: Vec<_> = (0..8).map(|_| stage.challenge("ben").ticket).collect();
    stage.advance(15 * 60 - 2);
    tickets.iter().for_each(|ticket| drop(stage.another_way(ticket, Method::Email)));
    let mail = stage.challenge("ben").mail.unwrap();
    assert!(mail.works_until.since(stage.now()) >= 5 * MINUTE, "{mail:?}");
}

#[test]
fn step_ups_leave_a_login_its_place_and_its_mail() {
    let stage = email_stage(Limits::default());
    let session = stage.log_in_by_mail("ben");
    stage.advance(3600);
    for number in 0..12 {
        let reason = StepUpReason::new(format!("payment {number}")).unwrap();
        let begun = block_on(stage.mfa.step_up(&session, Purpose::StepUp(reason), &browser()));
        let waits = matches!(begun.unwrap(), Begun::Refused(Refusal::TooSoon { .. }));
        assert_eq!(waits, number >= 4, "{number}");
    }
    assert_eq!(owner_gets_in(&stage), Ok(()));
}

#[test]
fn without_a_mail_to_spare_a_login_goes_on_with_the_newest_code_and_is_told_when_the_next_comes() {
    let mut limits = Limits::default();
    limits.code_mails_in_a_row = 3;
    let stage = email_stage(limits);
    let first = stage.challenge("ben");
    stage.advance(30);
    let _ = goes_on(stage.resend(&first.ticket));
    // What is left is for a login that begins.
    stage.advance(30);
    let opens = stage.now().minus(MINUTE).plus(5 * MINUTE);
    assert_eq!(refused(stage.resend(&first.ticket)), Refusal::TooSoon { until: opens });
    stage.advance(4 * 60 - 1);
    let joined = goes_on(stage.another_way(&first.ticket, Method::Email)).mail.unwrap();
    assert_eq!(joined.reference, first.mail.unwrap().reference);
    assert_eq!(joined.resend_at, Some(opens));
}

#[test]
fn thirty_two_right_logins_in_a_quarter_of_an_hour_are_never_too_many_wrong_codes() {
    let stage = email_stage(Limits::default());
    for number in 0..32 {
        assert_eq!(owner_gets_in(&stage), Ok(()), "{number}");
        stage.clock.advance(Duration::from_secs(8));
    }
}

#[test]
fn a_code_from_before_everybody_was_logged_out_is_neither_joined_nor_sent() {
    let stage = email_stage(Limits::default());
    let before = stage.challenge("ben");
    block_on(stage.operator().sign_everybody_out()).unwrap();
    assert_eq!(sent(&stage).len(), 0, "a code that opens nothing was mailed");
    let after = stage.challenge("ben");
    let reference = |challenge: &Challenge| challenge.mail.clone().unwrap().reference;
    assert_ne!(reference(&after), reference(&before));
    assert_eq!(sent(&stage).len(), 1);
}
