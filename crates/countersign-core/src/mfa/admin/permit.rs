//! Who may act: judged in the transaction of the act, and compared when it commits.
//!
//! Every act goes through [`Admin::act`], which asks how much the act can harm and whether the
//! acting user may do that, before it decides anything.

use super::handle::{Acting, Admin, Seen};
use crate::account::{Account, Actor, Env, Tenant};
use crate::login::Proof;
use crate::mfa::engine::{Engine, Scope, Work};
use crate::mfa::error::{Cause, Denial, Error, WhileDoing as _};
use crate::mfa::host::no_account;
use crate::mfa::written::no_tenant;
use crate::policy::{Access, AppState};
use crate::seal::Fault;
use crate::types::{AccountKey, Method, Timestamp, UserId};

/// How much an act can harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// It changes something.
    Plain,
    /// It touches who may administer.
    Access,
    /// It makes logins weaker, moves where codes go, or makes an administrator.
    Lowering,
}

impl Weight {
    /// Whether administrators do this to others only.
    fn is_for_others(self) -> bool {
        match self {
            Self::Plain | Self::Access => false,
            Self::Lowering => true,
        }
    }
}

impl Admin {
    /// Runs a decision of this weight, if the acting user may do that when it commits. A decision
    /// that returns `None` found nobody to act on.
    pub(super) async fn act<T: Send>(
        &mut self,
        doing: &'static str,
        scope: Scope<'_>,
        weigh: impl Fn(&Self, &Work) -> Result<Weight, Cause> + Send + Sync,
        decide: impl Fn(&Self, &mut Work) -> Result<Option<T>, Cause> + Send + Sync,
    ) -> Result<T, Error> {
        let this = &*self;
        let by = match &this.acting {
            Acting::User { proof, .. } => Some(proof.key()),
            Acting::Operator { .. } => None,
        };
        let done = this.engine.transact_by(doing, by, scope, |work| {
            let weight = weigh(this, work)?;
            this.permit(scope, weight, work)?;
            decide(this, work)
        });
        done.await?.ok_or_else(|| {
            let nobody = match scope {
                Scope::Account(key) | Scope::DamagedAccount(key) => no_account(key),
                Scope::Tenant(id) | Scope::DamagedTenant(id) | Scope::MailTexts(id) => {
                    no_tenant(id)
                }
            };
            nobody.while_doing(doing)
        })
    }

    /// An act of fixed weight on one existing account.
    pub(super) async fn on<T: Send>(
        &mut self,
        doing: &'static str,
        user: UserId,
        weight: Weight,
        verb: impl Fn(&mut Account, &mut Env<'_>) -> Result<T, Fault> + Send + Sync,
    ) -> Result<T, Error> {
        let key = self.key(user);
        let weigh = |_: &Self, _: &Work| Ok(weight);
        self.act(doing, Scope::Account(&key), weigh, |admin, work| admin.run(&key, work, &verb))
            .await
    }

    /// Runs one verb of the account; `None`, and nothing touched, if there is no such account.
    pub(super) fn run<T>(
        &self,
        key: &AccountKey,
        work: &mut Work,
        verb: impl FnOnce(&mut Account, &mut Env<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Cause> {
        let done = self.engine.on_account(key, &self.actor().into(), work, verb)?;
        work.touch_tenant &= done.is_some();
        Ok(done)
    }

    /// Whether the acting user may do an act of this weight now.
    fn permit(&self, scope: Scope<'_>, weight: Weight, work: &mut Work) -> Result<(), Cause> {
        if let Acting::User { proof, .. } = &self.acting {
            let Seen { holds, .. } = self.engine.see(proof, work, work.acting.as_ref())?;
            let is_own = matches!(scope, Scope::Account(key) if *key == proof.key);
            if is_own && weight.is_for_others() {
                return Err(Denial::OnOneself.into());
            }
            if let Some(denial) = self.engine.not_fresh(proof, holds, work.now) {
                return Err(denial.into());
            }
            if holds.is_none() && weight == Weight::Lowering {
                return Err(Denial::NoAuthenticator.into());
            }
        }
        work.touch_tenant = weight != Weight::Plain;
        Ok(())
    }

    pub(super) fn actor(&self) -> Actor {
        match &self.acting {
            Acting::User { seen, .. } => Actor::Admin(seen.pseudonym),
            Acting::Operator { name, reason } => {
                Actor::Operator { name: name.clone(), reason: reason.clone() }
            }
        }
    }

    pub(super) fn name_for_mail(&self) -> String {
        match &self.acting {
            Acting::User { proof, .. } => proof.key.user().to_string(),
            Acting::Operator { name, .. } => name.clone(),
        }
    }

    pub(super) fn key(&self, user: UserId) -> AccountKey {
        AccountKey::of(self.tenant.clone(), user)
    }

    pub(super) fn tenant_in<'w>(&self, work: &'w Work) -> Result<&'w Tenant, Cause> {
        work.tenant.as_ref().ok_or_else(|| no_tenant(&self.tenant))
    }

    pub(super) async fn load_tenant(
        &self,
        doing: &'static str,
    ) -> Result<(Tenant, Timestamp), Error> {
        let (tenant, now) = self.engine.store.tenant(&self.tenant).await.while_doing(doing)?;
        let tenant = tenant.ok_or_else(|| no_tenant(&self.tenant)).while_doing(doing)?;
        Ok((tenant.value, now))
    }

    pub(super) fn need_invitation_page(&self) -> Result<(), Cause> {
        match self.engine.invitation_page {
            Some(_) => Ok(()),
            None => Err(Cause::unfit(
                "config.invitation_page",
                "no invitation page was configured",
                "call `.invitation_page(..)` on the builder",
            )),
        }
    }
}

impl Engine {
    /// The acting user, if their proof still stands and they may administer.
    pub(super) async fn look_at(&self, doing: &'static str, proof: &Proof) -> Result<Seen, Error> {
        let decide = |work: &mut Work| self.see(proof, work, work.account.as_ref());
        self.transact(doing, Scope::Account(&proof.key), decide).await
    }

    fn see(&self, proof: &Proof, work: &Work, account: Option<&Account>) -> Result<Seen, Cause> {
        let over = self.why_over(proof, work, account)?.is_some();
        let Some(account) = account.filter(|_| !over) else {
            return Err(Denial::ProofEnded.into());
        };
        let facts = account.facts();
        if facts.access != Access::Admin {
            return Err(Denial::NotAdmin.into());
        }
        let holds = if facts.app != AppState::None {
            Some(Method::App)
        } else {
            facts.held.has(Method::Email).then_some(Method::Email)
        };
        Ok(Seen { pseudonym: account.pseudonym(), holds })
    }

    /// The denial of an act whose proof does not show `holds`, the strongest method that the actor
    /// holds, or showed it too long ago.
    pub(super) fn not_fresh(
        &self,
        proof: &Proof,
        holds: Option<Method>,
        now: Timestamp,
    ) -> Option<Denial> {
        let method = holds?;
        let last = proof.last_passed(method);
        let fresh = proof.is_fresh(method, self.limits.admin_freshness, now);
        (!fresh).then_some(Denial::NotFresh { method, last })
    }
}
