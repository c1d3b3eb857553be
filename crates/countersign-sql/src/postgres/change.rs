//! A change as one statement.
//!
//! What logins write has a short statement of its own; every other change has one that knows each part.

use countersign_core::store::record::{AccountRow, Counters, EventRow, TenantRow};

use super::PostgresStore;
use super::calls::{Ask, Query};
use crate::encoded::{AccountForm, LetterBy, Rows, Step};
use countersign_core::store::StoreError;

impl PostgresStore {
    /// Writes everything, or says that a version was another one and writes nothing.
    pub(super) async fn write(&self, rows: &Rows) -> Result<bool, StoreError> {
        let now = self.given_time();
        let written = if let Some((expected, version, counters)) = counted_alone(rows) {
            let fill = |query: Query| {
                let query = query
                    .bind(rows.tenant_id.clone())
                    .bind(rows.user_id.clone())
                    .bind(expected)
                    .bind(version)
                    .bind(counters.last_step)
                    .bind(counters.failures)
                    .bind(counters.locked_until)
                    .bind(counters.second_step_at)
                    .bind(counters.pending.clone());
                letters(events(query, &rows.events).bind(now), &rows.letters)
            };
            self.calls.write(Ask::new(&self.statements.count, &fill)).await?
        } else {
            let created = locks(rows, |step| matches!(step, Named::Created));
            let fill = |query: Query| whole(query, rows, created.clone(), now);
            let ask = Ask::new(&self.statements.change, &fill);
            let absent = locks(rows, |step| matches!(step, Named::Created | Named::Absent));
            if absent.len() == created.len() {
                self.calls.write(ask).await?
            } else {
                let fill = |query: Query| query.bind(absent.clone());
                self.calls.write_after(Ask::new(&self.statements.lock, &fill), ask).await?
            }
        };
        super::verdict(&written)
    }
}

/// What a change counts in one account, if that and its events and letters are all of it.
fn counted_alone(rows: &Rows) -> Option<(i64, i64, &Counters)> {
    match (&rows.tenant, &rows.account, &rows.also) {
        (
            Step::Leave,
            Step::Update { expected, next: AccountForm::Counters { version, counters } },
            None,
        ) => Some((*expected, *version, counters)),
        _ => None,
    }
}

fn whole(query: Query, rows: &Rows, locks: Vec<i64>, now: Option<i64>) -> Query {
    let (tenant_does, tenant_expected, tenant) = tenant_part(&rows.tenant);
    let (account_does, account_expected, account) = account_part(&rows.account);
    let also = rows.also.as_ref();
    let mut users: Vec<Vec<u8>> = Vec::new();
    if account_does != LEAVE {
        users.push(rows.user_id.clone());
    }
    users.extend(also.map(|also| also.user.clone()));
    let query = query
        .bind(rows.tenant_id.clone())
        .bind(rows.user_id.clone())
        .bind(locks)
        .bind(tenant_does)
        .bind(tenant_expected)
        .bind(tenant.map(|row| row.version))
        .bind(tenant.map(|row| row.name.clone()))
        .bind(tenant.map(|row| row.required))
        .bind(tenant.map(|row| row.document.clone()))
        .bind(rows.texts.as_ref().map(|texts| texts.version))
        .bind(rows.texts.as_ref().map(|texts| texts.document.clone()))
        .bind(users)
        .bind(account_does)
        .bind(account_expected);
    let query = account_columns(query, account)
        .bind(also.map(|also| also.user.clone()))
        .bind(also.and_then(|also| also.version));
    letters(events(query, &rows.events).bind(now), &rows.letters)
}

const LEAVE: &str = "leave";
const COMPARE: &str = "compare";
const CREATE: &str = "create";
const UPDATE: &str = "update";
const COUNT: &str = "count";
const ERASE: &str = "erase";

/// What is done to the tenant, the version that is expected, and the row that is written.
fn tenant_part(step: &Step<TenantRow>) -> (&'static str, Option<i64>, Option<&TenantRow>) {
    match step {
        Step::Leave => (LEAVE, None, None),
        Step::Compare(expected) => (COMPARE, *expected, None),
        Step::Create(row) => (CREATE, None, Some(row)),
        Step::Update { expected, next } => (UPDATE, Some(*expected), Some(next)),
        Step::Erase(expected) => (ERASE, Some(*expected), None),
    }
}

/// The columns of an account that are written: its version, the counters, and the rest unless only
/// the counters are.
type Columns<'a> = (i64, &'a Counters, Option<&'a AccountRow>);

fn account_part(
    step: &Step<AccountRow, AccountForm>,
) -> (&'static str, Option<i64>, Option<Columns<'_>>) {
    match step {
        Step::Leave => (LEAVE, None, None),
        Step::Compare(expected) => (COMPARE, *expected, None),
        Step::Create(row) => (CREATE, None, Some((row.version, &row.counters, Some(row)))),
        Step::Update { expected, next: AccountForm::Whole(row) } => {
            (UPDATE, Some(*expected), Some((row.version, &row.counters, Some(row))))
        }
        Step::Update { expected, next: AccountForm::Counters { version, counters } } => {
            (COUNT, Some(*expected), Some((*version, counters, None)))
        }
        Step::Erase(expected) => (ERASE, Some(*expected), None),
    }
}

fn account_columns(query: Query, columns: Option<Columns<'_>>) -> Query {
    let counters = columns.map(|(_, counters, _)| counters);
    let row = columns.and_then(|(_, _, row)| row);
    query
        .bind(columns.map(|(version, ..)| version))
        .bind(counters.and_then(|counters| counters.last_step))
        .bind(counters.map(|counters| counters.failures))
        .bind(counters.and_then(|counters| counters.locked_until))
        .bind(counters.and_then(|counters| counters.second_step_at))
        .bind(counters.map(|counters| counters.pending.clone()))
        .bind(row.map(|row| row.reported.facts.clone()))
        .bind(row.and_then(|row| row.reported.address.clone()))
        .bind(row.map(|row| row.reported.roles.clone()))
        .bind(row.map(|row| row.reported.rule))
        .bind(row.map(|row| row.reported.methods.clone()))
        .bind(row.map(|row| row.document.clone()))
}

/// The events as one array for each column.
fn events(query: Query, events: &[EventRow]) -> Query {
    query
        .bind(events.iter().map(|event| event.at).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.id.to_vec()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.account.map(|id| id.to_vec())).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.kind).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.detail.clone()).collect::<Vec<_>>())
}

/// The letters as one array for each column.
fn letters(query: Query, letters: &[LetterBy]) -> Query {
    query
        .bind(letters.iter().map(|letter| letter.lane).collect::<Vec<_>>())
        .bind(letters.iter().map(|letter| letter.row.id.to_vec()).collect::<Vec<_>>())
        .bind(letters.iter().map(|letter| letter.tenant.clone()).collect::<Vec<_>>())
        .bind(letters.iter().map(|letter| letter.user.clone()).collect::<Vec<_>>())
        .bind(letters.iter().map(|letter| letter.domain.clone()).collect::<Vec<_>>())
        .bind(letters.iter().map(|letter| letter.row.body.clone()).collect::<Vec<_>>())
}

/// Whether a record that a change names is there yet.
enum Named {
    Created,
    Absent,
    There,
}

impl Named {
    fn by<W, U>(step: &Step<W, U>) -> Self {
        match step {
            Step::Create(_) => Self::Created,
            Step::Compare(None) => Self::Absent,
            Step::Leave | Step::Compare(Some(_)) | Step::Update { .. } | Step::Erase(_) => {
                Self::There
            }
        }
    }
}

/// The locks in the name of such records, each once and in their order.
fn locks(rows: &Rows, of: impl Fn(&Named) -> bool) -> Vec<i64> {
    let mut locks = Vec::new();
    if of(&Named::by(&rows.tenant)) {
        locks.push(lock(&rows.tenant_id, &[]));
    }
    if of(&Named::by(&rows.account)) {
        locks.push(lock(&rows.tenant_id, &rows.user_id));
    }
    if let Some(also) = &rows.also
        && also.version.is_none()
        && of(&Named::Absent)
    {
        locks.push(lock(&rows.tenant_id, &also.user));
    }
    locks.sort_unstable();
    locks.dedup();
    locks
}

/// The number of the lock in the name of this record: the same on every node, in every release (it is
/// FNV-1a). Should two records share one, their creations wait for each other, and that is all.
fn lock(tenant: &[u8], user: &[u8]) -> i64 {
    const BASIS: u64 = 0xcbf2_9ce4_8422_2325;
    const PRIME: u64 = 0x0100_0000_01b3;
    // No id holds this byte, since ids are UTF-8.
    let bytes = tenant.iter().chain(&[0xff]).chain(user);
    let hash = bytes.fold(BASIS, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(PRIME));
    i64::from_be_bytes(hash.to_be_bytes())
}

#[cfg(test)]
mod tests {
    use super::lock;

    #[test]
    fn the_lock_of_a_record_is_the_same_in_every_release_and_another_for_each_record() {
        assert_eq!(lock(b"larkfield", b"ada"), lock(b"larkfield", b"ada"));
        let others = [lock(b"larkfield", b""), lock(b"larkfiel", b"dada"), lock(b"l", b"ada")];
        assert!(!others.contains(&lock(b"larkfield", b"ada")));
        assert_eq!(lock(b"larkfield", b"ada"), PINNED);
    }

    const PINNED: i64 = 6_268_139_825_259_518_380;
}
