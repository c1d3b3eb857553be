//! What a login counts and remembers. It is stored in a few narrow columns, and is all that most
//! logins write.

use super::attempt::Attempt;
use super::bucket::Bucket;
use super::email::Mailbox;
use super::misses::Misses;
use super::spent::Spent;
use super::steps::Steps;
use crate::types::Timestamp;

/// What nearly every login changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Counters {
    pub(super) steps: Steps,
    pub(super) misses: Misses,
    pub(super) mailbox: Mailbox,
    pub(super) spent: Spent,
    pub(super) attempt: Option<Attempt>,
    pub(super) second_step_at: Option<Timestamp>,
    /// What is left of the invitations.
    pub(super) invitations: Bucket,
}
