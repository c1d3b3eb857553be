//! An account as a row: what each login changes, what people query, and the document.

use super::form::{
    FIRST, FormError, SECOND, decode_body, encode, encode_bound, signed, split_bound, split_form,
    unsigned, version_of,
};
use crate::account::{
    self, Account, CountersForm, FirstForm, Marks, Profile, ProfileForm, RefusedForm,
};
use crate::policy::{Access, AddressState, AppState, EnrolledMethods, Facts};
use crate::seal::forms::RequirementForm;
use crate::store::store::Versioned;
use crate::types::{AccountKey, EmailAddress, Method, Role, Timestamp};

use serde::{Deserialize, Serialize};

const DOCUMENT: &str = "the document";
const PENDING: &str = "the column pending";
const FACTS: &str = "the column facts";

/// A whole account, ready to be written.
///
/// ```
/// use countersign_core::store::Versioned;
/// use countersign_core::{AccountKey, NewUser, OsRandom, Version};
/// use countersign_core::store::record::{read_account, AccountRow};
/// use countersign_core::account::Account;
///
/// let key = AccountKey::new("larkfield", "ada")?;
/// let value = Account::new(NewUser::at("ada@larkfield.example".parse()?), &OsRandom)?;
/// let account = Versioned { version: Version::start(&OsRandom)?, value };
/// let row = AccountRow::of(&key, &account)?;
/// let read = read_account(&key, row.version, &row.counters, row.version, &row.document)?;
/// assert_eq!(read, account);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores write each part")]
pub struct AccountRow {
    /// The version of the account, and of the document beside it.
    pub version: i64,
    /// What each login changes.
    pub counters: Counters,
    /// What people query and reports count; never read back by a decision.
    pub reported: Reported,
    /// The rest, bound to its owner and to the version.
    pub document: Vec<u8>,
}

/// What each login changes: a few narrow columns.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores write and read each column")]
pub struct Counters {
    /// The last accepted step over all linked apps, in 30 seconds since 1970; for people, and read
    /// back only beside what the first form kept, which had one for all.
    pub last_step: Option<i64>,
    /// Wrong answers since the last success or unlock; for people, never read back.
    pub failures: i64,
    /// The end of the soft lock, in milliseconds since 1970.
    pub locked_until: Option<i64>,
    /// When the user last passed a second step, in milliseconds since 1970.
    pub second_step_at: Option<i64>,
    /// Misses per method, live e-mail challenges, spent ids, the attempt slot and each app's step.
    pub pending: Vec<u8>,
}

/// What people query and reports count.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "stores write each column")]
pub struct Reported {
    /// The account's facts in one canonical form: equal facts have equal bytes.
    pub facts: Vec<u8>,
    /// Where codes go.
    pub address: Option<String>,
    /// The roles, one on each line.
    pub roles: String,
    /// The user's rule: `none`, `email` or `app`.
    pub rule: &'static str,
    /// The methods that would be asked for now: `email`, `app`, `email app`, or nothing.
    pub methods: String,
}

impl AccountRow {
    /// The account as a row.
    ///
    /// # Errors
    ///
    /// [`FormError::Unstorable`], which is a fault of this library.
    pub fn of(key: &AccountKey, account: &Versioned<Account>) -> Result<Self, FormError> {
        let version = signed(account.version.number());
        let account = &account.value;
        let document = encode_document(key, version, &account.profile)?;
        Ok(Self {
            version,
            counters: Counters::of(account)?,
            reported: Reported::of(account)?,
            document,
        })
    }
}

impl Counters {
    /// The counters of this account.
    ///
    /// # Errors
    ///
    /// [`FormError::Unstorable`], which is a fault of this library.
    pub fn of(account: &Account) -> Result<Self, FormError> {
        let Marks { last_step, locked_until, second_step_at } = account.counters.marks();
        let pending = account.counters.form().ok_or(FormError::Unstorable { what: PENDING })?;
        Ok(Self {
            last_step: last_step.map(signed),
            failures: i64::from(account.counters.failures()),
            locked_until: locked_until.map(Timestamp::millis),
            second_step_at: second_step_at.map(Timestamp::millis),
            pending: encode(PENDING, SECOND, &pending)?,
        })
    }
}

impl Reported {
    fn of(account: &Account) -> Result<Self, FormError> {
        let facts = account.facts();
        let usable = [(facts.address.is_usable(), "email"), (facts.app == AppState::Usable, "app")];
        let methods: Vec<_> = usable.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
        let roles: Vec<_> = facts.roles.iter().map(Role::as_str).collect();
        Ok(Self {
            facts: encode_facts(&facts)?,
            address: account.address().map(EmailAddress::as_str).map(str::to_owned),
            roles: roles.join("\n"),
            rule: facts.rule.as_str(),
            methods: methods.join(" "),
        })
    }
}

/// The account that a row and its document make up.
///
/// # Errors
///
/// [`FormError`] if any part cannot be read, or the document is not the one that the row names.
pub fn read_account(
    key: &AccountKey,
    version: i64,
    counters: &Counters,
    document_version: i64,
    document: &[u8],
) -> Result<Versioned<Account>, FormError> {
    let document = decode_document(key, document_version, document)?;
    let pending = decode_pending(&counters.pending)?;
    let marks = Marks {
        last_step: counters.last_step.map(unsigned),
        locked_until: counters.locked_until.map(Timestamp::from_millis),
        second_step_at: counters.second_step_at.map(Timestamp::from_millis),
    };
    let (first, refused) = document;
    let profile = Profile::read(first, refused).ok_or(FormError::Damaged { what: DOCUMENT })?;
    let read = account::Counters::read(pending, marks, &profile);
    let counters = read.ok_or(FormError::Damaged { what: PENDING })?;
    let value = Account { profile, counters };
    Ok(Versioned { version: version_of(version), value })
}

/// The facts that a column keeps.
///
/// # Errors
///
/// [`FormError`] if they cannot be read.
pub fn read_facts(column: &[u8]) -> Result<Facts, FormError> {
    let damaged = FormError::Damaged { what: FACTS };
    match split_form(FACTS, SECOND, column)? {
        (FIRST, body) => decode_body::<FactsForm>(FACTS, body)?.facts().ok_or(damaged),
        (SECOND, body) => {
            let RefusedFactsForm { first, mail_again_at } = decode_body(FACTS, body)?;
            let again = Some(Timestamp::from_millis(mail_again_at));
            first.facts().map(|facts| Facts { mail_again_at: again, ..facts }).ok_or(damaged)
        }
        _ => Err(damaged),
    }
}

fn encode_facts(facts: &Facts) -> Result<Vec<u8>, FormError> {
    let first = FactsForm::of(facts);
    match facts.mail_again_at.map(Timestamp::millis) {
        Some(mail_again_at) => encode(FACTS, SECOND, &RefusedFactsForm { first, mail_again_at }),
        None => encode(FACTS, FIRST, &first),
    }
}

/// The first form, and a second for an address that refused a mail.
fn encode_document(
    key: &AccountKey,
    version: i64,
    profile: &Profile,
) -> Result<Vec<u8>, FormError> {
    let first = profile.form();
    match profile.refused_form() {
        Some(refused) => encode_bound(DOCUMENT, SECOND, &owner(key), version, &(first, refused)),
        None => encode_bound(DOCUMENT, FIRST, &owner(key), version, &first),
    }
}

fn decode_document(
    key: &AccountKey,
    version: i64,
    bytes: &[u8],
) -> Result<(ProfileForm, Option<RefusedForm>), FormError> {
    match split_bound(DOCUMENT, SECOND, &owner(key), version, bytes)? {
        (FIRST, body) => decode_body(DOCUMENT, body).map(|first| (first, None)),
        (SECOND, body) => {
            decode_body(DOCUMENT, body).map(|(first, refused)| (first, Some(refused)))
        }
        _ => Err(FormError::Damaged { what: DOCUMENT }),
    }
}

fn decode_pending(bytes: &[u8]) -> Result<CountersForm, FormError> {
    match split_form(PENDING, SECOND, bytes)? {
        (SECOND, body) => decode_body(PENDING, body),
        (FIRST, body) => decode_body::<FirstForm>(PENDING, body).map(CountersForm::from),
        _ => Err(FormError::Damaged { what: PENDING }),
    }
}

fn owner(key: &AccountKey) -> [&[u8]; 2] {
    [key.tenant().as_str().as_bytes(), key.user().as_str().as_bytes()]
}

#[derive(Serialize, Deserialize)]
struct FactsForm {
    admin: bool,
    suspended: bool,
    rule: RequirementForm,
    own: RequirementForm,
    exempt_until: Option<i64>,
    roles: Vec<String>,
    held: (bool, bool),
    app: AppStateForm,
    address: AddressStateForm,
    invitation_accepted: bool,
    approved_until: Option<i64>,
    reopened: bool,
}

/// The second form, for an address that refused a mail; the others keep the first.
#[derive(Serialize, Deserialize)]
struct RefusedFactsForm {
    first: FactsForm,
    mail_again_at: i64,
}

#[derive(Serialize, Deserialize)]
enum AppStateForm {
    None,
    Usable,
    Disabled,
}

#[derive(Serialize, Deserialize)]
enum AddressStateForm {
    None,
    Vouched,
    Confirmed,
    Refused,
    Disabled,
}

impl FactsForm {
    fn of(facts: &Facts) -> Self {
        Self {
            admin: facts.access == Access::Admin,
            suspended: facts.suspended,
            rule: facts.rule.into(),
            own: facts.own.into(),
            exempt_until: facts.exempt_until.map(Timestamp::millis),
            roles: facts.roles.iter().map(|role| role.as_str().to_owned()).collect(),
            held: (facts.held.has(Method::Email), facts.held.has(Method::App)),
            app: match facts.app {
                AppState::None => AppStateForm::None,
                AppState::Usable => AppStateForm::Usable,
                AppState::Disabled => AppStateForm::Disabled,
            },
            address: match facts.address {
                AddressState::None => AddressStateForm::None,
                AddressState::Vouched => AddressStateForm::Vouched,
                AddressState::Confirmed => AddressStateForm::Confirmed,
                AddressState::Refused => AddressStateForm::Refused,
                AddressState::Disabled => AddressStateForm::Disabled,
            },
            invitation_accepted: facts.invitation_accepted,
            approved_until: facts.approved_until.map(Timestamp::millis),
            reopened: facts.reopened,
        }
    }

    fn facts(self) -> Option<Facts> {
        let held = [(self.held.0, Method::Email), (self.held.1, Method::App)];
        Some(Facts {
            access: if self.admin { Access::Admin } else { Access::User },
            suspended: self.suspended,
            rule: self.rule.into(),
            own: self.own.into(),
            exempt_until: self.exempt_until.map(Timestamp::from_millis),
            roles: self
                .roles
                .into_iter()
                .map(|role| Role::new(role).ok())
                .collect::<Option<_>>()?,
            held: EnrolledMethods::of(
                held.into_iter().filter(|(has, _)| *has).map(|(_, method)| method),
            ),
            app: match self.app {
                AppStateForm::None => AppState::None,
                AppStateForm::Usable => AppState::Usable,
                AppStateForm::Disabled => AppState::Disabled,
            },
            address: match self.address {
                AddressStateForm::None => AddressState::None,
                AddressStateForm::Vouched => AddressState::Vouched,
                AddressStateForm::Confirmed => AddressState::Confirmed,
                AddressStateForm::Refused => AddressState::Refused,
                AddressStateForm::Disabled => AddressState::Disabled,
            },
            invitation_accepted: self.invitation_accepted,
            mail_again_at: None,
            approved_until: self.approved_until.map(Timestamp::from_millis),
            reopened: self.reopened,
        })
    }
}
