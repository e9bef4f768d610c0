//! The header of a revision file: the leading comment with its `migrator:` lines.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};

use super::{ScriptError, ScriptErrorReason as Reason};
use crate::config::parse_duration;
use crate::revision::Revision;
use crate::sql::Position;

/// What the leading comment of a revision file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The revision's place in the graph, which shares it.
    pub revision: Arc<Revision>,
    /// The first paragraph of the comment, its lines joined by spaces.
    pub message: String,
    /// When the file was made. Never decides any order.
    pub created: Option<DateTime<Utc>>,
    /// How long its statements wait for a lock, in place of what is configured (PostgreSQL); zero: no limit.
    pub lock_timeout: Option<Duration>,
    /// Where the first section begins, in bytes.
    pub(super) body: usize,
}

/// The names of the header's lines.
const KEYS: [&str; 6] = ["revision", "revises", "depends-on", "branch-labels", "created", "lock-timeout"];
/// The names that open a section, and so end the header.
pub(super) const SECTIONS: [&str; 3] = ["upgrade", "downgrade", "irreversible"];

#[derive(Default)]
struct Lines<'t> {
    comment: Vec<&'t str>,
    values: [Option<(&'t str, Position)>; KEYS.len()],
    body: Option<usize>,
}

/// Parses the header of `text`.
pub(super) fn parse(path: &Path, text: &str) -> Result<Header, ScriptError> {
    let start = Position { line: 1, column: 1 };
    let lines = read_lines(path, text)?;
    let Some(body) = lines.body else {
        return Err(ScriptError::new(path, start, Reason::NoUpgrade));
    };
    let list = |key: usize| lines.values[key].map_or_else(Vec::new, |(value, _)| split_list(value));
    let Some((id, _)) = lines.values[0].filter(|(id, _)| !id.is_empty()) else {
        return Err(ScriptError::new(path, start, Reason::NoRevision));
    };
    let created = lines.values[4]
        .map(|(value, position)| {
            DateTime::parse_from_rfc3339(value)
                .map_err(|_| ScriptError::new(path, position, Reason::BadDate { value: value.to_owned() }))
        })
        .transpose()?;
    let lock_timeout = lines.values[5]
        .map(|(value, position)| {
            parse_duration(value)
                .map_err(|_| ScriptError::new(path, position, Reason::BadLockTimeout { value: value.to_owned() }))
        })
        .transpose()?;
    Ok(Header {
        revision: Arc::new(Revision {
            id: id.to_owned(),
            parents: list(1),
            depends_on: list(2),
            branch_labels: list(3),
        }),
        message: first_paragraph(&lines.comment),
        created: created.map(|created| created.with_timezone(&Utc)),
        lock_timeout,
        body,
    })
}

/// The name and value of a `migrator:` line.
fn directive(line: &str) -> Option<(&str, &str)> {
    let directive = line.trim().strip_prefix("--")?.trim_start().strip_prefix("migrator:")?;
    let (key, value) = directive.split_once(char::is_whitespace).unwrap_or((directive, ""));
    Some((key, value.trim()))
}

/// `text`, a revision file as it is on disk, with `parents` in its `revises` line and nothing else changed.
pub(super) fn with_parents(text: &str, parents: &[String]) -> String {
    let key = |line: &str| directive(line.trim_start_matches('\u{feff}')).map(|(key, _)| key.to_owned());
    let is_section = |line: &&str| key(line).is_some_and(|key| SECTIONS.contains(&key.as_str()));
    let header_length: usize = text.split_inclusive('\n').take_while(|line| !is_section(line)).map(str::len).sum();
    let (header, body) = text.split_at(header_length);
    let is = |line: &str, name: &str| key(line).is_some_and(|key| key == name);
    let has_parents = header.lines().any(|line| is(line, "revises"));
    let mut result = String::with_capacity(text.len() + 64);
    for line in header.split_inclusive('\n') {
        let goes = has_parents && is(line, "revises");
        if !goes {
            result.push_str(line);
        }
        if !parents.is_empty() && (goes || !has_parents && is(line, "revision")) {
            let line_end = &line[line.trim_end_matches(['\n', '\r']).len()..];
            result.push_str(&format!("-- migrator:revises {}{line_end}", parents.join(", ")));
        }
    }
    result.push_str(body);
    result
}

fn read_lines<'t>(path: &Path, text: &'t str) -> Result<Lines<'t>, ScriptError> {
    let mut lines = Lines::default();
    let mut offset = 0;
    for (number, line) in (1..).zip(text.split_inclusive('\n')) {
        let trimmed = line.trim();
        let column = 1 + line.chars().take_while(|character| character.is_whitespace()).count();
        let position = Position { line: number, column: u32::try_from(column).unwrap_or(u32::MAX) };
        let Some(comment) = trimmed.strip_prefix("--") else {
            if trimmed.is_empty() {
                offset += line.len();
                continue;
            }
            return Err(ScriptError::new(path, position, Reason::OutsideSection));
        };
        match directive(trimmed) {
            None => lines.comment.push(comment.strip_prefix(' ').unwrap_or(comment)),
            Some((key, value)) => {
                if SECTIONS.contains(&key) {
                    lines.body = Some(offset);
                    return Ok(lines);
                }
                let Some(place) = KEYS.iter().position(|known| *known == key) else {
                    return Err(ScriptError::unknown_directive(path, position, key));
                };
                if lines.values[place].replace((value, position)).is_some() {
                    return Err(ScriptError::new(path, position, Reason::Repeated { key: key.to_owned() }));
                }
            }
        }
        offset += line.len();
    }
    Ok(lines)
}

/// The whole leading comment of a text whose header is good, without its `migrator:` lines.
pub(super) fn documentation(text: &str) -> String {
    let comment = read_lines(Path::new(""), text).map(|lines| lines.comment).unwrap_or_default();
    comment.join("\n").trim().to_owned()
}

/// Every name a `migrator:` line can begin with.
pub(super) fn known_directives() -> impl Iterator<Item = &'static str> {
    KEYS.into_iter().chain(SECTIONS)
}

fn split_list(value: &str) -> Vec<String> {
    value.split([',', ' ', '\t']).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

fn first_paragraph(comment: &[&str]) -> String {
    let mut lines = comment.iter().map(|line| line.trim()).skip_while(|line| line.is_empty());
    let paragraph: Vec<&str> = lines.by_ref().take_while(|line| !line.is_empty()).collect();
    paragraph.join(" ")
}

#[cfg(test)]
mod tests {
    use super::with_parents;

    const FILE: &str = "-- add a table\r\n--\r\n-- migrator:revision b\r\n-- migrator:revises a\r\n\r\n\
                        -- migrator:upgrade\r\n-- migrator:revises x\r\n";

    #[test]
    fn other_parents_change_only_their_line() {
        let parents = ["c".to_owned(), "d".to_owned()];
        assert_eq!(with_parents(FILE, &parents), FILE.replace("revises a\r", "revises c, d\r"));
    }

    #[test]
    fn a_base_gets_a_line_and_loses_it_again() {
        let base = FILE.replace("-- migrator:revises a\r\n", "");
        assert_eq!(with_parents(FILE, &[]), base);
        assert_eq!(with_parents(&base, &["a".to_owned()]), FILE);
    }
}
