//! A project: its configuration and its revision files.

use std::path::Path;
use std::sync::OnceLock;

use super::{Database, Error, Opening};
use crate::backend::{Connection, Provenance, Purpose};
use crate::config::{Config, Environment, Request};
use crate::revision::{Graph, Revision, Symbol, Target};
use crate::script::{Script, ScriptDirectory, Sections};

/// A configuration with the revision files it names.
#[derive(Debug)]
pub struct Project {
    config: Config,
    scripts: ScriptDirectory,
    sections: OnceLock<Vec<Sections>>,
}

impl Project {
    /// Loads the project whose `migrator.toml` is in `directory` or one of its parents, with the
    /// environment of this process.
    ///
    /// # Errors
    /// A configuration or a revision file that cannot be used.
    pub fn load(directory: impl AsRef<Path>) -> Result<Self, Error> {
        Self::open(&Request {
            directory: directory.as_ref().to_owned(),
            environment: Environment::from_process(),
            ..Request::default()
        })
    }

    /// Loads the project that `request` asks for.
    ///
    /// # Errors
    /// A configuration or a revision file that cannot be used.
    pub fn open(request: &Request) -> Result<Self, Error> {
        Self::with_config(Config::load(request)?)
    }

    /// Loads the revision files that `config` names.
    ///
    /// # Errors
    /// A revision file that cannot be used.
    pub fn with_config(config: Config) -> Result<Self, Error> {
        let scripts = Self::load_files(&config)?;
        Ok(Self::from_parts(config, scripts))
    }

    pub(super) fn load_files(config: &Config) -> Result<ScriptDirectory, Error> {
        Ok(ScriptDirectory::load(&config.version_locations, config.recursive_version_locations)?)
    }

    pub(super) fn from_parts(config: Config, scripts: ScriptDirectory) -> Self {
        Self { config, scripts, sections: OnceLock::new() }
    }

    /// This project together with the applied revisions whose files are gone, as far as the version table
    /// kept them: they can be reverted.
    ///
    /// # Errors
    /// What the database says, or a revision that another one needs and that was not kept either.
    pub fn with_kept_revisions(self) -> Result<Self, Error> {
        let mut database = self.connect()?;
        let missing = database.applied()?.missing;
        let ids: Vec<&str> = missing.iter().map(|row| row.revision.as_str()).collect();
        let kept = database.connection.kept_texts(&ids)?;
        drop(database);
        let scripts = missing
            .iter()
            .zip(kept)
            .map(|(row, texts)| {
                let revision = Revision {
                    id: row.revision.clone(),
                    parents: row.parents.clone(),
                    depends_on: row.depends_on.clone(),
                    branch_labels: Vec::new(),
                };
                Script::kept(&revision, &row.message, &texts.unwrap_or_default().downgrade)
            })
            .collect::<Result<_, _>>()?;
        Ok(Self::from_parts(self.config, self.scripts.with(scripts)?))
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The revision files.
    #[must_use]
    pub fn scripts(&self) -> &ScriptDirectory {
        &self.scripts
    }

    /// The graph of the revision files.
    #[must_use]
    pub fn graph(&self) -> &Graph {
        self.scripts.graph()
    }

    /// The sections of every revision file for the configured database, by node.
    ///
    /// # Errors
    /// A bad section, or no usable database URL.
    pub fn sections(&self) -> Result<&[Sections], Error> {
        if let Some(sections) = self.sections.get() {
            return Ok(sections);
        }
        let sections = self.scripts.sections(self.config.database_url()?.dialect())?;
        Ok(self.sections.get_or_init(|| sections))
    }

    /// Refuses a target that names a revision which does not exist, before any database is touched.
    ///
    /// # Errors
    /// Why it names nothing.
    pub fn check_target(&self, target: &Target) -> Result<(), Error> {
        if let Some(Symbol::Named(_)) = target.symbol {
            self.graph().resolve(target, &self.graph().no_nodes())?;
        }
        Ok(())
    }

    /// Connects to the configured database to run revisions. All files are checked first.
    ///
    /// # Errors
    /// A bad revision file, or no connection.
    pub fn connect(&self) -> Result<Database<'_>, Error> {
        self.sections()?;
        Opening::Later(Purpose::Write).of(self)
    }

    /// Connects to the configured database only to look; a missing SQLite file is not made.
    ///
    /// # Errors
    /// No connection.
    pub fn connect_to_read(&self) -> Result<Database<'_>, Error> {
        Opening::Later(Purpose::Read).of(self)
    }

    /// This project on another database than the configured one, of the same engine.
    #[must_use]
    pub fn on(&self, connection: Box<dyn Connection>) -> Database<'_> {
        Database { project: self, connection, recorded: None }
    }

    /// Who runs, for the version table: the user and the host.
    pub(super) fn provenance(&self) -> Provenance {
        let variable = |names: [&str; 2]| names.into_iter().find_map(|name| self.config.environment.get(name));
        let user = variable(["USER", "USERNAME"]).map(str::to_owned).or_else(user_id);
        let host = variable(["HOSTNAME", "COMPUTERNAME"]).map(str::to_owned).or_else(host_name);
        let applied_by = match (user, host) {
            (Some(user), Some(host)) => Some(format!("{user}@{host}")),
            (user, host) => user.or(host),
        };
        Provenance { applied_by, migrator_version: env!("CARGO_PKG_VERSION").to_owned() }
    }
}

/// In a container there is often no `$USER`.
#[cfg(unix)]
fn user_id() -> Option<String> {
    Some(format!("uid {}", rustix::process::getuid().as_raw()))
}

#[cfg(unix)]
fn host_name() -> Option<String> {
    rustix::system::uname().nodename().to_str().ok().map(str::to_owned)
}

#[cfg(not(unix))]
fn user_id() -> Option<String> {
    None
}

#[cfg(not(unix))]
fn host_name() -> Option<String> {
    None
}
