//! `COPY … FROM STDIN` and its data: <https://www.postgresql.org/docs/current/sql-copy.html>.

use super::*;

/// The statements, and the data of those that have some.
fn pieces(text: &str) -> Vec<(&str, Option<&str>)> {
    Splitter::new(text, 0, PostgreSql)
        .map(|piece| match piece.unwrap() {
            Piece::Statement(Statement { span, kind: StatementKind::CopyFromStdin { data }, .. }) => {
                (&text[span], Some(&text[data]))
            }
            Piece::Statement(statement) => (&text[statement.span], None),
            Piece::Directive(directive) => panic!("{directive:?}"),
        })
        .collect()
}

#[test]
fn the_data_ends_with_its_line() {
    assert_eq!(
        pieces("COPY t FROM STDIN;\n1\tit's; $$\n\\.x\n \\.\nx\\.\n\\N\n\\.\r\r\n\\.\nSELECT 1;"),
        [("COPY t FROM STDIN", Some("1\tit's; $$\n\\.x\n \\.\nx\\.\n\\N\n\\.\r\r\n")), ("SELECT 1", None),]
    );
}

#[test]
fn there_may_be_no_rows_and_no_last_line_break() {
    assert_eq!(pieces("COPY t FROM STDIN;\n\\."), [("COPY t FROM STDIN", Some(""))]);
    assert_eq!(
        pieces("COPY t FROM STDIN ; -- rows\n\\.\nCOPY u FROM STDIN;\n1\n\\.\n\\unrestrict x\n"),
        [("COPY t FROM STDIN", Some("")), ("COPY u FROM STDIN", Some("1\n"))]
    );
}

#[test]
fn lines_may_end_as_in_windows() {
    assert_eq!(
        pieces("COPY t FROM STDIN; \r\n1\r\n\\.\r\nSELECT 1"),
        [("COPY t FROM STDIN", Some("1\r\n")), ("SELECT 1", None)]
    );
    assert_eq!(pieces("COPY t FROM STDIN;\r\n\\.\r"), [("COPY t FROM STDIN", Some(""))]);
}

#[test]
fn every_spelling_has_data() {
    for statement in [
        "copy public.\"from\" (a, b) from stdin",
        "COPY t FROM /* ; */ STDIN WITH (FORMAT csv, DELIMITER ';')",
        "COPY t FROM STDIN CSV HEADER",
        "COPY t\nFROM\nSTDIN\nWHERE a > 1",
        "COPY t FROM STDOUT",
    ] {
        let text = format!("{statement};\n1\n\\.\n");
        assert_eq!(pieces(&text), [(statement, Some("1\n"))]);
    }
}

#[test]
fn other_copies_have_none() {
    for statement in [
        "COPY t FROM '/stdin'",
        "COPY t FROM PROGRAM 'stdin'",
        "COPY t TO STDOUT",
        "COPY (SELECT * FROM stdin) TO STDOUT",
        "SELECT * FROM stdin",
        "COPY \"from\".stdin TO STDOUT",
    ] {
        let text = format!("{statement};\nSELECT 1;");
        assert_eq!(pieces(&text), [(statement, None), ("SELECT 1", None)]);
    }
}

#[test]
fn the_statement_after_the_data_is_found_where_it_stands() {
    let text = "COPY t FROM STDIN;\né\n\\.\n SELECT 1;";
    let Some(Ok(Piece::Statement(statement))) = Splitter::new(text, 0, PostgreSql).nth(1) else {
        panic!("no second statement");
    };
    assert_eq!(statement.position, Position { line: 4, column: 2 });
}
