//! Random schemas and random edits: whatever they are, the draft is proven.
//!
//! `MIGRATOR_TEST_SCHEMA_ROUNDS` and `MIGRATOR_TEST_SCHEMA_SEED` make it longer, or repeat a round.

use std::fmt::Write as _;
use std::fs;

use crate::dice::Random;
use migrator::Project;
use migrator::autogenerate::{Aim, Options, Source, compare, draft, prove, render};
use migrator::schema::Rename;

const ROUNDS: u64 = 5_000;
const WORKERS: u64 = 2;

#[test]
fn random_edits_are_proven() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let rounds = number("MIGRATOR_TEST_SCHEMA_ROUNDS").unwrap_or(ROUNDS);
    let first = number("MIGRATOR_TEST_SCHEMA_SEED").unwrap_or(1);
    let (mut failures, mut renamed) = (Vec::new(), 0);
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| {
                scope.spawn(move || {
                    let (folder, project) = super::project(worker == 0);
                    let seeds = (first..first + rounds).filter(|seed| seed % WORKERS == worker);
                    seeds.map(|seed| round(seed, folder.path(), &project)).collect::<Vec<_>>()
                })
            })
            .collect();
        for result in workers.into_iter().flat_map(|worker| worker.join().unwrap()) {
            match result {
                Ok(renames) => renamed += u64::from(renames > 0),
                Err(failure) => failures.push(failure),
            }
        }
    });
    failures.truncate(3);
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
    assert!(renamed >= rounds / 20, "only {renamed} of {rounds} rounds rename something");
}

/// Gives how much it renames.
fn round(seed: u64, folder: &std::path::Path, project: &Project) -> Result<usize, String> {
    let mut random = Random::new(seed);
    let mut schema = Schema::default();
    for _ in 0..4 + random.below(14) {
        schema.edit(&mut random);
    }
    let from = schema.sql();
    schema.remember_names();
    for _ in 0..1 + random.below(6) {
        schema.edit(&mut random);
    }
    let to = schema.sql();
    let side = |name: &str, sql: &str| {
        let path = folder.join(name);
        fs::write(&path, sql).unwrap();
        Source::File(path.display().to_string())
    };
    let fail = |error: String| format!("seed {seed}: {error}\n--- from\n{from}\n--- to\n{to}");
    let comparison = compare(project, &side("from.sql", &from), &side("to.sql", &to), Aim::Revision)
        .map_err(|error| fail(format!("{error:?}")))?;
    let options = Options { renames: schema.renames(), no_renames: true, ..Options::default() };
    let draft = draft(&comparison, &options).map_err(|error| fail(format!("{error:?}")))?;
    let rendered = render(&draft, None);
    match prove(project.config(), &comparison, &draft, &rendered) {
        Ok(_) => Ok(draft.renamed.len()),
        Err(error) => Err(fail(format!("{error:#?}\n{}\n{}", rendered.upgrade, rendered.downgrade))),
    }
}

#[derive(Default)]
struct Schema {
    tables: Vec<Table>,
    /// Views and triggers: their statement, and the table whose columns they name.
    others: Vec<(String, String)>,
    count: u64,
}

struct Table {
    name: String,
    /// What it was called in the schema that the draft starts from.
    old_name: Option<String>,
    key: &'static str,
    columns: Vec<Column>,
    constraints: Vec<(String, Vec<String>)>,
    indexes: Vec<(String, Vec<String>)>,
    options: &'static str,
}

struct Column {
    name: String,
    old_name: Option<String>,
    definition: String,
}

/// Names are unique in the whole text, so a word can be replaced wherever it stands.
fn replace_word(text: &mut String, old: &str, new: &str) {
    let is_part = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
    let places: Vec<usize> = text.match_indices(old).map(|(at, _)| at).collect();
    for at in places.into_iter().rev() {
        if !is_part(text[..at].chars().next_back()) && !is_part(text[at + old.len()..].chars().next()) {
            text.replace_range(at..at + old.len(), new);
        }
    }
}

impl Schema {
    fn remember_names(&mut self) {
        for table in &mut self.tables {
            table.old_name = Some(table.name.clone());
            for column in &mut table.columns {
                column.old_name = Some(column.name.clone());
            }
        }
    }

    fn renames(&self) -> Vec<Rename> {
        let mut renames = Vec::new();
        for table in &self.tables {
            let Some(old_table) = &table.old_name else { continue };
            renames.push(Rename { from: vec![old_table.clone()], to: vec![table.name.clone()] });
            for column in &table.columns {
                let Some(old) = &column.old_name else { continue };
                let from = vec![old_table.clone(), old.clone()];
                renames.push(Rename { from, to: vec![table.name.clone(), column.name.clone()] });
            }
        }
        renames.retain(|rename| rename.from.last() != rename.to.last());
        renames
    }

    fn rename(&mut self, at: usize, random: &mut Random) {
        let column = random.index(&self.tables[at].columns).filter(|_| random.chance(60));
        let new = self.name(if column.is_some() { 'c' } else { 't' });
        let table = &mut self.tables[at];
        let name = column.map_or(&mut table.name, |column| &mut table.columns[column].name);
        let old = std::mem::replace(name, new.clone());
        for table in &mut self.tables {
            table.columns.iter_mut().for_each(|column| replace_word(&mut column.definition, &old, &new));
            for (text, columns) in table.constraints.iter_mut().chain(&mut table.indexes) {
                replace_word(text, &old, &new);
                columns.iter_mut().for_each(|column| replace_word(column, &old, &new));
            }
        }
        for (text, table) in &mut self.others {
            replace_word(text, &old, &new);
            replace_word(table, &old, &new);
        }
    }

    fn name(&mut self, letter: char) -> String {
        self.count += 1;
        format!("{letter}{}", self.count)
    }

    fn edit(&mut self, random: &mut Random) {
        let Some(at) = random.index(&self.tables).filter(|_| !random.chance(15)) else { return self.add_table(random) };
        match random.below(15) {
            0..3 => self.add_column(at, random),
            3 => self.drop_column(at, random),
            4..6 => self.change_column(at, random),
            6 => self.add_constraint(at, random),
            7 => drop(random.index(&self.tables[at].constraints).map(|gone| self.tables[at].constraints.remove(gone))),
            8 => self.add_index(at, random),
            9 => drop(random.index(&self.tables[at].indexes).map(|gone| self.tables[at].indexes.remove(gone))),
            10 => self.add_view_or_trigger(at, random),
            11..13 => self.rename(at, random),
            13 => drop(random.index(&self.others).map(|gone| self.others.remove(gone))),
            _ => self.change_table(at, random),
        }
    }

    fn add_table(&mut self, random: &mut Random) {
        let name = self.name('t');
        let key = [
            "id INTEGER PRIMARY KEY",
            "id INTEGER PRIMARY KEY AUTOINCREMENT",
            "id TEXT PRIMARY KEY NOT NULL",
            "id INTEGER",
        ];
        let key = random.index(&key).map_or("id INTEGER", |at| key[at]);
        let table =
            Table { name, old_name: None, key, columns: vec![], constraints: vec![], indexes: vec![], options: "" };
        self.tables.push(table);
        let last = self.tables.len() - 1;
        for _ in 0..random.below(4) {
            self.add_column(last, random);
        }
    }

    fn definition(&self, at: usize, name: &str, random: &mut Random) -> String {
        let kind = random.one_of(&["INTEGER", "TEXT", "REAL", "BLOB"]);
        let mut text = kind.to_owned();
        let parents: Vec<&Table> = self.tables.iter().filter(|table| table.key != "id INTEGER").collect();
        if random.chance(12) {
            let stored = random.one_of(&["", " STORED", " VIRTUAL"]);
            let _ = write!(text, " AS (id || '{}'){stored}", random.below(3));
            return text;
        }
        if let Some(parent) = random.index(&parents).filter(|_| random.chance(20)) {
            let action =
                random.one_of(&["", " ON DELETE CASCADE", " ON DELETE SET NULL", " DEFERRABLE INITIALLY DEFERRED"]);
            let parent = parents[parent];
            let kind = if parent.key.starts_with("id TEXT") { "TEXT" } else { "INTEGER" };
            return format!("{kind} REFERENCES {} (id){action}", parent.name);
        }
        let default = match kind {
            "INTEGER" => random.one_of(&["", " DEFAULT 7", " DEFAULT (1 + 2)", " DEFAULT NULL"]),
            "TEXT" => random.one_of(&["", " DEFAULT 'x'", " DEFAULT CURRENT_TIMESTAMP"]),
            _ => "",
        };
        if random.chance(30) {
            text.push_str(" NOT NULL");
        }
        text.push_str(default);
        if random.chance(10) {
            text.push_str(" UNIQUE");
        }
        if random.chance(15) {
            let _ = write!(text, " CHECK ({name} IS NULL OR {name} <> '{}')", self.tables[at].name);
        }
        if kind == "TEXT" && random.chance(15) {
            text.push_str(" COLLATE NOCASE");
        }
        text
    }

    fn add_column(&mut self, at: usize, random: &mut Random) {
        let name = self.name('c');
        let definition = self.definition(at, &name, random);
        let place = usize::try_from(random.below(self.tables[at].columns.len() as u64 + 1)).unwrap();
        self.tables[at].columns.insert(place, Column { name, old_name: None, definition });
    }

    fn change_column(&mut self, at: usize, random: &mut Random) {
        let Some(column) = random.index(&self.tables[at].columns) else { return };
        let name = self.tables[at].columns[column].name.clone();
        self.tables[at].columns[column].definition = self.definition(at, &name, random);
    }

    fn drop_column(&mut self, at: usize, random: &mut Random) {
        let table = &mut self.tables[at];
        let Some(column) = random.index(&table.columns) else { return };
        let gone = table.columns.remove(column).name;
        table.constraints.retain(|(_, columns)| !columns.contains(&gone));
        table.indexes.retain(|(_, columns)| !columns.contains(&gone));
        self.others.retain(|(text, _)| !text.contains(&format!("{gone} ")));
    }

    /// One or two columns, never a generated one in a constraint of the table.
    fn columns(&self, at: usize, random: &mut Random) -> Vec<String> {
        let columns = &self.tables[at].columns;
        let mut names: Vec<String> =
            (0..2).filter_map(|_| random.index(columns)).map(|column| columns[column].name.clone()).collect();
        names.dedup();
        if names.is_empty() { vec!["id".into()] } else { names }
    }

    fn add_constraint(&mut self, at: usize, random: &mut Random) {
        let columns = self.columns(at, random);
        let text = match random.below(3) {
            0 => format!("UNIQUE ({})", columns.join(", ")),
            1 => format!("CONSTRAINT {} CHECK ({} IS NOT 'no')", self.name('k'), columns[0]),
            _ => format!("CHECK ({} IS NOT 'never, ever')", columns[0]),
        };
        self.tables[at].constraints.push((text, columns));
    }

    fn add_index(&mut self, at: usize, random: &mut Random) {
        let columns = self.columns(at, random);
        let unique = random.one_of(&["", "", "UNIQUE "]);
        let keys = match random.below(3) {
            0 => columns.join(", "),
            1 => format!("{} DESC", columns[0]),
            _ => format!("lower({})", columns[0]),
        };
        let filter = random.one_of(&["", " WHERE id IS NOT NULL"]);
        let text = format!("CREATE {unique}INDEX {} ON {} ({keys}){filter};", self.name('i'), self.tables[at].name);
        self.tables[at].indexes.push((text, columns));
    }

    fn add_view_or_trigger(&mut self, at: usize, random: &mut Random) {
        let column = self.columns(at, random).remove(0);
        let table = self.tables[at].name.clone();
        let text = match random.below(4) {
            0 => format!("CREATE VIEW {} AS SELECT {column} , id FROM {table};", self.name('v')),
            1 => format!("CREATE VIEW {} AS SELECT * FROM {table};", self.name('v')),
            2 => format!(
                "CREATE TRIGGER {} AFTER UPDATE OF {column} ON {table} BEGIN SELECT new.{column} , 'a;b'; END;",
                self.name('g')
            ),
            _ => format!("CREATE TRIGGER {} AFTER DELETE ON {table} BEGIN SELECT old.{column} ; END;", self.name('g')),
        };
        self.others.push((text, table));
    }

    fn change_table(&mut self, at: usize, random: &mut Random) {
        if random.chance(30) {
            let gone = self.tables.remove(at).name;
            let reference = format!("REFERENCES {gone} ");
            for table in &mut self.tables {
                for column in table.columns.iter_mut().filter(|column| column.definition.contains(&reference)) {
                    column.definition = column.definition.split(" REFERENCES").next().unwrap_or_default().to_owned();
                }
            }
            self.others.retain(|(_, table)| *table != gone);
            return;
        }
        let table = &mut self.tables[at];
        table.options = match random.below(3) {
            0 => " STRICT",
            1 if table.key == "id TEXT PRIMARY KEY NOT NULL" => " WITHOUT ROWID",
            _ => "",
        };
    }

    fn sql(&self) -> String {
        let mut sql = String::new();
        for table in &self.tables {
            let columns = table.columns.iter().map(|column| format!("{} {}", column.name, column.definition));
            let constraints = table.constraints.iter().map(|(text, _)| text.clone());
            let items: Vec<String> = [table.key.to_owned()].into_iter().chain(columns).chain(constraints).collect();
            let _ = writeln!(sql, "CREATE TABLE {} (\n  {}\n){};", table.name, items.join(",\n  "), table.options);
            for (index, _) in &table.indexes {
                let _ = writeln!(sql, "{index}");
            }
        }
        for (text, _) in &self.others {
            let _ = writeln!(sql, "{text}");
        }
        sql
    }
}
