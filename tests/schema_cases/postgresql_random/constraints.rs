//! Constraints, indexes and statistics.

use super::model::{Class, Id, Kind, World};
use crate::dice::Random;

/// Types that do not refer to each other.
const INEXACT: [&str; 2] = ["double precision", "numeric"];

impl World {
    pub fn any_column(&self, table: Id, random: &mut Random, wanted: impl Fn(Id) -> bool) -> Option<Id> {
        let columns: Vec<Id> = self.columns(table).into_iter().filter(|id| wanted(*id)).collect();
        random.index(&columns).map(|at| columns[at])
    }

    /// A condition that the rows of a proof fulfil.
    pub fn condition(&self, table: Id, prefix: &str, random: &mut Random) -> Option<String> {
        // Indexes do not take them.
        let column = self.any_column(table, random, |id| !self.part(id).text.contains("VIRTUAL"))?;
        let name = format!("{prefix}⟨.{column}⟩");
        let class = self.part(column).class;
        let function = self.any(random, |part| part.kind == Kind::Function && part.class == class);
        let number = random.below(3);
        Some(match (class, function.filter(|_| random.chance(25))) {
            (Class::Number, Some(function)) => format!("⟨{function}⟩({name}::integer) <> -{number}77"),
            (Class::Text, Some(function)) => format!("⟨{function}⟩({name}::text) <> 'no{number}'"),
            (Class::Number, None) => match random.below(3) {
                0 => format!("{name} > -{number}0"),
                1 => format!("{name} BETWEEN -1 AND 90000000{number}"),
                _ => format!("({name} <> -5 OR {name} <> -6)"),
            },
            (Class::Text, None) => match random.below(3) {
                0 => format!("{name} <> 'no''{number}'"),
                1 => format!("length({name}) < 8{number}"),
                _ => format!("{name}::text NOT IN ('x;y', 'z', '{number}')"),
            },
            (Class::Plain, _) => format!("({name} IS NULL OR {name} IS NOT NULL)"),
        })
    }

    pub fn add_constraint(&mut self, table: Id, random: &mut Random) {
        let id = self.named_beside(table, "k", random);
        let is_partitioned = self.is_partitioned(table);
        let sortable = |id: Id| !["jsonb", "VIRTUAL"].iter().any(|word| self.part(id).text.contains(word));
        let text = match random.below(8) {
            0..3 => self.condition(table, "", random).map(|condition| {
                let end = match random.below(6) {
                    0 if !is_partitioned => " NO INHERIT",
                    1 => " NOT VALID",
                    _ => "",
                };
                format!("CHECK ({condition}){end}")
            }),
            3..6 => self.foreign_key(table, random),
            6 if !is_partitioned => self.any_column(table, random, sortable).map(|column| {
                let end = random.one_of(&["", " DEFERRABLE INITIALLY DEFERRED", " DEFERRABLE"]);
                format!("EXCLUDE USING btree (⟨.{column}⟩ WITH =){end}")
            }),
            7 if !is_partitioned => self.any_column(table, random, sortable).map(|column| {
                let end = random.one_of(&["", " DEFERRABLE"]);
                format!("UNIQUE (⟨.{column}⟩){end}")
            }),
            _ => None,
        };
        if let Some(text) =
            text.filter(|text| self.delicate || !text.starts_with("UNIQUE") && !text.starts_with("EXCLUDE"))
        {
            let text = format!("ALTER TABLE ⟨{table}⟩ ADD CONSTRAINT ⟨.{id}⟩ {text}");
            self.add(id, Kind::Constraint, Some(table), text);
        }
    }

    fn foreign_key(&self, table: Id, random: &mut Random) -> Option<String> {
        let key = self.any(random, |part| part.kind == Kind::Key && part.text.contains("PRIMARY KEY"))?;
        let (parent, text) = (self.part(key).whole?, &self.part(key).text);
        let referred = *super::model::mentions(text).last()?;
        let class = self.part(referred).class;
        if [table, parent].iter().any(|table| self.part(*table).text.contains("UNLOGGED")) {
            return None;
        }
        let fits = |id: Id| {
            let part = self.part(id);
            part.class == class
                && id != referred
                && !part.text.contains("GENERATED")
                && class != Class::Plain
                && !INEXACT.iter().any(|kind| part.text.contains(kind) || self.part(referred).text.contains(kind))
        };
        let column = self.any_column(table, random, fits)?;
        let action = random.one_of(&["", " ON DELETE CASCADE", " ON DELETE SET NULL ON UPDATE CASCADE", " MATCH FULL"]);
        let end = random.one_of(&["", "", " DEFERRABLE INITIALLY DEFERRED", " NOT VALID"]);
        let end = if self.is_partitioned(table) && end == " NOT VALID" { "" } else { end };
        Some(format!("FOREIGN KEY (⟨.{column}⟩) REFERENCES ⟨{parent}⟩ (⟨.{referred}⟩){action}{end}⟨-{key}⟩"))
    }

    pub fn add_index(&mut self, random: &mut Random) {
        let is_stored = |kind| [Kind::Table, Kind::MaterializedView].contains(&kind);
        let Some(table) = self.any(random, |part| is_stored(part.kind)) else { return };
        let id = self.named_beside(table, "i", random);
        let sortable = |id: Id| !["jsonb", "VIRTUAL"].iter().any(|word| self.part(id).text.contains(word));
        let Some(column) = self.any_column(table, random, sortable) else { return };
        let Some(other) = self.any_column(table, random, sortable) else { return };
        let is_number = self.part(column).class == Class::Number;
        let keys = match random.below(6) {
            0 => format!("(⟨.{column}⟩ DESC NULLS LAST)"),
            1 if is_number => format!("((⟨.{column}⟩ + 1), ⟨.{other}⟩)"),
            2 if self.part(column).class == Class::Text => format!("(lower(⟨.{column}⟩) COLLATE \"C\")"),
            3 if other != column => format!("(⟨.{column}⟩) INCLUDE (⟨.{other}⟩)"),
            4 if other != column => format!("(⟨.{column}⟩, ⟨.{other}⟩ DESC)"),
            _ => format!("(⟨.{column}⟩)"),
        };
        let filter = self.condition(table, "", random).filter(|_| random.chance(25));
        let filter = filter.map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
        let unique = if self.delicate && random.chance(10) && !self.is_partitioned(table) { "UNIQUE " } else { "" };
        self.add(id, Kind::Index, Some(table), format!("CREATE {unique}INDEX ⟨.{id}⟩ ON ⟨{table}⟩ {keys}{filter}"));
    }

    pub fn add_statistics(&mut self, table: Id, random: &mut Random) {
        let id = self.named("st", random);
        let sortable = |id: Id| !["jsonb", "VIRTUAL"].iter().any(|word| self.part(id).text.contains(word));
        let columns = (self.any_column(table, random, sortable), self.any_column(table, random, sortable));
        if let (Some(one), Some(two)) = columns
            && one != two
        {
            let text = format!("CREATE STATISTICS ⟨{id}⟩ ON ⟨.{one}⟩, ⟨.{two}⟩ FROM ⟨{table}⟩");
            self.add(id, Kind::Other, Some(table), text);
        }
    }
}
