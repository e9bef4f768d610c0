//! What only PostgreSQL does: <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>.

use super::*;

#[track_caller]
fn check(marked: &str) {
    splits(PostgreSql, marked);
}

#[test]
fn plain_strings_know_no_escapes() {
    check(r"SELECT 'a\';| SELECT 'b\';|");
    check(r"SELECT N'a\';| SELECT B'1\';| SELECT x'1\';| SELECT U&'\0041\';| SELECT 1;|");
}

#[test]
fn escape_strings_do() {
    check(r"SELECT E'a\';b';| SELECT e'\\';| SELECT E'it''s\\\';';| SELECT 1;|");
    check("SELECT E'\\é;\\';';| SELECT 1;|");
    // The E belongs to a longer word, or stands apart: the string is a plain one.
    check(r"SELECT date'a\';| SELECT E 'a\';| SELECT early'a\';|");
}

#[test]
fn an_escape_string_goes_on_after_a_line_break() {
    check("SELECT E'a'\n  'b\\';c';| SELECT 1;|");
    check("SELECT E'a' -- comment\n -- another\n'b\\';c'\n'\\'';| SELECT 1;|");
    // Without a line break, or behind a block comment, it is another literal.
    check("SELECT E'a' 'b\\';| SELECT 1;|");
    check("SELECT E'a' /* \n */\n'b\\';| SELECT 1;|");
    check("SELECT E'a',\n'b\\';| SELECT 1;|");
    check("SELECT 'a'\n'b\\';| SELECT 1;|");
}

#[test]
fn the_setting_for_strings_is_followed() {
    check(
        r"SET standard_conforming_strings = off;|
          SELECT 'a\';b', E'\';', N'\';';| SELECT B'1\';| SELECT X'1\';| SELECT $$\$$;|
          SET LOCAL standard_conforming_strings TO 'on';|
          SELECT 'a\';| SELECT 1;|",
    );
    check(
        r"SET standard_conforming_strings TO off;| SELECT '\';';|
          RESET standard_conforming_strings;| SELECT '\';| SELECT 1;|",
    );
    check(r"SELECT 'SET standard_conforming_strings = off';| SELECT '\';| SELECT 1;|");
}

#[test]
fn the_setting_ends_with_its_part() {
    let text = "SET standard_conforming_strings = off;\n-- migrator:downgrade\nSELECT '\\';";
    let pieces = Splitter::new(text, 0, PostgreSql);
    assert_eq!(pieces.filter(Result::is_ok).count(), 3);
}

#[test]
fn quoted_names_know_no_escapes() {
    check(r#"SELECT "a\";| SELECT U&"\0041;";| SELECT "it's;";|"#);
}

#[test]
fn dollar_quotes_hide_everything() {
    check("SELECT $$;'\"--/*$$;| SELECT 1;|");
    check("SELECT $a$ ; $b$ ; $$ ; $A$ ; $a $a$;| SELECT 1;|");
    check("SELECT $_é1$ ; $é1$ ; $_é1$;| SELECT 1;|");
    check("SELECT $a$;$b$a$;| SELECT $$;$a$$;| SELECT 1;|");
    check("SELECT $$;$$$a$;$a$;| SELECT 1;|");
    check("DO $outer$ BEGIN EXECUTE $inner$ SELECT 1; $inner$; END; $outer$;| SELECT 1;|");
}

#[test]
fn not_every_dollar_is_a_quote() {
    check("SELECT $1;| SELECT $1$$;$$;| SELECT 1;|");
    check("SELECT a$b$;| SELECT é$$;| SELECT a$1$;|");
    check("SELECT $1a$;| SELECT $ $;| SELECT $a b$;| SELECT $;|");
}

#[test]
fn block_comments_nest() {
    assert_eq!(
        statements(PostgreSql, "/* a /* b; */ c; */SELECT 1;/*/**/*//***/SELECT 2;/**//* */"),
        ["SELECT 1", "SELECT 2"]
    );
    check("SELECT 1 +/* ; */ 2 */* ; */ 3;| SELECT 1;|");
}

#[test]
fn parentheses_hide_semicolons() {
    check(
        "CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b;);|
         SELECT 1;|",
    );
    check("SELECT ')';| SELECT 1);| SELECT ((1));| SELECT 1;|");
}

#[test]
fn sql_bodies_of_routines_hide_semicolons() {
    check(
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;| SELECT 1;|
         create or replace procedure p() language sql begin /* */ atomic ; end;| SELECT 1;|
         CREATE PROCEDURE p() BEGIN ATOMIC END;| SELECT 1;|",
    );
    check(
        "CREATE FUNCTION f(a int) RETURNS int
           BEGIN ATOMIC
             SELECT CASE a WHEN 1 THEN CASE WHEN true THEN 1 END ELSE 2 END;
             SELECT (CASE WHEN a = 1 THEN 2 END);
           END;|
         SELECT 1;|",
    );
    check(
        "CREATE FUNCTION f() RETURNS int
           BEGIN ATOMIC BEGIN ATOMIC SELECT 1; END; SELECT 2; END;|
         SELECT 1;|",
    );
}

#[test]
fn names_that_look_like_keywords_open_no_body() {
    check("CREATE FUNCTION begin() RETURNS int RETURN CASE WHEN true THEN 1 END;| SELECT 1;|");
    check("CREATE FUNCTION atomic(atomic int) RETURNS int RETURN atomic;| SELECT 1;|");
    check("CREATE FUNCTION f(begin int) RETURNS int RETURN begin;| SELECT 1;|");
    check(
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC
           SELECT 1 AS end, t.case, begin FROM t; SELECT \"end\" FROM t; END;|
         SELECT 1;|",
    );
    check("CREATE TABLE t (atomic int);| BEGIN;| SELECT 1 AS begin;| END;|");
    check("CREATE VIEW v AS SELECT 1 AS function;| BEGIN ATOMIC;| END;|");
    check(
        "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN; END;$$;|
         SELECT 1;|",
    );
}

#[test]
fn other_statements_keep_to_their_semicolons() {
    check("CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();| SELECT 1;|");
    check("SELECT a[1], b[1:2];| SELECT '[';| SELECT 1;|");
    check("SELECT [;| SELECT `;| SELECT `;| SELECT ];|");
}

#[test]
fn a_carriage_return_ends_a_line_comment() {
    assert_eq!(statements(PostgreSql, "-- comment\rSELECT 1;\r-- comment\r\nSELECT 2"), ["SELECT 1", "SELECT 2"]);
}

#[test]
fn what_is_left_open_without_a_quote_is_for_the_database_to_refuse() {
    for text in ["CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT 2", "SELECT (1; SELECT 2"] {
        assert_eq!(statements(PostgreSql, text), [text]);
    }
}

#[test]
fn the_lines_pg_dump_puts_around_a_dump_are_passed_over() {
    assert_eq!(
        statements(
            PostgreSql,
            "-- dump\n\\restrict it's;\nSELECT 1;\r\n\\unrestrict it's;\r\nSELECT 2;\n\\unrestrict x"
        ),
        ["SELECT 1", "SELECT 2"]
    );
}
