//! The parameters of TLS: <https://www.postgresql.org/docs/current/libpq-ssl.html>

use std::path::PathBuf;

use super::choices::{ChannelBinding, SWITCH, SslMode, SslNegotiation, TlsVersion};
use super::error::ParameterError;
use super::places;
use super::sources::Parameters;

/// How to encrypt, and whom to trust.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsParameters {
    /// Whether, and how far the server is checked.
    pub mode: SslMode,
    /// How it begins.
    pub negotiation: SslNegotiation,
    /// Who signs certificates that are trusted.
    pub roots: RootCertificates,
    /// The client's certificate, which need not be there.
    pub certificate: Option<PathBuf>,
    /// Its private key.
    pub key: Option<PathBuf>,
    /// Whether the server is told the host's name.
    pub server_name_indication: bool,
    /// The lowest version that will do.
    pub lowest: TlsVersion,
    /// The highest version that will do.
    pub highest: TlsVersion,
    /// Whether the password's proof is bound to the certificate.
    pub channel_binding: ChannelBinding,
}

/// Who signs certificates that are trusted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RootCertificates {
    /// Those this system trusts.
    System,
    /// Those in this file, which need not be there unless it is needed.
    File(PathBuf),
    /// There is no place to look for them.
    None,
}

pub(super) fn read(parameters: &mut Parameters<'_>) -> Result<TlsParameters, ParameterError> {
    let own_directory = places::own_directory(parameters.environment());
    let own = |name: &str| own_directory.as_ref().map(|directory| directory.join(name));
    let roots = match parameters.text("sslrootcert") {
        Some(word) if word == "system" => RootCertificates::System,
        Some(file) => RootCertificates::File(file.into()),
        None => own("root.crt").map_or(RootCertificates::None, RootCertificates::File),
    };
    let certificate = parameters.text("sslcert").map(PathBuf::from).or_else(|| own("postgresql.crt"));
    let key = parameters.text("sslkey").map(PathBuf::from).or_else(|| own("postgresql.key"));
    let sends_certificate = parameters.choice("sslcertmode", &[("allow", true), ("disable", false)])?.unwrap_or(true);
    let given_mode = parameters.choice("sslmode", SslMode::WORDS)?;
    let default_mode = if roots == RootCertificates::System { SslMode::VerifyFull } else { SslMode::Prefer };
    let tls = TlsParameters {
        mode: given_mode.unwrap_or(default_mode),
        negotiation: parameters.choice("sslnegotiation", SslNegotiation::WORDS)?.unwrap_or(SslNegotiation::Postgres),
        roots,
        certificate: certificate.filter(|_| sends_certificate),
        key,
        server_name_indication: parameters.choice("sslsni", SWITCH)?.unwrap_or(true),
        lowest: parameters.choice("ssl_min_protocol_version", TlsVersion::LOWEST)?.unwrap_or(TlsVersion::Tls12),
        highest: parameters.choice("ssl_max_protocol_version", TlsVersion::HIGHEST)?.unwrap_or(TlsVersion::Tls13),
        channel_binding: parameters.choice("channel_binding", ChannelBinding::WORDS)?.unwrap_or(ChannelBinding::Prefer),
    };
    check(&tls)?;
    Ok(tls)
}

fn check(tls: &TlsParameters) -> Result<(), ParameterError> {
    let contradiction = |fact, hint| Err(ParameterError::Contradiction { fact, hint });
    if tls.roots == RootCertificates::System && tls.mode != SslMode::VerifyFull {
        return contradiction(
            "sslrootcert=system goes only with sslmode=verify-full",
            "anyone can get a certificate that the system trusts, so its name has to be checked; leave sslmode out",
        );
    }
    if tls.negotiation == SslNegotiation::Direct && tls.mode < SslMode::Require {
        return contradiction(
            "sslnegotiation=direct needs sslmode=require or more",
            "without asking first there is no way back to a connection without TLS; set sslmode=require",
        );
    }
    if tls.channel_binding == ChannelBinding::Require && tls.mode == SslMode::Disable {
        return contradiction(
            "channel_binding=require does not go with sslmode=disable",
            "there is no certificate to bind to without TLS; set sslmode=require",
        );
    }
    if tls.lowest > tls.highest {
        return contradiction(
            "ssl_min_protocol_version is above ssl_max_protocol_version",
            "leave both out for TLS 1.2 or 1.3",
        );
    }
    Ok(())
}
