//! Tenants with long documents, as they were last read: parsing dozens of mail texts at each
//! login would cost more than the login.
//!
//! The database is asked every time. What is kept serves only while version and document are the
//! same to the last byte, so nothing that changed is ever answered from here.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use countersign_core::TenantId;
use countersign_core::account::Tenant;
use countersign_core::store::Versioned;
use countersign_core::store::record::{FormError, column_of, read_tenant};

/// Shorter documents are read faster than they are looked up.
const LONG: usize = 1024;
/// Most bytes of documents that are kept; past it, all are forgotten.
const MOST: usize = 4 << 20;

/// The tenants that are kept. Clones share them.
#[derive(Clone, Default)]
pub(crate) struct Tenants(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    /// Each tenant with the document that it was read from.
    by_id: HashMap<TenantId, (Box<[u8]>, Versioned<Tenant>)>,
    bytes: usize,
}

impl Tenants {
    /// The tenant that version and document make up.
    pub(crate) fn read(
        &self,
        id: &TenantId,
        version: i64,
        document: &[u8],
    ) -> Result<Versioned<Tenant>, FormError> {
        if document.len() < LONG {
            return read_tenant(id, version, document);
        }
        // Each change to what is kept is whole, so a panic elsewhere leaves nothing by halves.
        let mut kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match kept.by_id.get(id) {
            Some((same, company))
                if column_of(company.version) == version && **same == *document =>
            {
                return Ok(company.clone());
            }
            _ => drop(kept),
        }
        let company = read_tenant(id, version, document)?;
        kept = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.bytes + document.len() > MOST {
            *kept = Kept::default();
        }
        let one = (document.into(), company.clone());
        let old = kept.by_id.insert(id.clone(), one).map_or(0, |(document, _)| document.len());
        kept.bytes = kept.bytes - old + document.len();
        Ok(company)
    }
}

impl fmt::Debug for Tenants {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tenants")
    }
}
