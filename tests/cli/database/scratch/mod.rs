//! Comparing with a declared schema: what it leaves alone, and the scratch databases it takes.

mod beyond;
#[cfg(unix)]
mod cluster;
#[cfg(unix)]
mod ending;
mod named;
mod own_tables;
#[cfg(unix)]
mod pg_dump;
mod printed;
mod refusals;
mod reuse;

use super::assert_contains;
use crate::support::postgres::Database;
use crate::support::project::Project;

const USERS: &str = "CREATE TABLE users (id integer PRIMARY KEY, name text);\n";

/// A statement that only an interrupt ends.
const ENDLESS: &str = "SELECT pg_sleep(600);\n";

/// The scratch databases on the server. Tests that run at the same time have some, too, with another name in their
/// comment.
fn left_behind(database: &Database, user: &str) -> String {
    let sql = "SELECT datname FROM pg_database WHERE datname LIKE 'migrator\\_scratch\\_%' \
               AND shobj_description(oid, 'pg_database') LIKE ";
    database.query_text(&format!("{sql}'made by migrator for {user} at %'"))
}

/// A role of one test's own; dropped when this goes out of scope.
struct Role<'d> {
    database: &'d Database,
    name: String,
}

impl<'d> Role<'d> {
    fn new(database: &'d Database, options: &str) -> Role<'d> {
        let name = database.name().replace("test_", "role_");
        database.client().batch_execute(&format!("CREATE ROLE {name} LOGIN {options}")).unwrap();
        database.client().batch_execute(&format!("ALTER DATABASE {} OWNER TO {name}", database.name())).unwrap();
        Role { database, name }
    }

    /// The database's URL for this role.
    fn url(&self) -> String {
        self.database.url().replace("://postgres@", &format!("://{}@", self.name))
    }

    /// A project that works as this role.
    fn project(&self) -> Project {
        let project = Project::postgres(self.database);
        let configuration = project.read("migrator.toml").replace(&self.database.url(), &self.url());
        project.write("migrator.toml", &configuration);
        project
    }
}

impl Drop for Role<'_> {
    fn drop(&mut self) {
        let (database, name) = (self.database, &self.name);
        let give = format!(
            "ALTER DATABASE {} OWNER TO CURRENT_USER; REASSIGN OWNED BY {name} TO CURRENT_USER; ",
            database.name()
        );
        let drop = format!("{give}DROP OWNED BY {name} CASCADE; DROP ROLE {name}");
        if let Err(error) = database.client().batch_execute(&drop) {
            eprintln!("{name} stays: {error:?}");
        }
    }
}

/// Puts the server's own programs, or some that only fail, before all others in the command's `PATH`.
fn with_programs(command: &mut std::process::Command, folder: &std::path::Path) {
    command.env("PATH", format!("{}:/usr/bin:/bin", folder.display()));
}

/// Programs of a server of this version that cannot start one.
fn failing_programs(project: &Project, version: u32) -> std::path::PathBuf {
    for (name, script) in [
        ("postgres", format!("echo 'postgres (PostgreSQL) {version}.99'")),
        ("initdb", "echo 'there is no room' >&2; exit 1".to_owned()),
        ("pg_ctl", "exit 1".to_owned()),
    ] {
        project.write(&format!("programs/{name}"), &format!("#!/bin/sh\n{script}\n"));
    }
    // The user that a server runs as has to get there, too.
    let made = std::process::Command::new("chmod").args(["-R", "a+rx"]).arg(project.path("")).status().unwrap();
    assert!(made.success());
    project.path("programs")
}
