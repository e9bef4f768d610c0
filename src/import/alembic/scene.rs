//! One database of the project on one dialect: what Alembic makes of it, and the files that are to make the same.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::time::Duration;

use super::file::{ByHand, DialectWays, render};
use super::proof::{Outcome, Trial};
use super::python::{Database, Offline, Python, Revision};
use super::replay::{Replay, Stage};
use super::run::{BOTH, Request};
use super::way::{How, Question, Way};
use super::{Depth, Error};
use crate::backend::{Settings, Workshop};
use crate::config::{DatabaseUrl, SqliteLocation};
use crate::script::{Direction, Script, ScriptError, Sections};
use crate::sql::Dialect;

/// One database on one dialect.
pub(super) struct Scene {
    database: usize,
    pub dialect: Dialect,
    version_table: String,
    /// SQLAlchemy's name of the driver; none for SQLite.
    driver: Option<String>,
    /// For looking at what Alembic made, without its table.
    settings: Settings,
    /// For what Alembic makes.
    theirs: Workshop,
    /// For what migrator makes.
    ours: Workshop,
    offline: Offline,
    pub replay: Option<Replay>,
    /// The ways whose offline SQL turned out to do something else.
    offline_failed: BTreeSet<(String, &'static str)>,
    /// Files that migrator cannot read, with the reason.
    unreadable: BTreeMap<(String, &'static str), String>,
    /// The ways that do something else than Alembic, with what.
    disproven: BTreeMap<(String, &'static str), String>,
    pub outcome: Option<Outcome>,
}

impl Scene {
    pub fn read(
        request: &Request,
        python: &mut Python,
        database: &Database,
        index: usize,
        dialect: Dialect,
        order: &[String],
        tell: &mut dyn FnMut(&str),
    ) -> Result<Self, Error> {
        let offline = python.offline(index, dialect)?;
        let schema = database.version_table_schema.clone().filter(|_| dialect == Dialect::PostgreSql);
        let table = |name: &str| Settings {
            version_table: name.to_owned(),
            version_table_schema: schema.clone(),
            lock_wait: Duration::ZERO,
            lock_timeout: Duration::ZERO,
            statement_timeout: Duration::ZERO,
            foreign_keys: false,
            interrupt: request.interrupt.clone(),
        };
        let (driver, url) = match dialect {
            Dialect::Sqlite => (None, DatabaseUrl::Sqlite(SqliteLocation::Memory)),
            Dialect::PostgreSql => server(request, database)?,
        };
        let mut scene = Self {
            database: index,
            dialect,
            version_table: database.version_table.clone(),
            driver,
            settings: table(&database.version_table),
            theirs: Workshop::at(&url, &request.environment, table(&database.version_table)),
            ours: Workshop::at(&url, &request.environment, table("migrator_version")),
            offline,
            replay: None,
            offline_failed: BTreeSet::new(),
            unreadable: BTreeMap::new(),
            disproven: BTreeMap::new(),
            outcome: None,
        };
        if request.depth != Depth::Nothing {
            tell(&format!("running them with Alembic on a scratch database ({dialect})"));
            scene.replay(request, python, order, request.depth == Depth::Each)?;
        }
        Ok(scene)
    }

    fn replay(&mut self, request: &Request, python: &mut Python, order: &[String], each: bool) -> Result<(), Error> {
        let mut stage = Stage {
            python,
            database: self.database,
            server: self.driver.as_deref().map(|driver| (&self.theirs, driver)),
            environment: &request.environment,
            settings: self.settings.clone(),
            interrupt: &request.interrupt,
        };
        self.replay = Some(stage.replay(order, each)?);
        Ok(())
    }

    pub fn way(&self, id: &str, direction: Direction) -> Way {
        let nothing = Default::default();
        let key = (id.to_owned(), direction.as_str());
        let captured = self.replay.as_ref().and_then(|replay| match direction {
            Direction::Upgrade => replay.up.get(id),
            Direction::Downgrade => replay.down.get(id),
        });
        let question = Question {
            direction,
            dialect: self.dialect,
            version_table: &self.version_table,
            offline: self.offline.revisions.get(id).map_or(&nothing, |ways| ways.way(direction)),
            captured,
            offline_failed: self.offline_failed.contains(&key),
        };
        let way = question.decide();
        let by_hand =
            |reason: &String, parts| Way { how: How::Hand, reason: Some(reason.clone()), notes: Vec::new(), parts };
        match (self.unreadable.get(&key), self.disproven.get(&key)) {
            (Some(reason), _) => by_hand(reason, Vec::new()),
            (None, Some(reason)) if way.how != How::Hand => by_hand(reason, way.parts),
            _ => way,
        }
    }

    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        let Some(replay) = &self.replay else { return warnings };
        let dialect = self.dialect;
        if let Some((id, failure)) = replay.up.iter().find_map(|(id, sent)| Some((id, sent.error.as_ref()?))) {
            warnings.push(format!(
                "Alembic itself cannot upgrade an empty database through {id} ({dialect}): {}; nothing from there on is proven",
                failure.message
            ));
        }
        if let Some(reason) = &replay.not_again {
            warnings
                .push(format!("Alembic itself cannot upgrade again after a downgrade to base ({dialect}): {reason}"));
        }
        for table in self.outcome.iter().flat_map(|outcome| &outcome.other_values) {
            warnings.push(format!(
                "the rows of {table} have other values than with Alembic ({dialect}): is there a time in them, or something random?"
            ));
        }
        warnings
    }
}

pub(super) fn ways(scenes: &[Scene], revision: &Revision) -> Vec<DialectWays> {
    let both = |scene: &Scene| DialectWays {
        dialect: scene.dialect,
        upgrade: scene.way(&revision.id, Direction::Upgrade),
        downgrade: scene.way(&revision.id, Direction::Downgrade),
    };
    scenes.iter().map(both).collect()
}

/// Runs the files of one dialect against what Alembic made. A way whose offline SQL does something else is written
/// from what was captured; what differs only at the end is looked for revision by revision.
pub(super) fn prove(
    request: &Request,
    python: &mut Python,
    scenes: &mut [Scene],
    index: usize,
    revisions: &BTreeMap<&str, &Revision>,
    order: &[String],
    tell: &mut dyn FnMut(&str),
) -> Result<(), Error> {
    let mut each = request.depth == Depth::Each;
    if scenes[index].replay.is_some() {
        tell(&format!("running the new files on another one ({})", scenes[index].dialect));
    }
    loop {
        let mut files = BTreeMap::new();
        for (id, revision) in revisions {
            files.insert((*id).to_owned(), readable(scenes, index, revision)?);
        }
        let scene = &scenes[index];
        let Some(replay) = &scene.replay else { return Ok(()) };
        let trial = Trial { files, replay, workshop: &scene.ours, interrupt: &request.interrupt };
        let outcome = trial.run()?;
        let again = outcome.failure.as_ref().map(|failure| {
            let way = scene.way(&failure.revision, failure.direction);
            (failure.revision.clone(), failure.direction.as_str(), way.how)
        });
        match again {
            Some(_) if !each => {
                each = true;
                scenes[index].replay(request, python, order, true)?;
            }
            Some((id, direction, How::Offline | How::Nothing))
                if scenes[index].offline_failed.insert((id.clone(), direction)) => {}
            _ => {
                if let Some(failure) = &outcome.failure {
                    let key = (failure.revision.clone(), failure.direction.as_str());
                    scenes[index].disproven.insert(key, failure.message.clone());
                }
                scenes[index].outcome = Some(outcome);
                return Ok(());
            }
        }
    }
}

/// The file of a revision as it is tried. A way that migrator cannot read is left to people.
fn readable(scenes: &mut [Scene], index: usize, revision: &Revision) -> Result<(Script, Sections), Error> {
    let dialect = scenes[index].dialect;
    let read = |scenes: &[Scene]| {
        let text = render(revision, &ways(scenes, revision), ByHand::Runs);
        let script = Script::parse(PathBuf::from(format!("{}.sql", revision.id)), text)?;
        let sections = script.sections(dialect)?;
        Ok((script, sections))
    };
    let problem: ScriptError = match read(scenes) {
        Ok(file) => return Ok(file),
        Err(problem) => problem,
    };
    let reason = format!("migrator cannot run what Alembic sends: {problem}");
    let keys = BOTH.map(|direction| (revision.id.clone(), direction.as_str()));
    for left_out in [&keys[..1], &keys[1..], &keys[..]] {
        scenes[index].unreadable.extend(left_out.iter().map(|key| (key.clone(), reason.clone())));
        if let Ok(file) = read(scenes) {
            return Ok(file);
        }
        scenes[index].unreadable.retain(|key, _| !left_out.contains(key));
    }
    Err(problem.into())
}

/// The server for scratch databases, and SQLAlchemy's name of its driver.
fn server(request: &Request, database: &Database) -> Result<(Option<String>, DatabaseUrl), Error> {
    let parse = |text: &str| DatabaseUrl::parse(text, &request.directory).map_err(Error::Url);
    for text in [request.url.as_ref(), database.url.as_ref()].into_iter().flatten() {
        let is_postgres = database.dialect == "postgresql" || request.url.is_some();
        if is_postgres {
            let url = parse(text)?;
            if url.dialect() == Dialect::PostgreSql {
                // The project's own driver, also on another server. SQLAlchemy has no short form any more.
                let own = database.url.as_deref().filter(|_| database.dialect == "postgresql");
                let scheme = own.unwrap_or(text).split("://").next().unwrap_or_default();
                let rest = scheme.strip_prefix("postgresql").or_else(|| scheme.strip_prefix("postgres"));
                return Ok((Some(format!("postgresql{}", rest.unwrap_or_default())), url));
            }
        }
    }
    match request.depth {
        Depth::Nothing => Ok((None, DatabaseUrl::Sqlite(SqliteLocation::Memory))),
        Depth::Heads | Depth::Each => Err(Error::NoServer),
    }
}
