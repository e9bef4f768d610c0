//! Where a schema comes from.

use std::path::PathBuf;

use super::declared::{self, Declared};
use super::{Aim, Error};
use crate::backend::{self, Purpose, Settings, Workshop};
use crate::config::{Config, DatabaseUrl};
use crate::migrate::Project;
use crate::revision::{Symbol, Target};
use crate::schema::{Catalog, Filter, Kind};

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The configured database as it is.
    Database,
    /// The declared schema.
    Schema,
    /// All revisions, run on a scratch database.
    Migrations,
    /// Another database of the same engine.
    Url(DatabaseUrl),
    /// A file, directory or glob of SQL.
    File(String),
}

impl Source {
    /// Reads `database`, `schema`, `migrations`, a URL, or a path relative to the working directory.
    ///
    /// # Errors
    /// A URL that is none.
    pub fn parse(text: &str, config: &Config) -> Result<Self, Error> {
        Ok(match text {
            "database" => Self::Database,
            "schema" => Self::Schema,
            "migrations" => Self::Migrations,
            url if url.contains("://") || url.starts_with("sqlite:") => {
                Self::Url(DatabaseUrl::parse(url, &config.directory).map_err(Error::Url)?)
            }
            path => Self::File(std::path::absolute(path).unwrap_or_else(|_| PathBuf::from(path)).display().to_string()),
        })
    }

    /// Is it a database that is only read?
    pub(super) fn is_live(&self) -> bool {
        matches!(self, Self::Database | Self::Url(_))
    }

    pub(super) fn read(&self, project: &Project, workshop: &Workshop, aim: Aim) -> Result<Declared, Error> {
        let config = project.config();
        Ok(match self {
            Self::Database => {
                let mut database = project.connect_to_read()?;
                declared_nothing(database.connection().schema()?.catalog()?)
            }
            Self::Schema => declared::configured(config, workshop, aim)?,
            Self::Migrations => declared_nothing(replayed(project, workshop)?),
            Self::Url(url) => {
                let dialect = config.database_url()?.dialect();
                if url.dialect() != dialect {
                    return Err(Error::OtherEngine { url: url.to_string(), dialect });
                }
                let mut connection = backend::connect(url, &config.environment, &Settings::of(config), Purpose::Read)?;
                declared_nothing(connection.schema()?.catalog()?)
            }
            Self::File(path) => declared::files(config, workshop, std::slice::from_ref(path), aim)?,
        })
    }
}

fn declared_nothing(catalog: Catalog) -> Declared {
    Declared { catalog, renames: Vec::new(), told: None }
}

/// The schema that the revisions make of an empty database.
fn replayed(project: &Project, workshop: &Workshop) -> Result<Catalog, Error> {
    let mut database = project.on(workshop.empty()?);
    database.upgrade(&Target::symbol(Symbol::Heads), &mut |_| {})?;
    Ok(database.connection().schema()?.catalog()?)
}

/// What is compared of the kinds of objects there are: owners and grants only if that is asked for.
pub(super) fn filter(config: &Config, kinds: &[Kind]) -> Result<Filter, Error> {
    let settings = &config.autogenerate;
    let mut filter = Filter::new(&settings.include, &settings.exclude, kinds)?;
    if !settings.owners {
        filter = filter.without(Kind::OWNER);
    }
    if !settings.grants {
        filter = filter.without(Kind::GRANT).without(Kind::DEFAULT_PRIVILEGES);
    }
    Ok(filter)
}

/// A schema as text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dump {
    /// The statements.
    pub sql: String,
    /// What is not among them, because it is not understood.
    pub left_out: Vec<String>,
}

/// The schema of the configured database as a file.
///
/// # Errors
/// No connection, what the database says, or [`backend::BackendError::NoSchemaComparison`].
pub fn dump(project: &Project) -> Result<Dump, Error> {
    let mut database = project.connect_to_read()?;
    let schema = database.connection().schema()?;
    let mut catalog = schema.catalog()?;
    filter(project.config(), schema.kinds())?.strip(&mut catalog);
    Ok(Dump { sql: schema.dump(&catalog), left_out: catalog.unmodelled })
}
