//! What is asked of a server first, in one round trip: what it is, and where the version table is.

use postgres::{Client, SimpleQueryMessage};

use super::super::version_table::has_upgrade_sql;
use super::failure::Failure;
use crate::backend::{BackendError, Purpose, Settings};
use crate::config::TargetSessionAttributes;
use crate::sql::Dialect;

/// The answers.
pub(super) struct Answers {
    /// As in `server_version_num`.
    pub server_version: u32,
    /// The version table's schema: where it is, or where it will be made. None if the search path is empty.
    pub schema: Option<String>,
    pub has_version_table: bool,
    /// Can it look, while a statement runs, whether its client is still there? The setting exists since
    /// PostgreSQL 14, and cannot be used on every system; where it is known that it can is Linux.
    pub notices_lost_client: bool,
    /// The session's process.
    pub pid: Option<u32>,
    pub has_upgrade_sql: bool,
    is_read_only: bool,
    is_in_recovery: bool,
}

/// Asks.
///
/// The table is looked for on the search path; where it is not found it will be made in the first schema
/// of the path: <https://www.postgresql.org/docs/current/ddl-schemas.html#DDL-SCHEMAS-PATH>
pub(super) fn ask(client: &mut Client, settings: &Settings) -> Result<Answers, postgres::Error> {
    let dialect = Dialect::PostgreSql;
    let mut name = dialect.quote_identifier(&settings.version_table);
    if let Some(schema) = &settings.version_table_schema {
        name = format!("{}.{name}", dialect.quote_identifier(schema));
    }
    let question = format!(
        "SELECT current_setting('server_version_num'), current_schema(), \
         (SELECT n.nspname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.oid = to_regclass({})), current_setting('transaction_read_only'), pg_catalog.pg_is_in_recovery(), \
         current_setting('client_connection_check_interval', true) IS NOT NULL AND version() LIKE '%linux%', \
         pg_catalog.pg_backend_pid(), {}",
        dialect.quote_literal(&name),
        has_upgrade_sql(&name)
    );
    let rows = client.simple_query(&question)?;
    let row = rows.iter().find_map(|message| match message {
        SimpleQueryMessage::Row(row) => Some(row),
        _ => None,
    });
    let get = |column: usize| row.and_then(|row| row.get(column));
    let found = get(2).map(str::to_owned);
    Ok(Answers {
        server_version: get(0).and_then(|version| version.parse().ok()).unwrap_or(0),
        has_version_table: found.is_some(),
        has_upgrade_sql: get(7) == Some("t"),
        schema: found.or_else(|| settings.version_table_schema.clone()).or_else(|| get(1).map(str::to_owned)),
        is_read_only: get(3) == Some("on"),
        is_in_recovery: get(4) == Some("t"),
        notices_lost_client: get(5) == Some("t"),
        pid: get(6).and_then(|pid| pid.parse().ok()),
    })
}

impl Answers {
    /// Is it a server that `attributes` ask for?
    /// <https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNECT-TARGET-SESSION-ATTRS>
    pub fn check(&self, attributes: TargetSessionAttributes) -> Result<(), Failure> {
        let unsuitable = match attributes {
            TargetSessionAttributes::ReadWrite if self.is_read_only => "the session is read-only",
            TargetSessionAttributes::ReadOnly if !self.is_read_only => "the session is not read-only",
            TargetSessionAttributes::Primary if self.is_in_recovery => "the server is in recovery, no primary",
            TargetSessionAttributes::Standby | TargetSessionAttributes::PreferStandby if !self.is_in_recovery => {
                "the server is a primary, no standby"
            }
            _ => return Ok(()),
        };
        Err(Failure::Unsuitable(unsuitable))
    }

    /// Can it do what the connection is for?
    pub fn check_purpose(&self, purpose: Purpose) -> Result<(), BackendError> {
        if purpose == Purpose::Write && (self.is_read_only || self.is_in_recovery) {
            return Err(BackendError::ReadOnly { in_recovery: self.is_in_recovery });
        }
        Ok(())
    }
}
