//! A certificate authority of a test, and the certificates it gives out.

use std::sync::Arc;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, date_time_ymd,
};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;

/// An authority, and a certificate from it as PEM.
pub(crate) struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
}

/// What is special about a certificate.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    Good,
    Expired,
    NotYet,
    ForAnother,
}

impl Authority {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
        Self { issuer }
    }

    pub(crate) fn pem(&self) -> String {
        self.issuer.pem()
    }

    /// A certificate for `localhost` and its key, both as PEM.
    pub(crate) fn certificate(&self, kind: Kind) -> (String, String) {
        let (certificate, key) = self.make(kind);
        (certificate.pem(), key.serialize_pem())
    }

    pub(crate) fn acceptor(&self, kind: Kind) -> TlsAcceptor {
        let (certificate, key) = self.make(kind);
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }

    fn make(&self, kind: Kind) -> (rcgen::Certificate, KeyPair) {
        let name = match kind {
            Kind::ForAnother => "mail.oakmoor.example",
            _ => "localhost",
        };
        let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        match kind {
            Kind::Expired => params.not_after = date_time_ymd(2020, 1, 1),
            Kind::NotYet => params.not_before = date_time_ymd(2090, 1, 1),
            Kind::Good | Kind::ForAnother => {}
        }
        let key = KeyPair::generate().unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }
}
