//! Whom a mail may be sent to now: eight places for mails under way, and 32 for those that take long.
//!
//! Why nobody starves: an attempt that takes longer than two seconds leaves the eight, so a mail server
//! that hangs holds none of them for long. What is known to hang goes behind what is not, and no
//! domain, no tenant that hangs and no notices have all eight.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use crate::mail::{Lane, Letter};
use crate::store::ClaimFilter;
use crate::types::TenantId;

/// Mails under way at once, besides those that take long.
const PLACES: usize = 8;
/// Of these for one domain, for what is no code, for domains that may hang, and of those for one
/// tenant: all but two.
const SHARE: usize = PLACES - 2;
/// Of these for what is neither a code nor a notice of a change.
const SHARE_OF_OTHERS: usize = SHARE - 2;
/// Attempts at once at a domain of which nobody knows whether it answers.
const DOUBTED: usize = 2;
/// Mails that take long: of all, of one domain, of one tenant.
const SLOW: usize = 32;
const SLOW_OF_DOMAIN: usize = 2;
const SLOW_OF_TENANT: usize = 4;
/// Twice this, and a mail takes long. Once is enough where its domain has not answered lately.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// Domains that are remembered; with more, all are forgotten and learnt again.
const MOST_KNOWN: usize = 1024;
/// Tenants that wait for their next turn; with more, the next round begins.
const LONGEST_ROUND: usize = 64;

/// Who has which place.
#[derive(Debug, Default)]
pub(super) struct Places {
    taken: BTreeMap<Ticket, Place>,
    last: u64,
    known: BTreeMap<String, Manner>,
    /// Tenants that had their turn, in each lane.
    served: BTreeMap<Lane, BTreeSet<TenantId>>,
}

/// Names a place that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Ticket(u64);

#[derive(Debug)]
struct Place {
    tenant: TenantId,
    domain: String,
    lane: Lane,
    age: Age,
    slow: bool,
}

/// How long an attempt has taken so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Age {
    Young,
    /// As long as one patience.
    Waiting,
    /// As long as two.
    Old,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    Answers,
    Hangs,
}

/// Which domains a claim is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Trust {
    /// Those that are not known to hang, and of which no answer is awaited.
    Trusted,
    /// All that have a place left.
    Anybody,
}

impl Places {
    pub(super) fn take(&mut self, letter: &Letter) -> Ticket {
        self.last += 1;
        let ticket = Ticket(self.last);
        let tenant = letter.key.tenant().clone();
        let lane = letter.lane();
        let served = self.served.entry(lane).or_default();
        if served.len() >= LONGEST_ROUND {
            served.clear();
        }
        served.insert(tenant.clone());
        let domain = letter.to.domain().to_owned();
        let place = Place { tenant, domain, lane, age: Age::Young, slow: false };
        self.taken.insert(ticket, place);
        ticket
    }

    /// The attempt has ended. `asked` says whether the mail service was.
    pub(super) fn free(&mut self, ticket: Ticket, asked: bool) {
        let Some(place) = self.taken.remove(&ticket) else { return };
        if asked && place.age != Age::Old {
            self.learn(place.domain, Manner::Answers);
        }
        self.let_slow_ones_go();
    }

    /// The attempt has taken one patience more. Returns how old it is now.
    pub(super) fn grow_old(&mut self, ticket: Ticket) -> Age {
        let Some(place) = self.taken.get_mut(&ticket) else { return Age::Old };
        place.age = match place.age {
            Age::Young => Age::Waiting,
            Age::Waiting | Age::Old => Age::Old,
        };
        let age = place.age;
        if age == Age::Old {
            let domain = place.domain.clone();
            self.learn(domain, Manner::Hangs);
        }
        self.let_slow_ones_go();
        age
    }

    /// What a claim in this lane may take; nothing if every place is taken.
    pub(super) fn filter(&self, lane: Lane, trust: Trust) -> Option<ClaimFilter> {
        let from = |lane| self.quick().filter(|place| place.lane >= lane).count();
        let doubted = self.quick().filter(|place| !self.answers(&place.domain)).count();
        let full = self.quick().count() >= PLACES
            || (lane >= Lane::Notices && from(Lane::Notices) >= SHARE)
            || (lane >= Lane::Others && from(Lane::Others) >= SHARE_OF_OTHERS)
            || (trust == Trust::Anybody && doubted >= SHARE);
        if full {
            return None;
        }
        let domains = self.taken.values().map(|place| &place.domain);
        let hanging = self.known.iter().filter(|(_, standing)| **standing == Manner::Hangs);
        let domains: BTreeSet<_> = domains.chain(hanging.map(|(domain, _)| domain)).collect();
        let tenants = self.taken.values().map(|place| &place.tenant);
        let passed_over = domains.into_iter().filter(|domain| self.passes_over(domain, trust));
        Some(ClaimFilter {
            lane: Some(lane),
            except_tenants: tenants
                .filter(|tenant| self.has_its_share(tenant, trust))
                .cloned()
                .collect(),
            except_domains: passed_over.cloned().collect(),
        })
    }

    /// The tenants that had their turn in this lane.
    pub(super) fn served(&self, lane: Lane) -> impl Iterator<Item = &TenantId> {
        self.served.get(&lane).into_iter().flatten()
    }

    /// Every tenant may have a turn again.
    pub(super) fn next_round(&mut self, lane: Lane) {
        self.served.remove(&lane);
    }

    fn passes_over(&self, domain: &str, trust: Trust) -> bool {
        let slow = self.slow().filter(|place| place.domain == domain).count();
        let quick = self.quick().filter(|place| place.domain == domain).count();
        if slow >= SLOW_OF_DOMAIN {
            return true;
        }
        match (self.known.get(domain), trust) {
            (Some(Manner::Answers), _) => quick >= SHARE,
            (Some(Manner::Hangs), Trust::Trusted) => true,
            (None, Trust::Trusted) => slow + quick > 0,
            (Some(Manner::Hangs) | None, Trust::Anybody) => slow + quick >= DOUBTED,
        }
    }

    /// A tenant with as many slow mails as it may have is asked for none that may hang as well, and for
    /// nothing once such hold all but two of the eight.
    fn has_its_share(&self, tenant: &TenantId, trust: Trust) -> bool {
        let of = |place: &&Place| place.tenant == *tenant;
        if self.slow().filter(of).count() < SLOW_OF_TENANT {
            return false;
        }
        let doubted = self.quick().filter(of).filter(|place| !self.answers(&place.domain));
        match trust {
            Trust::Trusted => doubted.count() >= SHARE,
            Trust::Anybody => true,
        }
    }

    /// Takes out of the eight what is old enough, as far as there are places for such.
    fn let_slow_ones_go(&mut self) {
        let old = self.taken.iter().filter(|(_, place)| !place.slow);
        let old = old.filter(|(_, place)| self.takes_long(place)).map(|(ticket, _)| *ticket);
        for ticket in old.collect::<Vec<_>>() {
            let Some(place) = self.taken.get(&ticket) else { continue };
            let of_domain = self.slow().filter(|slow| slow.domain == place.domain).count();
            let of_tenant = self.slow().filter(|slow| slow.tenant == place.tenant).count();
            let fits = self.slow().count() < SLOW
                && of_domain < SLOW_OF_DOMAIN
                && of_tenant < SLOW_OF_TENANT;
            if let Some(place) = self.taken.get_mut(&ticket).filter(|_| fits) {
                place.slow = true;
            }
        }
    }

    fn takes_long(&self, place: &Place) -> bool {
        match place.age {
            Age::Young => false,
            Age::Waiting => !self.answers(&place.domain),
            Age::Old => true,
        }
    }

    fn answers(&self, domain: &str) -> bool {
        self.known.get(domain) == Some(&Manner::Answers)
    }

    fn learn(&mut self, domain: String, standing: Manner) {
        if self.known.len() >= MOST_KNOWN {
            self.known.clear();
        }
        self.known.insert(domain, standing);
    }

    fn quick(&self) -> impl Iterator<Item = &Place> {
        self.taken.values().filter(|place| !place.slow)
    }

    fn slow(&self) -> impl Iterator<Item = &Place> {
        self.taken.values().filter(|place| place.slow)
    }
}
