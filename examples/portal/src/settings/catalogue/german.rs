//! German.

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
        none_means: "Alle melden sich nur mit dem Passwort an, außer Sie haben das für jemanden geändert oder jemand hat selbst eine App eingerichtet.",
        email_means: "Bei jeder Anmeldung geben alle einen Code ein, den wir per E-Mail schicken. Wer schon eine App eingerichtet hat, benutzt stattdessen die App.",
        app_means: "Bei jeder Anmeldung geben alle einen Code aus einer App auf dem Telefon ein. Wer noch keine App hat, richtet sie bei der nächsten Anmeldung ein.",
        more: "Weitere Einstellungen",
        start: "Beginn",
        start_now: "Bei der nächsten Anmeldung jeder Person",
        start_with_grace: "Nach einigen Tagen, für alle, die noch nicht bereit sind",
        days: "Tage zur Vorbereitung",
        days_hint: "1 bis 30. Erneutes Speichern beginnt die Frist nicht von vorn.",
        days_wrong: "Geben Sie eine Zahl von Tagen von 1 bis 30 ein.",
        grace_runs: |until, before| {
            format!("Bis {until} genügt {before} für alle, die noch nicht bereit sind.")
        },
        before_enrollment: "Bevor jemand die erste App einrichtet",
        before_enrollment_hint: "Nur für Personen, die noch nie einen zweiten Schritt benutzt haben.",
        after_nothing: "Das Passwort genügt",
        after_email_code: "Sie geben einen Code aus einer E-Mail ein",
        after_approval: "Ein Administrator muss es erlauben",
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
        same_as_before: "Keine Änderung: Diese Einstellungen gelten schon.",
        undo: "Rückgängig",
        undo_until: |until| {
            format!("Ihre letzte Änderung lässt sich bis {until} rückgängig machen.")
        },
        undone: |what| format!("Rückgängig gemacht. {what} gilt wieder."),
        undo_over: "Das lässt sich nicht mehr rückgängig machen. Wählen Sie neu und speichern Sie.",
        changed_by: |who, at, what| {
            format!("{who} hat dies auf {what} geändert ({at}). Prüfen Sie Ihre Wahl noch einmal.")
        },
        changed: |what| {
            format!(
                "Jemand anderes hat dies inzwischen auf {what} geändert. Prüfen Sie Ihre Wahl noch einmal."
            )
        },
        yours: "Ihre Wahl",
        theirs: "Jetzige Einstellung",
        applies,
    },
    review: Review {
        title: "Prüfen Sie Ihre Änderung",
        before_and_after: "Vorher und nachher",
        setting: "Einstellung",
        now: "Jetzt",
        then: "Nach dem Speichern",
        before_enrollment: "Bevor jemand die erste App einrichtet",
        grace: "Beginn",
        grace_until: |until| format!("für alle, die noch nicht bereit sind: ab {until}"),
        at_once: "bei der nächsten Anmeldung",
        caption: |people| format!("Was bei der nächsten Anmeldung geschieht ({})", persons(people)),
        not_all: |shown, people| format!("Die ersten {shown} von {people}."),
        who: "Wer",
        what: "Was geschieht",
        you: "Sie",
        ready: "Bereit: gibt einen Code aus der App ein",
        ready_password: "Meldet sich nur mit dem Passwort an",
        by_mail: "Bekommt Codes per E-Mail",
        links: "Richtet eine App ein",
        needs_approval: "Ein Administrator muss das Einrichten einer App erlauben",
        stopped: "Kann sich nicht anmelden: Wir haben keine E-Mail-Adresse, die funktioniert",
        looser: |own| format!("Die persönliche Einstellung ({own}) zählt nicht mehr"),
        in_grace: |until| format!("Hat bis {until} Zeit"),
        one_of_them: "Das betrifft auch Sie. Bei Ihrer nächsten Anmeldung brauchen Sie einen Code.",
        weaker: |people| format!("Das macht die Anmeldung für {} weniger sicher.", persons(people)),
        weaker_for_nobody: "Das macht die Anmeldung für alle weniger sicher, die später dazukommen.",
        strands_admins: "Das würde alle Administratoren aussperren.",
        strands_you: "Das würde Sie selbst aussperren.",
        need_own: "Um die Anmeldung weniger sicher zu machen, brauchen Sie selbst einen zweiten Schritt. Richten Sie zuerst eine Authenticator-App ein.",
        to_account: "Eine Authenticator-App einrichten",
        out_too: "Alle werden sofort abgemeldet, auch Sie.",
        save: "Speichern",
        back: "Zurück",
    },
    users: Users {
        title: "Benutzerverwaltung",
        create: "Benutzer anlegen",
        ready: |ready, people| {
            let are = if ready == 1 { "ist" } else { "sind" };
            match people {
                1 => format!("{ready} von 1 Person {are} bereit."),
                _ => format!("{ready} von {people} Personen {are} bereit."),
            }
        },
        the_rest: "Personen zeigen, die nicht bereit sind",
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
        damaged: |names| {
            format!(
                "Die Konten dieser Personen sind beschädigt. Sie können sich nicht anmelden und fehlen in dieser Liste: {names}. Bitten Sie die Betreiber dieses Portals, sie wiederherzustellen oder zurückzusetzen."
            )
        },
        no_match: "Keine passenden Personen.",
        empty: "Hier ist noch niemand.",
        next: "Nächste Seite",
        previous: "Vorige Seite",
        shown: |from, to, of| format!("{from} bis {to} von {of}"),
        sort_by: |column| format!("Nach {column} sortieren"),
        access,
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
                "Für eine einzelne Person lässt sich das nicht abschalten, solange das Unternehmen es verlangt ({company}). Sie können die Person für begrenzte Zeit ausnehmen."
            )
        },
        password_alone: "Diese Person braucht nur ein Passwort.",
        own_choice_wins: "Diese Person hat selbst eine App eingerichtet und wird nach einem Code daraus gefragt.",
        gets_invitation: "Diese Person bekommt eine Einladung per E-Mail.",
        gets_no_mail: |first| {
            format!(
                "Wir schreiben {first} keine E-Mail über diese Änderung. Sie gilt ab der nächsten Anmeldung."
            )
        },
        gets_mail_about_address: "Eine neue Adresse gilt sofort. Wir benachrichtigen beide Adressen.",
        save: "Speichern",
        cancel: "Abbrechen",
        discard: "Schließen, ohne das Eingegebene zu speichern?",
        invitation_sent: |to| format!("Einladung an {to} gesendet."),
        saved: |name| format!("Änderungen an {name} gespeichert."),
        invitation: "Einladung",
        invited_until: |until| format!("Eingeladen. Der Link gilt bis {until}."),
        invitation_ran_out: |at| format!("Die Einladung ist abgelaufen ({at})."),
        invitation_refused: "Die Einladung wurde nicht zugestellt: Der Mailserver nimmt diese Adresse nicht an. Berichtigen Sie oben die Adresse.",
        send_again: "Noch einmal senden",
        again_at: |at| format!("Ab {at} können Sie sie noch einmal senden."),
        too_soon: "Sie haben die Einladung vor weniger als einer Minute gesendet. Warten Sie einen Moment und senden Sie sie dann noch einmal.",
        withdraw: "Einladung zurückziehen",
        withdrawn: "Einladung zurückgezogen. Der Link gilt nicht mehr.",
        copy_link: "Link kopieren",
        copied: "Kopiert",
        in_the_way: "Was im Weg steht",
        danger: "Gefahrenbereich",
        reset: "Authenticatoren zurücksetzen",
        reset_means: |first| {
            format!(
                "Für ein verlorenes Telefon. {first} wird überall abgemeldet. Bei der nächsten Anmeldung \
                 genügt zuerst das Passwort; wenn eine App verlangt wird, richtet {first} eine neue ein."
            )
        },
        reset_self: "Für Ihr eigenes Konto benutzen Sie die Kontosicherheit.",
        account: "Kontosicherheit",
        unlock: "Jetzt entsperren",
        unlock_means: |until| format!("Zu viele falsche Codes: gesperrt bis {until}."),
        unlocked: |name| format!("{name} ist entsperrt."),
        refused_means: |at, again| {
            format!(
                "Der Mailserver hat unsere E-Mail nicht angenommen ({at}). Eine Anmeldung versucht es ab {again} wieder. Prüfen Sie zuerst die Adresse oben."
            )
        },
        refused_why: "Der Server antwortete:",
        try_address: "Diese Adresse noch einmal versuchen",
        address_tried: |name| {
            format!("Bei der nächsten Anmeldung von {name} versuchen wir die Adresse noch einmal.")
        },
        tried_often: "Diese Adresse wurde heute mehrmals versucht. Bitten Sie die Person um eine andere, oder warten Sie bis morgen.",
        invited_often: "Sie haben diese Person mehrmals eingeladen. In einer Stunde können Sie eine weitere Einladung senden.",
        exempt: "Für eine Weile ausnehmen",
        exempt_means: "Für diese Person gilt die Einstellung des Unternehmens bis zu einem Tag nicht, den Sie wählen. Eine Einstellung für diese Person gilt weiter.",
        exempt_until: "Ausgenommen bis (höchstens 30 Tage)",
        exempt_reason: "Grund",
        exempt_reason_hint: "Er steht im Aktivitätsprotokoll.",
        exempt_title: |name| format!("{name} für eine Weile ausnehmen"),
        exempted: |name, until| format!("{name} ist bis {until} ausgenommen."),
        is_exempt: |until| format!("Von der Einstellung des Unternehmens ausgenommen bis {until}."),
        end_exemption: "Ausnahme beenden",
        exemption_ended: |name| format!("{name} ist nicht mehr ausgenommen."),
        approve: "Einrichten erlauben",
        approval_means: "Damit kann diese Person innerhalb eines Tages die erste App einrichten.",
        approved: |name, until| format!("{name} darf bis {until} eine App einrichten."),
        is_approved: |until| format!("Diese Person darf bis {until} eine App einrichten."),
        withdraw_approval: "Erlaubnis zurücknehmen",
        approval_withdrawn: "Erlaubnis zurückgenommen.",
        press_again: "Ihre Identität ist bestätigt. Drücken Sie den Knopf jetzt noch einmal.",
        kept: "Ihre Identität ist bestätigt. Ihre Änderungen sind noch nicht gespeichert: Drücken Sie den Knopf noch einmal.",
        need_first: "Geben Sie einen Vornamen ein.",
        need_last: "Geben Sie einen Nachnamen ein.",
        too_long: "Ein Name hat höchstens 60 Zeichen.",
        need_email: "Geben Sie eine E-Mail-Adresse ein.",
        odd_email: "An diese Adresse können wir keine E-Mail senden. Prüfen Sie sie.",
        taken: "Jemand in diesem Unternehmen hat diese Adresse schon.",
        need_reason: "Geben Sie einen Grund in einer Zeile ein, höchstens 200 Zeichen.",
        need_date: "Wählen Sie einen Tag ab morgen, höchstens 30 Tage voraus.",
        stale: "Jemand anderes hat diese Person inzwischen geändert. Vergleichen Sie beide Fassungen, dann speichern Sie Ihre oder brechen Sie ab.",
        stale_caption: "Beide Fassungen",
        field: "Feld",
        yours: "Ihre",
        theirs: "Von jemand anderem gespeichert",
        need_own: "Das macht die Anmeldung weniger sicher. Richten Sie zuerst für sich selbst eine Authenticator-App ein.",
        not_on_oneself: "Das können Sie nicht am eigenen Konto tun. Fragen Sie einen anderen Administrator.",
        last_admin: "Das ist der einzige Administrator. Machen Sie zuerst jemand anderen zum Administrator.",
    },
    reset: Reset {
        title: |name| format!("Authenticatoren von {name} zurücksetzen"),
        goes: "Was entfernt wird",
        apps: |apps| match apps {
            0 => "Keine App: Diese Person hat keine eingerichtet".to_owned(),
            1 => "Die Authenticator-App".to_owned(),
            _ => format!("Alle {apps} Authenticator-Apps"),
        },
        sessions: "Alle offenen Anmeldungen: Diese Person wird überall abgemeldet",
        stays: |what| format!("Die Regel bleibt dieselbe: {what}."),
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
        by: "Durch",
        about: "Person",
        what: "Was",
        person: "Person",
        anybody: "Alle",
        kind: "Art",
        any: "Alles",
        logins: "Anmeldungen und Codes",
        authenticators: "Apps und Adressen",
        people: "Änderungen von Administratoren",
        settings: "Einstellungen des Unternehmens",
        filter: "Filtern",
        clear: "Filter aufheben",
        csv: "Herunterladen (CSV)",
        empty: "Keine passenden Ereignisse.",
        older: "Ältere",
        newest: "Neueste",
        latest: "Letzte Aktivität",
        looked_back: "Vielleicht gibt es ältere.",
        details: "Einzelheiten",
        before: "Vorher",
        after: "Nachher",
        reason: "Grund",
        exactly: "Genaue Zeit",
        number: "Nummer",
        portal: "das Portal",
        mail_server: "der Mailserver",
        operator: |name| format!("{name} (Betrieb)"),
        nobody_knows: "Unbekannt",
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
            counts.in_doubt,
            "davon hat noch nie eine E-Mail von uns beantwortet",
            "davon haben noch nie eine E-Mail von uns beantwortet",
        ),
        (
            counts.link,
            "richtet bei der nächsten Anmeldung eine App ein",
            "richten bei der nächsten Anmeldung eine App ein",
        ),
        (
            counts.need_approval,
            "braucht erst die Erlaubnis eines Administrators",
            "brauchen erst die Erlaubnis eines Administrators",
        ),
        (
            counts.stopped,
            "kann sich nicht anmelden, weil die E-Mail-Adresse nicht funktioniert",
            "können sich nicht anmelden, weil die E-Mail-Adresse nicht funktioniert",
        ),
    ];
    let parts: Vec<_> = parts
        .into_iter()
        .filter(|(people, ..)| *people > 0)
        .map(|(people, one, more)| format!("{people} {}", if people == 1 { one } else { more }))
        .collect();
    let mut sentence = format!("Das betrifft {}: {}.", persons(counts.people), parts.join(", "));
    if counts.grace > 0 {
        let has = if counts.grace == 1 { "hat" } else { "haben" };
        sentence.push_str(&format!(" {} davon {has} noch einige Tage Zeit.", counts.grace));
    }
    sentence
}

fn name(required: Requirement) -> &'static str {
    WORDS.choice.name(required)
}

fn why(resolution: &Resolution, when: When) -> String {
    let layer = match resolution.decided_by {
        None => "nicht verlangt",
        Some(Layer::Tenant) => "Einstellung des Unternehmens",
        Some(Layer::Role) => "für die Rolle eingestellt",
        Some(Layer::User) => "für diese Person eingestellt",
        Some(Layer::Own) => "von dieser Person eingerichtet",
        Some(_) => "von allen verlangt",
    };
    let mut why = match resolution.exempt_until {
        Some(until) if resolution.decided_by.is_none() => {
            format!("ausgenommen bis {}", when.near(until))
        }
        Some(until) => format!(
            "{layer}; von der Einstellung des Unternehmens ausgenommen bis {}",
            when.near(until)
        ),
        None => layer.to_owned(),
    };
    if let Some(EnrollBy { until, required }) = resolution.enroll_by {
        why.push_str(&format!("; {} ab {}", name(required), when.near(until)));
    }
    why
}

fn access(state: State, when: When) -> String {
    match state {
        State::ReadyByPassword => "bereit · Passwort".to_owned(),
        State::ReadyByMail => "bereit · E-Mail".to_owned(),
        State::ReadyByApp => "bereit · App".to_owned(),
        State::NotLinked { by: None } => "noch keine App".to_owned(),
        State::NotLinked { by: Some(by) } => {
            format!("noch keine App · Frist: {}", when.left(by))
        }
        State::NeedsApproval => "braucht die Erlaubnis, eine App einzurichten".to_owned(),
        State::Invited { .. } => "eingeladen".to_owned(),
        State::InvitationOver { .. } => "Einladung abgelaufen".to_owned(),
        State::Refused { invited: true } => {
            "Einladung nicht zugestellt: Adresse nicht angenommen".to_owned()
        }
        State::Refused { invited: false } => {
            "bekommt keine E-Mail: Adresse nicht angenommen".to_owned()
        }
        State::NoAddress => "bekommt keine E-Mail: keine Adresse".to_owned(),
        State::Locked { until } => format!("gesperrt bis {}", when.near(until)),
        State::SwitchedOff => "abgeschaltet: zu viele falsche Codes".to_owned(),
        State::Suspended => "Konto abgeschaltet".to_owned(),
    }
}

fn by(method: Method) -> &'static str {
    match method {
        Method::Email => "aus der E-Mail",
        Method::App => "aus der App",
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
        EventKind::MailTextChanged => "Ein E-Mail-Text des Unternehmens wurde geändert".to_owned(),
        EventKind::Restored => {
            "Die Daten wurden aus einer Sicherung wiederhergestellt, und alle wurden abgemeldet"
                .to_owned()
        }
        EventKind::TenantSignedOut => "Alle wurden abgemeldet".to_owned(),
        EventKind::ExistingUserAdded => "Konto hinzugefügt".to_owned(),
        EventKind::UserCreated => "Benutzer angelegt".to_owned(),
        EventKind::Invited => "Einladung gesendet".to_owned(),
        EventKind::InvitationAccepted => "Einladung angenommen".to_owned(),
        EventKind::InvitationWithdrawn => "Einladung zurückgezogen".to_owned(),
        EventKind::RuleChanged { before, after } => {
            let own = |rule: &Requirement| match rule {
                Requirement::None => WORDS.told_company_setting,
                other => name(*other),
            };
            format!("Einstellung für diese Person geändert: {} → {}", own(before), own(after))
        }
        EventKind::Exempted { until, .. } => {
            format!("Von der Einstellung des Unternehmens ausgenommen bis {}", when.near(*until))
        }
        EventKind::ExemptionEnded => "Ausnahme beendet".to_owned(),
        EventKind::EnrollmentApproved { until } => {
            format!("Darf bis {} eine erste App einrichten", when.near(*until))
        }
        EventKind::ApprovalWithdrawn => "Erlaubnis zum Einrichten zurückgenommen".to_owned(),
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
                Miss::Slow => "Verspäteter Code (Uhr des Telefons geht nach)",
                Miss::Wrong => "Falscher Code",
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
        EventKind::AppLinked { replaced: false, .. } => "Authenticator-App eingerichtet".to_owned(),
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
        EventKind::AddressRefused => "Der Mailserver hat die Adresse nicht angenommen".to_owned(),
        EventKind::AddressTriedAgain => "Adresse noch einmal versucht".to_owned(),
        EventKind::MailNotSent { reason: Some(reason), .. } => {
            format!("Eine E-Mail konnte nicht gesendet werden: {reason}")
        }
        EventKind::MailNotSent { reason: None, .. } => {
            "Eine E-Mail konnte nicht rechtzeitig gesendet werden".to_owned()
        }
        EventKind::Suspended => "Konto abgeschaltet".to_owned(),
        EventKind::Resumed => "Konto wieder eingeschaltet".to_owned(),
        EventKind::Removed => "Konto entfernt".to_owned(),
        EventKind::DamageReplaced => {
            "Das Konto war beschädigt; ein neues ist an seiner Stelle".to_owned()
        }
        EventKind::TenantDamageReplaced { required } => {
            format!(
                "Die Daten des Unternehmens waren beschädigt; die neuen verlangen {}",
                name(*required)
            )
        }
        EventKind::DamageErased => "Ein beschädigtes Konto wurde entfernt".to_owned(),
        EventKind::Unreadable => "Dieser Eintrag ist nicht lesbar".to_owned(),
        EventKind::SignedOutEverywhere => "Überall abgemeldet".to_owned(),
    }
}
