//! A company of a million people on SQLite: how long it takes to bring ten thousand of them along, and to
//! preview a policy for all.
//!
//! The preview is measured twice: with the index that it walks through, and without.

use std::path::Path;
use std::time::{Duration, Instant};

use countersign::{
    Clock, DAY, ExistingUser, Keys, Locale, Mfa, NewTenant, NewUser, OsRandom, Policy, Requirement,
    Role, Start, SystemClock, TenantId, UserId,
};
use countersign_sql::SqliteStore;
use countersign_testkit::Inbox;
use sqlx::{Connection, SqliteConnection};
use tokio::runtime::Builder;

use crate::Done;

/// People that the host brings along by one call.
const BROUGHT: u64 = 10_000;
/// People in all.
const CROWD: u64 = 1_000_000;
const ROUNDS: usize = 5;

/// Prints both times.
pub(crate) fn measure() -> Done {
    let folder = std::env::temp_dir().join(format!("countersign-crowd-{}", std::process::id()));
    std::fs::create_dir_all(&folder)?;
    let done = Builder::new_multi_thread().enable_all().build()?.block_on(both(&folder));
    std::fs::remove_dir_all(&folder)?;
    done
}

async fn both(folder: &Path) -> Done {
    let path = folder.join("portal.db");
    let store = SqliteStore::open(&path).await?;
    let (mfa, _courier) = Mfa::builder()
        .store(store.clone())
        .mailer(Inbox::new())
        .keys(Keys::ephemeral(&OsRandom)?)
        .build()?;
    let larkfield = TenantId::new("larkfield")?;
    mfa.create_tenant(NewTenant::new("larkfield", "Larkfield Freight", Locale::english())?).await?;

    let people = people()?;
    let (took, refused) = timed(mfa.add_existing_users(&larkfield, people)).await;
    if let Some((user, error)) = refused.first() {
        return Err(format!("{user} was not added: {error}").into());
    }
    println!(
        "{BROUGHT} existing users were added in {:.2} s, each commit flushed",
        took.as_secs_f64()
    );

    let operator = mfa.operator(larkfield.clone(), "bench", "measuring")?;
    vary(&mfa, &larkfield).await?;
    let mut outside = SqliteConnection::connect(&format!("sqlite:{}", path.display())).await?;
    multiply(&mut outside).await?;
    let policy = Policy::requiring(Requirement::App);
    let previews = async || -> Done<f64> {
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            let (took, preview) = timed(operator.preview(&policy, Start::Now)).await;
            let preview = preview?;
            if preview.users != CROWD {
                return Err(format!("the preview counts {} users", preview.users).into());
            }
            times.push(took);
        }
        Ok(median(&mut times))
    };
    let walked = previews().await?;
    sqlx::query("DROP INDEX countersign_account_facts").execute(&mut outside).await?;
    let sorted = previews().await?;
    println!(
        "a policy for {CROWD} users was previewed in {walked:.2} s, and in {sorted:.2} s without the index"
    );
    store.close().await;
    Ok(())
}

/// Drivers, dispatchers and administrators, with and without an address.
fn people() -> Done<Vec<ExistingUser>> {
    let mut people = Vec::new();
    for number in 0..BROUGHT {
        let name = format!("user-{number:07}");
        let at = NewUser::at(format!("{name}@larkfield.example").parse()?);
        let new_user = match number % 5 {
            0 => NewUser::default(),
            1 => at.with_role(Role::new("dispatch")?),
            2 => at.with_role(Role::new("driver")?),
            3 if number.is_multiple_of(100) => at.admin(),
            _ => at,
        };
        people.push(ExistingUser { user_id: UserId::new(name)?, new_user });
    }
    Ok(people)
}

/// A thousand exemptions that end at a thousand moments: as many groups more.
async fn vary(mfa: &Mfa, larkfield: &TenantId) -> Done {
    let mut operator = mfa.operator(larkfield.clone(), "bench", "measuring")?;
    for number in 0..1000_u32 {
        let user = UserId::new(format!("user-{:07}", number * 7))?;
        let until = SystemClock.now().plus(DAY + Duration::from_secs(u64::from(number)));
        operator.exempt(user, until, "measuring").await?;
    }
    Ok(())
}

/// Everybody a hundred times: a preview reads no document.
async fn multiply(outside: &mut SqliteConnection) -> Done {
    const MULTIPLY: &str = "
WITH RECURSIVE more(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM more WHERE i < ?1)
INSERT INTO countersign_account
    (tenant, user, version, written_at, last_step, failures, locked_until, second_step_at,
     pending, document_version, facts, address, roles, rule, methods)
SELECT a.tenant, CAST(a.user || '-' || more.i AS BLOB), a.version, a.written_at, a.last_step, a.failures,
       a.locked_until, a.second_step_at, a.pending, a.document_version, a.facts, a.address,
       a.roles, a.rule, a.methods
FROM more JOIN countersign_account AS a";
    let times = i64::try_from(CROWD / BROUGHT)? - 1;
    sqlx::query(MULTIPLY).bind(times).execute(outside).await?;
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "a benchmark reads the real clock")]
async fn timed<T>(work: impl Future<Output = T>) -> (Duration, T) {
    let began = Instant::now();
    let done = work.await;
    (began.elapsed(), done)
}

fn median(times: &mut [Duration]) -> f64 {
    times.sort_unstable();
    times.get(times.len() / 2).map_or(0.0, Duration::as_secs_f64)
}
