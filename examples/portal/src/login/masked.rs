//! Masked addresses, for eyes and for ears.

use countersign::EmailAddress;
use maud::{Markup, html};

use super::words::Words;
use crate::language::Language;

/// A masked address, and how it is read aloud.
pub(super) fn masked(address: &str, language: Language) -> Markup {
    let words = Words::of(language);
    let spoken = match address.split_once('@') {
        Some((local, domain)) => {
            let first = local.chars().next().filter(|first| *first != '•');
            let first = first.map(|first| format!("{first}, ")).unwrap_or_default();
            let domain = domain.replace('.', &format!(" {} ", words.dot));
            format!("{first}{}, {} {domain}", words.hidden, words.at)
        }
        None => address.to_owned(),
    };
    html! {
        span.masked {
            bdi dir="ltr" aria-hidden="true" { (address) }
            span.spoken { (spoken) }
        }
    }
}

/// A whole address, masked.
pub(crate) fn masked_of(address: &EmailAddress, language: Language) -> Markup {
    masked(&address.masked(), language)
}
