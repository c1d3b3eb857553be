//! Passwords: argon2id, the same work for people who are not there, and a budget of wrong tries.
//!
//! A digest is a PHC string and so knows its own parameters. When ours become stronger, the next
//! right login replaces the old one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use countersign::{AccountKey, MINUTE, TenantId, Timestamp};
use sha2::{Digest as _, Sha256};
use sqlx::SqlitePool;
use tokio::sync::Semaphore;

use crate::clock::PortalClock;
use crate::people::People;
use crate::trouble::Trouble;

/// Fewest characters of a new password.
pub(crate) const FEWEST: usize = 12;
/// Most bytes of any password: longer ones are not hashed at all.
pub(crate) const MOST_BYTES: usize = 256;
/// Wrong passwords for one address, before no one may try until the end of the quarter of an hour.
const MOST_MISSES: i64 = 10;
const WINDOW: Duration = MINUTE.saturating_mul(15);
/// 19 MiB, two passes, one lane: the recommendation of OWASP for argon2id.
const MEMORY: u32 = 19 * 1024;
const PASSES: u32 = 2;
/// A digest drawn at random, with the parameters of all others; no password has it.
const DECOY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bj469/zuVlDAifl9CpJzQg$AqEeu2ucw86sploXcXe8N04nAxLgb3KUFTzXzwHoWvw";

/// Checks passwords and keeps their digests.
#[derive(Debug, Clone)]
pub(crate) struct Passwords {
    pool: SqlitePool,
    people: People,
    clock: PortalClock,
    /// As many digests at once as there are processors: more would only wait, with 19 MiB each.
    slots: Arc<Semaphore>,
    /// How often a digest was computed, for the test that everyone costs the same.
    computed: Arc<AtomicU64>,
}

/// The result of checking an address and a password.
#[derive(Debug, PartialEq, Eq)]
#[must_use = "only a right password goes on"]
pub(crate) enum Checked {
    Right(AccountKey),
    Wrong,
    /// Too many wrong ones for this address, whether anyone has it or not.
    TooMany {
        until: Timestamp,
    },
}

/// Why a new password is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfit {
    Empty,
    TooShort,
    TooLong,
}

/// Whether a new password can be taken at all.
pub(crate) fn check_new(password: &str) -> Result<(), Unfit> {
    match password.chars().count() {
        0 => Err(Unfit::Empty),
        letters if letters < FEWEST => Err(Unfit::TooShort),
        _ if password.len() > MOST_BYTES => Err(Unfit::TooLong),
        _ => Ok(()),
    }
}

impl Passwords {
    pub(crate) fn new(pool: SqlitePool, people: People, clock: PortalClock) -> Self {
        let processors = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
        let slots = Arc::new(Semaphore::new(processors));
        Self { pool, people, clock, slots, computed: Arc::default() }
    }

    /// Checks what someone typed on the login page of a company.
    pub(crate) async fn check(
        &self,
        company: &TenantId,
        email: &str,
        password: &str,
    ) -> Result<Checked, Trouble> {
        // No password is that long, so it costs neither work nor a row.
        if password.len() > MOST_BYTES {
            return Ok(Checked::Wrong);
        }
        let typed = budget_key(email);
        // Charged before the check and paid back after it: guesses side by side do not outrun it.
        if let Some(until) = self.charge(company, &typed).await? {
            return Ok(Checked::TooMany { until });
        }
        let found = self.people.credential(company, email).await?;
        let (key, phc) = match found {
            Some((key, phc)) => (Some(key), phc),
            None => (None, None),
        };
        // Whoever is not there, or has not chosen a password yet, costs one digest as well.
        let right = self.matches(phc.clone(), password).await?;
        let (Some(key), Some(phc), true) = (key, phc, right) else { return Ok(Checked::Wrong) };
        self.pay_back(company, &typed).await?;
        if is_outdated(&phc) {
            let better = self.digest(password).await?;
            self.people.improve_password(&key, &phc, &better).await?;
        }
        Ok(Checked::Right(key))
    }

    /// How many digests were computed so far.
    #[cfg(test)]
    pub(crate) fn digests_computed(&self) -> u64 {
        self.computed.load(Ordering::SeqCst)
    }

    /// Whether the password has this digest. Where there is none, a digest that no password has is
    /// checked instead, by the same steps.
    async fn matches(&self, phc: Option<String>, password: &str) -> Result<bool, Trouble> {
        let password = password.to_owned();
        let phc = phc.unwrap_or_else(|| DECOY.to_owned());
        self.run_digest(move || {
            let phc = PasswordHash::new(&phc)?;
            Ok(argon2()?.verify_password(password.as_bytes(), &phc).is_ok())
        })
        .await
    }

    /// A digest of a password, for keeping.
    pub(crate) async fn digest(&self, password: &str) -> Result<String, Trouble> {
        let password = password.to_owned();
        self.run_digest(move || {
            let phc: PasswordHash = argon2()?.hash_password(password.as_bytes())?;
            Ok(phc.to_string())
        })
        .await
    }

    /// Runs one digest on a thread that may block, when there is room for it. The room is taken until
    /// the thread is done, even if the browser has hung up and no one waits for it any more.
    async fn run_digest<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Trouble> {
        let slot = Arc::clone(&self.slots).acquire_owned().await?;
        self.computed.fetch_add(1, Ordering::SeqCst);
        tokio::task::spawn_blocking(move || {
            let _slot = slot;
            work()
        })
        .await?
    }

    /// Takes one try off the budget; returns when there is one again if none is left.
    async fn charge(&self, company: &TenantId, typed: &[u8]) -> Result<Option<Timestamp>, Trouble> {
        const CHARGE: &str = "INSERT INTO password_budget (company, typed, misses, ends_at) \
             VALUES (?1, ?2, 1, ?3) ON CONFLICT (company, typed) DO UPDATE SET \
             misses = min(misses + 1, ?4) RETURNING misses, ends_at";
        let now = self.clock.now();
        sqlx::query("DELETE FROM password_budget WHERE ends_at <= ?1")
            .bind(now.millis())
            .execute(&self.pool)
            .await?;
        let (misses, ends): (i64, i64) = sqlx::query_as(CHARGE)
            .bind(company.as_str())
            .bind(typed)
            .bind(now.plus(WINDOW).millis())
            .bind(MOST_MISSES + 1)
            .fetch_one(&self.pool)
            .await?;
        Ok((misses > MOST_MISSES).then(|| Timestamp::from_millis(ends)))
    }

    async fn pay_back(&self, company: &TenantId, typed: &[u8]) -> Result<(), Trouble> {
        sqlx::query("DELETE FROM password_budget WHERE company = ?1 AND typed = ?2")
            .bind(company.as_str())
            .bind(typed)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// The key of the budget. It has one size, because anyone may type anything.
fn budget_key(email: &str) -> Vec<u8> {
    Sha256::digest(email.trim().to_lowercase()).to_vec()
}

fn argon2() -> Result<Argon2<'static>, Trouble> {
    let params = Params::new(MEMORY, PASSES, 1, None)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// Whether a digest was made with less than we ask for now.
fn is_outdated(phc: &str) -> bool {
    let Ok(phc) = PasswordHash::new(phc) else { return true };
    let number = |name: &str| phc.params.get_decimal(name).unwrap_or(0);
    phc.algorithm.as_str() != "argon2id" || number("m") < MEMORY || number("t") < PASSES
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use countersign::EmailAddress;
    use sqlx::sqlite::SqlitePoolOptions;

    use super::*;
    use crate::database;
    use crate::people::{Company, Details};

    const PASSWORD: &str = "a lorry full of pears";
    /// As weak as argon2 lets it be.
    const WEAK: (u32, u32) = (8, 1);

    struct Stage {
        passwords: Passwords,
        ada: AccountKey,
        file: PathBuf,
    }

    impl Drop for Stage {
        fn drop(&mut self) {
            for end in ["", "-wal", "-shm"] {
                let _ = std::fs::remove_file(format!("{}{end}", self.file.display()));
            }
        }
    }

    async fn stage(name: &str) -> Stage {
        let name = format!("portal-passwords-{name}-{}.db", std::process::id());
        let file = std::env::temp_dir().join(name);
        let pool = database::open(&file).await.unwrap();
        let people = People::new(pool.clone());
        let clock = PortalClock::running();
        let ada = AccountKey::new("larkfield", "ada").unwrap();
        let company = Company { id: ada.tenant().clone(), name: "Larkfield Freight".to_owned() };
        people.add_company(&company, clock.now()).await.unwrap();
        for (id, email) in [("ada", "ada@larkfield.example"), ("dev", "dev@larkfield.example")] {
            let details = Details {
                first_name: id.to_owned(),
                last_name: String::new(),
                email: EmailAddress::new(email).unwrap(),
                language: None,
            };
            let key = AccountKey::new("larkfield", id).unwrap();
            let _ = people.add(&key, &details, clock.now()).await.unwrap();
        }
        Stage { passwords: Passwords::new(pool, people, clock), ada, file }
    }

    impl Stage {
        async fn check(&self, email: &str, password: &str) -> Checked {
            self.passwords.check(self.ada.tenant(), email, password).await.unwrap()
        }

        async fn stored_digest(&self) -> String {
            let found =
                self.passwords.people.credential(self.ada.tenant(), "ada@larkfield.example");
            found.await.unwrap().unwrap().1.unwrap()
        }
    }

    #[tokio::test]
    async fn everybody_costs_one_digest_whether_they_are_there_or_not() {
        let stage = stage("same").await;
        let phc = stage.passwords.digest(PASSWORD).await.unwrap();
        stage.passwords.people.set_password(&stage.ada, &phc).await.unwrap();
        for (email, right) in [
            ("ada@larkfield.example", false),
            ("nobody@larkfield.example", false),
            ("dev@larkfield.example", false),
            ("not even an address", false),
            ("ada@larkfield.example", true),
        ] {
            let before = stage.passwords.digests_computed();
            let checked = stage.check(email, if right { PASSWORD } else { "wrong" }).await;
            assert_eq!(matches!(checked, Checked::Right(_)), right, "{email}");
            assert_eq!(stage.passwords.digests_computed() - before, 1, "{email}");
        }
    }

    #[tokio::test]
    async fn a_digest_of_weaker_days_is_replaced_by_the_next_right_login_and_no_wrong_one() {
        let stage = stage("rehash").await;
        let weak = Params::new(WEAK.0, WEAK.1, 1, None).unwrap();
        let weak = Argon2::new(Algorithm::Argon2id, Version::V0x13, weak);
        let old: PasswordHash = weak.hash_password(PASSWORD.as_bytes()).unwrap();
        stage.passwords.people.set_password(&stage.ada, &old.to_string()).await.unwrap();
        assert_eq!(stage.check("ada@larkfield.example", "wrong").await, Checked::Wrong);
        assert_eq!(stage.stored_digest().await, old.to_string());
        let right = stage.check("ada@larkfield.example", PASSWORD).await;
        assert_eq!(right, Checked::Right(stage.ada.clone()));
        let new = stage.stored_digest().await;
        assert!(new.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{new}");
        let right = stage.check("ada@larkfield.example", PASSWORD).await;
        assert_eq!(right, Checked::Right(stage.ada.clone()));
        assert_eq!(stage.stored_digest().await, new, "and then it stays");
    }

    #[tokio::test]
    async fn a_password_that_changed_meanwhile_is_not_put_back() {
        let stage = stage("race").await;
        let people = &stage.passwords.people;
        people.set_password(&stage.ada, "old").await.unwrap();
        people.set_password(&stage.ada, "changed").await.unwrap();
        people.improve_password(&stage.ada, "old", "better old").await.unwrap();
        assert_eq!(stage.stored_digest().await, "changed");
    }

    #[tokio::test]
    async fn a_password_longer_than_any_is_refused_without_work() {
        let stage = stage("long").await;
        let before = stage.passwords.digests_computed();
        let long = "x".repeat(MOST_BYTES + 1);
        assert_eq!(stage.check("ada@larkfield.example", &long).await, Checked::Wrong);
        assert_eq!(stage.passwords.digests_computed(), before);
        assert_eq!(check_new(&long), Err(Unfit::TooLong));
    }

    #[tokio::test]
    async fn a_password_longer_than_any_leaves_no_row_behind() {
        let stage = stage("no-row").await;
        let long = "x".repeat(MOST_BYTES + 1);
        for number in 0..20 {
            let email = format!("{number}@larkfield.example");
            assert_eq!(stage.check(&email, &long).await, Checked::Wrong);
            assert_eq!(stage.check("ada@larkfield.example", &long).await, Checked::Wrong);
        }
        let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM password_budget")
            .fetch_one(&stage.passwords.pool)
            .await
            .unwrap();
        assert_eq!(rows, 0);
    }

    #[tokio::test]
    async fn work_that_nobody_waits_for_any_more_keeps_its_slot_until_it_ends() {
        let stage = stage("slot").await;
        let passwords = stage.passwords.clone();
        let all = passwords.slots.available_permits();
        let (started, starts) = tokio::sync::oneshot::channel();
        let (end, ends) = std::sync::mpsc::channel::<()>();
        let waiting = tokio::spawn(async move {
            let work = move || {
                let _told = started.send(());
                Ok(ends.recv()?)
            };
            passwords.run_digest(work).await
        });
        starts.await.unwrap();
        // The browser hangs up.
        waiting.abort();
        assert!(waiting.await.unwrap_err().is_cancelled());
        assert_eq!(stage.passwords.slots.available_permits(), all - 1);
        end.send(()).unwrap();
        let free = u32::try_from(all).unwrap();
        let _all = stage.passwords.slots.acquire_many(free).await.unwrap();
    }

    #[test]
    fn whoever_is_not_there_costs_as_much_as_everybody_else() {
        let decoy = PasswordHash::new(DECOY).unwrap();
        let cost = |name: &str| decoy.params.get_decimal(name);
        assert_eq!([cost("m"), cost("t"), cost("p")], [Some(MEMORY), Some(PASSES), Some(1)]);
        assert_eq!(decoy.algorithm.as_str(), "argon2id");
        assert_eq!(decoy.hash.unwrap().as_bytes().len(), 32);
    }

    #[test]
    fn a_new_password_is_long_enough_in_letters_of_any_script() {
        assert_eq!(check_new(""), Err(Unfit::Empty));
        assert_eq!(check_new("elevenchars"), Err(Unfit::TooShort));
        assert_eq!(check_new("twelve chars"), Ok(()));
        assert_eq!(check_new("كلمة مرور طويلة"), Ok(()));
        assert_eq!(check_new("ééééééééééé"), Err(Unfit::TooShort), "eleven letters in 22 bytes");
    }

    #[tokio::test]
    async fn a_database_without_our_tables_is_an_error_and_no_wrong_password() {
        let pool = SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await;
        let pool = pool.unwrap();
        let clock = PortalClock::running();
        let passwords = Passwords::new(pool.clone(), People::new(pool), clock);
        let company = TenantId::new("larkfield").unwrap();
        assert!(passwords.check(&company, "ada@larkfield.example", PASSWORD).await.is_err());
    }
}
