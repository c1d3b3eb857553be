//! The account in its stored form: what each login changes, and the document with the rest.
//!
//! The forms are here because only this file and its parent may look into an account; the bytes
//! are made and read in the room `record`. Fields and variants are only ever added at the end, and
//! only together with a new number of the form: a golden file pins each that was released.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::account::{Account, Address, App, Invitation};
use super::attempt::{Attempt, Outcome};
use super::email::{LiveChallenge, Mailbox};
use super::misses::{Misses, PerMethod};
use super::spent::Spent;
use crate::login::{Failed, Failure};
use crate::policy::{Held, Requirement, Standing};
use crate::seal::forms::{PurposeForm, purpose_form, purpose_of};
use crate::types::{
    AuthenticatorId, ChallengeId, Digest, EmailAddress, Generation, InvitationId, KeyId, Locale,
    Method, ProofId, Pseudonym, Role, Timestamp,
};

type Id = [u8; 16];
type Millis = i64;

/// What changes with nearly every login and has no column of its own.
#[derive(Serialize, Deserialize)]
pub(crate) struct Pending {
    soft: (u32, u32),
    hard: (u32, u32),
    told: Option<Millis>,
    live: Vec<LiveForm>,
    resends: Vec<Millis>,
    spent: Vec<(Id, Millis)>,
    attempt: Option<AttemptForm>,
}

#[derive(Serialize, Deserialize)]
struct LiveForm {
    id: Id,
    purpose: PurposeForm,
    to: String,
    key: u32,
    began: Millis,
    ends: Millis,
    resent: u8,
    last_sent: Millis,
}

#[derive(Serialize, Deserialize)]
struct AttemptForm {
    key: u32,
    digest: [u8; 32],
    at: Millis,
    outcome: OutcomeForm,
}

#[derive(Serialize, Deserialize)]
enum OutcomeForm {
    Passed { proof: Id, app_linked: bool },
    Next { id: Id },
    Failed { failure: FailureForm, tries_left: Option<u32> },
    Locked { until: Option<Millis> },
}

#[derive(Serialize, Deserialize)]
enum FailureForm {
    Wrong,
    AlreadyUsed,
    RanOut,
    ClockSlow(u32),
}

/// Everything else: what an admin act, a link or a report of the host changes.
#[derive(Serialize, Deserialize)]
pub(crate) struct Document {
    pseudonym: Id,
    generation: u64,
    admin: bool,
    suspended: bool,
    roles: Vec<String>,
    locale: Option<String>,
    rule: RequirementForm,
    own: RequirementForm,
    exempt_until: Option<Millis>,
    address: AddressForm,
    invitation: Option<(Id, Millis)>,
    gate_passed: bool,
    pass_until: Option<Millis>,
    held: (bool, bool),
    reopened: bool,
    apps: Vec<AppForm>,
}

#[derive(Serialize, Deserialize)]
struct AddressForm {
    current: Option<String>,
    confirmed: bool,
    refused: bool,
    disabled: bool,
    proposed: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct AppForm {
    id: Id,
    secret: Vec<u8>,
    linked: Millis,
    disabled: bool,
}

/// A requirement, wherever it is stored: variants are only ever added at the end.
#[derive(Serialize, Deserialize, Clone, Copy)]
pub(crate) enum RequirementForm {
    None,
    Email,
    App,
}

impl From<Requirement> for RequirementForm {
    fn from(requirement: Requirement) -> Self {
        match requirement {
            Requirement::None => Self::None,
            Requirement::Email => Self::Email,
            Requirement::App => Self::App,
        }
    }
}

impl From<RequirementForm> for Requirement {
    fn from(form: RequirementForm) -> Self {
        match form {
            RequirementForm::None => Self::None,
            RequirementForm::Email => Self::Email,
            RequirementForm::App => Self::App,
        }
    }
}

impl Account {
    /// The counters that have columns of their own: the last step, the end of the soft lock, and
    /// the last second step.
    pub(crate) fn marks(&self) -> (Option<u64>, Option<Timestamp>, Option<Timestamp>) {
        (self.last_step, self.misses.locked_until, self.second_step_at)
    }

    /// Wrong answers since the last success or unlock, for people who look at the row.
    pub(crate) fn failures(&self) -> u32 {
        let PerMethod { email, app } = self.misses.soft;
        email.saturating_add(app)
    }

    /// The counters that have no column of their own; nothing if an outcome cannot be stored.
    pub(crate) fn pending(&self) -> Option<Pending> {
        let Misses { soft, hard, locked_until: _, told } = &self.misses;
        let attempt = match &self.attempt {
            Some(attempt) => Some(attempt_form(attempt)?),
            None => None,
        };
        Some(Pending {
            soft: (soft.email, soft.app),
            hard: (hard.email, hard.app),
            told: told.map(Timestamp::millis),
            live: self.mailbox.live.iter().map(live_form).collect(),
            resends: self.mailbox.resends.iter().map(|at| at.millis()).collect(),
            spent: self.spent.ids.iter().map(|(id, end)| (*id.as_bytes(), end.millis())).collect(),
            attempt,
        })
    }

    /// Everything that is no counter.
    pub(crate) fn document(&self) -> Document {
        let admin = self.standing == Standing::Admin;
        Document {
            pseudonym: *self.pseudonym.as_bytes(),
            generation: self.generation.number(),
            admin,
            suspended: self.suspended,
            roles: self.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            locale: self.locale.as_ref().map(|locale| locale.as_str().to_owned()),
            rule: self.rule.into(),
            own: self.own.into(),
            exempt_until: self.exempt_until.map(Timestamp::millis),
            address: AddressForm {
                current: self.address.current.as_ref().map(text),
                confirmed: self.address.confirmed,
                refused: self.address.refused,
                disabled: self.address.disabled,
                proposed: self.address.proposed.as_ref().map(text),
            },
            invitation: self.invitation.as_ref().map(|i| (*i.id.as_bytes(), i.ends.millis())),
            gate_passed: self.gate_passed,
            pass_until: self.pass_until.map(Timestamp::millis),
            held: (self.held.has(Method::Email), self.held.has(Method::App)),
            reopened: self.reopened,
            apps: self.apps.iter().map(app_form).collect(),
        }
    }

    /// The account with this document and these counters, if each part of them can be one.
    pub(crate) fn restored(
        document: Document,
        pending: Pending,
        (last_step, locked_until, second_step_at): (
            Option<u64>,
            Option<Timestamp>,
            Option<Timestamp>,
        ),
    ) -> Option<Self> {
        let held = [(document.held.0, Method::Email), (document.held.1, Method::App)];
        let roles: Option<BTreeSet<_>> =
            document.roles.into_iter().map(|role| Role::new(role).ok()).collect();
        let live: Option<_> = pending.live.into_iter().map(live_of).collect();
        let locale = match document.locale {
            Some(tag) => Some(Locale::new(&tag).ok()?),
            None => None,
        };
        let per_method = |(email, app)| PerMethod { email, app };
        Some(Self {
            pseudonym: Pseudonym::from_bytes(document.pseudonym),
            generation: Generation::from_number(document.generation),
            standing: if document.admin { Standing::Admin } else { Standing::Member },
            suspended: document.suspended,
            roles: roles?,
            locale,
            rule: document.rule.into(),
            own: document.own.into(),
            exempt_until: document.exempt_until.map(Timestamp::from_millis),
            address: address_of(document.address)?,
            invitation: document.invitation.map(|(id, ends)| Invitation {
                id: InvitationId::from_bytes(id),
                ends: Timestamp::from_millis(ends),
            }),
            gate_passed: document.gate_passed,
            pass_until: document.pass_until.map(Timestamp::from_millis),
            held: Held::of(held.into_iter().filter(|(has, _)| *has).map(|(_, method)| method)),
            reopened: document.reopened,
            apps: document.apps.into_iter().map(app_of).collect(),
            last_step,
            misses: Misses {
                soft: per_method(pending.soft),
                hard: per_method(pending.hard),
                locked_until,
                told: pending.told.map(Timestamp::from_millis),
            },
            mailbox: Mailbox {
                live: live?,
                resends: pending.resends.into_iter().map(Timestamp::from_millis).collect(),
            },
            spent: Spent {
                ids: pending
                    .spent
                    .into_iter()
                    .map(|(id, end)| (ChallengeId::from_bytes(id), Timestamp::from_millis(end)))
                    .collect(),
            },
            attempt: pending.attempt.map(attempt_of),
            second_step_at,
        })
    }

    /// Whether the two differ in counters at most, so that a store may leave the document alone.
    pub(crate) fn has_document_of(&self, other: &Self) -> bool {
        // Taken apart in full, so that a new field has to choose its side.
        let Self {
            pseudonym,
            generation,
            standing,
            suspended,
            roles,
            locale,
            rule,
            own,
            exempt_until,
            address,
            invitation,
            gate_passed,
            pass_until,
            held,
            reopened,
            apps,
            last_step: _,
            misses: _,
            mailbox: _,
            spent: _,
            attempt: _,
            second_step_at: _,
        } = self;
        *pseudonym == other.pseudonym
            && *generation == other.generation
            && *standing == other.standing
            && *suspended == other.suspended
            && *roles == other.roles
            && *locale == other.locale
            && *rule == other.rule
            && *own == other.own
            && *exempt_until == other.exempt_until
            && *address == other.address
            && *invitation == other.invitation
            && *gate_passed == other.gate_passed
            && *pass_until == other.pass_until
            && *held == other.held
            && *reopened == other.reopened
            && *apps == other.apps
    }
}

fn text(address: &EmailAddress) -> String {
    address.as_str().to_owned()
}

/// An address as it was stored: it must parse, and be what it parses to.
fn address(text: &str) -> Option<EmailAddress> {
    EmailAddress::new(text).ok().filter(|address| address.as_str() == text)
}

fn address_of(form: AddressForm) -> Option<Address> {
    let parse = |text: Option<String>| match text {
        Some(text) => address(&text).map(Some),
        None => Some(None),
    };
    Some(Address {
        current: parse(form.current)?,
        confirmed: form.confirmed,
        refused: form.refused,
        disabled: form.disabled,
        proposed: parse(form.proposed)?,
    })
}

fn app_form(app: &App) -> AppForm {
    AppForm {
        id: *app.id.as_bytes(),
        secret: app.secret.clone(),
        linked: app.linked.millis(),
        disabled: app.disabled,
    }
}

fn app_of(form: AppForm) -> App {
    App {
        id: AuthenticatorId::from_bytes(form.id),
        secret: form.secret,
        linked: Timestamp::from_millis(form.linked),
        disabled: form.disabled,
    }
}

fn live_form(live: &LiveChallenge) -> LiveForm {
    LiveForm {
        id: *live.id.as_bytes(),
        purpose: purpose_form(&live.purpose),
        to: text(&live.to),
        key: live.key.number(),
        began: live.began.millis(),
        ends: live.ends.millis(),
        resent: live.resent,
        last_sent: live.last_sent.millis(),
    }
}

fn live_of(form: LiveForm) -> Option<LiveChallenge> {
    Some(LiveChallenge {
        id: ChallengeId::from_bytes(form.id),
        purpose: purpose_of(form.purpose)?,
        to: address(&form.to)?,
        key: KeyId::new(form.key),
        began: Timestamp::from_millis(form.began),
        ends: Timestamp::from_millis(form.ends),
        resent: form.resent,
        last_sent: Timestamp::from_millis(form.last_sent),
    })
}

fn attempt_form(attempt: &Attempt) -> Option<AttemptForm> {
    let outcome = match &attempt.outcome {
        Outcome::Passed { proof, app_linked } => {
            OutcomeForm::Passed { proof: *proof.as_bytes(), app_linked: *app_linked }
        }
        Outcome::Next { id } => OutcomeForm::Next { id: *id.as_bytes() },
        Outcome::Failed(Failed { reason, tries_left }) => OutcomeForm::Failed {
            failure: match reason {
                Failure::Wrong => FailureForm::Wrong,
                Failure::AlreadyUsed => FailureForm::AlreadyUsed,
                Failure::RanOut => FailureForm::RanOut,
                Failure::ClockSlow { minutes } => FailureForm::ClockSlow(*minutes),
                // What is no code is answered without the account, and so never remembered.
                Failure::Malformed(_) => return None,
            },
            tries_left: *tries_left,
        },
        Outcome::Locked { until } => OutcomeForm::Locked { until: until.map(Timestamp::millis) },
    };
    Some(AttemptForm {
        key: attempt.key.number(),
        digest: *attempt.digest.as_bytes(),
        at: attempt.at.millis(),
        outcome,
    })
}

fn attempt_of(form: AttemptForm) -> Attempt {
    let outcome = match form.outcome {
        OutcomeForm::Passed { proof, app_linked } => {
            Outcome::Passed { proof: ProofId::from_bytes(proof), app_linked }
        }
        OutcomeForm::Next { id } => Outcome::Next { id: ChallengeId::from_bytes(id) },
        OutcomeForm::Failed { failure, tries_left } => Outcome::Failed(Failed {
            reason: match failure {
                FailureForm::Wrong => Failure::Wrong,
                FailureForm::AlreadyUsed => Failure::AlreadyUsed,
                FailureForm::RanOut => Failure::RanOut,
                FailureForm::ClockSlow(minutes) => Failure::ClockSlow { minutes },
            },
            tries_left,
        }),
        OutcomeForm::Locked { until } => {
            Outcome::Locked { until: until.map(Timestamp::from_millis) }
        }
    };
    Attempt {
        key: KeyId::new(form.key),
        digest: Digest::from_bytes(form.digest),
        at: Timestamp::from_millis(form.at),
        outcome,
    }
}

#[cfg(test)]
impl Account {
    /// An account in which no field has its first value, for the tests of the stored form.
    pub(crate) fn filled() -> Self {
        let at = |seconds: i64| Timestamp::from_seconds(1_795_530_720 + seconds);
        let address = |text: &str| EmailAddress::new(text).ok();
        Self {
            pseudonym: Pseudonym::from_bytes([1; 16]),
            generation: Generation::from_number(281_474_976_710_655),
            standing: Standing::Admin,
            suspended: true,
            roles: ["driver", "owner"].iter().filter_map(|role| Role::new(*role).ok()).collect(),
            locale: Locale::new("de-AT").ok(),
            rule: Requirement::Email,
            own: Requirement::App,
            exempt_until: Some(at(1)),
            address: Address {
                current: address("ada@larkfield.example"),
                confirmed: true,
                refused: true,
                disabled: true,
                proposed: address("ada@new.example"),
            },
            invitation: Some(Invitation { id: InvitationId::from_bytes([2; 16]), ends: at(2) }),
            gate_passed: true,
            pass_until: Some(at(3)),
            held: Held::of([Method::Email, Method::App]),
            reopened: true,
            apps: vec![App {
                id: AuthenticatorId::from_bytes([3; 16]),
                secret: vec![4; 68],
                linked: at(4),
                disabled: true,
            }],
            last_step: Some(59_851_024),
            misses: Misses {
                soft: PerMethod { email: 1, app: 2 },
                hard: PerMethod { email: 3, app: 4 },
                locked_until: Some(at(5)),
                told: Some(at(6)),
            },
            mailbox: Mailbox {
                live: vec![LiveChallenge {
                    id: ChallengeId::from_bytes([5; 16]),
                    purpose: crate::login::Purpose::RemoveApp(AuthenticatorId::from_bytes([6; 16])),
                    to: EmailAddress::new("ada@larkfield.example").unwrap(),
                    key: KeyId::new(7),
                    began: at(7),
                    ends: at(8),
                    resent: 9,
                    last_sent: at(10),
                }],
                resends: vec![at(11)],
            },
            spent: Spent { ids: vec![(ChallengeId::from_bytes([8; 16]), at(12))] },
            attempt: Some(Attempt {
                key: KeyId::new(300),
                digest: Digest::from_bytes([9; 32]),
                at: at(13),
                outcome: Outcome::Failed(Failed {
                    reason: Failure::ClockSlow { minutes: 10 },
                    tries_left: Some(2),
                }),
            }),
            second_step_at: Some(at(14)),
        }
    }

    /// The same, with another outcome in the attempt slot.
    pub(crate) fn with_outcome(mut self, number: usize) -> Option<Self> {
        let failed = |reason| Outcome::Failed(Failed { reason, tries_left: None });
        let outcomes = [
            Outcome::Passed { proof: ProofId::from_bytes([10; 16]), app_linked: true },
            Outcome::Next { id: ChallengeId::from_bytes([11; 16]) },
            Outcome::Locked { until: Some(Timestamp::from_seconds(15)) },
            Outcome::Locked { until: None },
            failed(Failure::Wrong),
            failed(Failure::AlreadyUsed),
            failed(Failure::RanOut),
        ];
        let outcome = outcomes.into_iter().nth(number)?;
        self.attempt.as_mut()?.outcome = outcome;
        Some(self)
    }

    /// The same, with one document field changed: whichever has this number.
    pub(crate) fn with_changed(mut self, number: usize) -> Option<Self> {
        match number {
            0 => self.pseudonym = Pseudonym::from_bytes([12; 16]),
            1 => self.generation = self.generation.next(),
            2 => self.standing = Standing::Member,
            3 => self.suspended = false,
            4 => self.roles.clear(),
            5 => self.locale = None,
            6 => self.rule = Requirement::App,
            7 => self.own = Requirement::None,
            8 => self.exempt_until = None,
            9 => self.address.confirmed = false,
            10 => self.invitation = None,
            11 => self.gate_passed = false,
            12 => self.pass_until = None,
            13 => self.held = Held::default(),
            14 => self.reopened = false,
            15 => self.apps.clear(),
            _ => return None,
        }
        Some(self)
    }

    /// The same, with every counter as in a new account.
    pub(crate) fn with_no_counters(mut self) -> Self {
        self.last_step = None;
        self.misses = Misses::default();
        self.mailbox = Mailbox::default();
        self.spent = Spent::default();
        self.attempt = None;
        self.second_step_at = None;
        self
    }
}
