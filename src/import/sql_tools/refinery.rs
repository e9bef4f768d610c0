//! refinery: `V1__name.sql`, and `U1__name.sql` for those that may be applied late.
//!
//! <https://docs.rs/refinery/latest/refinery/>

use super::folder::Directory;
use super::migration::{Migration, Section};
use super::version::{Version, number};
use super::{ImportError, Tool, checksum, folder};
use crate::script::PartMode;

pub(super) fn read(directory: Directory<'_>) -> Result<Vec<Migration>, ImportError> {
    let files = directory.files(true)?;
    folder::refuse_code(&files, Tool::Refinery, |name| name.strip_suffix(".rs").and_then(split).is_some())?;
    let mut found: Vec<(Version, Migration)> = Vec::new();
    for file in files {
        let parts = file.name.strip_suffix(".sql").and_then(split);
        let Some((digits, name)) = parts else {
            folder::refuse_foreign(&file, Tool::Refinery)?;
            continue;
        };
        let Some(version) = Version::dotted(digits) else { continue };
        let contents = folder::contents(&file.path, Tool::Refinery)?;
        // The checksum is of the text as it is on the disk.
        let on_disk = String::from_utf8_lossy(&contents.bytes);
        let checksums = checksum::refinery(name, &version.key(), &on_disk);
        let section = Section::whole(file.path.clone(), contents.text, PartMode::Transaction);
        let mut migration = Migration::new(digits, version.key(), name, section);
        migration.checksums = checksums;
        found.push((version, migration));
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(found.into_iter().map(|(_, migration)| migration).collect())
}

/// The version and the name of `V1__name`; a name is made of letters, digits and `_`.
fn split(stem: &str) -> Option<(&str, &str)> {
    let (version, name) = stem.strip_prefix(['V', 'U'])?.split_once("__")?;
    let is_name = !name.is_empty() && name.chars().all(|character| character.is_alphanumeric() || character == '_');
    number(version).filter(|_| is_name).map(|_| (version, name))
}
