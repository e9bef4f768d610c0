//! The folder of revision files: reading all of them, and the graph they make.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::{Script, ScriptError, Sections};
use crate::revision::{Graph, GraphError, Node};
use crate::sql::Dialect;

/// All revision files of a project, in load order, and their graph.
///
/// Node `n` of the graph is script `n`.
#[derive(Debug)]
pub struct ScriptDirectory {
    scripts: Vec<Script>,
    graph: Graph,
}

/// From how many files on reading them is shared between threads.
const PARALLEL_FROM: usize = 128;

impl ScriptDirectory {
    /// Reads every `.sql` file of the version locations: sorted by file name within each location,
    /// locations in the order given. Hidden files and editors' back-ups are passed over.
    ///
    /// # Errors
    /// A missing directory, an unreadable or bad file, or files that make no graph.
    pub fn load(locations: &[PathBuf], recursive: bool) -> Result<Self, ScriptError> {
        let mut paths = Vec::new();
        for location in locations {
            let mut found = Vec::new();
            collect(location, recursive, &mut found)?;
            found.sort_unstable();
            paths.extend(found);
        }
        if locations.len() > 1 {
            let mut seen = HashSet::new();
            paths.retain(|path| seen.insert(path.clone()));
        }
        let scripts = in_parallel(&paths, |path| Script::read(path))?;
        Self::new(scripts)
    }

    /// The directory of these scripts, in load order.
    ///
    /// # Errors
    /// Scripts that make no graph.
    pub fn new(scripts: Vec<Script>) -> Result<Self, ScriptError> {
        let revisions = scripts.iter().map(|script| script.header.revision.clone()).collect();
        let graph =
            Graph::new(revisions).map_err(|error| ScriptError::Graph { paths: concerned(&error, &scripts), error })?;
        Ok(Self { scripts, graph })
    }

    /// The graph.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// The script at `node`.
    #[must_use]
    pub fn script(&self, node: Node) -> &Script {
        &self.scripts[node]
    }

    /// All scripts, in load order.
    #[must_use]
    pub fn scripts(&self) -> &[Script] {
        &self.scripts
    }

    /// The sections of every script for `dialect`, by node.
    ///
    /// # Errors
    /// The first bad section, in load order.
    pub fn sections(&self, dialect: Dialect) -> Result<Vec<Sections>, ScriptError> {
        in_parallel(&self.scripts, |script| script.sections(dialect))
    }
}

fn collect(directory: &Path, recursive: bool, found: &mut Vec<PathBuf>) -> Result<(), ScriptError> {
    let entries = fs::read_dir(directory).map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => ScriptError::NoDirectory { path: directory.to_owned() },
        _ => ScriptError::unreadable(directory, source),
    })?;
    for entry in entries {
        let entry = entry.map_err(|source| ScriptError::unreadable(directory, source))?;
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(['.', '#']) {
            continue;
        }
        if name.ends_with(".sql") {
            found.push(entry.path());
        } else if recursive && entry.path().is_dir() {
            collect(&entry.path(), recursive, found)?;
        }
    }
    Ok(())
}

/// The files an error is about.
fn concerned(error: &GraphError, scripts: &[Script]) -> Vec<PathBuf> {
    let ids: Vec<&str> = match error {
        GraphError::IllegalRevisionId { revision, .. }
        | GraphError::DuplicateRevision { revision }
        | GraphError::MissingParent { revision, .. }
        | GraphError::MissingDependency { revision, .. } => vec![revision],
        GraphError::DuplicateLabel { revision, other, .. } => vec![revision, other],
        GraphError::Cycle { revisions } => revisions.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    scripts.iter().filter(|script| ids.contains(&script.id())).map(|script| script.path.clone()).collect()
}

/// Maps every item, on all processors when there are many; the first error in order wins.
fn in_parallel<I: Sync, O: Send>(
    items: &[I],
    map: impl Fn(&I) -> Result<O, ScriptError> + Sync,
) -> Result<Vec<O>, ScriptError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    if threads == 1 || items.len() < PARALLEL_FROM {
        return items.iter().map(map).collect();
    }
    let map = &map;
    let chunks: Vec<Result<Vec<O>, ScriptError>> = std::thread::scope(|scope| {
        let workers: Vec<_> = items
            .chunks(items.len().div_ceil(threads))
            .map(|chunk| scope.spawn(move || chunk.iter().map(map).collect()))
            .collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut all = Vec::with_capacity(items.len());
    for chunk in chunks {
        all.extend(chunk?);
    }
    Ok(all)
}
