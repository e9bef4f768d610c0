//! Reading a revision file as clean text.

use std::io;
use std::path::Path;

use super::{ScriptError, ScriptErrorReason as Reason};
use crate::sql::Position;
use crate::sql::position::position_at;

/// From this size on a file's bytes are kept where they were read to.
const LARGE: usize = 256 * 1024;

/// A directory from which many files are read.
///
/// Projects have thousands of small files, and every command reads them all: opening each one relative to
/// the open directory, into one buffer, costs half of what `std::fs::read` does.
pub(super) struct Folder {
    #[cfg(unix)]
    handle: rustix::fd::OwnedFd,
}

impl Folder {
    /// Opens the directory at `path`.
    #[cfg_attr(not(unix), expect(unused_variables, reason = "files are opened by their whole path there"))]
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        #[cfg(unix)]
        {
            use rustix::fs::{Mode, OFlags, open};
            let handle = open(path, OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
            Ok(Self { handle })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// The text of the file at `name` in this directory, as [`clean`] gives it; `path` is its whole path.
    pub(super) fn read(&self, name: &Path, path: &Path, buffer: &mut Vec<u8>) -> Result<String, ScriptError> {
        buffer.clear();
        self.fill(name, path, buffer).map_err(|source| ScriptError::unreadable(path, source))?;
        // A small file gets a text of its own size; a large one is not copied.
        let bytes = if buffer.len() < LARGE { buffer.clone() } else { std::mem::take(buffer) };
        clean(path, bytes)
    }

    #[cfg(unix)]
    fn fill(&self, name: &Path, _path: &Path, buffer: &mut Vec<u8>) -> io::Result<()> {
        use rustix::fs::{Mode, OFlags, openat};
        let file = openat(&self.handle, name, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())?;
        loop {
            buffer.reserve(16 * 1024);
            match rustix::io::read(&file, rustix::buffer::spare_capacity(buffer)) {
                Ok(0) => return Ok(()),
                Ok(_) | Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    #[cfg(not(unix))]
    fn fill(&self, _name: &Path, path: &Path, buffer: &mut Vec<u8>) -> io::Result<()> {
        use std::io::Read as _;
        std::fs::File::open(path)?.read_to_end(buffer).map(drop)
    }
}

/// The bytes of the file at `path` as UTF-8, without a byte order mark and with LF line ends.
///
/// The same text is hashed and sent: CRLF would be stored inside function bodies and break checksums.
///
/// # Errors
/// Bytes that are no text, and a merge conflict that is not resolved.
pub fn clean(path: &Path, mut bytes: Vec<u8>) -> Result<String, ScriptError> {
    let start = Position { line: 1, column: 1 };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(ScriptError::new(path, start, Reason::Utf16));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let valid = String::from_utf8_lossy(&error.as_bytes()[..offset]);
        ScriptError::new(path, position_at(&valid, offset), Reason::NotUtf8 { offset })
    })?;
    if let Some(offset) = memchr::memchr(0, text.as_bytes()) {
        return Err(ScriptError::new(path, position_at(&text, offset), Reason::NulByte { offset }));
    }
    if let Some(offset) = line_starting_with(&text, "<<<<<<< ")
        && line_starting_with(&text, ">>>>>>> ").is_some()
    {
        return Err(ScriptError::new(path, position_at(&text, offset), Reason::ConflictMarker));
    }
    Ok(if memchr::memchr(b'\r', text.as_bytes()).is_some() { text.replace("\r\n", "\n") } else { text })
}

fn line_starting_with(text: &str, beginning: &str) -> Option<usize> {
    memchr::memmem::find_iter(text.as_bytes(), beginning)
        .find(|&offset| offset == 0 || text.as_bytes()[offset - 1] == b'\n')
}
