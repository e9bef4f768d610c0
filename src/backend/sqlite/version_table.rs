//! Reading and making the version table, and the run's lock, on SQLite.

use rusqlite::OptionalExtension as _;

use super::SqliteConnection;
use crate::backend::bookkeeping::split_ids;
use crate::backend::{AppliedDetails, AppliedRevision, BackendError, Connection, TableNames};
use crate::sql::Dialect;

impl SqliteConnection {
    fn has_version_table(&self) -> Result<bool, BackendError> {
        // Table names are compared without case: https://www.sqlite.org/lang_createtable.html
        let found = self
            .connection
            .query_row(
                "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE",
                [&self.tables.version],
                |_| Ok(()),
            )
            .optional()?;
        Ok(found.is_some())
    }
}

impl Connection for SqliteConnection {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn tables(&self) -> &TableNames {
        &self.tables
    }

    fn applied(&mut self) -> Result<Vec<AppliedRevision>, BackendError> {
        if !self.has_version_table()? {
            return Ok(Vec::new());
        }
        let mut statement = self.connection.prepare(&format!(
            "SELECT revision, upgrade_checksum, downgrade_checksum FROM {}",
            self.tables.version_table(Dialect::Sqlite)
        ))?;
        let rows = statement.query_map([], |row| {
            Ok(AppliedRevision {
                revision: row.get(0)?,
                upgrade_checksum: row.get_ref(1)?.as_str()?.parse().ok(),
                downgrade_checksum: row.get_ref(2)?.as_str()?.parse().ok(),
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn applied_details(&mut self) -> Result<Vec<AppliedDetails>, BackendError> {
        if !self.has_version_table()? {
            return Ok(Vec::new());
        }
        let mut statement = self.connection.prepare(&format!(
            "SELECT revision, parents, depends_on, message, applied_at FROM {}",
            self.tables.version_table(Dialect::Sqlite)
        ))?;
        let rows = statement.query_map([], |row| {
            Ok(AppliedDetails {
                revision: row.get(0)?,
                parents: split_ids(row.get_ref(1)?.as_str()?),
                depends_on: split_ids(row.get_ref(2)?.as_str()?),
                message: row.get(3)?,
                applied_at: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn kept_downgrades(&mut self, revisions: &[&str]) -> Result<Vec<Option<String>>, BackendError> {
        let table = self.tables.version_table(Dialect::Sqlite);
        let mut statement =
            self.connection.prepare(&format!("SELECT downgrade_sql FROM {table} WHERE revision = ?1"))?;
        let texts = revisions.iter().map(|revision| statement.query_row([revision], |row| row.get(0)).optional());
        Ok(texts.collect::<Result<_, _>>()?)
    }

    fn ensure_version_table(&mut self) -> Result<bool, BackendError> {
        if self.has_version_table()? {
            return Ok(false);
        }
        self.connection.execute_batch(&self.tables.create(Dialect::Sqlite))?;
        Ok(true)
    }

    /// The write lock of the file, which the run's transaction holds, is the lock.
    fn lock(&mut self, _waiting: &mut dyn FnMut(&str)) -> Result<(), BackendError> {
        self.open_run()
    }

    fn unlock(&mut self) -> Result<(), BackendError> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        Ok(())
    }
}
