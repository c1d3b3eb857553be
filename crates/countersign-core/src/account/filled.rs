//! Accounts for the tests of the stored form.

use super::account::Account;
use super::attempt::{Attempt, Outcome};
use super::bucket::Bucket;
use super::counters::Counters;
use super::email::{Era, LiveChallenge, Mailbox};
use super::misses::{Misses, PerMethod};
use super::profile::{Address, App, Invitation, Profile, Refusals};
use super::spent::Spent;
use super::steps::Steps;
use crate::login::{Purpose, Wrong, WrongAnswer};
use crate::mail::{MailPhase, MailReason};
use crate::policy::{Access, EnrolledMethods, Requirement};
use crate::types::{
    AuthenticatorId, ChallengeId, Digest, EmailAddress, Generation, InvitationId, KeyId, Locale,
    Method, ProofId, Pseudonym, Role, Timestamp,
};

impl Account {
    /// An account in which no field has its first value, for the tests of the stored form.
    pub(crate) fn filled() -> Self {
        let at = |seconds: i64| Timestamp::from_seconds(1_795_530_720 + seconds);
        let address = |text: &str| EmailAddress::new(text).ok();
        let profile = Profile {
            pseudonym: Pseudonym::from_bytes([1; 16]),
            generation: Generation::from_number(281_474_976_710_655),
            access: Access::Admin,
            suspended: true,
            roles: ["driver", "owner"].iter().filter_map(|role| Role::new(*role).ok()).collect(),
            locale: Locale::new("de-AT").ok(),
            rule: Requirement::Email,
            own: Requirement::App,
            exempt_until: Some(at(1)),
            address: Address {
                current: address("ada@larkfield.example"),
                confirmed: true,
                refused: Some(Refusals {
                    at: at(15),
                    times: 2,
                    again_at: at(16),
                    why: MailReason::at(MailPhase::Recipient).with_reply(550).with_status(5, 1, 1),
                    tries: Bucket { full_at: Some(at(17)) },
                }),
                disabled: true,
                proposed: address("ada@new.example"),
            },
            invitation: Some(Invitation { id: InvitationId::from_bytes([2; 16]), ends: at(2) }),
            invitation_accepted: true,
            approved_until: Some(at(3)),
            held: EnrolledMethods::of([Method::Email, Method::App]),
            reopened: true,
            apps: vec![App {
                id: AuthenticatorId::from_bytes([3; 16]),
                secret: vec![4; 68],
                linked: at(4),
                disabled: true,
            }],
        };
        let counters = Counters {
            steps: Steps { of: vec![(AuthenticatorId::from_bytes([3; 16]), 59_851_024)] },
            misses: Misses {
                soft: PerMethod { email: 1, app: 2 },
                hard: PerMethod { email: 3, app: 4 },
                locked_until: Some(at(5)),
                told: Some(at(6)),
            },
            mailbox: Mailbox {
                live: vec![LiveChallenge {
                    id: ChallengeId::from_bytes([5; 16]),
                    purpose: Purpose::RemoveApp(AuthenticatorId::from_bytes([6; 16])),
                    to: EmailAddress::new("ada@larkfield.example").unwrap(),
                    key: KeyId::new(7),
                    began: at(7),
                    ends: at(8),
                    resent: 9,
                    last_sent: at(10),
                }],
                era: Some(Era {
                    account: Generation::from_number(281_474_976_710_655),
                    tenant: Generation::from_number(5),
                }),
                bucket: Bucket { full_at: Some(at(11)) },
            },
            spent: Spent { ids: vec![(ChallengeId::from_bytes([8; 16]), at(12))] },
            attempt: Some(Attempt {
                key: KeyId::new(300),
                digest: Digest::from_bytes([9; 32]),
                at: at(13),
                judged_by: 6,
                outcome: Outcome::Wrong(Wrong {
                    reason: WrongAnswer::ClockSlow { minutes: 10 },
                    tries_left: Some(2),
                }),
            }),
            second_step_at: Some(at(14)),
            invitations: Bucket { full_at: Some(at(15)) },
        };
        Self { profile, counters }
    }

    /// The same, as the first form kept it: its challenges belong to no generation, and of the
    /// refused mail nothing is known but that there was one.
    pub(crate) fn in_the_first_form(mut self) -> Self {
        let mailbox = &mut self.counters.mailbox;
        (mailbox.era, mailbox.bucket) = Default::default();
        self.counters.invitations = Bucket::default();
        self.counters.attempt.iter_mut().for_each(|attempt| attempt.judged_by = 0);
        self.profile.address.refused = Some(Refusals::unknown());
        self
    }

    /// The same, with another outcome in the attempt slot.
    pub(crate) fn with_outcome(mut self, number: usize) -> Option<Self> {
        let failed = |reason| Outcome::Wrong(Wrong { reason, tries_left: None });
        let outcomes = [
            Outcome::Passed { proof: ProofId::from_bytes([10; 16]), app_linked: true },
            Outcome::Next { id: ChallengeId::from_bytes([11; 16]) },
            Outcome::Locked { until: Some(Timestamp::from_seconds(15)) },
            Outcome::Locked { until: None },
            failed(WrongAnswer::Mismatch),
            failed(WrongAnswer::AlreadyUsed),
            failed(WrongAnswer::RanOut),
        ];
        let outcome = outcomes.into_iter().nth(number)?;
        self.counters.attempt.as_mut()?.outcome = outcome;
        Some(self)
    }

    /// The same, with one document field changed: whichever has this number.
    pub(crate) fn with_changed(mut self, number: usize) -> Option<Self> {
        match number {
            0 => self.profile.pseudonym = Pseudonym::from_bytes([12; 16]),
            1 => self.profile.generation = self.profile.generation.next(),
            2 => self.profile.access = Access::User,
            3 => self.profile.suspended = false,
            4 => self.profile.roles.clear(),
            5 => self.profile.locale = None,
            6 => self.profile.rule = Requirement::App,
            7 => self.profile.own = Requirement::None,
            8 => self.profile.exempt_until = None,
            9 => self.profile.address.confirmed = false,
            10 => self.profile.invitation = None,
            11 => self.profile.invitation_accepted = false,
            12 => self.profile.approved_until = None,
            13 => self.profile.held = EnrolledMethods::default(),
            14 => self.profile.reopened = false,
            15 => self.profile.apps.clear(),
            _ => return None,
        }
        Some(self)
    }

    /// The same, with every counter as in a new account.
    pub(crate) fn with_no_counters(mut self) -> Self {
        self.counters = Counters::default();
        self
    }
}
