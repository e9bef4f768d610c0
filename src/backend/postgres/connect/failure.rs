//! Why there is no connection: each cause with its own words.

use std::error::Error as StdError;
use std::io;
use std::path::{Path, PathBuf};

use chrono::DateTime;
use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error as TlsError};

/// Why there is no connection to one server.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum Failure {
    /// The server said so.
    #[error("{message} ({sqlstate})")]
    Server {
        sqlstate: String,
        message: String,
        /// The server's function, which is the same in every language.
        routine: String,
    },
    #[error("the host's name is not known: {0}")]
    UnknownHost(String),
    #[error("the connection was refused")]
    Refused,
    #[error("there is no socket of a server")]
    NoSocket,
    #[error("the server did not answer in time")]
    TimedOut,
    #[error("the server is out of reach: {0}")]
    Unreachable(String),
    #[error("the server closed the connection before the session began")]
    Closed,
    #[error("the server does not offer TLS")]
    TlsNotOffered,
    #[error("no TLS: {0}")]
    Tls(String),
    #[error("the server's certificate is not signed by an authority that is trusted here")]
    UnknownAuthority,
    #[error("the server's certificate is for {}, not for `{host}`", listed(names))]
    WrongHost { host: String, names: Vec<String> },
    #[error("the server's certificate expired on {0}")]
    Expired(String),
    #[error("the server's certificate is not valid before {0}")]
    NotYetValid(String),
    #[error("the server's certificate cannot be used: {0}")]
    Certificate(String),
    #[error("there is no root certificate to check the server with{}", missing(file.as_deref()))]
    NoRootCertificate { file: Option<PathBuf> },
    #[error("this system has no list of certificate authorities")]
    NoSystemRoots,
    #[error("the root certificates in `{}` cannot be used: {why}", file.display())]
    RootFile { file: PathBuf, why: String },
    #[error("sslmode=verify-full needs the host's name, and only its address is given")]
    NoHostToVerify,
    #[error("{message}")]
    ClientFiles { message: String, hint: Option<String> },
    #[error("the server refused the client's certificate ({0})")]
    ClientCertificateRefused(String),
    #[error("the server asks for a password, and none was given")]
    NoPassword,
    #[error("the server did not bind the password to its certificate")]
    NoChannelBinding,
    #[error("the server asks for a kind of authentication that is not supported")]
    UnsupportedAuthentication,
    #[error("{0}")]
    Unsuitable(&'static str),
    #[error("{0}")]
    Other(String),
}

impl Failure {
    /// Why `error` happened while connecting.
    pub fn of(error: &postgres::Error) -> Self {
        if let Some(server) = error.as_db_error() {
            return Self::Server {
                sqlstate: server.code().code().to_owned(),
                message: server.message().to_owned(),
                routine: server.routine().unwrap_or_default().to_owned(),
            };
        }
        let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
        while let Some(error) = cause {
            if let Some(failure) = error.downcast_ref::<Self>() {
                return failure.clone();
            }
            if let Some(error) = error.downcast_ref::<io::Error>() {
                return Self::of_io(error);
            }
            cause = error.source();
        }
        match crate::backend::postgres::error::describe(error) {
            words if words == "password missing" => Self::NoPassword,
            words if words == "server did not use channel binding" => Self::NoChannelBinding,
            words if words.starts_with("unsupported ") => Self::UnsupportedAuthentication,
            _ if error.is_closed() => Self::Closed,
            words => Self::Other(words),
        }
    }

    pub fn of_io(error: &io::Error) -> Self {
        if let Some(error) = error.get_ref().and_then(|inner| inner.downcast_ref::<TlsError>()) {
            return Self::of_tls(error);
        }
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::NotFound => Self::NoSocket,
            io::ErrorKind::TimedOut => Self::TimedOut,
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Self::Closed,
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
                Self::Unreachable(error.to_string())
            }
            _ => Self::Other(error.to_string()),
        }
    }

    /// A handshake that ends without a word is no server that is starting up.
    pub fn of_handshake(error: &io::Error) -> Self {
        match Self::of_io(error) {
            Self::Closed => Self::Tls("the server closed the connection during the handshake".into()),
            other => other,
        }
    }

    fn of_tls(error: &TlsError) -> Self {
        match error {
            TlsError::InvalidCertificate(error) => Self::of_certificate(error),
            TlsError::AlertReceived(alert) => match alert {
                AlertDescription::UnknownCA
                | AlertDescription::CertificateRequired
                | AlertDescription::CertificateExpired
                | AlertDescription::CertificateRevoked
                | AlertDescription::CertificateUnknown
                | AlertDescription::UnsupportedCertificate
                | AlertDescription::BadCertificate
                | AlertDescription::DecryptError => Self::ClientCertificateRefused(format!("{alert:?}")),
                _ => Self::Tls(format!("the server ended the handshake ({alert:?})")),
            },
            other => Self::Tls(other.to_string()),
        }
    }

    fn of_certificate(error: &CertificateError) -> Self {
        match error {
            CertificateError::UnknownIssuer => Self::UnknownAuthority,
            CertificateError::NotValidForNameContext { expected, presented } => {
                Self::WrongHost { host: expected.to_str().into_owned(), names: presented.clone() }
            }
            CertificateError::ExpiredContext { not_after, .. } => Self::Expired(day(*not_after)),
            CertificateError::NotValidYetContext { not_before, .. } => Self::NotYetValid(day(*not_before)),
            CertificateError::Other(error) => Self::Certificate(error.to_string()),
            other => Self::Certificate(other.to_string()),
        }
    }

    /// May it go better in a moment, with nothing changed?
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Server { sqlstate, .. } => is_starting(sqlstate),
            Self::UnknownHost(_)
            | Self::Refused
            | Self::NoSocket
            | Self::TimedOut
            | Self::Unreachable(_)
            | Self::Closed => true,
            _ => false,
        }
    }

    /// Does libpq ask the next server after it? Not where this one has said no.
    pub fn leaves_others(&self) -> bool {
        match self {
            Self::Server { sqlstate, .. } => is_starting(sqlstate),
            Self::NoPassword | Self::NoChannelBinding | Self::UnsupportedAuthentication => false,
            _ => true,
        }
    }

    /// Has the server refused this kind of connection, so that another encryption may do?
    pub fn may_be_encryption(&self) -> bool {
        match self {
            Self::Server { sqlstate, .. } => sqlstate == "28000",
            other => other.is_of_tls(),
        }
    }

    /// Did TLS itself fail?
    pub fn is_of_tls(&self) -> bool {
        matches!(
            self,
            Self::Tls(_)
                | Self::TlsNotOffered
                | Self::UnknownAuthority
                | Self::WrongHost { .. }
                | Self::Expired(_)
                | Self::NotYetValid(_)
                | Self::Certificate(_)
                | Self::NoRootCertificate { .. }
                | Self::NoSystemRoots
                | Self::RootFile { .. }
                | Self::NoHostToVerify
                | Self::ClientFiles { .. }
                | Self::ClientCertificateRefused(_)
        )
    }
}

/// `cannot_connect_now`: <https://www.postgresql.org/docs/current/errcodes-appendix.html>
fn is_starting(sqlstate: &str) -> bool {
    sqlstate == "57P03"
}

fn listed(names: &[String]) -> String {
    if names.is_empty() {
        return "no host".into();
    }
    names.iter().map(|name| format!("`{}`", plain_name(name))).collect::<Vec<_>>().join(", ")
}

/// `DnsName("a")` as `a`.
fn plain_name(name: &str) -> &str {
    name.split_once('(').map_or(name, |(_, rest)| rest.trim_end_matches(')').trim_matches('"'))
}

fn missing(file: Option<&Path>) -> String {
    file.map(|file| format!(": `{}` does not exist", file.display())).unwrap_or_default()
}

fn day(time: UnixTime) -> String {
    let time = i64::try_from(time.as_secs()).ok().and_then(|seconds| DateTime::from_timestamp(seconds, 0));
    time.map_or_else(|| "a day far away".to_owned(), |time| time.format("%Y-%m-%d").to_string())
}
