//! English.

use countersign::Requirement;
use countersign::rules::{EventKind, Layer, Miss, Resolution};
use countersign::words::Method;

use crate::settings::roll::State;
use crate::settings::when::When;
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
        none_means: "People log in with their password alone, unless they have a setting of their \
            own or linked an app by choice.",
        email_means: "At each login people enter a code that we send by e-mail. Who has linked an \
            app uses that instead.",
        app_means: "At each login people enter a code from an app on their phone. Who has no app \
            links one at the next login.",
        more: "More options",
        start: "It applies",
        start_now: "From the next login",
        start_with_grace: "After some days, for people who are not ready yet",
        days: "Days of grace",
        days_hint: "1 to 30. Saving the same choice again does not move the end.",
        days_wrong: "Enter a number of days from 1 to 30.",
        grace_runs: |until, before| {
            format!("Until {until}, {before} is enough for people who are not ready yet.")
        },
        gate: "Before a first app is linked",
        gate_hint: "Applies to people who never used a second step.",
        gate_none: "The password is enough",
        gate_email: "A code sent by e-mail comes first",
        gate_pass: "An administrator issues a pass",
        everybody_out: "Ask everybody to log in again now",
        everybody_out_hint: "Everybody is logged out at once, you too.",
        save: "Save security settings",
        saved: |what, people| {
            format!(
                "Security settings saved. {what} now applies to {} from their next login.",
                persons(people)
            )
        },
        same_as_before: "Nothing was changed. These settings hold already.",
        undo: "Undo",
        undo_until: |until| format!("Your last change can be undone until {until}."),
        undone: |what| format!("Undone. {what} applies again."),
        undo_over: "It is too late to undo that. Choose again and save.",
        changed_by: |who, at, what| format!("{who} changed this at {at} to {what}. Look again."),
        changed: |what| format!("Somebody changed this to {what} meanwhile. Look again."),
        yours: "Your choice",
        theirs: "What holds now",
        applies,
    },
    review: Review {
        title: "Look before you save",
        before_and_after: "Before and after",
        setting: "Setting",
        now: "Now",
        then: "After saving",
        gate: "Before a first app is linked",
        grace: "It applies",
        grace_until: |until| format!("for people who are not ready yet: from {until}"),
        at_once: "from the next login",
        caption: |people| format!("What happens to {} at the next login", persons(people)),
        not_all: |shown, people| format!("The first {shown} of {}.", persons(people)),
        who: "Who",
        what: "What happens",
        you: "you",
        ready: "Ready: enters a code from the app",
        ready_password: "Logs in with the password alone",
        by_mail: "Gets codes by e-mail",
        links: "Links an app",
        needs_pass: "Needs a pass from an administrator before an app can be linked",
        stopped: "Cannot log in: there is no address that takes our mail",
        looser: |own| format!("The own setting {own} no longer counts"),
        in_grace: |until| format!("Has time until {until}"),
        one_of_them: "You are one of them: you will be asked at your next login.",
        weaker: |people| format!("This makes logging in weaker for {}.", persons(people)),
        weaker_for_nobody: "This makes logging in weaker for people who come later.",
        strands_admins: "Nobody could administer the company any more.",
        strands_you: "You could not log in any more.",
        need_own: "Only an administrator with a second step of their own can make logging in \
            weaker. Link an authenticator app first.",
        to_account: "Link an authenticator app",
        out_too: "Everybody is logged out at once, you too.",
        save: "Save",
        back: "Back",
    },
    users: Users {
        title: "User Management",
        create: "Create user",
        ready: |ready, people| match people {
            1 => format!("{ready} of 1 person is ready."),
            _ => format!("{ready} of {people} people are ready."),
        },
        the_rest: "Show the others",
        everybody: "Show everybody",
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
        no_match: "No one matches.",
        empty: "There is nobody here yet.",
        next: "Next page",
        previous: "Previous page",
        shown: |from, to, of| format!("{from} to {to} of {of}"),
        sort_by: |column| format!("Sort by {column}"),
        standing,
    },
    edit: Edit {
        create: "Create user",
        first_name: "First name",
        last_name: "Last name",
        email: "E-mail address",
        company_setting: |now| format!("Company setting (now: {now})"),
        result: |what| format!("This person will be asked for {what}."),
        company_wins: |company| {
            format!("The company asks for {company}, so this person will be asked for that.")
        },
        none_is_company: |company| {
            format!(
                "No MFA never goes below the company setting ({company}): it is kept as Company \
                 setting. For a limited time, exempt the person."
            )
        },
        password_alone: "This person logs in with the password alone.",
        own_choice_wins: "This person linked an app by choice and will be asked for that.",
        gets_invitation: "This person gets an invitation by e-mail.",
        gets_no_mail: |first| {
            format!("{first} gets no e-mail about this change and is asked at the next login.")
        },
        gets_mail_about_address: "A new address is used at once. Both addresses get a mail.",
        save: "Save",
        cancel: "Cancel",
        discard: "Close without saving what you typed?",
        invitation_sent: |to| format!("Invitation sent to {to}."),
        saved: |name| format!("{name} is saved."),
        invitation: "Invitation",
        invited_until: |until| format!("Invited. The link works until {until}."),
        invitation_ran_out: |at| format!("The invitation ran out: {at}."),
        invitation_refused: "The invitation was not delivered: the mail server refuses this \
            address. Correct the address above.",
        send_again: "Send again",
        again_at: |at| format!("It can be sent again at {at}."),
        too_soon: "The invitation was sent less than a minute ago. Wait a little.",
        withdraw: "Withdraw the invitation",
        withdrawn: "The invitation is withdrawn. Its link is dead.",
        copy_link: "Copy link",
        copied: "Copied",
        danger: "Danger zone",
        reset: "Reset authenticators",
        reset_means: |first| {
            format!(
                "For a lost phone. {first} is logged out everywhere. At the next login the password \
                 comes first, and a new app is linked where one is asked for."
            )
        },
        reset_self: "Use Account security for your own.",
        account: "Account security",
        unlock: "Unlock now",
        unlock_means: |until| format!("Too many wrong codes: locked until {until}."),
        unlocked: |name| format!("{name} is unlocked."),
        exempt: "Exempt for a while",
        exempt_means: "The company setting does not count for this person until the end of that \
            day. An own setting still does.",
        exempt_until: "Exempt until (30 days at most)",
        exempt_reason: "Reason",
        exempt_reason_hint: "It stands in the activity log.",
        exempt_title: |name| format!("Exempt {name} for a while"),
        exempted: |name, until| format!("{name} is exempt until {until}."),
        is_exempt: |until| format!("Exempt from the company setting until {until}."),
        end_exemption: "End the exemption",
        exemption_ended: |name| format!("The exemption of {name} has ended."),
        pass: "Issue a pass",
        pass_means: "Lets this person link a first app within a day.",
        pass_issued: |name, until| format!("{name} has a pass until {until}."),
        has_pass: |until| format!("There is a pass until {until}."),
        withdraw_pass: "Take the pass back",
        pass_withdrawn: "The pass is taken back.",
        press_again: "You are confirmed. Now press the button again.",
        kept: "You are confirmed. What you typed is here again and is not saved yet.",
        need_first: "Enter a first name.",
        need_last: "Enter a last name.",
        too_long: "A name has at most 60 characters.",
        need_email: "Enter an e-mail address.",
        odd_email: "That is not an e-mail address that we can write to.",
        taken: "Somebody in this company has that address already.",
        need_reason: "Enter a reason of one line, at most 200 characters.",
        need_date: "Choose a day from tomorrow on, 30 days ahead at most.",
        stale_caption: "Both versions",
        stale: "Somebody else changed this person meanwhile. Look at both, then save yours or \
            cancel.",
        field: "Field",
        yours: "Yours",
        theirs: "Saved meanwhile",
        need_own: "This makes logging in weaker. Link an authenticator app of your own first.",
        not_on_oneself: "Nobody does this to their own account. Ask another administrator.",
        last_admin: "This is the last administrator. Make somebody else one first.",
    },
    reset: Reset {
        title: |name| format!("Reset authenticators of {name}"),
        goes: "What goes",
        apps: |apps| match apps {
            0 => "No app: none is linked".to_owned(),
            1 => "The linked authenticator app".to_owned(),
            _ => format!("All {apps} linked authenticator apps"),
        },
        sessions: "Every login that is open: this person is logged out everywhere",
        stays: |what| format!("What is asked for stays: {what}."),
        mail: "This person gets a mail that says who did this and why.",
        reason: "Reason",
        reason_hint: "It stands in the mail and in the activity log.",
        confirm: "Reset authenticators",
        done: |name| format!("The authenticators of {name} are reset."),
    },
    activity: Activity {
        title: "Activity",
        caption: "What happened in the company, newest first",
        at: "Time",
        by: "Who",
        about: "To whom",
        what: "What",
        person: "Person",
        anybody: "Anybody",
        kind: "Kind",
        any: "Everything",
        logins: "Logins and codes",
        authenticators: "Apps and addresses",
        people: "Acts of administrators",
        settings: "Company settings",
        filter: "Filter",
        clear: "Clear the filters",
        csv: "Download (CSV)",
        empty: "Nothing like that happened.",
        older: "Older",
        newest: "Newest",
        looked_back: "There is more further back.",
        details: "Details",
        before: "Before",
        after: "After",
        reason: "Reason",
        exactly: "Exact time",
        number: "Number",
        portal: "the portal",
        mail_server: "the mail server",
        operator: |name| format!("{name} (operator)"),
        former: "somebody who is no longer here",
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
        (counts.link, "will link an app at their next login"),
        (counts.pass, "will need a pass first"),
        (counts.stopped, "cannot get mail"),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(people, _)| *people > 0)
        .map(|(people, what)| format!("{people} {what}"))
        .collect();
    let mut sentence = format!("Applies to {}: {}.", persons(counts.people), parts.join(", "));
    if counts.grace > 0 {
        sentence.push_str(&format!(" {} of them will have time.", counts.grace));
    }
    sentence
}

fn name(required: Requirement) -> &'static str {
    WORDS.choice.name(required)
}

fn why(resolution: &Resolution, when: When) -> String {
    let layer = match resolution.decided_by {
        None => "nobody asks for more",
        Some(Layer::Company) => "company setting",
        Some(Layer::Role) => "setting for the role",
        Some(Layer::User) => "own setting",
        Some(Layer::Own) => "linked an app by choice",
        Some(_) => "required everywhere",
    };
    let mut why = match resolution.exempt_until {
        Some(until) if resolution.decided_by.is_none() => {
            format!("exempt until {}", when.near(until))
        }
        Some(until) => format!("{layer}; exempt from the company's until {}", when.near(until)),
        None => layer.to_owned(),
    };
    if let Some((from, then)) = resolution.enroll_by {
        why.push_str(&format!("; {} from {}", name(then), when.near(from)));
    }
    why
}

fn standing(state: State, when: When) -> String {
    match state {
        State::ReadyByPassword => "ready · password".to_owned(),
        State::ReadyByMail => "ready · e-mail".to_owned(),
        State::ReadyByApp => "ready · app".to_owned(),
        State::NotLinked { by: None } => "not linked yet".to_owned(),
        State::NotLinked { by: Some(by) } => format!("not linked yet · {} left", when.left(by)),
        State::NeedsPass => "needs a pass".to_owned(),
        State::Invited { .. } => "invited".to_owned(),
        State::InvitationOver { .. } => "invitation ran out".to_owned(),
        State::Refused { invited: true } => "invitation not delivered: address refused".to_owned(),
        State::Refused { invited: false } => "cannot get mail: address refused".to_owned(),
        State::NoAddress => "cannot get mail: no address".to_owned(),
        State::Locked { until } => format!("locked until {}", when.near(until)),
        State::SwitchedOff => "switched off: too many wrong codes".to_owned(),
        State::Suspended => "account switched off".to_owned(),
    }
}

fn by(method: Method) -> &'static str {
    match method {
        Method::Email => "from the e-mail",
        _ => "from the app",
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
        EventKind::MailTextChanged => "A mail text of the company was changed".to_owned(),
        EventKind::TenantSignedOut => "Everybody was logged out".to_owned(),
        EventKind::Adopted => "Taken over from the portal".to_owned(),
        EventKind::UserCreated => "User created".to_owned(),
        EventKind::Invited => "Invitation sent".to_owned(),
        EventKind::InvitationAccepted => "Invitation accepted".to_owned(),
        EventKind::InvitationWithdrawn => "Invitation withdrawn".to_owned(),
        EventKind::RuleChanged { before, after } => {
            let own = |rule: &Requirement| match rule {
                Requirement::None => WORDS.told_company_setting,
                other => name(*other),
            };
            format!("Own setting changed: {} → {}", own(before), own(after))
        }
        EventKind::Exempted { until, .. } => {
            format!("Exempt from the company setting until {}", when.near(*until))
        }
        EventKind::ExemptionEnded => "Exemption ended".to_owned(),
        EventKind::PassIssued { until } => {
            format!("Pass to link a first app, until {}", when.near(*until))
        }
        EventKind::PassWithdrawn => "Pass taken back".to_owned(),
        EventKind::AdminGranted => "Became an administrator".to_owned(),
        EventKind::AdminRevoked => "Is no longer an administrator".to_owned(),
        EventKind::CodeSent { again: false } => "Security code sent by e-mail".to_owned(),
        EventKind::CodeSent { again: true } => "Security code sent again".to_owned(),
        EventKind::Accepted { method, finished: true } => {
            format!("Logged in or confirmed with a code {}", by(*method))
        }
        EventKind::Accepted { method, finished: false } => {
            format!("Right code {}, one more step to go", by(*method))
        }
        EventKind::Missed { method, miss, locked_until, disabled } => {
            let miss = match miss {
                Miss::Replayed => "Code used a second time",
                Miss::Slow => "Code of a slow clock",
                _ => "Wrong code",
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
        EventKind::AppLinked { replaced: false, .. } => "Authenticator app linked".to_owned(),
        EventKind::AppLinked { replaced: true, .. } => "Authenticator app replaced".to_owned(),
        EventKind::AppRemoved { .. } => "Authenticator app removed".to_owned(),
        EventKind::Unlocked => "Unlocked".to_owned(),
        EventKind::Reset { .. } => "Authenticators reset".to_owned(),
        EventKind::PasswordChanged => "Password changed".to_owned(),
        EventKind::AddressChanged { in_use: true } => "Address for codes changed".to_owned(),
        EventKind::AddressChanged { in_use: false } => "New address, not confirmed yet".to_owned(),
        EventKind::AddressConfirmed => "New address confirmed".to_owned(),
        EventKind::AddressRefused => "The mail server refused the address".to_owned(),
        EventKind::Suspended => "Account switched off".to_owned(),
        EventKind::Resumed => "Account switched on again".to_owned(),
        EventKind::Removed => "Account removed".to_owned(),
        EventKind::SignedOutEverywhere => "Logged out everywhere".to_owned(),
        _ => "Something else".to_owned(),
    }
}
