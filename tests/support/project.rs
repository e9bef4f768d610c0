//! A project in a temporary folder, and the program run in it as a user would.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use super::postgres::Database;
use super::running::Running;

/// A project folder with a `migrator.toml`; removed when it goes out of scope.
pub struct Project {
    folder: TempDir,
}

/// What one run of the program gave.
#[derive(Debug)]
pub struct Output {
    /// The exit code; `None` when a signal ended the run.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Project {
    /// A project on an SQLite database, the file `app.db` in its folder.
    pub fn sqlite() -> Project {
        Project::at("sqlite:///app.db")
    }

    /// A project on a PostgreSQL database.
    pub fn postgres(database: &Database) -> Project {
        Project::at(&database.url())
    }

    fn at(url: &str) -> Project {
        let folder = tempfile::tempdir().unwrap();
        let project = Project { folder };
        project.write(
            "migrator.toml",
            &format!("[migrator]\nscript_location = \"migrations\"\n\n[database]\nurl = \"{url}\"\n"),
        );
        fs::create_dir_all(project.path("migrations/versions")).unwrap();
        project
    }

    /// A path in the project's folder; `""` is the folder itself.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders above it.
    pub fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Reads a file.
    pub fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap()
    }

    /// Writes a revision file: `parent` is `""` for a base, or ids separated by commas; no
    /// downgrade section is written where `downgrade` is `""`.
    pub fn revision_file(&self, id: &str, parent: &str, upgrade: &str, downgrade: &str) {
        let mut text = format!("-- revision {id}\n--\n-- migrator:revision {id}\n");
        if !parent.is_empty() {
            text += &format!("-- migrator:revises {parent}\n");
        }
        text += &format!("\n-- migrator:upgrade\n{upgrade}\n");
        if !downgrade.is_empty() {
            text += &format!("\n-- migrator:downgrade\n{downgrade}\n");
        }
        self.write(&format!("migrations/versions/{id}.sql"), &text);
    }

    /// The program, about to run in the project's folder with a clean environment.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = program(arguments);
        command.current_dir(self.folder.path());
        command
    }

    /// Starts the program.
    pub fn start(&self, arguments: &[&str]) -> Running {
        Running::start(self.command(arguments))
    }

    /// Runs the program to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap().into()
    }

    /// Runs the program with `--json` and reads its one object, whatever the exit code.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let output = self.run(&[&["--json"], arguments].concat());
        serde_json::from_str(&output.stdout)
            .unwrap_or_else(|error| panic!("{arguments:?}: stdout is no JSON: {error}\n{output:?}"))
    }
}

impl From<std::process::Output> for Output {
    fn from(output: std::process::Output) -> Output {
        Output {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Output {
    /// Itself, when the run succeeded; panics with what the run said otherwise.
    #[track_caller]
    pub fn ok(self) -> Output {
        self.exits(0)
    }

    /// Itself, when the run ended with this exit code; panics with what the run said otherwise.
    #[track_caller]
    pub fn exits(self, code: i32) -> Output {
        assert_eq!(self.code, Some(code), "\nstdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        self
    }
}

/// In the library's own tests there is no program, and one of them stands in for it. It finds its arguments here.
pub const ARGUMENTS: &str = "MIGRATOR_TEST_ARGUMENTS";

/// The program, about to run with a clean environment.
pub fn program(arguments: &[&str]) -> Command {
    if let Some(program) = option_env!("CARGO_BIN_EXE_migrator") {
        let mut command = Command::new(program);
        super::clean_environment(&mut command).args(arguments);
        return command;
    }
    let mut command = Command::new(std::env::current_exe().unwrap());
    super::clean_environment(&mut command)
        .args(["--exact", "--ignored", "--nocapture", "failpoint::tests::the_program"])
        .env(ARGUMENTS, arguments.join("\n"));
    command
}
