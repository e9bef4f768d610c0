#![allow(clippy::unwrap_used, clippy::panic)]

mod copy;
mod directives;
mod faults;
mod postgresql;
mod properties;
mod sqlite;

use super::super::position;
use super::*;
use Dialect::{PostgreSql, Sqlite};

/// The text of every statement; the text must split without an error and hold no directive.
fn statements(dialect: Dialect, text: &str) -> Vec<&str> {
    Splitter::new(text, 0, dialect)
        .map(|piece| match piece {
            Ok(Piece::Statement(statement)) => &text[statement.span],
            other => panic!("not a statement: {other:?} in {text:?}"),
        })
        .collect()
}

/// Splits a text whose statements are marked by the `|` after each, which is no part of the SQL.
#[track_caller]
fn splits(dialect: Dialect, marked: &str) {
    let expected: Vec<&str> =
        marked.split('|').map(|part| part.trim_matches([' ', '\n', ';'])).filter(|part| !part.is_empty()).collect();
    let text = marked.replace('|', "");
    assert_eq!(statements(dialect, &text), expected, "{text}");
}

fn error(dialect: Dialect, text: &str) -> SqlError {
    let mut pieces = Splitter::new(text, 0, dialect);
    match pieces.find_map(Result::err) {
        Some(error) => {
            assert_eq!(pieces.next(), None, "nothing follows an error");
            assert_eq!(position::position_at(text, error.offset()), error.position());
            error
        }
        None => panic!("no error in {text:?}"),
    }
}

#[test]
fn semicolons_end_statements_and_the_last_needs_none() {
    for dialect in [PostgreSql, Sqlite] {
        splits(dialect, "SELECT 1;| SELECT 2|");
        assert_eq!(
            statements(
                dialect,
                "SELECT 1;
;;
-- nothing
;/* nothing */; SELECT 2;"
            ),
            ["SELECT 1", "SELECT 2"]
        );
        assert_eq!(statements(dialect, ""), [""; 0]);
        assert_eq!(statements(dialect, " \n\t;\r\n-- a; b\n/* c; */"), [""; 0]);
    }
}

#[test]
fn a_span_runs_from_the_first_token_to_the_last() {
    for dialect in [PostgreSql, Sqlite] {
        for text in [
            "-- leading\n  SELECT /* inner; */ 1 \n ;",
            "/* leading */SELECT /* inner; */ 1;-- trailing",
            "SELECT /* inner; */ 1 -- trailing\n;",
            "SELECT /* inner; */ 1 /* trailing */",
        ] {
            assert_eq!(statements(dialect, text), ["SELECT /* inner; */ 1"], "{text}");
        }
    }
}

#[test]
fn positions_count_lines_and_characters() {
    let text = "SELECT 'é😀'; SELECT 2;\r\n\tSELECT\n3;\n-- ü\n/* ü */ SELECT 4";
    for dialect in [PostgreSql, Sqlite] {
        let positions: Vec<String> = Splitter::new(text, 0, dialect)
            .map(|piece| match piece.unwrap() {
                Piece::Statement(statement) => statement.position.to_string(),
                Piece::Directive(directive) => panic!("{directive:?}"),
            })
            .collect();
        assert_eq!(positions, ["1:1", "1:14", "2:2", "5:9"]);
    }
}

#[test]
fn splitting_can_start_anywhere_and_positions_stay_those_of_the_text() {
    let text = "it's not SQL\nSELECT 1;";
    let start = text.find("SELECT").unwrap();
    let pieces: Vec<_> = Splitter::new(text, start, PostgreSql).collect();
    let statement = Statement {
        span: start..text.len() - 1,
        position: Position { line: 2, column: 1 },
        kind: StatementKind::Plain,
    };
    assert_eq!(pieces, [Ok(Piece::Statement(statement))]);
    assert_eq!(Splitter::new("é", 1, Sqlite).count(), 1);
    assert_eq!(Splitter::new("é", 9, Sqlite).count(), 0);
}

#[test]
fn comments_and_quotes_hide_semicolons() {
    for dialect in [PostgreSql, Sqlite] {
        splits(dialect, "SELECT 1 -- ; ' \" /*\n + 2;| SELECT 3;|");
        splits(dialect, "SELECT 1 /* ; ' \" -- */ + 2;| SELECT 3;|");
        splits(dialect, "SELECT ';', 'it''s;', '', '--', '/*';| SELECT 3;|");
        splits(dialect, "SELECT \";\", \"a\"\";b\", \"--\";| SELECT 3;|");
        splits(dialect, "SELECT 1--;\n+2;| SELECT 4/2, 4 - -2, 4*/*;*/2;|");
        splits(dialect, "SELECT 'a\n;\nb';| SELECT 'ü;' AS \"ü;\";|");
    }
}

#[test]
fn transaction_control_is_told_apart() {
    let kinds = [
        (true, "BEGIN"),
        (true, "begin isolation level serializable"),
        (true, "BEGIN IMMEDIATE"),
        (true, "/* now */ Start /* the */ Transaction"),
        (true, "COMMIT"),
        (true, "COMMIT AND CHAIN"),
        (true, "END"),
        (true, "END TRANSACTION"),
        (true, "ABORT"),
        (true, "ROLLBACK"),
        (true, "ROLLBACK WORK"),
        (true, "ROLLBACK TRANSACTION"),
        (true, "ROLLBACK AND NO CHAIN"),
        (true, "PREPARE TRANSACTION 'x'"),
        (true, "COMMIT PREPARED 'x'"),
        (true, "ROLLBACK PREPARED 'x'"),
        (false, "ROLLBACK TO x"),
        (false, "rollback to savepoint x"),
        (false, "ROLLBACK WORK TO x"),
        (false, "ROLLBACK TRANSACTION TO SAVEPOINT x"),
        (false, "SAVEPOINT x"),
        (false, "RELEASE SAVEPOINT x"),
        (false, "PREPARE x AS SELECT 1"),
        (false, "SET TRANSACTION READ ONLY"),
        (false, "\"begin\" begin"),
        (false, "(begin)"),
        (false, "SELECT 1 AS begin"),
        (false, "beginning"),
    ];
    for dialect in [PostgreSql, Sqlite] {
        for (control, text) in kinds {
            let expected = if control { StatementKind::TransactionControl } else { StatementKind::Plain };
            match Splitter::new(text, 0, dialect).next() {
                Some(Ok(Piece::Statement(statement))) => {
                    assert_eq!(statement.kind, expected, "{text}");
                }
                other => panic!("{other:?}"),
            }
        }
    }
}
