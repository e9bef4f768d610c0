//! The configuration of TLS: roots, client certificate, versions.
//! <https://www.postgresql.org/docs/current/libpq-ssl.html>

use std::path::Path;
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};

use super::failure::Failure;
use super::verifier::{Trust, Verifier};
use crate::config::{RootCertificates, SslMode, TlsParameters, TlsVersion};

/// PostgreSQL's name in TLS: <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-SSL>
pub(super) const ALPN: &[u8] = b"postgresql";

/// The configuration for one connection.
pub(super) fn client_config(parameters: &TlsParameters) -> Result<ClientConfig, Failure> {
    let provider = Arc::new(ring::default_provider());
    let versions: Vec<&'static SupportedProtocolVersion> = [(TlsVersion::Tls12, &TLS12), (TlsVersion::Tls13, &TLS13)]
        .into_iter()
        .filter(|(version, _)| (parameters.lowest..=parameters.highest).contains(version))
        .map(|(_, version)| version)
        .collect();
    let verifier = Verifier { trust: trust(parameters)?, provider: Arc::clone(&provider) };
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(&versions)
        .map_err(|error| Failure::Tls(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match client_certificate(parameters)? {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => builder.with_client_auth_cert(chain, key).map_err(|error| Failure::ClientFiles {
            message: format!("the client certificate and its key cannot be used: {error}"),
            hint: Some("does the key belong to the certificate?".into()),
        })?,
    };
    config.alpn_protocols = vec![ALPN.to_vec()];
    config.enable_sni = parameters.server_name_indication;
    Ok(config)
}

/// As libpq does it: where there is a root certificate, it is used in every mode; only the verifying modes need one.
fn trust(parameters: &TlsParameters) -> Result<Trust, Failure> {
    let verifies = parameters.mode >= SslMode::VerifyCa;
    let roots = match &parameters.roots {
        RootCertificates::System => system_roots()?,
        RootCertificates::File(file) if file.exists() => file_roots(file)?,
        RootCertificates::File(file) if verifies => {
            return Err(Failure::NoRootCertificate { file: Some(file.clone()) });
        }
        RootCertificates::None if verifies => return Err(Failure::NoRootCertificate { file: None }),
        RootCertificates::File(_) | RootCertificates::None => return Ok(Trust::Anyone),
    };
    Ok(Trust::SignedBy { roots, names_host: parameters.mode == SslMode::VerifyFull })
}

/// The certificates themselves, because a server's own may be among them.
fn file_roots(file: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let unusable = |why: String| Failure::RootFile { file: file.to_path_buf(), why };
    let certificates = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable(error.to_string()))?;
    if certificates.is_empty() {
        return Err(unusable("it holds no certificate in PEM form".into()));
    }
    Ok(certificates)
}

fn system_roots() -> Result<Vec<CertificateDer<'static>>, Failure> {
    let found = rustls_native_certs::load_native_certs();
    if found.certs.is_empty() {
        return Err(Failure::NoSystemRoots);
    }
    Ok(found.certs)
}

/// Anchors of the certificates that can be anchors; a system's may hold odd ones.
pub(super) fn anchors(certificates: &[CertificateDer<'static>]) -> RootCertStore {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(certificates.iter().cloned());
    store
}

type CertificateAndKey = (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>);

/// The client's certificate, if its file is there.
fn client_certificate(parameters: &TlsParameters) -> Result<Option<CertificateAndKey>, Failure> {
    let Some(file) = parameters.certificate.as_deref().filter(|file| file.exists()) else { return Ok(None) };
    let failed = |message: String, hint: Option<String>| Failure::ClientFiles { message, hint };
    let chain = CertificateDer::pem_file_iter(file)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| failed(format!("`{}` cannot be used: {error}", file.display()), None))?;
    let key_file = parameters.key.as_deref().filter(|file| file.is_file()).ok_or_else(|| {
        let message = format!("there is a client certificate, `{}`, and no private key for it", file.display());
        failed(message, Some("name the key with `sslkey` or `PGSSLKEY`".into()))
    })?;
    check_permissions(key_file)?;
    let key = PrivateKeyDer::from_pem_file(key_file).map_err(|_| {
        let message = format!("`{}` is not a private key in PEM form without a password", key_file.display());
        failed(message, Some("decrypt it into a file that only you can read: `openssl pkey -in … -out …`".into()))
    })?;
    Ok(Some((chain, key)))
}

/// libpq's rule: the key is for its owner alone, or root's with reading for the group.
#[cfg(unix)]
fn check_permissions(file: &Path) -> Result<(), Failure> {
    use std::os::unix::fs::MetadataExt as _;
    let Ok(metadata) = file.metadata() else { return Ok(()) };
    let others = if metadata.uid() == 0 { 0o037 } else { 0o077 };
    if metadata.mode() & others == 0 {
        return Ok(());
    }
    Err(Failure::ClientFiles {
        message: format!("others may read or write the private key `{}`", file.display()),
        hint: Some(format!("run `chmod 0600 {}`", file.display())),
    })
}

#[cfg(not(unix))]
fn check_permissions(_: &Path) -> Result<(), Failure> {
    Ok(())
}
