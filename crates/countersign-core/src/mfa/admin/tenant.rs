//! What an administrator does to the tenant as a whole.

use super::handle::{Admin, MOST_ROWS, Saved, Start, ahead};
use super::permit::Weight;
use crate::account::EventKind;
use crate::mail::{Template, Texts};
use crate::mfa::engine::{Scope, Work};
use crate::mfa::error::{Cause, Error, WhileDoing as _};
use crate::mfa::preview::{Affected, Preview, effect, preview};
use crate::mfa::written::few_roles;
use crate::policy::{Access, LONGEST_GRACE, Policy};
use crate::types::{Generation, UserId};

impl Admin {
    /// Saves the tenant's policy, if the previewed revision is still in force.
    ///
    /// It costs one read and one write, however many users there are, and holds from the next login
    /// of each. No mail is sent. A session that is open goes on;
    /// [`Mfa::open_session`](crate::Mfa::open_session) says that more is required by now.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::{Policy, Requirement, Saved, Start};
    ///
    /// let (_, revision) = admin.policy().await?;
    /// let policy = Policy::requiring(Requirement::App);
    /// let saved = admin.set_policy(policy.clone(), revision, Start::Now).await?;
    /// assert!(matches!(saved, Saved::Saved { .. }));
    ///
    /// // The revision is a new one by now, so another save has to look again.
    /// let saved = admin.set_policy(policy, revision, Start::Now).await?;
    /// assert!(matches!(saved, Saved::Changed { .. }));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if grace ends in the past or more than 90 days ahead, or for more than 32 roles.
    /// `Denied` as for each act of [`Admin`] that makes logins weaker, if the policy is looser.
    /// `Unavailable`, `Contended` or `Corrupt`: nothing was changed. `OutcomeUnknown`: look, then
    /// try again.
    pub async fn set_policy(
        &mut self,
        policy: Policy,
        previewed: u64,
        start: Start,
    ) -> Result<Saved, Error> {
        const DOING: &str = "save a policy";
        few_roles(&policy).while_doing(DOING)?;
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

    /// Counts what a policy would do, by the same rules that decide logins. It changes nothing.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::{Policy, Requirement, Start};
    ///
    /// let preview = admin.preview(&Policy::requiring(Requirement::App), Start::Now).await?;
    /// assert_eq!(preview.users, 2);
    /// assert_eq!(preview.ready, 1);
    /// assert_eq!(preview.will_link_an_app, 1);
    /// assert!(!preview.last_admin_locked_out);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such tenant. `Unavailable` or `Corrupt`.
    pub async fn preview(&self, policy: &Policy, start: Start) -> Result<Preview, Error> {
        const DOING: &str = "preview a policy";
        let (tenant, now) = self.load_tenant(DOING).await?;
        let counts = self.engine.store.counts(&self.tenant).await.while_doing(DOING)?;
        let next = policy.clone().following(tenant.policy(), start.grace());
        Ok(preview(self.engine.limits.minimum, &tenant, &next, &counts, now))
    }

    /// A page of the users whom a preview counts, in the order of their ids, each with what the
    /// policy would do to them. It changes nothing.
    ///
    /// A page has at most 200 users; continue after the last id.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::{NextLogin, Policy, Requirement, Start};
    ///
    /// let policy = Policy::requiring(Requirement::App);
    /// let page = admin.affected(&policy, Start::Now, None, 50).await?;
    /// let ben = page.iter().find(|one| one.user_id.as_str() == "ben").expect("Ben is a user");
    /// let effect = ben.effect.as_ref().expect("Ben is not switched off");
    /// assert_eq!(effect.login, NextLogin::LinksApp);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such tenant. `Unavailable` or `Corrupt`.
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
            let user_id = listed.user_id;
            let Ok(account) = listed.account else {
                return Affected { user_id, access: Access::User, effect: None };
            };
            let facts = account.value.facts();
            let effect = effect(minimum, &tenant, &next, &facts, now);
            Affected { user_id, access: facts.access, effect }
        });
        Ok(affected.collect())
    }

    /// The policy in force and its revision.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::Requirement;
    ///
    /// let (policy, _revision) = admin.policy().await?;
    /// assert_eq!(policy.required(), Requirement::Email);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such tenant. `Unavailable` or `Corrupt`.
    pub async fn policy(&self) -> Result<(Policy, u64), Error> {
        let (tenant, _) = self.load_tenant("read the policy").await?;
        Ok((tenant.policy().clone(), tenant.policy_revision()))
    }

    /// Ends everything open in the tenant: every login, ticket and proof, this administrator's too.
    ///
    /// It costs one read and one write, however many users there are.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// # let mfa = &demo.mfa;
    /// # let key = &demo.ben;
    /// use countersign_core::SessionCheck;
    ///
    /// # let sealed = mfa.seal(&demo.log_in(key).await)?;
    /// admin.sign_everybody_out().await?;
    /// assert!(matches!(mfa.open_session(&sealed).await?, SessionCheck::Ended(_)));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such tenant. `Denied` as for each act of [`Admin`]. `Unavailable`,
    /// `Contended` or `Corrupt`: nothing was changed. `OutcomeUnknown`: look, then try again.
    pub async fn sign_everybody_out(&mut self) -> Result<(), Error> {
        const DOING: &str = "sign a tenant out";
        let id = self.tenant.clone();
        self.change(DOING, Scope::Tenant(&id), EventKind::TenantSignedOut, |work| {
            if let Some(tenant) = &mut work.tenant {
                tenant.generation = Generation::next(tenant.generation);
            }
            Ok(())
        })
        .await
    }

    /// Gives the tenant a mail text of its own, for one kind of mail in one language.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// # let key = &demo.ben;
    /// # let courier = &demo.courier;
    /// use countersign_core::Locale;
    /// use countersign_core::mail::{MailKind, Template};
    ///
    /// let body = "Your code: {code}\n\nIt works until {until}.";
    /// let english = Locale::english();
    /// let text = Template::parse(MailKind::LoginCode, &english, "Your freight code", body)?;
    /// admin.set_mail_text(text).await?;
    ///
    /// # demo.challenge(key).await;
    /// # courier.drain().await?;
    /// # let mail = demo.inbox.last().expect("a code was mailed");
    /// assert!(mail.subject().starts_with("Your freight code"));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such tenant, or it has 64 texts already. `Denied` as for each act of
    /// [`Admin`]. `Unavailable`, `Contended` or `Corrupt`: nothing was changed. `OutcomeUnknown`:
    /// look, then try again.
    pub async fn set_mail_text(&mut self, template: Template) -> Result<(), Error> {
        const DOING: &str = "change a mail text";
        let id = self.tenant.clone();
        self.change(DOING, Scope::MailTexts(&id), EventKind::MailTextChanged, |work| {
            if let Some(texts) = &mut work.texts {
                texts.set(template.clone()).map_err(|error| {
                    Cause::unfit("mail.text", error.to_string(), "remove one first")
                })?;
            }
            Ok(())
        })
        .await
    }

    /// Takes back every mail text of the tenant's own: mails go out in the words of
    /// [`Texts::standard`](crate::mail::Texts::standard).
    ///
    /// It reads none of them, so it also mends texts that are damaged.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// admin.reset_mail_texts().await?;
    /// assert_eq!(admin.mail_texts().await?.iter().count(), 0);
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such tenant. `Denied` as for each act of [`Admin`]. `Unavailable`,
    /// `Contended` or `Corrupt`: nothing was changed. `OutcomeUnknown`: call it again.
    pub async fn reset_mail_texts(&mut self) -> Result<(), Error> {
        const DOING: &str = "take back the mail texts";
        let id = self.tenant.clone();
        self.change(DOING, Scope::Tenant(&id), EventKind::MailTextChanged, |work| {
            work.texts = Some(Texts::default());
            Ok(())
        })
        .await
    }

    /// A change of the tenant that makes no login weaker, and its event.
    async fn change(
        &mut self,
        doing: &'static str,
        scope: Scope<'_>,
        what: EventKind,
        change: impl Fn(&mut Work) -> Result<(), Cause> + Send + Sync,
    ) -> Result<(), Error> {
        self.act(
            doing,
            scope,
            |_, _| Ok(Weight::Plain),
            |admin, work| {
                admin.tenant_in(work)?;
                change(work)?;
                let actor = admin.actor();
                admin.engine.record(&admin.tenant, actor, what.clone(), work).map(Some)
            },
        )
        .await
    }
}
