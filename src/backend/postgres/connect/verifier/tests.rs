//! A certificate of X.509's first version, as `openssl x509 -req` of OpenSSL 3.0 makes it. Nothing else here can
//! make one, so these are kept; they are valid for a hundred years.

#![allow(clippy::unwrap_used)]

use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject as _;
use std::time::Duration;

use super::*;

const AUTHORITY: &[u8] = b"-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIUes/jdtVU4eHz11GyL+JywR6SOoYwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMYW4gYXV0aG9yaXR5MCAXDTI2MTEyMDExMDgwNFoYDzIxMjYx
MDI3MTEwODA0WjAXMRUwEwYDVQQDDAxhbiBhdXRob3JpdHkwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASu8CJ0VAextRlBL5zkM6NwpvsHR/jdyyLh2aKOEmecqiyU
E3k5XzgFXVq6jr5yr3MQZiY1XBSqRPhEQc0x1Mfho1MwUTAdBgNVHQ4EFgQU2chv
Ta0VhkWcfbxfHEg9ArB4efcwHwYDVR0jBBgwFoAU2chvTa0VhkWcfbxfHEg9ArB4
efcwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAmY9Spwwcn0qI
jTvLhLjLyoRewI9JvDMiUX7wzZlfUE8CIBE/dR0jkgKQ4wRsk5ERmEwUbxQiog8o
4G+Ub98tPv1i
-----END CERTIFICATE-----
";

/// Another authority of the same name.
const NAMESAKE: &[u8] = b"-----BEGIN CERTIFICATE-----
MIIBhjCCASugAwIBAgIUBuCncboGFKcGGBZ0umg2uVG8MsAwCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMYW4gYXV0aG9yaXR5MCAXDTI2MTEyMDExMDgwNFoYDzIxMjYx
MDI3MTEwODA0WjAXMRUwEwYDVQQDDAxhbiBhdXRob3JpdHkwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAATxMEHs8njsDwk3eNbX6cDYOvrGm/z5qUmxSmwoVkfCT4q4
vM6A1DaUSpp34caUIyOR5/jZS1tub1eC6eEKikz5o1MwUTAdBgNVHQ4EFgQU647L
adxPhglohkcJfFm18EnGrHwwHwYDVR0jBBgwFoAU647LadxPhglohkcJfFm18EnG
rHwwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEAqu1rGuqHytt4
gdchRbdkrTfaJFH7HqYLmExotDTikMsCIQCgDFSadoF+qsSi7+S1PZyx4+su9Egs
gcUNmJYZXkQFiw==
-----END CERTIFICATE-----
";

const SERVER: &[u8] = b"-----BEGIN CERTIFICATE-----
MIIBKTCBzwIUH/+uVCrMZTjLWHb/0rWFuolDnewwCgYIKoZIzj0EAwIwFzEVMBMG
A1UEAwwMYW4gYXV0aG9yaXR5MCAXDTI2MTEyMDExMDgwNFoYDzIxMjYxMDI3MTEw
ODA0WjAVMRMwEQYDVQQDDApkYi5leGFtcGxlMFkwEwYHKoZIzj0CAQYIKoZIzj0D
AQcDQgAEBj0W/kxzr3uIPKTsfauQrzg6plmzBDyaO36SsfTYzh8LSHEc0LYuxah4
6eyGV/vd+iQE9/oxSYStIyA0aYP8GDAKBggqhkjOPQQDAgNJADBGAiEAj1wRaHCc
mDZa9f6syCKLfe9QYLdb76/RBh3A34RCSpoCIQDO8M9k2w3u+3eiPquLGFkGJesQ
aJnYr4z3WcDHqSaN7g==
-----END CERTIFICATE-----
";

/// 2027.
const NOW: u64 = 1_800_000_000;

fn verify(root: &[u8], host: Option<&str>, now: u64) -> Result<(), String> {
    let certificate = |pem| CertificateDer::from_pem_slice(pem).unwrap();
    let verifier = Verifier {
        trust: Trust::SignedBy { roots: vec![certificate(root)], names_host: host.is_some() },
        provider: Arc::new(ring::default_provider()),
    };
    let host = ServerName::try_from(host.unwrap_or("elsewhere")).unwrap();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(now));
    let verified = verifier.verify_server_cert(&certificate(SERVER), &[], &host, &[], now);
    verified.map(drop).map_err(|error| error.to_string())
}

#[test]
fn a_certificate_of_version_1_is_verified_too() {
    assert!(is_version_1(&CertificateDer::from_pem_slice(SERVER).unwrap()));
    assert_eq!(verify(AUTHORITY, None, NOW), Ok(()));
    assert_eq!(verify(AUTHORITY, Some("DB.example"), NOW), Ok(()));
    assert_eq!(verify(SERVER, Some("db.example"), NOW), Ok(()));
    for (root, host, now, why) in [
        (AUTHORITY, Some("db.example.org"), NOW, "not valid for name"),
        (AUTHORITY, Some("10.0.0.1"), NOW, "not valid for name"),
        (NAMESAKE, None, NOW, "UnknownIssuer"),
        (AUTHORITY, None, NOW - 900_000_000, "not valid yet"),
        (AUTHORITY, None, NOW + 9_000_000_000, "expired"),
        (SERVER, None, NOW + 9_000_000_000, "expired"),
    ] {
        let error = verify(root, host, now).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}
