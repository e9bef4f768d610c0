//! Opening a session, as libpq does it: <https://www.postgresql.org/docs/current/libpq-connect.html>

mod advice;
mod attempt;
mod cancel;
mod certificate;
mod failure;
mod first_question;
mod greeting;
mod order;
mod stream;
mod tls;
mod transport;
mod verifier;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::PostgresConnection;
use super::client::Client;
use super::lock::Exclusion;
use super::prepared::Prepared;
use super::route::Route;
use super::session::{self, NoticeBuffer};
use super::watch::Outstanding;
use crate::backend::{BackendError, Purpose, RunMode, Settings, TableNames};
use crate::config::{ConnectionParameters, Environment, Host, PostgresUrl, Server, TargetSessionAttributes};
use failure::Failure;
use first_question::Answers;

/// How long a session may take to open that is not needed, only wanted.
const SOON: Duration = Duration::from_secs(5);

/// A session on the server that will do.
struct Opened {
    session: attempt::Session,
    answers: Answers,
    route: Option<Route>,
    server: Server,
}

/// Connects, finds the version table and applies the session's settings, in two round trips.
///
/// Where something may be in between, the settings wait for a part's own transaction: what is set for a
/// session may reach strangers.
pub(in crate::backend) fn connect(
    url: &PostgresUrl,
    environment: &Environment,
    settings: &Settings,
    purpose: Purpose,
) -> Result<PostgresConnection, BackendError> {
    let mut parameters = ConnectionParameters::resolve(url, environment).map_err(BackendError::Parameter)?;
    if parameters.load_balance {
        order::shuffle(&mut parameters.servers);
    }
    let notices = Arc::new(Mutex::new(NoticeBuffer::default()));
    let Opened { mut session, answers, route, server } = first_that_will_do(&parameters, url, settings, &notices)?;
    answers.check_purpose(purpose)?;
    let schema = answers.schema.ok_or(BackendError::NoSchema)?;
    let settings_sql = session::settings(settings, answers.server_version, answers.notices_lost_client);
    if route == Some(Route::Direct) {
        session.client.batch_execute(&settings_sql)?;
    }
    let watch = settings.interrupt.watch(move || session.cancel.send());
    Ok(PostgresConnection {
        client: Client::new(session.client, watch),
        server_version: answers.server_version,
        interrupt: settings.interrupt.clone(),
        tables: TableNames::new(Some(schema), &settings.version_table),
        has_version_table: answers.has_version_table,
        has_upgrade_sql: answers.has_upgrade_sql,
        settings: settings_sql,
        lock_timeout: None,
        lock_wait: settings.lock_wait,
        route,
        exclusion: Exclusion::None,
        expected: None,
        mode: RunMode::PerRevision,
        part: None,
        strings_changed: false,
        revision_ended: false,
        discarding: false,
        in_transaction: false,
        pending: String::new(),
        waiting: None,
        bookkeeping: String::new(),
        prepared: Prepared::default(),
        notices,
        pid: answers.pid,
        server: Arc::new(SameServer { server, parameters }),
        outstanding: Arc::new(Outstanding::new(settings.lock_timeout)),
        scratch: None,
    })
}

/// The way to one more session on the server of the first, with the same password and encryption.
pub(super) struct SameServer {
    server: Server,
    parameters: ConnectionParameters,
}

impl SameServer {
    /// Opens a session, if that does not take long.
    pub fn open(&self) -> Option<postgres::Client> {
        let mut parameters = self.parameters.clone();
        parameters.connect_timeout = Some(parameters.connect_timeout.map_or(SOON, |timeout| timeout.min(SOON)));
        attempt::open(&self.server, &parameters, &Arc::default()).ok().map(|session| session.client)
    }
}

/// Tries the servers in their order.
fn first_that_will_do(
    parameters: &ConnectionParameters,
    url: &PostgresUrl,
    settings: &Settings,
    notices: &Arc<Mutex<NoticeBuffer>>,
) -> Result<Opened, BackendError> {
    let wanted = parameters.target_session_attributes;
    // Where a standby is only preferred, a second round takes anyone.
    let rounds = match wanted {
        TargetSessionAttributes::PreferStandby => vec![wanted, TargetSessionAttributes::Any],
        _ => vec![wanted],
    };
    let mut failures = Vec::new();
    for wanted in rounds {
        failures.clear();
        for server in &parameters.servers {
            match open(server, parameters, settings, wanted, notices) {
                Ok(session) => return Ok(session),
                Err(failure) => {
                    let goes_on = failure.leaves_others();
                    failures.push((server, failure));
                    if !goes_on {
                        return Err(told(&failures, parameters, url));
                    }
                }
            }
        }
    }
    Err(told(&failures, parameters, url))
}

fn open(
    server: &Server,
    parameters: &ConnectionParameters,
    settings: &Settings,
    wanted: TargetSessionAttributes,
    notices: &Arc<Mutex<NoticeBuffer>>,
) -> Result<Opened, Failure> {
    let mut session = attempt::open(server, parameters, notices)?;
    let answers = first_question::ask(&mut session.client, settings).map_err(|error| Failure::of(&error))?;
    answers.check(wanted)?;
    let route = (session.process.is_some() && session.process == answers.pid).then_some(Route::Direct);
    Ok(Opened { session, answers, route, server: server.clone() })
}

/// The error for servers that all failed. The advice is for the one that comes closest to working.
fn told(failures: &[(&Server, Failure)], parameters: &ConnectionParameters, url: &PostgresUrl) -> BackendError {
    let message = match failures {
        [(_, failure)] => failure.to_string(),
        several => {
            several.iter().map(|(server, failure)| format!("{server}: {failure}")).collect::<Vec<_>>().join("; ")
        }
    };
    let telling = failures.iter().find(|(_, failure)| !failure.is_passing()).or(failures.first());
    BackendError::Connect {
        url: resolved(url, parameters).to_string(),
        message,
        hint: telling.and_then(|(server, failure)| advice::hint(failure, server, parameters)),
        passing: failures.iter().any(|(_, failure)| failure.is_passing()),
    }
}

/// The URL with what came from elsewhere filled in, so that one sees where it went.
fn resolved(url: &PostgresUrl, parameters: &ConnectionParameters) -> PostgresUrl {
    let host = |server: &Server| Host {
        name: match server.address {
            Some(address) if server.host.is_empty() => address.to_string(),
            _ => server.host.clone(),
        },
        port: Some(server.port),
    };
    let mut url = url.clone();
    url.hosts = parameters.servers.iter().map(host).collect();
    url.user = Some(parameters.user.clone());
    url.database = Some(parameters.database.clone());
    url
}
