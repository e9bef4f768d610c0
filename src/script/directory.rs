//! The folder of revision files: reading all of them, and the graph they make.

use std::collections::HashSet;
use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::read::Folder;
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

/// How many items a thread takes at a time.
const BATCH: usize = 16;

impl ScriptDirectory {
    /// Reads every `.sql` file of the version locations: sorted by file name within each location,
    /// locations in the order given. Hidden files and editors' back-ups are passed over.
    ///
    /// # Errors
    /// A missing directory, an unreadable or bad file, or files that make no graph.
    pub fn load(locations: &[PathBuf], recursive: bool) -> Result<Self, ScriptError> {
        let mut scripts = Vec::new();
        for (index, location) in locations.iter().enumerate() {
            let mut names = Vec::new();
            collect(location, Path::new(""), recursive, &mut names)?;
            // Byte order of the whole name, which for names in one folder is the order of `ls` in the C locale.
            names.sort_unstable();
            let folder = Folder::open(location).map_err(|source| ScriptError::unreadable(location, source))?;
            let seen: HashSet<&Path> = match index {
                0 => HashSet::new(),
                _ => scripts.iter().map(|script: &Script| script.path.as_path()).collect(),
            };
            let paths: Vec<PathBuf> = names.into_iter().map(PathBuf::from).collect();
            let paths: Vec<PathBuf> = paths
                .into_iter()
                .filter(|name| seen.is_empty() || !seen.contains(location.join(name).as_path()))
                .collect();
            let found = in_parallel(&paths, Vec::new, |buffer, name| {
                let path = location.join(name);
                let text = folder.read(name, &path, buffer)?;
                Script::parse(path, text)
            })?;
            if scripts.is_empty() {
                scripts = found;
            } else {
                scripts.extend(found);
            }
        }
        Self::new(scripts)
    }

    /// The directory of these scripts, in load order.
    ///
    /// # Errors
    /// Scripts that make no graph.
    pub fn new(scripts: Vec<Script>) -> Result<Self, ScriptError> {
        let revisions = scripts.iter().map(|script| Arc::clone(&script.header.revision)).collect();
        let graph =
            Graph::new(revisions).map_err(|error| ScriptError::Graph { paths: concerned(&error, &scripts), error })?;
        Ok(Self { scripts, graph })
    }

    /// This directory with more scripts behind its own.
    ///
    /// # Errors
    /// Scripts that make no graph with those there are.
    pub fn with(self, more: Vec<Script>) -> Result<Self, ScriptError> {
        let mut scripts = self.scripts;
        scripts.extend(more);
        Self::new(scripts)
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
        in_parallel(&self.scripts, || (), |(), script| script.sections(dialect))
    }
}

/// Finds the revision files below `location`, as paths relative to it.
fn collect(location: &Path, below: &Path, recursive: bool, found: &mut Vec<OsString>) -> Result<(), ScriptError> {
    let directory = location.join(below);
    let entries = fs::read_dir(&directory).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => ScriptError::NoDirectory { path: directory.clone() },
        _ => ScriptError::unreadable(&directory, source),
    })?;
    for entry in entries {
        let name = entry.map_err(|source| ScriptError::unreadable(&directory, source))?.file_name();
        let bytes = name.as_encoded_bytes();
        if bytes.starts_with(b".") || bytes.starts_with(b"#") {
            continue;
        }
        if bytes.ends_with(b".sql") {
            found.push(below.join(name).into_os_string());
        } else if recursive && directory.join(&name).is_dir() {
            collect(location, &below.join(name), recursive, found)?;
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
        GraphError::IllegalBranchLabel { revision, .. } => vec![revision],
        GraphError::DuplicateLabel { revision, other, .. } => vec![revision, other],
        GraphError::Cycle { revisions } => revisions.iter().map(String::as_str).collect(),
        _ => Vec::new(),
    };
    scripts.iter().filter(|script| ids.contains(&script.id())).map(|script| script.path.clone()).collect()
}

/// Maps every item, on all processors when there are many; the first error in order wins. `state` makes
/// what each thread keeps between items.
///
/// Each thread takes the next few items when it has done its last ones: another thread may be busy with the
/// database meanwhile. What it makes of them goes to its place at once, and so is not copied again.
fn in_parallel<I: Sync, O: Send, S>(
    items: &[I],
    state: impl Fn() -> S + Sync,
    map: impl Fn(&mut S, &I) -> Result<O, ScriptError> + Sync,
) -> Result<Vec<O>, ScriptError> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    if threads == 1 || items.len() < PARALLEL_FROM {
        let mut state = state();
        return items.iter().map(|item| map(&mut state, item)).collect();
    }
    let mut places: Vec<Option<O>> = Vec::with_capacity(items.len());
    places.resize_with(items.len(), || None);
    let batches = Mutex::new(items.chunks(BATCH).zip(places.chunks_mut(BATCH)).enumerate());
    let next = || batches.lock().unwrap_or_else(PoisonError::into_inner).next();
    // Stops at its first error, which it gives with the number of its batch.
    let work = || -> Result<(), (usize, ScriptError)> {
        let mut state = state();
        while let Some((number, (items, places))) = next() {
            for (item, place) in items.iter().zip(places) {
                *place = Some(map(&mut state, item).map_err(|error| (number, error))?);
            }
        }
        Ok(())
    };
    let errors: Vec<(usize, ScriptError)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (1..threads).map(|_| scope.spawn(work)).collect();
        let mut ends = vec![work()];
        for worker in workers {
            ends.push(worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        ends.into_iter().filter_map(Result::err).collect()
    });
    match errors.into_iter().min_by_key(|&(number, _)| number) {
        Some((_, error)) => Err(error),
        None => Ok(places.into_iter().flatten().collect()),
    }
}
