//! Running parts on PostgreSQL.

use std::io::Write as _;

use postgres::SimpleQueryMessage;

use super::{PostgresConnection, error, session};
use crate::backend::{BackendError, Notice, Record, RunMode, Sink, SqlStatement, VersionChange};
use crate::script::PartMode;
use crate::sql::Dialect;

/// How many bytes of inline COPY data are sent at a time: the client keeps a copy of what it is given at once.
const COPY_CHUNK: usize = 1 << 16;

/// A statement from this size on is sent alone, to save a copy of it rather than a round trip.
const LARGE: usize = 1 << 20;

impl PostgresConnection {
    /// Sends `text` behind whatever is pending, in one round trip.
    fn send(&mut self, text: &str) -> Result<(), BackendError> {
        let mut prefix = std::mem::take(&mut self.pending);
        if text.len() > LARGE && !prefix.is_empty() {
            self.client.batch_execute(&prefix)?;
            prefix.clear();
        }
        if prefix.is_empty() {
            return self.client.batch_execute(text).map_err(|failure| error::convert(&failure, "", text));
        }
        let sent = format!("{prefix}{text}");
        self.client.batch_execute(&sent).map_err(|failure| error::convert(&failure, &prefix, text))
    }

    fn copy_in(&mut self, statement: &str, data: &str) -> Result<(), BackendError> {
        self.send("")?;
        let failed = |failure: &postgres::Error| error::convert(failure, "", statement);
        let mut writer = self.client.copy_in(statement).map_err(|failure| failed(&failure))?;
        // A failed write only says that the server stopped listening; `finish` brings its reason.
        let written = data.as_bytes().chunks(COPY_CHUNK).try_for_each(|chunk| writer.write_all(chunk));
        writer.finish().map_err(|failure| failed(&failure))?;
        written.map_err(|failure| BackendError::ConnectionLost { message: failure.to_string() })
    }
}

impl Sink for PostgresConnection {
    fn start(&mut self, mode: RunMode) -> Result<(), BackendError> {
        self.mode = mode;
        if mode == RunMode::Single {
            self.pending.push_str("BEGIN; ");
            self.in_transaction = true;
        }
        Ok(())
    }

    fn begin(&mut self, mode: PartMode) -> Result<(), BackendError> {
        self.part = Some(mode);
        self.pending.push_str(session::RESET);
        self.pending.push_str(&self.settings);
        if self.mode == RunMode::PerRevision && mode != PartMode::NoTransaction {
            self.pending.push_str("BEGIN; ");
            self.in_transaction = true;
        }
        if mode == PartMode::NoTransaction {
            // Several statements in one message are one transaction, so these go alone.
            self.send("")?;
        }
        Ok(())
    }

    fn statement(&mut self, statement: SqlStatement<'_>) -> Result<(), BackendError> {
        match statement.copy_data {
            Some(data) => self.copy_in(statement.text, data),
            None => self.send(statement.text),
        }
    }

    /// Waits in `pending` for the commit, unless there is a version row to be counted.
    fn record(&mut self, record: &Record<'_>) -> Result<(), BackendError> {
        let version = record.version_sql(&self.tables, Dialect::PostgreSql);
        let log = record.log_sql(&self.tables, Dialect::PostgreSql);
        // The file's own role may not be allowed to write here.
        self.pending.push_str(session::RESET_ROLE);
        self.pending.push_str(&version);
        self.pending.push_str(&log);
        if self.mode == RunMode::Single || self.part == Some(PartMode::NoTransaction) {
            self.send("")?;
        } else if let VersionChange::Delete(revision) = record.change {
            // A DELETE that finds no row is no error, so it is counted before the commit is sent.
            let sql = std::mem::take(&mut self.pending);
            let counts = self.client.simple_query(&sql)?.into_iter().filter_map(|message| match message {
                SimpleQueryMessage::CommandComplete(rows) => Some(rows),
                _ => None,
            });
            let counts: Vec<u64> = counts.collect();
            // The last two commands are the DELETE and the log's INSERT.
            let rows = counts.iter().rev().nth(1).copied().unwrap_or(0);
            if rows != 1 {
                return Err(BackendError::VersionRow { revision: revision.to_owned(), rows });
            }
        }
        Ok(())
    }

    fn commit(&mut self, last: bool) -> Result<(), BackendError> {
        if self.mode == RunMode::PerRevision && self.in_transaction {
            let durable = if last { "SET LOCAL synchronous_commit TO DEFAULT; " } else { "" };
            self.send(&format!("{durable}COMMIT"))?;
            self.in_transaction = false;
        }
        self.part = None;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), BackendError> {
        self.pending.clear();
        // A part without a transaction may have begun one of its own.
        let own = self.part.take() == Some(PartMode::NoTransaction);
        if std::mem::take(&mut self.in_transaction) || own {
            self.client.batch_execute("ROLLBACK")?;
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), BackendError> {
        if std::mem::take(&mut self.in_transaction) {
            self.send("SET LOCAL synchronous_commit TO DEFAULT; COMMIT")?;
        }
        self.pending.clear();
        self.mode = RunMode::PerRevision;
        Ok(())
    }

    fn take_notices(&mut self) -> (Vec<Notice>, usize) {
        self.notices.lock().map_or_else(
            |_| (Vec::new(), 0),
            |mut buffer| (std::mem::take(&mut buffer.kept), std::mem::take(&mut buffer.dropped)),
        )
    }
}
