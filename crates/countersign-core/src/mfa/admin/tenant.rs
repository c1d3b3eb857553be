//! What an administrator does to the company as a whole.

use super::handle::{Admin, MOST_ROWS, Saved, Start, ahead};
use super::permit::{Permit, Weight};
use crate::account::EventKind;
use crate::mail::Template;
use crate::mfa::engine::Scope;
use crate::mfa::error::Error;
use crate::mfa::preview::{Affected, Preview, effect, preview};
use crate::policy::{LONGEST_GRACE, Policy};
use crate::types::{Generation, UserId};

impl Admin {
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
        self.act(DOING, Scope::Tenant(&id), |admin, work| {
            let latest = work.now.plus(LONGEST_GRACE);
            let grace = start.grace().map(|until| ahead(DOING, until, work.now, latest));
            let grace = grace.transpose()?;
            let old = admin.tenant_in(DOING, work)?.clone();
            let next = policy.clone().following(old.policy(), grace);
            let looser = next.is_looser_than(old.policy());
            let weight = if looser { Weight::Lowering } else { Weight::Plain };
            if let Permit::LookAgain = admin.permit(DOING, weight, work)? {
                return Ok(None);
            }
            let revision = old.policy_revision();
            if revision != previewed {
                work.touch_tenant = false;
                return Ok(Some(Saved::Changed { current: old.policy().clone(), revision }));
            }
            if next == *old.policy() {
                work.touch_tenant = false;
                return Ok(Some(Saved::Saved { revision }));
            }
            let (before, after) = (old.policy().required(), next.required());
            let revision = revision.wrapping_add(1);
            if let Some(tenant) = &mut work.tenant {
                tenant.policy = next;
                tenant.policy_revision = revision;
            }
            let what = EventKind::PolicyChanged { before, after, revision };
            admin.engine.record(DOING, &admin.tenant, admin.actor(), what, work)?;
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
        let census = self.engine.store.census(&self.tenant).await;
        let census = census.map_err(|error| Error::store(DOING, error))?;
        let next = policy.clone().following(tenant.policy(), start.grace());
        Ok(preview(self.engine.limits.floor, &tenant, &next, &census, now))
    }

    /// A page of the people whom a preview counts, in the order of their ids, each with what the
    /// policy would do to them. Nothing is changed.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such company. The world broke.
    pub async fn affected(
        &self,
        policy: &Policy,
        start: Start,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Affected>, Error> {
        const DOING: &str = "preview a policy person by person";
        let (tenant, now) = self.company(DOING).await?;
        let listed = self.engine.store.accounts(&self.tenant, after, limit.min(MOST_ROWS)).await;
        let listed = listed.map_err(|error| Error::store(DOING, error))?;
        let next = policy.clone().following(tenant.policy(), start.grace());
        let floor = self.engine.limits.floor;
        let affected = listed.into_iter().map(|listed| {
            let facts = listed.account.value.facts();
            let effect = effect(floor, &tenant, &next, &facts, now);
            Affected { user_id: listed.user_id, standing: facts.standing, effect }
        });
        Ok(affected.collect())
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
        self.act(DOING, Scope::Tenant(&id), |admin, work| {
            if let Permit::LookAgain = admin.permit(DOING, Weight::Plain, work)? {
                return Ok(None);
            }
            admin.tenant_in(DOING, work)?;
            if let Some(tenant) = &mut work.tenant {
                tenant.generation = Generation::next(tenant.generation);
            }
            let (actor, what) = (admin.actor(), EventKind::TenantSignedOut);
            admin.engine.record(DOING, &admin.tenant, actor, what, work).map(Some)
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
        self.act(DOING, Scope::Tenant(&id), |admin, work| {
            if let Permit::LookAgain = admin.permit(DOING, Weight::Plain, work)? {
                return Ok(None);
            }
            admin.tenant_in(DOING, work)?;
            if let Some(tenant) = &mut work.tenant {
                tenant.texts.set(template.clone()).map_err(|error| {
                    Error::unfit("mail.text", DOING, error.to_string(), "remove one first")
                })?;
            }
            let (actor, what) = (admin.actor(), EventKind::MailTextChanged);
            admin.engine.record(DOING, &admin.tenant, actor, what, work).map(Some)
        })
        .await
    }
}
