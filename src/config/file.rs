//! The shape of `migrator.toml`: which keys there are and what each takes.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Place};
use super::values::{closest, did_you_mean};

/// What a key takes.
pub(super) enum Shape {
    Text,
    Texts,
    Boolean,
    Count,
    Duration,
    Table(Keys),
    Tables(Keys),
    /// A table of overlays, each under its own name.
    Overlays(Keys),
}

type Keys = &'static [(&'static str, Shape)];

const MIGRATOR: Keys = &[
    ("script_location", Shape::Text),
    ("version_locations", Shape::Texts),
    ("recursive_version_locations", Shape::Boolean),
    ("file_template", Shape::Text),
    ("truncate_slug_length", Shape::Count),
    ("timezone", Shape::Text),
    ("version_table", Shape::Text),
    ("version_table_schema", Shape::Text),
    ("transaction", Shape::Text),
    ("out_of_order", Shape::Text),
    ("schema_dump", Shape::Text),
];

const DATABASE: Keys = &[
    ("url", Shape::Text),
    ("url_file", Shape::Text),
    ("url_command", Shape::Texts),
    ("lock_wait", Shape::Duration),
    ("lock_timeout", Shape::Duration),
    ("statement_timeout", Shape::Duration),
    ("foreign_keys", Shape::Boolean),
];

const AUTOGENERATE: Keys = &[
    ("schema", Shape::Texts),
    ("command", Shape::Texts),
    ("include", Shape::Texts),
    ("exclude", Shape::Texts),
    ("scratch_url", Shape::Text),
    ("owners", Shape::Boolean),
    ("grants", Shape::Boolean),
];

const OVERLAY: Keys = &[
    ("migrator", Shape::Table(MIGRATOR)),
    ("database", Shape::Table(DATABASE)),
    ("autogenerate", Shape::Table(AUTOGENERATE)),
];

const HOOK: Keys = &[("name", Shape::Text), ("command", Shape::Texts)];

const ROOT: Keys = &[
    ("migrator", Shape::Table(MIGRATOR)),
    ("database", Shape::Table(DATABASE)),
    ("autogenerate", Shape::Table(AUTOGENERATE)),
    ("env", Shape::Overlays(OVERLAY)),
    ("post_write_hooks", Shape::Tables(HOOK)),
];

/// A parsed `migrator.toml` in which every key is known and every value has the right type.
pub(super) struct Document<'a> {
    pub file: &'a Path,
    text: &'a str,
    root: DeTable<'a>,
}

impl<'a> Document<'a> {
    /// Parses and checks `text`, the text of `file`.
    pub fn parse(file: &'a Path, text: &'a str) -> Result<Self, ConfigError> {
        let root = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
            place: Place::at(file, text, error.span().map_or(0, |span| span.start)),
            // The parser's message may run over lines; it never quotes the file.
            message: error.message().replace('\n', ", "),
        })?;
        let document = Self { file, text, root: root.into_inner() };
        document.check_table(&document.root, ROOT, &[])?;
        Ok(document)
    }

    /// The names of the overlays, sorted.
    pub fn environments(&self) -> Vec<String> {
        let overlays = self.root.get("env").and_then(|env| env.get_ref().as_table());
        let names = overlays.into_iter().flatten().map(|(name, _)| name.get_ref().to_string());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }

    /// The names of the overlays whose `[database]` has one of `keys`, in the order of the file.
    pub fn environments_with(&self, keys: &[&str]) -> Vec<String> {
        let overlays = self.root.get("env").and_then(|env| env.get_ref().as_table());
        let has_key = |name: &str| {
            let database = self.section(Some(name), "database");
            database.is_some_and(|database| keys.iter().any(|key| database.contains_key(*key)))
        };
        let mut names: Vec<_> = overlays.into_iter().flatten().map(|(name, _)| name).collect();
        names.retain(|name| has_key(name.get_ref()));
        names.sort_by_key(|name| name.span().start);
        names.into_iter().map(|name| name.get_ref().to_string()).collect()
    }

    /// The table `section`, of the overlay `name` or of the file itself.
    pub fn section(&self, name: Option<&str>, section: &str) -> Option<&DeTable<'a>> {
        let table = match name {
            None => &self.root,
            Some(name) => self.root.get("env")?.get_ref().as_table()?.get(name)?.get_ref().as_table()?,
        };
        table.get(section)?.get_ref().as_table()
    }

    /// The tables of the array `[[post_write_hooks]]`.
    pub fn hooks(&self) -> impl Iterator<Item = &Spanned<DeValue<'a>>> {
        let hooks = self.root.get("post_write_hooks").and_then(|hooks| hooks.get_ref().as_array());
        hooks.into_iter().flat_map(|hooks| hooks.iter())
    }

    /// Where something of the document stands.
    pub fn place<T>(&self, spanned: &Spanned<T>) -> Place {
        Place::at(self.file, self.text, spanned.span().start)
    }

    fn check_table(&self, table: &DeTable<'_>, keys: Keys, path: &[&str]) -> Result<(), ConfigError> {
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            let Some((_, shape)) = keys.iter().find(|(known, _)| *known == name) else {
                return Err(ConfigError::UnknownKey {
                    place: self.place(key),
                    key: name.to_owned(),
                    table: in_table(path),
                    hint: suggestion(name, keys, path),
                });
            };
            self.check_value(value, shape, &[path, &[name]].concat())?;
        }
        Ok(())
    }

    fn check_value(&self, value: &Spanned<DeValue<'_>>, shape: &Shape, path: &[&str]) -> Result<(), ConfigError> {
        match (shape, value.get_ref()) {
            (Shape::Text, DeValue::String(_))
            | (Shape::Boolean, DeValue::Boolean(_))
            | (Shape::Count, DeValue::Integer(_))
            // A number without a unit is read, so that `0` works and others get a better hint.
            | (Shape::Duration, DeValue::String(_) | DeValue::Integer(_)) => Ok(()),
            (Shape::Texts, DeValue::Array(items)) => {
                items.iter().try_for_each(|item| self.check_value(item, &Shape::Text, path))
            }
            (Shape::Table(keys), DeValue::Table(table)) => self.check_table(table, keys, path),
            (Shape::Tables(keys), DeValue::Array(items)) => {
                items.iter().try_for_each(|item| self.check_value(item, &Shape::Table(keys), path))
            }
            (Shape::Overlays(keys), DeValue::Table(overlays)) => overlays.iter().try_for_each(|(name, overlay)| {
                self.check_value(overlay, &Shape::Table(keys), &[path, &[name.get_ref()]].concat())
            }),
            (_, found) => Err(ConfigError::WrongType {
                place: self.place(value),
                key: path.last().copied().unwrap_or_default().to_owned(),
                expected: shape.describe(),
                found: article(found),
            }),
        }
    }
}

impl Shape {
    fn describe(&self) -> &'static str {
        match self {
            Self::Text => "a string",
            Self::Texts => "an array of strings",
            Self::Boolean => "`true` or `false`",
            Self::Count => "an integer",
            Self::Duration => "a duration such as \"60s\"",
            Self::Table(_) | Self::Overlays(_) => "a table",
            Self::Tables(_) => "an array of tables",
        }
    }
}

fn article(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "an array",
        DeValue::Table(_) => "a table",
    }
}

/// `in [a.b]`, as a message ends.
pub(super) fn in_table(path: &[&str]) -> String {
    if path.is_empty() { "at the top level".into() } else { format!("in [{}]", path.join(".")) }
}

/// What the unknown `key` of the table at `path` was meant to be: a key of another table, or one of
/// this table with another spelling.
fn suggestion(key: &str, keys: Keys, path: &[&str]) -> Option<String> {
    let overlay = if path.first() == Some(&"env") { path.get(..2).unwrap_or_default() } else { &[] };
    let home = OVERLAY.iter().find_map(|(section, shape)| match shape {
        Shape::Table(keys) if keys.iter().any(|(known, _)| *known == key) => Some(*section),
        _ => None,
    });
    if let Some(section) = home {
        return Some(format!("`{key}` belongs in [{}]", [overlay, &[section]].concat().join(".")));
    }
    closest(key, keys.iter().map(|(known, _)| *known)).map(did_you_mean)
}
