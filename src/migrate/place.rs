//! Where an error is, when the database does not say, and what is shown of the place.

/// The offset in `statement` of the name that `message` is about, in bytes; the start if there is none.
///
/// PostgreSQL gives no position for utility statements, and SQLite few, but both name what they miss:
/// `relation "usres" does not exist`, `no such table: usres`.
pub(super) fn named_in(message: &str, statement: &str) -> usize {
    names(message).find_map(|name| word(name, statement)).unwrap_or(0)
}

/// What a message may be naming: what it quotes, then what stands behind its colon or between its words.
fn names(message: &str) -> impl Iterator<Item = &str> {
    let quoted = message.split('"').skip(1).step_by(2);
    let behind_colon = message.rsplit_once(": ").map(|(_, name)| name);
    let first = message.strip_prefix("table ").or_else(|| message.strip_prefix("index "));
    let first = first.and_then(|rest| rest.split_whitespace().next());
    let whole = quoted.chain(behind_colon).chain(first);
    whole.flat_map(|name| [Some(name), name.rsplit_once('.').map(|(_, last)| last)]).flatten()
}

/// Where `name` stands in `text` as a word of its own, in any case.
fn word(name: &str, text: &str) -> Option<usize> {
    if name.is_empty() || !name.is_ascii() {
        return None;
    }
    let part = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let lower = text.to_ascii_lowercase();
    lower
        .match_indices(&name.to_ascii_lowercase())
        .map(|(offset, _)| offset)
        .find(|&offset| !part(text[..offset].chars().next_back()) && !part(text[offset + name.len()..].chars().next()))
}

/// The line that holds `offset`.
pub(super) fn line_at(text: &str, offset: usize) -> String {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    text[start..].lines().next().unwrap_or("").to_owned()
}

/// How many characters the caret underlines: the name or word that begins here.
pub(super) fn token_width(text: &str) -> usize {
    let mut characters = text.chars();
    let is_word = |character: char| character.is_alphanumeric() || character == '_';
    match characters.next() {
        Some(quote @ ('"' | '`')) => characters.take_while(|&c| c != quote && c != '\n').count() + 2,
        Some(first) if is_word(first) => 1 + characters.take_while(|&c| is_word(c)).count(),
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::named_in;

    #[test]
    fn the_name_in_the_message_is_found_as_a_word() {
        let cases = [
            ("relation \"usres\" does not exist", "ALTER TABLE usres ADD x int", 12),
            ("relation \"public.usres\" does not exist", "ALTER TABLE usres ADD x int", 12),
            ("column \"b\" of relation \"bb\" does not exist", "ALTER TABLE bb DROP b", 20),
            ("no such table: main.Usres", "ALTER TABLE usres ADD x int", 12),
            ("table users already exists", "CREATE TABLE Users (id int)", 13),
            ("duplicate column name: id", "CREATE TABLE t (id int, id int)", 16),
            ("division by zero", "SELECT 1/0", 0),
            ("relation \"other\" does not exist", "SELECT others FROM t", 0),
        ];
        for (message, statement, offset) in cases {
            assert_eq!(named_in(message, statement), offset, "{message} in {statement}");
        }
    }
}
