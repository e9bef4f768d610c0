//! The tokens of a text, for comparing what two texts say and for finding names in them.

use std::ops::Range;

use super::lexer::{Lexer, TokenKind, directive_body};
use super::{Dialect, SqlError};

/// A token: a word, a literal, a quoted name, a number, or one character of anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SqlToken<'t> {
    /// As it stands in the text.
    pub text: &'t str,
    /// Its bytes.
    pub span: Range<usize>,
    /// Is it a keyword or an unquoted name?
    pub is_word: bool,
}

/// A line comment `-- migrator:…` that has its line to itself, wherever it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Where it begins, and what follows it once it is taken out.
    pub offset: usize,
    /// The text after `migrator:`, without the blanks around it.
    pub body: String,
}

/// The tokens of `text`, without comments.
///
/// # Errors
/// A quote or comment that does not end.
pub fn tokens(text: &str, dialect: Dialect) -> Result<Vec<SqlToken<'_>>, SqlError> {
    let mut lexer = Lexer::new(text, 0, dialect);
    let mut found: Vec<SqlToken<'_>> = Vec::new();
    while let Some(token) = lexer.next()? {
        if token.kind == TokenKind::Directive {
            continue;
        }
        // The lexer knows no numbers: `1.5e3` is put together from its pieces.
        if let Some(last) = found.last_mut()
            && last.span.end == token.start
            && is_number(last.text)
            && text[token.range()].starts_with(|c: char| c.is_ascii_alphanumeric() || c == '.' || c == '_')
        {
            last.span.end = token.end;
            last.text = &text[last.span.clone()];
            continue;
        }
        found.push(SqlToken {
            text: &text[token.range()],
            span: token.range(),
            is_word: token.kind == TokenKind::Word,
        });
    }
    Ok(found)
}

fn is_number(text: &str) -> bool {
    text.starts_with(|character: char| character.is_ascii_digit())
}

/// `text` without its annotations, a line each, and these with their offsets in what is left. They may stand
/// inside a statement, where [`super::Splitter`] would end it.
///
/// # Errors
/// A quote or comment that does not end.
pub fn take_annotations(text: &str, dialect: Dialect) -> Result<(String, Vec<Annotation>), SqlError> {
    let mut lexer = Lexer::new(text, 0, dialect);
    let (mut rest, mut annotations, mut from) = (String::new(), Vec::new(), 0);
    while let Some(token) = lexer.next()? {
        if token.kind != TokenKind::Directive {
            continue;
        }
        let body = directive_body(&text[token.range()]).unwrap_or_default().trim();
        rest.push_str(text[from..token.start].trim_end_matches([' ', '\t']));
        annotations.push(Annotation { offset: rest.len(), body: body.to_owned() });
        let line_end = text[token.end..].find('\n').map_or(text.len(), |newline| token.end + newline + 1);
        from = line_end;
    }
    rest.push_str(&text[from..]);
    Ok((rest, annotations))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn texts(text: &str) -> Vec<&str> {
        tokens(text, Dialect::Sqlite).unwrap().into_iter().map(|token| token.text).collect()
    }

    #[test]
    fn comments_and_spaces_are_no_tokens() {
        assert_eq!(
            texts("CREATE TABLE [a b] (x /* y */ int, -- z\n  -- migrator:renamed-from w\n \"q\" DEFAULT 'it''s')"),
            ["CREATE", "TABLE", "[a b]", "(", "x", "int", ",", "\"q\"", "DEFAULT", "'it''s'", ")"]
        );
    }

    #[test]
    fn a_number_is_one_token() {
        assert_eq!(
            texts("10 1.5e3 0x1F t1.a 1 2 x'00'"),
            ["10", "1.5e3", "0x1F", "t1", ".", "a", "1", "2", "x", "'00'"]
        );
    }

    #[test]
    fn annotations_are_taken_out_with_their_lines() {
        let text = "CREATE TABLE t (\n  -- migrator:renamed-from old \n  a int\n);\n";
        let (rest, annotations) = take_annotations(text, Dialect::Sqlite).unwrap();
        assert_eq!(rest, "CREATE TABLE t (\n  a int\n);\n");
        assert_eq!(annotations, [Annotation { offset: 17, body: "renamed-from old".to_owned() }]);
        assert_eq!(take_annotations("SELECT '\n-- migrator:x\n'", Dialect::Sqlite).unwrap().1, []);
    }
}
