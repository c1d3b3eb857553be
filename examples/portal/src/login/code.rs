//! The page of a security code, from a mail or from an app, in a login or in a step-up.

use std::time::Duration;

use countersign::login::Mailed;
use countersign::{Challenge, Method, Purpose, Refusal, Timestamp};
use countersign_axum::{Flash, PageForm};
use maud::{Markup, html};

use super::masked::masked;
use super::said::{self, From, refusal_sentence};
use super::words::Words;
use crate::design::moment::soonest;
use crate::design::parts::{Field, disclosure, error_summary, hidden, quiet_button, status};
use crate::design::when::When;
use crate::post::{SENDER, Sending};

/// The content of the page.
pub(super) struct View<'a> {
    pub(super) when: When,
    pub(super) challenge: &'a Challenge,
    pub(super) said: Option<&'a Flash>,
    pub(super) form: &'a PageForm,
    pub(super) again: Option<&'a PageForm>,
    pub(super) another_way: Option<&'a str>,
    pub(super) leave: &'a str,
    pub(super) sending: Option<Sending>,
    pub(super) code_life: Duration,
}

/// How long a mail without a delivery state counts as on its way.
const ON_ITS_WAY: Duration = Duration::from_secs(30);

impl View<'_> {
    pub(super) fn title(&self) -> &'static str {
        let words = Words::of(self.when.language);
        match (&self.challenge.purpose, self.challenge.method) {
            (Purpose::Login, Method::Email) => words.check_mail,
            (Purpose::Login, Method::App) => words.open_app,
            (_, Method::Email | Method::App) => words.confirm_you,
        }
    }

    pub(super) fn has_error(&self) -> bool {
        self.error().is_some()
    }

    fn from(&self) -> From {
        if self.challenge.method == Method::Email { From::Mail } else { From::App }
    }

    fn error(&self) -> Option<String> {
        said::error(self.said, self.from(), self.when)
    }

    pub(super) fn show(&self) -> Markup {
        let words = Words::of(self.when.language);
        let error = self.error();
        let summary: Vec<_> = error.iter().map(|sentence| ("code", sentence.as_str())).collect();
        let until = self.challenge.mail.as_ref().map_or(self.challenge.ends, |m| m.works_until);
        let hint = (words.code_hint)(self.challenge.digits);
        let field = Field::code(words.code).hint(&hint).error(error.as_deref());
        let is_login = self.challenge.purpose == Purpose::Login;
        html! {
            (error_summary(self.when.language, &summary))
            @if let Some(news) = said::news(self.said, until, self.when) { (status(&news)) }
            @if let Some(why) = reason(&self.challenge.purpose, words) { p { (why) } }
            (self.instructions(words, until))
            form method="post" action=(self.form.action) {
                (hidden(&self.form.csrf))
                (field.focused(error.is_none()).show(self.when.language))
                button.primary type="submit" data-working=(words.checking) {
                    (if is_login { words.login } else { words.confirm })
                }
            }
            @match &self.challenge.mail {
                Some(mail) => (self.help_with_mail(words, mail)),
                None => (self.help_with_app(words)),
            }
            ul.links {
                @if let Some(place) = self.another_way {
                    li { a href=(place) { (words.another_way) } }
                }
                li { a href=(self.leave) {
                    (if is_login { words.start_over } else { words.cancel })
                } }
            }
        }
    }

    fn instructions(&self, words: &Words, until: Timestamp) -> Markup {
        let time = self.when.near_on_page(until);
        let Some(mail) = &self.challenge.mail else {
            let entry = html! { strong { bdi { (self.challenge.hint) } } };
            return html! { p { ((words.in_the_app)(&entry)) } };
        };
        let digits = self.challenge.digits;
        let to = masked(&self.challenge.hint, self.when.language);
        match self.sending {
            Some(Sending::Slow) => html! { div.notice { p { ((words.mail_slow)(&time)) } } },
            Some(Sending::Refused) => {
                html! { div.notice { p { ((words.mail_refused)(&to)) } } }
            }
            None if self.is_young(mail) => html! { p { ((words.mailing)(digits, &to, &time)) } },
            Some(Sending::Taken) | None => html! { p { ((words.mailed)(digits, &to, &time)) } },
        }
    }

    /// Whether the mail was asked for a moment ago.
    fn is_young(&self, mail: &Mailed) -> bool {
        self.when.now < mail.works_until.minus(self.code_life).plus(ON_ITS_WAY)
    }

    fn help_with_mail(&self, words: &Words, mail: &Mailed) -> Markup {
        let sender = html! { bdi dir="ltr" { (SENDER) } };
        let mark = html! { strong { bdi dir="ltr" { (mail.reference) } } };
        let body = html! {
            ul {
                li { (words.spam) }
                li { (words.a_minute) }
                li { ((words.sender)(&sender)) }
                li { ((words.marked)(&mark)) }
            }
            @if let Some(again) = self.again {
                form method="post" action=(again.action) {
                    (hidden(&again.csrf))
                    (quiet_button(words.send_again))
                }
                @match mail.resend_at {
                    Some(at) if at > self.when.now => {
                        p.hint { ((words.possible_at)(&self.when.near_on_page(soonest(at)))) }
                    }
                    Some(_) => {}
                    None => p.hint { (refusal_sentence(Refusal::SentOften, self.when)) },
                }
            }
        };
        disclosure(words.not_in_inbox, &body)
    }

    fn help_with_app(&self, words: &Words) -> Markup {
        let entry = html! { bdi { (self.challenge.hint) } };
        let body = html! {
            ul {
                li { ((words.is_it_entry)(&entry)) }
                li { (words.clock_automatic) }
                li { (words.wait_for_next) }
            }
        };
        disclosure(words.not_accepted, &body)
    }
}

/// The reason why a code is asked for, and the next step.
pub(super) fn reason(purpose: &Purpose, words: &Words) -> Option<Markup> {
    let (why, lasts) = match purpose {
        Purpose::Login => return None,
        Purpose::Administer => (words.to_administer, true),
        Purpose::LinkApp => (words.to_link, false),
        Purpose::ReplaceApp => (words.to_replace, false),
        Purpose::RemoveApp(_) => (words.to_remove, false),
        Purpose::ConfirmAddress => (words.to_confirm_address, false),
        Purpose::Strengthen => (words.to_stay, false),
        Purpose::StepUp(_) | Purpose::ChangeAddress => (words.to_go_on, true),
    };
    Some(html! { (why) @if lasts { " " (words.confirmed_for) } })
}
