//! Real Alembic, as its users run it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::clean_environment;

/// What is installed beside Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alembic {
    /// The oldest one that is supported, with the last SQLAlchemy before 2.0.
    Oldest,
    /// The newest one there was when the environment was made.
    Newest,
    /// The newest one with a driver of PostgreSQL that has to be waited for, and no other.
    Asyncpg,
    /// None: Python alone.
    Missing,
}

pub const BOTH: [Alembic; 2] = [Alembic::Oldest, Alembic::Newest];

impl Alembic {
    /// The interpreter, in an environment that is made if it is not there.
    pub fn python(self) -> PathBuf {
        let (name, packages): (&str, &[&str]) = match self {
            // Alembic of that age wants modules that Python had in those days.
            Self::Oldest => {
                ("alembic-1.6.5", &["alembic==1.6.5", "sqlalchemy==1.4.54", "psycopg2-binary", "setuptools<81"])
            }
            Self::Newest => ("alembic-newest", &["alembic", "psycopg[binary]", "flask-migrate"]),
            Self::Asyncpg => ("alembic-asyncpg", &["alembic", "sqlalchemy[asyncio]", "asyncpg"]),
            Self::Missing => ("alembic-missing", &[]),
        };
        super::programs(name, packages).join("python")
    }

    /// The program `alembic`, about to run in `folder`.
    pub fn command(self, folder: &Path, arguments: &[&str]) -> Command {
        self.module("alembic", folder, arguments)
    }

    /// The program `flask`, about to run in `folder`.
    pub fn flask(self, folder: &Path, arguments: &[&str]) -> Command {
        self.module("flask", folder, arguments)
    }

    fn module(self, name: &str, folder: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(self.python());
        clean_environment(&mut command).args(["-B", "-m", name]).args(arguments).current_dir(folder);
        command
    }
}
