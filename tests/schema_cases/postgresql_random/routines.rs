//! Functions and what calls them: triggers, rules, policies; and sequences.

use super::model::{Class, Id, Kind, World};
use crate::dice::Random;

impl World {
    pub fn add_function(&mut self, random: &mut Random) {
        let id = self.named("f", random);
        match random.below(9) {
            0..2 => {
                let text = format!(
                    "CREATE FUNCTION ⟨{id}⟩(integer) RETURNS integer LANGUAGE sql IMMUTABLE AS 'SELECT $1 + {}'",
                    random.below(4)
                );
                self.add(id, Kind::Function, None, text);
                self.part_mut(id).class = Class::Number;
            }
            2..4 => {
                let text = format!(
                    "CREATE FUNCTION ⟨{id}⟩(\"A b\" text) RETURNS text LANGUAGE plpgsql IMMUTABLE AS $f$\nBEGIN\n  \
                     RETURN upper($1) || ';{}'; -- it's so\nEND\n$f$",
                    random.below(4)
                );
                self.add(id, Kind::Function, None, text);
                self.part_mut(id).class = Class::Text;
            }
            4..6 => {
                let text = format!(
                    "CREATE FUNCTION ⟨{id}⟩() RETURNS trigger LANGUAGE plpgsql AS $f$\nBEGIN\n  RETURN coalesce(NEW, OLD); \
                     /* {} */\nEND $f$",
                    random.below(4)
                );
                self.add(id, Kind::TriggerFunction, None, text);
            }
            kind => {
                let Some(table) = self.any(random, |part| [Kind::Table, Kind::View].contains(&part.kind)) else {
                    return;
                };
                let Some(column) = self.any_column(table, random, |_| true) else { return };
                let head = format!("CREATE FUNCTION ⟨{id}⟩");
                let text = match kind {
                    6 => format!(
                        "{head}() RETURNS SETOF ⟨{table}⟩ LANGUAGE sql STABLE AS $f$ SELECT * FROM ⟨{table}⟩ $f$"
                    ),
                    7 => format!(
                        "{head}() RETURNS bigint LANGUAGE sql STABLE BEGIN ATOMIC SELECT count(⟨.{column}⟩) FROM ⟨{table}⟩; END"
                    ),
                    _ => format!(
                        "CREATE PROCEDURE ⟨{id}⟩() LANGUAGE sql AS $f$ DELETE FROM ⟨{table}⟩ WHERE ⟨.{column}⟩ IS NULL $f$"
                    ),
                };
                self.add(id, Kind::Other, None, text);
            }
        }
    }

    /// Another body; now and then another result.
    pub fn change_function(&mut self, random: &mut Random) {
        let is_function = |kind| [Kind::Function, Kind::TriggerFunction].contains(&kind);
        let Some(id) = self.any(random, |part| is_function(part.kind)) else { return };
        let text = self.part(id).text.clone();
        let new = random.below(90).to_string();
        let changed = match self.part(id).class {
            Class::Number if random.chance(30) => {
                let (is, other) = ("RETURNS integer", "RETURNS bigint");
                if text.contains(is) { text.replace(is, other) } else { text.replace(other, is) }
            }
            Class::Number => format!("{} + {new}'", text.split(" + ").next().unwrap_or_default()),
            Class::Text => text.replace("it's", &format!("it's {new}")),
            Class::Plain => text.replace(" */", &format!(" {new} */")),
        };
        self.part_mut(id).text = changed;
    }

    pub fn add_trigger(&mut self, random: &mut Random) {
        let Some(function) = self.any(random, |part| part.kind == Kind::TriggerFunction) else { return };
        let Some(table) = self.any(random, |part| [Kind::Table, Kind::View].contains(&part.kind)) else { return };
        let id = self.named("g", random);
        let Some(column) = self.any_column(table, random, |_| true) else { return };
        let start = format!("CREATE TRIGGER ⟨.{id}⟩");
        let end = format!("EXECUTE FUNCTION ⟨{function}⟩('a''b')");
        let is_view = self.part(table).kind == Kind::View;
        let related = self.is_related(table) || self.is_partition(table) || self.is_partitioned(table);
        let text = match random.below(5) {
            _ if is_view => format!("{start} INSTEAD OF INSERT ON ⟨{table}⟩ FOR EACH ROW {end}"),
            0 => format!("{start} BEFORE INSERT OR UPDATE OF ⟨.{column}⟩ ON ⟨{table}⟩ FOR EACH ROW {end}"),
            1 => format!("{start} AFTER UPDATE ON ⟨{table}⟩ FOR EACH ROW WHEN (NEW.⟨.{column}⟩ IS NOT NULL) {end}"),
            2 if !related => {
                format!("{start} AFTER INSERT ON ⟨{table}⟩ REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT {end}")
            }
            3 if !self.is_partitioned(table) => format!(
                "CREATE CONSTRAINT TRIGGER ⟨.{id}⟩ AFTER DELETE ON ⟨{table}⟩ DEFERRABLE INITIALLY DEFERRED FOR EACH ROW {end}"
            ),
            _ => format!("{start} AFTER DELETE OR TRUNCATE ON ⟨{table}⟩ FOR EACH STATEMENT {end}"),
        };
        self.add(id, Kind::Trigger, Some(table), text);
        if random.chance(15) && !is_view && !self.is_partitioned(table) {
            let setting = self.named("x", random);
            let how = random.one_of(&["DISABLE", "ENABLE ALWAYS"]);
            self.add(setting, Kind::Setting, Some(table), format!("ALTER TABLE ⟨{table}⟩ {how} TRIGGER ⟨.{id}⟩"));
        }
    }

    pub fn add_policy_or_rule(&mut self, table: Id, random: &mut Random) {
        let id = self.named("r", random);
        let Some(condition) = self.condition(table, "", random) else { return };
        let text = match random.below(3) {
            0 => format!("CREATE POLICY ⟨.{id}⟩ ON ⟨{table}⟩ FOR SELECT USING ({condition})"),
            1 => format!("CREATE POLICY ⟨.{id}⟩ ON ⟨{table}⟩ AS RESTRICTIVE TO PUBLIC WITH CHECK ({condition})"),
            _ => {
                let Some(condition) = self.condition(table, "OLD.", random) else { return };
                format!("CREATE RULE ⟨.{id}⟩ AS ON DELETE TO ⟨{table}⟩ WHERE {condition} DO ALSO NOTHING")
            }
        };
        self.add(id, Kind::Other, Some(table), text);
    }

    pub fn add_sequence(&mut self, random: &mut Random) {
        let id = self.named("q", random);
        self.add(id, Kind::Sequence, None, String::new());
        self.change_sequence_of(id, random);
    }

    pub fn change_sequence(&mut self, random: &mut Random) {
        let Some(id) = self.any(random, |part| part.kind == Kind::Sequence) else { return };
        self.change_sequence_of(id, random);
    }

    fn change_sequence_of(&mut self, id: Id, random: &mut Random) {
        let how =
            random.one_of(&["", " AS integer", " INCREMENT BY 5", " MINVALUE 1 MAXVALUE 900000 CYCLE", " CACHE 3"]);
        self.part_mut(id).text = format!("CREATE SEQUENCE ⟨{id}⟩{how}");
    }

    /// Lets a sequence belong to a column of a table in the same schema.
    pub fn add_ownership(&mut self, random: &mut Random) {
        let Some(table) = self.any_table(random) else { return };
        let id = self.named_beside(table, "q", random);
        let own = |column: Id| self.part(column).whole == Some(table) && self.part(column).class == Class::Number;
        let Some(column) = self.any_column(table, random, own) else { return };
        self.add(id, Kind::Sequence, None, format!("CREATE SEQUENCE ⟨{id}⟩"));
        let setting = self.named("x", random);
        let text = format!("ALTER SEQUENCE ⟨{id}⟩ OWNED BY ⟨{table}⟩.⟨.{column}⟩");
        self.add(setting, Kind::Setting, None, text);
    }
}
