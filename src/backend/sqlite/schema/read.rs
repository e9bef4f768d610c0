//! Reading the catalog: the text of every object, and what the pragmas know of the tables.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::fold::{Names, folded, name};
use super::{VIRTUAL_TABLE, body};
use crate::backend::BackendError;
use crate::backend::foreign::is_foreign;
use crate::backend::sqlite::SqliteConnection;
use crate::schema::{Catalog, Identity, Kind, Object};
use crate::sql::{Dialect, take_annotations, tokens};

/// A row of `sqlite_schema`. <https://www.sqlite.org/schematab.html>
struct Row {
    kind: String,
    name: String,
    table: String,
    sql: String,
}

/// What the pragmas say of the tables, by lower-case name.
struct Facts {
    /// Types such as `table`, `view`, `virtual`, `shadow`.
    types: HashMap<String, String>,
    /// Columns with their declared types and their place in the primary key.
    columns: HashMap<String, Vec<(String, String, u32)>>,
    /// Tables whose primary key is an index of its own.
    key_is_index: HashSet<String>,
    /// The tables that foreign keys refer to.
    parents: HashMap<String, BTreeSet<String>>,
    modules: HashSet<String>,
    /// Tables, views and columns.
    names: Names,
}

impl SqliteConnection {
    pub(super) fn read_catalog(&self) -> Result<Catalog, BackendError> {
        let rows = self.schema_rows()?;
        let facts = self.facts()?;
        let relations: HashSet<String> =
            rows.iter().filter(|row| row.kind != "index" && row.kind != "trigger").map(|row| name(&row.name)).collect();
        let own = [&self.tables.version, &self.tables.log, &self.tables.ledger].map(|table| name(table));
        let mut catalog = Catalog::default();
        for row in &rows {
            let table = name(&row.table);
            let is_shadow = facts.types.get(&table).is_some_and(|kind| kind == "shadow");
            if own.contains(&table) || is_foreign(&table) || is_shadow {
                continue;
            }
            add(row, &facts, &relations, &mut catalog);
        }
        // What belongs to something that is not understood goes with it.
        let known: HashSet<Identity> = catalog.objects().map(|object| object.id.clone()).collect();
        catalog.retain(|object| object.part_of.as_ref().is_none_or(|whole| known.contains(whole)));
        Ok(catalog)
    }

    fn schema_rows(&self) -> Result<Vec<Row>, BackendError> {
        let mut statement = self.connection.prepare(
            "SELECT type, name, tbl_name, sql FROM sqlite_schema \
             WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name",
        )?;
        let rows = statement.query_map([], |row| {
            let sql = without_annotations(row.get(3)?);
            Ok(Row { kind: row.get(0)?, name: row.get(1)?, table: row.get(2)?, sql })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    fn facts(&self) -> Result<Facts, BackendError> {
        let ordinary = "FROM sqlite_schema s, ";
        let is_table = "WHERE s.type = 'table' AND s.sql NOT LIKE 'CREATE VIRTUAL%'";
        let types = self.rows("SELECT name, type FROM pragma_table_list WHERE schema = 'main'", |row| {
            Ok((name(&row.get::<_, String>(0)?), row.get(1)?))
        })?;
        let mut columns: HashMap<String, Vec<(String, String, u32)>> = HashMap::new();
        let sql = format!("SELECT s.name, x.name, x.type, x.pk {ordinary} pragma_table_xinfo(s.name) x {is_table}");
        for (table, column, kind, key) in
            self.rows(&sql, |row| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))?
        {
            columns.entry(name(&table)).or_default().push((column, kind, key));
        }
        let sql = format!("SELECT s.name {ordinary} pragma_index_list(s.name) x {is_table} AND x.origin = 'pk'");
        let key_is_index = self.rows(&sql, |row| Ok(name(&row.get::<_, String>(0)?)))?;
        let mut parents: HashMap<String, BTreeSet<String>> = HashMap::new();
        let sql = format!("SELECT s.name, x.\"table\" {ordinary} pragma_foreign_key_list(s.name) x {is_table}");
        for (table, parent) in self.rows(&sql, |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))? {
            parents.entry(name(&table)).or_default().insert(name(&parent));
        }
        let modules = self.rows("SELECT name FROM pragma_module_list", |row| Ok(name(&row.get::<_, String>(0)?)))?;
        let types: HashMap<String, String> = types.into_iter().collect();
        let names = columns.values().flatten().map(|(column, ..)| name(column)).chain(types.keys().cloned()).collect();
        Ok(Facts {
            types,
            columns,
            names,
            key_is_index: key_is_index.into_iter().collect(),
            parents,
            modules: modules.into_iter().collect(),
        })
    }

    pub(super) fn rows<T>(
        &self,
        sql: &str,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, BackendError> {
        let mut statement = self.connection.prepare(sql)?;
        let rows = statement.query_map([], read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

/// In a revision file, a line for migrator inside a statement would end it.
fn without_annotations(sql: String) -> String {
    match take_annotations(&sql, Dialect::Sqlite) {
        Ok((rest, annotations)) if !annotations.is_empty() => rest,
        _ => sql,
    }
}

fn add(row: &Row, facts: &Facts, relations: &HashSet<String>, catalog: &mut Catalog) {
    let Ok(tokens) = tokens(&row.sql, Dialect::Sqlite) else {
        catalog.unmodelled.push(format!("{} {}", row.kind, row.name));
        return;
    };
    let folded = folded(&tokens, Some(&facts.names));
    let is_virtual = folded.get(1).is_some_and(|word| word == "virtual");
    let (id, table) = (name(&row.name), name(&row.table));
    // A name in another statement may be this or that, so both are needed, if they are there.
    let mentioned = |tokens: &[String]| -> Vec<Identity> {
        let names = tokens.iter().map(|token| name(token)).filter(|token| relations.contains(token) && *token != id);
        let names: BTreeSet<String> = names.collect();
        names
            .into_iter()
            .flat_map(|name| [Kind::TABLE, Kind::VIEW, VIRTUAL_TABLE].map(|kind| Identity::new(kind, [&name])))
            .collect()
    };
    let owner = |kind| Some(Identity::new(kind, [&table]));
    let (kind, part_of, needs) = match row.kind.as_str() {
        "table" if is_virtual => {
            let module = folded.iter().skip_while(|word| *word != "using").nth(1).map(|module| name(module));
            if module.is_none_or(|module| !facts.modules.contains(&module)) {
                catalog.unmodelled.push(format!("virtual table {} (its module is not built in)", row.name));
                return;
            }
            (VIRTUAL_TABLE, None, mentioned(&folded[3..]))
        }
        "table" => return add_table(row, facts, catalog),
        "index" => (Kind::INDEX, owner(Kind::TABLE), Vec::new()),
        "view" => (Kind::VIEW, None, mentioned(&folded[3..])),
        "trigger" => {
            let is_view = facts.types.get(&table).is_some_and(|kind| kind == "view");
            (Kind::TRIGGER, owner(if is_view { Kind::VIEW } else { Kind::TABLE }), mentioned(&folded[3..]))
        }
        _ => {
            catalog.unmodelled.push(format!("{} {}", row.kind, row.name));
            return;
        }
    };
    // The name is paired already, and its quotes differ after an ALTER TABLE.
    let place = folded.iter().position(|token| name(token) == id);
    let without_name = |folded: &[String]| {
        let rest = folded.iter().enumerate().filter(|(at, _)| Some(*at) != place).map(|(_, token)| token.as_str());
        rest.collect::<Vec<_>>().join(" ")
    };
    catalog.insert(Object {
        id: Identity::new(kind, [&id]),
        name: row.name.clone(),
        attributes: BTreeMap::from([("definition", without_name(&folded))]),
        facts: BTreeMap::new(),
        definition: row.sql.clone(),
        part_of,
        needs,
    });
}

fn add_table(row: &Row, facts: &Facts, catalog: &mut Catalog) {
    let table = name(&row.name);
    let none = Vec::new();
    let columns = facts.columns.get(&table).unwrap_or(&none);
    let body = body::parse(&row.sql, Some(&facts.names)).filter(|body| {
        // The pragma is the check that the text was understood.
        let own: Vec<String> = body.columns.iter().map(|column| name(&column.name)).collect();
        let theirs: Vec<String> = columns.iter().map(|(column, ..)| column.to_ascii_lowercase()).collect();
        own == theirs
    });
    let Some(body) = body else {
        catalog.unmodelled.push(format!("table {}", row.name));
        return;
    };
    let id = Identity::new(Kind::TABLE, [&table]);
    let has_rowid = !body.options.iter().any(|option| option == "without rowid");
    let mut known = BTreeMap::new();
    let keys: Vec<_> = columns.iter().filter(|(.., key)| *key > 0).collect();
    match keys[..] {
        _ if !has_rowid => {}
        // https://www.sqlite.org/lang_createtable.html#rowid: then, and only then, it has no index of its own.
        [(column, kind, _)] if kind.eq_ignore_ascii_case("integer") && !facts.key_is_index.contains(&table) => {
            known.insert("rowid", column.clone());
        }
        _ => {
            let free = ["rowid", "_rowid_", "oid"]
                .into_iter()
                .find(|alias| !columns.iter().any(|(column, ..)| column.eq_ignore_ascii_case(alias)));
            known.extend(free.map(|alias| ("rowid", alias.to_owned())));
        }
    }
    if has_rowid && keys.len() == 1 && known.get("rowid") == Some(&keys[0].0) {
        known.insert("integer primary key", keys[0].0.clone());
    }
    known.insert("columns", columns.iter().map(|(column, ..)| column.as_str()).collect::<Vec<_>>().join("\n"));
    let parents = facts.parents.get(&table).into_iter().flatten().filter(|parent| **parent != table);
    catalog.insert(Object {
        id: id.clone(),
        name: row.name.clone(),
        attributes: BTreeMap::from([("options", body.options.join(", "))]),
        facts: known,
        definition: row.sql.clone(),
        part_of: None,
        needs: parents.map(|parent| Identity::new(Kind::TABLE, [parent])).collect(),
    });
    let part = |kind, part: &str, name: String, definition: String| Object {
        id: Identity::new(kind, [table.as_str(), part]),
        name,
        attributes: BTreeMap::new(),
        facts: BTreeMap::new(),
        definition,
        part_of: Some(id.clone()),
        needs: Vec::new(),
    };
    for column in body.columns {
        let column = Object {
            attributes: column.attributes,
            ..part(Kind::COLUMN, &name(&column.name), column.name, column.text)
        };
        catalog.insert(column);
    }
    for (number, constraint) in body.constraints.iter().enumerate() {
        let before = body.constraints[..number].iter().filter(|other| other.folded == constraint.folded).count();
        let mut shown = constraint.folded.clone();
        if before > 0 {
            shown = format!("{shown} ({} times)", before + 1);
        }
        let name = constraint.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let mut object = part(Kind::CONSTRAINT, &shown, name, constraint.text.clone());
        object.attributes.insert("definition", constraint.folded.clone());
        catalog.insert(object);
    }
}
