//! What changes only what is recorded waits like a run, and tells for whom.

use super::{Gate, Subject, assert_contains, until_works};
use crate::support::postgres::each_postgres;

const COMMANDS: [&[&str]; 4] = [
    &["ensure-version"],
    &["accept", "a1", "--reason", "meant", "--yes"],
    &["resolve", "b2", "--pending"],
    &["stamp", "b2"],
];

/// `a1` is applied and changed since; `b2` was interrupted.
fn prepare(subject: &Subject<'_>) {
    subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
    let text = "-- migrator:revision b2\n-- migrator:revises a1\n\n-- migrator:upgrade no-transaction\n\
                CREATE TABLE b (i integer);\nSELECT nothing;\n";
    subject.write("migrations/versions/b2.sql", text);
    subject.run(&["upgrade"]).exits(1);
    subject.revision_file("a1", "", "CREATE TABLE a (i bigint);", "");
}

#[track_caller]
fn check(subject: &Subject<'_>, command: &[&str], holder: &str) {
    let refused = subject.run(&[command, &["--lock-wait=100ms"]].concat()).exits(4);
    assert_contains(&refused.stderr, &format!("waiting for {holder}"));
    assert_contains(&refused.stderr, &format!("gave up waiting for {holder}"));
}

#[test]
fn whoever_holds_the_lock_is_named() {
    let subject = Subject::sqlite();
    prepare(&subject);
    let holder = subject.open();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    COMMANDS.iter().for_each(|command| check(&subject, command, "another program that writes to the database"));
    drop(holder);

    each_postgres(|database| {
        let subject = Subject::postgres(database);
        prepare(&subject);
        let file = subject.read("migrations/versions/b2.sql");
        subject.write("migrations/versions/b2.sql", &file.replace("SELECT nothing", "SELECT count(*) FROM gate"));
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.configure("", "lock_timeout = \"0\"");
        let gate = Gate::close(database);
        let worker = subject.start(&["upgrade"]);
        until_works(&subject);
        subject.revision_file("a1", "", "CREATE TABLE a (i bigint);", "");
        COMMANDS.iter().for_each(|command| check(&subject, command, "another migrator (pid "));
        gate.open();
        worker.output().ok();
    });
}

#[test]
fn a_change_that_does_not_get_a_lock_is_tried_again() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"200ms\"");
        prepare(&subject);
        let mut holder = database.client();
        holder.batch_execute("BEGIN; LOCK migrator_version IN SHARE MODE").unwrap();
        let refused = subject.run(&["stamp", "b2", "--lock-wait", "1s"]).exits(4);
        assert_contains(
            &refused.stderr,
            "b2: canceling statement due to lock timeout (55P03); rolled back, to be tried",
        );
        let mut run = subject.start(&["stamp", "b2"]);
        run.says("to be tried again in");
        holder.batch_execute("COMMIT").unwrap();
        run.output().ok();
        assert_eq!(subject.applied(), "a1\nb2");
    });
}

#[test]
fn whoever_has_locked_the_version_table_is_named() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"60s\"");
        prepare(&subject);
        for command in &COMMANDS[1..] {
            let mut holder = database.client();
            holder.batch_execute("BEGIN; LOCK migrator_version, migrator_log IN SHARE MODE").unwrap();
            let mut run = subject.start(command);
            run.says("waiting, blocked by pid ");
            holder.batch_execute("COMMIT").unwrap();
            run.output().ok();
        }
    });
}
