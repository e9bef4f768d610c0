//! SIGINT and SIGTERM: what is taken back, what is kept, and what is said of it.

use std::fs;
use std::net::TcpListener;
use std::time::{Duration, Instant};

use postgres::NoTls;
use serde_json::Value;

use super::{Subject, assert_contains, each_database};
use crate::support::postgres::{Database, each_postgres};
use crate::support::project::Project;
use crate::support::running::{Running, Signal, until};

/// Nothing here may last as long as what is interrupted.
const PROMPTLY: Duration = Duration::from_secs(30);
const SIGNALS: [(Signal, i32); 2] = [(Signal::INT, 130), (Signal::TERM, 143)];
const ENDLESS: &str = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c WHERE x < 0";

/// Waits until some session of the database runs a statement with `words` in it.
fn until_runs(database: &Database, words: &str) {
    let mut client = database.client();
    let question = "SELECT count(*) > 0 FROM pg_stat_activity \
                    WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() \
                    AND query LIKE '%' || $1 || '%' AND wait_event IS NOT NULL";
    until(words, || client.query_one(question, &[&words]).unwrap().get(0));
}

/// Waits until some session of the database sleeps, whatever it was told.
fn until_sleeps(database: &Database) {
    let question = "SELECT count(*) FROM pg_stat_activity \
                    WHERE datname = current_database() AND wait_event = 'PgSleep'";
    until("it sleeps", || database.query_text(question) == "1");
}

/// Waits until the statement of revision `b2` is under way.
fn until_b2_runs(subject: &Subject<'_>, run: &Running) {
    match subject.postgres {
        Some(database) => until_runs(database, "pg_sleep(100)"),
        None => {
            until("a1 is done", || run.story().contains("upgrade a1"));
            // Nothing shows from outside that a statement runs in an SQLite file.
            std::thread::sleep(Duration::from_millis(300));
        }
    }
}

/// A query without an end.
fn endless(subject: &Subject<'_>) -> &'static str {
    if subject.is_sqlite() { ENDLESS } else { "SELECT 1 AS x FROM pg_sleep(100)" }
}

fn error_of(stdout: &str) -> Value {
    let document: Value = serde_json::from_str(stdout).unwrap_or_else(|error| panic!("{error}: {stdout:?}"));
    document["error"].clone()
}

#[test]
fn the_revision_under_way_is_taken_back_and_the_ones_before_are_kept() {
    each_database(|subject| {
        let endless = endless(subject);
        let statements = [
            format!("CREATE TABLE b (x integer);\n{endless};\nSELECT 1;"),
            // The last one travels with the commit.
            format!("CREATE TABLE b (x integer);\n{endless};"),
            // On SQLite, one that writes takes the whole transaction with it.
            format!("CREATE TABLE b (x integer);\nCREATE TABLE c AS {endless};"),
            // On PostgreSQL, the only one travels with everything.
            format!("{endless};"),
        ];
        for (number, statements) in statements.iter().enumerate() {
            let (signal, code) = SIGNALS[number % 2];
            subject.revision_file("a1", "", "CREATE TABLE a (x integer);", "DROP TABLE a;");
            subject.revision_file("b2", "a1", statements, "DROP TABLE b;");
            let run = subject.start(&["--json", "upgrade"]);
            until_b2_runs(subject, &run);
            run.signal(signal);
            let output = run.output_within(PROMPTLY).exits(code);
            let error = error_of(&output.stdout);
            assert_eq!(error["kind"], "interrupted");
            assert_eq!(error["message"], "revision `b2` was interrupted");
            assert_eq!(error["hint"], "nothing of b2 was kept; run `migrator upgrade` again");
            assert_eq!(error["applied_before"].to_string(), r#"["a1"]"#);
            assert_eq!(error["committed"], false);
            assert_contains(error["statement"].as_str().unwrap(), endless);
            assert_eq!(subject.applied(), "a1");
            assert!(subject.has_table("a") && !subject.has_table("b") && !subject.has_table("c"));
            assert_contains(&subject.log(), "b2|upgrade failed");
            // Nobody holds the lock any more.
            subject.run(&["--quiet", "downgrade", "base"]).ok();
        }
    });
}

#[test]
fn a_draft_is_given_up() {
    let project = Project::sqlite();
    project.write("schema.sql", &format!("CREATE TABLE a (x integer);\n{ENDLESS};\n"));
    let configuration = project.read("migrator.toml");
    let command = "command = [\"sh\", \"-c\", \"touch started; cat schema.sql\"]";
    project.write("migrator.toml", &format!("{configuration}\n[autogenerate]\n{command}\n"));
    let run = project.start(&["--json", "revision", "--autogenerate", "-m", "first"]);
    until("the schema is asked for", || project.path("started").exists());
    run.signal(Signal::TERM);
    let output = run.output_within(PROMPTLY).exits(143);
    assert_eq!(error_of(&output.stdout)["kind"], "interrupted");
    assert_eq!(fs::read_dir(project.path("migrations/versions")).unwrap().count(), 0);
}

#[test]
fn it_is_told_to_people_with_its_place() {
    each_database(|subject| {
        let endless = endless(subject);
        subject.revision_file("a1", "", "CREATE TABLE a (x integer);", "");
        subject.revision_file("b2", "a1", &format!("CREATE TABLE b (x integer);\n{endless};"), "");
        let run = subject.start(&["upgrade"]);
        until_b2_runs(subject, &run);
        run.signal(Signal::INT);
        let output = run.output_within(PROMPTLY).exits(130);
        assert_contains(&output.stderr, "error: revision `b2` was interrupted\n  --> migrations/versions/b2.sql:8:1\n");
        assert_contains(&output.stderr, "\napplied before it: a1\nhint: nothing of b2 was kept; run");
        assert_eq!(output.stdout, "");
    });
}

#[test]
fn a_copy_and_a_whole_run_in_one_transaction_are_taken_back() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let slow = "CREATE TABLE b (x integer);\n\
                    CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS\n\
                    $$BEGIN PERFORM pg_sleep(100); RETURN NEW; END$$;\n\
                    CREATE TRIGGER slowly BEFORE INSERT ON b FOR EACH ROW EXECUTE FUNCTION slowly();\n\
                    COPY b FROM stdin;\n1\n2\n\\.\n";
        subject.revision_file("a1", "", "CREATE TABLE a (x integer);", "");
        subject.revision_file("b2", "a1", slow, "");
        subject.configure("transaction = \"single\"", "");
        let run = subject.start(&["--json", "upgrade"]);
        until_runs(database, "COPY b");
        run.signal(Signal::INT);
        let error = error_of(&run.output_within(PROMPTLY).exits(130).stdout);
        assert_eq!((error["kind"].as_str(), error["revision"].as_str()), (Some("interrupted"), Some("b2")));
        assert_eq!(error["applied_before"].to_string(), "[]");
        assert_eq!(error["rolled_back"].to_string(), r#"["a1"]"#);
        assert!(!subject.has_table("a") && !subject.has_table("b"));
    });
}

#[test]
fn waiting_for_another_migrator_ends() {
    each_database(|subject| {
        subject.revision_file("a1", "", "CREATE TABLE a (x integer);", "");
        let (mut migrator, mut file) = (None, None);
        match subject.postgres {
            Some(database) => {
                let sleeper = Project::postgres(database);
                sleeper.revision_file("z9", "", "SELECT pg_sleep(100);", "");
                migrator = Some((sleeper.start(&["upgrade"]), sleeper));
                until_runs(database, "pg_sleep(100)");
            }
            None => {
                let connection = subject.open();
                connection.execute_batch("BEGIN IMMEDIATE").unwrap();
                file = Some(connection);
            }
        }
        for (signal, code) in SIGNALS {
            let run = subject.start(&["--json", "upgrade"]);
            run.until_listens();
            // Whatever it does then, the answer is the same; but it should wait already.
            std::thread::sleep(Duration::from_millis(300));
            run.signal(signal);
            let output = run.output_within(PROMPTLY).exits(code);
            assert_eq!(error_of(&output.stdout)["kind"], "interrupted");
        }
        drop((migrator, file));
    });
}

#[test]
fn waiting_for_a_reader_at_the_commit_ends() {
    let subject = Subject::sqlite();
    subject.revision_file("a1", "", "CREATE TABLE a (x integer);", "");
    subject.run(&["upgrade"]).ok();
    subject.revision_file("b2", "a1", "CREATE TABLE b (x integer);", "");
    let reader = subject.open();
    reader.execute_batch("BEGIN; SELECT count(*) FROM a").unwrap();
    reader.query_row("SELECT count(*) FROM a", [], |_| Ok(())).unwrap();
    let run = subject.start(&["--json", "upgrade"]);
    until("b2 is done but for the commit", || run.story().contains("upgrade b2"));
    run.signal(Signal::TERM);
    let error = error_of(&run.output_within(PROMPTLY).exits(143).stdout);
    assert_eq!((error["kind"].as_str(), &error["committed"]), (Some("interrupted"), &false.into()));
    reader.execute_batch("COMMIT").unwrap();
    assert_eq!(subject.applied(), "a1");
    subject.run(&["upgrade"]).ok();
}

#[test]
fn commands_that_only_read_end_too() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", "CREATE TABLE a (x integer);", "");
        subject.run(&["upgrade"]).ok();
        let mut holder = database.client();
        holder.batch_execute("BEGIN; LOCK TABLE migrator_version").unwrap();
        for (signal, code) in SIGNALS {
            let run = subject.start(&["--json", "status"]);
            until_runs(database, "FROM \"public\".\"migrator_version\"");
            run.signal(signal);
            let output = run.output_within(PROMPTLY).exits(code);
            assert_eq!(error_of(&output.stdout)["kind"], "interrupted");
        }
        // Nothing of ours waits in the server any longer.
        let waiting =
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
        until("the server lets go", || database.query_text(waiting) == "0");
    });
}

#[test]
fn the_pauses_between_attempts_end() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"50ms\"\nlock_wait = \"100s\"");
        subject.query("CREATE TABLE t (x integer)");
        let mut holder = database.client();
        holder.batch_execute("BEGIN; LOCK TABLE t").unwrap();
        subject.revision_file("a1", "", "ALTER TABLE t ADD COLUMN y integer;", "");
        let run = subject.start(&["--json", "upgrade"]);
        // By then the pauses are longer than the attempts.
        until("it tries again", || run.story().matches("to be tried again").count() > 3);
        run.signal(Signal::TERM);
        let error = error_of(&run.output_within(PROMPTLY).exits(143).stdout);
        assert_eq!((error["kind"].as_str(), error["revision"].as_str()), (Some("interrupted"), Some("a1")));
        assert_eq!(subject.log(), "a1|upgrade failed");
    });
}

/// Where there is nothing to take back the program ends at once, whatever it waits for.
#[test]
fn whatever_else_is_waited_for_ends() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("postgresql://nobody@{}/nothing?sslmode=disable", silent.local_addr().unwrap());
    let project = Project::sqlite();
    project.revision_file("a1", "", "SELECT 1;", "");
    let waits: [(&str, Vec<&str>); 4] = [
        ("", vec!["--url", &url, "status"]),
        ("", vec!["--url", "postgresql://nobody@127.0.0.1:1/nothing", "--wait=100s", "status"]),
        ("[database]\nurl_command = [\"sh\", \"-c\", \"touch begun; exec sleep 100\"]", vec!["status"]),
        (
            "[[post_write_hooks]]\nname = \"slow\"\ncommand = [\"sh\", \"-c\", \"touch begun; exec sleep 100\"]",
            vec!["--url", "sqlite://", "revision", "-m", "something"],
        ),
    ];
    for (number, (further, arguments)) in waits.iter().enumerate() {
        project.write("migrator.toml", &format!("[migrator]\n{further}\n"));
        let (signal, code) = SIGNALS[number % 2];
        for json in [false, true] {
            let arguments = [if json { vec!["--json"] } else { vec![] }, arguments.clone()].concat();
            let _ = fs::remove_file(project.path("begun"));
            let run = project.start(&arguments);
            let mut unanswered = None;
            match number {
                0 => unanswered = Some(silent.accept().unwrap()),
                1 => until("it waits", || run.story().contains("waiting: ")),
                _ => until("it is begun", || project.path("begun").exists()),
            }
            run.signal(signal);
            let output = run.output_within(PROMPTLY).exits(code);
            if json {
                assert_eq!(error_of(&output.stdout)["kind"], "interrupted");
            } else {
                assert_contains(&output.stderr, "error: interrupted\n");
                assert_eq!(output.stdout, "");
            }
            drop(unanswered);
        }
    }
}

#[test]
fn a_second_signal_ends_the_program_at_once() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        // It hears that it is to be cancelled, and goes on.
        let deaf = "DO $$BEGIN LOOP BEGIN PERFORM pg_sleep(100);\n\
                    EXCEPTION WHEN query_canceled THEN NULL; END; END LOOP; END$$;";
        subject.revision_file("a1", "", deaf, "");
        let mut run = subject.start(&["upgrade"]);
        until_runs(database, "pg_sleep(100)");
        run.signal(Signal::INT);
        std::thread::sleep(Duration::from_millis(300));
        assert!(!run.has_ended());
        let again = Instant::now();
        run.signal(Signal::TERM);
        run.output_within(PROMPTLY).exits(143);
        assert!(again.elapsed() < Duration::from_secs(5));
    });
}

/// `CREATE CONSTRAINT TRIGGER … INITIALLY DEFERRED` runs while the transaction is being committed.
fn slow_commit(body: &str) -> String {
    format!(
        "CREATE TABLE a (x integer);\n\
         CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN {body} RETURN NULL; END$$;\n\
         CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED\n\
         FOR EACH ROW EXECUTE FUNCTION slowly();\n\
         INSERT INTO a VALUES (1);"
    )
}

#[test]
fn what_is_said_of_a_commit_is_true() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", &slow_commit("PERFORM pg_sleep(100);"), "");
        let run = subject.start(&["upgrade"]);
        until_sleeps(database);
        run.signal(Signal::INT);
        let output = run.output_within(PROMPTLY).exits(130);
        assert_contains(&output.stderr, "nothing of a1 was kept");
        assert_eq!(subject.applied(), "");

        // This one is committed all the same.
        let stubborn = "BEGIN PERFORM pg_sleep(100); EXCEPTION WHEN query_canceled THEN NULL; END;";
        subject.revision_file("a1", "", &slow_commit(stubborn), "");
        subject.revision_file("b2", "a1", "CREATE TABLE b (x integer);", "");
        let run = subject.start(&["upgrade"]);
        until_sleeps(database);
        run.signal(Signal::INT);
        let output = run.output_within(PROMPTLY).exits(130);
        assert_contains(&output.stderr, "revision `b2` was interrupted");
        assert_contains(&output.stderr, "applied before it: a1");
        assert_eq!(subject.applied(), "a1");
        subject.run(&["upgrade"]).ok();
    });
}

#[test]
fn a_statement_outside_a_transaction_is_gone_on_with() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", "CREATE TABLE t (id integer);", "");
        subject.run(&["upgrade"]).ok();
        let parts = "-- migrator:revision b2\n-- migrator:revises a1\n\n-- migrator:upgrade no-transaction\n\
                     CREATE TABLE once (x integer);\nCREATE INDEX CONCURRENTLY slow ON t (id);\n";
        subject.write("migrations/versions/b2.sql", parts);
        let mut holder = database.client();
        holder.batch_execute("BEGIN; INSERT INTO t VALUES (1)").unwrap();
        let run = subject.start(&["upgrade"]);
        until_runs(database, "CREATE INDEX CONC");
        run.signal(Signal::INT);
        let output = run.output_within(PROMPTLY).exits(130);
        assert_contains(&output.stderr, "its first statement stays; run `migrator upgrade` again");
        let ledger = "SELECT part, statement, state FROM migrator_ledger ORDER BY part, statement";
        assert_eq!(subject.query(ledger), "1|1|done\n1|2|failed");
        assert_contains(&subject.run(&["status"]).ok().stdout, "interrupted");
        holder.batch_execute("COMMIT").unwrap();
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('slow')"), "t");
    });
}

/// Wherever the signal meets the run: what is said is what is there.
#[test]
fn what_is_said_is_what_is_there() {
    each_database(|subject| {
        let mut parent = String::new();
        for number in 0..30 {
            let id = format!("r{number:02}");
            subject.revision_file(&id, &parent, &format!("CREATE TABLE t{number} (x integer);\nSELECT 1;"), "");
            parent = id;
        }
        for delay in 0..12 {
            let before = subject.applied_or_nothing();
            let run = subject.start(&["--json", "upgrade"]);
            std::thread::sleep(Duration::from_millis(delay * 4));
            run.signal(Signal::TERM);
            let output = run.output_within(PROMPTLY);
            let now = subject.applied_or_nothing();
            if output.stdout.is_empty() {
                // It came before anybody listened.
                assert_eq!((output.code, now), (None, before));
                continue;
            }
            let document: Value = serde_json::from_str(&output.stdout).unwrap();
            if output.code == Some(0) {
                assert_eq!(now.len(), 30);
                break;
            }
            assert_eq!(output.code, Some(143), "{output:?}");
            assert_eq!(document["error"]["kind"], "interrupted");
            let told = document["error"]["applied_before"].as_array().map_or(0, Vec::len);
            assert_eq!(before.len() + told, now.len(), "{output:?}");
        }
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.applied_or_nothing().len(), 30);
    });
}

impl Subject<'_> {
    /// The applied ids; none where there is no version table.
    fn applied_or_nothing(&self) -> Vec<String> {
        let has_table = match self.postgres {
            Some(database) => {
                let mut client = postgres::Client::connect(&database.url(), NoTls).unwrap();
                client.query_one("SELECT to_regclass('migrator_version') IS NOT NULL", &[]).unwrap().get(0)
            }
            None => self.has_table("migrator_version"),
        };
        if has_table { self.applied().lines().map(str::to_owned).collect() } else { Vec::new() }
    }
}
