//! A letter as a row of the outbox.

use serde::{Deserialize, Serialize};

use super::form::{FIRST, FormError, decode, encode};
use crate::mail::{Letter, LetterKind};
use crate::types::{
    AccountKey, ChallengeId, EmailAddress, InvitationId, LetterId, Locale, Timestamp,
};

const BODY: &str = "the column body of a letter";

/// A letter, ready to be queued. Whose it is stands in the columns of the key.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores write and read each column")]
pub struct LetterRow {
    /// Its id.
    pub id: [u8; 16],
    /// Where it goes, and what it is about.
    pub body: Vec<u8>,
}

impl LetterRow {
    /// The letter as a row.
    ///
    /// # Errors
    ///
    /// [`FormError::Unstorable`], which is a fault of this library.
    pub fn of(letter: &Letter) -> Result<Self, FormError> {
        let form = LetterForm {
            to: letter.to.as_str().to_owned(),
            locale: letter.locale.as_ref().map(|locale| locale.as_str().to_owned()),
            subject: SubjectForm::of(&letter.subject),
            queued: letter.queued.millis(),
            ends: letter.ends.millis(),
        };
        Ok(Self { id: *letter.id.as_bytes(), body: encode(BODY, FIRST, &form)? })
    }
}

/// The letter that a row makes up.
///
/// # Errors
///
/// [`FormError`] if its body cannot be read.
pub fn read_letter(key: AccountKey, id: [u8; 16], body: &[u8]) -> Result<Letter, FormError> {
    let damaged = FormError::Damaged { what: BODY };
    let form: LetterForm = decode(BODY, body)?;
    let locale = match form.locale {
        Some(tag) => Some(Locale::new(&tag).map_err(|_| damaged.clone())?),
        None => None,
    };
    Ok(Letter {
        id: LetterId::from_bytes(id),
        key,
        to: EmailAddress::new(&form.to).map_err(|_| damaged)?,
        locale,
        subject: form.subject.subject(),
        queued: Timestamp::from_millis(form.queued),
        ends: Timestamp::from_millis(form.ends),
    })
}

#[derive(Serialize, Deserialize)]
struct LetterForm {
    to: String,
    locale: Option<String>,
    subject: SubjectForm,
    queued: i64,
    ends: i64,
}

/// Variants are only ever added at the end.
#[derive(Serialize, Deserialize)]
enum SubjectForm {
    LoginCode { challenge: [u8; 16], client: Option<String> },
    Invitation { invitation: [u8; 16] },
    AppLinked { client: Option<String> },
    AppReplaced { client: Option<String> },
    AppRemoved,
    MfaReset { by: String, reason: String },
    Locked { until: i64 },
    AddressChanged { old: Option<String>, new: String },
}

impl SubjectForm {
    fn of(subject: &LetterKind) -> Self {
        match subject.clone() {
            LetterKind::LoginCode { challenge, client } => {
                Self::LoginCode { challenge: *challenge.as_bytes(), client }
            }
            LetterKind::Invitation { invitation } => {
                Self::Invitation { invitation: *invitation.as_bytes() }
            }
            LetterKind::AppLinked { client } => Self::AppLinked { client },
            LetterKind::AppReplaced { client } => Self::AppReplaced { client },
            LetterKind::AppRemoved => Self::AppRemoved,
            LetterKind::MfaReset { by, reason } => Self::MfaReset { by, reason },
            LetterKind::Locked { until } => Self::Locked { until: until.millis() },
            LetterKind::AddressChanged { old, new } => Self::AddressChanged { old, new },
        }
    }

    fn subject(self) -> LetterKind {
        match self {
            Self::LoginCode { challenge, client } => {
                LetterKind::LoginCode { challenge: ChallengeId::from_bytes(challenge), client }
            }
            Self::Invitation { invitation } => {
                LetterKind::Invitation { invitation: InvitationId::from_bytes(invitation) }
            }
            Self::AppLinked { client } => LetterKind::AppLinked { client },
            Self::AppReplaced { client } => LetterKind::AppReplaced { client },
            Self::AppRemoved => LetterKind::AppRemoved,
            Self::MfaReset { by, reason } => LetterKind::MfaReset { by, reason },
            Self::Locked { until } => LetterKind::Locked { until: Timestamp::from_millis(until) },
            Self::AddressChanged { old, new } => LetterKind::AddressChanged { old, new },
        }
    }
}
