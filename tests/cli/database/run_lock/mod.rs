//! Runs keep each other out: the lock and who holds it, poolers, the lease, crowds.

mod changes;
mod crowd;
mod lease;
mod overtaken;
mod poolers;
mod waiting;

use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::{Subject, assert_contains};
use crate::support::project::{Output, Project};

/// A program that runs while the test goes on.
struct Running(Option<Child>);

impl Running {
    fn start(project: &Project, arguments: &[&str]) -> Running {
        let mut command = project.command(arguments);
        Running(Some(command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()))
    }

    fn has_ended(&mut self) -> bool {
        self.0.as_mut().unwrap().try_wait().unwrap().is_some()
    }

    fn kill(mut self) {
        let mut child = self.0.take().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    fn output(mut self) -> Output {
        let output = self.0.take().unwrap().wait_with_output().unwrap();
        Output {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Waits until `is_so`, for a minute at most.
#[track_caller]
fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(60), "still not: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Revisions in a line, from `r01` on; each makes a table of its name, with one row.
fn line_of_revisions(project: &Project, count: usize) {
    for number in 1..=count {
        let (id, parent) = (format!("r{number:02}"), format!("r{:02}", number - 1));
        let parent = if number == 1 { "" } else { &parent };
        let upgrade = format!("CREATE TABLE {id} (i integer);\nINSERT INTO {id} VALUES (1);");
        project.revision_file(&id, parent, &upgrade, &format!("DROP TABLE {id};"));
    }
}

/// How many locks of ours there are in the database.
const ADVISORY_LOCKS: &str = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' \
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

/// Is somebody in a query that begins so, or goes on with it behind what is sent in front of a part?
fn is_running(subject: &Subject<'_>, query: &str) -> bool {
    let question = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' \
         AND pid <> pg_backend_pid() AND query LIKE '%{query}%'"
    );
    subject.query(&question) != "0"
}
