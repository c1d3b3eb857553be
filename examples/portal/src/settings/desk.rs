//! Who administers: the extractor of every settings page.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::response::Response;
use countersign::{AccountKey, Admin, Purpose, TenantId, Timestamp, User};
use countersign_axum::{Gate, Problem, RedirectPath};
use maud::{Markup, html};

use super::roll::Roll;
use super::shelf::Shelf;
use super::words::Words;
use crate::design::parts::hidden;
use crate::design::visit::{Inside, Member, Visit};
use crate::design::when::When;
use crate::state::Portal;

/// An administrator at work, for one request. Everyone else gets *Page not found*.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) portal: Portal,
    pub(super) visit: Visit,
    pub(super) member: Member,
    pub(super) admin: Admin,
    pub(super) shelf: Shelf,
}

impl FromRequestParts<Portal> for Desk {
    type Rejection = Problem;

    /// A step-up for administering, if there is a fresh one, and else the session: every act asks
    /// for the step-up itself, and says where the person goes on afterwards.
    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let Inside { visit, who, member } = Inside::from_request_parts(parts, portal).await?;
        let gate = Gate::from_request_parts(parts, portal).await?;
        let admin = gate.admin(&visit.browser, who).await?;
        let shelf = parts.extensions.get::<Shelf>().cloned().unwrap_or_default();
        Ok(Self { portal: portal.clone(), visit, member, admin, shelf })
    }
}

impl Desk {
    pub(super) fn words(&self) -> &'static Words {
        Words::of(self.visit.language)
    }

    pub(super) fn now(&self) -> Timestamp {
        self.portal.mfa().now()
    }

    pub(super) fn when(&self) -> When {
        When { language: self.visit.language, now: self.now() }
    }

    pub(super) fn company(&self) -> &TenantId {
        self.member.key.tenant()
    }

    /// Everyone in the company.
    pub(super) async fn roll(&self) -> Result<Roll, Problem> {
        Roll::of(&self.portal, &self.admin, self.company()).await
    }

    /// The administrator, as countersign sees them.
    pub(super) async fn own_account(&self) -> Result<User, Problem> {
        let found = self.admin.user(self.member.key.user().clone()).await?;
        found.ok_or_else(not_found)
    }

    pub(super) fn is_oneself(&self, key: &AccountKey) -> bool {
        self.member.key == *key
    }

    /// The way to a step-up and then back to `back`, if an act would ask for one now.
    pub(super) fn step_up(&self, back: &str) -> Result<Option<Response>, Problem> {
        if self.admin.asks_again().is_none() {
            return Ok(None);
        }
        let back = RedirectPath::new(back).ok_or_else(not_found)?;
        let step_up = self.visit.browser.step_up(&Purpose::Administer, &back)?;
        Ok(Some(step_up.see_other()))
    }

    /// The hidden fields of every form.
    pub(super) fn hidden(&self) -> Result<Markup, Problem> {
        Ok(hidden(&self.visit.browser.csrf_fields()?))
    }

    /// A form that is one button.
    pub(super) fn one_button(&self, place: &str, words: &str) -> Result<Markup, Problem> {
        Ok(html! {
            form method="post" action=(place) {
                (self.hidden()?)
                button.quiet type="submit" { (words) }
            }
        })
    }
}

/// Whether a person has a second step, in any state. Lowering rules requires one.
pub(super) fn holds_one(account: &User) -> bool {
    use countersign::Method;
    use countersign::policy::AppState;
    account.facts.app != AppState::None || account.facts.held.has(Method::Email)
}

/// The answer that sends a browser to a place of ours.
pub(super) fn see(place: &str) -> Result<Response, Problem> {
    RedirectPath::new(place).map(|place| place.see_other()).ok_or_else(not_found)
}

pub(super) fn not_found() -> Problem {
    let status = axum::http::StatusCode::NOT_FOUND;
    Problem::new(status, "page.unknown", "There is no such page.")
}
