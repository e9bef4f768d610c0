//! A few rows in every table, made from the types of its columns, for seeing whether they survive.

use std::collections::BTreeSet;

use super::closure::Lookup;
use super::survive::table_name;
use super::{INHERITANCE, PARTITION};
use crate::backend::BackendError;
use crate::backend::postgres::PostgresConnection;
use crate::backend::schema::Filling;
use crate::schema::{Action, Catalog, Identity, Kind, Object, order};
use crate::sql::{Dialect, tokens};

/// A reference finds its row because every column of a row is made from the same number.
const ROWS: [usize; 3] = [2, 5, 9];

/// So many tables are filled at once.
const TOGETHER: usize = 64;

/// Ways to make a value; the first that a table takes is used.
#[derive(Debug, Clone, Copy)]
enum Way {
    /// From the type.
    Typed,
    /// Constants that stand in the checks and bounds of the table.
    FromChecks(usize),
    /// Columns that have a default get that.
    Defaults,
    /// Columns that allow it are NULL.
    Nulls,
}

const WAYS: [Way; 6] =
    [Way::Typed, Way::FromChecks(0), Way::FromChecks(1), Way::FromChecks(2), Way::Defaults, Way::Nulls];

impl PostgresConnection {
    pub(super) fn fill_tables(
        &mut self,
        catalog: &Catalog,
        filling: &Filling,
    ) -> Result<BTreeSet<Identity>, BackendError> {
        self.client.batch_execute("SET synchronous_commit = off")?;
        // Partitioned tables hold no rows of their own.
        let holds_rows = |table: &&Object| table.attribute("partition key").is_none();
        let mut waiting: Vec<&Object> = parents_first(catalog)
            .into_iter()
            .filter(|table| holds_rows(table) && !is_below(&table.id, &filling.empty, catalog))
            .collect();
        // Where references lead in a circle, a table may have to wait for another.
        for _ in 0..3 {
            let mut left = Vec::new();
            for tables in waiting.chunks(TOGETHER) {
                self.fill_together(tables, catalog, filling, &mut left)?;
            }
            waiting = left;
        }
        let tables = catalog.of_kind(Kind::TABLE).map(|object| &object.id);
        let mut empty: BTreeSet<Identity> =
            tables.filter(|id| is_below(id, &filling.empty, catalog)).cloned().collect();
        empty.extend(waiting.iter().map(|table| table.id.clone()));
        Ok(empty)
    }

    /// Fills many tables at once, or where one of them refuses its rows, each half of them; those that took none are
    /// `left`.
    fn fill_together<'c>(
        &mut self,
        tables: &[&'c Object],
        catalog: &Catalog,
        filling: &Filling,
        left: &mut Vec<&'c Object>,
    ) -> Result<(), BackendError> {
        if let [table] = tables {
            if !self.fill_table(table, catalog, is_below(&table.id, &filling.sparse, catalog))? {
                left.push(table);
            }
            return Ok(());
        }
        let way = |table: &Object| if is_below(&table.id, &filling.sparse, catalog) { Way::Nulls } else { Way::Typed };
        let rows = tables.iter().flat_map(|table| ROWS.map(|number| row(table, catalog, way(table), number)));
        // One message is one transaction: none of its rows stays where one is refused.
        if self.client.batch_execute(&rows.collect::<Vec<_>>().join(";\n")).is_ok() {
            return Ok(());
        }
        self.refuse_lost_connection()?;
        let (first, second) = tables.split_at(tables.len() / 2);
        self.fill_together(first, catalog, filling, left)?;
        self.fill_together(second, catalog, filling, left)
    }

    /// Gives whether the table took a row.
    fn fill_table(&mut self, table: &Object, catalog: &Catalog, sparse: bool) -> Result<bool, BackendError> {
        let mut ways = WAYS;
        if sparse {
            ways.reverse();
        }
        let mut took = false;
        for number in ROWS {
            for way in ways {
                let sql = row(table, catalog, way, number);
                if self.client.batch_execute(&sql).is_ok() {
                    took = true;
                    break;
                }
                self.refuse_lost_connection()?;
            }
        }
        Ok(took)
    }

    fn refuse_lost_connection(&self) -> Result<(), BackendError> {
        match self.client.is_closed() {
            true => Err(BackendError::ConnectionLost { message: "while rows were made".to_owned() }),
            false => Ok(()),
        }
    }
}

/// All tables, each behind those that it refers to, as far as that is possible.
fn parents_first(catalog: &Catalog) -> Vec<&Object> {
    let lookup = Lookup::new(catalog);
    let tables = catalog.of_kind(Kind::TABLE);
    let fill = |table| Action {
        makes: lookup.tree(table).into_iter().map(|part| part.id.clone()).collect(),
        ..Action::default()
    };
    let ordered = order(tables.map(fill).collect(), &Catalog::default(), catalog);
    ordered.iter().filter_map(|action| catalog.get(action.makes.first()?)).collect()
}

/// Is the table among `tables`, or a partition or a child of one that is? Their rows are its rows.
fn is_below(table: &Identity, tables: &BTreeSet<Identity>, catalog: &Catalog) -> bool {
    let links = catalog.parts_of(table).filter(|part| [PARTITION, INHERITANCE].contains(&part.id.kind));
    let mut above = links.flat_map(|link| &link.needs).filter(|id| id.kind == Kind::TABLE && *id != table);
    tables.contains(table) || above.any(|above| is_below(above, tables, catalog))
}

/// The statement that makes the row `number`.
fn row(table: &Object, catalog: &Catalog, way: Way, number: usize) -> String {
    let columns = catalog.parts_of(&table.id).filter(|part| part.id.kind == Kind::COLUMN);
    let columns = columns.filter(|column| column.attribute("generated").is_none());
    let constants = match way {
        Way::FromChecks(_) => constants(table, catalog),
        _ => Vec::new(),
    };
    let (mut targets, mut values) = (Vec::new(), Vec::new());
    for column in columns {
        let default = catalog.parts_of(&column.id).next().is_some();
        let value = match way {
            Way::Defaults if default => continue,
            Way::Nulls if default => continue,
            Way::Nulls if column.attribute("not null").is_none() && column.attribute("identity").is_none() => {
                "NULL".to_owned()
            }
            Way::FromChecks(shift) => {
                from_checks(column, &constants, number + shift).unwrap_or_else(|| typed(column, number))
            }
            Way::Typed | Way::Defaults | Way::Nulls => typed(column, number),
        };
        targets.push(column.fact("sql").unwrap_or_default().to_owned());
        values.push(value);
    }
    let name = table_name(&table.id);
    if targets.is_empty() {
        return format!("INSERT INTO {name} DEFAULT VALUES");
    }
    format!("INSERT INTO {name} ({}) OVERRIDING SYSTEM VALUE VALUES ({})", targets.join(", "), values.join(", "))
}

/// A literal of the column's type, made from a number.
fn typed(column: &Object, number: usize) -> String {
    let kind = column.attribute("type").unwrap_or_default();
    let base = column.fact("base").unwrap_or_default();
    let labels: Vec<&str> =
        column.fact("labels").unwrap_or_default().split(',').filter(|label| !label.is_empty()).collect();
    if kind.ends_with("[]") {
        let element = base.strip_suffix("[]").unwrap_or(base);
        return format!("'{{}}'::{element}[]");
    }
    if !labels.is_empty() {
        return format!("{}::{kind}", labels[number % labels.len()]);
    }
    let literal = match base {
        "boolean" => if number.is_multiple_of(2) { "true" } else { "false" }.to_owned(),
        "date" => format!("'2020-01-0{number}'"),
        "timestamp without time zone" | "timestamp with time zone" => format!("'2020-01-0{number} 03:04:05'"),
        "time without time zone" | "time with time zone" => format!("'0{number}:00:00'"),
        "interval" => format!("'{number} days'"),
        "uuid" => format!("'00000000-0000-0000-0000-00000000000{number}'"),
        "json" | "jsonb" => format!("'{{\"n\": {number}}}'"),
        "bytea" => format!("'\\x0{number}'"),
        "inet" | "cidr" => format!("'10.0.0.{number}'"),
        "macaddr" => format!("'08:00:2b:01:02:0{number}'"),
        "point" => format!("'({number},{number})'"),
        "tsvector" | "tsquery" | "xml" => format!("'a{number}'"),
        "bit" | "bit varying" => format!("B'{}'", number % 2),
        _ if column.fact("category") == Some("N") => number.to_string(),
        _ if column.fact("category") == Some("S") => format!("'a{number}'"),
        _ if column.fact("category") == Some("R") => "'empty'".to_owned(),
        _ if column.fact("category") == Some("C") => return "NULL".to_owned(),
        _ => format!("'{number}'"),
    };
    format!("{literal}::{kind}")
}

/// The literals in the checks of a table, of its domains, and in what a partition is bound to.
fn constants(table: &Object, catalog: &Catalog) -> Vec<String> {
    let mut texts: Vec<&str> = catalog
        .parts_of(&table.id)
        .filter(|part| part.id.kind == Kind::CONSTRAINT)
        .filter_map(|constraint| constraint.attribute("definition"))
        .collect();
    texts.extend(table.fact("bound"));
    let domains = catalog.parts_of(&table.id).flat_map(|column| &column.needs).filter(|id| id.kind == super::DOMAIN);
    for domain in domains {
        texts.extend(catalog.parts_of(domain).filter_map(|check| check.attribute("definition")));
    }
    let mut found = Vec::new();
    for text in texts {
        for token in tokens(text, Dialect::PostgreSql).unwrap_or_default() {
            let token = token.text;
            if token.starts_with('\'') {
                found.push(token.to_owned());
            } else if let Ok(number) = token.parse::<i64>() {
                found.extend([number.to_string(), number.saturating_add(1).to_string()]);
            }
        }
    }
    found
}

/// One of the constants that the column may take.
fn from_checks(column: &Object, constants: &[String], number: usize) -> Option<String> {
    let is_number = column.fact("category") == Some("N");
    let fitting: Vec<&String> =
        constants.iter().filter(|constant| is_number == constant.starts_with(|c: char| c.is_ascii_digit())).collect();
    let constant = fitting.get(number % fitting.len().max(1))?;
    let kind = column.attribute("type").unwrap_or_default();
    column.fact("labels").is_none_or(str::is_empty).then(|| format!("{constant}::{kind}"))
}
