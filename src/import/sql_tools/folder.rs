//! The files of a folder.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::migration::Migration;
use super::{ImportError, Tool};
use crate::script::{ScriptError, clean_text, same_path};
use crate::sql::Position;

/// A file in the tool's folder.
#[derive(Debug, Clone)]
pub(super) struct SourceFile {
    /// Its name.
    pub(super) name: String,
    /// Its path.
    pub(super) path: PathBuf,
}

/// The tool's folder, in which the project's own may lie.
#[derive(Debug, Clone, Copy)]
pub(super) struct Directory<'p> {
    pub(super) path: &'p Path,
    /// Folders that are not the tool's.
    pub(super) own: &'p [PathBuf],
}

impl Directory<'_> {
    /// The files, by name; `recursive`: with those in folders below. Hidden ones are passed over.
    pub(super) fn files(&self, recursive: bool) -> Result<Vec<SourceFile>, ImportError> {
        let mut found = Vec::new();
        for (name, path) in self.entries()? {
            if !path.is_dir() {
                found.push(SourceFile { name, path });
            } else if recursive {
                found.extend(Directory { path: &path, own: self.own }.files(recursive)?);
            }
        }
        Ok(found)
    }

    /// What is in it, by name, without what is hidden or not the tool's.
    pub(super) fn entries(&self) -> Result<Vec<(String, PathBuf)>, ImportError> {
        let unreadable = |source| ScriptError::Unreadable { path: self.path.to_owned(), source };
        let entries = fs::read_dir(self.path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => ImportError::NoFolder { path: self.path.to_owned() },
            _ => unreadable(source).into(),
        })?;
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry.map_err(unreadable)?;
            let (name, path) = (entry.file_name().to_string_lossy().into_owned(), entry.path());
            if !name.starts_with('.') && !self.own.iter().any(|own| same_path(own, &path)) {
                found.push((name, path));
            }
        }
        found.sort();
        Ok(found)
    }
}

/// A file's text and its bytes, which a checksum may be of.
pub(super) struct Contents {
    /// Without byte order mark, with LF line ends.
    pub(super) text: String,
    pub(super) bytes: Vec<u8>,
}

/// Reads a file of `tool`, which must not be written for another one.
pub(super) fn contents(path: &Path, tool: Tool) -> Result<Contents, ImportError> {
    let bytes = fs::read(path).map_err(|source| ScriptError::Unreadable { path: path.to_owned(), source })?;
    let text = clean_text(path, bytes.clone())?;
    for (number, line) in (1..).zip(text.lines()) {
        let Some(comment) = line.strip_prefix("--").map(str::trim_start) else { continue };
        let other = [("migrate:up", Tool::Dbmate), ("+goose ", Tool::Goose)]
            .into_iter()
            .find(|(marker, other)| comment.starts_with(marker) && *other != tool);
        if let Some((_, other)) = other {
            let position = Position { line: number, column: 1 };
            return Err(ImportError::OtherTool { path: path.to_owned(), position, tool, other });
        }
    }
    Ok(Contents { text, bytes })
}

/// Refuses SQL files that `tool` would pass over: nothing is left out silently.
pub(super) fn refuse_foreign(file: &SourceFile, tool: Tool) -> Result<(), ImportError> {
    if file.name.ends_with(".sql") {
        return Err(ImportError::Foreign { path: file.path.clone(), tool });
    }
    Ok(())
}

/// Refuses migrations that are written in another language.
pub(super) fn refuse_code(files: &[SourceFile], tool: Tool, is_code: impl Fn(&str) -> bool) -> Result<(), ImportError> {
    let paths: Vec<PathBuf> = files.iter().filter(|file| is_code(&file.name)).map(|file| file.path.clone()).collect();
    if paths.is_empty() { Ok(()) } else { Err(ImportError::NotSql { tool, paths }) }
}

/// Refuses two migrations of one version, and two versions that give one id.
pub(super) fn refuse_duplicates(migrations: &[Migration]) -> Result<(), ImportError> {
    let mut keys: HashMap<String, &Migration> = HashMap::new();
    let mut ids: HashMap<String, &Migration> = HashMap::new();
    for migration in migrations {
        let same_key = (!migration.repeatable).then(|| keys.insert(migration.key.clone(), migration)).flatten();
        let same_id = ids.insert(migration.id(), migration);
        if let Some(other) = same_key.or(same_id) {
            let paths = vec![other.path.clone(), migration.path.clone()];
            return Err(ImportError::Duplicate { version: migration.version.clone(), paths });
        }
    }
    Ok(())
}
