//! Servers without advisory locks, or with some that only look like it: a row with a time does their work.

use super::{Gate, assert_contains, line_of_revisions, until, until_works};
use crate::database::Subject;
use crate::support::postgres::{Database, each_postgres};

const FUNCTIONS: [&str; 3] = ["pg_try_advisory_lock", "pg_try_advisory_xact_lock", "pg_advisory_unlock"];

/// A role that may not call the functions of advisory locks; it goes with the test.
struct Role<'d>(String, &'d Database);

impl<'d> Role<'d> {
    fn without_locks(database: &'d Database) -> Role<'d> {
        let role = format!("{}_role", database.name());
        let mut sql = format!("CREATE ROLE {role} LOGIN; GRANT ALL ON SCHEMA public TO {role};");
        for function in FUNCTIONS {
            sql += &format!("REVOKE EXECUTE ON FUNCTION {function}(bigint) FROM PUBLIC;");
        }
        database.client().batch_execute(&sql).unwrap();
        Role(role, database)
    }

    fn url(&self) -> String {
        self.1.url().replace("postgres@", &format!("{}@", self.0))
    }
}

impl Drop for Role<'_> {
    fn drop(&mut self) {
        if let Ok(mut client) = postgres::Client::connect(&self.1.url(), postgres::NoTls) {
            let _ = client.batch_execute(&format!("DROP OWNED BY {0} CASCADE; DROP ROLE {0}", self.0));
        }
    }
}

/// Functions that say yes and do nothing, as some servers have that speak PostgreSQL's protocol.
fn make_stubs(database: &Database) {
    let mut sql = String::from("SET allow_system_table_mods = on;");
    for function in FUNCTIONS {
        sql += &format!(
            "CREATE OR REPLACE FUNCTION pg_catalog.{function}(bigint) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
        );
    }
    database.client().batch_execute(&sql).unwrap();
}

#[test]
fn a_role_that_may_not_lock_uses_a_lease() {
    each_postgres(|database| {
        let role = Role::without_locks(database);
        run_under_a_lease(&Subject::postgres(database), database, &role.url());
    });
}

#[test]
fn a_server_whose_locks_are_stubs_uses_a_lease() {
    each_postgres(|database| {
        make_stubs(database);
        run_under_a_lease(&Subject::postgres(database), database, &database.url());
    });
}

fn run_under_a_lease(subject: &Subject<'_>, database: &Database, url: &str) {
    subject.configure("", "lock_timeout = \"0\"");
    let gate = Gate::close(database);
    line_of_revisions(subject, 3);
    subject.revision_file("r02", "r01", "SELECT count(*) FROM gate;", "SELECT 1;");
    let worker = subject.start(&["--url", url, "upgrade"]);
    until_works(subject);

    let refused = subject.run(&["--url", url, "upgrade", "--lock-wait", "200ms"]).exits(4);
    assert_contains(&refused.stderr, "gave up waiting for another migrator (process ");
    // It is renewed while a statement runs.
    let renewals =
        "SELECT count(*) FROM migrator_lock WHERE heartbeat > acquired_at AND expires_at > clock_timestamp()";
    until("the lease is renewed", || subject.query(renewals) == "1");
    // Even one that has expired is not taken from a revision that runs.
    subject.query("UPDATE migrator_lock SET expires_at = now() - interval '1 hour'");
    subject.run(&["--url", url, "upgrade", "--lock-wait", "0"]).exits(4);
    gate.open();
    worker.output().ok();
    assert_eq!(subject.query("SELECT count(*) FROM migrator_lock"), "0");
    assert_eq!(subject.log(), "r01|upgrade\nr02|upgrade\nr03|upgrade");
    subject.run(&["--url", url, "downgrade", "base"]).ok();
    assert_eq!(subject.query("SELECT count(*) FROM migrator_lock"), "0");
}

#[test]
fn a_lease_that_was_taken_away_stops_the_run_and_an_expired_one_is_taken_over() {
    each_postgres(|database| {
        make_stubs(database);
        let subject = Subject::postgres(database);
        line_of_revisions(&subject, 2);
        subject.run(&["upgrade", "r01"]).ok();
        // Somebody died with the lease, a moment ago and longer ago.
        let left = "INSERT INTO migrator_lock VALUES (1, 'process 7, of nobody', now(), now(), now() + interval ";
        subject.query(&format!("{left} '1 hour')"));
        let refused = subject.run(&["upgrade", "--lock-wait", "0"]).exits(4);
        assert_contains(&refused.stderr, "the lock is held by another migrator (process 7, of nobody, since 2");
        subject.query("UPDATE migrator_lock SET expires_at = now() - interval '1 second'");
        subject.run(&["upgrade", "--lock-wait", "0"]).ok();
        assert_eq!(subject.log(), "r01|upgrade\nr02|upgrade");

        // A file that takes the lease away: the next revision does not begin before there is one again.
        subject.revision_file("x1", "r02", "DELETE FROM migrator_lock;", "");
        subject.revision_file("x2", "x1", "CREATE TABLE x2 ();", "");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT count(*) FROM migrator_log"), "4");
        assert_eq!(subject.query("SELECT count(*) FROM migrator_lock"), "0");
    });
}
