//! The layer: everything that has to happen around a handler, so that no handler can forget it.
//!
//! On the way in it refuses requests that are too large or come from another site, and stores the
//! gate and the cookie jar in the request extensions. On the way out it renders a problem as the
//! client accepts it, and writes the cookies.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, HttpBody as _};
use axum::extract::Request;
use axum::http::header::{ACCEPT, REFERRER_POLICY};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use countersign_core::Purpose;
use http_body_util::Limited;
use tower::{Layer, Service};

use crate::addresses::{ANOTHER_WAY, CODE, CODE_AGAIN, LINK_APP, STEP_UP, STEP_UP_AGAIN, STOPPED};
use crate::browser::Browser;
use crate::csrf::check_origin;
use crate::gate::{Gate, OfLayer};
use crate::jar::Jar;
use crate::pages::ProblemPage;
use crate::problem::{Problem, Redirect};
use crate::redirect_path::RedirectPath;
use crate::step_up_link::StepUpLink;

/// The layer of a [`Gate`]: add it after the last route that uses countersign.
///
/// ```
/// # fn wire(gate: countersign_axum::Gate) -> axum::Router {
/// axum::Router::new().merge(gate.routes()).layer(gate.layer())
/// # }
/// ```
#[doc(alias = "csrf")]
#[doc(alias = "middleware")]
#[derive(Debug, Clone)]
pub struct GateLayer {
    gate: Gate,
}

impl Gate {
    /// The layer that everything here needs: add it after the last route.
    #[must_use]
    pub fn layer(&self) -> GateLayer {
        GateLayer { gate: self.clone() }
    }
}

impl<S> Layer<S> for GateLayer {
    type Service = GateService<S>;

    fn layer(&self, inner: S) -> GateService<S> {
        GateService { gate: self.gate.clone(), inner }
    }
}

/// A service behind the layer of a [`Gate`].
#[derive(Debug, Clone)]
pub struct GateService<S> {
    gate: Gate,
    inner: S,
}

impl<S> Service<Request> for GateService<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        // The one that was made ready answers; its clone takes its place.
        let clone = self.inner.clone();
        let inner = std::mem::replace(&mut self.inner, clone);
        let gate = self.gate.clone();
        Box::pin(async move { Ok(serve(gate, inner, request).await) })
    }
}

async fn serve<S>(gate: Gate, mut inner: S, request: Request) -> Response
where
    S: Service<Request, Response = Response, Error = Infallible> + Send,
    S::Future: Send,
{
    let (mut parts, body) = request.into_parts();
    let config = gate.config();
    let jar = Jar::from_headers(&parts.headers, config.cookie_scheme);
    parts.extensions.insert(OfLayer(gate.clone()));
    parts.extensions.insert(config.clone());
    parts.extensions.insert(jar.clone());
    let browser = Browser::new(config.clone(), jar.clone(), parts.clone());
    let mut response = match admit(&gate, &parts, &body) {
        Ok(()) => {
            let body = Body::new(Limited::new(body, config.bounds.body));
            answer(&gate, inner.call(Request::from_parts(parts, body))).await
        }
        Err(problem) => problem.into_response(),
    };
    if is_step_without_route(&browser, &response) {
        response = Problem::routes_missing(browser.parts().uri.path()).into_response();
    }
    if let Some(problem) = response.extensions_mut().remove::<Problem>() {
        response = show(&gate, &browser, &problem).await;
    }
    jar.write(response.headers_mut());
    response
}

/// Whether a request may come in at all.
fn admit(gate: &Gate, parts: &Parts, body: &Body) -> Result<(), Problem> {
    let config = gate.config();
    let size = |(name, value): (&axum::http::HeaderName, &HeaderValue)| {
        name.as_str().len() + value.len() + 4
    };
    if parts.headers.iter().map(size).sum::<usize>() > config.bounds.headers {
        let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
        let title = "This request has more headers than we take. Delete the cookies of this site.";
        return Err(Problem::new(status, "request.headers_too_large", title));
    }
    let path = parts.uri.path();
    if !config.open_to_others.iter().any(|open| path.starts_with(open.as_str())) {
        check_origin(parts, config.origin.as_deref())?;
    }
    let most = u64::try_from(config.bounds.body).unwrap_or(u64::MAX);
    if body.size_hint().lower() > most {
        return Err(Problem::too_large());
    }
    Ok(())
}

async fn answer(
    gate: &Gate,
    answering: impl Future<Output = Result<Response, Infallible>> + Send,
) -> Response {
    let Some(time) = gate.config().bounds.answering else {
        return answering.await.unwrap_or_else(|never| match never {});
    };
    match tokio::time::timeout(time, answering).await {
        Ok(answered) => answered.unwrap_or_else(|never| match never {}),
        Err(_) => {
            tracing::error!(target: "countersign", "a request took longer than the gate's deadline");
            let title = "This took too long. Try again.";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "request.deadline", title).into_response()
        }
    }
}

/// Whether this browser was sent to a step, and no route of the host answers there.
///
/// A stranger who tries the address without being in a login gets the 404 of the host.
fn is_step_without_route(browser: &Browser, response: &Response) -> bool {
    if response.status() != StatusCode::NOT_FOUND
        || response.extensions().get::<Problem>().is_some()
    {
        return false;
    }
    match browser.parts().uri.path() {
        CODE | CODE_AGAIN | LINK_APP | ANOTHER_WAY => browser.ticket().is_some(),
        STOPPED => browser.flash().is_some(),
        STEP_UP | STEP_UP_AGAIN => StepUpLink::from_request(browser).is_some(),
        _ => false,
    }
}

/// A problem in the form that the client asked for.
async fn show(gate: &Gate, browser: &Browser, problem: &Problem) -> Response {
    if !wants_page(&browser.parts().headers) {
        return problem.to_json_response();
    }
    let parts = browser.parts();
    let here = parts.uri.path_and_query().and_then(|place| RedirectPath::new(place.as_str()));
    // Only what was asked for with a GET can be asked for again after the login. A route that asks
    // for a fresh proof shares its address with a page.
    let asked = here.clone().filter(|_| parts.method == Method::GET);
    let mut response = match problem.redirect() {
        Redirect::Login => match asked {
            Some(here) => gate.login_page().with_next(&here).see_other(),
            None => gate.login_page().see_other(),
        },
        Redirect::StepUp { purpose, .. } => {
            let back = if *purpose == Purpose::Strengthen { asked } else { here };
            let back = back.unwrap_or_else(|| gate.home().clone());
            match browser.step_up(purpose, &back) {
                Ok(place) => place.see_other(),
                Err(problem) => problem.to_json_response(),
            }
        }
        Redirect::Nothing => {
            let page = ProblemPage { browser, problem };
            let mut page = gate.pages().problem(page).await;
            *page.status_mut() = problem.status();
            page
        }
    };
    problem.write_headers(response.headers_mut());
    response.headers_mut().insert(REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    response
}

/// Whether this client wants to read a page: browsers that navigate say so, programs do not.
fn wants_page(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(ACCEPT).iter().filter_map(|accept| accept.to_str().ok());
    accepts.into_iter().any(|accept| accept.contains("text/html"))
}
