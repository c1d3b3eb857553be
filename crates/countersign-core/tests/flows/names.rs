//! Hostile names on their way into an authenticator app, and how long any text may be. Whatever
//! the constructors take, the phone reads the one entry that was meant; the rest they refuse.

use std::time::Duration;

use countersign_core::login::StepUpReason;
use countersign_core::{
    AccountKey, Begun, Client, DAY, DisplayName, EmailAddress, Enrollment, FirstFactor, Issuer,
    Locale, NewTenant, NewUser, Policy, Requirement, Role, Start, Step, TenantId, UserId,
};
use countersign_testkit::FakePhone;
use pollster::block_on;

use crate::acts::code_of;
use crate::stage::{Stage, address, browser, key, passed, user};

/// Issuers that the constructor takes.
const ISSUERS: [&str; 13] = [
    "Larkfield Freight",
    "A&B # 50% ? a/b + c = d; e, f",
    "x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Evil",
    "&digits=8&period=60&algorithm=SHA512#",
    "100%",
    "%253A%2525",
    "\u{ff1a} \u{fe55} \u{2236}", // colons of other scripts
    "🚚 Freight 👩‍👩‍👧",
    "🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚",
    "e\u{301} \u{645}\u{6cc}\u{200c}\u{62e}",
    "../..",
    "\"'<b>\\`{|}^",
    "+ + +",
];

/// Ids of people without an address, whose label is the id.
const IDS: [&str; 10] = [
    "ada:lovelace",
    "otpauth://totp/Evil:eve?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ",
    "%3A%3a%253A:",
    "?secret=A&secret=B",
    "&issuer=Evil&digits=8",
    "  padded\u{a0}",
    "\u{202e}ada\u{2069}",
    "Zoë 👩🏽‍💻",
    "🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚🚚",
    "a123456789b123456789c123456789d123456789e123456789f123456789g123456789h123456789i123456789\
     j123456789k123456789l123456789m1234567",
];

/// Addresses, which are the labels of those who have one.
const ADDRESSES: [&str; 5] = [
    "a?secret=GEZDGNBVGY3TQOJQ&issuer=Evil#@larkfield.example",
    "ada%3Alovelace%3a&digits=8@larkfield.example",
    "a+b=c/d{e}|f~g^h`i*j!k'l$m@larkfield.example",
    "дарья.運送@larkfield.example",
    "a123456789b123456789c123456789d123456789e123456789f123456789g123@h1234567890123456789012345\
     6789012345678901234567890.i12345678901234567890123456789012345678901234567890.example",
];

/// How a label must read in the app, if there is room for it.
fn reads(label: &str) -> String {
    let seen = label.replace(['\u{202e}', '\u{2069}'], "");
    let one = seen.replace("%3A", "-").replace("%3a", "-").replace(':', "-");
    one.trim().to_owned()
}

/// Bytes of a text in a URI, where only the unreserved characters stand for themselves.
fn in_uri(text: &str) -> usize {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { 1 } else { 3 }).sum()
}

/// A tenant that apps show under this name, which asks for an app.
fn company(stage: &Stage, id: &str, issuer: &str) -> TenantId {
    let tenant = TenantId::new(id).unwrap();
    let name = DisplayName::new("A company").unwrap();
    let issuer = Issuer::new(issuer).unwrap();
    let english = Locale::english();
    let new = NewTenant::shown_in_apps_as(tenant.clone(), name, issuer, english);
    block_on(stage.mfa.create_tenant(new)).unwrap();
    let mut operator = stage.mfa.operator(tenant.clone(), "test", "hostile names").unwrap();
    let policy = Policy::requiring(Requirement::App);
    let _ = block_on(operator.set_policy(policy, 0, Start::Now)).unwrap();
    tenant
}

/// The phone scans the page and has one entry, the one that was meant, with the secret of the page
/// and the usual parameters.
fn scanned(shown: &Enrollment, issuer: &str, label: &str) -> FakePhone {
    let mut phone = FakePhone::new();
    phone.scan(&shown.app);
    let uri = shown.app.uri().expose();
    let meant = reads(label);
    let whole = "otpauth://totp/:?secret=&issuer=".len() + 32 + 2 * in_uri(issuer) + in_uri(&meant);
    let entries: Vec<_> = phone.entries().collect();
    let [(read_issuer, read_label)] = entries[..] else { panic!("{entries:?}") };
    assert_eq!(read_issuer, issuer, "{uri}");
    match read_label.strip_suffix('…') {
        Some(kept) if whole > 512 => {
            assert!(meant.starts_with(kept) && kept.chars().count() >= 4, "{read_label}");
        }
        _ => assert_eq!(read_label, meant, "{uri}"),
    }
    assert_eq!((shown.app.issuer(), shown.app.label()), (issuer, read_label));
    assert!(uri.len() <= 512 && uri.bytes().all(|byte| byte.is_ascii_graphic()), "{uri}");
    // Nothing that a name says becomes a parameter, and none is missing.
    assert!(!uri.contains(['#', '+']), "{uri}");
    let secret = shown.app.key().expose().replace(' ', "");
    let (_, query) = uri.split_once('?').unwrap();
    let fields: Vec<_> = query.split('&').map(|field| field.split_once('=').unwrap()).collect();
    let [("secret", in_picture), ("issuer", _)] = fields[..] else { panic!("{uri}") };
    assert_eq!((in_picture, secret.len()), (secret.as_str(), 32));
    phone
}

#[test]
fn whatever_companies_and_people_are_called_the_phone_reads_the_one_entry_that_was_meant() {
    let stage = Stage::open();
    for (at, issuer) in ISSUERS.into_iter().enumerate() {
        let tenant = company(&stage, &format!("company {at}"), issuer);
        let without = IDS.map(|id| (id, NewUser::default()));
        let with = ADDRESSES.map(|to| (to, NewUser::at(EmailAddress::new(to).unwrap())));
        for (number, (label, new_user)) in without.into_iter().chain(with).enumerate() {
            let id = if number < IDS.len() { label } else { &format!("person {number}") };
            let key = AccountKey::of(tenant.clone(), user(id));
            block_on(stage.mfa.add_existing_user(&key, new_user)).unwrap();
            let begin = || block_on(stage.mfa.begin(&key, FirstFactor::Password, &browser()));
            let Begun::Step(Step::LinkApp(shown)) = begin().unwrap() else { panic!("{key}") };
            let phone = scanned(&shown, issuer, label);
            // Some of them go all the way: the entry by its names, now and a step later.
            if (at + number) % 5 > 0 {
                continue;
            }
            let label = shown.app.label();
            let code = phone.code_of(issuer, label, stage.now());
            let _ = passed(stage.answer(&shown.ticket, &code));
            stage.clock.advance(Duration::from_secs(30));
            let Begun::Step(Step::EnterCode(asked)) = begin().unwrap() else { panic!("{key}") };
            assert_eq!(asked.hint, format!("{issuer} ({label})"));
            let code = phone.code_of(issuer, label, stage.now());
            let _ = passed(stage.answer(&asked.ticket, &code));
        }
    }
}

#[test]
fn a_name_that_would_mislead_an_app_or_a_mail_is_refused_where_it_is_made() {
    let no_issuer = ["", " \u{a0}", "a:b", "a%3Ab", "a%3ab", "a//b", "a\nb", "a\u{0}", "a\u{9b}b"];
    for text in no_issuer {
        assert!(Issuer::new(text).is_err(), "{text:?}");
        let made = NewTenant::new("acme", text, Locale::english());
        let said = made.unwrap_err().to_string();
        assert!(said.contains("give "), "{said}");
    }
    for text in ["", "a\nb", "a\r\nBcc: b", "\u{0}", "\u{7f}", "\u{85}", "\t"] {
        assert!(TenantId::new(text).is_err() && UserId::new(text).is_err(), "{text:?}");
        assert!(AccountKey::new(text, "ada").is_err() && AccountKey::new("acme", text).is_err());
        assert!(DisplayName::new(text).is_err() && StepUpReason::new(text).is_err(), "{text:?}");
        assert!(Role::new(text).is_err(), "{text:?}");
    }
    let unseen = [
        "\u{202e}thgierF",
        "Fr\u{200b}eight",
        "\u{feff}Freight",
        "Freight\u{200f}",
        "\u{2066}Freight\u{2069}",
        "Freight\u{2028}x",
        "Fr\u{ad}eight",
        "\u{3164}",
        "\u{2800}",
        "\u{200d}\u{200c}",
        "Fr\u{e0041}eight",
    ];
    for text in unseen {
        assert!(Issuer::new(text).is_err() && DisplayName::new(text).is_err(), "{text:?}");
        let blank = text.chars().all(|c| matches!(c, '\u{200c}' | '\u{200d}'));
        assert!(blank || Role::new(text).is_err(), "{text:?}");
        assert!(blank || StepUpReason::new(text).is_err(), "{text:?}");
        let tenant = TenantId::new("larkfield").unwrap();
        let stage = Stage::open();
        assert!(stage.mfa.operator(tenant, text, "a reason").is_err(), "{text:?}");
    }
    for text in [
        "ada\u{3164}@larkfield.example",
        "\u{202e}ada@larkfield.example",
        "ada\u{200b}@larkfield.example",
        "👩@larkfield.example",
        "ada:lovelace@larkfield.example",
        "ada@larkfield.example:443",
        "ada@[127.0.0.1]",
        "ada@larkfield.example\n",
        "\"ada\"@larkfield.example",
    ] {
        let said = EmailAddress::new(text).unwrap_err().to_string();
        assert!(!said.contains("larkfield.example") || said.contains("such as"), "{said}");
    }
}

#[test]
fn no_text_is_longer_than_its_cap_wherever_it_comes_in() {
    type Takes<'a> = &'a dyn Fn(String) -> bool;
    let stage = Stage::open();
    let tenant = || TenantId::new("larkfield").unwrap();
    let soon = stage.now().plus(DAY);
    let domain = |local: &str| format!("{local}@{}", ["d".repeat(60).as_str(); 4].join("."));
    let texts: [(&str, usize, Takes<'_>); 13] = [
        ("a browser binding", 1024, &|text| Client::bound_to(text).is_ok()),
        ("a tenant id", 128, &|text| TenantId::new(text).is_ok()),
        ("a user id", 128, &|text| UserId::new(text).is_ok()),
        ("a tenant id in a key", 128, &|text| AccountKey::new(text, "ada").is_ok()),
        ("a user id in a key", 128, &|text| AccountKey::new("larkfield", text).is_ok()),
        ("a role", 32, &|text| Role::new(text).is_ok()),
        ("an issuer", 64, &|text| Issuer::new(text).is_ok()),
        ("a display name", 64, &|text| DisplayName::new(text).is_ok()),
        ("a reason for a step-up", 64, &|text| StepUpReason::new(text).is_ok()),
        ("an operator", 200, &|text| stage.mfa.operator(tenant(), text, "why").is_ok()),
        ("an operator's reason", 200, &|text| stage.mfa.operator(tenant(), "who", text).is_ok()),
        ("a reason of an exemption", 200, &|text| {
            block_on(stage.operator().exempt(user("ben"), soon, text)).is_ok()
        }),
        // The part before the @, with as long a domain as fits beside it.
        ("an address", 254 - 244, &|text| EmailAddress::new(&domain(&text)).is_ok()),
    ];
    for (what, cap, takes) in texts {
        assert!(takes("x".repeat(cap)), "{what} of {cap} bytes");
        for longer in [cap + 1, 5 << 20] {
            assert!(!takes("x".repeat(longer)), "{what} of {longer} bytes");
        }
        // Bytes count, not characters.
        assert!(!takes("é".repeat(cap / 2 + 1)), "{what} of {} characters", cap / 2 + 1);
    }
}

#[test]
fn no_list_is_longer_than_its_cap_and_no_description_fills_a_mail() {
    let stage = Stage::open();
    let role = |number: usize| Role::new(format!("role {number}")).unwrap();
    let with = |roles| (0..roles).map(role).fold(NewUser::default(), NewUser::with_role);
    block_on(stage.mfa.add_existing_user(&key("cleo"), with(16))).unwrap();
    assert_eq!(
        code_of(block_on(stage.mfa.add_existing_user(&key("dan"), with(17)))),
        "account.roles"
    );
    let email = Requirement::Email;
    let asking = |roles| {
        (0..roles).map(role).fold(Policy::requiring(email), |p, role| p.and_for_role(role, email))
    };
    stage.save(asking(32));
    let saved = block_on(stage.operator().set_policy(asking(33), 1, Start::Now));
    assert_eq!(code_of(saved), "policy.roles");
    let client = browser().seen_as(&"€".repeat(5 << 20));
    let _ = block_on(stage.mfa.begin(&key("ben"), FirstFactor::Password, &client)).unwrap();
    block_on(stage.courier.drain()).unwrap();
    let mails = stage.inbox.mails();
    let text = mails.last().unwrap().text();
    assert_eq!((mails.len(), mails[0].to()), (1, &address("ben")));
    assert_eq!(text.chars().filter(|c| *c == '€').count(), 80);
}
