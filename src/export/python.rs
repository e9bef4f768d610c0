//! Values as Python source.

/// A string in one line.
pub(super) fn literal(text: &str) -> String {
    format!("\"{}\"", escaped(text).replace('"', "\\\"").replace('\n', "\\n"))
}

/// A string of several lines.
pub(super) fn block(text: &str) -> String {
    let text = escaped(text);
    let mut quoted = String::with_capacity(text.len() + 6);
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        // Three quotes would end it, and so would one at the end make four.
        if character == '"' && rest.peek().is_none_or(|next| *next == '"') {
            quoted.push('\\');
        }
        quoted.push(character);
    }
    format!("\"\"\"{quoted}\"\"\"")
}

/// None, a string or a tuple of strings.
pub(super) fn list(values: &[String]) -> String {
    match values {
        [] => "None".to_owned(),
        [one] => literal(one),
        several => format!("({})", several.iter().map(|value| literal(value)).collect::<Vec<_>>().join(", ")),
    }
}

/// SQL for SQLAlchemy's `text()`, which takes `:name` for a parameter unless a backslash stands in front of it.
/// <https://docs.sqlalchemy.org/en/20/core/sqlelement.html#sqlalchemy.sql.expression.text>
pub(super) fn for_text(sql: &str) -> String {
    let is_word = |character: char| character.is_alphanumeric() || matches!(character, '_' | '$');
    let mut text = String::with_capacity(sql.len());
    for (at, character) in sql.char_indices() {
        if character == ':' {
            let behind = &sql[at + 1..];
            let rest = behind.trim_start_matches(is_word);
            let before = sql[..at].chars().next_back();
            let has_name = rest.len() < behind.len();
            let is_parameter = has_name && !before.is_some_and(|before| is_word(before) || before == ':');
            // A backslash that is there would be taken away.
            if (before == Some('\\') || is_parameter) && !rest.starts_with(':') {
                text.push('\\');
            }
        }
        text.push(character);
    }
    text
}

/// Backslashes and what Python would not keep. The line ends of its source are read as `\n`.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('\r', "\\r")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_what_python_reads() {
        assert_eq!(literal("a \"b\" \\ c\nd"), r#""a \"b\" \\ c\nd""#);
        assert_eq!(block("a \"b\" c"), "\"\"\"a \"b\" c\"\"\"");
        assert_eq!(block("a \"\"\" b \""), "\"\"\"a \\\"\\\"\" b \\\"\"\"\"");
        assert_eq!(list(&[]), "None");
        assert_eq!(list(&["a".to_owned()]), "\"a\"");
        assert_eq!(list(&["a".to_owned(), "b".to_owned()]), "(\"a\", \"b\")");
    }

    #[test]
    fn only_what_looks_like_a_parameter_is_escaped() {
        for (sql, expected) in [
            ("SELECT ':name'", r"SELECT '\:name'"),
            ("SELECT a::text, b[1:2], '12:30:00'", "SELECT a::text, b[1:2], '12:30:00'"),
            (r#"'{"a":1, "b": 2}'"#, r#"'{"a"\:1, "b": 2}'"#),
            (r"'\:x' '\: '", r"'\\:x' '\\: '"),
            ("a := 1", "a := 1"),
        ] {
            assert_eq!(for_text(sql), expected, "{sql}");
        }
    }
}
