//! The plain form of tokens under their seal. Domain types do not know serde; these do.
//!
//! A token that was sealed by another release and reads differently is not ours: it decodes to
//! nothing, and the user begins again.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::sealer::Fault;
use crate::login::{
    Ask, BegunBy, InvitationClaims, Proof, Purpose, StepUpReason, TicketClaims, UsedMethod,
};
use crate::policy::Requirement;
use crate::types::{
    AccountKey, AuthenticatorId, ChallengeId, Digest, FirstFactor, Generation, InvitationId,
    Method, ProofId, Role, Secret, Timestamp,
};

#[derive(Serialize, Deserialize)]
struct TicketForm {
    key: (String, String),
    id: [u8; 16],
    purpose: PurposeForm,
    first: Option<Vec<String>>,
    roles: Vec<String>,
    minimum: RequirementForm,
    session: Option<([u8; 16], i64)>,
    passed: Vec<(MethodForm, i64)>,
    issued: i64,
    ends: i64,
    generations: (u64, u64),
    binding: Option<[u8; 32]>,
    ask: AskForm,
}

#[derive(Serialize, Deserialize)]
enum AskForm {
    App,
    Email([u8; 16], i64),
    Link(Zeroizing<Vec<u8>>),
}

/// A method, in tokens and in the stored form: variants are only ever added at the end.
#[derive(Serialize, Deserialize)]
pub(crate) enum MethodForm {
    Email,
    App,
}

/// A purpose, in tokens and in the stored form: variants are only ever added at the end.
#[derive(Serialize, Deserialize)]
pub(crate) enum PurposeForm {
    Login,
    StepUp(String),
    Administer,
    LinkApp,
    ReplaceApp,
    RemoveApp([u8; 16]),
    ConfirmAddress,
    ChangeAddress,
    Strengthen,
}

/// A requirement, wherever it is stored: variants are only ever added at the end.
#[derive(Serialize, Deserialize, Clone, Copy)]
pub(crate) enum RequirementForm {
    None,
    Email,
    App,
}

impl From<Requirement> for RequirementForm {
    fn from(requirement: Requirement) -> Self {
        match requirement {
            Requirement::None => Self::None,
            Requirement::Email => Self::Email,
            Requirement::App => Self::App,
        }
    }
}

impl From<RequirementForm> for Requirement {
    fn from(form: RequirementForm) -> Self {
        match form {
            RequirementForm::None => Self::None,
            RequirementForm::Email => Self::Email,
            RequirementForm::App => Self::App,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct ProofForm {
    id: [u8; 16],
    key: (String, String),
    purpose: PurposeForm,
    first: Option<Vec<String>>,
    passed: Vec<(MethodForm, i64)>,
    issued: i64,
    ends: i64,
    generations: (u64, u64),
    policy_revision: u64,
    roles: Vec<String>,
    minimum: RequirementForm,
    begun_by: Option<[u8; 16]>,
}

#[derive(Serialize, Deserialize)]
struct InvitationForm {
    key: (String, String),
    id: [u8; 16],
    ends: i64,
}

pub(crate) fn encode_ticket(ticket: &TicketClaims) -> Result<Zeroizing<Vec<u8>>, Fault> {
    encode(&TicketForm {
        key: key_form(&ticket.key),
        id: *ticket.id.as_bytes(),
        purpose: purpose_form(&ticket.purpose),
        first: first_form(&ticket.first),
        roles: roles_form(&ticket.roles),
        minimum: ticket.minimum.into(),
        session: ticket.session.map(|by| (*by.id.as_bytes(), by.issued.millis())),
        passed: passed_form(&ticket.passed),
        issued: ticket.issued.millis(),
        ends: ticket.ends.millis(),
        generations: (ticket.account_generation.number(), ticket.tenant_generation.number()),
        binding: ticket.binding.map(|digest| *digest.as_bytes()),
        ask: match &ticket.ask {
            Ask::App => AskForm::App,
            Ask::Email { challenge, ends } => AskForm::Email(*challenge.as_bytes(), ends.millis()),
            Ask::Link { secret } => AskForm::Link(Zeroizing::new(secret.expose().to_vec())),
        },
    })
}

pub(crate) fn decode_ticket(plain: &[u8]) -> Option<TicketClaims> {
    let form: TicketForm = decode(plain)?;
    Some(TicketClaims {
        key: key_of(form.key)?,
        id: ChallengeId::from_bytes(form.id),
        purpose: purpose_of(form.purpose)?,
        first: first_of(form.first),
        roles: roles_of(form.roles)?,
        minimum: form.minimum.into(),
        session: form.session.map(|(id, issued)| BegunBy {
            id: ProofId::from_bytes(id),
            issued: Timestamp::from_millis(issued),
        }),
        passed: passed_of(form.passed),
        issued: Timestamp::from_millis(form.issued),
        ends: Timestamp::from_millis(form.ends),
        account_generation: Generation::from_number(form.generations.0),
        tenant_generation: Generation::from_number(form.generations.1),
        binding: form.binding.map(Digest::from_bytes),
        ask: match form.ask {
            AskForm::App => Ask::App,
            AskForm::Email(id, ends) => Ask::Email {
                challenge: ChallengeId::from_bytes(id),
                ends: Timestamp::from_millis(ends),
            },
            AskForm::Link(secret) => Ask::Link { secret: Secret::new(secret.to_vec()) },
        },
    })
}

pub(crate) fn encode_proof(proof: &Proof) -> Result<Zeroizing<Vec<u8>>, Fault> {
    encode(&ProofForm {
        id: *proof.id.as_bytes(),
        key: key_form(&proof.key),
        purpose: purpose_form(&proof.purpose),
        first: first_form(&proof.first),
        passed: passed_form(&proof.passed),
        issued: proof.issued.millis(),
        ends: proof.ends.millis(),
        generations: (proof.account_generation.number(), proof.tenant_generation.number()),
        policy_revision: proof.policy_revision,
        roles: roles_form(&proof.roles),
        minimum: proof.minimum.into(),
        begun_by: proof.begun_by.map(|id| *id.as_bytes()),
    })
}

pub(crate) fn decode_proof(plain: &[u8]) -> Option<Proof> {
    let form: ProofForm = decode(plain)?;
    Some(Proof {
        id: ProofId::from_bytes(form.id),
        key: key_of(form.key)?,
        purpose: purpose_of(form.purpose)?,
        first: first_of(form.first),
        passed: passed_of(form.passed),
        issued: Timestamp::from_millis(form.issued),
        ends: Timestamp::from_millis(form.ends),
        account_generation: Generation::from_number(form.generations.0),
        tenant_generation: Generation::from_number(form.generations.1),
        policy_revision: form.policy_revision,
        roles: roles_of(form.roles)?,
        minimum: form.minimum.into(),
        begun_by: form.begun_by.map(ProofId::from_bytes),
    })
}

pub(crate) fn encode_invitation(claims: &InvitationClaims) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let InvitationClaims { key, id, ends } = claims;
    encode(&InvitationForm { key: key_form(key), id: *id.as_bytes(), ends: ends.millis() })
}

pub(crate) fn decode_invitation(plain: &[u8]) -> Option<InvitationClaims> {
    let form: InvitationForm = decode(plain)?;
    let id = InvitationId::from_bytes(form.id);
    Some(InvitationClaims { key: key_of(form.key)?, id, ends: Timestamp::from_millis(form.ends) })
}

fn encode<T: Serialize>(form: &T) -> Result<Zeroizing<Vec<u8>>, Fault> {
    // Growing by doubling would leave copies of a secret behind; this buffer never grows.
    let mut buffer = Zeroizing::new(vec![0; 2048]);
    let used = postcard::to_slice(form, &mut buffer).map_err(|_| Fault::Unreadable)?.len();
    buffer.truncate(used);
    Ok(buffer)
}

fn decode<'a, T: Deserialize<'a>>(plain: &'a [u8]) -> Option<T> {
    match postcard::take_from_bytes(plain) {
        Ok((form, [])) => Some(form),
        _ => None,
    }
}

fn roles_form(roles: &BTreeSet<Role>) -> Vec<String> {
    roles.iter().map(|role| role.as_str().to_owned()).collect()
}

fn roles_of(form: Vec<String>) -> Option<BTreeSet<Role>> {
    form.into_iter().map(|role| Role::new(role).ok()).collect()
}

fn key_form(key: &AccountKey) -> (String, String) {
    (key.tenant().as_str().to_owned(), key.user().as_str().to_owned())
}

fn key_of((tenant, user): (String, String)) -> Option<AccountKey> {
    AccountKey::new(tenant, user).ok()
}

fn first_form(first: &FirstFactor) -> Option<Vec<String>> {
    match first {
        FirstFactor::Password => None,
        FirstFactor::Federated(amr) => Some(amr.clone()),
    }
}

fn first_of(form: Option<Vec<String>>) -> FirstFactor {
    form.map_or(FirstFactor::Password, FirstFactor::Federated)
}

fn passed_form(passed: &[UsedMethod]) -> Vec<(MethodForm, i64)> {
    passed.iter().map(|used| (method_form(used.method), used.at.millis())).collect()
}

fn passed_of(form: Vec<(MethodForm, i64)>) -> Vec<UsedMethod> {
    let used = |(form, at)| UsedMethod { method: method_of(form), at: Timestamp::from_millis(at) };
    form.into_iter().map(used).collect()
}

pub(crate) fn method_form(method: Method) -> MethodForm {
    match method {
        Method::Email => MethodForm::Email,
        Method::App => MethodForm::App,
    }
}

pub(crate) fn method_of(form: MethodForm) -> Method {
    match form {
        MethodForm::Email => Method::Email,
        MethodForm::App => Method::App,
    }
}

pub(crate) fn purpose_form(purpose: &Purpose) -> PurposeForm {
    match purpose {
        Purpose::Login => PurposeForm::Login,
        Purpose::StepUp(reason) => PurposeForm::StepUp(reason.as_str().to_owned()),
        Purpose::Administer => PurposeForm::Administer,
        Purpose::LinkApp => PurposeForm::LinkApp,
        Purpose::ReplaceApp => PurposeForm::ReplaceApp,
        Purpose::RemoveApp(id) => PurposeForm::RemoveApp(*id.as_bytes()),
        Purpose::ChangeAddress => PurposeForm::ChangeAddress,
        Purpose::ConfirmAddress => PurposeForm::ConfirmAddress,
        Purpose::Strengthen => PurposeForm::Strengthen,
    }
}

pub(crate) fn purpose_of(form: PurposeForm) -> Option<Purpose> {
    Some(match form {
        PurposeForm::Login => Purpose::Login,
        PurposeForm::StepUp(reason) => Purpose::StepUp(StepUpReason::new(reason).ok()?),
        PurposeForm::Administer => Purpose::Administer,
        PurposeForm::LinkApp => Purpose::LinkApp,
        PurposeForm::ReplaceApp => Purpose::ReplaceApp,
        PurposeForm::RemoveApp(id) => Purpose::RemoveApp(AuthenticatorId::from_bytes(id)),
        PurposeForm::ChangeAddress => Purpose::ChangeAddress,
        PurposeForm::ConfirmAddress => Purpose::ConfirmAddress,
        PurposeForm::Strengthen => Purpose::Strengthen,
    })
}
