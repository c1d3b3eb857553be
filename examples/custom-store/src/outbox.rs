//! Letters: held by one script, and settled by another.

use std::time::Duration;

use countersign::mail::Lane;
use countersign::store::record::letter_from_bytes;
use countersign::store::{
    ClaimFilter, Claimed, Due, Lease, MOST_CLAIMED, Outbox, Settlement, StoreError,
};
use countersign::{LetterId, Timestamp, async_trait};
use redis::ScriptInvocation;

use crate::store::{RedisStore, unsure};

/// A letter as a claim holds it: which attempt, under which lease, and its bytes.
type Claim = (u32, u64, Option<Vec<u8>>);

#[async_trait]
impl Outbox for RedisStore {
    async fn claim(
        &self,
        limit: usize,
        lease: Duration,
        filter: &ClaimFilter,
    ) -> Result<Due, StoreError> {
        let limit = limit.min(MOST_CLAIMED);
        let mut claimed = Vec::new();
        let mut damaged = None;
        let mut moment = None;
        // Letters that cannot be read are put off as the others are, so a further look, as of the
        // same moment, finds those behind them.
        loop {
            let call = self.claim_call(limit - claimed.len(), lease, moment, filter);
            let told = call.invoke_async(&mut self.redis.clone()).await.map_err(unsure)?;
            let (now, next, held): (i64, Option<i64>, Vec<Claim>) = told;
            let found = held.len();
            let before = claimed.len();
            for (attempt, lease, bytes) in held {
                match letter_from_bytes(&bytes.unwrap_or_default()) {
                    Ok(letter) => {
                        let lease = Lease::from_number(lease);
                        claimed.push(Claimed { letter, attempt, lease });
                    }
                    Err(error) => damaged = Some(error.at("a letter")),
                }
            }
            if claimed.len() - before < found && claimed.len() < limit {
                moment = Some(now);
                continue;
            }
            return match damaged {
                Some(error) if claimed.is_empty() => Err(error),
                _ => Ok(Due {
                    claimed,
                    next: next.map(Timestamp::from_millis),
                    now: Timestamp::from_millis(now),
                }),
            };
        }
    }

    async fn settle(
        &self,
        letter: LetterId,
        lease: Lease,
        settlement: Settlement,
    ) -> Result<(), StoreError> {
        let mut call = self.scripts.settle.key(&self.prefix);
        call.arg(letter.to_string()).arg(lease.number());
        match settlement {
            Settlement::Done => call.arg("").arg(0),
            Settlement::Again(due) => call.arg(due.millis()).arg(1),
            Settlement::Extended(until) => call.arg(until.millis()).arg(0),
        };
        call.invoke_async(&mut self.redis.clone()).await.map_err(unsure)
    }
}

impl RedisStore {
    fn claim_call(
        &self,
        limit: usize,
        lease: Duration,
        moment: Option<i64>,
        filter: &ClaimFilter,
    ) -> ScriptInvocation<'_> {
        let lease = u64::try_from(lease.as_millis()).unwrap_or(LONGEST).clamp(1, LONGEST);
        let mut call = self.scripts.claim.key(&self.prefix);
        call.arg(limit).arg(lease).arg(moment.map_or(String::new(), |now| now.to_string()));
        call.arg(filter.lane.map_or("", lane_word));
        for tenant in &filter.except_tenants {
            call.arg(format!("tenant {tenant}"));
        }
        for domain in &filter.except_domains {
            call.arg(format!("domain {domain}"));
        }
        call
    }
}

pub(crate) fn lane_word(lane: Lane) -> &'static str {
    match lane {
        Lane::Codes => "codes",
        Lane::Notices => "notices",
        Lane::Others => "others",
    }
}

/// Some thirty thousand years in milliseconds, which a score of Redis still holds exactly.
const LONGEST: u64 = 1_000_000_000_000_000;
