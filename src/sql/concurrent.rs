//! Indexes that are built or dropped without blocking writers, which cannot be in a transaction.
//! <https://www.postgresql.org/docs/current/sql-createindex.html#SQL-CREATEINDEX-CONCURRENTLY>

use super::words::Words;

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
    let mut words = Words::of(statement);
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

#[cfg(test)]
mod tests {
    use super::{ConcurrentIndex, concurrent_index};

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
}
