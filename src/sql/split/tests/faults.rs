use super::*;

/// The error as `line:column kind`.
fn fault(dialect: Dialect, text: &str) -> String {
    let error = error(dialect, text);
    assert!(error.hint().is_some_and(|hint| !hint.is_empty()));
    format!("{} {}", error.position(), error.kind())
}

#[test]
fn what_is_not_closed_is_reported_where_it_opens() {
    for dialect in [PostgreSql, Sqlite] {
        for (text, expected) in [
            ("SELECT\n 'a''b;\nc", "2:2 unterminated_string"),
            ("SELECT 'é', '", "1:13 unterminated_string"),
            ("SELECT \"a\"\"b;\nc", "1:8 unterminated_identifier"),
            ("\n\n\tSELECT /* a; '", "3:9 unterminated_comment"),
            ("SELECT 1; /*", "1:11 unterminated_comment"),
            ("/*/", "1:1 unterminated_comment"),
        ] {
            assert_eq!(fault(dialect, text), expected, "{text}");
        }
    }
    for (text, expected) in [
        ("SELECT E'a\\';", "1:8 unterminated_string"),
        ("SELECT E'\\", "1:8 unterminated_string"),
        ("SELECT $$a$", "1:8 unterminated_dollar_quote"),
        ("SELECT\n$a$ $b$ $$ $A$", "2:1 unterminated_dollar_quote"),
        ("/* /* */ SELECT 1;", "1:1 unterminated_comment"),
    ] {
        assert_eq!(fault(PostgreSql, text), expected, "{text}");
    }
    for (text, expected) in
        [("SELECT `a``;", "1:8 unterminated_identifier"), ("SELECT [a[;", "1:8 unterminated_identifier")]
    {
        assert_eq!(fault(Sqlite, text), expected, "{text}");
    }
}

#[test]
fn statements_before_a_fault_are_yielded() {
    let mut pieces = Splitter::new("SELECT 1; SELECT '", 0, Sqlite);
    assert!(matches!(pieces.next(), Some(Ok(Piece::Statement(_)))));
    assert!(matches!(pieces.next(), Some(Err(SqlError::UnterminatedString { .. }))));
    assert_eq!(pieces.next(), None);
}

#[test]
fn copy_data_must_end_and_start_on_a_line_of_its_own() {
    for (text, expected) in [
        ("SELECT 1;\n COPY t FROM STDIN;\n1\n\\.x\n", "2:2 unterminated_copy_data"),
        ("COPY t FROM STDIN;", "1:1 unterminated_copy_data"),
        ("COPY t FROM STDIN", "1:1 unterminated_copy_data"),
        ("COPY t FROM STDIN\n-- migrator:downgrade\n\\.\n", "1:1 unterminated_copy_data"),
        ("COPY t FROM STDIN; SELECT 1;\n1\n\\.\n", "1:20 text_after_copy"),
    ] {
        assert_eq!(fault(PostgreSql, text), expected, "{text}");
    }
}

#[test]
fn psql_commands_are_named() {
    for (text, expected, name) in [
        ("SELECT 1;\n\\copy t from 'x'", "2:1 psql_command", "copy"),
        ("  \\i file.sql", "1:3 psql_command", "i"),
        ("SELECT 1 \\gset", "1:10 psql_command", "gset"),
        ("SELECT 1\\;SELECT 2;", "1:9 psql_command", ";"),
        ("\\! ls", "1:1 psql_command", "!"),
        ("\\.\n", "1:1 psql_command", "."),
        ("\\", "1:1 psql_command", ""),
        ("\\ü", "1:1 psql_command", "ü"),
        ("\\restricted", "1:1 psql_command", "restricted"),
        ("SELECT 1\n\\restrict x\n;", "2:1 psql_command", "restrict"),
    ] {
        assert_eq!(fault(PostgreSql, text), expected, "{text}");
        assert_eq!(error(PostgreSql, text).to_string(), format!("`\\{name}` is a psql command, not SQL"));
    }
}

#[test]
fn shell_commands_are_named() {
    for (text, expected, name) in
        [(".mode box\n", "1:1 shell_command", "mode"), ("SELECT 1;\n.read x.sql", "2:1 shell_command", "read")]
    {
        assert_eq!(fault(Sqlite, text), expected, "{text}");
        assert_eq!(error(Sqlite, text).to_string(), format!("`.{name}` is a sqlite3 shell command, not SQL"));
    }
    assert_eq!(statements(PostgreSql, ".mode"), [".mode"]);
}

#[test]
fn a_dollar_quote_is_named() {
    let error = error(PostgreSql, "SELECT $body$ ...");
    assert_eq!(error.to_string(), "unterminated dollar quote `$body$`");
    assert_eq!(error.hint(), Some("close the string with `$body$`".to_owned()));
}
