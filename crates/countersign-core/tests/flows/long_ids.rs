//! Long names that differ in one late byte: nothing cuts what is hashed, derived or sealed, so two
//! accounts, addresses, purposes or browsers that share their first 64 or 72 bytes share nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use countersign_core::account::Account;
use countersign_core::login::{Accepted, Invitation, StepUpReason};
use countersign_core::store::{Change, Part, Store, Touched, Versioned};
use countersign_core::{
    AccountKey, Answer, AttemptId, Begun, Client, Courier, EmailAddress, ErrorKind, FirstFactor,
    Keys, Locale, MemoryStore, Mfa, NewTenant, NewUser, Policy, Proof, Purpose, Random,
    RandomError, Refusal, Requirement, SessionCheck, SessionEnd, Staleness, Start, Step, TenantId,
    Ticket, Verdict, WrongAnswer,
};
use countersign_testkit::{FakeClock, FakePhone, Inbox, SeededRandom};
use pollster::block_on;

use crate::acts::asked;
use crate::stage::{MONDAY, Stage, browser, key, other_than, passed, stale};

/// 128 bytes, of which the one at this place is another than in every other such name.
fn long(place: usize) -> String {
    (0..128).map(|at| if at == place { 'y' } else { 'x' }).collect()
}

/// Names that differ after the block of SHA-256, after the limit of bcrypt, and at their end.
const PLACES: [usize; 4] = [64, 72, 126, 127];

/// An address as long as there are, with another letter at this place.
fn long_address(place: usize) -> EmailAddress {
    let domain = ["d".repeat(60), "e".repeat(60), "f".repeat(60), "g".repeat(5)].join(".");
    let mut text = format!("{}@{domain}", "a".repeat(64)).into_bytes();
    if let Some(letter) = text.get_mut(place) {
        *letter = b'z';
    }
    EmailAddress::new(&String::from_utf8(text).unwrap()).unwrap()
}

/// What a world is made of besides what was drawn, which is the same in all of them.
#[derive(Debug, Clone)]
struct Names {
    tenant: String,
    user: String,
    address: EmailAddress,
    reason: String,
}

/// One user who began a step-up by mail, and everything that came of it.
struct World {
    names: Names,
    mfa: Mfa,
    _courier: Courier,
    ticket: Ticket,
    reference: String,
    code: String,
    proof: Proof,
    invitation: String,
}

impl World {
    fn of(names: Names) -> Self {
        let clock = FakeClock::at(MONDAY);
        let inbox = Inbox::new();
        let random = SeededRandom::new(72);
        let (mfa, courier) = Mfa::builder()
            .store(MemoryStore::with_clock(clock.clone()))
            .mailer(inbox.clone())
            .keys(Keys::ephemeral(&random).unwrap())
            .clock(clock)
            .danger_random(random)
            .invitation_page("https://larkfield.example/invite/")
            .build()
            .unwrap();
        let key = AccountKey::new(&*names.tenant, &*names.user).unwrap();
        let new = NewTenant::new(&*names.tenant, "Larkfield", Locale::english()).unwrap();
        block_on(mfa.create_tenant(new)).unwrap();
        block_on(mfa.add_existing_user(&key, NewUser::at(names.address.clone()))).unwrap();
        let begun = block_on(mfa.begin(&key, FirstFactor::Password, &browser())).unwrap();
        let Begun::Passed(session) = begun else { panic!() };
        let purpose = Purpose::StepUp(StepUpReason::new(&*names.reason).unwrap());
        let asked = asked(block_on(mfa.step_up(&session.proof, purpose, &browser())).unwrap());
        block_on(courier.drain()).unwrap();
        let code = inbox.code();
        let mut operator = mfa.operator(key.tenant().clone(), "test", "long names").unwrap();
        block_on(operator.invite_again(key.user().clone())).unwrap();
        block_on(courier.drain()).unwrap();
        let invitation = inbox.link().rsplit('/').next().unwrap().to_owned();
        let reference = asked.mail.unwrap().reference;
        let ticket = asked.ticket;
        let proof = session.proof;
        Self { names, mfa, _courier: courier, ticket, reference, code, proof, invitation }
    }
}

/// Worlds in which everything was drawn alike, so that one late byte is all that tells them apart.
fn worlds() -> Vec<World> {
    let reason = |place: usize| long(place)[..64].to_owned();
    let base = Names {
        tenant: long(999),
        user: long(999),
        address: long_address(999),
        reason: reason(64),
    };
    let mut names = vec![base.clone()];
    for place in PLACES {
        names.push(Names { tenant: long(place), ..base.clone() });
        names.push(Names { user: long(place), ..base.clone() });
    }
    for place in [65, 72, 73, 188, long_address(999).as_str().len() - 1] {
        names.push(Names { address: long_address(place), ..base.clone() });
    }
    names.push(Names { reason: reason(63), ..base });
    names.into_iter().map(World::of).collect()
}

#[test]
fn one_late_byte_of_a_name_an_address_or_a_purpose_makes_another_code_though_all_else_is_alike() {
    let worlds = worlds();
    let count = worlds.len();
    let of = |what: fn(&World) -> String| worlds.iter().map(what).collect::<BTreeSet<_>>().len();
    assert_eq!(of(|world| world.reference.clone()), 1, "the same challenge id was drawn in all");
    assert_eq!(of(|world| format!("{:?}", world.proof.id())), 1, "and the same proof id");
    assert_eq!((of(|world| world.code.clone()), count), (15, 15), "a code was shared");
    // A ticket does not carry the address: it fits there, and the code of the other does not.
    assert_eq!(of(|world| world.ticket.expose().to_owned()), count - 5, "a ticket was shared");
    let of_base = Answer::code(&worlds[0].code);
    for world in worlds.iter().filter(|world| world.names.address != worlds[0].names.address) {
        let ticket = &worlds[0].ticket;
        let verdict = block_on(world.mfa.verify(ticket, &of_base, &browser())).unwrap();
        assert!(matches!(verdict, Verdict::Wrong(_)), "{verdict:?}");
    }
    for world in &worlds {
        let Ok(verdict) =
            block_on(world.mfa.verify(&world.ticket, &Answer::code(&world.code), &browser()))
        else {
            panic!()
        };
        let proof = passed(verdict);
        assert_eq!(proof.key().user().as_str(), world.names.user);
        assert_eq!(proof.key().tenant().as_str(), world.names.tenant);
    }
}

#[test]
fn nothing_that_was_made_for_one_account_says_anything_to_its_twin_under_the_same_key() {
    let worlds = worlds();
    let base = &worlds[0];
    for other in &worlds[1..=PLACES.len() * 2] {
        let answer = Answer::code(&base.code);
        let verdict = block_on(other.mfa.verify(&base.ticket, &answer, &browser())).unwrap();
        assert_eq!(stale(verdict), Staleness::Superseded);
        let sealed = base.mfa.seal(&base.proof).unwrap();
        let opened = block_on(other.mfa.open_session(&sealed)).unwrap();
        assert!(matches!(opened, SessionCheck::Ended(SessionEnd::Gone)), "{opened:?}");
        assert_eq!(block_on(other.mfa.invitation(&base.invitation)).unwrap(), Invitation::Ended);
        let accepted = block_on(other.mfa.accept_invitation(&base.invitation)).unwrap();
        assert_eq!(accepted, Accepted::Ended);
        let accepted = block_on(other.mfa.accept_invitation(&other.invitation)).unwrap();
        assert!(matches!(accepted, Accepted::By(_)));
    }
}

/// Four people in two tenants, whose ids differ in their last byte alone.
fn twins(stage: &Stage, required: Requirement) -> Vec<AccountKey> {
    let mut keys = Vec::new();
    for id in [long(999), long(127)] {
        let new = NewTenant::new(&*id, "Long", Locale::english()).unwrap();
        block_on(stage.mfa.create_tenant(new)).unwrap();
        let tenant = TenantId::new(&*id).unwrap();
        let mut operator = stage.mfa.operator(tenant, "test", "long names").unwrap();
        let policy = Policy::requiring(required);
        let _ = block_on(operator.set_policy(policy, 0, Start::Now)).unwrap();
        for user in [long(999), long(127)] {
            let key = AccountKey::new(&*id, user).unwrap();
            let to = EmailAddress::new(&format!("p{}@larkfield.example", keys.len())).unwrap();
            block_on(stage.mfa.add_existing_user(&key, NewUser::at(to))).unwrap();
            keys.push(key);
        }
    }
    keys
}

fn begin(stage: &Stage, key: &AccountKey) -> Begun {
    block_on(stage.mfa.begin(key, FirstFactor::Password, &browser())).unwrap()
}

fn stored(stage: &Stage, key: &AccountKey) -> Versioned<Account> {
    block_on(stage.store.load(key)).unwrap().account.unwrap()
}

#[test]
fn people_whose_ids_differ_in_the_last_byte_alone_are_strangers_at_every_step() {
    let stage = Stage::open();
    let keys = twins(&stage, Requirement::Email);
    let begun = keys.iter().map(|key| (key, asked(begin(&stage, key)).ticket));
    let open: Vec<_> = begun.map(|(key, ticket)| (key, ticket, stage.mailed_code())).collect();
    for (key, ticket, own) in &open {
        for (_, _, code) in open.iter().filter(|(other, ..)| other != key) {
            assert_ne!(own, code);
            let verdict = stage.answer(ticket, code);
            assert!(matches!(verdict, Verdict::Wrong(_)), "{verdict:?}");
        }
    }
    let mut proofs = Vec::new();
    for (key, ticket, own) in &open {
        let proof = passed(stage.answer(ticket, own));
        let sealed = stage.mfa.seal(&proof).unwrap();
        let SessionCheck::Valid(opened) = block_on(stage.mfa.open_session(&sealed)).unwrap() else {
            panic!()
        };
        assert_eq!((proof.key(), opened.key(), &opened), (*key, *key, &proof));
        proofs.push(proof);
    }
    // What is done to one of them is done to no other.
    let renewed = block_on(stage.mfa.renew(proofs.remove(1), proofs.remove(0)));
    assert!(matches!(renewed.unwrap_err().kind(), ErrorKind::Denied(_)));
    let others: Vec<_> = keys[1..].iter().map(|key| stored(&stage, key)).collect();
    let ticket = asked(begin(&stage, &keys[0])).ticket;
    let wrong = other_than(&stage.mailed_code());
    for _ in 0..5 {
        let _ = stage.answer(&ticket, wrong);
    }
    let Begun::Refused(refused) = begin(&stage, &keys[0]) else { panic!() };
    assert!(matches!(refused, Refusal::Locked(_)));
    block_on(stage.mfa.suspended(&keys[0])).unwrap();
    block_on(stage.mfa.removed(&keys[0])).unwrap();
    let after: Vec<_> = keys[1..].iter().map(|key| stored(&stage, key)).collect();
    assert_eq!(others, after);
    for key in &keys[1..] {
        assert!(matches!(begin(&stage, key), Begun::Step(Step::EnterCode(_))));
    }
}

#[test]
fn an_app_opens_no_account_whose_name_differs_in_the_last_byte_not_even_moved_there() {
    let stage = Stage::open();
    let keys = twins(&stage, Requirement::App);
    let mut phones = Vec::new();
    for key in &keys {
        let Begun::Step(Step::LinkApp(enrollment)) = begin(&stage, key) else { panic!() };
        let mut phone = FakePhone::new();
        phone.scan(&enrollment.app);
        let _ = passed(stage.answer(&enrollment.ticket, &phone.code(stage.now())));
        phones.push(phone);
    }
    stage.advance(30);
    for (key, own) in keys.iter().zip(&phones) {
        let ticket = asked(begin(&stage, key)).ticket;
        for phone in phones.iter().filter(|phone| !std::ptr::eq(*phone, own)) {
            let verdict = stage.answer(&ticket, &phone.code(stage.now()));
            assert!(matches!(verdict, Verdict::Wrong(_)), "{verdict:?}");
        }
        let _ = passed(stage.answer(&ticket, &own.code(stage.now())));
    }
    // Somebody who can write to the database puts the record of one in the place of another.
    stage.advance(30);
    for (key, at) in keys[1..].iter().zip(1..) {
        let moved = stored(&stage, &keys[0]);
        let place = stored(&stage, key);
        let next = Versioned { version: place.version.next(), value: moved.value };
        let change = Change {
            account: Part::Write {
                expected: Some(place.version),
                next,
                touched: Touched::Everything,
            },
            ..Change::to_account(key)
        };
        block_on(stage.store.commit(change)).unwrap();
        let ticket = asked(begin(&stage, key)).ticket;
        for phone in [&phones[0], &phones[at]] {
            let answer = Answer::code(phone.code(stage.now()));
            let judged = block_on(stage.mfa.verify(&ticket, &answer, &browser()));
            assert_eq!(judged.unwrap_err().kind(), ErrorKind::Corrupt);
        }
    }
}

#[test]
fn a_browser_whose_secret_differs_in_one_late_byte_is_another_browser() {
    let stage = Stage::open();
    stage.require(Requirement::Email);
    // Besides late bytes: a block and the same block with a zero behind it, which HMAC confuses.
    let block = long(999)[..64].to_owned();
    let mut secrets = vec![long(999), block.clone(), format!("{block}\0"), format!("\0{block}")];
    secrets.extend(PLACES.map(long));
    secrets.extend([long(999)[..127].to_owned(), long(999) + "x", long(999).repeat(8)]);
    let clients = secrets.iter().map(|secret| Client::bound_to(secret).unwrap());
    let clients: Vec<_> = clients.collect();
    for (number, client) in clients.iter().enumerate() {
        let begun = block_on(stage.mfa.begin(&key("ben"), FirstFactor::Password, client));
        let ticket = asked(begun.unwrap()).ticket;
        let code = Answer::code(stage.mailed_code());
        for (thief, client) in clients.iter().enumerate().filter(|(at, _)| *at != number) {
            let verdict = block_on(stage.mfa.verify(&ticket, &code, client)).unwrap();
            assert_eq!(stale(verdict), Staleness::NotOurs, "{thief} with the ticket of {number}");
        }
        let _ = passed(block_on(stage.mfa.verify(&ticket, &code, client)).unwrap());
    }
}

/// Draws every nonce alike, so that the seals of like beginnings begin alike.
#[derive(Debug, Clone)]
struct OneNonce(SeededRandom);

impl Random for OneNonce {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomError> {
        self.0.fill(bytes)?;
        if bytes.len() == 24 {
            bytes.fill(0);
        }
        Ok(())
    }
}

#[test]
fn an_attempt_is_not_taken_for_another_because_their_tickets_begin_with_the_same_bytes() {
    let clock = FakeClock::at(MONDAY);
    let random = OneNonce(SeededRandom::new(73));
    let (mfa, _) = Mfa::builder()
        .store(MemoryStore::with_clock(clock.clone()))
        .mailer(Inbox::new())
        .keys(Keys::ephemeral(&random).unwrap())
        .clock(clock.clone())
        .danger_random(random)
        .build()
        .unwrap();
    let key = AccountKey::new(long(999), long(999)).unwrap();
    let new = NewTenant::new(long(999), "Long", Locale::english()).unwrap();
    block_on(mfa.create_tenant(new)).unwrap();
    let new_user = NewUser::default().with_rule(Requirement::App);
    block_on(mfa.add_existing_user(&key, new_user)).unwrap();
    let client = || browser().attempt(AttemptId::from_bytes([7; 16]));
    let begin = || block_on(mfa.begin(&key, FirstFactor::Password, &client())).unwrap();
    let Begun::Step(Step::LinkApp(shown)) = begin() else { panic!() };
    let mut phone = FakePhone::new();
    phone.scan(&shown.app);
    let answer = |ticket: &Ticket| {
        let answer = Answer::code(phone.code(clock.now()));
        block_on(mfa.verify(ticket, &answer, &client())).unwrap()
    };
    let _ = passed(answer(&shown.ticket));
    clock.advance(Duration::from_secs(30));
    let one = asked(begin()).ticket;
    let other = asked(begin()).ticket;
    let shared = one.expose().bytes().zip(other.expose().bytes()).take_while(|(a, b)| a == b);
    assert!(shared.count() > 300 && one != other);
    let id = passed(answer(&one)).id();
    let Verdict::Wrong(failed) = answer(&other) else { panic!("one code finished two logins") };
    assert_eq!(failed.reason, WrongAnswer::AlreadyUsed);
    // That miss is the last attempt now, so the first one is over too.
    assert_eq!(stale(answer(&one)), Staleness::AlreadyUsed, "{id}");
}
