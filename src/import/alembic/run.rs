//! The import of an Alembic project, from top to bottom.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::file::{ByHand, message, render};
use super::layout::Layout;
use super::python::{Database, Python, Revision};
use super::scene::{Scene, prove, ways};
use super::way::How;
use super::{DatabaseReport, Depth, Error, ImportReport, RevisionReport, WayReport, settings};
use crate::backend::BackendError;
use crate::config::{Environment, FILE_NAME};
use crate::interrupt::{Interrupt, Interrupted};
use crate::migrate;
use crate::revision::{self, Graph};
use crate::script::{Direction, Script};
use crate::sql::Dialect;

/// What is to be taken over, and where to.
pub struct Request {
    /// The working directory.
    pub directory: PathBuf,
    /// Alembic's configuration; looked for where it usually is, if absent.
    pub config: Option<PathBuf>,
    /// The section of alembic.ini; `alembic`, if absent.
    pub section: Option<String>,
    /// The interpreter; that of a virtual environment at hand, if absent.
    pub python: Option<String>,
    /// The dialects to write for; that of each database, if empty.
    pub dialects: Vec<Dialect>,
    /// The folder of the new `migrator.toml`; the working directory, if absent.
    pub out: Option<PathBuf>,
    /// The PostgreSQL server to make scratch databases on; the project's own, if absent.
    pub url: Option<String>,
    /// How much is proven.
    pub depth: Depth,
    /// What env.py finds as `-x name=value`.
    pub pairs: Vec<String>,
    /// The variables of the process.
    pub environment: Environment,
    /// What ends it before its time.
    pub interrupt: Interrupt,
}

pub(super) const BOTH: [Direction; 2] = [Direction::Upgrade, Direction::Downgrade];

/// Reads the project, tries its revisions on scratch databases, and writes the new files. `tell` hears what is
/// being done.
///
/// # Errors
/// No Python, no Alembic, a project that cannot be read, or something in the way. Nothing is written then.
pub fn import(request: &Request, tell: &mut dyn FnMut(&str)) -> Result<ImportReport, Error> {
    let _hold = request.interrupt.hold().map_err(BackendError::from)?;
    let result = run(request, tell);
    match result {
        // The signal went to the interpreter as well.
        Err(_) if request.interrupt.is_triggered() => Err(BackendError::Interrupted(Interrupted).into()),
        result => result,
    }
}

fn run(request: &Request, tell: &mut dyn FnMut(&str)) -> Result<ImportReport, Error> {
    let config = configuration(request)?;
    let out = request.out.as_ref().map_or_else(|| request.directory.clone(), |out| request.directory.join(out));
    let mut layout = Layout::new(&out)?;
    let mut python = Python::start(&interpreter(request, &config), &request.directory, &request.interrupt)?;
    let mut project = python.open(&config, request.section.as_deref().unwrap_or("alembic"), &request.pairs)?;
    let count = project.revisions.len();
    tell(&format!(
        "{count} revision{} with Alembic {}, SQLAlchemy {}, Python {}",
        if count == 1 { "" } else { "s" },
        project.alembic,
        project.sqlalchemy,
        project.python
    ));
    if project.revisions.is_empty() {
        let message = format!("there are no revisions in `{}`", project.script_location.display());
        return Err(Error::Project { message, place: None, said: String::new() });
    }
    layout.take_locations(&project);
    let order = in_order(&mut project.revisions)?;
    let (configuration, mut warnings) = settings::render(&project, &layout);

    let mut files = Vec::new();
    let mut databases = Vec::new();
    for (index, database) in project.databases.iter().enumerate() {
        let mut scenes = Vec::new();
        for dialect in dialects(request, database)? {
            scenes.push(Scene::read(request, &mut python, database, index, dialect, &order, tell)?);
        }
        let named = database.name.as_deref().filter(|_| project.databases.len() > 1);
        let by_id: BTreeMap<&str, &Revision> =
            project.revisions.iter().map(|revision| (revision.id.as_str(), revision)).collect();
        for scene in 0..scenes.len() {
            prove(request, &mut python, &mut scenes, scene, &by_id, &order, tell)?;
        }
        for id in &order {
            let Some(revision) = by_id.get(id.as_str()) else { continue };
            let text = render(revision, &ways(&scenes, revision), ByHand::Refuses);
            let path = layout.file(revision, named);
            let script = Script::parse(path.clone(), text.clone())?;
            for scene in &scenes {
                script.sections(scene.dialect)?;
            }
            files.push((path, text));
        }
        warnings.extend(scenes.iter().flat_map(Scene::warnings));
        let revisions = order.iter().filter_map(|id| by_id.get(id.as_str()));
        databases.push(DatabaseReport {
            name: named.map(str::to_owned),
            revisions: revisions
                .map(|revision| report(revision, &scenes, out.join(layout.file(revision, named))))
                .collect(),
        });
    }
    drop(python);
    request.interrupt.check().map_err(BackendError::from)?;
    layout.write(&files, &configuration)?;
    Ok(ImportReport {
        versions: [project.alembic, project.sqlalchemy, project.python],
        configuration: out.join(FILE_NAME),
        script_location: out.join(layout.folder),
        databases,
        warnings,
    })
}

fn report(revision: &Revision, scenes: &[Scene], path: PathBuf) -> RevisionReport {
    let mut ways = Vec::new();
    let mut problems = Vec::new();
    let mut proven = Some(true);
    for scene in scenes {
        let both = BOTH.map(|direction| (direction, scene.way(&revision.id, direction)));
        match &scene.outcome {
            None => proven = None,
            Some(outcome) => {
                let [up, down] = [&outcome.up, &outcome.down].map(|set| set.contains(&revision.id));
                let irreversible = both[1].1.how == How::Irreversible;
                let by_hand = both.iter().any(|(_, way)| way.how == How::Hand);
                if by_hand || !up || !(down || irreversible) {
                    proven = proven.map(|_| false);
                }
                if up && !down && !irreversible && !by_hand {
                    let failed = scene.replay.as_ref().and_then(|replay| replay.down.get(&revision.id)?.error.clone());
                    if let Some(failure) = failed {
                        problems
                            .push(format!("downgrade ({}): Alembic itself fails: {}", scene.dialect, failure.message));
                    }
                }
            }
        }
        ways.extend(both.map(|(direction, way)| WayReport {
            direction,
            dialect: scene.dialect,
            how: way.how,
            reason: way.reason,
            notes: way.notes,
        }));
    }
    RevisionReport { revision: revision.id.clone(), message: message(revision), path, ways, proven, problems }
}

/// Sorts the revisions as migrator will load them, and gives their ids from the oldest on.
fn in_order(revisions: &mut [Revision]) -> Result<Vec<String>, Error> {
    revisions.sort_by(|a, b| a.path.cmp(&b.path));
    let nodes: Vec<Arc<revision::Revision>> = revisions
        .iter()
        .map(|revision| {
            Arc::new(revision::Revision {
                id: revision.id.clone(),
                parents: revision.revises.clone(),
                depends_on: revision.depends_on.clone(),
                branch_labels: revision.branch_labels.clone(),
            })
        })
        .collect();
    let graph = Graph::new(nodes).map_err(migrate::Error::from)?;
    Ok(graph.ids(graph.oldest_first(&graph.set(0..graph.len()))))
}

fn configuration(request: &Request) -> Result<PathBuf, Error> {
    let candidates: Vec<PathBuf> = match &request.config {
        Some(config) => vec![request.directory.join(config)],
        None => ["alembic.ini", "migrations/alembic.ini"].map(|name| request.directory.join(name)).into(),
    };
    if let Some(found) = candidates.iter().find(|path| path.is_file()) {
        return Ok(found.clone());
    }
    let project = request.directory.join("pyproject.toml");
    let has_alembic = |path: &Path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("[tool.alembic]"));
    if request.config.is_none() && has_alembic(&project) {
        return Ok(project);
    }
    Err(Error::NoConfiguration { looked_in: candidates })
}

/// The project's interpreter: the one that was named, or of the virtual environment that is active or at hand.
fn interpreter(request: &Request, config: &Path) -> String {
    if let Some(python) = &request.python {
        // A path is relative to where the command was given.
        return if python.contains('/') {
            request.directory.join(python).display().to_string()
        } else {
            python.clone()
        };
    }
    let program = if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" };
    let active = request.environment.get("VIRTUAL_ENV").map(PathBuf::from);
    let folders = [Some(request.directory.as_path()), config.parent()];
    let beside = folders.into_iter().flatten().flat_map(|folder| [folder.join(".venv"), folder.join("venv")]);
    let found = active.into_iter().chain(beside).map(|folder| folder.join(program)).find(|path| path.is_file());
    found.map_or_else(|| "python3".to_owned(), |path| path.display().to_string())
}

fn dialects(request: &Request, database: &Database) -> Result<Vec<Dialect>, Error> {
    if !request.dialects.is_empty() {
        return Ok(request.dialects.clone());
    }
    match database.dialect.parse() {
        Ok(dialect) => Ok(vec![dialect]),
        Err(_) => Err(Error::OtherDialect { dialect: database.dialect.clone() }),
    }
}
