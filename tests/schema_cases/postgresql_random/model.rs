//! A schema as parts whose texts name other parts by number, so that a part can be renamed, and what names a part
//! that goes is found.
//!
//! In a text `⟨7⟩` is the qualified name of part 7, `⟨.7⟩` its own name, `⟨'7⟩` its qualified name as a literal, and
//! `⟨-7⟩` nothing: the part is only needed.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::dice::Random;

pub type Id = usize;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Schema,
    Enum,
    Domain,
    Composite,
    Sequence,
    Function,
    TriggerFunction,
    Table,
    View,
    MaterializedView,
    /// Of a table or a view.
    Column,
    Key,
    Constraint,
    Index,
    Trigger,
    /// A policy, a rule, statistics.
    Other,
    /// A comment, or something that is switched.
    Setting,
}

/// What can be done with the values of a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    Number,
    Text,
    /// Equal or not.
    Plain,
}

pub struct Part {
    pub id: Id,
    pub kind: Kind,
    /// The table or view that it belongs to.
    pub whole: Option<Id>,
    /// Its statement; of a table with `(*)` where its columns are, of a column its definition.
    pub text: String,
    pub class: Class,
    /// Labels of an enum, attributes of a composite type.
    pub list: Vec<String>,
    /// It is never changed: a partition hangs on it.
    pub fixed: bool,
}

struct Name {
    text: String,
    schema: Option<Id>,
    /// What it was called in the schema that the draft starts from.
    old: Option<String>,
}

pub struct World {
    pub parts: Vec<Part>,
    names: Vec<Name>,
    pub version: u32,
    /// May rows be in the way of a change?
    pub delicate: bool,
    /// Distinguishes the worlds of a database.
    number: u64,
}

impl World {
    pub fn new(number: u64, version: u32, delicate: bool, random: &mut Random) -> Self {
        let mut world = Self { parts: Vec::new(), names: Vec::new(), version, delicate, number };
        if number == 0 {
            let public = world.name(None, "public".to_owned());
            world.add(public, Kind::Schema, None, String::new());
        } else {
            world.add_schema(random);
        }
        world.add_schema(random);
        world
    }

    fn add_schema(&mut self, random: &mut Random) {
        let text = format!("{}w{}", self.new_name("s", random), self.number);
        let id = self.name(None, text);
        self.add(id, Kind::Schema, None, format!("CREATE SCHEMA ⟨{id}⟩"));
    }

    fn name(&mut self, schema: Option<Id>, text: String) -> Id {
        self.names.push(Name { text, schema, old: None });
        self.names.len() - 1
    }

    /// A name that nothing has had: mostly plain, else one that is easily mistaken.
    fn new_name(&self, stem: &str, random: &mut Random) -> String {
        let number = self.names.len();
        let reserved = ["order", "user", "select", "Table", "group", "END", "check", "default"];
        let word = random.one_of(&reserved);
        match random.below(16) {
            0 => format!("{}{number}", stem.to_uppercase()),
            1 => format!("{stem}.b{number}"),
            2 => format!("{stem}'s{number}"),
            3 => format!("say \"{stem}\"{number}"),
            4 => format!("two words{number}"),
            5 => format!("Grün{number}"),
            6 if !self.names.iter().any(|name| name.text == word || name.old.as_deref() == Some(word)) => word.into(),
            _ => format!("{stem}{number}"),
        }
    }

    /// The name of a part to come, in one of the schemas.
    pub fn named(&mut self, stem: &str, random: &mut Random) -> Id {
        let schema = self.any(random, |part| part.kind == Kind::Schema);
        let text = self.new_name(stem, random);
        self.name(schema, text)
    }

    /// A name in the schema of another part.
    pub fn named_beside(&mut self, other: Id, stem: &str, random: &mut Random) -> Id {
        let (schema, text) = (self.names[other].schema, self.new_name(stem, random));
        self.name(schema, text)
    }

    pub fn add(&mut self, id: Id, kind: Kind, whole: Option<Id>, text: String) {
        let class = Class::Plain;
        self.parts.push(Part { id, kind, whole, text, class, list: Vec::new(), fixed: false });
    }

    pub fn part(&self, id: Id) -> &Part {
        self.parts.iter().find(|part| part.id == id).unwrap()
    }

    pub fn part_mut(&mut self, id: Id) -> &mut Part {
        self.parts.iter_mut().find(|part| part.id == id).unwrap()
    }

    /// Any of the parts that `wanted` wants.
    pub fn any(&self, random: &mut Random, wanted: impl Fn(&Part) -> bool) -> Option<Id> {
        let all: Vec<Id> = self.parts.iter().filter(|part| wanted(part)).map(|part| part.id).collect();
        random.index(&all).map(|at| all[at])
    }

    /// The columns of a table or view, with those it has from the tables above.
    pub fn columns(&self, whole: Id) -> Vec<Id> {
        let above = mentions(&self.part(whole).text).into_iter();
        let above = above.filter(|id| *id != whole && self.part(*id).kind == Kind::Table);
        let mut columns: Vec<Id> = match self.part(whole).kind {
            Kind::Table => above.flat_map(|table| self.columns(table)).collect(),
            _ => Vec::new(),
        };
        let own = self.parts.iter().filter(|part| part.kind == Kind::Column && part.whole == Some(whole));
        columns.extend(own.map(|part| part.id));
        columns
    }

    /// Takes out a part with everything that names it or belongs to it.
    pub fn remove(&mut self, id: Id) {
        self.parts.retain(|part| part.id != id);
        self.remove_dependants(id);
    }

    pub fn remove_dependants(&mut self, id: Id) {
        let hangs = |part: &&Part| part.id != id && (part.whole == Some(id) || mentions(&part.text).contains(&id));
        while let Some(next) = self.parts.iter().find(hangs).map(|part| part.id) {
            self.remove(next);
        }
    }

    pub fn rename(&mut self, id: Id, stem: &str, random: &mut Random) {
        self.names[id].text = self.new_name(stem, random);
        // A name must not come back as something else.
        self.name(None, String::new());
    }

    pub fn remember_names(&mut self) {
        self.names.iter_mut().for_each(|name| name.old = None);
        for part in &self.parts {
            self.names[part.id].old = Some(self.names[part.id].text.clone());
        }
    }

    /// Old and new names, from the outside in, of tables and columns that have others now.
    pub fn renames(&self) -> Vec<(Vec<String>, Vec<String>)> {
        let is_table = |id: Id| self.part(id).kind == Kind::Table;
        let renamed = self.parts.iter().filter_map(|part| {
            let table = match part.kind {
                Kind::Table => part.id,
                Kind::Column => part.whole.filter(|whole| is_table(*whole))?,
                _ => return None,
            };
            let mut path = vec![self.names[table].schema?, table];
            path.extend((part.kind == Kind::Column).then_some(part.id));
            let old = path.iter().map(|id| self.names[*id].old.clone()).collect::<Option<Vec<_>>>()?;
            let new = path.iter().map(|id| self.names[*id].text.clone()).collect::<Vec<_>>();
            let public = usize::from(new[0] == "public");
            (old.last() != new.last()).then(|| (old[public..].to_vec(), new[public..].to_vec()))
        });
        renamed.collect()
    }

    /// What a part is called, quoted.
    fn quoted(&self, id: Id) -> String {
        format!("\"{}\"", self.names[id].text.replace('"', "\"\""))
    }

    fn qualified(&self, id: Id) -> String {
        match self.names[id].schema {
            Some(schema) => format!("{}.{}", self.quoted(schema), self.quoted(id)),
            None => self.quoted(id),
        }
    }

    /// A text with names in the place of numbers.
    fn written(&self, text: &str) -> String {
        let mut written = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('⟨') {
            let (place, after) = after.split_once('⟩').unwrap();
            let number = |digits: &str| digits.parse::<Id>().unwrap();
            written.push_str(before);
            written.push_str(&match place.chars().next() {
                Some('.') => self.quoted(number(&place[1..])),
                Some('\'') => format!("'{}'", self.qualified(number(&place[1..])).replace('\'', "''")),
                Some('-') => String::new(),
                _ => self.qualified(number(place)),
            });
            rest = after;
        }
        written + rest
    }

    /// The statement that a part is in.
    fn unit(&self, id: Id) -> Id {
        let part = self.part(id);
        part.whole.filter(|_| part.kind == Kind::Column).unwrap_or(id)
    }

    /// The whole schema, in an order in which it can be loaded.
    pub fn sql(&self) -> String {
        let (mut sql, mut done) = (String::new(), BTreeSet::new());
        for part in &self.parts {
            self.write(self.unit(part.id), &mut done, &mut sql);
        }
        sql
    }

    fn write(&self, unit: Id, done: &mut BTreeSet<Id>, sql: &mut String) {
        if !done.insert(unit) {
            return;
        }
        let part = self.part(unit);
        let columns: Vec<&Part> =
            self.parts.iter().filter(|part| part.kind == Kind::Column && part.whole == Some(unit)).collect();
        let schema = self.names[unit].schema;
        let texts = columns.iter().map(|column| &column.text).chain([&part.text]);
        for needed in texts.flat_map(|text| mentions(text)).chain(schema) {
            self.write(self.unit(needed), done, sql);
        }
        let columns: Vec<String> = match part.kind {
            Kind::Table => columns.iter().map(|column| self.written(&column.text)).collect(),
            _ => Vec::new(),
        };
        let text = self.written(&part.text).replacen("(*)", &format!("(\n  {}\n)", columns.join(",\n  ")), 1);
        if !text.is_empty() {
            let _ = writeln!(sql, "{text};");
        }
    }
}

/// The parts that a text names.
pub fn mentions(text: &str) -> Vec<Id> {
    let places = text.split('⟨').skip(1).filter_map(|rest| rest.split('⟩').next());
    places.filter_map(|place| place.trim_start_matches(['.', '\'', '-']).parse().ok()).collect()
}
