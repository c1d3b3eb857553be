//! The people and companies that the portal knows: names, addresses, who logged in when.
//!
//! A person's requirement and apps are not here but in countersign. Both name a person by the same
//! [`AccountKey`].

use countersign::{AccountKey, EmailAddress, OsRandom, Random, TenantId, Timestamp, UserId};
use data_encoding::BASE32_NOPAD;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row, SqlitePool};

use crate::language::Language;
use crate::trouble::Trouble;

/// The people of every company.
#[derive(Debug, Clone)]
pub(crate) struct People {
    pool: SqlitePool,
}

/// A company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Company {
    pub(crate) id: TenantId,
    pub(crate) name: String,
}

/// A person of one company.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) key: AccountKey,
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: EmailAddress,
    pub(crate) language: Option<Language>,
    pub(crate) last_login: Option<Timestamp>,
}

/// The details of a person, from a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) first_name: String,
    pub(crate) last_name: String,
    pub(crate) email: EmailAddress,
    pub(crate) language: Option<Language>,
}

/// Whether a person could be written down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use = "an address that is taken was not written down"]
pub(crate) enum Written {
    Written,
    /// Someone in the company has this address already.
    AddressTaken,
}

impl Person {
    /// The whole name.
    pub(crate) fn name(&self) -> String {
        format!("{} {}", self.first_name, self.last_name)
    }
}

impl People {
    pub(crate) fn new(pool: SqlitePool) -> Self {
        Self { pool }
    }

    /// Every company, in the order in which they came.
    pub(crate) async fn companies(&self) -> Result<Vec<Company>, Trouble> {
        let rows = sqlx::query("SELECT id, name FROM company ORDER BY made_at, id")
            .fetch_all(&self.pool)
            .await?;
        rows.iter().map(company_of).collect()
    }

    /// One company, if there is one with that id.
    pub(crate) async fn company(&self, id: &TenantId) -> Result<Option<Company>, Trouble> {
        let row = sqlx::query("SELECT id, name FROM company WHERE id = ?1")
            .bind(id.as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(company_of).transpose()
    }

    /// Writes a company down.
    pub(crate) async fn add_company(
        &self,
        company: &Company,
        at: Timestamp,
    ) -> Result<(), Trouble> {
        sqlx::query("INSERT INTO company (id, name, made_at) VALUES (?1, ?2, ?3)")
            .bind(company.id.as_str())
            .bind(&company.name)
            .bind(at.millis())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// One person.
    pub(crate) async fn find(&self, key: &AccountKey) -> Result<Option<Person>, Trouble> {
        let row = sqlx::query("SELECT * FROM person WHERE company = ?1 AND id = ?2")
            .bind(key.tenant().as_str())
            .bind(key.user().as_str())
            .fetch_optional(&self.pool)
            .await?;
        row.as_ref().map(person_of).transpose()
    }

    /// Everyone in a company, by name.
    pub(crate) async fn of(&self, company: &TenantId) -> Result<Vec<Person>, Trouble> {
        const EVERYBODY: &str =
            "SELECT * FROM person WHERE company = ?1 ORDER BY first_name, last_name, id";
        let rows = sqlx::query(EVERYBODY).bind(company.as_str()).fetch_all(&self.pool).await?;
        rows.iter().map(person_of).collect()
    }

    /// An id for someone new, which says nothing about them.
    pub(crate) fn new_id() -> Result<UserId, Trouble> {
        let mut bytes = [0; 10];
        OsRandom.fill(&mut bytes)?;
        Ok(UserId::new(BASE32_NOPAD.encode(&bytes).to_ascii_lowercase())?)
    }

    /// Writes someone new down, without a password.
    pub(crate) async fn add(
        &self,
        key: &AccountKey,
        details: &Details,
        at: Timestamp,
    ) -> Result<Written, Trouble> {
        const ADD: &str = "INSERT INTO person \
             (company, id, first_name, last_name, email, email_folded, language, made_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        let adding = sqlx::query(ADD)
            .bind(key.tenant().as_str())
            .bind(key.user().as_str())
            .bind(&details.first_name)
            .bind(&details.last_name)
            .bind(details.email.as_str())
            .bind(fold_case(&details.email))
            .bind(details.language.map(Language::tag))
            .bind(at.millis())
            .execute(&self.pool)
            .await;
        to_written(adding)
    }

    /// Changes the record of a person.
    pub(crate) async fn change(
        &self,
        key: &AccountKey,
        details: &Details,
    ) -> Result<Written, Trouble> {
        const CHANGE: &str = "UPDATE person SET first_name = ?3, last_name = ?4, email = ?5, \
             email_folded = ?6, language = ?7 WHERE company = ?1 AND id = ?2";
        let changing = sqlx::query(CHANGE)
            .bind(key.tenant().as_str())
            .bind(key.user().as_str())
            .bind(&details.first_name)
            .bind(&details.last_name)
            .bind(details.email.as_str())
            .bind(fold_case(&details.email))
            .bind(details.language.map(Language::tag))
            .execute(&self.pool)
            .await;
        to_written(changing)
    }

    /// Forgets someone.
    pub(crate) async fn remove(&self, key: &AccountKey) -> Result<(), Trouble> {
        sqlx::query("DELETE FROM person WHERE company = ?1 AND id = ?2")
            .bind(key.tenant().as_str())
            .bind(key.user().as_str())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Notes that someone logged in.
    pub(crate) async fn note_login(&self, key: &AccountKey, at: Timestamp) -> Result<(), Trouble> {
        sqlx::query("UPDATE person SET last_login_at = ?3 WHERE company = ?1 AND id = ?2")
            .bind(key.tenant().as_str())
            .bind(key.user().as_str())
            .bind(at.millis())
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Who this is, and the digest of their password, if they have chosen one.
    pub(crate) async fn credential(
        &self,
        company: &TenantId,
        email: &str,
    ) -> Result<Option<(AccountKey, Option<String>)>, Trouble> {
        const FIND: &str =
            "SELECT company, id, password FROM person WHERE company = ?1 AND email_folded = ?2";
        let row = sqlx::query(FIND)
            .bind(company.as_str())
            .bind(email.trim().to_lowercase())
            .fetch_optional(&self.pool)
            .await?;
        row.map(|row| Ok((key_of(&row)?, row.try_get("password")?))).transpose()
    }

    /// Keeps the digest of a password.
    pub(crate) async fn set_password(&self, key: &AccountKey, phc: &str) -> Result<(), Trouble> {
        sqlx::query("UPDATE person SET password = ?3 WHERE company = ?1 AND id = ?2")
            .bind(key.tenant().as_str())
            .bind(key.user().as_str())
            .bind(phc)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    /// Replaces the digest of the same password by a better one, unless the password changed since.
    pub(crate) async fn improve_password(
        &self,
        key: &AccountKey,
        old: &str,
        new: &str,
    ) -> Result<(), Trouble> {
        const IMPROVE: &str = "UPDATE person SET password = ?4 \
             WHERE company = ?1 AND id = ?2 AND password = ?3";
        sqlx::query(IMPROVE)
            .bind(key.tenant().as_str())
            .bind(key.user().as_str())
            .bind(old)
            .bind(new)
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

/// How an address is compared: people do not remember how they once spelled it.
fn fold_case(email: &EmailAddress) -> String {
    email.as_str().to_lowercase()
}

fn to_written(
    done: Result<sqlx::sqlite::SqliteQueryResult, sqlx::Error>,
) -> Result<Written, Trouble> {
    match done {
        Ok(_) => Ok(Written::Written),
        Err(sqlx::Error::Database(error)) if error.is_unique_violation() => {
            Ok(Written::AddressTaken)
        }
        Err(error) => Err(error.into()),
    }
}

fn company_of(row: &SqliteRow) -> Result<Company, Trouble> {
    Ok(Company { id: TenantId::new(row.try_get::<String, _>("id")?)?, name: row.try_get("name")? })
}

fn key_of(row: &SqliteRow) -> Result<AccountKey, Trouble> {
    let company: String = row.try_get("company")?;
    let id: String = row.try_get("id")?;
    Ok(AccountKey::new(company, id)?)
}

fn person_of(row: &SqliteRow) -> Result<Person, Trouble> {
    let language: Option<String> = row.try_get("language")?;
    let last_login: Option<i64> = row.try_get("last_login_at")?;
    Ok(Person {
        key: key_of(row)?,
        first_name: row.try_get("first_name")?,
        last_name: row.try_get("last_name")?,
        email: EmailAddress::new(row.try_get("email")?)?,
        language: language.as_deref().and_then(Language::from_tag),
        last_login: last_login.map(Timestamp::from_millis),
    })
}
