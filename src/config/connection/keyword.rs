//! libpq's parameters, their environment variables, and which of them are understood here:
//! <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>,
//! <https://www.postgresql.org/docs/current/libpq-envars.html>.

/// What becomes of a parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Treatment {
    /// It is read.
    Read,
    /// It changes nothing that matters here.
    Ignored,
    /// It would be wrong to go on without it.
    Refused,
}

/// One of libpq's parameters.
pub(super) struct Keyword {
    pub name: &'static str,
    pub variable: Option<&'static str>,
    pub treatment: Treatment,
}

/// The parameter of this name.
pub(super) fn find(name: &str) -> Option<&'static Keyword> {
    KEYWORDS.iter().find(|keyword| keyword.name == name)
}

/// Whether libpq has a parameter of this name.
pub(in crate::config) fn is_known(name: &str) -> bool {
    find(name).is_some()
}

pub(super) static KEYWORDS: [Keyword; 54] = [
    read("host", "PGHOST"),
    read("hostaddr", "PGHOSTADDR"),
    read("port", "PGPORT"),
    read("dbname", "PGDATABASE"),
    read("user", "PGUSER"),
    read("password", "PGPASSWORD"),
    read("passfile", "PGPASSFILE"),
    read("service", "PGSERVICE"),
    read("servicefile", "PGSERVICEFILE"),
    read("application_name", "PGAPPNAME"),
    read("options", "PGOPTIONS"),
    read("connect_timeout", "PGCONNECT_TIMEOUT"),
    read("sslmode", "PGSSLMODE"),
    read("sslnegotiation", "PGSSLNEGOTIATION"),
    read("sslrootcert", "PGSSLROOTCERT"),
    read("sslcert", "PGSSLCERT"),
    read("sslkey", "PGSSLKEY"),
    read("sslcertmode", "PGSSLCERTMODE"),
    read("sslsni", "PGSSLSNI"),
    read("ssl_min_protocol_version", "PGSSLMINPROTOCOLVERSION"),
    read("ssl_max_protocol_version", "PGSSLMAXPROTOCOLVERSION"),
    read("channel_binding", "PGCHANNELBINDING"),
    read("gssencmode", "PGGSSENCMODE"),
    read("target_session_attrs", "PGTARGETSESSIONATTRS"),
    read("load_balance_hosts", "PGLOADBALANCEHOSTS"),
    without_variable("fallback_application_name", Treatment::Read),
    // What is sent and read is always UTF-8, so the variable, meant for psql's terminal, is not looked at.
    without_variable("client_encoding", Treatment::Read),
    without_variable("keepalives", Treatment::Read),
    without_variable("keepalives_idle", Treatment::Read),
    without_variable("keepalives_interval", Treatment::Read),
    without_variable("keepalives_count", Treatment::Read),
    without_variable("tcp_user_timeout", Treatment::Read),
    refused("requirepeer", "PGREQUIREPEER"),
    refused("require_auth", "PGREQUIREAUTH"),
    refused("requiressl", "PGREQUIRESSL"),
    refused("sslcrl", "PGSSLCRL"),
    refused("sslcrldir", "PGSSLCRLDIR"),
    without_variable("sslpassword", Treatment::Refused),
    without_variable("replication", Treatment::Refused),
    without_variable("scram_client_key", Treatment::Refused),
    without_variable("scram_server_key", Treatment::Refused),
    without_variable("oauth_issuer", Treatment::Refused),
    without_variable("oauth_client_id", Treatment::Refused),
    without_variable("oauth_client_secret", Treatment::Refused),
    without_variable("oauth_scope", Treatment::Refused),
    without_variable("sslcompression", Treatment::Ignored),
    without_variable("sslkeylogfile", Treatment::Ignored),
    without_variable("krbsrvname", Treatment::Ignored),
    without_variable("gsslib", Treatment::Ignored),
    without_variable("gssdelegation", Treatment::Ignored),
    without_variable("min_protocol_version", Treatment::Ignored),
    without_variable("max_protocol_version", Treatment::Ignored),
    without_variable("tty", Treatment::Ignored),
    without_variable("authtype", Treatment::Ignored),
];

const fn read(name: &'static str, variable: &'static str) -> Keyword {
    Keyword { name, variable: Some(variable), treatment: Treatment::Read }
}

const fn refused(name: &'static str, variable: &'static str) -> Keyword {
    Keyword { name, variable: Some(variable), treatment: Treatment::Refused }
}

const fn without_variable(name: &'static str, treatment: Treatment) -> Keyword {
    Keyword { name, variable: None, treatment }
}
