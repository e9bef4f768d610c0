use super::Position;

/// What keeps a text from being split into statements. Unterminated things are reported where they open.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SqlError {
    /// A string literal without its closing quote.
    #[error("unterminated string")]
    UnterminatedString {
        /// Where the string opens.
        position: Position,
        /// The same place in bytes.
        offset: usize,
    },
    /// A quoted name without its closing quote.
    #[error("unterminated quoted name")]
    UnterminatedIdentifier {
        /// Where the name opens.
        position: Position,
        /// The same place in bytes.
        offset: usize,
    },
    /// A dollar-quoted string without its closing tag.
    #[error("unterminated dollar quote `${tag}$`")]
    UnterminatedDollarQuote {
        /// Where the quote opens.
        position: Position,
        /// The same place in bytes.
        offset: usize,
        /// What stands between the dollars; often empty.
        tag: String,
    },
    /// A block comment without its `*/`.
    #[error("unterminated block comment")]
    UnterminatedComment {
        /// Where the comment opens; with nested comments, the outermost.
        position: Position,
        /// The same place in bytes.
        offset: usize,
    },
    /// `COPY … FROM STDIN` whose data does not end with a `\.` line.
    #[error("the data of COPY FROM STDIN has no end")]
    UnterminatedCopyData {
        /// Where the COPY statement starts.
        position: Position,
        /// The same place in bytes.
        offset: usize,
    },
    /// Text on the line of `COPY … FROM STDIN;` after its semicolon, where only the data can follow.
    #[error("text after COPY FROM STDIN on the same line")]
    TextAfterCopy {
        /// Where that text starts.
        position: Position,
        /// The same place in bytes.
        offset: usize,
    },
    /// A command of the psql program, which no server understands.
    #[error("`\\{name}` is a psql command, not SQL")]
    PsqlCommand {
        /// Where its backslash is.
        position: Position,
        /// The same place in bytes.
        offset: usize,
        /// The command without its backslash.
        name: String,
    },
    /// A dot-command of the sqlite3 program, which the library does not understand.
    #[error("`.{name}` is a sqlite3 shell command, not SQL")]
    ShellCommand {
        /// Where its dot is.
        position: Position,
        /// The same place in bytes.
        offset: usize,
        /// The command without its dot.
        name: String,
    },
}

impl SqlError {
    /// The line and column of the fault.
    pub fn position(&self) -> Position {
        match self {
            Self::UnterminatedString { position, .. }
            | Self::UnterminatedIdentifier { position, .. }
            | Self::UnterminatedDollarQuote { position, .. }
            | Self::UnterminatedComment { position, .. }
            | Self::UnterminatedCopyData { position, .. }
            | Self::TextAfterCopy { position, .. }
            | Self::PsqlCommand { position, .. }
            | Self::ShellCommand { position, .. } => *position,
        }
    }

    /// The fault's place in bytes from the start of the text.
    pub fn offset(&self) -> usize {
        match self {
            Self::UnterminatedString { offset, .. }
            | Self::UnterminatedIdentifier { offset, .. }
            | Self::UnterminatedDollarQuote { offset, .. }
            | Self::UnterminatedComment { offset, .. }
            | Self::UnterminatedCopyData { offset, .. }
            | Self::TextAfterCopy { offset, .. }
            | Self::PsqlCommand { offset, .. }
            | Self::ShellCommand { offset, .. } => *offset,
        }
    }

    /// The error's stable name.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::UnterminatedString { .. } => "unterminated_string",
            Self::UnterminatedIdentifier { .. } => "unterminated_identifier",
            Self::UnterminatedDollarQuote { .. } => "unterminated_dollar_quote",
            Self::UnterminatedComment { .. } => "unterminated_comment",
            Self::UnterminatedCopyData { .. } => "unterminated_copy_data",
            Self::TextAfterCopy { .. } => "text_after_copy",
            Self::PsqlCommand { .. } => "psql_command",
            Self::ShellCommand { .. } => "shell_command",
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::UnterminatedString { .. } => {
                "close the string with a single quote; inside it a quote is written twice"
            }
            Self::UnterminatedIdentifier { .. } => "close the name with the quote that opens it",
            Self::UnterminatedDollarQuote { tag, .. } => {
                return Some(format!("close the string with `${tag}$`"));
            }
            Self::UnterminatedComment { .. } => {
                "close the comment with `*/`; in PostgreSQL each `/*` inside it needs its own"
            }
            Self::UnterminatedCopyData { .. } => {
                "end the data with a line that holds only `\\.`, also when there are no rows"
            }
            Self::TextAfterCopy { .. } => "start the data on the line after the semicolon",
            Self::PsqlCommand { .. } | Self::ShellCommand { .. } => {
                "remove the line or write it as SQL: the text goes to the database, not to its shell"
            }
        };
        Some(hint.to_owned())
    }
}
