//! Who looks at a page: their language, and who they are if they are logged in.

use axum::extract::{FromRequestParts, OptionalFromRequestParts};
use axum::http::request::Parts;
use countersign::policy::Standing;
use countersign::{AccountKey, Proof};
use countersign_axum::{Browser, CsrfFields, LoggedIn, Problem};

use crate::language::{LANGUAGE_COOKIE, Language};
use crate::state::Portal;
use crate::trouble::Trouble;

/// A visit to a page by anyone.
///
/// An extractor of the portal's handlers.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    pub(crate) browser: Browser,
    pub(crate) language: Language,
    pub(crate) member: Option<Member>,
    /// For the forms of the frame itself: the language, and logging out.
    pub(super) hidden: CsrfFields,
    /// Whether the demo's tools are there to be linked to.
    pub(super) demo: bool,
}

/// The person who is logged in, as the frame shows them.
#[derive(Debug, Clone)]
pub(crate) struct Member {
    pub(crate) key: AccountKey,
    pub(crate) name: String,
    pub(crate) company: String,
    pub(crate) is_admin: bool,
}

/// A visit by a person who is logged in; others are sent to the login.
///
/// An extractor of the portal's handlers.
#[derive(Debug)]
pub(crate) struct Inside {
    pub(crate) visit: Visit,
    pub(crate) who: LoggedIn,
    pub(crate) member: Member,
}

impl Visit {
    /// Who looks at the page that this request asks for.
    pub(crate) async fn of(portal: &Portal, browser: &Browser) -> Result<Self, Problem> {
        let mut parts = browser.parts().clone();
        let who = <LoggedIn as OptionalFromRequestParts<()>>::from_request_parts(&mut parts, &());
        let who = who.await?;
        Self::load(portal, browser, who.as_ref()).await
    }

    /// The same without a look-up, for pages that report an error.
    pub(crate) fn of_stranger(portal: &Portal, browser: &Browser) -> Result<Self, Problem> {
        let chosen = browser.cookie(LANGUAGE_COOKIE);
        let chosen = chosen.as_deref().and_then(Language::from_tag);
        let language = chosen.or_else(|| Language::from_headers(&browser.parts().headers));
        Ok(Self {
            browser: browser.clone(),
            language: language.unwrap_or_default(),
            member: None,
            hidden: browser.csrf_fields()?,
            demo: portal.tools().is_some(),
        })
    }

    async fn load(
        portal: &Portal,
        browser: &Browser,
        who: Option<&LoggedIn>,
    ) -> Result<Self, Problem> {
        let member = match who {
            Some(who) => Member::of(portal, who.proof()).await?,
            None => None,
        };
        Ok(Self { member, ..Self::of_stranger(portal, browser)? })
    }
}

impl Member {
    async fn of(portal: &Portal, proof: &Proof) -> Result<Option<Self>, Problem> {
        let key = proof.key().clone();
        let person = portal.people().find(&key).await.map_err(to_problem)?;
        let company = portal.people().company(key.tenant()).await.map_err(to_problem)?;
        let known = portal.mfa().oneself(proof).await?;
        let (Some(person), Some(company), Some(known)) = (person, company, known) else {
            return Ok(None);
        };
        let is_admin = known.facts.standing == Standing::Admin;
        Ok(Some(Self { key, name: person.name(), company: company.name, is_admin }))
    }
}

impl FromRequestParts<Portal> for Visit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let browser = Browser::from_request_parts(parts, portal).await?;
        Self::of(portal, &browser).await
    }
}

impl FromRequestParts<Portal> for Inside {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, portal: &Portal) -> Result<Self, Problem> {
        let who = <LoggedIn as FromRequestParts<Portal>>::from_request_parts(parts, portal).await?;
        let browser = Browser::from_request_parts(parts, portal).await?;
        let visit = Visit::load(portal, &browser, Some(&who)).await?;
        match visit.member.clone() {
            Some(member) => Ok(Self { visit, who, member }),
            // Removed this very moment.
            None => Err(no_such_person()),
        }
    }
}

fn no_such_person() -> Problem {
    Problem::new(axum::http::StatusCode::NOT_FOUND, "person.gone", "This person is not here.")
}

/// Trouble in a handler: logged, with a reference for the person.
pub(crate) fn to_problem(trouble: Trouble) -> Problem {
    Problem::internal(&*trouble)
}

/// Carries an act of several steps to its end. A handler ends where it stands when its browser hangs
/// up, as one does whose button is pressed twice; a task goes on.
pub(crate) async fn run_to_end<T: Send + 'static>(
    act: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(act).await.map_err(|error| to_problem(error.into()))?
}
