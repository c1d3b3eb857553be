//! What an administrator looks at; nothing here changes anything.

use super::handle::{Admin, MOST_ROWS};
use crate::account::Event;
use crate::mfa::error::Error;
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
        let (tenant, now) = self.company(DOING).await?;
        let listed = self.engine.store.accounts(&self.tenant, after, limit.min(MOST_ROWS)).await;
        let listed = listed.map_err(|error| Error::store(DOING, error))?;
        let floor = self.engine.limits.floor;
        let person =
            |listed: Listed| person(floor, &tenant, listed.user_id, &listed.account.value, now);
        Ok(listed.into_iter().map(person).collect())
    }

    /// One person, if there is one with that id.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn person(&self, user: UserId) -> Result<Option<Person>, Error> {
        let snapshot = self.engine.store.load(&self.key(user.clone())).await;
        let snapshot = snapshot.map_err(|error| Error::store("look at a person", error))?;
        let floor = self.engine.limits.floor;
        Ok(snapshot.tenant.zip(snapshot.account).map(|(tenant, account)| {
            person(floor, &tenant.value, user, &account.value, snapshot.now)
        }))
    }

    /// A page of the company's activity log, newest first.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn events(&self, before: Option<EventId>, limit: usize) -> Result<Vec<Event>, Error> {
        let events = self.engine.store.events(&self.tenant, before, limit.min(MOST_ROWS)).await;
        events.map_err(|error| Error::store("read the activity log", error))
    }
}
