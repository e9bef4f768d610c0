//! A text as a sequence of statements and directives, read once and never held in memory as tokens.

use std::iter::FusedIterator;
use std::ops::Range;

use super::lexer::{Lexer, Token, TokenKind, directive_body};
use super::outline::Outline;
use super::position::{PositionTracker, floor_character};
use super::setting::standard_conforming_strings;
use super::{Dialect, Position, SqlError};

/// One thing the text is made of. Comments and white space between them belong to none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A statement for the database.
    Statement(Statement),
    /// A line for migrator.
    Directive(Directive),
}

/// A statement's place in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its bytes, from its first token to its last; the semicolon that ends it is not among them.
    pub span: Range<usize>,
    /// Where it starts.
    pub position: Position,
    /// How it must be handled.
    pub kind: StatementKind,
}

/// What sets a statement apart for who runs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatementKind {
    /// It is sent as it is.
    Plain,
    /// PostgreSQL's `COPY … FROM STDIN`, followed by its data in the text.
    CopyFromStdin {
        /// The bytes of the data, with the last line's break and without the `\.` line.
        data: Range<usize>,
    },
    /// It starts, ends or prepares a transaction.
    TransactionControl,
}

/// A line comment `-- migrator:…` that has its line to itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// The bytes after `migrator:`, without the blanks around them.
    pub span: Range<usize>,
    /// The bytes of the whole line, its line break included.
    pub line_span: Range<usize>,
    /// Where the comment starts.
    pub position: Position,
}

/// Splits a text into [`Piece`]s, in time linear in its length. After an error it yields nothing more.
///
/// What `SET standard_conforming_strings` said is forgotten at a directive: what follows one can be run
/// without what precedes it.
pub struct Splitter<'a> {
    text: &'a str,
    lexer: Lexer<'a>,
    positions: PositionTracker<'a>,
    finished: bool,
}

impl<'a> Splitter<'a> {
    /// Starts at a byte of the text (moved back to a character's first byte), outside any quote or comment.
    pub fn new(text: &'a str, start: usize, dialect: Dialect) -> Self {
        Self {
            text,
            lexer: Lexer::new(text, floor_character(text, start), dialect),
            positions: PositionTracker::new(text),
            finished: false,
        }
    }

    /// Changes the dialect for what follows the last yielded piece; settings of what precedes it are forgotten.
    pub fn set_dialect(&mut self, dialect: Dialect) {
        self.lexer.set_dialect(dialect);
    }

    /// The dialect the text is now read in.
    pub fn dialect(&self) -> Dialect {
        self.lexer.dialect()
    }

    fn piece(&mut self) -> Result<Option<Piece>, SqlError> {
        let Some(first) = self.first_token()? else {
            return Ok(None);
        };
        Ok(Some(if first.kind == TokenKind::Directive {
            Piece::Directive(self.directive(first))
        } else {
            Piece::Statement(self.statement(first)?)
        }))
    }

    /// The first token of a statement, or a directive.
    fn first_token(&mut self) -> Result<Option<Token>, SqlError> {
        while let Some(token) = self.lexer.next()? {
            match token.kind {
                TokenKind::Semicolon => {}
                // pg_dump writes these two around a dump: https://www.postgresql.org/docs/current/app-psql.html
                TokenKind::Backslash if matches!(self.lexer.command_name(token.start), "restrict" | "unrestrict") => {
                    self.lexer.skip_line();
                }
                TokenKind::Period if self.is_shell_command(token) => {
                    return Err(SqlError::ShellCommand {
                        position: self.positions.advance(token.start),
                        offset: token.start,
                        name: self.lexer.command_name(token.start).to_owned(),
                    });
                }
                _ => return Ok(Some(token)),
            }
        }
        Ok(None)
    }

    /// Whether a period is the start of a dot-command: <https://www.sqlite.org/cli.html#dot_commands>.
    fn is_shell_command(&self, period: Token) -> bool {
        self.lexer.dialect() == Dialect::Sqlite
            && self.lexer.blanks_before(period.start) == period.start
            && self.lexer.is_first_on_line(period.start)
            && self.text[period.end..].starts_with(|next: char| next.is_ascii_alphabetic())
    }

    fn statement(&mut self, first: Token) -> Result<Statement, SqlError> {
        let mut outline = Outline::new(self.lexer.dialect());
        let mut span = first.range();
        let mut next = Some(first);
        let mut ended = false;
        while let Some(token) = next {
            match token.kind {
                TokenKind::Directive => {
                    self.lexer.rewind(token.start);
                    break;
                }
                TokenKind::Backslash => {
                    return Err(SqlError::PsqlCommand {
                        position: self.positions.advance(token.start),
                        offset: token.start,
                        name: self.lexer.command_name(token.start).to_owned(),
                    });
                }
                TokenKind::Semicolon if outline.ends_at_semicolon() => {
                    ended = true;
                    break;
                }
                kind => outline.push(kind, &self.text[token.range()]),
            }
            span.end = token.end;
            next = self.lexer.next()?;
        }
        let position = self.positions.advance(span.start);
        let kind = if outline.reads_copy_data() {
            if !ended {
                return Err(SqlError::UnterminatedCopyData { position, offset: span.start });
            }
            StatementKind::CopyFromStdin { data: self.lexer.copy_data(span.start)? }
        } else if outline.is_transaction_control() {
            StatementKind::TransactionControl
        } else {
            StatementKind::Plain
        };
        if self.lexer.dialect() == Dialect::PostgreSql
            && outline.is_setting()
            && let Some(on) = standard_conforming_strings(&self.text[span.clone()])
        {
            self.lexer.standard_strings = on;
        }
        Ok(Statement { span, position, kind })
    }

    fn directive(&mut self, token: Token) -> Directive {
        self.lexer.standard_strings = true;
        let comment = &self.text[token.range()];
        let body = directive_body(comment).unwrap_or_default();
        let trimmed = body.trim_ascii();
        let start = token.end - body.trim_ascii_start().len();
        let rest = &self.text[token.end..];
        let line_break =
            ["\r\n", "\n", "\r"].into_iter().find(|line_break| rest.starts_with(line_break)).map_or(0, str::len);
        Directive {
            span: start..start + trimmed.len(),
            line_span: self.lexer.blanks_before(token.start)..token.end + line_break,
            position: self.positions.advance(token.start),
        }
    }
}

impl Iterator for Splitter<'_> {
    type Item = Result<Piece, SqlError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.finished {
            return None;
        }
        let piece = self.piece().transpose();
        self.finished = !matches!(piece, Some(Ok(_)));
        piece
    }
}

impl FusedIterator for Splitter<'_> {}

#[cfg(test)]
mod tests;
