//! Whether a server's certificate is trusted, as libpq decides it:
//! <https://www.postgresql.org/docs/current/libpq-ssl.html#LIBQ-SSL-CERTIFICATES>

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    CryptoProvider, verify_tls12_signature, verify_tls13_signature, verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{CertificateDer, ServerName, SubjectPublicKeyInfoDer, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};

use super::certificate::{Facts, is_signed_by, is_version_1};
use super::tls::anchors;

/// Whom to trust.
#[derive(Debug)]
pub(super) enum Trust {
    /// Anyone who speaks TLS.
    Anyone,
    /// Whoever has a certificate signed by one of these, or one of these themselves.
    SignedBy {
        /// The certificates in the file.
        roots: Vec<CertificateDer<'static>>,
        /// Must the certificate name the host?
        names_host: bool,
    },
}

/// Verifies certificates by libpq's rules.
#[derive(Debug)]
pub(super) struct Verifier {
    pub trust: Trust,
    pub provider: Arc<CryptoProvider>,
}

impl Verifier {
    fn verify_chain(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        roots: &[CertificateDer<'static>],
        now: UnixTime,
    ) -> Result<(), Error> {
        // A self-signed certificate that is its own root, as in PostgreSQL's manual. A path builder does not
        // take an authority's certificate for a server's.
        if roots.iter().any(|root| root.as_ref() == certificate.as_ref()) {
            return Facts::of(certificate)?.check_validity(now);
        }
        let algorithms = self.provider.signature_verification_algorithms.all;
        if is_version_1(certificate) {
            if roots.iter().any(|root| is_signed_by(certificate, root, algorithms)) {
                return Facts::of(certificate)?.check_validity(now);
            }
            return Err(CertificateError::UnknownIssuer.into());
        }
        if Facts::of(certificate)?.is_self_issued {
            return Err(CertificateError::UnknownIssuer.into());
        }
        verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(certificate)?,
            &anchors(roots),
            intermediates,
            now,
            algorithms,
        )
    }
}

/// The host's name among the alternative names, or, where there are none, as the common name:
/// PostgreSQL's manual makes such certificates, and libpq takes them.
fn verify_name(certificate: &CertificateDer<'_>, host: &ServerName<'_>) -> Result<(), Error> {
    let verified = match ParsedCertificate::try_from(certificate) {
        Ok(parsed) => verify_server_name(&parsed, host),
        // One of version 1, which has no alternative names.
        Err(error) => Err(error),
    };
    verified.or_else(|error| match Facts::of(certificate)? {
        facts if !facts.has_alternative_names && facts.has_common_name(&host.to_str()) => Ok(()),
        facts if !facts.has_alternative_names => {
            Err(CertificateError::NotValidForNameContext { expected: host.to_owned(), presented: facts.common_names }
                .into())
        }
        _ => Err(error),
    })
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        host: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if let Trust::SignedBy { roots, names_host } = &self.trust {
            self.verify_chain(certificate, intermediates, roots, now)?;
            if *names_host {
                verify_name(certificate, host)?;
            }
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        // `openssl x509 -req` makes certificates of version 1, which are not parsed; their key will do to
        // encrypt.
        if is_version_1(certificate) {
            let key = SubjectPublicKeyInfoDer::from(Facts::of(certificate)?.public_key);
            return verify_tls13_signature_with_raw_key(message, &key, signature, algorithms);
        }
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests;
