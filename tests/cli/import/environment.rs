//! Real Alembic, in virtual environments that are made once and kept below `target/`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::clean_environment;

/// What is installed in an environment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alembic {
    /// The oldest one that is supported, with the last SQLAlchemy before 2.0.
    Oldest,
    /// The newest one there was when the environment was made.
    Newest,
    /// None: Python alone.
    Missing,
}

pub const BOTH: [Alembic; 2] = [Alembic::Oldest, Alembic::Newest];

impl Alembic {
    fn name(self) -> &'static str {
        match self {
            Self::Oldest => "alembic-1.6.5",
            Self::Newest => "alembic-newest",
            Self::Missing => "alembic-missing",
        }
    }

    fn packages(self) -> &'static [&'static str] {
        match self {
            // Alembic of that age wants modules that Python had in those days.
            Self::Oldest => &["alembic==1.6.5", "sqlalchemy==1.4.54", "psycopg2-binary", "setuptools<81"],
            Self::Newest => &["alembic", "psycopg[binary]", "flask-migrate"],
            Self::Missing => &[],
        }
    }

    /// The interpreter, in an environment that is made if it is not there.
    pub fn python(self) -> PathBuf {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(self.name());
        fs::create_dir_all(folder.parent().unwrap()).unwrap();
        // Several tests, and several processes, may want it at the same time.
        let lock = File::create(folder.with_extension("lock")).unwrap();
        lock.lock().unwrap();
        let python = folder.join("bin/python");
        let ready = folder.join("ready");
        if fs::read_to_string(&ready).is_ok_and(|text| text == self.packages().join(" ")) && python.exists() {
            return python;
        }
        let _ = fs::remove_dir_all(&folder);
        run(Command::new("python3").args(["-m", "venv"]).arg(&folder), "make a virtual environment (python3-venv)");
        if !self.packages().is_empty() {
            let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
            run(Command::new(&python).args(install).args(self.packages()), "install Alembic");
        }
        fs::write(&ready, self.packages().join(" ")).unwrap();
        python
    }

    /// The program `flask`, about to run in `folder`.
    pub fn flask(self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.python());
        clean_environment(&mut command).args(["-m", "flask"]).args(arguments).current_dir(folder);
        command
    }

    /// The program `alembic`, about to run in `folder`.
    pub fn command(self, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.python());
        clean_environment(&mut command).args(["-m", "alembic"]).args(arguments).current_dir(folder);
        command
    }
}

fn run(command: &mut Command, what: &str) {
    let output = clean_environment(command).output();
    let output = output.unwrap_or_else(|error| panic!("cannot {what}: {error}"));
    assert!(output.status.success(), "cannot {what}: {}", String::from_utf8_lossy(&output.stderr));
}
