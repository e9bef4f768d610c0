//! The parameters of a PostgreSQL connection, put together as libpq does: the URL goes before the service file,
//! that before the environment, that before the password file, that before the defaults.
//! <https://www.postgresql.org/docs/current/libpq-connect.html>

mod choices;
mod error;
mod keyword;
mod password_file;
mod places;
mod servers;
mod service_file;
mod sources;
mod tls;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

pub use choices::{ChannelBinding, SslMode, SslNegotiation, TargetSessionAttributes, TlsVersion};
pub use error::{ParameterError, ParameterSource};
pub(super) use keyword::is_known;
pub use servers::Server;
pub use tls::{RootCertificates, TlsParameters};

use super::environment::Environment;
use super::url::{PostgresUrl, Secret};
use choices::SWITCH;
use password_file::{Login, PasswordFile, host_name};
use sources::{Given, Parameters};

/// How long a server may take to let us in, where nothing is said. libpq would wait without end.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(15);

/// A peer that is gone without a word is noticed within a minute where nothing is said; the system would take two
/// hours. A server that works on a long statement answers these signs of life all the same.
const KEEPALIVES_IDLE: i32 = 30;
const KEEPALIVES_INTERVAL: i32 = 10;
const KEEPALIVES_COUNT: i32 = 3;
/// In milliseconds.
const TCP_USER_TIMEOUT: i32 = 60_000;

/// Everything that is needed to connect, resolved and checked.
#[derive(Debug, Clone)]
pub struct ConnectionParameters {
    /// The servers to try, in order; at least one.
    pub servers: Vec<Server>,
    /// Whether their order is chosen by chance.
    pub load_balance: bool,
    /// Which of them will do.
    pub target_session_attributes: TargetSessionAttributes,
    /// The role to log in as.
    pub user: String,
    /// The database.
    pub database: String,
    /// What the server calls us.
    pub application_name: String,
    /// Settings and options for the server's process.
    pub options: Option<String>,
    /// How long one address may take; `None` is without limit.
    pub connect_timeout: Option<Duration>,
    /// How a dead connection is noticed.
    pub keepalives: Keepalives,
    /// How to encrypt, and whom to trust.
    pub tls: TlsParameters,
    /// Why the password file was ignored, for when a password is missed.
    pub ignored_password_file: Option<String>,
}

/// A password, and where it is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Password {
    /// The password.
    pub secret: Secret,
    /// Where it is from.
    pub origin: PasswordOrigin,
}

/// Where a password is from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PasswordOrigin {
    /// A parameter.
    Parameter(ParameterSource),
    /// A password file.
    File(PathBuf),
}

impl fmt::Display for PasswordOrigin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parameter(source) => write!(formatter, "the one {source}"),
            Self::File(file) => write!(formatter, "the one in `{}`", file.display()),
        }
    }
}

/// How a dead connection is noticed; what is `None` is left to the system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Keepalives {
    /// Whether the system asks for signs of life.
    pub enabled: bool,
    /// After how much silence.
    pub idle: Option<Duration>,
    /// How often.
    pub interval: Option<Duration>,
    /// How many may stay without an answer.
    pub count: Option<u32>,
    /// How long sent data may stay without an answer.
    pub user_timeout: Option<Duration>,
}

impl ConnectionParameters {
    /// Resolves the parameters for `url`, with the variables and the home directory of `environment`.
    ///
    /// # Errors
    /// A parameter that is unknown, that is not supported or whose value makes no sense, wherever it was given;
    /// a service that does not exist; no user.
    pub fn resolve(url: &PostgresUrl, environment: &Environment) -> Result<Self, ParameterError> {
        let mut parameters = Parameters::gather(url, environment)?;
        check_fixed(&mut parameters)?;
        let mut servers = servers::read(&mut parameters)?;
        let user = match parameters.text("user") {
            Some(user) => user,
            None => system_user(environment)?,
        };
        let database = parameters.text("dbname").unwrap_or_else(|| user.clone());
        let ignored_password_file = add_passwords(&mut servers, &mut parameters, &user, &database);
        let fallback_name = parameters.text("fallback_application_name");
        Ok(Self {
            servers,
            load_balance: parameters
                .choice("load_balance_hosts", &[("disable", false), ("random", true)])?
                .unwrap_or(false),
            target_session_attributes: parameters
                .choice("target_session_attrs", TargetSessionAttributes::WORDS)?
                .unwrap_or(TargetSessionAttributes::Any),
            user,
            database,
            application_name: parameters
                .text("application_name")
                .or(fallback_name)
                .unwrap_or_else(|| "migrator".to_owned()),
            options: parameters.text("options"),
            connect_timeout: match parameters.number("connect_timeout")? {
                None => Some(CONNECT_TIMEOUT),
                Some(seconds) => positive(seconds).map(Duration::from_secs),
            },
            keepalives: Keepalives {
                enabled: parameters.choice("keepalives", SWITCH)?.unwrap_or(true),
                idle: or_default(&mut parameters, "keepalives_idle", KEEPALIVES_IDLE)?.map(Duration::from_secs),
                interval: or_default(&mut parameters, "keepalives_interval", KEEPALIVES_INTERVAL)?
                    .map(Duration::from_secs),
                count: or_default(&mut parameters, "keepalives_count", KEEPALIVES_COUNT)?
                    .and_then(|count| count.try_into().ok()),
                user_timeout: or_default(&mut parameters, "tcp_user_timeout", TCP_USER_TIMEOUT)?
                    .map(Duration::from_millis),
            },
            tls: tls::read(&mut parameters)?,
            ignored_password_file,
        })
    }
}

/// Parameters that have one value only here.
fn check_fixed(parameters: &mut Parameters<'_>) -> Result<(), ParameterError> {
    parameters.choice("client_encoding", &[("utf8", ()), ("utf-8", ()), ("unicode", ()), ("auto", ())])?;
    parameters.choice("gssencmode", &[("disable", ()), ("prefer", ())])?;
    Ok(())
}

/// Gives each server its password: the one of the parameters, or else what the password file has for it. Gives
/// the reason why that file is ignored, if it is.
fn add_passwords(
    servers: &mut [Server],
    parameters: &mut Parameters<'_>,
    user: &str,
    database: &str,
) -> Option<String> {
    let named = parameters.text("passfile").map(PathBuf::from);
    if let Some(Given { text, source }) = parameters.take("password") {
        let password = Password { secret: Secret::new(text), origin: PasswordOrigin::Parameter(source) };
        for server in servers {
            server.password = Some(password.clone());
        }
        return None;
    }
    let path = named.or_else(|| places::password_file(parameters.environment()))?;
    let file = match PasswordFile::read(path) {
        Ok(file) => file?,
        Err(reason) => return Some(reason),
    };
    let is_default_socket =
        |host: &std::path::Path| places::SOCKET_DIRECTORIES.iter().any(|known| host == std::path::Path::new(known));
    for server in servers {
        let address = server.address.map(|address| address.to_string()).unwrap_or_default();
        let host = if server.host.is_empty() { &address } else { &server.host };
        let login = Login { host: host_name(host, is_default_socket), port: server.port, database, user };
        server.password =
            file.password(&login).map(|secret| Password { secret, origin: PasswordOrigin::File(file.path.clone()) });
    }
    None
}

/// A number that has a default here; what is not positive leaves it to the system.
fn or_default(
    parameters: &mut Parameters<'_>,
    name: &'static str,
    default: i32,
) -> Result<Option<u64>, ParameterError> {
    Ok(positive(parameters.number(name)?.unwrap_or(default)))
}

/// Zero and less mean the default, or no limit.
fn positive(number: i32) -> Option<u64> {
    u64::try_from(number).ok().filter(|number| *number > 0)
}

/// The user that this process runs as. In a container it may have no name; then `USER` may tell one.
fn system_user(environment: &Environment) -> Result<String, ParameterError> {
    let named = || environment.get("USER").filter(|name| !name.is_empty()).map(str::to_owned);
    whoami::username().ok().or_else(named).ok_or(ParameterError::NoUser)
}
