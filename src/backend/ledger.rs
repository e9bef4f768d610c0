//! The ledger: how far a revision got that is not one transaction.
//!
//! A part that commits before the revision is complete leaves a line. Before a statement outside any
//! transaction an intent is written and after it that it is done, so that after a crash it is known which
//! statement may or may not have run.

use super::TableNames;
use crate::script::{Checksum, Direction};
use crate::sql::Dialect;

/// How far a statement or part got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LedgerState {
    /// It was about to run; nobody knows more.
    Begun,
    /// It is done.
    Done,
    /// It failed, and said so.
    Failed,
}

impl LedgerState {
    /// The word in the ledger.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Begun, Self::Done, Self::Failed].into_iter().find(|state| state.as_str() == word)
    }
}

/// A line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The revision.
    pub revision: String,
    /// Which way it was going.
    pub direction: Direction,
    /// The part, from 1.
    pub part: usize,
    /// The statement in the part, from 1; 0 stands for a whole part that is a transaction.
    pub statement: usize,
    /// The checksum of the statement or part.
    pub checksum: Option<Checksum>,
    /// How far it got.
    pub state: LedgerState,
    /// When that was written (UTC, RFC 3339).
    pub noted_at: String,
}

/// The columns that [`LedgerEntry::from_columns`] takes, in their order.
pub(super) const COLUMNS: &str = "revision, direction, part, statement, checksum, state";

impl LedgerEntry {
    /// The entry of a row's columns, all as text, `noted_at` last; nothing if they make no sense.
    pub(super) fn from_columns(columns: [&str; 7]) -> Option<Self> {
        let [revision, direction, part, statement, checksum, state, noted_at] = columns;
        Some(Self {
            revision: revision.to_owned(),
            direction: [Direction::Upgrade, Direction::Downgrade]
                .into_iter()
                .find(|known| known.as_str() == direction)?,
            part: part.parse().ok()?,
            statement: statement.parse().ok()?,
            checksum: checksum.parse().ok(),
            state: LedgerState::from_word(state)?,
            noted_at: noted_at.to_owned(),
        })
    }
}

/// A line to be written.
#[derive(Debug, Clone, Copy)]
pub struct LedgerNote<'a> {
    /// The revision.
    pub revision: &'a str,
    /// Which way it goes.
    pub direction: Direction,
    /// The part, from 1.
    pub part: usize,
    /// The statement in the part, from 1; 0 for a whole part.
    pub statement: usize,
    /// The checksum of the statement or part.
    pub checksum: Checksum,
    /// How far it got.
    pub state: LedgerState,
}

impl LedgerNote<'_> {
    /// The statement that writes the line, ending with `;` and a line end.
    #[must_use]
    pub fn sql(&self, tables: &TableNames, dialect: Dialect) -> String {
        format!(
            "INSERT INTO {} ({COLUMNS}, noted_at) VALUES ({}, '{}', {}, {}, '{}', '{}', {}) \
             ON CONFLICT (revision, part, statement) DO UPDATE SET direction = excluded.direction, \
             checksum = excluded.checksum, state = excluded.state, noted_at = excluded.noted_at;\n",
            tables.ledger_table(dialect),
            dialect.quote_literal(self.revision),
            self.direction.as_str(),
            self.part,
            self.statement,
            self.checksum,
            self.state.as_str(),
            super::bookkeeping::now(dialect),
        )
    }
}

/// What a database can prove of a statement of which only the intent is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It has done its work.
    Finished,
    /// It has done nothing, or can be run again without harm.
    RunAgain,
    /// It left an index that is not valid, to be dropped by this name before it is run again.
    InvalidIndex(String),
    /// There is no telling.
    Unknown,
}
