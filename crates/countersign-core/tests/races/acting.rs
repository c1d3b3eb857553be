//! An administrator acts and loses the office in the same moment: between the look at their account
//! and the commit of the act, somebody else writes. The act must not happen.

use std::fmt;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use countersign_core::account::{Actor, Event, EventKind};
use countersign_core::mail::{MailKind, Template};
use countersign_core::store::{Accounts, Change, Snapshot, Store, StoreError};
use countersign_core::{
    AccountKey, Admin, Answer, Begun, Client, Error, ErrorKind, FirstFactor, HOUR, Keys, Limits,
    Locale, MemoryStore, Mfa, NewTenant, NewUser, Policy, Proof, Requirement, Start, Step,
    TenantId, Timestamp, UserId, Verdict,
};
use countersign_testkit::{FakeClock, FakePhone, Inbox, SeededRandom};
use pollster::block_on;

use crate::stage::key;

type Meanwhile = Box<dyn FnOnce() + Send>;

/// A store in which something happens right before the next commit, once.
#[derive(Clone)]
struct Interrupted {
    store: MemoryStore,
    meanwhile: Arc<Mutex<Option<Meanwhile>>>,
}

impl fmt::Debug for Interrupted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interrupted").finish_non_exhaustive()
    }
}

#[async_trait]
impl Store for Interrupted {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        self.store.load(key).await
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        let meanwhile = self.meanwhile.lock().unwrap().take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        self.store.commit(change).await
    }
}

/// Two nodes on one store: Ada acts on the first, and what happens meanwhile happens on the second.
struct Scene {
    ada: Admin,
    store: MemoryStore,
    meanwhile: Arc<Mutex<Option<Meanwhile>>>,
    second: Arc<Mfa>,
    clock: FakeClock,
}

fn larkfield() -> TenantId {
    key("ada").tenant().clone()
}

fn user(name: &str) -> UserId {
    key(name).user().clone()
}

/// The handle of an operator of this node.
fn operator(mfa: &Mfa) -> Admin {
    mfa.operator(larkfield(), "test", "a race").unwrap()
}

impl Scene {
    fn open() -> Self {
        let clock = FakeClock::at(Timestamp::from_seconds(1_795_500_000));
        let store = MemoryStore::with_clock(clock.clone());
        let meanwhile = Arc::default();
        let interrupted = Interrupted { store: store.clone(), meanwhile: Arc::clone(&meanwhile) };
        let first = node(interrupted, &store, &clock, 1);
        let second = Arc::new(node(store.clone(), &store, &clock, 2));
        let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
        block_on(first.create_tenant(tenant)).unwrap();
        for who in ["ada", "zoe"] {
            let at = format!("{who}@larkfield.example").parse().unwrap();
            block_on(first.add_existing_user(&key(who), NewUser::at(at).admin())).unwrap();
        }
        let at = "ben@larkfield.example".parse().unwrap();
        let ben = NewUser::at(at).with_rule(Requirement::App);
        block_on(first.add_existing_user(&key("ben"), ben)).unwrap();
        let policy = Policy::requiring(Requirement::App);
        let _ = block_on(operator(&first).set_policy(policy, 0, Start::Now)).unwrap();
        let proof = log_in(&first, &clock);
        let ada = block_on(first.admin(proof)).unwrap();
        Self { ada, store, meanwhile, second, clock }
    }

    /// All that an act of Ada's could change.
    fn state(&self) -> String {
        let ben = block_on(self.store.load(&key("ben"))).unwrap();
        let cleo = block_on(self.store.load(&key("cleo"))).unwrap();
        let texts = block_on(self.store.mail_texts(&larkfield())).unwrap();
        let tenant = ben.tenant.unwrap().value;
        let policy = (tenant.policy().clone(), tenant.policy_revision());
        format!("{:?} {:?} {texts:?} {policy:?}", ben.account, cleo.account)
    }

    fn by_ada(&self) -> usize {
        let events = block_on(self.store.events(&larkfield(), None, None, usize::MAX)).unwrap();
        let ada = block_on(self.store.load(&key("ada"))).unwrap().account;
        let ada = ada.map(|ada| ada.value.pseudonym());
        let by = |event: &&Event| matches!(event.actor, Actor::Admin(by) if Some(by) == ada);
        events.iter().filter(by).count()
    }
}

fn node(logins: impl Store, store: &MemoryStore, clock: &FakeClock, seed: u64) -> Mfa {
    let (mfa, _courier) = Mfa::builder()
        .logins(logins)
        .accounts(store.clone())
        .outbox(store.clone())
        .mailer(Inbox::new())
        .keys(Keys::ephemeral(&SeededRandom::new(7)).unwrap())
        .clock(clock.clone())
        .limits(Limits::default())
        .invitation_page("https://larkfield.example/invite/")
        .danger_random(SeededRandom::new(seed))
        .build()
        .unwrap();
    mfa
}

fn log_in(mfa: &Mfa, clock: &FakeClock) -> Proof {
    let client = Client::bound_to("a cookie of 128 bits").unwrap();
    let begun = block_on(mfa.begin(&key("ada"), FirstFactor::Password, &client)).unwrap();
    let Begun::Step(Step::LinkApp(shown)) = begun else { panic!("{begun:?}") };
    let mut phone = FakePhone::new();
    phone.scan(&shown.app);
    let answer = Answer::code(phone.code(clock.now()));
    match block_on(mfa.verify(&shown.ticket, &answer, &client)).unwrap() {
        Verdict::Passed(passed) => passed.proof,
        other => panic!("{other:?}"),
    }
}

type Act = fn(&mut Admin, Timestamp) -> Result<(), Error>;
type Loss = fn(&Mfa);

/// What an administrator does to others.
const ACTS: [(&str, Act); 12] = [
    ("invite", |ada, _| {
        let new_user = NewUser::at("cleo@larkfield.example".parse().unwrap());
        block_on(ada.invite_user(user("cleo"), new_user))
    }),
    ("rule", |ada, _| block_on(ada.set_rule(user("ben"), Requirement::None))),
    ("exempt", |ada, now| block_on(ada.exempt(user("ben"), now.plus(HOUR), "asked"))),
    ("approve", |ada, now| block_on(ada.approve_enrollment(user("ben"), now.plus(HOUR)))),
    ("reset", |ada, _| block_on(ada.reset(user("ben"), "lost phone"))),
    ("address", |ada, _| {
        block_on(ada.change_address(user("ben"), "eve@evil.example".parse().unwrap()))
    }),
    ("grant", |ada, _| block_on(ada.grant_admin(user("ben")))),
    ("revoke", |ada, _| block_on(ada.revoke_admin(user("zoe")))),
    ("policy", |ada, _| {
        let policy = Policy::requiring(Requirement::None);
        block_on(ada.set_policy(policy, 1, Start::Now)).map(drop)
    }),
    ("mail text", |ada, _| {
        let text =
            Template::parse(MailKind::LoginCode, &Locale::english(), "Ours", "{code}").unwrap();
        block_on(ada.set_mail_text(text))
    }),
    ("everybody out", |ada, _| block_on(ada.sign_everybody_out())),
    ("invite again", |ada, _| block_on(ada.invite_again(user("ben")))),
];

/// How Ada may lose what she acts by, at the last moment.
const LOSSES: [(&str, Loss); 6] = [
    ("suspended", |mfa| block_on(mfa.suspended(&key("ada"))).unwrap()),
    ("no administrator", |mfa| {
        let mut operator = operator(mfa);
        block_on(operator.revoke_admin(user("ada"))).unwrap();
    }),
    ("logged out", |mfa| block_on(mfa.signed_out_everywhere(&key("ada"))).unwrap()),
    ("reset", |mfa| block_on(operator(mfa).reset(user("ada"), "a stolen phone")).unwrap()),
    ("erased", |mfa| block_on(mfa.removed(&key("ada"))).unwrap()),
    ("everybody out", |mfa| block_on(operator(mfa).sign_everybody_out()).unwrap()),
];

#[test]
fn an_act_of_somebody_who_lost_the_office_meanwhile_does_not_happen() {
    for (name, act) in ACTS {
        for (loss, happens) in LOSSES {
            let what = format!("{name}, {loss}");
            let mut scene = Scene::open();
            let (before, by_ada) = (scene.state(), scene.by_ada());
            let second = Arc::clone(&scene.second);
            *scene.meanwhile.lock().unwrap() = Some(Box::new(move || happens(&second)));
            let now = scene.clock.now();
            let told = act(&mut scene.ada, now);
            assert!(scene.meanwhile.lock().unwrap().is_none(), "{what}: nothing was committed");
            let error = told.expect_err(&what);
            assert!(matches!(error.kind(), ErrorKind::Denied(_)), "{what}: {error}");
            assert_eq!(scene.state(), before, "{what}");
            assert!(scene.by_ada() <= by_ada, "{what}: the log says that she did it");
        }
    }
}

#[test]
fn an_act_whose_administrator_is_only_busy_meanwhile_happens() {
    for (name, act) in ACTS {
        let mut scene = Scene::open();
        let before = scene.by_ada();
        let second = Arc::clone(&scene.second);
        // Ada's account is written, and she is still an administrator.
        *scene.meanwhile.lock().unwrap() = Some(Box::new(move || {
            let rule = block_on(operator(&second).set_rule(user("ada"), Requirement::App));
            rule.unwrap();
        }));
        let now = scene.clock.now();
        act(&mut scene.ada, now).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert!(scene.by_ada() > before, "{name}");
    }
}

#[test]
fn a_reset_of_a_damaged_account_undoes_no_mending_of_the_last_moment() {
    let clock = FakeClock::at(Timestamp::from_seconds(1_795_500_000));
    let store = MemoryStore::with_clock(clock.clone());
    let meanwhile: Arc<Mutex<Option<Meanwhile>>> = Arc::default();
    let interrupted = Interrupted { store: store.clone(), meanwhile: Arc::clone(&meanwhile) };
    let first = node(interrupted, &store, &clock, 1);
    let second = node(store.clone(), &store, &clock, 2);
    let tenant = NewTenant::new("larkfield", "Larkfield Freight", Locale::english()).unwrap();
    block_on(first.create_tenant(tenant)).unwrap();
    block_on(first.add_existing_user(&key("ben"), NewUser::default())).unwrap();
    store.damage_account(&key("ben"));
    let mends = |mfa: Mfa, reason: &'static str| {
        move || {
            let ben = NewUser::default().with_rule(Requirement::App);
            block_on(mfa.reset_damaged(&key("ben"), ben, "Kim", reason))
        }
    };
    let mended = mends(second, "the first");
    *meanwhile.lock().unwrap() = Some(Box::new(move || mended().unwrap()));
    let told = mends(first, "the second")().unwrap_err();
    assert_eq!(told.code(), "account.not_damaged");
    let events = block_on(store.events(&larkfield(), None, None, 9)).unwrap();
    let resets = events.iter().filter(|event| event.what == EventKind::DamageReplaced).count();
    assert_eq!(resets, 1);
}
