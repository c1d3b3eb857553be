//! Encryption: who is trusted, and what is wrong with a certificate.
//!
//! Why it is safe: there is no switch that skips a check. A tenant with its own authority adds it;
//! the name, the dates and the chain are checked all the same.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use countersign_core::Clock;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::client::ClientConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::time_provider::TimeProvider;
use tokio_rustls::rustls::{CertificateError, Error, ProtocolVersion, RootCertStore};

use crate::error::{Cause, TlsFault};
use crate::setup::SetupError;

/// The bytes of a connection, encrypted or not.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<W: AsyncRead + AsyncWrite + Send + Unpin> Wire for W {}

/// What a connection is encrypted with.
#[derive(Clone)]
pub(crate) struct Tls(TlsConnector);

impl Tls {
    /// Trusts the authorities that browsers trust, and those in `own`.
    pub(crate) fn new(
        own: Vec<CertificateDer<'static>>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SetupError> {
        let mut trusted: RootCertStore = webpki_roots::TLS_SERVER_ROOTS.iter().cloned().collect();
        for certificate in own {
            trusted.add(certificate).map_err(|_| SetupError::authority())?;
        }
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_details(provider, Arc::new(Time(clock)))
            .with_safe_default_protocol_versions()
            .map_err(|_| SetupError::tls())?
            .with_root_certificates(trusted)
            .with_no_client_auth();
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// Encrypts a connection to this host, and says with which version of TLS.
    pub(crate) async fn over(
        &self,
        host: &str,
        wire: Box<dyn Wire>,
    ) -> Result<(Box<dyn Wire>, &'static str), Cause> {
        let name = ServerName::try_from(host.to_owned()).map_err(|_| Cause::Tls(TlsFault::Name))?;
        let tls = self.0.connect(name, wire).await.map_err(|error| why(&error))?;
        let version = match tls.get_ref().1.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
            _ => "TLS 1.2",
        };
        Ok((Box::new(tls), version))
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls")
    }
}

/// The certificates in a PEM file: at least one.
pub(crate) fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, SetupError> {
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    found.ok().filter(|found| !found.is_empty()).ok_or_else(SetupError::authority)
}

fn why(error: &std::io::Error) -> Cause {
    let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) else {
        return match error.kind() {
            std::io::ErrorKind::UnexpectedEof => Cause::Closed,
            kind => Cause::Broken(kind),
        };
    };
    Cause::Tls(match tls {
        Error::InvalidCertificate(wrong) => match wrong {
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                TlsFault::Expired
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                TlsFault::NotYet
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                TlsFault::Name
            }
            // The second: the name of an authority that we trust, and another key.
            CertificateError::UnknownIssuer | CertificateError::BadSignature => TlsFault::Issuer,
            _ => TlsFault::Certificate,
        },
        _ => TlsFault::Protocol,
    })
}

/// Our clock, as rustls asks for it.
#[derive(Debug)]
struct Time(Arc<dyn Clock>);

impl TimeProvider for Time {
    fn current_time(&self) -> Option<UnixTime> {
        let millis = u64::try_from(self.0.now().millis()).ok()?;
        Some(UnixTime::since_unix_epoch(Duration::from_millis(millis)))
    }
}
