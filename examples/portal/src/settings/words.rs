//! The texts of the settings pages, in each language of the demo. A text that is missing in one
//! does not compile.

use countersign::account::EventKind;
use countersign::policy::Resolution;
use countersign::{BeforeEnrollment, Requirement};

use super::roll::State;
use crate::design::when::When;

/// Every text of the settings pages.
#[derive(Debug)]
pub(super) struct Words {
    pub(super) choice: Choice,
    pub(super) general: General,
    pub(super) review: Review,
    pub(super) users: Users,
    pub(super) edit: Edit,
    pub(super) reset: Reset,
    pub(super) activity: Activity,
    /// An event, as a sentence.
    pub(super) told: fn(&EventKind, When) -> String,
    /// A person's own setting, where they have none.
    pub(super) told_company_setting: &'static str,
}

/// The three values of the dropdown, the same words everywhere.
#[derive(Debug)]
pub(super) struct Choice {
    pub(super) label: &'static str,
    pub(super) none: &'static str,
    pub(super) email: &'static str,
    pub(super) app: &'static str,
    pub(super) app_recommended: &'static str,
    /// The reason for a person's requirement: a cell of the table, and a part of a sentence.
    pub(super) why: fn(&Resolution, When) -> String,
}

/// Settings, General.
#[derive(Debug)]
pub(super) struct General {
    pub(super) title: &'static str,
    pub(super) card: &'static str,
    pub(super) none_means: &'static str,
    pub(super) email_means: &'static str,
    pub(super) app_means: &'static str,
    pub(super) more: &'static str,
    pub(super) start: &'static str,
    pub(super) start_now: &'static str,
    pub(super) start_with_grace: &'static str,
    pub(super) days: &'static str,
    pub(super) days_hint: &'static str,
    pub(super) days_wrong: &'static str,
    pub(super) grace_runs: fn(until: &str, before: &str) -> String,
    pub(super) before_enrollment: &'static str,
    pub(super) before_enrollment_hint: &'static str,
    pub(super) after_nothing: &'static str,
    pub(super) after_email_code: &'static str,
    pub(super) after_approval: &'static str,
    pub(super) everybody_out: &'static str,
    pub(super) everybody_out_hint: &'static str,
    pub(super) save: &'static str,
    pub(super) saved: fn(what: &str, people: u64) -> String,
    pub(super) same_as_before: &'static str,
    pub(super) undo: &'static str,
    pub(super) undo_until: fn(until: &str) -> String,
    pub(super) undone: fn(what: &str) -> String,
    pub(super) undo_over: &'static str,
    pub(super) changed_by: fn(who: &str, at: &str, what: &str) -> String,
    pub(super) changed: fn(what: &str) -> String,
    pub(super) yours: &'static str,
    pub(super) theirs: &'static str,
    pub(super) applies: fn(Counts) -> String,
}

/// How many people a choice concerns, and in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) people: u64,
    pub(super) ready: u64,
    pub(super) by_mail: u64,
    /// Of those, the ones whose address never answered, or refused the last mail.
    pub(super) in_doubt: u64,
    pub(super) link: u64,
    pub(super) need_approval: u64,
    pub(super) stopped: u64,
    pub(super) grace: u64,
}

/// The step before a choice is saved.
#[derive(Debug)]
pub(super) struct Review {
    pub(super) title: &'static str,
    pub(super) before_and_after: &'static str,
    pub(super) setting: &'static str,
    pub(super) now: &'static str,
    pub(super) then: &'static str,
    pub(super) before_enrollment: &'static str,
    pub(super) grace: &'static str,
    pub(super) grace_until: fn(until: &str) -> String,
    pub(super) at_once: &'static str,
    pub(super) caption: fn(people: u64) -> String,
    pub(super) not_all: fn(shown: u64, people: u64) -> String,
    pub(super) who: &'static str,
    pub(super) what: &'static str,
    pub(super) you: &'static str,
    pub(super) ready: &'static str,
    pub(super) ready_password: &'static str,
    pub(super) by_mail: &'static str,
    pub(super) links: &'static str,
    pub(super) needs_approval: &'static str,
    pub(super) stopped: &'static str,
    pub(super) looser: fn(own: &str) -> String,
    pub(super) in_grace: fn(until: &str) -> String,
    pub(super) one_of_them: &'static str,
    pub(super) weaker: fn(people: u64) -> String,
    pub(super) weaker_for_nobody: &'static str,
    pub(super) strands_admins: &'static str,
    pub(super) strands_you: &'static str,
    pub(super) need_own: &'static str,
    pub(super) to_account: &'static str,
    pub(super) out_too: &'static str,
    pub(super) save: &'static str,
    pub(super) back: &'static str,
}

/// User Management.
#[derive(Debug)]
pub(super) struct Users {
    pub(super) title: &'static str,
    pub(super) create: &'static str,
    pub(super) ready: fn(ready: usize, people: usize) -> String,
    pub(super) the_rest: &'static str,
    pub(super) everybody: &'static str,
    pub(super) search: &'static str,
    pub(super) state: &'static str,
    pub(super) any: &'static str,
    pub(super) state_ready: &'static str,
    pub(super) state_not_ready: &'static str,
    pub(super) state_invited: &'static str,
    pub(super) state_locked: &'static str,
    pub(super) state_stopped: &'static str,
    pub(super) role: &'static str,
    pub(super) admin: &'static str,
    pub(super) member: &'static str,
    pub(super) filter: &'static str,
    pub(super) clear: &'static str,
    pub(super) csv: &'static str,
    pub(super) caption: &'static str,
    pub(super) name: &'static str,
    pub(super) email: &'static str,
    pub(super) why: &'static str,
    pub(super) last_login: &'static str,
    pub(super) never: &'static str,
    pub(super) edit: &'static str,
    pub(super) edit_of: fn(name: &str) -> String,
    pub(super) actions: &'static str,
    /// Around the names of the people whose accounts cannot be read.
    pub(super) damaged: fn(&str) -> String,
    pub(super) no_match: &'static str,
    pub(super) empty: &'static str,
    pub(super) next: &'static str,
    pub(super) previous: &'static str,
    pub(super) shown: fn(from: usize, to: usize, of: usize) -> String,
    pub(super) sort_by: fn(column: &str) -> String,
    pub(super) access: fn(State, When) -> String,
}

/// Create user, and edit one.
#[derive(Debug)]
pub(super) struct Edit {
    pub(super) create: &'static str,
    pub(super) first_name: &'static str,
    pub(super) last_name: &'static str,
    pub(super) email: &'static str,
    pub(super) company_setting: fn(now: &str) -> String,
    pub(super) result: fn(what: &str) -> String,
    pub(super) company_wins: fn(company: &str) -> String,
    pub(super) none_is_company: fn(company: &str) -> String,
    pub(super) password_alone: &'static str,
    pub(super) own_choice_wins: &'static str,
    pub(super) gets_invitation: &'static str,
    pub(super) gets_no_mail: fn(first_name: &str) -> String,
    pub(super) gets_mail_about_address: &'static str,
    pub(super) save: &'static str,
    pub(super) cancel: &'static str,
    pub(super) discard: &'static str,
    pub(super) invitation_sent: fn(to: &str) -> String,
    pub(super) saved: fn(name: &str) -> String,
    pub(super) invitation: &'static str,
    pub(super) invited_until: fn(until: &str) -> String,
    pub(super) invitation_ran_out: fn(at: &str) -> String,
    pub(super) invitation_refused: &'static str,
    pub(super) send_again: &'static str,
    pub(super) again_at: fn(at: &str) -> String,
    pub(super) too_soon: &'static str,
    pub(super) withdraw: &'static str,
    pub(super) withdrawn: &'static str,
    pub(super) copy_link: &'static str,
    pub(super) copied: &'static str,
    pub(super) in_the_way: &'static str,
    pub(super) danger: &'static str,
    pub(super) reset: &'static str,
    pub(super) reset_means: fn(first_name: &str) -> String,
    pub(super) reset_self: &'static str,
    pub(super) account: &'static str,
    pub(super) unlock: &'static str,
    pub(super) unlock_means: fn(until: &str) -> String,
    pub(super) unlocked: fn(name: &str) -> String,
    pub(super) refused_means: fn(at: &str, again: &str) -> String,
    pub(super) refused_why: &'static str,
    pub(super) try_address: &'static str,
    pub(super) address_tried: fn(name: &str) -> String,
    pub(super) tried_often: &'static str,
    pub(super) invited_often: &'static str,
    pub(super) exempt: &'static str,
    pub(super) exempt_means: &'static str,
    pub(super) exempt_until: &'static str,
    pub(super) exempt_reason: &'static str,
    pub(super) exempt_reason_hint: &'static str,
    pub(super) exempt_title: fn(name: &str) -> String,
    pub(super) exempted: fn(name: &str, until: &str) -> String,
    pub(super) is_exempt: fn(until: &str) -> String,
    pub(super) end_exemption: &'static str,
    pub(super) exemption_ended: fn(name: &str) -> String,
    pub(super) approve: &'static str,
    pub(super) approval_means: &'static str,
    pub(super) approved: fn(name: &str, until: &str) -> String,
    pub(super) is_approved: fn(until: &str) -> String,
    pub(super) withdraw_approval: &'static str,
    pub(super) approval_withdrawn: &'static str,
    pub(super) press_again: &'static str,
    pub(super) kept: &'static str,
    pub(super) need_first: &'static str,
    pub(super) need_last: &'static str,
    pub(super) too_long: &'static str,
    pub(super) need_email: &'static str,
    pub(super) odd_email: &'static str,
    pub(super) taken: &'static str,
    pub(super) need_reason: &'static str,
    pub(super) need_date: &'static str,
    pub(super) stale: &'static str,
    pub(super) stale_caption: &'static str,
    pub(super) field: &'static str,
    pub(super) yours: &'static str,
    pub(super) theirs: &'static str,
    pub(super) need_own: &'static str,
    pub(super) not_on_oneself: &'static str,
    pub(super) last_admin: &'static str,
}

/// Resetting a person's authenticators.
#[derive(Debug)]
pub(super) struct Reset {
    pub(super) title: fn(name: &str) -> String,
    pub(super) goes: &'static str,
    pub(super) apps: fn(apps: usize) -> String,
    pub(super) sessions: &'static str,
    pub(super) stays: fn(what: &str) -> String,
    pub(super) mail: &'static str,
    pub(super) reason: &'static str,
    pub(super) reason_hint: &'static str,
    pub(super) confirm: &'static str,
    pub(super) done: fn(name: &str) -> String,
}

/// The activity log.
#[derive(Debug)]
pub(super) struct Activity {
    pub(super) title: &'static str,
    pub(super) caption: &'static str,
    pub(super) at: &'static str,
    pub(super) by: &'static str,
    pub(super) about: &'static str,
    pub(super) what: &'static str,
    pub(super) person: &'static str,
    pub(super) anybody: &'static str,
    pub(super) kind: &'static str,
    pub(super) any: &'static str,
    pub(super) logins: &'static str,
    pub(super) authenticators: &'static str,
    pub(super) people: &'static str,
    pub(super) settings: &'static str,
    pub(super) filter: &'static str,
    pub(super) clear: &'static str,
    pub(super) csv: &'static str,
    pub(super) empty: &'static str,
    pub(super) older: &'static str,
    pub(super) newest: &'static str,
    pub(super) looked_back: &'static str,
    pub(super) latest: &'static str,
    pub(super) details: &'static str,
    pub(super) before: &'static str,
    pub(super) after: &'static str,
    pub(super) reason: &'static str,
    pub(super) exactly: &'static str,
    pub(super) number: &'static str,
    pub(super) portal: &'static str,
    pub(super) mail_server: &'static str,
    pub(super) operator: fn(name: &str) -> String,
    pub(super) nobody_knows: &'static str,
    pub(super) former: &'static str,
    pub(super) company: &'static str,
}

impl Choice {
    /// The name of a requirement.
    pub(super) fn name(&self, required: Requirement) -> &'static str {
        match required {
            Requirement::None => self.none,
            Requirement::Email => self.email,
            Requirement::App => self.app,
        }
    }

    /// The same as an option of the dropdown.
    pub(super) fn option(&self, required: Requirement) -> &'static str {
        match required {
            Requirement::App => self.app_recommended,
            other => self.name(other),
        }
    }
}

impl General {
    /// The sentence under the dropdown.
    pub(super) fn means(&self, required: Requirement) -> &'static str {
        match required {
            Requirement::None => self.none_means,
            Requirement::Email => self.email_means,
            Requirement::App => self.app_means,
        }
    }

    /// The condition for setting up a first app.
    pub(super) fn before_enrollment_name(&self, before: BeforeEnrollment) -> &'static str {
        match before {
            BeforeEnrollment::Nothing => self.after_nothing,
            BeforeEnrollment::EmailCode => self.after_email_code,
            BeforeEnrollment::Approval => self.after_approval,
        }
    }
}
