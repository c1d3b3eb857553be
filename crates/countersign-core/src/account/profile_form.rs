//! The profile in its stored form: one document.
//!
//! The bytes are made and read in `store::record`. Fields and variants are only ever added at the
//! end, and only together with a new number of the form: a golden file pins each that was released.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::bucket::Bucket;
use super::profile::{Address, App, Invitation, Profile, Refusals};
use crate::policy::{Access, EnrolledMethods};
use crate::seal::forms::RequirementForm;
use crate::types::{
    AuthenticatorId, EmailAddress, Generation, InvitationId, Locale, Method, Pseudonym, Role,
    Timestamp,
};

type Id = [u8; 16];
type Millis = i64;

/// What an admin act, a link or a report of the host changes.
#[derive(Serialize, Deserialize)]
pub(crate) struct ProfileForm {
    pseudonym: Id,
    generation: u64,
    admin: bool,
    suspended: bool,
    roles: Vec<String>,
    locale: Option<String>,
    rule: RequirementForm,
    own: RequirementForm,
    exempt_until: Option<Millis>,
    address: AddressForm,
    invitation: Option<(Id, Millis)>,
    invitation_accepted: bool,
    approved_until: Option<Millis>,
    held: (bool, bool),
    reopened: bool,
    apps: Vec<AppForm>,
}

#[derive(Serialize, Deserialize)]
struct AddressForm {
    current: Option<String>,
    confirmed: bool,
    refused: bool,
    disabled: bool,
    proposed: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct AppForm {
    id: Id,
    secret: Vec<u8>,
    linked: Millis,
    disabled: bool,
}

/// What the second form added: the mail that the address refused.
#[derive(Serialize, Deserialize)]
pub(crate) struct RefusedForm {
    at: Millis,
    times: u32,
    again_at: Millis,
    why: String,
    tries: Option<Millis>,
}

impl Profile {
    /// The mail that the address refused, as it is stored.
    pub(crate) fn refused_form(&self) -> Option<RefusedForm> {
        let refused = self.address.refused.as_ref()?;
        Some(RefusedForm {
            at: refused.at.millis(),
            times: refused.times,
            again_at: refused.again_at.millis(),
            why: refused.why.to_string(),
            tries: refused.tries.full_at.map(Timestamp::millis),
        })
    }

    /// The whole profile, as it is stored.
    pub(crate) fn form(&self) -> ProfileForm {
        let admin = self.access == Access::Admin;
        ProfileForm {
            pseudonym: *self.pseudonym.as_bytes(),
            generation: self.generation.number(),
            admin,
            suspended: self.suspended,
            roles: self.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            locale: self.locale.as_ref().map(|locale| locale.as_str().to_owned()),
            rule: self.rule.into(),
            own: self.own.into(),
            exempt_until: self.exempt_until.map(Timestamp::millis),
            address: AddressForm {
                current: self.address.current.as_ref().map(text),
                confirmed: self.address.confirmed,
                refused: self.address.refused.is_some(),
                disabled: self.address.disabled,
                proposed: self.address.proposed.as_ref().map(text),
            },
            invitation: self.invitation.as_ref().map(|i| (*i.id.as_bytes(), i.ends.millis())),
            invitation_accepted: self.invitation_accepted,
            approved_until: self.approved_until.map(Timestamp::millis),
            held: (self.held.has(Method::Email), self.held.has(Method::App)),
            reopened: self.reopened,
            apps: self.apps.iter().map(app_form).collect(),
        }
    }

    /// The profile of this document, if each part of it can be one.
    pub(crate) fn read(form: ProfileForm, refused: Option<RefusedForm>) -> Option<Self> {
        let held = [(form.held.0, Method::Email), (form.held.1, Method::App)];
        let roles: Option<BTreeSet<_>> =
            form.roles.into_iter().map(|role| Role::new(role).ok()).collect();
        let locale = match form.locale {
            Some(tag) => Some(Locale::new(&tag).ok()?),
            None => None,
        };
        Some(Self {
            pseudonym: Pseudonym::from_bytes(form.pseudonym),
            generation: Generation::from_number(form.generation),
            access: if form.admin { Access::Admin } else { Access::User },
            suspended: form.suspended,
            roles: roles?,
            locale,
            rule: form.rule.into(),
            own: form.own.into(),
            exempt_until: form.exempt_until.map(Timestamp::from_millis),
            address: address_of(form.address, refused)?,
            invitation: form.invitation.map(|(id, ends)| Invitation {
                id: InvitationId::from_bytes(id),
                ends: Timestamp::from_millis(ends),
            }),
            invitation_accepted: form.invitation_accepted,
            approved_until: form.approved_until.map(Timestamp::from_millis),
            held: EnrolledMethods::of(
                held.into_iter().filter(|(has, _)| *has).map(|(_, method)| method),
            ),
            reopened: form.reopened,
            apps: form.apps.into_iter().map(app_of).collect(),
        })
    }
}

/// Of the first form, only that a mail was refused is known: the next login tries again.
fn address_of(form: AddressForm, refused: Option<RefusedForm>) -> Option<Address> {
    let refused = match (form.refused, refused) {
        (false, _) => None,
        (true, Some(refused)) => Some(refused_of(refused)?),
        (true, None) => Some(Refusals::unknown()),
    };
    let parse = |text: Option<String>| match text {
        Some(text) => address(&text).map(Some),
        None => Some(None),
    };
    Some(Address {
        current: parse(form.current)?,
        confirmed: form.confirmed,
        refused,
        disabled: form.disabled,
        proposed: parse(form.proposed)?,
    })
}

fn refused_of(form: RefusedForm) -> Option<Refusals> {
    Some(Refusals {
        at: Timestamp::from_millis(form.at),
        times: form.times,
        again_at: Timestamp::from_millis(form.again_at),
        why: form.why.parse().ok()?,
        tries: Bucket { full_at: form.tries.map(Timestamp::from_millis) },
    })
}

fn app_form(app: &App) -> AppForm {
    AppForm {
        id: *app.id.as_bytes(),
        secret: app.secret.clone(),
        linked: app.linked.millis(),
        disabled: app.disabled,
    }
}

fn app_of(form: AppForm) -> App {
    App {
        id: AuthenticatorId::from_bytes(form.id),
        secret: form.secret,
        linked: Timestamp::from_millis(form.linked),
        disabled: form.disabled,
    }
}

pub(super) fn text(address: &EmailAddress) -> String {
    address.as_str().to_owned()
}

/// An address as it was stored: it must parse, and be what it parses to.
pub(super) fn address(text: &str) -> Option<EmailAddress> {
    EmailAddress::new(text).ok().filter(|address| address.as_str() == text)
}
