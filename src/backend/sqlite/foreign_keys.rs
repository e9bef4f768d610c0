//! The `foreign_keys` pragma, which is the executor's: inside a transaction it is a silent no-op, and a
//! table rebuilt with it on deletes every child row. <https://www.sqlite.org/pragma.html#pragma_foreign_keys>

use super::SqliteConnection;
use crate::backend::BackendError;

impl SqliteConnection {
    /// Turns enforcement on or off and reads it back; outside a transaction only.
    pub(super) fn enforce_foreign_keys(&self, on: bool) -> Result<(), BackendError> {
        self.connection.pragma_update(None, "foreign_keys", on)?;
        let now: bool = self.connection.pragma_query_value(None, "foreign_keys", |row| row.get(0))?;
        if now == on { Ok(()) } else { Err(BackendError::TransactionEnded) }
    }

    /// How many rows violate a foreign key, and the table of the first.
    pub(super) fn foreign_key_violations(&self) -> Result<(usize, Option<String>), BackendError> {
        let mut statement = self.connection.prepare("PRAGMA foreign_key_check")?;
        let mut rows = statement.query([])?;
        let (mut count, mut first) = (0, None);
        while let Some(row) = rows.next()? {
            if count == 0 {
                first = Some(row.get(0)?);
            }
            count += 1;
        }
        Ok((count, first))
    }

    /// Refuses a part that left more violations than it found.
    pub(super) fn check_foreign_keys(&self) -> Result<(), BackendError> {
        let (count, first) = self.foreign_key_violations()?;
        match first {
            Some(table) if count > self.violations_before => {
                Err(BackendError::ForeignKeys { count: count - self.violations_before, table })
            }
            _ => Ok(()),
        }
    }
}
