//! Flyway: `V1.2__name.sql`, `U1.2__name.sql` for the way back, `R__name.sql` for what runs again when it changes.
//!
//! <https://documentation.red-gate.com/fd/migrations-184127470.html>

mod configuration;
mod placeholders;

use std::collections::BTreeMap;

use super::folder::{Directory, SourceFile};
use super::migration::{Migration, Note, Section, words};
use super::version::Version;
use super::{ImportError, Tool, checksum, folder};
use configuration::Configuration;

/// The values of placeholders, their names in lower case.
type Values = BTreeMap<String, String>;

/// What a file is, by its name.
enum Name<'n> {
    Versioned(Version, &'n str, &'n str),
    Undo(Version, &'n str),
    Repeatable(&'n str),
    Baseline,
    Callback,
}

pub(super) fn read(
    directory: Directory<'_>,
    values: &Values,
    notes: &mut Vec<Note>,
) -> Result<Vec<Migration>, ImportError> {
    let files = directory.files(true)?;
    folder::refuse_code(&files, Tool::Flyway, |name| {
        const CODE: [&str; 10] = ["java", "class", "kt", "groovy", "py", "sh", "bash", "ps1", "bat", "cmd"];
        name.rsplit_once('.').is_some_and(|(stem, end)| CODE.contains(&end) && parse(stem).is_some())
    })?;
    let mut versioned: Vec<(Version, Migration)> = Vec::new();
    let mut undo: Vec<(Version, String, Section)> = Vec::new();
    let mut repeatable = Vec::new();
    for file in &files {
        let Some(name) = file.name.strip_suffix(".sql").and_then(parse) else {
            folder::refuse_foreign(file, Tool::Flyway)?;
            continue;
        };
        match name {
            Name::Versioned(version, digits, description) => {
                let (section, on_disk) = section(file, values)?;
                // As Flyway shows it and records it.
                let version_text = digits.replace('_', ".");
                let mut migration = Migration::new(&version_text, version.key(), description, section);
                migration.checksums = vec![checksum::flyway(&on_disk)];
                versioned.push((version, migration));
            }
            Name::Undo(version, digits) => undo.push((version, digits.to_owned(), section(file, values)?.0)),
            Name::Repeatable(description) => {
                let section = section(file, values)?.0;
                let key = words(description);
                let mut migration = Migration::new(&format!("R_{description}"), key, description, section);
                // Unlike that of the others, it is of the text with the values.
                migration.checksums = vec![checksum::flyway(migration.upgrade[0].sql())];
                migration.repeatable = true;
                repeatable.push(migration);
                let text = "it is a revision behind all others, which runs once: put its next change into a new one";
                notes.push(Note { path: file.path.clone(), text: text.to_owned() });
            }
            Name::Baseline => return Err(ImportError::Baseline { path: file.path.clone() }),
            Name::Callback => {
                let text = "a callback of Flyway: left out";
                notes.push(Note { path: file.path.clone(), text: text.to_owned() });
            }
        }
    }
    versioned.sort_by(|(a, _), (b, _)| a.cmp(b));
    repeatable.sort_by(|a, b| a.key.cmp(&b.key));
    for (version, digits, section) in undo {
        let target = versioned.iter_mut().find(|(other, _)| *other == version);
        let Some((_, migration)) = target else {
            return Err(ImportError::NoUpgrade { version: digits, path: section.path });
        };
        if let Some(other) = &migration.downgrade {
            let paths = vec![other[0].path.clone(), section.path];
            return Err(ImportError::Duplicate { version: digits, paths });
        }
        migration.downgrade = Some(vec![section]);
    }
    Ok(versioned.into_iter().map(|(_, migration)| migration).chain(repeatable).collect())
}

/// A file with its placeholders replaced, and its text as it is on the disk.
fn section(file: &SourceFile, values: &Values) -> Result<(Section, String), ImportError> {
    let on_disk = folder::contents(&file.path, Tool::Flyway)?.text;
    let configuration = Configuration::beside(&file.path)?;
    let text = match configuration.replaces_placeholders {
        true => placeholders::replace(&file.path, &on_disk, values)?,
        false => on_disk.clone(),
    };
    Ok((Section::whole(file.path.clone(), text, configuration.mode), on_disk))
}

fn parse(stem: &str) -> Option<Name<'_>> {
    if ["before", "after", "createSchema"].iter().any(|start| stem.starts_with(start)) {
        return Some(Name::Callback);
    }
    let (version, description) = stem.split_once("__").unwrap_or((stem, ""));
    let mut characters = version.chars();
    let prefix = characters.next()?;
    let digits = characters.as_str();
    if prefix == 'R' {
        return (digits.is_empty() && !description.is_empty()).then_some(Name::Repeatable(description));
    }
    // Underscores are dots in a version.
    let number = Version::dotted(&digits.replace('_', "."))?;
    match prefix {
        'V' => Some(Name::Versioned(number, digits, description)),
        'U' => Some(Name::Undo(number, digits)),
        'B' => Some(Name::Baseline),
        _ => None,
    }
}
