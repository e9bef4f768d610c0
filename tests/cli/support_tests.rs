//! The support keeps its promises: servers, databases, projects.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::support::postgres::{each_postgres, servers};
use crate::support::project::Project;

#[test]
fn each_database_is_empty_and_goes_away() {
    each_postgres(|database| {
        assert_eq!(database.query_text("SELECT 1, NULL, 'a' UNION ALL SELECT 2, 'x', 'b'"), "1||a\n2|x|b");
        database.client().batch_execute("CREATE TABLE t (id integer)").unwrap();
        let other = database.server().database();
        assert_eq!(other.query_text("SELECT to_regclass('t')"), "");
        let count = format!("SELECT count(*) FROM pg_database WHERE datname = '{}'", other.name());
        let _still_connected = other.client();
        assert_eq!(database.query_text(&count), "1");
        drop(other);
        assert_eq!(database.query_text(&count), "0");
    });
}

#[test]
fn the_servers_are_those_asked_for() {
    for server in servers() {
        let version = server.database().query_text("SHOW server_version");
        assert!(version.starts_with(&format!("{}.", server.version())), "{version}");
    }
    if let Ok(versions) = std::env::var("MIGRATOR_TEST_POSTGRES_VERSIONS")
        && std::env::var("MIGRATOR_TEST_POSTGRES_URL").is_err()
        && versions != "any"
    {
        let started: Vec<_> = servers().iter().map(|s| s.version().to_string()).collect();
        assert_eq!(started.join(","), versions);
    }
}

#[test]
fn a_project_has_a_configuration_and_revision_files() {
    let project = Project::sqlite();
    project.revision_file("a1", "", "SELECT 1;", "SELECT 2;");
    project.revision_file("b2", "a1", "SELECT 3;", "");
    assert_eq!(
        project.read("migrations/versions/b2.sql"),
        "-- revision b2\n--\n-- migrator:revision b2\n-- migrator:revises a1\n\n\
         -- migrator:upgrade\nSELECT 3;\n"
    );
    assert!(project.path("migrator.toml").is_file());
}

#[test]
fn a_killed_test_process_leaves_no_server() {
    if std::env::var_os("MIGRATOR_TEST_POSTGRES_URL").is_some() {
        return; // The tests start no server then.
    }
    let mut killed = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("support_tests::starts_servers_and_waits")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(killed.stdout.take().unwrap());
    let directories: Vec<PathBuf> = output
        .lines()
        .map(|line| line.unwrap())
        .skip_while(|line| !line.ends_with("started:"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(PathBuf::from)
        .collect();
    assert_eq!(directories.len(), servers().len());
    assert!(directories.iter().all(|directory| directory.is_dir()));
    killed.kill().unwrap();
    killed.wait().unwrap();
    for _ in 0..200 {
        if directories.iter().all(|directory| !directory.exists()) {
            return;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("still there after 20 s: {directories:?}");
}

#[test]
#[ignore = "started, and killed, by the test above"]
fn starts_servers_and_waits() {
    println!("started:");
    for server in servers() {
        println!("{}", server.socket_directory().unwrap().display());
    }
    println!();
    std::thread::sleep(Duration::from_secs(30));
}
