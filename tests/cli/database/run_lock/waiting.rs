//! Who waits for whom, for how long, and what is said meanwhile.

use super::{ADVISORY_LOCKS, Gate, WORKS, assert_contains, is_running, line_of_revisions, until, until_works};
use crate::database::Subject;
use crate::support::postgres::each_postgres;
use crate::support::project::Project;

#[test]
fn whoever_holds_the_lock_is_named_with_what_it_does() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"0\"");
        let gate = Gate::close(database);
        // This server is not to notice, for once, that its program was killed.
        subject.revision_file("a1", "", &format!("SET client_connection_check_interval = 0;\n{WORKS}"), "");
        let mut worker = subject.start(&["upgrade"]);
        until_works(&subject);

        let refused = subject.run(&["upgrade", "--lock-wait", "200ms"]).exits(4);
        for words in [
            "waiting for another migrator (pid ",
            "gave up waiting for another migrator (pid ",
            "after 200 ms",
            ", migrator as postgres from 127.0.0.1, since 2",
            "running `SELECT count(*) FROM gate`",
            "hint: look at what it is doing; --lock-wait",
        ] {
            assert_contains(&refused.stderr, words);
        }
        let at_once = subject.json(&["--lock-wait", "0", "upgrade"]);
        assert_eq!(at_once["error"]["kind"], "lock_timeout");
        assert_contains(at_once["error"]["message"].as_str().unwrap(), "the lock is held by another migrator (pid ");
        for command in
            [&["stamp", "a1"][..], &["downgrade", "base"], &["ensure-version"], &["resolve", "a1", "--pending"]]
        {
            // `downgrade` has nothing to do, and so needs no lock.
            let code = if command[0] == "downgrade" { 0 } else { 4 };
            subject.run(&[command, &["--lock-wait=0"]].concat()).exits(code);
        }
        assert!(!worker.has_ended());

        // The server goes on with the statement of a program that was killed, and holds its lock.
        drop(worker);
        let refused = subject.run(&["upgrade", "--lock-wait", "0"]).exits(4);
        assert_contains(&refused.stderr, "running `SELECT count(*) FROM gate`");
        gate.open();
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.applied(), "a1");
        assert_eq!(subject.query(ADVISORY_LOCKS), "0");
    });
}

#[test]
fn what_is_in_quotes_in_the_statement_is_not_shown() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let role = format!("{}_role", database.name());
        let secret = format!("SELECT count(*) FROM gate /* {role} */ WHERE 'geheim' <> '';");
        subject.configure("", "lock_timeout = \"0\"");
        let gate = Gate::close(database);
        subject.revision_file("a1", "", &secret, "");
        let worker = subject.start(&["upgrade"]);
        until("the revision runs", || is_running(&subject, "geheim"));
        let refused = subject.run(&["upgrade", "--lock-wait", "0"]).exits(4);
        assert_contains(&refused.stderr, "running `SELECT count(*) FROM gate /*");
        assert!(!refused.stderr.contains("geheim"), "{}", refused.stderr);
        gate.open();
        worker.output().ok();
    });
}

#[test]
fn one_works_and_the_other_waits_and_then_finds_it_done() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"0\"");
        let gate = Gate::close(database);
        subject.revision_file("a1", "", WORKS, "");
        let worker = subject.start(&["upgrade"]);
        until_works(&subject);
        let waiting = subject.start(&["upgrade"]);
        until("the second asks for the lock", || is_waiting(&subject));
        gate.open();
        worker.output().ok();
        let waited = waiting.output().ok();
        assert_contains(&waited.stderr, "waiting for another migrator (pid ");
        assert_eq!(subject.log(), "a1|upgrade");
    });
}

/// Is there a session of the program that is idle, as between two tries for the lock?
fn is_waiting(subject: &Subject<'_>) -> bool {
    subject.query(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle' \
         AND application_name = 'migrator' AND query LIKE '%another migrator%'",
    ) == "1"
}

#[test]
fn at_head_and_elsewhere_nobody_waits() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        line_of_revisions(&subject, 1);
        subject.run(&["upgrade"]).ok();
        subject.configure("", "lock_timeout = \"0\"");
        let gate = Gate::close(database);
        subject.revision_file("x1", "r01", WORKS, "");
        let worker = subject.start(&["upgrade"]);
        until_works(&subject);

        // An older replica, which does not know the new revision's table, starts meanwhile.
        subject.run(&["upgrade", "r01", "--lock-wait", "0"]).ok();
        // Another version table of the same database, and another database of the same server.
        let beside = Subject::postgres(database);
        beside.configure("version_table = \"books_version\"", "");
        beside.revision_file("y1", "", "CREATE TABLE y ();", "");
        beside.run(&["upgrade", "--lock-wait", "0"]).ok();
        let elsewhere = database.server().database();
        let other = Project::postgres(&elsewhere);
        line_of_revisions(&other, 1);
        other.run(&["upgrade", "--lock-wait", "0"]).ok();

        gate.open();
        worker.output().ok();
        assert_eq!(subject.query("SELECT count(*) FROM migrator_log"), "2");
    });
}

#[test]
fn sqlite_waits_as_long_as_it_is_told() {
    let subject = Subject::sqlite();
    line_of_revisions(&subject, 1);
    subject.run(&["upgrade"]).ok();
    subject.revision_file("x1", "r01", "CREATE TABLE x (i integer);", "");
    let holder = subject.open();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    subject.run(&["upgrade", "r01", "--lock-wait", "0"]).ok();
    let refused = subject.run(&["upgrade", "--lock-wait", "0"]).exits(4);
    assert_contains(&refused.stderr, "the lock is held by another program that writes to the database");
    let refused = subject.run(&["upgrade", "--lock-wait", "200ms"]).exits(4);
    assert_contains(&refused.stderr, "gave up waiting for another program that writes to the database after 200 ms");
    let mut waiting = subject.start(&["upgrade"]);
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(!waiting.has_ended());
    holder.execute_batch("ROLLBACK").unwrap();
    waiting.output().ok();
    assert_eq!(subject.applied(), "r01\nx1");
}

/// SQLite's own lock is free while such a section runs.
#[test]
fn sqlite_keeps_others_out_of_a_section_without_a_transaction() {
    let subject = Subject::sqlite();
    subject.revision_file("a1", "", "CREATE TABLE t (i integer);", "");
    let text = "-- b2\n--\n-- migrator:revision b2\n-- migrator:revises a1\n\n-- migrator:upgrade no-transaction\n\
                INSERT INTO t VALUES (1);\nATTACH 'other.db' AS other;\nINSERT INTO other.gate VALUES (1);\n\
                DETACH other;\nINSERT INTO t VALUES (2);\n";
    subject.write("migrations/versions/b2.sql", text);
    let other = rusqlite::Connection::open(subject.path("other.db")).unwrap();
    other.execute_batch("CREATE TABLE gate (i integer); BEGIN IMMEDIATE").unwrap();
    subject.run(&["upgrade", "a1"]).ok();

    let mut worker = subject.start(&["upgrade"]);
    let third = "SELECT count(*) FROM migrator_ledger WHERE statement = 3 AND state = 'begun'";
    until("the third statement is begun", || subject.query(third) == "1");
    let refused = subject.run(&["upgrade", "--lock-wait", "0"]).exits(4);
    assert_contains(&refused.stderr, "the lock is held by another migrator");
    subject.run(&["stamp", "b2", "--lock-wait", "100ms"]).exits(4);
    subject.run(&["resolve", "b2", "--pending", "--lock-wait", "0"]).exits(4);
    assert!(!worker.has_ended());
    other.execute_batch("ROLLBACK").unwrap();
    worker.output().ok();
    assert_eq!(subject.query("SELECT i FROM t ORDER BY i"), "1\n2");
    assert_eq!(subject.applied(), "a1\nb2");

    // What a killed run leaves behind keeps nobody out.
    subject.write("app.db-migrator", "");
    subject.revision_file("c3", "b2", "CREATE TABLE c (i integer);", "");
    subject.run(&["upgrade", "--lock-wait", "0"]).ok();
}
