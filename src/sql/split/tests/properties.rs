use proptest::prelude::*;

use super::*;

/// Text in which everything that opens and closes something is frequent.
fn tangled() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "'",
        "\"",
        "`",
        "[",
        "]",
        "$$",
        "$a$",
        "$",
        "E'",
        "\\",
        "\\.",
        "--",
        "/*",
        "*/",
        "\n",
        "\r\n",
        "\r",
        ";",
        "(",
        ")",
        " ",
        "\t",
        "é",
        "😀",
        "a",
        "1",
        ".",
        "\n-- migrator:x\n",
        "COPY t FROM STDIN;\n",
        "\n\\.\n",
        "CREATE FUNCTION ",
        "BEGIN ATOMIC ",
        "CASE ",
        "END ",
        "CREATE TRIGGER ",
        "SET standard_conforming_strings = off;",
        "\\restrict x\n",
        "\n.mode",
    ]);
    prop::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

fn dialects() -> impl Strategy<Value = Dialect> {
    prop::sample::select(vec![PostgreSql, Sqlite])
}

fn check_order(text: &str, start: usize, dialect: Dialect) -> Result<(), TestCaseError> {
    let mut end = start;
    for piece in Splitter::new(text, start, dialect) {
        match piece {
            Ok(Piece::Statement(Statement { span, position, kind })) => {
                prop_assert!(end <= span.start && span.start < span.end);
                prop_assert_eq!(text[span.clone()].trim_ascii(), &text[span.clone()]);
                prop_assert_eq!(position, position::position_at(text, span.start));
                end = span.end;
                if let StatementKind::CopyFromStdin { data } = kind {
                    prop_assert!(end < data.start && data.start <= data.end);
                    prop_assert!(text[data.end..].starts_with("\\."));
                    end = data.end;
                }
            }
            Ok(Piece::Directive(Directive { span, line_span, position })) => {
                // The blanks before the first comment can stand before the start.
                prop_assert!(end <= line_span.start || end == start && end <= span.start);
                prop_assert!(line_span.start < span.start && span.end <= line_span.end);
                prop_assert!(text[line_span.clone()].contains("migrator:"));
                prop_assert!(position >= position::position_at(text, line_span.start));
                end = line_span.end;
            }
            Err(error) => {
                prop_assert!(start <= error.offset() && error.offset() < text.len());
                prop_assert_eq!(error.position(), position::position_at(text, error.offset()));
            }
        }
        prop_assert!(end <= text.len());
    }
    Ok(())
}

/// Statements that need no care from those around them.
fn snippets(dialect: Dialect) -> Vec<&'static str> {
    let mut snippets = vec![
        "SELECT 1",
        "SELECT 'it''s; -- not'",
        "CREATE TABLE \"a;\"\"b\" (x INTEGER /* ; */ PRIMARY KEY)",
        "INSERT INTO é VALUES ('😀;', -1)",
        "BEGIN",
        "ROLLBACK TO x",
        "SELECT 1 -- ;\n + 2",
    ];
    snippets.extend(match dialect {
        PostgreSql => [
            "SELECT E'\\';', $a$ ; $$ ; $a$, $1",
            "CREATE RULE r AS ON DELETE TO t DO (SELECT 1; SELECT 2;)",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN b END; END",
            "DO $$BEGIN RAISE NOTICE ';'; END$$",
        ],
        Sqlite => [
            "SELECT [a;b], `c;`, x'00'",
            "CREATE TRIGGER t DELETE ON a BEGIN SELECT CASE WHEN 1 THEN 2 END; END",
            "CREATE TEMP TRIGGER t DELETE ON a BEGIN SELECT 1; SELECT 2; END",
            "SELECT '\\'",
        ],
    });
    snippets
}

fn scripts() -> impl Strategy<Value = (Dialect, Vec<&'static str>)> {
    dialects().prop_flat_map(|dialect| {
        let snippet = prop::sample::select(snippets(dialect));
        (Just(dialect), prop::collection::vec(snippet, 0..12))
    })
}

proptest! {
    #[test]
    fn pieces_of_tangled_text_stand_in_order(
        text in tangled(),
        start in any::<prop::sample::Index>(),
        dialect in dialects(),
    ) {
        let boundaries: Vec<usize> = (0..=text.len())
            .filter(|&offset| text.is_char_boundary(offset))
            .collect();
        check_order(&text, *start.get(&boundaries), dialect)?;
        check_order(&text, 0, dialect)?;
    }

    #[test]
    fn pieces_of_any_text_stand_in_order(text in any::<String>(), dialect in dialects()) {
        check_order(&text, 0, dialect)?;
    }

    #[test]
    fn joined_statements_split_again(
        (dialect, script) in scripts(),
        separator in prop::sample::select(vec![
            ";\n", ";", " ; ", ";\r\n-- ; ' comment\r\n", ";/* ; */;",
        ]),
    ) {
        let text = script.join(separator);
        prop_assert_eq!(statements(dialect, &text), script);
    }

    #[test]
    fn quoted_values_are_one_token(value in "[^\0]*", dialect in dialects()) {
        for quoted in [dialect.quote_literal(&value), dialect.quote_identifier(&value)] {
            let text = format!("SELECT {quoted}; SELECT 1");
            let expected = format!("SELECT {quoted}");
            prop_assert_eq!(statements(dialect, &text), [expected.as_str(), "SELECT 1"]);
        }
    }
}

/// Text made of openers, where a search to the end of the text for each would show in the count.
#[test]
fn no_byte_is_searched_more_than_a_few_times() {
    const LENGTH: usize = 5_000;
    const PATTERNS: &[&str] = &[
        "(",
        "/*",
        "/*/",
        "*/",
        "$",
        "$a",
        "$a$",
        "$a$b",
        "$a$ $b$ ",
        "$1$a$",
        "E'\\'",
        "''",
        "'\n",
        "[",
        "]",
        "`",
        "\"",
        ";",
        ".",
        "\\",
        "-",
        "--",
        "--\n",
        " --\n",
        "-- migrator:x\n",
        "x\n-- migrator:x\n",
        "\\restrict\n",
        "\\.",
        "\n\\.x",
        "COPY t FROM STDIN;\n\\.\n",
        "SELECT 1;",
        "é;",
        "\r",
        " ",
        "E'' ",
        "E''\n",
        "CASE ",
        "BEGIN ATOMIC ",
        "END;",
        "SET a;",
    ];
    for pattern in PATTERNS {
        for opener in ["", "COPY t FROM STDIN;\n", "CREATE FUNCTION f() ", "CREATE TRIGGER t "] {
            let text = opener.to_owned() + &pattern.repeat(LENGTH / pattern.len());
            for dialect in [PostgreSql, Sqlite] {
                let mut splitter = Splitter::new(&text, 0, dialect);
                splitter.by_ref().for_each(drop);
                let searched = splitter.lexer.searched.get();
                assert!(searched <= 3 * text.len(), "{searched}: {opener}{pattern}…");
            }
        }
    }
}
