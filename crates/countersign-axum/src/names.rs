//! Names of purposes and methods in addresses, forms and JSON, and the format of times there.

use countersign_core::login::{Purpose, Reason};
use countersign_core::types::{Method, Timestamp};

/// The word of a purpose in an address and in JSON.
pub(crate) fn purpose_name(purpose: &Purpose) -> String {
    match purpose {
        Purpose::Login => "login".to_owned(),
        Purpose::StepUp(reason) => format!("act.{}", reason.as_str()),
        Purpose::Administer => "administer".to_owned(),
        Purpose::LinkApp => "link-app".to_owned(),
        Purpose::ReplaceApp => "replace-app".to_owned(),
        Purpose::RemoveApp(id) => format!("remove-app.{id}"),
        Purpose::ConfirmAddress => "confirm-address".to_owned(),
        _ => "unknown".to_owned(),
    }
}

/// The purpose that a word names; a login is none that could be asked for so.
pub(crate) fn parse_purpose(word: &str) -> Option<Purpose> {
    Some(match (word, word.split_once('.')) {
        ("administer", _) => Purpose::Administer,
        ("link-app", _) => Purpose::LinkApp,
        ("replace-app", _) => Purpose::ReplaceApp,
        ("confirm-address", _) => Purpose::ConfirmAddress,
        (_, Some(("remove-app", id))) => Purpose::RemoveApp(id.parse().ok()?),
        (_, Some(("act", reason))) => Purpose::StepUp(Reason::new(reason).ok()?),
        _ => return None,
    })
}

/// The method of a name that [`method_name`] gives, as forms and JSON send it.
pub(crate) fn parse_method(name: &str) -> Option<Method> {
    [Method::Email, Method::App].into_iter().find(|method| method_name(*method) == name)
}

/// The name of a method in forms and JSON.
pub(crate) fn method_name(method: Method) -> &'static str {
    match method {
        Method::Email => "email",
        Method::App => "app",
        _ => "other",
    }
}

/// A time as RFC 3339 has it: `2026-11-24T14:32:00Z`.
pub(crate) fn write_time(at: Timestamp) -> String {
    at.to_string().replacen(' ', "T", 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_core::types::AuthenticatorId;

    #[test]
    fn every_purpose_but_a_login_is_read_back_from_its_word() {
        for purpose in [
            Purpose::Administer,
            Purpose::LinkApp,
            Purpose::ReplaceApp,
            Purpose::RemoveApp(AuthenticatorId::from_bytes([7; 16])),
            Purpose::ConfirmAddress,
            Purpose::StepUp(Reason::new("payment 4711 & more").unwrap()),
        ] {
            assert_eq!(parse_purpose(&purpose_name(&purpose)), Some(purpose));
        }
        for bad in
            ["", "login", "act", "act.", "act.\n", "remove-app", "remove-app.x", "Administer"]
        {
            assert_eq!(parse_purpose(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_time_on_the_wire_is_rfc_3339() {
        let at = Timestamp::from_seconds(1_795_530_720);
        assert_eq!(write_time(at), "2026-11-24T14:32:00Z");
    }
}
