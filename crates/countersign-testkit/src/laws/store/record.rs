//! Which record is meant, and what is in it: exact keys, exact values, one state for all handles.

use countersign_core::account::Tenant;
use countersign_core::store::{Change, Versioned};
use countersign_core::{AccountKey, DisplayName, Issuer, Locale, NewUser, Requirement};

use crate::fail::must;
use crate::laws::life;
use crate::laws::same::same;
use crate::laws::scene::{
    COMPANY, Props, account, address, claim_all, commit, events, key, load, raised, tenant,
    with_account, with_tenant, word,
};
use crate::subject::Subject;

/// Ids that something between us and the disk might take for one another.
pub(in crate::laws) const ALIKE: &[&str] = &[
    // Case, also where it is not one letter to one.
    "ada",
    "Ada",
    "ADA",
    "straße",
    "strasse",
    "STRASSE",
    "ﬁ",
    "fi",
    "i",
    "I",
    "ı",
    "İ",
    "σ",
    "ς",
    // Accents, composed and not.
    "adá",
    "ada\u{301}",
    "àda",
    "ạda",
    "å",
    "\u{212b}",
    "a\u{30a}",
    // Spaces, and what cannot be seen.
    "ada ",
    " ada",
    "ada  ",
    "ada\u{a0}",
    "ada\u{200b}",
    "ada\u{ad}",
    "\u{feff}ada",
    " ",
    // Width, and letters of other scripts that look the same.
    "ａｄａ",
    "аda",
    "ﾊ",
    "ハ",
    "は",
    // Beyond the first plane, where UTF-16 sorts differently and some collations see one letter.
    "🦆",
    "🚚",
    "\u{ff21}",
    "\u{10ffff}",
    "\u{ffff}",
    // What a query language might mean by it.
    "a_a",
    "a%a",
    "a'a",
    "a\"a",
    "a\\a",
    "a\\\\a",
    "a`a",
    "$1",
    "?",
    "NULL",
    "null",
    // Numbers and dates.
    "0",
    "00",
    "0x0",
    "1",
    "01",
    "1.0",
    "1e0",
    "+1",
    "true",
    "2026-11-24",
];

/// *Keys are compared as exact bytes: case, accents and trailing spaces tell accounts apart.*
pub async fn keys_are_compared_as_exact_bytes(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let users = ALIKE.iter().map(|id| key(COMPANY, id));
    let keys: Vec<AccountKey> = users.chain(ALIKE.iter().map(|id| key(id, "user"))).collect();
    let mut made = Vec::new();
    for key in &keys {
        assert!(account(store, key).await.is_none(), "{key:?} is taken for another account");
        made.push(props.create(store, key).await);
    }
    for (key, made) in keys.iter().zip(made) {
        let found = account(store, key).await;
        assert!(found == Some(made), "{key:?} is taken for another account");
    }
    let mut made = Vec::new();
    for id in ALIKE {
        let key = key(id, "user");
        let found = tenant(store, key.tenant()).await.0;
        assert!(found.is_none(), "{id:?} is taken for another company");
        made.push(props.found(store, key.tenant()).await);
    }
    for (id, made) in ALIKE.iter().zip(made) {
        let found = load(store, &key(id, "user")).await.tenant;
        assert!(found == Some(made), "{id:?} is taken for another company");
    }
}

/// *Keys are compared as exact bytes*: where the tenant ends, the user begins.
pub async fn a_key_has_two_parts(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let pairs = [
        ("ab", "c"),
        ("a", "bc"),
        ("a/b", "c"),
        ("a", "b/c"),
        ("a:b", "c"),
        ("a", "b:c"),
        ("a|b", "c"),
        ("a", "b|c"),
        ("a b", "c"),
        ("a", "b c"),
        ("c", "ab"),
    ];
    let mut made = Vec::new();
    for (tenant, user) in pairs {
        made.push(props.create(store, &key(tenant, user)).await);
    }
    for ((tenant, user), made) in pairs.into_iter().zip(made) {
        let key = key(tenant, user);
        assert!(account(store, &key).await == Some(made), "{key:?} is taken for another account");
    }
}

/// *Keys are compared as exact bytes*: all of them, up to the longest that there can be.
pub async fn a_long_key_is_compared_to_its_end(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let long = |end: &str| format!("{}{end}", "k".repeat(128 - end.len()));
    let ends = ["a", "b", "ü", "運", ""];
    let users = ends.map(|end| key(COMPANY, &long(end)));
    let keys: Vec<_> =
        users.into_iter().chain(ends.map(|end| key(&long(end), &long("")))).collect();
    let mut made = Vec::new();
    for key in &keys {
        made.push(props.create(store, key).await);
    }
    for (key, made) in keys.iter().zip(made) {
        let found = account(store, key).await;
        assert!(found == Some(made), "an id of 128 bytes is taken for another: {key:?}");
    }
}

/// *What is read equals what was written.* Here: accounts, new ones and one that lives through
/// everything that can happen to it, each state written over the one before.
pub async fn an_account_is_read_as_it_was_written(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let key = key("new", "ada");
    let full = NewUser::at(address("o'brien+tag=x/y{z}@sub.larkfield.example"))
        .admin()
        .with_rule(Requirement::App)
        .in_language(word::<Locale>("zh-hant-TW"));
    let full = ["owner", "Owner", "rôle ", "🦆", "a,b", "NULL"]
        .into_iter()
        .fold(full, |full, role| full.with_role(word(role)));
    let plain = NewUser::at(address("ärger@larkfield.example")).with_rule(Requirement::Email);
    let mut expected = None;
    for new_user in [NewUser::default(), full, plain, NewUser::default()] {
        let next = props.first(props.account_of(new_user));
        commit(store, with_account(&key, expected, &next)).await;
        expected = Some(next.version);
        same(&account(store, &key).await, &Some(next), "an account");
    }
    life::relive(store, |found, written| {
        same(&found.account, &written.account, "an account");
    })
    .await;
}

/// *What is read equals what was written.* Here: tenants and their policies.
pub async fn a_tenant_is_read_as_it_was_written(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let names =
        ["Larkfield Freight", " Müller & Söhne ", "日本通運 🚚", "O'Brien \"&\" <b>; --", "%_\\"];
    let mut old: Option<Versioned<Tenant>> = None;
    let key = key("new", "ada");
    let id = key.tenant().clone();
    for (name, locale) in names.into_iter().zip(["en", "de-AT", "ja", "pt-BR", "sr-latn-RS"]) {
        let (name, issuer) = (DisplayName::new(name), Issuer::new(name));
        let name = must(name, "name a company");
        let issuer = must(issuer, "name an issuer");
        let next = Tenant::new(id.clone(), name, issuer, word(locale), props.generation());
        let next = props.first(next);
        commit(store, with_tenant(&id, old.map(|old| old.version), &next)).await;
        let found = [tenant(store, &id).await.0, load(store, &key).await.tenant];
        old = Some(next);
        found.iter().for_each(|found| same(found, &old, "a company"));
    }
    life::relive(store, |found, written| {
        same(&found.tenant, &written.tenant, "a company");
    })
    .await;
}

/// *A clone of the handle shares the state.*
pub async fn a_clone_of_the_handle_shares_the_state(subject: &Subject) {
    let props = Props::new();
    let key = key(COMPANY, "ada");
    let one = subject.store();
    let two = subject.second();
    for (told, (here, there)) in [(one, two), (two, one)].into_iter().enumerate() {
        let old = account(there, &key).await;
        let next = old.as_ref().map_or_else(|| props.first(props.account()), raised);
        let change = Change {
            events: vec![props.event(key.tenant())],
            letters: vec![props.letter(&key)],
            ..with_account(&key, old.map(|old| old.version), &next)
        };
        commit(here, change).await;
        assert_eq!(account(there, &key).await, Some(next), "another handle has another account");
        assert_eq!(
            events(there, key.tenant()).await.len(),
            told + 1,
            "another handle, another log"
        );
        assert_eq!(claim_all(there).await.len(), 1, "another handle has another outbox");
    }
}
