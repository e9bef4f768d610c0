//! Columns, and their defaults as objects of their own.
//! <https://www.postgresql.org/docs/current/sql-altertable.html>

use std::collections::HashSet;

use super::read::{Reader, class, object, own, set};
use super::{COLUMN_COMMENT, DEFAULT, not_null};
use crate::backend::BackendError;
use crate::schema::{Identity, Kind, Object};
use crate::sql::{Dialect, SqlToken, tokens};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    // Since version 18, NOT NULL is a constraint with a name.
    let not_null = if reader.version >= 180_000 {
        "CASE WHEN k.conname = c.relname || '_' || a.attname || '_not_null' THEN '' \
         ELSE 'CONSTRAINT ' || quote_ident(k.conname) || ' ' END || 'NOT NULL' || \
         CASE WHEN k.connoinherit THEN ' NO INHERIT' ELSE '' END || \
         CASE WHEN k.convalidated THEN '' ELSE ' NOT VALID' END"
    } else {
        "CASE WHEN a.attnotnull THEN 'NOT NULL' END"
    };
    let not_null_name = if reader.version >= 180_000 {
        "(SELECT quote_ident(k.conname) FROM pg_constraint k WHERE k.conrelid = a.attrelid AND k.contype = 'n' \
         AND k.conkey = ARRAY[a.attnum])"
    } else {
        "NULL"
    };
    let sql = format!(
        "SELECT a.attrelid, a.attnum, a.attname, quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), \
         {not_null}, CASE WHEN a.attcollation <> t.typcollation THEN (SELECT format('%I.%I', x.nspname, k.collname) \
         FROM pg_collation k JOIN pg_namespace x ON x.oid = k.collnamespace WHERE k.oid = a.attcollation) END, \
         pg_get_expr(d.adbin, d.adrelid), d.oid, a.attidentity, a.attgenerated, \
         CASE WHEN a.attstorage <> t.typstorage THEN CASE a.attstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' \
         WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END END, \
         CASE a.attcompression WHEN 'p' THEN 'pglz' WHEN 'l' THEN 'lz4' END, \
         nullif(coalesce(a.attstattarget, -1), -1), array_to_string(a.attoptions, ', '), \
         a.attislocal, l.labels, \
         format_type(coalesce(nullif(t.typbasetype, 0), t.oid), NULL), t.typcategory, \
         CASE t.typstorage WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END, {not_null_name} \
         FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace \
         JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum \
         LEFT JOIN (SELECT enumtypid, string_agg(quote_literal(enumlabel), ',' ORDER BY enumsortorder) AS labels \
         FROM pg_enum GROUP BY enumtypid) l ON l.enumtypid = coalesce(nullif(t.typbasetype, 0), t.oid) \
         LEFT JOIN pg_constraint k ON k.contype = 'n' AND k.conrelid = a.attrelid AND k.conkey[1] = a.attnum \
         WHERE c.relkind IN ('r', 'p', 'v', 'm') AND a.attnum > 0 AND NOT a.attisdropped AND {} \
         ORDER BY a.attrelid, a.attnum",
        own("n.nspname", class::RELATION, "c.oid")
    );
    let volatile = volatile_functions(reader)?;
    // The rows come table by table, the columns of each in their order.
    let (mut table_of_lines, mut lines) = (None, Vec::new());
    for row in reader.rows(&sql)? {
        let Some(relation) = reader.relations.get(&row.oid(0)).cloned() else { continue };
        let id = |kind| Identity::new(kind, relation.id.names.iter().map(String::as_str).chain([row.text(2)]));
        let number: i32 = row.text(1).parse().unwrap_or_default();
        let (table, name, generated) = (&relation.sql, row.text(3), row.text(10));
        let mut part_of = relation.id.clone();
        if relation.is_table {
            if table_of_lines.as_ref() != Some(&relation.id) {
                set_columns(reader, table_of_lines.replace(relation.id.clone()), std::mem::take(&mut lines));
            }
            lines.push(row.text(2).to_owned());
            let mut column = object(id(Kind::COLUMN), format!("COLUMN {table}.{name}"), String::new());
            column.part_of = Some(relation.id.clone());
            set(&mut column, "type", row.get(4));
            set(&mut column, "collation", row.get(6));
            set(&mut column, "not null", row.get(5));
            let kind = match row.text(9) {
                "a" => Some("ALWAYS"),
                "d" => Some("BY DEFAULT"),
                _ => None,
            };
            set(&mut column, "identity", kind);
            if !generated.is_empty() {
                let how = if generated == "v" { "VIRTUAL" } else { "STORED" };
                set(&mut column, "generated", Some(&format!("GENERATED ALWAYS AS ({}) {how}", row.text(7))));
            }
            for (attribute, value) in [("storage", 11), ("compression", 12), ("statistics", 13), ("options", 14)] {
                set(&mut column, attribute, row.get(value));
            }
            set(&mut column, "inherited", (!row.is(15)).then_some("yes"));
            column.facts.insert("drop", format!("ALTER TABLE {table} DROP COLUMN {name}"));
            let plain = [("sql", name), ("table", table), ("labels", row.text(16)), ("base", row.text(17))];
            let own = row.text(19);
            for (fact, value) in plain.into_iter().chain([("category", row.text(18)), ("own storage", own)]) {
                column.facts.insert(fact, value.to_owned());
            }
            if let Some(name) = row.get(20) {
                column.facts.insert("not null name", name.to_owned());
            }
            part_of = column.id.clone();
            reader.ids.insert((class::RELATION, row.oid(0), number), column.id.clone());
            if !generated.is_empty() {
                reader.ids.insert((class::DEFAULT, row.oid(8), 0), column.id.clone());
            }
            reader.catalog.insert(column);
        }
        if let Some(value) = row.get(7).filter(|_| generated.is_empty()) {
            let alter = format!("ALTER TABLE ONLY {table} ALTER COLUMN {name}");
            let mut default = object(id(DEFAULT), String::new(), format!("{alter} SET DEFAULT {value}"));
            set(&mut default, "value", Some(value));
            default.facts.insert("drop", format!("{alter} DROP DEFAULT"));
            if is_volatile(value, &volatile) {
                default.facts.insert("volatile", "yes".to_owned());
            }
            default.part_of = Some(part_of.clone());
            reader.add(class::DEFAULT, row.oid(8), default);
        }
    }
    set_columns(reader, table_of_lines, lines);
    read_view_comments(reader)
}

/// Names of functions that may give another value for every row.
/// <https://www.postgresql.org/docs/current/xfunc-volatility.html>
fn volatile_functions(reader: &mut Reader<'_>) -> Result<HashSet<String>, BackendError> {
    let rows = reader.rows("SELECT DISTINCT proname FROM pg_proc WHERE provolatile = 'v' AND prokind = 'f'")?;
    Ok(rows.iter().map(|row| row.text(0).to_owned()).collect())
}

fn is_volatile(expression: &str, volatile: &HashSet<String>) -> bool {
    let tokens = tokens(expression, Dialect::PostgreSql).unwrap_or_default();
    let is_called = |pair: &[SqlToken<'_>]| {
        let name = pair[0].text.strip_prefix('"').and_then(|name| name.strip_suffix('"'));
        let name = name.map_or_else(|| pair[0].text.to_owned(), |name| name.replace("\"\"", "\""));
        pair[1].text == "(" && volatile.contains(&name)
    };
    tokens.windows(2).any(is_called)
}

/// Keeps the names of a table's columns, a line each.
fn set_columns(reader: &mut Reader<'_>, table: Option<Identity>, lines: Vec<String>) {
    if let Some(table) = table.and_then(|id| reader.catalog.get_mut(&id)) {
        table.facts.insert("columns", lines.join("\n"));
    }
}

/// Comments on columns of views, whose columns are no objects of their own.
fn read_view_comments(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = "SELECT d.objoid, a.attname, quote_ident(a.attname), quote_literal(d.description) FROM pg_description d \
               JOIN pg_attribute a ON a.attrelid = d.objoid AND a.attnum = d.objsubid JOIN pg_class c \
               ON c.oid = d.objoid WHERE d.classoid = 'pg_class'::regclass AND d.objsubid > 0 AND c.relkind IN ('v', 'm')";
    for row in reader.rows(sql)? {
        let Some(relation) = reader.relations.get(&row.oid(0)).cloned() else { continue };
        let id = Identity::new(COLUMN_COMMENT, relation.id.names.iter().map(String::as_str).chain([row.text(1)]));
        let comment = format!("COMMENT ON COLUMN {}.{} IS", relation.sql, row.text(2));
        let mut object = object(id, String::new(), format!("{comment} {}", row.text(3)));
        object.facts.insert("drop", format!("{comment} NULL"));
        set(&mut object, "text", row.get(3));
        object.part_of = Some(relation.id);
        reader.catalog.insert(object);
    }
    Ok(())
}

/// The column as `CREATE TABLE` and `ADD COLUMN` take it.
///
/// `again`: is something of its table there already, so that names are taken and have to be said?
pub(super) fn clause(column: &Object, again: bool) -> String {
    let mut text =
        format!("{} {}", column.fact("sql").unwrap_or_default(), column.attribute("type").unwrap_or_default());
    if let Some(collation) = column.attribute("collation") {
        text.push_str(&format!(" COLLATE {collation}"));
    }
    if let Some(generated) = column.attribute("generated") {
        text.push_str(&format!(" {generated}"));
    }
    if let Some((kind, sequence)) = own_identity(column).zip(column.fact("sequence")) {
        text.push_str(&format!(" GENERATED {kind} AS IDENTITY ({sequence})"));
    }
    if let Some(not_null) = not_null::words(column, again).filter(|text| !text.ends_with("NOT VALID")) {
        text.push_str(&format!(" {not_null}"));
    }
    text
}

/// Whether values are made by the column itself. Since version 17 those of a partition come from the table above.
fn own_identity(column: &Object) -> Option<&str> {
    column.attribute("identity").filter(|_| column.fact("sequence").is_some())
}

/// What `CREATE TABLE` cannot say of a column, in all versions.
pub(super) fn settings(column: &Object) -> Vec<String> {
    let alter = alteration(column);
    let mut statements = Vec::new();
    for (attribute, words) in
        [("storage", "SET STORAGE"), ("compression", "SET COMPRESSION"), ("statistics", "SET STATISTICS")]
    {
        statements.extend(column.attribute(attribute).map(|value| format!("{alter} {words} {value}")));
    }
    statements.extend(column.attribute("options").map(|options| format!("{alter} SET ({options})")));
    let not_valid = column.attribute("not null").filter(|text| text.ends_with("NOT VALID"));
    statements.extend(not_valid.map(|text| not_null::add(column, text)));
    statements
}

fn alteration(column: &Object) -> String {
    let (table, name) = (column.fact("table").unwrap_or_default(), column.fact("sql").unwrap_or_default());
    format!("ALTER TABLE ONLY {table} ALTER COLUMN {name}")
}

/// What can be changed in place, or nothing where the column has to be dropped and added.
pub(super) fn alter(old: &Object, new: &Object, attributes: &[&str]) -> Option<Vec<String>> {
    let alter = alteration(new).replacen("ALTER TABLE ONLY", "ALTER TABLE", 1);
    let only = alteration(new);
    let mut statements = Vec::new();
    if attributes.contains(&"generated") {
        // One that is only computed when it is read has no values to go on with.
        let is_virtual = old.attribute("generated").is_some_and(|text| text.ends_with(" VIRTUAL"));
        if new.attribute("generated").is_some() || is_virtual {
            return None;
        }
        statements.push(format!("{alter} DROP EXPRESSION"));
    }
    let (had_identity, has_identity) = (own_identity(old).is_some(), own_identity(new).is_some());
    // A partition has its own once it is detached: https://www.postgresql.org/docs/current/ddl-identity-columns.html
    let changes_identity =
        attributes.contains(&"identity") || (attributes.contains(&"sequence") && had_identity != has_identity);
    if changes_identity && had_identity && !has_identity {
        statements.push(format!("{alter} DROP IDENTITY"));
    }
    if attributes.contains(&"type") || attributes.contains(&"collation") {
        statements.push(change_type(old, new, &alter));
    }
    if attributes.contains(&"not null") {
        statements.extend(not_null::change(old, new, &alter));
    }
    if attributes.contains(&"sequence name")
        && let (Some(was), Some(name)) = (old.fact("sequence name"), new.fact("sequence own name"))
    {
        statements.push(format!("ALTER SEQUENCE {was} RENAME TO {name}"));
    }
    if changes_identity && has_identity {
        statements.extend(change_identity(old, new, &alter));
    }
    if attributes.contains(&"sequence") && had_identity && has_identity {
        let options = new.attribute("sequence").unwrap_or_default().lines();
        let settings: Vec<String> = options.map(|option| format!("SET {option}")).collect();
        statements.push(format!("{alter} {}", settings.join(" ")));
    }
    for attribute in attributes {
        let value = new.attribute(attribute);
        let statement = match *attribute {
            "storage" => {
                // What the type itself has is what is not told.
                let default = new.fact("own storage").unwrap_or("EXTENDED");
                Some(format!("{only} SET STORAGE {}", value.unwrap_or(default)))
            }
            "compression" => Some(format!("{only} SET COMPRESSION {}", value.unwrap_or("DEFAULT"))),
            "statistics" => Some(format!("{only} SET STATISTICS {}", value.unwrap_or("-1"))),
            "options" => {
                let names = |options: Option<&str>| -> Vec<String> {
                    let pairs = options.unwrap_or_default().split(", ").filter_map(|pair| pair.split_once('='));
                    pairs.map(|(name, _)| name.to_owned()).collect()
                };
                let is = names(value);
                let gone: Vec<String> =
                    names(old.attribute("options")).into_iter().filter(|name| !is.contains(name)).collect();
                if !gone.is_empty() {
                    statements.push(format!("{only} RESET ({})", gone.join(", ")));
                }
                value.map(|options| format!("{only} SET ({options})"))
            }
            _ => None,
        };
        statements.extend(statement);
    }
    Some(statements)
}

/// Types between which PostgreSQL converts by itself when it assigns.
fn family(column: &Object) -> &str {
    match column.fact("category").unwrap_or_default() {
        "" => "?",
        category => category,
    }
}

fn change_type(old: &Object, new: &Object, alter: &str) -> String {
    let kind = new.attribute("type").unwrap_or_default();
    let collation = new.attribute("collation").map(|collation| format!(" COLLATE {collation}")).unwrap_or_default();
    let cast = conversion(old, new).map(|value| format!(" USING {value}")).unwrap_or_default();
    format!("{alter} TYPE {kind}{collation}{cast}")
}

/// The new value as an expression of the old one, where PostgreSQL does not find it by itself.
pub(super) fn conversion(old: &Object, new: &Object) -> Option<String> {
    let kind = new.attribute("type").unwrap_or_default();
    let name = new.fact("sql").unwrap_or_default();
    let (was, is) = (family(old), family(new));
    // With a cast a text that is too long would be cut off without a word.
    let by_assignment = is == "S" || (was == is && ["N", "D"].contains(&is)) || old.fact("base") == new.fact("base");
    match (was, is) {
        _ if by_assignment => None,
        ("S", _) | ("N", "B") | ("B", "N") => Some(format!("{name}::{kind}")),
        ("U", "U") if has_cast(old, new) => Some(format!("{name}::{kind}")),
        _ => Some(format!("{name}::text::{kind}")),
    }
}

/// Of the server's own types that are like no other only those for JSON have casts to each other; those of extensions
/// come with theirs. <https://www.postgresql.org/docs/current/sql-createcast.html>
fn has_cast(old: &Object, new: &Object) -> bool {
    let types = [old, new].map(|column| column.fact("base").unwrap_or_default());
    types.iter().any(|name| name.contains('.')) || types.iter().all(|name| name.starts_with("json"))
}

fn change_identity(old: &Object, new: &Object, alter: &str) -> Vec<String> {
    let kind = new.attribute("identity").unwrap_or_default();
    if own_identity(old).is_some() {
        return vec![format!("{alter} SET GENERATED {kind}")];
    }
    let (table, name) = (new.fact("table").unwrap_or_default(), new.fact("sql").unwrap_or_default());
    let sequence = new.fact("sequence name").unwrap_or_default();
    vec![
        format!("{alter} ADD GENERATED {kind} AS IDENTITY ({})", new.fact("sequence").unwrap_or_default()),
        go_on_counting(sequence, table, name),
    ]
}

/// Lets a sequence go on behind the values that are there.
pub(super) fn go_on_counting(sequence: &str, table: &str, column: &str) -> String {
    let literal = crate::sql::Dialect::PostgreSql.quote_literal(sequence);
    format!("SELECT pg_catalog.setval({literal}, max({column})::bigint) FROM {table} HAVING max({column}) > 0")
}
