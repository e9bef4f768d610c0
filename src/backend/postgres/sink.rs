//! Running parts on PostgreSQL.

use std::time::Duration;

use super::lock::Exclusion;
use super::scratch::beyond;
use super::{PostgresConnection, error, guard, session};
use crate::backend::{
    BackendError, Blocker, DatabaseError, Elapsed, Expectation, LedgerNote, LogEntry, Notice, Record, RunMode, Sink,
    SqlStatement,
};
use crate::script::PartMode;
use crate::sql::Dialect;

/// A statement from this size on is sent alone, to save a copy of it rather than a round trip.
const LARGE: usize = 1 << 20;

impl PostgresConnection {
    /// Sends `text` behind whatever is pending, in one round trip.
    fn send(&mut self, text: &str) -> Result<(), BackendError> {
        let mut prefix = std::mem::take(&mut self.pending);
        if text.len() > LARGE && !prefix.is_empty() {
            self.execute(&prefix)?;
            prefix.clear();
        }
        if prefix.is_empty() {
            return self.execute(text).map_err(|failure| error::convert(failure, "", text));
        }
        let sent = format!("{prefix}{text}");
        self.execute(&sent).map_err(|failure| error::convert(failure, &prefix, text))
    }

    fn copy_in(&mut self, statement: &str, data: &str) -> Result<(), BackendError> {
        self.send("")?;
        let Self { outstanding, client, .. } = self;
        let copied = outstanding.during(|| client.copy_in(statement, data));
        copied.map_err(|failure| error::convert(failure, "", statement))
    }
}

impl PostgresConnection {
    /// Looks for what a statement may do to the session beyond its own part.
    fn see(&mut self, statement: &str) {
        let lower = statement.to_ascii_lowercase();
        self.strings_changed |= changes_strings(&lower);
        self.prepared.see(&lower);
    }

    /// Sends the statement that waits, alone.
    fn send_waiting(&mut self) -> Result<(), BackendError> {
        match self.waiting.take() {
            Some(statement) => {
                let sent = self.send(&statement).map_err(of_last_statement);
                if sent.is_err() {
                    self.waiting = Some(statement);
                }
                sent
            }
            None => Ok(()),
        }
    }

    /// Inside a transaction that began earlier, its time lies before that of the statement.
    /// <https://www.postgresql.org/docs/current/functions-datetime.html#FUNCTIONS-DATETIME-CURRENT>
    fn refuse_open_transaction(&mut self) -> Result<(), BackendError> {
        let question = "SELECT pg_catalog.transaction_timestamp() = pg_catalog.statement_timestamp()";
        self.client.heed_interrupt(false);
        let closed = self.ask_flag(question).unwrap_or(false);
        self.client.heed_interrupt(true);
        if closed { Ok(()) } else { Err(BackendError::TransactionLeftOpen) }
    }

    /// Sends what is pending, the statement that waits, the bookkeeping and `end` as one message.
    fn send_bookkeeping(&mut self, end: &str) -> Result<(), BackendError> {
        let prefix = std::mem::take(&mut self.pending);
        let bookkeeping = std::mem::take(&mut self.bookkeeping);
        let Some(statement) = self.waiting.take() else {
            let sent = format!("{prefix}{bookkeeping}{end}");
            return self.execute(&sent).map_err(|failure| error::convert_bookkeeping(failure, &self.tables));
        };
        let sent = format!("{prefix}{statement};\n{bookkeeping}{end}");
        let result = self.execute(&sent);
        result.map_err(|failure| {
            let error = error::convert_late(failure, &prefix, &statement, &self.tables);
            if !matches!(error, BackendError::Database(_)) {
                self.waiting = Some(statement);
            }
            error
        })
    }
}

/// May this statement, in lower case, change how the server reads the strings of later ones?
/// <https://www.postgresql.org/docs/current/runtime-config-compatible.html>
fn changes_strings(statement: &str) -> bool {
    ["standard_conforming_strings", "backslash_quote", "set_config"].iter().any(|setting| statement.contains(setting))
}

/// Marks an error as one of the statement before.
fn of_last_statement(error: BackendError) -> BackendError {
    match error {
        BackendError::Database(error) => {
            BackendError::Database(Box::new(DatabaseError { of_last_statement: true, ..*error }))
        }
        other => other,
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

    fn set_lock_timeout(&mut self, limit: Option<Duration>) {
        self.lock_timeout = limit;
        self.outstanding.set_lock_timeout(limit);
    }

    fn expect(&mut self, expectation: Option<&Expectation<'_>>) {
        self.expected = expectation.map(|expectation| self.expected(expectation));
    }

    fn begin(&mut self, mode: PartMode) -> Result<(), BackendError> {
        self.part = Some(mode);
        self.discarding = std::mem::take(&mut self.revision_ended);
        self.prepare_bookkeeping()?;
        let discard = if self.discarding { session::DISCARD } else { "" };
        let deallocate = if self.discarding && !self.prepared.is_ready() { session::DEALLOCATE } else { "" };
        // In one transaction for the whole run the lock of the transaction, once it is taken, stays.
        let is_guarded = self.mode == RunMode::PerRevision || !self.pending.is_empty();
        let begins = self.mode == RunMode::PerRevision && mode != PartMode::NoTransaction;
        self.in_transaction |= begins;
        let begin = if begins { "BEGIN; " } else { "" };
        let lock_timeout = self.lock_timeout.map(session::lock_timeout).unwrap_or_default();
        let settings = format!("{}{lock_timeout}", self.settings);
        if self.is_pooled() {
            let settings = session::of_transaction(&settings);
            self.pending.extend([begin, session::RESET, &settings]);
        } else {
            self.pending.extend([session::RESET, discard, deallocate, &settings]);
            if std::mem::take(&mut self.strings_changed) {
                // A message is read as a whole before any of it runs, so what follows must be another one.
                self.send("")?;
            }
            self.pending.push_str(begin);
        }
        let guard = if is_guarded { self.guard() } else { String::new() };
        self.pending.extend([&guard, guard::PART]);
        if mode == PartMode::NoTransaction {
            // Several statements in one message are one transaction, so these go alone.
            self.send("")?;
        }
        Ok(())
    }

    /// The first statement of a transactional part waits: if it stays the only one, it goes out together
    /// with the bookkeeping and the commit.
    fn statement(&mut self, statement: SqlStatement<'_>) -> Result<(), BackendError> {
        let first = self.in_transaction
            && self.mode == RunMode::PerRevision
            && self.waiting.is_none()
            && !self.pending.is_empty();
        self.outstanding.take_blockers();
        // What is done there cannot be taken back.
        if self.scratch.is_some()
            && self.part == Some(PartMode::NoTransaction)
            && let Some(what) = beyond::refused(statement.text)
        {
            return Err(BackendError::BeyondScratch { changes: vec![what] });
        }
        let rewritten = self.scratch.as_ref().and_then(|scratch| scratch.rewritten(statement.text));
        let statement = SqlStatement { text: rewritten.as_deref().unwrap_or(statement.text), ..statement };
        self.send_waiting()?;
        self.see(statement.text);
        match statement.copy_data {
            Some(data) => self.copy_in(statement.text, data),
            None if first && statement.text.len() < LARGE => {
                self.waiting = Some(statement.text.to_owned());
                Ok(())
            }
            None => self.send(statement.text),
        }?;
        if self.part == Some(PartMode::NoTransaction) {
            return self.refuse_invalid_index(statement.text);
        }
        if self.scratch.is_some() && beyond::is_opaque(statement.text) {
            self.send_waiting()?;
            self.refuse_beyond()?;
        }
        Ok(())
    }

    fn note(&mut self, note: &LedgerNote<'_>) -> Result<(), BackendError> {
        let sql = note.sql(&self.tables, Dialect::PostgreSql);
        if self.in_transaction {
            self.bookkeeping.push_str(session::RESET_ROLE);
            self.bookkeeping.push_str(&sql);
            return Ok(());
        }
        // What has happened is written down whatever comes.
        let Self { outstanding, client, .. } = self;
        Ok(outstanding.during(|| client.undisturbed().batch_execute(&session::as_ourselves(&sql)))?)
    }

    /// Waits for the commit, which it travels with.
    fn record(&mut self, record: &Record<'_>) -> Result<(), BackendError> {
        self.revision_ended = true;
        let elapsed = match (record.log.duration, &self.waiting) {
            (Elapsed::Milliseconds(before), Some(_)) => Elapsed::InTransaction(before),
            (known, _) => known,
        };
        let record = Record { log: LogEntry { duration: elapsed, ..record.log }, ..*record };
        // The file's own role may not be allowed to write here.
        self.bookkeeping.push_str(session::RESET_ROLE);
        self.bookkeeping.push_str(&self.record_sql(&record));
        self.prepared.count();
        if self.mode == RunMode::Single {
            return self.send_bookkeeping("");
        }
        Ok(())
    }

    /// A COMMIT of a transaction that has failed is no error, it only answers ROLLBACK. It never gets that far: the
    /// bookkeeping goes before it in the same message, and fails there. So does the SET LOCAL at the end of a run.
    fn commit(&mut self, last: bool) -> Result<(), BackendError> {
        if self.scratch.is_some() && self.in_transaction {
            self.send_waiting()?;
            self.refuse_beyond()?;
        }
        if self.mode == RunMode::PerRevision && self.in_transaction {
            let end = match (self.is_pooled(), last) {
                (true, true) => session::LEAVE.to_owned(),
                (true, false) => format!("{}SET LOCAL synchronous_commit = off; ", session::LEAVE),
                (false, true) => "SET LOCAL synchronous_commit TO DEFAULT; ".to_owned(),
                (false, false) => String::new(),
            };
            self.send_bookkeeping(&format!("{end}COMMIT"))?;
            self.in_transaction = false;
        }
        if self.part == Some(PartMode::NoTransaction) {
            self.refuse_open_transaction()?;
        }
        self.part = None;
        Ok(())
    }

    fn rollback(&mut self) -> Result<(), BackendError> {
        let unsent = !self.pending.is_empty();
        self.pending.clear();
        self.waiting = None;
        self.bookkeeping.clear();
        self.prepared.forget();
        self.revision_ended |= std::mem::take(&mut self.discarding);
        if self.client.is_closed() {
            // Nobody renews the lease of a session that is gone.
            self.exclusion = Exclusion::None;
        }
        // A part without a transaction may have begun one of its own.
        let own = self.part.take() == Some(PartMode::NoTransaction);
        if (std::mem::take(&mut self.in_transaction) && !unsent) || own {
            self.client.batch_execute("ROLLBACK")?;
            // A text that did not parse began no transaction, and the server says so.
            self.take_notices();
        }
        Ok(())
    }

    fn finish(&mut self) -> Result<(), BackendError> {
        if std::mem::take(&mut self.in_transaction) {
            // What was set may not reach the next who gets this session from a pooler.
            let reset = if self.is_pooled() { session::LEAVE } else { "" };
            self.send(&format!("{reset}SET LOCAL synchronous_commit TO DEFAULT; COMMIT"))?;
        }
        self.pending.clear();
        self.expected = None;
        self.mode = RunMode::PerRevision;
        Ok(())
    }

    fn take_blockers(&mut self) -> Vec<Blocker> {
        self.outstanding.take_blockers()
    }

    fn lags(&self) -> bool {
        self.waiting.is_some()
    }

    fn heed_interrupt(&mut self, heeds: bool) {
        self.client.heed_interrupt(heeds);
    }

    fn take_notices(&mut self) -> (Vec<Notice>, usize) {
        self.notices.lock().map_or_else(
            |_| (Vec::new(), 0),
            |mut buffer| (std::mem::take(&mut buffer.kept), std::mem::take(&mut buffer.dropped)),
        )
    }
}
