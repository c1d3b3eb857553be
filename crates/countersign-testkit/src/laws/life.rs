//! A life: a user whose account goes through everything that can happen to one.
//!
//! Accounts are opaque, so a law cannot make up interesting ones. It lets a real login service
//! live through them on the reference store instead, and then writes each state to the store under
//! test. Whatever a store keeps in columns of its own has changed at least once by the end.

use std::time::Duration;

use countersign_core::codes::Provisioning;
use countersign_core::mail::{MailKind, Template};
use countersign_core::store::{Change, Part, Snapshot, Storage, Touched, Versioned};
use countersign_core::{
    AccountKey, Admin, Answer, AttemptId, BeforeEnrollment, Begun, Challenge, Client, Courier, DAY,
    EmailAddress, FirstFactor, HOUR, Keys, Locale, MINUTE, MemoryStore, Method, Mfa, NewTenant,
    NewUser, Policy, Proof, Purpose, Requirement, Role, Saved, Start, Step, Ticket, UserId,
    Verdict, Version, Vouching,
};

use super::scene::{COMPANY, address, commit, key, load, word};
use crate::clock::FakeClock;
use crate::fail::{fail, must};
use crate::inbox::{Failing, Inbox};
use crate::phone::FakePhone;
use crate::random::SeededRandom;

/// The most apps that an account holds.
const MOST_APPS: usize = 5;

/// Writes each state of a life over the one before, and lets `check` compare what was read with
/// what was written.
pub(super) async fn relive(store: &dyn Storage, check: fn(&Snapshot, &Snapshot)) {
    let mut before: Option<Snapshot> = None;
    for (key, written) in lived().await {
        commit(store, step(before.as_ref(), &key, &written)).await;
        check(&load(store, &key).await, &written);
        before = Some(written);
    }
}

/// What leads from one state to the next.
pub(super) fn step(before: Option<&Snapshot>, key: &AccountKey, next: &Snapshot) -> Change {
    let tenant = before.and_then(|before| before.tenant.as_ref());
    let account = before.and_then(|before| before.account.as_ref());
    Change {
        tenant: part(tenant, next.tenant.as_ref(), |_, _| Touched::Everything),
        account: part(account, next.account.as_ref(), Touched::between),
        ..Change::to_account(key)
    }
}

/// What happens to one record of it.
fn part<T: Clone + PartialEq>(
    old: Option<&Versioned<T>>,
    new: Option<&Versioned<T>>,
    touched: impl Fn(&T, &T) -> Touched,
) -> Part<T> {
    let expected: Option<Version> = old.map(|old| old.version);
    match (expected, new) {
        _ if old == new => Part::Compare(expected),
        (Some(version), None) => Part::Erase(version),
        (_, Some(next)) => {
            let touched = old.map_or(Touched::Everything, |old| touched(&old.value, &next.value));
            Part::Write { expected, next: next.clone(), touched }
        }
        (None, None) => Part::Leave,
    }
}

/// The states of one user and their tenant, in order.
pub(super) async fn lived() -> Vec<(AccountKey, Snapshot)> {
    let mut life = Life::begin();
    life.arrives().await;
    life.uses_codes_by_mail().await;
    life.links_an_app().await;
    life.guesses(7).await;
    life.is_unlocked().await;
    life.is_administered().await;
    life.leaves().await;
    life.states
}

/// A tenant and an account that are as full as they can be.
pub(super) async fn full() -> (AccountKey, Snapshot) {
    let mut life = Life::begin();
    life.key = key(&"t".repeat(128), &"🦆".repeat(32));
    life.fills_up().await;
    life.states.pop().unwrap_or_else(|| fail("a life without a state"))
}

/// A tenant and an account with times that are no whole seconds.
pub(super) async fn at_odd_times() -> (AccountKey, Snapshot) {
    let mut life = Life::begin();
    life.pass_time(Duration::from_millis(457));
    life.arrives().await;
    life.uses_codes_by_mail().await;
    life.links_an_app().await;
    let user = life.key.user().clone();
    let until = life.clock.now().plus(10 * DAY);
    must(life.admin().exempt(user, until, "lost the phone").await, "exempt a person");
    life.guesses(5).await;
    life.states.pop().unwrap_or_else(|| fail("a life without a state"))
}

struct Life {
    mfa: Mfa,
    courier: Courier,
    store: MemoryStore,
    clock: FakeClock,
    inbox: Inbox,
    phone: FakePhone,
    random: SeededRandom,
    key: AccountKey,
    states: Vec<(AccountKey, Snapshot)>,
}

impl Life {
    fn begin() -> Self {
        let clock = FakeClock::default();
        let random = SeededRandom::new(30);
        let inbox = Inbox::new();
        let store = MemoryStore::with_clock(clock.clone());
        let (mfa, courier) = must(
            Mfa::builder()
                .store(store.clone())
                .mailer(inbox.clone())
                .keys(must(Keys::ephemeral(&random), "draw keys"))
                .clock(clock.clone())
                .danger_random(random.clone())
                .invitation_page("https://portal.example/invite/")
                .build(),
            "build a login service",
        );
        let phone = FakePhone::new();
        let key = key(COMPANY, "ada");
        let states = Vec::new();
        Self { mfa, courier, store, clock, inbox, phone, random, key, states }
    }

    async fn arrives(&mut self) {
        let new = must(NewTenant::new(COMPANY, "Larkfield", Locale::english()), "name a company");
        must(self.mfa.create_tenant(new).await, "create a company");
        self.note().await;
        let bo = UserId::new("bo");
        let ada = NewUser::at(address("ada@larkfield.example")).with_role(word("driver"));
        let mut admin = self.admin();
        must(
            admin.invite_user(self.key.user().clone(), ada.clone().admin()).await,
            "invite a person",
        );
        must(admin.invite_user(must(bo, "name a person"), ada.admin()).await, "invite a person");
        self.note().await;
        must(admin.withdraw_invitation(self.key.user().clone()).await, "withdraw an invitation");
        self.note().await;
        must(admin.invite_again(self.key.user().clone()).await, "invite a person again");
        self.note().await;
        must(self.courier.drain().await, "send mails");
        let page = self.inbox.link();
        let token = page.rsplit('/').next().unwrap_or_default();
        must(self.mfa.accept_invitation(token).await.map(drop), "accept an invitation");
        self.note().await;
    }

    async fn uses_codes_by_mail(&mut self) {
        self.policy(Policy::requiring(Requirement::Email)).await;
        drop(self.log_in().await);
        let challenge = self.challenged().await;
        self.pass_time(MINUTE);
        let client = Client::danger_unbound();
        let resent = self.mfa.resend(&challenge.ticket, &client).await;
        must(resent.map(drop), "send a code again");
        self.note().await;
        drop(self.answer(&challenge.ticket, "000000").await);
        self.inbox.fail_next(Failing::Refused);
        must(self.courier.drain().await, "send mails");
        self.note().await;
        let new = address("ada@new.example");
        let changed = self.mfa.address_changed(&self.key, new.clone(), Vouching::Unconfirmed).await;
        must(changed, "propose an address");
        self.note().await;
        must(
            self.mfa.address_changed(&self.key, new, Vouching::Vouched).await,
            "change an address",
        );
        self.note().await;
    }

    async fn links_an_app(&mut self) {
        let until = self.clock.now().plus(30 * DAY);
        let policy = Policy::requiring(Requirement::App)
            .and_for_role(word("owner"), Requirement::App)
            .asking_before_enrollment(BeforeEnrollment::EmailCode);
        self.save(policy, Start::WithGraceUntil(until)).await;
        self.pass_time(31 * DAY);
        let proof = self.log_in().await;
        for purpose in [Purpose::LinkApp, Purpose::ReplaceApp] {
            self.pass_time(MINUTE);
            let begun = self.mfa.step_up(&proof, purpose, &Client::danger_unbound()).await;
            drop(self.finish(must(begun, "begin a step-up")).await);
        }
        drop(self.log_in().await);
        let done = self.mfa.signed_out_everywhere(&self.key).await;
        must(done, "sign a person out");
        self.note().await;
    }

    /// Everything that has a bound, up to it.
    async fn fills_up(&mut self) {
        let id = self.key.tenant().as_str();
        let new = NewTenant::new(id, "N".repeat(64), word("sr-latn-RS"));
        must(self.mfa.create_tenant(must(new, "name a company")).await, "create a company");
        let role = |number: usize| word::<Role>(&format!("{number:02}{}", "r".repeat(30)));
        let rules = (0..Policy::MOST_ROLES).map(role);
        let policy = rules.fold(Policy::requiring(Requirement::App), |policy, role| {
            policy.and_for_role(role, Requirement::App)
        });
        let until = self.clock.now().plus(30 * DAY);
        self.save(policy, Start::WithGraceUntil(until)).await;
        self.pass_time(31 * DAY);
        let user = NewUser::at(longest_address()).with_rule(Requirement::App);
        let user = (0..16).map(role).fold(user, NewUser::with_role).in_language(word("sr-latn-RS"));
        must(self.mfa.add_existing_user(&self.key, user.admin()).await, "add a person");
        let proof = self.log_in().await;
        for _ in 1..MOST_APPS {
            self.pass_time(MINUTE);
            let begun = self.mfa.step_up(&proof, Purpose::LinkApp, &Client::danger_unbound()).await;
            drop(self.finish(must(begun, "begin a step-up")).await);
        }
        self.note().await;
    }

    async fn guesses(&mut self, times: usize) {
        for _ in 0..times {
            self.pass_time(Duration::from_secs(31));
            let begun = self.mfa.begin(&self.key, password(), &Client::danger_unbound()).await;
            if let Begun::Step(Step::EnterCode(challenge)) = must(begun, "begin a login") {
                drop(self.answer(&challenge.ticket, "000000").await);
            }
        }
    }

    async fn is_unlocked(&mut self) {
        must(self.admin().unlock(self.key.user().clone()).await, "unlock a person");
        self.note().await;
    }

    async fn is_administered(&mut self) {
        let mut admin = self.admin();
        let user = self.key.user().clone();
        must(admin.set_rule(user.clone(), Requirement::App).await, "set a rule");
        self.note().await;
        let until = self.clock.now().plus(10 * DAY);
        must(admin.exempt(user.clone(), until, "lost the phone").await, "exempt a person");
        self.note().await;
        must(admin.end_exemption(user.clone()).await, "end an exemption");
        self.note().await;
        must(admin.revoke_admin(user.clone()).await, "make an administrator a member");
        self.note().await;
        must(admin.reset(user.clone(), "lost the phone").await, "reset a person");
        self.note().await;
        drop(self.log_in().await);
        let kind = MailKind::LoginCode;
        let locale = word::<Locale>("de");
        let text = Template::parse(kind, &locale, "Code für {company} 🚚", "Code: {code}\n\n{{ä}}");
        must(admin.set_mail_text(must(text, "write a text")).await, "change a text");
        self.note().await;
        must(admin.sign_everybody_out().await, "sign everybody out");
        self.note().await;
    }

    async fn leaves(&mut self) {
        must(self.mfa.password_changed(&self.key).await, "note a new password");
        self.note().await;
        must(self.mfa.suspended(&self.key).await, "suspend a person");
        self.note().await;
        must(self.mfa.resumed(&self.key).await, "resume a person");
        self.note().await;
        must(self.mfa.removed(&self.key).await, "erase a person");
        self.note().await;
    }

    fn admin(&self) -> Admin {
        let company = self.key.tenant().clone();
        must(self.mfa.operator(company, "the test kit", "a life"), "open the operator handle")
    }

    async fn policy(&mut self, policy: Policy) {
        self.save(policy, Start::Now).await;
    }

    async fn save(&mut self, policy: Policy, start: Start) {
        let mut admin = self.admin();
        let (_, revision) = must(admin.policy().await, "read a policy");
        let saved = must(admin.set_policy(policy, revision, start).await, "save a policy");
        assert!(matches!(saved, Saved::Saved { .. }), "nobody else saves a policy");
        self.note().await;
    }

    /// Logs in with whatever is asked for, from scratch to the proof.
    async fn log_in(&mut self) -> Proof {
        self.pass_time(2 * HOUR);
        let begun = self.mfa.begin(&self.key, password(), &Client::danger_unbound()).await;
        self.note().await;
        self.finish(must(begun, "begin a login")).await
    }

    async fn challenged(&mut self) -> Challenge {
        self.pass_time(2 * HOUR);
        let begun = self.mfa.begin(&self.key, password(), &Client::danger_unbound()).await;
        self.note().await;
        match must(begun, "begin a login") {
            Begun::Step(Step::EnterCode(challenge)) => challenge,
            other => fail(format_args!("a login asks for no code: {other:?}")),
        }
    }

    async fn finish(&mut self, begun: Begun) -> Proof {
        let mut step = match begun {
            Begun::Passed(passed) => return passed.proof,
            Begun::Step(Step::EnterCode(challenge)) => Step::EnterCode(challenge),
            Begun::Step(Step::LinkApp(enrollment)) => Step::LinkApp(enrollment),
            Begun::Refused(refused) => fail(format_args!("a login is refused: {refused:?}")),
        };
        for _ in 0..4 {
            self.pass_time(Duration::from_secs(31));
            let (ticket, code) = match &step {
                Step::EnterCode(challenge) if challenge.method == Method::Email => {
                    must(self.courier.drain().await, "send mails");
                    (&challenge.ticket, self.inbox.code())
                }
                Step::EnterCode(challenge) => (&challenge.ticket, self.shown(None)),
                Step::LinkApp(enrollment) => {
                    (&enrollment.ticket, self.shown(Some(&enrollment.app)))
                }
            };
            let ticket = ticket.clone();
            step = match self.answer(&ticket, &code).await {
                Verdict::Passed(passed) => return passed.proof,
                Verdict::Step(next) => next,
                other => fail(format_args!("the right code is not accepted: {other:?}")),
            };
        }
        fail("a login has more than four steps")
    }

    fn shown(&mut self, new: Option<&Provisioning>) -> String {
        if let Some(new) = new {
            self.phone.scan(new);
        }
        self.phone.code(self.clock.now())
    }

    async fn answer(&mut self, ticket: &Ticket, code: &str) -> Verdict {
        let attempt = must(AttemptId::draw(&self.random), "draw an attempt id");
        let client = Client::danger_unbound().attempt(attempt).seen_as("Firefox on Windows");
        let verdict = self.mfa.verify(ticket, &Answer::code(code), &client).await;
        self.note().await;
        must(verdict, "judge an answer")
    }

    fn pass_time(&self, life: Duration) {
        self.clock.advance(life);
    }

    /// Remembers how things stand, if they have changed.
    async fn note(&mut self) {
        let now = load(&self.store, &self.key).await;
        let last = self.states.last().map(|(_, last)| (&last.tenant, &last.account));
        if last != Some((&now.tenant, &now.account)) {
            self.states.push((self.key.clone(), now));
        }
    }
}

/// An address of 254 bytes, the most there can be, with both cases in its first part.
pub(super) fn longest_address() -> EmailAddress {
    let label = "d".repeat(63);
    let text = format!("{}@{label}.{label}.{}", "aB".repeat(32), "d".repeat(61));
    address(&text)
}

fn password() -> FirstFactor {
    FirstFactor::Password
}

#[cfg(test)]
mod tests {
    use countersign_core::policy::{AddressState, AppState};
    use countersign_core::store::record::account_to_bytes;

    use super::*;

    #[test]
    fn a_full_record_is_full() {
        let (key, full) = pollster::block_on(full());
        let bytes = account_to_bytes(&key, full.account.as_ref().unwrap()).unwrap().len();
        assert!(bytes < 8192 / 2, "the fullest account has {bytes} bytes");
        let account = full.account.map(|account| account.value);
        assert_eq!(account.as_ref().map(|account| account.apps().count()), Some(MOST_APPS));
        assert_eq!(account.map(|account| account.facts().roles.len()), Some(16));
        let roles = full.tenant.map(|tenant| tenant.value.policy().roles().len());
        assert_eq!(roles, Some(Policy::MOST_ROLES));
        assert_eq!((key.tenant().as_str().len(), key.user().as_str().len()), (128, 128));
        assert_eq!(longest_address().as_str().len(), 254);
    }

    #[test]
    fn an_odd_life_has_odd_times() {
        let (_, odd) = pollster::block_on(at_odd_times());
        let account = odd.account.map(|account| account.value);
        let locked = account.as_ref().and_then(|account| account.locked_until(odd.now));
        let until = account.and_then(|account| account.facts().exempt_until);
        let odd = |time: Option<countersign_core::Timestamp>| time.map(|time| time.millis() % 1000);
        assert_eq!((odd(locked), odd(until)), (Some(457), Some(457)));
    }

    #[test]
    fn a_life_goes_through_what_an_account_can_hold() {
        let lived = pollster::block_on(lived());
        let after = |at: usize| lived[at].1.now;
        let accounts: Vec<_> = (0..lived.len())
            .filter_map(|at| Some((lived[at].1.account.as_ref()?.value.clone(), after(at))))
            .collect();
        let companies: Vec<_> =
            lived.iter().filter_map(|(_, at)| Some(at.tenant.as_ref()?.value.clone())).collect();
        let ever = |what: &str, is: &dyn Fn(&countersign_core::account::Account) -> bool| {
            assert!(accounts.iter().any(|(account, _)| is(account)), "nobody ever {what}");
        };
        ever("has an app", &|a| a.facts().app == AppState::Usable);
        ever("has two apps", &|a| a.apps().count() == 2);
        ever("replaces apps", &|a| a.apps().count() == 1 && a.facts().held.has(Method::Email));
        ever("misses", &|a| a.misses(Method::App) > 2);
        ever("misses a mailed code", &|a| a.misses(Method::Email) > 0);
        ever("has an address refused", &|a| a.facts().address == AddressState::Refused);
        ever("has an address confirmed", &|a| a.facts().address == AddressState::Confirmed);
        ever("waits for an address", &|a| a.proposed_address().is_some());
        ever("is exempt", &|a| a.facts().exempt_until.is_some());
        ever("has a rule", &|a| a.facts().rule == Requirement::App);
        ever("is suspended", &|a| a.facts().suspended);
        ever("is reset", &|a| a.facts().reopened);
        ever("passes the gate", &|a| a.facts().invitation_accepted);
        ever("has a role", &|a| !a.facts().roles.is_empty());
        ever("logs in", &|a| a.second_step_at().is_some());
        assert!(accounts.iter().any(|(account, now)| account.locked_until(*now).is_some()));
        assert!(accounts.iter().any(|(account, now)| account.is_invited(*now)));
        assert!(companies.iter().any(|company| company.policy().grace().is_some()));
        assert!(lived.last().is_some_and(|(_, at)| at.account.is_none()), "nobody leaves");
        assert!(lived.len() > 40, "a life has only {} states", lived.len());
    }
}
