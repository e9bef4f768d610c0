//! Runs that are killed, and what must be so afterwards.
//!
//! A case is a database, a command and a kill. Then the same command is run again, and again if it stopped to
//! ask how a statement ended (exit code 6), which the test then looks up and settles with `migrator resolve`,
//! as the message advises. In the end everything has to be as in a run that nobody disturbed: the version
//! table, the log with one line for each revision, an empty ledger, the schema, the rows, no lock; and
//! `migrator verify` finds nothing.

mod revisions;

use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::postgres::{Database, Server};
use super::project::Output;
use super::subject::Subject;

/// How long anything may take on a machine that is busy.
const PATIENCE: Duration = Duration::from_secs(60);

/// A command, and what it is run on.
pub struct Scenario {
    pub name: &'static str,
    command: &'static [&'static str],
    starts_upgraded: bool,
    /// The `[migrator]` setting `transaction`.
    transaction: &'static str,
}

const fn scenario(name: &'static str, command: &'static [&'static str], starts_upgraded: bool) -> Scenario {
    Scenario { name, command, starts_upgraded, transaction: "per-revision" }
}

pub const SCENARIOS: [Scenario; 6] = [
    scenario("upgrade", &["upgrade"], false),
    scenario("downgrade", &["downgrade", "base"], true),
    scenario("stamp", &["stamp", "head"], false),
    scenario("stamp below", &["stamp", "d4"], true),
    scenario("ensure-version", &["ensure-version"], false),
    Scenario { transaction: "single", ..scenario("upgrade in one transaction", &["upgrade", "c3"], false) },
];

/// The databases that cases start from.
pub struct Matrix {
    settings: &'static str,
    empty: Origin,
    upgraded: Origin,
}

enum Origin {
    File(TempDir),
    Database(Database),
}

/// What was counted.
#[derive(Debug, Default, Clone, Copy)]
pub struct Count {
    /// Runs that ended by the kill.
    pub killed: usize,
    /// Runs that were over before.
    pub finished: usize,
    /// How often the test had to say how a statement ended.
    pub settled: usize,
}

impl Matrix {
    /// On SQLite, with these settings in `[database]` and this journal.
    pub fn sqlite(settings: &'static str, journal_mode: &str) -> Matrix {
        let file = || {
            let file = Origin::File(tempfile::tempdir().unwrap());
            file.make(&format!("PRAGMA journal_mode = {journal_mode}"));
            file
        };
        Matrix::new(settings, file(), file())
    }

    pub fn postgres(server: &'static Server) -> Matrix {
        Matrix::new("", Origin::Database(server.database()), Origin::Database(server.database()))
    }

    fn new(settings: &'static str, empty: Origin, upgraded: Origin) -> Matrix {
        empty.make("CREATE TABLE trace (step text NOT NULL)");
        let matrix = Matrix { settings, empty, upgraded };
        matrix.upgraded.make("CREATE TABLE trace (step text NOT NULL)");
        matrix.upgraded.as_subject(settings, |subject| drop(subject.run(&["upgrade"]).ok()));
        matrix
    }

    /// Runs `work` on a copy of the database that `scenario` starts from.
    pub fn with_copy<T>(&self, scenario: &Scenario, work: impl FnOnce(&Subject<'_>) -> T) -> T {
        let origin = if scenario.starts_upgraded { &self.upgraded } else { &self.empty };
        match origin {
            Origin::File(folder) => with_file(folder, scenario.transaction, self.settings, work).1,
            Origin::Database(original) => {
                let copy = original.copy();
                work(&prepared(Subject::postgres(&copy), scenario.transaction, self.settings))
            }
        }
    }

    /// What `scenario` comes to undisturbed, and how long that took.
    pub fn undisturbed(
        &self,
        scenario: &Scenario,
        before: impl FnOnce(&mut std::process::Command),
    ) -> (String, Duration) {
        self.with_copy(scenario, |subject| {
            let started = Instant::now();
            let mut command = subject.command(scenario.command);
            before(&mut command);
            Output::from(command.output().unwrap()).ok();
            let took = started.elapsed();
            check(subject);
            (state(subject), took)
        })
    }

    /// One case: `kill` runs the command it is given and ends it somehow.
    pub fn case(
        &self,
        scenario: &Scenario,
        expected: &str,
        count: &mut Count,
        kill: impl FnOnce(std::process::Command) -> std::process::Output,
    ) {
        self.with_copy(scenario, |subject| {
            let first = kill(subject.command(scenario.command));
            match first.status.code() {
                None => count.killed += 1,
                Some(0) => count.finished += 1,
                Some(_) => panic!("not killed, and failed: {first:?}"),
            }
            count.settled += finish(subject, scenario.command);
            assert_eq!(state(subject), expected, "not as in a run that nobody disturbed");
            check(subject);
        });
    }
}

/// Runs the command until it is done; gives how often it had to be told how a statement ended.
fn finish(subject: &Subject<'_>, command: &[&str]) -> usize {
    let mut settled = 0;
    loop {
        let output = subject.run(command);
        if output.code != Some(6) {
            output.ok();
            return settled;
        }
        settle(subject, &output.stderr);
        settled += 1;
        assert!(settled <= revisions::RIDDLES.len(), "it asks again and again");
    }
}

/// Looks into the database, as one is told to, and says how it is.
fn settle(subject: &Subject<'_>, advice: &str) {
    let begun = subject.query(
        "SELECT revision || '|' || direction || '|' || part || '|' || statement FROM migrator_ledger WHERE state = 'begun'",
    );
    let riddle = revisions::RIDDLES
        .iter()
        .find(|riddle| {
            let place = format!("{}|{}|{}|{}", riddle.revision, riddle.direction, riddle.part, riddle.statement);
            place == begun
        })
        .unwrap_or_else(|| panic!("asked about what can be proven: {begun}\n{advice}"));
    let ran = subject.query(riddle.answer) == "1";
    let next = (riddle.statement + usize::from(ran)).to_string();
    assert!(advice.contains(&format!("`migrator resolve {} --resume-from {next}`", riddle.revision)), "{advice}");
    subject.run(&["resolve", riddle.revision, "--resume-from", &next]).ok();
}

/// All that a run leaves, as text.
fn state(subject: &Subject<'_>) -> String {
    // In one question, because each takes a connection.
    let kept = subject.query(
        "SELECT 'applied ' || revision FROM migrator_version \
         UNION ALL SELECT 'logged ' || revision || ' ' || action || ' ' || count(*) FROM migrator_log \
         WHERE action <> 'resolve' GROUP BY revision, action \
         UNION ALL SELECT 'in the ledger ' || revision || ' ' || part || ' ' || statement || ' ' || state \
         FROM migrator_ledger ORDER BY 1",
    );
    assert!(!kept.contains("in the ledger"), "the ledger is not empty: {kept}");
    let more = if subject.is_sqlite() { subject.query("PRAGMA user_version") } else { String::new() };
    format!("{kept}\n{}\n{}\n{more}", subject.catalog(), subject.rows())
}

/// Nothing is locked or broken, and the program finds nothing either.
fn check(subject: &Subject<'_>) {
    if subject.is_sqlite() {
        assert_eq!(subject.query("PRAGMA integrity_check"), "ok");
        assert_eq!(subject.query("PRAGMA foreign_key_check"), "");
        subject.open().execute_batch("BEGIN EXCLUSIVE; ROLLBACK").unwrap();
    } else {
        let locks = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' \
                     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
        let started = Instant::now();
        while subject.query(locks) != "0" {
            assert!(started.elapsed() < PATIENCE, "a lock is left");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
    subject.run(&["verify"]).ok();
}

impl Origin {
    fn make(&self, sql: &str) {
        match self {
            Origin::File(folder) => {
                rusqlite::Connection::open(folder.path().join("app.db")).unwrap().execute_batch(sql).unwrap();
            }
            Origin::Database(database) => database.client().batch_execute(sql).unwrap(),
        }
    }

    /// Runs `work` on this very database.
    fn as_subject(&self, settings: &str, work: impl FnOnce(&Subject<'_>)) {
        match self {
            Origin::File(folder) => {
                let (subject, ()) = with_file(folder, "per-revision", settings, work);
                std::fs::copy(subject.path("app.db"), folder.path().join("app.db")).unwrap();
            }
            Origin::Database(database) => work(&prepared(Subject::postgres(database), "per-revision", settings)),
        }
    }
}

fn with_file<T>(
    folder: &TempDir,
    transaction: &str,
    settings: &str,
    work: impl FnOnce(&Subject<'_>) -> T,
) -> (Subject<'static>, T) {
    let subject = prepared(Subject::sqlite(), transaction, settings);
    std::fs::copy(folder.path().join("app.db"), subject.path("app.db")).unwrap();
    let value = work(&subject);
    (subject, value)
}

fn prepared<'d>(subject: Subject<'d>, transaction: &str, settings: &str) -> Subject<'d> {
    revisions::write(&subject);
    subject.configure(&format!("transaction = \"{transaction}\""), settings);
    subject
}
