//! Where schemas cannot be compared, that is said in words, with the next step.

use super::{Role, USERS, assert_contains, failing_programs, with_programs};
use crate::support::pgbouncer::PgBouncer;
use crate::support::postgres::each_postgres;
use crate::support::project::{Output, Project};

/// Runs the program where no server of its own can be started.
fn without_programs(project: &Project, version: u32, arguments: &[&str]) -> Output {
    let programs = failing_programs(project, version);
    let mut command = project.command(arguments);
    with_programs(&mut command, &programs);
    command.output().unwrap().into()
}

#[test]
fn an_older_server_is_told_by_its_version() {
    each_postgres(|database| {
        // It says it were older to whoever does not ask pg_catalog.
        let pretend = format!(
            "CREATE SCHEMA old; CREATE FUNCTION old.current_setting(name text) RETURNS text LANGUAGE sql AS $$ SELECT CASE name \
             WHEN 'server_version_num' THEN '130009' ELSE pg_catalog.current_setting(name) END $$; \
             ALTER DATABASE {} SET search_path = old, pg_catalog",
            database.name()
        );
        database.client().batch_execute(&pretend).unwrap();
        let project = Project::postgres(database);
        project.write("schema.sql", USERS);
        let commands: [&[&str]; 5] = [
            &["check"],
            &["check", "--from", "migrations"],
            &["diff"],
            &["dump"],
            &["revision", "--autogenerate", "-m", "first"],
        ];
        for command in commands {
            let stderr = project.run(command).exits(2).stderr;
            assert_contains(
                &stderr,
                "error: comparing schemas needs PostgreSQL 14 or later, and the server is 13.9\nhint: ",
            );
        }
        assert_eq!(project.json(&["check"])["error"]["kind"], "not_available");
        project.run(&["upgrade"]).ok();
    });
}

#[test]
fn a_role_that_may_not_make_one_learns_what_was_tried() {
    each_postgres(|database| {
        let role = Role::new(database, "");
        let project = role.project();
        project.write("schema.sql", USERS);
        let output = without_programs(&project, database.version(), &["check"]).exits(1);
        let told = "error: cannot make a scratch database: on the same server: permission denied to create database; \
                    on a server of its own: initdb failed: there is no room";
        assert_contains(&output.stderr, told);
        for way in ["ALTER ROLE … CREATEDB", "scratch_url", "install the server's programs"] {
            assert_contains(&output.stderr, way);
        }
        let failure: serde_json::Value =
            serde_json::from_str(&without_programs(&project, database.version(), &["--json", "check"]).stdout).unwrap();
        assert_eq!(failure["error"]["kind"], "database");
    });
}

#[test]
fn a_transaction_pooler_is_told() {
    each_postgres(|database| {
        if database.server().socket_directory().is_none() {
            eprintln!("not tried: the server is not ours, so a pooler may not reach it");
            return;
        }
        let pooler = PgBouncer::start(database);
        let project = Project::postgres(database);
        let configure = |more: &str| {
            project.write("migrator.toml", &format!("[database]\nurl = \"{}\"\n{more}", pooler.url(database)));
        };
        configure("");
        project.write("schema.sql", USERS);
        let output = without_programs(&project, database.version(), &["check"]).exits(1);
        assert_contains(
            &output.stderr,
            "on the same server: a pooler that gives out sessions by the transaction is in between;",
        );

        // The schema itself can be read through it.
        configure(&format!("[autogenerate]\nscratch_url = \"{}\"\n", database.server().url()));
        assert_contains(&project.run(&["check"]).exits(3).stdout, "add table users");

        let other = database.server().database();
        configure(&format!("[autogenerate]\nscratch_url = \"{}\"\n", pooler.url(&other)));
        let output = project.run(&["check"]).exits(2);
        assert_contains(
            &output.stderr,
            "cannot be used: a pooler that gives out sessions by the transaction is in between\n",
        );
    });
}
