//! Showing an error: for people with its place and the next step, or as JSON.

use std::path::{Path, PathBuf};

use anyhow::Result;
use serde_json::{Map, Value, json};

use super::context::shown;
use super::exit_code::{FAILED, USAGE};
use super::output::{Output, Paint, clean};
use super::progress::blocker_lines;
use super::snippet::snippet;
use crate::autogenerate::{self, DeclaredFailure};
use crate::backend::{BackendError, Blocker};
use crate::export::ExportError;
use crate::import::alembic;
use crate::import::sql_tools::ImportError;
use crate::migrate::{Error, RevisionFailure};
use crate::script::ScriptError;
use crate::sql::Position;

/// Arguments that parse but make no sense together.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct UsageError {
    /// The fact.
    pub message: String,
    /// The stable name.
    pub kind: &'static str,
    /// The next step.
    pub hint: Option<String>,
}

impl UsageError {
    /// Options that do not go together.
    pub fn combination(message: impl Into<String>) -> anyhow::Error {
        Self { message: message.into(), kind: "bad_option_combination", hint: None }.into()
    }
}

/// The exit code for `error`.
pub fn exit_code(error: &anyhow::Error, output: &Output<'_>) -> u8 {
    if is_interruption(error) {
        return output.interrupted_code();
    }
    if let Some(error) = error.downcast_ref::<Error>() {
        return error.exit_code();
    }
    if let Some(error) = error.downcast_ref::<autogenerate::Error>() {
        return error.exit_code();
    }
    if let Some(error) = error.downcast_ref::<alembic::Error>() {
        return error.exit_code();
    }
    let is_configuration = transfer(error).is_some_and(|transfer| transfer.kind == "config");
    if error.is::<UsageError>() || is_configuration { USAGE } else { FAILED }
}

/// Was it an interrupt that ended the command?
fn is_interruption(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Error>().is_some_and(|error| error.kind() == "interrupted")
}

/// Writes `error` to stderr, or as a document to stdout.
pub fn report(error: &anyhow::Error, output: &mut Output<'_>) -> Result<()> {
    if output.json {
        output.document(&document(error))?;
    } else {
        for line in rendered(error, output) {
            output.problem(&line)?;
        }
    }
    output.flush()
}

/// The document for arguments that do not parse.
pub fn usage_document(error: &clap::Error) -> Value {
    let text = error.render().to_string();
    let lines: Vec<&str> = text.lines().take_while(|line| !line.is_empty()).map(str::trim).collect();
    let message = lines.join(" ");
    let message = message.strip_prefix("error: ").unwrap_or(&message);
    json!({"error": {"kind": "usage", "message": message, "hint": "run with --help to see what is possible", "causes": []}})
}

fn rendered(error: &anyhow::Error, output: &Output<'_>) -> Vec<String> {
    let heading = |message: &str| format!("{} {}", output.paint_story(Paint::Error, "error:"), clean(message));
    let mut lines = Vec::new();
    let mut hint = None;
    match error.downcast_ref::<Error>() {
        Some(Error::Revision(failure)) => {
            let what = if failure.is_interrupted() { "was interrupted" } else { "failed" };
            lines.push(heading(&format!("revision `{}` {what}", failure.revision)));
            lines.extend(failure_lines(failure, output));
            hint = Error::Revision(failure.clone()).hint();
        }
        Some(known) => {
            lines.push(heading(&known.to_string()));
            if let Some((path, position)) = place(known) {
                let line = matches!(known, Error::Script(_)).then(|| read_line(&path, position)).flatten();
                lines.extend(snippet(&path, position, line.as_deref(), 1, "", output));
            }
            for path in other_places(known) {
                lines.push(format!("  {} {}", output.paint_story(Paint::Dim, "-->"), clean(&shown(path))));
            }
            hint = known.hint();
        }
        None if transfer(error).is_some() => {
            lines.push(heading(&error.to_string()));
            let Some(Transfer { place, hint: next, .. }) = transfer(error) else { return lines };
            if let Some((path, position)) = place {
                lines.extend(snippet(path, position, read_line(path, position).as_deref(), 1, "", output));
            }
            hint = next;
        }
        None if error.is::<autogenerate::Error>() => {
            if let Some(error) = error.downcast_ref::<autogenerate::Error>() {
                lines.push(heading(&error.to_string()));
                lines.extend(draft_lines(error, output));
                hint = error.hint();
            }
        }
        None if error.is::<alembic::Error>() => {
            if let Some(error) = error.downcast_ref::<alembic::Error>() {
                lines.push(heading(&error.to_string()));
                lines.extend(said(error).map(|line| format!("  {}", clean(line))));
                hint = error.hint();
            }
        }
        None => {
            lines.push(heading(&error.to_string()));
            lines.extend(error.chain().skip(1).map(|cause| format!("caused by: {}", clean(&cause.to_string()))));
            if let Some(usage) = error.downcast_ref::<UsageError>() {
                hint = usage.hint.clone();
            }
        }
    }
    for hint in hint.iter().flat_map(|hint| hint.lines()) {
        lines.push(format!("{} {}", output.paint_story(Paint::Good, "hint:"), clean(hint)));
    }
    lines.iter().map(|line| with_short_paths(line)).collect()
}

fn failure_lines(failure: &RevisionFailure, output: &Output<'_>) -> Vec<String> {
    let label = failure.cause.to_string();
    let mut lines = match failure.position {
        Some(position) => {
            snippet(&failure.path, position, failure.source_line.as_deref(), failure.width, &label, output)
        }
        None => {
            let place = format!("  {} {}", output.paint_story(Paint::Dim, "-->"), clean(&shown(&failure.path)));
            let what = (!failure.is_interrupted()).then(|| format!("after its last statement: {}", clean(&label)));
            std::iter::once(place).chain(what).collect()
        }
    };
    if let BackendError::Database(database) = &failure.cause {
        for (name, text) in [("detail", &database.detail), ("context", &database.context)] {
            lines.extend(text.as_ref().map(|text| format!("{name}: {}", clean(text))));
        }
    }
    lines.extend(blocker_lines(&failure.blockers));
    if !failure.before.is_empty() {
        let kept = if failure.before_kept { "applied before it" } else { "run before it, perhaps not kept" };
        let kept = if failure.direction == crate::script::Direction::Downgrade && failure.before_kept {
            "reverted before it"
        } else {
            kept
        };
        lines.push(format!("{kept}: {}", failure.before.join(", ")));
    }
    if !failure.lost.is_empty() {
        lines.push(format!("rolled back with it: {}", failure.lost.join(", ")));
    }
    lines
}

/// Where a declared schema is wrong, and what of a draft is not proven.
fn draft_lines(error: &autogenerate::Error, output: &Output<'_>) -> Vec<String> {
    match error {
        autogenerate::Error::Declared(failure) => {
            let DeclaredFailure { path, position, source_line, .. } = &**failure;
            snippet(path, *position, source_line.as_deref(), 1, "", output)
        }
        _ => details(error)
            .iter()
            .map(|detail| clean(detail).replace('\n', "\n  "))
            .map(|detail| format!("  {detail}"))
            .collect(),
    }
}

/// What an error about a draft is about: statements, objects that differ.
fn details(error: &autogenerate::Error) -> Vec<String> {
    match error {
        autogenerate::Error::NotProven { details, .. } => details.clone(),
        autogenerate::Error::Scratch { statement, .. } => vec![statement.clone()],
        _ => Vec::new(),
    }
}

/// What is told of migrations that cannot be taken over, or not be written for another tool.
struct Transfer<'e> {
    kind: &'static str,
    hint: Option<String>,
    place: Option<(&'e Path, Position)>,
}

fn transfer(error: &anyhow::Error) -> Option<Transfer<'_>> {
    if let Some(error) = error.downcast_ref::<ImportError>() {
        return Some(Transfer { kind: error.kind(), hint: error.hint(), place: error.place() });
    }
    let error = error.downcast_ref::<ExportError>()?;
    Some(Transfer { kind: error.kind(), hint: error.hint(), place: error.place() })
}

/// What a project that is to be taken over printed before it failed.
fn said(error: &alembic::Error) -> impl Iterator<Item = &str> {
    let text = match error {
        alembic::Error::Project { said, .. } | alembic::Error::Ended { said, .. } => said.as_str(),
        _ => "",
    };
    text.lines()
}

/// The one place an error is about.
fn place(error: &Error) -> Option<(PathBuf, Position)> {
    match error {
        Error::Config(error) => {
            let place = error.place()?;
            Some((place.file.clone(), Position { line: place.line, column: place.column }))
        }
        Error::Script(ScriptError::Template(error)) => {
            let (path, line, column) = error.place()?;
            Some((path, Position { line, column }))
        }
        Error::Script(error @ ScriptError::InFile { .. }) => {
            error.place().map(|(path, position)| (path.to_owned(), position))
        }
        _ => None,
    }
}

/// `text` with the paths below the working directory as people want to see them.
fn with_short_paths(text: &str) -> String {
    match std::env::current_dir() {
        Ok(here) if here.parent().is_some() => text.replace(&format!("{}/", here.display()), ""),
        _ => text.to_owned(),
    }
}

/// Files an error is about as a whole.
fn other_places(error: &Error) -> Vec<&Path> {
    match error {
        Error::Script(ScriptError::Graph { paths, .. }) => paths.iter().map(AsRef::as_ref).collect(),
        Error::Irreversible { path, .. }
        | Error::NotInOneTransaction { path, .. }
        | Error::ThroughPooler { path, .. } => vec![path],
        Error::ChecksumChanged { files } => files.iter().map(|(_, path)| path.as_path()).collect(),
        _ => Vec::new(),
    }
}

/// The line of a revision file that does not parse.
fn read_line(path: &Path, position: Position) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let line = text.strip_prefix('\u{feff}').unwrap_or(&text).lines().nth(position.line.checked_sub(1)? as usize)?;
    Some(line.to_owned())
}

/// The document of `error`.
pub fn document(error: &anyhow::Error) -> Value {
    let mut fields = Map::new();
    let mut set = |name: &str, value: Value| fields.insert(name.to_owned(), value);
    match error.downcast_ref::<Error>() {
        Some(known) => {
            set("kind", json!(known.kind()));
            set("message", json!(with_short_paths(&known.to_string())));
            let hint = known.hint().map(|hint| with_short_paths(&hint.lines().collect::<Vec<_>>().join("; ")));
            set("hint", json!(hint));
            set("causes", json!(causes(known)));
            if let Some((path, position)) = place(known) {
                set("file", json!(shown(&path)));
                set("line", json!(position.line));
                set("column", json!(position.column));
            }
            if let Error::Revision(failure) = known {
                set("revision", json!(failure.revision));
                set("sqlstate", json!(sqlstate(&failure.cause)));
                set("file", json!(shown(&failure.path)));
                set("line", json!(failure.position.map(|position| position.line)));
                set("column", json!(failure.position.map(|position| position.column)));
                set("statement", json!(failure.statement));
                set("applied_before", json!(failure.before));
                set("rolled_back", json!(failure.lost));
                set("committed", json!(failure.committed));
                set("parts_kept", json!(failure.parts_kept));
                set("statements_kept", json!(failure.statements_kept));
                set("attempts", json!(failure.attempts));
                set("blockers", json!(failure.blockers.iter().map(blocker).collect::<Vec<_>>()));
            }
            if let Error::RunLost { committed, .. } | Error::ChangeLost { committed, .. } = known {
                set("committed", json!(committed));
            }
            if let Error::ChecksumChanged { files } = known {
                let files: Vec<Value> =
                    files.iter().map(|(id, path)| json!({"revision": id, "path": shown(path)})).collect();
                set("files", json!(files));
            }
        }
        None if transfer(error).is_some() => {
            if let Some(Transfer { kind, hint, place }) = transfer(error) {
                set("kind", json!(kind));
                set("message", json!(with_short_paths(&error.to_string())));
                set("hint", json!(hint));
                set("causes", json!([]));
                if let Some((path, position)) = place {
                    set("file", json!(shown(path)));
                    set("line", json!(position.line));
                    set("column", json!(position.column));
                }
            }
        }
        None if error.is::<autogenerate::Error>() => {
            if let Some(error) = error.downcast_ref::<autogenerate::Error>() {
                set("kind", json!(error.kind()));
                set("message", json!(with_short_paths(&error.to_string())));
                set("hint", json!(error.hint().map(|hint| hint.lines().collect::<Vec<_>>().join("; "))));
                set("causes", json!(details(error)));
                if let autogenerate::Error::Declared(failure) = error {
                    set("file", json!(shown(&failure.path)));
                    set("line", json!(failure.position.line));
                    set("column", json!(failure.position.column));
                }
                if let autogenerate::Error::AmbiguousRename { candidates } = error {
                    set("renames", json!(candidates.iter().map(ToString::to_string).collect::<Vec<_>>()));
                }
            }
        }
        None if error.is::<alembic::Error>() => {
            if let Some(error) = error.downcast_ref::<alembic::Error>() {
                set("kind", json!(error.kind()));
                set("message", json!(with_short_paths(&error.to_string())));
                set("hint", json!(error.hint().map(|hint| with_short_paths(&hint))));
                set("causes", json!(said(error).collect::<Vec<_>>()));
                if let alembic::Error::Project { place: Some((path, line)), .. } = error {
                    set("file", json!(shown(path)));
                    set("line", json!(line));
                }
            }
        }
        None => {
            let usage = error.downcast_ref::<UsageError>();
            set("kind", json!(usage.map_or("io", |usage| usage.kind)));
            set("message", json!(error.to_string()));
            set("hint", json!(usage.and_then(|usage| usage.hint.clone())));
            set("causes", json!(error.chain().skip(1).map(ToString::to_string).collect::<Vec<_>>()));
        }
    }
    json!({"error": fields})
}

fn blocker(blocker: &Blocker) -> Value {
    json!({
        "pid": blocker.pid,
        "application": blocker.application,
        "user": blocker.user,
        "state": blocker.state,
        "query": blocker.query,
        "transaction_seconds": blocker.transaction_age.map(|age| age.as_secs()),
    })
}

fn causes(error: &Error) -> Vec<String> {
    match error {
        Error::Revision(failure) => vec![failure.cause.to_string()],
        Error::RunLost { cause, .. } | Error::ChangeLost { cause, .. } => vec![cause.to_string()],
        _ => Vec::new(),
    }
}

fn sqlstate(error: &BackendError) -> Option<&str> {
    match error {
        BackendError::Database(error) => error.sqlstate.as_deref(),
        _ => None,
    }
}
