//! The kit catches what it is for: every law has a store or a mailer that breaks it, and the law
//! says so.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as the test may")]

mod broken;

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

use countersign_testkit::MailerSubject;
use countersign_testkit::laws::{self, Law};

use crate::broken::{BrokenMailer, BrokenStore};

/// Why the law says that the subject breaks it, if it does.
fn verdict<S: Sync>(law: &Law<S>, subject: &S) -> Option<String> {
    let judged = catch_unwind(AssertUnwindSafe(|| pollster::block_on(law.judge(subject))));
    let panic = judged.err()?;
    let text = panic.downcast_ref::<String>().cloned();
    text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()))
}

fn names<S>(laws: &[Law<S>]) -> BTreeSet<&'static str> {
    laws.iter().map(Law::name).collect()
}

#[test]
fn every_law_of_the_store_catches_the_store_that_breaks_it() {
    for broken in BrokenStore::all() {
        let name = broken.law();
        let what = broken.what();
        let law = laws::STORE.iter().find(|law| law.name() == name).expect(name);
        let said = verdict(law, &broken.subject());
        let said =
            said.unwrap_or_else(|| panic!("{name} is kept by a store of which is known: {what}"));
        assert!(said.contains(' '), "a red law speaks in a sentence: {said}");
    }
    let broken: BTreeSet<_> = BrokenStore::all().iter().map(BrokenStore::law).collect();
    assert_eq!(broken, names(laws::STORE), "a law without a store that breaks it catches nothing");
}

#[test]
fn a_race_without_a_pause_is_caught_every_time() {
    let mut raced = BTreeSet::new();
    for _ in 0..10 {
        let at_once = |broken: &BrokenStore| broken.what().contains("without a pause");
        for broken in BrokenStore::all().into_iter().filter(at_once) {
            let name = broken.law();
            let law = laws::STORE.iter().find(|law| law.name() == name).expect(name);
            assert!(verdict(law, &broken.subject()).is_some(), "{name} has missed it once");
            raced.insert(name);
        }
    }
    assert_eq!(raced.len(), 3, "updates, creations and what is compared: {raced:?}");
}

#[test]
fn a_red_law_names_the_field_that_differs() {
    let named = [
        ("an_account_is_read_as_it_was_written", "`value.profile."),
        ("a_tenant_is_read_as_it_was_written", "`value.name`"),
        ("an_event_is_read_as_it_was_written", "`actor`"),
        ("a_letter_is_read_as_it_was_written", "`locale`"),
        ("times_are_kept_to_the_millisecond", "`at"),
    ];
    for (name, field) in named {
        let law = laws::STORE.iter().find(|law| law.name() == name).expect(name);
        let broken = BrokenStore::all().into_iter().find(|broken| broken.law() == name);
        let said = verdict(law, &broken.expect(name).subject()).expect(name);
        assert!(said.contains(field), "{name}: {said}");
    }
}

#[test]
fn the_rooms_of_the_laws_are_the_whole_house() {
    let rooms = [laws::LOGINS, laws::LISTS, laws::OUTBOX];
    let all: usize = rooms.iter().map(|room| room.len()).sum();
    let names: BTreeSet<_> = rooms.into_iter().flat_map(names).collect();
    assert_eq!(names, self::names(laws::STORE));
    assert_eq!(all, laws::STORE.len(), "a law stands in two rooms");
}

#[test]
fn every_law_of_the_mailer_catches_the_mailer_that_breaks_it() {
    for broken in BrokenMailer::all() {
        let name = broken.law();
        let what = broken.what();
        let law = laws::MAILER.iter().find(|law| law.name() == name).expect(name);
        let said = verdict(law, &MailerSubject::new(broken));
        let said =
            said.unwrap_or_else(|| panic!("{name} is kept by a mailer of which is known: {what}"));
        assert!(said.contains(' '), "a red law speaks in a sentence: {said}");
    }
    let broken: BTreeSet<_> = BrokenMailer::all().iter().map(BrokenMailer::law).collect();
    assert_eq!(
        broken,
        names(laws::MAILER),
        "a law without a mailer that breaks it catches nothing"
    );
}

#[test]
fn no_law_is_left_out_of_the_macros() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/laws");
    let mut written = BTreeSet::new();
    for file in files(&folder) {
        let text = fs::read_to_string(&file).unwrap();
        let laws = text.split("\npub async fn ").skip(1);
        written.extend(laws.map(|law| law.split('(').next().unwrap().to_owned()));
    }
    let named: BTreeSet<_> = names(laws::STORE).union(&names(laws::MAILER)).copied().collect();
    assert_eq!(written.iter().map(String::as_str).collect::<BTreeSet<_>>(), named);
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

mod a_mailer_that_works_keeps_every_law {
    use crate::broken::BrokenMailer;

    countersign_testkit::mailer_laws!(async { BrokenMailer::mended() });
}
