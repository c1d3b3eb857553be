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
    too_many_tries: |at| format!("Too many tries. Try again after {at}."),
    logged_out: "You are logged out.",
    other_companies: "Another company?",
    ends_other: |name, company| {
        format!("You are logged in to {company} as {name}. Logging in here logs you out there.")
    },
    demo_accounts: "Demo accounts",
    demo_password: |password| html! { "They all have the password " (password) "." },

    check_mail: "Check your e-mail",
    open_app: "Open your authenticator app",
    mailed: |digits, to, until| html! { "We sent a " (digits) "-digit code to " (to) ". It works until " (until) "." },
    mailing: |digits, to, until| {
        html! { "We are sending a " (digits) "-digit code to " (to) " now. It works until " (until) "." }
    },
    mail_slow: |until| html! { "Our e-mail is slow at the moment. We keep trying until " (until) "." },
    mail_refused: |to| html! { "We could not deliver an e-mail to " (to) ". Ask your administrator to check the address." },
    in_the_app: |entry| html! { "Enter the code that the app shows for " (entry) "." },
    code: "Security code",
    code_hint: |digits| format!("{digits} digits"),
    not_in_inbox: "Not in your inbox?",
    spam: "Look in your spam or junk folder.",
    a_minute: "An e-mail usually takes less than a minute.",
    sender: |address| html! { "It comes from " (address) ". Allow this address if your e-mail is filtered." },
    marked: |letters| html! { "If you got several e-mails, use the one marked " (letters) "." },
    send_again: "Send a new code",
    possible_at: |at| html! { "You can send a new code after " (at) "." },
    sent_again: |until| html! { "We sent the code again. You can use any of the e-mails until " (until) "." },
    another_way: "Use another way",
    start_over: "Start over",
    cancel: "Cancel",
    not_accepted: "My code is not accepted",
    is_it_entry: |entry| html! { "Are you using the entry named " (entry) "?" },
    clock_automatic: "Set your phone's clock to automatic.",
    wait_for_next: "Wait for the next code. Each code works only once.",
    hidden: "hidden",
    at: "at",
    dot: "dot",

    confirm_you: "Confirm it is you",
    confirm: "Confirm",
    to_administer: "To change settings, confirm with a security code.",
    to_link: "To set up another authenticator app, confirm with a security code. Then you set it up.",
    to_replace: "To replace your authenticator app, confirm with a security code. Then you set up the new app, and the old one stops working.",
    to_remove: "To remove this authenticator app, confirm with a security code. Then it is removed.",
    to_confirm_address: "To use your new e-mail address for codes, enter the code we sent there.",
    to_stay: "Your company has changed how people log in. Confirm with a security code, and you stay logged in.",
    to_go_on: "To change this, confirm with a security code.",
    confirmed_for: "We will not ask you again for ten minutes.",

    wrong_mail: "That code is not right. Check the e-mail from this login.",
    wrong_app: "That code is not right. Check that you use the right entry in the app.",
    wrong_link: "That code is not right. If the app has an older entry with the same name, delete the older one.",
    used_mail: "That code was already used. Get a new one.",
    tries_left: |left| match left {
        1 => "One try left before we lock this login for a while.".to_owned(),
        _ => format!("{left} tries left before we lock this login for a while."),
    },
    asked_anew: "That page was out of date. Enter a new code.",

    link_app: "Set up your authenticator app",
    why_link: "Your company asks for a second step at login. You set it up once.",
    why_link_another: "From now on this app shows security codes for your logins.",
    get_app: "Get an app",
    which_app: "Which app?",
    sources: [
        "The password manager of your phone, if it can show security codes.",
        "Any authenticator app from the app store of your phone.",
        "The software your company uses, if it includes an authenticator.",
    ],
    scan: "Scan this code with the app",
    picture: |company| format!("QR code for {company}; you can type the key below instead"),
    on_this_phone: "On this phone?",
    open_in_app: "Open in app",
    cannot_scan: "Cannot scan?",
    type_key: |digits| format!("Enter this key in the app (time-based, {digits} digits)."),
    copy_key: "Copy key",
    copied: "Copied.",
    print: "Print",
    enter_code: "Enter the code it shows",
    works_until: |until| html! { "This page works until " (until) ". After that you get a new QR code; delete the old entry from your app." },

    choose_way: "Choose another way to log in",
    no_other_way: "You have only one way to log in.",
    way_mail: "E-mail",
    way_mail_more: "We send a code to your e-mail address.",
    way_mail_to: |to| html! { "We send a code to " (to) "." },
    send_by_mail: "Send a code",
    use_app: "Use the app",
    way_app: "Authenticator app",
    way_app_more: "You enter the code that your app shows.",
    way_app_since: |date| html! { "Set up on " (date) ". You enter the code that the app shows." },
    none_of_these: "None of these?",
    ask_admin: "Ask your administrator. After checking that it is you, they let you set up a new app at your next login.",
    back: "Back",

    locked_until: |at| html! { "Try again after " (at) ". Your password was not changed." },
    locked_help: "If someone else tried, change your password. Your administrator can unlock your login sooner.",
    again: "Log in again",
    try_again: "Try again",

    missing: "Page not found",
    missing_more: "The address is wrong or has changed, or the page is not for you.",
    slow_down: "Too many requests",
    slow_down_more: "Wait a few minutes, then try again.",
    foreign: "This page has expired",
    foreign_more: "Nothing was changed. The page is from an earlier visit, or the request came from another site. Reload the page and try again.",
    too_large: "The request is too large",
    too_large_more: "Nothing was changed.",
    odd: "Something is missing",
    odd_more: "The request was incomplete. Nothing was changed.",
    needs_app: "This needs an authenticator app",
    needs_app_more: "Set one up first, under Account security.",
    trouble: "That did not work",
    trouble_more: "Nothing was changed. Try again.",
    reference: |reference| html! { "Reference: " (reference) },
    go_home: "Home",

    welcome: |company| format!("Welcome to {company}"),
    invited_as: |address| html! { "You are invited as " (address) ". Choose a password to begin." },
    new_password: "New password",
    password_rule: |fewest| {
        format!("At least {fewest} characters. A few words are easier to remember than symbols.")
    },
    go_on: "Continue",
    choose_password: "Choose a password.",
    too_short: |fewest| format!("Use at least {fewest} characters."),
    password_too_long: "This password is too long.",
    invitation_over: "This invitation no longer works",
    invitation_used: "You have already accepted it. Log in.",
    invitation_ran_out: |who| format!("It worked for seven days. Ask {who} for a new invitation."),
    invitation_withdrawn: |who| {
        format!(
            "It was cancelled, or a newer e-mail replaced it. Look for a newer e-mail, or ask {who}."
        )
    },
    invitation_unknown: "This link is incomplete. Open it from the e-mail again, or copy all of it.",
    your_administrator: "your administrator",
    somebody_else: |name, invited| {
        format!("You are logged in as {name}. Log out to accept the invitation for {invited}.")
    },
    log_out: "Log out",

    help: "Help with logging in",
    help_parts: [
        (
            "The e-mail with the code does not arrive",
            "Look in your spam or junk folder. Wait a minute, then press Send a new code on the page that asks for the code. If no e-mail arrives at all, your administrator can check your address.",
        ),
        (
            "The code is not accepted",
            "Each code works once and for a short time. Use the newest e-mail, or wait for the next code in the app. Set your phone's clock to automatic.",
        ),
        (
            "I have no app yet",
            "The page with the QR code says where to get an app. Any app that scans this kind of code will do. You can also type the key.",
        ),
        (
            "I lost my phone, or have a new one",
            "On the page that asks for the code, choose Use another way. If there is no other way, ask your administrator to let you set up a new app at your next login.",
        ),
        (
            "I was asked to wait",
            "After several wrong codes we lock the login for a while, because someone may be guessing. The page says when you can try again. Your administrator can unlock it sooner.",
        ),
        (
            "Someone else may know my password",
            "If you get a code that you did not ask for, someone has entered your password. Tell your administrator.",
        ),
    ],
};
