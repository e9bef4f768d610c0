//! What the proof finds: offline SQL that does something else, and revisions that Alembic itself cannot run.

use super::{AlembicProject, told};
use crate::python::alembic::{Alembic, BOTH};
use crate::support::subject::query_sqlite;

const HEAD: &str = "from alembic import context, op\nimport sqlalchemy as sa\n";

/// A project of one revision after another, each with the bodies of its two functions.
fn project(alembic: Alembic, revisions: &[(&str, &str)]) -> AlembicProject {
    let project = AlembicProject::new("rows", alembic);
    std::fs::remove_dir_all(project.path("alembic/versions")).unwrap();
    std::fs::create_dir(project.path("alembic/versions")).unwrap();
    let mut below = "None".to_owned();
    for (number, (up, down)) in (1..).zip(revisions) {
        let text = format!(
            "{HEAD}revision = \"r{number}\"\ndown_revision = {below}\n\ndef upgrade():\n    {}\n\ndef downgrade():\n    {}\n",
            up.replace('\n', "\n    "),
            down.replace('\n', "\n    ")
        );
        project.write(&format!("alembic/versions/r{number}.py"), &text);
        below = format!("\"r{number}\"");
    }
    project
}

const TABLE: (&str, &str) = ("op.execute('CREATE TABLE a (x INTEGER)')", "op.execute('DROP TABLE a')");

#[test]
fn offline_sql_that_does_something_else_is_replaced_by_what_was_sent() {
    for alembic in BOTH {
        let differing = "name = 'wrong' if context.is_offline_mode() else 'right'\nop.execute('CREATE TABLE %s (x INTEGER)' % name)";
        let project = project(
            alembic,
            &[TABLE, (differing, "op.execute('DROP TABLE IF EXISTS right_')\nop.execute('DROP TABLE \"right\"')")],
        );
        let (document, code) = project.imported(&[]);
        assert_eq!(told(&document), ["r1: offline offline, proven", "r2: captured offline, proven"], "{document}");
        assert_eq!(code, 0);
        assert!(project.read("migrations/versions/r2.sql").contains("CREATE TABLE right (x INTEGER);"));
    }
}

#[test]
fn what_goes_past_alembic_is_noticed() {
    for alembic in BOTH {
        let past = "op.get_bind().connection.cursor().execute('CREATE TABLE b (x INTEGER)')";
        let project = project(alembic, &[TABLE, (past, "op.execute('DROP TABLE b')"), TABLE_C]);
        let (document, code) = project.imported(&[]);
        assert_eq!(
            told(&document),
            ["r1: offline offline, not proven", "r2: hand offline, not proven", "r3: offline offline, not proven"],
            "{document}"
        );
        let reason = document["databases"][0]["revisions"][1]["ways"][0]["reason"].as_str().unwrap();
        assert_eq!(reason, "the schema is not what Alembic makes: still to do: add table b");
        assert_eq!(code, 3);
    }
}

const TABLE_C: (&str, &str) = ("op.execute('CREATE TABLE c (x INTEGER)')", "op.execute('DROP TABLE c')");

#[test]
fn a_downgrade_that_alembic_cannot_run_is_told_and_the_others_are_proven() {
    for alembic in BOTH {
        let broken = ("op.execute('CREATE TABLE b (x INTEGER)')", "op.execute('DROP TABLE bb')");
        let project = project(alembic, &[TABLE, broken, TABLE_C]);
        let (document, code) = project.imported(&[]);
        assert_eq!(
            told(&document),
            ["r1: offline offline, proven", "r2: offline offline, not proven", "r3: offline offline, proven"],
            "{document}"
        );
        let problem = document["databases"][0]["revisions"][1]["problems"][0].as_str().unwrap();
        assert_eq!(problem, "downgrade (sqlite): Alembic itself fails: (sqlite3.OperationalError) no such table: bb");
        assert_eq!(code, 3);
    }
}

#[test]
fn an_upgrade_that_alembic_cannot_run_ends_the_proof_there() {
    for alembic in BOTH {
        let project = project(alembic, &[TABLE, ("op.execute('DROP TABLE missing')", "pass"), TABLE_C]);
        let (document, code) = project.imported(&[]);
        assert_eq!(
            told(&document),
            ["r1: offline offline, proven", "r2: offline nothing, not proven", "r3: offline offline, not proven"],
            "{document}"
        );
        assert_eq!(
            document["warnings"][0],
            "Alembic itself cannot upgrade an empty database through r2 (sqlite): (sqlite3.OperationalError) no such table: \
             missing; nothing from there on is proven"
        );
        assert_eq!(code, 3);
    }
}

#[test]
fn values_that_change_are_told() {
    for alembic in BOTH {
        let random = "import uuid\nop.execute(\"INSERT INTO a (x) VALUES ('%s')\" % uuid.uuid4())";
        let project = project(alembic, &[TABLE, (random, "op.execute('DELETE FROM a')")]);
        let (document, code) = project.imported(&[]);
        assert_eq!(told(&document), ["r1: offline offline, proven", "r2: offline offline, proven"]);
        let notes = document["databases"][0]["revisions"][1]["ways"][0]["notes"].to_string();
        assert!(notes.contains("its SQL is another each time it is asked for"), "{notes}");
        assert!(document["warnings"][0].as_str().unwrap().starts_with("the rows of a have other values"), "{document}");
        assert_eq!(code, 0);
    }
}

#[test]
fn values_are_written_as_they_were_sent() {
    let up = "connection = op.get_bind()\n\
              connection.execute(sa.text('CREATE TABLE v (i INTEGER PRIMARY KEY, x)'))\n\
              insert = sa.text(\"INSERT INTO v (i, x) VALUES (:i, :x) /* ? %s */ -- it's ?\")\n\
              values = [None, True, -7, 1.5, 2.5e-7, b'\\x00\\xff', 'it\\'s ? :x %s %%', 'two\\nlines; -- no comment', 'gr\\u00fc\\u00df', '']\n\
              for i, x in enumerate(values):\n    \
                  connection.execute(insert, {'i': i, 'x': x})\n\
              table = sa.table('v', sa.column('i', sa.Integer), sa.column('x', sa.Date))\n\
              import datetime\n\
              op.execute(table.insert().values(i=10, x=datetime.date(2024, 2, 29)))";
    for alembic in BOTH {
        let project = project(alembic, &[(up, "op.execute('DROP TABLE v')")]);
        let (document, code) = project.imported(&[]);
        assert_eq!(told(&document), ["r1: captured offline, proven"], "{document}");
        assert_eq!((code, document["warnings"].to_string()), (0, "[]".into()));
        project.run(&["upgrade"]).ok();
        let connection = rusqlite::Connection::open(project.path("rows.db")).unwrap();
        let rows = query_sqlite(
            &connection,
            "SELECT i, typeof(x), CASE WHEN typeof(x) = 'blob' THEN hex(x) ELSE x END FROM v",
        );
        assert_eq!(
            rows,
            "0|null|\n1|integer|1\n2|integer|-7\n3|real|1.5\n4|real|0.00000025\n5|blob|00FF\n6|text|it's ? :x %s %%\n\
             7|text|two\nlines; -- no comment\n8|text|gr\u{fc}\u{df}\n9|text|\n10|text|2024-02-29"
        );
    }
}

#[test]
fn transaction_control_in_a_statement_is_left_to_people() {
    let project = project(
        Alembic::Newest,
        &[TABLE, ("op.execute('CREATE TABLE b (x INTEGER)')", "op.execute('ROLLBACK')"), TABLE_C],
    );
    let (document, code) = project.imported(&["--no-prove"]);
    assert_eq!(told(&document)[1], "r2: offline hand, not tried", "{document}");
    assert_eq!(code, 3);
    project.run(&["status"]).ok();
}
