//! From a request to a configuration: find the file, read it, resolve every setting.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use super::environment::Environment;
use super::error::{ConfigError, Place};
use super::file::{Document, in_table};
use super::settings::Settings;
use super::url_source::{URL_KEYS, UrlSource};
use super::values;
use super::{
    Autogenerate, Config, DatabaseUrl, OutOfOrder, PostWriteHook, PostgresUrl, Request, TimeZone, TransactionMode,
};

const CONFIG_VARIABLE: &str = "MIGRATOR_CONFIG";
const NAME_VARIABLE: &str = "MIGRATOR_ENV";

pub(super) fn load(request: &Request) -> Result<Config, ConfigError> {
    let file = locate(request)?;
    let text = read_text(&file)?;
    let directory = file.parent().unwrap_or(Path::new("")).to_path_buf();
    let environment = with_dot_env(&request.environment, &directory.join(".env"))?;
    let document = Document::parse(&file, &text)?;
    let environments = document.environments();
    let name = match &request.name {
        Some(name) => Some(name.clone()),
        None => filled_variable(&environment, NAME_VARIABLE)?,
    };
    if let Some(name) = name.as_ref().filter(|name| !environments.contains(*name)) {
        return Err(ConfigError::UnknownEnvironment { name: name.clone(), file, known: environments });
    }
    let settings = Settings { document: &document, name: name.as_deref(), environment: &environment };

    let script_location = directory
        .join(settings.get("migrator", "script_location", values::filled)?.unwrap_or_else(|| "migrations".into()));
    let version_locations = match settings.list("migrator", "version_locations")? {
        Some(locations) => locations.iter().map(|location| directory.join(location)).collect(),
        None => vec![script_location.join("versions")],
    };
    let seconds = |section, key, default| {
        Ok(settings.get(section, key, values::duration)?.unwrap_or(Duration::from_secs(default)))
    };
    Ok(Config {
        script_location,
        version_locations,
        recursive_version_locations: settings.boolean("migrator", "recursive_version_locations").unwrap_or(false),
        file_template: settings
            .get("migrator", "file_template", values::filled)?
            .unwrap_or_else(|| "{{ rev }}_{{ slug }}".into()),
        truncate_slug_length: settings.get("migrator", "truncate_slug_length", values::count)?.unwrap_or(40),
        timezone: settings.get("migrator", "timezone", values::timezone)?.unwrap_or(TimeZone::UTC),
        version_table: settings
            .get("migrator", "version_table", values::name)?
            .unwrap_or_else(|| "migrator_version".into()),
        version_table_schema: settings.get("migrator", "version_table_schema", values::optional_name)?.flatten(),
        transaction: settings
            .get("migrator", "transaction", values::transaction)?
            .unwrap_or(TransactionMode::PerRevision),
        out_of_order: settings.get("migrator", "out_of_order", values::out_of_order)?.unwrap_or(OutOfOrder::Error),
        lock_wait: request.lock_wait.map_or_else(|| seconds("database", "lock_wait", 60), Ok)?,
        lock_timeout: seconds("database", "lock_timeout", 5)?,
        statement_timeout: seconds("database", "statement_timeout", 0)?,
        foreign_keys: settings.boolean("database", "foreign_keys").unwrap_or(false),
        schema_dump: schema_dump(&settings)?.map(|path| directory.join(path)),
        autogenerate: autogenerate(&settings)?,
        post_write_hooks: post_write_hooks(&settings)?,
        databases: document.environments_with(&URL_KEYS),
        interrupt: request.interrupt.clone(),
        url_source: UrlSource::find(request, &settings),
        url: OnceLock::new(),
        scratch_url: scratch_url(&settings, &directory),
        file,
        directory,
        name,
        environments,
        environment,
    })
}

/// The file to read; absolute, so that nothing depends on the working directory afterwards.
fn locate(request: &Request) -> Result<PathBuf, ConfigError> {
    let directory = std::path::absolute(&request.directory).map_err(|source| unreadable(&request.directory, source))?;
    let named = match &request.config {
        Some(file) => Some(file.clone()),
        None => filled_variable(&request.environment, CONFIG_VARIABLE)?.map(PathBuf::from),
    };
    match named {
        Some(file) => Ok(directory.join(file)),
        None => Config::discover(&directory).ok_or(ConfigError::NotFound { directory }),
    }
}

/// A variable that names something; an empty one names nothing.
fn filled_variable(environment: &Environment, variable: &str) -> Result<Option<String>, ConfigError> {
    let value = environment.look_up(variable)?.filter(|value| !value.is_empty());
    Ok(value.map(str::to_owned))
}

/// `environment` over the `.env` file, if there is one. A directory of that name is not one: virtual
/// environments are often called so.
fn with_dot_env(environment: &Environment, file: &Path) -> Result<Environment, ConfigError> {
    match fs::metadata(file) {
        Ok(metadata) if metadata.is_dir() => Ok(environment.clone()),
        Ok(_) => environment.over_dot_env(file, &read_text(file)?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(environment.clone()),
        Err(error) => Err(unreadable(file, error)),
    }
}

/// The text of a file, without a byte order mark.
fn read_text(file: &Path) -> Result<String, ConfigError> {
    let bytes = fs::read(file).map_err(|source| unreadable(file, source))?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let text = String::from_utf8_lossy(error.as_bytes());
        ConfigError::NotUtf8 { place: Place::at(file, &text, valid) }
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

fn unreadable(file: &Path, source: io::Error) -> ConfigError {
    ConfigError::Unreadable { file: file.to_path_buf(), source: Arc::new(source) }
}

/// Where the schema is dumped to. Files that people write are never written over.
fn schema_dump(settings: &Settings<'_>) -> Result<Option<String>, ConfigError> {
    let Some(path) = settings.get("migrator", "schema_dump", values::filled)? else { return Ok(None) };
    match (settings.place("migrator", "schema_dump"), settings.list("autogenerate", "schema")?) {
        (Some(place), Some(declared)) if declared.contains(&path) => Err(ConfigError::InvalidValue {
            place,
            key: "schema_dump".into(),
            problem: "is a file of the declared schema, which it would be written over".into(),
            hint: Some("what is declared and what is dumped are two files".into()),
        }),
        _ => Ok(Some(path)),
    }
}

fn autogenerate(settings: &Settings<'_>) -> Result<Autogenerate, ConfigError> {
    let (schema, command) = declared(settings)?;
    let patterns = |key| Ok(settings.list("autogenerate", key)?.unwrap_or_default());
    let asked = |key| settings.boolean("autogenerate", key).unwrap_or(false);
    Ok(Autogenerate {
        schema,
        command,
        include: patterns("include")?,
        exclude: patterns("exclude")?,
        owners: asked("owners"),
        grants: asked("grants"),
    })
}

/// An error only where it is needed; a text without anything, as of a variable that is not set, names nothing.
fn scratch_url(settings: &Settings<'_>, directory: &Path) -> Result<Option<PostgresUrl>, ConfigError> {
    let url = settings.get("autogenerate", "scratch_url", |text| {
        if text.trim().is_empty() {
            return Ok(None);
        }
        let invalid = |fact: &str, hint: Option<String>| values::Invalid { fact: fact.to_owned(), hint };
        match DatabaseUrl::parse(text, directory) {
            Ok(DatabaseUrl::PostgreSql(url)) => Ok(Some(url)),
            Ok(DatabaseUrl::Sqlite(_)) => {
                let hint = "on SQLite nothing has to be named: scratch databases are in memory".to_owned();
                Err(invalid("is no PostgreSQL URL", Some(hint)))
            }
            Err(error) => Err(invalid(&format!("cannot be used: {error}"), error.hint())),
        }
    })?;
    Ok(url.flatten())
}

/// Files and a command exclude each other, so an overlay that names one replaces both.
fn declared(settings: &Settings<'_>) -> Result<(Vec<String>, Option<Vec<String>>), ConfigError> {
    let own = |key| settings.own("autogenerate", key);
    match (own("schema"), own("command")) {
        (Some(_), Some(command)) => Err(ConfigError::InvalidValue {
            place: settings.document.place(command),
            key: "command".into(),
            problem: "cannot stand beside `schema`".into(),
            hint: Some("the declared schema comes from files or from a program; remove one".into()),
        }),
        (Some(schema), None) => Ok((settings.read_list("schema", schema)?, None)),
        (None, Some(command)) => Ok((Vec::new(), Some(settings.read_list("command", command)?))),
        (None, None) => match settings.beneath() {
            Some(beneath) => declared(&beneath),
            None => Ok((vec!["schema.sql".into()], None)),
        },
    }
}

fn post_write_hooks(settings: &Settings<'_>) -> Result<Vec<PostWriteHook>, ConfigError> {
    let hooks = settings.document.hooks();
    hooks
        .map(|hook| {
            let find = |key| {
                hook.get_ref().get(key).ok_or_else(|| ConfigError::MissingKey {
                    place: settings.document.place(hook),
                    key,
                    table: in_table(&["post_write_hooks"]),
                })
            };
            Ok(PostWriteHook {
                name: settings.read("name", find("name")?, values::filled)?,
                command: settings.read_list("command", find("command")?)?,
            })
        })
        .collect()
}
