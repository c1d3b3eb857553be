//! The words of home and account security.

mod ar;
mod de;
mod en;

use maud::Markup;

use crate::design::Language;

/// Words around something that is marked up.
pub(super) type Around = fn(&Markup) -> Markup;

/// One language.
pub(super) struct Words {
    // Home.
    pub(super) hello: fn(&str) -> String,
    pub(super) how_title: &'static str,
    pub(super) logged_in_with: fn(&str) -> String,
    pub(super) ago: fn(&str) -> String,
    pub(super) by_password: &'static str,
    pub(super) by_mail: &'static str,
    pub(super) by_app: &'static str,
    pub(super) comma: &'static str,
    pub(super) other_companies: &'static str,
    pub(super) other_companies_more: &'static str,
    pub(super) log_in_to: fn(&str) -> String,
    pub(super) enroll_by: Around,
    pub(super) link_now: &'static str,
    pub(super) stronger_next_time: &'static str,

    // What happened just now.
    pub(super) app_linked: &'static str,
    pub(super) app_replaced: &'static str,
    pub(super) app_removed: &'static str,
    pub(super) address_confirmed: &'static str,

    // What is asked.
    pub(super) title: &'static str,
    pub(super) asked_title: &'static str,
    pub(super) no_mfa: &'static str,
    pub(super) email_mfa: &'static str,
    pub(super) app_mfa: &'static str,
    pub(super) because_company: &'static str,
    pub(super) because_role: &'static str,
    pub(super) because_user: &'static str,
    pub(super) because_own: &'static str,
    pub(super) because_floor: &'static str,
    pub(super) because_nobody: &'static str,
    pub(super) from_then: fn(&Markup, &str) -> Markup,
    pub(super) exempt_until: Around,

    // Apps.
    pub(super) apps_title: &'static str,
    pub(super) no_app: &'static str,
    pub(super) an_app: &'static str,
    pub(super) linked_on: Around,
    pub(super) ready: &'static str,
    pub(super) switched_off: &'static str,
    pub(super) link_app: &'static str,
    pub(super) link_another: &'static str,
    pub(super) replace_app: &'static str,
    pub(super) remove: &'static str,
    pub(super) last_needed: &'static str,

    // The address for codes.
    pub(super) email_title: &'static str,
    pub(super) no_address: &'static str,
    pub(super) confirmed: &'static str,
    pub(super) not_confirmed: &'static str,
    pub(super) refused: &'static str,
    pub(super) proposed: Around,
    pub(super) enter_code: &'static str,
    pub(super) change_address: &'static str,
    pub(super) new_address: &'static str,
    pub(super) no_such_address: &'static str,
    pub(super) address_steps: &'static str,
    pub(super) login_stays: Around,
    pub(super) send_code_there: &'static str,
    pub(super) confirmed_until: Around,
    pub(super) cancel: &'static str,

    // What happened lately.
    pub(super) lately_title: &'static str,
    pub(super) lately_caption: &'static str,
    pub(super) nothing_lately: &'static str,
    pub(super) what: &'static str,
    pub(super) when: &'static str,
    pub(super) who: &'static str,
    pub(super) you: &'static str,
    pub(super) an_administrator: &'static str,
    pub(super) an_operator: &'static str,
    pub(super) the_portal: &'static str,
    pub(super) account_made: &'static str,
    pub(super) invited: &'static str,
    pub(super) invitation_accepted: &'static str,
    pub(super) invitation_withdrawn: &'static str,
    pub(super) rule_changed: &'static str,
    pub(super) exempted: &'static str,
    pub(super) exemption_ended: &'static str,
    pub(super) pass_issued: &'static str,
    pub(super) pass_withdrawn: &'static str,
    pub(super) admin_granted: &'static str,
    pub(super) admin_revoked: &'static str,
    pub(super) code_sent: &'static str,
    pub(super) code_sent_again: &'static str,
    pub(super) passed_by_mail: &'static str,
    pub(super) passed_by_app: &'static str,
    pub(super) missed: &'static str,
    pub(super) missed_and_locked: &'static str,
    pub(super) event_app_linked: &'static str,
    pub(super) event_app_replaced: &'static str,
    pub(super) event_app_removed: &'static str,
    pub(super) unlocked: &'static str,
    pub(super) reset: &'static str,
    pub(super) password_changed: &'static str,
    pub(super) address_changed: &'static str,
    pub(super) event_address_confirmed: &'static str,
    pub(super) address_refused: &'static str,
    pub(super) suspended: &'static str,
    pub(super) resumed: &'static str,
    pub(super) signed_out: &'static str,
    pub(super) something: &'static str,
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        language.pick(&en::WORDS, &de::WORDS, &ar::WORDS)
    }
}
