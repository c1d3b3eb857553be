//! Beginning a login: what the person still has to show, and the ticket that asks for it.

use std::collections::BTreeSet;

use super::account::{Account, MOST_APPS};
use super::email::{LiveChallenge, NotNow, reference};
use super::env::Env;
use super::event::EventKind;
use crate::codes::{Code, label_in_app, provision, totp};
use crate::login::{
    Ask, Begun, Challenge, Continued, Enrollment, Mailed, Pass, Passed, Proof, Purpose, Refusal,
    Refused, Stale, Staleness, Step, TicketClaims, first_app_step, login_step, offers,
    strongest_step,
};
use crate::mail::LetterKind;
use crate::policy::{Held, Resolution, resolve};
use crate::seal::{CodeFor, Fault};
use crate::types::{
    ChallengeId, Digest, EmailAddress, FirstFactor, Method, ProofId, Role, Timestamp,
};

/// What a login or a step-up begins with.
#[derive(Debug, Clone)]
pub(crate) struct Beginning {
    pub(crate) purpose: Purpose,
    pub(crate) first: FirstFactor,
    pub(crate) roles: BTreeSet<Role>,
    pub(crate) binding: Option<Digest>,
    pub(crate) seen_as: Option<String>,
    /// The ticket that the browser holds already.
    pub(crate) holds: Option<TicketClaims>,
}

/// A step, put into the person's hands.
pub(super) enum Handover {
    Challenge(Challenge),
    Enroll(Enrollment),
    Refused(Refusal),
}

impl From<Handover> for Begun {
    fn from(handed: Handover) -> Self {
        match handed {
            Handover::Challenge(challenge) => Self::Challenge(challenge),
            Handover::Enroll(enrollment) => Self::Enroll(enrollment),
            Handover::Refused(reason) => Self::Refused(Refused::because(reason)),
        }
    }
}

impl From<Handover> for Continued {
    fn from(handed: Handover) -> Self {
        match handed {
            Handover::Challenge(challenge) => Self::Challenge(challenge),
            Handover::Enroll(enrollment) => Self::Enroll(enrollment),
            Handover::Refused(reason) => Self::Refused(Refused::because(reason)),
        }
    }
}

impl Account {
    /// Begins a login or a step-up, or goes on with the one whose ticket the browser holds.
    pub(crate) fn begin(
        &mut self,
        beginning: Beginning,
        env: &mut Env<'_>,
    ) -> Result<Begun, Fault> {
        if self.profile.suspended {
            return Ok(Begun::Refused(Refused::because(Refusal::Suspended)));
        }
        let seen_as = beginning.seen_as.clone();
        if let Some(held) = self.still_held(&beginning, env) {
            let step = self.step(&held, env);
            if let Some(handed) = self.hand_again(&held, step, env)? {
                return Ok(handed.into());
            }
        }
        let fresh = TicketClaims {
            key: env.key.clone(),
            id: ChallengeId::draw(env.random)?,
            purpose: beginning.purpose,
            first: beginning.first,
            roles: beginning.roles,
            passed: Vec::new(),
            issued: env.now,
            ends: env.now.plus(env.limits.ticket_life),
            account_generation: self.profile.generation,
            tenant_generation: env.tenant.generation,
            binding: beginning.binding,
            ask: Ask::App,
        };
        match self.step(&fresh, env) {
            Step::Done => Ok(Begun::Passed(self.finish(&fresh, env.now, None, false, env)?)),
            step => Ok(self.hand(fresh, step, seen_as, env)?.into()),
        }
    }

    /// The held ticket, if it belongs to this login and can still be answered.
    fn still_held(&self, beginning: &Beginning, env: &Env<'_>) -> Option<TicketClaims> {
        let held = beginning.holds.as_ref()?;
        let same = held.key == *env.key
            && held.purpose == beginning.purpose
            && held.binding == beginning.binding
            && held.first == beginning.first
            && held.roles == beginning.roles;
        (same && self.staleness(held, env).is_none()).then(|| held.clone())
    }

    /// Why this ticket can no longer be answered, if it cannot.
    pub(super) fn staleness(&self, ticket: &TicketClaims, env: &Env<'_>) -> Option<Staleness> {
        let mailed = match ticket.ask {
            Ask::Email { challenge, .. } => self.counters.spent.has(challenge),
            Ask::App | Ask::Link { .. } => false,
        };
        if self.counters.spent.has(ticket.id) || mailed {
            Some(Staleness::AlreadyUsed)
        } else if env.now >= ticket.ends {
            Some(Staleness::RanOut)
        } else if ticket.account_generation != self.profile.generation
            || ticket.tenant_generation != env.tenant.generation
        {
            Some(Staleness::Superseded)
        } else {
            None
        }
    }

    /// What this login still needs, by the policy in force now.
    pub(super) fn step(&self, ticket: &TicketClaims, env: &Env<'_>) -> Step {
        let facts = self.facts();
        let passed = Held::of(ticket.passed.iter().map(|pass| pass.method));
        let gate = env.tenant.policy.gate();
        let step = match &ticket.purpose {
            Purpose::Login => {
                let required = self.resolve(&ticket.roles, env).required;
                login_step(&facts, required, gate, passed, env.now)
            }
            Purpose::ConfirmAddress if self.profile.address.proposed.is_none() => {
                Step::Refuse(Refusal::NotOffered)
            }
            Purpose::ConfirmAddress if passed.has(Method::Email) => Step::Done,
            Purpose::ConfirmAddress => Step::Ask(Method::Email),
            Purpose::LinkApp if self.profile.apps.len() >= MOST_APPS => {
                Step::Refuse(Refusal::NotOffered)
            }
            Purpose::LinkApp | Purpose::ReplaceApp if facts.held.nothing() => {
                first_app_step(&facts, gate, passed, env.now)
            }
            Purpose::LinkApp | Purpose::ReplaceApp => match strongest_step(&facts, passed) {
                Step::Done => Step::Enroll,
                other => other,
            },
            Purpose::StepUp(_) | Purpose::Administer | Purpose::RemoveApp(_) => {
                strongest_step(&facts, passed)
            }
        };
        match (step, self.counters.misses.locked(env.now)) {
            (Step::Ask(_) | Step::Enroll, Some(until)) => {
                Step::Refuse(Refusal::Locked { until: Some(until) })
            }
            (step, _) => step,
        }
    }

    /// The methods this person may choose from; a step-up leaves no choice.
    pub(super) fn offers(
        &self,
        purpose: &Purpose,
        roles: &BTreeSet<Role>,
        env: &Env<'_>,
    ) -> Vec<Method> {
        match purpose {
            Purpose::Login => offers(&self.facts(), self.resolve(roles, env).required),
            _ => Vec::new(),
        }
    }

    pub(super) fn resolve(&self, roles: &BTreeSet<Role>, env: &Env<'_>) -> Resolution {
        resolve(env.limits.floor, &env.tenant.policy, &self.facts(), roles, env.now)
    }

    /// Puts a step into the person's hands: a ticket, and a mail where one is needed.
    pub(super) fn hand(
        &mut self,
        mut ticket: TicketClaims,
        step: Step,
        seen_as: Option<String>,
        env: &mut Env<'_>,
    ) -> Result<Handover, Fault> {
        let queued = match step {
            Step::Done => return Err(Fault::Unreadable),
            Step::Refuse(reason) => return Ok(Handover::Refused(reason)),
            Step::Ask(Method::App) => {
                ticket.ask = Ask::App;
                false
            }
            Step::Ask(Method::Email) => match self.open_mail(&ticket, seen_as, env)? {
                Ok((ask, queued)) => {
                    ticket.ask = ask;
                    queued
                }
                Err(until) => return Ok(Handover::Refused(Refusal::TooSoon { until })),
            },
            Step::Enroll => {
                ticket.ask = Ask::Link { secret: totp::draw_secret(env.random)? };
                false
            }
        };
        self.show(&ticket, queued, env)
    }

    /// The same step again, if it is still the step to take: same QR, same deadline.
    fn hand_again(
        &self,
        ticket: &TicketClaims,
        step: Step,
        env: &mut Env<'_>,
    ) -> Result<Option<Handover>, Fault> {
        let same = match (&ticket.ask, step) {
            (_, Step::Refuse(reason)) => return Ok(Some(Handover::Refused(reason))),
            (Ask::Link { .. }, step) => step == Step::Enroll,
            (Ask::App, step) => self.may_ask(Method::App, step, ticket, env),
            (Ask::Email { challenge, .. }, step) => {
                self.counters.mailbox.find(*challenge, env.now).is_some()
                    && self.may_ask(Method::Email, step, ticket, env)
            }
        };
        if same { self.show(ticket, false, env).map(Some) } else { Ok(None) }
    }

    /// Whether the step asks for this method, or offers it as another way.
    fn may_ask(&self, method: Method, step: Step, ticket: &TicketClaims, env: &Env<'_>) -> bool {
        step == Step::Ask(method)
            || (matches!(step, Step::Ask(_))
                && self.offers(&ticket.purpose, &ticket.roles, env).contains(&method))
    }

    /// Seals the ticket and says what stands in it.
    fn show(&self, ticket: &TicketClaims, queued: bool, env: &Env<'_>) -> Result<Handover, Fault> {
        let sealed = env.sealer.seal_ticket(ticket, env.random)?;
        let (purpose, ends) = (ticket.purpose.clone(), ticket.ends);
        let label = self.label(env);
        let (key, company) = (env.key.clone(), env.tenant.name().clone());
        let locale = self.profile.locale.clone();
        let method = match &ticket.ask {
            Ask::Link { secret } => {
                return Ok(Handover::Enroll(Enrollment {
                    ticket: sealed,
                    purpose,
                    key,
                    company,
                    locale,
                    app: provision(secret, env.tenant.issuer(), &label),
                    digits: totp::DIGITS,
                    ends,
                }));
            }
            Ask::App => Method::App,
            Ask::Email { .. } => Method::Email,
        };
        let others =
            self.offers(&ticket.purpose, &ticket.roles, env).into_iter().filter(|m| *m != method);
        let (hint, digits, mail) = match &ticket.ask {
            Ask::Email { challenge, ends } => {
                let live = self.counters.mailbox.find(*challenge, env.now);
                let to = live.map(|live| &live.to).or_else(|| self.mail_target(&purpose));
                let hint = to.map(EmailAddress::masked).unwrap_or_default();
                let mail = match live {
                    Some(live) => self.mailed(live, queued, env),
                    None => self.was_mailed(*challenge, *ends, env),
                };
                (hint, env.limits.email_code_digits, Some(mail))
            }
            _ => (format!("{} ({label})", env.tenant.issuer()), totp::DIGITS, None),
        };
        Ok(Handover::Challenge(Challenge {
            ticket: sealed,
            purpose,
            key,
            company,
            locale,
            method,
            hint,
            digits,
            others: others.collect(),
            ends,
            mail,
        }))
    }

    /// How the entry reads in the app: the address, or the user's id where there is none.
    fn label(&self, env: &Env<'_>) -> String {
        let address = self.profile.address.current.as_ref().map(EmailAddress::as_str);
        label_in_app(env.tenant.issuer(), address.unwrap_or(env.key.user().as_str()))
    }

    fn mailed(&self, live: &LiveChallenge, queued: bool, env: &Env<'_>) -> Mailed {
        let resend_at = match self.counters.mailbox.next_resend(live, env.limits, env.now) {
            Ok(()) => Some(env.now),
            Err(NotNow::At(at)) => Some(at).filter(|at| *at < live.ends),
            Err(NotNow::SentOften) => None,
        };
        Mailed { works_until: live.ends, resend_at, reference: live.reference(), queued }
    }

    /// What is known of a mail whose code has run out.
    fn was_mailed(&self, challenge: ChallengeId, ended: Timestamp, env: &Env<'_>) -> Mailed {
        Mailed {
            works_until: ended,
            resend_at: Some(self.counters.mailbox.hour_opens(env.limits, env.now)),
            reference: reference(challenge),
            queued: false,
        }
    }

    /// Joins a live e-mail challenge, or opens one and queues its letter.
    ///
    /// The inner error says when there is room for one more.
    fn open_mail(
        &mut self,
        ticket: &TicketClaims,
        seen_as: Option<String>,
        env: &mut Env<'_>,
    ) -> Result<Result<(Ask, bool), Timestamp>, Fault> {
        let Some(to) = self.mail_target(&ticket.purpose).cloned() else {
            return Err(Fault::Unreadable);
        };
        if let Some(live) = self.counters.mailbox.joinable(&ticket.purpose, &to, env.now) {
            return Ok(Ok((Ask::Email { challenge: live.id, ends: live.ends }, false)));
        }
        if let Some(until) = self.counters.mailbox.room_at(env.now) {
            return Ok(Err(until));
        }
        let id = ChallengeId::draw(env.random)?;
        // A code never outlives the login step that it belongs to.
        let ends = env.now.plus(env.limits.email_code_life).min(ticket.ends);
        let live = LiveChallenge {
            id,
            purpose: ticket.purpose.clone(),
            to: to.clone(),
            key: env.sealer.current(),
            began: env.now,
            ends,
            resent: 0,
            last_sent: env.now,
        };
        self.counters.mailbox.open(live, env.now);
        let subject = LetterKind::LoginCode { challenge: id, client: seen_as };
        env.post(&to, self.profile.locale.as_ref(), subject, ends)?;
        env.record(self.profile.pseudonym, EventKind::CodeSent { again: false })?;
        Ok(Ok((Ask::Email { challenge: id, ends }, true)))
    }

    pub(super) fn mail_target(&self, purpose: &Purpose) -> Option<&EmailAddress> {
        match purpose {
            Purpose::ConfirmAddress => self.profile.address.proposed.as_ref(),
            _ => self.profile.address.current.as_ref(),
        }
    }

    /// Shows an open step again: one load, no write.
    pub(crate) fn resume(
        &self,
        ticket: &TicketClaims,
        env: &mut Env<'_>,
    ) -> Result<Continued, Fault> {
        if let Some(stopped) = self.stopped(ticket, env) {
            return Ok(stopped);
        }
        let step = self.step(ticket, env);
        if self.ran_out(ticket, step, env) {
            return Ok(self.show(ticket, false, env)?.into());
        }
        match self.hand_again(ticket, step, env)? {
            Some(handed) => Ok(handed.into()),
            None => Ok(self.gone(ticket)),
        }
    }

    /// Whether only the code has run out and not the login, so that a new one can be asked for.
    fn ran_out(&self, ticket: &TicketClaims, step: Step, env: &Env<'_>) -> bool {
        let Ask::Email { ends, .. } = ticket.ask else { return false };
        env.now >= ends && self.may_ask(Method::Email, step, ticket, env)
    }

    /// Why a step that was handed out is there no more.
    fn gone(&self, ticket: &TicketClaims) -> Continued {
        let waits_for_mail = matches!(ticket.ask, Ask::Email { .. });
        if waits_for_mail
            && self.profile.address.refused
            && ticket.purpose != Purpose::ConfirmAddress
        {
            // The mail came back. Whoever waits for it hears that, and not that something changed.
            return Continued::Refused(Refused::because(Refusal::NoWay));
        }
        Continued::Stale(Stale::because(Staleness::Superseded))
    }

    /// Sends the code of an open step again: the same code while it works, a new one after.
    pub(crate) fn resend(
        &mut self,
        ticket: &TicketClaims,
        seen_as: Option<String>,
        env: &mut Env<'_>,
    ) -> Result<Continued, Fault> {
        if let Some(stopped) = self.stopped(ticket, env) {
            return Ok(stopped);
        }
        let refuse = |reason| Ok(Continued::Refused(Refused::because(reason)));
        let Ask::Email { challenge, .. } = ticket.ask else { return refuse(Refusal::NotOffered) };
        let step = self.step(ticket, env);
        if let Step::Refuse(reason) = step {
            return refuse(reason);
        }
        if !self.may_ask(Method::Email, step, ticket, env) {
            return Ok(self.gone(ticket));
        }
        let Some(live) = self.counters.mailbox.find(challenge, env.now).cloned() else {
            return self.send_new(ticket, seen_as, env);
        };
        match self.counters.mailbox.next_resend(&live, env.limits, env.now) {
            Err(NotNow::At(until)) => return refuse(Refusal::TooSoon { until }),
            Err(NotNow::SentOften) => return refuse(Refusal::SentOften),
            Ok(()) => self.counters.mailbox.resent(challenge, env.now),
        }
        let subject = LetterKind::LoginCode { challenge, client: seen_as };
        env.post(&live.to, self.profile.locale.as_ref(), subject, live.ends)?;
        env.record(self.profile.pseudonym, EventKind::CodeSent { again: true })?;
        Ok(self.show(ticket, true, env)?.into())
    }

    /// The code of this step has run out: another one under the same deadline, on the same budget.
    fn send_new(
        &mut self,
        ticket: &TicketClaims,
        seen_as: Option<String>,
        env: &mut Env<'_>,
    ) -> Result<Continued, Fault> {
        let opens = self.counters.mailbox.hour_opens(env.limits, env.now);
        if opens > env.now {
            let reason = Refusal::TooSoon { until: opens };
            return Ok(Continued::Refused(Refused::because(reason)));
        }
        let handed = self.hand(ticket.clone(), Step::Ask(Method::Email), seen_as, env)?;
        if !env.effects.letters.is_empty() {
            self.counters.mailbox.charge_resend(env.now);
        }
        Ok(handed.into())
    }

    /// Takes another way through an open step, under the same deadline.
    pub(crate) fn another_way(
        &mut self,
        ticket: &TicketClaims,
        method: Method,
        seen_as: Option<String>,
        env: &mut Env<'_>,
    ) -> Result<Continued, Fault> {
        if let Some(stopped) = self.stopped(ticket, env) {
            return Ok(stopped);
        }
        let step = match self.step(ticket, env) {
            Step::Ask(_) if self.offers(&ticket.purpose, &ticket.roles, env).contains(&method) => {
                Step::Ask(method)
            }
            Step::Refuse(reason) => Step::Refuse(reason),
            _ => Step::Refuse(Refusal::NotOffered),
        };
        Ok(self.hand(ticket.clone(), step, seen_as, env)?.into())
    }

    fn stopped(&self, ticket: &TicketClaims, env: &Env<'_>) -> Option<Continued> {
        if self.profile.suspended {
            return Some(Continued::Refused(Refused::because(Refusal::Suspended)));
        }
        self.staleness(ticket, env).map(|reason| Continued::Stale(Stale::because(reason)))
    }

    /// The finished login.
    pub(super) fn finish(
        &self,
        ticket: &TicketClaims,
        at: Timestamp,
        proof: Option<ProofId>,
        app_linked: bool,
        env: &Env<'_>,
    ) -> Result<Passed, Fault> {
        let life = match ticket.purpose {
            Purpose::Login => env.limits.proof_life,
            _ => env.limits.step_up_life,
        };
        let id = match proof {
            Some(id) => id,
            None => ProofId::draw(env.random)?,
        };
        let proof = Proof {
            id,
            key: ticket.key.clone(),
            purpose: ticket.purpose.clone(),
            first: ticket.first.clone(),
            passed: ticket.passed.clone(),
            issued: at,
            ends: at.plus(life),
            account_generation: self.profile.generation,
            tenant_generation: env.tenant.generation,
            policy_revision: env.tenant.policy_revision,
        };
        let enroll_by = self.resolve(&ticket.roles, env).enroll_by;
        Ok(Passed { proof, enroll_by, app_linked })
    }

    /// The key that a letter's challenge derives its code with, if the code is still wanted there.
    pub(crate) fn code_wanted(
        &self,
        challenge: ChallengeId,
        to: &EmailAddress,
        env: &Env<'_>,
    ) -> Result<Option<(Code, Timestamp)>, Fault> {
        if self.profile.suspended {
            return Ok(None);
        }
        let Some(live) =
            self.counters.mailbox.find(challenge, env.now).filter(|live| live.to == *to)
        else {
            return Ok(None);
        };
        Ok(Some((code_of(live, env)?, live.ends)))
    }
}

/// The code of a live challenge. It is derived each time and kept nowhere.
pub(super) fn code_of(live: &LiveChallenge, env: &Env<'_>) -> Result<Code, Fault> {
    let code =
        CodeFor { purpose: &live.purpose, account: env.key, challenge: live.id, to: &live.to };
    env.sealer.email_code(live.key, &code, env.limits.email_code_digits)
}

/// Adds a pass to those a ticket carries.
pub(super) fn with_pass(mut ticket: TicketClaims, method: Method, at: Timestamp) -> TicketClaims {
    ticket.passed.push(Pass { method, at });
    ticket
}
