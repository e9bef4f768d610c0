//! A migration of another tool, as its files say it.

use std::path::PathBuf;

use crate::script::PartMode;

/// A piece of SQL in one of the tool's files, which runs in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// The file.
    pub path: PathBuf,
    /// The file's text up to the end of the piece.
    pub text: String,
    /// Where the piece begins in it, in bytes.
    pub start: usize,
    /// How it runs.
    pub mode: PartMode,
}

impl Section {
    /// The whole of a file.
    pub(super) fn whole(path: PathBuf, text: String, mode: PartMode) -> Self {
        Self { path, text, start: 0, mode }
    }

    /// Its SQL.
    #[must_use]
    pub fn sql(&self) -> &str {
        &self.text[self.start..]
    }
}

/// A migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migration {
    /// The version as the files have it, which becomes the id.
    pub version: String,
    /// The version as two spellings of it are compared.
    pub key: String,
    /// Its name in words.
    pub message: String,
    /// Comments in front of the first section.
    pub comment: String,
    /// Its file, or the folder of its files.
    pub path: PathBuf,
    /// The way up.
    pub upgrade: Vec<Section>,
    /// The way down, if there is one.
    pub downgrade: Option<Vec<Section>>,
    /// The checksums that the tool may have recorded, as its table shows them; none where it keeps none.
    pub checksums: Vec<String>,
    /// Does it run again whenever it changes?
    pub repeatable: bool,
}

impl Migration {
    /// A migration that is one file with a way up.
    pub(super) fn new(version: &str, key: String, name: &str, upgrade: Section) -> Self {
        Self {
            version: version.to_owned(),
            key,
            message: words(name),
            comment: String::new(),
            path: upgrade.path.clone(),
            upgrade: vec![upgrade],
            downgrade: None,
            checksums: Vec::new(),
            repeatable: false,
        }
    }

    /// The id of its revision: the version, with `_` for what cannot be in an id.
    #[must_use]
    pub fn id(&self) -> String {
        let legal = |character: char| match crate::revision::illegal_characters(character.encode_utf8(&mut [0; 4])) {
            illegal if illegal.is_empty() => character,
            _ => '_',
        };
        self.version.chars().map(legal).collect()
    }
}

/// The words of a name such as `create_users`.
pub(super) fn words(name: &str) -> String {
    name.replace('_', " ").trim().to_owned()
}

/// Something worth knowing of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// The file.
    pub path: PathBuf,
    /// What.
    pub text: String,
}
