//! What an administrator looks at; nothing here changes anything.

use std::collections::BTreeSet;

use super::handle::{Admin, MOST_ROWS, Person};
use crate::account::{Account, Event, Tenant};
use crate::mfa::error::Error;
use crate::mfa::preview::NextLogin;
use crate::policy::{Requirement, resolve};
use crate::store::Listed;
use crate::types::{EventId, Role, Timestamp, UserId};

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

pub(in crate::mfa) fn person(
    floor: Requirement,
    tenant: &Tenant,
    user_id: UserId,
    account: &Account,
    now: Timestamp,
) -> Person {
    let facts = account.facts();
    let no_roles: BTreeSet<Role> = BTreeSet::new();
    let resolution = resolve(floor, tenant.policy(), &facts, &no_roles, now);
    Person {
        user_id,
        pseudonym: account.pseudonym(),
        login: NextLogin::of(&facts, resolution.required, tenant.policy(), now),
        resolution,
        facts,
        address: account.address().cloned(),
        proposed_address: account.proposed_address().cloned(),
        apps: account.apps().collect(),
        locked_until: account.locked_until(now),
        second_step_at: account.second_step_at(),
        invited: account.is_invited(now),
        invitation_ends: account.invited_until(),
    }
}
