//! When `commit` answers `Conflict`, and when it must not.

use countersign_core::account::{Account, Tenant};
use countersign_core::store::{Change, Compared, Part, Storage, Versioned};
use countersign_core::{AccountKey, Version};

use crate::laws::scene::{
    COMPANY, Props, account, commit, counting, key, load, loses, raised, tenant, with_account,
    with_tenant, writing,
};
use crate::subject::Subject;

/// *...if any record that the change compares, writes or erases has another version than
/// expected.* Here: writes.
pub async fn a_write_over_another_version_is_a_conflict(subject: &Subject) {
    let two = Two::made(subject.store()).await;
    for wrong in two.wrong_versions() {
        two.refuses(
            |account| counting(Some(wrong), &raised(account)),
            |tenant| writing(Some(wrong), &raised(tenant)),
            "a write of counters expects another version than is there",
        )
        .await;
        two.refuses(
            |account| writing(Some(wrong), &raised(account)),
            |tenant| writing(Some(wrong), &raised(tenant)),
            "a write expects another version than is there",
        )
        .await;
    }
}

/// *...or exists where absence was expected.* Here: a creation.
pub async fn creating_what_exists_is_a_conflict(subject: &Subject) {
    let two = Two::made(subject.store()).await;
    two.refuses(
        |account| writing(None, &raised(account)),
        |tenant| writing(None, &raised(tenant)),
        "a record is created that exists",
    )
    .await;
}

/// *...has another version than expected.* Here: there is no version at all.
pub async fn writing_over_what_is_absent_is_a_conflict(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let key = key(COMPANY, "ada");
    let account = props.first(props.account());
    let tenant = props.first(props.tenant(key.tenant()));
    const WHY: &str = "a write expects a version where nothing is";
    loses(store, with_account(&key, Some(account.version), &raised(&account)), WHY).await;
    loses(store, with_tenant(key.tenant(), Some(tenant.version), &raised(&tenant)), WHY).await;
    let erasing = Change { account: Part::Erase(account.version), ..Change::to_account(&key) };
    loses(store, erasing, "what is absent is erased").await;
    let found = load(store, &key).await;
    assert!(found.account.is_none() && found.tenant.is_none(), "a lost write made a record");
}

/// *...if any record that the change compares has another version than expected, or exists where
/// absence was expected.*
pub async fn comparing_another_version_is_a_conflict(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let two = Two::made(store).await;
    for wrong in two.wrong_versions().map(Some).chain([None]) {
        two.refuses(
            |_| Part::Compare(wrong),
            |_| Part::Compare(wrong),
            "another version is compared than is there",
        )
        .await;
    }
    let absent = key("absent", "bo");
    let some = Some(props.version());
    let change = Change { account: Part::Compare(some), ..Change::to_account(&absent) };
    loses(store, change, "a version is compared where nothing is").await;
    let change =
        Change { tenant: Part::Compare(some), ..Change::in_tenant(absent.tenant().clone()) };
    loses(store, change, "a version is compared where nothing is").await;
}

/// *The further account that a change compares is compared like any other record, and nothing of it
/// changes*: present or absent, alone or beside a write, another's or the user's own.
pub async fn comparing_another_version_of_a_further_account_is_a_conflict(subject: &Subject) {
    let store = subject.store();
    let two = Two::made(store).await;
    let bo = key(COMPANY, "bo");
    // In another tenant there is somebody with this name.
    let nobody = key(COMPANY, "nobody");
    two.props.create(store, &key("another", "nobody")).await;
    let there = two.props.create(store, &bo).await;
    let mut own = two.account.clone();
    for beside in [Beside::Nothing, Beside::Account, Beside::Tenant] {
        let change = |also: &AccountKey, version| beside.with(&two, &own, also, version);
        for wrong in two.wrong_versions().map(Some).chain([None, Some(there.version.next())]) {
            loses(store, change(&bo, wrong), "a further account has another version").await;
        }
        let absent = change(&nobody, Some(there.version));
        loses(store, absent, "a further account has a version where nothing is").await;
        loses(store, change(&two.key, None), "the user's own account is there").await;
        let found = load(store, &two.key).await;
        assert_eq!(found.account, Some(own.clone()), "a conflict changed an account");
        assert_eq!(found.tenant, Some(two.tenant.clone()), "a conflict changed a company");
    }
    for (also, version) in
        [(&two.key, Some(own.version)), (&bo, Some(there.version)), (&nobody, None)]
    {
        commit(store, Beside::Account.with(&two, &own, also, version)).await;
        own = raised(&own);
    }
    assert_eq!(account(store, &two.key).await, Some(own), "a write beside a comparison is missing");
    assert_eq!(account(store, &bo).await, Some(there), "an account changed that was only compared");
    assert_eq!(account(store, &nobody).await, None, "a comparison of absence made an account");
}

/// *...if any record that the change erases has another version than expected.*
pub async fn erasing_another_version_is_a_conflict(subject: &Subject) {
    let two = Two::made(subject.store()).await;
    for wrong in two.wrong_versions() {
        two.refuses(
            |_| Part::Erase(wrong),
            |_| Part::Erase(wrong),
            "another version is erased than is there",
        )
        .await;
    }
}

/// *Nothing: the record is neither compared nor written.* A login does not lose against a change
/// of the policy, nor an admin's act against a login.
pub async fn what_a_change_leaves_alone_is_not_compared(subject: &Subject) {
    let store = subject.store();
    let second = subject.second();
    let two = Two::made(store).await;
    load(store, &two.key).await;
    let next = raised(&two.tenant);
    commit(second, with_tenant(two.key.tenant(), Some(two.tenant.version), &next)).await;
    let other = raised(&two.account);
    commit(store, with_account(&two.key, Some(two.account.version), &other)).await;

    tenant(store, two.key.tenant()).await;
    let last = raised(&other);
    commit(second, with_account(&two.key, Some(other.version), &last)).await;
    commit(store, with_tenant(two.key.tenant(), Some(next.version), &raised(&next))).await;
    commit(store, Change::to_account(&two.key)).await;

    let found = load(store, &two.key).await;
    assert_eq!(found.tenant, Some(raised(&next)), "a company changed that was left alone");
    assert_eq!(found.account, Some(last), "an account changed that was left alone");
}

/// *What is there afterwards* is the version that the change brought, whatever it was before:
/// versions begin at a random number.
pub async fn the_version_kept_is_the_version_given(subject: &Subject) {
    let props = Props::new();
    let store = subject.store();
    let key = key(COMPANY, "ada");
    let value = props.account();
    let mut expected = None;
    for number in [1, 2, 1 << 47, (1 << 48) - 1, 1 << 48, 0, i64::MAX.unsigned_abs(), 7] {
        let next = Versioned { version: Version::from_number(number), value: value.clone() };
        commit(store, with_account(&key, expected, &next)).await;
        let found = account(store, &key).await.map(|account| account.version);
        assert_eq!(found, Some(next.version), "the store keeps another version than it was given");
        expected = found;
    }
}

/// What a change writes beside the further account that it compares.
#[derive(Clone, Copy)]
enum Beside {
    Nothing,
    Account,
    Tenant,
}

impl Beside {
    fn with(
        self,
        two: &Two<'_>,
        own: &Versioned<Account>,
        also: &AccountKey,
        version: Option<Version>,
    ) -> Change {
        let also = Some(Compared { user_id: also.user().clone(), version });
        let change = Change { also, ..Change::to_account(&two.key) };
        match self {
            Self::Nothing => change,
            Self::Account => Change { account: writing(Some(own.version), &raised(own)), ..change },
            Self::Tenant => {
                let tenant = writing(Some(two.tenant.version), &raised(&two.tenant));
                Change { tenant, ..change }
            }
        }
    }
}

/// A tenant and an account, which nothing may change.
struct Two<'a> {
    store: &'a dyn Storage,
    props: Props,
    key: AccountKey,
    tenant: Versioned<Tenant>,
    account: Versioned<Account>,
}

impl<'a> Two<'a> {
    async fn made(store: &'a dyn Storage) -> Self {
        let props = Props::new();
        let key = key(COMPANY, "ada");
        let tenant = props.found(store, key.tenant()).await;
        let account = props.create(store, &key).await;
        Self { store, props, key, tenant, account }
    }

    /// The next version, the one before, the other record's, and one from nowhere. None is there.
    fn wrong_versions(&self) -> impl Iterator<Item = Version> + use<> {
        let tenant = self.tenant.version;
        let account = self.account.version;
        let before = |version: Version| Version::from_number(version.number().wrapping_sub(1));
        let next = [tenant.next(), account.next(), before(tenant), before(account)];
        next.into_iter().chain([Version::from_number(0)])
    }

    /// Tries both parts, each alone, and looks whether anything changed.
    async fn refuses(
        &self,
        account: impl Fn(&Versioned<Account>) -> Part<Account>,
        tenant: impl Fn(&Versioned<Tenant>) -> Part<Tenant>,
        why: &str,
    ) {
        let change = Change { account: account(&self.account), ..Change::to_account(&self.key) };
        loses(self.store, change, why).await;
        let id = self.key.tenant().clone();
        let change = Change { tenant: tenant(&self.tenant), ..Change::in_tenant(id) };
        loses(self.store, change, why).await;
        let found = load(self.store, &self.key).await;
        assert_eq!(found.account.as_ref(), Some(&self.account), "a conflict changed an account");
        assert_eq!(found.tenant.as_ref(), Some(&self.tenant), "a conflict changed a company");
    }
}
