//! The gate's steps in the portal's look.

use std::fmt;

use async_trait::async_trait;
use axum::response::{IntoResponse as _, Response};
use countersign::{AccountKey, User};
use countersign_axum::{
    AnotherWayPage, Browser, CodePage, LinkAppPage, Pages, ProblemPage, StoppedPage,
};

use super::words::Words;
use super::{code, link, stopped};
use crate::design::frame::Page;
use crate::design::visit::Visit;
use crate::design::when::When;
use crate::state::Portal;

/// How the steps of a login look in this portal.
pub(crate) struct PortalPages(pub(crate) Portal);

impl fmt::Debug for PortalPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PortalPages")
    }
}

impl PortalPages {
    /// Who looks. Where even that cannot be found out, the page is shown to a stranger.
    async fn visit(&self, browser: &Browser) -> Result<Visit, Response> {
        let visit = match Visit::of(&self.0, browser).await {
            Ok(visit) => Ok(visit),
            Err(_) => Visit::of_stranger(&self.0, browser),
        };
        visit.map_err(|problem| problem.into_response())
    }

    /// How this visitor reads moments.
    fn when(&self, visit: &Visit) -> When {
        When { language: visit.language, now: self.0.mfa().now() }
    }

    /// The account of a person whose password was right. The page works without it too.
    async fn find_person(&self, key: &AccountKey) -> Option<User> {
        let why = "the ways to log in";
        let operator = self.0.mfa().operator(key.tenant().clone(), "the portal", why).ok()?;
        operator.user(key.user().clone()).await.ok()?
    }
}

#[async_trait]
impl Pages for PortalPages {
    async fn code(&self, page: CodePage<'_>) -> Response {
        let visit = match self.visit(page.browser).await {
            Ok(visit) => visit,
            Err(response) => return response,
        };
        let mark = page.challenge.mail.as_ref().map(|mail| mail.reference.as_str());
        let view = code::View {
            when: self.when(&visit),
            challenge: page.challenge,
            said: page.flash.as_ref(),
            form: &page.form,
            again: page.again.as_ref(),
            another_way: page.another_way,
            leave: &page.leave,
            sending: mark.and_then(|mark| self.0.post().of(mark)),
            code_life: self.0.mfa().limits().email_code_life,
        };
        Page::new(&visit, view.title())
            .of_company(page.challenge.tenant_name.as_str())
            .with_error(view.has_error())
            .show(&view.show())
    }

    async fn link_app(&self, page: LinkAppPage<'_>) -> Response {
        let visit = match self.visit(page.browser).await {
            Ok(visit) => visit,
            Err(response) => return response,
        };
        let view = link::View {
            when: self.when(&visit),
            enrollment: page.enrollment,
            said: page.flash.as_ref(),
            form: &page.form,
            leave: &page.leave,
        };
        Page::new(&visit, view.title())
            .of_company(page.enrollment.tenant_name.as_str())
            .with_error(view.has_error())
            .show(&view.show())
    }

    async fn another_way(&self, page: AnotherWayPage<'_>) -> Response {
        let visit = match self.visit(page.browser).await {
            Ok(visit) => visit,
            Err(response) => return response,
        };
        let person = self.find_person(&page.challenge.key).await;
        Page::new(&visit, Words::of(visit.language).choose_way)
            .of_company(page.challenge.tenant_name.as_str())
            .with_error(page.flash.as_ref().is_some_and(|said| !said.is_good()))
            .show(&stopped::list_ways(&page, person.as_ref(), self.when(&visit)))
    }

    async fn stopped(&self, page: StoppedPage<'_>) -> Response {
        let visit = match self.visit(page.browser).await {
            Ok(visit) => visit,
            Err(response) => return response,
        };
        let (title, body) = stopped::describe_stop(&page, self.when(&visit));
        Page::new(&visit, title).show(&body)
    }

    async fn problem(&self, page: ProblemPage<'_>) -> Response {
        let visit = match self.visit(page.browser).await {
            Ok(visit) => visit,
            Err(response) => return response,
        };
        let (title, body) = stopped::describe_problem(page.problem, visit.language);
        Page::new(&visit, title).show(&body)
    }
}
