//! Why a workflow could not do what was asked.

use std::path::PathBuf;

use super::{RevisionFailure, Step};
use crate::backend::{BackendError, LedgerEntry, LedgerState};
use crate::config::ConfigError;
use crate::revision::{GraphError, TargetSyntaxError};
use crate::script::{Direction, ScriptError};
use crate::sql::Position;

/// Anything that can go wrong, from the configuration to the database.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A revision file, or the folder of them.
    #[error(transparent)]
    Script(#[from] ScriptError),
    /// A target, or the graph.
    #[error(transparent)]
    Graph(#[from] GraphError),
    /// The database, outside any revision.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// A revision that failed while it ran.
    #[error("{}", .0.fact())]
    Revision(Box<RevisionFailure>),
    /// The last commit of a run failed.
    #[error("{}: {cause}", commit_fact("run", *committed))]
    RunLost {
        /// Why.
        cause: BackendError,
        /// How many revisions it held.
        steps: usize,
        /// Was it committed all the same? Absent if nobody can tell.
        committed: Option<bool>,
    },
    /// The connection was lost while what is recorded was changed, with nothing run.
    #[error("{}: {cause}", commit_fact("change", *committed))]
    ChangeLost {
        /// Why.
        cause: BackendError,
        /// Was it committed all the same? Absent if nobody can tell.
        committed: Option<bool>,
    },
    /// Applied revisions whose upgrade text is not what ran.
    #[error("{} applied revision{} changed since: {}", files.len(), if files.len() == 1 { " was" } else { "s were" }, list_ids(files))]
    ChecksumChanged {
        /// Their ids and files.
        files: Vec<(String, PathBuf)>,
    },
    /// Applied revisions without a file.
    #[error("the file of applied revision{} {} is missing", if revisions.len() == 1 { "" } else { "s" }, revisions.join(", "))]
    RevisionMissing {
        /// Their ids.
        revisions: Vec<String>,
    },
    /// A downgrade through a revision that cannot be reverted.
    #[error("revision `{revision}` {}", if *absent { "has no downgrade section for this database" } else { "is irreversible" })]
    Irreversible {
        /// Its id.
        revision: String,
        /// Its file.
        path: PathBuf,
        /// Is there just no section?
        absent: bool,
    },
    /// A pending revision below an applied one.
    #[error("revision `{revision}` is not applied, but `{above}` above it is")]
    OutOfOrder {
        /// The pending one.
        revision: String,
        /// The applied one.
        above: String,
    },
    /// A revision that an earlier run left half done, and that cannot be gone on with.
    #[error("revision `{}` was interrupted: {}", .0.revision, .0.reason)]
    Interrupted(Box<Interruption>),
    /// There is nothing to settle.
    #[error("revision `{revision}` was not interrupted")]
    NothingToResolve {
        /// What was asked for.
        revision: String,
    },
    /// There is no change to accept.
    #[error("there is nothing to accept of `{revision}`: {reason}")]
    NothingToAccept {
        /// What was asked for.
        revision: String,
        /// Why.
        reason: &'static str,
    },
    /// A part does not have so many statements.
    #[error("part {part} has {count} statements, so it cannot go on from statement {statement}")]
    NoSuchStatement {
        /// The statement that was named.
        statement: usize,
        /// The part that was interrupted.
        part: usize,
        /// How many it has.
        count: usize,
    },
    /// There is no version table of Alembic.
    #[error("there is no table `{table}` of Alembic in the database")]
    NoAlembicTable {
        /// As it was named.
        table: String,
    },
    /// Alembic's version table names revisions that have no file here.
    #[error("`{table}` says that {} applied, which no revision file has", are(revisions))]
    UnknownToFiles {
        /// Alembic's table.
        table: String,
        /// Their ids.
        revisions: Vec<String>,
    },
    /// A rebase of something that cannot be moved.
    #[error("there is no other head to put `{target}` on top of, or it names no revision")]
    NothingToMove {
        /// What was asked for.
        target: String,
    },
    /// A rebase of a revision that a database has already.
    #[error("revision `{revision}` is applied, so it cannot be moved")]
    AppliedAlready {
        /// Its id.
        revision: String,
    },
    /// A part without a transaction, through a pooler that gives out sessions by the transaction.
    #[error(
        "revision `{revision}` has a part without a transaction, which a transaction pooler cannot keep apart from other runs"
    )]
    ThroughPooler {
        /// Its id.
        revision: String,
        /// Its file.
        path: PathBuf,
    },
    /// A part that cannot be in the one transaction of the run.
    #[error(
        "revision `{revision}` has a part that cannot be in a transaction, and transaction = \"single\" wants one for the whole run"
    )]
    NotInOneTransaction {
        /// Its id.
        revision: String,
        /// Its file.
        path: PathBuf,
    },
}

/// What is known of a revision that was interrupted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interruption {
    /// Its id.
    pub revision: String,
    /// Which way it was going.
    pub direction: Direction,
    /// The part, from 1.
    pub part: usize,
    /// The statement in it, from 1; 0 for the whole part.
    pub statement: usize,
    /// How far that got.
    pub state: LedgerState,
    /// When that was written (UTC, RFC 3339).
    pub noted_at: String,
    /// Its file, if it is known.
    pub path: Option<PathBuf>,
    /// Where the statement stands in it.
    pub position: Option<Position>,
    /// Why it cannot be gone on with.
    pub reason: &'static str,
}

impl Error {
    pub(super) fn interrupted(entry: &LedgerEntry, step: Option<&Step<'_>>, reason: &'static str) -> Self {
        Self::Interrupted(Box::new(Interruption {
            revision: entry.revision.clone(),
            direction: entry.direction,
            part: entry.part,
            statement: entry.statement,
            state: entry.state,
            noted_at: entry.noted_at.clone(),
            path: step.map(|step| step.script.path.clone()),
            position: None,
            reason,
        }))
    }

    pub(super) fn interrupted_at(
        entry: &LedgerEntry,
        step: &Step<'_>,
        position: Position,
        reason: &'static str,
    ) -> Self {
        match Self::interrupted(entry, Some(step), reason) {
            Self::Interrupted(found) => {
                Self::Interrupted(Box::new(Interruption { position: Some(position), ..*found }))
            }
            other => other,
        }
    }

    /// Did another migrator come in between, so that the plan has to be made again?
    pub(super) fn is_overtaken(&self) -> bool {
        match self {
            Self::Backend(error) => error.is_overtaken(),
            Self::Revision(failure) => failure.cause.is_overtaken(),
            _ => false,
        }
    }

    /// The stable name of this error, as in `--json`.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Config(error) => error.kind(),
            Self::Script(error) => error.kind(),
            Self::Graph(error) => error.kind(),
            Self::RunLost { committed: None, .. } | Self::ChangeLost { committed: None, .. } => "outcome_unknown",
            Self::Backend(error) | Self::RunLost { cause: error, .. } | Self::ChangeLost { cause: error, .. } => {
                error.kind()
            }
            Self::Revision(failure) if failure.committed.is_none() => "outcome_unknown",
            Self::Revision(failure) => failure.cause.kind(),
            Self::ChecksumChanged { .. } => "checksum_changed",
            Self::RevisionMissing { .. } => "revision_missing",
            Self::Irreversible { .. } => "irreversible",
            Self::OutOfOrder { .. } => "out_of_order",
            Self::Interrupted(_) => "outcome_unknown",
            Self::NoAlembicTable { .. } => "no_alembic_table",
            Self::UnknownToFiles { .. } => "unknown_revision",
            Self::NothingToMove { .. }
            | Self::NothingToAccept { .. }
            | Self::NothingToResolve { .. }
            | Self::NoSuchStatement { .. } => "usage",
            Self::AppliedAlready { .. } => "applied_already",
            Self::NotInOneTransaction { .. } => "config",
            Self::ThroughPooler { .. } => "pooler",
        }
    }

    /// What to do next, if there is something to say; a line for each thing.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Config(error) => error.hint(),
            Self::Script(error) => error.hint(),
            Self::Graph(error) => error.hint(),
            Self::Backend(error) => error.hint(),
            Self::Revision(failure) => failure.hint(),
            Self::RunLost { committed: Some(true), .. } | Self::ChangeLost { committed: Some(true), .. } => {
                Some("all of it is done and recorded".to_owned())
            }
            Self::ChangeLost { committed: Some(false), .. } => {
                Some("nothing was changed; run the command again".to_owned())
            }
            Self::ChangeLost { committed: None, .. } => {
                Some("`migrator status` shows what is recorded when the database answers again".to_owned())
            }
            Self::RunLost { cause, .. } => cause.hint(),
            Self::ChecksumChanged { files } => Some(format!(
                "restore the file as it was when it ran, and put the change into a new revision; if the change is meant, \
                 `migrator accept {} --reason TEXT` shows and records it",
                files.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(" ")
            )),
            Self::RevisionMissing { .. } => Some(
                "is the file on another git branch? `migrator downgrade TARGET --from-database` reverts it with the SQL kept \
                 in the version table; `migrator stamp --purge` forgets it"
                    .to_owned(),
            ),
            Self::Irreversible { absent: true, .. } => {
                Some("write one; an empty section `-- migrator:downgrade` reverts nothing".to_owned())
            }
            Self::Irreversible { revision, .. } => {
                Some(format!("`migrator downgrade {revision}` reverts what is above it; behind it only a backup helps"))
            }
            Self::OutOfOrder { .. } => {
                Some("set out_of_order = \"apply\" to apply it now, or move it above with another `revises`".to_owned())
            }
            Self::Interrupted(found) => Some(found.hint()),
            Self::NothingToAccept { .. } => Some("`migrator status` shows what was changed since it ran".to_owned()),
            Self::NothingToResolve { .. } => Some("`migrator status` shows what was interrupted".to_owned()),
            Self::NoSuchStatement { count, .. } => Some(format!("statements are counted from 1; {} is behind the last", count + 1)),
            Self::NoAlembicTable { .. } => Some(
                "name it as alembic.ini or env.py configures it: `migrator stamp --from-alembic SCHEMA.TABLE`; is it the right database?"
                    .to_owned(),
            ),
            Self::UnknownToFiles { .. } => Some(
                "were these revisions made after `migrator import alembic`, or is it another project's database? import again \
                 into a new folder"
                    .to_owned(),
            ),
            Self::NothingToMove { .. } => Some("name the revision to move, and with --onto where to".to_owned()),
            Self::AppliedAlready { revision } => Some(format!(
                "downgrade below {revision} first; --force moves it all the same, for a database that will be made anew"
            )),
            Self::ThroughPooler { .. } => Some(
                "connect to the server itself for this run, or to the pooler's session mode: `--url` takes the \
                 place of the configured URL"
                    .to_owned(),
            ),
            Self::NotInOneTransaction { .. } => {
                Some("set transaction = \"per-revision\" in migrator.toml for this run".to_owned())
            }
        }
    }

    /// The exit code of the program for this error.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Config(_)
            | Self::NotInOneTransaction { .. }
            | Self::ThroughPooler { .. }
            | Self::NoAlembicTable { .. }
            | Self::NothingToMove { .. }
            | Self::NothingToAccept { .. }
            | Self::NothingToResolve { .. }
            | Self::NoSuchStatement { .. } => 2,
            Self::ChecksumChanged { .. } | Self::RevisionMissing { .. } => 5,
            Self::Interrupted(_) => 6,
            Self::Backend(_) | Self::RunLost { .. } | Self::Revision(_) if self.kind() == "interrupted" => 130,
            Self::Revision(failure) if failure.committed.is_none() => 6,
            Self::RunLost { committed: None, .. } | Self::ChangeLost { committed: None, .. } => 6,
            Self::Backend(_) | Self::RunLost { .. } | Self::Revision(_) if self.kind() == "lock_timeout" => 4,
            Self::Script(error) if error.kind() == "config" => 2,
            Self::Backend(error) if ["config", "not_available"].contains(&error.kind()) => 2,
            Self::Script(_)
            | Self::UnknownToFiles { .. }
            | Self::Graph(_)
            | Self::Backend(_)
            | Self::Revision(_)
            | Self::RunLost { .. }
            | Self::ChangeLost { .. }
            | Self::Irreversible { .. }
            | Self::AppliedAlready { .. }
            | Self::OutOfOrder { .. } => 1,
        }
    }
}

impl Interruption {
    /// What is known, and the commands that settle it.
    fn hint(&self) -> String {
        let Self { revision, part, statement, noted_at, .. } = self;
        let what = match (self.statement, self.state) {
            (0, _) => format!("part {part} is done, since {noted_at}"),
            (_, LedgerState::Begun) => format!("statement {statement} of part {part} was begun at {noted_at}"),
            (_, LedgerState::Done) => format!("statement {statement} of part {part} is done, since {noted_at}"),
            (_, LedgerState::Failed) => format!("statement {statement} of part {part} failed at {noted_at}"),
        };
        let go_on = match self.path {
            Some(_) => String::new(),
            None => format!("`migrator {} {revision}` goes on with it\n", self.direction.as_str()),
        };
        let resume = match self.statement {
            0 => String::new(),
            from => format!(
                "`migrator resolve {revision} --resume-from {from}` if that statement still has to run\n\
                 `migrator resolve {revision} --resume-from {}` if it ran\n",
                from + 1
            ),
        };
        format!(
            "{go_on}{what}; look into the database, then say how it is:\n{resume}\
             `migrator resolve {revision} --applied` or `--pending` if the revision is all there, or not at all"
        )
    }
}

impl From<TargetSyntaxError> for Error {
    fn from(error: TargetSyntaxError) -> Self {
        Self::Graph(error.into())
    }
}

fn commit_fact(what: &str, committed: Option<bool>) -> String {
    match committed {
        Some(false) => format!("the {what} could not be committed"),
        Some(true) => format!("the {what} was committed, but its end was not heard"),
        None => format!("nobody can tell whether the {what} was committed"),
    }
}

fn are(ids: &[String]) -> String {
    format!("{} {}", ids.join(", "), if ids.len() == 1 { "is" } else { "are" })
}

fn list_ids(files: &[(String, PathBuf)]) -> String {
    files.iter().map(|(id, _)| id.as_str()).collect::<Vec<_>>().join(", ")
}
