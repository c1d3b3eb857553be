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
    too_many_tries: |at| format!("Zu viele Versuche. Versuchen Sie es ab {at} wieder."),
    logged_out: "Sie sind abgemeldet.",
    other_companies: "Eine andere Firma?",
    ends_other: |name, company| {
        format!(
            "Sie sind bei {company} als {name} angemeldet. Wenn Sie sich hier anmelden, werden Sie dort abgemeldet."
        )
    },
    demo_accounts: "Demo-Konten",
    demo_password: |password| html! { "Alle haben das Passwort " (password) "." },

    check_mail: "Sehen Sie in Ihre E-Mails",
    open_app: "Öffnen Sie Ihre Authenticator-App",
    mailed: |digits, to, until| {
        html! { "Wir haben einen Code mit " (digits) " Ziffern an " (to) " gesendet. Er gilt bis " (until) "." }
    },
    mailing: |digits, to, until| {
        html! { "Wir senden gerade einen Code mit " (digits) " Ziffern an " (to) ". Er gilt bis " (until) "." }
    },
    mail_slow: |until| html! { "Unsere E-Mails sind gerade langsam. Wir versuchen es weiter bis " (until) "." },
    mail_refused: |to| html! { "Wir konnten keine E-Mail an " (to) " zustellen. Bitten Sie Ihre Administration, die Adresse zu prüfen." },
    in_the_app: |entry| html! { "Geben Sie den Code ein, den die App für " (entry) " zeigt." },
    code: "Sicherheitscode",
    code_hint: |digits| format!("{digits} Ziffern"),
    not_in_inbox: "Nicht im Posteingang?",
    spam: "Sehen Sie im Spam-Ordner nach.",
    a_minute: "Eine E-Mail braucht meist weniger als eine Minute.",
    sender: |address| html! { "Sie kommt von " (address) ". Lassen Sie diese Adresse zu, wenn Ihre E-Mails gefiltert werden." },
    marked: |letters| html! { "Wenn mehrere E-Mails gekommen sind, nehmen Sie die mit dem Zeichen " (letters) "." },
    send_again: "Neuen Code senden",
    possible_at: |at| html! { "Ab " (at) " können Sie einen neuen Code senden lassen." },
    sent_again: |until| html! { "Wir haben den Code noch einmal gesendet. Sie können jede der E-Mails bis " (until) " benutzen." },
    another_way: "Anderen Weg nehmen",
    start_over: "Von vorn beginnen",
    cancel: "Abbrechen",
    not_accepted: "Mein Code wird nicht angenommen",
    is_it_entry: |entry| html! { "Benutzen Sie den Eintrag mit dem Namen " (entry) "?" },
    clock_automatic: "Stellen Sie die Uhr Ihres Telefons auf automatisch.",
    wait_for_next: "Warten Sie auf den nächsten Code. Jeder Code gilt nur einmal.",
    hidden: "verborgen",
    at: "at",
    dot: "Punkt",

    confirm_you: "Bestätigen Sie, dass Sie es sind",
    confirm: "Bestätigen",
    to_administer: "Um Einstellungen zu ändern, bestätigen Sie mit einem Sicherheitscode.",
    to_link: "Um eine weitere Authenticator-App einzurichten, bestätigen Sie mit einem Sicherheitscode. Danach richten Sie sie ein.",
    to_replace: "Um Ihre Authenticator-App zu ersetzen, bestätigen Sie mit einem Sicherheitscode. Danach richten Sie die neue ein, und die alte gilt nicht mehr.",
    to_remove: "Um diese Authenticator-App zu entfernen, bestätigen Sie mit einem Sicherheitscode. Danach wird sie entfernt.",
    to_confirm_address: "Um Ihre neue E-Mail-Adresse für Codes zu nutzen, geben Sie den Code ein, den wir dorthin gesendet haben.",
    to_stay: "Ihre Firma hat geändert, wie man sich anmeldet. Bestätigen Sie mit einem Sicherheitscode, dann bleiben Sie angemeldet.",
    to_go_on: "Um das zu ändern, bestätigen Sie mit einem Sicherheitscode.",
    confirmed_for: "Wir fragen Sie zehn Minuten lang nicht noch einmal.",

    wrong_mail: "Dieser Code stimmt nicht. Sehen Sie in die E-Mail dieser Anmeldung.",
    wrong_app: "Dieser Code stimmt nicht. Prüfen Sie, ob Sie den richtigen Eintrag in der App benutzen.",
    wrong_link: "Dieser Code stimmt nicht. Wenn die App einen älteren Eintrag mit demselben Namen hat, löschen Sie den älteren.",
    used_mail: "Dieser Code wurde schon benutzt. Lassen Sie einen neuen senden.",
    tries_left: |left| match left {
        1 => "Noch ein Versuch, dann sperren wir diese Anmeldung für eine Weile.".to_owned(),
        _ => format!("Noch {left} Versuche, dann sperren wir diese Anmeldung für eine Weile."),
    },
    asked_anew: "Diese Seite war veraltet. Geben Sie einen neuen Code ein.",

    link_app: "Richten Sie Ihre Authenticator-App ein",
    why_link: "Ihre Firma verlangt bei der Anmeldung einen zweiten Schritt. Sie richten ihn einmal ein.",
    why_link_another: "Von jetzt an zeigt diese App Sicherheitscodes für Ihre Anmeldungen.",
    get_app: "Besorgen Sie eine App",
    which_app: "Welche App?",
    sources: [
        "Die Passwortverwaltung Ihres Telefons, wenn sie Sicherheitscodes zeigen kann.",
        "Eine Authenticator-App aus dem App-Store Ihres Telefons.",
        "Die Software Ihrer Firma, wenn ein Authenticator dabei ist.",
    ],
    scan: "Scannen Sie diesen Code mit der App",
    picture: |company| {
        format!("QR-Code für {company}; Sie können stattdessen den Schlüssel darunter eintippen")
    },
    on_this_phone: "Auf diesem Telefon?",
    open_in_app: "In der App öffnen",
    cannot_scan: "Scannen geht nicht?",
    type_key: |digits| {
        format!("Geben Sie diesen Schlüssel in der App ein (zeitbasiert, {digits} Ziffern).")
    },
    copy_key: "Schlüssel kopieren",
    copied: "Kopiert.",
    print: "Drucken",
    enter_code: "Geben Sie den Code ein, den sie zeigt",
    works_until: |until| html! { "Diese Seite gilt bis " (until) ". Danach bekommen Sie einen neuen QR-Code; löschen Sie dann den alten Eintrag in der App." },

    choose_way: "Wählen Sie einen anderen Weg",
    no_other_way: "Sie können sich nur auf eine Weise anmelden.",
    way_mail: "E-Mail",
    way_mail_more: "Wir senden einen Code an Ihre E-Mail-Adresse.",
    way_mail_to: |to| html! { "Wir senden einen Code an " (to) "." },
    send_by_mail: "Code senden",
    use_app: "App nutzen",
    way_app: "Authenticator-App",
    way_app_more: "Sie geben den Code ein, den Ihre App zeigt.",
    way_app_since: |date| html! { "Eingerichtet am " (date) ". Sie geben den Code ein, den die App zeigt." },
    none_of_these: "Nichts davon?",
    ask_admin: "Fragen Sie Ihre Administration. Sie prüft, dass Sie es sind, und lässt Sie bei der nächsten Anmeldung eine neue App einrichten.",
    back: "Zurück",

    locked_until: |at| html! { "Versuchen Sie es ab " (at) " wieder. Ihr Passwort wurde nicht geändert." },
    locked_help: "Wenn es jemand anderes versucht hat, ändern Sie Ihr Passwort. Ihre Administration kann Ihre Anmeldung früher entsperren.",
    again: "Wieder anmelden",
    try_again: "Noch einmal versuchen",

    missing: "Seite nicht gefunden",
    missing_more: "Die Adresse ist falsch oder hat sich geändert, oder die Seite ist nicht für Sie.",
    slow_down: "Zu viele Anfragen",
    slow_down_more: "Warten Sie einige Minuten und versuchen Sie es dann wieder.",
    foreign: "Diese Seite ist abgelaufen",
    foreign_more: "Nichts wurde geändert. Die Seite stammt von einem früheren Besuch, oder die Anfrage kam von einer anderen Website. Laden Sie die Seite neu und versuchen Sie es noch einmal.",
    too_large: "Die Anfrage ist zu groß",
    too_large_more: "Nichts wurde geändert.",
    odd: "Etwas fehlt",
    odd_more: "Die Anfrage war unvollständig. Nichts wurde geändert.",
    needs_app: "Das braucht eine Authenticator-App",
    needs_app_more: "Richten Sie zuerst eine ein, unter Kontosicherheit.",
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
    too_short: |fewest| format!("Nehmen Sie mindestens {fewest} Zeichen."),
    password_too_long: "Dieses Passwort ist zu lang.",
    invitation_over: "Diese Einladung gilt nicht mehr",
    invitation_used: "Sie haben sie schon angenommen. Melden Sie sich an.",
    invitation_ran_out: |who| {
        format!("Sie galt sieben Tage. Bitten Sie {who} um eine neue Einladung.")
    },
    invitation_withdrawn: |who| {
        format!(
            "Sie wurde zurückgezogen, oder eine neuere E-Mail ersetzt sie. Suchen Sie die neuere E-Mail, oder fragen Sie {who}."
        )
    },
    invitation_unknown: "Dieser Link ist unvollständig. Öffnen Sie ihn noch einmal aus der E-Mail, oder kopieren Sie ihn ganz.",
    your_administrator: "Ihre Administration",
    somebody_else: |name, invited| {
        format!(
            "Sie sind als {name} angemeldet. Melden Sie sich ab, um die Einladung für {invited} anzunehmen."
        )
    },
    log_out: "Abmelden",

    help: "Hilfe beim Anmelden",
    help_parts: [
        (
            "Die E-Mail mit dem Code kommt nicht an",
            "Sehen Sie im Spam-Ordner nach. Warten Sie eine Minute, dann lassen Sie auf der Seite, die nach dem Code fragt, einen neuen Code senden. Kommt gar keine E-Mail an, kann Ihre Administration Ihre Adresse prüfen.",
        ),
        (
            "Der Code wird nicht angenommen",
            "Jeder Code gilt einmal und nur kurze Zeit. Nehmen Sie die neueste E-Mail, oder warten Sie auf den nächsten Code in der App. Stellen Sie die Uhr Ihres Telefons auf automatisch.",
        ),
        (
            "Ich habe noch keine App",
            "Auf der Seite mit dem QR-Code steht, woher Sie eine App bekommen. Jede App, die solche Codes scannt, ist geeignet. Sie können den Schlüssel auch eintippen.",
        ),
        (
            "Mein Telefon ist verloren oder neu",
            "Wählen Sie auf der Seite, die nach dem Code fragt, Anderen Weg nehmen. Gibt es keinen anderen Weg, bitten Sie Ihre Administration, Sie bei der nächsten Anmeldung eine neue App einrichten zu lassen.",
        ),
        (
            "Ich soll warten",
            "Nach mehreren falschen Codes sperren wir die Anmeldung für eine Weile, denn vielleicht rät jemand. Auf der Seite steht, wann Sie es wieder versuchen können. Ihre Administration kann früher entsperren.",
        ),
        (
            "Vielleicht kennt jemand mein Passwort",
            "Wenn Sie einen Code bekommen, um den Sie nicht gebeten haben, hat jemand Ihr Passwort eingegeben. Sagen Sie es Ihrer Administration.",
        ),
    ],
};
