//! Two tenants with two people each, a store that can break, and what the model keeps of them.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use countersign_core::account::{Account, Event, Tenant};
use countersign_core::store::{Accounts, Store, Versioned};
use countersign_core::{
    AccountKey, AttemptId, Client, Courier, EmailAddress, Error, ErrorKind, Locale, MemoryStore,
    Method, Mfa, NewTenant, NewUser, ProofId, Purpose, SealedProof, TenantId, Ticket, Timestamp,
};
use countersign_testkit::{FailingStore, FakeClock, FakePhone, Inbox, SeededRandom};
use pollster::block_on;

use crate::belief::{Company, Person};
use crate::deployment::{FLOORS, Parts, Ring, Stated, with_roles};

pub(crate) const COMPANIES: [&str; 2] = ["larkfield", "quill"];

/// A small generator of its own, so that the library's draws and the story's do not mix.
#[derive(Debug)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let sides = u64::try_from(sides).unwrap();
        usize::try_from((mixed ^ (mixed >> 31)) % sides).unwrap()
    }

    pub(crate) fn one_in(&mut self, sides: usize) -> bool {
        self.below(sides) == 0
    }

    pub(crate) fn of<T: Clone>(&mut self, things: &[T]) -> T {
        things[self.below(things.len())].clone()
    }
}

/// A login step in somebody's hands, whatever it asks for.
#[derive(Debug, Clone)]
pub(crate) struct Hand {
    pub(crate) who: usize,
    pub(crate) browser: usize,
    pub(crate) stated: Stated,
    /// The login step that it belongs to: another way through it has the same number.
    pub(crate) step: u32,
    pub(crate) passed: Vec<Method>,
    /// The session that a step-up was begun from.
    pub(crate) session: Option<ProofId>,
}

/// One e-mailed challenge, as people can tell it from others: tenant, address, reference, end.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Letter {
    pub(crate) company: String,
    pub(crate) to: String,
    pub(crate) reference: String,
    pub(crate) until: i64,
}

/// What an open ticket asks for.
#[derive(Debug, Clone)]
pub(crate) enum Asks {
    Mail(Letter),
    App,
    Link(FakePhone),
}

/// A ticket that some browser holds.
#[derive(Debug, Clone)]
pub(crate) struct Open {
    pub(crate) ticket: Ticket,
    pub(crate) hand: Hand,
    pub(crate) purpose: Purpose,
    pub(crate) asks: Asks,
    pub(crate) ends: i64,
    pub(crate) era: Era,
    /// How often the keys had been rotated by then.
    pub(crate) key: u32,
}

/// Everything open ends when one of these changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Era {
    pub(crate) life: u32,
    pub(crate) account: u64,
    pub(crate) company: u64,
}

/// A proof that somebody holds.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub(crate) sealed: SealedProof,
    pub(crate) id: ProofId,
    pub(crate) who: usize,
    pub(crate) stated: Stated,
    pub(crate) session: Option<ProofId>,
    pub(crate) key: u32,
    pub(crate) purpose: Purpose,
    pub(crate) passed: Vec<(Method, i64)>,
    pub(crate) ends: i64,
    pub(crate) era: Era,
}

/// The last attempt of a user, as the model remembers it.
#[derive(Debug, Clone)]
pub(crate) struct Slot {
    pub(crate) ticket: Ticket,
    pub(crate) attempt: AttemptId,
    pub(crate) code: String,
    pub(crate) at: i64,
    pub(crate) verdict: String,
    pub(crate) company: u64,
    pub(crate) account: u64,
}

/// Everything in the store that can be seen.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Seen {
    pub(crate) accounts: Vec<Option<Versioned<Account>>>,
    pub(crate) tenants: Vec<Option<Versioned<Tenant>>>,
    pub(crate) events: Vec<Vec<Event>>,
}

pub(crate) struct World {
    pub(crate) mfa: Mfa,
    pub(crate) courier: Courier,
    /// What the library uses.
    pub(crate) store: FailingStore,
    /// The same records, which this test can always look at.
    pub(crate) truth: MemoryStore,
    pub(crate) clock: FakeClock,
    pub(crate) inbox: Inbox,
    pub(crate) ring: Ring,
    pub(crate) parts: Parts,
    pub(crate) rotations: u32,
    pub(crate) dice: Dice,
    pub(crate) keys: Vec<AccountKey>,
    pub(crate) people: Vec<Person>,
    pub(crate) companies: [Company; 2],
    pub(crate) first_generation: Vec<u64>,
    pub(crate) first_company_generation: [u64; 2],
    pub(crate) open: Vec<Open>,
    pub(crate) proofs: Vec<Kept>,
    pub(crate) slots: Vec<Option<Slot>>,
    pub(crate) links: Vec<(String, usize, u32)>,
    /// Codes read from mails.
    pub(crate) codes: BTreeMap<Letter, String>,
    /// When each was sent last, and how often again.
    pub(crate) sent: BTreeMap<Letter, (i64, u32)>,
    pub(crate) clock_went_back: bool,
    pub(crate) mails_read: usize,
    pub(crate) spent_steps: BTreeSet<u32>,
    pub(crate) spent_mails: BTreeSet<Letter>,
    pub(crate) proof_ids: BTreeSet<ProofId>,
    pub(crate) numbers: u32,
    pub(crate) misses: [usize; 2],
    pub(crate) hits: [usize; 2],
    pub(crate) apps_linked: usize,
    pub(crate) mail_lost: bool,
    pub(crate) faults: bool,
    pub(crate) met: bool,
    pub(crate) tally: BTreeMap<&'static str, u32>,
}

impl World {
    pub(crate) fn open(seed: u64, faults: bool) -> Self {
        let clock = FakeClock::at(Timestamp::from_seconds(1_795_500_000));
        let truth = MemoryStore::with_clock(clock.clone());
        let store = FailingStore::new(truth.clone());
        let inbox = Inbox::new();
        let random = SeededRandom::new(seed);
        let mut dice = Dice(seed);
        let company = Company { minimum: dice.of(&FLOORS), ..Company::default() };
        let ring = Ring::default();
        let parts = Parts { store, inbox, ring, clock, random };
        let (mfa, courier) = parts.put_together(company.minimum);
        let Parts { store, inbox, ring, clock, .. } = parts.clone();
        let mut world = Self {
            mfa,
            courier,
            store,
            truth,
            clock,
            inbox,
            ring,
            parts,
            rotations: 0,
            dice,
            keys: Vec::new(),
            people: Vec::new(),
            companies: [company.clone(), company],
            first_generation: Vec::new(),
            first_company_generation: [0; 2],
            open: Vec::new(),
            proofs: Vec::new(),
            slots: vec![None; 4],
            links: Vec::new(),
            codes: BTreeMap::new(),
            sent: BTreeMap::new(),
            clock_went_back: false,
            mails_read: 0,
            spent_steps: BTreeSet::new(),
            spent_mails: BTreeSet::new(),
            proof_ids: BTreeSet::new(),
            numbers: 0,
            misses: [0; 2],
            hits: [0; 2],
            apps_linked: 0,
            mail_lost: false,
            faults,
            met: false,
            tally: BTreeMap::new(),
        };
        for company in COMPANIES {
            let new = NewTenant::new(company, company, Locale::english()).unwrap();
            block_on(world.mfa.create_tenant(new)).unwrap();
            // The same two names in both tenants, and the same addresses.
            for user in ["ada", "ben"] {
                let key = AccountKey::new(company, user).unwrap();
                let address = address(user, 0);
                let new_user = NewUser::at(address.clone());
                let new_user = if user == "ada" { new_user.admin() } else { new_user };
                let roles = world.roles();
                let new_user = with_roles(new_user, roles);
                block_on(world.mfa.add_existing_user(&key, new_user)).unwrap();
                let life = world.number();
                world.people.push(Person::new(address, user == "ada", roles, life));
                world.keys.push(key);
            }
        }
        let seen = world.look();
        let account =
            |seen: &Option<Versioned<Account>>| seen.as_ref().unwrap().value.generation().number();
        world.first_generation = seen.accounts.iter().map(account).collect();
        for (first, tenant) in world.first_company_generation.iter_mut().zip(&seen.tenants) {
            *first = tenant.as_ref().unwrap().value.generation().number();
        }
        world
    }

    pub(crate) fn now(&self) -> i64 {
        self.clock.now().millis()
    }

    pub(crate) fn number(&mut self) -> u32 {
        self.numbers += 1;
        self.numbers
    }

    pub(crate) fn saw(&mut self, what: &'static str) {
        *self.tally.entry(what).or_insert(0) += 1;
    }

    pub(crate) fn company_of(&self, who: usize) -> &Company {
        &self.companies[who / 2]
    }

    pub(crate) fn era(&self, who: usize) -> Era {
        let person = &self.people[who];
        let company = self.company_of(who).generation;
        Era { life: person.life, account: person.generation, company }
    }

    pub(crate) fn look(&self) -> Seen {
        let tenants: Vec<_> = COMPANIES.iter().map(|id| TenantId::new(*id).unwrap()).collect();
        let truth = &self.truth;
        Seen {
            accounts: self.keys.iter().map(|k| block_on(truth.load(k)).unwrap().account).collect(),
            tenants: tenants.iter().map(|id| block_on(truth.tenant(id)).unwrap().0).collect(),
            events: tenants
                .iter()
                .map(|id| block_on(truth.events(id, None, None, usize::MAX)).unwrap())
                .collect(),
        }
    }

    /// Whether a call was carried out. What failed changed nothing, unless nobody knows: then the
    /// store shows whether it did, and what it did must be the whole.
    pub(crate) fn done<T>(
        &mut self,
        before: &Seen,
        outcome: Result<T, Error>,
    ) -> Option<Option<T>> {
        let error = match outcome {
            Ok(value) => return Some(Some(value)),
            Err(error) => error,
        };
        self.met |= self.store.has_failed();
        let unchanged = *before == self.look();
        match error.kind() {
            ErrorKind::OutcomeUnknown if !unchanged => return Some(None),
            ErrorKind::OutcomeUnknown | ErrorKind::Unavailable => assert!(self.faults, "{error}"),
            ErrorKind::Denied(_) | ErrorKind::Unfit => {}
            _ => panic!("{error}"),
        }
        assert!(unchanged, "it failed and changed something: {error}");
        None
    }

    pub(crate) fn advance(&mut self) {
        if self.dice.one_in(12) {
            let back = [1, 30, 90, 600][self.dice.below(4)];
            self.clock.step_back(Duration::from_secs(back));
            self.clock_went_back = true;
            self.saw("the clock steps back");
            return;
        }
        let most = [40, 40, 90, 600, 1200][self.dice.below(5)];
        let forward = u64::try_from(self.dice.below(most)).unwrap() + 1;
        self.clock.advance(Duration::from_secs(forward));
    }
}

pub(crate) fn address(user: &str, number: usize) -> EmailAddress {
    EmailAddress::new(&format!("{user}{number}@mail.example")).unwrap()
}

pub(crate) fn browser(number: usize) -> Client {
    Client::bound_to(format!("a cookie of 128 bits {number}")).unwrap()
}
