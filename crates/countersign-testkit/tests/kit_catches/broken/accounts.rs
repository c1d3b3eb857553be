//! Lists and reports, done wrong.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use countersign_core::account::{Actor, Event, EventKind, Tenant};
use countersign_core::mail::Texts;
use countersign_core::store::{Accounts, Group, Listed, StoreError, Versioned};
use countersign_core::{Digest, EventId, KeyId, Pseudonym, TenantId, Timestamp, UserId, Version};

use super::{BrokenStore, Flaw, PATIENCE, dawdle};

#[async_trait]
impl Accounts for BrokenStore {
    async fn tenant(
        &self,
        id: &TenantId,
    ) -> Result<(Option<Versioned<Tenant>>, Timestamp), StoreError> {
        let (found, now) = self.inner.tenant(&self.alias_of_tenant(id)).await?;
        match self.flaw {
            Flaw::TellsOldTimeOfCompany => Ok((found, *self.notes().first_time.get_or_insert(now))),
            Flaw::TakesUnknownForDamage if found.is_none() => {
                Err(StoreError::Corrupt { place: "tenant".to_owned() })
            }
            _ => Ok((found, now)),
        }
    }

    async fn mail_texts(&self, tenant: &TenantId) -> Result<Texts, StoreError> {
        let tenant = &self.alias_of_tenant(tenant);
        let texts = self.inner.mail_texts(tenant).await?;
        match self.flaw {
            Flaw::KeepsOneLanguage => Ok(one_of_each_kind(&texts)),
            Flaw::BorrowsTexts if texts == Texts::default() => {
                let other = self.others(tenant).into_iter().next();
                self.inner.mail_texts(&other.unwrap_or_else(|| tenant.clone())).await
            }
            Flaw::WritesTextsAlone | Flaw::KeepsTextsOfErased => {
                Ok(self.notes().stray_texts.get(tenant).cloned().unwrap_or(texts))
            }
            _ => Ok(texts),
        }
    }

    async fn accounts(
        &self,
        tenant: &TenantId,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Listed>, StoreError> {
        let mut page = self.inner.accounts(tenant, after.clone(), limit).await?;
        match self.flaw {
            Flaw::ListsFromReplica if self.is_clone => page = self.notes().listed_before.clone(),
            Flaw::ListsEverybody => {
                for other in self.others(tenant) {
                    page.extend(self.inner.accounts(&other, after.clone(), limit).await?);
                }
                page.truncate(limit);
            }
            Flaw::SortsForPeople => {
                page.sort_by_key(|listed| listed.user_id.as_str().to_lowercase());
            }
            Flaw::IncludesAfter => {
                page = self.inner.accounts(tenant, None, usize::MAX).await?;
                page.retain(|listed| after.as_ref().is_none_or(|after| listed.user_id >= *after));
                page.truncate(limit);
            }
            Flaw::PagesByPosition if after.is_some() => {
                let all = self.inner.accounts(tenant, None, usize::MAX).await?;
                if all.iter().all(|listed| Some(&listed.user_id) != after.as_ref()) {
                    page.clear();
                }
            }
            Flaw::ListsErased => page.extend(self.notes().erased_values.values().cloned()),
            Flaw::PagesFromTheFirstList => {
                let mut list = self.notes().first_list.clone();
                if after.is_none() {
                    list = self.inner.accounts(tenant, None, usize::MAX).await?;
                    self.notes().first_list = list.clone();
                }
                list.retain(|listed| Some(&listed.user_id) > after.as_ref());
                list.truncate(limit);
                page = list;
            }
            Flaw::CutsPages => page.truncate(100),
            Flaw::ListsOldVersions => {
                for listed in &mut page {
                    if let Ok(account) = &mut listed.account {
                        account.version = Version::from_number(0);
                    }
                }
            }
            Flaw::GivesUpTheList => {
                if let Some(damage) = page.iter().find_map(|listed| listed.account.clone().err()) {
                    return Err(damage.into());
                }
            }
            Flaw::HidesDamagedAccounts => page.retain(|listed| listed.account.is_ok()),
            _ => {}
        }
        Ok(page)
    }

    async fn counts(&self, tenant: &TenantId) -> Result<Vec<Group>, StoreError> {
        let mut groups = self.inner.counts(tenant).await?;
        match self.flaw {
            Flaw::CountsInSteps => {
                let mut now = groups.clone();
                for _ in 0..PATIENCE {
                    if now != groups {
                        break;
                    }
                    dawdle();
                    now = self.inner.counts(tenant).await?;
                }
                for group in groups.iter_mut().skip(1) {
                    let same = now.iter().find(|other| other.facts == group.facts);
                    group.users = same.map_or(0, |same| same.users);
                }
            }
            Flaw::GroupsByStanding => {
                groups.dedup_by(|next, first| {
                    let access = |group: &Group| group.facts.as_ref().map(|facts| facts.access);
                    let same = access(next) == access(first);
                    first.users += if same { next.users } else { 0 };
                    same
                });
            }
            Flaw::CountsFirstFacts => {
                let mut first = BTreeMap::new();
                for facts in self.notes().first_facts.values() {
                    *first.entry(Some(facts.clone())).or_insert(0) += 1;
                }
                groups = first.into_iter().map(|(facts, users)| Group { facts, users }).collect();
            }
            Flaw::CountsEverybody => {
                for other in self.others(tenant) {
                    groups.extend(self.inner.counts(&other).await?);
                }
            }
            _ => {}
        }
        Ok(groups)
    }

    async fn events(
        &self,
        tenant: &TenantId,
        account: Option<Pseudonym>,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, StoreError> {
        let mut page = self.inner.events(tenant, account, before, limit).await?;
        match self.flaw {
            Flaw::ErasesLog if self.notes().erased_tenants.contains(tenant) => page.clear(),
            Flaw::ShowsEveryLog => {
                for other in self.others(tenant) {
                    page.extend(self.inner.events(&other, account, before, limit).await?);
                }
                page.truncate(limit);
            }
            Flaw::HidesDamagedEvents => page.retain(|event| event.what != EventKind::Unreadable),
            Flaw::SortsByToldTime => page.sort_by_key(|event| Reverse(event.at)),
            Flaw::IncludesBefore => {
                page = self.inner.events(tenant, account, None, usize::MAX).await?;
                let found = page.iter().position(|event| Some(event.id) == before);
                page.drain(..found.unwrap_or(0));
                page.truncate(limit);
            }
            Flaw::StartsOverAtUnknown => {
                let all = self.inner.events(tenant, account, None, usize::MAX).await?;
                if all.iter().all(|event| Some(event.id) != before) {
                    page = all;
                    page.truncate(limit);
                }
            }
            Flaw::ShowsEverybodysEvents => {
                page = self.inner.events(tenant, None, before, limit).await?;
            }
            Flaw::LooksInEveryLog if account.is_some() => {
                for other in self.others(tenant) {
                    page.extend(self.inner.events(&other, account, before, limit).await?);
                }
                page.truncate(limit);
            }
            Flaw::CutsBeforeItSorts if account.is_some() => {
                page = self.inner.events(tenant, None, before, limit).await?;
                page.retain(|event| event.account == account);
            }
            Flaw::KnowsOnlyItsOwnEvents if account.is_some() && before.is_some() => {
                let all = self.inner.events(tenant, account, None, usize::MAX).await?;
                if all.iter().all(|event| Some(event.id) != before) {
                    page.clear();
                }
            }
            Flaw::KeepsSeconds => {
                for event in &mut page {
                    event.at = Timestamp::from_seconds(event.at.millis() / 1000);
                }
            }
            Flaw::ForgetsOperators => {
                for event in &mut page {
                    if matches!(event.actor, Actor::Operator { .. }) {
                        event.actor = Actor::Host;
                    }
                }
            }
            _ => {}
        }
        Ok(page)
    }

    async fn tenants(
        &self,
        after: Option<TenantId>,
        limit: usize,
    ) -> Result<Vec<TenantId>, StoreError> {
        let from = if self.is(Flaw::PagesTenantsByPosition) { None } else { after.clone() };
        let mut page = self.inner.tenants(from, usize::MAX).await?;
        match self.flaw {
            Flaw::PagesTenantsByPosition => {
                let found = page.iter().position(|id| Some(id) == after.as_ref());
                page.drain(..found.map_or(0, |found| found + 1));
            }
            Flaw::SortsTenantsForPeople => page.sort_by_key(|id| id.as_str().to_lowercase()),
            _ => {}
        }
        page.truncate(limit);
        Ok(page)
    }

    async fn fingerprints(&self) -> Result<Vec<(KeyId, Digest)>, StoreError> {
        let mut kept = self.inner.fingerprints().await?;
        let newer = self.notes().fingerprints.clone();
        for (key, fingerprint) in &mut kept {
            *fingerprint = newer.get(key).copied().unwrap_or(*fingerprint);
        }
        if self.is(Flaw::KnowsOneKey) {
            kept.truncate(1);
        }
        Ok(kept)
    }

    async fn keep_fingerprint(&self, key: KeyId, fingerprint: Digest) -> Result<(), StoreError> {
        let there = self.inner.fingerprints().await?.iter().any(|(kept, _)| *kept == key);
        if self.is(Flaw::TakesTheLatestFingerprint) {
            self.notes().fingerprints.insert(key, fingerprint);
        }
        if self.is(Flaw::RacesFingerprints) && !there {
            let _met = self.meet();
            self.notes().fingerprints.insert(key, fingerprint);
        }
        self.inner.keep_fingerprint(key, fingerprint).await
    }
}

fn one_of_each_kind(texts: &Texts) -> Texts {
    let mut kept = Texts::default();
    for text in texts.iter() {
        if kept.iter().all(|other| other.kind() != text.kind()) {
            let _ = kept.set(text.clone());
        }
    }
    kept
}

impl BrokenStore {
    fn others(&self, tenant: &TenantId) -> BTreeSet<TenantId> {
        let mut others = self.notes().tenants.clone();
        others.remove(tenant);
        others
    }
}
