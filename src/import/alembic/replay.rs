//! The originals on a scratch database: up to head, down to base, and up again, with Alembic.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use tempfile::TempDir;

use super::Error;
use super::python::{Python, Sent};
use super::snapshot::Snapshot;
use crate::backend::{self, BackendError, Connection, Purpose, Settings, Workshop};
use crate::config::{DatabaseUrl, Environment, SqliteLocation};
use crate::interrupt::Interrupt;
use crate::script::Direction;

/// What Alembic sent, and what it made of it.
#[derive(Debug, Default)]
pub(super) struct Replay {
    pub up: BTreeMap<String, Sent>,
    pub down: BTreeMap<String, Sent>,
    /// The revisions that ran, oldest first: all, or those below one that fails.
    pub applied: Vec<String>,
    /// The schema after an upgrade, by revision: after every one, or only after the last.
    pub after_up: BTreeMap<String, Snapshot>,
    /// The schema after a downgrade, by revision: after every one, or only at base.
    pub after_down: BTreeMap<String, Snapshot>,
    /// The revisions that Alembic cannot revert: what is below them was made anew.
    pub anew: BTreeSet<String>,
    /// The schema after the second way up, if there is one.
    pub again: Option<Snapshot>,
    /// Why there is none.
    pub not_again: Option<String>,
}

/// Where Alembic runs.
pub(super) struct Stage<'a> {
    pub python: &'a mut Python,
    pub database: usize,
    /// Where databases come from on a server, and what SQLAlchemy calls its driver; none for SQLite.
    pub server: Option<(&'a Workshop, &'a str)>,
    pub environment: &'a Environment,
    /// With Alembic's own table in the place of migrator's, so that it does not count.
    pub settings: Settings,
    pub interrupt: &'a Interrupt,
}

/// An empty database. It is gone when this is.
enum Scratch {
    File(TempDir),
    Server(Box<dyn Connection>),
}

impl Stage<'_> {
    /// Runs `order`, oldest first, and looks at the schema after each if `each` says so.
    pub fn replay(&mut self, order: &[String], each: bool) -> Result<Replay, Error> {
        let mut replay = Replay::default();
        let mut scratch = self.begin()?;
        for id in order {
            let sent = self.run(id, Direction::Upgrade)?;
            let failed = sent.error.is_some();
            replay.up.insert(id.clone(), sent);
            if failed {
                scratch = self.at(&replay.applied)?;
                break;
            }
            replay.applied.push(id.clone());
            if each {
                replay.after_up.insert(id.clone(), self.look(&mut scratch)?);
            }
        }
        let applied = replay.applied.clone();
        if let Some(last) = applied.last().filter(|last| !replay.after_up.contains_key(*last)) {
            replay.after_up.insert(last.clone(), self.look(&mut scratch)?);
        }
        for (below, id) in applied.iter().enumerate().rev() {
            let sent = self.run(id, Direction::Downgrade)?;
            if sent.error.is_some() {
                replay.anew.insert(id.clone());
                scratch = self.at(&applied[..below])?;
            } else if each || below == 0 {
                replay.after_down.insert(id.clone(), self.look(&mut scratch)?);
            }
            replay.down.insert(id.clone(), sent);
        }
        for id in &applied {
            if let Some(failure) = self.run(id, Direction::Upgrade)?.error {
                replay.not_again = Some(format!("{id}: {}", failure.message));
                return Ok(replay);
            }
        }
        replay.again = Some(self.look(&mut scratch)?);
        Ok(replay)
    }

    /// A new scratch database with these revisions.
    fn at(&mut self, applied: &[String]) -> Result<Scratch, Error> {
        let scratch = self.begin()?;
        for id in applied {
            self.run(id, Direction::Upgrade)?;
        }
        Ok(scratch)
    }

    fn begin(&mut self) -> Result<Scratch, Error> {
        let Some((workshop, driver)) = self.server else {
            let folder = tempfile::tempdir().map_err(Error::io("make a folder in", std::env::temp_dir()))?;
            self.python.connect_to_file(self.database, &file(&folder))?;
            return Ok(Scratch::File(folder));
        };
        let connection = workshop.empty()?;
        if let Some(url) = connection.scratch_url() {
            self.python.connect_to_server(self.database, driver, url)?;
        }
        Ok(Scratch::Server(connection))
    }

    fn run(&mut self, id: &str, direction: Direction) -> Result<Sent, Error> {
        self.interrupt.check().map_err(BackendError::from)?;
        self.python.run(id, direction)
    }

    fn look(&self, scratch: &mut Scratch) -> Result<Snapshot, Error> {
        Ok(match scratch {
            Scratch::File(folder) => {
                let url = DatabaseUrl::Sqlite(SqliteLocation::File(file(folder)));
                let mut connection = backend::connect(&url, self.environment, &self.settings, Purpose::Read)?;
                Snapshot::read(connection.as_mut())?
            }
            Scratch::Server(connection) => Snapshot::read(connection.as_mut())?,
        })
    }
}

fn file(folder: &TempDir) -> PathBuf {
    folder.path().join("scratch.db")
}
