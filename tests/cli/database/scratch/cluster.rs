//! A server of one's own, where the one of the project lets nobody make a database.

use std::path::{Path, PathBuf};

use super::{ENDLESS, Role, USERS, assert_contains, with_programs};
use crate::support::postgres::{Database, each_postgres};
use crate::support::project::Project;
use crate::support::running::{Running, Signal, until};

/// Where the programs of the server are, if it is ours.
fn programs(database: &Database) -> Option<PathBuf> {
    if database.server().socket_directory().is_none() {
        eprintln!("not tried: the server is not ours, so its programs may not be here");
        return None;
    }
    Some(database.query_text("SELECT setting FROM pg_config WHERE name = 'BINDIR'").into())
}

/// The processes that have `text` in their command lines.
fn processes(text: &str) -> Vec<String> {
    let entries = std::fs::read_dir("/proc").unwrap().map(|entry| entry.unwrap().path());
    let has = |path: &PathBuf| {
        let line = std::fs::read(path.join("cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&line).contains(text)
    };
    entries.filter(has).map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

/// The directories of these servers' keepers.
fn directories(keepers: &[String]) -> Vec<PathBuf> {
    let entries = std::fs::read_dir("/tmp").unwrap().map(|entry| entry.unwrap().path());
    let is_kept = |path: &PathBuf| {
        let keeper = std::fs::read_to_string(path.join("keeper")).unwrap_or_default();
        keepers.iter().any(|pid| pid == keeper.trim())
    };
    entries.filter(is_kept).collect()
}

fn start(project: &Project, programs: &Path, arguments: &[&str]) -> Running {
    let mut command = project.command(arguments);
    with_programs(&mut command, programs);
    Running::start(command)
}

#[test]
fn it_does_what_the_projects_server_would() {
    each_postgres(|database| {
        let Some(programs) = programs(database) else { return };
        let role = Role::new(database, "");
        let project = role.project();
        // Roles of the project's server can be named.
        project.write(
            "schema.sql",
            &format!("{USERS}GRANT SELECT ON users TO postgres;\nALTER TABLE users OWNER TO {};\n", role.name),
        );
        let made = start(&project, &programs, &["revision", "--autogenerate", "-m", "first"]).output().ok();
        assert_contains(&made.stderr, "proven on a scratch database");
        start(&project, &programs, &["upgrade"]).output().ok();
        let check = start(&project, &programs, &["check"]).output().ok();
        assert_eq!(check.stdout, "the declared schema is what there is\n");
        assert!(processes(&role.name).is_empty());
    });
}

#[test]
fn it_ends_with_the_run_however_that_ends() {
    each_postgres(|database| {
        let Some(programs) = programs(database) else { return };
        for signal in [Signal::INT, Signal::KILL] {
            let role = Role::new(database, "");
            let project = role.project();
            project.write("schema.sql", &format!("CREATE TABLE here (x integer);\n{ENDLESS}"));
            let mut run = start(&project, &programs, &["check"]);
            let keepers = || processes(&format!("cluster.sh\0{}\0{}", programs.display(), role.name));
            let mut found = Vec::new();
            until("the server runs", || {
                assert!(!run.has_ended(), "{}", run.story());
                found = directories(&keepers());
                // https://www.postgresql.org/docs/current/storage-file-layout.html
                let running = found.iter().any(|folder| folder.join("data/postmaster.pid").exists());
                running && found.iter().any(|folder| folder.join(".s.PGSQL.5432").exists())
            });
            assert_eq!(found.len(), 1);
            run.signal(signal);
            run.output();
            until("the server and its directory are gone", || {
                keepers().is_empty() && !found[0].exists() && processes(&found[0].display().to_string()).is_empty()
            });
        }
    });
}

#[test]
fn what_a_killed_keeper_left_goes_with_the_next() {
    each_postgres(|database| {
        let Some(programs) = programs(database) else { return };
        let role = Role::new(database, "");
        let project = role.project();
        project.write("schema.sql", &format!("{USERS}{ENDLESS}"));
        let run = start(&project, &programs, &["check"]);
        let keepers = || processes(&format!("cluster.sh\0{}\0{}", programs.display(), role.name));
        let mut found = Vec::new();
        until("the server runs", || {
            found = directories(&keepers());
            found.iter().any(|folder| folder.join(".s.PGSQL.5432").exists())
        });
        for keeper in keepers() {
            let keeper = rustix::process::Pid::from_raw(keeper.parse().unwrap()).unwrap();
            rustix::process::kill_process(keeper, Signal::KILL).unwrap();
        }
        drop(run);
        assert!(found[0].exists());
        project.write("schema.sql", USERS);
        start(&project, &programs, &["check"]).output().exits(3);
        until("the server and its directory are gone", || {
            !found[0].exists() && processes(&found[0].display().to_string()).is_empty()
        });
    });
}
