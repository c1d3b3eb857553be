//! The phone reads what the library shows, in every form, and shows the codes of RFC 6238.
#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail as the test may")]

use std::time::Duration;

use countersign_core::{MINUTE, Timestamp};
use countersign_testkit::FakePhone;

/// Drawn by `countersign-qr`, which this crate must not know; the link is the one below.
const DARK_ON_LIGHT: &str = include_str!("fixtures/qr-dark-on-light.txt");
const LIGHT_ON_DARK: &str = include_str!("fixtures/qr-light-on-dark.txt");

const LINK: &str = "otpauth://totp/Larkfield%20Freight:ada%40larkfield.example\
                    ?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Larkfield%20Freight";
const ENTRY: (&str, &str) = ("Larkfield Freight", "ada@larkfield.example");

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds)
}

/// The text as a camera sees it: 8 grey pixels for a module, 230 and 20 for light and dark.
fn photographed(text: &str, ink: u8, ground: u8) -> (usize, Vec<u8>) {
    const SIDE: usize = 8;
    let mut luma = Vec::new();
    for line in text.lines() {
        for inked in ['▀', '▄'] {
            let module = |c: char| if c == '█' || c == inked { ink } else { ground };
            let row: Vec<u8> = line.chars().flat_map(|c| [module(c); SIDE]).collect();
            luma.extend(row.repeat(SIDE));
        }
    }
    (text.lines().next().unwrap().chars().count() * SIDE, luma)
}

#[test]
fn a_link_a_picture_and_a_terminal_make_the_same_entry() {
    let (width, luma) = photographed(DARK_ON_LIGHT, 20, 230);
    let ways: [fn(&mut FakePhone, usize, &[u8]); 4] = [
        |phone, _, _| phone.scan_uri(LINK).unwrap(),
        |phone, width, luma| phone.scan_picture(width, luma).unwrap(),
        |phone, _, _| phone.scan_terminal(DARK_ON_LIGHT).unwrap(),
        |phone, _, _| phone.scan_terminal(LIGHT_ON_DARK).unwrap(),
    ];
    for way in ways {
        let mut phone = FakePhone::new();
        way(&mut phone, width, &luma);
        assert_eq!(phone.entries().collect::<Vec<_>>(), [ENTRY]);
        assert_eq!(phone.code(at(59)), "287082");
    }
}

#[test]
fn what_is_no_picture_of_one_code_is_refused_with_the_reason() {
    let phone = || FakePhone::new();
    let (width, luma) = photographed(DARK_ON_LIGHT, 20, 230);
    let twice: Vec<u8> = [luma.clone(), luma.clone()].concat();
    let (_, inverted) = photographed(DARK_ON_LIGHT, 230, 20);
    let half: Vec<u8> = luma[..luma.len() / 2].to_vec();
    for (luma, width, why) in [
        (Vec::new(), 0, "whole rows"),
        (vec![255; 10], 0, "whole rows"),
        (vec![255; 10], 3, "whole rows"),
        (vec![255], 1, "no QR code"),
        (vec![255; 10_000], 100, "no QR code"),
        (half, width, ""),
        (inverted, width, ""),
        (twice, width, "several QR codes"),
    ] {
        let said = phone().scan_picture(width, &luma).unwrap_err().to_string();
        assert!(said.contains(why), "{said}");
    }
    for (text, why) in [("", "no QR code"), ("hello", "something else than half blocks")] {
        let said = phone().scan_terminal(text).unwrap_err().to_string();
        assert!(said.contains(why), "{said}");
    }
}

#[test]
fn a_clock_that_is_off_shows_the_code_of_another_time() {
    let mut phone = FakePhone::new();
    phone.scan_uri(LINK).unwrap();
    let code = phone.code(at(1_111_111_109));
    assert_eq!(code, "081804");
    phone.runs_fast(Duration::from_secs(90));
    assert_eq!(phone.code(at(1_111_111_109 - 90)), code);
    phone.runs_slow(3 * MINUTE);
    assert_eq!(phone.code(at(1_111_111_109 + 180)), code);
}

#[test]
fn digits_of_arabic_are_the_same_code() {
    let mut phone = FakePhone::new();
    phone.scan_uri(LINK).unwrap();
    phone.shows_arabic_digits();
    assert_eq!(phone.code(at(59)), "٢٨٧٠٨٢");
}

#[test]
fn several_entries_are_told_apart_and_a_second_scan_replaces_the_first() {
    let mut phone = FakePhone::new();
    phone.scan_uri(LINK).unwrap();
    let other = "JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP";
    phone.type_key("Birch Dental", "ada", other).unwrap();
    assert_eq!(phone.entries().count(), 2);
    assert_eq!(phone.code_of(ENTRY.0, ENTRY.1, at(59)), "287082");
    assert_eq!(phone.code_of("Birch Dental", "ada", at(59)), phone.code(at(59)));
    assert_ne!(phone.code(at(59)), "287082");

    phone.type_key(ENTRY.0, ENTRY.1, other).unwrap();
    assert_eq!(phone.entries().count(), 2);
    assert_ne!(phone.code_of(ENTRY.0, ENTRY.1, at(59)), "287082");
    phone.forget("Birch Dental", "ada");
    assert_eq!(phone.entries().collect::<Vec<_>>(), [ENTRY]);
}

#[test]
fn the_screen_shows_each_entry_with_its_code_and_the_time_that_is_left() {
    let mut phone = FakePhone::new();
    phone.scan_uri(LINK).unwrap();
    phone.scan_uri(&LINK.replace("ada", "ben").replace("issuer", "period=60&issuer")).unwrap();
    phone.runs_slow(Duration::from_secs(12));
    let screen = phone.screen(at(59));
    let told = |n: usize| (screen[n].label.as_str(), screen[n].left, screen[n].period);
    let seconds = Duration::from_secs;
    assert_eq!(told(0), (ENTRY.1, seconds(13), seconds(30)), "its clock shows 47 s");
    assert_eq!(told(1), ("ben@larkfield.example", seconds(13), seconds(60)));
    assert_eq!(screen[0].code, phone.code_of(ENTRY.0, ENTRY.1, at(59)));
    assert_eq!(phone.screen(at(72))[0].left, seconds(30), "a code begins whole");
    assert!(!format!("{screen:?}").contains(&screen[0].code));
}

#[test]
fn debug_output_never_shows_a_secret() {
    let mut phone = FakePhone::new();
    phone.scan_uri(LINK).unwrap();
    let shown = format!("{phone:?}");
    let in_digits: Vec<String> = b"12345678".iter().map(u8::to_string).collect();
    assert!(shown.contains("Larkfield"), "{shown}");
    assert!(!shown.contains("GEZD") && !shown.contains("1234"), "{shown}");
    assert!(!shown.contains(&in_digits.join(", ")), "{shown}");
}

#[test]
#[should_panic(expected = "the phone has scanned nothing yet")]
fn a_phone_that_scanned_nothing_says_so() {
    let _ = FakePhone::new().code(at(59));
}
