//! Renames: said by people, never guessed.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::{Catalog, Change, Identity, Kind, Object};

/// An object under its old and its new name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rename {
    /// The names it has, from the outside in.
    pub from: Vec<String>,
    /// The names it shall have.
    pub to: Vec<String>,
}

/// A rename that cannot be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenameError {
    /// There is no such table or column.
    #[error("there is nothing to rename to `{}`: the {side} schema has no table or column `{}`", .rename.to.join("."), .missing)]
    Missing {
        /// The rename.
        rename: Rename,
        /// The name.
        missing: String,
        /// `current` or `declared`.
        side: &'static str,
    },
    /// The name is taken.
    #[error("`{}` cannot be renamed to `{}`: the {side} schema has both", .rename.from.join("."), .rename.to.join("."))]
    Both {
        /// The rename.
        rename: Rename,
        /// `current` or `declared`.
        side: &'static str,
    },
}

impl fmt::Display for Rename {
    /// Names are quoted where they would be read as something else.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let written = |name: &String| match name.contains(['.', '=', '"']) || name.trim() != name {
            true => format!("\"{}\"", name.replace('"', "\"\"")),
            false => name.clone(),
        };
        let path = |names: &[String]| names.iter().map(written).collect::<Vec<_>>().join(".");
        write!(formatter, "{}={}", path(&self.from), path(&self.to))
    }
}

impl FromStr for Rename {
    type Err = String;

    /// Reads `users=accounts`, `users.name=users.full_name` or `"a.b"="a.c"`.
    fn from_str(text: &str) -> Result<Self, String> {
        let rename = match &sides(text)[..] {
            [from, to] => Some(Self { from: from.clone(), to: to.clone() }),
            _ => None,
        };
        let filled = |rename: &Self| rename.from.iter().chain(&rename.to).all(|name| !name.is_empty());
        rename
            .filter(|rename| filled(rename) && rename.from.len() == rename.to.len())
            .ok_or_else(|| "a rename is OLD=NEW: `users=accounts` or `users.name=users.full_name`".to_owned())
    }
}

/// What stands between equals signs, as names between periods; in double quotes both are text.
fn sides(text: &str) -> Vec<Vec<String>> {
    let (mut sides, mut names, mut name, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
    let done = |name: &mut String| std::mem::take(name);
    let mut characters = text.trim().chars().peekable();
    while let Some(character) = characters.next() {
        match character {
            '"' if quoted && characters.next_if_eq(&'"').is_some() => name.push('"'),
            '"' => quoted = !quoted,
            '.' if !quoted => names.push(done(&mut name)),
            '=' if !quoted => {
                names.push(done(&mut name));
                sides.push(std::mem::take(&mut names));
            }
            // Around the equals sign.
            ' ' if !quoted && (name.is_empty() || characters.peek().is_none_or(|next| [' ', '='].contains(next))) => {}
            other => name.push(other),
        }
    }
    names.push(name);
    sides.push(names);
    sides
}

impl Rename {
    /// The way back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self { from: self.to.clone(), to: self.from.clone() }
    }
}

const RENAMED: [Kind; 2] = [Kind::TABLE, Kind::COLUMN];

/// The identities behind a rename: of the object as it is in `from`, and as it is in `to`.
///
/// # Errors
/// One of them is not there, or the old name stays in use.
pub fn resolve(rename: &Rename, from: &Catalog, to: &Catalog) -> Result<(Identity, Identity), RenameError> {
    // As it is written, or as a database reads it that does not tell apart how names are written.
    let find = |catalog: &Catalog, names: &[String]| {
        let folded: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
        let all = [names, &folded].into_iter().flat_map(|names| RENAMED.map(|kind| Identity::new(kind, names)));
        all.into_iter().find(|id| catalog.contains(id))
    };
    let missing =
        |names: &[String], side| RenameError::Missing { rename: rename.clone(), missing: names.join("."), side };
    let old = find(from, &rename.from).ok_or_else(|| missing(&rename.from, "current"))?;
    let new = find(to, &rename.to).filter(|new| new.kind == old.kind).ok_or_else(|| missing(&rename.to, "declared"))?;
    for (catalog, id, side) in [(from, &new, "current"), (to, &old, "declared")] {
        if catalog.contains(id) {
            return Err(RenameError::Both { rename: rename.clone(), side });
        }
    }
    Ok((old, new))
}

/// Pairs of a table or column that goes and one of the same shape that comes: what may be a rename.
#[must_use]
pub fn candidates(changes: &[Change<'_>], from: &Catalog, to: &Catalog) -> Vec<Rename> {
    let mut added: BTreeMap<_, Vec<&Object>> = BTreeMap::new();
    for change in changes {
        if let Change::Added(new) = change {
            added.entry((new.id.kind, &new.part_of, shape(new, to))).or_default().push(new);
        }
    }
    let removed = changes.iter().filter_map(|change| match change {
        Change::Removed(old) if RENAMED.contains(&old.id.kind) => Some(*old),
        _ => None,
    });
    removed
        .flat_map(|old| {
            let same = added.get(&(old.id.kind, &old.part_of, shape(old, from)));
            same.into_iter().flatten().map(|new| Rename { from: old.id.names.clone(), to: new.id.names.clone() })
        })
        .collect()
}

/// An object's attributes and those of its columns.
fn shape<'c>(object: &'c Object, catalog: &'c Catalog) -> Vec<(&'c str, Vec<(&'c str, &'c str)>)> {
    let attributes =
        |object: &'c Object| object.attributes.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let columns = catalog.parts_of(&object.id).filter(|part| part.id.kind == Kind::COLUMN);
    let columns = columns.map(|column| (column.id.names.last().map_or("", String::as_str), attributes(column)));
    [("", attributes(object))].into_iter().chain(columns).collect()
}
