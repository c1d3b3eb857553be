//! The words that stand on every page.

use crate::language::Language;

/// One language of the frame.
pub(super) struct Words {
    pub(super) skip: &'static str,
    pub(super) main_menu: &'static str,
    pub(super) home: &'static str,
    pub(super) account: &'static str,
    pub(super) settings: &'static str,
    pub(super) general: &'static str,
    pub(super) users: &'static str,
    pub(super) activity: &'static str,
    pub(super) log_out: &'static str,
    pub(super) help: &'static str,
    pub(super) language: &'static str,
    pub(super) error: &'static str,
    pub(super) problem: &'static str,
    pub(super) demo: &'static str,
    pub(super) inbox: &'static str,
    pub(super) phone: &'static str,
    pub(super) clock: &'static str,
    pub(super) show: &'static str,
    pub(super) seconds: fn(u64) -> String,
    pub(super) minutes: fn(u64) -> String,
    pub(super) hours: fn(u64) -> String,
    pub(super) days: fn(u64) -> String,
    pub(super) months: [&'static str; 12],
    pub(super) date: fn(usize, &str, usize) -> String,
}

impl Words {
    pub(super) fn of(language: Language) -> &'static Self {
        language.pick(&EN, &DE, &AR)
    }
}

fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

/// Arabic has forms for one, two, a few and many.
fn count_in_arabic(number: u64, one: &str, two: &str, few: &str, many: &str) -> String {
    match number {
        1 => one.to_owned(),
        2 => two.to_owned(),
        3..=10 => format!("{number} {few}"),
        _ => format!("{number} {many}"),
    }
}

static EN: Words = Words {
    skip: "Skip to the content",
    main_menu: "Main Menu",
    home: "Home",
    account: "Account security",
    settings: "Settings",
    general: "General",
    users: "User Management",
    activity: "Activity",
    log_out: "Log out",
    help: "Need help?",
    language: "Language",
    error: "Error: ",
    problem: "There is a problem",
    demo: "Demo tools",
    inbox: "Inbox",
    phone: "Phone",
    clock: "Clock",
    show: "Show the password",
    seconds: |n| count(n, "second", "seconds"),
    minutes: |n| count(n, "minute", "minutes"),
    hours: |n| count(n, "hour", "hours"),
    days: |n| count(n, "day", "days"),
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    date: |day, month, year| format!("{day} {month} {year}"),
};

static DE: Words = Words {
    skip: "Zum Inhalt",
    main_menu: "Hauptmenü",
    home: "Start",
    account: "Kontosicherheit",
    settings: "Einstellungen",
    general: "Allgemein",
    users: "Benutzerverwaltung",
    activity: "Aktivität",
    log_out: "Abmelden",
    help: "Hilfe?",
    language: "Sprache",
    error: "Fehler: ",
    problem: "Es gibt ein Problem",
    demo: "Demo-Werkzeuge",
    inbox: "Posteingang",
    phone: "Telefon",
    clock: "Uhr",
    show: "Passwort zeigen",
    seconds: |n| count(n, "Sekunde", "Sekunden"),
    minutes: |n| count(n, "Minute", "Minuten"),
    hours: |n| count(n, "Stunde", "Stunden"),
    days: |n| count(n, "Tag", "Tage"),
    months: [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    date: |day, month, year| format!("{day}. {month} {year}"),
};

static AR: Words = Words {
    skip: "انتقل إلى المحتوى",
    main_menu: "القائمة الرئيسية",
    home: "الرئيسية",
    account: "أمان الحساب",
    settings: "الإعدادات",
    general: "عام",
    users: "إدارة المستخدمين",
    activity: "النشاط",
    log_out: "تسجيل الخروج",
    help: "هل تحتاج إلى مساعدة؟",
    language: "اللغة",
    error: "خطأ: ",
    problem: "هناك مشكلة",
    demo: "أدوات العرض التجريبي",
    inbox: "صندوق الوارد",
    phone: "الهاتف",
    clock: "الساعة",
    show: "إظهار كلمة المرور",
    seconds: |n| count_in_arabic(n, "ثانية واحدة", "ثانيتان", "ثوانٍ", "ثانية"),
    minutes: |n| count_in_arabic(n, "دقيقة واحدة", "دقيقتان", "دقائق", "دقيقة"),
    hours: |n| count_in_arabic(n, "ساعة واحدة", "ساعتان", "ساعات", "ساعة"),
    days: |n| count_in_arabic(n, "يوم واحد", "يومان", "أيام", "يومًا"),
    months: [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
    date: |day, month, year| format!("{day} {month} {year}"),
};
