//! The effect of a choice on everyone, before it is saved: counted and named by the functions that
//! decide logins.

use countersign::{Effect, NextLogin, Policy, Preview, UserId};
use countersign_axum::Problem;

use super::choice::Choice;
use super::desk::{Desk, holds_one};
use super::words::Counts;

/// People that countersign lists at a time.
const PAGE: usize = 200;

/// Everyone, with the effect that a choice would have on them.
#[derive(Debug)]
pub(super) struct Effects {
    pub(super) preview: Preview,
    pub(super) people: Vec<(UserId, Effect)>,
    pub(super) lowers: bool,
    me: UserId,
    i_hold_one: bool,
}

/// Why a choice cannot be saved as things stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Blocked {
    /// No administrator could log in any more.
    AllAdmins,
    /// The one who saves could not log in any more.
    Oneself,
    /// It lowers the requirement, and the administrator has no second step.
    NeedsOwn,
}

impl Effects {
    pub(super) async fn of(
        desk: &Desk,
        choice: &Choice,
        in_force: &Policy,
    ) -> Result<Self, Problem> {
        let policy = choice.policy(in_force);
        let now = desk.now();
        let start = choice.start(now);
        let preview = desk.admin.preview(&policy, start).await?;
        let mut people = Vec::new();
        let mut after = None;
        loop {
            let page = desk.admin.affected(&policy, start, after, PAGE).await?;
            after = page.last().map(|last| last.user_id.clone());
            let more = page.len() == PAGE;
            people.extend(page.into_iter().filter_map(|one| Some((one.user_id, one.effect?))));
            if !more {
                break;
            }
        }
        let me = desk.member.key.user().clone();
        let i_hold_one = holds_one(&desk.own_account().await?);
        let lowers = choice.is_looser_than(in_force, now);
        Ok(Self { preview, people, lowers, me, i_hold_one })
    }

    /// How many people, in which way.
    pub(super) fn counts(&self) -> Counts {
        counts(&self.preview)
    }

    pub(super) fn is_me(&self, id: &UserId) -> bool {
        self.me == *id
    }

    fn my_effect(&self) -> Option<&Effect> {
        self.people.iter().find(|(id, _)| self.is_me(id)).map(|(_, effect)| effect)
    }

    /// Whether the requirement of the administrator who saves changes.
    pub(super) fn change_me(&self) -> bool {
        self.my_effect().is_some_and(|effect| effect.before.required != effect.after.required)
    }

    /// Whether the administrator who saves will be asked for a code.
    pub(super) fn ask_me(&self) -> bool {
        self.my_effect().is_some_and(|effect| effect.login != NextLogin::NothingMore)
    }

    /// Whether this must be reviewed before it is saved.
    pub(super) fn need_a_look(&self) -> bool {
        let stranded = self.preview.unreachable + self.preview.need_approval > 0;
        self.lowers || stranded || self.change_me() || self.find_block().is_some()
    }

    /// Why it cannot be saved, if it cannot.
    pub(super) fn find_block(&self) -> Option<Blocked> {
        if self.lowers && !self.i_hold_one {
            Some(Blocked::NeedsOwn)
        } else if self.preview.last_admin_locked_out {
            Some(Blocked::AllAdmins)
        } else if self.my_effect().is_some_and(|effect| effect.login.is_stranded()) {
            Some(Blocked::Oneself)
        } else {
            None
        }
    }
}

/// The counts of a preview, as a sentence needs them.
pub(super) fn counts(preview: &Preview) -> Counts {
    Counts {
        people: preview.users,
        ready: preview.ready,
        by_mail: preview.will_get_codes,
        in_doubt: preview.may_not_arrive,
        link: preview.will_link_an_app,
        need_approval: preview.need_approval,
        stopped: preview.unreachable,
        grace: preview.within_grace,
    }
}
