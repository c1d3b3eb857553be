//! What an administrator does to the tenant as a whole.

use super::handle::{Admin, MOST_ROWS, Saved, Start, ahead};
use super::permit::Weight;
use crate::account::EventKind;
use crate::mail::Template;
use crate::mfa::engine::{Scope, Work};
use crate::mfa::error::{Cause, Error, WhileDoing as _};
use crate::mfa::preview::{Affected, Preview, effect, preview};
use crate::policy::{LONGEST_GRACE, Policy};
use crate::types::{Generation, UserId};

impl Admin {
    /// Saves the tenant's policy, if the previewed one is still in force. One read, one write,
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
            let unfit = Cause::unfit("policy.roles", why, "name at most 32");
            return Err(unfit.while_doing(DOING));
        }
        let id = self.tenant.clone();
        let next = |admin: &Self, work: &Work| -> Result<Policy, Cause> {
            let latest = work.now.plus(LONGEST_GRACE);
            let grace = start.grace().map(|until| ahead(until, work.now, latest)).transpose()?;
            Ok(policy.clone().following(admin.tenant_in(work)?.policy(), grace))
        };
        let weigh = |admin: &Self, work: &Work| {
            let looser = next(admin, work)?.is_looser_than(admin.tenant_in(work)?.policy());
            Ok(if looser { Weight::Lowering } else { Weight::Plain })
        };
        self.act(DOING, Scope::Tenant(&id), weigh, |admin, work| {
            let next = next(admin, work)?;
            let old = admin.tenant_in(work)?;
            let current = old.policy().clone();
            let revision = old.policy_revision();
            if revision != previewed {
                work.touch_tenant = false;
                return Ok(Some(Saved::Changed { current, revision }));
            }
            if next == current {
                work.touch_tenant = false;
                return Ok(Some(Saved::Saved { revision }));
            }
            let before = current.required();
            let after = next.required();
            let revision = revision.wrapping_add(1);
            if let Some(tenant) = &mut work.tenant {
                tenant.policy = next;
                tenant.policy_revision = revision;
            }
            let what = EventKind::PolicyChanged { before, after, revision };
            admin.engine.record(&admin.tenant, admin.actor(), what, work)?;
            Ok(Some(Saved::Saved { revision }))
        })
        .await
    }

    /// What a policy would do, by the same rules that decide logins. Nothing is changed.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such tenant. The world broke.
    pub async fn preview(&self, policy: &Policy, start: Start) -> Result<Preview, Error> {
        const DOING: &str = "preview a policy";
        let (tenant, now) = self.load_tenant(DOING).await?;
        let counts = self.engine.store.counts(&self.tenant).await.while_doing(DOING)?;
        let next = policy.clone().following(tenant.policy(), start.grace());
        Ok(preview(self.engine.limits.minimum, &tenant, &next, &counts, now))
    }

    /// A page of the people whom a preview counts, in the order of their ids, each with what the
    /// policy would do to them. Nothing is changed.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such tenant. The world broke.
    pub async fn affected(
        &self,
        policy: &Policy,
        start: Start,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<Affected>, Error> {
        const DOING: &str = "preview a policy user by user";
        let (tenant, now) = self.load_tenant(DOING).await?;
        let listed = self
            .engine
            .store
            .accounts(&self.tenant, after, limit.min(MOST_ROWS))
            .await
            .while_doing(DOING)?;
        let next = policy.clone().following(tenant.policy(), start.grace());
        let minimum = self.engine.limits.minimum;
        let affected = listed.into_iter().map(|listed| {
            let facts = listed.account.value.facts();
            let effect = effect(minimum, &tenant, &next, &facts, now);
            Affected { user_id: listed.user_id, access: facts.access, effect }
        });
        Ok(affected.collect())
    }

    /// The policy in force and its revision.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such tenant. The world broke.
    pub async fn policy(&self) -> Result<(Policy, u64), Error> {
        let (tenant, _) = self.load_tenant("read the policy").await?;
        Ok((tenant.policy().clone(), tenant.policy_revision()))
    }

    /// Ends everything open in the tenant: every login, ticket and proof. One read, one write.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such tenant. Denied. The world broke.
    pub async fn sign_everybody_out(&mut self) -> Result<(), Error> {
        const DOING: &str = "sign a tenant out";
        let id = self.tenant.clone();
        self.act(
            DOING,
            Scope::Tenant(&id),
            |_, _| Ok(Weight::Plain),
            |admin, work| {
                admin.tenant_in(work)?;
                if let Some(tenant) = &mut work.tenant {
                    tenant.generation = Generation::next(tenant.generation);
                }
                let (actor, what) = (admin.actor(), EventKind::TenantSignedOut);
                admin.engine.record(&admin.tenant, actor, what, work).map(Some)
            },
        )
        .await
    }

    /// Gives the tenant a mail text of its own.
    ///
    /// # Errors
    ///
    /// Unfit if there is no such tenant, or it has 64 texts already. Denied. The world broke.
    pub async fn set_mail_text(&mut self, template: Template) -> Result<(), Error> {
        const DOING: &str = "change a mail text";
        let id = self.tenant.clone();
        self.act(
            DOING,
            Scope::MailTexts(&id),
            |_, _| Ok(Weight::Plain),
            |admin, work| {
                admin.tenant_in(work)?;
                if let Some(texts) = &mut work.texts {
                    texts.set(template.clone()).map_err(|error| {
                        Cause::unfit("mail.text", error.to_string(), "remove one first")
                    })?;
                }
                let (actor, what) = (admin.actor(), EventKind::MailTextChanged);
                admin.engine.record(&admin.tenant, actor, what, work).map(Some)
            },
        )
        .await
    }
}
