//! From a tenant's name to the entry in a phone: what the core makes, every picture brings across.

use countersign_core::codes::Provisioning;
use countersign_core::{
    AccountKey, Begun, Client, DisplayName, FirstFactor, Issuer, Keys, Locale, MemoryStore, Mfa,
    NewTenant, NewUser, Requirement, Step, TenantId,
};
use countersign_qr::Qr;
use countersign_testkit::{FakePhone, Inbox, SeededRandom};
use pollster::block_on;

use crate::browser::shown;
use crate::camera::{GROUNDS, Ground};
use crate::terminal::POLARITIES;
use crate::tools;

/// Names of tenants and people that have confused some app, or could confuse one.
const ODD: [(&str, &str); 14] = [
    ("Larkfield Freight", "ada"),
    ("Smith & Sons", "o'neil+test@example.com"),
    ("100% Acme #1?", "a&b=c;d#e?f/g"),
    ("C++ \"Users\" <Group>", "back\\slash|pipe^`{}"),
    ("a+b c", "d+e f"),
    ("</title><script>", "'\"><img src=x>"),
    ("工務株式会社", "山田 太郎"),
    ("Café Zürich", "žofie 🦆"),
    ("e\u{301}", "\u{202e}right to left"),
    ("שלום", "عربى"),
    ("%20%2B%26", "%41%"),
    ("Acme", "with: a colon and %3A"),
    (" spaces ", " around "),
    ("x", " "),
];

/// Names that fill a link to its last bytes.
fn long() -> [(String, String); 3] {
    [
        ("Qz".repeat(32), "\\".repeat(128)),
        ("aZ&b".repeat(16), "K/".repeat(64)),
        ("é".repeat(32), "ü".repeat(64)),
    ]
}

fn names() -> impl Iterator<Item = (String, String)> {
    ODD.into_iter().map(|(issuer, user)| (issuer.to_owned(), user.to_owned())).chain(long())
}

/// What the core gives out at the first login of this user.
fn provisioned(issuer: &str, user: &str) -> Provisioning {
    let random = SeededRandom::new(1);
    let (mfa, _courier) = Mfa::builder()
        .store(MemoryStore::new())
        .mailer(Inbox::new())
        .keys(Keys::ephemeral(&random).unwrap())
        .danger_random(random)
        .invitation_page("https://larkfield.example/invite/")
        .build()
        .unwrap();
    let tenant = NewTenant::shown_in_apps_as(
        TenantId::new("company").unwrap(),
        DisplayName::new("The company").unwrap(),
        Issuer::new(issuer).unwrap(),
        Locale::english(),
    );
    block_on(mfa.create_tenant(tenant)).unwrap();
    let key = AccountKey::new("company", user).unwrap();
    let new_user = NewUser::default().with_rule(Requirement::App);
    block_on(mfa.add_existing_user(&key, new_user)).unwrap();
    let client = Client::bound_to("a cookie of 128 bits").unwrap();
    match block_on(mfa.begin(&key, FirstFactor::Password, &client)).unwrap() {
        Begun::Step(Step::LinkApp(enrollment)) => enrollment.app,
        other => panic!("no enrollment: {other:?}"),
    }
}

#[test]
fn a_phone_shows_the_names_whatever_they_are_and_whatever_picture_it_scans() {
    for (issuer, user) in names() {
        let app = provisioned(&issuer, &user);
        let qr = Qr::encode(app.uri().expose()).unwrap();
        let check = |scan: &dyn Fn(&mut FakePhone)| {
            let mut phone = FakePhone::new();
            scan(&mut phone);
            let entries: Vec<_> = phone.entries().collect();
            assert_eq!(entries, [(issuer.as_str(), app.label())]);
        };
        for ground in GROUNDS {
            let page = shown(&qr.svg(&issuer), ground, 300).on(ground, 20);
            check(&|phone| phone.scan_picture(page.width, &page.luma()).unwrap());
        }
        for polarity in POLARITIES {
            check(&|phone| phone.scan_terminal(&qr.terminal(polarity)).unwrap());
        }
        #[cfg(feature = "png")]
        {
            let png = crate::png::opened(&qr.png(countersign_qr::Scale::default()));
            check(&|phone| phone.scan_picture(png.width, &png.luma()).unwrap());
        }
    }
}

#[test]
fn another_reader_reads_every_name() {
    for (issuer, user) in names() {
        let app = provisioned(&issuer, &user);
        let qr = Qr::encode(app.uri().expose()).unwrap();
        let page = shown(&qr.svg(&issuer), Ground::Dark, 400).on(Ground::Dark, 20);
        let Some(read) = page.scanned_by_another("names") else { return };
        assert_eq!(read, app.uri().expose());
        let Some(png) = tools::rsvg_convert("names", &qr.svg(&issuer), 4 * qr.width()) else {
            return;
        };
        assert_eq!(tools::zbarimg("names", &png).as_deref(), Some(app.uri().expose()));
    }
}

#[test]
fn the_longest_link_stays_a_small_picture() {
    let longest = long().map(|(issuer, user)| provisioned(&issuer, &user));
    assert!(longest.iter().all(|app| (500..=512).contains(&app.uri().expose().len())));
    for app in longest {
        let qr = Qr::encode(app.uri().expose()).unwrap();
        assert!(qr.width() <= 97, "{} modules", qr.width());
        let svg = qr.svg(app.issuer()).len();
        assert!(svg <= 20_000, "{svg} bytes: more than the documentation says");
        #[cfg(feature = "png")]
        {
            let png = qr.png(countersign_qr::Scale::default()).len();
            assert!(png <= 3_000, "{png} bytes");
        }
    }
}
