//! The cookies of one request: those that the browser sent, and those that the answer will set.
//!
//! Our cookies have names that start with `__Host-`, so that no neighbor under the same domain can
//! plant one. A cookie that comes twice with two values is treated as absent: an attacker who
//! manages that does not get to choose the one that is read.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::http::header::{CACHE_CONTROL, COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};

use crate::seconds::whole_seconds;

/// Most bytes in the value of a cookie, which browsers keep for sure.
const MOST_BYTES: usize = 3_800;

/// Which requests of other sites a cookie goes along with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the third of the standard, None, is not for us")]
pub enum SameSite {
    /// Only when the browser navigates here, by a link.
    Lax,
    /// None at all.
    Strict,
}

/// Whether cookies can be as strict as they should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CookieScheme {
    /// `__Host-` names and `Secure`, which Chromium also accepts on a loopback address.
    Encrypted,
    /// Neither, for a host that speaks plain HTTP to other machines.
    Plain,
}

/// One cookie that the answer sets.
struct Setting {
    name: String,
    value: String,
    life: Option<Duration>,
    same_site: SameSite,
}

struct Cookies {
    cookie_scheme: CookieScheme,
    sent: Vec<(String, String)>,
    set: Vec<Setting>,
}

/// The cookies of one request, shared by everything that works on it.
#[derive(Clone)]
pub(crate) struct Jar(Arc<Mutex<Cookies>>);

impl fmt::Debug for Jar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Jar(..)")
    }
}

impl Jar {
    pub(crate) fn from_headers(headers: &HeaderMap, cookie_scheme: CookieScheme) -> Self {
        let lines = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
        let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
        let sent = pairs.map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()));
        let cookies = Cookies { cookie_scheme, sent: sent.collect(), set: Vec::new() };
        Self(Arc::new(Mutex::new(cookies)))
    }

    /// The value of a cookie: the one that this request has set, or else the one that the browser
    /// sent.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        let cookies = self.lock();
        if let Some(set) = cookies.set.iter().find(|set| set.name == name) {
            return Some(set.value.clone()).filter(|value| !value.is_empty());
        }
        let full = cookies.cookie_scheme.full_name(name);
        let mut values = cookies.sent.iter().filter(|(sent, _)| *sent == full).map(|(_, v)| v);
        let first = values.next()?;
        let clear = values.all(|other| other == first) && is_value(first);
        (clear && !first.is_empty()).then(|| first.clone())
    }

    /// Sets a cookie with the answer, if a cookie can hold the value.
    pub(crate) fn set(&self, name: &str, value: &str, life: Option<Duration>, same: SameSite) {
        if is_value(value) && is_name(name) {
            let value = value.to_owned();
            self.put(Setting { name: name.to_owned(), value, life, same_site: same });
        }
    }

    /// Deletes a cookie, if the browser has it or is about to get it.
    pub(crate) fn drop(&self, name: &str) {
        let there = {
            let cookies = self.lock();
            let full = cookies.cookie_scheme.full_name(name);
            cookies.sent.iter().any(|(sent, _)| *sent == full)
                || cookies.set.iter().any(|set| set.name == name)
        };
        if there {
            let life = Some(Duration::from_secs(0));
            let name = name.to_owned();
            let value = String::new();
            self.put(Setting { name, value, life, same_site: SameSite::Lax });
        }
    }

    /// Writes the cookies into an answer, and marks it `no-store` if there are any.
    pub(crate) fn write(&self, headers: &mut HeaderMap) {
        let mut cookies = self.lock();
        let cookie_scheme = cookies.cookie_scheme;
        for setting in cookies.set.drain(..) {
            if let Ok(line) = HeaderValue::from_str(&setting.line(cookie_scheme)) {
                headers.append(SET_COOKIE, line);
                headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
            }
        }
    }

    fn put(&self, setting: Setting) {
        let mut cookies = self.lock();
        cookies.set.retain(|set| set.name != setting.name);
        cookies.set.push(setting);
    }

    fn lock(&self) -> MutexGuard<'_, Cookies> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Setting {
    fn line(&self, cookie_scheme: CookieScheme) -> String {
        let name = cookie_scheme.full_name(&self.name);
        let value = &self.value;
        let mut line = format!("{name}={value}; Path=/; HttpOnly");
        if cookie_scheme == CookieScheme::Encrypted {
            line.push_str("; Secure");
        }
        line.push_str(match self.same_site {
            SameSite::Lax => "; SameSite=Lax",
            SameSite::Strict => "; SameSite=Strict",
        });
        if let Some(life) = self.life {
            line.push_str(&format!("; Max-Age={}", whole_seconds(life)));
        }
        line
    }
}

impl CookieScheme {
    fn full_name(self, name: &str) -> String {
        match self {
            Self::Encrypted => format!("__Host-{name}"),
            Self::Plain => name.to_owned(),
        }
    }
}

/// Whether RFC 6265 allows the value, and browsers keep one of this length.
fn is_value(value: &str) -> bool {
    let octet = |b: u8| b.is_ascii_graphic() && !b"\",;\\".contains(&b);
    value.len() <= MOST_BYTES && value.bytes().all(octet)
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b))
}

#[cfg(test)]
mod tests {
    use countersign_core::MINUTE;

    use super::*;

    fn jar(lines: &[&'static str]) -> Jar {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        Jar::from_headers(&headers, CookieScheme::Encrypted)
    }

    #[test]
    fn a_cookie_that_comes_twice_with_two_values_is_absent() {
        assert_eq!(jar(&["__Host-a=1; x=2"]).get("a").as_deref(), Some("1"));
        assert_eq!(jar(&["__Host-a=1; __Host-a=1"]).get("a").as_deref(), Some("1"));
        assert_eq!(jar(&["__Host-a=1; __Host-a=2"]).get("a"), None);
        assert_eq!(jar(&["__Host-a=1", "__Host-a=2"]).get("a"), None);
    }

    #[test]
    fn a_cookie_of_a_neighbor_is_not_ours() {
        assert_eq!(jar(&["a=1; __Secure-a=2; __host-a=3"]).get("a"), None);
    }

    #[test]
    fn malformed_cookies_are_absent_and_harm_no_other() {
        let jar = jar(&["; ;=;==; __Host-b=\"q\"; __Host-c=; nonsense; __Host-a=1=2"]);
        assert_eq!(jar.get("a").as_deref(), Some("1=2"));
        assert_eq!((jar.get("b"), jar.get("c")), (None, None));
    }

    #[test]
    fn what_no_cookie_can_hold_is_not_set() {
        let jar = jar(&[]);
        let long = "x".repeat(4_000);
        let life = Some(MINUTE);
        for (name, value) in [("a", "b;c"), ("a", "b\r\nc"), ("a b", "c"), ("", "c"), ("a", &*long)]
        {
            jar.set(name, value, life, SameSite::Lax);
        }
        let mut headers = HeaderMap::new();
        jar.write(&mut headers);
        assert!(headers.is_empty(), "{headers:?}");
    }

    #[test]
    fn the_attributes_are_as_strict_as_they_can_be() {
        let jar = jar(&["__Host-old=1"]);
        jar.set("a", "1", Some(15 * MINUTE), SameSite::Strict);
        jar.drop("old");
        jar.drop("never-there");
        let mut headers = HeaderMap::new();
        jar.write(&mut headers);
        let lines: Vec<_> =
            headers.get_all(SET_COOKIE).iter().map(|l| l.to_str().unwrap()).collect();
        assert_eq!(
            lines,
            [
                "__Host-a=1; Path=/; HttpOnly; Secure; SameSite=Strict; Max-Age=900",
                "__Host-old=; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=0",
            ]
        );
        assert_eq!(headers[CACHE_CONTROL], "no-store");
    }
}
