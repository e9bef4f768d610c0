use super::*;

/// Statements as they are, directives as `@body`.
fn outline(dialect: Dialect, text: &str) -> Vec<String> {
    Splitter::new(text, 0, dialect)
        .map(|piece| match piece.unwrap() {
            Piece::Statement(statement) => text[statement.span].to_owned(),
            Piece::Directive(directive) => format!("@{}", &text[directive.span]),
        })
        .collect()
}

#[test]
fn a_directive_is_a_comment_that_has_its_line() {
    for dialect in [PostgreSql, Sqlite] {
        assert_eq!(
            outline(dialect, "-- migrator:revision 1\n--migrator:upgrade\r\n \t--\t migrator:  a=b  \n-- migrator:"),
            ["@revision 1", "@upgrade", "@a=b", "@"]
        );
        assert_eq!(
            outline(
                dialect,
                "SELECT 1; -- migrator:upgrade\n-- a migrator:upgrade\n-- Migrator:upgrade\n\
                 -- migrator :upgrade\n/* */ -- migrator:upgrade\n--- migrator:upgrade"
            ),
            ["SELECT 1"]
        );
    }
}

#[test]
fn its_places_are_told() {
    for dialect in [PostgreSql, Sqlite] {
        let text = "-- é\r\n  -- migrator: upgrade é \r\nSELECT 1";
        let directive = Splitter::new(text, 0, dialect).next();
        let Some(Ok(Piece::Directive(directive))) = directive else {
            panic!("{directive:?}");
        };
        assert_eq!(&text[directive.span], "upgrade é");
        assert_eq!(&text[directive.line_span], "  -- migrator: upgrade é \r\n");
        assert_eq!(directive.position, Position { line: 2, column: 3 });
    }
}

#[test]
fn the_last_line_needs_no_line_break() {
    let text = "-- migrator:upgrade";
    let Some(Ok(Piece::Directive(directive))) = Splitter::new(text, 0, Sqlite).next() else {
        panic!("no directive");
    };
    assert_eq!(directive.line_span, 0..text.len());
}

#[test]
fn it_ends_a_statement_without_a_semicolon() {
    for dialect in [PostgreSql, Sqlite] {
        assert_eq!(
            outline(dialect, "SELECT 1 -- one\n-- migrator:upgrade\nSELECT (2\n-- migrator:downgrade\n;SELECT 3"),
            ["SELECT 1", "@upgrade", "SELECT (2", "@downgrade", "SELECT 3"]
        );
    }
    assert_eq!(
        outline(PostgreSql, "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;\n-- migrator:downgrade\nSELECT 2"),
        ["CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;", "@downgrade", "SELECT 2"]
    );
}

#[test]
fn quotes_and_comments_hold_none() {
    let line = "\n-- migrator:upgrade\n";
    for dialect in [PostgreSql, Sqlite] {
        for (open, close) in [("'", "'"), ("\"", "\""), ("SELECT 1 /*", "*/ + 2")] {
            let text = format!("{open}{line}{close}");
            assert_eq!(outline(dialect, &text), [text.as_str()]);
        }
    }
    for (open, close) in [("$$", "$$"), ("$a$", "$a$"), ("E'\\'", "'")] {
        let text = format!("{open}{line}{close}");
        assert_eq!(outline(PostgreSql, &text), [text.as_str()]);
    }
    for (open, close) in [("`", "`"), ("[", "]")] {
        let text = format!("{open}{line}{close}");
        assert_eq!(outline(Sqlite, &text), [text.as_str()]);
    }
    assert_eq!(outline(PostgreSql, &format!("COPY t FROM STDIN;{line}\\.{line}")), ["COPY t FROM STDIN", "@upgrade"]);
}

#[test]
fn the_dialect_changes_after_the_piece_last_yielded() {
    let text = "SELECT [a;b]\n-- migrator:upgrade postgresql\nSELECT $$;$$, a[1];";
    let mut pieces = Splitter::new(text, 0, Sqlite);
    assert!(matches!(pieces.next(), Some(Ok(Piece::Statement(_)))));
    assert!(matches!(pieces.next(), Some(Ok(Piece::Directive(_)))));
    assert_eq!(pieces.dialect(), Sqlite);
    pieces.set_dialect(PostgreSql);
    assert_eq!(pieces.dialect(), PostgreSql);
    let Some(Ok(Piece::Statement(statement))) = pieces.next() else {
        panic!("no statement");
    };
    assert_eq!(&text[statement.span], "SELECT $$;$$, a[1]");
    assert_eq!(pieces.next(), None);
}

#[test]
fn a_change_of_dialect_forgets_settings() {
    let text = "SET standard_conforming_strings = off; SELECT '\\';";
    let mut pieces = Splitter::new(text, 0, PostgreSql);
    assert!(matches!(pieces.next(), Some(Ok(Piece::Statement(_)))));
    pieces.set_dialect(Sqlite);
    assert!(matches!(pieces.next(), Some(Ok(Piece::Statement(_)))));
}
