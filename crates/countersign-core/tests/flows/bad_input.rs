//! Hostile and unlucky input: what is typed, what is sent, and what the clocks say.

use countersign_core::codes::Malformed;
use countersign_core::login::Invitation;
use countersign_core::{
    Answer, Begun, DAY, FirstFactor, Method, Purpose, Requirement, Role, SealedProof, SessionCheck,
    SessionEnd, Staleness, Step, Ticket, Timestamp, Verdict, WrongAnswer,
};
use countersign_testkit::Calls;
use pollster::block_on;

use crate::stage::{Stage, browser, key, passed, stale};
use countersign_core::Locale;

/// Clocks that have broken other libraries, in milliseconds.
pub(crate) const EXTREMES: [i64; 12] = [
    -1000,
    -1,
    0,
    29_999,
    (1 << 31) * 1000,
    (1 << 32) * 1000,
    253_402_300_799_000, // the end of the year 9999
    253_402_300_800_000,
    i64::MAX - 1,
    i64::MAX,
    i64::MIN + 1,
    i64::MIN,
];

#[test]
fn only_six_decimal_digits_ever_count_as_a_guess() {
    let (stage, phone) = Stage::with_app();
    let ticket = stage.challenge("ben").ticket;
    let right = phone.code(stage.now());
    let before = stage.account("ben");
    stage.store.reset();
    let typed = [
        String::new(),
        " \u{200b}-- ".to_owned(),
        right[..1].to_owned(),
        right[..5].to_owned(),
        format!("{right}0"),
        format!("0{right}"),
        format!("+{right}"),
        format!("{right}e0"),
        format!("0x{right}"),
        format!("{right}\0"),
        "●●●●●●".to_owned(),
        "••••••".to_owned(),
        "①②③④⑤⑥".to_owned(),
        "ⅠⅡⅢⅣⅤⅥ".to_owned(),
        "一二三四五六".to_owned(),
        "²³¹⁴⁵⁶".to_owned(),
        "𝟏𝟐𝟑𝟒𝟓𝟔".to_owned(),
        "abcdef".to_owned(),
        "' or 1=1".to_owned(),
        right.repeat(1000),
        "9".repeat(5 << 20),
        "\u{200d}".repeat(5 << 20),
    ];
    for typed in &typed {
        let Verdict::Wrong(failed) = stage.answer(&ticket, typed) else { panic!() };
        assert!(matches!(failed.reason, WrongAnswer::Malformed(_)), "{:?}", typed.get(..20));
        assert!(!failed.message(&Locale::english()).is_empty());
    }
    assert_eq!(stage.store.calls(), Calls { loads: 0, commits: 0 });
    assert_eq!(stage.account("ben"), before);
    let _ = passed(stage.answer(&ticket, &right));
}

#[test]
fn a_mailed_code_that_is_too_long_is_refused_unread() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    let ticket = stage.challenge("ben").ticket;
    let code = stage.mailed_code();
    let padded = format!("{}{code}", " ".repeat(5 << 20));
    let Verdict::Wrong(failed) = stage.answer(&ticket, &padded) else { panic!() };
    assert_eq!(failed.reason, WrongAnswer::Malformed(Malformed::TooLong));
    let _ = passed(stage.answer(&ticket, &code));
}

#[test]
fn the_digits_of_a_phone_in_arabic_log_in() {
    let (stage, mut phone) = Stage::with_app();
    phone.shows_arabic_digits();
    let code = phone.code(stage.now());
    assert!(!code.is_ascii());
    let ticket = stage.challenge("ben").ticket;
    let _ = passed(stage.answer(&ticket, &code));
}

#[test]
fn however_a_code_is_spaced_it_is_spent_once() {
    let (stage, phone) = Stage::with_app();
    let code = phone.code(stage.now());
    let (head, tail) = code.split_at(3);
    let first = stage.challenge("ben").ticket;
    let _ = passed(stage.answer(&first, &format!(" {head}\u{a0}{tail}\r\n")));
    for again in [format!("{head}-{tail}"), code.clone(), format!("\u{202a}{code}\u{202c}")] {
        let ticket = stage.challenge("ben").ticket;
        let Verdict::Wrong(failed) = stage.answer(&ticket, &again) else { panic!() };
        assert_eq!(failed.reason, WrongAnswer::AlreadyUsed);
    }
}

#[test]
fn text_that_is_no_token_of_ours_is_turned_away_unread_whatever_it_is() {
    let stage = Stage::open();
    let texts = [
        String::new(),
        ".".to_owned(),
        "cst1.".to_owned(),
        "cst1.!!!!".to_owned(),
        "cst1.=".to_owned(),
        "cst1.\u{0}".to_owned(),
        "cst2.AAAA".to_owned(),
        "CST1.AAAA".to_owned(),
        "null".to_owned(),
        "é".repeat(100),
        "A".repeat(5 << 20),
        format!("cst1.{}", "A".repeat(5 << 20)),
        format!("cst1.{}", "\u{1f511}".repeat(1 << 20)),
    ];
    stage.store.reset();
    for text in texts {
        let ticket = Ticket::from_browser(text.as_str());
        assert_eq!(stale(stage.answer(&ticket, "123456")), Staleness::NotOurs);
        for continued in
            [stage.resume(&ticket), stage.resend(&ticket), stage.another_way(&ticket, Method::App)]
        {
            assert!(format!("{continued:?}").contains("NotOurs"));
        }
        let proof = SealedProof::from_text(text.as_str());
        let opened = block_on(stage.mfa.open_session(&proof)).unwrap();
        assert!(matches!(opened, SessionCheck::Ended(SessionEnd::NotOurs)));
        assert_eq!(block_on(stage.mfa.invitation(&text)).unwrap(), Invitation::Ended);
    }
    assert_eq!(stage.store.calls(), Calls { loads: 0, commits: 0 });
}

#[test]
fn a_broken_ticket_that_the_browser_holds_does_not_stop_a_login() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    for text in ["", "cst1.", "cst1.AAAA", "rubbish"] {
        let client = browser().holding(Ticket::from_browser(text));
        let begun = block_on(stage.mfa.begin(&key("ben"), FirstFactor::Password, &client));
        assert!(matches!(begun.unwrap(), Begun::Step(Step::LinkApp(_))), "{text:?}");
    }
}

#[test]
fn a_held_ticket_under_a_key_that_was_retired_does_not_stop_a_login() {
    let stage = Stage::open();
    stage.require(Requirement::App);
    // After the prefix stand a version and the number of the key: this names a key nobody has.
    let text = stage.enrollment("ben").ticket.expose().to_owned();
    let retired = Ticket::from_browser(format!("{}Q{}", &text[..7], &text[8..]));
    let verified = block_on(stage.mfa.verify(&retired, &Answer::code("000000"), &browser()));
    assert_eq!(stale(verified.unwrap()), Staleness::NotOurs);
    let client = browser().holding(retired);
    let begun = block_on(stage.mfa.begin(&key("ben"), FirstFactor::Password, &client));
    assert!(matches!(begun, Ok(Begun::Step(Step::LinkApp(_)))), "{begun:?}");
}

#[test]
fn a_ninth_role_is_an_error_and_never_a_weaker_login() {
    let stage = Stage::open();
    let client = (0..9).fold(browser(), |client, number| {
        client.with_role(Role::new(format!("role {number}")).unwrap())
    });
    let begun = block_on(stage.mfa.begin(&key("ben"), FirstFactor::Password, &client));
    assert_eq!(begun.unwrap_err().code(), "begin.roles");
}

#[test]
fn a_stranger_or_a_strange_company_is_refused_and_never_waved_through() {
    let stage = Stage::open();
    for key in [
        key("eve"),
        countersign_core::AccountKey::new("nowhere", "ben").unwrap(),
        countersign_core::AccountKey::new("LARKFIELD", "ben").unwrap(),
        countersign_core::AccountKey::new("larkfield", "BEN").unwrap(),
    ] {
        let begun = block_on(stage.mfa.begin(&key, FirstFactor::Password, &browser())).unwrap();
        let Begun::Refused(refused) = begun else { panic!("{key}: {begun:?}") };
        assert_eq!(refused, countersign_core::Refusal::Unknown);
    }
}

/// Every step of a login, at whatever the clock says; what it returns does not matter here.
fn whole_story(stage: &Stage, tickets: &[Ticket], sealed: &SealedProof) {
    for ticket in tickets {
        for code in ["000000", "١٢٣٤٥٦", "1"] {
            let _ = block_on(stage.mfa.verify(ticket, &Answer::code(code), &browser())).map(drop);
        }
        let _ = block_on(stage.mfa.resume(ticket, &browser())).map(drop);
        let _ = block_on(stage.mfa.resend(ticket, &browser())).map(drop);
        let _ = block_on(stage.mfa.another_way(ticket, Method::Email, &browser())).map(drop);
    }
    for person in ["ada", "ben"] {
        let first = || FirstFactor::Password;
        match block_on(stage.mfa.begin(&key(person), first(), &browser())) {
            Ok(Begun::Step(Step::EnterCode(challenge))) => {
                let answer = Answer::code("000000");
                let _ = block_on(stage.mfa.verify(&challenge.ticket, &answer, &browser()));
                let _ = block_on(stage.mfa.resend(&challenge.ticket, &browser()));
                let _ = format!("{challenge:?}");
            }
            Ok(Begun::Step(Step::LinkApp(enrollment))) => {
                let answer = Answer::code("000000");
                let _ = block_on(stage.mfa.verify(&enrollment.ticket, &answer, &browser()));
            }
            Ok(Begun::Passed(passed)) => drop(block_on(stage.mfa.check_session(passed.proof))),
            Ok(Begun::Refused(refused)) => {
                assert!(!refused.message(&Locale::english(), Timestamp::from_seconds(0)).is_empty())
            }
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    match block_on(stage.mfa.open_session(sealed)) {
        Ok(SessionCheck::Valid(proof) | SessionCheck::StepUpRequired { proof, .. }) => {
            drop(block_on(stage.mfa.step_up(&proof, Purpose::Administer, &browser())));
            drop(block_on(stage.mfa.step_up(&proof, Purpose::LinkApp, &browser())));
        }
        Ok(SessionCheck::Ended(_)) => {}
        Err(error) => assert!(!error.to_string().is_empty()),
    }
    let _ = block_on(stage.courier.drain());
}

#[test]
fn no_clock_makes_a_login_panic_or_lets_a_guess_pass() {
    for required in [Requirement::None, Requirement::Email, Requirement::App] {
        for millis in EXTREMES {
            let (stage, phone) = Stage::with_app();
            let ticket = stage.challenge("ben").ticket;
            let proof = passed(stage.answer(&ticket, &phone.code(stage.now())));
            let sealed = stage.mfa.seal(&proof).unwrap();
            let qr = stage.enrollment("ada").ticket;
            stage.require(Requirement::Email);
            let mail = stage.challenge("ada").ticket;
            stage.require(required);
            stage.clock.set(Timestamp::from_millis(millis));
            whole_story(&stage, &[ticket, qr, mail], &sealed);
            let account = stage.account("ben");
            assert_eq!(account.apps().count(), 1, "{millis}");
            // And with the time that is right again, the right code works as before.
            stage.clock.set(crate::stage::MONDAY.plus(2 * DAY));
            stage.require(Requirement::App);
            if account.locked_until(stage.now()).is_none() {
                let ticket = stage.challenge("ben").ticket;
                let _ = passed(stage.answer(&ticket, &phone.code(stage.now())));
            }
        }
    }
}

#[test]
fn a_whole_login_works_at_every_time_that_a_phone_can_show() {
    for millis in [30_000, 1 << 41, (1 << 31) * 1000, (1 << 32) * 1000, 253_402_300_000_000] {
        let stage = Stage::open();
        stage.require(Requirement::App);
        stage.clock.set(Timestamp::from_millis(millis));
        let (phone, _) = stage.link_app("ben");
        stage.advance(30);
        let ticket = stage.challenge("ben").ticket;
        let _ = passed(stage.answer(&ticket, &phone.code(stage.now())));
        stage.require(Requirement::Email);
        stage.use_mail("ada");
    }
}
