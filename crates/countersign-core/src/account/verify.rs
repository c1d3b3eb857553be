//! Judging one answer to an open step. Every path that compares a code goes through here, so no
//! entry point has a budget of its own.

use std::time::Duration;

use super::account::Account;
use super::attempt::{Attempt, Outcome};
use super::email::Asking;
use super::env::Env;
use super::event::{EventKind, Miss};
use super::login::{Handover, code_of, with_used};
use super::misses::Charged;
use super::profile::Address;
use crate::codes::totp::{Judgement, Window};
use crate::codes::{Code, totp};
use crate::login::{
    Ask, Locked, Need, Purpose, Staleness, Step, TicketClaims, Verdict, Wrong, WrongAnswer,
};
use crate::mail::LetterKind;
use crate::policy::Requirement;
use crate::seal::forms::encode_ticket;
use crate::seal::{Fault, Use};
use crate::types::{
    AttemptId, AuthenticatorId, ChallengeId, DAY, Digest, KeyId, Method, ProofId, Secret, Timestamp,
};

/// The least time between two mails that tell of a lock.
const TELL_EVERY: Duration = DAY;

/// One answer, with what makes it the same answer when it is sent twice.
#[derive(Debug)]
pub(crate) struct AnsweredAttempt<'a> {
    pub(crate) ticket: &'a TicketClaims,
    pub(crate) code: &'a Code,
    pub(crate) attempt: Option<AttemptId>,
}

impl AnsweredAttempt<'_> {
    fn digest(&self, key: KeyId, env: &Env<'_>) -> Result<Option<Digest>, Fault> {
        let Some(attempt) = self.attempt else { return Ok(None) };
        let ticket = encode_ticket(self.ticket)?;
        let parts: [&[u8]; 3] = [&ticket, attempt.as_bytes(), self.code.digits().as_bytes()];
        env.sealer.digest(key, Use::Attempt, &parts).map(Some)
    }

    fn method(&self) -> Method {
        match self.ticket.ask {
            Ask::Email { .. } => Method::Email,
            Ask::App | Ask::Link { .. } => Method::App,
        }
    }
}

/// What a right answer uses up.
#[derive(Clone, Copy)]
enum Used {
    /// A mailed code: its challenge.
    Mail,
    /// This step of a linked app.
    App(AuthenticatorId, u64),
    /// This step of the app that is being linked.
    NewApp(u64),
}

/// What the comparison said.
enum Judged {
    Right(Used),
    Missed(Miss, WrongAnswer),
    RanOut,
    Gone,
    SwitchedOff,
}

impl Account {
    /// Judges one answer.
    pub(crate) fn verify(
        &mut self,
        answer: &AnsweredAttempt<'_>,
        env: &mut Env<'_>,
    ) -> Result<Verdict, Fault> {
        let stale = |reason| Ok(Verdict::Stale(reason));
        if self.profile.suspended {
            return stale(Staleness::Superseded);
        }
        if let Some(verdict) = self.same_attempt(answer, env)? {
            return Ok(verdict);
        }
        if let Some(reason) = self.staleness(answer.ticket, env) {
            return stale(reason);
        }
        if let Some(until) = self.counters.misses.locked(env.now) {
            return Ok(Verdict::Locked(Locked::with_end(Some(until))));
        }
        if let Some(until) = self.counters.spent.room_at(2, env.now) {
            return Ok(Verdict::Locked(Locked::with_end(Some(until))));
        }
        match self.judge(answer, env)? {
            Judged::Right(used) => self.accept(answer, used, env),
            Judged::Missed(miss, reason) => self.charge(answer, miss, reason, env),
            Judged::SwitchedOff => Ok(Verdict::Locked(Locked::with_end(None))),
            Judged::Gone => stale(Staleness::Superseded),
            Judged::RanOut => {
                let tries_left = Some(self.counters.misses.tries_left(env.limits));
                Ok(Verdict::Wrong(Wrong::because(WrongAnswer::RanOut, tries_left)))
            }
        }
    }

    /// The verdict that this very attempt got a moment ago.
    fn same_attempt(
        &self,
        answer: &AnsweredAttempt<'_>,
        env: &Env<'_>,
    ) -> Result<Option<Verdict>, Fault> {
        let Some(slot) = self.counters.attempt.as_ref().filter(|slot| slot.is_live(env.now)) else {
            return Ok(None);
        };
        // What was remembered under a key that is gone compares with nothing; it is judged anew.
        if answer.ticket.tenant_generation != env.tenant.generation
            || !env.sealer.knows(slot.key)
            || answer.digest(slot.key, env)? != Some(slot.digest)
        {
            return Ok(None);
        }
        let passed = || with_used(answer.ticket.clone(), answer.method(), slot.at);
        Ok(match slot.outcome.clone() {
            Outcome::Passed { proof, app_linked } => {
                let judged_by = slot.judged_by;
                let passed =
                    self.finish(&passed(), slot.at, Some(proof), app_linked, judged_by, env)?;
                Some(Verdict::Passed(passed))
            }
            Outcome::Wrong(wrong) => Some(Verdict::Wrong(wrong)),
            Outcome::Locked { until } => Some(Verdict::Locked(Locked::with_end(until))),
            Outcome::Next { id } => {
                let next = self.following(&passed(), id);
                self.show_next(&next, env)?.map(Verdict::Step)
            }
        })
    }

    fn judge(&self, answer: &AnsweredAttempt<'_>, env: &Env<'_>) -> Result<Judged, Fault> {
        match &answer.ticket.ask {
            Ask::Email { challenge, ends } => self.judge_mail(answer, *challenge, *ends, env),
            Ask::App => self.judge_apps(answer.code, env),
            Ask::Link { secret } => Ok(self.judge_link(answer, secret, env)),
        }
    }

    fn judge_mail(
        &self,
        answer: &AnsweredAttempt<'_>,
        challenge: ChallengeId,
        ends: Timestamp,
        env: &Env<'_>,
    ) -> Result<Judged, Fault> {
        if self.profile.address.disabled && answer.ticket.purpose != Purpose::ConfirmAddress {
            return Ok(Judged::SwitchedOff);
        }
        if env.now >= ends {
            return Ok(Judged::RanOut);
        }
        let current = self.mail_target(&answer.ticket.purpose);
        let live = self.live(challenge, env);
        let Some(live) =
            live.filter(|live| Some(&live.to) == current && live.purpose == answer.ticket.purpose)
        else {
            return Ok(Judged::Gone);
        };
        if !env.sealer.knows(live.key) {
            return Ok(Judged::Gone);
        }
        Ok(match code_of(live, env)? == *answer.code {
            true => Judged::Right(Used::Mail),
            false => Judged::Missed(Miss::Wrong, WrongAnswer::Mismatch),
        })
    }

    fn judge_apps(&self, code: &Code, env: &Env<'_>) -> Result<Judged, Fault> {
        if self.profile.apps.is_empty() {
            return Ok(Judged::Gone);
        }
        if self.profile.apps.iter().all(|app| app.disabled) {
            return Ok(Judged::SwitchedOff);
        }
        let mut judged = Judged::Missed(Miss::Wrong, WrongAnswer::Mismatch);
        for (app, secret) in self.usable_secrets(env)? {
            let last = self.counters.steps.last(app).max(used_before_backup(env));
            let next = judge_code(&secret, code, last, |step| Used::App(app, step), env);
            match (&judged, &next) {
                (_, Judged::Right(_)) => return Ok(next),
                // A code that was used says more than one that is late, and that more than nothing.
                (_, Judged::Missed(Miss::Replayed, _))
                | (Judged::Missed(Miss::Wrong, _), Judged::Missed(Miss::Slow, _)) => judged = next,
                _ => {}
            }
        }
        Ok(judged)
    }

    /// The secrets of the apps that are not switched off.
    ///
    /// One that does not open is lost to its owner until an operator looks. Their other apps are
    /// not, so it is an error only where it leaves none.
    fn usable_secrets(&self, env: &Env<'_>) -> Result<Vec<(AuthenticatorId, Secret)>, Fault> {
        let mut secrets = Vec::new();
        let mut lost = None;
        for app in self.profile.apps.iter().filter(|app| !app.disabled) {
            match Self::open_app(app, env) {
                Ok(secret) => secrets.push((app.id, secret)),
                Err(fault) => lost = Some(fault),
            }
        }
        match lost {
            Some(fault) if secrets.is_empty() => Err(fault),
            Some(fault) => {
                fault.alarm();
                Ok(secrets)
            }
            None => Ok(secrets),
        }
    }

    /// A first app counts only while the account has none in any state.
    fn judge_link(&self, answer: &AnsweredAttempt<'_>, secret: &Secret, env: &Env<'_>) -> Judged {
        let first_only = matches!(answer.ticket.purpose, Purpose::Login | Purpose::Strengthen);
        if (first_only && !self.profile.apps.is_empty())
            || self.need(answer.ticket, env) != Need::LinkApp
            || self.has_linked(secret, env)
        {
            return Judged::Gone;
        }
        // A secret that was never linked has no history.
        judge_code(secret, answer.code, None, Used::NewApp, env)
    }

    /// A right answer: spend everything it used, then see whether more is needed.
    fn accept(
        &mut self,
        answer: &AnsweredAttempt<'_>,
        used: Used,
        env: &mut Env<'_>,
    ) -> Result<Verdict, Fault> {
        let ticket = answer.ticket;
        let method = answer.method();
        let gone = env.now.plus(env.limits.ticket_life);
        self.counters.spent.spend(ticket.id, gone, env.now);
        if let Ask::Email { challenge, .. } = ticket.ask {
            self.counters.spent.spend(challenge, gone, env.now);
            self.counters.mailbox.close(challenge, env.limits);
            self.address_answered(&ticket.purpose, env)?;
        }
        if let Used::App(app, step) = used {
            self.counters.steps.spend(app, step);
        }
        self.counters.misses.clear(method);
        self.counters.second_step_at = Some(env.now);
        let app_linked = if let (Ask::Link { secret }, Used::NewApp(step)) = (&ticket.ask, used) {
            let replaces = ticket.purpose == Purpose::ReplaceApp;
            self.link_app(secret, step, replaces, env)?;
            if matches!(ticket.purpose, Purpose::LinkApp | Purpose::ReplaceApp) {
                self.profile.own = self.profile.own.join(Requirement::App);
            }
            true
        } else {
            false
        };
        let ends_what_was_open = self.is_first(ticket, app_linked);
        self.now_holds(method);
        let passed = with_used(ticket.clone(), method, env.now);
        // Linking was the purpose; a login may still need more, if the rule was tightened.
        let need = match ticket.purpose {
            Purpose::LinkApp | Purpose::ReplaceApp if app_linked => Need::Nothing,
            Purpose::ConfirmAddress => Need::Nothing,
            Purpose::Login
            | Purpose::Strengthen
            | Purpose::StepUp(_)
            | Purpose::Administer
            | Purpose::LinkApp
            | Purpose::ReplaceApp
            | Purpose::RemoveApp(_)
            | Purpose::ChangeAddress => self.need(&passed, env),
        };
        let finished = need == Need::Nothing;
        if ends_what_was_open && (finished || ticket.session.is_none()) {
            self.raise_generation();
        }
        env.record(self.profile.pseudonym, EventKind::Accepted { method, finished })?;
        if finished {
            let proof = ProofId::draw(env.random)?;
            self.remember(answer, Outcome::Passed { proof, app_linked }, env)?;
            self.invitation_is_over(ticket);
            let judged_by = env.tenant.policy_revision;
            let passed = self.finish(&passed, env.now, Some(proof), app_linked, judged_by, env)?;
            return Ok(Verdict::Passed(passed));
        }
        let id = ChallengeId::draw(env.random)?;
        let next = self.following(&passed, id);
        match self.hand(next, need, Asking::Other, env)? {
            Handover::Step(step) => {
                self.remember(answer, Outcome::Next { id }, env)?;
                Ok(Verdict::Step(step))
            }
            Handover::Refused(refusal) => {
                let until = refusal.until();
                self.remember(answer, Outcome::Locked { until }, env)?;
                Ok(Verdict::Locked(Locked::with_end(until)))
            }
        }
    }

    /// Whether this is the first authenticator that the account ever gets: it ends the sessions from
    /// before it.
    ///
    /// A step-up of two steps ends them with the second. Else its own session would be over between
    /// the mailed code and the first app.
    fn is_first(&self, ticket: &TicketClaims, app_linked: bool) -> bool {
        let held = self.profile.held;
        let second_of_two = ticket.session.is_some() && !ticket.passed.is_empty();
        held.nothing() || (second_of_two && app_linked && !held.has(Method::App))
    }

    /// The ticket of the step after this one: same login, same deadline.
    fn following(&self, passed: &TicketClaims, id: ChallengeId) -> TicketClaims {
        TicketClaims { id, account_generation: self.profile.generation, ..passed.clone() }
    }

    /// The next step again, for a retry of the answer that led to it.
    fn show_next(&self, next: &TicketClaims, env: &Env<'_>) -> Result<Option<Step>, Fault> {
        // Copies keep the retry from writing: it may only show what is there.
        let mut copy = self.clone();
        let mut quiet = env.afresh();
        let need = copy.need(next, &quiet);
        if need == Need::Nothing {
            return Ok(None);
        }
        let handover = copy.hand(next.clone(), need, Asking::Other, &mut quiet)?;
        Ok(match handover {
            Handover::Step(step) if quiet.effects.letters.is_empty() => Some(step),
            Handover::Step(_) | Handover::Refused(_) => None,
        })
    }

    /// A code came back from an address: it is confirmed, and a proposed one is used from now on.
    fn address_answered(&mut self, purpose: &Purpose, env: &mut Env<'_>) -> Result<(), Fault> {
        if *purpose != Purpose::ConfirmAddress {
            self.profile.address.confirmed = true;
            self.profile.address.refused = None;
            return Ok(());
        }
        let proposed = self.profile.address.proposed.take();
        self.use_address(Address { confirmed: true, ..Address::vouched(proposed) });
        env.record(self.profile.pseudonym, EventKind::AddressConfirmed)
    }

    /// A wrong answer: count it, lock where it is due, and tell the user once a day.
    fn charge(
        &mut self,
        answer: &AnsweredAttempt<'_>,
        miss: Miss,
        reason: WrongAnswer,
        env: &mut Env<'_>,
    ) -> Result<Verdict, Fault> {
        let method = answer.method();
        let enrolling = matches!(answer.ticket.ask, Ask::Link { .. });
        let charged = self.counters.misses.charge(method, enrolling, env.limits, env.now);
        let Charged { locked_until, hard_stop } = charged;
        if hard_stop {
            self.switch_off(method);
        }
        let what = EventKind::Missed { method, miss, locked_until, disabled: hard_stop };
        env.record(self.profile.pseudonym, what)?;
        let verdict = match locked_until {
            Some(until) => {
                self.tell_of_lock(until, env)?;
                let nothing_left = hard_stop && self.offers(answer.ticket, env).is_empty();
                let until = (!nothing_left).then_some(until);
                self.remember(answer, Outcome::Locked { until }, env)?;
                Verdict::Locked(Locked::with_end(until))
            }
            None => {
                let tries_left = Some(self.counters.misses.tries_left(env.limits));
                let wrong = Wrong::because(reason, tries_left);
                self.remember(answer, Outcome::Wrong(wrong), env)?;
                Verdict::Wrong(wrong)
            }
        };
        Ok(verdict)
    }

    fn switch_off(&mut self, method: Method) {
        match method {
            Method::Email => self.profile.address.disabled = true,
            Method::App => self.profile.apps.iter_mut().for_each(|app| app.disabled = true),
        }
    }

    fn tell_of_lock(&mut self, until: Timestamp, env: &mut Env<'_>) -> Result<(), Fault> {
        // What a clock that was ahead has written says nothing.
        let lately = |told: Timestamp| told <= env.now && env.now < told.plus(TELL_EVERY);
        if self.counters.misses.told.is_some_and(lately) {
            return Ok(());
        }
        self.counters.misses.told = Some(env.now);
        self.tell(LetterKind::Locked { until }, env)
    }

    fn remember(
        &mut self,
        answer: &AnsweredAttempt<'_>,
        outcome: Outcome,
        env: &Env<'_>,
    ) -> Result<(), Fault> {
        let key = env.sealer.current();
        self.counters.attempt = answer.digest(key, env)?.map(|digest| Attempt {
            key,
            digest,
            at: env.now,
            judged_by: env.tenant.policy_revision,
            outcome,
        });
        Ok(())
    }
}

/// The last step that may have been used in the time that a backup knows nothing of.
fn used_before_backup(env: &Env<'_>) -> Option<u64> {
    totp::latest_step(env.tenant.restored_at?, window(env))
}

fn window(env: &Env<'_>) -> Window {
    Window { back: env.limits.app_steps_back, ahead: env.limits.app_steps_ahead }
}

/// Judges a code under one secret, whose last accepted step was `last`.
fn judge_code(
    secret: &Secret,
    code: &Code,
    last: Option<u64>,
    used: impl FnOnce(u64) -> Used,
    env: &Env<'_>,
) -> Judged {
    match totp::judge(secret, code, env.now, window(env), last) {
        Judgement::Fresh { step } => Judged::Right(used(step)),
        Judgement::Replayed => Judged::Missed(Miss::Replayed, WrongAnswer::AlreadyUsed),
        Judgement::Slow { minutes } => {
            Judged::Missed(Miss::Slow, WrongAnswer::ClockSlow { minutes })
        }
        Judgement::Wrong => Judged::Missed(Miss::Wrong, WrongAnswer::Mismatch),
    }
}
