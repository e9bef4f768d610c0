//! Files on disk: revision files and the templates they are made from.

mod checksum;
pub mod create;
mod directory;
mod error;
mod header;
pub mod hooks;
pub mod naming;
pub mod new_file;
pub mod project;
mod read;
mod sections;
pub mod template;
mod template_error;

pub use checksum::Checksum;
pub use directory::ScriptDirectory;
pub use error::{ScriptError, ScriptErrorReason};
pub use header::Header;
pub use sections::{Direction, Downgrade, Part, PartMode, Sections};
pub use template_error::TemplateError;

use std::path::PathBuf;

use crate::sql::Dialect;

/// One revision file, read once: what is hashed is what is run.
#[derive(Debug)]
pub struct Script {
    /// Where it was read from.
    pub path: PathBuf,
    /// Its header.
    pub header: Header,
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
        Ok(Self { path, header, text })
    }

    /// The revision's id.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.header.revision.id
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
