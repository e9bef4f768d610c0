//! The servers to try: `host`, `hostaddr` and `port` are lists of the same length.
//! <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS>

use std::fmt;
use std::net::IpAddr;

use super::error::ParameterError;
use super::places;
use super::sources::{Given, Parameters};

/// A server to try.
#[derive(Clone, PartialEq, Eq)]
pub struct Server {
    /// Its name, its address, or the directory of its socket. Empty where only `address` was given.
    pub host: String,
    /// The address to use in place of looking up the name.
    pub address: Option<IpAddr>,
    /// Its port.
    pub port: u16,
    /// The password for it, and where that is from.
    pub password: Option<super::Password>,
}

impl Server {
    /// Whether `host` is the directory of a socket.
    #[must_use]
    pub fn is_socket(&self) -> bool {
        cfg!(unix) && self.address.is_none() && self.host.starts_with('/')
    }
}

impl fmt::Display for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.address {
            _ if self.is_socket() => write!(formatter, "{}/.s.PGSQL.{}", self.host, self.port),
            Some(address) if self.host.is_empty() => write!(formatter, "{address}:{}", self.port),
            _ if self.host.contains(':') => write!(formatter, "[{}]:{}", self.host, self.port),
            _ => write!(formatter, "{}:{}", self.host, self.port),
        }
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

/// The servers that `parameters` name, in their order, without passwords.
pub(super) fn read(parameters: &mut Parameters<'_>) -> Result<Vec<Server>, ParameterError> {
    let names = list(parameters.take("host"));
    let addresses = match parameters.take("hostaddr") {
        None => Vec::new(),
        Some(given) => addresses(given)?,
    };
    let ports = match parameters.take("port") {
        None => Vec::new(),
        Some(given) => ports(given)?,
    };
    let count = names.len().max(addresses.len()).max(1);
    if !names.is_empty() && !addresses.is_empty() && names.len() != addresses.len() {
        return Err(ParameterError::Contradiction {
            fact: "the numbers of hosts and addresses differ",
            hint: "`hostaddr` has one address for each `host`, or there is no `host`",
        });
    }
    if ports.len() > 1 && ports.len() != count {
        return Err(ParameterError::Contradiction {
            fact: "the numbers of hosts and ports differ",
            hint: "give each host its port, or all of them one",
        });
    }
    let mut servers = Vec::with_capacity(count);
    for index in 0..count {
        let port = ports.get(index).or(ports.first()).copied().flatten().unwrap_or(5432);
        let address = addresses.get(index).copied().flatten();
        let host = match names.get(index) {
            Some(name) if !name.is_empty() => name.clone(),
            _ if address.is_some() => String::new(),
            _ => places::default_host(port),
        };
        servers.push(Server { host, address, port, password: None });
    }
    Ok(servers)
}

fn list(given: Option<Given>) -> Vec<String> {
    given.map(|given| given.text.split(',').map(|item| item.trim().to_owned()).collect()).unwrap_or_default()
}

fn addresses(given: Given) -> Result<Vec<Option<IpAddr>>, ParameterError> {
    let place = given.source.clone();
    let address = |item: &String| match item.as_str() {
        "" => Ok(None),
        text => text.parse().map(Some),
    };
    list(Some(given)).iter().map(address).collect::<Result<_, _>>().map_err(|_| ParameterError::Value {
        parameter: "hostaddr",
        place,
        problem: "is not an IP address".into(),
        hint: Some("a name belongs in `host`".into()),
    })
}

fn ports(given: Given) -> Result<Vec<Option<u16>>, ParameterError> {
    let place = given.source.clone();
    let port = |item: &String| match item.as_str() {
        "" => Some(None),
        text => text.parse().ok().filter(|port| *port != 0).map(Some),
    };
    list(Some(given)).iter().map(port).collect::<Option<_>>().ok_or_else(|| ParameterError::Value {
        parameter: "port",
        place,
        problem: "is not a number from 1 to 65535".into(),
        hint: None,
    })
}
