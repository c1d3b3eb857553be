//! Loads and commits, done wrong.

use async_trait::async_trait;
use countersign_core::account::{Account, Tenant};
use countersign_core::mail::Texts;
use countersign_core::store::{
    Accounts, Change, Listed, Part, Snapshot, Store, StoreError, Touched, Versioned,
};
use countersign_core::{AccountKey, DisplayName, NewUser, UserId, Version};

use super::{BrokenStore, Flaw, PATIENCE, dawdle, step_aside};
use countersign_testkit::SeededRandom;

#[async_trait]
impl Store for BrokenStore {
    async fn load(&self, key: &AccountKey) -> Result<Snapshot, StoreError> {
        let key = &self.alias(key);
        let began = self.clock.now();
        if self.is(Flaw::TellsTheTimeOfItsBeginning) {
            step_aside().await;
        }
        let mut found = match self.inner.load(key).await {
            Err(StoreError::Damaged(_)) if self.is(Flaw::TakesDamageForAbsence) => {
                let (tenant, now) = self.inner.tenant(key.tenant()).await?;
                Snapshot { tenant, account: None, now }
            }
            Err(StoreError::DamagedTenant(_)) if self.is(Flaw::TakesDamagedTenantForAbsence) => {
                let now = self.clock.now();
                Snapshot { tenant: None, account: None, now }
            }
            found => found?,
        };
        match self.flaw {
            Flaw::ReadsInTwoSteps => {
                for _ in 0..PATIENCE {
                    dawdle();
                    let later = self.inner.load(key).await?;
                    if later.account != found.account {
                        found.account = later.account;
                        break;
                    }
                }
            }
            Flaw::TellsTheTimeOfItsBeginning => found.now = began,
            Flaw::FindsNobodyInAnOutage if self.is_cut() => found.account = None,
            Flaw::TellsOldTime => {
                found.now = *self.notes().first_time.get_or_insert(found.now);
            }
            Flaw::ReadsFromReplica if self.is_clone => {
                if let Some(before) = self.notes().before_commit.get(key) {
                    found = before.clone();
                }
            }
            Flaw::TakesAbsenceForDamage if found.account.is_none() => {
                return Err(StoreError::Corrupt { place: "account".to_owned() });
            }
            Flaw::BelievesEvents => {
                found.now = self.notes().latest_event.unwrap_or(found.now).max(found.now);
            }
            Flaw::ComparesEverything => {
                let version = found.tenant.as_ref().map(|tenant| tenant.version);
                self.notes().loaded.insert(key.clone(), version);
            }
            Flaw::ForgetsApps => {
                let has_apps = |account: &Versioned<Account>| account.value.apps().next().is_some();
                found.account = match found.account {
                    Some(account) if has_apps(&account) => Some(without_apps(account)),
                    account => account,
                };
            }
            Flaw::KeepsEightRoles => {
                let has_many = |account: &Versioned<Account>| account.value.facts().roles.len() > 8;
                found.account = match found.account {
                    Some(account) if has_many(&account) => Some(without_apps(account)),
                    account => account,
                };
            }
            Flaw::FindsOldDocuments => {
                let old = self.notes().erased_values.get(key).cloned();
                let old = old.and_then(|old| old.account.ok());
                found.account = match (found.account, old) {
                    (Some(new), Some(old)) if new.value.address().is_none() => {
                        Some(Versioned { version: new.version, value: old.value })
                    }
                    (account, _) => account,
                };
            }
            Flaw::TrimsNames => found.tenant = found.tenant.map(trimmed),
            _ => {}
        }
        Ok(found)
    }

    async fn commit(&self, change: Change) -> Result<(), StoreError> {
        let mut change = self.aliased(change);
        let user = change.user_id.clone().or_else(|| UserId::new("nobody").ok());
        let Some(user) = user else { return Err(StoreError::Conflict) };
        let key = AccountKey::of(change.tenant_id.clone(), user);
        let there = self.inner.load(&key).await?;
        self.note(&key, &change, &there).await?;
        let versions = (there.tenant.map(|t| t.version), there.account.map(|a| a.version));
        let fits = (holds(&change.tenant, versions.0), holds(&change.account, versions.1));
        match self.flaw {
            Flaw::ForgetsEvents if writes(&change.tenant) && writes(&change.account) => {
                change.events.clear();
            }
            Flaw::LogsBackwards => change.events.reverse(),
            Flaw::WritesTextsBlindly if change.texts.is_some() => {
                rebase(&mut change.tenant, versions.0);
            }
            Flaw::EmptiesTexts if writes(&change.tenant) && change.texts.is_none() => {
                change.texts = Some(Texts::default());
            }
            Flaw::WritesBlindly if is_update(&change.account) => {
                rebase(&mut change.account, versions.1);
            }
            Flaw::CountsBlindly if is_count(&change.account) => {
                rebase(&mut change.account, versions.1);
            }
            Flaw::Upserts if is_creation(&change.account) => {
                rebase(&mut change.account, versions.1);
            }
            Flaw::Resurrects if is_update(&change.account) && versions.1.is_none() => {
                rebase(&mut change.account, None);
            }
            Flaw::ForgetsFurtherAccounts => change.also = None,
            Flaw::SkipsComparisons => skip_comparisons(&mut change),
            Flaw::ErasesBlindly => rebase_erasures(&mut change, versions),
            Flaw::CountsVersions => count_versions(&mut change.account),
            Flaw::KeepsErased if matches!(change.account, Part::Erase(_)) && fits.1 => {
                change.account = Part::Leave;
            }
            Flaw::ComparesEverything if matches!(change.tenant, Part::Leave) => {
                if let Some(loaded) = self.notes().loaded.get(&key) {
                    change.tenant = Part::Compare(*loaded);
                }
            }
            Flaw::CommitsInSteps => {
                let rest = Change {
                    events: std::mem::take(&mut change.events),
                    letters: std::mem::take(&mut change.letters),
                    ..Change::to_account(&key)
                };
                self.inner.commit(change).await?;
                step_aside().await;
                return self.inner.commit(rest).await;
            }
            Flaw::TakesOutagesForConflicts if self.is_cut() => return Err(StoreError::Conflict),
            Flaw::DeniesWhatItWrote if self.is_cut() => {
                self.inner.commit(change).await?;
                return Err(StoreError::Unavailable("the answer was lost".into()));
            }
            Flaw::LosesRacedEvents => {
                let meeting = self.meet();
                if meeting.met {
                    change.events.clear();
                }
                return self.inner.commit(change).await;
            }
            Flaw::LocksCompany => {
                let meeting = self.meet();
                return match meeting.met {
                    true => Err(StoreError::Conflict),
                    false => self.inner.commit(change).await,
                };
            }
            _ if fits == (true, true) => return self.commit_what_fits(&key, change).await,
            _ => {}
        }
        self.commit_what_may_not_fit(change, fits).await
    }
}

impl BrokenStore {
    fn aliased(&self, mut change: Change) -> Change {
        if let Some(user) = &change.user_id {
            let key = self.alias(&AccountKey::of(change.tenant_id.clone(), user.clone()));
            if !self.is(Flaw::JoinsKeys) || matches!(change.tenant, Part::Leave) {
                change.tenant_id = key.tenant().clone();
                change.user_id = Some(key.user().clone());
            }
        }
        change.tenant_id = self.alias_of_tenant(&change.tenant_id);
        change
    }

    /// Remembers what flaws need to know later.
    async fn note(
        &self,
        key: &AccountKey,
        change: &Change,
        there: &Snapshot,
    ) -> Result<(), StoreError> {
        let texts = self.inner.mail_texts(key.tenant()).await?;
        let listed = self.inner.accounts(key.tenant(), None, usize::MAX).await?;
        let mut notes = self.notes();
        notes.letters.extend(change.letters.iter().map(|letter| (letter.id, letter.clone())));
        if !change.letters.is_empty() {
            notes.queued_at = Some(self.clock.now());
        }
        notes.tenants.insert(key.tenant().clone());
        notes.before_commit.insert(key.clone(), there.clone());
        notes.listed_before = listed;
        notes.latest_event = notes.latest_event.max(change.events.iter().map(|e| e.at).max());
        if matches!(change.tenant, Part::Erase(_)) {
            notes.erased_tenants.insert(key.tenant().clone());
            if self.is(Flaw::KeepsTextsOfErased) {
                notes.stray_texts.insert(key.tenant().clone(), texts);
            }
        }
        let alone = change.texts.as_ref().filter(|_| !writes(&change.tenant));
        if let Some(texts) = alone.filter(|_| self.is(Flaw::WritesTextsAlone)) {
            notes.stray_texts.insert(key.tenant().clone(), texts.clone());
        }
        if let Part::Write { expected: None, next, .. } = &change.account {
            notes.first_facts.insert(key.clone(), next.value.facts());
        }
        let old = there.account.clone().filter(|_| matches!(change.account, Part::Erase(_)));
        if let Some(account) = old {
            let listed = Listed { user_id: key.user().clone(), account: Ok(account) };
            notes.erased_values.insert(key.clone(), listed);
            notes.first_facts.remove(key);
        }
        if matches!(change.account, Part::Erase(_)) {
            notes.erased_accounts.insert(key.clone());
        }
        Ok(())
    }

    /// A moment ago every version was as expected. Here that moment counts.
    async fn commit_what_fits(&self, key: &AccountKey, change: Change) -> Result<(), StoreError> {
        let account = &change.account;
        match self.flaw {
            Flaw::ChecksThenWrites if is_update(account) => self.force(key, change).await,
            Flaw::ChecksThenCreates if is_creation(account) => self.force(key, change).await,
            Flaw::ChecksThenErases if matches!(account, Part::Erase(_)) => {
                self.force(key, change).await
            }
            Flaw::ChecksThenWritesAtOnce if is_update(account) => {
                self.force_at_once(key, change).await
            }
            Flaw::ChecksThenCreatesAtOnce if is_creation(account) => {
                self.force_at_once(key, change).await
            }
            Flaw::LooksAtFurtherAccountsAtOnce if change.also.is_some() => {
                let looked = Change {
                    also: change.also.clone(),
                    ..Change::in_tenant(change.tenant_id.clone())
                };
                self.inner.commit(looked).await?;
                self.inner.load(key).await?;
                self.inner.commit(Change { also: None, ..change }).await
            }
            Flaw::ComparesTooEarly if compares(&change) => {
                let _meeting = self.meet();
                let mut change = change;
                skip_comparisons(&mut change);
                self.inner.commit(change).await
            }
            Flaw::LooksAtFurtherAccountsTooEarly if change.also.is_some() => {
                let looked = Change {
                    also: change.also.clone(),
                    ..Change::in_tenant(change.tenant_id.clone())
                };
                self.inner.commit(looked).await?;
                let _meeting = self.meet();
                self.inner.commit(Change { also: None, ..change }).await
            }
            Flaw::HidesConflicts => {
                let _meeting = self.meet();
                match self.inner.commit(change).await {
                    Err(StoreError::Conflict) => Ok(()),
                    told => told,
                }
            }
            Flaw::LogsLosers => {
                let _meeting = self.meet();
                let events = change.events.clone();
                let told = self.inner.commit(change).await;
                if told.is_err() {
                    let late = Change { events, ..Change::in_tenant(key.tenant().clone()) };
                    self.inner.commit(late).await?;
                }
                told
            }
            Flaw::RaisesCompared => {
                let compared = matches!(change.account, Part::Compare(Some(_)));
                self.inner.commit(change).await?;
                if compared { self.raise(key).await } else { Ok(()) }
            }
            _ => self.inner.commit(change).await,
        }
    }

    /// Something may not be as expected. Here that does not always count.
    async fn commit_what_may_not_fit(
        &self,
        change: Change,
        fits: (bool, bool),
    ) -> Result<(), StoreError> {
        let rest = Change {
            tenant: Part::Leave,
            texts: None,
            account: Part::Leave,
            events: Vec::new(),
            letters: Vec::new(),
            ..change.clone()
        };
        let left = match self.flaw {
            Flaw::LogsLostAccounts if !fits.1 => Change { events: change.events.clone(), ..rest },
            Flaw::QueuesLostLetters if !fits.1 => {
                Change { letters: change.letters.clone(), ..rest }
            }
            Flaw::WritesTextsOfLosers if fits.0 && !fits.1 => {
                Change { tenant: change.tenant.clone(), texts: change.texts.clone(), ..rest }
            }
            Flaw::WritesBeforeCompany if !fits.0 && fits.1 => {
                Change { account: change.account.clone(), ..rest }
            }
            _ => rest,
        };
        let told = self.inner.commit(change).await;
        if told.is_err() {
            self.inner.commit(left).await?;
        }
        told
    }

    /// Waits for another to come by, and then writes over whatever is there.
    async fn force(&self, key: &AccountKey, change: Change) -> Result<(), StoreError> {
        let _meeting = self.meet();
        self.force_at_once(key, change).await
    }

    /// Writes over whatever is there.
    async fn force_at_once(&self, key: &AccountKey, mut change: Change) -> Result<(), StoreError> {
        for _ in 0..1000 {
            let version = self.inner.load(key).await?.account.map(|account| account.version);
            match (&mut change.account, version) {
                (Part::Erase(_), None) => return Ok(()),
                (Part::Erase(expected), Some(version)) => *expected = version,
                (account, version) => rebase(account, version),
            }
            if self.inner.commit(change.clone()).await.is_ok() {
                return Ok(());
            }
        }
        Err(StoreError::Conflict)
    }

    async fn raise(&self, key: &AccountKey) -> Result<(), StoreError> {
        let Some(old) = self.inner.load(key).await?.account else { return Ok(()) };
        let expected = Some(old.version);
        let next = Versioned { version: old.version.next(), ..old };
        let account = Part::Write { expected, next, touched: Touched::Counters };
        self.inner.commit(Change { account, ..Change::to_account(key) }).await
    }
}

fn holds<T>(part: &Part<T>, version: Option<Version>) -> bool {
    match part {
        Part::Leave => true,
        Part::Compare(expected) | Part::Write { expected, .. } => *expected == version,
        Part::Erase(expected) => Some(*expected) == version,
    }
}

fn writes<T>(part: &Part<T>) -> bool {
    matches!(part, Part::Write { .. })
}

fn is_count(part: &Part<Account>) -> bool {
    matches!(part, Part::Write { expected: Some(_), touched: Touched::Counters, .. })
}

fn compares(change: &Change) -> bool {
    matches!(change.tenant, Part::Compare(_)) || matches!(change.account, Part::Compare(_))
}

fn is_update<T>(part: &Part<T>) -> bool {
    matches!(part, Part::Write { expected: Some(_), .. })
}

fn is_creation<T>(part: &Part<T>) -> bool {
    matches!(part, Part::Write { expected: None, .. })
}

/// Expects what is there, whatever that is.
fn rebase<T>(part: &mut Part<T>, version: Option<Version>) {
    if let Part::Write { expected, .. } = part {
        *expected = version;
    }
}

fn rebase_erasures(change: &mut Change, versions: (Option<Version>, Option<Version>)) {
    if let (Part::Erase(expected), Some(there)) = (&mut change.tenant, versions.0) {
        *expected = there;
    }
    if let (Part::Erase(expected), Some(there)) = (&mut change.account, versions.1) {
        *expected = there;
    }
}

fn skip_comparisons(change: &mut Change) {
    if matches!(change.tenant, Part::Compare(_)) {
        change.tenant = Part::Leave;
    }
    if matches!(change.account, Part::Compare(_)) {
        change.account = Part::Leave;
    }
}

fn count_versions(part: &mut Part<Account>) {
    if let Part::Write { expected: Some(old), next, .. } = part {
        next.version = old.next();
    }
}

fn without_apps(account: Versioned<Account>) -> Versioned<Account> {
    let other = Account::new(NewUser::default(), &SeededRandom::new(40));
    Versioned { value: other.unwrap_or(account.value), ..account }
}

fn trimmed(tenant: Versioned<Tenant>) -> Versioned<Tenant> {
    let Versioned { version, value: old } = tenant;
    let name = DisplayName::new(old.name().as_str().trim()).unwrap_or_else(|_| old.name().clone());
    if name == *old.name() {
        return Versioned { version, value: old };
    }
    let id = old.id().clone();
    let issuer = old.issuer().clone();
    let locale = old.locale().clone();
    Versioned { version, value: Tenant::new(id, name, issuer, locale, old.generation()) }
}
