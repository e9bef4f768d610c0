//! Many at once, as when all replicas of a service start: everything is applied once.

use super::{ADVISORY_LOCKS, Running, line_of_revisions};
use crate::database::Subject;
use crate::support::pgbouncer::PgBouncer;
use crate::support::postgres::each_postgres;

const CROWD: usize = 50;
const REVISIONS: usize = 30;

/// Lets the crowd upgrade at the same time. Whoever gave up waiting says so; everything is there once.
fn all_upgrade(subject: &Subject<'_>, revisions: usize, arguments: &[&str]) {
    let crowd: Vec<Running> = (0..CROWD).map(|_| subject.start(arguments)).collect();
    let outputs: Vec<_> = crowd.into_iter().map(Running::output).collect();
    for output in &outputs {
        assert!(matches!(output.code, Some(0 | 4)), "{output:?}");
        assert!(output.code == Some(0) || output.stderr.contains("another migrator"), "{output:?}");
    }
    assert!(outputs.iter().any(|output| output.code == Some(0)));
    // Whoever gave up may have left others behind who gave up too.
    subject.run(arguments).ok();
    let expected = revisions.to_string();
    assert_eq!(subject.query("SELECT count(*) FROM migrator_version"), expected);
    assert_eq!(subject.query("SELECT count(*) FROM migrator_log"), expected);
    assert_eq!(subject.query("SELECT count(DISTINCT revision) FROM migrator_log WHERE action = 'upgrade'"), expected);
    assert_eq!(subject.query("SELECT count(*) FROM migrator_ledger"), "0");
}

fn each_table_has_one_row(subject: &Subject<'_>) {
    for number in 1..=REVISIONS {
        assert_eq!(subject.query(&format!("SELECT count(*) FROM r{number:02}")), "1", "r{number:02}");
    }
}

#[test]
fn a_crowd_on_postgresql() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        line_of_revisions(&subject, REVISIONS);
        all_upgrade(&subject, REVISIONS, &["upgrade", "head"]);
        each_table_has_one_row(&subject);
        assert_eq!(subject.query(ADVISORY_LOCKS), "0");
    });
}

#[test]
fn a_crowd_through_a_pooler() {
    each_postgres(|database| {
        if database.server().socket_directory().is_none() {
            eprintln!("not tried: the server is not ours, so a pooler may not reach it");
            return;
        }
        let subject = Subject::postgres(database);
        line_of_revisions(&subject, REVISIONS);
        let pooler = PgBouncer::start(database);
        all_upgrade(&subject, REVISIONS, &["--url", &pooler.url(database), "upgrade", "head"]);
        each_table_has_one_row(&subject);
        assert_eq!(subject.query(ADVISORY_LOCKS), "0");
    });
}

#[test]
fn a_crowd_on_sqlite() {
    let subject = Subject::sqlite();
    line_of_revisions(&subject, REVISIONS);
    all_upgrade(&subject, REVISIONS, &["upgrade", "head"]);
    each_table_has_one_row(&subject);
}

/// Parts between which SQLite's lock is let go of.
#[test]
fn a_crowd_on_sqlite_with_parts_outside_of_the_run() {
    let subject = Subject::sqlite();
    let parts = [
        "-- migrator:upgrade no-transaction\nINSERT INTO t VALUES (1);\nINSERT INTO t VALUES (2);\n",
        "-- migrator:upgrade foreign-keys=off\nINSERT INTO t VALUES (3);\n",
        "-- migrator:upgrade\nINSERT INTO t VALUES (4);\n-- migrator:upgrade no-transaction\nINSERT INTO t VALUES (5);\n",
        "-- migrator:upgrade foreign-keys=off\nINSERT INTO t VALUES (6);\n-- migrator:upgrade\nINSERT INTO t VALUES (7);\n",
    ];
    subject.revision_file("r00", "", "CREATE TABLE t (i integer);", "");
    for (number, body) in (1..).zip(parts.iter().cycle().take(8)) {
        let (id, parent) = (format!("r{number:02}"), format!("r{:02}", number - 1));
        let text = format!("-- {id}\n--\n-- migrator:revision {id}\n-- migrator:revises {parent}\n\n{body}");
        subject.write(&format!("migrations/versions/{id}.sql"), &text);
    }
    all_upgrade(&subject, 9, &["upgrade", "head"]);
    assert_eq!(subject.query("SELECT i, count(*) FROM t GROUP BY i"), "1|2\n2|2\n3|2\n4|2\n5|2\n6|2\n7|2");
    assert!(!subject.path("app.db-migrator").exists());
}
