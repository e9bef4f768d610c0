#![allow(clippy::unwrap_used)]

use chrono::TimeZone;
use proptest::prelude::*;

use super::*;

fn draft<'a>(message: &'a str) -> RevisionDraft<'a> {
    RevisionDraft {
        revision: "3f2a9c1b7d04",
        revises: &[],
        depends_on: &[],
        branch_labels: &[],
        message,
        created: Utc.with_ymd_and_hms(2026, 11, 20, 10, 33, 0).unwrap(),
        upgrade: "",
        downgrade: "",
    }
}

fn render_default(draft: &RevisionDraft<'_>) -> String {
    render_revision(Path::new("revision.sql.tera"), DEFAULT, draft).unwrap()
}

fn wrong(template: &str) -> TemplateError {
    render_revision(Path::new("db/revision.sql.tera"), template, &draft("x")).unwrap_err()
}

#[test]
fn the_default_template_of_a_hand_written_revision() {
    let parents = ["1975ea83b712".to_owned()];
    let text = render_default(&RevisionDraft { revises: &parents, ..draft("create users") });
    assert_eq!(
        text,
        "\
-- create users
--
-- migrator:revision 3f2a9c1b7d04
-- migrator:revises 1975ea83b712
-- migrator:created 2026-11-20T10:33:00Z

-- migrator:upgrade


-- migrator:downgrade

"
    );
}

#[test]
fn the_default_template_with_everything() {
    let list = |items: &[&str]| items.iter().map(|&item| item.to_owned()).collect::<Vec<_>>();
    let text = render_default(&RevisionDraft {
        revises: &list(&["a1", "b2"]),
        depends_on: &list(&["c3", "d4"]),
        branch_labels: &list(&["accounts", "billing"]),
        upgrade: "CREATE TABLE t (a text DEFAULT '{{ x }} <&>');\n",
        downgrade: "DROP TABLE t;\n\n",
        ..draft("add t\n\nIt is small.")
    });
    assert_eq!(
        text,
        "\
-- add t
--
-- It is small.
--
-- migrator:revision 3f2a9c1b7d04
-- migrator:revises a1, b2
-- migrator:depends-on c3, d4
-- migrator:branch-labels accounts, billing
-- migrator:created 2026-11-20T10:33:00Z

-- migrator:upgrade
CREATE TABLE t (a text DEFAULT '{{ x }} <&>');

-- migrator:downgrade
DROP TABLE t;
"
    );
}

#[test]
fn a_base_revises_nothing() {
    assert!(!render_default(&draft("first")).contains("revises"));
}

#[test]
fn both_project_templates_write_the_same_revisions() {
    assert_eq!(DEFAULT, include_str!("../../../templates/multidb/revision.sql.tera"));
}

#[test]
fn messages_become_comment_lines() {
    for (message, expected) in [
        ("create users", "-- create users"),
        ("", "-- empty message"),
        (" \n\t\r\n\0", "-- empty message"),
        ("\n\n one \t\n\n two\n", "--  one\n--\n--  two"),
        ("a\r\nb\rc\u{2028}d\u{2029}e\u{85}f\u{b}g\u{c}h", "-- a\n-- b\n-- c\n-- d\n-- e\n-- f\n-- g\n-- h"),
        ("\u{1b}[31mred\u{7}\tx", "-- [31mred\tx"),
        ("it's \"quoted\" */ -- $$ <b>&", "-- it's \"quoted\" */ -- $$ <b>&"),
        ("migrator:upgrade", "-- | migrator:upgrade"),
        ("a\n  \tMigrator:Upgrade no", "-- a\n-- |   \tMigrator:Upgrade no"),
        ("mig\0rator:upgrade", "-- | migrator:upgrade"),
        ("-- migrator:upgrade", "-- -- migrator:upgrade"),
        ("the migrator: a tool", "-- the migrator: a tool"),
        ("migratör:x", "-- migratör:x"),
    ] {
        assert_eq!(comment_lines(message), expected, "{message:?}");
    }
}

#[test]
fn a_project_may_change_its_template() {
    let template = "\u{feff}{{ message }}|{{ revision }}\r\n{% for id in revises %}{{ id }};{% endfor %}\r\n";
    let parents = ["a".to_owned(), "b".to_owned()];
    let draft = RevisionDraft { revises: &parents, ..draft("<raw>") };
    let text = render_revision(Path::new("t"), template, &draft).unwrap();
    assert_eq!(text, "<raw>|3f2a9c1b7d04\na;b;\n");
}

#[test]
fn every_variable_that_is_offered_exists() {
    for name in VARIABLES {
        let template = format!("{{{{ {name} }}}}");
        render_revision(Path::new("t"), &template, &draft("x")).unwrap();
    }
}

#[test]
fn a_syntax_error_has_a_place() {
    let error = wrong("é {{ revision }}\n  {% if revises $ %}\n");
    let (path, line, column) = error.place().unwrap();
    assert_eq!((path.to_str(), line), (Some("db/revision.sql.tera"), 2));
    assert_eq!(column, 17);
    let message = error.to_string();
    assert!(message.starts_with("template `db/revision.sql.tera` cannot be rendered: "), "{message}");
    assert!(!message.contains('\n'), "{message}");
}

#[test]
fn an_unknown_variable_has_a_place_and_the_known_ones_are_listed() {
    let error = wrong("-- {{ message }}\n-- é {{ up_revision }}\n");
    assert_eq!(error.place().map(|(_, line, column)| (line, column)), Some((2, 9)));
    assert!(error.to_string().contains("`up_revision`"), "{error}");
    assert_eq!(
        error.hint().unwrap(),
        "a revision template may use revision, revises, depends_on, branch_labels, message, \
         message_comment, created, upgrade, downgrade"
    );
    assert_eq!(error.kind(), "script");
}

#[test]
fn an_unknown_filter_is_named_in_one_line() {
    let error = wrong("\n{{ message | shout }}");
    assert_eq!(error.to_string(), "template `db/revision.sql.tera` cannot be rendered: unknown filter `shout`");
    assert_eq!(error.place().map(|(_, line, column)| (line, column)), Some((2, 14)));
}

/// What the line says to whoever reads the file back: `-- migrator:NAME …`.
fn directive(line: &str) -> Option<&str> {
    let rest = line.trim_start().strip_prefix("--")?.trim_start().strip_prefix("migrator:")?;
    rest.split_whitespace().next()
}

fn messages() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "migrator:",
        "upgrade",
        "revision x",
        "--",
        "\n",
        "\r",
        "\r\n",
        "\t",
        " ",
        "\0",
        "\u{85}",
        "\u{b}",
        "\u{2028}",
        "\u{2029}",
        "\u{feff}",
        "\u{a0}",
        "{{ 1 }}",
        "{%",
        "%}",
        "{#",
        "*/",
        "/*",
        "'",
        "\"",
        "$$",
    ];
    let piece = prop_oneof![
        4 => proptest::sample::select(PIECES).prop_map(str::to_owned),
        1 => any::<String>(),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_message_breaks_the_file(message in messages()) {
        let text = render_default(&draft(&message));
        let lines: Vec<&str> = text.split(is_line_end).collect();
        let directives: Vec<&str> = lines.iter().filter_map(|line| directive(line)).collect();
        prop_assert_eq!(directives, ["revision", "created", "upgrade", "downgrade"]);
        prop_assert!(
            lines.iter().all(|line| line.is_empty() || line.starts_with("--")),
            "{}", text
        );
    }

    #[test]
    fn template_syntax_in_a_message_is_text(inner in "[a-z]{1,5}") {
        for message in [format!("{{{{ {inner} }}}}"), format!("{{% {inner} %}}"), format!("{{# {inner} #}}")] {
            let text = render_default(&draft(&message));
            prop_assert!(text.starts_with(&format!("-- {message}\n--\n")), "{}", text);
        }
    }
}
