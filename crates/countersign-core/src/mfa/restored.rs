//! A database that was restored from a backup: one act that ends whatever the backup revived.

use super::engine::{Engine, Scope, Work};
use super::error::{Error, ErrorKind, WhileDoing as _};
use super::keys::PassedOver;
use super::mfa::Mfa;
use super::written::line;
use crate::account::{Actor, EventKind};
use crate::types::{Generation, TenantId, Timestamp};

/// How far the act after a restore has come. It begins empty; see [`Mfa::restored`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Restoring {
    /// Tenants in which everything open has ended.
    pub tenants: u64,
    /// The last tenant that was done, to go on behind it.
    pub behind: Option<TenantId>,
    /// Tenants whose record is damaged, which were passed over. Nobody logs in there; once such a
    /// record is mended, do the act again.
    pub damaged: PassedOver<TenantId>,
    /// Whether all tenants are done.
    pub done: bool,
}

impl Mfa {
    /// Tells that the database was restored from a backup: one batch, of at most `most` tenants (1
    /// to 1000).
    ///
    /// Call it until it is done, before anything serves again. A backup brings back what had ended
    /// and forgets what was used. So in each tenant
    ///
    /// - every open login, mailed code, session and step-up ends;
    /// - every code of an app counts as used, up to now and one window further;
    /// - the activity log says so ([`EventKind::Restored`]), by this operator.
    ///
    /// It cannot know the rest. A warning for each tenant names the time of the last thing that the
    /// backup knows; do again what happened after it, in this order: resets of lost phones, apps
    /// that were removed, users who were suspended, erased or lost their office, addresses, and
    /// policies with their exemptions. Links of invitations that were used or withdrawn after it
    /// work again; they log nobody in.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::{Restoring, SessionCheck};
    ///
    /// # let sealed = mfa.seal(&demo.log_in(key).await)?;
    /// let mut act = Restoring::default();
    /// while !act.done {
    ///     act = mfa.restored(act, 100, "Kim", "the disk of Monday failed").await?;
    /// }
    /// assert!(matches!(mfa.open_session(&sealed).await?, SessionCheck::Ended(_)));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// [`EventKind::Restored`]: crate::account::EventKind::Restored
    ///
    /// # Errors
    ///
    /// `Unfit` if the name or the reason is not one line of 1 to 200 bytes. `Unavailable`,
    /// `Contended` or `OutcomeUnknown`: go on with the act as it was before the call;
    /// doing a tenant twice harms nothing.
    pub async fn restored(
        &self,
        mut act: Restoring,
        most: usize,
        name: impl Into<String> + Send,
        reason: impl Into<String> + Send,
    ) -> Result<Restoring, Error> {
        const DOING: &str = "end what a backup revived";
        let name = line(name).while_doing(DOING)?;
        let reason = line(reason).while_doing(DOING)?;
        let most = most.clamp(1, MOST_AT_ONCE);
        let after = act.behind.clone();
        let page = self.engine.store.tenants(after, most).await.while_doing(DOING)?;
        act.done = page.is_empty();
        for id in page {
            let actor = Actor::Operator { name: name.clone(), reason: reason.clone() };
            match self.engine.restore(DOING, &id, actor).await {
                Ok(()) => act.tenants += 1,
                Err(error) if error.kind() == ErrorKind::Corrupt => {
                    tracing::warn!(target: "countersign", tenant = %id, %error, "passed over");
                    act.damaged.push(id.clone());
                }
                Err(error) => return Err(error),
            }
            act.behind = Some(id);
        }
        Ok(act)
    }
}

/// Most tenants in one batch.
const MOST_AT_ONCE: usize = 1000;

impl Engine {
    async fn restore(&self, doing: &'static str, id: &TenantId, actor: Actor) -> Result<(), Error> {
        let newest = self.store.events(id, None, None, 1).await.while_doing(doing)?;
        let known_until = newest.first().map(|event| event.at);
        let decide = |work: &mut Work| {
            let Some(tenant) = &mut work.tenant else { return Ok(()) };
            // Drawn anew, and not raised: what the backup has forgotten may have raised it before.
            tenant.generation = Generation::start(&*self.random)?;
            tenant.restored_at = tenant.restored_at.max(Some(work.now));
            self.record(id, actor.clone(), EventKind::Restored, work)
        };
        self.transact(doing, Scope::Tenant(id), decide).await?;
        warn(id, known_until);
        Ok(())
    }
}

fn warn(id: &TenantId, known_until: Option<Timestamp>) {
    let known_until = known_until.map(|at| at.to_string()).unwrap_or_default();
    tracing::warn!(
        target: "countersign",
        tenant = %id,
        known_until,
        "restored from a backup: everything open has ended. Do again what happened since: resets of \
         lost phones, removed apps, suspended and erased users, administrators, addresses, policies \
         and exemptions"
    );
}
