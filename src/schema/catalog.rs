use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Identity, Kind};

/// The fact of an object that is not there yet but will be, whatever else is done. Nothing else is known of it.
pub const ASSUMED: &str = "assumed";

/// Something a schema holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// What it is paired by.
    pub id: Identity,
    /// Its own name as it was written.
    pub name: String,
    /// What is compared, by name: texts that are equal where the database means the same.
    pub attributes: BTreeMap<&'static str, String>,
    /// What is known of it besides and never compared.
    pub facts: BTreeMap<&'static str, String>,
    /// The SQL that makes it; of a part, such as a column, its piece of the whole's SQL.
    pub definition: String,
    /// What it belongs to and goes with: the table of a column, an index or a trigger.
    pub part_of: Option<Identity>,
    /// What has to be there before it.
    pub needs: Vec<Identity>,
}

impl Object {
    /// An attribute that the object may not have.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.get(name).map(String::as_str)
    }

    /// A fact that may not be known.
    #[must_use]
    pub fn fact(&self, name: &str) -> Option<&str> {
        self.facts.get(name).map(String::as_str)
    }
}

/// A schema: all objects of a database, or of what is declared.
///
/// Copies share their objects until one of them changes them: to compare large schemas takes many copies with few
/// changes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalog {
    objects: BTreeMap<Identity, Arc<Object>>,
    /// What belongs to an object, by its identity.
    parts: Arc<BTreeMap<Identity, BTreeSet<Identity>>>,
    /// Names of objects that the model does not cover. They are told, and never touched.
    pub unmodelled: Vec<String>,
}

impl Catalog {
    /// Adds an object; the last one of an identity stays.
    pub fn insert(&mut self, object: Object) {
        if let Some(whole) = &object.part_of {
            Arc::make_mut(&mut self.parts).entry(whole.clone()).or_default().insert(object.id.clone());
        }
        self.objects.insert(object.id.clone(), Arc::new(object));
    }

    /// The object of this identity.
    #[must_use]
    pub fn get(&self, id: &Identity) -> Option<&Object> {
        self.objects.get(id).map(Arc::as_ref)
    }

    /// The object of this identity, to be changed: not its identity, nor what it belongs to.
    pub fn get_mut(&mut self, id: &Identity) -> Option<&mut Object> {
        self.objects.get_mut(id).map(Arc::make_mut)
    }

    /// Is there an object of this identity?
    #[must_use]
    pub fn contains(&self, id: &Identity) -> bool {
        self.objects.contains_key(id)
    }

    /// All objects, by kind and names.
    pub fn objects(&self) -> impl Iterator<Item = &Object> {
        self.objects.values().map(Arc::as_ref)
    }

    /// All objects of a kind, by names.
    pub fn of_kind(&self, kind: Kind) -> impl Iterator<Item = &Object> {
        let first = Identity { kind, names: Vec::new() };
        self.objects.range(first..).map(|(_, object)| object.as_ref()).take_while(move |object| object.id.kind == kind)
    }

    /// What belongs to `id` directly.
    pub fn parts_of(&self, id: &Identity) -> impl Iterator<Item = &Object> {
        self.parts.get(id).into_iter().flatten().filter_map(|part| self.get(part))
    }

    /// Keeps what `wanted` says, and of it only what does not belong to something that goes.
    pub fn retain(&mut self, wanted: impl Fn(&Object) -> bool) {
        let unwanted: Vec<Identity> =
            self.objects().filter(|object| !wanted(object)).map(|object| object.id.clone()).collect();
        for id in unwanted {
            self.remove(&id);
        }
    }

    /// Notes that an object has to be there before another; says whether that is new, and of this schema.
    pub fn learn(&mut self, id: &Identity, needed: &Identity) -> bool {
        if !self.contains(needed) || id == needed {
            return false;
        }
        match self.objects.get_mut(id).filter(|object| !object.needs.contains(needed)) {
            Some(object) => {
                let object = Arc::make_mut(object);
                object.needs.push(needed.clone());
                true
            }
            None => false,
        }
    }

    /// Takes out an object with everything that belongs to it.
    pub fn remove(&mut self, id: &Identity) {
        let removed = self.objects.remove(id);
        let whole = removed.as_ref().and_then(|object| object.part_of.as_ref());
        if let Some(siblings) = whole.and_then(|whole| Arc::make_mut(&mut self.parts).get_mut(whole)) {
            siblings.remove(id);
        }
        if self.parts.contains_key(id) {
            for part in Arc::make_mut(&mut self.parts).remove(id).unwrap_or_default() {
                self.remove(&part);
            }
        }
    }
}
