//! Words that may not come back: each had another meaning, or was one of two words for one thing.
//!
//! Every file that git tracks is read: code, documentation, SQL and tests. To retire a word, add a
//! line to [`RETIRED`] that says what is written instead, and why, and run `cargo xtask words`.

use std::fs;

use crate::command::{command, read, root};

/// A word, and where it may not stand.
struct Retired {
    word: &'static str,
    place: Place,
    now: &'static str,
    because: &'static str,
}

/// Where a word is looked for. It is always whole: `Pass` is not found in `Passed`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// In every file, sentences included: for what is a word of ours and of nobody else.
    Everywhere,
    /// As a name in Rust and SQL, outside of comments and texts: for plain English words.
    Names,
}

const RETIRED: &[Retired] = &[
    // Layers that are rooms now, and rooms that have no public name.
    everywhere("countersign_core::words", "the root", ROOMS),
    everywhere("countersign_core::rules", "the root, account, codes, login, mail or policy", ROOMS),
    everywhere("countersign_core::ports", "the root, or the room that the port serves", ROOMS),
    everywhere("countersign_core::services", "the root", ROOMS),
    everywhere("countersign_core::memory", "the root", ROOMS),
    everywhere("countersign_core::record", "`countersign_core::store::record`", ROOMS),
    everywhere("countersign_core::types", "the root", ROOMS),
    everywhere("countersign_core::mfa", "the root", ROOMS),
    everywhere("countersign_core::seal", "`countersign_core::keys`", ROOMS),
    everywhere("countersign::words", "the root", ROOMS),
    everywhere("countersign::rules", "the root, account, codes, login, mail or policy", ROOMS),
    everywhere("countersign::ports", "the root, or the room that the port serves", ROOMS),
    everywhere("countersign::services", "the root", ROOMS),
    everywhere("countersign::memory", "the root", ROOMS),
    everywhere("countersign::record", "`countersign::store::record`", ROOMS),
    everywhere("countersign::types", "the root", ROOMS),
    everywhere("countersign::mfa", "the root", ROOMS),
    everywhere("countersign::seal", "`countersign::keys`", ROOMS),
    everywhere("countersign::tokio", "`countersign::spawn_courier`", "it shadowed the crate"),
    everywhere("countersign::axum", "`countersign::web`", "it shadowed the crate"),
    // Words of the adapter.
    everywhere("Keeper", "`SessionTransport`", SEARCHED),
    everywhere("CookieKeeper", "`CookieTransport`", SEARCHED),
    as_a_name("Hidden", "`CsrfFields`", SEARCHED),
    as_a_name("Errand", "a step-up link", SEARCHED),
    as_a_name("errand", "a step-up link", SEARCHED),
    // Words of the core.
    as_a_name("Draft", "`Work`", SAYS_MORE),
    as_a_name("Inner", "`Engine`", SAYS_MORE),
    as_a_name("Carried", "`TicketClaims`", SAYS_MORE),
    as_a_name("Handed", "`Handover`", SAYS_MORE),
    as_a_name("Attempted", "`AnsweredAttempt`", SAYS_MORE),
    as_a_name("Vault", "`Sealer`", SAYS_MORE),
    as_a_name("vault", "`sealer`", SAYS_MORE),
    as_a_name("Bell", "`Wakeup`", SAYS_MORE),
    everywhere("adopt_many", "`add_existing_users`", SAYS_MORE),
    as_a_name("adopt", "`add_existing_user`", "account takeover is an attack"),
    everywhere("create_user", "`invite_user`", "the pair says who gets mail"),
    everywhere("Newcomer", "`NewUser`", ONE_WORD),
    everywhere("BadWord", "`InvalidValue`", SAYS_MORE),
    everywhere("Lifetime", "`std::time::Duration`", "lifetimes are Rust's"),
    everywhere("issue_pass", "`approve_enrollment`", FOUR_MEANINGS),
    everywhere("NeedsPass", "`NeedsApproval`", FOUR_MEANINGS),
    as_a_name("Pass", "`UsedMethod`", FOUR_MEANINGS),
    everywhere("EnrollmentGate", "`BeforeEnrollment`", "there were two gates"),
    as_a_name("Evidence", "`SessionCheck`", SEARCHED),
    as_a_name("Stands", "`Valid`", SEARCHED),
    everywhere("TooWeak", "`StepUpRequired`", SEARCHED),
    as_a_name("recheck", "`check_session`", SEARCHED),
    everywhere("open_for", "`open_step_up`", SAYS_MORE),
    as_a_name("oneself", "`me`", SAYS_MORE),
    everywhere("own_events", "`my_events`", SAYS_MORE),
    everywhere("Roster", "`Accounts`", SAYS_MORE),
    as_a_name("census", "`counts`", SAYS_MORE),
    as_a_name("Standing", "`Access`", SAYS_MORE),
    as_a_name("Held", "`EnrolledMethods`", SAYS_MORE),
    as_a_name("Adopted", "`ExistingUserAdded`", "account takeover is an attack"),
    everywhere("for_people", "`message(locale)` of the reason", ONE_WORD),
    everywhere("Posting", "`CourierTask`", SAYS_MORE),
    // Things that are no longer offered.
    everywhere("countersign_testkit::broken", "nothing", "the broken stores only prove the laws"),
];

const ROOMS: &str = "a path says the subject and not the layer";
const SEARCHED: &str = "it is the word that people search for";
const ONE_WORD: &str = "one thing has one word";
const FOUR_MEANINGS: &str = "pass had four meanings";
const SAYS_MORE: &str = "a name says what the thing is";

const fn everywhere(word: &'static str, now: &'static str, because: &'static str) -> Retired {
    Retired { word, place: Place::Everywhere, now, because }
}

const fn as_a_name(word: &'static str, now: &'static str, because: &'static str) -> Retired {
    Retired { word, place: Place::Names, now, because }
}

/// What may say the old words: this list, and the page that tells what changed.
const MAY_SAY: [&str; 2] = ["xtask/src/retired.rs", "CHANGELOG.md"];

/// Decisions tell what was decided then, in the words of then.
const HISTORY: &str = "docs/decisions/";

/// Looks for retired words.
///
/// # Errors
///
/// Names every place where one stands, and what to write instead.
pub(crate) fn run() -> Result<(), String> {
    let mut found = Vec::new();
    for path in read(command("git", &["ls-files", "-z"]))?.split_terminator('\0') {
        // A file that was deleted and not yet committed, or one that is no text.
        let Ok(text) = fs::read_to_string(root().join(path)) else { continue };
        if !MAY_SAY.contains(&path) && !path.starts_with(HISTORY) {
            found.extend(look(RETIRED, path, &text));
        }
    }
    if found.is_empty() {
        return Ok(());
    }
    Err(format!("FAILED: retired words\n{}", found.join("\n")))
}

fn look(retired: &[Retired], path: &str, text: &str) -> Vec<String> {
    let names = match path.rsplit_once('.') {
        Some((_, "rs")) => only_names(text, &["//"]),
        Some((_, "sql")) => only_names(text, &["--"]),
        _ => String::new(),
    };
    let mut found = Vec::new();
    for Retired { word, place, now, because } in retired {
        let text = if *place == Place::Names { &names } else { text };
        let lines = text.lines().enumerate().filter(|(_, line)| has_word(line, word));
        found.extend(lines.map(|(at, _)| {
            format!("{path}:{}: `{word}` was retired for {now}: {because}", at + 1)
        }));
    }
    found
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_of_a_name) && !after.is_some_and(is_of_a_name)
    })
}

fn is_of_a_name(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The text without comments, strings and characters; every line stays where it is.
fn only_names(text: &str, comments: &[&str]) -> String {
    let mut names = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let skipped = if comments.iter().any(|start| rest.starts_with(start)) {
            rest.find('\n').unwrap_or(rest.len())
        } else if names.ends_with(is_of_a_name) {
            // Inside of a name, where an `r` begins no string.
            0
        } else {
            text_length(rest)
        };
        let taken = if skipped == 0 { c.len_utf8() } else { skipped };
        let (here, next) = rest.split_at(taken);
        match skipped {
            0 => names.push(c),
            _ => names.extend(here.chars().filter(|c| *c == '\n')),
        }
        rest = next;
    }
    names
}

/// How long the literal is that begins here; zero if none does.
fn text_length(rest: &str) -> usize {
    let raw = rest.strip_prefix("br").or_else(|| rest.strip_prefix('r'));
    if let Some(raw) = raw {
        let hashes = raw.len() - raw.trim_start_matches('#').len();
        if raw.get(hashes..).is_some_and(|raw| raw.starts_with('"')) {
            let end = format!("\"{}", "#".repeat(hashes));
            let start = rest.len() - raw.len() + hashes + 1;
            let length = rest.get(start..).and_then(|text| text.find(&end));
            return length.map_or(rest.len(), |length| start + length + end.len());
        }
    }
    match rest.chars().next() {
        Some('"') => quoted_length(rest, '"'),
        // A lifetime has no second quote where a character ends.
        Some('\'') if rest.starts_with("'\\") || rest.chars().nth(2) == Some('\'') => {
            quoted_length(rest, '\'')
        }
        _ => 0,
    }
}

fn quoted_length(rest: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if c == quote => return at + c.len_utf8(),
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::{Retired, as_a_name, everywhere, look};

    const EVERYWHERE: Retired = everywhere("Pass", "`UsedMethod`", "a reason");
    const AS_A_NAME: Retired = as_a_name("Pass", "`UsedMethod`", "a reason");

    fn check(retired: Retired, path: &str, text: &str, lines: &[usize]) {
        let found = look(&[retired], path, text);
        let expected: Vec<String> = lines
            .iter()
            .map(|at| format!("{path}:{at}: `Pass` was retired for `UsedMethod`: a reason"))
            .collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn a_retired_word_is_found_whole_and_on_its_line() {
        let check = |text, lines: &[usize]| check(EVERYWHERE, "docs/a.md", text, lines);
        check("A\nPass\n", &[2]);
        check("`Pass`, Pass::new", &[1]);
        check("Passed, ByPass, Pass_2, pass", &[]);
        check("Passed and Pass", &[1]);
    }

    #[test]
    fn a_plain_word_is_retired_as_a_name_and_not_from_sentences() {
        let check = |text, lines: &[usize]| check(AS_A_NAME, "src/a.rs", text, lines);
        check("struct Pass;", &[1]);
        check("/// Pass\n// Pass\nfn f() {} // Pass", &[]);
        check("let a = \"Pass \\\" Pass\"; Pass", &[1]);
        check("r#\"one\n\" Pass\"#\nPass", &[3]);
        check("br\"Pass\"; let r = Pass;", &[1]);
        check("let bar = \"Pass\";", &[]);
        check("impl<'a> Pass<'a> for X<'a, Pass> {}", &[1]);
        check("('P', '\\'', '\"', Pass, '\"')", &[1]);
    }

    #[test]
    fn names_are_looked_for_in_code_only() {
        check(AS_A_NAME, "docs/a.md", "Pass", &[]);
        check(AS_A_NAME, "a.sql", "-- Pass\nCREATE TABLE Pass", &[2]);
        check(EVERYWHERE, "a.sql", "-- Pass\nCREATE TABLE x", &[1]);
    }
}
