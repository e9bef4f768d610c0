//! The kill matrix: a run is killed at each of its points, and another one goes on.
//!
//! The first run of a scenario is not disturbed and writes down its points, so those of new code are among
//! them. Then, for each point, a run starts on a copy of the same database, dies there, and what must be so
//! afterwards is checked; `tests/support/killing` says what that is.
//!
//! A point inside a message to a PostgreSQL server cannot exist. There a run dies before it sends the message,
//! and when it has sent it and not read the answer: then the server goes on with what it was told, and the
//! next run has to wait for it.
//!
//! An ordinary run takes some of the points, chosen by a seed. `MIGRATOR_TEST_KILLS=all` takes them all, another
//! number so many for each database, and `MIGRATOR_TEST_KILL_SEED` chooses others. Kills at any time, of the
//! ordinary program, are in `tests/cli/database/killed.rs`.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "a test that cannot go on should panic")]

#[path = "../../tests/support/mod.rs"]
mod support;

use std::fs;
use std::process::{Command, Output};

use support::killing::{Count, Matrix, SCENARIOS, Scenario};
use support::postgres::servers;

use super::{DIE_AT, LIST};

/// How many points an ordinary run takes on SQLite, and on each PostgreSQL server.
const SQLITE_KILLS: usize = 110;
const POSTGRESQL_KILLS: usize = 80;

/// What every list of points has to name, so that points cannot get lost unnoticed.
const ON_BOTH: [&str; 9] = [
    "CREATE TABLE IF NOT EXISTS",
    "INSERT INTO trace VALUES ('c3.2')",
    "'upgrade', 1, 0,",
    "'begun'",
    "'done'",
    "_log",
    "_version",
    "COMMIT",
    "BEGIN",
];

#[test]
fn a_run_on_sqlite_may_die_anywhere() {
    let mut count = Count::default();
    for (settings, journal_mode) in [("foreign_keys = false", "delete"), ("foreign_keys = true", "wal")] {
        let wanted = [&ON_BOTH[..], &["before: BEGIN IMMEDIATE", "within: a long statement", "PRAGMA foreign_keys"]];
        go_through(&Matrix::sqlite(settings, journal_mode), settings, SQLITE_KILLS / 2, &wanted.concat(), &mut count);
    }
    told("SQLite", count);
}

#[test]
fn a_run_on_postgresql_may_die_anywhere() {
    for server in servers() {
        let name = format!("PostgreSQL {}", server.version());
        let mut count = Count::default();
        let wanted = [&ON_BOTH[..], &["pg_try_advisory_lock", "pg_advisory_unlock", "sent: CREATE INDEX CONCURRENTLY"]];
        go_through(&Matrix::postgres(server), &name, POSTGRESQL_KILLS, &wanted.concat(), &mut count);
        told(&name, count);
    }
}

fn told(database: &str, count: Count) {
    println!("{database}: {count:?}");
    assert!(count.killed > 0, "{count:?}");
    assert!(count.finished * 10 < count.killed, "the points are not where they were: {count:?}");
}

/// Takes its share of the points of every scenario.
fn go_through(matrix: &Matrix, name: &str, kills: usize, wanted: &[&str], count: &mut Count) {
    let runs: Vec<(&Scenario, String, Vec<String>)> = SCENARIOS
        .iter()
        .map(|scenario| {
            let folder = tempfile::tempdir().unwrap();
            let list = folder.path().join("points");
            let (state, _) = matrix.undisturbed(scenario, |command| {
                command.env(LIST, &list);
            });
            let points = fs::read_to_string(&list).unwrap().lines().map(str::to_owned).collect();
            (scenario, state, points)
        })
        .collect();
    for wanted in wanted {
        assert!(runs[0].2.iter().any(|point| point.contains(wanted)), "{name} has no point `{wanted}`");
    }
    let all = runs.iter().enumerate().flat_map(|(run, (_, _, points))| (1..=points.len()).map(move |at| (run, at)));
    let seed = support::seed("MIGRATOR_TEST_KILL_SEED");
    let chosen = match std::env::var("MIGRATOR_TEST_KILLS").as_deref() {
        Ok("all") => all.collect(),
        Ok(number) => support::sample(all.collect(), number.parse().unwrap(), seed),
        Err(_) => support::sample(all.collect(), kills, seed),
    };
    for (run, at) in chosen {
        let (scenario, expected, points) = &runs[run];
        let point: String = points[at - 1].chars().take(300).collect();
        let place = format!("{name}, {}, point {at} of {}: {point}", scenario.name, points.len());
        let _named = support::OnPanic(&place);
        matrix.case(scenario, expected, count, |mut command: Command| -> Output {
            command.env(DIE_AT, at.to_string()).output().unwrap()
        });
    }
}

/// The program, in the tests that are in this binary.
#[test]
#[ignore = "started by the tests above"]
fn the_program() {
    let Ok(arguments) = std::env::var(support::project::ARGUMENTS) else { return };
    let arguments = std::iter::once("migrator").chain(arguments.lines()).map(Into::into);
    let streams = crate::cli::Streams {
        out: &mut std::io::stdout(),
        err: &mut std::io::stderr(),
        out_is_terminal: false,
        err_is_terminal: false,
        in_is_terminal: false,
    };
    std::process::exit(crate::cli::run(arguments, streams).into());
}
