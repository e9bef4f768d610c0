//! What goes wrong on PostgreSQL only.

use std::time::Duration;

use super::{Subject, assert_contains};
use crate::support::postgres::each_postgres;

#[test]
fn a_deferred_constraint_is_the_failure_of_its_revision() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file(
            "a1",
            "",
            "CREATE TABLE a (i integer PRIMARY KEY);\n\
             CREATE TABLE b (a integer REFERENCES a DEFERRABLE INITIALLY DEFERRED);",
            "",
        );
        subject.revision_file("b2", "a1", "INSERT INTO b VALUES (5);", "");
        subject.revision_file("c3", "b2", "CREATE TABLE c (i integer);", "");
        let output = subject.run(&["upgrade"]).exits(1);
        assert_contains(&output.stderr, "revision `b2` failed");
        assert_contains(&output.stderr, "b_a_fkey");
        assert_contains(&output.stderr, "detail: Key (a)=(5) is not present");
        assert_eq!(subject.applied(), "a1");
        assert_eq!(subject.log(), "a1|upgrade\nb2|upgrade failed");
        assert_eq!(subject.query("SELECT count(*) FROM b"), "0");
    });
}

#[test]
fn an_error_inside_a_function_shows_its_context() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let function =
            "CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n  PERFORM 1 / 0;\nEND $$;\nSELECT f();";
        subject.revision_file("a1", "", function, "");
        let output = subject.run(&["upgrade"]).exits(1);
        assert_contains(&output.stderr, "a1.sql:10:1");
        assert_contains(&output.stderr, "division by zero (22012)");
        assert_contains(&output.stderr, "PL/pgSQL function f() line 3");
    });
}

#[test]
fn what_cannot_be_in_a_transaction_gets_a_hint_that_works() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "DROP TABLE a;");
        subject.revision_file("b2", "a1", "CREATE INDEX CONCURRENTLY a_i ON a (i);", "");
        let output = subject.run(&["upgrade"]).exits(1);
        assert_contains(&output.stderr, "hint: put it into a section `-- migrator:upgrade no-transaction`");
        let text = subject.read("migrations/versions/b2.sql");
        subject.write("migrations/versions/b2.sql", &text.replace(":upgrade", ":upgrade no-transaction"));
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT indisvalid FROM pg_index WHERE indexrelid = 'a_i'::regclass"), "t");
    });
}

#[test]
fn a_new_enum_value_is_used_in_the_next_part() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", "CREATE TYPE mood AS ENUM ('sad');\nCREATE TABLE a (m mood);", "");
        let (add, insert) = ("ALTER TYPE mood ADD VALUE 'glad';", "INSERT INTO a VALUES ('glad');");
        subject.revision_file("b2", "a1", &format!("{add}\n{insert}"), "");
        let output = subject.run(&["upgrade"]).exits(1);
        assert_contains(&output.stderr, "end the section after it and start another one");
        subject.revision_file("b2", "a1", &format!("{add}\n-- migrator:upgrade\n{insert}"), "");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT m FROM a"), "glad");
    });
}

/// What a dump or a careless file leaves in the session is not there for the bookkeeping or the next revision.
#[test]
fn a_session_left_in_disorder_is_restored() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let role = format!("{}_role", database.name());
        subject.revision_file(
            "a1",
            "",
            &format!(
                "CREATE ROLE {role};\nSET standard_conforming_strings = off;\nSET client_min_messages = error;\n\
                 SELECT pg_catalog.set_config('search_path', '', false);\nSET ROLE {role};"
            ),
            "SELECT 'a\\b';",
        );
        subject.revision_file("b2", "a1", "CREATE TABLE t (x text);\nINSERT INTO t VALUES ('a\\b');", "DROP TABLE t;");
        let run = subject.run(&["upgrade"]);
        let left = subject.query("SELECT tableowner, schemaname FROM pg_tables WHERE tablename = 't'");
        database.client().batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
        run.ok();
        assert_eq!(left, "postgres|public");
        assert_eq!(subject.query("SELECT x FROM t"), "a\\b");
        let kept = subject.query("SELECT downgrade_sql FROM migrator_version WHERE revision = 'a1'");
        assert_eq!(kept, "-- migrator:downgrade\nSELECT 'a\\b';\n");
        subject.run(&["downgrade", "base"]).ok();
    });
}

/// The ledger is not the file's, and the role it chose stays what it is for the statements that follow.
#[test]
fn a_part_without_a_transaction_may_change_its_role() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let role = format!("{}_role", database.name());
        let body = |how: &str| {
            format!(
                "-- migrator:upgrade no-transaction\n{how} {role};\nCREATE TABLE {role}.t (x name);\n\
                 BEGIN;\nINSERT INTO {role}.t SELECT current_user;\nCOMMIT;\n\
                 CREATE INDEX CONCURRENTLY i ON {role}.t (x);\nINSERT INTO {role}.t SELECT current_user;\n\
                 DROP TABLE {role}.t;\nSELECT 1;"
            )
        };
        let make = format!("CREATE ROLE {role};\nCREATE SCHEMA {role} AUTHORIZATION {role};");
        subject.revision_file("a1", "", &make, "");
        subject.revision_file("b2", "a1", &format!("SELECT 1;\n{}", body("SET ROLE")), "");
        let text = body("SET SESSION AUTHORIZATION").replace(&format!("DROP TABLE {role}.t;\n"), "");
        subject.revision_file("c3", "b2", &format!("SELECT 1;\n{text}"), "");
        let run = subject.run(&["upgrade"]);
        let left = subject.query("SELECT tableowner FROM pg_tables WHERE tablename = 't'");
        let users = (left == role).then(|| subject.query(&format!("SELECT x FROM {role}.t")));
        database.client().batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
        run.ok();
        assert_eq!(users, Some(format!("{role}\n{role}")), "the owner is {left}");
    });
}

#[test]
fn a_flood_of_notices_is_cut_short() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let flood = "DO $$BEGIN FOR i IN 1..200000 LOOP RAISE NOTICE 'number %', i; END LOOP; END$$;";
        subject.revision_file("a1", "", flood, "");
        let output = subject.run(&["upgrade"]).ok();
        assert_contains(&output.stderr, "notice: number 1 (a1, line 6)");
        assert_contains(&output.stderr, "199900 more messages");
        assert!(output.stderr.len() < 20_000, "{} bytes", output.stderr.len());
    });
}

#[test]
fn a_read_only_database_is_named_as_such() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        let read_only = format!("ALTER DATABASE {} SET default_transaction_read_only = on", database.name());
        database.client().batch_execute(&read_only).unwrap();
        let output = subject.run(&["upgrade"]).exits(1);
        assert_contains(&output.stderr, "error: the server is read-only\nhint: default_transaction_read_only is on");
        assert_eq!(subject.json(&["status"])["pending"].to_string(), r#"["a1"]"#);
    });
}

#[test]
fn a_database_that_cannot_be_reached_is_named_without_its_password() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let down = "postgresql://anna:geheim@127.0.0.1:1/app";
        let output = subject.run(&["--url", down, "upgrade"]).exits(1);
        assert_contains(&output.stderr, "cannot connect to postgresql://anna:***@127.0.0.1:1/app");
        assert!(!output.stderr.contains("geheim"), "{}", output.stderr);

        let absent = database.url().replace(database.name(), "no_such_database");
        let error = &subject.json(&["--url", &absent, "upgrade"])["error"];
        assert_eq!(error["kind"], "connection");
        assert_contains(error["message"].as_str().unwrap(), "does not exist");
        assert_contains(error["hint"].as_str().unwrap(), "createdb");
    });
}

#[test]
fn a_wrong_password_is_refused_and_not_shown() {
    each_postgres(|database| {
        if database.server().socket_directory().is_none() {
            eprintln!("not tried: the server is not ours, so its pg_hba.conf stays as it is");
            return;
        }
        let subject = Subject::postgres(database);
        let role = format!("{}_role", database.name());
        let mut client = database.client();
        // Only for this database, and in front of the line that trusts everybody.
        client
            .batch_execute(&format!(
                "CREATE ROLE {role} LOGIN PASSWORD 'ge/he:im@'; DO $do$ BEGIN \
                 EXECUTE format('COPY (SELECT line FROM (SELECT 0 AS n, ''host {name} {role} all scram-sha-256'' AS line \
                 UNION ALL SELECT n, line FROM unnest(string_to_array(%L, chr(10))) WITH ORDINALITY AS l (line, n)) x \
                 ORDER BY n) TO %L', pg_read_file(current_setting('hba_file')), current_setting('hba_file')); \
                 PERFORM pg_reload_conf(); END $do$",
                name = database.name(),
            ))
            .unwrap();
        let with = |password: &str| database.url().replace("postgres@", &format!("{role}:{password}@"));
        let mut output = subject.run(&["--url", &with("falsch"), "upgrade"]);
        for _ in 0..50 {
            if output.code == Some(1) {
                break;
            }
            std::thread::sleep(Duration::from_millis(100)); // The server reloads when it gets to it.
            output = subject.run(&["--url", &with("falsch"), "upgrade"]);
        }
        let right = subject.run(&["--url", &with("ge%2Fhe%3Aim%40"), "current"]);
        let missing = subject.run(&["--url", &with("").replace(":@", "@"), "current"]);
        client.batch_execute(&format!("DROP OWNED BY {role}; DROP ROLE {role}")).unwrap();
        assert_contains(&output.exits(1).stderr, "password authentication failed");
        right.ok();
        assert_contains(&missing.exits(1).stderr, "the server asks for a password, and none was given");
    });
}

#[test]
fn a_lock_that_is_not_given_is_exit_code_4() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"100ms\"\nlock_wait = \"300ms\"");
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.run(&["upgrade"]).ok();
        subject.revision_file("b2", "a1", "ALTER TABLE a ADD COLUMN j integer;", "");
        let mut holder = database.client();
        holder.batch_execute("BEGIN; LOCK TABLE a IN ACCESS SHARE MODE").unwrap();
        let output = subject.run(&["upgrade"]).exits(4);
        assert_contains(&output.stderr, "55P03");
        holder.batch_execute("ROLLBACK").unwrap();
        subject.run(&["upgrade"]).ok();
    });
}

#[test]
fn a_schema_for_the_version_table_is_made() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("version_table_schema = \"books\"", "");
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT revision FROM books.migrator_version"), "a1");
        assert_eq!(subject.query("SELECT schemaname FROM pg_tables WHERE tablename = 'a'"), "public");
    });
}

#[test]
fn how_strings_are_read_does_not_leak_into_the_next_revision() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let first = "SET standard_conforming_strings = off;\nCREATE TABLE t (x text);";
        subject.revision_file("a1", "", first, "");
        subject.revision_file("b2", "a1", r"INSERT INTO t VALUES ('C:\new');", "");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT x FROM t"), r"C:\new");
    });
}

#[test]
fn a_connection_that_is_lost_is_asked_about_on_another() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", "CREATE TABLE t (x text);", "");
        subject.revision_file("b2", "a1", "SELECT pg_terminate_backend(pg_backend_pid());", "");
        let output = subject.run(&["upgrade"]).exits(1);
        // The server's last word may or may not get through.
        let told = ["57P01", "the connection to the database was lost"];
        assert!(told.iter().any(|words| output.stderr.contains(words)), "{}", output.stderr);
        assert_contains(&output.stderr, "applied before it: a1");
        assert_contains(&output.stderr, "nothing of b2 was kept");
        assert_eq!(subject.applied(), "a1");
    });
}

#[test]
fn what_nobody_can_be_asked_is_unknown() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let closed = "-- migrator:revision a1\n-- migrator:upgrade no-transaction\n\
                      UPDATE pg_database SET datallowconn = false WHERE datname = current_database();\n\
                      SELECT pg_terminate_backend(pg_backend_pid());\n";
        subject.write("migrations/versions/a1.sql", closed);
        let output = subject.run(&["upgrade"]).exits(6);
        assert_contains(&output.stderr, "nobody can tell whether a1 was committed");
    });
}
