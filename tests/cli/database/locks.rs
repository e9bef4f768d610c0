//! Locks on tables, on PostgreSQL: what waits, gives way and tries again, and what is said meanwhile.

use std::time::{Duration, Instant};

use super::{Subject, assert_contains};
use crate::support::postgres::each_postgres;
use crate::support::running::until;

#[test]
fn a_part_gives_way_and_is_run_again_until_the_reader_has_left() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"500ms\"");
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.run(&["upgrade"]).ok();
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);\nALTER TABLE a ADD COLUMN j integer;", "");
        let mut reader = database.client();
        reader.batch_execute("BEGIN; SELECT * FROM a").unwrap();

        let mut run = subject.start(&["upgrade"]);
        run.says("b2, line 8: canceling statement due to lock timeout (55P03); rolled back");
        // Others who read the table wait behind the ALTER TABLE, but no longer than one attempt.
        let mut longest = Duration::ZERO;
        let mut others = database.client();
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(3) {
            let asked = Instant::now();
            others.batch_execute("SELECT * FROM a").unwrap();
            longest = longest.max(asked.elapsed());
            std::thread::sleep(Duration::from_millis(5));
        }
        assert!(longest > Duration::from_millis(100), "nobody was in the way: {longest:?}");
        assert!(longest < Duration::from_secs(5), "a reader waited for {longest:?}");
        reader.batch_execute("COMMIT").unwrap();
        run.output().exits(0);
        assert_eq!(
            subject.query("SELECT count(*) FROM pg_attribute WHERE attrelid = 'a'::regclass AND attname = 'j'"),
            "1"
        );
        assert_eq!(subject.log(), "a1|upgrade\nb2|upgrade");
    });
}

#[test]
fn a_reader_who_never_leaves_is_exit_code_4_within_lock_wait() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"500ms\"\nlock_wait = \"4s\"");
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.run(&["upgrade"]).ok();
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "");
        subject.revision_file("c3", "b2", "CREATE TABLE c (i integer);\nALTER TABLE a ADD COLUMN j integer;", "");
        let mut reader = database.client();
        reader.batch_execute("SET application_name = 'reports'; BEGIN; SELECT *\n FROM a -- \u{1b}[31m").unwrap();
        let pid: i32 = reader.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);

        let begun = Instant::now();
        let output = subject.run(&["upgrade"]).exits(4);
        let took = begun.elapsed();
        assert!(took > Duration::from_secs(2), "it gave up after {took:?}");
        assert!(took < Duration::from_secs(30), "it tried for {took:?}");
        assert_contains(&output.stderr, "c3.sql:8:1");
        assert_contains(&output.stderr, "canceling statement due to lock timeout (55P03)");
        let blocker =
            format!("blocked by pid {pid} (reports, user postgres), idle in transaction, in a transaction of ");
        assert_contains(&output.stderr, &format!("c3: waiting, {blocker}"));
        assert_contains(&output.stderr, &format!("\n{blocker}"));
        assert_contains(&output.stderr, &format!("(blocked by pid {pid})\n"));
        assert!(!output.stderr.contains('\u{1b}'), "{}", output.stderr);
        assert_contains(&output.stderr, "applied before it: b2");
        assert_contains(&output.stderr, "nothing of c3 was kept; run `migrator upgrade` again");
        assert_eq!(subject.applied(), "a1\nb2");
        assert!(subject.has_table("b") && !subject.has_table("c"));
        assert_eq!(subject.log(), "a1|upgrade\nb2|upgrade\nc3|upgrade failed");

        let error = &subject.json(&["upgrade"])["error"];
        assert_eq!(error["kind"], "lock_timeout");
        assert_eq!(error["line"], 8);
        assert!(error["attempts"].as_u64() > Some(1), "{error}");
        assert_eq!(error["blockers"][0]["pid"], pid);
        assert_eq!(error["blockers"][0]["application"], "reports");
        assert_eq!(error["blockers"][0]["state"], "idle in transaction");
        assert!(error["blockers"][0]["transaction_seconds"].is_number(), "{error}");
        reader.batch_execute("COMMIT").unwrap();
        subject.run(&["upgrade"]).ok();
    });
}

#[test]
fn a_deadlock_is_rolled_back_and_run_again() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"30s\"");
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);\nCREATE TABLE b (i integer);", "");
        subject.run(&["upgrade"]).ok();
        // It takes a, sleeps until the other has b, and then is the one that asks last and looks for deadlocks
        // first: the other never does in the time of this test.
        subject.revision_file(
            "b2",
            "a1",
            "ALTER TABLE a ADD COLUMN j integer;\nSELECT pg_sleep(2);\nALTER TABLE b ADD COLUMN j integer;",
            "",
        );
        let mut other = database.client();
        other.batch_execute("SET deadlock_timeout = '5min'; BEGIN; LOCK TABLE b").unwrap();
        let mut run = subject.start(&["upgrade"]);
        until("the revision waits", || {
            subject.query("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE '%pg_sleep(2)' AND state = 'active'")
                == "1"
        });
        // Waits until the revision is out of the way.
        other.batch_execute("LOCK TABLE a; COMMIT").unwrap();
        run.says("b2, line 9: deadlock detected (40P01); rolled back, to be tried again");
        run.output().exits(0);
        assert_eq!(subject.query("SELECT count(*) FROM pg_attribute WHERE attname = 'j'"), "2");
        assert_eq!(subject.applied(), "a1\nb2");
    });
}

#[test]
fn a_serialization_failure_is_rolled_back_and_run_again() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"30s\"");
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);\nINSERT INTO a VALUES (1);", "");
        subject.run(&["upgrade"]).ok();
        subject.query(&format!(
            "ALTER DATABASE {} SET default_transaction_isolation = 'repeatable read'",
            database.name()
        ));
        subject.revision_file("b2", "a1", "SELECT count(*) FROM a;\nUPDATE a SET i = i + 10;", "");
        let mut other = database.client();
        other.batch_execute("BEGIN; UPDATE a SET i = 5").unwrap();
        let mut run = subject.start(&["upgrade"]);
        until("the revision waits", || {
            subject.query(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'UPDATE a%' AND wait_event_type = 'Lock'",
            ) == "1"
        });
        other.batch_execute("COMMIT").unwrap();
        run.says("could not serialize access due to concurrent update (40001); rolled back");
        run.output().exits(0);
        assert_eq!(subject.query("SELECT i FROM a"), "15");
    });
}

#[test]
fn what_does_not_roll_back_alone_is_tried_once() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let waits = "lock_timeout = \"200ms\"";
        subject.configure("", waits);
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.run(&["upgrade"]).ok();
        subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "");
        subject.revision_file("c3", "b2", "ALTER TABLE a ADD COLUMN j integer;", "");
        let mut reader = database.client();
        reader.batch_execute("BEGIN; SELECT * FROM a").unwrap();

        subject.configure("transaction = \"single\"", waits);
        let output = subject.run(&["upgrade"]).exits(4);
        assert_contains(&output.stderr, "rolled back with it: b2");
        assert_contains(&output.stderr, "it was tried once: a part is tried again if it is a transaction of its own");
        assert_eq!(subject.json(&["upgrade"])["error"]["attempts"], 1);
        assert_eq!(subject.applied(), "a1");

        subject.configure("", waits);
        let text = subject.read("migrations/versions/c3.sql");
        subject.write("migrations/versions/c3.sql", &text.replace(":upgrade", ":upgrade no-transaction"));
        let output = subject.run(&["upgrade"]).exits(4);
        assert_contains(&output.stderr, "it was tried once");
        assert_eq!(subject.applied(), "a1\nb2");
        reader.batch_execute("COMMIT").unwrap();
        subject.run(&["upgrade"]).ok();
    });
}

#[test]
fn who_is_in_the_way_is_said_while_it_lasts() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"0\"");
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.run(&["upgrade"]).ok();
        subject.revision_file("b2", "a1", "ALTER TABLE a ADD COLUMN j integer;", "");
        let mut reader = database.client();
        reader.batch_execute("BEGIN; SELECT 'the password'; LOCK TABLE a").unwrap();
        let pid: i32 = reader.query_one("SELECT pg_backend_pid() -- password", &[]).unwrap().get(0);
        let mut run = subject.start(&["upgrade"]);
        let line = run.says(&format!("b2: waiting, blocked by pid {pid} (user postgres), idle in transaction"));
        assert_contains(&line, ": (a statement about a password)");
        reader.batch_execute("COMMIT").unwrap();
        let story = run.output().exits(0).stderr;
        assert_eq!(story.matches("waiting").count(), 1, "{story}");
    });
}

#[test]
fn a_role_that_may_not_see_others_says_what_it_knows() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"2s\"\nlock_wait = 0");
        let role = format!("{}_role", database.name());
        subject.query(&format!("CREATE ROLE {role} LOGIN; GRANT ALL ON SCHEMA public TO {role}"));
        let url = database.url().replacen("//postgres@", &format!("//{role}@"), 1);
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        let first = subject.run(&["--url", &url, "upgrade"]);
        subject.revision_file("b2", "a1", "ALTER TABLE a ADD COLUMN j integer;", "");
        let mut reader = database.client();
        reader.batch_execute("BEGIN; SELECT * FROM a").unwrap();
        let output = subject.run(&["--url", &url, "upgrade"]);
        subject.query(&format!("ALTER ROLE {role} CONNECTION LIMIT 1"));
        let alone = subject.run(&["--url", &url, "upgrade"]);
        reader.batch_execute("COMMIT").unwrap();
        subject.query(&format!("DROP OWNED BY {role}; DROP ROLE {role}"));
        first.ok();
        assert_contains(&output.exits(4).stderr, "(user postgres); what it does is not for this role to see");
        // The second session is only wanted: where it is refused, nobody is named.
        let alone = alone.exits(4);
        assert!(!alone.stderr.contains("blocked by"), "{}", alone.stderr);
    });
}

#[test]
fn a_run_that_nobody_is_in_the_way_of_has_one_session() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND \
                        application_name = 'migrator'";
        let count = format!("INSERT INTO seen {sessions};");
        subject.revision_file("a1", "", &format!("CREATE TABLE seen (sessions bigint);\n{count}"), "");
        for (id, parent) in [("b2", "a1"), ("c3", "b2"), ("d4", "c3"), ("e5", "d4")] {
            subject.revision_file(id, parent, &format!("SELECT pg_sleep(0.3);\n{count}"), "SELECT 1;");
        }
        subject.run(&["upgrade", "a1"]).ok();
        let is_alone = || {
            subject.run(&["downgrade", "a1"]).ok();
            subject.query("DELETE FROM seen");
            subject.run(&["upgrade"]).ok();
            subject.query("SELECT sessions FROM seen") == "1\n1\n1\n1"
        };
        // On a machine that stands still for a second, a statement takes long.
        assert!((0..5).any(|_| is_alone()), "{}", subject.query("SELECT sessions FROM seen"));
    });
}
