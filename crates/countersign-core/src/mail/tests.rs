//! What a mail promises, whoever chose the words that are inserted into it.

use super::value::Values;
use super::*;
use crate::types::{LetterId, Locale, SecretText, Timestamp};

const CODE: &str = "482913";
const LINK: &str = "https://portal.larkfield.example/invitation#kT9_x-2";
const FIREFOX: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";

/// Words that try to be more than words.
const HOSTILE: [&str; 9] = [
    "</td></tr></table><script>alert(1)</script><a href=\"https://evil.example\">",
    "x\" onmouseover=\"alert(1)' style='display:none",
    "Larkfield\r\nBcc: victim@evil.example\r\n\r\nhello",
    "a\u{85}b\u{2028}c\u{2029}d\u{b}e\0f\u{7f}g",
    "\u{202e}thgiR\u{2066}\u{2069}\u{200f}\u{feff}\u{e0041}",
    "{code}{link}{company}{{{}}}}",
    "https://evil.example/ www.evil.example",
    "00112233 999999 \u{661}\u{662}\u{663}\u{664}\u{665}\u{666}",
    "&lt;b&gt;&amp;&#10;",
];

fn locale(tag: &str) -> Locale {
    tag.parse().unwrap()
}

fn time(minutes: i64) -> Timestamp {
    Timestamp::from_seconds(1_795_530_120 + 60 * minutes)
}

/// A message of this kind in which everything that somebody may choose is `words`.
fn message(kind: MailKind, words: Option<&str>) -> Message {
    let at = time(0);
    let until = time(10);
    let given = words.map(str::to_owned);
    let code = SecretText::new(CODE.to_owned());
    let named = words.unwrap_or("Grace Hopper").to_owned();
    match kind {
        MailKind::LoginCode => {
            Message::LoginCode { code, at, until, client: given.clone(), reference: given }
        }
        MailKind::Invitation => {
            let link = SecretText::new(LINK.to_owned());
            Message::Invitation { link, until, invited_by: given }
        }
        MailKind::AppLinked => Message::AppLinked { at, client: given },
        MailKind::AppReplaced => Message::AppReplaced { at, client: given },
        MailKind::AppRemoved => Message::AppRemoved { at, client: given },
        MailKind::MfaReset => Message::MfaReset { at, by: named, reason: given },
        MailKind::Locked => Message::Locked { at, until },
        MailKind::AddressChanged => Message::AddressChanged { at, old: given, new: named },
    }
}

fn render_with(texts: &Texts, tag: &str, company: &str, message: Message) -> Mail {
    let to = "ada.lovelace@larkfield.example".parse().unwrap();
    let envelope = Envelope { to, letter: LetterId::from_bytes(*b"0123456789abcdef"), attempt: 2 };
    render(texts, &[locale(tag)], company, envelope, message)
}

/// The languages that have standard texts.
const TONGUES: [&str; 3] = ["en", "de", "ar"];

/// Every kind in each of them, with these words inserted everywhere.
fn every_mail(company: &str, words: Option<&str>) -> Vec<Mail> {
    let write = |tag, kind| render_with(&Texts::default(), tag, company, message(kind, words));
    TONGUES.iter().flat_map(|tag| MailKind::ALL.iter().map(|kind| write(tag, *kind))).collect()
}

fn hostile_mails() -> Vec<Mail> {
    HOSTILE.iter().flat_map(|words| every_mail(words, Some(words))).collect()
}

/// The digit groups of at least six digits, which a mail program may offer as the code.
fn long_numbers(text: &str) -> Vec<&str> {
    text.split(|c: char| !c.is_numeric()).filter(|run| run.chars().count() >= 6).collect()
}

/// The tags of a page, in order.
fn tags(html: &str) -> Vec<&str> {
    html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap()).collect()
}

/// The words of a page.
fn words_of(html: &str) -> String {
    let body = html.split("</style>").nth(1).unwrap();
    body.split('<').map(|part| part.split_once('>').map_or(part, |(_, words)| words)).collect()
}

#[test]
fn every_kind_speaks_three_languages_and_says_what_it_must() {
    for mail in every_mail("Larkfield Freight", Some("Firefox on Linux")) {
        let text = mail.text();
        let html = mail.html();
        assert!(mail.subject().contains("Larkfield Freight"), "{}", mail.subject());
        assert!(text.contains("Larkfield Freight") && text.contains("UTC"), "{text}");
        let dir = if mail.locale().language() == "ar" { "rtl" } else { "ltr" };
        let tongue = format!(" lang=\"{}\" dir=\"{dir}\"", mail.locale());
        // Web mails show what stands in the body and drop the element around it.
        assert_eq!(html.matches(&tongue).count(), 2, "{html}");
        assert!(html.contains("<meta name=\"color-scheme\" content=\"light dark\">"));
        assert_eq!(text.contains("Firefox on Linux"), mail.kind() != MailKind::Locked, "{text}");
        assert!(!text.contains(['{', '}', '<', '>']), "{text}");
        assert_eq!(mail.message_ref(), "30313233343536373839616263646566");
    }
}

#[test]
fn a_code_mail_reads_as_a_person_wrote_it() {
    let message = Message::LoginCode {
        code: SecretText::new(CODE.to_owned()),
        at: time(0),
        until: time(10),
        client: Some("Firefox 128.0 on Linux".to_owned()),
        reference: Some("K7".to_owned()),
    };
    assert_eq!(
        render_with(&Texts::default(), "en-GB", "Larkfield Freight", message).text(),
        "Your security code:\n482913\n\nIt works once, until 14:32 UTC.\nThis mail is marked K7.\n\n\
         Company: Larkfield Freight\nAsked for: 14:22 UTC\nBrowser: Firefox 128.0 on Linux\n\n\
         If this was not you, your password may be known.\n\
         Change your password and tell your administrator.\n\
         Do not give this code to anybody, whoever asks for it.\n"
    );
}

#[test]
fn a_line_whose_value_is_not_known_is_left_out() {
    for mail in every_mail("Larkfield", None) {
        for gone in [
            "Browser",
            "Reason",
            "Grund",
            "Invited by",
            "Eingeladen von",
            "marked",
            "(",
            "المتصفح",
            "السبب",
            "الدعوة من",
            "العلامة",
        ] {
            assert!(!mail.text().contains(gone), "{}", mail.text());
            assert!(!mail.subject().contains(gone), "{}", mail.subject());
        }
        assert!(
            !mail.text().contains("\n\n\n")
                && !mail.html().contains("<p style=\"margin:0 0 16px;\"></p>")
        );
    }
    let two = render_with(&Texts::default(), "en", "L", message(MailKind::LoginCode, Some("K7")));
    assert_eq!(two.subject(), "Your L security code (K7)");
}

#[test]
fn a_code_is_the_only_number_like_it_and_stands_alone() {
    for mail in hostile_mails().iter().filter(|mail| mail.kind() == MailKind::LoginCode) {
        assert_eq!(long_numbers(mail.text()), [CODE], "{}", mail.text());
        assert_eq!(mail.text().lines().filter(|line| *line == CODE).count(), 1);
        assert_eq!(long_numbers(&words_of(mail.html())), [CODE], "{}", mail.html());
        assert!(mail.html().contains(">482<span style=\"padding-left:16px;\">913</span></p>"));
        assert!(long_numbers(mail.subject()).is_empty(), "{}", mail.subject());
    }
    let text = every_mail("L", Some(FIREFOX)).swap_remove(0).text().to_owned();
    assert_eq!(long_numbers(&text), [CODE], "{text}");
}

#[test]
fn a_code_mail_has_no_link_and_an_invitation_has_one() {
    for mail in hostile_mails() {
        let links = usize::from(mail.kind() == MailKind::Invitation);
        assert_eq!(mail.text().matches("://").count(), links, "{}", mail.text());
        assert_eq!(mail.html().matches("://").count(), links, "{}", mail.html());
        assert_eq!(tags(mail.html()).iter().filter(|tag| tag.starts_with("a ")).count(), links);
        assert_eq!(mail.text().lines().filter(|line| *line == LINK).count(), links);
        assert!(!mail.html().contains("src=") && !mail.html().contains("url("));
    }
    for mail in every_mail("Larkfield", Some(FIREFOX)) {
        assert_eq!(mail.html().contains("http"), mail.kind() == MailKind::Invitation);
    }
}

#[test]
fn no_inserted_words_change_the_structure_of_a_mail() {
    for words in HOSTILE {
        let pairs =
            every_mail("Larkfield", Some("plain")).into_iter().zip(every_mail(words, Some(words)));
        for (plain, hostile) in pairs {
            assert_eq!(tags(hostile.html()), tags(plain.html()), "{words:?}");
            assert_eq!(hostile.text().lines().count(), plain.text().lines().count(), "{words:?}");
            let isolates = |mail: &Mail| mail.text().matches(['\u{2068}', '\u{2069}']).count();
            assert!(isolates(&hostile) <= isolates(&plain), "{words:?}");
            let ours = |part: &str| part.replace(['\u{2068}', '\u{2069}'], "");
            let text = ours(hostile.text());
            let html = ours(hostile.html());
            for part in [hostile.subject(), hostile.tenant_name(), &html, &text] {
                let steers = |c: char| {
                    (c.is_control() && c != '\n')
                        || matches!(c, '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200f}')
                };
                assert!(!part.contains(steers), "{part:?}");
            }
            assert!(!hostile.subject().contains('\n') && !hostile.tenant_name().contains('\n'));
        }
    }
}

#[test]
fn an_inserted_value_is_never_read_as_a_template() {
    let company = "{code}";
    let mail =
        render_with(&Texts::default(), "en", company, message(MailKind::LoginCode, Some("{at}")));
    assert_eq!(mail.subject(), "Your {code} security code ({at})");
    assert!(mail.text().contains("Company: {code}\n") && mail.text().contains("Browser: {at}\n"));
    assert_eq!(mail.text().matches(CODE).count(), 1);
    assert_eq!(words_of(mail.html()).matches(CODE).count(), 1);
}

#[test]
fn a_browser_cannot_name_a_host_to_visit() {
    let lure = "Account closed, go to evil.example or WWW.evil.example";
    let mail = render_with(&Texts::default(), "en", "L", message(MailKind::AppLinked, Some(lure)));
    assert!(mail.text().contains("go to evil example or WWW evil example"), "{}", mail.text());
}

#[test]
fn a_mail_stays_small_whatever_is_inserted() {
    for mail in
        hostile_mails().into_iter().chain(every_mail(&"&\"'".repeat(999), Some(&"\"".repeat(9999))))
    {
        assert!(mail.html().len() <= 10_000, "{} has {} bytes", mail.kind(), mail.html().len());
        assert!(mail.tenant_name().chars().count() <= 80 && mail.subject().len() < 500);
    }
}

#[test]
fn debug_output_shows_no_code_no_link_and_no_address() {
    for mail in every_mail("Larkfield", Some("somebody")) {
        let shown = format!("{mail:?} {mail:#?} {:?}", mail.message());
        for secret in [CODE, LINK, "kT9_x-2", "lovelace", "somebody", "Grace"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.contains("a••@larkfield.example") && shown.contains(mail.kind().as_str()));
    }
}

#[test]
fn a_template_that_is_wrong_is_refused_with_the_way_out() {
    let long = "x".repeat(4097);
    let many = format!("{{code}}\n{}", "{company}".repeat(33));
    let faults = [
        (
            "S",
            "{code} {coed}",
            "unknown placeholder {coed}; use one of {code}, {company}, {at}, {until}, {client}, {reference}",
        ),
        (
            "S",
            "{link}",
            "unknown placeholder {link}; use one of {code}, {company}, {at}, {until}, {client}, {reference}",
        ),
        (
            "S {code}",
            "{code}",
            "the subject cannot hold {code}; use {company} or plain words there",
        ),
        (
            "S {client}",
            "{code}",
            "the subject cannot hold {client}; use {company} or plain words there",
        ),
        (
            "S",
            "{code",
            "a brace stands alone; close it on its line, or write {{ or }} for the sign itself",
        ),
        (
            "S",
            "code}",
            "a brace stands alone; close it on its line, or write {{ or }} for the sign itself",
        ),
        (
            "S",
            "{ {code}",
            "a brace stands alone; close it on its line, or write {{ or }} for the sign itself",
        ),
        (
            "S",
            "{co\nde}",
            "a brace stands alone; close it on its line, or write {{ or }} for the sign itself",
        ),
        ("S", "No code.", "the body must show {code} once, at the end of a line"),
        ("S", "{{code}}", "the body must show {code} once, at the end of a line"),
        ("S", "{code} it is", "the body must show {code} once, at the end of a line"),
        ("S", "{code} {code}", "the body must show {code} once, at the end of a line"),
        ("S", "{code}\n{code}", "the body must show {code} once, at the end of a line"),
        (" ", "{code}", "the subject is empty; write one"),
        ("S", " \n", "the body is empty; write one"),
        ("S\r\nBcc: x@y.example", "{code}", "the subject has more than one line; give one"),
        (
            "S",
            "a\tb {code}",
            "a control character stands in it; use plain text, with spaces for tabs",
        ),
        (
            "S",
            "\u{202e}{code}",
            "a control character stands in it; use plain text, with spaces for tabs",
        ),
        (
            "S",
            "HTTPS://x.example {code}",
            "a link stands in it; only {link} of an invitation may be one",
        ),
        (
            "S",
            "Call 0800123456: {code}",
            "a number of six or more digits could be taken for the code; take it out",
        ),
        ("S", &many, "the body has more than 32 placeholders; use fewer"),
        ("S", &long, "the body has 4097 bytes; give at most 4096"),
        (&long[..201], "{code}", "the subject has 201 bytes; give at most 200"),
    ];
    for (subject, body, says) in faults {
        let refused = Template::parse(MailKind::LoginCode, &locale("de"), subject, body);
        let said = refused.unwrap_err().to_string();
        assert_eq!(said, format!("template login-code.de: {says}"), "{subject:?} {body:?}");
    }
    let said = Template::parse(MailKind::Invitation, &locale("en"), "S", "Come.").unwrap_err();
    assert!(said.to_string().contains("the body must show {link} once"), "{said}");
}

#[test]
fn a_tenants_words_are_words_and_its_code_is_always_shown() {
    let body = "{{a}} <b>{company}</b> & \"c\"\r\nFrom {client}: {code}\r\nlast 12{reference}";
    let own = Template::parse(MailKind::LoginCode, &locale("en"), "A <b> {{x}}", body).unwrap();
    assert_eq!((own.subject(), own.body()), ("A <b> {{x}}", body));
    let mut texts = Texts::default();
    texts.set(own).unwrap();
    let told = |words| render_with(&texts, "en", "L", message(MailKind::LoginCode, words));
    assert_eq!(told(None).text(), "{a} <b>L</b> & \"c\"\n482913\n");
    assert_eq!(told(Some("3456")).text(), "{a} <b>L</b> & \"c\"\nFrom 3456:\n482913\nlast …\n");
    assert_eq!(told(None).subject(), "A <b> {x}");
    assert!(told(None).html().contains("{a} &lt;b&gt;<bdi>L</bdi>&lt;/b&gt; &amp; &quot;c&quot;"));
}

#[test]
fn the_first_wanted_language_with_a_text_is_used() {
    let mut texts = Texts::default();
    for tag in ["fr", "de-AT", "pt-BR"] {
        let own = Template::parse(MailKind::Locked, &locale(tag), tag, "{until}").unwrap();
        texts.set(own).unwrap();
    }
    let told = |kind, tags: &[&str]| {
        let wanted: Vec<Locale> = tags.iter().map(|tag| locale(tag)).collect();
        texts.choose(kind, &wanted).locale().to_string()
    };
    for (wanted, found) in [
        (&["de-AT", "fr"][..], "de-AT"),
        (&["de-CH", "fr"], "de"),
        (&["fr-CA", "de"], "fr"),
        (&["pt", "fr"], "fr"),
        (&["pt-BR"], "pt-BR"),
        (&["ja", "fa"], "en"),
        (&["ja", "ar-EG"], "ar"),
        (&["ja", "de"], "de"),
        (&[], "en"),
    ] {
        assert_eq!(told(MailKind::Locked, wanted), found, "{wanted:?}");
    }
    assert_eq!(told(MailKind::LoginCode, &["fr", "de-AT"]), "de");
    texts.set(Template::parse(MailKind::Locked, &locale("en"), "own", "own").unwrap()).unwrap();
    assert_eq!(texts.choose(MailKind::Locked, &[locale("en-US")]).subject(), "own");
    assert!(texts.remove(MailKind::Locked, &locale("en")).is_some());
    assert_ne!(texts.choose(MailKind::Locked, &[locale("en-US")]).subject(), "own");
}

#[test]
fn a_mail_from_right_to_left_keeps_its_code_from_left_to_right() {
    let asked = message(MailKind::LoginCode, None);
    let mail = render_with(&Texts::default(), "ar-EG", "Larkfield Inc.", asked);
    assert!(mail.html().contains("<html lang=\"ar\" dir=\"rtl\">"));
    assert!(mail.html().contains("<bdi>Larkfield Inc.</bdi></h1>"));
    assert!(mail.html().contains("<p class=\"code\" dir=\"ltr\" style=\"margin:0 0 16px; padding:16px 2px 16px 8px; unicode-bidi:isolate;"));
}

#[test]
fn an_arabic_code_mail_reads_as_a_person_wrote_it() {
    let message = Message::LoginCode {
        code: SecretText::new(CODE.to_owned()),
        at: time(0),
        until: time(10),
        client: Some("Firefox 128.0 on Linux".to_owned()),
        reference: Some("K7".to_owned()),
    };
    let mail = render_with(&Texts::default(), "ar-EG", "Larkfield Inc.", message);
    assert_eq!(mail.subject(), "رمز الأمان الخاص بك لدى Larkfield Inc. (K7)");
    assert_eq!(
        mail.text().replace('\u{2068}', "<").replace('\u{2069}', ">"),
        "رمز الأمان:\n482913\n\nيصلح لمرة واحدة، حتى <الساعة 14:32 بتوقيت UTC>.\n\
         هذه الرسالة تحمل العلامة <K7>.\n\n\
         الشركة: <Larkfield Inc.>\nوقت الطلب: <الساعة 14:22 بتوقيت UTC>\n\
         المتصفح: <Firefox 128.0 on Linux>\n\n\
         إذا لم يكن هذا الطلب منك، فقد تكون كلمة مرورك معروفة لشخص آخر.\n\
         الخطوة التالية: تغيير كلمة المرور وإبلاغ المسؤول في شركتك.\n\
         هذا الرمز لك وحدك ولا يُعطى لأحد، أيًّا كان من يطلبه.\n"
    );
}

#[test]
fn in_text_from_right_to_left_no_value_moves_what_stands_around_it() {
    for mail in every_mail("Larkfield Inc.", Some("+1 (K7)")) {
        let arabic = mail.locale().language() == "ar";
        for line in mail.text().lines().filter(|line| ![CODE, LINK, ""].contains(line)) {
            let opened = line.matches('\u{2068}').count();
            let closed = line.matches('\u{2069}').count();
            assert_eq!(opened, closed, "{line:?}");
            assert!(arabic || opened == 0, "{line:?}");
            let values = ["Larkfield Inc.", "+1 (K7)", "Grace Hopper", "UTC"];
            let shows = |value: &&&str| line.contains(**value);
            assert_eq!(
                opened,
                if arabic { values.iter().filter(shows).count() } else { 0 },
                "{line}"
            );
            // A mail program reads the direction of a line off its first letter.
            let first = line.chars().find(|c| c.is_alphabetic()).unwrap();
            assert_eq!(matches!(first, '\u{600}'..='\u{6ff}'), arabic, "{line:?}");
        }
        assert!(!mail.subject().contains(['\u{2068}', '\u{2069}']), "{:?}", mail.subject());
    }
}

#[test]
fn isolated_digits_side_by_side_are_not_taken_for_the_code() {
    let mut texts = Texts::default();
    let body = "رمز: {code}\nآخر 12{reference}";
    texts.set(Template::parse(MailKind::LoginCode, &locale("ar"), "رمز", body).unwrap()).unwrap();
    let mail = render_with(&texts, "ar", "L", message(MailKind::LoginCode, Some("3456")));
    assert_eq!(mail.text(), "رمز:\n482913\nآخر …\n");
}

#[test]
fn a_name_with_a_full_stop_does_not_end_a_sentence_twice() {
    for mail in every_mail("Larkfield Inc.", None) {
        for part in [mail.subject(), mail.text(), &words_of(mail.html())] {
            assert!(!part.replace('\u{2069}', "").contains(".."), "{part}");
        }
    }
}

#[test]
fn a_code_mail_that_crosses_midnight_tells_the_dates() {
    let at = time(570);
    let until = time(580);
    let code = SecretText::new(CODE.to_owned());
    let message = Message::LoginCode { code, at, until, client: None, reference: None };
    let mail = render_with(&Texts::default(), "en", "L", message);
    assert!(mail.text().contains("until 25 November 2026, 00:02 UTC."), "{}", mail.text());
}

#[test]
fn no_text_at_all_still_brings_the_code() {
    for kind in MailKind::ALL {
        let template = Template::bare(*kind);
        let message = message(*kind, None);
        let values = Values::new("Larkfield", &message, template.locale());
        let text = page::text(&template, &values);
        let brought = values.vital().map_or(kind.as_str(), SecretText::expose);
        assert_eq!(text.expose(), format!("{brought}\n"));
    }
}

#[test]
fn a_preview_tells_no_code() {
    for mail in every_mail("Larkfield", Some("K7")) {
        let after = mail.html().split("mso-hide:all;\">").nth(1).unwrap();
        let preview = after.split("&#847;").next().unwrap();
        assert!(
            preview.len() > 30 && !preview.contains(CODE) && !preview.contains("http"),
            "{preview}"
        );
    }
    let mail = every_mail("Larkfield", None).swap_remove(0);
    let says = ">It works once, until 14:32 UTC. If this was not you, your password may be known. ";
    assert!(mail.html().contains(says), "{}", mail.html());
}

#[test]
fn a_kind_reads_back_from_its_name() {
    for kind in MailKind::ALL {
        assert_eq!(kind.to_string().parse::<MailKind>().unwrap(), *kind);
    }
    assert!("login_code".parse::<MailKind>().is_err());
}
