//! Beginning a login: what the user still has to show, and the ticket that asks for it.

use std::collections::BTreeSet;

use super::account::{Account, MOST_APPS};
use super::email::{Asking, Era, LiveChallenge, NotNow, reference};
use super::env::Env;
use super::event::EventKind;
use super::profile::Address;
use crate::codes::{Code, label_in_app, provision, totp};
use crate::login::{
    Ask, Begun, BegunBy, Challenge, Continued, Enrollment, Locked, Mailed, Need, Passed, Proof,
    Purpose, Refusal, Staleness, Step, TicketClaims, UsedMethod, link_need, login_need, offers,
    strengthen_need, strongest_need,
};
use crate::mail::LetterKind;
use crate::policy::{EnrolledMethods, Requirement, Resolution, resolve};
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
    pub(crate) minimum: Requirement,
    pub(crate) session: Option<BegunBy>,
    pub(crate) binding: Option<Digest>,
    /// The ticket that the browser holds already.
    pub(crate) holds: Option<TicketClaims>,
}

/// A step, put into the user's hands, or the reason why not.
#[expect(clippy::large_enum_variant, reason = "nearly every handover is a step")]
pub(super) enum Handover {
    Step(Step),
    Refused(Refusal),
}

impl From<Handover> for Begun {
    fn from(handover: Handover) -> Self {
        match handover {
            Handover::Step(step) => Self::Step(step),
            Handover::Refused(refusal) => Self::Refused(refusal),
        }
    }
}

impl From<Handover> for Continued {
    fn from(handover: Handover) -> Self {
        match handover {
            Handover::Step(step) => Self::Step(step),
            Handover::Refused(refusal) => Self::Refused(refusal),
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
            return Ok(Begun::Refused(Refusal::Suspended));
        }
        if let Some(held) = self.still_held(&beginning, env) {
            let need = self.need(&held, env);
            if let Some(handover) = self.hand_again(&held, need, env)? {
                return Ok(handover.into());
            }
        }
        let fresh = TicketClaims {
            key: env.key.clone(),
            id: ChallengeId::draw(env.random)?,
            purpose: beginning.purpose,
            first: beginning.first,
            roles: beginning.roles,
            minimum: beginning.minimum,
            session: beginning.session,
            passed: Vec::new(),
            issued: env.now,
            ends: env.now.plus(env.limits.ticket_life),
            account_generation: self.profile.generation,
            tenant_generation: env.tenant.generation,
            binding: beginning.binding,
            ask: Ask::App,
        };
        match self.need(&fresh, env) {
            Need::Nothing => {
                self.invitation_is_over(&fresh);
                let judged_by = env.tenant.policy_revision;
                let passed = self.finish(&fresh, env.now, None, false, judged_by, env)?;
                Ok(Begun::Passed(passed))
            }
            need => {
                let is_login = fresh.purpose == Purpose::Login;
                let asking = if is_login { Asking::FreshLogin } else { Asking::Other };
                Ok(self.hand(fresh, need, asking, env)?.into())
            }
        }
    }

    /// The held ticket, if it belongs to this login and can still be answered.
    fn still_held(&self, beginning: &Beginning, env: &Env<'_>) -> Option<TicketClaims> {
        let held = beginning.holds.as_ref()?;
        let same = held.key == *env.key
            && held.purpose == beginning.purpose
            && held.binding == beginning.binding
            && held.first == beginning.first
            && held.roles == beginning.roles
            && held.minimum == beginning.minimum
            && held.session == beginning.session;
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
    pub(super) fn need(&self, ticket: &TicketClaims, env: &Env<'_>) -> Need {
        let facts = self.facts();
        let passed = EnrolledMethods::of(ticket.passed.iter().map(|used| used.method));
        let gate = env.tenant.policy.before_enrollment();
        let need = match &ticket.purpose {
            Purpose::Login => {
                let required = self.resolve(ticket, env).required;
                login_need(&facts, required, gate, passed, env.now)
            }
            Purpose::Strengthen => {
                let required = self.resolve(ticket, env).required;
                let recent = ticket.follows_a_login();
                strengthen_need(&facts, required, gate, passed, recent, env.now)
            }
            Purpose::ConfirmAddress if self.profile.address.proposed.is_none() => {
                Need::Refused(Refusal::NotOffered)
            }
            Purpose::ConfirmAddress if passed.has(Method::Email) => Need::Nothing,
            Purpose::ConfirmAddress => Need::Code(Method::Email),
            Purpose::LinkApp if self.profile.apps.len() >= MOST_APPS => {
                Need::Refused(Refusal::NotOffered)
            }
            Purpose::LinkApp | Purpose::ReplaceApp => {
                link_need(&facts, gate, passed, ticket.follows_a_login(), env.now)
            }
            Purpose::StepUp(_)
            | Purpose::Administer
            | Purpose::RemoveApp(_)
            | Purpose::ChangeAddress => strongest_need(&facts, passed, env.now),
        };
        match (need, self.counters.misses.locked(env.now)) {
            (Need::Code(_) | Need::LinkApp, Some(until)) => {
                Need::Refused(Refusal::Locked(Locked::with_end(Some(until))))
            }
            (need, _) => need,
        }
    }

    /// The methods this user may choose from; a step-up leaves no choice.
    pub(super) fn offers(&self, ticket: &TicketClaims, env: &Env<'_>) -> Vec<Method> {
        if ticket.purpose != Purpose::Login {
            return Vec::new();
        }
        offers(&self.facts(), self.resolve(ticket, env).required, env.now)
    }

    pub(super) fn resolve(&self, ticket: &TicketClaims, env: &Env<'_>) -> Resolution {
        let minimum = env.limits.minimum.join(ticket.minimum);
        resolve(minimum, &env.tenant.policy, &self.facts(), &ticket.roles, env.now)
    }

    /// Puts a step into the user's hands: a ticket, and a mail where one is needed.
    pub(super) fn hand(
        &mut self,
        mut ticket: TicketClaims,
        need: Need,
        asking: Asking,
        env: &mut Env<'_>,
    ) -> Result<Handover, Fault> {
        let queued = match need {
            Need::Nothing => return Err(Fault::Unreadable),
            Need::Refused(reason) => return Ok(Handover::Refused(reason)),
            Need::Code(Method::App) => {
                ticket.ask = Ask::App;
                false
            }
            Need::Code(Method::Email) => match self.open_mail(&ticket, asking, env)? {
                Ok((ask, queued)) => {
                    ticket.ask = ask;
                    queued
                }
                Err(until) => return Ok(Handover::Refused(Refusal::TooSoon { until })),
            },
            Need::LinkApp => {
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
        need: Need,
        env: &mut Env<'_>,
    ) -> Result<Option<Handover>, Fault> {
        let same = match (&ticket.ask, need) {
            (_, Need::Refused(reason)) => return Ok(Some(Handover::Refused(reason))),
            (Ask::Link { .. }, need) => need == Need::LinkApp,
            (Ask::App, need) => self.may_ask(Method::App, need, ticket, env),
            (Ask::Email { challenge, .. }, need) => {
                self.live(*challenge, env).is_some()
                    && self.may_ask(Method::Email, need, ticket, env)
            }
        };
        if same { self.show(ticket, false, env).map(Some) } else { Ok(None) }
    }

    /// Whether this need asks for the method, or offers it as another way.
    fn may_ask(&self, method: Method, need: Need, ticket: &TicketClaims, env: &Env<'_>) -> bool {
        need == Need::Code(method)
            || (matches!(need, Need::Code(_)) && self.offers(ticket, env).contains(&method))
    }

    /// Seals the ticket and says what stands in it.
    fn show(&self, ticket: &TicketClaims, queued: bool, env: &Env<'_>) -> Result<Handover, Fault> {
        let sealed = env.sealer.seal_ticket(ticket, env.random)?;
        let purpose = ticket.purpose.clone();
        let ends = ticket.ends;
        let label = self.label(env);
        let key = env.key.clone();
        let tenant_name = env.tenant.name().clone();
        let locale = self.profile.locale.clone();
        let method = match &ticket.ask {
            Ask::Link { secret } => {
                return Ok(Handover::Step(Step::LinkApp(Enrollment {
                    ticket: sealed,
                    purpose,
                    key,
                    tenant_name,
                    locale,
                    app: provision(secret, env.tenant.issuer(), &label),
                    digits: totp::DIGITS,
                    ends,
                })));
            }
            Ask::App => Method::App,
            Ask::Email { .. } => Method::Email,
        };
        let others = self.offers(ticket, env).into_iter().filter(|m| *m != method);
        let (hint, digits, mail) = match &ticket.ask {
            Ask::Email { challenge, ends } => {
                let live = self.live(*challenge, env);
                let to = live.map(|live| &live.to).or_else(|| self.mail_target(&purpose));
                let hint = to.map(EmailAddress::masked).unwrap_or_default();
                let mail = match live {
                    Some(live) => self.mailed(live, ticket.ends, queued, env),
                    None => self.was_mailed(*challenge, *ends, env),
                };
                (hint, env.limits.email_code_digits, Some(mail))
            }
            Ask::App | Ask::Link { .. } => {
                (format!("{} ({label})", env.tenant.issuer()), totp::DIGITS, None)
            }
        };
        Ok(Handover::Step(Step::EnterCode(Challenge {
            ticket: sealed,
            purpose,
            key,
            tenant_name,
            locale,
            method,
            hint,
            digits,
            others: others.collect(),
            ends,
            mail,
        })))
    }

    /// How the entry reads in the app: the address, or the user's id where there is none.
    fn label(&self, env: &Env<'_>) -> String {
        let address = self.profile.address.current.as_ref().map(EmailAddress::as_str);
        label_in_app(env.tenant.issuer(), address.unwrap_or(env.key.user().as_str()))
    }

    /// Whoever logged in has no use for an invitation any more; a link in an old mail has.
    pub(super) fn invitation_is_over(&mut self, ticket: &TicketClaims) {
        if ticket.purpose == Purpose::Login {
            self.profile.invitation = None;
        }
    }

    /// What challenges belong to now.
    fn era(&self, env: &Env<'_>) -> Era {
        Era { account: self.profile.generation, tenant: env.tenant.generation }
    }

    /// The challenge with this id, while it can be answered.
    pub(super) fn live(&self, id: ChallengeId, env: &Env<'_>) -> Option<&LiveChallenge> {
        self.counters.mailbox.find(id, self.era(env), env.now)
    }

    /// A code may outlive this login, which another one then joins.
    fn mailed(
        &self,
        live: &LiveChallenge,
        login_ends: Timestamp,
        queued: bool,
        env: &Env<'_>,
    ) -> Mailed {
        let works_until = live.ends.min(login_ends);
        let resend_at = match self.counters.mailbox.next_resend(live, env.limits, env.now) {
            Ok(()) => Some(env.now),
            Err(NotNow::At(at)) => Some(at).filter(|at| *at < works_until),
            Err(NotNow::SentOften) => None,
        };
        Mailed { works_until, resend_at, reference: live.reference(), queued }
    }

    /// What is known of a mail whose code has run out.
    fn was_mailed(&self, challenge: ChallengeId, ended: Timestamp, env: &Env<'_>) -> Mailed {
        Mailed {
            works_until: ended,
            resend_at: Some(self.counters.mailbox.next_mail(Asking::Other, env.limits, env.now)),
            reference: reference(challenge),
            queued: false,
        }
    }

    /// A code whose key this node does not know can be neither mailed nor judged.
    fn forget_codes_of_lost_keys(&mut self, env: &Env<'_>) {
        self.counters.mailbox.live.retain(|live| env.sealer.knows(live.key));
    }

    /// Joins a live e-mail challenge, or opens one and queues its letter. Where none can be opened
    /// now, joins the newest, however little is left of it.
    ///
    /// The inner error says when one can be opened.
    fn open_mail(
        &mut self,
        ticket: &TicketClaims,
        asking: Asking,
        env: &mut Env<'_>,
    ) -> Result<Result<(Ask, bool), Timestamp>, Fault> {
        let Some(to) = self.mail_target(&ticket.purpose).cloned() else {
            return Err(Fault::Unreadable);
        };
        self.forget_codes_of_lost_keys(env);
        let era = self.era(env);
        let mailbox = &self.counters.mailbox;
        let join = |live: &LiveChallenge| {
            Ok(Ok((Ask::Email { challenge: live.id, ends: live.ends }, false)))
        };
        let joinable = mailbox.joinable(&ticket.purpose, &to, env.limits, era, env.now);
        if let Some(live) = joinable.filter(|live| !self.was_refused(live)) {
            return join(live);
        }
        let opens = mailbox.opens(&ticket.purpose, asking, env.limits, era, env.now);
        if opens > env.now {
            let newest = mailbox.newest(&ticket.purpose, &to, era, env.now);
            return newest.filter(|live| !self.was_refused(live)).map_or(Ok(Err(opens)), join);
        }
        let id = ChallengeId::draw(env.random)?;
        let ends = env.now.plus(env.limits.email_code_life);
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
        self.counters.mailbox.open(live, env.limits, era, env.now);
        let subject = LetterKind::LoginCode { challenge: id, client: env.origin.seen_as.clone() };
        env.post(&to, self.profile.locale.as_ref(), subject, ends)?;
        env.record(self.profile.pseudonym, EventKind::CodeSent { again: false })?;
        Ok(Ok((Ask::Email { challenge: id, ends }, true)))
    }

    /// Whether the last mail with this code may be the one that its address refused.
    fn was_refused(&self, live: &LiveChallenge) -> bool {
        let Address { current, refused, .. } = &self.profile.address;
        let at = refused.as_ref().filter(|_| current.as_ref() == Some(&live.to)).map(|it| it.at);
        at.is_some_and(|at| live.last_sent <= at)
    }

    pub(super) fn mail_target(&self, purpose: &Purpose) -> Option<&EmailAddress> {
        let Address { current, proposed, .. } = &self.profile.address;
        let confirms = *purpose == Purpose::ConfirmAddress;
        if confirms { proposed.as_ref() } else { current.as_ref() }
    }

    /// Shows an open step again: one load, no write.
    pub(crate) fn resume(
        &self,
        ticket: &TicketClaims,
        env: &mut Env<'_>,
    ) -> Result<Continued, Fault> {
        if let Some(stopped) = self.stop(ticket, env) {
            return Ok(stopped);
        }
        let need = self.need(ticket, env);
        if self.has_run_out(ticket, need, env) {
            return Ok(self.show(ticket, false, env)?.into());
        }
        match self.hand_again(ticket, need, env)? {
            Some(handover) => Ok(handover.into()),
            None => Ok(self.explain_gone(ticket)),
        }
    }

    /// Whether only the code has run out and not the login, so that a new one can be asked for.
    fn has_run_out(&self, ticket: &TicketClaims, need: Need, env: &Env<'_>) -> bool {
        let Ask::Email { ends, .. } = ticket.ask else { return false };
        env.now >= ends && self.may_ask(Method::Email, need, ticket, env)
    }

    /// Why a step that was handed out is there no more.
    fn explain_gone(&self, ticket: &TicketClaims) -> Continued {
        let waits_for_mail = matches!(ticket.ask, Ask::Email { .. });
        match &self.profile.address.refused {
            // The mail came back. The user who waits for it hears that, and not that something
            // changed.
            Some(refused) if waits_for_mail && ticket.purpose != Purpose::ConfirmAddress => {
                Continued::Refused(Refusal::AddressRefused { until: refused.again_at })
            }
            Some(_) | None => Continued::Stale(Staleness::Superseded),
        }
    }

    /// Sends the code of an open step again: the same code while it works, a new one after.
    pub(crate) fn resend(
        &mut self,
        ticket: &TicketClaims,
        env: &mut Env<'_>,
    ) -> Result<Continued, Fault> {
        if let Some(stopped) = self.stop(ticket, env) {
            return Ok(stopped);
        }
        let Ask::Email { challenge, .. } = ticket.ask else {
            return Ok(Continued::Refused(Refusal::NotOffered));
        };
        let need = self.need(ticket, env);
        if let Need::Refused(refusal) = need {
            return Ok(Continued::Refused(refusal));
        }
        if !self.may_ask(Method::Email, need, ticket, env) {
            return Ok(self.explain_gone(ticket));
        }
        self.forget_codes_of_lost_keys(env);
        let Some(live) = self.live(challenge, env).cloned() else {
            return self.send_new(ticket, env);
        };
        match self.counters.mailbox.next_resend(&live, env.limits, env.now) {
            Err(NotNow::At(until)) => return Ok(Continued::Refused(Refusal::TooSoon { until })),
            Err(NotNow::SentOften) => return Ok(Continued::Refused(Refusal::SentOften)),
            Ok(()) => self.counters.mailbox.count_resend(challenge, env.limits, env.now),
        }
        let client = env.origin.seen_as.clone();
        let subject = LetterKind::LoginCode { challenge, client };
        env.post(&live.to, self.profile.locale.as_ref(), subject, live.ends)?;
        env.record(self.profile.pseudonym, EventKind::CodeSent { again: true })?;
        Ok(self.show(ticket, true, env)?.into())
    }

    /// The code of this step has run out: another one under the same deadline, on the same budget.
    fn send_new(&mut self, ticket: &TicketClaims, env: &mut Env<'_>) -> Result<Continued, Fault> {
        let need = Need::Code(Method::Email);
        Ok(self.hand(ticket.clone(), need, Asking::Other, env)?.into())
    }

    /// Takes another way through an open step, under the same deadline.
    pub(crate) fn another_way(
        &mut self,
        ticket: &TicketClaims,
        method: Method,
        env: &mut Env<'_>,
    ) -> Result<Continued, Fault> {
        if let Some(stopped) = self.stop(ticket, env) {
            return Ok(stopped);
        }
        let offered = self.offers(ticket, env).contains(&method);
        let need = match self.need(ticket, env) {
            Need::Code(_) if offered => Need::Code(method),
            Need::Refused(refusal) => Need::Refused(refusal),
            Need::Nothing | Need::Code(_) | Need::LinkApp => Need::Refused(Refusal::NotOffered),
        };
        Ok(self.hand(ticket.clone(), need, Asking::Other, env)?.into())
    }

    /// The end of this ticket, if it can no longer be answered.
    fn stop(&self, ticket: &TicketClaims, env: &Env<'_>) -> Option<Continued> {
        if self.profile.suspended {
            return Some(Continued::Refused(Refusal::Suspended));
        }
        self.staleness(ticket, env).map(Continued::Stale)
    }

    /// The finished login.
    pub(super) fn finish(
        &self,
        ticket: &TicketClaims,
        at: Timestamp,
        proof: Option<ProofId>,
        app_linked: bool,
        judged_by: u64,
        env: &Env<'_>,
    ) -> Result<Passed, Fault> {
        let is_login = ticket.purpose == Purpose::Login;
        let life = if is_login { env.limits.proof_life } else { env.limits.step_up_life };
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
            policy_revision: judged_by,
            roles: ticket.roles.clone(),
            minimum: ticket.minimum,
            begun_by: ticket.session.map(|session| session.id),
        };
        let enroll_by = self.resolve(ticket, env).enroll_by;
        Ok(Passed { proof, enroll_by, app_linked })
    }

    /// The code of a letter's challenge and its end, if it is still wanted there. A resend takes the
    /// place of a letter that still waits.
    pub(crate) fn code_wanted(
        &self,
        challenge: ChallengeId,
        to: &EmailAddress,
        queued: Timestamp,
        env: &Env<'_>,
    ) -> Result<Option<(Code, Timestamp)>, Fault> {
        if self.profile.suspended {
            return Ok(None);
        }
        let newest = |live: &&LiveChallenge| live.to == *to && live.last_sent <= queued;
        let Some(live) = self.live(challenge, env).filter(newest) else {
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

/// Adds a used method to those a ticket carries.
pub(super) fn with_used(mut ticket: TicketClaims, method: Method, at: Timestamp) -> TicketClaims {
    ticket.passed.push(UsedMethod { method, at });
    ticket
}
