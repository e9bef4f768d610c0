//! What a revision id and a branch label may be.

use super::Symbol;

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

/// Is this a word of the target grammar (`head`, `base`, …), which could never name a revision?
pub(super) fn is_reserved(name: &str) -> bool {
    !matches!(Symbol::from(name), Symbol::Named(_))
}

/// The characters of `label` that are not allowed in a branch label, because the target grammar would
/// read them as its own. A `-` is allowed: `my-feature@head` is no puzzle.
pub(super) fn illegal_in_label(label: &str) -> Vec<char> {
    label.chars().filter(|character| matches!(character, '@' | '+' | ':')).collect()
}
