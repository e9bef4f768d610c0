//! Other names for tables and columns, and how declared statements name what they make.

use super::phase;
use crate::schema::{Action, Identity, Kind};
use crate::sql::{Dialect, tokens};

pub(super) fn rename(old: &Identity, new: &Identity) -> Action {
    let quote = |name: &String| Dialect::PostgreSql.quote_identifier(name);
    let table = |names: &[String]| match names {
        [name] => format!("public.{}", quote(name)),
        names => names.iter().map(quote).collect::<Vec<_>>().join("."),
    };
    let last = |id: &Identity| id.names.last().map(quote).unwrap_or_default();
    let mut sql = Vec::new();
    if old.kind == Kind::COLUMN {
        // The table has its new name by now.
        let whole = &new.names[..new.names.len() - 1];
        sql.push(format!("ALTER TABLE {} RENAME COLUMN {} TO {}", table(whole), last(old), last(new)));
    } else {
        sql.push(format!("ALTER TABLE {} RENAME TO {}", table(&old.names), last(new)));
    }
    Action {
        phase: phase::RENAME,
        title: format!("rename {} {} to {}", old.kind, old.path(), new.path()),
        sql,
        makes: vec![new.clone()],
        removes: vec![old.clone()],
        ..Action::default()
    }
}

/// The table that a statement makes.
pub(super) fn created_by(statement: &str) -> Option<Vec<String>> {
    let tokens = tokens(statement, Dialect::PostgreSql).ok()?;
    let mut words = tokens.iter().map(|token| token.text).peekable();
    let is = |word: &str, wanted: &[&str]| wanted.iter().any(|other| word.eq_ignore_ascii_case(other));
    words.next_if(|word| is(word, &["create"]))?;
    words.next_if(|word| is(word, &["unlogged"]));
    words.next_if(|word| is(word, &["table"]))?;
    if words.next_if(|word| is(word, &["if"])).is_some() {
        words.nth(1);
    }
    let name = |word: &str| match word.strip_prefix('"').and_then(|word| word.strip_suffix('"')) {
        Some(quoted) => quoted.replace("\"\"", "\""),
        None => word.to_lowercase(),
    };
    let first = name(words.next()?);
    match words.next_if(|word| *word == ".").and_then(|_| words.next()) {
        Some(second) if first == "public" => Some(vec![name(second)]),
        Some(second) => Some(vec![first, name(second)]),
        None => Some(vec![first]),
    }
}
