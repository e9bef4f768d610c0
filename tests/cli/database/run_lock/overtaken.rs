//! What keeps a revision from being applied twice when the lock does not: a file that gives it back, a server
//! that does not keep it, somebody who does not ask for it.

use std::time::Duration;

use super::{ADVISORY_LOCKS, Gate, assert_contains, is_running, line_of_revisions, until, until_works};
use crate::database::Subject;
use crate::support::postgres::each_postgres;
use crate::support::project::Output;

#[test]
fn a_file_that_gives_all_locks_back_does_not_open_the_door() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        line_of_revisions(&subject, 3);
        subject.revision_file("r02", "r01", "SELECT pg_advisory_unlock_all();", "");
        let run = subject.run(&["upgrade"]).ok();
        assert!(!run.stderr.contains("you don't own a lock"), "{}", run.stderr);
        assert_eq!(subject.log(), "r01|upgrade\nr02|upgrade\nr03|upgrade");
        assert_eq!(subject.query(ADVISORY_LOCKS), "0");
        subject.query("DROP TABLE r01, r03, migrator_version, migrator_log");
        subject.configure("transaction = \"single\"", "");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.log(), "r01|upgrade\nr02|upgrade\nr03|upgrade");
    });
}

#[test]
fn all_steps_are_reported_although_it_was_planned_twice() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        line_of_revisions(&subject, 3);
        subject.revision_file("r02", "r01", "SELECT pg_advisory_unlock_all();", "");
        subject.revision_file("r03", "r02", "SELECT * FROM nowhere;", "");
        let error = &subject.json(&["upgrade"])["error"];
        assert_eq!(error["applied_before"].to_string(), r#"["r01","r02"]"#);
        line_of_revisions(&subject, 3);
        subject.revision_file("r02", "r01", "SELECT pg_advisory_unlock_all();", "DROP TABLE IF EXISTS x;");
        subject.json(&["downgrade", "base"]);
        let report = subject.json(&["upgrade"]);
        let steps = report["steps"].as_array().unwrap().iter().map(|step| step["revision"].as_str().unwrap());
        assert_eq!(steps.collect::<Vec<_>>(), ["r01", "r02", "r03"]);
    });
}

/// Whoever takes the lock that a file has given back is waited for.
#[test]
fn a_lock_that_somebody_else_has_taken_is_waited_for() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"0\"");
        let mut gate = Gate::close(database);
        line_of_revisions(&subject, 3);
        subject.write(
            "migrations/versions/r02.sql",
            "-- r02\n--\n-- migrator:revision r02\n-- migrator:revises r01\n\n-- migrator:upgrade no-transaction\n\
             SELECT count(*) FROM gate;\nSELECT pg_advisory_unlock_all();\nSELECT count(*) FROM gate, gate AS again;\n",
        );
        let mut worker = subject.start(&["upgrade"]);
        until("the first statement runs", || is_running(&subject, "SELECT count(*) FROM gate"));
        let key = subject.query(
            "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' \
             AND database = (SELECT oid FROM pg_database WHERE datname = current_database())",
        );
        let mut other = database.client();
        let take = format!("SELECT pg_try_advisory_lock({key})");
        let mut taken = || other.query_one(&take, &[]).unwrap().get::<_, bool>(0);
        assert!(!taken());
        // It may run on to the second; then the lock is free, because the file gave it back.
        gate.0.batch_execute("COMMIT; BEGIN; LOCK gate").unwrap();
        until("the lock is free", &mut taken);
        gate.open();
        until("the statements are through", || {
            subject.query("SELECT count(*) FROM migrator_ledger WHERE state = 'done'") == "3"
        });
        std::thread::sleep(Duration::from_millis(300));
        assert!(!worker.has_ended());
        assert_eq!(subject.applied(), "r01");
        other.batch_execute("SELECT pg_advisory_unlock_all()").unwrap();
        worker.output().ok();
        assert_eq!(subject.log(), "r01|upgrade\nr02|upgrade\nr03|upgrade");
        assert_eq!(subject.query(ADVISORY_LOCKS), "0");
    });
}

/// Upgrades to the third revision by `url`, while the second is recorded by somebody who cares for no lock.
fn upgrade_overtaken(subject: &Subject<'_>, url: &str) -> Output {
    let database = subject.postgres.unwrap();
    subject.configure("", "lock_timeout = \"0\"");
    line_of_revisions(subject, 3);
    subject.revision_file("r01", "", "SELECT count(*) FROM gate;\nSELECT 1;", "SELECT 1;");
    subject.query("CREATE TABLE gate ()");
    subject.run(&["upgrade", "r02"]).ok();
    subject.query("CREATE TABLE kept AS SELECT * FROM migrator_version WHERE revision = 'r02'");
    subject.run(&["downgrade", "base"]).ok();
    let gate = Gate::close(database);
    let worker = subject.start(&["--url", url, "upgrade"]);
    until_works(subject);
    subject.query("INSERT INTO migrator_version SELECT * FROM kept");
    gate.open();
    worker.output()
}

/// Through a socket nobody can tell what is in between, so every part asks what is applied.
#[test]
fn what_somebody_else_applied_is_not_run_again() {
    each_postgres(|database| {
        let Some(directory) = database.server().socket_directory() else {
            eprintln!("not tried: the server is not ours, so where its socket is is not known");
            return;
        };
        let directory = directory.display().to_string().replace('/', "%2F");
        let url = format!("postgresql://postgres@{directory}:{}/{}", database.server().port(), database.name());
        let subject = Subject::postgres(database);
        let output = upgrade_overtaken(&subject, &url).ok();
        assert_contains(&output.stderr, "upgrade r03");
        assert!(!output.stderr.contains("upgrade r02"), "{}", output.stderr);
        assert_eq!(subject.query("SELECT revision FROM migrator_version ORDER BY revision"), "r01\nr02\nr03");
        assert!(!subject.has_table("r02") && subject.has_table("r03"));
    });
}

/// On a connection without anything in between the lock is enough; whoever does not ask for it is refused by
/// the version table.
#[test]
fn the_version_table_takes_no_revision_twice() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let output = upgrade_overtaken(&subject, &database.url()).exits(1);
        assert_contains(&output.stderr, "revision `r02` failed");
        assert_contains(&output.stderr, "nothing of r02 was kept");
        assert!(!subject.has_table("r02") && !subject.has_table("r03"));
    });
}
