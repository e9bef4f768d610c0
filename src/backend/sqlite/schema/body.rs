//! The body of a CREATE TABLE, taken apart at its commas.
//!
//! Pragmas show neither CHECKs nor collations, conflict clauses, expressions, deferrability or names of
//! constraints, so the text is what is compared: <https://www.sqlite.org/lang_createtable.html>.

use std::collections::BTreeMap;
use std::ops::Range;

use super::fold::{Names, folded, unquoted};
use crate::sql::{Dialect, SqlToken, tokens};

/// A CREATE TABLE statement as `sqlite_schema` has it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Body {
    pub columns: Vec<Column>,
    pub constraints: Vec<Constraint>,
    /// Folded, sorted: `strict`, `without rowid`.
    pub options: Vec<String>,
    /// The bytes of the table's name in the statement.
    pub name: Range<usize>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Column {
    /// As written, without quotes.
    pub name: String,
    /// The whole definition as written.
    pub text: String,
    /// `type` and the clauses by their first keyword, folded.
    pub attributes: BTreeMap<&'static str, String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Constraint {
    pub text: String,
    pub folded: String,
}

/// The words that begin a clause of a column. <https://www.sqlite.org/syntax/column-constraint.html>
const CLAUSES: [&str; 11] =
    ["constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references", "generated", "as"];

/// Takes a statement apart; `None` if it has another shape than SQLite writes.
pub(super) fn parse(sql: &str, names: Option<&Names>) -> Option<Body> {
    let tokens = tokens(sql, Dialect::Sqlite).ok()?;
    let [create, table, name, open, rest @ ..] = &tokens[..] else { return None };
    let is = |token: &SqlToken<'_>, word: &str| token.text.eq_ignore_ascii_case(word);
    if !is(create, "create") || !is(table, "table") || open.text != "(" {
        return None;
    }
    let (mut columns, mut constraints) = (Vec::new(), Vec::new());
    let mut add = |entry: &[SqlToken<'_>]| -> Option<()> {
        let (first, last) = (entry.first()?, entry.last()?);
        let text = sql[first.span.start..last.span.end].to_owned();
        let begins_constraint = ["constraint", "primary", "unique", "check", "foreign"];
        if first.is_word && begins_constraint.iter().any(|word| is(first, word)) {
            constraints.push(Constraint { text, folded: folded(entry, names).join(" ") });
        } else {
            columns.push(Column {
                name: unquoted(first.text),
                text,
                attributes: attributes(&folded(entry, names)[1..]),
            });
        }
        Some(())
    };
    let (mut depth, mut start) = (0, 0);
    for (at, token) in rest.iter().enumerate() {
        match token.text {
            "(" => depth += 1,
            ")" if depth > 0 => depth -= 1,
            "," if depth == 0 => {
                add(&rest[start..at])?;
                start = at + 1;
            }
            ")" => {
                add(&rest[start..at])?;
                let options = folded(&rest[at + 1..], names).join(" ");
                let mut options: Vec<String> =
                    options.split(" , ").filter(|option| !option.is_empty()).map(str::to_owned).collect();
                options.sort();
                return Some(Body { columns, constraints, options, name: name.span.clone() });
            }
            _ => {}
        }
    }
    None
}

/// The type and the clauses of a column, from its folded tokens without the name.
fn attributes(tokens: &[String]) -> BTreeMap<&'static str, String> {
    let mut attributes = BTreeMap::new();
    let mut at = skip_to_clause(tokens, 0);
    if at > 0 {
        attributes.insert("type", tokens[..at].join(" "));
    }
    while at < tokens.len() {
        let start = at;
        if tokens[at] == "constraint" {
            at += 2;
        }
        let Some(keyword) = tokens.get(at).and_then(|word| CLAUSES.into_iter().find(|clause| clause == word)) else {
            // A name without a constraint is allowed, and means nothing.
            at = at.max(start + 1);
            continue;
        };
        let own = match keyword {
            // Their argument may look like the beginning of a clause.
            "default" if tokens.get(at + 1).is_some_and(|next| next == "(") => 1,
            "default" | "collate" | "not" => 2,
            "generated" => 3,
            _ => 1,
        };
        at = skip_to_clause(tokens, at + own);
        let key = match keyword {
            "as" => "generated",
            "not" => "not null",
            "primary" => "primary key",
            other => other,
        };
        let mut text = tokens[start..at].join(" ");
        if key == "generated" {
            text = text.replacen("generated always as", "as", 1).trim_end_matches(" virtual").to_owned();
        }
        // NULL says what is so anyway.
        if keyword != "null" {
            let several: &mut String = attributes.entry(key).or_default();
            *several = if several.is_empty() { text } else { format!("{several} {text}") };
        }
    }
    attributes
}

/// From `at` on, the first token that begins a clause.
fn skip_to_clause(tokens: &[String], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        let before = at.checked_sub(1).map_or("", |before| &tokens[before]);
        match tokens[at].as_str() {
            "(" => depth += 1,
            ")" => depth -= 1,
            // ON DELETE SET NULL, NOT DEFERRABLE
            "null" | "default" if before == "set" => {}
            "not" if tokens.get(at + 1).is_some_and(|next| next == "deferrable") => {}
            word if depth == 0 && CLAUSES.contains(&word) => return at,
            _ => {}
        }
        at += 1;
    }
    at.min(tokens.len())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn column(definition: &str) -> Vec<(&'static str, String)> {
        let body = parse(&format!("CREATE TABLE t ({definition})"), None).unwrap();
        body.columns.into_iter().next().unwrap().attributes.into_iter().collect()
    }

    fn pairs(pairs: &[(&'static str, &str)]) -> Vec<(&'static str, String)> {
        pairs.iter().map(|(key, value)| (*key, (*value).to_owned())).collect()
    }

    #[test]
    fn a_table_is_columns_constraints_and_options() {
        let body = parse(
            "CREATE TABLE \"t\" (a INT -- the first\n, CHECK (a > 0), b \"x y\", c, CONSTRAINT u UNIQUE (a, b)) strict, WITHOUT  rowid",
            None,
        );
        let body = body.unwrap();
        let names: Vec<&str> = body.columns.iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c"]);
        assert_eq!(body.columns[0].text, "a INT");
        let constraints: Vec<&str> = body.constraints.iter().map(|constraint| constraint.folded.as_str()).collect();
        assert_eq!(constraints, ["check ( a > 0 )", "constraint u unique ( a , b )"]);
        assert_eq!(body.options, ["strict", "without rowid"]);
        assert_eq!(body.name, 13..16);
    }

    #[test]
    fn the_order_of_clauses_does_not_matter() {
        assert_eq!(
            column("a TEXT NOT NULL DEFAULT 'x' COLLATE nocase"),
            column("a text COLLATE NOCASE DEFAULT 'x' not null")
        );
        assert_eq!(
            column("a varchar(10) NOT NULL ON CONFLICT IGNORE DEFAULT NULL CHECK (a IS NOT NULL)"),
            pairs(&[
                ("check", "check ( a is not null )"),
                ("default", "default null"),
                ("not null", "not null on conflict ignore"),
                ("type", "varchar ( 10 )"),
            ])
        );
    }

    #[test]
    fn arguments_that_look_like_clauses_are_none() {
        assert_eq!(
            column(
                "a REFERENCES p ON DELETE SET NULL ON UPDATE SET DEFAULT NOT DEFERRABLE INITIALLY DEFERRED NOT NULL"
            ),
            pairs(&[
                ("not null", "not null"),
                (
                    "references",
                    "references p on delete set null on update set default not deferrable initially deferred",
                ),
            ])
        );
        assert_eq!(column("a DEFAULT -1.5 UNIQUE"), pairs(&[("default", "default - 1.5"), ("unique", "unique")]));
        assert_eq!(column("a DEFAULT (1 + (2)) NULL"), pairs(&[("default", "default ( 1 + ( 2 ) )")]));
    }

    #[test]
    fn both_ways_to_write_a_generated_column_are_one() {
        let short = pairs(&[("generated", "as ( b + 1 )"), ("type", "int")]);
        assert_eq!(column("a INT GENERATED ALWAYS AS (b + 1) VIRTUAL"), short);
        assert_eq!(column("a INT AS (b + 1)"), short);
        assert_eq!(column("a AS (b) STORED"), pairs(&[("generated", "as ( b ) stored")]));
    }

    #[test]
    fn names_of_constraints_count() {
        assert_eq!(column("a CONSTRAINT n NOT NULL"), pairs(&[("not null", "constraint n not null")]));
        assert_eq!(
            column("a CHECK (a > 0) CONSTRAINT c CHECK (a < 9)"),
            pairs(&[("check", "check ( a > 0 ) constraint c check ( a < 9 )")])
        );
    }

    #[test]
    fn what_is_no_table_is_none() {
        for sql in ["CREATE VIEW v AS SELECT 1", "CREATE TABLE t (a", "", "CREATE TABLE t"] {
            assert_eq!(parse(sql, None), None, "{sql}");
        }
    }
}
