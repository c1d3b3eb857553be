//! What an administrator looks at; nothing here changes anything.

use super::handle::{Admin, MOST_ROWS};
use crate::account::Event;
use crate::mail::Texts;
use crate::mfa::error::{Error, WhileDoing as _};
use crate::mfa::mfa::Mfa;
use crate::mfa::user::{ListedUser, User};
use crate::store::Listed;
use crate::types::{EventId, Pseudonym, UserId};

impl Admin {
    /// A page of users, in the order of their ids, each with what is required of them and why.
    ///
    /// A page has at most 200 users; continue after the last id. A user whose account cannot be read
    /// is listed by the id alone, and the others as ever.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::ListedUser;
    ///
    /// let page = admin.users(None, 1).await?;
    /// let [ListedUser::User(ada)] = &page[..] else { panic!("a page of one") };
    /// assert_eq!(ada.resolution.to_string(), "Email MFA, because of the company setting");
    ///
    /// let page = admin.users(Some(ada.user_id.clone()), 50).await?;
    /// assert_eq!(page[0].user_id().as_str(), "ben");
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unfit` if there is no such tenant. `Unavailable` or `Corrupt`.
    pub async fn users(
        &self,
        after: Option<UserId>,
        limit: usize,
    ) -> Result<Vec<ListedUser>, Error> {
        const DOING: &str = "list users";
        let (tenant, now) = self.load_tenant(DOING).await?;
        let listed = self
            .engine
            .store
            .accounts(&self.tenant, after, limit.min(MOST_ROWS))
            .await
            .while_doing(DOING)?;
        let minimum = self.engine.limits.minimum;
        let user = |Listed { user_id, account }| match account {
            Ok(account) => {
                ListedUser::User(User::of(minimum, &tenant, user_id, &account.value, now))
            }
            Err(_) => ListedUser::Damaged(user_id),
        };
        Ok(listed.into_iter().map(user).collect())
    }

    /// One user of the tenant, if there is one with that id.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::UserId;
    ///
    /// assert!(admin.user(UserId::new("ben")?).await?.is_some());
    /// assert!(admin.user(UserId::new("zoe")?).await?.is_none());
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`.
    pub async fn user(&self, user: UserId) -> Result<Option<User>, Error> {
        let engine = self.engine.clone();
        Mfa { engine }.user(&self.key(user)).await
    }

    /// The tenant's own mail texts; [`Texts::standard`] holds those that it starts from.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::Locale;
    /// use countersign_core::mail::{MailKind, Template};
    ///
    /// let english = Locale::english();
    /// let body = "Your code: {code}\n\nIt works until {until}.";
    /// let text = Template::parse(MailKind::LoginCode, &english, "Your freight code", body)?;
    /// assert_eq!(admin.mail_texts().await?.iter().count(), 0);
    /// admin.set_mail_text(text.clone()).await?;
    /// assert_eq!(admin.mail_texts().await?.get(MailKind::LoginCode, &english), Some(&text));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`.
    pub async fn mail_texts(&self) -> Result<Texts, Error> {
        self.engine.store.mail_texts(&self.tenant).await.while_doing("read the mail texts")
    }

    /// A page of the tenant's activity log, newest first.
    ///
    /// A page has at most 200 events; continue before the last id.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let mut admin = demo.admin().await;
    /// use countersign_core::account::EventKind;
    ///
    /// let page = admin.events(None, 50).await?;
    /// let newest = page.first().expect("the administrator has just logged in");
    /// assert!(matches!(newest.what, EventKind::Accepted { .. }));
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`.
    pub async fn events(&self, before: Option<EventId>, limit: usize) -> Result<Vec<Event>, Error> {
        let events =
            self.engine.store.events(&self.tenant, None, before, limit.min(MOST_ROWS)).await;
        events.while_doing("read the activity log")
    }

    /// A page of what happened to one user, newest first: also why a mail to them was not sent
    /// ([`EventKind::MailNotSent`](crate::account::EventKind::MailNotSent)). One read.
    ///
    /// A page has at most 200 events; continue before the last id.
    ///
    /// ```
    /// # countersign_testkit::Demo::run(async |demo| {
    /// # let admin = demo.admin().await;
    /// use countersign_core::UserId;
    ///
    /// let ada = admin.user(UserId::new("ada")?).await?.expect("she is a user");
    /// for event in admin.events_of(ada.pseudonym, None, 10).await? {
    ///     assert_eq!(event.account, Some(ada.pseudonym));
    /// }
    /// # Ok(())
    /// # });
    /// ```
    ///
    /// # Errors
    ///
    /// `Unavailable` or `Corrupt`.
    pub async fn events_of(
        &self,
        user: Pseudonym,
        before: Option<EventId>,
        limit: usize,
    ) -> Result<Vec<Event>, Error> {
        let user = Some(user);
        let events =
            self.engine.store.events(&self.tenant, user, before, limit.min(MOST_ROWS)).await;
        events.while_doing("read what happened to a user")
    }
}
