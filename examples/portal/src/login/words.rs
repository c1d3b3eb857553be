//! The texts of the login. One struct, three languages; a missing text does not compile.

use maud::Markup;

/// Words around something that is marked up: a time, an address.
pub(super) type Around = fn(&Markup) -> Markup;
/// Words around the number of digits, an address, and a time.
pub(super) type AroundMail = fn(u8, &Markup, &Markup) -> Markup;

/// One language.
pub(super) struct Words {
    // The password.
    pub(super) log_in: &'static str,
    pub(super) log_in_to: fn(&str) -> String,
    pub(super) email: &'static str,
    pub(super) password: &'static str,
    pub(super) login: &'static str,
    pub(super) checking: &'static str,
    pub(super) no_match: &'static str,
    pub(super) enter_email: &'static str,
    pub(super) enter_password: &'static str,
    pub(super) too_many_tries: fn(&str) -> String,
    pub(super) logged_out: &'static str,
    pub(super) other_companies: &'static str,
    pub(super) ends_other: fn(&str, &str) -> String,
    pub(super) demo_accounts: &'static str,
    pub(super) demo_password: Around,

    // A security code.
    pub(super) check_mail: &'static str,
    pub(super) open_app: &'static str,
    pub(super) mailed: AroundMail,
    pub(super) mailing: AroundMail,
    pub(super) mail_slow: Around,
    pub(super) mail_refused: Around,
    pub(super) in_the_app: Around,
    pub(super) code: &'static str,
    pub(super) code_hint: fn(u8) -> String,
    pub(super) not_in_inbox: &'static str,
    pub(super) spam: &'static str,
    pub(super) a_minute: &'static str,
    pub(super) sender: Around,
    pub(super) marked: Around,
    pub(super) send_again: &'static str,
    pub(super) possible_at: Around,
    pub(super) sent_again: Around,
    pub(super) another_way: &'static str,
    pub(super) start_over: &'static str,
    pub(super) cancel: &'static str,
    pub(super) not_accepted: &'static str,
    pub(super) is_it_entry: Around,
    pub(super) clock_automatic: &'static str,
    pub(super) wait_for_next: &'static str,
    pub(super) hidden: &'static str,
    pub(super) at: &'static str,
    pub(super) dot: &'static str,

    // Confirming that it is you.
    pub(super) confirm_you: &'static str,
    pub(super) confirm: &'static str,
    pub(super) to_administer: &'static str,
    pub(super) to_link: &'static str,
    pub(super) to_replace: &'static str,
    pub(super) to_remove: &'static str,
    pub(super) to_confirm_address: &'static str,
    pub(super) to_stay: &'static str,
    pub(super) to_go_on: &'static str,
    pub(super) confirmed_for: &'static str,

    // Wrong answers.
    pub(super) wrong_mail: &'static str,
    pub(super) wrong_app: &'static str,
    pub(super) wrong_link: &'static str,
    pub(super) used_mail: &'static str,
    pub(super) tries_left: fn(u32) -> String,
    pub(super) asked_anew: &'static str,

    // Linking an app.
    pub(super) link_app: &'static str,
    pub(super) why_link: &'static str,
    pub(super) why_link_another: &'static str,
    pub(super) get_app: &'static str,
    pub(super) which_app: &'static str,
    pub(super) sources: [&'static str; 3],
    pub(super) scan: &'static str,
    pub(super) picture: fn(&str) -> String,
    pub(super) on_this_phone: &'static str,
    pub(super) open_in_app: &'static str,
    pub(super) cannot_scan: &'static str,
    pub(super) type_key: fn(u8) -> String,
    pub(super) copy_key: &'static str,
    pub(super) copied: &'static str,
    pub(super) print: &'static str,
    pub(super) enter_code: &'static str,
    pub(super) works_until: Around,

    // Other ways.
    pub(super) choose_way: &'static str,
    pub(super) no_other_way: &'static str,
    pub(super) way_mail: &'static str,
    pub(super) way_mail_more: &'static str,
    pub(super) way_mail_to: Around,
    pub(super) send_by_mail: &'static str,
    pub(super) use_app: &'static str,
    pub(super) way_app: &'static str,
    pub(super) way_app_more: &'static str,
    pub(super) way_app_since: Around,
    pub(super) none_of_these: &'static str,
    pub(super) ask_admin: &'static str,
    pub(super) back: &'static str,

    // Stopped.
    pub(super) locked_until: Around,
    pub(super) locked_help: &'static str,
    pub(super) again: &'static str,
    pub(super) try_again: &'static str,

    // Trouble.
    pub(super) missing: &'static str,
    pub(super) missing_more: &'static str,
    pub(super) slow_down: &'static str,
    pub(super) slow_down_more: &'static str,
    pub(super) foreign: &'static str,
    pub(super) foreign_more: &'static str,
    pub(super) too_large: &'static str,
    pub(super) too_large_more: &'static str,
    pub(super) odd: &'static str,
    pub(super) odd_more: &'static str,
    pub(super) needs_app: &'static str,
    pub(super) needs_app_more: &'static str,
    pub(super) trouble: &'static str,
    pub(super) trouble_more: &'static str,
    pub(super) reference: Around,
    pub(super) go_home: &'static str,

    // An invitation.
    pub(super) welcome: fn(&str) -> String,
    pub(super) invited_as: Around,
    pub(super) new_password: &'static str,
    pub(super) password_rule: fn(usize) -> String,
    pub(super) go_on: &'static str,
    pub(super) choose_password: &'static str,
    pub(super) too_short: fn(usize) -> String,
    pub(super) password_too_long: &'static str,
    pub(super) invitation_over: &'static str,
    pub(super) invitation_used: &'static str,
    pub(super) invitation_ran_out: fn(&str) -> String,
    pub(super) invitation_withdrawn: fn(&str) -> String,
    pub(super) invitation_unknown: &'static str,
    pub(super) your_administrator: &'static str,
    pub(super) somebody_else: fn(&str, &str) -> String,
    pub(super) log_out: &'static str,

    // Help.
    pub(super) help: &'static str,
    pub(super) help_parts: [(&'static str, &'static str); 6],
}
