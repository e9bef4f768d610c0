//! The values of the parameters that are one of a few words.

/// Whether the connection is encrypted, and how far the server is checked:
/// <https://www.postgresql.org/docs/current/libpq-ssl.html#LIBPQ-SSL-PROTECTION>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SslMode {
    /// Never encrypted.
    Disable,
    /// Encrypted only if the server refuses otherwise.
    Allow,
    /// Encrypted if the server offers it.
    Prefer,
    /// Encrypted; the certificate is checked if there is something to check it with.
    Require,
    /// Encrypted, with a certificate of an authority that is trusted.
    VerifyCa,
    /// The same, and the certificate names the host.
    VerifyFull,
}

impl SslMode {
    pub(super) const WORDS: &[(&str, Self)] = &[
        ("disable", Self::Disable),
        ("allow", Self::Allow),
        ("prefer", Self::Prefer),
        ("require", Self::Require),
        ("verify-ca", Self::VerifyCa),
        ("verify-full", Self::VerifyFull),
    ];
}

/// How TLS begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SslNegotiation {
    /// After the server was asked for it.
    Postgres,
    /// At once, which PostgreSQL 17 and later understand.
    Direct,
}

impl SslNegotiation {
    pub(super) const WORDS: &[(&str, Self)] = &[("postgres", Self::Postgres), ("direct", Self::Direct)];
}

/// Whether the password's proof is bound to the server's certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChannelBinding {
    /// Never.
    Disable,
    /// Where it is possible.
    Prefer,
    /// Always.
    Require,
}

impl ChannelBinding {
    pub(super) const WORDS: &[(&str, Self)] =
        &[("disable", Self::Disable), ("prefer", Self::Prefer), ("require", Self::Require)];
}

/// Which of several servers will do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TargetSessionAttributes {
    /// The first.
    Any,
    /// One whose transactions can write.
    ReadWrite,
    /// One whose transactions cannot.
    ReadOnly,
    /// One that is not in recovery.
    Primary,
    /// One that is.
    Standby,
    /// One that is, or else any.
    PreferStandby,
}

impl TargetSessionAttributes {
    pub(super) const WORDS: &[(&str, Self)] = &[
        ("any", Self::Any),
        ("read-write", Self::ReadWrite),
        ("read-only", Self::ReadOnly),
        ("primary", Self::Primary),
        ("standby", Self::Standby),
        ("prefer-standby", Self::PreferStandby),
    ];
}

/// A version of TLS; earlier ones are not spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
}

impl TlsVersion {
    /// As a lower bound, the versions that are not spoken are no different from 1.2.
    pub(super) const LOWEST: &[(&str, Self)] =
        &[("TLSv1.2", Self::Tls12), ("TLSv1.3", Self::Tls13), ("TLSv1.1", Self::Tls12), ("TLSv1", Self::Tls12)];
    pub(super) const HIGHEST: &[(&str, Self)] = &[("TLSv1.2", Self::Tls12), ("TLSv1.3", Self::Tls13)];
}

/// `0` and `1`.
pub(super) const SWITCH: &[(&str, bool)] = &[("1", true), ("0", false)];
