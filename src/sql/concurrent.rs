//! Indexes that are built or dropped without blocking writers, which cannot be in a transaction.
//! <https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY>

/// What a `CREATE INDEX CONCURRENTLY` or `DROP INDEX CONCURRENTLY` is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConcurrentIndex {
    /// Is it created, or dropped?
    pub created: bool,
    /// The index's name in SQL; for one that is created without its schema, for one that is dropped as written.
    pub name: String,
    /// The table's name in SQL, as written; for an index that is created.
    pub table: Option<String>,
}

/// Reads `statement`; nothing if it is something else, or an index that the server names.
#[must_use]
pub fn concurrent_index(statement: &str) -> Option<ConcurrentIndex> {
    let mut words = Words { rest: statement };
    let created = match words.next()?.to_ascii_lowercase().as_str() {
        "create" => true,
        "drop" => false,
        _ => return None,
    };
    let mut word = words.next()?;
    if created && word.eq_ignore_ascii_case("unique") {
        word = words.next()?;
    }
    if !word.eq_ignore_ascii_case("index") || !words.next()?.eq_ignore_ascii_case("concurrently") {
        return None;
    }
    let mut name = words.next()?;
    if name.eq_ignore_ascii_case("if") {
        name = words.by_ref().find(|word| word.eq_ignore_ascii_case("exists")).and_then(|_| words.next())?;
    }
    if !created {
        return Some(ConcurrentIndex { created, name: name.to_owned(), table: None });
    }
    if name.eq_ignore_ascii_case("on") {
        return None;
    }
    let on = words.next()?;
    let mut table = words.next()?;
    if table.eq_ignore_ascii_case("only") {
        table = words.next()?;
    }
    on.eq_ignore_ascii_case("on").then(|| ConcurrentIndex {
        created,
        name: name.to_owned(),
        table: Some(table.to_owned()),
    })
}

/// Can this statement be run again without harm if nobody knows whether it finished?
#[must_use]
pub fn is_repeatable(statement: &str) -> bool {
    let first = Words { rest: statement }.next().unwrap_or_default().to_ascii_lowercase();
    matches!(first.as_str(), "vacuum" | "analyze" | "reindex" | "refresh" | "pragma" | "checkpoint")
        || statement.to_ascii_lowercase().contains("if not exists")
}

/// The words of a statement: names, quoted or not and with their schema, without comments.
struct Words<'t> {
    rest: &'t str,
}

impl<'t> Iterator for Words<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        loop {
            self.rest = self.rest.trim_start();
            if let Some(comment) = self.rest.strip_prefix("--") {
                self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                self.rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
            } else {
                break;
            }
        }
        let mut quoted = false;
        let end = self.rest.find(|character: char| {
            if character == '"' {
                quoted = !quoted;
            }
            !quoted && (character.is_whitespace() || matches!(character, '(' | ')' | ',' | ';'))
        });
        let end = end.unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }
}

#[cfg(test)]
mod tests {
    use super::{ConcurrentIndex, concurrent_index, is_repeatable};

    fn created(name: &str, table: &str) -> Option<ConcurrentIndex> {
        Some(ConcurrentIndex { created: true, name: name.to_owned(), table: Some(table.to_owned()) })
    }

    #[test]
    fn indexes_built_concurrently_are_recognised() {
        assert_eq!(concurrent_index("CREATE INDEX CONCURRENTLY a ON t (x)"), created("a", "t"));
        assert_eq!(
            concurrent_index("create unique index concurrently if not exists \"A b\" on only s.\"T\"(x)"),
            created("\"A b\"", "s.\"T\"")
        );
        assert_eq!(concurrent_index("CREATE /* c */ INDEX -- d\n CONCURRENTLY a ON t(x)"), created("a", "t"));
        let dropped = ConcurrentIndex { created: false, name: "s.a".to_owned(), table: None };
        assert_eq!(concurrent_index("DROP INDEX CONCURRENTLY IF EXISTS s.a"), Some(dropped));
    }

    #[test]
    fn other_statements_are_not() {
        for statement in ["CREATE INDEX a ON t (x)", "CREATE INDEX CONCURRENTLY ON t (x)", "DROP TABLE t", "VACUUM", ""]
        {
            assert_eq!(concurrent_index(statement), None, "{statement}");
        }
    }

    #[test]
    fn what_does_no_harm_twice_is_known() {
        for statement in ["VACUUM t", "reindex table t", "ALTER TYPE e ADD VALUE IF NOT EXISTS 'x'"] {
            assert!(is_repeatable(statement), "{statement}");
        }
        for statement in ["INSERT INTO t VALUES (1)", "ALTER TYPE e ADD VALUE 'x'", "CREATE TABLE t ()"] {
            assert!(!is_repeatable(statement), "{statement}");
        }
    }
}
