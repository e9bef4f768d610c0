//! One way of a revision: what is written of what Alembic sends.

use super::python::{Failure, Sent, SentPart};
use crate::script::{Direction, PartMode};
use crate::sql::Dialect;
use crate::sql::concurrent::concurrent_index;

/// Where the SQL of one way of a revision comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// From Alembic's offline mode.
    Offline,
    /// What it sent to a scratch database.
    Captured,
    /// There is nothing to do, and the revision says so or does nothing on this database.
    Nothing,
    /// The revision raises an error.
    Irreversible,
    /// It is to be written by hand.
    Hand,
}

impl How {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Captured => "captured",
            Self::Nothing => "nothing",
            Self::Irreversible => "irreversible",
            Self::Hand => "hand",
        }
    }
}

/// One way of a revision on one dialect.
#[derive(Debug, Clone)]
pub(super) struct Way {
    pub how: How,
    /// Why it is irreversible, or is to be written by hand.
    pub reason: Option<String>,
    /// What is to be known of it besides.
    pub notes: Vec<String>,
    /// What runs; of a way that is to be written by hand, what it sent to an empty database.
    pub parts: Vec<WayPart>,
}

/// Statements that run in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct WayPart {
    pub mode: PartMode,
    pub statements: Vec<String>,
}

/// What is asked of a way.
pub(super) struct Question<'a> {
    pub direction: Direction,
    pub dialect: Dialect,
    /// Alembic's own table.
    pub version_table: &'a str,
    pub offline: &'a Sent,
    /// Absent where nothing was run.
    pub captured: Option<&'a Sent>,
    /// Did the offline SQL turn out to do something else?
    pub offline_failed: bool,
}

impl Question<'_> {
    /// Takes the offline SQL where it stands for itself, then what was captured; what is neither is left to people.
    pub fn decide(&self) -> Way {
        let Self { offline, captured, .. } = self;
        if self.direction == Direction::Downgrade
            && let Some(failure) = captured.unwrap_or(offline).error.as_ref().filter(|failure| failure.raised)
        {
            return Way::new(How::Irreversible, Some(told(failure)), Vec::new());
        }
        let misses =
            offline.parts.is_empty() && !offline.trivial && captured.is_some_and(|sent| !sent.parts.is_empty());
        let stands_alone = offline.error.is_none() && !offline.used_connection && !misses && !self.offline_failed;
        match captured {
            _ if stands_alone => self.offline_way(),
            None => {
                let reason = match &offline.error {
                    Some(failure) => format!("it needs a database: {}", told(failure)),
                    None => "it uses the connection, and nothing was run".to_owned(),
                };
                Way::new(How::Hand, Some(reason), self.parts(&offline.parts).0)
            }
            Some(sent) => self.captured_way(sent),
        }
    }

    fn offline_way(&self) -> Way {
        let (parts, mut notes) = self.parts(&self.offline.parts);
        if self.offline.varies {
            notes.push(
                "its SQL is another each time it is asked for (a time, or something random): this is one of them"
                    .to_owned(),
            );
        }
        if let Some(failure) = self.captured.and_then(|sent| sent.error.as_ref()) {
            notes.push(format!("Alembic itself fails on a scratch database: {}", told(failure)));
        }
        if parts.is_empty() && !self.offline.trivial && notes.is_empty() {
            notes.push(format!("its function does nothing on {}", self.dialect.product()));
        }
        let how = if parts.is_empty() { How::Nothing } else { How::Offline };
        Way { notes, ..Way::new(how, None, parts) }
    }

    fn captured_way(&self, sent: &Sent) -> Way {
        let (parts, mut notes) = self.parts(&sent.parts);
        let hand = |reason: String| Way::new(How::Hand, Some(reason), parts.clone());
        if let Some(failure) = &sent.error {
            return hand(format!("Alembic itself fails on a scratch database: {}", told(failure)));
        }
        if let Some(reason) = &sent.reads_data {
            return hand(reason.clone());
        }
        if parts.is_empty() {
            return match sent.trivial || (notes.is_empty() && !sent.reads_catalog && !sent.used_connection) {
                true => Way { notes, ..Way::new(How::Nothing, None, parts) },
                false => hand("it looks at the schema, and found nothing to do in an empty database".to_owned()),
            };
        }
        let rebuilds = parts.iter().any(|part| part.mode == PartMode::ForeignKeysOff);
        if sent.reads_catalog && !rebuilds {
            notes.push(
                "it looks at the schema first; this is what it sends to a database that has only the revisions below"
                    .to_owned(),
            );
        }
        Way { notes, ..Way::new(How::Captured, None, parts) }
    }

    /// The parts as migrator runs them, and what is left out of them.
    fn parts(&self, sent: &[SentPart]) -> (Vec<WayPart>, Vec<String>) {
        let mut parts: Vec<WayPart> = Vec::new();
        let mut notes = Vec::new();
        let off = self.dialect == Dialect::Sqlite
            && sent
                .iter()
                .flat_map(|part| &part.statements)
                .any(|sql| is_rebuild(sql) || foreign_keys_pragma(sql) == Some(false));
        for part in sent {
            for sql in &part.statements {
                if self.dialect == Dialect::Sqlite && foreign_keys_pragma(sql).is_some() {
                    continue;
                }
                if mentions(sql, self.version_table) {
                    notes.push(format!("left out, because it is about Alembic's own table: {}", one_line(sql)));
                    continue;
                }
                let mode = match part.mode.as_str() {
                    "no-transaction" => PartMode::NoTransaction,
                    _ if concurrent_index(sql).is_some() => PartMode::NoTransaction,
                    _ if off => PartMode::ForeignKeysOff,
                    _ => PartMode::Transaction,
                };
                match parts.last_mut().filter(|last| last.mode == mode) {
                    Some(last) => last.statements.push(tidy(sql)),
                    None => parts.push(WayPart { mode, statements: vec![tidy(sql)] }),
                }
            }
        }
        (parts, notes)
    }
}

impl Way {
    fn new(how: How, reason: Option<String>, parts: Vec<WayPart>) -> Self {
        Self { how, reason, notes: Vec::new(), parts }
    }
}

fn told(failure: &Failure) -> String {
    let first = one_line(&failure.message);
    match failure.kind.as_str() {
        kind if first == kind => first,
        kind => format!("{kind}: {first}"),
    }
}

/// A text on one line, cut where it is long.
pub(super) fn one_line(text: &str) -> String {
    const LONGEST: usize = 200;
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line,
    }
}

/// The last step of a table that Alembic's batch mode builds anew.
fn is_rebuild(sql: &str) -> bool {
    let rest = sql.strip_prefix("ALTER TABLE ").map(|rest| rest.trim_start_matches('"'));
    rest.is_some_and(|rest| rest.starts_with("_alembic_tmp_") && rest.contains(" RENAME TO "))
}

/// What `PRAGMA foreign_keys = …` sets: the part says it, because inside a transaction it does nothing.
/// <https://www.sqlite.org/pragma.html#pragma_foreign_keys>
fn foreign_keys_pragma(sql: &str) -> Option<bool> {
    let text: String = sql.split_whitespace().collect::<String>().to_ascii_lowercase();
    let value = text.strip_prefix("pragmaforeign_keys")?.trim_start_matches(['=', '(']).trim_end_matches(')');
    Some(!matches!(value, "off" | "0" | "false" | "no"))
}

/// Is `name` a word of this statement?
fn mentions(sql: &str, name: &str) -> bool {
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    sql.match_indices(name).any(|(at, _)| !sql[..at].ends_with(is_word) && !sql[at + name.len()..].starts_with(is_word))
}

/// SQLAlchemy's line ends have blanks, and its columns tabs in front. What may be inside of a text is left as it is.
fn tidy(sql: &str) -> String {
    let closes = |line: &str| ['\'', '"'].into_iter().all(|quote| line.matches(quote).count() % 2 == 0);
    if sql.contains(['$', '`']) || !sql.lines().all(closes) {
        return sql.to_owned();
    }
    let lines = sql.lines().map(|line| {
        let text = line.trim_start_matches('\t');
        "  ".repeat(line.len() - text.len()) + text.trim_end()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_only_as_a_word() {
        for (sql, found) in [
            ("ALTER TABLE alembic_version ADD x int", true),
            ("UPDATE meta.\"alembic_version\" SET version_num = 'a'", true),
            ("ALTER TABLE alembic_versions ADD x int", false),
            ("CREATE TABLE my_alembic_version (i int)", false),
        ] {
            assert_eq!(mentions(sql, "alembic_version"), found, "{sql}");
        }
    }

    #[test]
    fn the_pragma_of_foreign_keys_is_read_however_it_is_written() {
        for (sql, expected) in [
            ("PRAGMA foreign_keys=OFF", Some(false)),
            ("pragma foreign_keys = 0", Some(false)),
            ("PRAGMA foreign_keys(on)", Some(true)),
            ("PRAGMA foreign_key_check", None),
            ("SELECT 1", None),
        ] {
            assert_eq!(foreign_keys_pragma(sql), expected, "{sql}");
        }
    }

    #[test]
    fn what_may_be_in_a_text_is_not_tidied() {
        assert_eq!(
            tidy("CREATE TABLE t (\n\tx INTEGER DEFAULT 'a\tb', \n\ty TEXT\n)"),
            "CREATE TABLE t (\n  x INTEGER DEFAULT 'a\tb',\n  y TEXT\n)"
        );
        for sql in ["SELECT 'a \n\tb'", "DO $$ BEGIN \n\tNULL; END $$", "SELECT \"a \n\tb\""] {
            assert_eq!(tidy(sql), sql);
        }
    }

    #[test]
    fn the_end_of_a_batch_is_recognised() {
        assert!(is_rebuild("ALTER TABLE _alembic_tmp_users RENAME TO users"));
        assert!(is_rebuild("ALTER TABLE \"_alembic_tmp_Odd name\" RENAME TO \"Odd name\""));
        assert!(!is_rebuild("ALTER TABLE users RENAME TO people"));
    }
}
