//! What an administrator looks at; nothing here changes anything.

use super::handle::{Admin, MOST_ROWS};
use crate::account::Event;
use crate::mfa::error::{Error, WhileDoing as _};
use crate::mfa::user::{Person, person};
use crate::store::Listed;
use crate::types::{EventId, UserId};

impl Admin {
    /// A page of people, in the order of their ids, each with what is required of them and why.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such company. The world broke.
    pub async fn people(&self, after: Option<UserId>, limit: usize) -> Result<Vec<Person>, Error> {
        const DOING: &str = "list people";
        let (tenant, now) = self.load_tenant(DOING).await?;
        let listed = self
            .engine
            .store
            .accounts(&self.tenant, after, limit.min(MOST_ROWS))
            .await
            .while_doing(DOING)?;
        let minimum = self.engine.limits.minimum;
        let person =
            |listed: Listed| person(minimum, &tenant, listed.user_id, &listed.account.value, now);
        Ok(listed.into_iter().map(person).collect())
    }

    /// One person, if there is one with that id.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn person(&self, user: UserId) -> Result<Option<Person>, Error> {
        let snapshot = self
            .engine
            .store
            .load(&self.key(user.clone()))
            .await
            .while_doing("look at a person")?;
        let minimum = self.engine.limits.minimum;
        Ok(snapshot.tenant.zip(snapshot.account).map(|(tenant, account)| {
            person(minimum, &tenant.value, user, &account.value, snapshot.now)
        }))
    }

    /// A page of the company's activity log, newest first.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn events(&self, before: Option<EventId>, limit: usize) -> Result<Vec<Event>, Error> {
        let events = self.engine.store.events(&self.tenant, before, limit.min(MOST_ROWS)).await;
        events.while_doing("read the activity log")
    }
}
