//! The codes of an authenticator app: RFC 6238 with SHA-1, 6 digits and steps of 30 seconds, the
//! only form that every app reads.
//!
//! A code is good for one login because accepted steps strictly increase: whatever the clocks do,
//! no step at or before the last accepted one is ever accepted again. The caller stores the step of
//! every [`Judgement::Fresh`] before it answers anybody.

use totp_rs::{Algorithm, Builder, Totp};

use super::code::Code;
use super::truncation::truncate;
use crate::types::{Random, RandomError, Secret, Timestamp};

/// Digits in a code.
pub(crate) const DIGITS: u8 = 6;

/// How long the phone shows one code, in seconds.
const STEP_SECONDS: u64 = 30;

/// Bytes in a secret: the 160 bits that RFC 4226 recommends.
const SECRET_BYTES: usize = 20;

/// How many steps before the window a code still tells that the phone is slow.
const SLOW_STEPS: u64 = 20;

/// Draws the secret of a new app.
///
/// # Errors
///
/// [`RandomError`] if the source of randomness fails.
pub(crate) fn draw_secret(random: &dyn Random) -> Result<Secret, RandomError> {
    let mut bytes = vec![0; SECRET_BYTES];
    random.fill(&mut bytes)?;
    Ok(Secret::new(bytes))
}

/// The steps around the current one whose codes are accepted: 0 to 2 on either side.
///
/// The configuration checks the numbers. Every step more gives a guesser one more code to hit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Window {
    /// Steps back, for slow phones, slow typing and slow networks.
    pub(crate) back: u8,
    /// Steps ahead, for fast phones.
    pub(crate) ahead: u8,
}

/// What a typed code is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "a judgement decides whether the login goes on"]
pub(crate) enum Judgement {
    /// Right, and later than everything accepted before. The step is now the last accepted one.
    Fresh {
        /// The step of the code, in steps of 30 seconds since 1970 began.
        step: u64,
    },
    /// Right for its time, but that step is spent.
    Replayed,
    /// Too old: the phone's clock seems to be slow. Nothing is ever said of codes yet to come, for
    /// that would hand a guesser a code to wait for.
    Slow {
        /// About how many minutes, 1 to 11.
        minutes: u32,
    },
    /// Anything else.
    Wrong,
}

/// Judges a code at this time, after `last_step` was the last one accepted.
///
/// A code that fits two steps of the window spends the later one, so that the same digits cannot
/// come again. Every code is compared in constant time. A clock before 1970, and a secret too short
/// to be one, make every code [`Judgement::Wrong`].
pub(crate) fn judge(
    secret: &Secret,
    code: &Code,
    now: Timestamp,
    window: Window,
    last_step: Option<u64>,
) -> Judgement {
    let Some(now_step) = step_at(now) else { return Judgement::Wrong };
    let fits = |step: &u64| code_at(secret, *step).is_some_and(|shown| shown == *code);
    let first = now_step.saturating_sub(u64::from(window.back));
    let last = now_step.saturating_add(u64::from(window.ahead));
    match (first..=last).rev().find(fits) {
        Some(step) if last_step.is_none_or(|spent| step > spent) => {
            return Judgement::Fresh { step };
        }
        Some(_) => return Judgement::Replayed,
        None => {}
    }
    // The nearest of the steps before, so that a chance match far back hides no near one.
    match (first.saturating_sub(SLOW_STEPS)..first).rev().find(fits) {
        Some(step) if last_step.is_some_and(|spent| step <= spent) => Judgement::Replayed,
        Some(step) => Judgement::Slow { minutes: minutes_between(step, now_step) },
        None => Judgement::Wrong,
    }
}

/// The latest step whose code may have been accepted at this moment; none before 1970.
pub(crate) fn latest_step(now: Timestamp, window: Window) -> Option<u64> {
    step_at(now).map(|step| step.saturating_add(u64::from(window.ahead)))
}

/// The code that an app with this secret shows during this step.
///
/// Nothing comes of a secret shorter than the 128 bits of RFC 4226, nor of a step that starts after
/// the last second that 64 bits can count.
pub(crate) fn code_at(secret: &Secret, step: u64) -> Option<Code> {
    let totp: Totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP_SECONDS)
        .with_secret(secret.expose())
        .build()
        .ok()?;
    // Its tokens show their digits in `Debug` and can be had in no other way, so we take the MAC
    // and truncate it ourselves: the e-mailed code needs that as well.
    let mac = totp.sign(step.checked_mul(STEP_SECONDS)?);
    Some(truncate(mac.as_ref(), DIGITS))
}

/// The step of this moment; none before 1970.
fn step_at(now: Timestamp) -> Option<u64> {
    u64::try_from(now.seconds()).ok().map(|seconds| seconds / STEP_SECONDS)
}

/// Whole minutes from one step to a later one, a half rounded up.
fn minutes_between(step: u64, later: u64) -> u32 {
    let minutes = later.saturating_sub(step).saturating_add(1) / 2;
    u32::try_from(minutes).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    use proptest::prelude::*;

    use super::*;

    const RFC_4226: &str = include_str!("../../tests/data/rfc4226.csv");
    const RFC_6238: &str = include_str!("../../tests/data/rfc6238.csv");

    /// The usual window: one step either way.
    const ONE: Window = Window { back: 1, ahead: 1 };

    /// A step in the present.
    const NOW: u64 = 59_851_024;

    fn secret() -> Secret {
        Secret::new(b"12345678901234567890".to_vec())
    }

    /// The first moment of a step.
    fn start_of(step: u64) -> Timestamp {
        Timestamp::from_seconds(i64::try_from(step).unwrap() * 30)
    }

    fn shown(step: u64) -> Code {
        code_at(&secret(), step).unwrap()
    }

    fn code(digits: &str) -> Code {
        Code::parse(digits, DIGITS).unwrap()
    }

    fn at_now(code: &Code, window: Window, last_step: Option<u64>) -> Judgement {
        judge(&secret(), code, start_of(NOW), window, last_step)
    }

    /// RFC 4226 once more, sharing nothing with the code above but HMAC itself.
    fn hotp(secret: &[u8], counter: u64) -> String {
        let mut mac = Hmac::<sha1::Sha1>::new_from_slice(secret).unwrap();
        mac.update(&counter.to_be_bytes());
        let mac = mac.finalize().into_bytes();
        let at = usize::from(mac[19] % 16);
        let value = (u128::from(mac[at] % 128) << 24)
            | (u128::from(mac[at + 1]) << 16)
            | (u128::from(mac[at + 2]) << 8)
            | u128::from(mac[at + 3]);
        let all = format!("{value:010}");
        all[all.len() - 6..].to_owned()
    }

    fn rows<const N: usize>(file: &str) -> Vec<[&str; N]> {
        file.lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split(',').collect::<Vec<_>>().try_into().unwrap())
            .collect()
    }

    /// `1234567890` over and over, as RFC 6238 has it.
    fn seed(bytes: usize) -> Vec<u8> {
        b"1234567890".iter().copied().cycle().take(bytes).collect()
    }

    #[test]
    fn the_codes_of_rfc_4226_come_out() {
        let rows = rows::<2>(RFC_4226);
        assert_eq!(rows.len(), 10);
        for [counter, code] in rows {
            assert_eq!(shown(counter.parse().unwrap()).digits(), code, "counter {counter}");
            assert_eq!(hotp(secret().expose(), counter.parse().unwrap()), code);
        }
    }

    #[test]
    fn the_codes_of_rfc_6238_come_out() {
        let rows = rows::<3>(RFC_6238);
        assert_eq!(rows.len(), 18);
        for [seconds, algorithm, code] in rows {
            let at: u64 = seconds.parse().unwrap();
            // The dependency itself, with the 8 digits of the standard.
            let (of, bytes) = match algorithm {
                "SHA1" => (Algorithm::SHA1, 20),
                "SHA256" => (Algorithm::SHA256, 32),
                "SHA512" => (Algorithm::SHA512, 64),
                other => panic!("{other}"),
            };
            let totp = Builder::new().with_algorithm(of).with_digits(8).with_secret(seed(bytes));
            let totp = totp.build().unwrap();
            assert_eq!(totp.generate(at).to_string(), code, "{algorithm} at {at}");
            assert_eq!(truncate(totp.sign(at).as_ref(), 8).digits(), code, "{algorithm} at {at}");
            // Our codes are the last 6 of them.
            if algorithm == "SHA1" {
                let now = Timestamp::from_seconds(i64::try_from(at).unwrap());
                let step = step_at(now).unwrap();
                assert_eq!(shown(step).digits(), &code[2..], "at {at}");
                let judged = judge(&secret(), &shown(step), now, ONE, None);
                assert_eq!(judged, Judgement::Fresh { step });
            }
        }
    }

    #[test]
    fn the_window_ends_where_it_says() {
        for window in [(0, 0), (1, 1), (0, 2), (2, 0), (2, 2)] {
            let window = Window { back: window.0, ahead: window.1 };
            for step in NOW - 30..NOW + 30 {
                let back = NOW.saturating_sub(step);
                let ahead = step.saturating_sub(NOW);
                let meant = if back <= u64::from(window.back) && ahead <= u64::from(window.ahead) {
                    Judgement::Fresh { step }
                } else if ahead > 0 || back > u64::from(window.back) + 20 {
                    Judgement::Wrong
                } else {
                    let minutes = u32::try_from(back.div_ceil(2)).unwrap();
                    Judgement::Slow { minutes }
                };
                assert_eq!(at_now(&shown(step), window, None), meant, "{window:?} {back} {ahead}");
            }
        }
    }

    #[test]
    fn a_step_lasts_to_its_last_millisecond() {
        let only_now = Window { back: 0, ahead: 0 };
        let end = start_of(NOW + 1);
        let last = Timestamp::from_millis(end.millis() - 1);
        let at = |now| judge(&secret(), &shown(NOW), now, only_now, None);
        assert_eq!(at(start_of(NOW)), Judgement::Fresh { step: NOW });
        assert_eq!(at(last), Judgement::Fresh { step: NOW });
        assert_eq!(at(end), Judgement::Slow { minutes: 1 });
    }

    #[test]
    fn a_code_is_good_for_one_login_only() {
        assert_eq!(at_now(&shown(NOW), ONE, Some(NOW)), Judgement::Replayed);
        assert_eq!(at_now(&shown(NOW - 1), ONE, Some(NOW)), Judgement::Replayed);
        assert_eq!(at_now(&shown(NOW + 1), ONE, Some(NOW)), Judgement::Fresh { step: NOW + 1 });
    }

    #[test]
    fn a_clock_set_back_revives_no_code() {
        for spent in [NOW + 1, NOW + 1_000_000, u64::MAX] {
            for step in NOW - 1..=NOW + 1 {
                assert_eq!(at_now(&shown(step), ONE, Some(spent)), Judgement::Replayed);
            }
        }
    }

    #[test]
    fn a_code_of_two_steps_spends_the_later_one() {
        // Neighbors with one code, found by search: one step in a million has such a neighbor.
        let step = 59_061_240;
        assert_eq!(shown(step), shown(step + 1));
        let judged = |last| judge(&secret(), &shown(step), start_of(step), ONE, last);
        assert_eq!(judged(None), Judgement::Fresh { step: step + 1 });
        assert_eq!(judged(Some(step)), Judgement::Fresh { step: step + 1 });
        assert_eq!(judged(Some(step + 1)), Judgement::Replayed);
        // Later, the nearer of the two says how slow the phone is.
        let later = judge(&secret(), &shown(step), start_of(step + 5), ONE, None);
        assert_eq!(later, Judgement::Slow { minutes: 2 });
    }

    #[test]
    fn no_clock_makes_a_judgement_fail() {
        for (millis, step) in [
            (i64::MIN, None),
            (-30_001, None),
            (-1, None),
            (0, Some(0)),
            (29_999, Some(0)),
            ((1 << 31) * 1000, Some(71_582_788)),
            ((1 << 32) * 1000, Some(143_165_576)),
            (253_402_300_799_000, Some(8_446_743_359)),
            (i64::MAX, Some(307_445_734_561_825)),
        ] {
            let now = Timestamp::from_millis(millis);
            assert_eq!(step_at(now), step, "{millis}");
            let two = Window { back: 2, ahead: 2 };
            let judged = |code: &Code, last| judge(&secret(), code, now, two, last);
            let Some(step) = step else {
                for early in 0..=2 {
                    assert_eq!(judged(&shown(early), None), Judgement::Wrong, "{millis}");
                }
                continue;
            };
            assert_eq!(judged(&shown(step), None), Judgement::Fresh { step }, "{millis}");
            assert_eq!(judged(&shown(step), Some(step)), Judgement::Replayed, "{millis}");
            assert_eq!(judged(&shown(step), Some(u64::MAX)), Judgement::Replayed, "{millis}");
        }
        for step in [u64::MAX, u64::MAX / 30 + 1] {
            assert!(code_at(&secret(), step).is_none());
        }
        assert!(code_at(&secret(), u64::MAX / 30).is_some());
    }

    #[test]
    fn a_secret_too_short_to_be_one_fits_no_code() {
        for bytes in [0, 1, 15] {
            let short = Secret::new(vec![7; bytes]);
            assert!(code_at(&short, NOW).is_none());
            let made = code(&hotp(short.expose(), NOW));
            assert_eq!(judge(&short, &made, start_of(NOW), ONE, None), Judgement::Wrong);
        }
        assert!(code_at(&Secret::new(vec![7; 16]), NOW).is_some());
    }

    #[test]
    fn a_code_of_another_length_is_wrong() {
        let totp = Builder::new().with_digits(8).with_secret(secret().expose()).build().unwrap();
        let eight = totp.generate(NOW * 30).to_string();
        assert_eq!(eight[2..], *shown(NOW).digits());
        let eight = Code::parse(&eight, 8).unwrap();
        assert_eq!(at_now(&eight, ONE, None), Judgement::Wrong);
    }

    #[test]
    fn ten_thousand_codes_are_judged_as_recomputed() {
        let steps = |range: std::ops::RangeInclusive<u64>| -> Vec<String> {
            range.map(|step| hotp(secret().expose(), step)).collect()
        };
        let window = steps(NOW - 1..=NOW + 1);
        let before = steps(NOW - 21..=NOW - 2);
        // Every hundredth code, and the right ones so that not all are wrong.
        let spread = (0..10_000).map(|at| format!("{:06}", at * 100 + 37));
        let mut wrong = 0;
        for digits in spread.chain(window.clone()).chain(before.clone()) {
            let judged = at_now(&code(&digits), ONE, None);
            match judged {
                Judgement::Fresh { step } => assert_eq!(hotp(secret().expose(), step), digits),
                Judgement::Slow { .. } => assert!(before.contains(&digits), "{digits}"),
                Judgement::Wrong => wrong += 1,
                Judgement::Replayed => panic!("{digits} was never used"),
            }
            assert_eq!(window.contains(&digits), matches!(judged, Judgement::Fresh { .. }));
            assert_eq!(
                before.contains(&digits) && !window.contains(&digits),
                matches!(judged, Judgement::Slow { .. })
            );
        }
        assert!(wrong > 9_900, "{wrong}");
    }

    #[test]
    fn a_drawn_secret_has_160_bits_from_the_port() {
        #[derive(Debug)]
        struct Counting;
        impl Random for Counting {
            fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
                bytes.iter_mut().zip(1..).for_each(|(byte, n)| *byte = n);
                Ok(())
            }
        }
        #[derive(Debug)]
        struct Broken;
        impl Random for Broken {
            fn fill(&self, _: &mut [u8]) -> Result<(), RandomError> {
                Err(RandomError("no entropy".to_owned()))
            }
        }
        let drawn = draw_secret(&Counting).unwrap();
        assert_eq!(drawn.expose(), (1..=20).collect::<Vec<u8>>());
        assert!(draw_secret(&Broken).is_err());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2048))]

        #[test]
        fn another_implementation_shows_the_same_codes(
            secret in prop::collection::vec(any::<u8>(), 16..=80),
            step in 0..=u64::MAX / 30,
        ) {
            let meant = hotp(&secret, step);
            let totp = Builder::new().with_secret(&*secret).build().unwrap();
            prop_assert_eq!(totp.generate(step * 30).to_string(), meant.as_str());
            let ours = code_at(&Secret::new(secret), step).unwrap();
            prop_assert_eq!(ours.digits(), meant.as_str());
        }

        #[test]
        fn accepted_steps_strictly_increase(
            tries in prop::collection::vec((-6_i64..=6, -4_i64..=4), 1..40),
            back in 0_u8..=2,
            ahead in 0_u8..=2,
            first in prop::option::of(NOW - 3..NOW + 3),
        ) {
            // The clock wanders in both directions; each try shows a code from around its time.
            let mut last = first;
            for (clock, phone) in tries {
                let now_step = NOW.checked_add_signed(clock).unwrap();
                let step = now_step.checked_add_signed(phone).unwrap();
                let window = Window { back, ahead };
                let judged = judge(&secret(), &shown(step), start_of(now_step), window, last);
                if let Judgement::Fresh { step: accepted } = judged {
                    prop_assert!(last.is_none_or(|last| accepted > last));
                    prop_assert!(accepted + u64::from(back) >= now_step);
                    prop_assert!(accepted <= now_step + u64::from(ahead));
                    last = Some(accepted);
                } else {
                    // And nothing that should have passed was refused.
                    let inside = step + u64::from(back) >= now_step
                        && step <= now_step + u64::from(ahead);
                    prop_assert!(!inside || last.is_some_and(|last| step <= last));
                }
            }
        }
    }
}
