//! A tenant as a row, and its mail texts as a document beside it.
//!
//! A login reads the row. The texts are bound to their tenant and to the version under which they
//! were written, which the row names, so that lost, stale or swapped ones are refused. The first
//! release kept them inside the tenant's document; [`read_texts_within`] carries them over.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::form::{
    FIRST, FormError, SECOND, decode_body, decode_bound, encode_bound, signed, split_bound,
    version_of,
};
use crate::account::Tenant;
use crate::mail::{Template, Texts};
use crate::policy::{BeforeEnrollment, Grace, Policy};
use crate::seal::forms::RequirementForm;
use crate::store::store::Versioned;
use crate::types::{DisplayName, Generation, Issuer, Locale, Role, TenantId, Timestamp, Version};

const DOCUMENT: &str = "the company's document";
const TEXTS: &str = "the company's mail texts";

/// A tenant, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores write each part")]
pub struct TenantRow {
    /// The version.
    pub version: i64,
    /// The display name; for people, never read back.
    pub name: String,
    /// What everybody is asked for once grace is over: `none`, `email` or `app`; for people,
    /// never read back.
    pub required: &'static str,
    /// Everything but the mail texts, bound to the tenant and to the version.
    pub document: Vec<u8>,
}

impl TenantRow {
    /// The tenant as a row.
    ///
    /// # Errors
    ///
    /// [`FormError::Unstorable`], which is a fault of this library.
    pub fn of(company: &Versioned<Tenant>) -> Result<Self, FormError> {
        let version = signed(company.version.number());
        let tenant = &company.value;
        let policy = tenant.policy();
        let form = TenantForm {
            name: tenant.name().as_str().to_owned(),
            issuer: tenant.issuer().as_str().to_owned(),
            locale: tenant.locale().as_str().to_owned(),
            required: policy.required.into(),
            roles: policy.roles.iter().map(|(r, a)| (r.as_str().to_owned(), (*a).into())).collect(),
            grace: policy.grace.map(|grace| (grace.before.into(), grace.until.millis())),
            gate: match policy.gate {
                BeforeEnrollment::Nothing => BeforeForm::Nothing,
                BeforeEnrollment::EmailCode => BeforeForm::EmailCode,
                BeforeEnrollment::Approval => BeforeForm::Approval,
            },
            policy_revision: tenant.policy_revision,
            generation: tenant.generation.number(),
            texts: Vec::new(),
        };
        Ok(Self {
            version,
            name: form.name.clone(),
            required: policy.required.as_str(),
            document: encode_document(tenant, version, form)?,
        })
    }
}

/// The tenant that a row makes up.
///
/// # Errors
///
/// [`FormError`] if the document cannot be read, or is not the one of this tenant and version.
pub fn read_tenant(
    id: &TenantId,
    version: i64,
    document: &[u8],
) -> Result<Versioned<Tenant>, FormError> {
    let (form, more) = decode_document(id, version, document)?;
    let value = form.tenant(id, more).ok_or(FormError::Damaged { what: DOCUMENT })?;
    Ok(Versioned { version: version_of(version), value })
}

/// A tenant's mail texts, ready to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores write each part")]
pub struct TextsRow {
    /// The version of the tenant that they are written with. The tenant's row must name it for as
    /// long as these texts are the tenant's, while its own version goes on.
    pub version: i64,
    /// All of them, bound to the tenant and to that version.
    pub document: Vec<u8>,
}

impl TextsRow {
    /// The texts as a row.
    ///
    /// # Errors
    ///
    /// [`FormError::Unstorable`], which is a fault of this library.
    pub fn of(id: &TenantId, version: Version, texts: &Texts) -> Result<Self, FormError> {
        let version = signed(version.number());
        let form: Vec<TextForm> = texts.iter().map(text_form).collect();
        Ok(Self { version, document: encode_bound(TEXTS, FIRST, &owner(id), version, &form)? })
    }
}

/// The mail texts that a document makes up.
///
/// # Errors
///
/// [`FormError`] if the document cannot be read, or is not the one of this tenant and version.
pub fn read_texts(id: &TenantId, version: i64, document: &[u8]) -> Result<Texts, FormError> {
    let form: Vec<TextForm> = decode_bound(TEXTS, &owner(id), version, document)?;
    texts_of(form).ok_or(FormError::Damaged { what: TEXTS })
}

/// The mail texts inside a tenant's document, where the first release kept them: for the migration
/// of a store that has such documents. One that this release wrote holds none.
///
/// # Errors
///
/// [`FormError`] if the document cannot be read, or is not the one of this tenant and version.
pub fn read_texts_within(id: &TenantId, version: i64, document: &[u8]) -> Result<Texts, FormError> {
    let (form, _) = decode_document(id, version, document)?;
    texts_of(form.texts).ok_or(FormError::Damaged { what: DOCUMENT })
}

/// The second form is for tenants whose database was restored.
fn encode_document(tenant: &Tenant, version: i64, first: TenantForm) -> Result<Vec<u8>, FormError> {
    let owner = owner(tenant.id());
    match tenant.restored_at {
        None => encode_bound(DOCUMENT, FIRST, &owner, version, &first),
        Some(restored_at) => {
            let more = MoreForm { restored_at: restored_at.millis() };
            encode_bound(DOCUMENT, SECOND, &owner, version, &(first, more))
        }
    }
}

fn decode_document(
    id: &TenantId,
    version: i64,
    bytes: &[u8],
) -> Result<(TenantForm, Option<MoreForm>), FormError> {
    match split_bound(DOCUMENT, SECOND, &owner(id), version, bytes)? {
        (FIRST, body) => decode_body(DOCUMENT, body).map(|first| (first, None)),
        (SECOND, body) => decode_body(DOCUMENT, body).map(|(first, more)| (first, Some(more))),
        _ => Err(FormError::Damaged { what: DOCUMENT }),
    }
}

/// Kind, language, subject and body.
type TextForm = (String, String, String, String);

fn texts_of(form: Vec<TextForm>) -> Option<Texts> {
    let mut texts = Texts::default();
    for (kind, locale, subject, body) in form {
        let kind = kind.parse().ok()?;
        let locale = Locale::new(&locale).ok()?;
        texts.set(Template::parse(kind, &locale, &subject, &body).ok()?).ok()?;
    }
    Some(texts)
}

fn owner(id: &TenantId) -> [&[u8]; 1] {
    [id.as_str().as_bytes()]
}

fn text_form(template: &Template) -> TextForm {
    let kind = template.kind().to_string();
    let locale = template.locale().as_str().to_owned();
    (kind, locale, template.subject().to_owned(), template.body().to_owned())
}

#[derive(Serialize, Deserialize)]
struct TenantForm {
    name: String,
    issuer: String,
    locale: String,
    required: RequirementForm,
    roles: Vec<(String, RequirementForm)>,
    grace: Option<(RequirementForm, i64)>,
    gate: BeforeForm,
    policy_revision: u64,
    generation: u64,
    /// Written by the first release; empty since.
    texts: Vec<TextForm>,
}

/// What the second form added.
#[derive(Serialize, Deserialize)]
struct MoreForm {
    restored_at: i64,
}

#[derive(Serialize, Deserialize)]
enum BeforeForm {
    Nothing,
    EmailCode,
    Approval,
}

impl TenantForm {
    fn tenant(self, id: &TenantId, more: Option<MoreForm>) -> Option<Tenant> {
        let roles: Option<BTreeMap<_, _>> = self
            .roles
            .into_iter()
            .map(|(role, asked)| Some((Role::new(role).ok()?, asked.into())))
            .collect();
        let mut tenant = Tenant::new(
            id.clone(),
            DisplayName::new(self.name).ok()?,
            Issuer::new(self.issuer).ok()?,
            Locale::new(&self.locale).ok()?,
            Generation::from_number(self.generation),
        );
        tenant.policy = Policy {
            required: self.required.into(),
            roles: roles?,
            grace: self.grace.map(|(before, until)| Grace {
                before: before.into(),
                until: Timestamp::from_millis(until),
            }),
            gate: match self.gate {
                BeforeForm::Nothing => BeforeEnrollment::Nothing,
                BeforeForm::EmailCode => BeforeEnrollment::EmailCode,
                BeforeForm::Approval => BeforeEnrollment::Approval,
            },
        };
        tenant.policy_revision = self.policy_revision;
        tenant.restored_at = more.map(|more| Timestamp::from_millis(more.restored_at));
        Some(tenant)
    }
}
