//! Where a password comes from, and what is said when it is missing or wrong.

use super::*;

#[test]
fn a_password_from_each_source() {
    for tls in tls_servers() {
        let project = project();
        let url = tls.url("scram", "127.0.0.1", "");
        let missing = run(&project, &[], &["--url", &url, "current"]).exits(1);
        assert_contains(&missing.stderr, "the server asks for a password, and none was given");
        assert_contains(&missing.stderr, "or into `PGPASSWORD`, or into `~/.pgpass`");

        run(&project, &[("PGPASSWORD", PASSWORD)], &["--url", &url, "current"]).ok();
        let wrong = run(&project, &[("PGPASSWORD", "falsch")], &["--url", &url, "current"]).exits(1);
        assert_contains(&wrong.stderr, "password authentication failed for user \"scram\" (28P01)");
        assert_contains(&wrong.stderr, "hint: the password was the one in the variable `PGPASSWORD`");

        let encoded = PASSWORD.replace('/', "%2F").replace(':', "%3A").replace('@', "%40");
        let with_password = url.replace("scram@", &format!("scram:{encoded}@"));
        run(&project, &[("PGPASSWORD", "falsch")], &["--url", &with_password, "current"]).ok();

        let escaped = PASSWORD.replace(':', "\\:");
        let line = format!("# a comment\nother:*:*:*:x\n127.0.0.1:{}:postgres:scram:{escaped}\n", tls.server.port());
        write_private(&project, "home/.pgpass", &line);
        run(&project, &[], &["--url", &url, "current"]).ok();
        set_mode(&project.path("home/.pgpass"), 0o640);
        let ignored = run(&project, &[], &["--url", &url, "current"]).exits(1);
        assert_contains(&ignored.stderr, "none was given\nhint: `");
        assert_contains(&ignored.stderr, ".pgpass` is ignored because others may read it: run `chmod 0600 ");

        let named = write_private(&project, "passwords", "*:*:*:*:falsch\n");
        let wrong = run(&project, &[("PGPASSFILE", &named)], &["--url", &url, "current"]).exits(1);
        assert_contains(&wrong.stderr, "hint: the password was the one in `");
        assert_contains(&wrong.stderr, "passwords`");
    }
}

#[test]
fn what_the_server_says_has_its_advice() {
    for tls in tls_servers() {
        let project = project();
        for (url, message, hint) in [
            (tls.url("nobody_here", "localhost", ""), "role \"nobody_here\" does not exist (28000)", "make the role"),
            (
                tls.url("postgres", "localhost", "dbname=absent"),
                "database \"absent\" does not exist (3D000)",
                "make it with `createdb`",
            ),
            (
                tls.url("postgres", "no-such-host.invalid", ""),
                "the host's name is not known",
                "look at the host's name",
            ),
            ("postgresql://u@127.0.0.1:1/d".to_owned(), "the connection was refused", "is the server running there"),
            (
                "postgresql://u@/d?host=/no/such/directory".to_owned(),
                "there is no socket of a server",
                "to connect over TCP, name a host",
            ),
        ] {
            let error = &run_json(&project, &["--url", &url, "current"])["error"];
            assert_eq!(error["kind"], "connection", "{url}");
            assert_contains(error["message"].as_str().unwrap(), message);
            assert_contains(error["hint"].as_str().unwrap(), hint);
        }
    }
}

fn run_json(project: &Project, arguments: &[&str]) -> serde_json::Value {
    let output = run(project, &[], &[&["--json"], arguments].concat()).exits(1);
    serde_json::from_str(&output.stdout).unwrap()
}

/// A session that waits is watched by a second one, which has to come in as well.
#[test]
fn the_second_session_comes_in_as_the_first_did() {
    for tls in tls_servers() {
        for (user, variables) in [("scram", vec![("PGPASSWORD", PASSWORD)]), ("tls_only", vec![])] {
            let project = Project::sqlite();
            project.write(
                "migrator.toml",
                &format!(
                    "[migrator]\nversion_table = \"watched_{user}\"\n[database]\nlock_timeout = \"3s\"\nlock_wait = 0\n"
                ),
            );
            let table = format!("locked_{user}");
            project.revision_file("a1", "", &format!("LOCK TABLE {table};"), "");
            let mut holder = tls.server.client();
            holder.batch_execute(&format!("CREATE TABLE {table} ()")).unwrap();
            holder.batch_execute(&format!("BEGIN; LOCK TABLE {table}")).unwrap();
            let pid: i32 = holder.query_one("SELECT pg_backend_pid()", &[]).unwrap().get(0);
            let url = tls.url(user, "localhost", "sslmode=require");
            let output = run(&project, &variables, &["--url", &url, "upgrade"]).exits(4);
            assert_contains(&output.stderr, &format!("\nblocked by pid {pid} (user postgres)"));
        }
    }
}
