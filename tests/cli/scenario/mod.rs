//! Runs scenarios: text files of commands and the output they must have.
//!
//! ```text
//! # A comment stands at the top or below an empty line.
//! # database: both
//!
//! %%% file migrations/versions/a1.sql
//! -- migrator:revision a1
//! %%%
//!
//! $ migrator upgrade head
//! upgraded to a1 in [TIME]
//!
//! $ migrator show nothing \
//! > --quiet
//! error: [..] `nothing`
//! ...
//! ? 1
//! ```
//!
//! - `$ command` runs with `sh -ec` in the scenario's own temporary folder, which is also `$HOME`;
//!   `migrator` is on the PATH. Lines that start with `> ` right below continue the command.
//! - The lines below are what it must print, standard output and standard error interleaved.
//!   Empty lines at the end do not count.
//! - `? N` right below the output is the exit code; without it, 0.
//! - `%%% file NAME` up to `%%%` writes a file.
//! - `# database: postgresql` runs the scenario once per PostgreSQL server, `both` on SQLite as
//!   well; `$DATABASE_URL` then names an empty database. Without this line it is not set.
//!
//! In the expected output `...` alone on a line stands for any lines, `[..]` for anything within
//! a line. What differs from run to run is compared as a placeholder, in whichever of the two forms
//! it is expected:
//!
//! - `[TIME]`: `12 ms`, `1.3s`, `"duration_ms": 7` (but not `60s`: that is a setting);
//! - `[DATE]`: `2026-11-20`, `2026-11-20T10:33:00Z`;
//! - `[DIR]`, `[DATABASE_URL]`, `[DATABASE]`: the folder, the URL, the PostgreSQL database's name;
//! - `[ID1]`, `[ID2]`, … or 12 hex digits: a revision id. A name stands for the same id throughout
//!   the scenario, also in later commands and files. An id that first occurs in a command or file
//!   stands for itself.
//!
//! Playing a scenario gives its text as it should be: what matched is kept to the letter, what did
//! not is replaced by the real output. So a failure is a difference between two texts, and
//! `UPDATE_SCENARIOS=1` writes the second one.

mod compare;
mod diff;
mod ids;
mod parse;
mod placeholders;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;

pub use diff::diff;
use ids::Ids;
pub use parse::database;
use parse::{Item, Step};

use crate::support;

/// One run of a scenario: its folder, and what is known of it so far.
pub struct Session {
    folder: TempDir,
    database_url: Option<String>,
    places: Vec<(String, String)>,
    programs: Option<PathBuf>,
    ids: Ids,
}

impl Session {
    /// A session in a new folder, with this `$DATABASE_URL`.
    pub fn new(database_url: Option<&str>) -> Session {
        let folder = tempfile::tempdir().unwrap();
        let mut places = Vec::new();
        if let Some(url) = database_url {
            places.push((url.into(), "[DATABASE_URL]".into()));
            let name = url.rsplit('/').next().unwrap_or_default();
            if url.starts_with("postgres") {
                places.push((name.into(), "[DATABASE]".into()));
            }
        }
        for folder in [folder.path().canonicalize().unwrap(), folder.path().into()] {
            places.push((folder.display().to_string(), "[DIR]".into()));
        }
        Session { folder, database_url: database_url.map(Into::into), places, programs: None, ids: Ids::default() }
    }

    /// The session with the programs of this folder on its PATH.
    pub fn with_programs(self, folder: PathBuf) -> Session {
        Session { programs: Some(folder), ..self }
    }

    /// The session's own folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Plays a scenario, or the next piece of one, and gives its text as it should be. Fails when
    /// the text is no scenario.
    pub fn play(&mut self, text: &str) -> Result<String, String> {
        let mut items = parse::parse(text)?;
        for item in &mut items {
            match item {
                Item::Verbatim(_) => {}
                Item::File { name, lines } => self.write(name, lines),
                Item::Step(step) => self.step(step),
            }
        }
        Ok(parse::render(&items))
    }

    fn write(&mut self, name: &str, lines: &[String]) {
        let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
        let text = self.ids.substitute(&text);
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn step(&mut self, step: &mut Step) {
        let (output, code) = self.run(&step.command.join("\n"));
        let mut output: Vec<String> =
            placeholders::fill(&output, &self.places).lines().map(|line| line.trim_end().to_owned()).collect();
        while output.last().is_some_and(String::is_empty) {
            output.pop();
        }
        let expected: Vec<String> = step.expected.iter().map(|line| placeholders::fill(line, &self.places)).collect();
        if !compare::matches(&expected, &output, &mut self.ids) {
            step.expected = output.iter().map(|line| self.ids.name_in(line)).collect();
        }
        if code != step.code.unwrap_or(0) {
            step.code = Some(code);
        }
    }

    fn run(&mut self, command: &str) -> (String, i32) {
        let script = format!("exec 2>&1\n{}", self.ids.substitute(command));
        let binaries = Path::new(env!("CARGO_BIN_EXE_migrator")).parent().unwrap();
        let path = std::env::var_os("PATH").unwrap_or_default();
        let directories =
            [binaries.to_path_buf()].into_iter().chain(self.programs.clone()).chain(std::env::split_paths(&path));
        let mut command = Command::new("sh");
        support::clean_environment(&mut command)
            .arg("-ec")
            .arg(script)
            .current_dir(self.folder.path())
            .env("PATH", std::env::join_paths(directories).unwrap())
            .env("HOME", self.folder.path())
            .env("LC_ALL", "C.UTF-8")
            .env("TZ", "UTC")
            .stdin(Stdio::null());
        if let Some(url) = &self.database_url {
            command.env("DATABASE_URL", url);
        }
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        (text, exit_code(output.status))
    }
}

/// The exit code as a shell counts it: 128 and the signal's number when a signal ended it.
fn exit_code(status: std::process::ExitStatus) -> i32 {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return 128 + signal;
    }
    status.code().unwrap_or(1)
}

/// Runs a check on every item, a few at a time, and panics with all that failed.
pub fn check_all<T: Sync>(items: &[T], check: impl Fn(&T) -> Result<(), String> + Sync) {
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let workers = std::thread::available_parallelism().map_or(2, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((number, item)) = {
                    let number = next.fetch_add(1, Ordering::Relaxed);
                    items.get(number).map(|item| (number, item))
                } {
                    if let Err(failure) = check(item) {
                        failures.lock().unwrap().push((number, failure));
                    }
                }
            });
        }
    });
    let mut failures = failures.into_inner().unwrap();
    failures.sort();
    let texts: Vec<_> = failures.into_iter().map(|(_, text)| text).collect();
    assert!(texts.is_empty(), "{} of {} failed\n\n{}", texts.len(), items.len(), texts.join("\n"));
}
