//! A courier at work: claims letters for free places, and sees each attempt to its end.
//!
//! There is no runtime here: the attempts are futures that are polled together in the one task of the
//! courier. A claim never keeps them waiting.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use super::attempt::{Ended, LEASE, Tools, attempt};
use super::counts::{CourierCounts, Drained};
use super::pace::Pace;
use super::places::{Age, PATIENCE, Places, Ticket, Trust};
use super::recipients::Recipients;
use crate::mail::{Lane, Mailer};
use crate::mfa::engine::Engine;
use crate::mfa::error::{Error, WhileDoing as _};
use crate::store::{ClaimFilter, Claimed, Due, StoreError};
use crate::types::{TenantId, Timestamp};

/// Letters in a row that cannot be read before a round ends.
const MOST_UNREADABLE: u32 = 8;

/// What a courier works with.
pub(super) struct Desk {
    pub(super) engine: Arc<Engine>,
    pub(super) mailer: Arc<dyn Mailer>,
    pub(super) pace: Mutex<Pace>,
    pub(super) recipients: Mutex<Recipients>,
    pub(super) counts: CourierCounts,
}

impl Desk {
    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A courier at work.
pub(super) struct Shift<'a, F, S> {
    desk: &'a Desk,
    sleep: &'a F,
    places: Places,
    under_way: Vec<UnderWay<'a, S>>,
    /// Whether a place became free since this was last looked at.
    changed: bool,
    drained: Drained,
    /// The first error of an attempt.
    broke: Option<Error>,
}

/// An attempt under way.
struct UnderWay<'a, S> {
    ticket: Ticket,
    tenant: TenantId,
    lane: Lane,
    work: Pin<Box<dyn Future<Output = Ended> + Send + 'a>>,
    /// Until the attempt is old.
    patience: Option<Pin<Box<S>>>,
}

/// When the next letter can be claimed, as claims that found none say.
#[derive(Default)]
struct Next {
    wait: Option<Duration>,
    now: Option<Timestamp>,
}

impl Next {
    fn learn(&mut self, due: &Due) {
        self.now = Some(due.now);
        self.earlier(due.next.map(|next| next.since(due.now)));
    }

    fn earlier(&mut self, wait: Option<Duration>) {
        self.wait = [self.wait, wait].into_iter().flatten().min();
    }
}

impl<'a, F, S> Shift<'a, F, S>
where
    F: Fn(Duration) -> S + Send + Sync,
    S: Future + Send + 'a,
{
    pub(super) fn new(desk: &'a Desk, sleep: &'a F) -> Self {
        Self {
            desk,
            sleep,
            places: Places::default(),
            under_way: Vec::new(),
            changed: false,
            drained: Drained::default(),
            broke: None,
        }
    }

    /// Begins an attempt for each letter that has a place, and says how long it is until a further one
    /// is due.
    pub(super) async fn fill(&mut self) -> Result<Option<Duration>, Error> {
        // Before the first letter: with other keys every code would be another one.
        self.desk.engine.check_keys_once().await.while_doing("send mails")?;
        loop {
            self.changed = false;
            let mut next = Next::default();
            if let Some(claimed) = self.claim_next(&mut next).await? {
                self.begin(claimed);
            } else if !self.changed {
                self.sees(&next);
                return Ok(next.wait);
            }
        }
    }

    /// Whether nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.under_way.is_empty()
    }

    /// Ready once a place became free.
    pub(super) fn poll_change(&mut self, context: &mut Context<'_>) -> Poll<()> {
        self.poll_under_way(context);
        if std::mem::take(&mut self.changed) { Poll::Ready(()) } else { Poll::Pending }
    }

    /// Sees everything under way to its end.
    pub(super) async fn finish(&mut self) {
        while !self.is_idle() {
            poll_fn(|context| self.poll_change(context)).await;
        }
    }

    /// What this shift has done, or the first error of an attempt.
    pub(super) fn outcome(&mut self) -> Result<Drained, Error> {
        self.broke.take().map_or(Ok(self.drained), Err)
    }

    /// Tells the operator of an attempt that broke; its letter comes back when its lease has ended.
    pub(super) fn report(&mut self) {
        if let Some(error) = self.broke.take() {
            tracing::warn!(target: "countersign", %error, "a letter could not be sent");
        }
    }

    /// A letter that may be sent now: codes first, and first those to domains that are not known to
    /// hang.
    async fn claim_next(&mut self, next: &mut Next) -> Result<Option<Claimed>, Error> {
        for lane in [Lane::Codes, Lane::Notices, Lane::Others] {
            let mut tried = None;
            for trust in [Trust::Trusted, Trust::Anybody] {
                let filter = self.places.filter(lane, trust);
                if let Some(filter) = filter.filter(|filter| tried.as_ref() != Some(filter)) {
                    let claimed = self.claim_in(lane, &filter, next).await?;
                    if claimed.is_some() {
                        return Ok(claimed);
                    }
                    tried = Some(filter);
                }
            }
        }
        Ok(None)
    }

    /// A letter of this lane, if the pace allows one: of a tenant whose turn it is, or else of any.
    async fn claim_in(
        &mut self,
        lane: Lane,
        filter: &ClaimFilter,
        next: &mut Next,
    ) -> Result<Option<Claimed>, Error> {
        let Some((held, opens)) = self.held_by_pace(lane) else {
            self.waits_for_pace(filter, next).await?;
            return Ok(None);
        };
        let mut paced = filter.clone();
        paced.except_tenants.extend(held);
        let mut turn = paced.clone();
        turn.except_tenants.extend(self.places.served(lane).cloned());
        if turn != paced {
            let due = self.claim(1, &turn).await?;
            if let Some(claimed) = due.claimed.into_iter().next() {
                return Ok(Some(claimed));
            }
            self.places.next_round(lane);
        }
        let due = self.claim(1, &paced).await?;
        next.learn(&due);
        let claimed = due.claimed.into_iter().next();
        if claimed.is_none() && opens && paced != *filter {
            self.waits_for_pace(filter, next).await?;
        }
        Ok(claimed)
    }

    /// The tenants that wait for the next minute; nothing if all do.
    fn held_by_pace(&self, lane: Lane) -> Option<(Vec<TenantId>, bool)> {
        let engine = &self.desk.engine;
        let mut pace = self.desk.pace();
        pace.look_at(engine.clock.now());
        if pace.is_full(lane, &engine.limits) {
            return None;
        }
        let held: Vec<_> = pace.held(lane, &engine.limits).into_iter().collect();
        let opens = !held.is_empty();
        Some((held, opens))
    }

    /// If letters wait for the pace, they may be claimed when the next minute begins.
    async fn waits_for_pace(&mut self, filter: &ClaimFilter, next: &mut Next) -> Result<(), Error> {
        let due = self.claim(0, filter).await?;
        next.now = Some(due.now);
        let opens = self.desk.pace().opens();
        let opens = opens.map(|opens| opens.since(self.desk.engine.clock.now()));
        let due = due.next.map(|next| next.since(due.now));
        next.earlier(due.map(|due| due.max(opens.unwrap_or_default())));
        Ok(())
    }

    /// Claims while everything under way goes on. A letter that cannot be read is reported, and holds up
    /// no other.
    async fn claim(&mut self, limit: usize, filter: &ClaimFilter) -> Result<Due, Error> {
        const DOING: &str = "claim letters";
        let store = &self.desk.engine.store;
        for _ in 0..MOST_UNREADABLE {
            match self.beside(store.claim(limit, LEASE, filter)).await {
                Err(error @ StoreError::Corrupt { .. }) => {
                    let error = Err::<(), _>(error).while_doing(DOING).err();
                    self.broke = self.broke.take().or(error);
                }
                claimed => return claimed.while_doing(DOING),
            }
        }
        self.beside(store.claim(limit, LEASE, filter)).await.while_doing(DOING)
    }

    /// Waits for something else, while everything under way goes on.
    async fn beside<T>(&mut self, other: impl Future<Output = T>) -> T {
        let mut other = pin!(other);
        poll_fn(|context| {
            let other = other.as_mut().poll(context);
            if other.is_pending() {
                self.poll_under_way(context);
            }
            other
        })
        .await
    }

    fn begin(&mut self, claimed: Claimed) {
        let desk = self.desk;
        let tenant = claimed.letter.key.tenant().clone();
        let lane = claimed.letter.lane();
        desk.pace().count(&tenant, lane, desk.engine.clock.now());
        self.under_way.push(UnderWay {
            ticket: self.places.take(&claimed.letter),
            tenant,
            lane,
            work: Box::pin(attempt(
                Tools { engine: &desk.engine, mailer: &*desk.mailer, recipients: &desk.recipients },
                claimed,
                self.sleep,
            )),
            patience: Some(Box::pin((self.sleep)(PATIENCE))),
        });
    }

    fn poll_under_way(&mut self, context: &mut Context<'_>) {
        let mut at = 0;
        while let Some(one) = self.under_way.get_mut(at) {
            if let Poll::Ready(ended) = one.work.as_mut().poll(context) {
                let one = self.under_way.remove(at);
                self.end(&one, ended);
                continue;
            }
            while let Some(patience) = &mut one.patience
                && patience.as_mut().poll(context).is_ready()
            {
                self.changed = true;
                one.patience = match self.places.grow_old(one.ticket) {
                    Age::Young | Age::Waiting => Some(Box::pin((self.sleep)(PATIENCE))),
                    Age::Old => None,
                };
            }
            at += 1;
        }
    }

    fn end(&mut self, one: &UnderWay<'_, S>, ended: Ended) {
        self.changed = true;
        self.places.free(one.ticket, ended.asked);
        if !ended.asked {
            self.desk.pace().take_back(&one.tenant, one.lane);
        }
        match ended.fate {
            Ok(fate) => {
                self.drained.count(fate);
                self.desk.counts.change(|counts| counts.count(fate));
            }
            Err(error) => self.broke = self.broke.take().or(Some(error)),
        }
    }

    fn sees(&mut self, next: &Next) {
        self.drained.wait = next.wait;
        self.drained.next = next.wait.and_then(|wait| next.now.map(|now| now.plus(wait)));
        let Drained { next, wait, .. } = self.drained;
        self.desk.counts.change(|counts| {
            counts.next = next;
            counts.wait = wait;
        });
    }
}
