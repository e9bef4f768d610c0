//! What only SQLite does: <https://www.sqlite.org/lang_keywords.html>, <https://www.sqlite.org/c3ref/complete.html>.

use super::*;

#[track_caller]
fn check(marked: &str) {
    splits(Sqlite, marked);
}

#[test]
fn strings_know_no_escapes() {
    check(r"SELECT 'a\';| SELECT E'a\';| SELECT x'00';| SELECT 'it''s;';|");
    check("SELECT E'a'\n'b\\';| SELECT 1;|");
}

#[test]
fn names_have_four_quotes() {
    check("SELECT \"a;\"\"b;\", `a;``b;`, [a;'\"`[b;];| SELECT 1;|");
}

#[test]
fn block_comments_do_not_nest() {
    assert_eq!(
        statements(Sqlite, "/* a /* b; */SELECT 1;/*/;*/SELECT 2;/***/SELECT 3"),
        ["SELECT 1", "SELECT 2", "SELECT 3"]
    );
}

#[test]
fn dollars_quote_nothing() {
    check("SELECT $$;| SELECT $a$;| SELECT $a, ?1, :a, @a;|");
}

#[test]
fn backslashes_and_parentheses_hide_nothing() {
    check("SELECT \\;| SELECT (1;| SELECT 2);|");
}

#[test]
fn only_a_line_feed_ends_a_line_comment() {
    assert_eq!(statements(Sqlite, "-- a\rSELECT 1;\r\nSELECT 2"), ["SELECT 2"]);
}

#[test]
fn bodies_of_triggers_hide_semicolons() {
    check(
        "CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; SELECT 2; END;| SELECT 1;|
         create temp trigger if not exists t delete on a begin select 1; end ;| SELECT 1;|
         CREATE /* */ TEMPORARY TRIGGER t DELETE ON a BEGIN SELECT 1; -- ; END;
         /* ; */ END;| SELECT 1;|",
    );
    check(
        "CREATE TRIGGER t AFTER UPDATE ON a WHEN CASE new.x WHEN 1 THEN 1 END BEGIN
           UPDATE a SET x = CASE WHEN new.y THEN CASE new.z WHEN 1 THEN 2 END ELSE 3 END;
           SELECT new.\"end\", 1 AS 'end';
           SELECT CASE WHEN 1 THEN 2 END;
         END;|
         SELECT 1;|",
    );
}

#[test]
fn a_trigger_may_lack_its_last_semicolon() {
    let trigger = "CREATE TRIGGER t DELETE ON a BEGIN SELECT 1; END";
    assert_eq!(statements(Sqlite, trigger), [trigger]);
    let text = format!("{trigger}\n-- migrator:downgrade\nDROP TRIGGER t;");
    let pieces: Vec<_> = Splitter::new(&text, 0, Sqlite).map(Result::unwrap).collect();
    assert!(matches!(&pieces[0], Piece::Statement(found) if &text[found.span.clone()] == trigger));
    assert_eq!(pieces.len(), 3);
}

#[test]
fn other_statements_keep_to_their_semicolons() {
    check("CREATE TABLE trigger (a);| BEGIN;| SELECT 1;| END;| DROP TRIGGER t;| SELECT 1;|");
    check("CREATE FUNCTION f() BEGIN ATOMIC SELECT 1;| END;|");
    check("COPY t FROM STDIN;| SELECT 1;|");
    check("SET standard_conforming_strings = off;| SELECT '\\';| SELECT 1;|");
}

#[test]
fn a_period_is_a_dot_command_only_at_a_statements_and_a_lines_start() {
    check("SELECT\n.5;| SELECT t\n.mode;| SELECT 1;| .mode;|");
    check(".5;| SELECT 1;|.mode;|\n .mode;|\n");
}
