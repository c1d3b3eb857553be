//! An account that takes the place of one that could not be read.
//!
//! Of the old one nothing is known, so each doubt is decided for the stricter: the new one is switched
//! off, and counts as one that held every method and was reset. So no grace is for it, and a password
//! alone links no app.

use super::account::Account;
use super::env::Env;
use super::event::EventKind;
use super::new_user::NewUser;
use crate::mail::LetterKind;
use crate::policy::EnrolledMethods;
use crate::seal::Fault;
use crate::types::Method;

impl Account {
    /// The account with what an operator states of the user, whom it tells.
    pub(crate) fn in_place_of_damaged(
        new_user: NewUser,
        by: String,
        reason: String,
        env: &mut Env<'_>,
    ) -> Result<Self, Fault> {
        let mut account = Self::new(new_user, env.random)?;
        account.profile.suspended = true;
        account.profile.held = EnrolledMethods::of([Method::Email, Method::App]);
        account.profile.reopened = true;
        account.tell(LetterKind::MfaReset { by, reason }, env)?;
        env.record(account.profile.pseudonym, EventKind::DamageReplaced)?;
        Ok(account)
    }
}
