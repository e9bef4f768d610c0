//! Reading and making the version table, and the run's lock, on SQLite.

use rusqlite::OptionalExtension as _;
use rusqlite::types::ValueRef;

use super::SqliteConnection;
use crate::backend::bookkeeping::split_ids;
use crate::backend::schema::Schema;
use crate::backend::{
    AppliedDetails, AppliedRevision, BackendError, Connection, ForeignTable, LedgerEntry, Outcome, Recorded, TableNames,
};
use crate::script::KeptTexts;
use crate::sql::Dialect;
use crate::sql::repeat::is_repeatable;

impl SqliteConnection {
    fn finds_version_table(&self) -> Result<bool, BackendError> {
        self.finds_table(&self.tables.version)
    }

    fn finds_table(&self, name: &str) -> Result<bool, BackendError> {
        // Table names are compared without case: https://www.sqlite.org/lang_createtable.html
        let found = self
            .connection
            .query_row("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE", [name], |_| {
                Ok(())
            })
            .optional()?;
        Ok(found.is_some())
    }

    /// Earlier versions of this program made the table without the column `upgrade_sql`.
    fn has_upgrade_sql(&self) -> Result<bool, BackendError> {
        // https://www.sqlite.org/pragma.html#pragfunc
        let query = "SELECT 1 FROM pragma_table_info(?1) WHERE name = 'upgrade_sql'";
        Ok(self.connection.query_row(query, [&self.tables.version], |_| Ok(())).optional()?.is_some())
    }

    fn applied(&self) -> Result<Vec<AppliedRevision>, BackendError> {
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

    pub(super) fn has_ledger(&self) -> Result<bool, BackendError> {
        if !self.finds_version_table()? {
            return Ok(false);
        }
        let question = format!("SELECT EXISTS (SELECT 1 FROM {})", self.tables.ledger_table(Dialect::Sqlite));
        Ok(self.connection.query_row(&question, [], |row| row.get(0))?)
    }

    fn ledger(&self) -> Result<Vec<LedgerEntry>, BackendError> {
        let mut statement = self.connection.prepare(&format!(
            "SELECT revision, direction, CAST(part AS text), CAST(statement AS text), checksum, state, noted_at FROM {} \
             ORDER BY part, statement",
            self.tables.ledger_table(Dialect::Sqlite)
        ))?;
        let mut rows = statement.query([])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let mut columns = [""; 7];
            for (index, column) in columns.iter_mut().enumerate() {
                *column = row.get_ref(index)?.as_str().map_err(rusqlite::Error::from)?;
            }
            entries.extend(LedgerEntry::from_columns(columns));
        }
        Ok(entries)
    }
}

impl Connection for SqliteConnection {
    fn dialect(&self) -> Dialect {
        Dialect::Sqlite
    }

    fn tables(&self) -> &TableNames {
        &self.tables
    }

    fn recorded(&mut self) -> Result<Recorded, BackendError> {
        if !self.finds_version_table()? {
            return Ok(Recorded::default());
        }
        Ok(Recorded { applied: self.applied()?, ledger: self.ledger()? })
    }

    /// A statement outside a transaction is one of its own here, so only what can be repeated is no riddle.
    fn outcome(&mut self, statement: &str) -> Result<Outcome, BackendError> {
        Ok(if is_repeatable(statement) { Outcome::RunAgain } else { Outcome::Unknown })
    }

    fn invalid_indexes(&mut self) -> Result<Vec<String>, BackendError> {
        Ok(Vec::new())
    }

    fn applied_details(&mut self) -> Result<Vec<AppliedDetails>, BackendError> {
        if !self.finds_version_table()? {
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

    fn kept_texts(&mut self, revisions: &[&str]) -> Result<Vec<Option<KeptTexts>>, BackendError> {
        let table = self.tables.version_table(Dialect::Sqlite);
        let upgrade = if self.has_upgrade_sql()? { "upgrade_sql" } else { "NULL" };
        let mut statement =
            self.connection.prepare(&format!("SELECT downgrade_sql, {upgrade} FROM {table} WHERE revision = ?1"))?;
        let texts = revisions.iter().map(|revision| {
            let texts = |row: &rusqlite::Row<'_>| Ok(KeptTexts { downgrade: row.get(0)?, upgrade: row.get(1)? });
            statement.query_row([revision], texts).optional()
        });
        Ok(texts.collect::<Result<_, _>>()?)
    }

    fn has_version_table(&mut self) -> Result<bool, BackendError> {
        self.finds_version_table()
    }

    fn ensure_version_table(&mut self) -> Result<bool, BackendError> {
        if self.finds_version_table()? {
            if !self.has_upgrade_sql()? {
                self.connection.execute_batch(&self.tables.add_upgrade_sql(Dialect::Sqlite))?;
            }
            return Ok(false);
        }
        self.connection.execute_batch(&self.tables.create(Dialect::Sqlite))?;
        Ok(true)
    }

    /// The write lock of the file, which the run's transaction holds, is the lock.
    fn lock(&mut self, waiting: &mut dyn FnMut(&str)) -> Result<(), BackendError> {
        self.acquire_lock(waiting)
    }

    fn unlock(&mut self) -> Result<(), BackendError> {
        if !self.connection.is_autocommit() {
            self.connection.execute_batch("ROLLBACK")?;
        }
        self.run_file.release();
        Ok(())
    }

    fn foreign_table(&mut self, _schema: Option<&str>, name: &str) -> Result<Option<ForeignTable>, BackendError> {
        if !self.finds_table(name)? {
            return Ok(None);
        }
        let mut statement =
            self.connection.prepare(&format!("SELECT * FROM {}", Dialect::Sqlite.quote_identifier(name)))?;
        let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
        let mut found = statement.query([])?;
        let mut rows = Vec::new();
        while let Some(row) = found.next()? {
            let value = |column| Ok(text(row.get_ref(column)?));
            rows.push((0..columns.len()).map(value).collect::<Result<_, BackendError>>()?);
        }
        Ok(Some(ForeignTable::new(name, columns, rows)))
    }

    fn alembic_heads(&mut self, _schema: Option<&str>, table: &str) -> Result<Option<Vec<String>>, BackendError> {
        let question = "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?1 COLLATE NOCASE";
        if self.connection.query_row(question, [table], |_| Ok(())).optional()?.is_none() {
            return Ok(None);
        }
        let table = Dialect::Sqlite.quote_identifier(table);
        let mut statement =
            self.connection.prepare(&format!("SELECT version_num FROM {table} ORDER BY version_num"))?;
        let heads = statement.query_map([], |row| row.get(0))?;
        Ok(Some(heads.collect::<Result<_, _>>()?))
    }

    fn schema(&mut self) -> Result<&mut dyn Schema, BackendError> {
        Ok(self)
    }
}

/// A value as PostgreSQL would show it.
fn text(value: ValueRef<'_>) -> Option<String> {
    Some(match value {
        ValueRef::Null => return None,
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned(),
        ValueRef::Blob(bytes) => bytes.iter().fold(r"\x".to_owned(), |text, byte| text + &format!("{byte:02x}")),
    })
}
