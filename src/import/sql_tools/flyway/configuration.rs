//! The configuration of one file: `V1__name.sql.conf`.
//!
//! <https://documentation.red-gate.com/fd/script-configuration-184127475.html>

use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::import::sql_tools::ImportError;
use crate::script::{PartMode, ScriptError};
use crate::sql::Position;

pub(super) struct Configuration {
    pub(super) mode: PartMode,
    pub(super) replaces_placeholders: bool,
}

impl Configuration {
    /// Reads the one that lies beside the migration at `path`, if there is one.
    pub(super) fn beside(path: &Path) -> Result<Self, ImportError> {
        let mut configuration = Self { mode: PartMode::Transaction, replaces_placeholders: true };
        let mut name = OsString::from(path);
        name.push(".conf");
        let path = PathBuf::from(name);
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(source) if source.kind() == ErrorKind::NotFound => return Ok(configuration),
            Err(source) => return Err(ScriptError::Unreadable { path, source }.into()),
        };
        for (line_number, line) in (1..).zip(text.lines()) {
            if line.trim().is_empty() || line.trim_start().starts_with(['#', '!']) {
                continue;
            }
            let (key, value) = line.split_once('=').unwrap_or((line, ""));
            match (key.trim(), value.trim().to_lowercase().as_str()) {
                ("executeInTransaction", "false") => configuration.mode = PartMode::NoTransaction,
                ("placeholderReplacement", "false") => configuration.replaces_placeholders = false,
                ("executeInTransaction" | "placeholderReplacement" | "shouldExecute", "true")
                | ("encoding", "utf-8" | "utf8") => {}
                (key, _) => {
                    let problem = format!("this `{key}` has no counterpart");
                    return Err(ImportError::InFile {
                        path,
                        position: Position { line: line_number, column: 1 },
                        problem,
                    });
                }
            }
        }
        Ok(configuration)
    }
}
