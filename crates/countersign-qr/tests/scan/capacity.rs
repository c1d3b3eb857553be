//! Whatever the text, it is drawn and read back, or refused.

use countersign_qr::Qr;
use proptest::prelude::*;

use crate::browser::shown;
use crate::camera::Ground;

/// Bytes that always fit at level M, and bytes that never do.
const CAPACITY: usize = 2331;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_fits_is_read_back(
        text in prop_oneof![
            any::<String>(),
            r"\PC{1,300}",
            "[ -~]{1,2331}",
            "[0-9A-Z%:/.]{1,2331}",
        ],
    ) {
        prop_assume!(!text.is_empty() && text.len() <= CAPACITY);
        let svg = Qr::encode(&text).unwrap().svg(&text);
        let page = shown(&svg, Ground::Dark, 300).on(Ground::Dark, 20);
        prop_assert_eq!(page.scanned(), [text]);
    }

    #[test]
    fn no_text_and_no_name_makes_it_panic(text in ".{0,4000}", name in any::<String>()) {
        match Qr::encode(&text) {
            Ok(qr) => prop_assert!(qr.svg(&name).ends_with("</svg>")),
            Err(error) => {
                prop_assert!(text.len() > CAPACITY);
                let length = format!(" {} bytes", text.len());
                prop_assert!(error.to_string().contains(&length));
            }
        }
    }
}
