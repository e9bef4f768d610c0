//! goose: `VERSION_name.sql` with lines `-- +goose …` in it.
//!
//! <https://pressly.github.io/goose/documentation/annotations/>

use std::path::Path;

use super::folder::Directory;
use super::migration::{Migration, Section};
use super::version::{Version, split_number};
use super::{ImportError, Tool, folder};
use crate::script::PartMode;
use crate::sql::Position;

pub(super) fn read(directory: Directory<'_>) -> Result<Vec<Migration>, ImportError> {
    let files = directory.files(false)?;
    let is_go = |name: &str| name.ends_with(".go") && !name.ends_with("_test.go") && split_number(name).is_some();
    folder::refuse_code(&files, Tool::Goose, is_go)?;
    let mut found: Vec<(Version, Migration)> = Vec::new();
    for file in files {
        let Some((digits, name)) = file.name.strip_suffix(".sql").and_then(split_number) else {
            folder::refuse_foreign(&file, Tool::Goose)?;
            continue;
        };
        let Some(version) = Version::dotted(digits) else { continue };
        let text = folder::contents(&file.path, Tool::Goose)?.text;
        let parsed = parse(&file.path, &text)?;
        let section = |start: usize, end: usize| Section {
            path: file.path.clone(),
            text: text[..end].to_owned(),
            start,
            mode: parsed.mode,
        };
        let up_end = parsed.down.map_or(text.len(), |(marker, _)| marker);
        let mut migration = Migration::new(digits, version.key(), name, section(parsed.up, up_end));
        migration.downgrade = parsed.down.map(|(_, start)| vec![section(start, text.len())]);
        migration.comment = parsed.comment;
        found.push((version, migration));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found.into_iter().map(|(_, migration)| migration).collect())
}

/// Where the sections of a file are.
struct Parsed {
    mode: PartMode,
    /// The comments in front of the first section.
    comment: String,
    /// Where the way up begins.
    up: usize,
    /// Where the marker of the way down begins, and what is behind it.
    down: Option<(usize, usize)>,
}

fn parse(path: &Path, text: &str) -> Result<Parsed, ImportError> {
    let error = |line: u32, problem: &str| ImportError::InFile {
        path: path.to_owned(),
        position: Position { line, column: 1 },
        problem: problem.to_owned(),
    };
    let mut parsed = Parsed { mode: PartMode::Transaction, comment: String::new(), up: 0, down: None };
    let (mut has_up, mut statement) = (false, None);
    let mut offset = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let (start, end) = (offset, offset + line.len());
        offset = end;
        match annotation(line).as_deref() {
            Some("UP") if has_up => return Err(error(number, "a second `-- +goose Up`")),
            Some("UP") => (has_up, parsed.up) = (true, end),
            Some("DOWN" | "STATEMENTBEGIN") if !has_up => {
                return Err(error(number, "it stands in front of `-- +goose Up`"));
            }
            Some("DOWN") if statement.is_some() => {
                return Err(error(number, "the `-- +goose StatementBegin` above has no `-- +goose StatementEnd`"));
            }
            Some("DOWN") if parsed.down.is_some() => return Err(error(number, "a second `-- +goose Down`")),
            Some("DOWN") => parsed.down = Some((start, end)),
            Some("STATEMENTBEGIN") if statement.is_some() => {
                return Err(error(number, "a second `-- +goose StatementBegin` before `-- +goose StatementEnd`"));
            }
            Some("STATEMENTBEGIN") => statement = Some(number),
            Some("STATEMENTEND") if statement.take().is_none() => {
                return Err(error(number, "`-- +goose StatementEnd` without `-- +goose StatementBegin`"));
            }
            Some("STATEMENTEND") => {}
            Some("NO TRANSACTION") => parsed.mode = PartMode::NoTransaction,
            Some("ENVSUB ON" | "ENVSUBST ON") => {
                return Err(error(number, "the values of environment variables are not part of a revision"));
            }
            Some("ENVSUB OFF" | "ENVSUBST OFF") => {}
            Some(_) => return Err(error(number, "an annotation of goose that is not known")),
            None if has_up => {}
            None if line.trim().is_empty() || line.trim_start().starts_with("--") => parsed.comment.push_str(line),
            None => return Err(error(number, "SQL in front of `-- +goose Up`")),
        }
    }
    if let Some(number) = statement {
        return Err(error(number, "`-- +goose StatementBegin` without `-- +goose StatementEnd`"));
    }
    if !has_up {
        return Err(error(1, "there is no line `-- +goose Up`"));
    }
    Ok(parsed)
}

/// What a line `-- +goose …` says, in capitals.
fn annotation(line: &str) -> Option<String> {
    let words = line.trim().strip_prefix("--")?.trim_start().strip_prefix("+goose")?;
    let words: Vec<&str> = words.split_whitespace().collect();
    Some(words.join(" ").to_uppercase())
}
