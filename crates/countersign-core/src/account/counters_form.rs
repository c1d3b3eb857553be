//! The counters in their stored form: three columns of their own, and the rest as compact bytes.
//!
//! The bytes are made and read in `store::record`. Fields and variants are only ever added at the
//! end, and only together with a new number of the form: a golden file pins each that was released.
//! The second form is the first with more behind it.

use serde::{Deserialize, Serialize};

use super::attempt::{Attempt, Outcome};
use super::bucket::Bucket;
use super::counters::Counters;
use super::email::{Era, LiveChallenge, Mailbox};
use super::misses::{Misses, PerMethod};
use super::profile::Profile;
use super::profile_form::{address, text};
use super::spent::Spent;
use super::steps::Steps;
use crate::login::{Wrong, WrongAnswer};
use crate::seal::forms::{PurposeForm, purpose_form, purpose_of};
use crate::types::{AuthenticatorId, ChallengeId, Digest, Generation, KeyId, ProofId, Timestamp};

type Id = [u8; 16];
type Millis = i64;

/// The counters that people look up, in columns of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    /// The last accepted step over all linked apps: for people, and all that the first form knew.
    pub(crate) last_step: Option<u64>,
    /// The end of the soft lock.
    pub(crate) locked_until: Option<Timestamp>,
    /// When the last second step was passed.
    pub(crate) second_step_at: Option<Timestamp>,
}

/// What changes with nearly every login and has no column of its own.
#[derive(Serialize, Deserialize)]
pub(crate) struct CountersForm {
    first: FirstForm,
    more: MoreForm,
}

/// The whole of the first form.
#[derive(Serialize, Deserialize)]
pub(crate) struct FirstForm {
    soft: (u32, u32),
    hard: (u32, u32),
    told: Option<Millis>,
    live: Vec<LiveForm>,
    /// When codes were sent again. The bucket took its place, so it is written empty.
    resends: Vec<Millis>,
    spent: Vec<(Id, Millis)>,
    attempt: Option<AttemptForm>,
}

/// What the second form added.
#[derive(Serialize, Deserialize, Default)]
struct MoreForm {
    /// The generations of account and tenant that the live challenges belong to.
    era: Option<(u64, u64)>,
    bucket: Option<Millis>,
    /// The policy revision that judged the attempt.
    judged_by: u64,
    /// The last accepted step of each app; none in the first form, which kept one for all.
    steps: Option<Vec<(Id, u64)>>,
    /// When the bucket of invitations is full again.
    invitations: Option<Millis>,
}

impl From<FirstForm> for CountersForm {
    /// A challenge of the first form belongs to no generation, so none goes on.
    fn from(first: FirstForm) -> Self {
        Self { first, more: MoreForm::default() }
    }
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

impl Counters {
    /// The counters that have columns of their own.
    pub(crate) fn marks(&self) -> Marks {
        Marks {
            last_step: self.steps.highest(),
            locked_until: self.misses.locked_until,
            second_step_at: self.second_step_at,
        }
    }

    /// Wrong answers since the last success or unlock, for people who look at the row.
    pub(crate) fn failures(&self) -> u32 {
        let PerMethod { email, app } = self.misses.soft;
        email.saturating_add(app)
    }

    /// The counters that have no column of their own; nothing if an outcome cannot be stored.
    pub(crate) fn form(&self) -> Option<CountersForm> {
        let Misses { soft, hard, locked_until: _, told } = &self.misses;
        let attempt = match &self.attempt {
            Some(attempt) => Some(attempt_form(attempt)?),
            None => None,
        };
        let Mailbox { era, live, bucket } = &self.mailbox;
        let first = FirstForm {
            soft: (soft.email, soft.app),
            hard: (hard.email, hard.app),
            told: told.map(Timestamp::millis),
            live: live.iter().map(live_form).collect(),
            resends: Vec::new(),
            spent: self.spent.ids.iter().map(|(id, end)| (*id.as_bytes(), end.millis())).collect(),
            attempt,
        };
        let more = MoreForm {
            era: era.map(|era| (era.account.number(), era.tenant.number())),
            bucket: bucket.full_at.map(Timestamp::millis),
            judged_by: self.attempt.as_ref().map_or(0, |attempt| attempt.judged_by),
            steps: Some(self.steps.of.iter().map(|(id, step)| (*id.as_bytes(), *step)).collect()),
            invitations: self.invitations.full_at.map(Timestamp::millis),
        };
        Some(CountersForm { first, more })
    }

    /// The counters of this row, if each part of it can be one, beside this profile.
    pub(crate) fn read(form: CountersForm, marks: Marks, profile: &Profile) -> Option<Self> {
        let CountersForm { first: form, more } = form;
        let per_method = |(email, app)| PerMethod { email, app };
        let era = |(account, tenant)| Era {
            account: Generation::from_number(account),
            tenant: Generation::from_number(tenant),
        };
        let spent = form.spent.into_iter();
        Some(Self {
            steps: steps_of(more.steps, marks.last_step, profile),
            misses: Misses {
                soft: per_method(form.soft),
                hard: per_method(form.hard),
                locked_until: marks.locked_until,
                told: form.told.map(Timestamp::from_millis),
            },
            mailbox: Mailbox {
                era: more.era.map(era),
                live: form.live.into_iter().map(live_of).collect::<Option<_>>()?,
                bucket: Bucket { full_at: more.bucket.map(Timestamp::from_millis) },
            },
            spent: Spent {
                ids: spent
                    .map(|(id, end)| (ChallengeId::from_bytes(id), Timestamp::from_millis(end)))
                    .collect(),
            },
            attempt: form.attempt.map(|form| attempt_of(form, more.judged_by)),
            second_step_at: marks.second_step_at,
            invitations: Bucket { full_at: more.invitations.map(Timestamp::from_millis) },
        })
    }
}

/// What the first form kept for all apps goes for each of them.
fn steps_of(of: Option<Vec<(Id, u64)>>, of_all: Option<u64>, profile: &Profile) -> Steps {
    let of = match of {
        Some(of) => {
            of.into_iter().map(|(id, step)| (AuthenticatorId::from_bytes(id), step)).collect()
        }
        None => of_all
            .into_iter()
            .flat_map(|step| profile.app_ids().map(move |id| (id, step)))
            .collect(),
    };
    Steps { of }
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
        Outcome::Wrong(Wrong { reason, tries_left }) => OutcomeForm::Failed {
            failure: match reason {
                WrongAnswer::Mismatch => FailureForm::Wrong,
                WrongAnswer::AlreadyUsed => FailureForm::AlreadyUsed,
                WrongAnswer::RanOut => FailureForm::RanOut,
                WrongAnswer::ClockSlow { minutes } => FailureForm::ClockSlow(*minutes),
                // What is no code is answered without the account, and so never remembered.
                WrongAnswer::Malformed(_) => return None,
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

fn attempt_of(form: AttemptForm, judged_by: u64) -> Attempt {
    let outcome = match form.outcome {
        OutcomeForm::Passed { proof, app_linked } => {
            Outcome::Passed { proof: ProofId::from_bytes(proof), app_linked }
        }
        OutcomeForm::Next { id } => Outcome::Next { id: ChallengeId::from_bytes(id) },
        OutcomeForm::Failed { failure, tries_left } => Outcome::Wrong(Wrong {
            reason: match failure {
                FailureForm::Wrong => WrongAnswer::Mismatch,
                FailureForm::AlreadyUsed => WrongAnswer::AlreadyUsed,
                FailureForm::RanOut => WrongAnswer::RanOut,
                FailureForm::ClockSlow(minutes) => WrongAnswer::ClockSlow { minutes },
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
        judged_by,
        outcome,
    }
}
