//! Through PgBouncer in transaction mode, where each transaction may be in another session of the server.

use super::{ADVISORY_LOCKS, Gate, assert_contains, line_of_revisions, until_works};
use crate::database::Subject;
use crate::support::pgbouncer::PgBouncer;
use crate::support::postgres::{Database, each_postgres};

/// What a stranger finds who is given one of the sessions.
const SESSION: &str = "SELECT current_setting('synchronous_commit'), current_setting('lock_timeout'), \
     current_setting('search_path'), current_setting('role'), current_setting('client_min_messages')";

fn each_pooler(test: impl Fn(&Subject<'_>, &Database, &PgBouncer)) {
    each_postgres(|database| {
        if database.server().socket_directory().is_none() {
            eprintln!("not tried: the server is not ours, so a pooler may not reach it");
            return;
        }
        let subject = Subject::postgres(database);
        let pooler = PgBouncer::start(database);
        subject.configure("", "");
        let file = subject.read("migrator.toml").replace(&database.url(), &pooler.url(database));
        subject.write("migrator.toml", &file);
        test(&subject, database, &pooler);
    });
}

#[test]
fn everything_works_and_nothing_is_left_in_the_sessions() {
    each_pooler(|subject, database, pooler| {
        let stranger = || query(&pooler.url(database), SESSION);
        let before = stranger();
        line_of_revisions(subject, 3);
        subject.revision_file(
            "r02",
            "r01",
            "SET search_path = pg_catalog;\nSET synchronous_commit = on;\nSET standard_conforming_strings = off;\n\
             CREATE TABLE public.r02 (i integer, t text);\nCOPY public.r02 (i, t) FROM STDIN;\n1\tone\n2\ttwo\n\\.\n\
             SET ROLE pg_monitor;",
            "DROP TABLE r02;",
        );
        subject.run(&["ensure-version"]).ok();
        let run = subject.run(&["-v", "upgrade"]).ok();
        assert_eq!(stranger(), before, "{}", run.stderr);
        assert_eq!(subject.query("SELECT sum(i) FROM r02"), "3");
        subject.run(&["stamp", "r01"]).ok();
        subject.run(&["stamp", "r03"]).ok();
        subject.run(&["downgrade", "base"]).ok();
        subject.write(
            "migrator.toml",
            &subject.read("migrator.toml").replace("[database]", "transaction = \"single\"\n[database]"),
        );
        subject.run(&["upgrade"]).ok();
        assert_eq!(stranger(), before);
        assert_eq!(subject.query(ADVISORY_LOCKS), "0");
        assert_eq!(subject.query("SELECT count(*) FROM migrator_version"), "3");
    });
}

#[test]
fn what_cannot_be_protected_is_refused_before_anything_runs() {
    each_pooler(|subject, database, _| {
        line_of_revisions(subject, 1);
        let text = "-- x\n--\n-- migrator:revision x1\n-- migrator:revises r01\n\n\
                    -- migrator:upgrade no-transaction\nCREATE INDEX CONCURRENTLY x ON r01 (i);\n";
        subject.write("migrations/versions/x1.sql", text);
        let refused = subject.run(&["upgrade"]).exits(2);
        assert_contains(&refused.stderr, "revision `x1` has a part without a transaction, which a transaction pooler");
        assert_contains(&refused.stderr, "--> migrations/versions/x1.sql");
        assert_contains(&refused.stderr, "hint: connect to the server itself for this run");
        assert_eq!(subject.json(&["upgrade"])["error"]["kind"], "pooler");
        assert_eq!(subject.query("SELECT to_regclass('migrator_version'), to_regclass('r01')"), "|");
        subject.run(&["--url", &database.url(), "upgrade"]).ok();
    });
}

#[test]
fn a_pooler_that_gives_out_whole_sessions_is_no_hindrance() {
    each_pooler(|subject, database, _| {
        let pooler = PgBouncer::in_mode("session", database);
        line_of_revisions(subject, 1);
        let text = "-- x\n--\n-- migrator:revision x1\n-- migrator:revises r01\n\n\
                    -- migrator:upgrade no-transaction\nCREATE INDEX CONCURRENTLY x ON r01 (i);\n";
        subject.write("migrations/versions/x1.sql", text);
        subject.run(&["--url", &pooler.url(database), "upgrade"]).ok();
        assert_eq!(subject.log(), "r01|upgrade\nx1|upgrade");
        assert_eq!(subject.query(ADVISORY_LOCKS), "0");
    });
}

#[test]
fn a_run_on_the_server_itself_is_waited_for() {
    each_pooler(|subject, database, _| {
        let gate = Gate::close(database);
        line_of_revisions(subject, 2);
        subject.revision_file("r01", "", "SELECT count(*) FROM gate;", "");
        let worker = subject.start(&["--url", &database.url(), "upgrade"]);
        until_works(subject);
        let refused = subject.run(&["upgrade", "--lock-wait", "200ms"]).exits(4);
        assert_contains(&refused.stderr, "running `SELECT count(*) FROM gate`");
        let waiting = subject.start(&["upgrade"]);
        gate.open();
        worker.output().ok();
        waiting.output().ok();
        assert_eq!(subject.log(), "r01|upgrade\nr02|upgrade");
    });
}

#[test]
fn a_run_through_the_pooler_is_waited_for() {
    each_pooler(|subject, database, _| {
        let gate = Gate::close(database);
        line_of_revisions(subject, 2);
        subject.revision_file("r01", "", "SELECT count(*) FROM gate;", "");
        let worker = subject.start(&["upgrade"]);
        until_works(subject);
        for url in [&database.url(), &PgBouncer::start(database).url(database)] {
            let refused = subject.run(&["--url", url, "upgrade", "--lock-wait", "200ms"]).exits(4);
            assert_contains(&refused.stderr, "running `SELECT count(*) FROM gate`");
        }
        gate.open();
        worker.output().ok();
        assert_eq!(subject.query(ADVISORY_LOCKS), "0");
    });
}

fn query(url: &str, sql: &str) -> Vec<Option<String>> {
    let mut client = postgres::Client::connect(url, postgres::NoTls).unwrap();
    let messages = client.simple_query(sql).unwrap();
    messages
        .iter()
        .find_map(|message| match message {
            postgres::SimpleQueryMessage::Row(row) => {
                Some((0..row.len()).map(|column| row.get(column).map(str::to_owned)).collect())
            }
            _ => None,
        })
        .unwrap()
}
