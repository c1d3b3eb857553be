//! What an authenticator app scans: the `otpauth` URI, and the same key for typing by hand.
//!
//! The URI is as plain as it can be, for apps read it in many ways. The issuer stands in it twice,
//! a space is `%20` and never `+`, and algorithm, digits and period are left out, because apps that
//! ignore other values than the usual ones do so without a word. If it gets too long for a small
//! QR code, the label gives way, never the secret.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

use crate::types::{Issuer, Secret, SecretText, is_blank, is_invisible, misleads};

/// Most bytes in a URI. Beside the longest issuer a label still has 64 of them.
const URI_BYTES: usize = 512;

/// What a shortened label ends with.
const ELLIPSIS: char = '…';

/// What is escaped: everything but the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What an app needs to show codes, in both forms: to scan and to type.
///
/// It carries the secret, so its `Debug` shows none of it. Show it once, and only to its owner.
#[derive(Clone, PartialEq, Eq)]
pub struct Provisioning {
    uri: SecretText,
    key: SecretText,
    issuer: Issuer,
    label: Box<str>,
}

impl Provisioning {
    /// The `otpauth` URI, for a QR code or a link on the phone itself; at most 512 bytes.
    #[must_use]
    pub fn uri(&self) -> &SecretText {
        &self.uri
    }

    /// The key in Base32, in groups of four, for users who cannot scan.
    #[must_use]
    pub fn key(&self) -> &SecretText {
        &self.key
    }

    /// The issuer exactly as the app shows it.
    #[must_use]
    pub fn issuer(&self) -> &str {
        self.issuer.as_str()
    }

    /// The label exactly as the app shows it, cleaned and perhaps shortened.
    #[must_use]
    pub fn label(&self) -> &str {
        &self.label
    }
}

impl fmt::Debug for Provisioning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provisioning")
            .field("issuer", &self.issuer())
            .field("label", &self.label())
            .finish_non_exhaustive()
    }
}

/// Writes down this secret for an app, under this issuer and a label that tells accounts apart.
///
/// In the label a colon, also as `%3A`, becomes a dash and a control character a space; what is
/// invisible or changes the direction of text is left out, so that no label reads as another. A label
/// that would make the URI longer than 512 bytes is cut between two characters and ends with "…".
/// A blank label is replaced by the issuer, for the format of the URI asks for one.
pub(crate) fn provision(secret: &Secret, issuer: &Issuer, label: &str) -> Provisioning {
    let key = Zeroizing::new(BASE32_NOPAD.encode(secret.expose()));
    let quoted_issuer = escape(issuer.as_str());
    let label = label_in_app(issuer, label);
    let quoted_label = escape(&label);
    // Room for all of it from the start, so that growing leaves no copy of the key behind.
    let mut uri = String::with_capacity(URI_BYTES + key.len());
    for part in [START, &quoted_issuer, ":", &quoted_label, SECRET, &*key, ISSUER, &quoted_issuer] {
        uri.push_str(part);
    }
    Provisioning {
        uri: SecretText::new(uri),
        key: SecretText::new(in_groups(&key)),
        issuer: issuer.clone(),
        label: label.into_boxed_str(),
    }
}

/// The label as it reads in the app: without what would mislead it, and short enough.
pub(crate) fn label_in_app(issuer: &Issuer, label: &str) -> String {
    let fixed = START.len() + 1 + SECRET.len() + KEY_CHARS + ISSUER.len();
    let taken = fixed + 2 * escape(issuer.as_str()).len();
    let label = match clean(label) {
        blank if is_blank(&blank) => issuer.as_str().to_owned(),
        label => label,
    };
    shortened(&label, URI_BYTES.saturating_sub(taken))
}

/// The fixed parts of a URI, and the letters of a 160-bit key in Base32.
const START: &str = "otpauth://totp/";
const SECRET: &str = "?secret=";
const ISSUER: &str = "&issuer=";
const KEY_CHARS: usize = 32;

/// The label without what would mislead an app, and without space around it.
fn clean(label: &str) -> String {
    let space = |c| if misleads(c) { ' ' } else { c };
    // First, for what is left may be a sign.
    let seen: String = label.chars().filter(|c| !is_invisible(*c)).map(space).collect();
    seen.replace("%3A", "-").replace("%3a", "-").replace(':', "-").trim().to_owned()
}

/// The label, cut so that it takes at most `room` bytes once it is escaped.
fn shortened(label: &str, room: usize) -> String {
    if escape(label).len() <= room {
        return label.to_owned();
    }
    let mut used = escaped_len(ELLIPSIS);
    let mut short: String = label
        .chars()
        .take_while(|c| {
            used += escaped_len(*c);
            used <= room
        })
        .collect();
    short.push(ELLIPSIS);
    short
}

/// How many bytes a character takes once it is escaped.
fn escaped_len(c: char) -> usize {
    escape(c.encode_utf8(&mut [0; 4])).len()
}

fn escape(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// The key in groups of four.
fn in_groups(key: &str) -> String {
    let mut grouped = String::with_capacity(key.len() + key.len() / 4);
    for (at, c) in key.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            grouped.push(' ');
        }
        grouped.push(c);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn secret() -> Secret {
        Secret::new(b"12345678901234567890".to_vec())
    }

    fn issuer(text: &str) -> Issuer {
        Issuer::new(text).unwrap()
    }

    /// What an app makes of a URI, in the reading of RFC 3986: `+` means itself.
    #[derive(Debug, PartialEq)]
    struct Scanned {
        path_issuer: String,
        label: String,
        secret: String,
        query_issuer: String,
    }

    fn unescape(text: &str) -> String {
        let mut bytes = Vec::new();
        let mut rest = text.as_bytes();
        while let [first, after @ ..] = rest {
            rest = after;
            if *first != b'%' {
                assert!(first.is_ascii_alphanumeric() || b"-._~".contains(first), "{text}");
                bytes.push(*first);
                continue;
            }
            let hex = std::str::from_utf8(&rest[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &rest[2..];
        }
        String::from_utf8(bytes).unwrap()
    }

    fn scan(uri: &str) -> Scanned {
        let rest = uri.strip_prefix("otpauth://totp/").unwrap();
        let (path, query) = rest.split_once('?').unwrap();
        let (path_issuer, label) = path.split_once(':').unwrap();
        let fields: Vec<_> = query.split('&').map(|f| f.split_once('=').unwrap()).collect();
        let [("secret", secret), ("issuer", query_issuer)] = fields[..] else {
            panic!("{query}");
        };
        Scanned {
            path_issuer: unescape(path_issuer),
            label: unescape(label),
            secret: secret.to_owned(),
            query_issuer: unescape(query_issuer),
        }
    }

    #[test]
    fn a_uri_reads_as_the_apps_expect_it() {
        let made = provision(&secret(), &issuer("Larkfield Freight"), "ada@larkfield.example");
        assert_eq!(
            made.uri().expose(),
            "otpauth://totp/Larkfield%20Freight:ada%40larkfield.example\
             ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Larkfield%20Freight"
        );
        assert_eq!(made.key().expose(), "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ");
        assert_eq!(made.issuer(), "Larkfield Freight");
        assert_eq!(made.label(), "ada@larkfield.example");
    }

    #[test]
    fn odd_names_come_out_of_the_app_as_they_went_in() {
        let names = [
            "Larkfield Freight",
            "A&B # 50% ? a/b + c = d; e, f",
            "Müller & Söhne",
            "日本通運",
            "🚚 Freight 👩‍👩‍👧",
            "شركة النقل",
            "חברה 1",
            "%20%2B+",
            "a\"b'c<d>\\e",
            "e\u{301}",
        ];
        for name in names {
            for label in names {
                let made = provision(&secret(), &issuer(name), label);
                let scanned = scan(made.uri().expose());
                assert_eq!(scanned.path_issuer, name);
                assert_eq!(scanned.query_issuer, name);
                assert_eq!(scanned.label, label);
                assert_eq!(made.label(), label);
                assert!(!made.uri().expose().contains('+'), "a space must not be a plus");
            }
        }
    }

    #[test]
    fn a_label_never_holds_a_second_separator() {
        for (label, cleaned) in [
            ("ada:lovelace", "ada-lovelace"),
            ("ada%3Alovelace%3a", "ada-lovelace-"),
            ("%%3A3A", "%-3A"),
            ("ada\r\nlovelace\t\0", "ada  lovelace"),
            ("  ada  ", "ada"),
            ("", "Larkfield"),
            (" \n", "Larkfield"),
            (":", "-"),
        ] {
            let made = provision(&secret(), &issuer("Larkfield"), label);
            assert_eq!(made.label(), cleaned, "{label:?}");
            assert_eq!(scan(made.uri().expose()).label, cleaned, "{label:?}");
        }
    }

    #[test]
    fn no_label_reads_as_another_than_it_is() {
        for (label, cleaned) in [
            ("ada\u{200b}", "ada"),
            ("\u{202e}ada@evil.example", "ada@evil.example"),
            ("ada\u{2066}\u{2069}\u{feff}", "ada"),
            ("ada\u{2028}lovelace", "ada lovelace"),
            ("ada%\u{200b}3Alovelace", "ada-lovelace"),
            ("\u{200b}\u{3164}", "Larkfield"),
            ("\u{200d}", "Larkfield"),
            // Persian and emoji are written with joiners.
            ("\u{645}\u{6cc}\u{200c}\u{62e}", "\u{645}\u{6cc}\u{200c}\u{62e}"),
        ] {
            let made = provision(&secret(), &issuer("Larkfield"), label);
            assert_eq!(made.label(), cleaned, "{label:?}");
            assert_eq!(scan(made.uri().expose()).label, cleaned, "{label:?}");
        }
    }

    #[test]
    fn a_long_label_gives_way_and_the_secret_does_not() {
        let longest = issuer(&"運".repeat(21));
        for (name, label) in [
            (issuer("Larkfield"), "a".repeat(128)),
            (issuer("Larkfield"), "運".repeat(128)),
            (issuer("Larkfield"), "🚚".repeat(5000)),
            (longest.clone(), "a".repeat(128)),
            (longest.clone(), "🚚".repeat(128)),
            (longest, String::new()),
        ] {
            let made = provision(&secret(), &name, &label);
            let uri = made.uri().expose();
            assert!(uri.len() <= 512, "{}", uri.len());
            let scanned = scan(uri);
            assert_eq!(scanned.secret, "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
            assert_eq!(scanned.query_issuer, name.as_str());
            assert_eq!(scanned.label, made.label());
            let kept = made.label().strip_suffix('…').unwrap_or(made.label());
            let whole = if label.is_empty() { name.as_str() } else { &label };
            assert!(whole.starts_with(kept) && kept.chars().count() >= 4, "{}", made.label());
            // It is cut no shorter than it must be.
            assert!(kept == whole || uri.len() > 512 - 12, "{}", uri.len());
        }
        let made = provision(&secret(), &issuer("Larkfield"), &"a".repeat(128));
        assert_eq!(made.label(), "a".repeat(128));
    }

    #[test]
    fn an_issuer_that_would_mislead_an_app_is_refused() {
        for (text, why) in [
            ("", "it is empty"),
            (" \u{a0}", "it is empty"),
            ("Acme: Dev", "it holds ':'"),
            ("Acme%3A Dev", "it holds '%3A'"),
            ("Acme%3a Dev", "it holds '%3a'"),
            ("//acme.example", "it holds '//'"),
            ("https://acme.example", "it holds '//'"),
            ("Acme\nDev", "it holds U+000A, which is not seen or turns the text"),
            ("Acme\u{85}", "it holds U+0085, which is not seen or turns the text"),
            (&"a".repeat(65), "it has 65 bytes"),
            (&"運".repeat(22), "it has 66 bytes"),
        ] {
            let said = Issuer::new(text).unwrap_err().to_string();
            assert!(said.starts_with(&format!("an issuer was refused: {why}; give ")), "{said}");
        }
        let longest = "a".repeat(64);
        for text in ["A", "Acme/Dev", "100% Acme", longest.as_str()] {
            let issuer: Issuer = text.parse().unwrap();
            assert_eq!((issuer.as_str(), issuer.to_string().as_str()), (text, text));
        }
    }

    #[test]
    fn debug_output_never_shows_the_key() {
        let shown = format!("{:?}", provision(&secret(), &issuer("Larkfield"), "ada"));
        assert_eq!(shown, r#"Provisioning { issuer: "Larkfield", label: "ada", .. }"#);
    }

    proptest! {
        #[test]
        fn whatever_the_names_an_app_reads_them_back(
            name in prop_oneof![any::<String>(), r"\PC{1,20}"],
            label in prop_oneof![any::<String>(), ".{100,300}"],
            bytes in prop::array::uniform20(any::<u8>()),
        ) {
            let Ok(issuer) = Issuer::new(name) else { return Ok(()) };
            let made = provision(&Secret::new(bytes.to_vec()), &issuer, &label);
            prop_assert!(made.uri().expose().len() <= 512);
            let scanned = scan(made.uri().expose());
            prop_assert_eq!(&scanned.path_issuer, issuer.as_str());
            prop_assert_eq!(&scanned.query_issuer, issuer.as_str());
            prop_assert_eq!(&scanned.label, made.label());
            let second = |text: &str| {
                let text = text.to_ascii_uppercase();
                text.contains(':') || text.contains("%3A")
            };
            prop_assert!(!second(made.label()) && !second(made.issuer()));
            prop_assert_eq!(scanned.secret.len(), 32);
            prop_assert_eq!(BASE32_NOPAD.decode(scanned.secret.as_bytes()).unwrap(), bytes);
            let typed = made.key().expose().replace(' ', "");
            prop_assert_eq!(typed, scanned.secret);
        }
    }
}
