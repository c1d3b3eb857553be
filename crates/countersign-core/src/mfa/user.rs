//! One user, as account pages and administrators see them.

use std::collections::BTreeSet;

use super::error::{Error, WhileDoing as _};
use super::mfa::Mfa;
use super::preview::NextLogin;
use crate::account::{Account, LinkedApp, RefusedMail, Tenant};
use crate::policy::{Facts, Requirement, Resolution, resolve};
use crate::types::{AccountKey, EmailAddress, Pseudonym, Role, Timestamp, UserId};

/// One user, as an administrator sees them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct User {
    /// The user's id.
    pub user_id: UserId,
    /// Their name in the activity log.
    pub pseudonym: Pseudonym,
    /// The requirement now, with its reasons.
    pub resolution: Resolution,
    /// Their next login, if it is now. It does not consider a soft lock.
    pub login: NextLogin,
    /// The facts that the requirement depends on.
    pub facts: Facts,
    /// Where codes go.
    pub address: Option<EmailAddress>,
    /// A new address that is used once a code sent there came back.
    pub proposed_address: Option<EmailAddress>,
    /// The last mail that the address refused, if none was delivered since.
    pub refused_mail: Option<RefusedMail>,
    /// The linked apps.
    pub apps: Vec<LinkedApp>,
    /// The end of the soft lock, while it lasts.
    pub locked_until: Option<Timestamp>,
    /// When they last passed a second step.
    pub second_step_at: Option<Timestamp>,
    /// Whether an invitation waits to be accepted.
    pub invited: bool,
    /// When the last invitation ends or ended, if it was neither accepted nor withdrawn.
    pub invitation_ends: Option<Timestamp>,
}

/// One row of a list of users.
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_enums, reason = "a page must show each")]
#[expect(clippy::large_enum_variant, reason = "nearly every row is a user")]
pub enum ListedUser {
    /// A user.
    User(User),
    /// A user whose account is damaged: nothing but the id is known, and they cannot log in. An
    /// operator resets it with [`Mfa::reset_damaged`].
    Damaged(UserId),
}

impl ListedUser {
    /// The id, which the next page continues after.
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        match self {
            Self::User(user) => &user.user_id,
            Self::Damaged(user_id) => user_id,
        }
    }

    /// The user, unless the account is damaged.
    #[must_use]
    pub fn user(self) -> Option<User> {
        match self {
            Self::User(user) => Some(user),
            Self::Damaged(_) => None,
        }
    }
}

impl User {
    /// The user of this account, by the rules that decide logins.
    pub(super) fn of(
        minimum: Requirement,
        tenant: &Tenant,
        user_id: UserId,
        account: &Account,
        now: Timestamp,
    ) -> Self {
        let facts = account.facts();
        let no_roles: BTreeSet<Role> = BTreeSet::new();
        let resolution = resolve(minimum, tenant.policy(), &facts, &no_roles, now);
        Self {
            user_id,
            pseudonym: account.pseudonym(),
            login: NextLogin::of(&facts, resolution.required, tenant.policy(), now),
            resolution,
            facts,
            address: account.address().cloned(),
            proposed_address: account.proposed_address().cloned(),
            refused_mail: account.refused_mail(),
            apps: account.apps().collect(),
            locked_until: account.locked_until(now),
            second_step_at: account.second_step_at(),
            invited: account.is_invited(now),
            invitation_ends: account.invited_until(),
        }
    }
}

impl Mfa {
    /// One user, for the host's own pages and jobs; it needs no proof and no operator. One read.
    ///
    /// `None` if there is no such user or tenant.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// let user = mfa.user(key).await?.expect("Ben is a user");
    /// assert_eq!(user.address, Some("ben@larkfield.example".parse()?));
    /// assert!(user.locked_until.is_none());
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`.
    pub async fn user(&self, key: &AccountKey) -> Result<Option<User>, Error> {
        let snapshot = self.engine.store.load(key).await.while_doing("look at a user")?;
        let minimum = self.engine.limits.minimum;
        let found = snapshot.tenant.zip(snapshot.account);
        Ok(found.map(|(tenant, account)| {
            let user_id = key.user().clone();
            User::of(minimum, &tenant.value, user_id, &account.value, snapshot.now)
        }))
    }
}
