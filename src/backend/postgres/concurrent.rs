//! What became of statements that ran outside a transaction.

use postgres::SimpleQueryMessage;

use super::PostgresConnection;
use crate::backend::{BackendError, Outcome};
use crate::sql::Dialect;
use crate::sql::concurrent::{ConcurrentIndex, concurrent_index};
use crate::sql::repeat::is_repeatable;

impl PostgresConnection {
    /// What can be proven of a statement that may or may not have run.
    pub(super) fn prove(&mut self, statement: &str) -> Result<Outcome, BackendError> {
        let Some(index) = concurrent_index(statement) else {
            return Ok(if is_repeatable(statement) { Outcome::RunAgain } else { Outcome::Unknown });
        };
        Ok(match (index.created, self.find_index(&index)?) {
            (true, None) => Outcome::RunAgain,
            (true, Some((_, true))) => Outcome::Finished,
            (true, Some((name, false))) => Outcome::InvalidIndex(name),
            (false, None) => Outcome::Finished,
            (false, Some(_)) => Outcome::RunAgain,
        })
    }

    /// `IF NOT EXISTS` over an index that a failed build left invalid reports success.
    /// <https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY>
    pub(super) fn refuse_invalid_index(&mut self, statement: &str) -> Result<(), BackendError> {
        let Some(index) = concurrent_index(statement).filter(|index| index.created) else { return Ok(()) };
        match self.find_index(&index)? {
            Some((name, false)) => Err(BackendError::InvalidIndex { name }),
            _ => Ok(()),
        }
    }

    /// The full name of an index and whether it is valid, if it exists.
    fn find_index(&mut self, index: &ConcurrentIndex) -> Result<Option<(String, bool)>, BackendError> {
        let literal = |text: &str| Dialect::PostgreSql.quote_literal(text);
        // parse_ident folds a name as the server does, and cuts it at its dots.
        let name = format!("parse_ident({})", literal(&index.name));
        let condition = match &index.table {
            Some(table) => format!(
                "i.indrelid = to_regclass({}) AND c.relname = ({name})[array_length({name}, 1)]",
                literal(table)
            ),
            None => format!("i.indexrelid = to_regclass({})", literal(&index.name)),
        };
        let question = format!(
            "SELECT format('%I.%I', n.nspname, c.relname), i.indisvalid FROM pg_catalog.pg_index i \
             JOIN pg_catalog.pg_class c ON c.oid = i.indexrelid \
             JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE {condition}"
        );
        for message in self.client.undisturbed().simple_query(&question)? {
            if let SimpleQueryMessage::Row(row) = message {
                return Ok(Some((row.get(0).unwrap_or_default().to_owned(), row.get(1) == Some("t"))));
            }
        }
        Ok(None)
    }
}
