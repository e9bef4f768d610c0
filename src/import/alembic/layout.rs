//! Where the files go: made in a folder that nobody looks at, and moved when all of it is there.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::{Builder, TempDir};

use super::Error;
use super::python::{Project, Revision};
use crate::config::FILE_NAME;

/// The names of the new files, relative to the folder of `migrator.toml`.
pub(super) struct Layout {
    /// The folder of `migrator.toml`.
    pub out: PathBuf,
    /// The folder of the revisions in it.
    pub folder: &'static str,
    /// Alembic's version locations, with the folders that take their place.
    locations: Vec<(PathBuf, String)>,
    made: Option<PathBuf>,
}

impl Layout {
    /// Refuses early what is in the way.
    pub fn new(out: &Path) -> Result<Self, Error> {
        let configuration = out.join(FILE_NAME);
        if configuration.symlink_metadata().is_ok() {
            return Err(Error::Exists { paths: vec![configuration] });
        }
        // Alembic's own folder is often called like this.
        let free = ["migrations", "sql-migrations"].into_iter().find(|name| out.join(name).symlink_metadata().is_err());
        let Some(folder) = free else { return Err(Error::Exists { paths: vec![out.join("sql-migrations")] }) };
        let existing = out.ancestors().find(|ancestor| ancestor.symlink_metadata().is_ok()).unwrap_or(out);
        // Before anything is run, see that something can be made there.
        hidden_in(existing)?;
        Ok(Self { out: out.to_owned(), folder, locations: Vec::new(), made: None })
    }

    /// Gives each version location of the project a folder.
    pub fn take_locations(&mut self, project: &Project) {
        if let [only] = &project.versions[..] {
            self.locations = vec![(only.clone(), "versions".to_owned())];
            return;
        }
        for location in &project.versions {
            let below = location.strip_prefix(project.script_location.parent().unwrap_or(Path::new("")));
            let words: Vec<String> = below
                .unwrap_or(location)
                .components()
                .filter_map(|component| match component {
                    std::path::Component::Normal(name) => Some(name.to_string_lossy().into_owned()),
                    _ => None,
                })
                .collect();
            let last = words.last().cloned().unwrap_or_default();
            let taken = |name: &str| self.locations.iter().any(|(_, other)| other == name);
            let name = if taken(&last) || last == "versions" { words.join("_") } else { last };
            self.locations.push((location.clone(), name));
        }
    }

    /// The folders of a database's revisions, relative to `migrator.toml`.
    pub fn version_locations(&self, database: Option<&str>) -> Vec<String> {
        let folder = |name: &String| match database {
            Some(database) => format!("{}/{name}/{database}", self.folder),
            None => format!("{}/{name}", self.folder),
        };
        self.locations.iter().map(|(_, name)| folder(name)).collect()
    }

    /// The new file of a revision, relative to `migrator.toml`: the name stays, and so does the order.
    pub fn file(&self, revision: &Revision, database: Option<&str>) -> PathBuf {
        let folders = self.version_locations(database);
        let found = self.locations.iter().zip(&folders).find_map(|((location, _), folder)| {
            Some(Path::new(folder).join(revision.path.strip_prefix(location).ok()?))
        });
        let first = folders.first().map_or(self.folder, String::as_str);
        let name = revision.path.file_name().unwrap_or_default();
        found.unwrap_or_else(|| Path::new(first).join(name)).with_extension("sql")
    }

    /// Are there revisions in folders of their own?
    pub fn is_recursive(&self, revisions: &[Revision]) -> bool {
        revisions.iter().any(|revision| {
            let parent = revision.path.parent().unwrap_or(Path::new(""));
            self.locations.iter().all(|(location, _)| location != parent)
        })
    }

    /// Writes all files, each with its path relative to `migrator.toml`, or none of them.
    pub fn write(&mut self, files: &[(PathBuf, String)], configuration: &str) -> Result<(), Error> {
        let result = self.make_all(files, configuration);
        if result.is_err()
            && let Some(made) = &self.made
        {
            // Something that somebody put there meanwhile stays.
            let _ = fs::remove_dir(made);
        }
        result
    }

    fn make_all(&mut self, files: &[(PathBuf, String)], configuration: &str) -> Result<(), Error> {
        if !self.out.exists() {
            fs::create_dir_all(&self.out).map_err(Error::io("make", &self.out))?;
            self.made = Some(self.out.clone());
        }
        let hidden = hidden_in(&self.out)?;
        for folder in self.locations.iter().map(|(_, name)| hidden.path().join(self.folder).join(name)) {
            fs::create_dir_all(&folder).map_err(Error::io("make", folder))?;
        }
        let besides = [
            (PathBuf::from(self.folder).join("revision.sql.tera"), crate::script::template::DEFAULT.to_owned()),
            (PathBuf::from(FILE_NAME), configuration.to_owned()),
        ];
        for (path, text) in files.iter().chain(&besides) {
            let path = hidden.path().join(path);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(Error::io("make", parent))?;
            }
            fs::write(&path, text).map_err(Error::io("write", &path))?;
        }
        let [folder, configuration] =
            [self.folder, FILE_NAME].map(|name| (hidden.path().join(name), self.out.join(name)));
        let taken: Vec<PathBuf> =
            [&folder.1, &configuration.1].into_iter().filter(|path| path.symlink_metadata().is_ok()).cloned().collect();
        if !taken.is_empty() {
            return Err(Error::Exists { paths: taken });
        }
        fs::rename(&folder.0, &folder.1).map_err(Error::io("move the files to", &folder.1))?;
        // Last, so that there is no configuration of a project that is not there.
        let moved = fs::rename(&configuration.0, &configuration.1);
        if moved.is_err() {
            let _ = fs::rename(&folder.1, &folder.0);
        }
        moved.map_err(Error::io("move the configuration to", &configuration.1))
    }
}

fn hidden_in(folder: &Path) -> Result<TempDir, Error> {
    let made = Builder::new().prefix(".migrator-import-").tempdir_in(folder);
    // The error has a path in it otherwise, which is told here.
    made.map_err(|error| Error::io("make a folder in", folder)(error.kind().into()))
}
