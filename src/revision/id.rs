//! Which characters a revision id may hold.

/// The characters of `id` that are not allowed in a revision id, each once, in order of appearance.
///
/// Ids are `[A-Za-z0-9_.]+`: every other character is either part of the target grammar
/// (`@ + - :`), of the header's lists (`,`), or could not be typed safely in a shell.
#[must_use]
pub fn illegal_characters(id: &str) -> Vec<char> {
    let mut found = Vec::new();
    for character in id.chars() {
        let legal = character.is_ascii_alphanumeric() || matches!(character, '_' | '.');
        if !legal && !found.contains(&character) {
            found.push(character);
        }
    }
    found
}
