//! English.

use maud::html;

use crate::login::words::Words;

pub(super) static WORDS: Words = Words {
    log_in: "Log in",
    log_in_to: |company| format!("Log in to {company}"),
    email: "E-mail address",
    password: "Password",
    login: "Login",
    checking: "Checking…",
    no_match: "That e-mail address and password do not match.",
    enter_email: "Enter your e-mail address.",
    enter_password: "Enter your password.",
    too_many_tries: |at| format!("Too many tries. Try again at {at}."),
    logged_out: "You are logged out.",
    other_companies: "Another company?",
    ends_other: |name, company| {
        format!("You are logged in to {company} as {name}. Logging in here ends that.")
    },
    demo_accounts: "Demo accounts",
    demo_password: |password| html! { "The password of each is " (password) "." },

    check_mail: "Check your e-mail",
    open_app: "Open your authenticator app",
    mailed: |digits, to, until| html! { "We sent a " (digits) "-digit code to " (to) ". It works until " (until) "." },
    mailing: |digits, to, until| {
        html! { "We are sending a " (digits) "-digit code to " (to) " now. It works until " (until) "." }
    },
    mail_slow: |until| html! { "Our mail is slow at the moment. We keep trying until " (until) "." },
    mail_refused: |to| html! { "We could not deliver to " (to) ". Ask your administrator to check the address." },
    in_the_app: |entry| html! { "Enter the code it shows for " (entry) "." },
    code: "Security code",
    code_hint: |digits| format!("{digits} digits; spaces are fine"),
    not_in_inbox: "Not in your inbox?",
    spam: "Look in spam or junk.",
    a_minute: "A mail usually takes less than a minute.",
    sender: |address| html! { "It comes from " (address) "; allow that address if mails are filtered." },
    marked: |letters| html! { "Got more than one? Take the mail that is marked " (letters) "." },
    send_again: "Send a new code",
    possible_at: |at| html! { "Possible again at " (at) "." },
    sent_often: "The code was sent several times. Any mail from this login works.",
    sent_again: |until| {
        html! { "We sent the code again. Any mail from this login works until " (until) "." }
    },
    another_way: "Use another way",
    start_over: "Start over",
    cancel: "Cancel",
    not_accepted: "My code is not accepted",
    is_it_entry: |entry| html! { "Is it the entry that reads " (entry) "?" },
    clock_automatic: "Set the clock of the phone to automatic.",
    wait_for_next: "Wait for the next code. Each one works once.",
    hidden: "hidden",
    at: "at",
    dot: "dot",

    confirm_you: "Confirm it is you",
    confirm: "Confirm",
    to_administer: "To change settings, confirm with a security code.",
    to_link: "To link another authenticator app, confirm with a security code. You link it right after.",
    to_replace: "To replace your authenticator app, confirm with a security code. You link the new one right after; the old one stops working then.",
    to_remove: "To remove this authenticator app, confirm with a security code. It is removed right after.",
    to_confirm_address: "To use your new e-mail address for codes, enter the code we sent there. It is used from then on.",
    to_go_on: "To change this, confirm with a security code.",
    confirmed_for: "This counts for ten minutes.",

    empty: "Enter the security code.",
    digits_typed: |wanted, typed| format!("The code has {wanted} digits. You typed {typed}."),
    digits_only: "The code has digits only.",
    too_long: "That is too long for a code.",
    wrong_mail: "That code is not right. Check the mail from this login.",
    wrong_app: "That code is not right. Check the entry in the app.",
    wrong_link: "That code is not right. If the app has an older entry with the same name, delete that one.",
    used_mail: "That code was already used.",
    used_app: "Each code works once. Wait for the next one.",
    ran_out: "That code has run out. Send a new one.",
    clock_slow: |minutes| {
        let minutes =
            if minutes == 1 { "1 minute".to_owned() } else { format!("{minutes} minutes") };
        format!(
            "Your phone's clock seems to be about {minutes} slow. Set it to automatic and try the \
             next code."
        )
    },
    tries_left: |left| match left {
        1 => "One try left, then we stop for a while.".to_owned(),
        _ => format!("{left} tries left, then we stop for a while."),
    },
    ask_again_at: |at| format!("You can ask again at {at}."),
    not_offered: "That way is not open for this login.",
    asked_anew: "That page was out of date. Enter a new code.",

    link_app: "Link your authenticator app",
    why_link: "Your company asks for a second step. You do this once.",
    why_link_another: "The app shows security codes for your logins from now on.",
    get_app: "Get an app",
    which_app: "Which app?",
    sources: [
        "The password manager of your phone, if it keeps security codes.",
        "Any authenticator app from the app store of your phone.",
        "The software your company uses, if it has an authenticator.",
    ],
    scan: "Scan this code with it",
    picture: |company| format!("QR code for {company}; the key below does the same"),
    on_this_phone: "On this phone?",
    open_in_app: "Open in app",
    cannot_scan: "Cannot scan?",
    type_key: |digits| {
        format!("Type this key into the app. It is time based, {digits} digits, 30 seconds.")
    },
    copy_key: "Copy key",
    copied: "Copied.",
    print: "Print",
    enter_code: "Enter the code it shows",
    works_until: |until| {
        html! { "This page works until " (until) ". After that there is a new key, and the old entry in the app can be deleted." }
    },

    choose_way: "Choose another way to log in",
    no_other_way: "There is one way to log in for you, and no other.",
    way_mail: "E-mail",
    way_mail_more: "We send a code to your e-mail address.",
    way_mail_to: |to| html! { "We send a code to " (to) "." },
    send_by_mail: "Send a code",
    use_app: "Use the app",
    way_app: "Authenticator app",
    way_app_more: "You enter the code that your app shows.",
    way_app_since: |date| html! { "Linked on " (date) ". You enter the code that it shows." },
    none_of_these: "None of these?",
    ask_admin: "Ask your administrator. They check that it is you, and then let you link a new app at your next login.",
    back: "Back",

    locked: "Too many wrong codes",
    locked_until: |at| html! { "Try again at " (at) ". Your password was not changed." },
    locked_help: "If somebody else tried, change your password. Your administrator can open this login earlier.",
    locked_for_good: "This way is switched off",
    locked_for_good_more: "There were too many wrong codes. This way of logging in is switched off until it is linked again. Ask your administrator.",
    took_too_long: "This login ran out",
    took_too_long_more: "This login took longer than 15 minutes, so we closed it.",
    not_here: "This login is not open here",
    not_here_more: "It was started in another browser, or ended since.",
    already_used: "This login is over",
    already_used_more: "That code was already used, perhaps in another tab.",
    changed: "Something has changed",
    changed_more: "Your company or your account has just changed how you log in.",
    switched_off: "Your account is switched off",
    switched_off_more: "Ask your administrator.",
    no_way: "We cannot send you a code",
    no_way_more: "We could not deliver to your e-mail address. Ask your administrator to check it.",
    needs_pass: "Your administrator comes first",
    needs_pass_more: "You link an authenticator app at this login, and your company wants an administrator to allow that first. Ask for it, and log in again.",
    not_now: "Not now",
    not_now_more: "There were many logins in a short time. Wait a few minutes.",
    again: "Log in again",
    try_again: "Try again",

    missing: "This page is not here",
    missing_more: "The address has changed or was never one of ours, or the page is not for you.",
    slow_down: "Slow down",
    slow_down_more: "There were too many requests. Wait a few minutes.",
    foreign: "Nothing was changed",
    foreign_more: "This page is from an earlier visit, or the request came from another site. Load the page again and send it once more.",
    too_large: "That is too much",
    too_large_more: "The request is larger than we take. Nothing was changed.",
    odd: "We do not understand this request",
    odd_more: "Something in it is missing. Nothing was changed.",
    needs_app: "This needs an authenticator app",
    needs_app_more: "Link one first, under Account security.",
    trouble: "That did not work",
    trouble_more: "Nothing was changed. Try again.",
    reference: |reference| html! { "Reference: " (reference) },
    go_home: "Home",

    welcome: |company| format!("Welcome to {company}"),
    invited_as: |address| html! { "You are invited as " (address) ". Choose a password to begin." },
    new_password: "New password",
    password_rule: |fewest| {
        format!("At least {fewest} characters. A few words are easier to remember than signs.")
    },
    go_on: "Continue",
    choose_password: "Choose a password.",
    too_short: |fewest| format!("The password has fewer than {fewest} characters."),
    password_too_long: "The password is longer than we take.",
    invitation_over: "This invitation is over",
    invitation_used: "You already accepted. Log in.",
    invitation_ran_out: |who| {
        format!("It was good for seven days. Ask {who} for a new invitation.")
    },
    invitation_withdrawn: |who| {
        format!(
            "It was withdrawn, or a newer mail took its place. Look for a newer mail, or ask {who}."
        )
    },
    invitation_unknown: "This is not the whole link. Open it from the mail again, or copy all of it.",
    your_administrator: "your administrator",
    somebody_else: |name, invited| {
        format!("You are logged in as {name}. Log out to accept for {invited}.")
    },
    log_out: "Log out",

    help: "Help with logging in",
    help_parts: [
        (
            "The mail with the code does not come",
            "Look in spam or junk. Wait a minute, then press Send a new code on the page of the code. If no mail ever comes, your administrator can check your address.",
        ),
        (
            "The code is not accepted",
            "Each code works once and for a short time. Take the newest mail, or wait for the next code of the app. Set the clock of the phone to automatic.",
        ),
        (
            "I have no app yet",
            "The page with the QR code says where apps come from. Any app that reads this kind of code will do. You can also type the key.",
        ),
        (
            "My phone is lost or new",
            "On the page of the code, choose Use another way. If there is none, your administrator lets you link a new app at your next login.",
        ),
        (
            "I was asked to wait",
            "After several wrong codes we stop for a while, because somebody may be guessing. The page says until when. Your administrator can open it earlier.",
        ),
        (
            "Somebody else may know my password",
            "A code that you did not ask for means that somebody typed your password. Tell your administrator.",
        ),
    ],
};
