//! Names of purposes in addresses and JSON, and the lengths of time that headers count.

use std::time::Duration;

use countersign_core::Purpose;
use countersign_core::login::StepUpReason;

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
        (_, Some(("act", reason))) => Purpose::StepUp(StepUpReason::new(reason).ok()?),
        _ => return None,
    })
}

/// A length of time as headers have it: whole seconds, rounded up, so that a wait is long enough.
pub(crate) fn whole_seconds(length: Duration) -> u64 {
    length.as_secs() + u64::from(length.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign_core::AuthenticatorId;

    #[test]
    fn every_purpose_but_a_login_is_read_back_from_its_word() {
        for purpose in [
            Purpose::Administer,
            Purpose::LinkApp,
            Purpose::ReplaceApp,
            Purpose::RemoveApp(AuthenticatorId::from_bytes([7; 16])),
            Purpose::ConfirmAddress,
            Purpose::StepUp(StepUpReason::new("payment 4711 & more").unwrap()),
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
    fn a_wait_is_rounded_up_to_whole_seconds() {
        assert_eq!(whole_seconds(Duration::from_millis(29_001)), 30);
        assert_eq!(whole_seconds(Duration::from_secs(30)), 30);
    }
}
