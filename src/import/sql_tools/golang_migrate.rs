//! golang-migrate: `VERSION_NAME.up.sql` and `VERSION_NAME.down.sql`, each sent to the server as it is.
//!
//! <https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md>

use super::folder::Directory;
use super::migration::{Migration, Section};
use super::pairs::{Half, migrations};
use super::version::split_number;
use super::{ImportError, Tool, folder};
use crate::script::PartMode;

pub(super) fn read(directory: Directory<'_>) -> Result<Vec<Migration>, ImportError> {
    let files = directory.files(false)?;
    let is_other = |name: &str| {
        let rest = split_number(name).map(|(_, rest)| rest);
        rest.is_some_and(|rest| !rest.ends_with(".sql") && (rest.contains(".up.") || rest.contains(".down.")))
    };
    folder::refuse_code(&files, Tool::GolangMigrate, is_other)?;
    let mut halves = Vec::new();
    for file in &files {
        let up = file.name.strip_suffix(".up.sql").map(|stem| (stem, true));
        let half = up.or_else(|| file.name.strip_suffix(".down.sql").map(|stem| (stem, false)));
        let Some((version, name, is_up)) =
            half.and_then(|(stem, is_up)| split_number(stem).map(|(version, name)| (version, name, is_up)))
        else {
            folder::refuse_foreign(file, Tool::GolangMigrate)?;
            continue;
        };
        let text = folder::contents(&file.path, Tool::GolangMigrate)?.text;
        halves.push(Half {
            version: version.to_owned(),
            name: name.to_owned(),
            is_up,
            section: Section::whole(file.path.clone(), text, PartMode::Transaction),
            checksums: Vec::new(),
        });
    }
    migrations(halves)
}
