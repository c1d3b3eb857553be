//! Administering one company: for a person with a fresh proof, or for an operator at a command
//! line. The tenant comes from the proof, so a proof of one company is nothing in another.
//!
//! Acts that make logins weaker, and acts on administrators, compare and raise the company's
//! version: two such acts at once meet there, and whoever loses has to show again that they may.

use super::error::{Denial, Error};
use super::host::no_account;
use super::login::why_ended;
use super::mfa::{Inner, Mfa};
use super::preview::{Preview, preview};
use super::shell::{Draft, Scope};
use crate::rules::{
    Account, Actor, AppState, Env, Event, EventKind, Facts, Fault, LONGEST_EXEMPTION,
    LONGEST_GRACE, LinkedApp, Newcomer, Policy, Proof, Purpose, Requirement, Resolution, Standing,
    Template, Tenant, resolve,
};
use crate::words::{
    AccountKey, EmailAddress, EventId, Generation, Method, Pseudonym, Role, TenantId, Timestamp,
    UserId, Version,
};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Most rows of one page.
const MOST_ROWS: usize = 200;
/// Most bytes in a reason.
const REASON_BYTES: usize = 200;
/// How often an act looks again at who may act, when administrators change meanwhile.
const LOOKS: u32 = 5;

/// Acts of an administrator of one company.
///
/// It serves one request: get it with [`Mfa::admin`] from a fresh proof, act, and drop it.
#[derive(Debug)]
pub struct Admin {
    inner: Arc<Inner>,
    tenant: TenantId,
    acting: Acting,
}

#[derive(Debug)]
enum Acting {
    Person { proof: Proof, seen: Seen },
    Operator { name: String, reason: String },
}

/// What was last seen of the acting person.
#[derive(Debug, Clone, Copy)]
struct Seen {
    pseudonym: Pseudonym,
    /// The strongest method that the person holds, in any state.
    holds: Option<Method>,
    /// The version of the company at that moment.
    tenant: Version,
}

/// How much an act can harm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weight {
    /// It changes something.
    Plain,
    /// It touches who may administer.
    Standing,
    /// It makes logins weaker.
    Lowering,
}

/// What a permitted look at the draft says.
enum Permit {
    Go,
    /// The company changed since the acting person was last seen.
    LookAgain,
}

/// From when a policy holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "at once or later")]
pub enum Start {
    /// From the next login.
    Now,
    /// For people who never held the method, from then on: at most 90 days ahead.
    WithGraceUntil(Timestamp),
}

/// What saving a policy ended in.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "a policy that changed meanwhile was not saved"]
#[expect(clippy::exhaustive_enums, reason = "a host must handle each case")]
pub enum Saved {
    /// It holds from the next login.
    Saved {
        /// Its revision.
        revision: u64,
    },
    /// Somebody saved another policy since the preview; nothing was changed.
    Changed {
        /// The policy that holds.
        current: Policy,
        /// Its revision, for the next preview.
        revision: u64,
    },
}

/// One person, as an administrator sees them.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Person {
    /// The person's id.
    pub user_id: UserId,
    /// How the activity log names them.
    pub pseudonym: Pseudonym,
    /// What is required of them now, and why.
    pub resolution: Resolution,
    /// What requirements are decided by.
    pub facts: Facts,
    /// Where codes go.
    pub address: Option<EmailAddress>,
    /// The linked apps.
    pub apps: Vec<LinkedApp>,
    /// The end of the soft lock, while it lasts.
    pub locked_until: Option<Timestamp>,
    /// When they last passed a second step.
    pub second_step_at: Option<Timestamp>,
    /// Whether an invitation waits to be accepted.
    pub invited: bool,
}

impl Mfa {
    /// The admin handle of the person whom the proof names, for that person's company only.
    ///
    /// The proof is of a login, or of a step-up for [`Purpose::Administer`], and is used up.
    ///
    /// # Errors
    ///
    /// Denied if the proof has ended or the person is no administrator. The world broke.
    pub async fn admin(&self, proof: Proof) -> Result<Admin, Error> {
        const DOING: &str = "open the admin handle";
        if !matches!(proof.purpose, Purpose::Login | Purpose::Administer) {
            return Err(Error::denied(DOING, Denial::WrongPurpose));
        }
        let seen = self.inner.look_at(DOING, &proof).await?;
        let tenant = proof.key.tenant().clone();
        Ok(Admin { inner: self.inner.clone(), tenant, acting: Acting::Person { proof, seen } })
    }

    /// The admin handle of somebody at a command line: for bootstrap and emergencies.
    ///
    /// Every act is recorded with this name and reason. It cannot make a proof.
    ///
    /// # Errors
    ///
    /// Unfit if the name or the reason is empty or longer than 200 bytes.
    pub fn operator(
        &self,
        tenant: TenantId,
        name: impl Into<String>,
        reason: impl Into<String>,
    ) -> Result<Admin, Error> {
        const DOING: &str = "open the operator handle";
        let (name, reason) = (line(DOING, name)?, line(DOING, reason)?);
        Ok(Admin { inner: self.inner.clone(), tenant, acting: Acting::Operator { name, reason } })
    }
}

impl Admin {
    // People.

    /// Creates a person and queues the invitation.
    ///
    /// # Errors
    ///
    /// Unfit if the person exists, has no address, or no invitation page was configured. Denied.
    /// The world broke.
    pub async fn create_user(&mut self, user: UserId, newcomer: Newcomer) -> Result<(), Error> {
        const DOING: &str = "create a person";
        let key = self.key(user);
        if newcomer.address.is_none() {
            let why = "a new person needs an e-mail address";
            return Err(Error::unfit("account.no_address", DOING, why, "give one"));
        }
        self.need_invitation_page(DOING)?;
        let weight = standing_weight(newcomer.standing);
        self.act(DOING, Scope::Account(&key), |admin, draft| {
            if let Permit::LookAgain = admin.permit(DOING, weight, draft)? {
                return Ok(None);
            }
            admin.inner.create(DOING, &key, &newcomer, draft)?;
            let verb = |account: &mut Account, env: &mut Env<'_>| {
                env.record(account.pseudonym(), EventKind::UserCreated)?;
                account.invite(env).map(drop)
            };
            admin.inner.on_account(DOING, &key, &admin.actor(), draft, verb)
        })
        .await
    }

    /// Sends the invitation again; the earlier link is dead from now on.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person, or no address to send it to. Denied. The world broke.
    pub async fn invite_again(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "send an invitation";
        self.need_invitation_page(DOING)?;
        let sent = self.on(DOING, user, Weight::Plain, |account, env| account.invite(env)).await?;
        if sent {
            return Ok(());
        }
        let why = "the person has no e-mail address";
        Err(Error::unfit("account.no_address", DOING, why, "give one first"))
    }

    /// Withdraws an invitation that was not accepted yet.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied. The world broke.
    pub async fn withdraw_invitation(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "withdraw an invitation";
        self.on(DOING, user, Weight::Plain, |account, env| account.withdraw_invitation(env)).await
    }

    /// Sets a person's rule. Existing people get no mail; they are asked at the next login.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied: lowering a rule needs an authenticator of one's
    /// own, and is not done to oneself. The world broke.
    pub async fn set_rule(&mut self, user: UserId, rule: Requirement) -> Result<(), Error> {
        const DOING: &str = "set a person's rule";
        let key = self.key(user);
        self.act(DOING, Scope::Account(&key), |admin, draft| {
            let before = draft.account.as_ref().map(|account| account.facts().rule);
            let lowers = before.is_some_and(|before| rule < before);
            let weight = if lowers { Weight::Lowering } else { Weight::Plain };
            if let Permit::LookAgain = admin.permit_on(DOING, &key, weight, draft)? {
                return Ok(None);
            }
            admin.run(DOING, &key, draft, |account, env| account.set_rule(rule, env))
        })
        .await
    }

    /// Sets the company's rule and roles aside for one person, until a date within a year.
    ///
    /// It never lowers the deployment's floor, the person's own rule or their own choice.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person, or the date is past or more than 366 days ahead. Denied:
    /// needs an authenticator of one's own, and is not done to oneself. The world broke.
    pub async fn exempt(
        &mut self,
        user: UserId,
        until: Timestamp,
        reason: impl Into<String>,
    ) -> Result<(), Error> {
        const DOING: &str = "exempt a person";
        let (key, reason) = (self.key(user), line(DOING, reason)?);
        self.act(DOING, Scope::Account(&key), |admin, draft| {
            ahead(DOING, until, draft.now, draft.now.plus(LONGEST_EXEMPTION))?;
            if let Permit::LookAgain = admin.permit_on(DOING, &key, Weight::Lowering, draft)? {
                return Ok(None);
            }
            let reason = reason.clone();
            admin.run(DOING, &key, draft, |account, env| account.exempt(until, reason, env))
        })
        .await
    }

    /// Ends an exemption before its date.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied. The world broke.
    pub async fn end_exemption(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "end an exemption";
        self.on(DOING, user, Weight::Plain, |account, env| account.end_exemption(env)).await
    }

    /// Ends a person's soft lock. The count towards the hard stop stays.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied. The world broke.
    pub async fn unlock(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "unlock a person";
        self.on(DOING, user, Weight::Plain, |account, env| account.unlock(env)).await
    }

    /// Removes every authenticator of a person and ends everything open of theirs. What is
    /// required of them stays required, so they link a new app at the next login. They get a mail.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied: needs an authenticator of one's own, and is not
    /// done to oneself. The world broke.
    pub async fn reset(&mut self, user: UserId, reason: impl Into<String>) -> Result<(), Error> {
        const DOING: &str = "reset a person";
        let (key, reason) = (self.key(user), line(DOING, reason)?);
        self.act(DOING, Scope::Account(&key), |admin, draft| {
            if let Permit::LookAgain = admin.permit_on(DOING, &key, Weight::Lowering, draft)? {
                return Ok(None);
            }
            let (by, reason) = (admin.name_for_mail(), reason.clone());
            admin.run(DOING, &key, draft, |account, env| account.reset(by, reason, env))
        })
        .await
    }

    /// Changes where a person's codes go, at once. Both addresses are told.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied: not done to oneself; let the host report it. The
    /// world broke.
    pub async fn change_address(&mut self, user: UserId, new: EmailAddress) -> Result<(), Error> {
        const DOING: &str = "change a person's address";
        let key = self.key(user);
        self.act(DOING, Scope::Account(&key), |admin, draft| {
            if let Permit::LookAgain = admin.permit_on(DOING, &key, Weight::Standing, draft)? {
                return Ok(None);
            }
            admin.run(DOING, &key, draft, |account, env| account.set_address(new.clone(), env))
        })
        .await
    }

    /// Makes a person an administrator.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied. The world broke.
    pub async fn grant_admin(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "make a person an administrator";
        self.on(DOING, user, Weight::Standing, |account, env| {
            account.set_standing(Standing::Admin, env)
        })
        .await
    }

    /// Makes an administrator an ordinary member.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such person. Denied if they are the last administrator. The world
    /// broke.
    pub async fn revoke_admin(&mut self, user: UserId) -> Result<(), Error> {
        const DOING: &str = "make an administrator a member";
        let key = self.key(user);
        for _ in 0..LOOKS {
            // The company's version is read before the count and compared after it, and every
            // grant and revocation raises it: so the count still holds when this commits.
            let tenant = self.inner.store.tenant(&self.tenant).await;
            let (tenant, _) = tenant.map_err(|error| Error::store(DOING, error))?;
            let counted_at = tenant.map(|tenant| tenant.version);
            let census = self.inner.store.census(&self.tenant).await;
            let census = census.map_err(|error| Error::store(DOING, error))?;
            let is_admin = |facts: &Facts| facts.standing == Standing::Admin && !facts.suspended;
            let admins: u64 = census.iter().filter(|g| is_admin(&g.facts)).map(|g| g.people).sum();
            let done = self
                .act(DOING, Scope::Account(&key), |admin, draft| {
                    if let Permit::LookAgain = admin.permit(DOING, Weight::Standing, draft)? {
                        return Ok(None);
                    }
                    if draft.tenant_version != counted_at {
                        draft.touch_tenant = false;
                        return Ok(Some(false));
                    }
                    let one_of_them = draft.account.as_ref().is_some_and(|a| is_admin(&a.facts()));
                    if one_of_them && admins <= 1 {
                        return Err(Error::denied(DOING, Denial::LastOne));
                    }
                    let done = admin.run(DOING, &key, draft, |account, env| {
                        account.set_standing(Standing::Member, env)
                    })?;
                    Ok(done.map(|()| true))
                })
                .await?;
            if done {
                return Ok(());
            }
        }
        Err(Error::store(DOING, crate::ports::StoreError::Conflict))
    }

    // The company.

    /// Saves the company's policy, if the previewed one is still in force. One read, one write,
    /// however many people there are; it holds from the next login of each.
    ///
    /// # Errors
    ///
    /// Unfit if grace ends in the past or more than 90 days ahead, or there are more than 32 roles.
    /// Denied: asking for less needs an authenticator of one's own. The world broke.
    pub async fn set_policy(
        &mut self,
        policy: Policy,
        previewed: u64,
        start: Start,
    ) -> Result<Saved, Error> {
        const DOING: &str = "save a policy";
        if policy.roles().len() > Policy::MOST_ROLES {
            let why = format!("it speaks of {} roles", policy.roles().len());
            return Err(Error::unfit("policy.roles", DOING, why, "name at most 32"));
        }
        let id = self.tenant.clone();
        self.act(DOING, Scope::Tenant(&id), |admin, draft| {
            let grace = match start {
                Start::Now => None,
                Start::WithGraceUntil(until) => {
                    Some(ahead(DOING, until, draft.now, draft.now.plus(LONGEST_GRACE))?)
                }
            };
            let old = admin.tenant_in(DOING, draft)?.clone();
            let next = policy.clone().following(old.policy(), grace);
            let looser = next.is_looser_than(old.policy());
            let weight = if looser { Weight::Lowering } else { Weight::Plain };
            if let Permit::LookAgain = admin.permit(DOING, weight, draft)? {
                return Ok(None);
            }
            let revision = old.policy_revision();
            if revision != previewed {
                draft.touch_tenant = false;
                return Ok(Some(Saved::Changed { current: old.policy().clone(), revision }));
            }
            if next == *old.policy() {
                draft.touch_tenant = false;
                return Ok(Some(Saved::Saved { revision }));
            }
            let (before, after) = (old.policy().required(), next.required());
            let revision = revision.wrapping_add(1);
            if let Some(tenant) = &mut draft.tenant {
                tenant.policy = next;
                tenant.policy_revision = revision;
            }
            let what = EventKind::PolicyChanged { before, after, revision };
            admin.inner.record(DOING, &admin.tenant, admin.actor(), what, draft)?;
            Ok(Some(Saved::Saved { revision }))
        })
        .await
    }

    /// What a policy would do, by the same rules that decide logins. Nothing is changed.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such company. The world broke.
    pub async fn preview(&self, policy: &Policy, start: Start) -> Result<Preview, Error> {
        const DOING: &str = "preview a policy";
        let (tenant, now) = self.company(DOING).await?;
        let census = self.inner.store.census(&self.tenant).await;
        let census = census.map_err(|error| Error::store(DOING, error))?;
        let grace = match start {
            Start::Now => None,
            Start::WithGraceUntil(until) => Some(until),
        };
        let next = policy.clone().following(tenant.policy(), grace);
        Ok(preview(self.inner.limits.floor, &tenant, &next, &census, now))
    }

    /// The policy in force and its revision.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such company. The world broke.
    pub async fn policy(&self) -> Result<(Policy, u64), Error> {
        let (tenant, _) = self.company("read the policy").await?;
        Ok((tenant.policy().clone(), tenant.policy_revision()))
    }

    /// Ends everything open in the company: every login, ticket and proof. One read, one write.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such company. Denied. The world broke.
    pub async fn sign_everybody_out(&mut self) -> Result<(), Error> {
        const DOING: &str = "sign a company out";
        let id = self.tenant.clone();
        self.act(DOING, Scope::Tenant(&id), |admin, draft| {
            if let Permit::LookAgain = admin.permit(DOING, Weight::Plain, draft)? {
                return Ok(None);
            }
            admin.tenant_in(DOING, draft)?;
            if let Some(tenant) = &mut draft.tenant {
                tenant.generation = Generation::next(tenant.generation);
            }
            let (actor, what) = (admin.actor(), EventKind::TenantSignedOut);
            admin.inner.record(DOING, &admin.tenant, actor, what, draft).map(Some)
        })
        .await
    }

    /// Gives the company a mail text of its own.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such company, or it has 64 texts already. Denied. The world broke.
    pub async fn set_mail_text(&mut self, template: Template) -> Result<(), Error> {
        const DOING: &str = "change a mail text";
        let id = self.tenant.clone();
        self.act(DOING, Scope::Tenant(&id), |admin, draft| {
            if let Permit::LookAgain = admin.permit(DOING, Weight::Plain, draft)? {
                return Ok(None);
            }
            admin.tenant_in(DOING, draft)?;
            if let Some(tenant) = &mut draft.tenant {
                tenant.texts.set(template.clone()).map_err(|error| {
                    Error::unfit("mail.text", DOING, error.to_string(), "remove one first")
                })?;
            }
            let (actor, what) = (admin.actor(), EventKind::MailTextChanged);
            admin.inner.record(DOING, &admin.tenant, actor, what, draft).map(Some)
        })
        .await
    }

    // Looking.

    /// A page of people, in the order of their ids, each with what is required of them and why.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such company. The world broke.
    pub async fn people(&self, after: Option<UserId>, limit: usize) -> Result<Vec<Person>, Error> {
        const DOING: &str = "list people";
        let (tenant, now) = self.company(DOING).await?;
        let listed = self.inner.store.accounts(&self.tenant, after, limit.min(MOST_ROWS)).await;
        let listed = listed.map_err(|error| Error::store(DOING, error))?;
        let floor = self.inner.limits.floor;
        let person = |listed: crate::ports::Listed| {
            person(floor, &tenant, listed.user_id, &listed.account.value, now)
        };
        Ok(listed.into_iter().map(person).collect())
    }

    /// One person, if there is one with that id.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn person(&self, user: UserId) -> Result<Option<Person>, Error> {
        let snapshot = self.inner.store.load(&self.key(user.clone())).await;
        let snapshot = snapshot.map_err(|error| Error::store("look at a person", error))?;
        let floor = self.inner.limits.floor;
        Ok(snapshot.tenant.zip(snapshot.account).map(|(tenant, account)| {
            person(floor, &tenant.value, user, &account.value, snapshot.now)
        }))
    }

    /// A page of the company's activity log, newest first.
    ///
    /// # Errors
    ///
    /// The world broke.
    pub async fn events(&self, before: Option<EventId>, limit: usize) -> Result<Vec<Event>, Error> {
        let events = self.inner.store.events(&self.tenant, before, limit.min(MOST_ROWS)).await;
        events.map_err(|error| Error::store("read the activity log", error))
    }

    // Underneath.

    /// Runs a decision, looking again at the acting person as often as it asks for that.
    async fn act<T: Send>(
        &mut self,
        doing: &'static str,
        scope: Scope<'_>,
        decide: impl Fn(&Self, &mut Draft) -> Result<Option<T>, Error> + Send + Sync,
    ) -> Result<T, Error> {
        for _ in 0..LOOKS {
            let (inner, this) = (self.inner.clone(), &*self);
            // A decision that must look again, or finds nobody, leaves the draft as it was.
            let looked = inner.transact(doing, scope, |draft| {
                let outcome = decide(this, draft)?;
                Ok(match outcome {
                    Some(outcome) => Looked::Done(outcome),
                    None if this.is_behind(draft) => Looked::Again,
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
                        *seen = inner.look_at(doing, proof).await?;
                    }
                }
            }
        }
        Err(Error::store(doing, crate::ports::StoreError::Conflict))
    }

    /// An act of fixed weight on one existing account.
    async fn on<T: Send>(
        &mut self,
        doing: &'static str,
        user: UserId,
        weight: Weight,
        verb: impl Fn(&mut Account, &mut Env<'_>) -> Result<T, Fault> + Send + Sync,
    ) -> Result<T, Error> {
        let key = self.key(user);
        self.act(doing, Scope::Account(&key), |admin, draft| {
            match admin.permit(doing, weight, draft)? {
                Permit::LookAgain => Ok(None),
                Permit::Go => admin.run(doing, &key, draft, &verb),
            }
        })
        .await
    }

    fn run<T>(
        &self,
        doing: &'static str,
        key: &AccountKey,
        draft: &mut Draft,
        verb: impl FnOnce(&mut Account, &mut Env<'_>) -> Result<T, Fault>,
    ) -> Result<Option<T>, Error> {
        let done = self.inner.on_account(doing, key, &self.actor(), draft, verb)?;
        draft.touch_tenant &= done.is_some();
        Ok(done)
    }

    /// Whether the company changed since the acting person was last seen.
    fn is_behind(&self, draft: &Draft) -> bool {
        match &self.acting {
            Acting::Person { seen, .. } => draft.tenant_version != Some(seen.tenant),
            Acting::Operator { .. } => false,
        }
    }

    /// Whether the acting person may do an act of this weight now.
    fn permit(
        &self,
        doing: &'static str,
        weight: Weight,
        draft: &mut Draft,
    ) -> Result<Permit, Error> {
        if let Acting::Person { proof, seen } = &self.acting {
            let freshness = self.inner.limits.admin_freshness;
            match seen.holds {
                Some(method) if !proof.is_fresh(method, freshness, draft.now) => {
                    return Err(Error::denied(doing, Denial::NotFresh(method)));
                }
                None if weight == Weight::Lowering => {
                    return Err(Error::denied(doing, Denial::NoAuthenticator));
                }
                _ => {}
            }
            if weight != Weight::Plain && self.is_behind(draft) {
                return Ok(Permit::LookAgain);
            }
        }
        draft.touch_tenant = weight != Weight::Plain;
        Ok(Permit::Go)
    }

    /// The same, for acts that nobody does to oneself.
    fn permit_on(
        &self,
        doing: &'static str,
        key: &AccountKey,
        weight: Weight,
        draft: &mut Draft,
    ) -> Result<Permit, Error> {
        match &self.acting {
            Acting::Person { proof, .. } if weight != Weight::Plain && proof.key == *key => {
                Err(Error::denied(doing, Denial::OnOneself))
            }
            _ => self.permit(doing, weight, draft),
        }
    }

    fn actor(&self) -> Actor {
        match &self.acting {
            Acting::Person { seen, .. } => Actor::Admin(seen.pseudonym),
            Acting::Operator { name, reason } => {
                Actor::Operator { name: name.clone(), reason: reason.clone() }
            }
        }
    }

    fn name_for_mail(&self) -> String {
        match &self.acting {
            Acting::Person { proof, .. } => proof.key.user().to_string(),
            Acting::Operator { name, .. } => name.clone(),
        }
    }

    fn key(&self, user: UserId) -> AccountKey {
        AccountKey::of(self.tenant.clone(), user)
    }

    fn tenant_in<'d>(&self, doing: &'static str, draft: &'d Draft) -> Result<&'d Tenant, Error> {
        draft.tenant.as_ref().ok_or_else(|| no_tenant(doing, &self.tenant))
    }

    async fn company(&self, doing: &'static str) -> Result<(Tenant, Timestamp), Error> {
        let tenant = self.inner.store.tenant(&self.tenant).await;
        let (tenant, now) = tenant.map_err(|error| Error::store(doing, error))?;
        let tenant = tenant.ok_or_else(|| no_tenant(doing, &self.tenant))?;
        Ok((tenant.value, now))
    }

    fn need_invitation_page(&self, doing: &'static str) -> Result<(), Error> {
        match self.inner.invitation_page {
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

impl Inner {
    /// Makes sure that the proof still stands and its person may administer.
    async fn look_at(&self, doing: &'static str, proof: &Proof) -> Result<Seen, Error> {
        let decide = |draft: &mut Draft| {
            if why_ended(proof, draft).is_some() {
                return Err(Error::denied(doing, Denial::ProofEnded));
            }
            let (Some(account), Some(tenant)) = (&draft.account, draft.tenant_version) else {
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

fn person(
    floor: Requirement,
    tenant: &Tenant,
    user_id: UserId,
    account: &Account,
    now: Timestamp,
) -> Person {
    let facts = account.facts();
    let no_roles: BTreeSet<Role> = BTreeSet::new();
    Person {
        user_id,
        pseudonym: account.pseudonym(),
        resolution: resolve(floor, tenant.policy(), &facts, &no_roles, now),
        facts,
        address: account.address().cloned(),
        apps: account.apps().collect(),
        locked_until: account.locked_until(now),
        second_step_at: account.second_step_at(),
        invited: account.is_invited(now),
    }
}

fn standing_weight(standing: Standing) -> Weight {
    match standing {
        Standing::Admin => Weight::Standing,
        Standing::Member => Weight::Plain,
    }
}

/// The date, if it lies ahead and not too far.
fn ahead(
    doing: &'static str,
    until: Timestamp,
    now: Timestamp,
    latest: Timestamp,
) -> Result<Timestamp, Error> {
    if until > now && until <= latest {
        return Ok(until);
    }
    let why = format!("the date {until} is not between {now} and {latest}");
    Err(Error::unfit("date.bounds", doing, why, "give a date between these"))
}

/// One line of text that an auditor will read.
fn line(doing: &'static str, text: impl Into<String>) -> Result<String, Error> {
    let text = text.into();
    let fits = !text.trim().is_empty() && text.len() <= REASON_BYTES;
    if fits && !text.chars().any(char::is_control) {
        return Ok(text);
    }
    let why = "a name or reason is not one line of 1 to 200 bytes";
    Err(Error::unfit("reason.line", doing, why, "give one line that an auditor understands"))
}

fn no_tenant(doing: &'static str, id: &TenantId) -> Error {
    let why = format!("there is no company {id}");
    Error::unfit("tenant.unknown", doing, why, "create the company first")
}
