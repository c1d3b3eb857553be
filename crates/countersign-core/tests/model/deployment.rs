//! What stories vary around the people: the deployment, its keys and its minimum, and what the host
//! states when a login begins.

use std::sync::{Arc, Mutex};

use countersign_core::keys::{Key, KeyRing};
use countersign_core::{Courier, FirstFactor, KeyId, Limits, Mfa, NewUser, Requirement, Role};
use countersign_testkit::{FailingStore, FakeClock, Inbox, SeededRandom};

use crate::belief::{HARD_STOP, MAILS_IN_A_ROW, RESENDS_OF_A_CODE, Roles};
use crate::world::World;

/// A ring whose current key changes while a story goes on; the older ones still open.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ring(Arc<Mutex<u8>>);

impl Ring {
    pub(crate) fn turn(&self) {
        *self.0.lock().unwrap() += 1;
    }
}

impl KeyRing for Ring {
    fn current(&self) -> KeyId {
        KeyId::new((*self.0.lock().unwrap()).into())
    }

    fn key(&self, id: KeyId) -> Option<Key> {
        let number = u8::try_from(id.number()).ok()?;
        (number <= *self.0.lock().unwrap()).then(|| Key::new(id, [number ^ 0x5a; 32]).unwrap())
    }
}

/// What a deployment is put together from, again and again.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) store: FailingStore,
    pub(crate) inbox: Inbox,
    pub(crate) ring: Ring,
    pub(crate) clock: FakeClock,
    pub(crate) random: SeededRandom,
}

/// Mostly the deployment asks for nothing of its own.
pub(crate) const FLOORS: [Requirement; 6] = {
    let none = Requirement::None;
    [none, none, none, none, Requirement::Email, Requirement::App]
};

impl Parts {
    pub(crate) fn put_together(&self, minimum: Requirement) -> (Mfa, Courier) {
        let mut limits = Limits::default();
        limits.minimum = minimum;
        limits.hard_stop_after = HARD_STOP;
        limits.resends_per_challenge = u8::try_from(RESENDS_OF_A_CODE).unwrap();
        limits.code_mails_in_a_row = u8::try_from(MAILS_IN_A_ROW).unwrap();
        let Self { store, inbox, ring, clock, random } = self.clone();
        let builder = Mfa::builder().store(store).mailer(inbox).keys(ring).clock(clock);
        let builder = builder.danger_random(random).limits(limits);
        builder.invitation_page("https://portal.example/invite/").build().unwrap()
    }
}

/// What the host states when a login begins: roles for this one login, and what it checked first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stated {
    pub(crate) roles: Roles,
    pub(crate) first: usize,
}

/// What a host may have checked first, the values kept of it, and whether a password was part.
pub(crate) fn first(number: usize) -> (FirstFactor, &'static [&'static str], bool) {
    let federated = |stated: &[&str]| {
        FirstFactor::Federated(stated.iter().map(|value| (*value).to_owned()).collect())
    };
    match number {
        0 => (FirstFactor::Password, &["pwd"], true),
        1 => (federated(&["pwd", "geo"]), &["pwd", "geo"], true),
        _ => (federated(&["hwk", "", "two words", "über"]), &["hwk"], false),
    }
}

impl World {
    /// The deployment is started again, perhaps with another minimum.
    pub(crate) fn redeploy(&mut self) {
        let minimum = self.dice.of(&FLOORS);
        (self.mfa, self.courier) = self.parts.put_together(minimum);
        for company in &mut self.companies {
            company.minimum = minimum;
        }
    }

    /// Another key seals from now on.
    pub(crate) fn rotate(&mut self) {
        self.ring.turn();
        self.rotations += 1;
    }

    pub(crate) fn stated(&mut self) -> Stated {
        let roles = [self.dice.one_in(4), self.dice.one_in(6)];
        Stated { roles, first: self.dice.of(&[0, 0, 0, 1, 2]) }
    }

    pub(crate) fn roles(&mut self) -> Roles {
        [self.dice.one_in(3), self.dice.one_in(4)]
    }
}

pub(crate) fn role(number: usize) -> Role {
    Role::new(["night shift", "accounts"][number]).unwrap()
}

pub(crate) fn with_roles(new_user: NewUser, roles: Roles) -> NewUser {
    let held = (0..2).filter(|number| roles[*number]).map(role);
    held.fold(new_user, NewUser::with_role)
}
