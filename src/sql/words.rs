//! A statement as words, for a look at how it begins.

/// The words of a statement: names, quoted or not and with their schema, without comments.
pub(super) struct Words<'t> {
    rest: &'t str,
}

impl<'t> Words<'t> {
    pub(super) fn of(statement: &'t str) -> Self {
        Self { rest: statement }
    }
}

impl<'t> Iterator for Words<'t> {
    type Item = &'t str;

    fn next(&mut self) -> Option<&'t str> {
        loop {
            self.rest = self.rest.trim_start();
            if let Some(comment) = self.rest.strip_prefix("--") {
                self.rest = comment.split_once('\n').map_or("", |(_, rest)| rest);
            } else if let Some(comment) = self.rest.strip_prefix("/*") {
                self.rest = comment.split_once("*/").map_or("", |(_, rest)| rest);
            } else {
                break;
            }
        }
        let mut quoted = false;
        let end = self.rest.find(|character: char| {
            if character == '"' {
                quoted = !quoted;
            }
            !quoted && (character.is_whitespace() || matches!(character, '(' | ')' | ',' | ';'))
        });
        let end = end.unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!word.is_empty()).then_some(word)
    }
}
