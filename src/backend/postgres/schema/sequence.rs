//! Sequences, what they belong to, and those behind identity columns. The current value is data.
//! <https://www.postgresql.org/docs/current/sql-createsequence.html>

use super::OWNERSHIP;
use super::column::go_on_counting;
use super::read::{Reader, class, object, own, set};
use crate::backend::BackendError;
use crate::schema::{Identity, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = format!(
        "SELECT c.oid, format('%I.%I', n.nspname, c.relname), c.relpersistence, format_type(s.seqtypid, NULL), \
         s.seqstart, s.seqincrement, s.seqmin, s.seqmax, s.seqcache, s.seqcycle, d.deptype, d.refobjid, d.refobjsubid, \
         (SELECT quote_ident(a.attname) FROM pg_attribute a WHERE a.attrelid = d.refobjid AND a.attnum = d.refobjsubid), \
         c.relname, quote_ident(c.relname) FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         LEFT JOIN pg_depend d ON d.classid = {0} AND d.objid = c.oid AND d.refclassid = {0} AND d.deptype IN ('a', 'i') \
         AND d.refobjsubid > 0 WHERE {1}",
        class::RELATION,
        own("n.nspname", class::RELATION, "c.oid")
    );
    for row in reader.rows(&sql)? {
        let Some(relation) = reader.relations.get(&row.oid(0)).cloned() else { continue };
        let name = row.text(1);
        let lines = options(row.text(3), |column| row.text(column).to_owned(), row.is(9));
        let options = lines.replace('\n', " ");
        let owner_column: i32 = row.text(12).parse().unwrap_or_default();
        let column = reader.ids.get(&(class::RELATION, row.oid(11), owner_column)).cloned();
        if row.text(10) == "i" {
            let Some(mut column) = column.and_then(|id| reader.catalog.get(&id).cloned()) else { continue };
            set(&mut column, "sequence", Some(&lines));
            column.facts.insert("sequence", format!("SEQUENCE NAME {name} {options}"));
            column.facts.insert("sequence name", name.to_owned());
            column.facts.insert("sequence own name", row.text(15).to_owned());
            // A rename of the table or the column leaves it the name it had.
            let usual = format!("{}_{}_seq", column.id.names[column.id.names.len() - 2], column.name);
            set(&mut column, "sequence name", Some(name).filter(|_| usual != row.text(14)));
            reader.ids.insert((class::RELATION, row.oid(0), 0), column.id.clone());
            column.facts.insert("sequence id", relation.id.names.join("\n"));
            reader.catalog.insert(column);
            continue;
        }
        let (kind, unlogged) = (row.text(3), row.text(2) == "u");
        let words = if unlogged { "CREATE UNLOGGED SEQUENCE" } else { "CREATE SEQUENCE" };
        let mut sequence =
            object(relation.id.clone(), format!("SEQUENCE {name}"), format!("{words} {name} AS {kind} {options}"));
        set(&mut sequence, "type", Some(kind));
        set(&mut sequence, "options", Some(&options));
        set(&mut sequence, "unlogged", unlogged.then_some("yes"));
        let id = sequence.id.clone();
        reader.add(class::RELATION, row.oid(0), sequence);
        if let (Some(column), Some(table)) = (column, reader.relations.get(&row.oid(11))) {
            let owner = format!("{}.{}", table.sql, row.text(13));
            let sql = format!("ALTER SEQUENCE {name} OWNED BY {owner}");
            let mut ownership = object(Identity::new(OWNERSHIP, id.names.clone()), String::new(), sql);
            ownership.facts.insert("drop", format!("ALTER SEQUENCE {name} OWNED BY NONE"));
            ownership.facts.insert("count", go_on_counting(name, &table.sql, row.text(13)));
            set(&mut ownership, "of", Some(&owner));
            ownership.needs.push(column);
            ownership.part_of = Some(id);
            reader.catalog.insert(ownership);
        }
    }
    Ok(())
}

/// All options but the type, a line each.
fn options(kind: &str, value: impl Fn(usize) -> String, cycles: bool) -> String {
    let number = |column| value(column).parse::<i64>().unwrap_or_default();
    let (start, increment, min, max, cache) = (number(4), number(5), number(6), number(7), number(8));
    let (lowest, highest) = match kind {
        "smallint" => (i64::from(i16::MIN), i64::from(i16::MAX)),
        "integer" => (i64::from(i32::MIN), i64::from(i32::MAX)),
        _ => (i64::MIN, i64::MAX),
    };
    let (default_min, default_max) = if increment > 0 { (1, highest) } else { (lowest, -1) };
    let min = if min == default_min { "NO MINVALUE".to_owned() } else { format!("MINVALUE {min}") };
    let max = if max == default_max { "NO MAXVALUE".to_owned() } else { format!("MAXVALUE {max}") };
    let cycle = if cycles { "CYCLE" } else { "NO CYCLE" };
    format!("START WITH {start}\nINCREMENT BY {increment}\n{min}\n{max}\nCACHE {cache}\n{cycle}")
}

pub(super) fn alter(new: &Object, attributes: &[&str]) -> Option<Vec<String>> {
    let named = new.fact("named")?;
    let mut statements = Vec::new();
    if attributes.contains(&"unlogged") {
        let word = if new.attribute("unlogged").is_some() { "UNLOGGED" } else { "LOGGED" };
        statements.push(format!("ALTER {named} SET {word}"));
    }
    if attributes.contains(&"type") || attributes.contains(&"options") {
        statements.push(format!("ALTER {named} AS {} {}", new.attribute("type")?, new.attribute("options")?));
    }
    Some(statements)
}
