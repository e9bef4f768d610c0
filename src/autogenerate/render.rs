//! A draft as text.

use std::fmt::Write as _;

use super::{Draft, Proof};
use crate::backend::schema::DraftPart;
use crate::schema::Hazard;
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
        upgrade: sections(&draft.upgrade, Direction::Upgrade, &banner),
        downgrade: sections(&draft.downgrade, Direction::Downgrade, ""),
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
        let _ = write!(script, "{begin}{}{end}", statements(part, Direction::Upgrade));
    }
    script
}

fn sections(parts: &[DraftPart], direction: Direction, banner: &str) -> String {
    let mut text = String::new();
    for (number, part) in parts.iter().enumerate() {
        let attribute = match part.mode {
            PartMode::Transaction => "",
            PartMode::NoTransaction => " no-transaction",
            PartMode::ForeignKeysOff => " foreign-keys=off",
        };
        if number > 0 || !attribute.is_empty() {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "-- migrator:{}{attribute}", direction.as_str());
        }
        if number == 0 {
            text.push_str(banner);
        }
        text.push_str(&statements(part, direction));
    }
    text
}

fn statements(part: &DraftPart, direction: Direction) -> String {
    let mut text = String::new();
    for (number, action) in part.actions.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        text.push_str(&comment(&action.title));
        let is_rebuilt = action.hazards.contains(&Hazard::TableRewrite);
        for note in &action.notes {
            let comes_back = direction == Direction::Downgrade && note.starts_with("add column ");
            let how = match (comes_back, is_rebuilt) {
                (false, _) => "",
                (true, true) => " (it comes back empty)",
                (true, false) => " (it comes back empty, as the last column)",
            };
            text.push_str(&comment(&format!("  {note}{how}")));
        }
        if direction == Direction::Downgrade
            && action.title.starts_with("create table ")
            && !action.title.ends_with(" again")
        {
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

/// A line of comment; names and constants may hold line ends.
fn comment(text: &str) -> String {
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    format!("-- {line}\n")
}
