//! What the tests share: real PostgreSQL servers, projects on disk, a clean environment.
//!
//! A test binary takes it in with `#[path = "../support/mod.rs"] mod support;`.

#![allow(dead_code, reason = "each test binary uses its own part of the support")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test that cannot go on should panic"
)]

pub mod catalog;
pub mod killing;
pub mod pgbouncer;
pub mod postgres;
pub mod programs;
pub mod project;
pub mod proxy;
pub mod running;
pub mod subject;

use std::process::Command;

/// Takes out of a command's environment what would change the program's behaviour: its own
/// variables, `DATABASE_URL`, libpq's `PG*`, and what forces or forbids colour.
pub fn clean_environment(command: &mut Command) -> &mut Command {
    for (name, _) in std::env::vars_os() {
        let Some(text) = name.to_str() else { continue };
        let ours = text.starts_with("MIGRATOR_") || text.starts_with("PG");
        if ours || ["DATABASE_URL", "NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"].contains(&text) {
            command.env_remove(&name);
        }
    }
    command
}

/// The number in the variable `name`; 1 where there is none.
pub fn seed(name: &str) -> u64 {
    std::env::var(name).map_or(1, |seed| seed.parse().unwrap())
}

/// The next of a row of numbers that look like random ones, and are the same for the same seed: xorshift64*.
pub fn next_number(state: &mut u64) -> u64 {
    *state ^= *state >> 12;
    *state ^= *state << 25;
    *state ^= *state >> 27;
    state.wrapping_mul(0x2545_f491_4f6c_dd1d)
}

/// So many of `all`, chosen by the seed.
pub fn sample<T>(mut all: Vec<T>, count: usize, seed: u64) -> Vec<T> {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut chosen = Vec::new();
    while chosen.len() < count && !all.is_empty() {
        let at = next_number(&mut state) as usize % all.len();
        chosen.push(all.swap_remove(at));
    }
    chosen
}

/// Says where a test was when it failed.
pub struct OnPanic<'t>(pub &'t str);

impl Drop for OnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("it failed at: {}", self.0);
        }
    }
}
