//! German.

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
        label: "Zwei-Faktor-Authentisierung",
        none: "Keine MFA",
        email: "E-Mail-MFA",
        app: "App-MFA",
        app_recommended: "App-MFA (empfohlen)",
        why,
    },
    general: General {
        title: "Allgemein",
        card: "Sicherheitseinstellungen",
        none_means: "Das Passwort genügt, außer bei Personen mit eigener Einstellung oder mit einer \
            App, die sie selbst verknüpft haben.",
        email_means: "Bei jeder Anmeldung geben alle einen Code ein, den wir per E-Mail schicken. \
            Wer eine App verknüpft hat, benutzt diese.",
        app_means: "Bei jeder Anmeldung geben alle einen Code aus einer App auf dem Telefon ein. \
            Wer noch keine hat, verknüpft sie bei der nächsten Anmeldung.",
        more: "Weitere Einstellungen",
        start: "Es gilt",
        start_now: "Ab der nächsten Anmeldung",
        start_with_grace: "Nach einigen Tagen, für alle, die noch nicht bereit sind",
        days: "Tage Frist",
        days_hint: "1 bis 30. Wird dieselbe Wahl noch einmal gespeichert, bleibt das Ende, wie es war.",
        days_wrong: "Geben Sie eine Zahl von 1 bis 30 ein.",
        grace_runs: |until, before| {
            format!("Bis {until} genügt {before} für alle, die noch nicht bereit sind.")
        },
        gate: "Bevor eine erste App verknüpft wird",
        gate_hint: "Gilt für Personen, die noch nie einen zweiten Schritt benutzt haben.",
        gate_none: "Das Passwort genügt",
        gate_email: "Ein Code per E-Mail kommt zuerst",
        gate_pass: "Ein Administrator gibt sie frei",
        everybody_out: "Alle bitten, sich jetzt neu anzumelden",
        everybody_out_hint: "Alle werden sofort abgemeldet, auch Sie.",
        save: "Sicherheitseinstellungen speichern",
        saved: |what, people| {
            format!(
                "Sicherheitseinstellungen gespeichert. {what} gilt jetzt für {} ab der nächsten \
                 Anmeldung.",
                persons(people)
            )
        },
        same_as_before: "Nichts wurde geändert. Diese Einstellungen gelten schon.",
        undo: "Rückgängig",
        undo_until: |until| {
            format!("Ihre letzte Änderung lässt sich bis {until} rückgängig machen.")
        },
        undone: |what| format!("Rückgängig gemacht. {what} gilt wieder."),
        undo_over: "Das lässt sich nicht mehr rückgängig machen. Wählen Sie neu und speichern Sie.",
        changed_by: |who, at, what| {
            format!("{who} hat dies um {at} auf {what} geändert. Sehen Sie noch einmal hin.")
        },
        changed: |what| {
            format!("Jemand hat dies inzwischen auf {what} geändert. Sehen Sie noch einmal hin.")
        },
        yours: "Ihre Wahl",
        theirs: "Was jetzt gilt",
        applies,
    },
    review: Review {
        title: "Vor dem Speichern ansehen",
        before_and_after: "Vorher und nachher",
        setting: "Einstellung",
        now: "Jetzt",
        then: "Nach dem Speichern",
        gate: "Bevor eine erste App verknüpft wird",
        grace: "Es gilt",
        grace_until: |until| format!("für alle, die noch nicht bereit sind: ab {until}"),
        at_once: "ab der nächsten Anmeldung",
        caption: |people| format!("Was bei der nächsten Anmeldung geschieht ({})", persons(people)),
        not_all: |shown, people| format!("Die ersten {shown} von {people}."),
        who: "Wer",
        what: "Was geschieht",
        you: "Sie",
        ready: "Bereit: gibt einen Code aus der App ein",
        ready_password: "Meldet sich nur mit dem Passwort an",
        by_mail: "Bekommt Codes per E-Mail",
        links: "Verknüpft eine App",
        needs_pass: "Braucht vor dem Verknüpfen eine Freigabe",
        stopped: "Kann sich nicht anmelden: keine Adresse nimmt unsere Mail an",
        looser: |own| format!("Die eigene Einstellung {own} zählt nicht mehr"),
        in_grace: |until| format!("Hat Zeit bis {until}"),
        one_of_them: "Das betrifft auch Sie: Bei Ihrer nächsten Anmeldung werden Sie gefragt.",
        weaker: |people| format!("Das macht die Anmeldung für {} schwächer.", persons(people)),
        weaker_for_nobody: "Das macht die Anmeldung für alle schwächer, die später dazukommen.",
        strands_admins: "Niemand könnte das Unternehmen mehr verwalten.",
        strands_you: "Sie könnten sich nicht mehr anmelden.",
        need_own: "Schwächer macht die Anmeldung nur, wer selbst einen zweiten Schritt hat. \
            Verknüpfen Sie zuerst eine Authenticator-App.",
        to_account: "Eine Authenticator-App verknüpfen",
        out_too: "Alle werden sofort abgemeldet, auch Sie.",
        save: "Speichern",
        back: "Zurück",
    },
    users: Users {
        title: "Benutzerverwaltung",
        create: "Benutzer anlegen",
        ready: |ready, people| match people {
            1 => format!("{ready} von 1 Person ist bereit."),
            _ => format!("{ready} von {people} Personen sind bereit."),
        },
        the_rest: "Die anderen zeigen",
        everybody: "Alle zeigen",
        search: "Suche",
        state: "Zustand",
        any: "Alle",
        state_ready: "Bereit",
        state_not_ready: "Nicht bereit",
        state_invited: "Eingeladen",
        state_locked: "Gesperrt",
        state_stopped: "Nicht erreichbar",
        role: "Rolle",
        admin: "Administrator",
        member: "Benutzer",
        filter: "Filtern",
        clear: "Filter aufheben",
        csv: "Diese Liste herunterladen (CSV)",
        caption: "Personen des Unternehmens",
        name: "Name",
        email: "E-Mail",
        why: "Warum",
        last_login: "Letzte Anmeldung",
        never: "nie",
        edit: "Bearbeiten",
        edit_of: |name| format!("{name} bearbeiten"),
        actions: "Ändern",
        no_match: "Niemand passt dazu.",
        empty: "Hier ist noch niemand.",
        next: "Nächste Seite",
        previous: "Vorige Seite",
        shown: |from, to, of| format!("{from} bis {to} von {of}"),
        sort_by: |column| format!("Nach {column} sortieren"),
        standing,
    },
    edit: Edit {
        create: "Benutzer anlegen",
        first_name: "Vorname",
        last_name: "Nachname",
        email: "E-Mail-Adresse",
        company_setting: |now| format!("Einstellung des Unternehmens (jetzt: {now})"),
        result: |what| format!("Von dieser Person wird {what} verlangt."),
        company_wins: |company| {
            format!("Das Unternehmen verlangt {company}, also gilt das auch für diese Person.")
        },
        none_is_company: |company| {
            format!(
                "Keine MFA geht nie unter die Einstellung des Unternehmens ({company}): Gespeichert \
                 wird die Einstellung des Unternehmens. Für begrenzte Zeit gibt es die Ausnahme."
            )
        },
        password_alone: "Diese Person meldet sich nur mit dem Passwort an.",
        own_choice_wins: "Diese Person hat selbst eine App verknüpft und wird danach gefragt.",
        gets_invitation: "Diese Person bekommt eine Einladung per E-Mail.",
        gets_no_mail: |first| {
            format!(
                "{first} bekommt keine E-Mail über diese Änderung und wird bei der nächsten \
                 Anmeldung gefragt."
            )
        },
        gets_mail_about_address: "Eine neue Adresse gilt sofort. Beide Adressen bekommen eine E-Mail.",
        save: "Speichern",
        cancel: "Abbrechen",
        discard: "Schließen, ohne das Eingegebene zu speichern?",
        invitation_sent: |to| format!("Einladung an {to} gesendet."),
        saved: |name| format!("{name} ist gespeichert."),
        invitation: "Einladung",
        invited_until: |until| format!("Eingeladen. Der Link gilt bis {until}."),
        invitation_ran_out: |at| format!("Die Einladung ist abgelaufen: {at}."),
        invitation_refused: "Die Einladung wurde nicht zugestellt: Der Mailserver lehnt diese \
            Adresse ab. Berichtigen Sie oben die Adresse.",
        send_again: "Noch einmal senden",
        again_at: |at| format!("Um {at} kann sie noch einmal gesendet werden."),
        too_soon: "Die Einladung ging vor weniger als einer Minute hinaus. Warten Sie ein wenig.",
        withdraw: "Einladung zurückziehen",
        withdrawn: "Die Einladung ist zurückgezogen. Der Link ist tot.",
        copy_link: "Link kopieren",
        copied: "Kopiert",
        danger: "Gefahrenbereich",
        reset: "Authenticatoren zurücksetzen",
        reset_means: |first| {
            format!(
                "Für ein verlorenes Telefon. {first} wird überall abgemeldet. Bei der nächsten \
                 Anmeldung kommt das Passwort, und wo eine App verlangt wird, wird eine neue verknüpft."
            )
        },
        reset_self: "Für Ihr eigenes Konto gibt es die Kontosicherheit.",
        account: "Kontosicherheit",
        unlock: "Jetzt entsperren",
        unlock_means: |until| format!("Zu viele falsche Codes: gesperrt bis {until}."),
        unlocked: |name| format!("{name} ist entsperrt."),
        exempt: "Für eine Weile ausnehmen",
        exempt_means: "Die Einstellung des Unternehmens gilt für diese Person bis zum Ende des \
            Tages nicht. Eine eigene Einstellung gilt weiter.",
        exempt_until: "Ausgenommen bis (höchstens 30 Tage)",
        exempt_reason: "Grund",
        exempt_reason_hint: "Er steht im Aktivitätsprotokoll.",
        exempt_title: |name| format!("{name} für eine Weile ausnehmen"),
        exempted: |name, until| format!("{name} ist bis {until} ausgenommen."),
        is_exempt: |until| format!("Von der Einstellung des Unternehmens ausgenommen bis {until}."),
        end_exemption: "Ausnahme beenden",
        exemption_ended: |name| format!("Die Ausnahme von {name} ist beendet."),
        pass: "Freigeben",
        pass_means: "Damit kann diese Person innerhalb eines Tages eine erste App verknüpfen.",
        pass_issued: |name, until| format!("{name} hat eine Freigabe bis {until}."),
        has_pass: |until| format!("Es gibt eine Freigabe bis {until}."),
        withdraw_pass: "Freigabe zurücknehmen",
        pass_withdrawn: "Die Freigabe ist zurückgenommen.",
        press_again: "Sie sind bestätigt. Drücken Sie den Knopf jetzt noch einmal.",
        kept: "Sie sind bestätigt. Was Sie eingegeben haben, steht wieder da und ist noch nicht \
            gespeichert.",
        need_first: "Geben Sie einen Vornamen ein.",
        need_last: "Geben Sie einen Nachnamen ein.",
        too_long: "Ein Name hat höchstens 60 Zeichen.",
        need_email: "Geben Sie eine E-Mail-Adresse ein.",
        odd_email: "An diese Adresse können wir nicht schreiben.",
        taken: "Jemand in diesem Unternehmen hat diese Adresse schon.",
        need_reason: "Geben Sie einen Grund in einer Zeile ein, höchstens 200 Zeichen.",
        need_date: "Wählen Sie einen Tag ab morgen, höchstens 30 Tage voraus.",
        stale: "Jemand anders hat diese Person inzwischen geändert. Sehen Sie beides an, dann \
            speichern Sie Ihres oder brechen Sie ab.",
        stale_caption: "Beide Fassungen",
        field: "Feld",
        yours: "Ihre",
        theirs: "Inzwischen gespeichert",
        need_own: "Das macht die Anmeldung schwächer. Verknüpfen Sie zuerst selbst eine \
            Authenticator-App.",
        not_on_oneself: "Das tut niemand am eigenen Konto. Fragen Sie einen anderen Administrator.",
        last_admin: "Das ist der letzte Administrator. Machen Sie zuerst jemand anderen dazu.",
    },
    reset: Reset {
        title: |name| format!("Authenticatoren von {name} zurücksetzen"),
        goes: "Was wegfällt",
        apps: |apps| match apps {
            0 => "Keine App: Es ist keine verknüpft".to_owned(),
            1 => "Die verknüpfte Authenticator-App".to_owned(),
            _ => format!("Alle {apps} verknüpften Authenticator-Apps"),
        },
        sessions: "Jede offene Anmeldung: Diese Person wird überall abgemeldet",
        stays: |what| format!("Was verlangt wird, bleibt: {what}."),
        mail: "Diese Person bekommt eine E-Mail, die sagt, wer das getan hat und warum.",
        reason: "Grund",
        reason_hint: "Er steht in der E-Mail und im Aktivitätsprotokoll.",
        confirm: "Authenticatoren zurücksetzen",
        done: |name| format!("Die Authenticatoren von {name} sind zurückgesetzt."),
    },
    activity: Activity {
        title: "Aktivität",
        caption: "Was im Unternehmen geschah, das Neueste zuerst",
        at: "Zeit",
        by: "Wer",
        about: "Wem",
        what: "Was",
        person: "Person",
        anybody: "Alle",
        kind: "Art",
        any: "Alles",
        logins: "Anmeldungen und Codes",
        authenticators: "Apps und Adressen",
        people: "Taten von Administratoren",
        settings: "Einstellungen des Unternehmens",
        filter: "Filtern",
        clear: "Filter aufheben",
        csv: "Herunterladen (CSV)",
        empty: "So etwas ist nicht geschehen.",
        older: "Ältere",
        newest: "Neueste",
        looked_back: "Weiter zurück gibt es mehr.",
        details: "Einzelheiten",
        before: "Vorher",
        after: "Nachher",
        reason: "Grund",
        exactly: "Genaue Zeit",
        number: "Nummer",
        portal: "das Portal",
        mail_server: "der Mailserver",
        operator: |name| format!("{name} (Betrieb)"),
        former: "jemand, der nicht mehr hier ist",
        company: "das Unternehmen",
    },
    told,
    told_company_setting: "Einstellung des Unternehmens",
};

fn persons(people: u64) -> String {
    match people {
        1 => "1 Person".to_owned(),
        _ => format!("{people} Personen"),
    }
}

fn applies(counts: Counts) -> String {
    let parts = [
        (counts.ready, "bereit", "bereit"),
        (counts.by_mail, "bekommt Codes per E-Mail", "bekommen Codes per E-Mail"),
        (
            counts.link,
            "verknüpft bei der nächsten Anmeldung eine App",
            "verknüpfen bei der nächsten Anmeldung eine App",
        ),
        (counts.pass, "braucht erst eine Freigabe", "brauchen erst eine Freigabe"),
        (counts.stopped, "kann keine E-Mail bekommen", "können keine E-Mail bekommen"),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(people, ..)| *people > 0)
        .map(|(people, one, more)| format!("{people} {}", if people == 1 { one } else { more }))
        .collect();
    let mut sentence = format!("Gilt für {}: {}.", persons(counts.people), parts.join(", "));
    if counts.grace > 0 {
        let has = if counts.grace == 1 { "hat" } else { "haben" };
        sentence.push_str(&format!(" {} davon {has} noch Zeit.", counts.grace));
    }
    sentence
}

fn name(required: Requirement) -> &'static str {
    WORDS.choice.name(required)
}

fn why(resolution: &Resolution, when: When) -> String {
    let layer = match resolution.decided_by {
        None => "niemand verlangt mehr",
        Some(Layer::Company) => "Einstellung des Unternehmens",
        Some(Layer::Role) => "Einstellung für die Rolle",
        Some(Layer::User) => "eigene Einstellung",
        Some(Layer::Own) => "hat selbst eine App verknüpft",
        Some(_) => "überall verlangt",
    };
    let mut why = match resolution.exempt_until {
        Some(until) if resolution.decided_by.is_none() => {
            format!("ausgenommen bis {}", when.near(until))
        }
        Some(until) => format!("{layer}; vom Unternehmen ausgenommen bis {}", when.near(until)),
        None => layer.to_owned(),
    };
    if let Some((from, then)) = resolution.enroll_by {
        why.push_str(&format!("; {} ab {}", name(then), when.near(from)));
    }
    why
}

fn standing(state: State, when: When) -> String {
    match state {
        State::ReadyByPassword => "bereit · Passwort".to_owned(),
        State::ReadyByMail => "bereit · E-Mail".to_owned(),
        State::ReadyByApp => "bereit · App".to_owned(),
        State::NotLinked { by: None } => "noch nicht verknüpft".to_owned(),
        State::NotLinked { by: Some(by) } => {
            format!("noch nicht verknüpft · Frist: {}", when.left(by))
        }
        State::NeedsPass => "braucht eine Freigabe".to_owned(),
        State::Invited { .. } => "eingeladen".to_owned(),
        State::InvitationOver { .. } => "Einladung abgelaufen".to_owned(),
        State::Refused { invited: true } => {
            "Einladung nicht zugestellt: Adresse abgelehnt".to_owned()
        }
        State::Refused { invited: false } => "bekommt keine E-Mail: Adresse abgelehnt".to_owned(),
        State::NoAddress => "bekommt keine E-Mail: keine Adresse".to_owned(),
        State::Locked { until } => format!("gesperrt bis {}", when.near(until)),
        State::SwitchedOff => "abgeschaltet: zu viele falsche Codes".to_owned(),
        State::Suspended => "Konto abgeschaltet".to_owned(),
    }
}

fn by(method: Method) -> &'static str {
    match method {
        Method::Email => "aus der E-Mail",
        _ => "aus der App",
    }
}

fn told(what: &EventKind, when: When) -> String {
    match what {
        EventKind::TenantCreated => "Das Unternehmen wurde angelegt".to_owned(),
        EventKind::PolicyChanged { before, after, .. } if before == after => {
            format!("Weitere Einstellungen des Unternehmens geändert; {} gilt weiter", name(*after))
        }
        EventKind::PolicyChanged { before, after, .. } => {
            format!("Einstellung des Unternehmens geändert: {} → {}", name(*before), name(*after))
        }
        EventKind::MailTextChanged => "Ein Mailtext des Unternehmens wurde geändert".to_owned(),
        EventKind::TenantSignedOut => "Alle wurden abgemeldet".to_owned(),
        EventKind::Adopted => "Aus dem Portal übernommen".to_owned(),
        EventKind::UserCreated => "Benutzer angelegt".to_owned(),
        EventKind::Invited => "Einladung gesendet".to_owned(),
        EventKind::InvitationAccepted => "Einladung angenommen".to_owned(),
        EventKind::InvitationWithdrawn => "Einladung zurückgezogen".to_owned(),
        EventKind::RuleChanged { before, after } => {
            let own = |rule: &Requirement| match rule {
                Requirement::None => WORDS.told_company_setting,
                other => name(*other),
            };
            format!("Eigene Einstellung geändert: {} → {}", own(before), own(after))
        }
        EventKind::Exempted { until, .. } => {
            format!("Von der Einstellung des Unternehmens ausgenommen bis {}", when.near(*until))
        }
        EventKind::ExemptionEnded => "Ausnahme beendet".to_owned(),
        EventKind::PassIssued { until } => {
            format!("Freigabe für eine erste App bis {}", when.near(*until))
        }
        EventKind::PassWithdrawn => "Freigabe zurückgenommen".to_owned(),
        EventKind::AdminGranted => "Wurde Administrator".to_owned(),
        EventKind::AdminRevoked => "Ist nicht mehr Administrator".to_owned(),
        EventKind::CodeSent { again: false } => "Sicherheitscode per E-Mail gesendet".to_owned(),
        EventKind::CodeSent { again: true } => "Sicherheitscode noch einmal gesendet".to_owned(),
        EventKind::Accepted { method, finished: true } => {
            format!("Mit einem Code {} angemeldet oder bestätigt", by(*method))
        }
        EventKind::Accepted { method, finished: false } => {
            format!("Richtiger Code {}, ein Schritt fehlt noch", by(*method))
        }
        EventKind::Missed { method, miss, locked_until, disabled } => {
            let miss = match miss {
                Miss::Replayed => "Zum zweiten Mal benutzter Code",
                Miss::Slow => "Code einer Uhr, die nachgeht,",
                _ => "Falscher Code",
            };
            let mut text = format!("{miss} {}", by(*method));
            if let Some(until) = locked_until {
                text.push_str(&format!("; gesperrt bis {}", when.near(*until)));
            }
            if *disabled {
                text.push_str("; abgeschaltet");
            }
            text
        }
        EventKind::AppLinked { replaced: false, .. } => "Authenticator-App verknüpft".to_owned(),
        EventKind::AppLinked { replaced: true, .. } => "Authenticator-App ersetzt".to_owned(),
        EventKind::AppRemoved { .. } => "Authenticator-App entfernt".to_owned(),
        EventKind::Unlocked => "Entsperrt".to_owned(),
        EventKind::Reset { .. } => "Authenticatoren zurückgesetzt".to_owned(),
        EventKind::PasswordChanged => "Passwort geändert".to_owned(),
        EventKind::AddressChanged { in_use: true } => "Adresse für Codes geändert".to_owned(),
        EventKind::AddressChanged { in_use: false } => {
            "Neue Adresse, noch nicht bestätigt".to_owned()
        }
        EventKind::AddressConfirmed => "Neue Adresse bestätigt".to_owned(),
        EventKind::AddressRefused => "Der Mailserver hat die Adresse abgelehnt".to_owned(),
        EventKind::Suspended => "Konto abgeschaltet".to_owned(),
        EventKind::Resumed => "Konto wieder eingeschaltet".to_owned(),
        EventKind::Removed => "Konto entfernt".to_owned(),
        EventKind::SignedOutEverywhere => "Überall abgemeldet".to_owned(),
        _ => "Etwas anderes".to_owned(),
    }
}
