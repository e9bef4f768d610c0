//! A draft as text.

use std::fmt::Write as _;

use super::{Draft, Proof};
use crate::backend::schema::DraftPart;
use crate::schema::{Action, Catalog, Kind, Object};
use crate::script::{Direction, PartMode};

/// The sections of a revision file, as its template takes them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rendered {
    /// The way up.
    pub upgrade: String,
    /// The way down.
    pub downgrade: String,
}

/// The draft as sections; `proof` is told in a comment, and so is that there is none.
#[must_use]
pub fn render(draft: &Draft, proof: Option<&Proof>) -> Rendered {
    let banner = match proof {
        Some(proof) => proof.lines(),
        None => vec!["NOT PROVEN: it was written with --no-prove and never tried".to_owned()],
    };
    let banner: String = banner.iter().map(|line| comment(line)).collect();
    Rendered {
        upgrade: sections(&draft.upgrade, None, &banner),
        downgrade: sections(&draft.downgrade, Some(&draft.renamed_schema), ""),
    }
}

/// The way there as one script for a shell of the database.
#[must_use]
pub fn script(draft: &Draft) -> String {
    let mut script = String::new();
    for part in &draft.upgrade {
        let (begin, end) = match part.mode {
            PartMode::Transaction => ("BEGIN;\n", "COMMIT;\n"),
            PartMode::ForeignKeysOff => ("PRAGMA foreign_keys = OFF;\nBEGIN;\n", "COMMIT;\n"),
            PartMode::NoTransaction => ("", ""),
        };
        // Writing to a String cannot fail.
        let _ = write!(script, "{begin}{}{end}", statements(part, None));
    }
    script
}

/// Of the way down, `before` is the schema that it leads back to.
fn sections(parts: &[DraftPart], before: Option<&Catalog>, banner: &str) -> String {
    let direction = if before.is_some() { Direction::Downgrade } else { Direction::Upgrade };
    let mut text = String::new();
    for (number, part) in parts.iter().enumerate() {
        let attribute = match part.mode {
            PartMode::Transaction => "",
            PartMode::NoTransaction => " no-transaction",
            PartMode::ForeignKeysOff => " foreign-keys=off",
        };
        if number > 0 {
            text.push('\n');
        }
        if number > 0 || !attribute.is_empty() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "-- migrator:{}{attribute}", direction.as_str());
        }
        if number == 0 {
            text.push_str(banner);
        }
        text.push_str(&statements(part, before));
    }
    text
}

fn statements(part: &DraftPart, before: Option<&Catalog>) -> String {
    let mut text = String::new();
    for (number, action) in part.actions.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        text.push_str(&comment(&action.title));
        for note in &action.notes {
            let added = note.strip_prefix("add column ").zip(before);
            let how = added.map_or_else(String::new, |(path, before)| how_it_comes_back(path, before, action));
            text.push_str(&comment(&format!("  {note}{how}")));
        }
        let is_again = action.title.ends_with(" again");
        if before.is_some() && action.title.starts_with("create table ") && !is_again {
            text.push_str(&comment("  (it comes back empty)"));
        }
        if !action.hazards.is_empty() {
            let names: Vec<&str> = action.hazards.iter().map(|hazard| hazard.as_str()).collect();
            text.push_str(&comment(&format!("  hazard: {}", names.join(", "))));
        }
        for sql in &action.sql {
            text.push_str(sql);
            // A comment at its end would swallow the semicolon.
            let ends_in_comment = sql.lines().last().is_some_and(|line| line.contains("--"));
            text.push_str(if ends_in_comment { "\n;\n" } else { ";\n" });
        }
    }
    text
}

/// What is in a column that was dropped and is added again, and where it is.
fn how_it_comes_back(path: &str, before: &Catalog, action: &Action) -> String {
    let path = path.strip_suffix(" again").unwrap_or(path);
    let (names, name) = path.rsplit_once('.').unwrap_or(("", path));
    let is_meant = |column: &&Object| {
        let whole = column.part_of.as_ref().filter(|_| column.id.kind == Kind::COLUMN);
        column.id.path() == path || (column.name == name && whole.is_some_and(|whole| whole.path() == names))
    };
    let column = before.of_kind(Kind::COLUMN).find(is_meant);
    let has = |attribute: &str| column.is_some_and(|column| column.attribute(attribute).is_some());
    let has_default = column.is_some_and(|column| before.parts_of(&column.id).next().is_some());
    let values = match () {
        () if has("generated") => None,
        () if has("identity") => Some("with new numbers"),
        () if has("default") || has_default => Some("with its default"),
        () => Some("empty"),
    };
    let place = action.sql.iter().any(|sql| sql.contains(" ADD COLUMN ")).then_some("as the last column");
    match values.into_iter().chain(place).collect::<Vec<_>>().join(", ") {
        nothing if nothing.is_empty() => nothing,
        how => format!(" (it comes back {how})"),
    }
}

/// A line of comment; names and constants may hold line ends.
fn comment(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("-- {line}\n")
}
