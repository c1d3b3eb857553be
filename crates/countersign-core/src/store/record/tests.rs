//! What was released is read for ever, damage is refused, and nothing is lost on the way.

use std::collections::BTreeSet;

use super::*;
use crate::account::{Account, Actor, Event, EventKind, Miss, NewUser, Tenant};
use crate::mail::{Letter, LetterKind, MailKind, MailPhase, MailReason, Template, Texts};
use crate::policy::{BeforeEnrollment, Facts, Policy, Requirement};
use crate::store::store::{StoreError, Touched, Versioned};
use crate::types::{
    AccountKey, AuthenticatorId, ChallengeId, DisplayName, EventId, Generation, InvitationId,
    Issuer, LetterId, Locale, Method, Pseudonym, TenantId, Timestamp, Version,
};

/// The golden files of the forms: a name and bytes in hexadecimal on each line.
const GOLDEN: &str = include_str!("../../../tests/data/stored-form-1.txt");
const SECOND: &str = include_str!("../../../tests/data/stored-form-2.txt");

fn key() -> AccountKey {
    AccountKey::new("larkfield", "ada").unwrap()
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(1_795_530_720 + seconds)
}

fn version() -> Version {
    Version::from_number(77)
}

fn filled() -> Versioned<Account> {
    Versioned { version: version(), value: Account::filled() }
}

fn company() -> Versioned<Tenant> {
    let mut tenant = Tenant::new(
        key().tenant().clone(),
        DisplayName::new("Larkfield Freight").unwrap(),
        Issuer::new("Larkfield").unwrap(),
        Locale::new("en-GB").unwrap(),
        Generation::from_number(5),
    );
    let policy = Policy::requiring(Requirement::App)
        .and_for_role("driver".parse().unwrap(), Requirement::Email)
        .asking_before_enrollment(BeforeEnrollment::Approval);
    tenant.policy = policy.following(&Policy::requiring(Requirement::Email), Some(at(9)));
    tenant.policy_revision = 6;
    Versioned { version: version(), value: tenant }
}

fn restored_company() -> Versioned<Tenant> {
    let mut company = company();
    company.value.restored_at = Some(at(30));
    company
}

fn texts() -> Texts {
    let french: Locale = "fr".parse().unwrap();
    let text = Template::parse(MailKind::Locked, &french, "Trop d'essais", "Jusqu'à {until}.");
    let mut texts = Texts::default();
    texts.set(text.unwrap()).unwrap();
    texts
}

fn kinds() -> Vec<EventKind> {
    let before = Requirement::None;
    let after = Requirement::App;
    let until = at(1);
    let reason = "asked".to_owned();
    let authenticator = AuthenticatorId::from_bytes([1; 16]);
    let missed = |miss, locked_until| EventKind::Missed {
        method: Method::App,
        miss,
        locked_until,
        disabled: true,
    };
    vec![
        EventKind::TenantCreated,
        EventKind::PolicyChanged { before, after, revision: 3 },
        EventKind::MailTextChanged,
        EventKind::TenantSignedOut,
        EventKind::ExistingUserAdded,
        EventKind::UserCreated,
        EventKind::Invited,
        EventKind::InvitationAccepted,
        EventKind::InvitationWithdrawn,
        EventKind::RuleChanged { before: after, after: Requirement::Email },
        EventKind::Exempted { until, reason: reason.clone() },
        EventKind::ExemptionEnded,
        EventKind::EnrollmentApproved { until },
        EventKind::ApprovalWithdrawn,
        EventKind::AdminGranted,
        EventKind::AdminRevoked,
        EventKind::CodeSent { again: true },
        EventKind::Accepted { method: Method::Email, finished: true },
        missed(Miss::Wrong, Some(until)),
        missed(Miss::Replayed, None),
        missed(Miss::Slow, None),
        EventKind::AppLinked { authenticator, replaced: true },
        EventKind::AppRemoved { authenticator },
        EventKind::Unlocked,
        EventKind::Reset { reason },
        EventKind::PasswordChanged,
        EventKind::AddressChanged { in_use: true },
        EventKind::AddressConfirmed,
        EventKind::AddressRefused,
        EventKind::Suspended,
        EventKind::Resumed,
        EventKind::Removed,
        EventKind::SignedOutEverywhere,
        EventKind::AddressTriedAgain,
        EventKind::MailNotSent { mail: MailKind::LoginCode, reason: None },
        EventKind::MailNotSent {
            mail: MailKind::AddressChanged,
            reason: Some(MailReason::at(MailPhase::Content).with_reply(550).with_status(5, 7, 515)),
        },
        EventKind::Restored,
        EventKind::DamageReplaced,
        EventKind::DamageErased,
        EventKind::TenantDamageReplaced { required: Requirement::App },
    ]
}

fn events() -> Vec<Event> {
    let actors = [
        Actor::User,
        Actor::Host,
        Actor::Admin(Pseudonym::from_bytes([2; 16])),
        Actor::Operator { name: "Kim".to_owned(), reason: "bootstrap".to_owned() },
        Actor::Courier,
    ];
    let event = |(kind, actor): (EventKind, &Actor)| Event {
        id: EventId::from_bytes([3; 16]),
        tenant: key().tenant().clone(),
        account: (kind != EventKind::TenantCreated).then_some(Pseudonym::from_bytes([4; 16])),
        actor: actor.clone(),
        at: at(2),
        what: kind,
    };
    kinds().into_iter().zip(actors.iter().cycle()).map(event).collect()
}

fn letters() -> Vec<Letter> {
    let client = Some("Firefox on Linux".to_owned());
    let subjects = [
        LetterKind::LoginCode {
            challenge: ChallengeId::from_bytes([5; 16]),
            client: client.clone(),
        },
        LetterKind::Invitation { invitation: InvitationId::from_bytes([6; 16]) },
        LetterKind::AppLinked { client: client.clone() },
        LetterKind::AppReplaced { client },
        LetterKind::AppRemoved,
        LetterKind::MfaReset { by: "ada".to_owned(), reason: "lost phone".to_owned() },
        LetterKind::Locked { until: at(3) },
        LetterKind::AddressChanged { old: Some("a…".to_owned()), new: "b…".to_owned() },
    ];
    let letter = |subject: LetterKind| Letter {
        id: LetterId::from_bytes([7; 16]),
        key: key(),
        to: "ada@larkfield.example".parse().unwrap(),
        locale: matches!(subject, LetterKind::AppRemoved).then(|| "de".parse().unwrap()),
        subject,
        queued: at(4),
        ends: at(5),
    };
    subjects.into_iter().map(letter).collect()
}

/// Written in the first form and only read since.
const ONLY_READ: [&str; 4] =
    ["company document: ", "account pending", "account document", "account facts"];

/// The bytes of a line of the first form.
fn golden(name: &str) -> Vec<u8> {
    let line = GOLDEN.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    data_encoding::HEXLOWER.decode(line.trim_start_matches(": ").as_bytes()).unwrap()
}

/// Everything that is pinned: a name, and the bytes that this release writes.
fn written() -> Vec<(String, Vec<u8>)> {
    let row = AccountRow::of(&key(), &filled()).unwrap();
    let mut all = vec![
        ("account document".to_owned(), row.document),
        ("account pending".to_owned(), row.counters.pending),
        ("account facts".to_owned(), row.reported.facts),
        (
            "company document beside its texts".to_owned(),
            TenantRow::of(&company()).unwrap().document,
        ),
    ];
    for number in 0.. {
        let Some(account) = Account::filled().with_outcome(number) else { break };
        let counters = Counters::of(&account).unwrap();
        all.push((format!("account pending, outcome {number}"), counters.pending));
    }
    for event in events() {
        let row = EventRow::of(&event).unwrap();
        all.push((format!("event {} {}", row.kind, all.len()), row.detail));
    }
    for (number, letter) in letters().iter().enumerate() {
        all.push((format!("letter {number}"), LetterRow::of(letter).unwrap().body));
    }
    let texts = TextsRow::of(key().tenant(), version(), &texts()).unwrap();
    all.push(("company mail texts".to_owned(), texts.document));
    let restored = TenantRow::of(&restored_company()).unwrap().document;
    all.push(("company document, restored".to_owned(), restored));
    all
}

#[test]
fn what_the_first_form_wrote_is_what_this_release_writes_and_reads() {
    let lines: Vec<String> = written()
        .into_iter()
        .map(|(name, bytes)| format!("{name}: {}", data_encoding::HEXLOWER.encode(&bytes)))
        .collect();
    let written_still = |line: &&str| {
        !line.starts_with('#') && !ONLY_READ.iter().any(|name| line.starts_with(name))
    };
    let second = SECOND.lines().filter(|line| !line.starts_with('#'));
    let golden: BTreeSet<&str> = GOLDEN.lines().filter(written_still).chain(second).collect();
    // A difference here locks every database out: add a form instead.
    assert_eq!(
        lines.iter().map(String::as_str).collect::<BTreeSet<_>>(),
        golden,
        "\n{}\n",
        lines.join("\n")
    );
}

#[test]
fn an_account_of_the_first_form_is_read_and_a_code_on_its_way_is_over() {
    let row = AccountRow::of(&key(), &filled()).unwrap();
    let pending = golden("account pending: ");
    let counters = Counters { pending, ..row.counters };
    let document = golden("account document: ");
    let read = read_account(&key(), row.version, &counters, row.version, &document).unwrap();
    assert_eq!(read.value, Account::filled().in_the_first_form());
    let facts = read_facts(&golden("account facts: ")).unwrap();
    assert_eq!(
        Facts { mail_again_at: read.value.facts().mail_again_at, ..facts },
        read.value.facts()
    );
}

#[test]
fn an_account_that_was_refused_no_mail_is_written_in_the_first_form() {
    let mut account = filled();
    account.value.mail_delivered(&"ada@larkfield.example".parse().unwrap());
    let row = AccountRow::of(&key(), &account).unwrap();
    assert_eq!(row.reported.facts.first(), Some(&1));
    assert_eq!(row.document.get(16), Some(&1));
}

#[test]
fn an_account_with_every_field_filled_is_read_as_it_was_written() {
    let row = AccountRow::of(&key(), &filled()).unwrap();
    let read = |row: &AccountRow| {
        read_account(&key(), row.version, &row.counters, row.version, &row.document).unwrap()
    };
    assert_eq!(read(&row), filled());
    assert_eq!(read_facts(&row.reported.facts).unwrap(), filled().value.facts());
    for number in 0..7 {
        let value = Account::filled().with_outcome(number).unwrap();
        let account = Versioned { version: version(), value };
        assert_eq!(read(&AccountRow::of(&key(), &account).unwrap()), account);
    }
}

#[test]
fn a_company_an_event_and_a_letter_are_read_as_they_were_written() {
    let row = TenantRow::of(&company()).unwrap();
    let read = read_tenant(key().tenant(), row.version, &row.document).unwrap();
    assert_eq!(read, company());
    let row = TenantRow::of(&restored_company()).unwrap();
    let read = read_tenant(key().tenant(), row.version, &row.document).unwrap();
    assert_eq!(read, restored_company());
    for event in events() {
        let row = EventRow::of(&event).unwrap();
        let read = read_event(&event.tenant, row.id, row.account, row.at, &row.detail).unwrap();
        assert_eq!(read, event);
    }
    for letter in letters() {
        let row = LetterRow::of(&letter).unwrap();
        assert_eq!(read_letter(key(), row.id, &row.body).unwrap(), letter);
    }
}

#[test]
fn a_company_whose_texts_are_inside_its_document_is_read_and_so_are_they() {
    let document = golden("company document: ");
    let id = key().tenant().clone();
    assert_eq!(read_tenant(&id, column_of(version()), &document).unwrap(), company());
    assert_eq!(read_texts_within(&id, column_of(version()), &document).unwrap(), texts());
    let beside = TenantRow::of(&company()).unwrap();
    let none = read_texts_within(&id, beside.version, &beside.document).unwrap();
    assert_eq!(none, Texts::default());
}

#[test]
fn mail_texts_are_read_as_they_were_written_and_refused_as_anybody_elses() {
    let id = key().tenant().clone();
    for texts in [texts(), Texts::default(), Texts::standard().clone()] {
        let row = TextsRow::of(&id, version(), &texts).unwrap();
        assert_eq!(read_texts(&id, row.version, &row.document).unwrap(), texts);
        let other = TenantId::new("other").unwrap();
        assert!(read_texts(&other, row.version, &row.document).is_err());
        assert!(read_texts(&id, row.version + 1, &row.document).is_err());
        assert!(read_tenant(&id, row.version, &row.document).is_err());
        let cut = &row.document[..row.document.len() - 1];
        assert!(read_texts(&id, row.version, cut).is_err());
    }
}

#[test]
fn a_document_of_another_person_company_or_version_is_refused() {
    let row = AccountRow::of(&key(), &filled()).unwrap();
    let read = |key: &AccountKey, version| {
        read_account(key, row.version, &row.counters, version, &row.document)
    };
    assert!(read(&key(), row.version).is_ok());
    let damaged = FormError::Damaged { what: "the document" };
    assert_eq!(read(&key(), row.version + 1).unwrap_err(), damaged);
    for other in [("larkfield", "ben"), ("other", "ada"), ("larkfieldada", "x")] {
        let other = AccountKey::new(other.0, other.1).unwrap();
        assert_eq!(read(&other, row.version).unwrap_err(), damaged);
    }
    let row = TenantRow::of(&company()).unwrap();
    let other = TenantId::new("other").unwrap();
    assert!(read_tenant(&other, row.version, &row.document).is_err());
    assert!(read_tenant(key().tenant(), row.version - 1, &row.document).is_err());
}

#[test]
fn damage_is_an_error_whichever_byte_it_strikes_and_never_a_panic() {
    let row = AccountRow::of(&key(), &filled()).unwrap();
    for at in 0..row.document.len() {
        let mut document = row.document.clone();
        document[at] ^= 1;
        let read = read_account(&key(), row.version, &row.counters, row.version, &document);
        assert!(read.is_err(), "byte {at} of the document");
        let cut = &row.document[..at];
        assert!(read_account(&key(), row.version, &row.counters, row.version, cut).is_err());
    }
    for at in 0..row.counters.pending.len() {
        let counters =
            Counters { pending: row.counters.pending[..at].to_vec(), ..row.counters.clone() };
        assert!(read_account(&key(), row.version, &counters, row.version, &row.document).is_err());
    }
    for value in 0..=255_u8 {
        let _ = read_facts(&[value; 40]);
        let _ = read_facts(&[1, value, value]);
        let _ = read_letter(key(), [0; 16], &[1, value, value, value]);
        let _ = read_event(key().tenant(), [0; 16], None, 0, &[1, value, value]);
    }
}

#[test]
fn a_form_of_a_later_release_is_refused_by_name() {
    let row = AccountRow::of(&key(), &filled()).unwrap();
    let mut counters = row.counters.clone();
    counters.pending[0] = 3;
    let read = read_account(&key(), row.version, &counters, row.version, &row.document);
    let refused = read.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the column pending has the form 3, which a later release wrote; update this one"
    );
    let place = "countersign_account larkfield/ada";
    assert!(matches!(refused.at(place), StoreError::Corrupt { place } if place.contains("form 3")));
}

#[test]
fn counters_alone_leave_the_document_alone_and_any_other_field_does_not() {
    let account = Account::filled();
    let fresh = account.clone().with_no_counters();
    assert_eq!(Touched::between(&account, &fresh), Touched::Counters);
    assert_eq!(
        AccountRow::of(&key(), &filled()).unwrap().document,
        AccountRow::of(&key(), &Versioned { version: version(), value: fresh }).unwrap().document,
        "a counter is part of the document"
    );
    let mut fields = 0;
    while let Some(changed) = account.clone().with_changed(fields) {
        assert_eq!(Touched::between(&account, &changed), Touched::Everything, "field {fields}");
        fields += 1;
    }
    assert_eq!(fields, 16);
}

#[test]
fn an_ordinary_row_is_small() {
    let row = AccountRow::of(&key(), &filled()).unwrap();
    assert!(row.document.len() <= 300, "{}", row.document.len());
    assert!(row.counters.pending.len() <= 250, "{}", row.counters.pending.len());
    let new_user = NewUser::at("ada@larkfield.example".parse().unwrap());
    let value = Account::new(new_user, &crate::types::OsRandom).unwrap();
    let new = AccountRow::of(&key(), &Versioned { version: version(), value }).unwrap();
    assert!(new.document.len() <= 100, "{}", new.document.len());
    assert!(new.counters.pending.len() <= 16, "{}", new.counters.pending.len());
}
