//! The one canonical form of every code that a user types.
//!
//! People copy "482 913" with its space, paste invisible marks along with a mail, and type the
//! digits of their own script. All of that means the same code, so it is settled here, once, and
//! whatever compares codes sees ASCII digits of the exact length. What only looks like a digit
//! (`①`, `一`, `Ⅳ`) is refused; compatibility normalization (NFKC) would turn it into one, so it
//! is never applied.

use std::fmt;

use crate::types::{Locale, SecretText, in_language};

/// Most bytes that are looked at: a code of 8 digits in any script, with separators and to spare.
const MOST_BYTES: usize = 128;

/// A security code in its canonical form: ASCII digits, as many as were asked for.
///
/// Two codes are compared in constant time, and no code shows in `Debug`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code(SecretText);

impl Code {
    /// Reads what a user typed, for a code of `digits` digits.
    ///
    /// Spaces, dashes, dots and invisible marks are skipped wherever they stand. Decimal digits of
    /// every script count by their value. Reading a code's own digits gives the same code.
    ///
    /// # Errors
    ///
    /// [`Malformed`] says what to type instead. Malformed input costs no attempt.
    pub(crate) fn parse(typed: &str, digits: u8) -> Result<Self, Malformed> {
        if typed.len() > MOST_BYTES {
            return Err(Malformed::TooLong);
        }
        let wanted = usize::from(digits);
        // Room for every digit from the start, so that growing leaves no copy behind.
        let mut code = String::with_capacity(wanted);
        let mut count = 0;
        for c in typed.chars().filter(|c| !is_skipped(*c)) {
            let digit = ascii_digit(c).ok_or(Malformed::NotDigits)?;
            count += 1;
            if count <= wanted {
                code.push(digit);
            }
        }
        match count {
            0 => Err(Malformed::Empty),
            few if few < wanted => Err(Malformed::TooFew { typed: few, wanted: digits }),
            many if many > wanted => Err(Malformed::TooMany { typed: many, wanted: digits }),
            _ => Ok(Self(SecretText::new(code))),
        }
    }

    /// Takes a code that this library made: ASCII digits, zero-padded to their full length.
    pub(crate) fn from_generated(digits: String) -> Self {
        Self(SecretText::new(digits))
    }

    /// The digits, exposed for the one place that shows them.
    pub(crate) fn digits(&self) -> &str {
        self.0.expose()
    }
}

/// Why the input cannot be a code.
///
/// It never repeats the input, and malformed input costs no attempt.
///
/// ```
/// use countersign_core::codes::Malformed;
///
/// let refused = Malformed::TooFew { typed: 5, wanted: 6 };
/// assert_eq!(refused.to_string(), "The code has 6 digits. You typed 5.");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "a page has an answer to each")]
pub enum Malformed {
    /// Nothing was typed, or only spaces and dashes.
    Empty,
    /// Digits are missing.
    TooFew {
        /// How many digits were typed.
        typed: usize,
        /// How many the code has.
        wanted: u8,
    },
    /// There are digits to spare.
    TooMany {
        /// How many digits were typed.
        typed: usize,
        /// How many the code has.
        wanted: u8,
    },
    /// Something in it is neither a digit nor a separator.
    NotDigits,
    /// It is longer than any way to write a code, and was not looked at.
    TooLong,
}

impl Malformed {
    /// The sentence for the user who typed, in the language of the locale.
    ///
    /// ```
    /// use countersign_core::codes::Malformed;
    /// use countersign_core::Locale;
    ///
    /// let refused = Malformed::TooFew { typed: 5, wanted: 6 };
    /// assert_eq!(refused.message(&Locale::english()), "The code has 6 digits. You typed 5.");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn message(&self, locale: &Locale) -> String {
        let text = |texts| in_language(locale, texts).to_owned();
        match self {
            Self::Empty => text([
                "Enter the security code.",
                "Geben Sie den Sicherheitscode ein.",
                "أدخل رمز الأمان.",
            ]),
            Self::TooFew { typed, wanted } | Self::TooMany { typed, wanted } => text([
                "The code has {wanted} digits. You typed {typed}.",
                "Der Code hat {wanted} Ziffern. Sie haben {typed} eingegeben.",
                "الرمز من {wanted} أرقام. كتبت {typed}.",
            ])
            .replace("{wanted}", &wanted.to_string())
            .replace("{typed}", &typed.to_string()),
            Self::NotDigits => text([
                "The code has digits only.",
                "Der Code besteht nur aus Ziffern.",
                "الرمز أرقام فقط.",
            ]),
            Self::TooLong => text([
                "That is too long for a code.",
                "Das ist zu lang für einen Code.",
                "هذا أطول من أن يكون رمزًا.",
            ]),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(&Locale::english()))
    }
}

/// Whether people, keyboards and mail programs put this character between or around digits.
fn is_skipped(c: char) -> bool {
    c.is_whitespace() || is_dash(c) || is_dot(c) || is_invisible(c)
}

/// Hyphens, dashes, the bar, the minus, and their small and fullwidth forms.
fn is_dash(c: char) -> bool {
    matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' | '\u{ff0d}')
}

fn is_dot(c: char) -> bool {
    // No bullets: a row of them is a hidden code, not a separator.
    matches!(
        c,
        '.' | '\u{b7}' // middle dot
            | '\u{2027}' | '\u{22c5}' // hyphenation point, dot operator
            | '\u{30fb}' | '\u{ff65}' // katakana middle dots
            | '\u{ff0e}' // fullwidth full stop
    )
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{ad}' // soft hyphen
            | '\u{61c}' | '\u{200e}' | '\u{200f}' // direction marks
            | '\u{200b}'..='\u{200d}' // zero-width space and joiners
            | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' // embeddings, overrides, isolates
            | '\u{2060}' | '\u{feff}' // word joiner, byte order mark
    )
}

/// The ASCII digit of the same value, for a decimal digit of any script.
fn ascii_digit(c: char) -> Option<char> {
    let value = ZEROS
        .iter()
        .filter_map(|zero| u32::from(c).checked_sub(u32::from(*zero)))
        .find(|value| *value < 10)?;
    char::from_digit(value, 10)
}

/// The zero of every script in Unicode 16 that has decimal digits (general category Nd); the nine
/// others follow it. Mathematical, outlined and segmented digits are left out: no keyboard and no
/// app writes a code in them.
const ZEROS: [char; 69] = [
    '0',         // ASCII
    '\u{660}',   // Arabic-Indic
    '\u{6f0}',   // Extended Arabic-Indic
    '\u{7c0}',   // NKo
    '\u{966}',   // Devanagari
    '\u{9e6}',   // Bengali
    '\u{a66}',   // Gurmukhi
    '\u{ae6}',   // Gujarati
    '\u{b66}',   // Oriya
    '\u{be6}',   // Tamil
    '\u{c66}',   // Telugu
    '\u{ce6}',   // Kannada
    '\u{d66}',   // Malayalam
    '\u{de6}',   // Sinhala Lith
    '\u{e50}',   // Thai
    '\u{ed0}',   // Lao
    '\u{f20}',   // Tibetan
    '\u{1040}',  // Myanmar
    '\u{1090}',  // Myanmar Shan
    '\u{17e0}',  // Khmer
    '\u{1810}',  // Mongolian
    '\u{1946}',  // Limbu
    '\u{19d0}',  // New Tai Lue
    '\u{1a80}',  // Tai Tham Hora
    '\u{1a90}',  // Tai Tham Tham
    '\u{1b50}',  // Balinese
    '\u{1bb0}',  // Sundanese
    '\u{1c40}',  // Lepcha
    '\u{1c50}',  // Ol Chiki
    '\u{a620}',  // Vai
    '\u{a8d0}',  // Saurashtra
    '\u{a900}',  // Kayah Li
    '\u{a9d0}',  // Javanese
    '\u{a9f0}',  // Myanmar Tai Laing
    '\u{aa50}',  // Cham
    '\u{abf0}',  // Meetei Mayek
    '\u{ff10}',  // fullwidth
    '\u{104a0}', // Osmanya
    '\u{10d30}', // Hanifi Rohingya
    '\u{10d40}', // Garay
    '\u{11066}', // Brahmi
    '\u{110f0}', // Sora Sompeng
    '\u{11136}', // Chakma
    '\u{111d0}', // Sharada
    '\u{112f0}', // Khudawadi
    '\u{11450}', // Newa
    '\u{114d0}', // Tirhuta
    '\u{11650}', // Modi
    '\u{116c0}', // Takri
    '\u{116d0}', // Myanmar Pao Karen
    '\u{116da}', // Myanmar Eastern Pwo Karen
    '\u{11730}', // Ahom
    '\u{118e0}', // Warang Citi
    '\u{11950}', // Dives Akuru
    '\u{11bf0}', // Sunuwar
    '\u{11c50}', // Bhaiksuki
    '\u{11d50}', // Masaram Gondi
    '\u{11da0}', // Gunjala Gondi
    '\u{11f50}', // Kawi
    '\u{16130}', // Gurung Khema
    '\u{16a60}', // Mro
    '\u{16ac0}', // Tangsa
    '\u{16b50}', // Pahawh Hmong
    '\u{16d70}', // Kirat Rai
    '\u{1e140}', // Nyiakeng Puachue Hmong
    '\u{1e2f0}', // Wancho
    '\u{1e4f0}', // Nag Mundari
    '\u{1e5f1}', // Ol Onal
    '\u{1e950}', // Adlam
];

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(typed: &str, means: Result<&str, Malformed>) {
        let read = Code::parse(typed, 6);
        assert_eq!(read.as_ref().map(Code::digits), means.as_ref().copied(), "{typed:?}");
    }

    #[test]
    fn every_way_to_write_a_code_is_the_same_code() {
        let ways = [
            "482913",
            " 482913\r\n",
            "482 913",
            "4 8 2 9 1 3",
            "482-913",
            "482.913",
            "482\u{a0}913",   // no-break space
            "482\u{202f}913", // narrow no-break space
            "482\u{2009}913", // thin space
            "482\u{200a}913", // hair space
            "482\u{3000}913", // ideographic space
            "482\t913",
            "482\u{2010}913",                                         // hyphen
            "482\u{2011}913",                                         // no-break hyphen
            "482\u{2013}913",                                         // en dash
            "482\u{2014}913",                                         // em dash
            "482\u{2212}913",                                         // minus
            "482\u{b7}913",                                           // middle dot
            "482\u{30fb}913",                                         // katakana middle dot
            "\u{2068}482913\u{2069}", // isolates, as fluent writes them
            "\u{200e}482913\u{200f}", // direction marks
            "\u{202d}482913\u{202c}", // override
            "\u{feff}482\u{200b}913\u{2060}", // zero width
            "482\u{ad}913",           // soft hyphen
            "４８２９１３",           // fullwidth
            "٤٨٢٩١٣",                 // Arabic-Indic
            "۴۸۲۹۱۳",                 // Extended Arabic-Indic
            "४८२९१३",                 // Devanagari
            "৪৮২৯১৩",                 // Bengali
            "๔๘๒๙๑๓",                 // Thai
            "៤៨២៩១៣",                 // Khmer
            "\u{1e954}\u{1e958}\u{1e952}\u{1e959}\u{1e951}\u{1e953}", // Adlam
            "482９۱3",                // mixed
        ];
        for way in ways {
            check(way, Ok("482913"));
        }
        check("000000", Ok("000000"));
    }

    #[test]
    fn every_mark_that_travels_along_is_skipped_wherever_it_stands() {
        let spaces =
            "\t\n\r \u{85}\u{a0}\u{2000}\u{2003}\u{2007}\u{2009}\u{200a}\u{202f}\u{205f}\u{3000}";
        let dashes = "-‐‑‒–—―−﹘﹣－";
        let dots = ".·‧⋅・･．";
        let marks = "\u{ad}\u{61c}\u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2060}\u{feff}";
        let bidi = "\u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{2066}\u{2067}\u{2068}\u{2069}";
        for mark in [spaces, dashes, dots, marks, bidi].into_iter().flat_map(str::chars) {
            check(&format!("{mark}482{mark}913{mark}"), Ok("482913"));
        }
    }

    #[test]
    fn what_only_looks_like_digits_is_refused() {
        let refused = [
            "①②③④⑤⑥",
            "一二三四五六",
            "ⅠⅡⅢⅣⅤⅥ",
            "¹²³⁴⁵⁶",
            "½½½½½½",
            "𝟏𝟐𝟑𝟒𝟓𝟔",
            "\u{1fbf1}\u{1fbf2}\u{1fbf3}\u{1fbf4}\u{1fbf5}\u{1fbf6}",
            "●●●●●●",
            "••••••",
            "48291E",
            "48291O",
            "+482913",
            "482,913",
            "482_913",
            "482913\0",
            "1️⃣2️⃣3️⃣",
            "abcdef",
            "12345678901a",
        ];
        for typed in refused {
            check(typed, Err(Malformed::NotDigits));
        }
    }

    #[test]
    fn a_refusal_says_what_to_type() {
        for (typed, why, sentence) in [
            ("", Malformed::Empty, "Enter the security code."),
            (" - \u{200b}", Malformed::Empty, "Enter the security code."),
            ("1", Malformed::TooFew { typed: 1, wanted: 6 }, "The code has 6 digits. You typed 1."),
            (
                "48 29 1",
                Malformed::TooFew { typed: 5, wanted: 6 },
                "The code has 6 digits. You typed 5.",
            ),
            (
                "٤٨٢٩١٣٧",
                Malformed::TooMany { typed: 7, wanted: 6 },
                "The code has 6 digits. You typed 7.",
            ),
            ("secret", Malformed::NotDigits, "The code has digits only."),
            (&" ".repeat(129), Malformed::TooLong, "That is too long for a code."),
            (&"1".repeat(5 << 20), Malformed::TooLong, "That is too long for a code."),
        ] {
            check(typed, Err(why));
            assert_eq!(why.to_string(), sentence);
        }
        check(&format!("{}482913", " ".repeat(122)), Ok("482913"));
    }

    #[test]
    fn debug_output_never_shows_a_code() {
        let shown = format!("{:?}", Code::parse("482913", 6));
        assert!(!shown.contains("482"), "{shown}");
    }

    #[test]
    fn no_two_scripts_share_a_digit_and_each_digit_is_one() {
        let mut last = None;
        for zero in ZEROS {
            for value in 0..10 {
                let c = char::from_u32(u32::from(zero) + value).unwrap();
                assert!(c.is_numeric(), "{c:?}");
                assert!(last < Some(c), "{c:?} is out of order");
                assert_eq!(ascii_digit(c), char::from_digit(value, 10), "{c:?}");
                last = Some(c);
            }
        }
    }

    /// Strings of the characters that matter here, far more often than chance would give them.
    fn typing() -> impl Strategy<Value = String> {
        let near = prop_oneof![
            4 => prop::sample::select(ZEROS.to_vec())
                .prop_flat_map(|zero| (0..10_u32).prop_map(move |v| {
                    char::from_u32(u32::from(zero) + v).unwrap()
                })),
            4 => prop::char::range('0', '9'),
            2 => prop::sample::select(vec![' ', '-', '.', '\u{a0}', '\u{2068}', '\u{200b}']),
            1 => any::<char>(),
        ];
        prop_oneof![
            3 => prop::collection::vec(near, 0..24).prop_map(|chars| chars.into_iter().collect()),
            1 => any::<String>(),
        ]
    }

    proptest! {
        #[test]
        fn any_typing_is_a_canonical_code_or_refused(typed in typing(), digits in 6_u8..=8) {
            if let Ok(code) = Code::parse(&typed, digits) {
                prop_assert_eq!(code.digits().len(), usize::from(digits));
                prop_assert!(code.digits().bytes().all(|b| b.is_ascii_digit()));
                let again = Code::parse(code.digits(), digits);
                prop_assert_eq!(again.as_ref().map(Code::digits), Ok(code.digits()));
            }
        }

        #[test]
        fn separators_change_nothing(
            code in "[0-9]{6}",
            at in prop::collection::vec((0_usize..=6, prop::char::any().prop_filter(
                "a separator", |c| is_skipped(*c))), 0..4),
        ) {
            let mut typed = code.clone();
            for (at, separator) in at {
                let at = typed.char_indices().map(|(i, _)| i).nth(at).unwrap_or(typed.len());
                typed.insert(at, separator);
            }
            let read = Code::parse(&typed, 6);
            prop_assert_eq!(read.as_ref().map(Code::digits), Ok(code.as_str()));
        }
    }
}
