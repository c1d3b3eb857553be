//! Where the mail server is and how safely it is reached, from one URL.
//!
//! Why it is safe: the URL decides once, at the start of the program, whether the connection is
//! encrypted, and no server can talk us out of it. An error names the part of the URL that is wrong
//! and repeats nothing of it, because a password with a `/` or an `@` in it can end up in any part.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};

use percent_encoding::percent_decode_str;
use zeroize::Zeroizing;

use crate::setup::SetupError;

/// A mail server, and how it is reached.
pub(crate) struct Server {
    pub(crate) host: String,
    pub(crate) port: u16,
    pub(crate) safety: Safety,
    pub(crate) login: Option<Login>,
}

/// How the connection is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Safety {
    /// TLS from the first byte.
    Tls,
    /// TLS after `STARTTLS`, or no mail.
    StartTls,
    /// Nothing to protect: the connection does not leave this machine, which is looked at.
    ThisMachine,
    /// Nothing, because the host said `danger_unencrypted`.
    Danger,
}

/// A user name and a password.
pub(crate) struct Login {
    pub(crate) user: Zeroizing<String>,
    pub(crate) password: Zeroizing<String>,
}

impl Server {
    /// Reads `smtp://` or `smtps://`, `[user:password@]host[:port]` and `[?starttls=required]`.
    pub(crate) fn parse(url: &str) -> Result<Self, SetupError> {
        if url.len() > LONGEST {
            return Err(SetupError::url("the whole", "is longer than 2,000 bytes", FORM));
        }
        if url.bytes().any(|byte| byte <= b' ' || byte == 0x7f) {
            let next = "percent-encode it, or take it out";
            return Err(SetupError::url("the whole", "has a space or a control character", next));
        }
        let (scheme, rest) = url
            .split_once("://")
            .ok_or_else(|| SetupError::url("the scheme", "is missing", FORM))?;
        let tls = match scheme.to_ascii_lowercase().as_str() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(SetupError::url("the scheme", "is neither smtp nor smtps", FORM)),
        };
        if rest.contains('#') {
            return Err(SetupError::url("the part after #", "has no meaning", ENCODE));
        }
        let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, q)| (rest, Some(q)));
        let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
        if !path.is_empty() {
            return Err(SetupError::url("the path", "has no meaning", ENCODE));
        }
        let (login, place) = match authority.rsplit_once('@') {
            Some((login, place)) => (Some(Login::parse(login)?), place),
            None => (None, authority),
        };
        let (host, port) = split(place)?;
        let required = asks_for_starttls(query)?;
        let safety = match tls {
            true if required => {
                let next = "take it out; smtps is encrypted from the first byte";
                return Err(SetupError::url("starttls", "does not go with smtps", next));
            }
            true => Safety::Tls,
            false if required || !is_this_machine(&host) => Safety::StartTls,
            false => Safety::ThisMachine,
        };
        let port = port.unwrap_or(match safety {
            Safety::Tls => 465,
            Safety::StartTls | Safety::Danger => 587,
            Safety::ThisMachine => 25,
        });
        Ok(Self { host, port, safety, login })
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("host", &self.host)
            .field("port", &self.port)
            .field("safety", &self.safety)
            .field("login", &self.login.as_ref().map(|_| "…"))
            .finish()
    }
}

impl Login {
    fn parse(text: &str) -> Result<Self, SetupError> {
        let Some((user, password)) = text.split_once(':') else {
            return Err(SetupError::url("the password", "is missing", FORM));
        };
        if password.contains([':', '@']) {
            return Err(SetupError::url("the password", "has a : or an @", ENCODE));
        }
        Ok(Self {
            user: decoded("the user name", user)?,
            password: decoded("the password", password)?,
        })
    }
}

/// What the percent signs stand for: at least one character, none of them a NUL or a line end.
fn decoded(part: &'static str, text: &str) -> Result<Zeroizing<String>, SetupError> {
    let next = "write a percent sign as %25";
    let mut after = text.split('%').skip(1);
    if !after.all(|rest| rest.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2) {
        return Err(SetupError::url(part, "has a percent sign without two hex digits", next));
    }
    let text = percent_decode_str(text).decode_utf8();
    let text = text.map_err(|_| SetupError::url(part, "is not UTF-8", next))?;
    let text = Zeroizing::new(text.into_owned());
    if text.is_empty() {
        return Err(SetupError::url(part, "is empty", FORM));
    }
    if text.contains(['\0', '\r', '\n']) {
        let next = "take it out; no mail server takes it";
        return Err(SetupError::url(part, "has a NUL or a line end", next));
    }
    Ok(text)
}

fn split(place: &str) -> Result<(String, Option<u16>), SetupError> {
    let wrong_host = |why| Err(SetupError::url("the host", why, FORM));
    let (host, port) = match place.strip_prefix('[') {
        Some(rest) => {
            let Some((host, port)) = rest.split_once(']') else {
                return wrong_host("has a [ without a ]");
            };
            if host.parse::<Ipv6Addr>().is_err() {
                return wrong_host("has something else than an IPv6 address in brackets");
            }
            (host, port)
        }
        None => {
            let end = place.find(':').unwrap_or(place.len());
            let (host, port) = place.split_at_checked(end).unwrap_or((place, ""));
            if !is_host(host) {
                return wrong_host("is not a name in ASCII and not an IP address");
            }
            (host, port)
        }
    };
    let port = match port.strip_prefix(':') {
        None if port.is_empty() => None,
        Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
            digits.parse().ok().filter(|port| *port != 0)
        }
        _ => None,
    };
    let wanted = place.len() > host.len() + 2 || place.contains(':') && !place.starts_with('[');
    match (port, wanted) {
        (None, true) => Err(SetupError::url("the port", "is not a number from 1 to 65535", ENCODE)),
        (port, _) => Ok((host.to_ascii_lowercase(), port)),
    }
}

fn is_host(host: &str) -> bool {
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    host.len() <= 253 && host.strip_suffix('.').unwrap_or(host).split('.').all(label)
}

fn is_this_machine(host: &str) -> bool {
    match host.parse::<IpAddr>() {
        Ok(address) => address.is_loopback(),
        Err(_) => host == "localhost",
    }
}

fn asks_for_starttls(query: Option<&str>) -> Result<bool, SetupError> {
    match query {
        None => Ok(false),
        Some("starttls=required") => Ok(true),
        Some(other) if other.starts_with("starttls=") => Err(SetupError::url(
            "starttls",
            "can only be required",
            "take it out; smtp to another machine is encrypted anyway, as encryption that a server \
             may leave out protects nothing",
        )),
        Some(_) => Err(SetupError::url("the part after ?", "has no meaning", ENCODE)),
    }
}

const LONGEST: usize = 2000;
const FORM: &str = "give smtps://user:password@host or smtp://user:password@host:587";
const ENCODE: &str = "if that belongs to the user name or the password, percent-encode it: @ is %40, \
                      : is %3A, / is %2F, ? is %3F, # is %23";

#[cfg(test)]
mod tests {
    use super::*;

    fn check(url: &str, host: &str, port: u16, safety: Safety, login: Option<(&str, &str)>) {
        let server = Server::parse(url).unwrap();
        assert_eq!(
            (server.host.as_str(), server.port, server.safety),
            (host, port, safety),
            "{url}"
        );
        let got = server.login.as_ref().map(|l| (l.user.as_str(), l.password.as_str()));
        assert_eq!(got, login, "{url}");
    }

    #[test]
    fn a_connection_to_another_machine_is_encrypted() {
        use Safety::{StartTls, ThisMachine, Tls};
        check("smtp://mail.larkfield.example", "mail.larkfield.example", 587, StartTls, None);
        check("SMTP://Mail.Larkfield.Example/", "mail.larkfield.example", 587, StartTls, None);
        check("smtp://mail:25", "mail", 25, StartTls, None);
        check("smtp://10.0.0.7", "10.0.0.7", 587, StartTls, None);
        check("smtp://localhost.evil.example", "localhost.evil.example", 587, StartTls, None);
        check("smtp://127.0.0.1.evil.example", "127.0.0.1.evil.example", 587, StartTls, None);
        check("smtp://mail?starttls=required", "mail", 587, StartTls, None);
        check("smtps://mail", "mail", 465, Tls, None);
        check("smtps://localhost:1465", "localhost", 1465, Tls, None);
        check("smtp://localhost", "localhost", 25, ThisMachine, None);
        check("smtp://127.0.0.9:1025", "127.0.0.9", 1025, ThisMachine, None);
        check("smtp://[::1]:1025", "::1", 1025, ThisMachine, None);
        check("smtp://[::1]", "::1", 25, ThisMachine, None);
        check("smtp://[2001:db8::1]", "2001:db8::1", 587, StartTls, None);
        check("smtp://localhost?starttls=required", "localhost", 587, StartTls, None);
    }

    #[test]
    fn a_login_is_decoded() {
        let url = "smtps://portal%40larkfield:p%40ss%3Aw%2Frd%25%C3%A4@mail";
        check(url, "mail", 465, Safety::Tls, Some(("portal@larkfield", "p@ss:w/rd%ä")));
        let url = "smtp://a@b.example:+secret+@mail";
        check(url, "mail", 587, Safety::StartTls, Some(("a@b.example", "+secret+")));
    }

    #[test]
    fn an_error_names_the_part_that_is_wrong_and_shows_none() {
        for (url, part) in [
            ("", "the scheme"),
            ("hunter2", "the scheme"),
            ("mail.larkfield.example:587", "the scheme"),
            ("http://portal:hunter2@mail", "the scheme"),
            ("smtp://", "the host"),
            ("smtp://portal:hunter2@", "the host"),
            ("smtp://portal:hunter2@mail larkfield", "the whole"),
            ("smtp://portal:hunter2@mail\r\n", "the whole"),
            ("smtp://portal:hunter2@mäil", "the host"),
            ("smtp://portal:hunter2@-mail", "the host"),
            ("smtp://portal:hunter2@mail..x", "the host"),
            ("smtp://portal:hunter2@[::1", "the host"),
            ("smtp://portal:hunter2@[hunter2]", "the host"),
            ("smtp://portal:hunter2@mail:", "the port"),
            ("smtp://portal:hunter2@mail:0", "the port"),
            ("smtp://portal:hunter2@mail:65536", "the port"),
            ("smtp://portal:hunter2@mail:+25", "the port"),
            ("smtp://portal:hunter2@[::1]25", "the port"),
            ("smtp://portal:hunter2@[::1]:", "the port"),
            ("smtp://portal@mail", "the password"),
            ("smtp://portal:@mail", "the password"),
            ("smtp://:hunter2@mail", "the user name"),
            ("smtp://portal:hunter2%0a@mail", "the password"),
            ("smtp://portal:hunter2%@mail", "the password"),
            ("smtp://portal:hunter2%4@mail", "the password"),
            ("smtp://portal:hunter2%zz@mail", "the password"),
            ("smtp://portal:hunter2%ff@mail", "the password"),
            // The marks of a URL, as they stand in a password.
            ("smtp://portal:hunter2:x@mail", "the password"),
            ("smtp://portal:hunter2@x@mail", "the password"),
            ("smtp://portal:hunter2/x@mail", "the path"),
            ("smtp://portal:25/hunter2@mail", "the path"),
            ("smtp://portal:25?hunter2@mail", "the part after ?"),
            ("smtp://portal:hunter2#x@mail", "the part after #"),
            ("smtp://mail?starttls=opportunistic", "starttls"),
            ("smtp://mail?starttls=hunter2", "starttls"),
            ("smtps://mail?starttls=required", "starttls"),
            ("smtp://mail?tls=hunter2", "the part after ?"),
        ] {
            let error = Server::parse(url).unwrap_err().to_string();
            assert!(error.starts_with(&format!("mail server URL: {part} ")), "{url}: {error}");
            assert!(!error.contains("hunter2"), "{url}: {error}");
        }
        let long = format!("smtp://{}", "a".repeat(LONGEST));
        assert!(Server::parse(&long).is_err());
    }

    #[test]
    fn debug_output_never_shows_a_login() {
        let debug = format!("{:?}", Server::parse("smtps://portal:hunter2@mail").unwrap());
        assert!(debug.contains("mail") && debug.contains("Tls"), "{debug}");
        assert!(!debug.contains("hunter2") && !debug.contains("portal"), "{debug}");
    }
}
