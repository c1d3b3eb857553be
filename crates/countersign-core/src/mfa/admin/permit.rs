//! Who may act, and the loop that looks again when administrators change meanwhile.

use super::handle::{Acting, Admin, Seen, no_tenant};
use crate::account::{Account, Actor, Env, Tenant};
use crate::login::Proof;
use crate::mfa::engine::{Engine, Scope, Work};
use crate::mfa::error::{Denial, Error};
use crate::mfa::host::no_account;
use crate::mfa::login::why_ended;
use crate::policy::{AppState, Standing};
use crate::seal::Fault;
use crate::store::StoreError;
use crate::types::{AccountKey, Method, Timestamp, UserId};

/// How often an act looks again at who may act, when administrators change meanwhile.
pub(super) const LOOKS: u32 = 5;

/// How much an act can harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// It changes something.
    Plain,
    /// It touches who may administer.
    Standing,
    /// It makes logins weaker.
    Lowering,
}

/// What a permitted look at the work says.
pub(super) enum Permit {
    Go,
    /// The company changed since the acting person was last seen.
    LookAgain,
}

impl Admin {
    /// Runs a decision, looking again at the acting person as often as it asks for that.
    pub(super) async fn act<T: Send>(
        &mut self,
        doing: &'static str,
        scope: Scope<'_>,
        decide: impl Fn(&Self, &mut Work) -> Result<Option<T>, Error> + Send + Sync,
    ) -> Result<T, Error> {
        for _ in 0..LOOKS {
            let (engine, this) = (self.engine.clone(), &*self);
            // A decision that must look again, or finds nobody, leaves the work as it was.
            let looked = engine.transact(doing, scope, |work| {
                let outcome = decide(this, work)?;
                Ok(match outcome {
                    Some(outcome) => Looked::Done(outcome),
                    None if this.is_behind(work) => Looked::Again,
                    None => Looked::Nobody,
                })
            });
            match looked.await? {
                Looked::Done(outcome) => return Ok(outcome),
                Looked::Nobody => match scope {
                    Scope::Account(key) => return Err(no_account(doing, key)),
                    Scope::Tenant(id) => return Err(no_tenant(doing, id)),
                },
                Looked::Again => {
                    if let Acting::Person { proof, seen } = &mut self.acting {
                        *seen = engine.look_at(doing, proof).await?;
                    }
                }
            }
        }
        Err(Error::store(doing, StoreError::Conflict))
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
        self.act(doing, Scope::Account(&key), |admin, work| {
            match admin.permit(doing, weight, work)? {
                Permit::LookAgain => Ok(None),
                Permit::Go => admin.run(doing, &key, work, &verb),
            }
        })
        .await
    }

    pub(super) fn run<T>(
        &self,
        doing: &'static str,
        key: &AccountKey,
        work: &mut Work,
        verb: impl FnOnce(&mut Account, &mut Env<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Error> {
        let done = self.engine.on_account(doing, key, &self.actor(), work, verb)?;
        work.touch_tenant &= done.is_some();
        Ok(done)
    }

    /// Whether the company changed since the acting person was last seen.
    fn is_behind(&self, work: &Work) -> bool {
        match &self.acting {
            Acting::Person { seen, .. } => work.tenant_version != Some(seen.tenant),
            Acting::Operator { .. } => false,
        }
    }

    /// Whether the acting person may do an act of this weight now.
    pub(super) fn permit(
        &self,
        doing: &'static str,
        weight: Weight,
        work: &mut Work,
    ) -> Result<Permit, Error> {
        if let Acting::Person { proof, seen } = &self.acting {
            let freshness = self.engine.limits.admin_freshness;
            match seen.holds {
                Some(method) if !proof.is_fresh(method, freshness, work.now) => {
                    return Err(Error::denied(doing, Denial::NotFresh(method)));
                }
                None if weight == Weight::Lowering => {
                    return Err(Error::denied(doing, Denial::NoAuthenticator));
                }
                _ => {}
            }
            if weight != Weight::Plain && self.is_behind(work) {
                return Ok(Permit::LookAgain);
            }
        }
        work.touch_tenant = weight != Weight::Plain;
        Ok(Permit::Go)
    }

    /// The same, for acts that nobody does to oneself.
    pub(super) fn permit_on(
        &self,
        doing: &'static str,
        key: &AccountKey,
        weight: Weight,
        work: &mut Work,
    ) -> Result<Permit, Error> {
        match &self.acting {
            Acting::Person { proof, .. } if weight != Weight::Plain && proof.key == *key => {
                Err(Error::denied(doing, Denial::OnOneself))
            }
            _ => self.permit(doing, weight, work),
        }
    }

    pub(super) fn actor(&self) -> Actor {
        match &self.acting {
            Acting::Person { seen, .. } => Actor::Admin(seen.pseudonym),
            Acting::Operator { name, reason } => {
                Actor::Operator { name: name.clone(), reason: reason.clone() }
            }
        }
    }

    pub(super) fn name_for_mail(&self) -> String {
        match &self.acting {
            Acting::Person { proof, .. } => proof.key.user().to_string(),
            Acting::Operator { name, .. } => name.clone(),
        }
    }

    pub(super) fn key(&self, user: UserId) -> AccountKey {
        AccountKey::of(self.tenant.clone(), user)
    }

    pub(super) fn tenant_in<'d>(
        &self,
        doing: &'static str,
        work: &'d Work,
    ) -> Result<&'d Tenant, Error> {
        work.tenant.as_ref().ok_or_else(|| no_tenant(doing, &self.tenant))
    }

    pub(super) async fn company(&self, doing: &'static str) -> Result<(Tenant, Timestamp), Error> {
        let tenant = self.engine.store.tenant(&self.tenant).await;
        let (tenant, now) = tenant.map_err(|error| Error::store(doing, error))?;
        let tenant = tenant.ok_or_else(|| no_tenant(doing, &self.tenant))?;
        Ok((tenant.value, now))
    }

    pub(super) fn need_invitation_page(&self, doing: &'static str) -> Result<(), Error> {
        match self.engine.invitation_page {
            Some(_) => Ok(()),
            None => Err(Error::unfit(
                "config.invitation_page",
                doing,
                "no invitation page was configured",
                "call `.invitation_page(..)` on the builder",
            )),
        }
    }
}

/// What running a decision led to.
enum Looked<T> {
    Done(T),
    Again,
    Nobody,
}

impl Engine {
    /// Makes sure that the proof still stands and its person may administer.
    pub(super) async fn look_at(&self, doing: &'static str, proof: &Proof) -> Result<Seen, Error> {
        let decide = |work: &mut Work| {
            if why_ended(proof, work).is_some() {
                return Err(Error::denied(doing, Denial::ProofEnded));
            }
            let (Some(account), Some(tenant)) = (&work.account, work.tenant_version) else {
                return Err(Error::denied(doing, Denial::ProofEnded));
            };
            let facts = account.facts();
            if facts.standing != Standing::Admin {
                return Err(Error::denied(doing, Denial::NotAdmin));
            }
            let holds = if facts.app != AppState::None {
                Some(Method::App)
            } else {
                facts.held.has(Method::Email).then_some(Method::Email)
            };
            Ok(Seen { pseudonym: account.pseudonym(), holds, tenant })
        };
        self.transact(doing, Scope::Account(&proof.key), decide).await
    }
}
