//! The configuration: `migrator.toml`, the environment and the flags, resolved into one [`Config`].
//!
//! A flag wins over an environment variable, that over the overlay `[env.NAME]`, that over the rest
//! of the file, that over the default. A file that holds a key nobody reads is refused, so that a
//! misspelt setting is never a setting silently left out.

mod connection;
mod dot_env;
mod environment;
mod error;
mod file;
mod interpolate;
mod load;
mod program;
mod settings;
mod timezone;
mod url;
mod url_source;
mod values;

#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::time::Duration;

pub use connection::{
    ChannelBinding, ConnectionParameters, Keepalives, ParameterError, ParameterSource, Password, PasswordOrigin,
    RootCertificates, Server, SslMode, SslNegotiation, TargetSessionAttributes, TlsParameters, TlsVersion,
};
pub use environment::Environment;
pub use error::{ConfigError, Place, UrlOrigin};
pub(crate) use program::{not_started, not_started_hint};
pub use timezone::TimeZone;
pub use url::{DatabaseUrl, Host, PostgresUrl, Secret, SqliteLocation, UrlError};
use url_source::UrlSource;
pub use values::{OutOfOrder, TransactionMode, parse_duration};

use crate::interrupt::Interrupt;

/// The name of the configuration file.
pub const FILE_NAME: &str = "migrator.toml";

/// What the caller asked for: where to look, the flags, and the environment.
// No `Debug`: `url` may hold a password.
#[derive(Clone, Default)]
pub struct Request {
    /// The directory from which the file is searched upwards; the base of a relative `config`.
    pub directory: PathBuf,
    /// `--config`: the file itself.
    pub config: Option<PathBuf>,
    /// `--name`: the overlay `[env.NAME]`.
    pub name: Option<String>,
    /// `--url`: the database URL.
    pub url: Option<String>,
    /// `--lock-wait`: how long to wait for another migrator.
    pub lock_wait: Option<Duration>,
    /// The variables that `${NAME}` and `MIGRATOR_*` are read from.
    pub environment: Environment,
    /// What stops a run half way.
    pub interrupt: Interrupt,
}

/// Everything that is configured, resolved and checked.
#[derive(Clone)]
pub struct Config {
    /// The file that was read; absolute.
    pub file: PathBuf,
    /// The directory of the file: the base of every relative path in it.
    pub directory: PathBuf,
    /// The overlay in use.
    pub name: Option<String>,
    /// The names under `[env]`, sorted.
    pub environments: Vec<String>,
    /// Those of them that name a database of their own, in the order of the file.
    pub databases: Vec<String>,
    /// The variables of the process over those of the `.env` beside the file.
    pub environment: Environment,
    /// Holds the templates and, unless told otherwise, `versions/`.
    pub script_location: PathBuf,
    /// Where revision files are; the first is where new ones go.
    pub version_locations: Vec<PathBuf>,
    /// Whether the directories below the version locations are read too.
    pub recursive_version_locations: bool,
    /// The template of a new revision's file name, without `.sql`.
    pub file_template: String,
    /// The longest slug, in characters, that a file name gets.
    pub truncate_slug_length: usize,
    /// The time zone of dates in file names and revision files.
    pub timezone: TimeZone,
    /// The name of the version table.
    pub version_table: String,
    /// The schema of the version table (PostgreSQL).
    pub version_table_schema: Option<String>,
    /// How a run is cut into transactions.
    pub transaction: TransactionMode,
    /// What happens to a pending revision below an applied one.
    pub out_of_order: OutOfOrder,
    /// How long to wait for another migrator; zero: not at all.
    pub lock_wait: Duration,
    /// PostgreSQL's `lock_timeout` for each attempt; zero: no limit.
    pub lock_timeout: Duration,
    /// PostgreSQL's `statement_timeout`; zero: no limit.
    pub statement_timeout: Duration,
    /// Whether SQLite enforces foreign keys while revisions run.
    pub foreign_keys: bool,
    /// The file that the schema is written to after each upgrade and downgrade.
    pub schema_dump: Option<PathBuf>,
    /// Where the declared schema comes from.
    pub autogenerate: Autogenerate,
    /// The programs that run over a new revision file, in order.
    pub post_write_hooks: Vec<PostWriteHook>,
    /// What stops a run half way.
    pub interrupt: Interrupt,
    url_source: Result<UrlSource, ConfigError>,
    url: OnceLock<Result<DatabaseUrl, ConfigError>>,
    scratch_url: Result<Option<PostgresUrl>, ConfigError>,
}

/// Where the declared schema comes from: files, or a program that prints it.
// No `Debug` here and below: an argument may hold an interpolated password.
#[derive(Clone, PartialEq, Eq)]
pub struct Autogenerate {
    /// Files, directories or globs as they were written, relative to the configuration's directory;
    /// empty when there is a `command`.
    pub schema: Vec<String>,
    /// The program and its arguments.
    pub command: Option<Vec<String>>,
    /// Patterns of the objects that are compared; empty: all.
    pub include: Vec<String>,
    /// Patterns of the objects that are left alone.
    pub exclude: Vec<String>,
    /// Whether owners are compared (PostgreSQL).
    pub owners: bool,
    /// Whether grants and default privileges are compared (PostgreSQL).
    pub grants: bool,
}

/// A program that runs over a new revision file.
#[derive(Clone, PartialEq, Eq)]
pub struct PostWriteHook {
    /// What it is called in messages.
    pub name: String,
    /// The program and its arguments; `{path}` stands for the file.
    pub command: Vec<String>,
}

impl Config {
    /// Finds and reads the configuration that `request` asks for.
    ///
    /// Touches no database and runs no program: a URL that is missing, malformed or needs a variable that is not set
    /// is an error only when [`Config::database_url`] is called.
    ///
    /// # Errors
    /// Any [`ConfigError`]: no file, a file that does not parse, an unknown key, a bad value, an
    /// unknown overlay, a variable that is not set.
    pub fn load(request: &Request) -> Result<Self, ConfigError> {
        load::load(request)
    }

    /// The nearest `migrator.toml` in `directory` or one of its parents.
    #[must_use]
    pub fn discover(directory: &Path) -> Option<PathBuf> {
        directory.ancestors().map(|ancestor| ancestor.join(FILE_NAME)).find(|file| file.is_file())
    }

    /// Does the database URL come from a flag or a variable, so that it is the same under every name?
    #[must_use]
    pub fn url_is_given(&self) -> bool {
        self.url_source.as_ref().is_ok_and(UrlSource::is_given)
    }

    /// The database to work on.
    ///
    /// # Errors
    /// No URL is configured, it is malformed, it needs a variable that is not set, its file cannot be read,
    /// its program fails, or it names an SQLite database although `version_table_schema` is set.
    pub fn database_url(&self) -> Result<&DatabaseUrl, ConfigError> {
        let url = self.url.get_or_init(|| {
            let source = self.url_source.as_ref().map_err(Clone::clone)?;
            source.url(&self.directory)
        });
        url.as_ref().map_err(Clone::clone)
    }

    /// The PostgreSQL server or empty database for trying schemas out, if one is named.
    ///
    /// # Errors
    /// A malformed URL, one of another engine, or one that needs a variable that is not set.
    pub fn scratch_url(&self) -> Result<Option<&PostgresUrl>, ConfigError> {
        self.scratch_url.as_ref().map(Option::as_ref).map_err(Clone::clone)
    }
}

// Interpolated values may be secrets, so nothing but the place is shown.
impl fmt::Debug for Config {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Config").field("file", &self.file).field("name", &self.name).finish_non_exhaustive()
    }
}
