//! A whole story with every log line captured: no secret in logs, in `Debug`, or in any error.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use std::error::Error as StdError;
use std::fmt::{Debug, Write as _};
use std::io;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use countersign_core::keys::Key;
use countersign_core::store::Store;
use countersign_core::{
    AccountKey, Answer, AttemptId, Begun, Challenge, Client, Courier, Enrollment, Error,
    FirstFactor, KeyId, Keys, Locale, MemoryStore, Mfa, NewTenant, NewUser, Policy, Purpose,
    RandomError, Requirement, SealedProof, Secret, Start, Step, TenantId, Ticket, Timestamp,
    UserId, Verdict,
};
use countersign_testkit::{
    FailingStore, FakeClock, FakePhone, Fault, Inbox, SeededRandom, block_on,
};

const KEY: [u8; 32] = *b"a master key of exactly 32 bytes";
const OTHER_KEY: [u8; 32] = *b"another key of exactly 32 bytes!";
const BROWSER: &str = "cookie-4f1d0c9a7b6e";

/// Everything that anybody could read afterwards, and what must not be in it.
#[derive(Clone, Default)]
struct Record {
    seen: Arc<Mutex<String>>,
    secrets: Arc<Mutex<Vec<(&'static str, String)>>>,
}

impl Record {
    fn keep<T: Debug>(&self, value: T) -> T {
        write!(self.seen.lock().unwrap(), "{value:?} {value:#?} ").unwrap();
        value
    }

    fn failed<T: Debug>(&self, result: Result<T, Error>) {
        let error = self.keep(result.unwrap_err());
        let mut next: Option<&dyn StdError> = Some(&error);
        while let Some(error) = next {
            write!(self.seen.lock().unwrap(), "{error} {error:?} ").unwrap();
            next = error.source();
        }
    }

    fn secret(&self, what: &'static str, text: impl Into<String>) {
        self.secrets.lock().unwrap().push((what, text.into()));
    }

    fn secret_bytes(&self, what: &'static str, bytes: &[u8]) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        self.secret(what, hex.to_uppercase());
        self.secret(what, hex);
        self.secret(what, format!("{bytes:?}"));
        if let Ok(text) = std::str::from_utf8(bytes) {
            self.secret(what, text);
        }
    }

    fn assert_silent(&self) {
        let seen = self.seen.lock().unwrap();
        let plain = seen.replace([' ', '\n'], "");
        for (what, secret) in self.secrets.lock().unwrap().iter() {
            let squeezed = secret.replace([' ', '\n'], "");
            assert!(!squeezed.is_empty());
            assert!(!contains_word(&seen, secret), "{what} stands in a log, a value or an error");
            assert!(squeezed.len() < 9 || !plain.contains(&squeezed), "{what} stands in a value");
        }
    }
}

/// Whether it stands there by itself: six digits inside a longer number are no code.
fn contains_word(text: &str, word: &str) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = &text[..at];
        let after = &text[at + word.len()..];
        let part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_hexdigit());
        !part(before.chars().next_back()) && !part(after.chars().next())
    })
}

impl io::Write for Record {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.seen.lock().unwrap().push_str(&String::from_utf8_lossy(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

struct Story {
    mfa: Mfa,
    courier: Courier,
    store: FailingStore,
    clock: FakeClock,
    inbox: Inbox,
    record: Record,
}

fn key(user: &str) -> AccountKey {
    AccountKey::new("larkfield", user).unwrap()
}

fn build(store: &FailingStore, clock: &FakeClock, inbox: &Inbox, keys: Keys) -> (Mfa, Courier) {
    let builder = Mfa::builder().store(store.clone()).mailer(inbox.clone()).keys(keys);
    let builder = builder.clock(clock.clone()).danger_random(SeededRandom::new(5));
    builder.invitation_page("https://larkfield.example/invite/").build().unwrap()
}

impl Story {
    fn open(record: Record) -> Self {
        let clock = FakeClock::at(Timestamp::from_seconds(1_795_500_000));
        let store = FailingStore::new(MemoryStore::with_clock(clock.clone()));
        let inbox = Inbox::new();
        let keys = record.keep(Keys::new(Key::new(KeyId::new(1), KEY).unwrap()));
        record.secret_bytes("a key", &KEY);
        record.secret("the browser's secret", BROWSER);
        let (mfa, courier) = build(&store, &clock, &inbox, keys);
        Self { mfa, courier, store, clock, inbox, record }
    }

    fn client(&self) -> Client {
        let client = Client::bound_to(BROWSER).unwrap().attempt(AttemptId::from_bytes([7; 16]));
        self.record.keep(client.seen_as("Firefox"))
    }

    fn begin(&self, user: &str) -> Begun {
        let first = FirstFactor::Password;
        self.record.keep(block_on(self.mfa.begin(&key(user), first, &self.client())).unwrap())
    }

    fn challenge(&self, user: &str) -> Challenge {
        let Begun::Step(Step::EnterCode(challenge)) = self.begin(user) else {
            panic!("no challenge")
        };
        self.record.secret("a ticket", challenge.ticket.expose());
        challenge
    }

    fn answer(&self, ticket: &Ticket, code: &str) -> Verdict {
        self.record.secret("a code", code);
        let answer = self.record.keep(Answer::code(code));
        self.record.keep(block_on(self.mfa.verify(ticket, &answer, &self.client())).unwrap())
    }

    fn mailed_code(&self) -> String {
        let _ = self.record.keep(block_on(self.courier.drain()).unwrap());
        let code = self.inbox.code();
        self.record.secret("a mailed code", code.clone());
        code
    }

    fn scan(&self, enrollment: &Enrollment) -> FakePhone {
        self.record.secret("a ticket", enrollment.ticket.expose());
        self.record.secret("the link in a QR code", enrollment.app.uri().expose());
        let base32 = enrollment.app.key().expose();
        self.record.secret("an app's key", base32);
        let letters: String = base32.chars().filter(char::is_ascii_alphanumeric).collect();
        let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let mut bytes = Vec::new();
        let mut bits = 0_u32;
        let mut held = 0;
        for letter in letters.to_ascii_uppercase().chars() {
            bits = bits << 5 | u32::try_from(alphabet.find(letter).unwrap()).unwrap();
            held += 5;
            if held >= 8 {
                held -= 8;
                bytes.push(u8::try_from(bits >> held & 255).unwrap());
                bits &= (1 << held) - 1;
            }
        }
        self.record.secret("an app's key", letters);
        self.record.secret_bytes("an app's key", &bytes);
        let _ = self.record.keep(Secret::new(bytes));
        let mut phone = FakePhone::new();
        phone.scan(&enrollment.app);
        phone
    }

    /// The mail login, wrong codes, the link of an app, a login with it, a reset, an invitation.
    fn play(&self) {
        let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
        block_on(self.mfa.create_tenant(tenant)).unwrap();
        let ben = NewUser::at("ben@larkfield.example".parse().unwrap());
        block_on(self.mfa.add_existing_user(&key("ben"), ben.with_rule(Requirement::Email)))
            .unwrap();
        let challenge = self.challenge("ben");
        let code = self.mailed_code();
        let _ = self.answer(&challenge.ticket, "135791");
        let _ = self.answer(&challenge.ticket, "13579x");
        let Verdict::Passed(_) = self.answer(&challenge.ticket, &code) else { panic!() };
        let mut operator =
            self.mfa.operator(TenantId::new("larkfield").unwrap(), "t", "t").unwrap();
        let policy = Policy::requiring(Requirement::App);
        let _ = block_on(operator.set_policy(policy, 0, Start::Now)).unwrap();
        let gate = self.challenge("ben");
        let next = self.answer(&gate.ticket, &self.mailed_code());
        let Verdict::Step(Step::LinkApp(enrollment)) = next else { panic!("{next:?}") };
        let phone = self.scan(&enrollment);
        let _ = self.answer(&enrollment.ticket, "246802");
        let code = phone.code(self.clock.now());
        let Verdict::Passed(passed) = self.answer(&enrollment.ticket, &code) else { panic!() };
        let sealed = self.record.keep(self.mfa.seal(&passed.proof).unwrap());
        self.record.secret("a sealed proof", sealed.expose());
        let _ = self.record.keep(block_on(self.mfa.open_session(&sealed)).unwrap());
        let _ = self.record.keep(block_on(
            self.mfa.open_session(&SealedProof::from_text(format!("{}A", sealed.expose()))),
        ));
        self.clock.advance(Duration::from_secs(30));
        let login = self.challenge("ben");
        let code = phone.code(self.clock.now());
        let Verdict::Passed(passed) = self.answer(&login.ticket, &code) else { panic!() };
        let up = block_on(self.mfa.step_up(&passed.proof, Purpose::ReplaceApp, &self.client()));
        let _ = self.record.keep(up.unwrap());
        block_on(operator.reset(UserId::new("ben").unwrap(), "lost phone")).unwrap();
        let cleo = NewUser::at("cleo@larkfield.example".parse().unwrap());
        block_on(operator.invite_user(UserId::new("cleo").unwrap(), cleo)).unwrap();
        let _ = self.record.keep(block_on(self.courier.drain()).unwrap());
        let link = self.inbox.link();
        self.record.secret("an invitation", link.clone());
        let token = link.rsplit('/').next().unwrap();
        self.record.secret("an invitation", token);
        let _ = self.record.keep(block_on(self.mfa.invitation(token)).unwrap());
        let _ = self.record.keep(block_on(self.mfa.accept_invitation(token)).unwrap());
        let _ = self.record.keep(block_on(operator.events(None, 200)).unwrap());
        let _ = self.record.keep(block_on(operator.users(None, 200)).unwrap());
        let _ = self.record.keep(block_on(self.store.load(&key("ben"))).unwrap());
        let _ = self.record.keep((&self.mfa, &self.courier, &self.store, &self.inbox, &operator));
    }

    /// Every way in which the world breaks while secrets are at hand.
    fn break_everything(&self) {
        let gate = self.challenge("ben");
        let code = self.mailed_code();
        let answer = Answer::code(code);
        for fault in [Fault::Unavailable, Fault::UnknownAndNotDone] {
            for call in 1..=2 {
                self.store.fail_call(call, fault);
                let verdict = block_on(self.mfa.verify(&gate.ticket, &answer, &self.client()));
                self.record.failed(verdict);
            }
        }
        let keys = self.record.keep(Keys::new(Key::new(KeyId::new(2), OTHER_KEY).unwrap()));
        self.record.secret_bytes("another key", &OTHER_KEY);
        let (stranger, _) = build(&self.store, &self.clock, &self.inbox, keys);
        let stale = block_on(stranger.verify(&gate.ticket, &answer, &self.client()));
        let _ = self.record.keep(stale.unwrap());
        // What is stored under a key that this node does not know is an error, with an alarm.
        let dana = NewUser::at("dana@larkfield.example".parse().unwrap());
        block_on(self.mfa.add_existing_user(&key("dana"), dana)).unwrap();
        let Begun::Step(Step::LinkApp(enrollment)) = self.begin("dana") else { panic!() };
        let phone = self.scan(&enrollment);
        let _ = self.answer(&enrollment.ticket, &phone.code(self.clock.now()));
        let begun = block_on(stranger.begin(&key("dana"), FirstFactor::Password, &self.client()));
        let asked = self.record.keep(begun.unwrap());
        let Begun::Step(Step::EnterCode(asked)) = asked else { panic!("{asked:?}") };
        self.record.secret("a ticket", asked.ticket.expose());
        self.record.failed(block_on(stranger.verify(&asked.ticket, &answer, &self.client())));
        let keys = Keys::new(Key::new(KeyId::new(1), OTHER_KEY).unwrap());
        let (impostor, _) = build(&self.store, &self.clock, &self.inbox, keys);
        let stale = block_on(impostor.verify(&gate.ticket, &answer, &self.client()));
        let _ = self.record.keep(stale.unwrap());
        let new_user = NewUser::default();
        self.record.failed(block_on(self.mfa.add_existing_user(&key("ben"), new_user)));
        self.record.failed(block_on(self.mfa.password_changed(&key("nobody"))));
        let _ = self.record.keep(RandomError("broken".to_owned()));
        let _ = self.record.keep(Keys::parse("1 c2hvcnQ").unwrap_err());
    }
}

#[test]
fn no_secret_reaches_a_log_a_debug_text_or_an_error() {
    let record = Record::default();
    let writer = record.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .finish();
    tracing::subscriber::with_default(subscriber, || {
        let story = Story::open(record.clone());
        story.play();
        story.break_everything();
    });
    assert!(record.seen.lock().unwrap().contains("alarm: unknown key"), "logs were not captured");
    assert!(record.secrets.lock().unwrap().len() > 30, "the story lost its secrets");
    record.assert_silent();
}

#[test]
fn the_search_for_secrets_finds_them_where_they_are() {
    let record = Record::default();
    record.secret("a code", "482913");
    let _ = record.keep("the code is 482913.");
    assert!(std::panic::catch_unwind(|| record.assert_silent()).is_err());
    let quiet = Record::default();
    quiet.secret("a code", "482913");
    let _ = quiet.keep(4_829_130_u64);
    quiet.assert_silent();
}
