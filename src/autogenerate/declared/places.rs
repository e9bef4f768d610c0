//! Where the text of a declared schema is found.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::autogenerate::Error;
use crate::config::{Config, not_started};

/// The files behind the patterns, each once, sorted within a pattern.
pub(super) fn paths(directory: &Path, patterns: &[String]) -> Result<Vec<PathBuf>, Error> {
    let mut found: Vec<PathBuf> = Vec::new();
    for pattern in patterns {
        let path = directory.join(pattern);
        let mut matched = Vec::new();
        if path.is_dir() {
            sql_files(&path, &mut matched)?;
        } else if path.is_file() {
            matched.push(path.clone());
        } else if pattern.contains(['*', '?', '[']) {
            let bad = |message: String| Error::BadPattern { pattern: pattern.clone(), message };
            // The directory's own name may hold what looks like a pattern.
            let full = match Path::new(pattern).is_absolute() {
                true => pattern.clone(),
                false => format!("{}/{pattern}", glob::Pattern::escape(&directory.display().to_string())),
            };
            for entry in glob::glob(&full).map_err(|error| bad(error.to_string()))? {
                let entry = entry.map_err(|error| bad(error.to_string()))?;
                if entry.is_dir() { sql_files(&entry, &mut matched)? } else { matched.push(entry) }
            }
        }
        if matched.is_empty() {
            return Err(Error::NoDeclaredFile { pattern: pattern.clone() });
        }
        matched.sort();
        matched.retain(|path| !found.contains(path));
        found.append(&mut matched);
    }
    Ok(found)
}

fn sql_files(directory: &Path, found: &mut Vec<PathBuf>) -> Result<(), Error> {
    let unreadable = |source| Error::Unreadable { path: directory.to_owned(), source };
    for entry in std::fs::read_dir(directory).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_dir() {
            sql_files(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "sql") {
            found.push(path);
        }
    }
    Ok(())
}

/// What the program prints. It runs in the configuration's directory, without a shell.
pub(super) fn output_of(command: &[String], config: &Config) -> Result<String, Error> {
    let Some((program, arguments)) = command.split_first() else {
        return Err(Error::NoDeclaredFile { pattern: "command".to_owned() });
    };
    let failed = |reason: String, stderr: &[u8]| Error::Command {
        program: program.clone(),
        reason,
        stderr: String::from_utf8_lossy(stderr).trim().to_owned(),
    };
    let local = config.directory.join(program);
    let output =
        Command::new(if program.contains('/') && local.exists() { local.as_os_str() } else { program.as_ref() })
            .args(arguments)
            .current_dir(&config.directory)
            .env("MIGRATOR_DIALECT", config.database_url()?.dialect().as_str())
            .stdin(Stdio::null())
            .output()
            .map_err(|error| failed(not_started(program, &error), &[]))?;
    if !output.status.success() {
        return Err(failed(format!("failed ({})", output.status), &output.stderr));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| failed("printed something that is not UTF-8".to_owned(), &output.stderr))
}
