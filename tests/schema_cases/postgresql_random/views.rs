//! Views over tables and views, materialized ones too, whose columns are parts of their own.

use super::model::{Id, Kind, World};
use crate::dice::Random;

impl World {
    pub fn add_view(&mut self, random: &mut Random) {
        let id = self.named("v", random);
        let kind = if random.chance(25) { Kind::MaterializedView } else { Kind::View };
        self.add(id, kind, None, String::new());
        self.write_view(id, random);
    }

    /// A view may get columns at its end, or other ones altogether.
    pub fn change_view(&mut self, random: &mut Random) {
        let is_view = |kind| [Kind::View, Kind::MaterializedView].contains(&kind);
        let Some(id) = self.any(random, |part| is_view(part.kind)) else { return };
        let keep = random.chance(50);
        if !keep {
            let columns = self.columns(id);
            columns.into_iter().for_each(|column| self.remove_unless_view(column, id));
        }
        self.write_view(id, random);
    }

    /// Takes out a column with everything that names it, but not its view.
    fn remove_unless_view(&mut self, column: Id, view: Id) {
        self.part_mut(view).text = String::new();
        self.remove(column);
    }

    fn write_view(&mut self, id: Id, random: &mut Random) {
        // Views only look at what is older, so that they never look at each other.
        let readable = [Kind::Table, Kind::View, Kind::MaterializedView];
        let kept = self.columns(id);
        let source = match kept.first() {
            Some(_) => super::model::mentions(&self.part(id).text).last().copied(),
            None => self.any(random, |part| readable.contains(&part.kind) && part.id < id),
        };
        let source = source.filter(|source| !self.columns(*source).is_empty());
        let Some(source) = source else { return self.remove(id) };
        for _ in 0..1 + random.below(3) {
            let Some(of) = self.any_column(source, random, |_| true) else { continue };
            let column = self.named("c", random);
            self.add(column, Kind::Column, Some(id), format!("⟨-{of}⟩"));
            self.part_mut(column).class = self.part(of).class;
        }
        let columns: Vec<String> = self
            .columns(id)
            .into_iter()
            .map(|column| {
                let of = super::model::mentions(&self.part(column).text)[0];
                format!("s.⟨.{of}⟩ AS ⟨.{column}⟩")
            })
            .collect();
        let condition = self.condition(source, "s.", random).filter(|_| random.chance(40));
        let condition = condition.map(|condition| format!(" WHERE {condition}")).unwrap_or_default();
        let (head, end) = match self.part(id).kind {
            Kind::View => ("VIEW", ""),
            _ => ("MATERIALIZED VIEW", random.one_of(&["", " WITH NO DATA"])),
        };
        let barrier = if head == "VIEW" && random.chance(15) { " WITH (security_barrier='true')" } else { "" };
        self.part_mut(id).text = format!(
            "CREATE {head} ⟨{id}⟩{barrier} AS SELECT {} FROM ⟨{source}⟩ s{condition}{end}⟨-{source}⟩",
            columns.join(", ")
        );
    }
}
