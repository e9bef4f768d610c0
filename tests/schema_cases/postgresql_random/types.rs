//! Types: enums, domains, composite types, and what columns are of.

use super::model::{Class, Id, Kind, Part, World, mentions};
use crate::dice::Random;

impl World {
    /// A type as it is written, and what can be done with its values.
    pub fn any_type(&self, random: &mut Random) -> (String, Class) {
        let numbers = ["integer", "bigint", "smallint", "numeric(12,2)", "numeric", "double precision"];
        let texts = ["text", "varchar(40)", "varchar", "char(8)", "varchar(20)"];
        let plain = ["boolean", "date", "timestamptz", "timestamp(3)", "uuid", "jsonb", "integer[]", "text[]", "bytea"];
        let own = |kind| move |part: &Part| part.kind == kind;
        let wanted = match random.below(20) {
            0..6 => return (random.one_of(&numbers).to_owned(), Class::Number),
            6..12 => return (random.one_of(&texts).to_owned(), Class::Text),
            12..14 => Kind::Enum,
            14 => Kind::Domain,
            15 => Kind::Composite,
            _ => return (random.one_of(&plain).to_owned(), Class::Plain),
        };
        let Some(id) = self.any(random, own(wanted)) else { return ("integer".to_owned(), Class::Number) };
        let array = if wanted == Kind::Enum && random.chance(25) { "[]" } else { "" };
        let class = if array.is_empty() { self.part(id).class } else { Class::Plain };
        (format!("⟨{id}⟩{array}"), class)
    }

    /// Another type of the same sort, to which every value can be taken.
    pub fn similar_type(&self, id: Id, random: &mut Random) -> Option<String> {
        let refers = |part: &Part| part.text.contains("FOREIGN KEY") && mentions(&part.text).contains(&id);
        match self.part(id).class {
            Class::Number if self.parts.iter().any(refers) => Some(random.one_of(&["integer", "bigint"]).to_owned()),
            Class::Number => Some(random.one_of(&["integer", "bigint", "numeric", "numeric(14,3)"]).to_owned()),
            Class::Text => Some(random.one_of(&["text", "varchar(50)", "varchar", "varchar(60)"]).to_owned()),
            Class::Plain => None,
        }
    }

    pub fn add_type(&mut self, random: &mut Random) {
        match random.below(4) {
            0..2 => self.add_enum(random),
            2 => self.add_domain(random),
            _ => self.add_composite(random),
        }
    }

    fn add_enum(&mut self, random: &mut Random) {
        let id = self.named("e", random);
        self.add(id, Kind::Enum, None, String::new());
        let labels = ["new", "It's", "a, b", "Ünd", "done", "x y", "("];
        let first = usize::try_from(random.below(3)).unwrap();
        let labels = labels[first..first + 3].iter().map(|label| (*label).to_owned()).collect();
        self.set_labels(id, labels);
    }

    fn set_labels(&mut self, id: Id, labels: Vec<String>) {
        let literals: Vec<String> = labels.iter().map(|label| format!("'{}'", label.replace('\'', "''"))).collect();
        let part = self.part_mut(id);
        part.text = format!("CREATE TYPE ⟨{id}⟩ AS ENUM ({})", literals.join(", "));
        part.list = labels;
    }

    /// A label more, or another order; where rows may be in the way also one less.
    pub fn change_enum(&mut self, random: &mut Random) {
        let Some(id) = self.any(random, |part| part.kind == Kind::Enum && !part.fixed) else { return };
        let mut labels = self.part(id).list.clone();
        let place = usize::try_from(random.below(labels.len() as u64)).unwrap();
        let value = format!("'{}'::⟨{id}⟩", labels[place].replace('\'', "''"));
        let is_default = self.parts.iter().any(|part| part.text.contains(&value));
        match random.below(4) {
            0 if self.delicate && labels.len() > 2 && !is_default => drop(labels.remove(place)),
            1 => labels.rotate_right(1),
            _ => {
                let more = ["more", "More", "it''s", "\"q\"", "z"].map(str::to_owned);
                let more: Vec<String> = more.into_iter().filter(|label| !labels.contains(label)).collect();
                let Some(at) = random.index(&more) else { return };
                labels.insert(place + usize::from(random.chance(60)), more[at].clone());
            }
        }
        self.set_labels(id, labels);
    }

    fn add_domain(&mut self, random: &mut Random) {
        let id = self.named("d", random);
        self.add(id, Kind::Domain, None, String::new());
        self.part_mut(id).class = if random.chance(50) { Class::Number } else { Class::Text };
        self.write_domain(id, random);
    }

    fn write_domain(&mut self, id: Id, random: &mut Random) {
        let (base, check) = match self.part(id).class {
            Class::Number => ("integer", random.one_of(&["", " CHECK (VALUE > 0)", " CHECK (VALUE > -7)"])),
            _ => (
                "text",
                random.one_of(&["", " CHECK (VALUE <> 'no')", " CONSTRAINT \"of D\" CHECK (length(VALUE) < 90)"]),
            ),
        };
        let default = match base {
            "integer" => random.one_of(&["", " DEFAULT 5"]),
            _ => random.one_of(&["", " DEFAULT 'it''s'"]),
        };
        self.part_mut(id).text = format!("CREATE DOMAIN ⟨{id}⟩ AS {base}{default}{check}");
    }

    pub fn change_domain(&mut self, random: &mut Random) {
        if let Some(id) = self.any(random, |part| part.kind == Kind::Domain) {
            self.write_domain(id, random);
        }
    }

    fn add_composite(&mut self, random: &mut Random) {
        let id = self.named("Pair", random);
        self.add(id, Kind::Composite, None, String::new());
        self.part_mut(id).list = vec!["a integer".to_owned()];
        self.change_composite_of(id, random);
    }

    pub fn change_composite(&mut self, random: &mut Random) {
        if let Some(id) = self.any(random, |part| part.kind == Kind::Composite) {
            self.change_composite_of(id, random);
        }
    }

    fn change_composite_of(&mut self, id: Id, random: &mut Random) {
        let mut attributes = self.part(id).list.clone();
        let an_enum = self.any(random, |part| part.kind == Kind::Enum);
        match (random.below(4), an_enum) {
            (0, _) if attributes.len() > 1 => drop(attributes.pop()),
            (1, Some(of)) => attributes.push(format!("\"E{}\" ⟨{of}⟩", attributes.len())),
            (2, _) => attributes.push(format!("\"two words{}\" varchar(9)", attributes.len())),
            _ => attributes.push(format!("b{} text", attributes.len())),
        }
        let part = self.part_mut(id);
        part.text = format!("CREATE TYPE ⟨{id}⟩ AS ({})", attributes.join(", "));
        part.list = attributes;
    }
}
