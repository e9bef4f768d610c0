//! The text of a revision file that is taken over.

use super::python::Revision;
use super::way::{How, Way, WayPart, one_line};
use crate::script::template::comment_lines;
use crate::script::{Direction, PartMode};
use crate::sql::Dialect;

/// Both ways of a revision on one dialect.
#[derive(Debug, Clone)]
pub(super) struct DialectWays {
    pub dialect: Dialect,
    pub upgrade: Way,
    pub downgrade: Way,
}

/// What stands in a way that is to be written by hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ByHand {
    /// A statement that fails and says so.
    Refuses,
    /// What it sent to an empty database: so the revisions above can be tried.
    Runs,
}

impl DialectWays {
    pub fn way(&self, direction: Direction) -> &Way {
        match direction {
            Direction::Upgrade => &self.upgrade,
            Direction::Downgrade => &self.downgrade,
        }
    }
}

/// The whole file. Where the dialects send the same, there is one section for all of them.
pub(super) fn render(revision: &Revision, dialects: &[DialectWays], by_hand: ByHand) -> String {
    let mut text = format!("{}\n--\n-- migrator:revision {}\n", comment_lines(&revision.documentation), revision.id);
    let lists = [
        ("revises", &revision.revises),
        ("depends-on", &revision.depends_on),
        ("branch-labels", &revision.branch_labels),
    ];
    for (name, values) in lists.into_iter().filter(|(_, values)| !values.is_empty()) {
        text.push_str(&format!("-- migrator:{name} {}\n", values.join(", ")));
    }
    if let Some(created) = &revision.created {
        text.push_str(&format!("-- migrator:created {created}\n"));
    }
    for direction in [Direction::Upgrade, Direction::Downgrade] {
        let sections = |ways: &DialectWays, named: bool| section(revision, direction, ways, named, by_hand);
        let common: Vec<String> = dialects.iter().map(|ways| sections(ways, false)).collect();
        match common.split_first() {
            Some((first, rest)) if rest.iter().all(|other| other == first) => text.push_str(first),
            _ => text.extend(dialects.iter().map(|ways| sections(ways, true))),
        }
    }
    text
}

fn section(revision: &Revision, direction: Direction, ways: &DialectWays, named: bool, by_hand: ByHand) -> String {
    let way = ways.way(direction);
    let dialect = if named { format!(" {}", ways.dialect) } else { String::new() };
    let reason = way.reason.as_deref().unwrap_or_default();
    if way.how == How::Irreversible {
        return format!("\n-- migrator:irreversible{dialect}\n{}\n", comment_lines(&format!("Alembic: {reason}")));
    }
    let marker = |mode: PartMode| {
        let attribute = match mode {
            PartMode::Transaction => "",
            PartMode::NoTransaction => " no-transaction",
            PartMode::ForeignKeysOff => " foreign-keys=off",
        };
        format!("\n-- migrator:{}{dialect}{attribute}\n", direction.as_str())
    };
    let notes: String = way.notes.iter().map(|note| comment_lines(note) + "\n").collect();
    if way.how == How::Hand && by_hand == ByHand::Refuses {
        return marker(PartMode::Transaction) + &refusal(revision, direction, ways.dialect, reason, &way.parts);
    }
    if way.parts.is_empty() {
        return marker(PartMode::Transaction) + &notes;
    }
    let mut text = String::new();
    for (index, part) in way.parts.iter().enumerate() {
        text.push_str(&marker(part.mode));
        if index == 0 {
            text.push_str(&notes);
        }
        let statements: Vec<String> = part.statements.iter().map(|sql| terminated(sql)).collect();
        text.push_str(&statements.join("\n"));
    }
    text
}

/// A comment that says what is to be done, and a statement that fails until it is.
fn refusal(revision: &Revision, direction: Direction, dialect: Dialect, reason: &str, seen: &[WayPart]) -> String {
    let name = revision.path.file_name().unwrap_or_default().to_string_lossy();
    let mut comment = format!("TO BE WRITTEN BY HAND, as `{}` in {name} does it:\n{reason}", direction.as_str());
    let seen: Vec<&str> = seen.iter().flat_map(|part| &part.statements).map(String::as_str).collect();
    if !seen.is_empty() {
        comment.push_str("\n\nTo an empty database it sent:\n");
        let indented = seen.iter().flat_map(|sql| sql.lines()).map(|line| format!("  {line}")).collect::<Vec<_>>();
        comment.push_str(&indented.join("\n"));
    }
    let message = format!("the {} of {} is to be written by hand, see its file", direction.as_str(), revision.id);
    let statement = match dialect {
        Dialect::PostgreSql => format!("DO $$ BEGIN RAISE EXCEPTION '{message}'; END $$;"),
        // Nothing outside of triggers raises an error there; a table that is not there does.
        Dialect::Sqlite => format!("SELECT * FROM \"{message}\";"),
    };
    format!("{}\n{statement}\n", comment_lines(&comment))
}

/// The statement with its semicolon, which must not become part of a comment.
fn terminated(sql: &str) -> String {
    let last = sql.lines().next_back().unwrap_or_default();
    if last.contains("--") { format!("{sql}\n;\n") } else { format!("{sql};\n") }
}

/// The message: the first paragraph of the documentation.
pub(super) fn message(revision: &Revision) -> String {
    one_line(revision.documentation.split("\n\n").next().unwrap_or_default())
}
