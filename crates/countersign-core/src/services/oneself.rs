//! What a person sees of their own account; nothing here changes anything.

use super::admin::{Person, person};
use super::error::Error;
use super::login::why_ended;
use super::mfa::Mfa;
use super::shell::{Draft, Scope};
use crate::rules::{Event, Proof};

/// Most lines of the company's log that are looked through for one person's.
const MOST_LOOKED_AT: usize = 1_000;
const PAGE: usize = 200;

impl Mfa {
    /// The person of this proof: what is required of them and why, their apps, where codes go.
    ///
    /// For an account page. One read; `None` if the proof has ended.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn oneself(&self, proof: &Proof) -> Result<Option<Person>, Error> {
        let floor = self.inner.limits.floor;
        let decide = |draft: &mut Draft| {
            if why_ended(proof, draft).is_some() {
                return Ok(None);
            }
            let found = draft.tenant.as_ref().zip(draft.account.as_ref());
            Ok(found.map(|(tenant, account)| {
                person(floor, tenant, proof.key.user().clone(), account, draft.now)
            }))
        };
        let scope = Scope::Account(&proof.key);
        self.inner.transact("look at one's own account", scope, decide).await
    }

    /// What happened lately to the account of this proof, newest first.
    ///
    /// It looks through the last thousand lines of the company's log, and so may miss what is older.
    /// Nothing if the proof has ended.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn own_events(&self, proof: &Proof, most: usize) -> Result<Vec<Event>, Error> {
        let Some(oneself) = self.oneself(proof).await? else { return Ok(Vec::new()) };
        let (mut found, mut looked_at, mut before) = (Vec::new(), 0, None);
        while found.len() < most && looked_at < MOST_LOOKED_AT {
            let page = self.inner.store.events(proof.key.tenant(), before, PAGE).await;
            let page = page.map_err(|error| Error::store("read one's own activity", error))?;
            looked_at += page.len();
            let more = page.len() == PAGE;
            before = page.last().map(|event| event.id);
            let mine = |event: &Event| event.account == Some(oneself.pseudonym);
            found.extend(page.into_iter().filter(mine));
            if !more {
                break;
            }
        }
        found.truncate(most);
        Ok(found)
    }
}
