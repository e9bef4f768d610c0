//! Runs keep each other out: the lock and who holds it, poolers, the lease, crowds.

mod changes;
mod crowd;
mod lease;
mod overtaken;
mod poolers;
mod waiting;

use super::{Subject, assert_contains};
use crate::support::postgres::Database;
use crate::support::project::Project;
use crate::support::running::{Running, until};

/// A table that whoever selects from it waits for.
struct Gate(postgres::Client);

impl Gate {
    /// A revision that does [`WORKS`] works from now on until the gate is opened.
    fn close(database: &Database) -> Gate {
        let mut client = database.client();
        client.batch_execute("CREATE TABLE IF NOT EXISTS gate (); GRANT ALL ON gate TO PUBLIC").unwrap();
        client.batch_execute("BEGIN; LOCK gate").unwrap();
        Gate(client)
    }

    fn open(mut self) {
        self.0.batch_execute("COMMIT").unwrap();
    }
}

const WORKS: &str = "SELECT count(*) FROM gate;";

/// Waits until a revision works.
#[track_caller]
fn until_works(subject: &Subject<'_>) {
    until("the revision works", || is_running(subject, WORKS.trim_end_matches(';')));
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
