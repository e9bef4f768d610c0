//! Files on disk: revision files and the templates they are made from.

mod checksum;
pub mod create;
mod directory;
mod error;
mod header;
pub mod hooks;
mod kept;
pub mod naming;
pub mod new_file;
pub mod project;
mod read;
mod sections;
pub mod template;
mod template_error;
#[cfg(test)]
mod tests;

pub use checksum::Checksum;
pub use create::same_path;
pub use directory::ScriptDirectory;
pub use error::{ScriptError, ScriptErrorReason};
pub use header::Header;
pub use kept::KeptTexts;
pub use read::clean as clean_text;
pub use sections::{Direction, Downgrade, Part, PartMode, Sections};
pub use template_error::TemplateError;

use std::path::PathBuf;

use crate::revision::Revision;
use crate::sql::Dialect;

/// Where a script comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// A revision file.
    File,
    /// The row of an applied revision whose file is gone: it has only a downgrade.
    VersionTable,
}

/// One revision file, read once: what is hashed is what is run.
#[derive(Debug)]
pub struct Script {
    /// Where it was read from.
    pub path: PathBuf,
    /// Its header.
    pub header: Header,
    /// Is it a file, or what a version table kept of one?
    pub origin: Origin,
    /// The whole text, without byte order mark and with LF line ends.
    text: String,
}

impl Script {
    /// Parses the header of `text`, which is the clean text of the file at `path`; the sections wait for a
    /// dialect.
    ///
    /// # Errors
    /// A bad header, with its line and column.
    pub fn parse(path: PathBuf, text: String) -> Result<Self, ScriptError> {
        let header = header::parse(&path, &text)?;
        Ok(Self { path, header, text, origin: Origin::File })
    }

    /// The script of a revision whose file is gone, from what the version table kept of it.
    ///
    /// # Errors
    /// A kept text that does not parse.
    pub fn kept(revision: &Revision, message: &str, downgrade_sql: &str) -> Result<Self, ScriptError> {
        let lists = [("revises", &revision.parents), ("depends-on", &revision.depends_on)];
        let lines: String = lists
            .into_iter()
            .filter(|(_, ids)| !ids.is_empty())
            .map(|(name, ids)| format!("-- migrator:{name} {}\n", ids.join(", ")))
            .collect();
        let id = &revision.id;
        let comment = template::comment_lines(message);
        let text = format!("{comment}\n--\n-- migrator:revision {id}\n{lines}\n-- migrator:upgrade\n{downgrade_sql}");
        let script = Self::parse(PathBuf::from(format!("{id}.sql (kept in the version table)")), text)?;
        Ok(Self { origin: Origin::VersionTable, ..script })
    }

    /// The revision's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.header.revision.id
    }

    /// Gives the file on disk other parents, and changes nothing else in it.
    ///
    /// # Errors
    /// A file that cannot be read or written, or that is not what was read before.
    pub fn rewrite_parents(&self, parents: &[String]) -> Result<(), ScriptError> {
        let on_disk = std::fs::read(&self.path).map_err(|source| ScriptError::unreadable(&self.path, source))?;
        if read::clean(&self.path, on_disk.clone())? != self.text {
            return Err(ScriptError::ChangedMeanwhile { path: self.path.clone() });
        }
        // It is UTF-8, or `clean` would have refused it.
        let rewritten = header::with_parents(&String::from_utf8_lossy(&on_disk), parents);
        Ok(new_file::replace(&self.path, &rewritten)?)
    }

    /// The whole leading comment without its `migrator:` lines, for people.
    #[must_use]
    pub fn documentation(&self) -> String {
        header::documentation(&self.text)
    }

    /// The whole text of the file, normalised.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The upgrade and downgrade parts that run on `dialect`, with their checksums.
    ///
    /// # Errors
    /// Text that cannot be split into statements, and unknown or misplaced markers.
    pub fn sections(&self, dialect: Dialect) -> Result<Sections, ScriptError> {
        sections::parse(&self.path, &self.text, self.header.body, dialect)
    }
}
