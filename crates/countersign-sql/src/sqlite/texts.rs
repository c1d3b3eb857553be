//! Mail texts that the first schema kept inside the documents of their tenants.
//!
//! They are carried over once, in the transaction of the migration that makes the table for them. SQL
//! cannot read the documents, so this is the part of that migration that is not SQL.

use countersign_core::TenantId;
use countersign_core::mail::Texts;
use countersign_core::store::record::{
    FormError, TenantRow, TextsRow, read_tenant, read_texts_within,
};
use sqlx::SqliteConnection;

/// Moves each tenant's texts into the table for them.
///
/// A document that cannot be read stays as it is: it is damaged, and whoever asks for that tenant
/// hears so. It must not keep everybody else from their logins.
pub(super) async fn carry_over(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    const TENANTS: &str = "SELECT tenant, version, document FROM countersign_tenant";
    const TEXTS: &str = "INSERT INTO countersign_texts (tenant, document) VALUES (?1, ?2)";
    const TENANT: &str =
        "UPDATE countersign_tenant SET document = ?2, texts_version = ?3 WHERE tenant = ?1";
    let tenants: Vec<(Vec<u8>, i64, Vec<u8>)> =
        sqlx::query_as(TENANTS).fetch_all(&mut *connection).await?;
    for (id, version, document) in tenants {
        let Ok(Some((tenant, texts))) = apart(&id, version, &document) else { continue };
        sqlx::query(TEXTS).bind(&id).bind(texts.document).execute(&mut *connection).await?;
        let update = sqlx::query(TENANT).bind(&id).bind(tenant.document).bind(texts.version);
        update.execute(&mut *connection).await?;
    }
    Ok(())
}

/// The tenant without its texts, and the texts; nothing if it has none.
fn apart(
    id: &[u8],
    version: i64,
    document: &[u8],
) -> Result<Option<(TenantRow, TextsRow)>, FormError> {
    let text = std::str::from_utf8(id).ok().and_then(|id| TenantId::new(id).ok());
    let id = text.ok_or(FormError::Damaged { what: "a tenant id" })?;
    let texts = read_texts_within(&id, version, document)?;
    if texts == Texts::default() {
        return Ok(None);
    }
    let tenant = read_tenant(&id, version, document)?;
    let texts = TextsRow::of(&id, tenant.version, &texts)?;
    Ok(Some((TenantRow::of(&tenant)?, texts)))
}
