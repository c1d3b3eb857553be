//! German.

use maud::html;

use crate::login::words::Words;

pub(super) static WORDS: Words = Words {
    log_in: "Anmelden",
    log_in_to: |company| format!("Anmelden bei {company}"),
    email: "E-Mail-Adresse",
    password: "Passwort",
    login: "Anmelden",
    checking: "Wird geprüft…",
    no_match: "Diese E-Mail-Adresse und dieses Passwort passen nicht zusammen.",
    enter_email: "Geben Sie Ihre E-Mail-Adresse ein.",
    enter_password: "Geben Sie Ihr Passwort ein.",
    too_many_tries: |at| format!("Zu viele Versuche. Versuchen Sie es um {at} wieder."),
    logged_out: "Sie sind abgemeldet.",
    other_companies: "Eine andere Firma?",
    ends_other: |name, company| {
        format!("Sie sind bei {company} als {name} angemeldet. Eine Anmeldung hier beendet das.")
    },
    demo_accounts: "Demo-Konten",
    demo_password: |password| html! { "Das Passwort ist überall " (password) "." },

    check_mail: "Sehen Sie in Ihre E-Mails",
    open_app: "Öffnen Sie Ihre Authenticator-App",
    mailed: |digits, to, until| {
        html! { "Wir haben einen Code mit " (digits) " Ziffern an " (to) " gesendet. Er gilt bis " (until) "." }
    },
    mailing: |digits, to, until| {
        html! { "Wir senden gerade einen Code mit " (digits) " Ziffern an " (to) ". Er gilt bis " (until) "." }
    },
    mail_slow: |until| html! { "Unsere Mail ist gerade langsam. Wir versuchen es weiter bis " (until) "." },
    mail_refused: |to| html! { "Wir konnten an " (to) " nichts zustellen. Bitten Sie Ihre Administration, die Adresse zu prüfen." },
    in_the_app: |entry| html! { "Geben Sie den Code ein, den sie für " (entry) " zeigt." },
    code: "Sicherheitscode",
    code_hint: |digits| format!("{digits} Ziffern; Leerzeichen stören nicht"),
    not_in_inbox: "Nicht im Posteingang?",
    spam: "Sehen Sie im Spam-Ordner nach.",
    a_minute: "Eine Mail braucht meist weniger als eine Minute.",
    sender: |address| html! { "Sie kommt von " (address) "; lassen Sie diese Adresse zu, wenn Mails gefiltert werden." },
    marked: |letters| html! { "Mehr als eine da? Nehmen Sie die Mail mit dem Zeichen " (letters) "." },
    send_again: "Neuen Code senden",
    possible_at: |at| html! { "Wieder möglich um " (at) "." },
    sent_often: "Der Code wurde mehrmals gesendet. Jede Mail dieser Anmeldung gilt.",
    sent_again: |until| {
        html! { "Wir haben den Code noch einmal gesendet. Jede Mail dieser Anmeldung gilt bis " (until) "." }
    },
    another_way: "Anderen Weg nehmen",
    start_over: "Von vorn beginnen",
    cancel: "Abbrechen",
    not_accepted: "Mein Code wird nicht angenommen",
    is_it_entry: |entry| html! { "Ist es der Eintrag mit dem Namen " (entry) "?" },
    clock_automatic: "Stellen Sie die Uhr des Telefons auf automatisch.",
    wait_for_next: "Warten Sie auf den nächsten Code. Jeder gilt einmal.",
    hidden: "verborgen",
    at: "at",
    dot: "Punkt",

    confirm_you: "Bestätigen Sie, dass Sie es sind",
    confirm: "Bestätigen",
    to_administer: "Um Einstellungen zu ändern, bestätigen Sie mit einem Sicherheitscode.",
    to_link: "Um eine weitere Authenticator-App zu verknüpfen, bestätigen Sie mit einem Sicherheitscode. Gleich danach verknüpfen Sie sie.",
    to_replace: "Um Ihre Authenticator-App zu ersetzen, bestätigen Sie mit einem Sicherheitscode. Gleich danach verknüpfen Sie die neue; dann gilt die alte nicht mehr.",
    to_remove: "Um diese Authenticator-App zu entfernen, bestätigen Sie mit einem Sicherheitscode. Gleich danach wird sie entfernt.",
    to_confirm_address: "Um Ihre neue E-Mail-Adresse für Codes zu nutzen, geben Sie den Code ein, den wir dorthin gesendet haben. Von da an gilt sie.",
    to_go_on: "Um das zu ändern, bestätigen Sie mit einem Sicherheitscode.",
    confirmed_for: "Das gilt für zehn Minuten.",

    empty: "Geben Sie den Sicherheitscode ein.",
    digits_typed: |wanted, typed| {
        format!("Der Code hat {wanted} Ziffern. Sie haben {typed} eingegeben.")
    },
    digits_only: "Der Code besteht nur aus Ziffern.",
    too_long: "Das ist zu lang für einen Code.",
    wrong_mail: "Dieser Code stimmt nicht. Sehen Sie in die Mail dieser Anmeldung.",
    wrong_app: "Dieser Code stimmt nicht. Sehen Sie auf den Eintrag in der App.",
    wrong_link: "Dieser Code stimmt nicht. Hat die App einen älteren Eintrag mit demselben Namen, dann löschen Sie den.",
    used_mail: "Dieser Code wurde schon benutzt.",
    used_app: "Jeder Code gilt einmal. Warten Sie auf den nächsten.",
    ran_out: "Dieser Code ist abgelaufen. Lassen Sie einen neuen senden.",
    clock_slow: |minutes| {
        let minutes =
            if minutes == 1 { "1 Minute".to_owned() } else { format!("{minutes} Minuten") };
        format!(
            "Die Uhr Ihres Telefons geht wohl etwa {minutes} nach. Stellen Sie sie auf automatisch \
             und nehmen Sie den nächsten Code."
        )
    },
    tries_left: |left| match left {
        1 => "Noch ein Versuch, dann halten wir eine Weile an.".to_owned(),
        _ => format!("Noch {left} Versuche, dann halten wir eine Weile an."),
    },
    ask_again_at: |at| format!("Sie können um {at} wieder fragen."),
    not_offered: "Dieser Weg ist für diese Anmeldung nicht offen.",
    asked_anew: "Diese Seite war veraltet. Geben Sie einen neuen Code ein.",

    link_app: "Verknüpfen Sie Ihre Authenticator-App",
    why_link: "Ihre Firma verlangt einen zweiten Schritt. Das tun Sie einmal.",
    why_link_another: "Die App zeigt von da an Sicherheitscodes für Ihre Anmeldungen.",
    get_app: "Besorgen Sie eine App",
    which_app: "Welche App?",
    sources: [
        "Die Passwortverwaltung Ihres Telefons, wenn sie Sicherheitscodes führt.",
        "Eine Authenticator-App aus dem App-Store Ihres Telefons.",
        "Die Software Ihrer Firma, wenn ein Authenticator dabei ist.",
    ],
    scan: "Scannen Sie damit diesen Code",
    picture: |company| format!("QR-Code für {company}; der Schlüssel darunter tut dasselbe"),
    on_this_phone: "Auf diesem Telefon?",
    open_in_app: "In der App öffnen",
    cannot_scan: "Scannen geht nicht?",
    type_key: |digits| {
        format!(
            "Tippen Sie diesen Schlüssel in die App. Zeitbasiert, {digits} Ziffern, 30 Sekunden."
        )
    },
    copy_key: "Schlüssel kopieren",
    copied: "Kopiert.",
    print: "Drucken",
    enter_code: "Geben Sie den Code ein, den sie zeigt",
    works_until: |until| {
        html! { "Diese Seite gilt bis " (until) ". Danach gibt es einen neuen Schlüssel, und der alte Eintrag in der App kann gelöscht werden." }
    },

    choose_way: "Wählen Sie einen anderen Weg",
    no_other_way: "Für Sie gibt es einen Weg zur Anmeldung und keinen anderen.",
    way_mail: "E-Mail",
    way_mail_more: "Wir senden einen Code an Ihre E-Mail-Adresse.",
    way_mail_to: |to| html! { "Wir senden einen Code an " (to) "." },
    send_by_mail: "Code senden",
    use_app: "App nutzen",
    way_app: "Authenticator-App",
    way_app_more: "Sie geben den Code ein, den Ihre App zeigt.",
    way_app_since: |date| html! { "Verknüpft am " (date) ". Sie geben den Code ein, den sie zeigt." },
    none_of_these: "Nichts davon?",
    ask_admin: "Fragen Sie Ihre Administration. Sie prüft, dass Sie es sind, und lässt Sie bei der nächsten Anmeldung eine neue App verknüpfen.",
    back: "Zurück",

    locked: "Zu viele falsche Codes",
    locked_until: |at| html! { "Versuchen Sie es um " (at) " wieder. Ihr Passwort wurde nicht geändert." },
    locked_help: "Wenn jemand anderes es versucht hat, ändern Sie Ihr Passwort. Ihre Administration kann diese Anmeldung früher öffnen.",
    locked_for_good: "Dieser Weg ist abgeschaltet",
    locked_for_good_more: "Es gab zu viele falsche Codes. Dieser Weg ist abgeschaltet, bis er neu verknüpft wird. Fragen Sie Ihre Administration.",
    took_too_long: "Diese Anmeldung ist abgelaufen",
    took_too_long_more: "Diese Anmeldung dauerte länger als 15 Minuten, darum haben wir sie geschlossen.",
    not_here: "Diese Anmeldung ist hier nicht offen",
    not_here_more: "Sie wurde in einem anderen Browser begonnen oder ist schon beendet.",
    already_used: "Diese Anmeldung ist vorbei",
    already_used_more: "Dieser Code wurde schon benutzt, vielleicht in einem anderen Tab.",
    changed: "Etwas hat sich geändert",
    changed_more: "Ihre Firma oder Ihr Konto hat gerade geändert, wie Sie sich anmelden.",
    switched_off: "Ihr Konto ist abgeschaltet",
    switched_off_more: "Fragen Sie Ihre Administration.",
    no_way: "Wir können Ihnen keinen Code senden",
    no_way_more: "Wir konnten an Ihre E-Mail-Adresse nichts zustellen. Bitten Sie Ihre Administration, sie zu prüfen.",
    needs_pass: "Zuerst Ihre Administration",
    needs_pass_more: "Sie verknüpfen bei dieser Anmeldung eine Authenticator-App, und Ihre Firma will, dass die Administration das vorher erlaubt. Fragen Sie danach und melden Sie sich wieder an.",
    not_now: "Nicht jetzt",
    not_now_more: "Es gab viele Anmeldungen in kurzer Zeit. Warten Sie einige Minuten.",
    again: "Wieder anmelden",
    try_again: "Noch einmal versuchen",

    missing: "Diese Seite gibt es hier nicht",
    missing_more: "Die Adresse hat sich geändert oder war nie eine von uns, oder die Seite ist nicht für Sie.",
    slow_down: "Langsamer",
    slow_down_more: "Es waren zu viele Anfragen. Warten Sie einige Minuten.",
    foreign: "Nichts wurde geändert",
    foreign_more: "Diese Seite stammt von einem früheren Besuch, oder die Anfrage kam von einer anderen Website. Laden Sie die Seite neu und senden Sie sie noch einmal.",
    too_large: "Das ist zu viel",
    too_large_more: "Die Anfrage ist größer, als wir annehmen. Nichts wurde geändert.",
    odd: "Wir verstehen diese Anfrage nicht",
    odd_more: "Etwas fehlt darin. Nichts wurde geändert.",
    needs_app: "Das braucht eine Authenticator-App",
    needs_app_more: "Verknüpfen Sie zuerst eine, unter Kontosicherheit.",
    trouble: "Das hat nicht geklappt",
    trouble_more: "Nichts wurde geändert. Versuchen Sie es noch einmal.",
    reference: |reference| html! { "Zeichen: " (reference) },
    go_home: "Start",

    welcome: |company| format!("Willkommen bei {company}"),
    invited_as: |address| html! { "Sie sind als " (address) " eingeladen. Wählen Sie ein Passwort, um zu beginnen." },
    new_password: "Neues Passwort",
    password_rule: |fewest| {
        format!(
            "Mindestens {fewest} Zeichen. Einige Wörter merken sich leichter als Sonderzeichen."
        )
    },
    go_on: "Weiter",
    choose_password: "Wählen Sie ein Passwort.",
    too_short: |fewest| format!("Das Passwort hat weniger als {fewest} Zeichen."),
    password_too_long: "Das Passwort ist länger, als wir annehmen.",
    invitation_over: "Diese Einladung ist vorbei",
    invitation_used: "Sie haben sie schon angenommen. Melden Sie sich an.",
    invitation_ran_out: |who| {
        format!("Sie galt sieben Tage. Bitten Sie {who} um eine neue Einladung.")
    },
    invitation_withdrawn: |who| {
        format!(
            "Sie wurde zurückgenommen, oder eine neuere Mail ersetzt sie. Suchen Sie die neuere Mail, oder fragen Sie {who}."
        )
    },
    invitation_unknown: "Das ist nicht der ganze Link. Öffnen Sie ihn noch einmal aus der Mail, oder kopieren Sie ihn ganz.",
    your_administrator: "Ihre Administration",
    somebody_else: |name, invited| {
        format!("Sie sind als {name} angemeldet. Melden Sie sich ab, um für {invited} anzunehmen.")
    },
    log_out: "Abmelden",

    help: "Hilfe beim Anmelden",
    help_parts: [
        (
            "Die Mail mit dem Code kommt nicht",
            "Sehen Sie im Spam-Ordner nach. Warten Sie eine Minute, dann lassen Sie auf der Seite des Codes einen neuen senden. Kommt nie eine Mail, kann Ihre Administration Ihre Adresse prüfen.",
        ),
        (
            "Der Code wird nicht angenommen",
            "Jeder Code gilt einmal und kurze Zeit. Nehmen Sie die neueste Mail, oder warten Sie auf den nächsten Code der App. Stellen Sie die Uhr des Telefons auf automatisch.",
        ),
        (
            "Ich habe noch keine App",
            "Die Seite mit dem QR-Code sagt, woher Apps kommen. Jede App, die solche Codes liest, ist recht. Sie können den Schlüssel auch tippen.",
        ),
        (
            "Mein Telefon ist weg oder neu",
            "Wählen Sie auf der Seite des Codes einen anderen Weg. Gibt es keinen, lässt Ihre Administration Sie bei der nächsten Anmeldung eine neue App verknüpfen.",
        ),
        (
            "Ich soll warten",
            "Nach mehreren falschen Codes halten wir eine Weile an, denn vielleicht rät jemand. Die Seite sagt, bis wann. Ihre Administration kann früher öffnen.",
        ),
        (
            "Vielleicht kennt jemand mein Passwort",
            "Ein Code, den Sie nicht verlangt haben, heißt, dass jemand Ihr Passwort eingegeben hat. Sagen Sie es Ihrer Administration.",
        ),
    ],
};
