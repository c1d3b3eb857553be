//! The memory of the settings pages, for a while and for one person each: a form that came too early
//! or came back with errors, and the policy that an undo would restore.
//!
//! A form holds names and addresses, so it never travels in an address or a cookie. Losing the shelf
//! in a restart loses typed text and nothing that was saved.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign::{AccountKey, MINUTE, OsRandom, Policy, Random, RandomError, TenantId, Timestamp};
use data_encoding::HEXLOWER;

/// How long a form is kept.
const FORM_LIFE: Duration = MINUTE.saturating_mul(30);
/// How many forms are kept, over everyone; the oldest goes first.
const MOST_FORMS: usize = 256;
/// How many of them are one person's.
const MOST_OF_ONE: usize = 8;
/// How long a saved policy can be undone.
pub(super) const UNDO_LIFE: Duration = MINUTE.saturating_mul(10);

/// The shelf. Clones share it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Shelf(Arc<Mutex<Kept>>);

#[derive(Debug, Default)]
struct Kept {
    forms: VecDeque<KeptForm>,
    undo: HashMap<TenantId, Undo>,
}

#[derive(Debug)]
struct KeptForm {
    whose: AccountKey,
    slip: String,
    until: Timestamp,
    form: Form,
}

/// A form that waits to be sent once more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Form {
    /// Field by field, as it was typed.
    pub(super) fields: Vec<(&'static str, String)>,
    pub(super) because: Because,
}

/// Why a form waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Because {
    /// Something in it is wrong, or was refused.
    Wrong(Option<Refused>),
    /// Its person had to confirm first that it is them.
    Unconfirmed,
    /// Someone else changed the same thing first.
    Overtaken,
}

/// The reason why saved data refuses a form that is well typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refused {
    AddressTaken,
    NeedOwn,
    OnOneself,
    LastAdmin,
}

/// A policy that can be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Undo {
    pub(super) by: AccountKey,
    /// The revision that would be undone.
    pub(super) revision: u64,
    pub(super) before: Policy,
    pub(super) until: Timestamp,
}

impl Form {
    /// The text that was typed into a field.
    pub(super) fn field(&self, name: &str) -> &str {
        self.fields.iter().find(|(field, _)| *field == name).map_or("", |(_, value)| value)
    }
}

impl Shelf {
    /// A name for one rendering of a form, under which it may be kept.
    pub(super) fn slip() -> Result<String, RandomError> {
        let mut bytes = [0; 8];
        OsRandom.fill(&mut bytes)?;
        Ok(HEXLOWER.encode(&bytes))
    }

    /// Keeps a form, in place of an earlier one under the same slip.
    pub(super) fn keep(&self, whose: &AccountKey, slip: &str, form: Form, now: Timestamp) {
        let mut kept = self.lock();
        kept.forms.retain(|form| now < form.until && !form.is(whose, slip));
        let theirs = kept.forms.iter().filter(|form| form.whose == *whose).count();
        let oldest = kept.forms.iter().position(|form| form.whose == *whose);
        if let Some(oldest) = oldest.filter(|_| theirs >= MOST_OF_ONE) {
            kept.forms.remove(oldest);
        }
        while kept.forms.len() >= MOST_FORMS {
            kept.forms.pop_front();
        }
        let whose = whose.clone();
        let slip = slip.to_owned();
        let until = now.plus(FORM_LIFE);
        kept.forms.push_back(KeptForm { whose, slip, until, form });
    }

    /// The form that is kept for this person under this slip.
    pub(super) fn find(&self, whose: &AccountKey, slip: &str, now: Timestamp) -> Option<Form> {
        let kept = self.lock();
        let found = kept.forms.iter().find(|form| now < form.until && form.is(whose, slip));
        found.map(|kept| kept.form.clone())
    }

    /// The form was sent and saved.
    pub(super) fn forget(&self, whose: &AccountKey, slip: &str) {
        self.lock().forms.retain(|form| !form.is(whose, slip));
    }

    /// Remembers the policy that a save replaced.
    pub(super) fn offer_undo(&self, company: &TenantId, undo: Undo) {
        self.lock().undo.insert(company.clone(), undo);
    }

    /// The change that this person can undo, while the policy is still the one that they saved.
    pub(super) fn undo(&self, who: &AccountKey, revision: u64, now: Timestamp) -> Option<Undo> {
        let kept = self.lock();
        let undo = kept.undo.get(who.tenant())?;
        let stands = undo.by == *who && undo.revision == revision && now < undo.until;
        stands.then(|| undo.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeptForm {
    fn is(&self, whose: &AccountKey, slip: &str) -> bool {
        self.whose == *whose && self.slip == slip
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_795_530_720);

    fn key(user: &str) -> AccountKey {
        AccountKey::new("larkfield", user).unwrap()
    }

    fn form(name: &str) -> Form {
        let fields = vec![("first_name", name.to_owned())];
        Form { fields, because: Because::Unconfirmed }
    }

    #[test]
    fn a_form_is_kept_for_its_person_alone_and_for_half_an_hour() {
        let shelf = Shelf::default();
        shelf.keep(&key("ada"), "slip", form("Dev"), NOW);
        assert_eq!(shelf.find(&key("ada"), "slip", NOW), Some(form("Dev")));
        assert_eq!(shelf.find(&key("ben"), "slip", NOW), None);
        assert_eq!(shelf.find(&key("ada"), "other", NOW), None);
        assert_eq!(shelf.find(&key("ada"), "slip", NOW.plus(FORM_LIFE)), None);
        shelf.keep(&key("ada"), "slip", form("Deva"), NOW);
        assert_eq!(shelf.find(&key("ada"), "slip", NOW), Some(form("Deva")));
        shelf.forget(&key("ada"), "slip");
        assert_eq!(shelf.find(&key("ada"), "slip", NOW), None);
    }

    #[test]
    fn the_shelf_has_an_end_and_the_oldest_form_goes_first() {
        let shelf = Shelf::default();
        for number in 0..=MOST_FORMS {
            shelf.keep(&key(&format!("ada{number}")), "slip", form("Dev"), NOW);
        }
        assert_eq!(shelf.find(&key("ada0"), "slip", NOW), None);
        assert!(shelf.find(&key("ada1"), "slip", NOW).is_some());
        assert_eq!(shelf.lock().forms.len(), MOST_FORMS);
    }

    #[test]
    fn nobody_pushes_the_forms_of_others_off_the_shelf() {
        let shelf = Shelf::default();
        shelf.keep(&key("ada"), "slip", form("Dev"), NOW);
        let elsewhere = AccountKey::new("oakmoor", "ada").unwrap();
        for number in 0..=MOST_FORMS {
            shelf.keep(&elsewhere, &number.to_string(), form("Dev"), NOW);
        }
        assert_eq!(shelf.find(&key("ada"), "slip", NOW), Some(form("Dev")));
        assert!(shelf.find(&elsewhere, &MOST_FORMS.to_string(), NOW).is_some());
        assert_eq!(shelf.lock().forms.len(), 1 + MOST_OF_ONE);
    }

    #[test]
    fn only_who_saved_a_policy_undoes_it_for_ten_minutes_and_only_while_it_holds() {
        let shelf = Shelf::default();
        let by = key("ada");
        let until = NOW.plus(UNDO_LIFE);
        let undo = Undo { by, revision: 2, before: Policy::default(), until };
        shelf.offer_undo(&TenantId::new("larkfield").unwrap(), undo.clone());
        assert_eq!(shelf.undo(&key("ada"), 2, NOW), Some(undo));
        assert_eq!(shelf.undo(&key("ben"), 2, NOW), None);
        assert_eq!(shelf.undo(&key("ada"), 3, NOW), None);
        assert_eq!(shelf.undo(&key("ada"), 2, NOW.plus(UNDO_LIFE)), None);
        let elsewhere = AccountKey::new("oakmoor", "ada").unwrap();
        assert_eq!(shelf.undo(&elsewhere, 2, NOW), None);
    }
}
