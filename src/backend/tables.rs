//! The tables this program keeps in a database: their names, and how they are made.

use crate::sql::Dialect;

/// What Alembic calls its version table where nothing else is configured.
pub const ALEMBIC_TABLE: &str = "alembic_version";

/// The version table and the log, as named in SQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableNames {
    /// The schema, where there is one.
    pub schema: Option<String>,
    /// The version table.
    pub version: String,
    /// The log.
    pub log: String,
    /// The ledger of revisions that are not one transaction.
    pub ledger: String,
    /// The lease, where a server has no advisory locks.
    pub lock: String,
}

impl TableNames {
    /// The names for the version table `version` in `schema`; the log's name follows the table's:
    /// `migrator_version` has `migrator_log` and `migrator_ledger`, `books` has `books_log` and `books_ledger`.
    #[must_use]
    pub fn new(schema: Option<String>, version: &str) -> Self {
        let stem = version.strip_suffix("_version").unwrap_or(version);
        let beside = |what| format!("{stem}_{what}");
        Self { schema, version: version.to_owned(), log: beside("log"), ledger: beside("ledger"), lock: beside("lock") }
    }

    fn quoted(&self, dialect: Dialect, table: &str) -> String {
        let table = dialect.quote_identifier(table);
        match &self.schema {
            Some(schema) => format!("{}.{table}", dialect.quote_identifier(schema)),
            None => table,
        }
    }

    /// The version table, quoted and qualified.
    #[must_use]
    pub fn version_table(&self, dialect: Dialect) -> String {
        self.quoted(dialect, &self.version)
    }

    /// The log, quoted and qualified.
    #[must_use]
    pub fn log_table(&self, dialect: Dialect) -> String {
        self.quoted(dialect, &self.log)
    }

    /// The ledger, quoted and qualified.
    #[must_use]
    pub fn ledger_table(&self, dialect: Dialect) -> String {
        self.quoted(dialect, &self.ledger)
    }

    /// The statement that gives a version table of an earlier version the column it lacks.
    pub(super) fn add_upgrade_sql(&self, dialect: Dialect) -> String {
        // SQLite cannot say so, and needs not: nobody else writes meanwhile.
        let condition = if dialect == Dialect::PostgreSql { "IF NOT EXISTS " } else { "" };
        format!("ALTER TABLE {} ADD COLUMN {condition}upgrade_sql text", self.version_table(dialect))
    }

    /// The table of the lease, quoted and qualified.
    #[must_use]
    pub fn lock_table(&self, dialect: Dialect) -> String {
        self.quoted(dialect, &self.lock)
    }

    /// The statements that make the tables if they do not exist, each ending with `;` and a line end.
    #[must_use]
    pub fn create(&self, dialect: Dialect) -> String {
        let (version, log) = (self.version_table(dialect), self.log_table(dialect));
        let ledger = self.ledger_table(dialect);
        let (time, number, identity) = match dialect {
            Dialect::PostgreSql => ("timestamptz", "bigint", "bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY"),
            Dialect::Sqlite => ("text", "integer", "integer PRIMARY KEY"),
        };
        format!(
            "CREATE TABLE IF NOT EXISTS {version} (
  revision text NOT NULL PRIMARY KEY,
  parents text NOT NULL,
  depends_on text NOT NULL,
  message text NOT NULL,
  upgrade_checksum text NOT NULL,
  downgrade_checksum text NOT NULL,
  applied_at {time} NOT NULL,
  duration_ms {number},
  applied_by text,
  migrator_version text NOT NULL,
  downgrade_sql text NOT NULL,
  upgrade_sql text
);
CREATE TABLE IF NOT EXISTS {log} (
  id {identity},
  revision text NOT NULL,
  action text NOT NULL,
  logged_at {time} NOT NULL,
  duration_ms {number},
  applied_by text,
  migrator_version text NOT NULL,
  detail text
);
CREATE TABLE IF NOT EXISTS {ledger} (
  revision text NOT NULL,
  direction text NOT NULL,
  part integer NOT NULL,
  statement integer NOT NULL,
  checksum text NOT NULL,
  state text NOT NULL,
  noted_at {time} NOT NULL,
  PRIMARY KEY (revision, part, statement)
);
"
        )
    }
}
