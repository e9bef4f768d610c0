//! `pg_dump` is asked as well where one is at hand that knows the server.

use super::{USERS, assert_contains, with_programs};
use crate::support::postgres::{Database, each_postgres};
use crate::support::project::{Output, Project};

/// A project whose `pg_dump` says that it is of this version, notes how it is called, and does `then`.
fn project(database: &Database, version: &str, then: &str) -> Project {
    let project = Project::postgres(database);
    let url = database.url().replace("://postgres@", "://postgres:s3cret@");
    project.write("migrator.toml", &project.read("migrator.toml").replace(&database.url(), &url));
    project.write("schema.sql", USERS);
    let script = format!(
        "#!/bin/sh\nif [ \"$1\" = --version ]; then echo 'pg_dump (PostgreSQL) {version}'; exit; fi\n\
         echo \"$@\" >>calls\necho \"$PGPASSWORD\" >>passwords\n{then}\n"
    );
    project.write("programs/pg_dump", &script);
    let made = std::process::Command::new("chmod").args(["-R", "a+rx"]).arg(project.path("programs")).status().unwrap();
    assert!(made.success());
    project
}

fn autogenerate(project: &Project) -> Output {
    let mut command = project.command(&["revision", "--autogenerate", "-m", "users"]);
    with_programs(&mut command, &project.path("programs"));
    command.output().unwrap().into()
}

fn has_revision(project: &Project) -> bool {
    std::fs::read_dir(project.path("migrations/versions")).unwrap().next().is_some()
}

#[test]
fn what_it_finds_is_no_proof_and_passwords_are_not_among_its_arguments() {
    each_postgres(|database| {
        let says = "echo \"CREATE TABLE public.number_$(($(wc -l <calls)));\"";
        let project = project(database, "99.1 (Debian 99.1-1)", says);
        let failed = autogenerate(&project).exits(1);
        assert_contains(&failed.stderr, "pg_dump says that it is not what it should be");
        assert_contains(&failed.stderr, "+ CREATE TABLE public.number_");
        assert!(!has_revision(&project));
        assert_contains(&project.read("calls"), "--schema-only");
        assert!(!project.read("calls").contains("s3cret"));
        assert_contains(&project.read("passwords"), "s3cret\n");
        assert!(!failed.stderr.contains("s3cret"));
    });
}

#[test]
fn one_that_is_too_old_or_does_not_get_in_is_not_asked() {
    each_postgres(|database| {
        for (version, then, is_called) in [("9.6.24", "exit 0", false), ("99.1", "echo no >&2; exit 1", true)] {
            let project = project(database, version, then);
            assert_contains(&autogenerate(&project).ok().stderr, "proven on a scratch database");
            assert_eq!(project.path("calls").exists(), is_called);
            assert!(has_revision(&project));
        }
    });
}
