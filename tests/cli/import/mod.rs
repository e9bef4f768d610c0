//! `import alembic`, with real Alembic, the oldest and the newest.

mod asynchronous;
mod bad_input;
mod configuration;
mod differing;
mod example;
mod files;
mod interrupted;
mod taken_over;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::python::alembic::Alembic;
use crate::support::project::{Output, program};

/// A copy of one of the projects beside this file.
pub struct AlembicProject {
    folder: TempDir,
    alembic: Alembic,
}

impl AlembicProject {
    pub fn new(name: &str, alembic: Alembic) -> Self {
        Self::copy(&projects().join(name), alembic)
    }

    pub fn copy(from: &Path, alembic: Alembic) -> Self {
        let folder = tempfile::tempdir().unwrap();
        copy(from, folder.path());
        Self { folder, alembic }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    /// Everything in the folder but what Python keeps for itself, sorted.
    pub fn files(&self) -> Vec<String> {
        let mut files = Vec::new();
        collect(self.folder.path(), self.folder.path(), &mut files);
        files.sort();
        files
    }

    pub fn run(&self, arguments: &[&str]) -> Output {
        program(arguments).current_dir(self.folder.path()).output().unwrap().into()
    }

    pub fn import(&self, arguments: &[&str]) -> Output {
        let python = self.alembic.python();
        let fixed = ["import", "alembic", "--python", python.to_str().unwrap()];
        self.run(&[&fixed, arguments].concat())
    }

    /// Imports, and gives the document and the exit code.
    pub fn imported(&self, arguments: &[&str]) -> (Value, i32) {
        let output = self.import(&[&["--json"], arguments].concat());
        let document = serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("stdout is no JSON: {error}\n{output:?}"));
        (document, output.code.unwrap())
    }

    /// Runs the program with `--json` and reads its one object.
    pub fn json(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(&[&["--json"], arguments].concat()).ok().stdout).unwrap()
    }

    /// Runs Alembic itself.
    pub fn alembic(&self, url: &str, arguments: &[&str]) {
        let output = self.alembic.command(self.folder.path(), arguments).env("BOOKSHOP_URL", url).output().unwrap();
        assert!(output.status.success(), "alembic {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    }
}

/// One line for each revision: id, where both ways come from by dialect, and whether it is proven.
pub fn told(document: &Value) -> Vec<String> {
    let databases = document["databases"].as_array().unwrap_or_else(|| panic!("no databases: {document}"));
    let revisions = databases.iter().flat_map(|database| database["revisions"].as_array().unwrap());
    revisions
        .map(|revision| {
            let ways = revision["ways"].as_array().unwrap().iter().map(|way| way["how"].as_str().unwrap());
            let proven = match revision["proven"].as_bool() {
                Some(true) => "proven",
                Some(false) => "not proven",
                None => "not tried",
            };
            format!("{}: {}, {proven}", revision["revision"].as_str().unwrap(), ways.collect::<Vec<_>>().join(" "))
        })
        .collect()
}

fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli/import/projects")
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(path, target).unwrap();
        }
    }
}

fn collect(folder: &Path, root: &Path, files: &mut Vec<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, root, files);
        } else {
            files.push(path.strip_prefix(root).unwrap().to_str().unwrap().to_owned());
        }
    }
}
