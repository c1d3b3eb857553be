//! The `otpauth` link in the strictest reading among apps: what this takes, every app takes.

use std::time::Duration;

use countersign_core::Secret;
use data_encoding::BASE32_NOPAD;
use percent_encoding::percent_decode_str;

use super::NotScanned;

/// RFC 4226, R6: a secret has at least 128 bits.
const SECRET_BYTES: usize = 16;

/// What a link says.
#[derive(Debug)]
pub(super) struct Link {
    pub(super) issuer: String,
    pub(super) label: String,
    pub(super) secret: Secret,
    pub(super) digits: u8,
    pub(super) period: Duration,
}

impl Link {
    /// A link that leaves everything out that has a usual value.
    pub(super) fn plain(issuer: String, label: String, secret: Secret) -> Self {
        Self { issuer, label, secret, digits: 6, period: Duration::from_secs(30) }
    }

    pub(super) fn parse(uri: &str) -> Result<Self, NotScanned> {
        let (path, query) = parts(uri)?;
        let (prefix, label) = names(&unescape(path)?)?;
        let mut issuer = None;
        let mut secret = None;
        let mut algorithm = None;
        let mut digits = None;
        let mut period = None;
        for field in query.split('&') {
            let (name, value) = field
                .split_once('=')
                .ok_or_else(|| NotScanned::because("a parameter has no value"))?;
            let place = match name {
                "issuer" => &mut issuer,
                "secret" => &mut secret,
                "algorithm" => &mut algorithm,
                "digits" => &mut digits,
                "period" => &mut period,
                _ => continue,
            };
            if place.replace(unescape(value)?).is_some() {
                return Err(NotScanned::because(format!("{name} is given twice")));
            }
        }
        if issuer.is_some() && prefix.is_some() && issuer != prefix {
            return Err(NotScanned::because("it names two different issuers"));
        }
        if algorithm.is_some_and(|algorithm| algorithm != "SHA1") {
            return Err(NotScanned::because("many apps know no other algorithm than SHA1"));
        }
        let secret = secret.ok_or_else(|| NotScanned::because("it holds no secret"))?;
        let issuer = issuer.or(prefix).unwrap_or_default();
        Ok(Self {
            digits: number(digits, 6, &[6, 8], "digits")?,
            period: Duration::from_secs(number(period, 30, &[15, 30, 60], "period")?),
            ..Self::plain(issuer, label, read_key(&secret)?)
        })
    }
}

/// A key as people type it: in either case, in groups.
pub(super) fn read_key(key: &str) -> Result<Secret, NotScanned> {
    let plain: String = key.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let plain = plain.trim_end_matches('=').to_ascii_uppercase();
    let bytes = BASE32_NOPAD
        .decode(plain.as_bytes())
        .map_err(|_| NotScanned::because("its secret is not in Base32"))?;
    if bytes.len() < SECRET_BYTES {
        return Err(NotScanned::because("its secret is shorter than 128 bits"));
    }
    Ok(Secret::new(bytes))
}

fn parts(uri: &str) -> Result<(&str, &str), NotScanned> {
    const START: &str = "otpauth://totp/";
    let plain = uri.bytes().all(|b| b.is_ascii_graphic());
    let start = uri.get(..START.len()).is_some_and(|start| start.eq_ignore_ascii_case(START));
    if !start || !plain {
        return Err(NotScanned::because("it is no link for an authenticator app"));
    }
    let rest = uri.get(START.len()..).unwrap_or_default();
    rest.split_once('?').ok_or_else(|| NotScanned::because("it holds no secret"))
}

/// Issuer and label, parted by the first colon. A second one would part them elsewhere in some app.
fn names(path: &str) -> Result<(Option<String>, String), NotScanned> {
    let (prefix, label) = match path.split_once(':') {
        Some((prefix, label)) => (Some(prefix.to_owned()), label),
        None => (None, path),
    };
    if label.contains(':') {
        return Err(NotScanned::because("its label holds a colon"));
    }
    if label.trim().is_empty() {
        return Err(NotScanned::because("it has no label"));
    }
    Ok((prefix, label.trim_start().to_owned()))
}

/// In the reading of RFC 3986, where a plus sign is a plus sign.
fn unescape(text: &str) -> Result<String, NotScanned> {
    let whole = |escape: &str| escape.get(..2).is_some_and(|hex| hex.bytes().all(is_hex));
    if !text.split('%').skip(1).all(whole) {
        return Err(NotScanned::because("a percent sign stands alone"));
    }
    match percent_decode_str(text).decode_utf8() {
        Ok(text) => Ok(text.into_owned()),
        Err(_) => Err(NotScanned::because("its text is not UTF-8")),
    }
}

fn is_hex(byte: u8) -> bool {
    byte.is_ascii_hexdigit()
}

fn number<T>(given: Option<String>, usual: T, known: &[T], name: &str) -> Result<T, NotScanned>
where
    T: std::str::FromStr + PartialEq + Copy,
{
    match given.map(|text| text.parse::<T>()) {
        None => Ok(usual),
        Some(Ok(number)) if known.contains(&number) => Ok(number),
        Some(_) => Err(NotScanned::because(format!("apps do not know this number of {name}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn a_link_that_apps_read_in_different_ways_is_refused_and_no_secret_is_told() {
        for (uri, why) in [
            ("https://larkfield.example/?S", "no link for an authenticator"),
            ("otpauth://hotp/ada?S&counter=1", "no link for an authenticator"),
            ("otpauth://totp/Larkfield Freight:ada?S", "no link for an authenticator"),
            ("otpauth://totp/", "no secret"),
            ("otpauth://totp/ada", "no secret"),
            ("otpauth://totp/ada?issuer=Larkfield", "no secret"),
            ("otpauth://totp/ada?S&S", "secret is given twice"),
            ("otpauth://totp/?S", "no label"),
            ("otpauth://totp/Larkfield:?S", "no label"),
            ("otpauth://totp/Larkfield:ada:x?S", "a colon"),
            ("otpauth://totp/Larkfield:ada%3Ax?S", "a colon"),
            ("otpauth://totp/Larkfield:ada?S&issuer=Lark", "two different issuers"),
            ("otpauth://totp/100%:ada?S", "percent sign stands alone"),
            ("otpauth://totp/%ff:ada?S", "not UTF-8"),
            ("otpauth://totp/ada?S&issuer", "no value"),
            ("otpauth://totp/ada?S&algorithm=SHA256", "SHA1"),
            ("otpauth://totp/ada?S&digits=7", "digits"),
            ("otpauth://totp/ada?S&period=0", "period"),
            ("otpauth://totp/ada?secret=GEZDGNBV", "128 bits"),
            ("otpauth://totp/ada?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", "Base32"),
        ] {
            let said = Link::parse(&uri.replace('S', SECRET)).unwrap_err().to_string();
            assert!(said.contains(why), "{uri}: {said}");
            assert!(!said.contains("GEZDGNBV"), "{said}");
        }
    }

    #[test]
    fn names_are_read_as_they_were_meant() {
        for (path, issuer, label) in [
            ("ada?S", "", "ada"),
            ("ada?S&issuer=Larkfield", "Larkfield", "ada"),
            ("Larkfield:ada?S", "Larkfield", "ada"),
            ("Larkfield%3A%20ada?S&issuer=Larkfield", "Larkfield", "ada"),
            ("A%26B+C:%C3%BC?S&issuer=A%26B+C&image=x", "A&B+C", "ü"),
        ] {
            let uri = format!("otpauth://totp/{}", path.replace('S', SECRET));
            let link = Link::parse(&uri).unwrap();
            assert_eq!((link.issuer.as_str(), link.label.as_str()), (issuer, label));
            assert_eq!(link.secret.expose(), b"12345678901234567890");
            assert_eq!((link.digits, link.period), (6, Duration::from_secs(30)));
        }
    }

    #[test]
    fn a_key_is_read_however_it_is_typed() {
        for key in [
            "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ",
            "gezd-gnbv-gy3t-qojq-gezd-gnbv-gy3t-qojq",
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ====",
        ] {
            assert_eq!(read_key(key).unwrap().expose(), b"12345678901234567890");
        }
    }
}
