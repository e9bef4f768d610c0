//! The conversation with the project's Python, in lines of JSON.

use std::collections::BTreeMap;
use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::Error;
use crate::backend::BackendError;
use crate::config::{PostgresUrl, Secret};
use crate::interrupt::{Interrupt, Watch};
use crate::script::Direction;
use crate::sql::Dialect;

const SCRIPT: &str = include_str!("reader.py");

/// So many of the last lines of what the project printed, or of a traceback, are told where it fails.
const SAID: usize = 20;

/// What Alembic knows of the project.
#[derive(Debug, Deserialize)]
pub(super) struct Project {
    pub alembic: String,
    pub sqlalchemy: String,
    pub python: String,
    /// Where env.py is.
    pub script_location: PathBuf,
    /// The version locations.
    pub versions: Vec<PathBuf>,
    pub settings: BTreeMap<String, Option<String>>,
    pub databases: Vec<Database>,
    pub revisions: Vec<Revision>,
}

/// A database for which env.py runs revisions.
#[derive(Debug, Deserialize)]
pub(super) struct Database {
    /// Its name, where there are several.
    pub name: Option<String>,
    /// May hold a password.
    pub url: Option<String>,
    pub has_password: bool,
    /// The absolute path of an SQLite file.
    pub sqlite_path: Option<PathBuf>,
    /// The environment variable that holds the URL.
    pub variable: Option<String>,
    /// SQLAlchemy's name of the engine.
    pub dialect: String,
    pub version_table: String,
    pub version_table_schema: Option<String>,
    /// What env.py itself sends before the revisions.
    pub preamble: Vec<String>,
}

/// A revision as its module tells it.
#[derive(Debug, Deserialize)]
pub(super) struct Revision {
    pub id: String,
    pub revises: Vec<String>,
    pub depends_on: Vec<String>,
    pub branch_labels: Vec<String>,
    pub documentation: String,
    pub created: Option<String>,
    pub path: PathBuf,
}

/// What one way of a revision sends.
#[derive(Debug, Clone, Default, Deserialize)]
pub(super) struct Sent {
    pub parts: Vec<SentPart>,
    /// Did it use the connection itself, beyond Alembic's operations?
    pub used_connection: bool,
    /// Why what it sends depends on the rows that there are.
    pub reads_data: Option<String>,
    /// Did it look at the schema?
    pub reads_catalog: bool,
    pub error: Option<Failure>,
    /// Does its function say that there is nothing to do?
    pub trivial: bool,
    /// Does it send something else each time?
    #[serde(default)]
    pub varies: bool,
}

/// Statements that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct SentPart {
    pub mode: String,
    pub statements: Vec<String>,
}

/// An exception.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Failure {
    pub kind: String,
    pub message: String,
    pub file: Option<PathBuf>,
    pub line: Option<u32>,
    /// Does the revision itself say `raise`?
    #[serde(default)]
    pub raised: bool,
    /// The way to it through the project's files, outermost first.
    #[serde(default)]
    pub trace: Vec<String>,
}

/// Both ways of every revision.
#[derive(Debug, Deserialize)]
pub(super) struct Offline {
    pub revisions: BTreeMap<String, Ways>,
}

/// Both ways of a revision.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Ways {
    pub upgrade: Sent,
    pub downgrade: Sent,
}

impl Ways {
    pub fn way(&self, direction: Direction) -> &Sent {
        match direction {
            Direction::Upgrade => &self.upgrade,
            Direction::Downgrade => &self.downgrade,
        }
    }
}

/// The interpreter with the project in it. It ends with this, and when an interrupt comes.
pub(super) struct Python {
    program: String,
    child: Arc<Mutex<Child>>,
    watch: Watch,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    said: Arc<Mutex<VecDeque<String>>>,
    listener: Option<JoinHandle<()>>,
    /// Holds the script.
    _folder: TempDir,
}

impl Python {
    /// Starts `program` in `directory`.
    pub fn start(program: &str, directory: &Path, interrupt: &Interrupt) -> Result<Self, Error> {
        let folder = tempfile::tempdir().map_err(Error::io("make a folder in", std::env::temp_dir()))?;
        let script = folder.path().join("migrator_import.py");
        std::fs::write(&script, SCRIPT).map_err(Error::io("write", &script))?;
        let no_python = |source| Error::NoPython { program: program.to_owned(), source };
        let mut child = Command::new(program)
            .arg(&script)
            .current_dir(directory)
            .env("PYTHONIOENCODING", "utf-8")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(no_python)?;
        let streams = (child.stdin.take(), child.stdout.take(), child.stderr.take());
        let (Some(requests), Some(answers), Some(errors)) = streams else {
            return Err(no_python(std::io::Error::other("it has no streams")));
        };
        let said = Arc::new(Mutex::new(VecDeque::new()));
        let kept = Arc::clone(&said);
        let listen = move || {
            for line in BufReader::new(errors).lines().map_while(Result::ok) {
                let mut kept = lock(&kept);
                kept.push_back(line);
                if kept.len() > SAID {
                    kept.pop_front();
                }
            }
        };
        let child = Arc::new(Mutex::new(child));
        let interrupted = Arc::clone(&child);
        Ok(Self {
            program: program.to_owned(),
            child,
            watch: interrupt.watch(move || end(&interrupted)),
            requests,
            answers: BufReader::new(answers),
            said,
            listener: Some(std::thread::spawn(listen)),
            _folder: folder,
        })
    }

    /// Loads the project that the `section` of `config` describes; `pairs` are what `-x` gives.
    pub fn open(&mut self, config: &Path, section: &str, pairs: &[String]) -> Result<Project, Error> {
        self.ask(&json!({"do": "open", "config": config, "section": section, "x": pairs}))
    }

    /// What Alembic's offline mode makes of every revision.
    pub fn offline(&mut self, database: usize, dialect: Dialect) -> Result<Offline, Error> {
        self.ask(&json!({"do": "offline", "database": database, "dialect": dialect.as_str()}))
    }

    /// Takes the SQLite file at `path` for the scratch database.
    pub fn connect_to_file(&mut self, database: usize, path: &Path) -> Result<(), Error> {
        self.ask::<Value>(&json!({"do": "connect", "database": database, "dialect": "sqlite", "path": path})).map(drop)
    }

    /// Takes the database at `url` for the scratch database, by SQLAlchemy's `driver` if that can be used here.
    pub fn connect_to_server(&mut self, database: usize, driver: &str, url: &PostgresUrl) -> Result<(), Error> {
        let hosts: Vec<&str> = url.hosts.iter().map(|host| host.name.as_str()).collect();
        let ports: Vec<String> =
            url.hosts.iter().map(|host| host.port.map(|port| port.to_string()).unwrap_or_default()).collect();
        let request = json!({
            "do": "connect",
            "database": database,
            "dialect": "postgresql",
            "driver": driver,
            "user": url.user,
            "password": url.password().map(Secret::expose),
            "name": url.database,
            // As libpq takes them: several, and sockets as well.
            "host": hosts.join(","),
            "port": ports.join(","),
            "parameters": url.parameters.iter().cloned().collect::<BTreeMap<_, _>>(),
        });
        self.ask::<Value>(&request).map(drop)
    }

    /// Runs one way of a revision on the scratch database.
    pub fn run(&mut self, revision: &str, direction: Direction) -> Result<Sent, Error> {
        let request = json!({"do": direction.as_str(), "revision": revision});
        let answer = self.answer(&request)?;
        serde_json::from_value(answer).map_err(|error| self.ended(&error.to_string()))
    }

    fn ask<T: DeserializeOwned>(&mut self, request: &Value) -> Result<T, Error> {
        let answer = self.answer(request)?;
        if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
            let failure: Failure =
                serde_json::from_value(error.clone()).map_err(|error| self.ended(&error.to_string()))?;
            return Err(self.failed(failure));
        }
        serde_json::from_value(answer).map_err(|error| self.ended(&error.to_string()))
    }

    fn answer(&mut self, request: &Value) -> Result<Value, Error> {
        // An interpreter that ended has left its last word.
        let _ = writeln!(self.requests, "{request}").and_then(|()| self.requests.flush());
        let mut line = String::new();
        let answers = &mut self.answers;
        match self.watch.run(|| answers.read_line(&mut line)).map_err(BackendError::from)? {
            Ok(length) if length > 0 => serde_json::from_str(&line).map_err(|error| self.ended(&error.to_string())),
            _ => Err(self.ended("")),
        }
    }

    fn failed(&self, failure: Failure) -> Error {
        let Failure { kind, message, file, line, trace, .. } = failure;
        let message = without_passwords(&message);
        match kind.as_str() {
            "no_alembic" => Error::NoAlembic { program: self.program.clone(), message },
            "Refused" | "CommandError" => Error::Project { message, place: None, said: String::new() },
            _ => {
                let said = without_passwords(&trace[trace.len().saturating_sub(SAID)..].join("\n"));
                Error::Project { message: format!("{kind}: {message}"), place: file.zip(line), said }
            }
        }
    }

    fn ended(&mut self, besides: &str) -> Error {
        let mut said = self.last_words();
        if !besides.is_empty() {
            said = format!("{said}\n{besides}");
        }
        Error::Ended { program: self.program.clone(), said }
    }

    fn last_words(&mut self) -> String {
        // What it printed may still be on its way; it ends with the process.
        let has_ended = lock(&self.child).try_wait().is_ok_and(|status| status.is_some());
        if has_ended && let Some(listener) = self.listener.take() {
            let _ = listener.join();
        }
        let said = lock(&self.said);
        without_passwords(&said.iter().cloned().collect::<Vec<_>>().join("\n"))
    }
}

/// A text of the project, in which a URL may stand: what comes before its host is not passed on.
fn without_passwords(text: &str) -> String {
    let mut clean = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        clean.push_str(before);
        let ends = |character: char| character.is_whitespace() || ['/', '\'', '"', '`'].contains(&character);
        // A password may have a slash in it, so the last `@` of the word counts.
        let word = after.find(|c: char| c.is_whitespace() || ['\'', '"', '`'].contains(&c)).unwrap_or(after.len());
        rest = match after[..word].rfind('@').filter(|at| after[..*at].contains(':') || !after[..*at].contains(ends)) {
            Some(at) => {
                clean.push_str("***");
                &after[at..]
            }
            None => after,
        };
    }
    clean + rest
}

impl Drop for Python {
    fn drop(&mut self) {
        // It has nothing that it must still do.
        end(&self.child);
        let _ = lock(&self.child).wait();
    }
}

fn end(child: &Mutex<Child>) {
    // It may have ended by itself.
    let _ = lock(child).kill();
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::without_passwords;

    #[test]
    fn passwords_are_not_passed_on() {
        for (text, expected) in [
            ("no URL", "no URL"),
            ("could not parse 'postgresql://shop:geheim@db/shop'", "could not parse 'postgresql://***@db/shop'"),
            ("a://u:p/@ss@h/x and b://v:w@i, sqlite:///app.db", "a://***@h/x and b://***@i, sqlite:///app.db"),
            ("postgresql://db/shop", "postgresql://db/shop"),
            ("https://sqlalche.me/e/20/e3q8 for me@home", "https://sqlalche.me/e/20/e3q8 for me@home"),
        ] {
            assert_eq!(without_passwords(text), expected);
        }
    }
}
