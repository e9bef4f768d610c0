//! The program is killed at any time, and another run goes on; what is checked is in `tests/support/killing`.
//!
//! Kills at chosen points are in `src/failpoint/tests.rs`. Here it is the program as it is shipped, and the
//! time of the kill is any, chosen by a seed (`MIGRATOR_TEST_KILL_SEED`); `MIGRATOR_TEST_KILLS` says how many
//! for each database.

use std::process::{Command, Output, Stdio};
use std::time::Duration;

use crate::support::killing::{Count, Matrix, SCENARIOS};
use crate::support::postgres::servers;
use crate::support::{OnPanic, next_number, seed};

/// How many for each database in an ordinary run.
const KILLS: u64 = 24;

#[test]
fn a_run_on_sqlite_may_be_killed_at_any_time() {
    for journal_mode in ["delete", "wal"] {
        kill_at_any_time(&format!("SQLite, {journal_mode}"), &Matrix::sqlite("", journal_mode));
    }
}

#[test]
fn a_run_on_postgresql_may_be_killed_at_any_time() {
    for server in servers() {
        kill_at_any_time(&format!("PostgreSQL {}", server.version()), &Matrix::postgres(server));
    }
}

fn kill_at_any_time(name: &str, matrix: &Matrix) {
    let kills = match std::env::var("MIGRATOR_TEST_KILLS").as_deref() {
        Ok("all") => 20 * KILLS,
        Ok(number) => number.parse().unwrap(),
        Err(_) => KILLS,
    };
    let seed = seed("MIGRATOR_TEST_KILL_SEED");
    let mut random = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut count = Count::default();
    for scenario in &SCENARIOS[..2] {
        let (expected, took) = matrix.undisturbed(scenario, |_| {});
        for _ in 0..kills / 2 {
            let after = took.mul_f64((next_number(&mut random) % 1000) as f64 / 1000.0);
            let place = format!("{name}, {}, killed after {after:?} of {took:?}, seed {seed}", scenario.name);
            let _named = OnPanic(&place);
            matrix.case(scenario, &expected, &mut count, |command| killed_after(command, after));
        }
    }
    println!("{name}, seed {seed}: {count:?}");
    assert!(count.killed > 0, "{count:?}");
}

fn killed_after(mut command: Command, after: Duration) -> Output {
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    std::thread::sleep(after);
    child.kill().unwrap();
    child.wait_with_output().unwrap()
}
