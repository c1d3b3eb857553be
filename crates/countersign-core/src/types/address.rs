//! E-mail addresses: kept as typed, one mailbox each, safe in every header.
//!
//! Only the shape that ordinary mailboxes have is taken: no quoted local parts, no comments, no
//! lists, no addresses in angle brackets. Everything that has ever tricked a mailer into a second
//! recipient (`a,b@x`, `"x@evil" @corp`, CR LF) is thereby refused before it is stored.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use super::invalid_value::InvalidValue;
use super::visible::misleads;

const WORD: &str = "an e-mail address";
const NEXT: &str = "give one plain address such as ada@larkfield.example";

/// One mailbox: at most 254 bytes, compared with the domain in lower case and the rest exactly.
///
/// ```
/// use countersign_core::EmailAddress;
///
/// let address: EmailAddress = "ada@Larkfield.example".parse()?;
/// assert_eq!(address.as_str(), "ada@larkfield.example");
/// assert_eq!(address.masked(), "a••@larkfield.example");
/// # Ok::<(), countersign_core::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EmailAddress(Box<str>);

impl EmailAddress {
    /// Parses one address. The domain is lower-cased, and one in another script becomes the name that
    /// the internet knows it by (RFC 5891, UTS 46); nothing else is changed.
    ///
    /// ```
    /// use countersign_core::EmailAddress;
    ///
    /// let address = EmailAddress::new("ada@Bücher.example")?;
    /// assert_eq!(address.as_str(), "ada@xn--bcher-kva.example");
    /// # Ok::<(), countersign_core::InvalidValue>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidValue`] if it is not one plain address. The address itself is not in the error.
    pub fn new(text: &str) -> Result<Self, InvalidValue> {
        let refuse = |why: &str| Err(InvalidValue::new(WORD, why, NEXT));
        if text.len() > 254 {
            return refuse("it is longer than 254 bytes");
        }
        let Some((local, domain)) = text.split_once('@') else {
            return refuse("it has no @");
        };
        if domain.contains('@') {
            return refuse("it has more than one @");
        }
        let local_ok = !local.is_empty()
            && local.len() <= 64
            && local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(is_atom))
            && !local.starts_with('-');
        if !local_ok {
            return refuse("the part before the @ is not plain");
        }
        let Some(domain) = in_ascii(domain) else {
            return refuse("the part after the @ is not a domain name");
        };
        let domain_ok = domain.contains('.')
            && domain.split('.').all(|label| {
                !label.is_empty()
                    && label.len() <= 63
                    && !label.starts_with('-')
                    && !label.ends_with('-')
                    && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            });
        if !domain_ok {
            return refuse("the part after the @ is not a domain name");
        }
        if local.len() + 1 + domain.len() > 254 {
            return refuse("it is longer than 254 bytes");
        }
        Ok(Self(format!("{local}@{}", domain.to_ascii_lowercase()).into_boxed_str()))
    }

    /// The address, for an envelope or a header.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The domain: what stands after the `@`, in lower case.
    ///
    /// ```
    /// use countersign_core::EmailAddress;
    ///
    /// let address: EmailAddress = "ada@Larkfield.example".parse()?;
    /// assert_eq!(address.domain(), "larkfield.example");
    /// # Ok::<(), countersign_core::InvalidValue>(())
    /// ```
    #[must_use]
    pub fn domain(&self) -> &str {
        self.0.split_once('@').map_or("", |(_, domain)| domain)
    }

    /// The address with most of the user's name hidden.
    ///
    /// The mask has the same length for every name; a name of one character is hidden whole.
    #[must_use]
    pub fn masked(&self) -> String {
        let (local, domain) = self.0.split_once('@').unwrap_or(("", &self.0));
        let mut letters = local.chars();
        match (letters.next(), letters.next()) {
            (Some(first), Some(_)) => format!("{first}••@{domain}"),
            _ => format!("••@{domain}"),
        }
    }
}

/// The domain as DNS knows it; nothing if there can be none of this name.
fn in_ascii(domain: &str) -> Option<Cow<'_, str>> {
    match domain.is_ascii() {
        true => Some(Cow::Borrowed(domain)),
        false => idna::domain_to_ascii_strict(domain).ok().map(Cow::Owned),
    }
}

/// The `atext` of RFC 5322, and letters of other scripts (RFC 6531).
fn is_atom(c: char) -> bool {
    c.is_ascii_alphanumeric()
        || "!#$%&'*+-/=?^_`{|}~".contains(c)
        || (!c.is_ascii() && c.is_alphanumeric() && !misleads(c))
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for EmailAddress {
    type Err = InvalidValue;

    fn from_str(text: &str) -> Result<Self, InvalidValue> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_could_reach_a_second_mailbox_is_refused() {
        let hostile = [
            "attacker@x.example,victim@y.example",
            "\"x@evil.example\" @corp.example",
            "\"x@evil.example\"@corp.example",
            "a@b.example\r\nBcc: c@d.example",
            "<a@b.example>",
            "a@b.example (c@d.example)",
            "-oQ/tmp@b.example",
            "a b@c.example",
            "a@b@c.example",
            "a@localhost",
            "a@.example",
            "a..b@c.example",
            ".a@c.example",
            "@c.example",
            "a@",
            "a",
            "",
        ];
        for address in hostile {
            assert!(EmailAddress::new(address).is_err(), "{address:?}");
        }
    }

    #[test]
    fn a_domain_in_another_script_is_one_mailbox_however_it_is_typed() {
        for (typed, sent) in [
            ("ada@b\u{fc}cher.example", "ada@xn--bcher-kva.example"),
            ("ada@B\u{dc}CHER.example", "ada@xn--bcher-kva.example"),
            ("ada@bu\u{308}cher.example", "ada@xn--bcher-kva.example"),
            ("ada@xn--bcher-kva.example", "ada@xn--bcher-kva.example"),
            ("ada@\u{4f8b}\u{3048}\u{3002}\u{30c6}\u{30b9}\u{30c8}", "ada@xn--r8jz45g.xn--zckzah"),
            ("zo\u{eb}@stra\u{df}e.example", "zo\u{eb}@xn--strae-oqa.example"),
        ] {
            assert_eq!(EmailAddress::new(typed).unwrap().as_str(), sent);
        }
        let long =
            format!("{}@{}.example", "a".repeat(60), vec!["\u{fc}".repeat(20); 12].join("."));
        for hostile in [
            "ada@b\u{fc}cher\u{ff20}x.example",
            "ada@b\u{fc}cher\u{ff0c}x.example",
            "ada@b\u{fc}cher\u{202e}.example",
            "ada@b\u{fc}cher x.example",
            "ada@b\u{fc}cher",
            "ada@-b\u{fc}cher.example",
            "ada@b\u{fc}cher..example",
            "ada@\u{301}b\u{fc}cher.example",
            &long,
        ] {
            assert!(EmailAddress::new(hostile).is_err(), "{hostile:?}");
        }
    }

    #[test]
    fn the_name_is_never_folded_into_another_mailbox() {
        let dotless = EmailAddress::new("m\u{131}ke@x.example").unwrap();
        assert_ne!(dotless, EmailAddress::new("mike@x.example").unwrap());
        assert_ne!(dotless, EmailAddress::new("Mike@x.example").unwrap());
    }

    #[test]
    fn a_mask_does_not_tell_how_long_a_name_is() {
        for (address, masked) in [
            ("a@x.example", "••@x.example"),
            ("ab@x.example", "a••@x.example"),
            ("averylongname@x.example", "a••@x.example"),
        ] {
            assert_eq!(EmailAddress::new(address).unwrap().masked(), masked);
        }
    }
}
