//! The page that links an authenticator app: a picture to scan, a key to type, a link to open.
//!
//! All three hold the secret, so they stand on this page alone, which nothing keeps.

use countersign::{Enrollment, Purpose, Qr};
use countersign_axum::{Flash, PageForm};
use maud::{Markup, PreEscaped, html};

use super::said::{self, From};
use super::words::Words;
use crate::design::parts::{Field, disclosure, error_summary, hidden};
use crate::design::when::When;

/// The content of the page.
pub(super) struct View<'a> {
    pub(super) when: When,
    pub(super) enrollment: &'a Enrollment,
    pub(super) said: Option<&'a Flash>,
    pub(super) form: &'a PageForm,
    pub(super) leave: &'a str,
}

impl View<'_> {
    pub(super) fn title(&self) -> &'static str {
        Words::of(self.when.language).link_app
    }

    pub(super) fn has_error(&self) -> bool {
        self.error().is_some()
    }

    fn error(&self) -> Option<String> {
        said::error(self.said, From::NewApp, self.when)
    }

    pub(super) fn show(&self) -> Markup {
        let words = Words::of(self.when.language);
        let error = self.error();
        let summary: Vec<_> = error.iter().map(|sentence| ("code", sentence.as_str())).collect();
        let hint = (words.code_hint)(self.enrollment.digits);
        let field = Field::code(words.code).hint(&hint).error(error.as_deref());
        let is_login = self.enrollment.purpose == Purpose::Login;
        html! {
            (error_summary(self.when.language, &summary))
            p { (if is_login { words.why_link } else { words.why_link_another }) }
            ol.steps {
                li {
                    h2 { (words.get_app) }
                    (disclosure(words.which_app, &html! {
                        ul { @for source in words.sources { li { (source) } } }
                    }))
                }
                li {
                    h2 { (words.scan) }
                    (self.scan(words))
                }
                li {
                    h2 { (words.enter_code) }
                    form method="post" action=(self.form.action) {
                        (hidden(&self.form.csrf))
                        (field.show(self.when.language))
                        button.primary type="submit" data-working=(words.checking) {
                            (if is_login { words.login } else { words.confirm })
                        }
                    }
                }
            }
            p.hint { ((words.works_until)(&self.when.near_on_page(self.enrollment.ends))) }
            ul.links {
                li { a href=(self.leave) {
                    (if is_login { words.start_over } else { words.cancel })
                } }
            }
        }
    }

    fn scan(&self, words: &Words) -> Markup {
        let app = &self.enrollment.app;
        let uri = app.uri().expose();
        let name = (words.picture)(app.issuer());
        // A link too long for any picture still has its key and its text.
        let picture = Qr::encode(uri).map(|qr| qr.svg(&name)).unwrap_or_default();
        html! {
            div.scan {
                div.plate { (PreEscaped(picture)) }
                div {
                    p.label { (words.on_this_phone) }
                    p { a href=(uri) rel="noreferrer" { (words.open_in_app) } }
                    p.label { (words.cannot_scan) }
                    p { ((words.type_key)(self.enrollment.digits)) }
                    code.key #key dir="ltr" translate="no" { (app.key().expose()) }
                    div.actions {
                        button.quiet type="button" hidden data-copy="key" data-said="copied"
                            data-done=(words.copied) { (words.copy_key) }
                        button.quiet type="button" hidden data-print { (words.print) }
                    }
                    p #copied role="status" {}
                }
            }
        }
    }
}
