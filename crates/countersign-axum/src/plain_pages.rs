//! The pages of a gate that was given none: plain, accessible, in English.
//!
//! They need no script, load nothing, and read well in light and dark and at any size. They are
//! meant to be good enough to go live with, and as an example for pages of your own.

use async_trait::async_trait;
use axum::http::HeaderValue;
use axum::http::header::CONTENT_SECURITY_POLICY;
use axum::response::{Html, IntoResponse, Response};
use countersign_core::{Challenge, Locale, Method, Purpose, Timestamp};
use countersign_qr::Qr;
use data_encoding::BASE64;
use sha2::{Digest as _, Sha256};

use crate::flash::Flash;
use crate::pages::{
    AnotherWayPage, CodePage, LinkAppPage, PageForm, Pages, ProblemPage, StoppedPage,
};

/// Plain pages of the adapter's own, in English.
#[derive(Debug, Clone)]
pub struct PlainPages {
    policy: HeaderValue,
}

impl Default for PlainPages {
    fn default() -> Self {
        let style = BASE64.encode(&Sha256::digest(STYLE));
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; \
             frame-ancestors 'none'"
        );
        let none = HeaderValue::from_static("default-src 'none'");
        Self { policy: HeaderValue::from_str(&policy).unwrap_or(none) }
    }
}

#[async_trait]
impl Pages for PlainPages {
    async fn code(&self, page: CodePage<'_>) -> Response {
        let challenge = page.challenge;
        let mut body = show_flash(page.flash.as_ref(), page.now);
        body.push_str(&show_purpose(&challenge.purpose));
        let title = match challenge.method {
            Method::Email => {
                body.push_str(&describe_mail(challenge));
                "Check your e-mail"
            }
            Method::App => {
                let entry = escape(&challenge.hint);
                body.push_str(&format!("<p>Enter the code it shows for {entry}.</p>"));
                "Open your authenticator app"
            }
        };
        body.push_str(&code_form(&page.form, challenge.digits, button_label(&challenge.purpose)));
        if let Some(again) = &page.again {
            body.push_str(&resend_form(again, challenge, page.now));
        }
        body.push_str(&links(&[
            (page.another_way, "Use another way"),
            (Some(&page.leave), leave_label(&challenge.purpose)),
        ]));
        self.page(title, challenge.tenant_name.as_str(), is_error(page.flash.as_ref()), &body)
    }

    async fn link_app(&self, page: LinkAppPage<'_>) -> Response {
        let enrollment = page.enrollment;
        let name = format!("QR code for {}; the key below does the same", enrollment.app.issuer());
        let uri = enrollment.app.uri().expose();
        let picture = Qr::encode(uri).map(|qr| qr.svg(&name)).unwrap_or_default();
        let mut body = show_flash(page.flash.as_ref(), page.now);
        body.push_str(&show_purpose(&enrollment.purpose));
        body.push_str(&format!(
            "<p>You do this once.</p><ol>\
             <li>Get an app that reads this kind of QR code, if you have none.</li>\
             <li>Scan the code with it.<div class=\"qr\">{picture}</div>\
             <p><a href=\"{}\" rel=\"noreferrer\">On this phone? Open in app</a></p>\
             <p>Cannot scan? Type this key: <code dir=\"ltr\">{}</code> \
             (time based, {} digits, 30 seconds)</p></li>\
             <li>Enter the code it shows.</li></ol>",
            escape(uri),
            escape(enrollment.app.key().expose()),
            enrollment.digits,
        ));
        body.push_str(&code_form(&page.form, enrollment.digits, button_label(&enrollment.purpose)));
        body.push_str(&links(&[(Some(&page.leave), leave_label(&enrollment.purpose))]));
        let company = enrollment.tenant_name.as_str();
        self.page("Set up your authenticator app", company, is_error(page.flash.as_ref()), &body)
    }

    async fn another_way(&self, page: AnotherWayPage<'_>) -> Response {
        let mut body = show_flash(page.flash.as_ref(), page.now);
        if page.challenge.others.is_empty() {
            body.push_str("<p>There is no other way for this login. Ask your administrator.</p>");
        }
        for method in &page.challenge.others {
            let words = match method {
                Method::Email => "Send a code by e-mail",
                Method::App => "Use the authenticator app",
            };
            body.push_str(&format!(
                "<form method=\"post\" action=\"{}\">{}<button name=\"method\" value=\"{}\">{words}\
                 </button></form>",
                escape(&page.form.action),
                page.form.csrf.to_html(),
                AnotherWayPage::value_of(*method),
            ));
        }
        body.push_str(&links(&[(Some(page.back), "Back"), (Some(&page.leave), "Start over")]));
        let company = page.challenge.tenant_name.as_str();
        self.page("Choose another way to log in", company, is_error(page.flash.as_ref()), &body)
    }

    async fn stopped(&self, page: StoppedPage<'_>) -> Response {
        let english = Locale::english();
        let message = page.why.message(&english, page.now);
        let mut body = format!("<p>{}</p>", escape(&message));
        body.push_str(&links(&[
            (page.back.as_deref(), "Try again"),
            (page.another_way, "Use another way"),
            (Some(&page.leave), "Log in again"),
        ]));
        self.page(page.why.title(&english), "", false, &body)
    }

    async fn problem(&self, page: ProblemPage<'_>) -> Response {
        let problem = page.problem;
        let mut body = format!("<p>{}</p>", escape(problem.title()));
        if let Some(detail) = problem.detail() {
            body.push_str(&format!("<p>{}</p>", escape(detail)));
        }
        if let Some(reference) = problem.reference() {
            body.push_str(&format!("<p>Reference: {}</p>", escape(reference)));
        }
        self.page("That did not work", "", false, &body)
    }
}

impl PlainPages {
    fn page(&self, title: &str, company: &str, error: bool, body: &str) -> Response {
        let title = escape(title);
        let company = escape(company);
        let prefix = if error { "Error: " } else { "" };
        let of = if company.is_empty() { String::new() } else { format!(" - {company}") };
        let html = format!(
            "<!doctype html><html lang=\"en\" dir=\"ltr\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width\">\
             <title>{prefix}{title}{of}</title><style>{STYLE}</style></head>\
             <body><main><p>{company}</p><h1>{title}</h1>{body}</main></body></html>"
        );
        let mut response = Html(html).into_response();
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, self.policy.clone());
        response
    }
}

fn show_flash(flash: Option<&Flash>, now: Timestamp) -> String {
    let message = |flash: &Flash| escape(&flash.message(&Locale::english(), now));
    match flash {
        Some(flash) if flash.is_good() => {
            format!("<p role=\"status\">{}</p>", message(flash))
        }
        Some(flash) => format!(
            "<div class=\"error\" tabindex=\"-1\" autofocus><a href=\"#code\">{}</a></div>",
            message(flash)
        ),
        None => String::new(),
    }
}

fn is_error(flash: Option<&Flash>) -> bool {
    flash.is_some_and(|flash| !flash.is_good())
}

fn show_purpose(purpose: &Purpose) -> String {
    match purpose {
        Purpose::Login => String::new(),
        other => format!("<p>Confirm that it is you: {}.</p>", escape(&other.to_string())),
    }
}

fn button_label(purpose: &Purpose) -> &'static str {
    if *purpose == Purpose::Login { "Login" } else { "Confirm" }
}

fn leave_label(purpose: &Purpose) -> &'static str {
    if *purpose == Purpose::Login { "Start over" } else { "Cancel" }
}

fn describe_mail(challenge: &Challenge) -> String {
    let to = escape(&challenge.hint);
    let digits = challenge.digits;
    let until = challenge.mail.as_ref().map_or(challenge.ends, |mail| mail.works_until);
    let mark = challenge.mail.as_ref().map(|mail| mail.reference.as_str()).unwrap_or_default();
    format!(
        "<p>We sent a {digits}-digit code to <bdi>{to}</bdi>. It works until {}. \
         The mail is marked {}.</p>",
        time(until),
        escape(mark),
    )
}

fn code_form(form: &PageForm, digits: u8, button: &str) -> String {
    format!(
        "<form method=\"post\" action=\"{}\">{}<label for=\"code\">Security code</label>\
         <p id=\"hint\">{digits} digits; spaces are fine</p>\
         <input id=\"code\" name=\"code\" type=\"text\" inputmode=\"numeric\" dir=\"ltr\" \
         autocomplete=\"one-time-code\" spellcheck=\"false\" aria-describedby=\"hint\">\
         <button>{button}</button></form>",
        escape(&form.action),
        form.csrf.to_html(),
    )
}

fn resend_form(form: &PageForm, challenge: &Challenge, now: Timestamp) -> String {
    let resend_at = challenge.mail.as_ref().and_then(|mail| mail.resend_at);
    let early = match resend_at {
        Some(at) if at > now => format!("<p>Possible again at {}.</p>", time(at)),
        _ => String::new(),
    };
    format!(
        "<details><summary>Not in your inbox?</summary><p>Look in spam or junk. A mail can take a \
         minute.</p>{early}<form method=\"post\" action=\"{}\">{}<button>Send a new code</button>\
         </form></details>",
        escape(&form.action),
        form.csrf.to_html(),
    )
}

fn links(links: &[(Option<&str>, &str)]) -> String {
    let link = |(place, words): &(Option<&str>, &str)| {
        place.map(|place| format!("<li><a href=\"{}\">{words}</a></li>", escape(place)))
    };
    format!("<ul>{}</ul>", links.iter().filter_map(link).collect::<String>())
}

/// A time of day, with its date for machines.
fn time(at: Timestamp) -> String {
    let whole = at.to_string();
    let clock = whole.get(11..16).unwrap_or(&whole);
    format!("<time datetime=\"{whole}\">{clock} UTC</time>")
}

/// Text as HTML shows it, in an attribute too.
fn escape(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => written.push_str("&amp;"),
            '<' => written.push_str("&lt;"),
            '>' => written.push_str("&gt;"),
            '"' => written.push_str("&quot;"),
            '\'' => written.push_str("&#39;"),
            other => written.push(other),
        }
    }
    written
}

const STYLE: &str = ":root{color-scheme:light dark;font:100%/1.5 system-ui,sans-serif}\
main{max-inline-size:34rem;margin:2rem auto;padding-inline:1rem}\
h1{font-size:1.6rem;line-height:1.2}\
label{display:block;font-weight:600}\
input,button{font:inherit;min-block-size:2.75rem;padding-inline:.75rem}\
input[type=text]{display:block;inline-size:100%;max-inline-size:14rem;letter-spacing:.2em;\
margin-block-end:1rem;box-sizing:border-box}\
button{cursor:pointer}\
details{margin-block:1rem}\
:focus-visible{outline:3px solid Highlight;outline-offset:2px}\
.error{border-inline-start:.3rem solid;padding:.5rem 1rem;margin-block:1rem}\
.qr{background:#fff;inline-size:14rem;max-inline-size:100%;margin-block:1rem}\
.qr svg{display:block;inline-size:100%;block-size:auto}\
code{overflow-wrap:anywhere;font-size:1.1rem}";
