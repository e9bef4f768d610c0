//! What has to be read from a certificate beyond what the TLS library tells.

use rustls::pki_types::{SignatureVerificationAlgorithm, UnixTime};
use rustls::{CertificateError, Error};
use sha2::{Digest as _, Sha256, Sha384, Sha512};
use x509_cert::Certificate;
use x509_cert::certificate::Version;
use x509_cert::der::asn1::{Ia5StringRef, PrintableStringRef, TeletexStringRef, Utf8StringRef};
use x509_cert::der::oid::db::rfc4519::COMMON_NAME;
use x509_cert::der::{Decode as _, Encode as _};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// What a certificate says of its owner.
pub(super) struct Facts {
    pub has_alternative_names: bool,
    pub common_names: Vec<String>,
    /// Is it its own authority?
    pub is_self_issued: bool,
    pub public_key: Vec<u8>,
    not_before: UnixTime,
    not_after: UnixTime,
}

impl Facts {
    pub fn of(certificate: &[u8]) -> Result<Self, Error> {
        Self::read(certificate).ok_or_else(|| CertificateError::BadEncoding.into())
    }

    fn read(certificate: &[u8]) -> Option<Self> {
        let certificate = Certificate::from_der(certificate).ok()?;
        let content = certificate.tbs_certificate();
        let names = content.get_extension::<SubjectAltName>().ok()?;
        let is_host = |name: &GeneralName| matches!(name, GeneralName::DnsName(_) | GeneralName::IpAddress(_));
        let attributes = content.subject().iter();
        Some(Self {
            has_alternative_names: names.is_some_and(|(_, names)| names.0.iter().any(is_host)),
            common_names: attributes
                .filter(|attribute| attribute.oid == COMMON_NAME)
                .filter_map(|attribute| text(&attribute.value))
                .collect(),
            is_self_issued: content.subject() == content.issuer(),
            public_key: content.subject_public_key_info().to_der().ok()?,
            not_before: UnixTime::since_unix_epoch(content.validity().not_before.to_unix_duration()),
            not_after: UnixTime::since_unix_epoch(content.validity().not_after.to_unix_duration()),
        })
    }

    pub fn check_validity(&self, now: UnixTime) -> Result<(), Error> {
        if now < self.not_before {
            return Err(CertificateError::NotValidYetContext { time: now, not_before: self.not_before }.into());
        }
        if now > self.not_after {
            return Err(CertificateError::ExpiredContext { time: now, not_after: self.not_after }.into());
        }
        Ok(())
    }

    /// Whether one of the common names is `host`; a `*` stands for its first label.
    pub fn has_common_name(&self, host: &str) -> bool {
        let below = |name: &str| {
            let rest = name.strip_prefix("*.").filter(|rest| rest.contains('.'))?;
            let (label, domain) = host.split_once('.')?;
            Some(!label.is_empty() && domain.eq_ignore_ascii_case(rest))
        };
        self.common_names.iter().any(|name| name.eq_ignore_ascii_case(host) || below(name) == Some(true))
    }
}

fn text(value: &x509_cert::der::Any) -> Option<String> {
    let text = value
        .decode_as::<Utf8StringRef<'_>>()
        .map(|text| text.as_str().to_owned())
        .or_else(|_| value.decode_as::<PrintableStringRef<'_>>().map(|text| text.as_str().to_owned()))
        .or_else(|_| value.decode_as::<Ia5StringRef<'_>>().map(|text| text.as_str().to_owned()))
        .or_else(|_| value.decode_as::<TeletexStringRef<'_>>().map(|text| text.as_str().to_owned()));
    // A name with a NUL in it is an old trick to pass for another one.
    text.ok().filter(|text| !text.contains('\0'))
}

/// Whether `authority` has signed `certificate` itself.
///
/// For certificates of X.509's first version, which a path builder does not take: OpenSSL 3.0 makes them when
/// one follows <https://www.postgresql.org/docs/current/ssl-tcp.html#SSL-CERTIFICATE-CREATION>.
pub(super) fn is_signed_by(
    certificate: &[u8],
    authority: &[u8],
    algorithms: &[&dyn SignatureVerificationAlgorithm],
) -> bool {
    let signed = || {
        let certificate = Certificate::from_der(certificate).ok()?;
        let authority = Certificate::from_der(authority).ok()?;
        let (content, issuer) = (certificate.tbs_certificate(), authority.tbs_certificate());
        if content.issuer() != issuer.subject() {
            return None;
        }
        let key = issuer.subject_public_key_info();
        let key_algorithm = key.algorithm.to_der().ok()?;
        let signature_algorithm = certificate.signature_algorithm().to_der().ok()?;
        let message = content.to_der().ok()?;
        algorithms
            .iter()
            // Their identifiers are without the two bytes of the sequence around them.
            .filter(|known| key_algorithm.get(2..) == Some(known.public_key_alg_id().as_ref()))
            .filter(|known| signature_algorithm.get(2..) == Some(known.signature_alg_id().as_ref()))
            .find_map(|known| {
                let key = key.subject_public_key.as_bytes()?;
                known.verify_signature(key, &message, certificate.signature().as_bytes()?).ok()
            })
    };
    signed().is_some()
}

/// Whether it is of X.509's first version, which has no extensions.
pub(super) fn is_version_1(certificate: &[u8]) -> bool {
    Certificate::from_der(certificate).is_ok_and(|certificate| certificate.tbs_certificate().version() == Version::V1)
}

/// The certificate's hash for channel binding, by the hash of its signature, but at least SHA-256:
/// <https://www.rfc-editor.org/rfc/rfc5929#section-4.1>. There is none for signatures without a hash of their
/// own, such as Ed25519.
pub(super) fn end_point_hash(certificate: &[u8]) -> Option<Vec<u8>> {
    let parsed = Certificate::from_der(certificate).ok()?;
    let algorithm = parsed.signature_algorithm();
    let name = algorithm.oid.to_string();
    let bits = match name.as_str() {
        "1.2.840.113549.1.1.4" | "1.2.840.113549.1.1.5" | "1.2.840.10045.4.1" => 256,
        "1.2.840.113549.1.1.11" | "1.2.840.10045.4.3.2" => 256,
        "1.2.840.113549.1.1.12" | "1.2.840.10045.4.3.3" => 384,
        "1.2.840.113549.1.1.13" | "1.2.840.10045.4.3.4" => 512,
        // RSASSA-PSS names its hash in its parameters.
        "1.2.840.113549.1.1.10" => pss_hash(&algorithm.parameters.as_ref()?.to_der().ok()?)?,
        _ => return None,
    };
    Some(match bits {
        256 => Sha256::digest(certificate).to_vec(),
        384 => Sha384::digest(certificate).to_vec(),
        _ => Sha512::digest(certificate).to_vec(),
    })
}

/// The hash that the parameters of RSASSA-PSS name first: <https://www.rfc-editor.org/rfc/rfc4055#section-3.1>
fn pss_hash(parameters: &[u8]) -> Option<u16> {
    // The object identifiers of SHA-256, SHA-384 and SHA-512 differ in their last byte.
    const SHA2: [u8; 10] = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02];
    let Some(at) = parameters.windows(SHA2.len()).position(|window| window == SHA2) else {
        return Some(256); // The default is SHA-1.
    };
    match parameters.get(at + SHA2.len())? {
        1 => Some(256),
        2 => Some(384),
        3 => Some(512),
        _ => None,
    }
}
