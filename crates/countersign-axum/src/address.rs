//! The address that a client connects from, from a source that the host names and nowhere else.
//!
//! Any client can send `X-Forwarded-For`. So it counts only if the connection itself comes from a
//! proxy that the host named, and then only the last entry, which is the one that proxy wrote.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::HeaderName;
use axum::http::request::Parts;

/// Where the address of a client comes from.
#[derive(Debug, Clone, Default)]
pub(crate) enum AddressSource {
    /// Nowhere: there is none.
    #[default]
    Nowhere,
    /// The connection itself.
    Connection,
    /// A header, if the connection comes from one of these proxies.
    Header { name: HeaderName, proxies: Vec<IpAddr> },
}

pub(crate) fn find_address(parts: &Parts, source: &AddressSource) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    match source {
        AddressSource::Nowhere => None,
        AddressSource::Connection => peer,
        AddressSource::Header { name, proxies } => {
            let peer = peer?;
            if !proxies.contains(&peer) {
                return Some(peer);
            }
            let last = parts.headers.get_all(name).iter().next_back()?.to_str().ok()?;
            last.rsplit(',').next()?.trim().parse().ok()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::Request;

    fn seen(peer: &str, forwarded: &[&str], source: &AddressSource) -> Option<String> {
        let mut request = Request::get("/");
        for line in forwarded {
            request = request.header("x-forwarded-for", *line);
        }
        let mut parts = request.body(()).unwrap().into_parts().0;
        parts.extensions.insert(ConnectInfo::<SocketAddr>(format!("{peer}:9").parse().unwrap()));
        find_address(&parts, source).map(|ip| ip.to_string())
    }

    #[test]
    fn a_header_is_believed_from_a_named_proxy_only() {
        let proxies = vec!["10.0.0.1".parse().unwrap()];
        let name = HeaderName::from_static("x-forwarded-for");
        let source = AddressSource::Header { name, proxies };
        assert_eq!(seen("10.0.0.1", &["192.0.2.7"], &source).unwrap(), "192.0.2.7");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6, 192.0.2.7"], &source).unwrap(), "192.0.2.7");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6", "192.0.2.7"], &source).unwrap(), "192.0.2.7");
        assert_eq!(seen("10.0.0.1", &["<b>"], &source), None);
        assert_eq!(seen("198.51.100.9", &["6.6.6.6"], &source).unwrap(), "198.51.100.9");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6"], &AddressSource::Connection).unwrap(), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["6.6.6.6"], &AddressSource::Nowhere), None);
    }
}
