//! The version table and the log: their rows, and the SQL that changes them.
//!
//! The same text is run on a live database and written into a `--sql` script, so it holds no
//! parameters and takes the time from the database.

use std::fmt::Write as _;

use super::TableNames;
use crate::script::Checksum;
use crate::sql::Dialect;

/// What every run reads of a row of the version table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedRevision {
    /// The id.
    pub revision: String,
    /// The checksum of the upgrade that ran; `None` if the column holds something else.
    pub upgrade_checksum: Option<Checksum>,
    /// The checksum of the downgrade that is kept.
    pub downgrade_checksum: Option<Checksum>,
}

/// What else a row of the version table says, for people and for revisions without a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AppliedDetails {
    /// The id.
    pub revision: String,
    /// The parents it had when it was applied.
    pub parents: Vec<String>,
    /// The dependencies it had when it was applied.
    pub depends_on: Vec<String>,
    /// Its message.
    pub message: String,
    /// When, in UTC, as RFC 3339 with seconds.
    pub applied_at: String,
}

/// A row of the version table, as written.
#[derive(Debug, Clone, Copy)]
pub struct VersionRow<'a> {
    /// The id.
    pub revision: &'a str,
    /// Its parents.
    pub parents: &'a [String],
    /// Its dependencies, as the file has them.
    pub depends_on: &'a [String],
    /// Its message.
    pub message: &'a str,
    /// The checksum of the upgrade.
    pub upgrade_checksum: Checksum,
    /// The checksum of the downgrade.
    pub downgrade_checksum: Checksum,
    /// The text of the downgrade, so that it can be run when the file is gone.
    pub downgrade_sql: &'a str,
    /// The text of the upgrade, to be compared with what the file says later.
    pub upgrade_sql: Option<&'a str>,
}

/// What a step relies on in the version table.
#[derive(Debug, Clone, Copy)]
pub struct Expectation<'a> {
    /// The revision that is to run.
    pub revision: &'a str,
    /// Is it applied already?
    pub is_applied: bool,
    /// The revisions that must be applied.
    pub applied: &'a [&'a str],
    /// Of a revision that commits in parts: the part that is next, from 1.
    pub part: Option<usize>,
}

impl Expectation<'_> {
    /// An SQL condition that holds where the expectation does.
    #[must_use]
    pub fn condition(&self, tables: &TableNames, dialect: Dialect) -> String {
        let table = tables.version_table(dialect);
        let not = if self.is_applied { "" } else { "NOT " };
        let revision = dialect.quote_literal(self.revision);
        let mut condition = format!("{not}EXISTS (SELECT 1 FROM {table} WHERE revision = {revision})");
        if !self.applied.is_empty() {
            // Writing to a String cannot fail.
            let _ = write!(condition, " AND {}", count_of(self.applied, &table, dialect));
        }
        condition
    }
}

impl Expectation<'_> {
    /// An SQL condition: neither the part that is next nor a later one is in the ledger.
    #[must_use]
    pub fn ledger_condition(&self, tables: &TableNames, dialect: Dialect) -> Option<String> {
        let (ledger, revision) = (tables.ledger_table(dialect), dialect.quote_literal(self.revision));
        let part = self.part?;
        Some(format!("NOT EXISTS (SELECT 1 FROM {ledger} WHERE revision = {revision} AND part >= {part})"))
    }
}

/// An SQL condition: all of `ids` have a row.
fn count_of(ids: &[&str], table: &str, dialect: Dialect) -> String {
    let list: Vec<String> = ids.iter().map(|id| dialect.quote_literal(id)).collect();
    format!("(SELECT count(*) FROM {table} WHERE revision IN ({})) = {}", list.join(", "), ids.len())
}

/// An SQL condition: exactly `ids` have a row.
#[must_use]
pub(super) fn exactly(ids: &[&str], tables: &TableNames, dialect: Dialect) -> String {
    let table = tables.version_table(dialect);
    let mut condition = format!("(SELECT count(*) FROM {table}) = {}", ids.len());
    if !ids.is_empty() {
        // Writing to a String cannot fail.
        let _ = write!(condition, " AND {}", count_of(ids, &table, dialect));
    }
    condition
}

/// A change of the version table.
#[derive(Debug, Clone, Copy)]
pub enum VersionChange<'a> {
    /// The revision is applied now.
    Insert(VersionRow<'a>),
    /// Its texts count as what ran.
    Accept(VersionRow<'a>),
    /// It is not applied any more.
    Delete(&'a str),
    /// Nothing changed; there is only something to log about this revision.
    None(&'a str),
}

impl VersionChange<'_> {
    /// The id it is about.
    #[must_use]
    pub fn revision(&self) -> &str {
        match self {
            Self::Insert(row) | Self::Accept(row) => row.revision,
            Self::Delete(revision) | Self::None(revision) => revision,
        }
    }
}

/// What happened, as the log names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// The revision was upgraded to.
    Upgrade,
    /// It was reverted.
    Downgrade,
    /// It was recorded as applied without running.
    Stamp,
    /// It was recorded as not applied without running.
    Unstamp,
    /// Its upgrade was tried and rolled back.
    UpgradeFailed,
    /// Its downgrade was tried and rolled back.
    DowngradeFailed,
    /// Somebody said how far it got after it was interrupted.
    Resolve,
    /// Its file was changed after it ran, and somebody said that it counts as what ran.
    Accept,
}

impl Action {
    /// The word in the log.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
            Self::Stamp => "stamp",
            Self::Unstamp => "unstamp",
            Self::UpgradeFailed => "upgrade failed",
            Self::DowngradeFailed => "downgrade failed",
            Self::Resolve => "resolve",
            Self::Accept => "accept",
        }
    }
}

/// Who runs, for the version table and the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// The user, such as `anna@build-7`.
    pub applied_by: Option<String>,
    /// The version of this program.
    pub migrator_version: String,
}

impl Provenance {
    /// The same without the user.
    #[must_use]
    pub fn anonymous(self) -> Self {
        Self { applied_by: None, ..self }
    }
}

/// How long something took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Elapsed {
    /// Nobody measured.
    Unknown,
    /// So many milliseconds.
    Milliseconds(u64),
    /// PostgreSQL knows, when it gets there: since the transaction began, and these milliseconds before.
    InTransaction(u64),
}

impl Elapsed {
    /// The milliseconds since the transaction began.
    /// <https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT>
    pub(super) const SINCE_TRANSACTION: &'static str = "(pg_catalog.date_part('epoch', \
         pg_catalog.clock_timestamp() - pg_catalog.transaction_timestamp()) * 1000)::bigint";

    fn sql(self) -> String {
        match self {
            Self::Unknown => "NULL".to_owned(),
            Self::Milliseconds(milliseconds) => milliseconds.to_string(),
            Self::InTransaction(before) => format!("{before} + {}", Self::SINCE_TRANSACTION),
        }
    }
}

/// A line of the log.
#[derive(Debug, Clone, Copy)]
pub struct LogEntry<'a> {
    /// What happened.
    pub action: Action,
    /// How long it took.
    pub duration: Elapsed,
    /// The error, for a failure; the reason somebody gave.
    pub detail: Option<&'a str>,
    /// Who did it.
    pub provenance: &'a Provenance,
}

/// One piece of bookkeeping: a change of the version table with its line in the log.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    /// The change.
    pub change: VersionChange<'a>,
    /// The line.
    pub log: LogEntry<'a>,
    /// Does it settle what the ledger holds of the revision?
    pub settles: bool,
}

impl Record<'_> {
    /// The statement that changes the version table, ending with `;` and a line end; empty for none.
    #[must_use]
    pub fn version_sql(&self, tables: &TableNames, dialect: Dialect) -> String {
        let table = tables.version_table(dialect);
        let text = |value: &str| dialect.quote_literal(value);
        match self.change {
            VersionChange::Insert(row) => format!(
                "INSERT INTO {table} (revision, parents, depends_on, message, upgrade_checksum, downgrade_checksum, \
                 applied_at, duration_ms, applied_by, migrator_version, downgrade_sql{}) VALUES ({}, {}, {}, {}, \
                 '{}', '{}', {}, {}, {}, {}, {}{});\n",
                // A script without the text fits a version table without the column.
                if row.upgrade_sql.is_some() { ", upgrade_sql" } else { "" },
                text(row.revision),
                text(&row.parents.join(",")),
                text(&row.depends_on.join(",")),
                text(row.message),
                row.upgrade_checksum,
                row.downgrade_checksum,
                now(dialect),
                self.log.duration.sql(),
                optional(dialect, self.log.provenance.applied_by.as_deref()),
                text(&self.log.provenance.migrator_version),
                text(row.downgrade_sql),
                row.upgrade_sql.map(|upgrade| format!(", {}", text(upgrade))).unwrap_or_default(),
            ),
            VersionChange::Accept(row) => format!(
                "UPDATE {table} SET upgrade_checksum = '{}', downgrade_checksum = '{}', downgrade_sql = {}, \
                 upgrade_sql = {} WHERE revision = {};\n",
                row.upgrade_checksum,
                row.downgrade_checksum,
                text(row.downgrade_sql),
                optional(dialect, row.upgrade_sql),
                text(row.revision),
            ),
            VersionChange::Delete(revision) => {
                format!("DELETE FROM {table} WHERE revision = {};\n", text(revision))
            }
            VersionChange::None(_) => String::new(),
        }
    }

    /// The statement that writes the line of the log, ending with `;` and a line end.
    #[must_use]
    pub fn log_sql(&self, tables: &TableNames, dialect: Dialect) -> String {
        let revision = dialect.quote_literal(self.change.revision());
        format!("{} VALUES ({revision}, {});\n", self.insert_into_log(tables, dialect), self.log_values(dialect))
    }

    /// The statement that empties the ledger of this revision, ending with `;` and a line end, if it is to be.
    #[must_use]
    pub fn ledger_sql(&self, tables: &TableNames, dialect: Dialect) -> String {
        if !self.settles {
            return String::new();
        }
        let revision = dialect.quote_literal(self.change.revision());
        format!("DELETE FROM {} WHERE revision = {revision};\n", tables.ledger_table(dialect))
    }

    /// All in one text for PostgreSQL, which checks itself: where the row to change or take out is not there, the
    /// log's line has no revision, and that is an error.
    #[must_use]
    pub fn checked_sql(&self, tables: &TableNames) -> String {
        let dialect = Dialect::PostgreSql;
        let (version, ledger) = (self.version_sql(tables, dialect), self.ledger_sql(tables, dialect));
        let (VersionChange::Delete(revision) | VersionChange::Accept(VersionRow { revision, .. })) = self.change else {
            return version + &ledger + &self.log_sql(tables, dialect);
        };
        let found = format!(
            "SELECT revision FROM {} WHERE revision = {}",
            tables.version_table(dialect),
            dialect.quote_literal(revision)
        );
        let log = self.insert_into_log(tables, dialect);
        format!("{log} VALUES (({found}), {});\n{version}{ledger}", self.log_values(dialect))
    }

    fn insert_into_log(&self, tables: &TableNames, dialect: Dialect) -> String {
        format!(
            "INSERT INTO {} (revision, action, logged_at, duration_ms, applied_by, migrator_version, detail)",
            tables.log_table(dialect)
        )
    }

    /// The values of the log's line behind the revision.
    fn log_values(&self, dialect: Dialect) -> String {
        let log = &self.log;
        format!(
            "'{}', {}, {}, {}, {}, {}",
            log.action.as_str(),
            now(dialect),
            log.duration.sql(),
            optional(dialect, log.provenance.applied_by.as_deref()),
            dialect.quote_literal(&log.provenance.migrator_version),
            optional(dialect, log.detail),
        )
    }
}

pub(super) fn now(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::PostgreSql => "pg_catalog.clock_timestamp()",
        Dialect::Sqlite => "strftime('%Y-%m-%dT%H:%M:%SZ', 'now')",
    }
}

pub(super) fn optional(dialect: Dialect, value: Option<&str>) -> String {
    value.map_or_else(|| "NULL".to_owned(), |value| dialect.quote_literal(value))
}

/// The ids of a stored list.
pub(super) fn split_ids(text: &str) -> Vec<String> {
    text.split(',').filter(|id| !id.is_empty()).map(str::to_owned).collect()
}
