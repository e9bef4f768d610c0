//! Reading a revision file as clean text.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use super::{ScriptError, ScriptErrorReason as Reason};
use crate::sql::Position;
use crate::sql::position::position_at;

/// Reads a file as UTF-8, drops a byte order mark and turns CRLF into LF.
///
/// The same text is hashed and sent: CRLF would be stored inside function bodies and break checksums.
pub(super) fn read(path: &Path) -> Result<String, ScriptError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|mut file| file.read_to_end(&mut bytes))
        .map_err(|source| ScriptError::unreadable(path, source))?;
    clean(path, bytes)
}

pub(super) fn clean(path: &Path, mut bytes: Vec<u8>) -> Result<String, ScriptError> {
    let start = Position { line: 1, column: 1 };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(ScriptError::new(path, start, Reason::Utf16));
    }
    if bytes.starts_with(b"\xef\xbb\xbf") {
        bytes.drain(..3);
    }
    let mut text = String::from_utf8(bytes).map_err(|error| {
        let offset = error.utf8_error().valid_up_to();
        let valid = String::from_utf8_lossy(&error.as_bytes()[..offset]);
        ScriptError::new(path, position_at(&valid, offset), Reason::NotUtf8 { offset })
    })?;
    if let Some(offset) = memchr::memchr(0, text.as_bytes()) {
        return Err(ScriptError::new(path, position_at(&text, offset), Reason::NulByte { offset }));
    }
    if memchr::memchr(b'\r', text.as_bytes()).is_some() {
        text = text.replace("\r\n", "\n");
    }
    if let (Some(offset), Some(_)) = (line_starting_with(&text, "<<<<<<< "), line_starting_with(&text, ">>>>>>> ")) {
        return Err(ScriptError::new(path, position_at(&text, offset), Reason::ConflictMarker));
    }
    Ok(text)
}

fn line_starting_with(text: &str, beginning: &str) -> Option<usize> {
    memchr::memmem::find_iter(text.as_bytes(), beginning)
        .find(|&offset| offset == 0 || text.as_bytes()[offset - 1] == b'\n')
}
