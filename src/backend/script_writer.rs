//! The sink behind `--sql`: writes what would be run.

use std::time::Duration;

use super::bookkeeping::exactly;
use super::postgres::{DEALLOCATE, DISCARD, RESET, RESET_ROLE};
use super::{BackendError, Expectation, Record, RunMode, Sink, SqlStatement, TableNames, VersionChange, VersionRow};
use crate::script::PartMode;
use crate::sql::Dialect;

/// Collects a run as a script for psql or the sqlite3 shell.
#[derive(Debug)]
pub struct ScriptWriter {
    dialect: Dialect,
    tables: TableNames,
    foreign_keys: bool,
    sql: String,
    mode: RunMode,
    part: PartMode,
    /// How long the next parts wait for a lock, where the revision says.
    lock_timeout: Option<Duration>,
    /// The revision that is expected; it is asked once.
    expected: Option<String>,
    /// The condition that the next part asks first.
    condition: Option<String>,
    /// Have statements been written since the session was last reset?
    to_reset: bool,
    /// Have statements been written since what is made for a session was last discarded?
    to_discard: bool,
    /// Is a revision over, so that the next part belongs to another one?
    revision_ended: bool,
}

/// Files are UTF-8, whatever the database or psql's own locale.
const ENCODING: &str = "SET client_encoding = 'UTF8';";

impl ScriptWriter {
    /// A writer for `dialect`; `foreign_keys` is what SQLite goes back to after a `foreign-keys=off` part.
    #[must_use]
    pub fn new(dialect: Dialect, tables: TableNames, foreign_keys: bool) -> Self {
        Self {
            dialect,
            tables,
            foreign_keys,
            sql: String::new(),
            mode: RunMode::PerRevision,
            part: PartMode::Transaction,
            lock_timeout: None,
            expected: None,
            condition: None,
            to_reset: false,
            to_discard: false,
            revision_ended: false,
        }
    }

    /// Begins the script: it stops at the first error, makes the version table and the log where they do
    /// not exist, and goes on only if exactly `applied` is applied.
    pub fn preamble(&mut self, applied: &[&str]) {
        self.line(match self.dialect {
            Dialect::PostgreSql => "-- for psql\n\\set ON_ERROR_STOP on",
            Dialect::Sqlite => "-- for the sqlite3 shell\n.bail on",
        });
        if self.dialect == Dialect::PostgreSql {
            self.line(&format!("{RESET}{ENCODING}"));
        }
        self.create_schema();
        // Not a word about tables that exist already.
        let quietly = self.dialect == Dialect::PostgreSql;
        if quietly {
            self.line("SET client_min_messages = warning;");
        }
        self.sql.push_str(&self.tables.create(self.dialect));
        if quietly {
            self.line("RESET client_min_messages;");
        }
        if self.dialect == Dialect::Sqlite {
            self.line("CREATE TEMP TABLE migrator_check (problem text);");
            self.line(
                "CREATE TEMP TRIGGER migrator_check BEFORE INSERT ON migrator_check BEGIN \
                 SELECT RAISE(ABORT, 'migrator: the database is not where this script expects it'); END;",
            );
        }
        let condition = exactly(applied, &self.tables, self.dialect);
        self.check(&condition);
    }

    /// CREATE SCHEMA IF NOT EXISTS would need the right to create one even where it exists.
    fn create_schema(&mut self) {
        let Some(schema) = self.tables.schema.as_deref().filter(|schema| *schema != "public") else { return };
        let (name, literal) = (self.dialect.quote_identifier(schema), self.dialect.quote_literal(schema));
        let body = format!(
            "BEGIN IF NOT EXISTS (SELECT FROM pg_catalog.pg_namespace WHERE nspname = {literal}) THEN \
             CREATE SCHEMA {name}; END IF; END"
        );
        let statement = format!("DO {};", self.dialect.quote_literal(&body));
        self.line(&statement);
    }

    /// Undoes what the statements before may have left behind, as is done online in front of every part.
    fn restore_session(&mut self) {
        let made = std::mem::take(&mut self.revision_ended) && std::mem::take(&mut self.to_discard);
        if std::mem::take(&mut self.to_reset) || made {
            let discard = if made { format!("{DISCARD}{DEALLOCATE}") } else { String::new() };
            self.line(format!("{RESET}{ENCODING} {discard}").trim_end());
        }
    }

    /// The file's own role may not be allowed to write to our tables. Nor may its search path lead to them, where their
    /// schema is not known; but what the file deferred to its commit is to see that search path.
    /// <https://www.postgresql.org/docs/current/sql-set-constraints.html>
    fn restore_role(&mut self) {
        if self.to_reset {
            let search_path = match (&self.tables.schema, self.mode) {
                (Some(_), _) => "",
                (None, RunMode::PerRevision) => "SET CONSTRAINTS ALL IMMEDIATE; RESET search_path;",
                // The commit is that of the last revision, and constraints stay deferred until then.
                (None, RunMode::Single) => "RESET search_path;",
            };
            self.line(format!("{RESET_ROLE}{search_path}").trim_end());
        }
    }

    /// A statement that fails unless `condition` holds.
    fn check(&mut self, condition: &str) {
        let statement = match self.dialect {
            // https://www.postgresql.org/docs/current/plpgsql-errors-and-messages.html
            Dialect::PostgreSql => format!(
                "DO $migrator$ BEGIN IF NOT ({condition}) THEN RAISE EXCEPTION \
                 'migrator: the database is not where this script expects it'; END IF; END $migrator$;"
            ),
            // RAISE is for triggers only: https://www.sqlite.org/lang_createtrigger.html#raise
            Dialect::Sqlite => format!("INSERT INTO temp.migrator_check SELECT 1 WHERE NOT ({condition});"),
        };
        self.line(&statement);
    }

    /// The script so far.
    #[must_use]
    pub fn into_sql(self) -> String {
        self.sql
    }

    fn line(&mut self, text: &str) {
        self.sql.push_str(text);
        self.sql.push('\n');
    }

    fn in_own_transaction(&self) -> bool {
        self.mode == RunMode::PerRevision && self.part != PartMode::NoTransaction
    }
}

impl Sink for ScriptWriter {
    fn start(&mut self, mode: RunMode) -> Result<(), BackendError> {
        self.mode = mode;
        if mode == RunMode::Single {
            self.line("BEGIN;");
        }
        Ok(())
    }

    fn announce(&mut self, text: &str) {
        let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
        self.line(&format!("\n-- {text}"));
    }

    /// Asked inside the part's own transaction, so that a client that goes on after an error still
    /// applies nothing out of place.
    fn expect(&mut self, expectation: Option<&Expectation<'_>>) {
        if let Some(expectation) = expectation
            && self.expected.as_deref() != Some(expectation.revision)
        {
            self.expected = Some(expectation.revision.to_owned());
            self.condition = Some(expectation.condition(&self.tables, self.dialect));
        }
    }

    fn set_lock_timeout(&mut self, limit: Option<Duration>) {
        self.lock_timeout = limit.filter(|_| self.dialect == Dialect::PostgreSql);
    }

    fn begin(&mut self, mode: PartMode) -> Result<(), BackendError> {
        self.restore_session();
        self.part = mode;
        if let Some(limit) = self.lock_timeout {
            self.line(&format!("SET lock_timeout = {};", limit.as_millis()));
            self.to_reset = true;
        }
        if mode == PartMode::ForeignKeysOff && self.dialect == Dialect::Sqlite {
            self.line("PRAGMA foreign_keys = OFF;");
        }
        if self.in_own_transaction() {
            self.line("BEGIN;");
        }
        if let Some(condition) = self.condition.take() {
            self.check(&condition);
        }
        Ok(())
    }

    fn statement(&mut self, statement: SqlStatement<'_>) -> Result<(), BackendError> {
        self.to_reset = self.dialect == Dialect::PostgreSql;
        self.to_discard = self.to_reset;
        self.sql.push_str(statement.text);
        self.line(";");
        if let Some(data) = statement.copy_data {
            self.sql.push_str(data);
            self.line("\\.");
        }
        Ok(())
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), BackendError> {
        // Long enough without the upgrades a second time, which only `accept` would look at.
        let change = match record.change {
            VersionChange::Insert(row) => VersionChange::Insert(VersionRow { upgrade_sql: None, ..row }),
            other => other,
        };
        let version = Record { change, ..*record }.version_sql(&self.tables, self.dialect);
        let log = record.log_sql(&self.tables, self.dialect);
        self.restore_role();
        self.revision_ended = true;
        self.sql.push_str(&version);
        self.sql.push_str(&log);
        Ok(())
    }

    fn commit(&mut self, _last: bool) -> Result<(), BackendError> {
        if self.in_own_transaction() {
            self.line("COMMIT;");
        }
        if self.part == PartMode::ForeignKeysOff && self.dialect == Dialect::Sqlite && self.foreign_keys {
            self.line("PRAGMA foreign_keys = ON;");
        }
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), BackendError> {
        Ok(())
    }

    fn finish(&mut self) -> Result<(), BackendError> {
        if self.mode == RunMode::Single {
            self.line("COMMIT;");
        }
        Ok(())
    }
}
