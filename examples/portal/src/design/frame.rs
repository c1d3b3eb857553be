//! The frame of a page: who is where, the menu, the language, help.

use axum::response::{Html, IntoResponse, Response};
use countersign_axum::RedirectPath;
use maud::{DOCTYPE, Markup, html};

use super::assets::addresses;
use super::parts::hidden;
use super::visit::{Member, Visit};
use super::words::Words;
use crate::language::Language;

/// The name of the product that these pages belong to.
const PRODUCT: &str = "Lantern";

/// The places of the main menu.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Section {
    Home,
    Account,
    General,
    Users,
    Activity,
}

/// The frame of a page, without its content.
#[derive(Debug)]
#[must_use = "show it"]
pub(crate) struct Page<'a> {
    visit: &'a Visit,
    title: &'a str,
    section: Option<Section>,
    company: Option<&'a str>,
    is_error: bool,
    wide: bool,
}

impl<'a> Page<'a> {
    /// A page with this title, which is also its heading.
    pub(crate) fn new(visit: &'a Visit, title: &'a str) -> Self {
        Self { visit, title, section: None, company: None, is_error: false, wide: false }
    }

    /// A page of the main menu, for a person who is logged in.
    pub(crate) fn in_section(visit: &'a Visit, section: Section, title: &'a str) -> Self {
        Self { section: Some(section), ..Self::new(visit, title) }
    }

    /// The company that the person is logging in to.
    pub(crate) fn of_company(mut self, company: &'a str) -> Self {
        self.company = Some(company).filter(|company| !company.is_empty());
        self
    }

    /// A form came back with something wrong: the title says so first.
    pub(crate) fn with_error(mut self, is_error: bool) -> Self {
        self.is_error = is_error;
        self
    }

    /// Room for a table.
    pub(crate) fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    /// The whole page.
    pub(crate) fn show(self, body: &Markup) -> Response {
        Html(self.markup(body).into_string()).into_response()
    }

    fn markup(&self, body: &Markup) -> Markup {
        let language = self.visit.language;
        let words = Words::of(language);
        let member = self.visit.member.as_ref();
        let company = member.map(|member| member.company.as_str()).or(self.company);
        let [style, script, icon] = addresses();
        let inside = member.is_some() && self.section.is_some();
        html! {
            (DOCTYPE)
            html lang=(language.tag()) dir=(language.direction()) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title {
                        @if self.is_error { (words.error) }
                        (self.title)
                        @if let Some(company) = company { " – " (company) }
                    }
                    link rel="icon" href=(icon) type="image/svg+xml";
                    link rel="stylesheet" href=(style);
                    script src=(script) defer {}
                }
                body.inside[inside] {
                    a.skip href="#content" { (words.skip) }
                    (self.top(words, company))
                    div.columns {
                        @if let Some((member, section)) = member.zip(self.section) {
                            (menu(words, member, section))
                        }
                        main #content tabindex="-1" .wide[self.wide] {
                            h1 { (self.title) }
                            (body)
                        }
                    }
                    (self.foot(words))
                }
            }
        }
    }

    fn top(&self, words: &Words, company: Option<&str>) -> Markup {
        let member = self.visit.member.as_ref();
        let home = if member.is_some() { "/home" } else { "/login" };
        html! {
            header.top {
                a.wordmark href=(home) { span.mark aria-hidden="true" {} span { (PRODUCT) } }
                @if let Some(company) = company { p.company { (company) } }
                @if let Some(member) = member {
                    div.person {
                        a href="/account/security" { (member.name) }
                        form method="post" action="/logout" {
                            (hidden(&self.visit.hidden))
                            button.quiet type="submit" { (words.log_out) }
                        }
                    }
                }
            }
        }
    }

    fn foot(&self, words: &Words) -> Markup {
        let here = self.visit.browser.parts().uri.path_and_query();
        let here = here.and_then(|here| RedirectPath::new(here.as_str()));
        let reads = self.visit.browser.parts().method == axum::http::Method::GET;
        let here = here.filter(|_| reads).map_or("/home".to_owned(), |here| here.to_string());
        html! {
            footer.foot {
                a href="/help" { (words.help) }
                form.languages method="post" action="/language" {
                    (hidden(&self.visit.hidden))
                    input type="hidden" name="next" value=(here);
                    span #languages { (words.language) ":" }
                    ul aria-labelledby="languages" {
                        @for language in Language::ALL {
                            li {
                                button.plain type="submit" name="language" value=(language.tag())
                                    lang=(language.tag()) dir=(language.direction())
                                    aria-current=[(language == self.visit.language).then_some("true")] {
                                    (language.own_name())
                                }
                            }
                        }
                    }
                }
                @if self.visit.demo {
                    nav.tools aria-label=(words.demo) {
                        span aria-hidden="true" { (words.demo) ":" }
                        ul {
                            li { a href="/dev/mail" { (words.inbox) } }
                            li { a href="/dev/phone" { (words.phone) } }
                            li { a href="/dev/clock" { (words.clock) } }
                        }
                    }
                }
            }
        }
    }
}

fn menu(words: &Words, member: &Member, here: Section) -> Markup {
    let link = |section: Section, place: &str, name: &str| {
        let current = (section == here).then_some("page");
        html! { li { a href=(place) aria-current=[current] { (name) } } }
    };
    html! {
        nav.menu aria-label=(words.main_menu) {
            details {
                summary { (words.main_menu) }
                ul {
                    (link(Section::Home, "/home", words.home))
                    (link(Section::Account, "/account/security", words.account))
                    @if member.is_admin {
                        li {
                            span.group #menu-settings { (words.settings) }
                            ul aria-labelledby="menu-settings" {
                                (link(Section::General, "/settings/general", words.general))
                                (link(Section::Users, "/settings/users", words.users))
                                (link(Section::Activity, "/settings/audit", words.activity))
                            }
                        }
                    }
                }
            }
        }
    }
}
