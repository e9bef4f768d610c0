//! Which objects count.

use super::{Catalog, Identity, Kind, Object};

/// Patterns that say which objects of a schema are compared. A pattern is a name or `kind:name`, in which `*`
/// stands for any text and `?` for any character.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
    without: Vec<Kind>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Pattern {
    kind: Option<String>,
    name: Vec<char>,
}

/// A pattern that is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{pattern}` is no pattern: {problem}")]
pub struct FilterSyntaxError {
    /// As it was written.
    pub pattern: String,
    /// Why.
    pub problem: String,
}

impl Filter {
    /// The filter of these patterns; where nothing is included, everything is. `kinds` are those there are.
    ///
    /// # Errors
    /// A pattern that names no kind of object, or nothing.
    pub fn new(include: &[String], exclude: &[String], kinds: &[Kind]) -> Result<Self, FilterSyntaxError> {
        let patterns =
            |texts: &[String]| texts.iter().map(|text| Pattern::parse(text, kinds)).collect::<Result<_, _>>();
        Ok(Self { include: patterns(include)?, exclude: patterns(exclude)?, without: Vec::new() })
    }

    /// The same filter, which leaves out everything of a kind.
    #[must_use]
    pub fn without(mut self, kind: Kind) -> Self {
        self.without.push(kind);
        self
    }

    /// Takes out of `catalog` what does not count, with everything that belongs to it.
    pub fn strip(&self, catalog: &mut Catalog) {
        catalog.retain(|object| !self.leaves_out(object));
    }

    /// Takes out of both catalogs what does not count. An index, a trigger or a grant of something that does is there
    /// in both instead, as it is in `current`: what is built anew must not lose it.
    pub fn apply(&self, current: &mut Catalog, declared: &mut Catalog) {
        self.strip(declared);
        current.retain(|object| object.part_of.is_some() || !self.leaves_out(object));
        for part in current.objects().filter(|object| self.leaves_out(object)) {
            let whole = part.part_of.as_ref().and_then(|whole| declared.get(whole));
            if whole.is_some_and(|whole| has_column(whole, part)) {
                declared.insert(part.clone());
            }
        }
    }

    fn leaves_out(&self, object: &Object) -> bool {
        if self.without.contains(&object.id.kind) {
            return true;
        }
        // What is part of a statement cannot be left out of it.
        if UNDIVIDED.contains(&object.id.kind) {
            return false;
        }
        let is_asked_for = object.part_of.is_some() || self.include.is_empty();
        let is_included = is_asked_for || self.include.iter().any(|pattern| pattern.matches(&object.id));
        !is_included || self.exclude.iter().any(|pattern| pattern.matches(&object.id))
    }
}

/// Columns of views are no objects. Is the one there that `part` is about?
fn has_column(whole: &Object, part: &Object) -> bool {
    let (Some(column), Some(columns)) = (part.fact("part"), whole.attribute("columns")) else { return true };
    columns.lines().any(|line| line.strip_prefix(column).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
}

const UNDIVIDED: [Kind; 2] = [Kind::COLUMN, Kind::CONSTRAINT];

impl Pattern {
    fn parse(text: &str, kinds: &[Kind]) -> Result<Self, FilterSyntaxError> {
        let fail = |problem: String| FilterSyntaxError { pattern: text.to_owned(), problem };
        let (kind, name) = match text.split_once(':') {
            Some((kind, name)) => (Some(kind.trim()), name.trim()),
            None => (None, text.trim()),
        };
        let known: Vec<&str> = kinds.iter().filter(|kind| !UNDIVIDED.contains(kind)).map(|kind| kind.0).collect();
        if let Some(kind) = kind.filter(|kind| !known.contains(kind)) {
            return Err(fail(format!("`{kind}` is none of {}", known.join(", "))));
        }
        if name.is_empty() {
            return Err(fail("it names nothing".to_owned()));
        }
        Ok(Self { kind: kind.map(str::to_owned), name: name.to_lowercase().chars().collect() })
    }

    fn matches(&self, id: &Identity) -> bool {
        let path: Vec<char> = id.path().to_lowercase().chars().collect();
        self.kind.as_deref().is_none_or(|kind| kind == id.kind.0) && matches(&self.name, &path)
    }
}

/// Does `text` match a pattern with `*` and `?`? Only the last star has to be tried again.
fn matches(pattern: &[char], text: &[char]) -> bool {
    let (mut at, mut place, mut star) = (0, 0, None);
    while place < text.len() {
        match pattern.get(at) {
            Some('*') => {
                star = Some((at, place));
                at += 1;
            }
            Some(&character) if character == '?' || character == text[place] => {
                at += 1;
                place += 1;
            }
            _ => match star {
                Some((star_at, star_place)) => {
                    star = Some((star_at, star_place + 1));
                    at = star_at + 1;
                    place = star_place + 1;
                }
                None => return false,
            },
        }
    }
    pattern[at..].iter().all(|&character| character == '*')
}
