//! dbmate: `VERSION_name.sql` with lines `-- migrate:up` and `-- migrate:down` in it.
//!
//! <https://github.com/amacneil/dbmate#creating-migrations>

use std::path::Path;

use super::folder::Directory;
use super::migration::{Migration, Note, Section};
use super::{ImportError, Tool, folder};
use crate::script::PartMode;
use crate::sql::Position;

pub(super) fn read(directory: Directory<'_>, notes: &mut Vec<Note>) -> Result<Vec<Migration>, ImportError> {
    let mut migrations = Vec::new();
    // The order is that of the names.
    for file in directory.files(false)? {
        let stem = file.name.strip_suffix(".sql").unwrap_or_default();
        let digits = stem.len() - stem.trim_start_matches(|character: char| character.is_ascii_digit()).len();
        let (version, name) = stem.split_at(digits);
        if version.is_empty() {
            folder::refuse_foreign(&file, Tool::Dbmate)?;
            continue;
        }
        let text = folder::contents(&file.path, Tool::Dbmate)?.text;
        let (comment, sections) = parse(&file.path, &text)?;
        let (mut up, mut down) = (Vec::new(), Vec::new());
        for (is_up, section) in sections {
            if is_up { up.push(section) } else { down.push(section) }
        }
        if up.len() > 1 {
            let text = "several sections: dbmate records the version after the first one, and up to 2.36 fails at the \
                        second; look whether the database has the rest";
            notes.push(Note { path: file.path.clone(), text: text.to_owned() });
        }
        let mut rest = up.into_iter();
        let Some(first) = rest.next() else { continue };
        let mut migration = Migration::new(version, version.to_owned(), name, first);
        migration.upgrade.extend(rest);
        migration.downgrade = Some(down);
        migration.comment = comment;
        migrations.push(migration);
    }
    Ok(migrations)
}

/// The comment in front of the first section, and the sections: is it a way up, and which text.
fn parse(path: &Path, text: &str) -> Result<(String, Vec<(bool, Section)>), ImportError> {
    let error = |line: u32, problem: String| ImportError::InFile {
        path: path.to_owned(),
        position: Position { line, column: 1 },
        problem,
    };
    let mut comment = String::new();
    let mut markers: Vec<(bool, usize, usize, PartMode)> = Vec::new();
    let (mut offset, mut last) = (0, 1);
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let (start, end) = (offset, offset + line.len());
        (offset, last) = (end, number);
        let Some((is_up, options)) = marker(line) else {
            if markers.is_empty() && !line.trim().is_empty() && !line.trim_start().starts_with("--") {
                return Err(error(number, "SQL in front of `-- migrate:up`".to_owned()));
            }
            if markers.is_empty() {
                comment.push_str(line);
            }
            continue;
        };
        if is_up != markers.last().is_none_or(|(before, ..)| !before) {
            let problem =
                if is_up { "a `-- migrate:up` without `-- migrate:down`" } else { "a way down without a way up" };
            return Err(error(number, problem.to_owned()));
        }
        let mut mode = PartMode::Transaction;
        for option in options {
            mode = match option {
                "transaction:true" => PartMode::Transaction,
                "transaction:false" => PartMode::NoTransaction,
                _ => return Err(error(number, format!("the option `{option}` is not known"))),
            };
        }
        markers.push((is_up, start, end, mode));
    }
    match markers.last() {
        None => return Err(error(1, "there is no line `-- migrate:up`".to_owned())),
        Some((true, ..)) => return Err(error(last, "there is no line `-- migrate:down` behind the way up".to_owned())),
        Some((false, ..)) => {}
    }
    let ends = markers.iter().skip(1).map(|&(_, start, ..)| start).chain([text.len()]);
    let sections = markers.iter().zip(ends).map(|(&(is_up, _, start, mode), end)| {
        (is_up, Section { path: path.to_owned(), text: text[..end].to_owned(), start, mode })
    });
    Ok((comment, sections.collect()))
}

/// Reads a marker and its options.
fn marker(line: &str) -> Option<(bool, impl Iterator<Item = &str>)> {
    let mut words = line.strip_prefix("--")?.trim_start().strip_prefix("migrate:")?.split_whitespace();
    match words.next()? {
        "up" => Some((true, words)),
        "down" => Some((false, words)),
        _ => None,
    }
}
