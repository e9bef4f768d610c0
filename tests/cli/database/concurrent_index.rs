//! `CREATE INDEX CONCURRENTLY` that does not come to its end: nothing is left without being told, and the next run
//! builds the index.

use super::{Subject, assert_contains};
use crate::support::postgres::each_postgres;
use crate::support::running::{Running, until};

const VALID: &str = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('slow')";
const BUILDS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' \
                      AND query LIKE 'CREATE INDEX CONC%' AND wait_event_type = 'Lock'";

/// A table, and a revision that builds an index on it.
fn prepare(subject: &Subject<'_>, lock_timeout: &str) {
    subject.configure("", &format!("lock_timeout = \"{lock_timeout}\""));
    subject.revision_file("a1", "", "CREATE TABLE t (id integer);", "");
    subject.run(&["upgrade"]).ok();
    subject.revision_file("b2", "a1", "CREATE INDEX CONCURRENTLY slow ON t (id);", "");
    let text = subject.read("migrations/versions/b2.sql");
    subject.write("migrations/versions/b2.sql", &text.replace(":upgrade", ":upgrade no-transaction"));
}

#[track_caller]
fn is_reported(subject: &Subject<'_>) {
    assert_eq!(subject.query(VALID), "f");
    assert_contains(&subject.run(&["status"]).ok().stdout, "interrupted");
    let found = subject.run(&["verify"]).exits(3).stdout;
    assert_contains(&found, "b2: a run was cut off in it");
    assert_contains(&found, "public.slow: the index is not valid");
}

#[test]
fn a_build_behind_a_long_transaction_gives_way() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        prepare(&subject, "2s");
        let mut holder = database.client();
        holder.batch_execute("BEGIN; INSERT INTO t VALUES (1)").unwrap();
        let pid: i32 = holder.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
        let output = subject.run(&["upgrade"]).exits(4);
        assert_contains(&output.stderr, "b2.sql:7:1");
        assert_contains(&output.stderr, &format!("\nblocked by pid {pid} (user postgres), idle in transaction"));
        assert_contains(&output.stderr, "an index that is not valid may be left; run `migrator upgrade` again");
        is_reported(&subject);
        // It cannot be dropped either while that goes on.
        let output = subject.run(&["upgrade"]).exits(4);
        assert_contains(&output.stderr, &format!("waiting, blocked by pid {pid}"));
        is_reported(&subject);
        holder.batch_execute("COMMIT").unwrap();
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query(VALID), "t");
        assert_eq!(subject.applied(), "a1\nb2");
        subject.run(&["verify"]).ok();
    });
}

#[test]
fn a_build_whose_session_is_ended_is_done_again() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        prepare(&subject, "5m");
        let mut holder = database.client();
        holder.batch_execute("BEGIN; INSERT INTO t VALUES (1)").unwrap();
        let run = subject.start(&["upgrade"]);
        until("the build waits", || subject.query(BUILDS) == "1");
        subject.query(&format!("SELECT pg_terminate_backend(pid) FROM ({}) p", BUILDS.replace("count(*)", "pid")));
        let story = run.output().exits(1).stderr;
        assert_contains(&story, "terminating connection due to administrator command");
        is_reported(&subject);
        holder.batch_execute("COMMIT").unwrap();
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query(VALID), "t");
        subject.run(&["verify"]).ok();
    });
}

#[test]
fn a_server_stops_building_for_a_program_that_was_killed() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        if subject.query("SELECT version() LIKE '%linux%'") != "t" {
            eprintln!("not tried: a server that is not on Linux may go on until the index is built");
            return;
        }
        prepare(&subject, "5m");
        let mut holder = database.client();
        holder.batch_execute("BEGIN; INSERT INTO t VALUES (1)").unwrap();
        let run = subject.start(&["upgrade"]);
        until("the build waits", || subject.query(BUILDS) == "1");
        drop(run);
        until("the build is given up", || subject.query(BUILDS) == "0");
        is_reported(&subject);
        holder.batch_execute("COMMIT").unwrap();
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query(VALID), "t");
    });
}

#[test]
fn migrators_that_wait_for_each_other_do_not_stop_a_build() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        prepare(&subject, "5m");
        subject.revision_file("c3", "b2", "INSERT INTO t VALUES (2);", "");
        let mut holder = database.client();
        holder.batch_execute("BEGIN; INSERT INTO t VALUES (1)").unwrap();
        let mut runs: Vec<Running> = Vec::new();
        runs.push(subject.start(&["upgrade"]));
        until("the build waits", || subject.query(BUILDS) == "1");
        runs.extend((0..2).map(|_| subject.start(&["upgrade"])));
        for run in &mut runs[1..] {
            run.says("waiting for another migrator");
        }
        holder.batch_execute("COMMIT").unwrap();
        for run in runs {
            run.output().exits(0);
        }
        assert_eq!(subject.query(VALID), "t");
        assert_eq!(subject.query("SELECT id FROM t ORDER BY id"), "1\n2");
        assert_eq!(subject.log(), "a1|upgrade\nb2|upgrade\nc3|upgrade");
    });
}
