use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::fmt;

use super::{Catalog, Identity, Object};

/// A difference between two catalogs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change<'c> {
    /// The second has it, the first does not.
    Added(&'c Object),
    /// The first has it, the second does not.
    Removed(&'c Object),
    /// Both have it, with other attributes.
    Altered {
        /// As it is.
        from: &'c Object,
        /// As it shall be.
        to: &'c Object,
        /// The names of the attributes that differ, sorted.
        attributes: Vec<&'static str>,
    },
}

impl Change<'_> {
    /// What it is about.
    #[must_use]
    pub fn id(&self) -> &Identity {
        match self {
            Self::Added(object) | Self::Removed(object) | Self::Altered { to: object, .. } => &object.id,
        }
    }

    /// Its names as people read them: the last one as it was written.
    fn path(&self) -> String {
        let (Self::Added(object) | Self::Removed(object) | Self::Altered { to: object, .. }) = self;
        let names = &object.id.names;
        [&names[..names.len().saturating_sub(1)], std::slice::from_ref(&object.name)].concat().join(".")
    }

    /// `add`, `drop` or `change`.
    #[must_use]
    pub fn verb(&self) -> &'static str {
        match self {
            Self::Added(_) => "add",
            Self::Removed(_) => "drop",
            Self::Altered { .. } => "change",
        }
    }

    /// The attributes that differ, of a change.
    #[must_use]
    pub fn attributes(&self) -> &[&'static str] {
        match self {
            Self::Added(_) | Self::Removed(_) => &[],
            Self::Altered { attributes, .. } => attributes,
        }
    }
}

impl fmt::Display for Change<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {} {}", self.verb(), self.id().kind, self.path())?;
        match self.attributes() {
            [] | ["definition"] => Ok(()),
            attributes => write!(formatter, ": {}", attributes.join(", ")),
        }
    }
}

/// What makes `from` into `to`, by kind and names. Parts of what is added or removed as a whole are left out.
#[must_use]
pub fn diff<'c>(from: &'c Catalog, to: &'c Catalog) -> Vec<Change<'c>> {
    let whole = |object: &'c Object, other: &Catalog| {
        // A part of something that both have is a change of its own; else it comes and goes with the whole.
        object.part_of.as_ref().is_none_or(|whole| other.contains(whole))
    };
    // Both sides are sorted alike, so one walk over them pairs everything.
    let (mut old, mut new) = (from.objects().peekable(), to.objects().peekable());
    let pairs = std::iter::from_fn(move || {
        let order = match (old.peek(), new.peek()) {
            (Some(old), Some(new)) => old.id.cmp(&new.id),
            (Some(_), None) => Ordering::Less,
            (None, _) => Ordering::Greater,
        };
        let pair = (old.next_if(|_| order.is_le()), new.next_if(|_| order.is_ge()));
        (pair != (None, None)).then_some(pair)
    });
    pairs
        .filter_map(|pair| match pair {
            (Some(from), Some(to)) => altered(from, to),
            (Some(object), None) => whole(object, to).then_some(Change::Removed(object)),
            (None, Some(object)) => whole(object, from).then_some(Change::Added(object)),
            (None, None) => None,
        })
        .collect()
}

fn altered<'c>(from: &'c Object, to: &'c Object) -> Option<Change<'c>> {
    if from.attributes == to.attributes {
        return None;
    }
    let names: BTreeSet<&'static str> = from.attributes.keys().chain(to.attributes.keys()).copied().collect();
    let attributes: Vec<&'static str> =
        names.into_iter().filter(|name| from.attribute(name) != to.attribute(name)).collect();
    Some(Change::Altered { from, to, attributes })
}
