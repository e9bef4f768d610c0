//! One server: its addresses, and for each of them the kinds of encryption that `sslmode` allows.

use std::net::{IpAddr, ToSocketAddrs as _};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};

use postgres::config::{ChannelBinding as PostgresChannelBinding, SslMode as PostgresSslMode, SslNegotiation};
use postgres::{Client, NoTls};

use super::cancel::Cancel;
use super::failure::Failure;
use super::order::shuffle;
use super::stream::Progress;
use super::transport::{Encryption, Transport};
use crate::backend::postgres::session::NoticeBuffer;
use crate::config::{ChannelBinding, ConnectionParameters, Server, SslMode};

/// A session that has begun, and what cancels its statements.
pub(super) struct Session {
    pub client: Client,
    /// The process that serves it, as it was announced. A pooler has to announce something of its own: by it
    /// requests to cancel are told apart, and several of its clients share a process of the server.
    /// <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS>
    pub process: Option<u32>,
    pub cancel: Cancel,
}

/// Opens a session on `server`.
pub(super) fn open(
    server: &Server,
    parameters: &ConnectionParameters,
    notices: &Arc<Mutex<NoticeBuffer>>,
) -> Result<Session, Failure> {
    let config = configure(server, parameters, notices);
    if server.is_socket() {
        return open_socket(config, server);
    }
    if parameters.tls.mode == SslMode::VerifyFull && server.host.is_empty() {
        return Err(Failure::NoHostToVerify);
    }
    let mut failure = None;
    for address in addresses(server, parameters.load_balance)? {
        let mut config = config.clone();
        // The name is what TLS is asked for.
        let name = if server.host.is_empty() { address.to_string() } else { server.host.clone() };
        config.host(&name).hostaddr(address);
        match open_address(&config, parameters) {
            Ok(session) => return Ok(session),
            Err(failed) if failed.leaves_others() => failure = Some(failed),
            Err(failed) => return Err(failed),
        }
    }
    Err(failure.unwrap_or_else(|| Failure::UnknownHost("it has no address".into())))
}

/// TLS is not for sockets: <https://www.postgresql.org/docs/current/libpq-ssl.html>
fn open_socket(mut config: postgres::Config, server: &Server) -> Result<Session, Failure> {
    config.host(&server.host).ssl_mode(PostgresSslMode::Disable);
    let client = config.connect(NoTls).map_err(|error| Failure::of(&error))?;
    let cancel = Cancel::new(&client, None);
    Ok(Session { client, process: None, cancel })
}

fn addresses(server: &Server, load_balance: bool) -> Result<Vec<IpAddr>, Failure> {
    if let Some(address) = server.address {
        return Ok(vec![address]);
    }
    let found = (server.host.as_str(), server.port).to_socket_addrs();
    let mut addresses: Vec<IpAddr> =
        found.map_err(|error| Failure::UnknownHost(reason(&error)))?.map(|found| found.ip()).collect();
    if load_balance {
        shuffle(&mut addresses);
    }
    Ok(addresses)
}

/// The system's words without Rust's in front of them.
fn reason(error: &std::io::Error) -> String {
    let text = error.to_string();
    text.rsplit_once(": ").map_or(text.as_str(), |(_, reason)| reason).to_owned()
}

fn open_address(config: &postgres::Config, parameters: &ConnectionParameters) -> Result<Session, Failure> {
    let open = |encryption| open_with(config, parameters, encryption);
    match parameters.tls.mode {
        SslMode::Disable => open(Encryption::None).map_err(|(failure, _)| failure),
        SslMode::Allow => open(Encryption::None).or_else(|(plain, _)| match plain {
            plain if plain.may_be_encryption() => open(Encryption::Always).map_err(|(encrypted, _)| match encrypted {
                Failure::TlsNotOffered => plain,
                encrypted => encrypted,
            }),
            plain => Err(plain),
        }),
        // The failure with TLS is the one to tell: it says what has to be mended.
        SslMode::Prefer => open(Encryption::IfOffered).or_else(|(first, was_encrypted)| {
            let may_be_encryption = first.is_of_tls() || (was_encrypted && first.may_be_encryption());
            if may_be_encryption { open(Encryption::None).map_err(|_| first) } else { Err(first) }
        }),
        SslMode::Require | SslMode::VerifyCa | SslMode::VerifyFull => {
            open(Encryption::Always).map_err(|(failure, _)| failure)
        }
    }
}

/// Opens a session; on failure, says as well whether the connection was encrypted.
fn open_with(
    config: &postgres::Config,
    parameters: &ConnectionParameters,
    encryption: Encryption,
) -> Result<Session, (Failure, bool)> {
    let progress = Arc::new(Progress::default());
    let transport = Transport {
        encryption,
        parameters: Arc::new(parameters.tls.clone()),
        timeout: parameters.connect_timeout,
        progress: Arc::clone(&progress),
        awaits_end: false,
    };
    let opened = config.connect(transport.clone());
    progress.begun.store(true, Ordering::Relaxed);
    let client = opened.map_err(|error| (Failure::of(&error), progress.encrypted.load(Ordering::Relaxed)))?;
    let process = Some(progress.process.load(Ordering::Relaxed)).filter(|process| *process != 0);
    let cancel = Cancel::new(&client, Some(transport));
    Ok(Session { client, process, cancel })
}

fn configure(
    server: &Server,
    parameters: &ConnectionParameters,
    notices: &Arc<Mutex<NoticeBuffer>>,
) -> postgres::Config {
    let mut config = postgres::Config::new();
    config
        .port(server.port)
        .user(&parameters.user)
        .dbname(&parameters.database)
        .application_name(&parameters.application_name)
        // The transport negotiates: see there.
        .ssl_mode(PostgresSslMode::Require)
        .ssl_negotiation(SslNegotiation::Direct)
        .channel_binding(match parameters.tls.channel_binding {
            ChannelBinding::Disable => PostgresChannelBinding::Disable,
            ChannelBinding::Prefer => PostgresChannelBinding::Prefer,
            ChannelBinding::Require => PostgresChannelBinding::Require,
        })
        .keepalives(parameters.keepalives.enabled);
    if let Some(password) = &server.password {
        config.password(password.secret.expose());
    }
    if let Some(options) = &parameters.options {
        config.options(options);
    }
    if let Some(timeout) = parameters.connect_timeout {
        config.connect_timeout(timeout);
    }
    let keepalives = &parameters.keepalives;
    if let Some(idle) = keepalives.idle {
        config.keepalives_idle(idle);
    }
    if let Some(interval) = keepalives.interval {
        config.keepalives_interval(interval);
    }
    if let Some(count) = keepalives.count {
        config.keepalives_retries(count);
    }
    if let Some(timeout) = keepalives.user_timeout {
        config.tcp_user_timeout(timeout);
    }
    let buffer = Arc::clone(notices);
    config.notice_callback(move |notice| {
        if let Ok(mut buffer) = buffer.lock() {
            buffer.push(notice.severity(), notice.message());
        }
    });
    config
}
