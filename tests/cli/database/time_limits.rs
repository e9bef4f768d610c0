//! How long things may take on PostgreSQL: the limits of a role do not count, those of a revision do.

use super::{Subject, assert_contains};
use crate::support::postgres::{Database, each_postgres};

/// A role of the test's own, dropped when this goes out of scope.
struct Role<'d> {
    database: &'d Database,
    name: String,
}

impl<'d> Role<'d> {
    fn new(database: &'d Database) -> Self {
        let name = format!("{}_limited", database.name());
        database.query_text(&format!("CREATE ROLE {name} LOGIN; GRANT ALL ON SCHEMA public TO {name}"));
        Self { database, name }
    }

    fn set(&self, setting: &str, value: &str) {
        self.database.query_text(&format!("ALTER ROLE {} SET {setting} = '{value}'", self.name));
    }

    fn url(&self) -> String {
        self.database.url().replacen("//postgres@", &format!("//{}@", self.name), 1)
    }
}

impl Drop for Role<'_> {
    fn drop(&mut self) {
        let _ = self.database.client().batch_execute(&format!("DROP OWNED BY {0}; DROP ROLE {0}", self.name));
    }
}

const LIMITS: [&str; 4] =
    ["statement_timeout", "idle_in_transaction_session_timeout", "idle_session_timeout", "transaction_timeout"];

#[test]
fn a_roles_own_limits_do_not_end_a_run() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let role = Role::new(database);
        let since = [14, 14, 14, 17];
        for (limit, since) in LIMITS.into_iter().zip(since) {
            if database.version() >= since {
                role.set(limit, "700ms");
            }
        }
        let in_force = "SELECT string_agg(setting, ' ') FROM pg_settings WHERE name IN ('statement_timeout', \
                        'idle_in_transaction_session_timeout', 'idle_session_timeout', 'transaction_timeout')";
        subject.revision_file(
            "a1",
            "",
            &format!("CREATE TABLE seen AS {in_force};\nSELECT pg_sleep(1);\nSELECT pg_sleep(1);"),
            "",
        );
        // One statement alone, which travels with the beginning of its transaction and with its end.
        subject.revision_file("b2", "a1", "SELECT pg_sleep(1);", "");
        subject.revision_file("c3", "b2", "SELECT pg_sleep(1);", "");
        let text = subject.read("migrations/versions/c3.sql");
        subject.write("migrations/versions/c3.sql", &text.replace(":upgrade", ":upgrade no-transaction"));
        subject.run(&["--url", &role.url(), "upgrade"]).ok();
        let expected = if database.version() >= 17 { "0 0 0 0" } else { "0 0 0" };
        assert_eq!(subject.query("SELECT * FROM seen"), expected);
        // The test would prove nothing if the role had no limits.
        let mut limited = postgres::Client::connect(&role.url(), postgres::NoTls).unwrap();
        assert!(limited.batch_execute("SELECT pg_sleep(2)").is_err());
    });
}

#[test]
fn the_server_looks_whether_its_client_is_still_there() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file(
            "a1",
            "",
            "CREATE TABLE seen AS SELECT current_setting('client_connection_check_interval');",
            "",
        );
        subject.run(&["upgrade"]).ok();
        let can = subject.query("SELECT version() LIKE '%linux%'") == "t";
        assert_eq!(subject.query("SELECT * FROM seen"), if can { "2s" } else { "0" });
    });
}

#[test]
fn a_revision_says_how_long_it_waits_for_a_lock() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "lock_timeout = \"7s\"");
        let seen = |id: &str| format!("INSERT INTO seen SELECT '{id}', current_setting('lock_timeout');");
        subject.revision_file("a1", "", &format!("CREATE TABLE seen (id text, setting text);\n{}", seen("a1")), "");
        let parts = format!("{}\n-- migrator:upgrade\n{}", seen("b2"), seen("b2"));
        subject.revision_file("b2", "a1", &parts, &seen("down"));
        let text = subject.read("migrations/versions/b2.sql");
        let limited = |value: &str| {
            let lines = format!("migrator:revision b2\n-- migrator:lock-timeout {value}\n");
            subject.write("migrations/versions/b2.sql", &text.replace("migrator:revision b2\n", &lines));
        };
        subject.revision_file("c3", "b2", &seen("c3"), "SELECT 1;");

        limited("2 s");
        let refused = subject.run(&["upgrade"]).exits(1);
        assert_contains(&refused.stderr, "`2 s` is not a lock timeout");
        assert_contains(&refused.stderr, "b2.sql:4:1");

        limited("1500ms");
        assert_contains(&subject.run(&["show", "b2"]).ok().stdout, "timeout    1.5 s for a lock");
        assert_contains(&subject.run(&["upgrade", "--sql", "--offline"]).ok().stdout, "SET lock_timeout = 1500;");
        subject.run(&["upgrade"]).ok();
        subject.run(&["downgrade", "a1"]).ok();
        assert_eq!(subject.query("SELECT * FROM seen"), "a1|7s\nb2|1500ms\nb2|1500ms\nc3|7s\ndown|1500ms");
    });
}
