//! One edit of a schema, of any sort.

use super::model::{Id, Kind, World};
use crate::dice::Random;

impl World {
    pub fn edit(&mut self, random: &mut Random) {
        let Some(table) = self.any_table(random).filter(|_| !random.chance(8)) else { return self.add_table(random) };
        match random.below(34) {
            0..4 => self.add_column(table, random),
            4..8 => self.change_column(random),
            8..11 => self.add_constraint(table, random),
            11..13 => self.add_index(random),
            13..15 => self.add_view(random),
            15..17 => self.change_view(random),
            17 => self.add_type(random),
            18 => self.change_enum(random),
            19 => self.change_domain(random),
            20 => self.change_composite(random),
            21 => self.add_function(random),
            22..24 => self.change_function(random),
            24 => self.add_trigger(random),
            25 => self.add_policy_or_rule(table, random),
            26 => self.add_partition(random),
            27 => self.add_comment(random),
            28 => match random.below(4) {
                0 => self.add_sequence(random),
                1 => self.change_sequence(random),
                2 => self.add_ownership(random),
                _ => self.add_statistics(table, random),
            },
            29 => self.switch(table, random),
            30..32 => self.give_another_name(random),
            _ => self.take_out(random),
        }
    }

    fn add_comment(&mut self, random: &mut Random) {
        let Some(id) =
            self.any(random, |part| [Kind::Table, Kind::Column, Kind::View, Kind::Enum].contains(&part.kind))
        else {
            return;
        };
        let on = match (self.part(id).kind, self.part(id).whole) {
            (Kind::Column, Some(whole)) => format!("COMMENT ON COLUMN ⟨{whole}⟩.⟨.{id}⟩ IS"),
            (Kind::Table, _) => format!("COMMENT ON TABLE ⟨{id}⟩ IS"),
            (Kind::Enum, _) => format!("COMMENT ON TYPE ⟨{id}⟩ IS"),
            _ => format!("COMMENT ON VIEW ⟨{id}⟩ IS"),
        };
        self.parts.retain(|part| !part.text.starts_with(&on));
        let comment = self.named("x", random);
        let text = format!("{on} 'it''s; -- {}\n/* two'", random.below(90));
        self.add(comment, Kind::Setting, Some(id), text);
    }

    /// Row-level security, replica identity, storage: on, or off again.
    fn switch(&mut self, table: Id, random: &mut Random) {
        let column = self.any_column(table, random, |id| {
            self.part(id).whole == Some(table) && !self.part(id).text.contains("VIRTUAL")
        });
        let start = format!("ALTER TABLE ⟨{table}⟩");
        let text = match (random.below(4), column) {
            (0, Some(column)) => format!("{start} ALTER COLUMN ⟨.{column}⟩ SET STATISTICS 250"),
            (1, _) => format!("{start} REPLICA IDENTITY FULL"),
            _ => format!("{start} ENABLE ROW LEVEL SECURITY"),
        };
        let count = self.parts.len();
        self.parts.retain(|part| part.text != text);
        if self.parts.len() == count {
            let id = self.named("x", random);
            self.add(id, Kind::Setting, Some(table), text);
        }
    }

    /// Tables and columns are renamed as the test says; everything else goes and comes under another name.
    fn give_another_name(&mut self, random: &mut Random) {
        let often = random.chance(80);
        let is_wanted = |kind: Kind| match kind {
            Kind::Table | Kind::Column => often,
            Kind::Schema | Kind::Setting => false,
            _ => !often,
        };
        let Some(id) = self.any(random, |part| is_wanted(part.kind)) else { return };
        self.rename(id, "n", random);
    }

    fn take_out(&mut self, random: &mut Random) {
        let weight = |kind: Kind| match kind {
            Kind::Schema => 0,
            Kind::Table | Kind::Enum | Kind::Domain | Kind::Composite | Kind::Key => 20,
            _ => 100,
        };
        let id: Option<Id> = self.any(random, |part| !part.fixed && weight(part.kind) > 0);
        if let Some(id) = id
            && random.chance(weight(self.part(id).kind))
        {
            self.remove(id);
        }
    }
}
