//! Bookkeeping that is prepared: a run of many revisions sends the same statements again and again, and the server
//! takes longer to read and plan them than to run them. <https://www.postgresql.org/docs/current/sql-prepare.html>

use super::lock::Exclusion;
use super::route::Route;
use super::{PostgresConnection, session};
use crate::backend::bookkeeping::optional;
use crate::backend::{BackendError, Elapsed, Record, RunMode, TableNames, VersionChange};
use crate::sql::Dialect;

/// After how many revisions it is worth it.
const WORTH_IT: usize = 2;

/// All our prepared statements are called so.
pub(super) const PREFIX: &str = "migrator_prepared_";

/// Whether what is prepared in this session is what we prepared.
#[derive(Debug, Default)]
pub(super) struct Prepared {
    is_ready: bool,
    /// May a statement have prepared something, or taken away what was?
    is_touched: bool,
    /// Revisions since it was last found not to be there.
    recorded: usize,
}

impl Prepared {
    pub(super) fn see(&mut self, lower_case_statement: &str) {
        self.is_touched |= ["prepare", "deallocate", "discard"].iter().any(|word| lower_case_statement.contains(word));
    }

    /// The bookkeeping of a revision was sent.
    pub(super) fn count(&mut self) {
        self.recorded += 1;
    }

    /// Can it be relied on?
    pub(super) fn is_ready(&self) -> bool {
        self.is_ready && !self.is_touched
    }

    /// It may be gone, for whatever reason a part failed.
    pub(super) fn forget(&mut self) {
        *self = Self { is_touched: self.is_touched, ..Self::default() };
    }
}

impl PostgresConnection {
    /// Prepares the bookkeeping if that is worth it and the session is ours alone. What files prepared goes.
    pub(super) fn prepare_bookkeeping(&mut self) -> Result<(), BackendError> {
        let is_ours = matches!(self.exclusion, Exclusion::Session) && self.route == Some(Route::Direct);
        let is_wanted = is_ours && self.mode == RunMode::PerRevision && self.prepared.recorded >= WORTH_IT;
        if !is_wanted || self.prepared.is_ready() {
            return Ok(());
        }
        let guard = format!("PREPARE {PREFIX}guard AS {}", self.session_guard());
        self.execute(&format!("{}DEALLOCATE ALL; {guard}{}", session::RESET, statements(&self.tables)))?;
        self.prepared = Prepared { is_ready: true, is_touched: false, recorded: self.prepared.recorded };
        Ok(())
    }

    /// What [`Record::checked_sql`] does, by what is prepared.
    pub(super) fn record_sql(&self, record: &Record<'_>) -> String {
        let prepared = if self.prepared.is_ready() { execute(record) } else { None };
        match prepared {
            Some(sql) => sql + &record.ledger_sql(&self.tables, Dialect::PostgreSql),
            None => record.checked_sql(&self.tables),
        }
    }
}

/// The milliseconds of parameter `before`, and those since the transaction began if the next one says so.
fn duration(before: usize) -> String {
    format!("${before} + CASE WHEN ${} THEN {} ELSE 0 END", before + 1, Elapsed::SINCE_TRANSACTION)
}

/// Each changes the version table and writes the log in one. A row that is not there leaves the log's line without
/// its revision, which is an error.
fn statements(tables: &TableNames) -> String {
    let (version, log) = (tables.version_table(Dialect::PostgreSql), tables.log_table(Dialect::PostgreSql));
    let log = format!("{log} (revision, action, logged_at, duration_ms, applied_by, migrator_version)");
    format!(
        "PREPARE {PREFIX}insert (text, bigint, boolean, text, text, text, text, text, text, text, text, text, text) AS \
         WITH row AS (INSERT INTO {version} (revision, duration_ms, applied_by, migrator_version, parents, \
         depends_on, message, upgrade_checksum, downgrade_checksum, downgrade_sql, upgrade_sql, applied_at) \
         VALUES ($4, {duration}, $5, $6, $7, $8, $9, $10, $11, $12, $13, pg_catalog.clock_timestamp()) \
         RETURNING revision, duration_ms) INSERT INTO {log} \
         SELECT revision, $1, pg_catalog.clock_timestamp(), duration_ms, $5, $6 FROM row; \
         PREPARE {PREFIX}delete (text, bigint, boolean, text, text, text) AS \
         WITH row AS (DELETE FROM {version} WHERE revision = $4 RETURNING revision) INSERT INTO {log} \
         VALUES ((SELECT revision FROM row), $1, pg_catalog.clock_timestamp(), {duration}, $5, $6); ",
        duration = duration(2),
    )
}

/// The call for `record`, if there is a prepared statement for it.
fn execute(record: &Record<'_>) -> Option<String> {
    let dialect = Dialect::PostgreSql;
    let text = |value: &str| dialect.quote_literal(value);
    let log = &record.log;
    if log.detail.is_some() {
        return None;
    }
    let (before, in_transaction) = match log.duration {
        Elapsed::Unknown => ("NULL".to_owned(), false),
        Elapsed::Milliseconds(milliseconds) => (milliseconds.to_string(), false),
        Elapsed::InTransaction(before) => (before.to_string(), true),
    };
    let common = format!(
        "'{}', {before}, {in_transaction}, {}, {}, {}",
        log.action.as_str(),
        text(record.change.revision()),
        optional(dialect, log.provenance.applied_by.as_deref()),
        text(&log.provenance.migrator_version),
    );
    match record.change {
        VersionChange::Insert(row) => Some(format!(
            "EXECUTE {PREFIX}insert ({common}, {}, {}, {}, '{}', '{}', {}, {});\n",
            text(&row.parents.join(",")),
            text(&row.depends_on.join(",")),
            text(row.message),
            row.upgrade_checksum,
            row.downgrade_checksum,
            text(row.downgrade_sql),
            optional(dialect, row.upgrade_sql),
        )),
        VersionChange::Delete(_) => Some(format!("EXECUTE {PREFIX}delete ({common});\n")),
        VersionChange::Accept(_) | VersionChange::None(_) => None,
    }
}
