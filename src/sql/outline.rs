//! As much of a statement's grammar as decides which semicolon ends it.

use super::Dialect;
use super::lexer::TokenKind;

/// What is known of the statement read so far.
pub(super) struct Outline<'a> {
    dialect: Dialect,
    /// The words it starts with, up to its first token that is none; empty where there are fewer.
    words: [&'a str; 4],
    count: usize,
    leading: bool,
    form: Form,
    /// Open parentheses; in PostgreSQL a rule's actions stand in them: `DO (a; b)`.
    parentheses: usize,
    /// Open `BEGIN ATOMIC … END` and, inside these, `CASE … END`.
    blocks: usize,
    previous: Previous,
    reads_copy_data: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Ordinary,
    /// PostgreSQL's CREATE FUNCTION or PROCEDURE, whose body may be `BEGIN ATOMIC … END`:
    /// <https://www.postgresql.org/docs/current/sql-createfunction.html>.
    Routine,
    /// SQLite's CREATE TRIGGER, which ends with `; END ;`: <https://www.sqlite.org/c3ref/complete.html>.
    Trigger,
    /// PostgreSQL's COPY, which data may follow: <https://www.postgresql.org/docs/current/sql-copy.html>.
    Copy,
}

/// The token before, as far as it changes what the next one means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Previous {
    Other,
    Semicolon,
    /// A period or AS: a word after it is a name, even if it looks like a keyword.
    Label,
    Begin,
    From,
    /// The END of a trigger's body.
    TriggerEnd,
}

impl<'a> Outline<'a> {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self {
            dialect,
            words: [""; 4],
            count: 0,
            leading: true,
            form: Form::Ordinary,
            parentheses: 0,
            blocks: 0,
            previous: Previous::Other,
            reads_copy_data: false,
        }
    }

    /// Whether a semicolon here ends the statement.
    pub(super) fn ends_at_semicolon(&self) -> bool {
        match self.form {
            Form::Trigger => self.previous == Previous::TriggerEnd,
            Form::Ordinary | Form::Routine | Form::Copy => self.parentheses == 0 && self.blocks == 0,
        }
    }

    /// Whether the statement is `COPY … FROM STDIN`.
    pub(super) fn reads_copy_data(&self) -> bool {
        self.reads_copy_data
    }

    /// Whether the statement is one that can change `standard_conforming_strings`.
    pub(super) fn is_setting(&self) -> bool {
        is_any(self.words[0], &["SET", "RESET", "DISCARD"])
    }

    /// Whether the statement starts or ends a transaction. Savepoints do neither.
    pub(super) fn is_transaction_control(&self) -> bool {
        let [first, second, third, _] = self.words;
        let to_savepoint = is(second, "TO") || (is_any(second, &["WORK", "TRANSACTION"]) && is(third, "TO"));
        is_any(first, &["BEGIN", "COMMIT", "END", "ABORT"])
            || (is_any(first, &["START", "PREPARE"]) && is(second, "TRANSACTION"))
            || (is(first, "ROLLBACK") && !to_savepoint)
    }

    /// Takes in the statement's next token.
    pub(super) fn push(&mut self, kind: TokenKind, token: &'a str) {
        if kind == TokenKind::Word {
            self.push_leading_word(token);
            self.previous = self.keyword(token);
            return;
        }
        self.leading = false;
        if self.dialect == Dialect::PostgreSql {
            match kind {
                TokenKind::OpenParenthesis => self.parentheses += 1,
                TokenKind::CloseParenthesis => {
                    self.parentheses = self.parentheses.saturating_sub(1);
                }
                _ => {}
            }
        }
        self.previous = match kind {
            TokenKind::Semicolon => Previous::Semicolon,
            TokenKind::Period => Previous::Label,
            _ => Previous::Other,
        };
    }

    fn push_leading_word(&mut self, word: &'a str) {
        if !self.leading {
            return;
        }
        self.words[self.count] = word;
        self.count += 1;
        self.leading = self.count < self.words.len();
        if self.form == Form::Ordinary {
            self.form = self.form_of_words();
        }
    }

    fn form_of_words(&self) -> Form {
        let [first, second, third, fourth] = self.words;
        match self.dialect {
            Dialect::PostgreSql if is(first, "COPY") => Form::Copy,
            _ if !is(first, "CREATE") => Form::Ordinary,
            Dialect::PostgreSql => {
                let object = if is(second, "OR") && is(third, "REPLACE") { fourth } else { second };
                if is_any(object, &["FUNCTION", "PROCEDURE"]) { Form::Routine } else { Form::Ordinary }
            }
            Dialect::Sqlite => {
                let object = if is_any(second, &["TEMP", "TEMPORARY"]) { third } else { second };
                if is(object, "TRIGGER") { Form::Trigger } else { Form::Ordinary }
            }
        }
    }

    /// Follows the keywords that matter to the statement's form; returns what the word means to the next one.
    fn keyword(&mut self, word: &str) -> Previous {
        match self.form {
            Form::Ordinary => Previous::Other,
            Form::Trigger => {
                if self.previous == Previous::Semicolon && is(word, "END") {
                    Previous::TriggerEnd
                } else {
                    Previous::Other
                }
            }
            Form::Copy => {
                if self.parentheses > 0 {
                    return Previous::Other;
                }
                // PostgreSQL takes STDOUT for STDIN here.
                if self.previous == Previous::From && is_any(word, &["STDIN", "STDOUT"]) {
                    self.reads_copy_data = true;
                }
                if is(word, "FROM") { Previous::From } else { Previous::Other }
            }
            Form::Routine => self.routine_keyword(word),
        }
    }

    fn routine_keyword(&mut self, word: &str) -> Previous {
        if self.previous == Previous::Label {
            return Previous::Other;
        }
        if is(word, "BEGIN") {
            return Previous::Begin;
        }
        if is(word, "AS") {
            return Previous::Label;
        }
        let opens_body = self.previous == Previous::Begin && is(word, "ATOMIC");
        if opens_body || (self.blocks > 0 && is(word, "CASE")) {
            self.blocks += 1;
        } else if is(word, "END") {
            self.blocks = self.blocks.saturating_sub(1);
        }
        Previous::Other
    }
}

fn is(word: &str, keyword: &str) -> bool {
    word.eq_ignore_ascii_case(keyword)
}

fn is_any(word: &str, keywords: &[&str]) -> bool {
    keywords.iter().any(|keyword| is(word, keyword))
}
