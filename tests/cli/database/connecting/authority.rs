//! A certificate authority made for the occasion.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose,
    PKCS_ECDSA_P256_SHA256, PKCS_ECDSA_P384_SHA384, date_time_ymd,
};

/// An authority that signs what it is asked to.
pub struct Authority {
    issuer: CertifiedIssuer<'static, KeyPair>,
    certificate: String,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = named(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::DigitalSignature];
        let key = KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).unwrap();
        let issuer = CertifiedIssuer::self_signed(params, key).unwrap();
        let certificate = issuer.pem();
        Self { issuer, certificate }
    }

    /// Its own certificate.
    pub fn certificate(&self) -> &str {
        &self.certificate
    }

    /// A certificate for a host, and its key.
    pub fn server(&self, host: &str) -> (String, String) {
        self.sign(named("a server", &[host]))
    }

    /// The same without alternative names: the host is the common name.
    pub fn server_by_common_name(&self, host: &str) -> (String, String) {
        self.sign(named(host, &[]))
    }

    /// A certificate that is no longer valid.
    pub fn expired_server(&self, host: &str) -> (String, String) {
        let mut params = named("a server", &[host]);
        params.not_before = date_time_ymd(2001, 1, 1);
        params.not_after = date_time_ymd(2002, 3, 4);
        self.sign(params)
    }

    /// A certificate for a role, and its key.
    pub fn client(&self, role: &str) -> (String, String) {
        self.sign(named(role, &[]))
    }

    fn sign(&self, params: CertificateParams) -> (String, String) {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap().pem(), key.serialize_pem())
    }
}

/// A certificate that nobody else has signed, and its key.
pub fn self_signed(host: &str) -> (String, String) {
    let mut params = named("a server", &[host]);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    (params.self_signed(&key).unwrap().pem(), key.serialize_pem())
}

fn named(name: &str, hosts: &[&str]) -> CertificateParams {
    let mut params = CertificateParams::new(hosts.iter().map(|host| (*host).to_owned()).collect::<Vec<_>>()).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}
