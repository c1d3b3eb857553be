//! `/dev/mail`: every mail that the portal sent, to read as a person would and as a program would.
//!
//! The HTML of a mail is shown in a frame without script, without an origin and with a policy of its
//! own, exactly as carefully as if a stranger had written it.

use axum::Router;
use axum::extract::{Form, Path, Query, State};
use axum::http::header::{CONTENT_SECURITY_POLICY, X_FRAME_OPTIONS};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use countersign::Mail;
use maud::{Markup, html};
use serde::Deserialize;

use super::layout::{Tongue, Tool, page, time};
use super::words::Words;
use crate::options::MailBy;
use crate::tools::Tools;
use crate::tools::inbox::{Fate, Post, Treatment};

pub(super) fn routes() -> Router<Tools> {
    Router::new()
        .route("/dev/mail", get(list))
        .route("/dev/mail/next", post(treat))
        .route("/dev/mail/{number}", get(read))
        .route("/dev/mail/{number}/frame", get(frame))
}

async fn list(State(tools): State<Tools>, Tongue(language): Tongue) -> Html<String> {
    let words = Words::of(language);
    let body = match &tools.mail_by {
        MailBy::Inbox => html! {
            (posts(&tools.inbox.posts(), words))
            (switch(tools.inbox.treatment(), words))
        },
        MailBy::Smtp(_) => html! { p { (words.elsewhere) } },
    };
    page(
        language,
        Tool::Mail,
        words.inbox,
        html! {
            p.soft { (words.inbox_lead) }
            ul.links { li { a href="/dev/mail" { (words.refresh) } } }
            (body)
        },
    )
}

fn posts(posts: &[Post], words: &Words) -> Markup {
    html! {
        @if posts.is_empty() {
            p.empty.soft { (words.inbox_empty) }
        } @else {
            ol.mails {
                @for post in posts {
                    li {
                        @if post.can_be_read() {
                            a.subject href={ "/dev/mail/" (post.number) } { bdi { (post.mail.subject()) } }
                        } @else {
                            span.subject { bdi { (post.mail.subject()) } }
                        }
                        span.at { (time(post.at)) }
                        span.to { (words.to) " " bdi { (post.mail.to().as_str()) } }
                        (fate(post.fate, words))
                    }
                }
            }
        }
    }
}

fn fate(fate: Fate, words: &Words) -> Markup {
    match fate {
        Fate::Delivered => html! { span.badge.good { (words.delivered) } },
        Fate::Refused => html! { span.badge.bad { (words.refused) } },
        Fate::Late { until } => html! { span.badge.wary { (words.late_until) " " (time(until)) } },
        Fate::NotTaken { tries } => html! { span.badge.bad { (words.not_taken) " " (tries) } },
    }
}

fn switch(now: Treatment, words: &Words) -> Markup {
    html! {
        form.card method="post" action="/dev/mail/next" {
            fieldset {
                legend { (words.switch) }
                @for treatment in Treatment::ALL {
                    label.choice {
                        input type="radio" name="treatment" value=(treatment.name()) checked[treatment == now];
                        span { (words.treatment(treatment)) }
                    }
                }
            }
            p.hint { (words.switch_hint) }
            button.quiet type="submit" { (words.set) }
        }
    }
}

#[derive(Deserialize)]
struct Treat {
    treatment: String,
}

async fn treat(State(tools): State<Tools>, Form(form): Form<Treat>) -> Redirect {
    if let Some(treatment) = Treatment::named(&form.treatment) {
        tools.inbox.set_treatment(treatment);
    }
    Redirect::to("/dev/mail")
}

/// How a mail is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    Text,
    Html,
    Source,
}

#[derive(Deserialize)]
struct Viewed {
    #[serde(rename = "as")]
    view: Option<String>,
}

impl Viewed {
    fn view(&self) -> View {
        match self.view.as_deref() {
            Some("html") => View::Html,
            Some("source") => View::Source,
            _ => View::Text,
        }
    }
}

fn find(tools: &Tools, number: &str) -> Option<Post> {
    tools.inbox.post(number.parse().ok()?)
}

async fn read(
    State(tools): State<Tools>,
    Tongue(language): Tongue,
    Path(number): Path<String>,
    Query(viewed): Query<Viewed>,
) -> Response {
    let Some(post) = find(&tools, &number) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let words = Words::of(language);
    let view = viewed.view();
    let body = html! {
        ul.links { li { a href="/dev/mail" { (words.all_mails) } } }
        dl.facts {
            dt { (words.to) } dd { bdi { (post.mail.to().as_str()) } }
            dt { (words.at) } dd { (time(post.at)) }
            dt { (words.state) } dd { (fate(post.fate, words)) }
        }
        (take(&post, words))
        nav.tabs aria-label=(words.inbox) {
            @for (other, name, label) in [
                (View::Text, "text", words.as_text),
                (View::Html, "html", words.as_html),
                (View::Source, "source", words.as_source),
            ] {
                a href={ "/dev/mail/" (post.number) "?as=" (name) }
                    aria-current=[(other == view).then_some("page")] { (label) }
            }
        }
        (show_view(&tools, &post, view, words))
    };
    let mut response = page(language, Tool::Mail, post.mail.subject(), body).into_response();
    if view == View::Html {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, WITH_FRAME);
    }
    response
}

/// The code or the link in a mail, with its button.
fn take(post: &Post, words: &Words) -> Markup {
    html! {
        @if let Some(code) = post.code() {
            p.take {
                span.soft { (words.code) }
                span #code { span.code dir="ltr" { (code) } }
                button.primary type="button" hidden data-copy="code" data-said="copied"
                    data-done=(words.copied) { (words.copy_code) }
                span #copied role="status" {}
            }
        }
        @if let Some(link) = post.link() {
            p.take { a.button href=(link) { (words.open_link) } }
        }
    }
}

fn show_view(tools: &Tools, post: &Post, view: View, words: &Words) -> Markup {
    let language = post.mail.locale().as_str();
    match view {
        View::Text => html! { pre.text lang=(language) dir="auto" { (post.mail.text()) } },
        View::Html => html! {
            iframe title=(words.as_html) sandbox=(SANDBOX) src={ "/dev/mail/" (post.number) "/frame" } {}
        },
        View::Source => {
            let source = tools.writer.as_ref().and_then(|writer| writer.source(&post.mail).ok());
            match source {
                Some(source) => html! { pre.source dir="ltr" { (source.expose()) } },
                None => html! { p { (words.no_source) } },
            }
        }
    }
}

async fn frame(State(tools): State<Tools>, Path(number): Path<String>) -> Response {
    match find(&tools, &number) {
        Some(post) => (
            [(CONTENT_SECURITY_POLICY, FRAME), (X_FRAME_OPTIONS, "SAMEORIGIN")],
            Html(in_frame(&post.mail)),
        )
            .into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// The mail's page, whose links leave the frame as those of a mail program leave the mail.
fn in_frame(mail: &Mail) -> String {
    mail.html().replacen("<head>", "<head>\n<base target=\"_top\">", 1)
}

const SANDBOX: &str = "allow-top-navigation-by-user-activation";

/// The policy of the portal, and a frame from the portal itself.
const WITH_FRAME: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
);

/// A mail may have colors. It may have no script, no picture, no form and no origin.
const FRAME: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; \
    frame-ancestors 'self'; sandbox allow-top-navigation-by-user-activation";
