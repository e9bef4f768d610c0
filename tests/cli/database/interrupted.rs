//! Revisions that are not one transaction, cut off half way: what is gone on with, and what stops.

use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{Subject, each_database};
use crate::support::postgres::each_postgres;

const LEDGER: &str = "SELECT part, statement, state FROM migrator_ledger ORDER BY part, statement";

/// A file with this body.
fn file(id: &str, body: &str) -> String {
    format!("-- {id}\n--\n-- migrator:revision {id}\n\n{body}")
}

#[test]
fn a_part_that_is_done_is_not_run_again() {
    each_database(|subject| {
        let parts = |second: &str| {
            file(
                "a1",
                &format!(
                    "-- migrator:upgrade\nCREATE TABLE one (id INTEGER);\n-- migrator:upgrade\n{second};\n\
                                 -- migrator:downgrade\nDROP TABLE two;\n-- migrator:downgrade\nDROP TABLE one;\n"
                ),
            )
        };
        subject.write("migrations/versions/a1.sql", &parts("CREATE TABLE two (id nonsense("));
        let failed = subject.run(&["upgrade"]).exits(1);
        assert!(failed.stderr.contains("the first part stays"), "{}", failed.stderr);
        assert_eq!(subject.query(LEDGER), "1|0|done");
        assert!(subject.run(&["status"]).ok().stdout.contains("interrupted"));

        subject.write("migrations/versions/a1.sql", &parts("CREATE TABLE two (id INTEGER)"));
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.applied(), "a1");
        assert_eq!(subject.query(LEDGER), "");
        subject.run(&["downgrade", "base"]).ok();
        assert_eq!(subject.query(LEDGER), "");
    });
}

#[test]
fn a_part_that_is_done_may_not_change() {
    each_database(|subject| {
        let parts = |first: &str| {
            file("a1", &format!("-- migrator:upgrade\n{first};\n-- migrator:upgrade\nSELECT * FROM nowhere;\n"))
        };
        subject.write("migrations/versions/a1.sql", &parts("CREATE TABLE one (id INTEGER)"));
        subject.run(&["upgrade"]).exits(1);
        subject.write("migrations/versions/a1.sql", &parts("CREATE TABLE another (id INTEGER)"));
        let stopped = subject.run(&["upgrade"]).exits(6);
        assert!(stopped.stderr.contains("this part ran, and has changed since"), "{}", stopped.stderr);
        assert!(stopped.stderr.contains("migrator resolve a1 --applied"), "{}", stopped.stderr);
        assert_eq!(subject.json(&["upgrade"])["error"]["kind"], "outcome_unknown");

        subject.run(&["resolve", "a1", "--applied"]).ok();
        assert_eq!(subject.applied(), "a1");
        assert_eq!(subject.query(LEDGER), "");
        subject.run(&["resolve", "a1", "--pending"]).exits(2);
    });
}

#[test]
fn statements_outside_a_transaction_run_once() {
    each_database(|subject| {
        let body = |last: &str| {
            file(
                "a1",
                &format!(
                    "-- migrator:upgrade no-transaction\nCREATE TABLE one (id INTEGER);\n\
                                 INSERT INTO one VALUES (1);\n{last};\n"
                ),
            )
        };
        subject.write("migrations/versions/a1.sql", &body("INSERT INTO nowhere VALUES (1)"));
        let failed = subject.run(&["upgrade"]).exits(1);
        assert!(failed.stderr.contains("its first 2 statements stay;"), "{}", failed.stderr);
        assert_eq!(subject.query(LEDGER), "1|1|done\n1|2|done\n1|3|failed");
        subject.write("migrations/versions/a1.sql", &body("INSERT INTO one VALUES (2)"));
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT id FROM one ORDER BY id"), "1\n2");
        assert_eq!(subject.query(LEDGER), "");
    });
}

/// The settings of a session end with it, and what is gone on with has to mean the same.
#[test]
fn what_the_session_was_told_is_told_again() {
    each_database(|subject| {
        let settings = match subject.is_sqlite() {
            true => "ATTACH 'app.other' AS app",
            false => {
                "CREATE SCHEMA app;\nSELECT pg_catalog.set_config('search_path', '', false);\nSET search_path = app"
            }
        };
        let table = if subject.is_sqlite() { "app.one" } else { "one" };
        let body = |last: &str| {
            let text = format!(
                "-- migrator:upgrade no-transaction\n{settings};\nCREATE TABLE {table} (id INTEGER);\n\
                 INSERT INTO {last} VALUES (1);\n"
            );
            subject.write("migrations/versions/a1.sql", &file("a1", &text));
        };
        body("nowhere");
        subject.run(&["upgrade"]).exits(1);
        body(table);
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.applied(), "a1");
        if !subject.is_sqlite() {
            assert_eq!(subject.query("SELECT count(*) FROM app.one"), "1");
        }
    });
}

#[test]
fn an_index_is_looked_for_where_the_file_made_it() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let body = |last: &str| {
            let text = format!(
                "-- migrator:upgrade no-transaction\nCREATE SCHEMA app;\nSET search_path = app;\n\
                 CREATE TABLE t (id integer);\nCREATE INDEX CONCURRENTLY i ON t (id);\n{last};\n"
            );
            subject.write("migrations/versions/a1.sql", &file("a1", &text));
        };
        body("SELECT * FROM nowhere");
        subject.run(&["upgrade"]).exits(1);
        // As if the program had been killed when the index was there.
        subject.query("DELETE FROM migrator_ledger WHERE statement = 5");
        subject.query("UPDATE migrator_ledger SET state = 'begun' WHERE statement = 4");
        body("SELECT 1");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.applied(), "a1");
    });
}

#[test]
fn a_transaction_of_the_files_own_begins_again() {
    each_database(|subject| {
        let body = |last: &str| {
            file(
                "a1",
                &format!(
                    "-- migrator:upgrade no-transaction\nCREATE TABLE one (id INTEGER);\nBEGIN;\n\
                     INSERT INTO one VALUES (1);\n{last};\nCOMMIT;\n"
                ),
            )
        };
        subject.write("migrations/versions/a1.sql", &body("INSERT INTO nowhere VALUES (1)"));
        subject.run(&["upgrade"]).exits(1);
        assert_eq!(subject.query("SELECT count(*) FROM one"), "0");
        subject.write("migrations/versions/a1.sql", &body("INSERT INTO one VALUES (2)"));
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT id FROM one ORDER BY id"), "1\n2");
        assert_eq!(subject.query(LEDGER), "");
    });
}

#[test]
fn a_transaction_of_the_files_own_has_an_end() {
    each_database(|subject| {
        let body = "-- migrator:upgrade no-transaction\nBEGIN;\nCREATE TABLE one (id INTEGER);\n";
        subject.write("migrations/versions/a1.sql", &file("a1", body));
        let failed = subject.run(&["upgrade"]).exits(1);
        assert!(failed.stderr.contains("the part began a transaction and did not end it"), "{}", failed.stderr);
        assert!(!subject.has_table("one"));
        assert_eq!(subject.applied(), "");
    });
}

#[test]
fn what_nobody_can_tell_is_asked() {
    each_database(|subject| {
        subject.write(
            "migrations/versions/a1.sql",
            &file(
                "a1",
                "-- migrator:upgrade no-transaction\nCREATE TABLE one (id INTEGER);\nINSERT INTO one VALUES (1);\n",
            ),
        );
        let cut_off = || {
            // As if the program had been killed behind the second intent.
            subject.write(
                "migrations/versions/a1.sql",
                &subject.read("migrations/versions/a1.sql").replace("one VALUES", "nowhere VALUES"),
            );
            subject.run(&["upgrade"]).exits(1);
            subject.write(
                "migrations/versions/a1.sql",
                &subject.read("migrations/versions/a1.sql").replace("nowhere", "one"),
            );
        };
        cut_off();
        let checksum = subject.query("SELECT checksum FROM migrator_ledger WHERE statement = 1");
        assert_eq!(checksum.len(), 64);
        // The failed statement was another one, so this also shows that a failed one may change.
        subject.query("UPDATE migrator_ledger SET state = 'begun' WHERE statement = 2");
        let stopped = subject.run(&["upgrade"]).exits(6);
        assert!(stopped.stderr.contains("this statement may have run, and has changed since"), "{}", stopped.stderr);
        for (option, word) in
            [("--resume-from=9", "statements are counted from 1"), ("--resume-from=0", "counted from 1")]
        {
            let refused = subject.run(&["resolve", "a1", option]).exits(2);
            assert!(refused.stderr.contains(word), "{}", refused.stderr);
        }
        subject.run(&["resolve", "a1", "--resume-from", "2"]).ok();
        assert_eq!(subject.query(LEDGER), "1|1|done");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT count(*) FROM one"), "1");
        assert_eq!(subject.log().lines().filter(|line| line.contains("resolve")).count(), 1);
    });
}

#[test]
fn another_run_does_not_leave_a_revision_half_done() {
    each_database(|subject| {
        subject.revision_file("a1", "", "CREATE TABLE zero (id INTEGER);", "DROP TABLE zero;");
        subject.write(
            "migrations/versions/b2.sql",
            &file(
                "b2",
                "-- migrator:upgrade\nCREATE TABLE one (id INTEGER);\n-- migrator:upgrade\nSELECT * FROM nowhere;\n",
            )
            .replace("revision b2", "revision b2\n-- migrator:revises a1"),
        );
        subject.run(&["upgrade"]).exits(1);
        let stopped = subject.run(&["downgrade", "base"]).exits(6);
        assert!(stopped.stderr.contains("this run would leave it half done"), "{}", stopped.stderr);
        assert_eq!(subject.applied(), "a1");
        subject.run(&["stamp", "a1", "--purge"]).ok();
    });
}

/// Only what makes something may be run again because it says IF NOT EXISTS; not what talks about it.
#[test]
fn a_statement_that_speaks_of_if_not_exists_is_not_run_again() {
    each_database(|subject| {
        subject.query("CREATE TABLE one (word TEXT)");
        let body =
            "-- migrator:upgrade no-transaction\nINSERT INTO one VALUES ('if not exists');\nSELECT * FROM nowhere;\n";
        subject.write("migrations/versions/a1.sql", &file("a1", body));
        subject.run(&["upgrade"]).exits(1);
        // As if the program had been killed before it wrote down that the first one is done.
        subject.query("DELETE FROM migrator_ledger WHERE statement = 2");
        subject.query("UPDATE migrator_ledger SET state = 'begun'");
        let stopped = subject.run(&["upgrade"]).exits(6);
        assert!(stopped.stderr.contains("nobody can tell whether this statement ran"), "{}", stopped.stderr);
        assert_eq!(subject.query("SELECT count(*) FROM one"), "1");
    });
}

#[test]
fn an_index_that_is_not_valid_is_built_again() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", "CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1), (1);", "DROP TABLE t;");
        let body = "-- migrator:upgrade no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY once ON t (id);\n\
                    -- migrator:downgrade no-transaction\nDROP INDEX CONCURRENTLY once;\n";
        let text = file("b2", body).replace("revision b2", "revision b2\n-- migrator:revises a1");
        subject.write("migrations/versions/b2.sql", &text);
        subject.run(&["upgrade"]).exits(1);
        let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('once')";
        assert_eq!(subject.query(valid), "f");
        let found = subject.run(&["verify"]).exits(3);
        assert!(found.stdout.contains("b2: a run was cut off in it"), "{}", found.stdout);
        assert!(found.stdout.contains("public.once: the index is not valid"), "{}", found.stdout);
        subject.query("DELETE FROM t WHERE ctid <> (SELECT min(ctid) FROM t)");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query(valid), "t");
        subject.run(&["downgrade", "a1"]).ok();
        assert_eq!(subject.query(valid), "");
    });
}

#[test]
fn if_not_exists_does_not_hide_an_index_that_is_not_valid() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.query("CREATE TABLE t (id INTEGER); INSERT INTO t VALUES (1), (1)");
        let built = database.client().batch_execute("CREATE UNIQUE INDEX CONCURRENTLY once ON t (id)");
        assert!(built.is_err());
        subject.query("DELETE FROM t WHERE ctid <> (SELECT min(ctid) FROM t)");
        let body =
            "-- migrator:upgrade no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS once ON t (id);\n";
        subject.write("migrations/versions/a1.sql", &file("a1", body));
        let failed = subject.run(&["upgrade"]).exits(1);
        assert!(failed.stderr.contains("public.once is not valid"), "{}", failed.stderr);
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('once')"), "t");
    });
}

#[test]
fn a_program_killed_while_it_builds_an_index_goes_on_when_it_is_there() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", "CREATE TABLE t (id INTEGER);", "DROP TABLE t;");
        subject.run(&["upgrade"]).ok();
        let body = "-- migrator:upgrade no-transaction\nCREATE INDEX CONCURRENTLY slow ON t (id);\n";
        let text = file("b2", body).replace("revision b2", "revision b2\n-- migrator:revises a1");
        subject.write("migrations/versions/b2.sql", &text);

        // An open transaction with a lock on the table keeps the build waiting.
        let mut holder = database.client();
        holder.batch_execute("BEGIN; INSERT INTO t VALUES (1)").unwrap();
        let mut child = subject.command(&["upgrade"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while subject.query(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
             AND query LIKE 'CREATE INDEX CONC%' AND wait_event_type = 'Lock'",
        ) != "1"
        {
            assert!(begun.elapsed() < Duration::from_secs(20), "the build did not begin");
            std::thread::sleep(Duration::from_millis(20));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        assert_eq!(subject.query(LEDGER), "1|1|begun");
        holder.batch_execute("COMMIT").unwrap();
        // The server finishes what the dead program asked for, and only then lets go of its lock.
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('slow')"), "t");
        assert_eq!(subject.applied(), "a1\nb2");
        assert_eq!(subject.query(LEDGER), "");
    });
}
