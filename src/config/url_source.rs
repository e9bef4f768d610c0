//! Where the database URL comes from: a text, a file that holds it, or a program that prints it.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use super::error::{ConfigError, Place, UrlOrigin};

use super::Request;
use super::program::not_started;
use super::settings::Settings;
use super::url::DatabaseUrl;
use super::values;
use crate::sql::Dialect;

/// The keys of `[database]` that say where the URL is.
pub(super) const URL_KEYS: [&str; 3] = ["url", "url_file", "url_command"];

const URL_VARIABLE: &str = "MIGRATOR_DATABASE_URL";
const URL_FILE_VARIABLE: &str = "MIGRATOR_DATABASE_URL_FILE";

/// Where the database URL comes from. It is looked up when it is needed, because a program may be slow or ask
/// for something.
// No `Debug`: the text may hold a password.
#[derive(Clone)]
pub(super) struct UrlSource {
    origin: UrlOrigin,
    form: Form,
    /// Where `version_table_schema` is set.
    schema: Option<Place>,
}

#[derive(Clone)]
enum Form {
    Text(String),
    File(PathBuf),
    Program(Vec<String>),
}

impl UrlSource {
    /// The source that counts: the flag, a variable, or the nearest `[database]` that names one.
    pub fn find(request: &Request, settings: &Settings<'_>) -> Result<Self, ConfigError> {
        let (origin, form) = Self::find_form(request, settings)?;
        let schema = settings.get("migrator", "version_table_schema", values::optional_name)?.flatten();
        let place = settings.place("migrator", "version_table_schema");
        Ok(Self { origin, form, schema: place.filter(|_| schema.is_some()) })
    }

    fn find_form(request: &Request, settings: &Settings<'_>) -> Result<(UrlOrigin, Form), ConfigError> {
        let variable = |name| settings.environment.look_up(name);
        if let Some(text) = &request.url {
            return Ok((UrlOrigin::Flag, Form::Text(text.clone())));
        }
        if let Some(text) = variable(URL_VARIABLE)? {
            return Ok((UrlOrigin::Variable, Form::Text(text.to_owned())));
        }
        if let Some(file) = variable(URL_FILE_VARIABLE)?.filter(|file| !file.is_empty()) {
            let file = request.directory.join(file);
            return Ok((UrlOrigin::VariableFile(file.clone()), Form::File(file)));
        }
        let document = settings.document;
        configured(settings)?.ok_or_else(|| ConfigError::MissingUrl {
            file: document.file.to_path_buf(),
            known: if settings.name.is_none() { document.environments() } else { Vec::new() },
        })
    }

    /// Is it a flag or a variable of its own, which goes before every file?
    pub fn is_given(&self) -> bool {
        matches!(self.origin, UrlOrigin::Flag | UrlOrigin::Variable | UrlOrigin::VariableFile(_))
    }

    /// The URL; the path of an SQLite file is resolved against `directory`, and a program runs there.
    pub fn url(&self, directory: &Path) -> Result<DatabaseUrl, ConfigError> {
        let text = match &self.form {
            Form::Text(text) => text.clone(),
            Form::File(file) => fs::read_to_string(file).map_err(|source| ConfigError::UnreadableUrl {
                origin: self.origin.clone(),
                file: file.clone(),
                source: Arc::new(source),
            })?,
            Form::Program(command) => self.printed(command, directory)?,
        };
        let url = DatabaseUrl::parse(&text, directory)
            .map_err(|error| ConfigError::Url { origin: self.origin.clone(), error })?;
        match &self.schema {
            Some(place) if url.dialect() == Dialect::Sqlite => {
                Err(ConfigError::SchemaOnSqlite { place: place.clone() })
            }
            _ => Ok(url),
        }
    }

    /// What the program prints. That is never shown; what it says on standard error is, when it fails.
    fn printed(&self, command: &[String], directory: &Path) -> Result<String, ConfigError> {
        let failed = |problem: String, said: String| ConfigError::UrlCommand {
            origin: self.origin.clone(),
            program: command.first().cloned().unwrap_or_default(),
            problem,
            said,
        };
        let mut words = command.iter();
        let program = words.next().map(String::as_str).unwrap_or_default();
        let output = Command::new(located(program, directory))
            .args(words)
            .current_dir(directory)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| failed(not_started(program, &error), String::new()))?;
        if !output.status.success() {
            let problem = match output.status.code() {
                Some(code) => format!("failed with exit status {code}"),
                None => format!("failed: {}", output.status),
            };
            return Err(failed(problem, last_lines(&output.stderr)));
        }
        String::from_utf8(output.stdout)
            .map_err(|_| failed("printed something that is not UTF-8 text".into(), String::new()))
    }
}

/// One of `url`, `url_file` and `url_command`: they exclude each other, so an overlay that names one replaces them.
fn configured(settings: &Settings<'_>) -> Result<Option<(UrlOrigin, Form)>, ConfigError> {
    let named = URL_KEYS.into_iter().filter_map(|key| Some((key, settings.own("database", key)?))).collect::<Vec<_>>();
    let (key, value) = match named.as_slice() {
        [] => return settings.beneath().map_or(Ok(None), |beneath| configured(&beneath)),
        [one] => *one,
        [(first, _), (second, value), ..] => {
            return Err(ConfigError::InvalidValue {
                place: settings.document.place(value),
                key: (*second).into(),
                problem: format!("cannot stand beside `{first}`"),
                hint: Some("the URL has one source; remove the others".into()),
            });
        }
    };
    let place = settings.document.place(value);
    let text = |text: &str| Ok(text.to_owned());
    Ok(Some(match key {
        "url" => (UrlOrigin::File(place), Form::Text(settings.read(key, value, text)?)),
        "url_file" => {
            let directory = settings.document.file.parent().unwrap_or(Path::new(""));
            (UrlOrigin::UrlFile(place), Form::File(directory.join(settings.read(key, value, values::filled)?)))
        }
        _ => (UrlOrigin::UrlCommand(place), Form::Program(settings.read_list(key, value)?)),
    }))
}

/// A bare name is looked up in `PATH`; any other relative path is one from `directory`.
fn located(program: &str, directory: &Path) -> PathBuf {
    let mut components = Path::new(program).components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(_)), None) => PathBuf::from(program),
        _ => directory.join(program),
    }
}

/// The last lines of what a program said, where the reason is.
fn last_lines(bytes: &[u8]) -> String {
    const LINES: usize = 20;
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.trim().lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}
