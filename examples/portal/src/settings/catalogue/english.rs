//! English.

use countersign::account::{EventKind, Miss};
use countersign::policy::{EnrollBy, Layer, Resolution};
use countersign::{Method, Requirement};

use crate::design::when::When;
use crate::settings::roll::State;
use crate::settings::words::{
    Activity, Choice, Counts, Edit, General, Reset, Review, Users, Words,
};

pub(super) static WORDS: Words = Words {
    choice: Choice {
        label: "Two Factor Authentication",
        none: "No MFA",
        email: "Email MFA",
        app: "App MFA",
        app_recommended: "App MFA (recommended)",
        why,
    },
    general: General {
        title: "General",
        card: "Security settings",
        none_means: "People log in with just their password, unless you changed this for someone or they set up an app themselves.",
        email_means: "At each login people enter a code that we send by e-mail. People who have already set up an app use the app instead.",
        app_means: "At each login people enter a code from an app on their phone. Anyone without an app sets one up the next time they log in.",
        more: "More options",
        start: "When it starts",
        start_now: "At each person's next login",
        start_with_grace: "After some days, for people who are not ready yet",
        days: "Days to get ready",
        days_hint: "1 to 30. Saving again does not restart the countdown.",
        days_wrong: "Enter a number of days from 1 to 30.",
        grace_runs: |until, before| {
            format!("Until {until}, {before} is enough for people who are not ready yet.")
        },
        before_enrollment: "Before someone sets up their first app",
        before_enrollment_hint: "Only for people who have never used a second step.",
        after_nothing: "The password is enough",
        after_email_code: "They enter a code sent by e-mail",
        after_approval: "An administrator must approve it",
        everybody_out: "Ask everyone to log in again now",
        everybody_out_hint: "Everyone is logged out at once, including you.",
        save: "Save security settings",
        saved: |what, people| {
            format!(
                "Security settings saved. {what} now applies to {} from their next login.",
                persons(people)
            )
        },
        same_as_before: "No changes: these settings are already in place.",
        undo: "Undo",
        undo_until: |until| format!("Your last change can be undone until {until}."),
        undone: |what| format!("Undone. {what} applies again."),
        undo_over: "You can no longer undo that. Choose again and save.",
        changed_by: |who, at, what| {
            format!("{who} changed this to {what} ({at}). Check your choice again.")
        },
        changed: |what| {
            format!(
                "Someone else changed this to {what} while you were here. Check your choice again."
            )
        },
        yours: "Your choice",
        theirs: "Current setting",
        applies,
    },
    review: Review {
        title: "Review your change",
        before_and_after: "Before and after",
        setting: "Setting",
        now: "Now",
        then: "After saving",
        before_enrollment: "Before someone sets up their first app",
        grace: "When it starts",
        grace_until: |until| format!("for people who are not ready yet: from {until}"),
        at_once: "at the next login",
        caption: |people| format!("What happens to {} at the next login", persons(people)),
        not_all: |shown, people| format!("The first {shown} of {}.", persons(people)),
        who: "Who",
        what: "What happens",
        you: "you",
        ready: "Ready: enters a code from the app",
        ready_password: "Logs in with just the password",
        by_mail: "Gets codes by e-mail",
        links: "Sets up an app",
        needs_approval: "Must be allowed by an administrator to set up an app",
        stopped: "Cannot log in: we have no working e-mail address",
        looser: |own| format!("Their personal setting ({own}) will be ignored"),
        in_grace: |until| format!("Has until {until} to get ready"),
        one_of_them: "This includes you. You will need a code at your next login.",
        weaker: |people| format!("This makes logging in less secure for {}.", persons(people)),
        weaker_for_nobody: "This makes logging in less secure for people who join later.",
        strands_admins: "This would lock out every administrator.",
        strands_you: "This would lock you out.",
        need_own: "To make logging in less secure, you need a second step yourself. Set up an authenticator app first.",
        to_account: "Set up an authenticator app",
        out_too: "Everyone is logged out at once, including you.",
        save: "Save",
        back: "Back",
    },
    users: Users {
        title: "User Management",
        create: "Create user",
        ready: |ready, people| {
            let are = if ready == 1 { "is" } else { "are" };
            match people {
                1 => format!("{ready} of 1 person {are} ready."),
                _ => format!("{ready} of {people} people {are} ready."),
            }
        },
        the_rest: "Show people who are not ready",
        everybody: "Show everyone",
        search: "Search",
        state: "State",
        any: "Any",
        state_ready: "Ready",
        state_not_ready: "Not ready",
        state_invited: "Invited",
        state_locked: "Locked",
        state_stopped: "Cannot be reached",
        role: "Role",
        admin: "Administrator",
        member: "User",
        filter: "Filter",
        clear: "Clear the filters",
        csv: "Download this list (CSV)",
        caption: "People of the company",
        name: "Name",
        email: "E-mail",
        why: "Why",
        last_login: "Last login",
        never: "never",
        edit: "Edit",
        edit_of: |name| format!("Edit {name}"),
        actions: "Change",
        damaged: |names| {
            format!(
                "The accounts of these people are damaged, so they cannot log in and are not in this list: {names}. Ask whoever runs this portal to restore or reset them."
            )
        },
        no_match: "No matching people.",
        empty: "There are no people here yet.",
        next: "Next page",
        previous: "Previous page",
        shown: |from, to, of| format!("{from} to {to} of {of}"),
        sort_by: |column| format!("Sort by {column}"),
        access,
    },
    edit: Edit {
        create: "Create user",
        first_name: "First name",
        last_name: "Last name",
        email: "E-mail address",
        company_setting: |now| format!("Company setting (now: {now})"),
        result: |what| format!("This person will be asked for {what}."),
        company_wins: |company| {
            format!("The company requires {company}, so this person will be asked for that.")
        },
        none_is_company: |company| {
            format!(
                "You can't turn this off for one person while the company requires it ({company}). You can exempt them for a limited time."
            )
        },
        password_alone: "This person needs only a password.",
        own_choice_wins: "This person has set up an app and will be asked for a code from it.",
        gets_invitation: "This person gets an invitation by e-mail.",
        gets_no_mail: |first| {
            format!("We do not e-mail {first} about this change. It applies from the next login.")
        },
        gets_mail_about_address: "A new address takes effect immediately. We notify both addresses.",
        save: "Save",
        cancel: "Cancel",
        discard: "Close without saving what you typed?",
        invitation_sent: |to| format!("Invitation sent to {to}."),
        saved: |name| format!("Changes to {name} saved."),
        invitation: "Invitation",
        invited_until: |until| format!("Invited. The link works until {until}."),
        invitation_ran_out: |at| format!("The invitation has expired ({at})."),
        invitation_refused: "The invitation was not delivered: the mail server does not accept this address. Correct the address above.",
        send_again: "Send again",
        again_at: |at| format!("You can send it again after {at}."),
        too_soon: "You sent the invitation less than a minute ago. Wait a moment, then send it again.",
        withdraw: "Cancel the invitation",
        withdrawn: "Invitation cancelled. The link no longer works.",
        copy_link: "Copy link",
        copied: "Copied",
        in_the_way: "What is in the way",
        danger: "Danger zone",
        reset: "Reset authenticators",
        reset_means: |first| {
            format!(
                "For a lost phone. {first} is logged out everywhere. At the next login {first} uses the \
                 password, and sets up a new app if one is required."
            )
        },
        reset_self: "For your own account, use Account security.",
        account: "Account security",
        unlock: "Unlock now",
        unlock_means: |until| format!("Too many wrong codes: locked until {until}."),
        unlocked: |name| format!("{name} is unlocked."),
        refused_means: |at, again| {
            format!(
                "The mail server did not take our e-mail ({at}). A login tries again from {again}. Check the address above first."
            )
        },
        refused_why: "The server answered:",
        try_address: "Try this address again",
        address_tried: |name| format!("The next time {name} logs in, we try the address again."),
        tried_often: "You tried this address several times today. Ask the person for another one, or wait until tomorrow.",
        invited_often: "You invited this person several times. You can send another invitation in an hour.",
        exempt: "Exempt for a while",
        exempt_means: "Lets this person skip the company setting until a day you choose. A setting for this person still applies.",
        exempt_until: "Exempt until (30 days at most)",
        exempt_reason: "Reason",
        exempt_reason_hint: "It is shown in the activity log.",
        exempt_title: |name| format!("Exempt {name} for a while"),
        exempted: |name, until| format!("{name} is exempt until {until}."),
        is_exempt: |until| format!("Exempt from the company setting until {until}."),
        end_exemption: "End the exemption",
        exemption_ended: |name| format!("{name} is no longer exempt."),
        approve: "Allow app set-up",
        approval_means: "Lets this person set up their first app within a day.",
        approved: |name, until| format!("{name} may set up an app until {until}."),
        is_approved: |until| format!("This person may set up an app until {until}."),
        withdraw_approval: "Cancel permission",
        approval_withdrawn: "Permission cancelled.",
        press_again: "Identity confirmed. Now press the button again.",
        kept: "Identity confirmed. Your changes are not saved yet: press the button again.",
        need_first: "Enter a first name.",
        need_last: "Enter a last name.",
        too_long: "A name has at most 60 characters.",
        need_email: "Enter an e-mail address.",
        odd_email: "We cannot send e-mail to that address. Check it.",
        taken: "Someone in this company already has that address.",
        need_reason: "Enter a reason in one line, at most 200 characters.",
        need_date: "Choose a day from tomorrow on, at most 30 days ahead.",
        stale_caption: "Both versions",
        stale: "Someone else changed this person while you were here. Compare both versions, then save yours or cancel.",
        field: "Field",
        yours: "Yours",
        theirs: "Saved by someone else",
        need_own: "This makes logging in less secure. Set up an authenticator app for yourself first.",
        not_on_oneself: "You can't do this to your own account. Ask another administrator.",
        last_admin: "This is the only administrator. Make someone else an administrator first.",
    },
    reset: Reset {
        title: |name| format!("Reset authenticators of {name}"),
        goes: "What will be removed",
        apps: |apps| match apps {
            0 => "No app: this person has not set one up".to_owned(),
            1 => "The authenticator app".to_owned(),
            _ => format!("All {apps} authenticator apps"),
        },
        sessions: "All open logins: this person is logged out everywhere",
        stays: |what| format!("The rule stays the same: {what}."),
        mail: "This person gets an e-mail that says who did this and why.",
        reason: "Reason",
        reason_hint: "It is shown in the e-mail and in the activity log.",
        confirm: "Reset authenticators",
        done: |name| format!("The authenticators of {name} were reset."),
    },
    activity: Activity {
        title: "Activity",
        caption: "What happened in the company, newest first",
        at: "Time",
        by: "By",
        about: "Person",
        what: "What",
        person: "Person",
        anybody: "Everyone",
        kind: "Kind",
        any: "Everything",
        logins: "Logins and codes",
        authenticators: "Apps and addresses",
        people: "Changes by administrators",
        settings: "Company settings",
        filter: "Filter",
        clear: "Clear the filters",
        csv: "Download (CSV)",
        empty: "No matching events.",
        older: "Older",
        newest: "Newest",
        latest: "Latest activity",
        looked_back: "There may be older ones.",
        details: "Details",
        before: "Before",
        after: "After",
        reason: "Reason",
        exactly: "Exact time",
        number: "Number",
        portal: "the portal",
        mail_server: "the mail server",
        operator: |name| format!("{name} (operator)"),
        nobody_knows: "Unknown",
        former: "someone who is no longer here",
        company: "the company",
    },
    told,
    told_company_setting: "Company setting",
};

fn persons(people: u64) -> String {
    match people {
        1 => "1 person".to_owned(),
        _ => format!("{people} people"),
    }
}

fn applies(counts: Counts) -> String {
    let parts = [
        (counts.ready, "ready"),
        (counts.by_mail, "will get codes by e-mail"),
        (counts.in_doubt, "of these have never answered an e-mail from us"),
        (counts.link, "will set up an app at their next login"),
        (counts.need_approval, "must be allowed by an administrator first"),
        (counts.stopped, "cannot log in: no working e-mail address"),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(people, _)| *people > 0)
        .map(|(people, what)| format!("{people} {what}"))
        .collect();
    let mut sentence = format!("This affects {}: {}.", persons(counts.people), parts.join(", "));
    if counts.grace > 0 {
        let have = if counts.grace == 1 { "has" } else { "have" };
        sentence.push_str(&format!(" {} of them {have} some days to get ready.", counts.grace));
    }
    sentence
}

fn name(required: Requirement) -> &'static str {
    WORDS.choice.name(required)
}

fn why(resolution: &Resolution, when: When) -> String {
    let layer = match resolution.decided_by {
        None => "not required",
        Some(Layer::Tenant) => "company setting",
        Some(Layer::Role) => "set for the role",
        Some(Layer::User) => "set for this person",
        Some(Layer::Own) => "set up by this person",
        Some(_) => "required for everyone",
    };
    let mut why = match resolution.exempt_until {
        Some(until) if resolution.decided_by.is_none() => {
            format!("exempt until {}", when.near(until))
        }
        Some(until) => {
            format!("{layer}; exempt from the company setting until {}", when.near(until))
        }
        None => layer.to_owned(),
    };
    if let Some(EnrollBy { until, required }) = resolution.enroll_by {
        why.push_str(&format!("; {} from {}", name(required), when.near(until)));
    }
    why
}

fn access(state: State, when: When) -> String {
    match state {
        State::ReadyByPassword => "ready · password".to_owned(),
        State::ReadyByMail => "ready · e-mail".to_owned(),
        State::ReadyByApp => "ready · app".to_owned(),
        State::NotLinked { by: None } => "no app yet".to_owned(),
        State::NotLinked { by: Some(by) } => format!("no app yet · {} left", when.left(by)),
        State::NeedsApproval => "must be allowed to set up an app".to_owned(),
        State::Invited { .. } => "invited".to_owned(),
        State::InvitationOver { .. } => "invitation expired".to_owned(),
        State::Refused { invited: true } => {
            "invitation not delivered: address not accepted".to_owned()
        }
        State::Refused { invited: false } => "cannot get e-mail: address not accepted".to_owned(),
        State::NoAddress => "cannot get e-mail: no address".to_owned(),
        State::Locked { until } => format!("locked until {}", when.near(until)),
        State::SwitchedOff => "switched off: too many wrong codes".to_owned(),
        State::Suspended => "account switched off".to_owned(),
    }
}

fn by(method: Method) -> &'static str {
    match method {
        Method::Email => "from the e-mail",
        Method::App => "from the app",
    }
}

fn told(what: &EventKind, when: When) -> String {
    match what {
        EventKind::TenantCreated => "The company was created".to_owned(),
        EventKind::PolicyChanged { before, after, .. } if before == after => {
            format!("Options of the company setting changed; {} still applies", name(*after))
        }
        EventKind::PolicyChanged { before, after, .. } => {
            format!("Company setting changed: {} → {}", name(*before), name(*after))
        }
        EventKind::MailTextChanged => "An e-mail text of the company was changed".to_owned(),
        EventKind::Restored => {
            "The data was restored from a backup, and everyone was logged out".to_owned()
        }
        EventKind::TenantSignedOut => "Everyone was logged out".to_owned(),
        EventKind::ExistingUserAdded => "Account added".to_owned(),
        EventKind::UserCreated => "User created".to_owned(),
        EventKind::Invited => "Invitation sent".to_owned(),
        EventKind::InvitationAccepted => "Invitation accepted".to_owned(),
        EventKind::InvitationWithdrawn => "Invitation cancelled".to_owned(),
        EventKind::RuleChanged { before, after } => {
            let own = |rule: &Requirement| match rule {
                Requirement::None => WORDS.told_company_setting,
                other => name(*other),
            };
            format!("Setting for this person changed: {} → {}", own(before), own(after))
        }
        EventKind::Exempted { until, .. } => {
            format!("Exempt from the company setting until {}", when.near(*until))
        }
        EventKind::ExemptionEnded => "Exemption ended".to_owned(),
        EventKind::EnrollmentApproved { until } => {
            format!("Allowed to set up a first app until {}", when.near(*until))
        }
        EventKind::ApprovalWithdrawn => "Permission to set up an app cancelled".to_owned(),
        EventKind::AdminGranted => "Became an administrator".to_owned(),
        EventKind::AdminRevoked => "Is no longer an administrator".to_owned(),
        EventKind::CodeSent { again: false } => "Security code sent by e-mail".to_owned(),
        EventKind::CodeSent { again: true } => "Security code sent again".to_owned(),
        EventKind::Accepted { method, finished: true } => {
            format!("Logged in, or confirmed their identity, with a code {}", by(*method))
        }
        EventKind::Accepted { method, finished: false } => {
            format!("Right code {}, one more step needed", by(*method))
        }
        EventKind::Missed { method, miss, locked_until, disabled } => {
            let miss = match miss {
                Miss::Replayed => "Code used a second time",
                Miss::Slow => "Late code (slow phone clock)",
                Miss::Wrong => "Wrong code",
            };
            let mut text = format!("{miss} {}", by(*method));
            if let Some(until) = locked_until {
                text.push_str(&format!("; locked until {}", when.near(*until)));
            }
            if *disabled {
                text.push_str("; switched off");
            }
            text
        }
        EventKind::AppLinked { replaced: false, .. } => "Authenticator app set up".to_owned(),
        EventKind::AppLinked { replaced: true, .. } => "Authenticator app replaced".to_owned(),
        EventKind::AppRemoved { .. } => "Authenticator app removed".to_owned(),
        EventKind::Unlocked => "Unlocked".to_owned(),
        EventKind::Reset { .. } => "Authenticators reset".to_owned(),
        EventKind::PasswordChanged => "Password changed".to_owned(),
        EventKind::AddressChanged { in_use: true } => "Address for codes changed".to_owned(),
        EventKind::AddressChanged { in_use: false } => "New address, not confirmed yet".to_owned(),
        EventKind::AddressConfirmed => "New address confirmed".to_owned(),
        EventKind::AddressRefused => "The mail server did not accept the address".to_owned(),
        EventKind::AddressTriedAgain => "Address tried again".to_owned(),
        EventKind::MailNotSent { reason: Some(reason), .. } => {
            format!("A mail could not be sent: {reason}")
        }
        EventKind::MailNotSent { reason: None, .. } => {
            "A mail could not be sent in time".to_owned()
        }
        EventKind::Suspended => "Account switched off".to_owned(),
        EventKind::Resumed => "Account switched on again".to_owned(),
        EventKind::Removed => "Account removed".to_owned(),
        EventKind::DamageReplaced => {
            "The account was damaged; a new one was put in its place".to_owned()
        }
        EventKind::TenantDamageReplaced { required } => {
            format!("The record of the company was damaged; a new one asks for {}", name(*required))
        }
        EventKind::DamageErased => "A damaged account was removed".to_owned(),
        EventKind::Unreadable => "This entry cannot be read".to_owned(),
        EventKind::SignedOutEverywhere => "Logged out everywhere".to_owned(),
    }
}
