//! How many mails leave in a minute, so that no burst of one tenant is the mail service's last.

use std::collections::{BTreeMap, BTreeSet};

use crate::mail::Lane;
use crate::policy::Limits;
use crate::types::{MINUTE, TenantId, Timestamp};

/// The mails of the running minute.
#[derive(Debug, Default)]
pub(super) struct Pace {
    minute: Option<Timestamp>,
    all: Counts,
    of: BTreeMap<TenantId, Counts>,
}

#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    mails: u32,
    /// Those of them that are no codes.
    notices: u32,
    /// Those of these that are no notices of a change.
    others: u32,
}

impl Counts {
    /// What is no code has half of it, and what is no notice of a change either a quarter: there is
    /// always room for those.
    fn are_full(self, lane: Lane, most: u32) -> bool {
        self.mails >= most
            || (lane >= Lane::Notices && self.notices >= most / 2)
            || (lane >= Lane::Others && self.others >= most / 4)
    }

    fn add(&mut self, lane: Lane) {
        self.mails = self.mails.saturating_add(1);
        self.notices = self.notices.saturating_add(u32::from(lane >= Lane::Notices));
        self.others = self.others.saturating_add(u32::from(lane >= Lane::Others));
    }

    fn take_back(&mut self, lane: Lane) {
        self.mails = self.mails.saturating_sub(1);
        self.notices = self.notices.saturating_sub(u32::from(lane >= Lane::Notices));
        self.others = self.others.saturating_sub(u32::from(lane >= Lane::Others));
    }
}

impl Pace {
    /// Begins a new minute if the last one is over, or if the clock was set back.
    pub(super) fn look_at(&mut self, now: Timestamp) {
        let runs = self.minute.is_some_and(|began| began <= now && now < began.plus(MINUTE));
        if !runs {
            *self = Self::default();
        }
    }

    /// Counts a mail before it is sent.
    pub(super) fn count(&mut self, tenant: &TenantId, lane: Lane, now: Timestamp) {
        self.look_at(now);
        self.minute.get_or_insert(now);
        self.all.add(lane);
        self.of.entry(tenant.clone()).or_default().add(lane);
    }

    /// A letter that was counted was no longer wanted.
    pub(super) fn take_back(&mut self, tenant: &TenantId, lane: Lane) {
        if let Some(counts) = self.of.get_mut(tenant) {
            counts.take_back(lane);
            self.all.take_back(lane);
        }
    }

    /// Whether no mail at all may be sent in this lane.
    pub(super) fn is_full(&self, lane: Lane, limits: &Limits) -> bool {
        self.all.are_full(lane, limits.mails_per_minute)
    }

    /// The tenants that wait for the next minute in this lane.
    pub(super) fn held(&self, lane: Lane, limits: &Limits) -> BTreeSet<TenantId> {
        let most = limits.tenant_mails_per_minute;
        let full = self.of.iter().filter(|(_, counts)| counts.are_full(lane, most));
        full.map(|(tenant, _)| tenant.clone()).collect()
    }

    /// When the next minute begins.
    pub(super) fn opens(&self) -> Option<Timestamp> {
        self.minute.map(|began| began.plus(MINUTE))
    }
}
