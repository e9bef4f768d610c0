//! Tokens: as much of SQL's lexical rules as decides where a statement ends.
//!
//! PostgreSQL: <https://www.postgresql.org/docs/current/sql-syntax-lexical.html>.
//! SQLite: <https://www.sqlite.org/lang_keywords.html>, <https://www.sqlite.org/lang_comment.html>.

mod lines;

use std::ops::Range;

use memchr::{memchr, memchr2, memmem};

use super::position::position_at;
use super::{Dialect, SqlError};

pub(super) use lines::directive_body;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TokenKind {
    /// A keyword or an unquoted name.
    Word,
    Semicolon,
    Period,
    OpenParenthesis,
    CloseParenthesis,
    /// A backslash outside quotes, in PostgreSQL's dialect: the start of a psql command.
    Backslash,
    /// A whole-line comment that starts with `migrator:`, without its line's end.
    Directive,
    /// Anything else: a literal, a quoted name, a character of an operator or of a number.
    Other,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Token {
    pub(super) fn range(self) -> Range<usize> {
        self.start..self.end
    }
}

/// Reads one token at a time and keeps nothing of those before, save what the next one's meaning depends on.
pub(super) struct Lexer<'a> {
    text: &'a str,
    offset: usize,
    dialect: Dialect,
    /// PostgreSQL's `standard_conforming_strings`, on in SQLite: whether a backslash in `'…'` is an ordinary character.
    pub(super) standard_strings: bool,
    /// When the last token was a string: whether a backslash escapes in it.
    last_string: Option<bool>,
    /// The bytes that searches have passed over, for the test that they stay in proportion to the text.
    #[cfg(test)]
    pub(super) searched: std::cell::Cell<usize>,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(text: &'a str, offset: usize, dialect: Dialect) -> Self {
        Self {
            text,
            offset,
            dialect,
            standard_strings: true,
            last_string: None,
            #[cfg(test)]
            searched: std::cell::Cell::default(),
        }
    }

    pub(super) fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Changes the dialect for the next token on.
    pub(super) fn set_dialect(&mut self, dialect: Dialect) {
        self.dialect = dialect;
        self.standard_strings = true;
    }

    /// Goes back to the start of a token, to read it again.
    pub(super) fn rewind(&mut self, offset: usize) {
        self.offset = offset;
    }

    /// The next token after white space and comments; `None` at the end of the text.
    pub(super) fn next(&mut self) -> Result<Option<Token>, SqlError> {
        let mut continued = self.last_string.take();
        let mut newline = false;
        loop {
            let start = self.offset;
            let Some(byte) = self.byte(start) else {
                return Ok(None);
            };
            self.offset += 1;
            let kind = match byte {
                b' ' | b'\t' | 0x0b | 0x0c => continue,
                b'\n' | b'\r' => {
                    newline = true;
                    continue;
                }
                b'-' if self.byte(start + 1) == Some(b'-') => {
                    if self.line_comment(start) {
                        TokenKind::Directive
                    } else {
                        continue;
                    }
                }
                b'/' if self.byte(start + 1) == Some(b'*') => {
                    self.block_comment(start)?;
                    continued = None;
                    continue;
                }
                b'\'' => {
                    // A literal that goes on after a line break is one literal, so an escape string stays one:
                    // https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-STRINGS
                    let backslash = continued.filter(|_| newline).unwrap_or(!self.standard_strings);
                    self.string(start, backslash)?;
                    TokenKind::Other
                }
                b'"' => self.quoted_identifier(start, byte)?,
                b';' => TokenKind::Semicolon,
                b'.' => TokenKind::Period,
                b'(' => TokenKind::OpenParenthesis,
                b')' => TokenKind::CloseParenthesis,
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => self.word(start)?,
                _ => match self.dialect {
                    Dialect::PostgreSql => match byte {
                        b'$' => self.dollar(start)?,
                        b'\\' => TokenKind::Backslash,
                        _ => TokenKind::Other,
                    },
                    Dialect::Sqlite => match byte {
                        b'`' => self.quoted_identifier(start, byte)?,
                        b'[' => self.bracketed_identifier(start)?,
                        _ => TokenKind::Other,
                    },
                },
            };
            return Ok(Some(Token { kind, start, end: self.offset }));
        }
    }

    /// Passes over a `--` comment, up to its line's end; true if it is a directive.
    fn line_comment(&mut self, start: usize) -> bool {
        let end = self.find(start, |rest| match self.dialect {
            Dialect::PostgreSql => memchr2(b'\n', b'\r', rest),
            Dialect::Sqlite => memchr(b'\n', rest),
        });
        self.offset = end.unwrap_or(self.text.len());
        directive_body(&self.text[start..self.offset]).is_some() && self.is_first_on_line(start)
    }

    /// Passes over a block comment. They nest in PostgreSQL, not in SQLite.
    fn block_comment(&mut self, start: usize) -> Result<(), SqlError> {
        let mut depth = 1_usize;
        let mut from = start + 2;
        while let Some(found) = self.find(from, |rest| memchr2(b'*', b'/', rest)) {
            match (self.byte(found), self.byte(found + 1)) {
                (Some(b'*'), Some(b'/')) => {
                    depth -= 1;
                    from = found + 2;
                    if depth == 0 {
                        self.offset = from;
                        return Ok(());
                    }
                }
                (Some(b'/'), Some(b'*')) if self.dialect == Dialect::PostgreSql => {
                    depth += 1;
                    from = found + 2;
                }
                _ => from = found + 1,
            }
        }
        Err(SqlError::UnterminatedComment { position: position_at(self.text, start), offset: start })
    }

    /// Reads a string from its opening quote, at the current offset less one, to its end.
    fn string(&mut self, start: usize, backslash: bool) -> Result<(), SqlError> {
        while let Some(found) =
            self.find(self.offset, |rest| if backslash { memchr2(b'\'', b'\\', rest) } else { memchr(b'\'', rest) })
        {
            let escapes = self.byte(found) == Some(b'\\');
            if escapes || self.byte(found + 1) == Some(b'\'') {
                self.offset = found + 2;
            } else {
                self.offset = found + 1;
                self.last_string = Some(backslash);
                return Ok(());
            }
        }
        Err(SqlError::UnterminatedString { position: position_at(self.text, start), offset: start })
    }

    /// Reads a quoted name in which the quote is written twice.
    fn quoted_identifier(&mut self, start: usize, quote: u8) -> Result<TokenKind, SqlError> {
        while let Some(found) = self.find(self.offset, |rest| memchr(quote, rest)) {
            if self.byte(found + 1) == Some(quote) {
                self.offset = found + 2;
            } else {
                self.offset = found + 1;
                return Ok(TokenKind::Other);
            }
        }
        Err(self.unterminated_identifier(start))
    }

    /// Reads SQLite's `[name]`, which knows no way to write a `]`.
    fn bracketed_identifier(&mut self, start: usize) -> Result<TokenKind, SqlError> {
        let found = self.find(start, |rest| memchr(b']', rest));
        self.offset = found.ok_or_else(|| self.unterminated_identifier(start))? + 1;
        Ok(TokenKind::Other)
    }

    /// Reads a word, or in PostgreSQL the string whose kind a letter in front tells: `E'…'`, `B'…'`, `X'…'`.
    ///
    /// `N'…'` and `U&'…'` end where a plain string does and need no care.
    fn word(&mut self, start: usize) -> Result<TokenKind, SqlError> {
        self.offset = self.end_of_word(start);
        if self.offset == start + 1 && self.dialect == Dialect::PostgreSql && self.byte(self.offset) == Some(b'\'') {
            let backslash = match self.byte(start) {
                Some(b'e' | b'E') => true,
                Some(b'b' | b'B' | b'x' | b'X') => false,
                _ => return Ok(TokenKind::Word),
            };
            self.offset += 1;
            self.string(start, backslash)?;
            return Ok(TokenKind::Other);
        }
        Ok(TokenKind::Word)
    }

    /// Reads what a dollar starts in PostgreSQL: a dollar-quoted string, or else itself alone (as in `$1`).
    ///
    /// <https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-DOLLAR-QUOTING>
    fn dollar(&mut self, start: usize) -> Result<TokenKind, SqlError> {
        let is_parameter = self.byte(start + 1).is_some_and(|byte| byte.is_ascii_digit());
        let tag_end = self
            .find(start + 1, |rest| rest.iter().position(|&byte| byte == b'$' || !CONTINUES_WORD[usize::from(byte)]))
            .filter(|&end| !is_parameter && self.byte(end) == Some(b'$'));
        let Some(tag_end) = tag_end else {
            return Ok(TokenKind::Other);
        };
        let open = start..tag_end + 1;
        let delimiter = &self.text.as_bytes()[open.clone()];
        match self.find(open.end, |rest| memmem::find(rest, delimiter)) {
            Some(close) => {
                self.offset = close + delimiter.len();
                Ok(TokenKind::Other)
            }
            None => Err(SqlError::UnterminatedDollarQuote {
                position: position_at(self.text, start),
                offset: start,
                tag: self.text[start + 1..tag_end].to_owned(),
            }),
        }
    }

    fn end_of_word(&self, start: usize) -> usize {
        self.find(start, |rest| rest.iter().position(|&byte| !CONTINUES_WORD[usize::from(byte)]))
            .unwrap_or(self.text.len())
    }

    fn unterminated_identifier(&self, start: usize) -> SqlError {
        SqlError::UnterminatedIdentifier { position: position_at(self.text, start), offset: start }
    }

    fn byte(&self, offset: usize) -> Option<u8> {
        self.text.as_bytes().get(offset).copied()
    }

    /// Searches from an offset to the end of the text; the answer counts from the text's start.
    fn find(&self, from: usize, search: impl FnOnce(&[u8]) -> Option<usize>) -> Option<usize> {
        let rest = self.text.as_bytes().get(from..)?;
        let found = search(rest);
        #[cfg(test)]
        self.searched.set(self.searched.get() + found.unwrap_or(rest.len()));
        found.map(|found| from + found)
    }
}

/// The bytes that can follow the first of an unquoted name, in both databases.
const CONTINUES_WORD: [bool; 256] = {
    let mut table = [false; 256];
    let mut byte = 0;
    while byte < table.len() {
        let ascii = byte as u8;
        table[byte] = ascii.is_ascii_alphanumeric() || matches!(ascii, b'_' | b'$' | 0x80..);
        byte += 1;
    }
    table
};
