//! Running parts on SQLite.

use std::sync::atomic::Ordering;

use rusqlite::ErrorCode;
use rusqlite::fallible_iterator::FallibleIterator as _;

use super::SqliteConnection;
use crate::backend::{
    BackendError, DatabaseError, Expectation, LedgerNote, Record, RunMode, Sink, SqlStatement, VersionChange,
};
use crate::interrupt::Interrupted;
use crate::script::PartMode;
use crate::sql::Dialect;
use crate::sql::repeat::{is_for_session, is_temporary};

impl SqliteConnection {
    pub(super) fn run(&self, sql: &str) -> Result<(), BackendError> {
        self.connection.execute_batch(sql).map_err(|error| match error.sqlite_error_code() {
            // The busy handler gave up because of it.
            Some(ErrorCode::DatabaseBusy) if self.watch.is_interrupted() => Interrupted.into(),
            _ => BackendError::from(error),
        })
    }

    /// Runs a statement to its last row.
    fn run_all(&self, sql: &str) -> rusqlite::Result<()> {
        let mut batch = rusqlite::Batch::new(&self.connection, sql);
        while let Some(mut prepared) = batch.next()? {
            let mut rows = prepared.raw_query();
            while rows.next()?.is_some() {}
        }
        Ok(())
    }

    /// Opens the transaction of the run, at once for writing: a read transaction that becomes a writer
    /// may get SQLITE_BUSY_SNAPSHOT, whatever the busy timeout. <https://www.sqlite.org/rescode.html#busy_snapshot>
    pub(super) fn open_run(&self) -> Result<(), BackendError> {
        if !self.connection.is_autocommit() {
            return Ok(());
        }
        // BEGIN IMMEDIATE would succeed and the first write fail, as if that statement were to blame.
        if self.connection.is_readonly("main")? {
            let message = "the database file cannot be written".to_owned();
            let hint = Some("look at the permissions of the file and its directory".to_owned());
            return Err(BackendError::Database(Box::new(DatabaseError { message, hint, ..DatabaseError::default() })));
        }
        self.run("BEGIN IMMEDIATE").map_err(|error| match error {
            BackendError::Database(error) if error.code.as_deref() == Some("SQLITE_BUSY") => {
                BackendError::LockTimeout {
                    holder: "another program that writes to the database".to_owned(),
                    waited: self.settings.lock_wait,
                }
            }
            other => other,
        })
    }

    /// Opens it again where it was closed in between: others may have run since.
    fn reopen_run(&self) -> Result<(), BackendError> {
        if self.connection.is_autocommit() {
            self.open_run()?;
            self.check_expected()?;
        }
        Ok(())
    }

    pub(super) fn close_run(&self) -> Result<(), BackendError> {
        if self.connection.is_autocommit() { Ok(()) } else { self.run("COMMIT") }
    }
}

impl Sink for SqliteConnection {
    fn start(&mut self, mode: RunMode) -> Result<(), BackendError> {
        self.mode = mode;
        self.open_run()
    }

    fn expect(&mut self, expectation: Option<&Expectation<'_>>) {
        self.expected = expectation.map(|expectation| {
            let condition = expectation.condition(&self.tables, Dialect::Sqlite);
            match expectation.ledger_condition(&self.tables, Dialect::Sqlite) {
                Some(ledger) => format!("{condition} AND {ledger}"),
                None => condition,
            }
        });
    }

    fn begin(&mut self, mode: PartMode) -> Result<(), BackendError> {
        self.renew_session()?;
        match mode {
            PartMode::Transaction => {
                self.reopen_run()?;
                self.run("SAVEPOINT migrator_part")?;
            }
            PartMode::NoTransaction => {
                self.reopen_run()?;
                self.lock_outside()?;
                self.close_run()?;
            }
            PartMode::ForeignKeysOff => {
                self.close_run()?;
                self.enforce_foreign_keys(false)?;
                self.part = Some(mode);
                self.reopen_run()?;
                self.violations_before = self.foreign_key_violations()?.0;
            }
        }
        self.part = Some(mode);
        Ok(())
    }

    fn statement(&mut self, statement: SqlStatement<'_>) -> Result<(), BackendError> {
        self.session_changed = self.session_changed || is_for_session(statement.text) || is_temporary(statement.text);
        self.watch.run(|| self.run_all(statement.text))?.map_err(|error| match error.sqlite_error_code() {
            Some(ErrorCode::OperationInterrupted) if self.watch.is_interrupted() => Interrupted.into(),
            _ => BackendError::from(error),
        })?;
        // INSERT OR ROLLBACK and RAISE(ROLLBACK) fail, but a trigger or a pragma may end it silently.
        if self.part != Some(PartMode::NoTransaction) && self.connection.is_autocommit() {
            return Err(BackendError::TransactionEnded);
        }
        Ok(())
    }

    fn note(&mut self, note: &LedgerNote<'_>) -> Result<(), BackendError> {
        self.run(&note.sql(&self.tables, Dialect::Sqlite))
    }

    fn record(&mut self, record: &Record<'_>) -> Result<(), BackendError> {
        self.revision_ended = true;
        let version = record.version_sql(&self.tables, Dialect::Sqlite);
        if !matches!(record.change, VersionChange::None(_)) {
            let rows = self.connection.execute(&version, [])?;
            if rows != 1 {
                return Err(BackendError::VersionRow { rows: rows as u64 });
            }
        }
        self.run(&(record.ledger_sql(&self.tables, Dialect::Sqlite) + &record.log_sql(&self.tables, Dialect::Sqlite)))
    }

    fn commit(&mut self, _last: bool) -> Result<(), BackendError> {
        match self.part {
            Some(PartMode::Transaction) => {
                self.run("RELEASE migrator_part")?;
                // A deferred foreign key fails at COMMIT: there it must still be this part's failure.
                if self.settings.foreign_keys && self.mode == RunMode::PerRevision {
                    self.run("COMMIT")?;
                }
            }
            Some(PartMode::ForeignKeysOff) => {
                self.check_foreign_keys()?;
                self.run("COMMIT")?;
                self.enforce_foreign_keys(self.settings.foreign_keys)?;
            }
            Some(PartMode::NoTransaction) if !self.connection.is_autocommit() => {
                return Err(BackendError::TransactionLeftOpen);
            }
            Some(PartMode::NoTransaction) if self.session_changed => {
                self.enforce_foreign_keys(self.settings.foreign_keys)?
            }
            Some(PartMode::NoTransaction) | None => {}
        }
        self.part = None;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), BackendError> {
        let part = self.part.take();
        self.revision_ended = true;
        if !self.connection.is_autocommit() {
            match (part, self.mode) {
                (Some(PartMode::Transaction), RunMode::PerRevision) => {
                    self.run("ROLLBACK TO migrator_part; RELEASE migrator_part").or_else(|_| self.run("ROLLBACK"))?
                }
                (None, RunMode::PerRevision) => {}
                // A part without a transaction may have begun one of its own.
                _ => self.run("ROLLBACK")?,
            }
        }
        if self.connection.is_autocommit() {
            // The tables may have been made in the transaction that is gone; the failure is logged in them.
            self.run(&self.tables.create(Dialect::Sqlite))?;
        }
        if part == Some(PartMode::ForeignKeysOff) {
            self.enforce_foreign_keys(self.settings.foreign_keys)?;
        }
        Ok(())
    }

    fn heed_interrupt(&mut self, heeds: bool) {
        self.watch.heed(heeds);
        self.heeds_interrupt.store(heeds, Ordering::Relaxed);
    }

    fn finish(&mut self) -> Result<(), BackendError> {
        self.expected = None;
        self.close_run().inspect_err(|_| {
            // Nothing of an uncommitted run may stay open; that it failed is already being told.
            let _ = self.run("ROLLBACK");
        })
    }
}
