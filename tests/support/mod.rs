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

pub mod postgres;
pub mod project;

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
