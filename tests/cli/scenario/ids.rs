//! Which revision id each name of a scenario stands for.

/// The names met so far, each with its id.
#[derive(Clone, Default)]
pub struct Ids(Vec<(String, String)>);

impl Ids {
    /// Lets a name stand for an id, and tells whether it can: it must not stand for another
    /// already, nor the id have another name.
    pub fn bind(&mut self, name: &str, id: &str) -> bool {
        match self.0.iter().find(|(n, i)| n == name || i == id) {
            Some((n, i)) => n == name && i == id,
            None => {
                self.0.push((name.into(), id.into()));
                true
            }
        }
    }

    /// The text of a command or file, with ids in the place of their names. An id that is new
    /// here stands for itself from now on.
    pub fn substitute(&mut self, text: &str) -> String {
        replace(text, name_at, |name| {
            if let Some((_, id)) = self.0.iter().find(|(known, _)| known == name) {
                return id.clone();
            }
            if id_at(name).is_some() {
                self.0.push((name.into(), name.into()));
            }
            name.to_owned()
        })
    }

    /// A line of output, with names in the place of its ids; new ones are numbered.
    pub fn name_in(&mut self, line: &str) -> String {
        replace(line, id_at, |id| {
            if let Some((name, _)) = self.0.iter().find(|(_, known)| known == id) {
                return name.clone();
            }
            let name = (1..)
                .map(|number| format!("[ID{number}]"))
                .find(|name| self.0.iter().all(|(known, _)| known != name))
                .unwrap_or_default();
            self.0.push((name.clone(), id.into()));
            name
        })
    }
}

/// The length of a new revision's id at the start of the text: 12 hex digits.
pub fn id_at(text: &str) -> Option<usize> {
    let word = text.find(|character: char| !character.is_ascii_alphanumeric()).unwrap_or(text.len());
    let hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    (word == 12 && text[..word].bytes().all(hex)).then_some(word)
}

/// The length of an id's name at the start of the text: `[ID1]`, or an example of an id.
pub fn name_at(text: &str) -> Option<usize> {
    if let Some(rest) = text.strip_prefix("[ID") {
        let digits = rest.find(|character: char| !character.is_ascii_digit())?;
        return (digits > 0 && rest[digits..].starts_with(']')).then_some(digits + 4);
    }
    id_at(text)
}

fn replace(text: &str, find: impl Fn(&str) -> Option<usize>, mut with: impl FnMut(&str) -> String) -> String {
    let mut result = String::with_capacity(text.len());
    let mut rest = text;
    let mut in_word = false;
    while let Some(character) = rest.chars().next() {
        let found = if in_word { None } else { find(rest) };
        let length = found.unwrap_or(character.len_utf8());
        match found {
            Some(length) => result.push_str(&with(&rest[..length])),
            None => result.push(character),
        }
        in_word = rest[..length].ends_with(|last: char| last.is_ascii_alphanumeric());
        rest = &rest[length..];
    }
    result
}
