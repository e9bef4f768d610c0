#![allow(clippy::unwrap_used)]

mod file;
mod secrets;
mod sources;
mod variables;

use std::fs;

use tempfile::TempDir;

use super::*;

/// A project directory with the given `migrator.toml`.
fn project(toml: impl AsRef<[u8]>) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    fs::write(directory.path().join(FILE_NAME), toml).unwrap();
    directory
}

fn request(directory: &TempDir) -> Request {
    Request { directory: directory.path().to_path_buf(), ..Request::default() }
}

fn load(toml: &str) -> Result<Config, ConfigError> {
    Config::load(&request(&project(toml)))
}

/// The place in the file and the message of the error.
fn refusal(toml: &str) -> (Option<(u32, u32)>, String) {
    described(&load(toml).unwrap_err())
}

fn described(error: &ConfigError) -> (Option<(u32, u32)>, String) {
    assert_eq!(error.kind(), "config");
    (error.place().map(|place| (place.line, place.column)), error.to_string())
}

fn url(config: &Config) -> String {
    config.database_url().unwrap().to_string()
}
