//! Secrets are compared in constant time: what a comparison takes does not tell where two values
//! begin to differ, and no line of the library compares what was taken out of its custody.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use countersign_core::{Digest, Secret, SecretText, Ticket};

const SIZE: usize = 1 << 18;

/// The quickest of a few comparisons, which no other work on the machine has slowed down.
#[expect(clippy::disallowed_methods, reason = "the time that passes is what is tested")]
fn quickest(mut compare: impl FnMut() -> bool) -> Duration {
    let took = |_| {
        let began = Instant::now();
        assert!(!compare());
        began.elapsed()
    };
    (0..7).map(took).min().unwrap()
}

/// A comparison that stops at the first difference is a hundred times quicker with an early one
/// here, so a factor of four is nothing that a busy machine decides.
fn check<T: PartialEq>(what: &str, made: impl Fn(Vec<u8>) -> T) {
    let with = |place: usize| {
        let mut bytes = vec![b'x'; SIZE];
        *bytes.get_mut(place).unwrap() = b'y';
        made(bytes)
    };
    let whole = made(vec![b'x'; SIZE]);
    let early = with(0);
    let late = with(SIZE - 1);
    let early = quickest(|| whole == early);
    let late = quickest(|| whole == late);
    assert!(early * 4 > late, "{what}: {early:?} for the first byte, {late:?} for the last");
}

#[test]
fn how_long_a_comparison_of_secrets_takes_does_not_tell_where_they_differ() {
    let text = |bytes| String::from_utf8(bytes).unwrap();
    check("Secret", Secret::new);
    check("SecretText", |bytes| SecretText::new(text(bytes)));
    check("Ticket", |bytes| Ticket::from_browser(text(bytes)));
}

#[test]
fn digests_that_differ_in_any_one_bit_differ_and_the_same_ones_do_not() {
    let digest = Digest::from_bytes([7; 32]);
    assert!(digest == Digest::from_bytes([7; 32]));
    for bit in 0..256 {
        let mut bytes = [7; 32];
        bytes[bit / 8] ^= 1 << (bit % 8);
        assert!(digest != Digest::from_bytes(bytes), "bit {bit}");
    }
}

/// Every line of the library that is not a test, each with its file.
fn library() -> Vec<(String, String)> {
    fn walk(place: &Path, files: &mut Vec<(String, String)>) {
        for entry in fs::read_dir(place).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, files);
            } else if path.extension().is_some_and(|ext| ext == "rs") && !path.ends_with("tests.rs")
            {
                let text = fs::read_to_string(&path).unwrap();
                let code = text.split("#[cfg(test)]\nmod tests").next().unwrap().to_owned();
                files.push((path.file_name().unwrap().to_string_lossy().into_owned(), code));
            }
        }
    }
    let mut files = Vec::new();
    walk(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut files);
    files
}

/// The code without line breaks inside statements, comments left out.
fn statements(code: &str) -> Vec<String> {
    let plain: Vec<_> =
        code.lines().map(str::trim).filter(|line| !line.starts_with("//")).collect();
    plain.join(" ").split([';', '{', '}']).map(str::to_owned).collect()
}

#[test]
fn no_type_that_keeps_secret_bytes_is_compared_by_a_derived_or_short_cut_comparison() {
    let mut by_hand = Vec::new();
    let mut keeping = Vec::new();
    for (file, code) in library() {
        // An equality written by hand is there for secrets, and only to call the constant-time one.
        for written in code.split("impl PartialEq for ").skip(1) {
            let (name, rest) = written.split_once(' ').unwrap();
            let body = rest.split("\n}").next().unwrap();
            assert!(body.contains(".ct_eq(") && body.contains(".into()"), "{file}: {name}");
            assert!(!body.contains("==") && !body.contains("&&"), "{file}: {name}");
            by_hand.push(name.to_owned());
        }
        // What keeps wiped bytes, or is a digest, derives no equality.
        for item in code.split("\n\n") {
            let Some((head, body)) = item.split_once("pub struct ") else { continue };
            let name: String = body.chars().take_while(|c| c.is_alphanumeric()).collect();
            let keeps = body.contains("Zeroizing<") || name == "Digest";
            let derives = head.lines().any(|l| l.contains("derive") && l.contains("PartialEq"));
            assert!(!(keeps && derives), "{file}: {name} is compared byte by byte");
            if keeps && body.lines().next().unwrap().contains('(') {
                keeping.push(name);
            }
        }
    }
    for names in [&mut by_hand, &mut keeping] {
        names.sort();
        assert_eq!(*names, ["Digest", "Secret", "SecretText"]);
    }
}

#[test]
fn no_line_of_the_library_compares_a_secret_that_it_has_taken_out_of_its_custody() {
    let taken =
        [".expose()", ".digits()", ".typed()", ".as_bytes()", "finalize()", "Sha256::digest"];
    let mut seen = 0;
    let mut told = Vec::new();
    for (file, code) in library() {
        // Where the equality itself is written, and where ids are read and written.
        if file == "secret.rs" {
            continue;
        }
        for statement in statements(&code) {
            let takes = taken.iter().any(|call| statement.contains(call));
            seen += usize::from(takes);
            let compares = ["==", "!=", ".eq(", ".ne(", ".cmp(", "starts_with(", "assert"];
            if takes && compares.iter().any(|sign| statement.contains(sign)) {
                told.push(format!("{file}: {statement}"));
            }
        }
    }
    assert!(told.is_empty(), "{told:#?}");
    assert!(seen > 20, "the library hardly handles a secret: {seen}");
}
