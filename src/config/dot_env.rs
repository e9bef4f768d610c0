//! The grammar of a `.env` file.
//!
//! There is no standard; this is what a POSIX shell and the common readers of such files agree on.
//! An unquoted value may hold blanks and ends at a `#` after a blank. A value in single quotes is
//! literal. A value in double quotes knows the escapes `\n \r \t \\ \" \$`. Quoted values may span
//! lines. `$NAME` without braces is plain text: a password that holds a dollar stays whole.

/// One variable of the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The variable.
    pub name: String,
    /// Its text, before references are replaced.
    pub value: String,
    /// Whether the value stood in single quotes: no references in it.
    pub literal: bool,
    /// Where the line begins, in bytes.
    pub offset: usize,
}

/// What is wrong with a line, without any of its text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    /// Where the line begins, in bytes.
    pub offset: usize,
    /// What is wrong.
    pub problem: &'static str,
}

/// The variables of `text` in order; nothing of use comes after an error.
pub(super) fn entries(text: &str) -> Entries<'_> {
    Entries { text, offset: 0 }
}

pub(super) struct Entries<'a> {
    text: &'a str,
    offset: usize,
}

impl Iterator for Entries<'_> {
    type Item = Result<Entry, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let rest = self.text[self.offset..].trim_start();
            self.offset = self.text.len() - rest.len();
            if rest.is_empty() {
                return None;
            }
            if !rest.starts_with('#') {
                break;
            }
            self.offset += first_line(rest).len();
        }
        let offset = self.offset;
        Some(self.entry().map_err(|problem| Malformed { offset, problem }))
    }
}

impl<'a> Entries<'a> {
    /// Reads the entry that begins at the offset and moves behind it.
    fn entry(&mut self) -> Result<Entry, &'static str> {
        let rest: &'a str = &self.text[self.offset..];
        let line = first_line(rest);
        let (name, value) = line.split_once('=').ok_or("a line has no `=`")?;
        let behind_equals = &rest[name.len() + 1..];
        let name = name.trim_end();
        let name = name.strip_prefix("export ").unwrap_or(name).trim_start();
        if !is_name(name) {
            return Err("a line has no variable name before `=`");
        }

        let unquoted = behind_equals.trim_start_matches([' ', '\t']);
        let (value, literal, behind) = match unquoted.chars().next() {
            Some('\'') => {
                let (value, behind) = unquoted[1..].split_once('\'').ok_or("a single quote is not closed")?;
                (value.to_owned(), true, behind)
            }
            Some('"') => {
                let (value, behind) = double_quoted(&unquoted[1..])?;
                (value, false, behind)
            }
            _ => (without_comment(value).to_owned(), false, &rest[line.len()..]),
        };
        let remainder = first_line(behind);
        if !without_comment(remainder).is_empty() {
            return Err("text follows the closing quote");
        }
        let entry = Entry { name: name.to_owned(), value, literal, offset: self.offset };
        self.offset = self.text.len() - behind.len() + remainder.len();
        Ok(entry)
    }
}

fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default()
}

fn is_name(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|character| character.is_ascii_alphanumeric() || "_.-".contains(character))
}

/// The text up to a `#` at its start or after a blank, without blanks around it.
fn without_comment(text: &str) -> &str {
    let end =
        text.match_indices('#').map(|(at, _)| at).find(|&at| text[..at].ends_with([' ', '\t'])).unwrap_or(text.len());
    text[..end].trim()
}

/// The value up to the closing double quote, and the text behind that.
fn double_quoted(text: &str) -> Result<(String, &str), &'static str> {
    let mut value = String::new();
    let mut characters = text.char_indices();
    while let Some((at, character)) = characters.next() {
        match character {
            '"' => return Ok((value, &text[at + 1..])),
            '\\' => match characters.next().map(|(_, escaped)| escaped) {
                Some('n') => value.push('\n'),
                Some('r') => value.push('\r'),
                Some('t') => value.push('\t'),
                Some(escaped @ ('\\' | '"')) => value.push(escaped),
                // `$${` is how a reference is escaped; see `interpolate`.
                Some('$') if text[at + 2..].starts_with('{') => value.push_str("$$"),
                Some('$') => value.push('$'),
                Some(other) => value.extend(['\\', other]),
                None => break,
            },
            _ => value.push(character),
        }
    }
    Err("a double quote is not closed")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn read(text: &str) -> Vec<(String, String, bool)> {
        entries(text).map(|entry| entry.map(|entry| (entry.name, entry.value, entry.literal)).unwrap()).collect()
    }

    #[test]
    fn values() {
        for (line, value) in [
            ("A=b", "b"),
            ("A=", ""),
            ("A = b ", "b"),
            ("export A=b", "b"),
            ("A=two words", "two words"),
            ("A=b # comment", "b"),
            ("A= # comment", ""),
            ("A=b#c", "b#c"),
            ("A=#b", "#b"),
            ("A=b=c", "b=c"),
            ("A=p$ss", "p$ss"),
            ("A=it's", "it's"),
            ("A='b # \\n c' # comment", "b # \\n c"),
            ("A=\"b # c\" # comment", "b # c"),
            (r#"A="a\nb\t\"\\\$\x""#, "a\nb\t\"\\$\\x"),
            (r#"A="\${B}""#, "$${B}"),
            ("A=\"one\ntwo\"", "one\ntwo"),
            ("A='one\ntwo'", "one\ntwo"),
            ("A=b\r", "b"),
        ] {
            assert_eq!(read(line)[0].1, value, "{line:?}");
        }
    }

    #[test]
    fn several_lines() {
        let text = "# first\n\n  A=1\r\n\tB='2\n2'\nC=\"3\" #\n#last";
        let expected = [("A", "1", false), ("B", "2\n2", true), ("C", "3", false)];
        let expected = expected.map(|(name, value, literal)| (name.into(), value.into(), literal));
        assert_eq!(read(text), expected);
    }

    #[test]
    fn malformed_lines_are_placed_at_their_beginning() {
        for (text, offset) in [
            ("A=1\nsecret", 4),
            ("=secret", 0),
            ("A B=secret", 0),
            ("A=1\nB='secret\nC=2", 4),
            ("\nB=\"secret\nC=2\\", 1),
            ("A='b'secret", 0),
            ("A='b'#secret", 0),
        ] {
            let error = entries(text).find_map(Result::err).unwrap();
            assert_eq!(error.offset, offset, "{text:?}");
            assert!(!error.problem.contains("secret"));
        }
    }
}
