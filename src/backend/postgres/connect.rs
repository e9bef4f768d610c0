//! Opening a session.

use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use postgres::NoTls;
use postgres::SimpleQueryMessage;
use postgres::config::SslMode;

use super::session::{self, NoticeBuffer};
use super::{PostgresConnection, error};
use crate::backend::{BackendError, RunMode, Settings, TableNames};
use crate::config::PostgresUrl;
use crate::sql::Dialect;

/// Where Debian, Red Hat and Homebrew put the server's socket.
const SOCKET_DIRECTORIES: [&str; 2] = ["/var/run/postgresql", "/tmp"];

/// Connects, applies the session's settings and finds the version table, in two round trips.
pub(in crate::backend) fn connect(url: &PostgresUrl, settings: &Settings) -> Result<PostgresConnection, BackendError> {
    let failed = |message: String, hint: Option<&str>| BackendError::Connect {
        url: url.to_string(),
        message,
        hint: hint.map(str::to_owned),
    };
    let mut config = configure(url).map_err(|message| failed(message, None))?;
    let notices = Arc::new(Mutex::new(NoticeBuffer::default()));
    let buffer = Arc::clone(&notices);
    config.notice_callback(move |notice| {
        if let Ok(mut buffer) = buffer.lock() {
            buffer.push(notice.severity(), notice.message());
        }
    });
    let mut client = config.connect(NoTls).map_err(|error| failed(error::describe(&error), hint(&error)))?;

    let (server_version, schema, has_version_table) = find_version_table(&mut client, settings)?;
    let schema = schema.ok_or(BackendError::NoSchema)?;
    let settings_sql = session::settings(settings, server_version);
    client.batch_execute(&settings_sql)?;
    Ok(PostgresConnection {
        client,
        tables: TableNames::new(Some(schema), &settings.version_table),
        has_version_table,
        settings: settings_sql,
        lock_wait: settings.lock_wait,
        locked: false,
        mode: RunMode::PerRevision,
        part: None,
        strings_changed: false,
        in_transaction: false,
        pending: String::new(),
        waiting: None,
        bookkeeping: String::new(),
        notices,
    })
}

/// The server's version, the version table's schema and whether the table exists.
///
/// The table is looked for on the search path; where it is not found it will be made in the first schema
/// of the path: <https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH>
fn find_version_table(
    client: &mut postgres::Client,
    settings: &Settings,
) -> Result<(u32, Option<String>, bool), BackendError> {
    let dialect = Dialect::PostgreSql;
    let mut name = dialect.quote_identifier(&settings.version_table);
    if let Some(schema) = &settings.version_table_schema {
        name = format!("{}.{name}", dialect.quote_identifier(schema));
    }
    let question = format!(
        "SELECT current_setting('server_version_num'), current_schema(), \
         (SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.oid = to_regclass({}))",
        dialect.quote_literal(&name)
    );
    for message in client.simple_query(&question)? {
        if let SimpleQueryMessage::Row(row) = message {
            let version = row.get(0).and_then(|version| version.parse().ok()).unwrap_or(0);
            let found = row.get(2).map(str::to_owned);
            let exists = found.is_some();
            let schema =
                found.or_else(|| settings.version_table_schema.clone()).or_else(|| row.get(1).map(str::to_owned));
            return Ok((version, schema, exists));
        }
    }
    Ok((0, None, false))
}

fn configure(url: &PostgresUrl) -> Result<postgres::Config, String> {
    let mut config = postgres::Config::new();
    config.application_name("migrator").connect_timeout(Duration::from_secs(15)).ssl_mode(SslMode::Disable);
    let default_host = || {
        let socket = SOCKET_DIRECTORIES.iter().find(|directory| Path::new(directory).join(".s.PGSQL.5432").exists());
        socket.map_or("localhost", |directory| directory)
    };
    if url.hosts.is_empty() {
        config.host(default_host());
    }
    for host in &url.hosts {
        config.host(if host.name.is_empty() { default_host() } else { &host.name });
        config.port(host.port.unwrap_or(5432));
    }
    let system_user = ["PGUSER", "USER", "LOGNAME"].iter().find_map(|name| std::env::var(name).ok());
    let user = url.user.clone().or(system_user).unwrap_or_else(|| "postgres".to_owned());
    config.dbname(url.database.as_deref().unwrap_or(&user));
    config.user(&user);
    if let Some(password) = url.password() {
        config.password(password.expose());
    }
    for (name, value) in &url.parameters {
        parameter(&mut config, name, value)?;
    }
    Ok(config)
}

/// One parameter of the URL: <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS>
fn parameter(config: &mut postgres::Config, name: &str, value: &str) -> Result<(), String> {
    match (name, value) {
        ("application_name", name) => {
            config.application_name(name);
        }
        ("options", options) => {
            config.options(options);
        }
        ("connect_timeout", seconds) => {
            let seconds = seconds.parse().map_err(|_| "connect_timeout is not a number of seconds".to_owned())?;
            config.connect_timeout(Duration::from_secs(seconds));
        }
        ("sslmode", "disable" | "allow" | "prefer") => {}
        ("sslmode", _) => {
            return Err("this build connects without TLS, so sslmode can be disable, allow or prefer".to_owned());
        }
        _ => return Err(format!("the parameter `{}` is not supported", name.escape_debug())),
    }
    Ok(())
}

fn hint(error: &postgres::Error) -> Option<&'static str> {
    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    match error.code().map(postgres::error::SqlState::code) {
        Some("28P01" | "28000") => Some("look at the user, the password and the server's pg_hba.conf"),
        Some("3D000") => Some("make it with `createdb`, or name another one in the URL"),
        Some("53300") => Some("the server has no free connection; try again later"),
        Some("57P03") => Some("the server is starting up; try again in a moment"),
        Some(_) => None,
        None if error::describe(error) == "password missing" => {
            Some("put it into the URL, best as a variable: `postgresql://user:${PASSWORD}@host/database`")
        }
        None => Some("is the server running there, and does it accept connections from here?"),
    }
}
