//! PostgreSQL URLs, by libpq's grammar:
//! <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING-URIS>

use std::fmt;
use std::net::Ipv6Addr;

use super::encoding::{decode, encode};
use super::error::UrlError;
use super::secret::Secret;
use crate::config::connection::is_known;

/// A database of a PostgreSQL server. What is not given is for libpq's other sources: `PG*`
/// variables, service files, defaults. `Display` and `Debug` show no secret.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct PostgresUrl {
    /// The servers to try, in order; none: the default one.
    pub hosts: Vec<Host>,
    /// The role to log in as.
    pub user: Option<String>,
    password: Option<Secret>,
    /// The database.
    pub database: Option<String>,
    /// The other parameters, each once; the last one given is the one that counts.
    pub parameters: Vec<(String, String)>,
}

/// One server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    /// A host name, an address, or the absolute path of a socket directory; empty: the default.
    pub name: String,
    /// The port, if it is not the default one.
    pub port: Option<u16>,
}

impl PostgresUrl {
    /// The password, if the URL holds one.
    #[must_use]
    pub fn password(&self) -> Option<&Secret> {
        self.password.as_ref()
    }

    /// The same without its password and other secrets.
    #[must_use]
    pub fn without_secrets(&self) -> Self {
        let mut url = Self { password: None, ..self.clone() };
        url.parameters.retain(|(key, _)| !is_secret(key));
        url
    }
}

/// Reads what follows `postgresql:`.
pub(super) fn parse(rest: &str) -> Result<PostgresUrl, UrlError> {
    let rest = rest.strip_prefix("//").ok_or(UrlError::MissingSlashes)?;
    let (location, query) = match rest.split_once('?') {
        Some((location, query)) => (location, Some(query)),
        None => (rest, None),
    };
    let (authority, path) = match location.split_once('/') {
        Some((authority, path)) => (authority, Some(path)),
        None => (location, None),
    };
    // A password with a `/` or `?` would be cut there and its rest taken for a database or a
    // parameter, which are shown. Behind a `:`, an `@` there is the sign of that.
    if authority.contains(':') && path.or(query).is_some_and(|behind| behind.contains('@')) {
        return Err(UrlError::UnescapedPassword);
    }
    // The last `@` ends the user's part, so that one in the password needs no escape.
    let (user, password, hosts) = match authority.rsplit_once('@') {
        None => ("", "", authority),
        Some((user, hosts)) => {
            let (user, password) = user.split_once(':').unwrap_or((user, ""));
            (user, password, hosts)
        }
    };

    let mut addresses = Addresses::default();
    if !hosts.is_empty() {
        for host in hosts.split(',') {
            addresses.push(host, true).map_err(|error| match error {
                UrlError::Port if rest[authority.len()..].contains('@') => UrlError::UnescapedPassword,
                error => error,
            })?;
        }
    }
    let mut url = PostgresUrl {
        hosts: Vec::new(),
        user: filled(decode(user)?),
        password: filled(decode(password)?).map(Secret::new),
        database: filled(decode(path.unwrap_or_default())?),
        parameters: Vec::new(),
    };
    let mut named = Addresses::default();
    for parameter in query.unwrap_or_default().split('&').filter(|parameter| !parameter.is_empty()) {
        let (key, value) = parameter.split_once('=').ok_or(UrlError::ParameterWithoutValue)?;
        let (key, value) = (decode(key)?, decode(value)?);
        match key.as_str() {
            "user" => url.user = filled(value),
            "password" => url.password = filled(value).map(Secret::new),
            "dbname" => url.database = filled(value),
            // SQLAlchemy repeats it, with ports: `?host=a:5432&host=b:5432`.
            "host" => value.split(',').try_for_each(|host| named.push(host, false))?,
            "port" => addresses.ports = value.split(',').map(port).collect::<Result<_, _>>()?,
            _ => {
                url.parameters.retain(|(known, _)| *known != key);
                url.parameters.push((key, value));
            }
        }
    }
    if !named.names.is_empty() {
        addresses.names = named.names;
        if named.ports.iter().any(Option::is_some) {
            addresses.ports = named.ports;
        }
    }
    url.hosts = addresses.into_hosts()?;
    Ok(url)
}

fn filled(value: String) -> Option<String> {
    (!value.is_empty()).then_some(value)
}

/// Hosts and ports; separate lists, because a parameter can replace either.
#[derive(Default)]
struct Addresses {
    names: Vec<String>,
    ports: Vec<Option<u16>>,
}

impl Addresses {
    fn push(&mut self, address: &str, encoded: bool) -> Result<(), UrlError> {
        let (name, port_text) = split_port(address)?;
        self.names.push(if encoded { decode(name)? } else { name.to_owned() });
        self.ports.push(port(port_text)?);
        Ok(())
    }

    fn into_hosts(self) -> Result<Vec<Host>, UrlError> {
        let Self { mut names, mut ports } = self;
        let count = names.len().max(ports.len());
        if names.is_empty() {
            names.resize(count, String::new());
        }
        // One port is for all hosts.
        if let [] | [_] = ports.as_slice() {
            ports.resize(count, ports.first().copied().flatten());
        }
        if names.len() != count || ports.len() != count {
            return Err(UrlError::PortCount);
        }
        // `postgresql://:/d` names no server, as in libpq.
        if let ([name], [None]) = (names.as_slice(), ports.as_slice())
            && name.is_empty()
        {
            return Ok(Vec::new());
        }
        Ok(names.into_iter().zip(ports).map(|(name, port)| Host { name, port }).collect())
    }
}

fn split_port(address: &str) -> Result<(&str, &str), UrlError> {
    if let Some(bracketed) = address.strip_prefix('[') {
        let (name, behind) = bracketed.split_once(']').ok_or(UrlError::Brackets)?;
        return match behind.strip_prefix(':') {
            Some(port) => Ok((name, port)),
            None if behind.is_empty() => Ok((name, "")),
            None => Err(UrlError::Brackets),
        };
    }
    if address.starts_with('/') || address.parse::<Ipv6Addr>().is_ok() {
        return Ok((address, ""));
    }
    Ok(address.split_once(':').unwrap_or((address, "")))
}

fn port(text: &str) -> Result<Option<u16>, UrlError> {
    if text.is_empty() {
        return Ok(None);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0).map(Some).ok_or(UrlError::Port)
}

impl fmt::Display for PostgresUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("postgresql://")?;
        if self.user.is_some() || self.password.is_some() {
            formatter.write_str(&encode(self.user.as_deref().unwrap_or_default(), ""))?;
            formatter.write_str(if self.password.is_some() { ":***@" } else { "@" })?;
        }
        for (index, host) in self.hosts.iter().enumerate() {
            formatter.write_str(if index == 0 { "" } else { "," })?;
            if host.name.contains(':') && !host.name.starts_with('/') {
                write!(formatter, "[{}]", encode(&host.name, ":"))?;
            } else {
                formatter.write_str(&encode(&host.name, ""))?;
            }
            if let Some(port) = host.port {
                write!(formatter, ":{port}")?;
            }
        }
        if let Some(database) = &self.database {
            write!(formatter, "/{}", encode(database, ""))?;
        }
        // A parameter that nobody knows may be a piece of a password with an unescaped `&`.
        let known = self.parameters.iter().filter(|(key, _)| is_known(key));
        for (index, (key, value)) in known.enumerate() {
            let separator = if index == 0 { '?' } else { '&' };
            let value = if is_secret(key) { "***".into() } else { encode(value, "/,:") };
            write!(formatter, "{separator}{}={value}", encode(key, ""))?;
        }
        Ok(())
    }
}

/// Whether a parameter's value is a secret; libpq's are `sslpassword`, `oauth_client_secret`,
/// `scram_client_key` and `scram_server_key`:
/// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>
fn is_secret(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["password", "secret", "token", "scram_"].iter().any(|part| key.contains(part))
}

impl fmt::Debug for PostgresUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PostgresUrl({self})")
    }
}
