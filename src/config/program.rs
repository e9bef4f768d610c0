//! A program of the configuration that cannot be started.

use std::io;

/// What is said of one that is called by its name alone and not found.
const NOT_IN_PATH: &str = "cannot be started: it is not in PATH";

/// Why `program` was not started.
pub(crate) fn not_started(program: &str, error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound if !program.contains('/') => NOT_IN_PATH.to_owned(),
        _ => format!("cannot be started: {error}"),
    }
}

/// What to do about it, if that is known: mostly it is the Python of a virtual environment.
pub(crate) fn not_started_hint(program: &str, problem: &str) -> Option<String> {
    let hint = format!("activate the virtual environment that has it, or name it there: `.venv/bin/{program}`");
    (problem == NOT_IN_PATH).then_some(hint)
}
