//! The codes that finish a login are those of RFC 6238 and no others: the published vectors, and
//! random keys at random times beside a phone that computes codes in its own way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use countersign_core::{
    Answer, Begun, Enrollment, FirstFactor, Keys, Locale, MemoryStore, Mfa, NewTenant, NewUser,
    Random, RandomError, Requirement, Step, Timestamp, Verdict, WrongAnswer,
};
use countersign_testkit::{FakeClock, FakePhone, Inbox, SeededRandom};
use hmac::{Hmac, KeyInit as _, Mac as _};
use pollster::block_on;

use crate::stage::{MONDAY, browser, key, passed};

const RFC_6238: &str = include_str!("../data/rfc6238.csv");

/// Hands out one chosen secret for the next app, and anything for the rest.
#[derive(Debug, Clone)]
struct Chosen(SeededRandom, Arc<Mutex<Option<[u8; 20]>>>);

impl Random for Chosen {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        match <&mut [u8; 20]>::try_from(&mut *bytes) {
            Ok(secret) => *secret = self.1.lock().unwrap().take().unwrap(),
            Err(_) => self.0.fill(bytes)?,
        }
        Ok(())
    }
}

/// A tenant that asks for an app, whose people have the secrets that a test chooses.
struct Lab {
    mfa: Mfa,
    clock: FakeClock,
    random: Chosen,
}

impl Lab {
    fn open() -> Self {
        let clock = FakeClock::at(MONDAY);
        let random = Chosen(SeededRandom::new(91), Arc::default());
        let (mfa, _) = Mfa::builder()
            .store(MemoryStore::with_clock(clock.clone()))
            .mailer(Inbox::new())
            .keys(Keys::ephemeral(&random).unwrap())
            .clock(clock.clone())
            .danger_random(random.clone())
            .build()
            .unwrap();
        let new = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
        block_on(mfa.create_tenant(new)).unwrap();
        Self { mfa, clock, random }
    }

    /// A new user at this moment, in front of the QR code of this secret.
    fn user(&self, name: &str, secret: [u8; 20], seconds: u64) -> Enrollment {
        self.clock.set(at(seconds));
        *self.random.1.lock().unwrap() = Some(secret);
        let new_user = NewUser::default().with_rule(Requirement::App);
        block_on(self.mfa.add_existing_user(&key(name), new_user)).unwrap();
        let begun = block_on(self.mfa.begin(&key(name), FirstFactor::Password, &browser()));
        let Begun::Step(Step::LinkApp(enrollment)) = begun.unwrap() else { panic!() };
        enrollment
    }

    fn answer(&self, open: &Enrollment, code: &str) -> Verdict {
        block_on(self.mfa.verify(&open.ticket, &Answer::code(code), &browser())).unwrap()
    }
}

fn at(seconds: u64) -> Timestamp {
    Timestamp::from_seconds(i64::try_from(seconds).unwrap())
}

/// The MAC of one step, from which an app takes four bytes.
fn mac(secret: &[u8], step: u64) -> [u8; 20] {
    let mut mac = Hmac::<sha1::Sha1>::new_from_slice(secret).unwrap();
    mac.update(&step.to_be_bytes());
    mac.finalize().into_bytes().into()
}

/// What apps show that get one thing of RFC 4226, 5.3 wrong.
fn mistaken(secret: &[u8; 20], step: u64) -> [String; 6] {
    let mac = mac(secret, step);
    let offset = usize::from(mac[19] & 15);
    let word = |from: usize| u32::from_be_bytes(*mac.get(from..).unwrap().first_chunk().unwrap());
    let six = |value: u32| format!("{:06}", value % 1_000_000);
    [
        six(word(offset)),                                  // the sign bit kept
        six(word(0) & 0x7fff_ffff),                         // always the first bytes
        six(word(usize::from(mac[19] >> 4)) & 0x7fff_ffff), // the other nibble
        six(word(offset).swap_bytes() & 0x7fff_ffff),       // the bytes turned round
        six(word(offset) & 0x3fff_ffff),                    // a bit too many dropped
        six((word(offset) & 0x7fff_ffff) / 1000),           // the first digits and not the last
    ]
}

#[test]
fn the_codes_printed_in_rfc_6238_link_an_app_and_no_digit_of_them_can_be_another() {
    let lab = Lab::open();
    let secret = *b"12345678901234567890";
    let rows = RFC_6238.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let mut used = 0;
    for row in rows.filter(|row| row.get(1) == Some(&"SHA1")) {
        let (seconds, code): (u64, _) = (row[0].parse().unwrap(), &row[2][2..]);
        let open = lab.user(row[0], secret, seconds);
        assert_eq!(open.app.key().expose().replace(' ', ""), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        let place = usize::try_from(seconds % 6).unwrap();
        let digit = if code.as_bytes()[place] == b'9' { "0" } else { "9" };
        let mut other = code.to_owned();
        other.replace_range(place..=place, digit);
        assert!(matches!(lab.answer(&open, &other), Verdict::Wrong(_)), "{other} at {seconds}");
        let _ = passed(lab.answer(&open, code));
        used += 1;
    }
    assert_eq!(used, 6);
}

#[test]
fn two_thousand_random_keys_accept_what_an_independent_phone_shows_and_no_mistaken_truncation() {
    let lab = Lab::open();
    let dice = SeededRandom::new(4226);
    let number = || {
        let mut bytes = [0; 8];
        dice.fill(&mut bytes).unwrap();
        u64::from_be_bytes(bytes)
    };
    // How often each offset was met, without and with the sign bit.
    let mut met = BTreeMap::new();
    let mut refused = 0;
    let mut late = 0;
    for pair in 0..2000 {
        let mut secret = [0; 20];
        dice.fill(&mut secret).unwrap();
        // Any second up to the year 9999, and a phone that is a step off now and then.
        let seconds = 90 + number() % 253_402_300_000;
        let now = seconds / 30;
        let off = number() % 3;
        let step = now + off - 1;
        let open = lab.user(&pair.to_string(), secret, seconds);
        let mut phone = FakePhone::new();
        phone.scan(&open.app);
        let shown = |step: u64| phone.code(at(step * 30));
        let right = [now - 1, now, now + 1].map(shown);
        let sum = mac(&secret, step);
        let offset = sum[19] & 15;
        let sign = sum[usize::from(offset)] >> 7;
        *met.entry((offset, sign)).or_insert(0) += 1;
        // One wrong code each, of every kind in turn.
        let mut wrong = mistaken(&secret, step).to_vec();
        wrong.extend([shown(now + 2), shown(now - 2)]);
        let wrong = wrong.swap_remove(pair % 8);
        if !right.contains(&wrong) {
            let Verdict::Wrong(failed) = lab.answer(&open, &wrong) else {
                panic!("{wrong} passed at {seconds}, where {right:?} are right");
            };
            late += u32::from(matches!(failed.reason, WrongAnswer::ClockSlow { .. }));
            refused += 1;
        }
        let code = shown(step);
        let proof = passed(lab.answer(&open, &code));
        assert_eq!((proof.key(), proof.issued()), (&key(&pair.to_string()), at(seconds)));
    }
    assert_eq!(met.len(), 32, "every offset, with the sign bit and without: {met:?}");
    assert!(met.values().all(|times| *times >= 20), "{met:?}");
    // Where the sign bit was not set, or the nibbles agree, a mistake shows the right code.
    assert!(refused > 1700 && (240..=260).contains(&late), "{refused} {late}");
}
