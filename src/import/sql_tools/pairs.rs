//! Migrations whose way up and way down are files of their own.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::ImportError;
use super::migration::{Migration, Section, words};
use super::version::Version;

/// One way of a migration.
pub(super) struct Half {
    /// The version, all digits.
    pub(super) version: String,
    pub(super) name: String,
    pub(super) is_up: bool,
    pub(super) section: Section,
    /// What the tool records of it.
    pub(super) checksums: Vec<String>,
}

/// Puts halves of one version together, in the order of the versions.
pub(super) fn migrations(halves: Vec<Half>) -> Result<Vec<Migration>, ImportError> {
    let mut pairs: BTreeMap<Version, [Option<Half>; 2]> = BTreeMap::new();
    for half in halves {
        let Some(version) = Version::dotted(&half.version) else { continue };
        let place = &mut pairs.entry(version).or_default()[usize::from(half.is_up)];
        if let Some(other) = place {
            let paths: Vec<PathBuf> = vec![other.section.path.clone(), half.section.path];
            return Err(ImportError::Duplicate { version: half.version, paths });
        }
        *place = Some(half);
    }
    let join = |(version, [down, up]): (Version, [Option<Half>; 2])| match (up, down) {
        (Some(up), down) => {
            let mut migration = Migration::new(&up.version, version.key(), &up.name, up.section);
            migration.downgrade = down.map(|down| vec![down.section]);
            migration.checksums = up.checksums;
            migration.message = words(&up.name);
            Ok(Some(migration))
        }
        (None, Some(down)) => Err(ImportError::NoUpgrade { version: down.version, path: down.section.path }),
        (None, None) => Ok(None),
    };
    pairs.into_iter().filter_map(|pair| join(pair).transpose()).collect()
}
