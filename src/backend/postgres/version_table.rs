//! Reading and making the version table on PostgreSQL.

use std::collections::HashMap;

use postgres::SimpleQueryMessage;

use super::PostgresConnection;
use super::scratch::Lent;
use super::watch::Watch;
use crate::backend::bookkeeping::split_ids;
use crate::backend::schema::Schema;
use crate::backend::{
    AppliedDetails, AppliedRevision, BackendError, Connection, ForeignTable, LedgerEntry, Outcome, Recorded, Sink as _,
    TableNames, Watcher, ledger,
};
use crate::config::PostgresUrl;
use crate::script::KeptTexts;
use crate::sql::Dialect;

/// An SQL expression: does the version table, quoted as in SQL, have the column `upgrade_sql`?
pub(super) fn has_upgrade_sql(table: &str) -> String {
    format!(
        "EXISTS (SELECT FROM pg_catalog.pg_attribute WHERE attrelid = pg_catalog.to_regclass({}) \
         AND attname = 'upgrade_sql' AND NOT attisdropped)",
        Dialect::PostgreSql.quote_literal(table)
    )
}

impl PostgresConnection {
    fn rows(&mut self, query: &str) -> Result<impl Iterator<Item = postgres::SimpleQueryRow> + use<>, BackendError> {
        Ok(self.client.simple_query(query)?.into_iter().filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some(row),
            _ => None,
        }))
    }

    /// Makes something of ours in a transaction, under the lock.
    fn make(&mut self, work: impl FnOnce(&mut Self) -> Result<(), BackendError>) -> Result<(), BackendError> {
        let begin = format!("BEGIN; {}", self.lock_guard());
        let begun = self.client.batch_execute(&begin).map_err(BackendError::from);
        let made = begun.and_then(|()| work(self)).and_then(|()| Ok(self.client.batch_execute("COMMIT")?));
        if made.is_err() {
            // The error of the statement is the one to tell.
            let _ = self.client.batch_execute("ROLLBACK");
        }
        made
    }

    /// CREATE SCHEMA IF NOT EXISTS needs the right to create even where the schema exists.
    pub(super) fn create_schema(&mut self) -> Result<(), BackendError> {
        let Some(schema) = self.tables.schema.clone() else { return Ok(()) };
        let literal = Dialect::PostgreSql.quote_literal(&schema);
        let found = self.rows(&format!("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = {literal}"))?.next();
        if found.is_none() {
            let create = format!("CREATE SCHEMA {}", Dialect::PostgreSql.quote_identifier(&schema));
            self.client.batch_execute(&create)?;
        }
        Ok(())
    }
}

fn qualified(schema: Option<&str>, table: &str) -> String {
    let names = schema.into_iter().chain([table]);
    names.map(|name| Dialect::PostgreSql.quote_identifier(name)).collect::<Vec<_>>().join(".")
}

impl Connection for PostgresConnection {
    fn dialect(&self) -> Dialect {
        Dialect::PostgreSql
    }

    fn tables(&self) -> &TableNames {
        &self.tables
    }

    fn foreign_table(&mut self, schema: Option<&str>, name: &str) -> Result<Option<ForeignTable>, BackendError> {
        let table = qualified(schema, name);
        let literal = Dialect::PostgreSql.quote_literal(&table);
        let question = format!("SELECT 1 WHERE pg_catalog.to_regclass({literal}) IS NOT NULL");
        if self.rows(&question)?.next().is_none() {
            return Ok(None);
        }
        let (mut columns, mut rows) = (Vec::new(), Vec::new());
        for message in self.client.simple_query(&format!("SET LOCAL bytea_output = hex; SELECT * FROM {table}"))? {
            match message {
                SimpleQueryMessage::RowDescription(described) => {
                    columns = described.iter().map(|column| column.name().to_owned()).collect();
                }
                SimpleQueryMessage::Row(row) => {
                    rows.push((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect());
                }
                _ => {}
            }
        }
        Ok(Some(ForeignTable::new(name, columns, rows)))
    }

    fn schema(&mut self) -> Result<&mut dyn Schema, BackendError> {
        self.refuse_old_server()?;
        Ok(self)
    }

    fn alembic_heads(&mut self, schema: Option<&str>, table: &str) -> Result<Option<Vec<String>>, BackendError> {
        let table = qualified(schema, table);
        let question = format!("SELECT pg_catalog.to_regclass({})", Dialect::PostgreSql.quote_literal(&table));
        let found = self.rows(&question)?.next();
        if found.is_none_or(|row| row.get(0).is_none()) {
            return Ok(None);
        }
        let mut heads: Vec<String> =
            self.rows(&format!("SELECT version_num FROM {table}"))?.map(|row| text(&row, 0)).collect();
        heads.sort_unstable();
        Ok(Some(heads))
    }

    fn scratch_url(&self) -> Option<&PostgresUrl> {
        self.scratch.as_ref().and_then(Lent::url)
    }

    /// Both in one round trip.
    fn recorded(&mut self) -> Result<Recorded, BackendError> {
        if !self.has_version_table {
            return Ok(Recorded::default());
        }
        let question = format!(
            "SELECT revision, upgrade_checksum, downgrade_checksum FROM {}; \
             SELECT {}, pg_catalog.to_char(noted_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') \
             FROM {} ORDER BY part, statement",
            self.tables.version_table(Dialect::PostgreSql),
            ledger::COLUMNS,
            self.tables.ledger_table(Dialect::PostgreSql)
        );
        let mut recorded = Recorded::default();
        let mut in_ledger = false;
        for message in self.client.simple_query(&question)? {
            match message {
                SimpleQueryMessage::CommandComplete(_) => in_ledger = true,
                SimpleQueryMessage::Row(row) if in_ledger => {
                    recorded.ledger.extend(LedgerEntry::from_columns(std::array::from_fn(|column| {
                        row.get(column).unwrap_or_default()
                    })))
                }
                SimpleQueryMessage::Row(row) => recorded.applied.push(AppliedRevision {
                    revision: text(&row, 0),
                    upgrade_checksum: row.get(1).and_then(|checksum| checksum.parse().ok()),
                    downgrade_checksum: row.get(2).and_then(|checksum| checksum.parse().ok()),
                }),
                _ => {}
            }
        }
        Ok(recorded)
    }

    fn outcome(&mut self, statement: &str) -> Result<Outcome, BackendError> {
        self.prove(statement)
    }

    fn invalid_indexes(&mut self) -> Result<Vec<String>, BackendError> {
        // An index on a partitioned table is not valid while a partition lacks it, so these count too.
        // https://www.postgresql.org/docs/current/catalog-pg-index.html
        let query = "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_index i \
                     JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
                     JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace \
                     WHERE NOT i.indisvalid AND n.nspname NOT LIKE 'pg\\_%' ORDER BY 1";
        Ok(self.rows(query)?.map(|row| text(&row, 0)).collect())
    }

    fn applied_details(&mut self) -> Result<Vec<AppliedDetails>, BackendError> {
        if !self.has_version_table {
            return Ok(Vec::new());
        }
        let query = format!(
            "SELECT revision, parents, depends_on, message, \
             pg_catalog.to_char(applied_at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') FROM {}",
            self.tables.version_table(Dialect::PostgreSql)
        );
        Ok(self
            .rows(&query)?
            .map(|row| AppliedDetails {
                revision: text(&row, 0),
                parents: split_ids(row.get(1).unwrap_or_default()),
                depends_on: split_ids(row.get(2).unwrap_or_default()),
                message: text(&row, 3),
                applied_at: text(&row, 4),
            })
            .collect())
    }

    fn kept_texts(&mut self, revisions: &[&str]) -> Result<Vec<Option<KeptTexts>>, BackendError> {
        let ids: Vec<String> = revisions.iter().map(|id| Dialect::PostgreSql.quote_literal(id)).collect();
        if ids.is_empty() || !self.has_version_table {
            return Ok(vec![None; revisions.len()]);
        }
        let query = format!(
            "SELECT revision, downgrade_sql, {} FROM {} WHERE revision IN ({})",
            if self.has_upgrade_sql { "upgrade_sql" } else { "NULL" },
            self.tables.version_table(Dialect::PostgreSql),
            ids.join(", ")
        );
        let texts = |row: &postgres::SimpleQueryRow| KeptTexts {
            upgrade: row.get(2).map(str::to_owned),
            downgrade: text(row, 1),
        };
        let mut texts: HashMap<String, KeptTexts> =
            self.rows(&query)?.map(|row| (text(&row, 0), texts(&row))).collect();
        Ok(revisions.iter().map(|revision| texts.remove(*revision)).collect())
    }

    fn has_version_table(&mut self) -> Result<bool, BackendError> {
        Ok(self.has_version_table)
    }

    fn ensure_version_table(&mut self) -> Result<bool, BackendError> {
        if self.has_version_table {
            if !self.has_upgrade_sql {
                self.make(|connection| {
                    let alter = connection.tables.add_upgrade_sql(Dialect::PostgreSql);
                    Ok(connection.client.batch_execute(&alter)?)
                })?;
                self.has_upgrade_sql = true;
            }
            return Ok(false);
        }
        self.make(|connection| {
            connection.create_schema()?;
            Ok(connection.client.batch_execute(&connection.tables.create(Dialect::PostgreSql))?)
        })?;
        // That a table is there already is not worth a word.
        self.take_notices();
        (self.has_version_table, self.has_upgrade_sql) = (true, true);
        Ok(true)
    }

    fn lock(&mut self, waiting: &mut dyn FnMut(&str)) -> Result<(), BackendError> {
        self.acquire_lock(waiting)?;
        // A migrator that held the lock may have made the table meanwhile, or added to it.
        if !self.has_upgrade_sql {
            let table = self.tables.version_table(Dialect::PostgreSql);
            let question = format!(
                "SELECT pg_catalog.to_regclass({}), {}",
                Dialect::PostgreSql.quote_literal(&table),
                has_upgrade_sql(&table)
            );
            let row = self.rows(&question)?.next();
            self.has_version_table = row.as_ref().is_some_and(|row| row.get(0).is_some());
            self.has_upgrade_sql = row.is_some_and(|row| row.get(1) == Some("t"));
        }
        Ok(())
    }

    fn watcher(&self) -> Option<Watcher> {
        let mut watch = Watch::new(self)?;
        Some(Box::new(move || watch.look()))
    }

    fn keeps_session(&self) -> bool {
        !self.is_pooled()
    }

    fn unlock(&mut self) -> Result<(), BackendError> {
        self.release_lock()
    }
}

fn text(row: &postgres::SimpleQueryRow, column: usize) -> String {
    row.get(column).unwrap_or_default().to_owned()
}
