//! Tokens as SQLite compares them: case and quotes of names folded.
//!
//! <https://www.sqlite.org/lang_keywords.html>

use std::collections::HashSet;

use crate::sql::SqlToken;

/// Names of tables, views and columns, as [`name`] gives them.
pub(super) type Names = HashSet<String>;

/// Tokens as texts that are equal where SQLite sees no difference.
///
/// What stands in double quotes and is no name that SQLite knows is a string
/// (<https://www.sqlite.org/quirks.html#dblquote>) and left alone, as it always is behind DEFAULT, where no name
/// can stand. Without `names`, everything in quotes is a name.
pub(super) fn folded(tokens: &[SqlToken<'_>], names: Option<&Names>) -> Vec<String> {
    let mut folded = Vec::with_capacity(tokens.len());
    let mut previous = "";
    for token in tokens {
        let is_string =
            previous.eq_ignore_ascii_case("default") || names.is_some_and(|names| !names.contains(&name(token.text)));
        folded.push(match token.text.as_bytes().first() {
            _ if token.is_word => token.text.to_ascii_lowercase(),
            Some(b'"') if is_string => token.text.to_owned(),
            Some(b'"' | b'`' | b'[') => fold_name(&unquoted(token.text)),
            Some(b'0'..=b'9') => token.text.to_ascii_lowercase(),
            _ => token.text.to_owned(),
        });
        previous = token.text;
    }
    folded
}

/// A name as a folded token: bare where it can be, so that `users`, `"Users"` and `[USERS]` are one.
fn fold_name(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    if is_bare(name) { lower } else { format!("\"{}\"", lower.replace('"', "\"\"")) }
}

/// Is it a name without quotes?
pub(super) fn is_bare(name: &str) -> bool {
    let plain = name.bytes().enumerate().all(|(at, byte)| {
        byte == b'_'
            || byte.is_ascii_alphabetic()
            || byte >= 0x80
            || (at > 0 && (byte.is_ascii_digit() || byte == b'$'))
    });
    plain && !name.is_empty() && KEYWORDS.binary_search(&name.to_ascii_lowercase().as_str()).is_err()
}

/// A name without its quotes; SQLite takes string quotes for names as well.
pub(super) fn unquoted(text: &str) -> String {
    let inner = |text: &str| text.get(1..text.len() - 1).unwrap_or_default().to_owned();
    match text.as_bytes().first() {
        Some(b'[') => inner(text),
        Some(&quote @ (b'"' | b'`' | b'\'')) => {
            let quote = char::from(quote).to_string();
            inner(text).replace(&quote.repeat(2), &quote)
        }
        _ => text.to_owned(),
    }
}

/// A name as it pairs objects: SQLite compares names without the case of ASCII letters.
pub(super) fn name(text: &str) -> String {
    unquoted(text).to_ascii_lowercase()
}

/// Does a folded text mention a name (lower case, without quotes)?
pub(super) fn mentions(folded: &str, name: &str) -> bool {
    let text = format!(" {folded} ");
    text.contains(&format!(" {} ", fold_name(name))) || text.contains(&format!(" {} ", name))
}

/// The keywords that a name could be mistaken for without its quotes, sorted, with TRUE and FALSE.
const KEYWORDS: [&str; 149] = [
    "abort",
    "action",
    "add",
    "after",
    "all",
    "alter",
    "always",
    "analyze",
    "and",
    "as",
    "asc",
    "attach",
    "autoincrement",
    "before",
    "begin",
    "between",
    "by",
    "cascade",
    "case",
    "cast",
    "check",
    "collate",
    "column",
    "commit",
    "conflict",
    "constraint",
    "create",
    "cross",
    "current",
    "current_date",
    "current_time",
    "current_timestamp",
    "database",
    "default",
    "deferrable",
    "deferred",
    "delete",
    "desc",
    "detach",
    "distinct",
    "do",
    "drop",
    "each",
    "else",
    "end",
    "escape",
    "except",
    "exclude",
    "exclusive",
    "exists",
    "explain",
    "fail",
    "false",
    "filter",
    "first",
    "following",
    "for",
    "foreign",
    "from",
    "full",
    "generated",
    "glob",
    "group",
    "groups",
    "having",
    "if",
    "ignore",
    "immediate",
    "in",
    "index",
    "indexed",
    "initially",
    "inner",
    "insert",
    "instead",
    "intersect",
    "into",
    "is",
    "isnull",
    "join",
    "key",
    "last",
    "left",
    "like",
    "limit",
    "match",
    "materialized",
    "natural",
    "no",
    "not",
    "nothing",
    "notnull",
    "null",
    "nulls",
    "of",
    "offset",
    "on",
    "or",
    "order",
    "others",
    "outer",
    "over",
    "partition",
    "plan",
    "pragma",
    "preceding",
    "primary",
    "query",
    "raise",
    "range",
    "recursive",
    "references",
    "regexp",
    "reindex",
    "release",
    "rename",
    "replace",
    "restrict",
    "returning",
    "right",
    "rollback",
    "row",
    "rows",
    "savepoint",
    "select",
    "set",
    "table",
    "temp",
    "temporary",
    "then",
    "ties",
    "to",
    "transaction",
    "trigger",
    "true",
    "unbounded",
    "union",
    "unique",
    "update",
    "using",
    "vacuum",
    "values",
    "view",
    "virtual",
    "when",
    "where",
    "window",
    "with",
    "without",
];

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::sql::{Dialect, tokens};

    fn text(sql: &str) -> String {
        folded(&tokens(sql, Dialect::Sqlite).unwrap(), None).join(" ")
    }

    #[test]
    fn keywords_are_sorted() {
        assert!(KEYWORDS.is_sorted());
    }

    #[test]
    fn case_and_quotes_of_names_are_folded() {
        assert_eq!(text("Check (\"Price\" > [B] + `c`)"), text("CHECK(price>b+C)"));
        assert_ne!(text("CHECK (\"null\" IS x)"), text("CHECK (null IS x)"));
        assert_ne!(text("DEFAULT 'A'"), text("DEFAULT 'a'"));
        assert_ne!(text("DEFAULT \"A\""), text("DEFAULT \"a\""));
        assert_eq!(text("X'0A'"), "x '0A'");
    }

    #[test]
    fn what_is_no_name_in_double_quotes_is_a_string() {
        let names = Names::from(["state".to_owned()]);
        let tokens = tokens("CHECK (\"State\" <> \"Gone\")", Dialect::Sqlite).unwrap();
        assert_eq!(folded(&tokens, Some(&names)).join(" "), "check ( state < > \"Gone\" )");
    }

    #[test]
    fn names_lose_their_quotes() {
        let names = ["\"a\"\"b\"", "`a`", "[a b]", "'a'", "Ab"].map(name);
        assert_eq!(names, ["a\"b", "a", "a b", "a", "ab"]);
    }

    #[test]
    fn a_name_is_mentioned_as_a_whole() {
        assert!(mentions(&text("CHECK (\"order\" > 1)"), "order"));
        assert!(mentions(&text("CHECK (\"a b\" > 1)"), "a b"));
        assert!(!mentions(&text("CHECK (orders > 1)"), "order"));
    }
}
