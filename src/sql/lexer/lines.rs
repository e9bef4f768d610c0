//! What is read by lines and not by tokens: commands of the shells, directives, the data of COPY.

use std::ops::Range;

use memchr::{memchr, memmem};

use super::Lexer;
use crate::sql::SqlError;
use crate::sql::position::position_at;

impl<'a> Lexer<'a> {
    /// The name of the psql or shell command whose first character stands at `start`.
    pub(in crate::sql) fn command_name(&self, start: usize) -> &'a str {
        let rest = &self.text[start + 1..];
        let letters =
            rest.find(|character: char| !character.is_ascii_alphanumeric() && character != '_').unwrap_or(rest.len());
        if letters > 0 {
            return &rest[..letters];
        }
        // `\;`, `\!`, `\?`: a single character is the name.
        let length = rest.chars().next().filter(|character| !character.is_whitespace()).map_or(0, char::len_utf8);
        &rest[..length]
    }

    /// Passes over the rest of the line.
    pub(in crate::sql) fn skip_line(&mut self) {
        self.offset = self.find(self.offset, |rest| memchr(b'\n', rest)).map_or(self.text.len(), |newline| newline + 1);
    }

    /// Whether only blanks stand between the start of the line and `offset`.
    pub(in crate::sql) fn is_first_on_line(&self, offset: usize) -> bool {
        let line_start = self.blanks_before(offset);
        line_start == 0 || matches!(self.byte(line_start - 1), Some(b'\n' | b'\r'))
    }

    /// Where the blanks that end at `offset` begin.
    pub(in crate::sql) fn blanks_before(&self, offset: usize) -> usize {
        self.text[..offset].trim_end_matches([' ', '\t']).len()
    }

    /// Reads the data that follows `COPY … FROM STDIN;`, up to its line `\.`; that line is passed over.
    ///
    /// <https://www.postgresql.org/docs/current/sql-copy.html#SQL-COPY-FILE-FORMATS>
    pub(in crate::sql) fn copy_data(&mut self, statement: usize) -> Result<Range<usize>, SqlError> {
        let end_of_line = self.find(self.offset, |rest| memchr(b'\n', rest)).unwrap_or(self.text.len());
        let rest_of_line = &self.text[self.offset..end_of_line];
        let text_after = rest_of_line.trim_ascii_start();
        if !text_after.is_empty() && !text_after.starts_with("--") {
            let offset = end_of_line - text_after.len();
            return Err(SqlError::TextAfterCopy { position: position_at(self.text, offset), offset });
        }
        // From the line break before the data on, every line has one in front of it.
        let mut from = end_of_line;
        while let Some(newline) = self.find(from, |rest| memmem::find(rest, b"\n\\.")) {
            let after = newline + "\n\\.".len();
            let line_end = match (self.byte(after), self.byte(after + 1)) {
                (None, _) => after,
                (Some(b'\n'), _) => after + 1,
                (Some(b'\r'), Some(b'\n')) => after + 2,
                (Some(b'\r'), None) => after + 1,
                _ => {
                    from = after;
                    continue;
                }
            };
            self.offset = line_end;
            return Ok(end_of_line + 1..newline + 1);
        }
        Err(SqlError::UnterminatedCopyData { position: position_at(self.text, statement), offset: statement })
    }
}

/// What follows `migrator:` in a line comment, or `None` if the comment is no directive.
pub(in crate::sql) fn directive_body(comment: &str) -> Option<&str> {
    comment.strip_prefix("--")?.trim_start_matches([' ', '\t']).strip_prefix("migrator:")
}
