//! Connections that are lost, and servers: what is said is what is there.

mod changes;

use std::thread;
use std::time::{Duration, Instant};

use super::{Subject, assert_contains};
use crate::support::postgres::{Database, Server, each_postgres, own_servers};
use crate::support::project::{Output, Project};
use crate::support::proxy::{Fault, failing_at};
use crate::support::running::{PATIENCE, until};

/// The words that travel with the commit of `b2`, and no sooner.
const COMMIT_OF_B2: &str = "'b2'";

/// A deferred trigger, which makes a commit last.
const SLOW_COMMIT: &str = "CREATE TABLE b (x integer);\n\
    CREATE FUNCTION slowly() RETURNS trigger LANGUAGE plpgsql AS\n\
    $$BEGIN PERFORM pg_sleep(100); RETURN NULL; END$$;\n\
    CREATE CONSTRAINT TRIGGER slowly AFTER INSERT ON b DEFERRABLE INITIALLY DEFERRED\n\
    FOR EACH ROW EXECUTE FUNCTION slowly();\n\
    INSERT INTO b VALUES (1);";

/// Runs `upgrade` through a network that fails; `further` goes into `[migrator]`.
fn through(subject: &Subject<'_>, database: &Database, words: &str, fault: Fault, further: &str) -> Output {
    subject.configure(further, "");
    command_through(subject, database, words, fault, &["upgrade"])
}

/// Runs a command through a network that fails.
fn command_through(subject: &Subject<'_>, database: &Database, words: &str, fault: Fault, command: &[&str]) -> Output {
    let port = failing_at(database.server().port(), words, fault);
    let url = format!("postgresql://postgres@127.0.0.1:{port}/{}?sslmode=disable", database.name());
    subject.start(&[&["--json", "--lock-wait", "5s", "--url", &url], command].concat()).output()
}

fn error_of(output: &Output) -> serde_json::Value {
    let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
    document["error"].clone()
}

fn two_revisions(subject: &Subject<'_>, second: &str) {
    subject.revision_file("a1", "", "CREATE TABLE a (x integer);", "DROP TABLE a;");
    subject.revision_file("b2", "a1", second, "DROP TABLE b;");
}

#[test]
fn a_connection_lost_at_the_commit_is_resolved() {
    each_postgres(|database| {
        // With the only statement the commit travels together with it, with several behind them.
        for second in ["CREATE TABLE b (x integer);", "CREATE TABLE b (x integer);\nINSERT INTO b VALUES (1);"] {
            let subject = Subject::postgres(database);
            two_revisions(&subject, second);

            let output = through(&subject, database, COMMIT_OF_B2, Fault::CutBefore, "").exits(1);
            let error = error_of(&output);
            assert_eq!((error["kind"].as_str(), &error["committed"]), (Some("connection"), &false.into()));
            assert_eq!(error["applied_before"].to_string(), r#"["a1"]"#);
            assert_eq!(error["hint"], "nothing of b2 was kept; run `migrator upgrade` again");
            assert_eq!(subject.applied(), "a1");

            let output = through(&subject, database, COMMIT_OF_B2, Fault::CutAfter, "").exits(1);
            let error = error_of(&output);
            assert_eq!((error["kind"].as_str(), &error["committed"]), (Some("connection"), &true.into()));
            assert_contains(error["hint"].as_str().unwrap(), "b2 itself is done and recorded");
            assert_eq!(subject.applied(), "a1\nb2");
            subject.run(&["upgrade"]).ok();

            subject.run(&["downgrade", "a1"]).ok();
            let started = Instant::now();
            let output = through(&subject, database, COMMIT_OF_B2, Fault::CutForGood, "").exits(6);
            assert!(started.elapsed() < Duration::from_secs(30));
            let error = error_of(&output);
            assert_eq!((error["kind"].as_str(), &error["committed"]), (Some("outcome_unknown"), &().into()));
            assert_contains(&subject.run(&["status"]).ok().stdout, "2 applied, 0 pending");
            subject.run(&["downgrade", "base"]).ok();
            database.client().batch_execute("DROP TABLE migrator_version, migrator_log, migrator_ledger").unwrap();
        }
    });
}

#[test]
fn so_is_one_lost_at_the_commit_of_a_whole_run() {
    let end_of_run = "synchronous_commit TO DEFAULT; COMMIT";
    let single = "transaction = \"single\"";
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        two_revisions(&subject, "CREATE TABLE b (x integer);");
        let output = through(&subject, database, end_of_run, Fault::CutBefore, single).exits(1);
        assert_eq!(error_of(&output)["kind"], "connection");
        assert_contains(error_of(&output)["message"].as_str().unwrap(), "the run could not be committed");
        assert!(!subject.has_table("a"));

        let output = through(&subject, database, end_of_run, Fault::CutAfter, single).exits(1);
        assert_contains(error_of(&output)["message"].as_str().unwrap(), "the run was committed, but");
        assert_eq!(subject.query("SELECT count(*) FROM migrator_version"), "2");

        subject.run(&["downgrade", "base"]).ok();
        let output = through(&subject, database, end_of_run, Fault::CutForGood, single).exits(6);
        assert_eq!(error_of(&output)["kind"], "outcome_unknown");
        assert_contains(
            error_of(&output)["message"].as_str().unwrap(),
            "nobody can tell whether the run was committed",
        );
        assert_eq!(subject.query("SELECT count(*) FROM migrator_version"), "2");
    });
}

#[test]
fn what_is_kept_of_a_revision_in_pieces_is_told() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", "CREATE TABLE a (x integer);", "");
        subject.run(&["upgrade"]).ok();
        let parts = "-- migrator:revision b2\n-- migrator:revises a1\n\n-- migrator:upgrade\nCREATE TABLE b (x integer);\n\
                     \n-- migrator:upgrade no-transaction\nINSERT INTO b VALUES (1);\nINSERT INTO b VALUES (2);\n";
        subject.write("migrations/versions/b2.sql", parts);

        // The first part is committed, and its answer is lost.
        let output = through(&subject, database, "CREATE TABLE b", Fault::CutAfter, "").exits(1);
        assert_eq!(error_of(&output)["parts_kept"], 1);
        assert_contains(error_of(&output)["hint"].as_str().unwrap(), "the first part stays, the rest of b2 was");

        // The second statement outside a transaction runs, and its answer is lost.
        let output = through(&subject, database, "INSERT INTO b VALUES (2)", Fault::CutAfter, "").exits(6);
        let error = error_of(&output);
        assert_eq!((error["kind"].as_str(), &error["statements_kept"]), (Some("outcome_unknown"), &1.into()));
        assert_contains(error["hint"].as_str().unwrap(), "nobody can tell yet whether this statement ran");
        subject.run(&["upgrade"]).exits(6);
        subject.run(&["resolve", "b2", "--resume-from", "3"]).ok();
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT x FROM b ORDER BY x"), "1\n2");
    });
}

#[test]
fn a_session_that_is_terminated_is_told_as_lost() {
    each_postgres(|database| {
        let terminate = format!(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = '{}' AND pid <> pg_backend_pid()",
            database.name()
        );
        let url = database.server().url().to_owned();
        let terminates = move || {
            postgres::Client::connect(&url, postgres::NoTls).unwrap().batch_execute(&terminate).unwrap();
        };
        let subject = Subject::postgres(database);
        // Between two statements.
        two_revisions(&subject, "CREATE TABLE b (x integer);\nSELECT 'first';\nSELECT 'second';");
        let between = Fault::Before(Box::new(terminates.clone()));
        let output = through(&subject, database, "'second'", between, "").exits(1);
        check_lost(&output, &subject);
        // In the middle of a statement, and of a commit.
        for second in ["SELECT pg_sleep(100);\nSELECT 1;", SLOW_COMMIT] {
            two_revisions(&subject, second);
            subject.configure("", "lock_wait = \"5s\"");
            let run = subject.start(&["--json", "upgrade"]);
            let question = "SELECT count(*) FROM pg_stat_activity \
                            WHERE datname = current_database() AND wait_event = 'PgSleep'";
            until("it sleeps", || database.query_text(question) == "1");
            terminates();
            check_lost(&run.output().exits(1), &subject);
        }
    });
}

#[track_caller]
fn check_lost(output: &Output, subject: &Subject<'_>) {
    let error = error_of(output);
    assert_eq!((error["kind"].as_str(), &error["committed"]), (Some("connection"), &false.into()), "{output:?}");
    assert_eq!(error["hint"], "nothing of b2 was kept; run `migrator upgrade` again");
    assert_eq!(subject.applied(), "a1");
    assert!(!subject.has_table("b"));
}

/// A project on a server that will be stopped.
fn project_on(server: &Server, lock_wait: &str) -> Project {
    let project = Project::sqlite();
    let url = server.url();
    project.write("migrator.toml", &format!("[database]\nurl = \"{url}\"\nlock_wait = \"{lock_wait}\"\n"));
    project
}

fn until_sleeps(server: &Server) {
    let mut client = server.client();
    let question = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'";
    until("it sleeps", || client.query_one(question, &[]).unwrap().get(0));
}

fn applied(server: &Server) -> Vec<String> {
    let mut client = server.client();
    // The crash may have taken the table itself along.
    let there = client.query_one("SELECT to_regclass('migrator_version') IS NOT NULL", &[]).unwrap();
    if !there.get::<_, bool>(0) {
        return Vec::new();
    }
    let rows = client.query("SELECT revision FROM migrator_version ORDER BY 1", &[]).unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

#[test]
fn a_server_that_crashes_is_asked_when_it_is_back() {
    for mut server in own_servers() {
        // In the middle of a statement, and of a commit.
        for second in ["SELECT pg_sleep(100);\nSELECT 1;", SLOW_COMMIT] {
            let project = project_on(&server, "60s");
            project.revision_file("a1", "", "CREATE TABLE a (x integer);", "DROP TABLE a;");
            project.revision_file("b2", "a1", second, "");
            let run = project.start(&["--json", "upgrade"]);
            until_sleeps(&server);
            server.crash();
            thread::sleep(Duration::from_millis(700));
            server.start_again();
            let output = run.output().exits(1);
            assert_eq!(error_of(&output)["kind"], "connection");
            // The last moments before the crash may be lost, with whole revisions.
            assert_eq!(told_of(&error_of(&output)), applied(&server));
            assert!(!applied(&server).contains(&"b2".to_owned()));
            project.run(&["downgrade", "base"]).ok();
        }
    }
}

#[test]
fn a_server_that_does_not_come_back_leaves_the_outcome_unknown() {
    for mut server in own_servers() {
        let project = project_on(&server, "2s");
        project.revision_file("b2", "", SLOW_COMMIT, "");
        let run = project.start(&["--json", "upgrade"]);
        until_sleeps(&server);
        server.crash();
        let output = run.output_within(Duration::from_secs(30)).exits(6);
        assert_eq!(error_of(&output)["kind"], "outcome_unknown");
        server.start_again();
        assert_contains(&project.run(&["status"]).ok().stdout, "0 applied, 1 pending");
    }
}

/// The server goes down somewhere in a run of many revisions, whose commits do not wait for the disk.
#[test]
fn what_is_told_after_a_crash_is_what_is_there() {
    for mut server in own_servers() {
        let project = project_on(&server, "60s");
        let mut parent = String::new();
        for number in 0..400 {
            let id = format!("r{number:03}");
            project.revision_file(&id, &parent, &format!("CREATE TABLE t{number} (x integer);"), "");
            parent = id;
        }
        project.run(&["upgrade", "r000"]).ok();
        for delay in [20, 60, 120] {
            let before = applied(&server);
            let run = project.start(&["--json", "upgrade"]);
            thread::sleep(Duration::from_millis(delay));
            server.crash();
            server.start_again();
            let output = run.output_within(PATIENCE * 2);
            let now = applied(&server);
            if output.code == Some(0) {
                assert_eq!(now.len(), 400);
                break;
            }
            let error = error_of(&output);
            if error["revision"].is_null() {
                // It came before the first revision.
                assert_eq!(now, before, "{output:?}");
                continue;
            }
            output.exits(1);
            assert_eq!([before, told_of(&error)].concat(), now);
        }
        project.run(&["upgrade"]).ok();
        assert_eq!(applied(&server).len(), 400);
    }
}

/// What the document says was applied by the run.
fn told_of(error: &serde_json::Value) -> Vec<String> {
    let mut told: Vec<String> = serde_json::from_value(error["applied_before"].clone()).unwrap();
    told.extend((error["committed"] == true).then(|| error["revision"].as_str().unwrap().to_owned()));
    told
}
