//! The second judge: every row of every catalog that is not the system's own, with numbers replaced by names.
//!
//! It knows no kind of object. The server says which columns of its catalogs refer to which catalog, and which
//! hold expressions; what is left out is only what may differ between two equal schemas, and what the role may not
//! read, such as passwords of user mappings.
//! <https://www.postgresql.org/docs/current/functions-info.html>, `pg_get_catalog_foreign_keys`

use std::collections::{BTreeSet, HashMap, HashSet};

use postgres::SimpleQueryMessage;
use serde_json::{Map, Value};

use crate::backend::BackendError;
use crate::backend::postgres::PostgresConnection;

/// Catalogs whose rows say nothing of a schema's meaning, or the same as others.
const LEFT_OUT: [&str; 7] = [
    "pg_depend",
    "pg_description",
    "pg_init_privs",
    "pg_statistic",
    "pg_statistic_ext_data",
    "pg_subscription_rel",
    "pg_largeobject",
];

/// Columns that hold places, counts of the moment, privileges in an order of their own, or what the server works out
/// when it wants to.
const VOLATILE: [&str; 38] = [
    "oid",
    "relfilenode",
    "relpages",
    "reltuples",
    "relallvisible",
    "relallfrozen",
    "relfrozenxid",
    "relminmxid",
    "relhasindex",
    "relhasrules",
    "relhastriggers",
    "relhassubclass",
    "reltoastrelid",
    "relnatts",
    "relrewrite",
    "relacl",
    "attnum",
    "attcacheoff",
    "attndims",
    "atthasmissing",
    "attmissingval",
    "attacl",
    "indkey",
    "conkey",
    "confkey",
    "tgattr",
    "stxkeys",
    "partattrs",
    "partdefid",
    "adnum",
    "enumsortorder",
    "indcheckxmin",
    "inhseqno",
    "proacl",
    "typacl",
    "nspacl",
    "extversion",
    "defaclacl",
];

/// What the server makes of the expressions in a row.
const DEFINITIONS: [(&str, &str); 9] = [
    (
        "pg_attrdef",
        "pg_get_expr(t.adbin, t.adrelid) || (SELECT attname FROM pg_attribute WHERE attrelid = t.adrelid AND attnum = t.adnum)",
    ),
    ("pg_class", "pg_get_expr(t.relpartbound, t.oid)"),
    ("pg_constraint", "pg_get_constraintdef(t.oid)"),
    (
        "pg_enum",
        "(SELECT count(*)::text FROM pg_enum e WHERE e.enumtypid = t.enumtypid AND e.enumsortorder < t.enumsortorder)",
    ),
    ("pg_index", "pg_get_indexdef(t.indexrelid)"),
    ("pg_policy", "pg_get_expr(t.polqual, t.polrelid) || '/' || pg_get_expr(t.polwithcheck, t.polrelid)"),
    ("pg_rewrite", "pg_get_ruledef(t.oid)"),
    ("pg_trigger", "pg_get_triggerdef(t.oid)"),
    ("pg_partitioned_table", "pg_get_partkeydef(t.partrelid)"),
];

/// The privileges in a row; where there are none, those that the owner and PUBLIC have anyhow. Who granted them is
/// not told.
const PRIVILEGES: [(&str, &str); 6] = [
    (
        "pg_class",
        "CASE WHEN t.relkind IN ('r', 'p', 'v', 'm', 'S') THEN coalesce(t.relacl, \
         acldefault((CASE t.relkind WHEN 'S' THEN 's' ELSE 'r' END)::\"char\", t.relowner)) END",
    ),
    ("pg_attribute", "t.attacl"),
    ("pg_proc", "coalesce(t.proacl, acldefault('f', t.proowner))"),
    ("pg_type", "coalesce(t.typacl, acldefault('T', t.typowner))"),
    ("pg_namespace", "coalesce(t.nspacl, acldefault('n', t.nspowner))"),
    ("pg_default_acl", "t.defaclacl"),
];

/// A column that refers to another catalog's rows.
struct Reference {
    column: String,
    catalog: String,
}

impl PostgresConnection {
    pub(super) fn read_witness(&mut self) -> Result<BTreeSet<String>, BackendError> {
        self.in_snapshot(Self::witnessed)
    }

    fn texts(&mut self, sql: &str) -> Result<Vec<Vec<String>>, BackendError> {
        let messages = self.client.simple_query(sql)?;
        Ok(messages
            .into_iter()
            .filter_map(|message| match message {
                SimpleQueryMessage::Row(row) => {
                    Some((0..row.len()).map(|column| row.get(column).unwrap_or_default().to_owned()).collect())
                }
                _ => None,
            })
            .collect())
    }

    fn witnessed(&mut self) -> Result<BTreeSet<String>, BackendError> {
        let mut columns: HashMap<String, Vec<(String, String)>> = HashMap::new();
        let sql = "SELECT c.relname, a.attname, a.atttypid::regtype FROM pg_class c JOIN pg_attribute a \
                   ON a.attrelid = c.oid WHERE c.relnamespace = 'pg_catalog'::regnamespace AND c.relkind = 'r' \
                   AND NOT c.relisshared AND a.attnum > 0 AND NOT a.attisdropped \
                   AND has_table_privilege(c.oid, 'SELECT')";
        for row in self.texts(sql)? {
            if !LEFT_OUT.contains(&row[0].as_str()) {
                columns.entry(row[0].clone()).or_default().push((row[1].clone(), row[2].clone()));
            }
        }
        let mut references: HashMap<String, Vec<Reference>> = HashMap::new();
        let sql = "SELECT fktable, fkcols[1], pktable FROM pg_get_catalog_foreign_keys() WHERE pkcols = '{oid}'";
        for row in self.texts(sql)? {
            let reference = Reference { column: row[1].clone(), catalog: row[2].clone() };
            references.entry(row[0].clone()).or_default().push(reference);
        }
        let own = self.own_objects()?;
        let mut names: HashMap<(String, u32), String> = HashMap::new();
        let mut rows: Vec<(String, u32, Map<String, Value>)> = Vec::new();
        for (catalog, columns) in &columns {
            let references = references.get(catalog).map_or(&[][..], Vec::as_slice);
            for row in self.texts(&question(catalog, columns, references))? {
                let oid = row[0].parse().unwrap_or_default();
                if let Ok(Value::Object(fields)) = serde_json::from_str(&row[2]) {
                    names.insert((catalog.clone(), oid), row[1].clone());
                    rows.push((catalog.clone(), oid, fields));
                }
            }
        }
        let mut told = BTreeSet::new();
        for (catalog, oid, mut fields) in rows {
            let references = references.get(&catalog).map_or(&[][..], Vec::as_slice);
            let is_own = |catalog: &str, oid: u32| own.contains(&(catalog.to_owned(), oid));
            let refers_to_own = references.iter().any(|reference| {
                fields.get(&reference.column).and_then(number).is_some_and(|oid| is_own(&reference.catalog, oid))
            });
            if is_own(&catalog, oid) || refers_to_own {
                continue;
            }
            // Parameters are a list whose order means nothing.
            for field in ["reloptions", "attoptions"] {
                if let Some(Value::Array(options)) = fields.get_mut(field) {
                    options.sort_by_key(ToString::to_string);
                }
            }
            for reference in references {
                if let Some(value) = fields.get_mut(&reference.column) {
                    resolve(value, &reference.catalog, &names);
                }
            }
            let name = names.get(&(catalog.clone(), oid)).filter(|_| oid > 0).cloned().unwrap_or_default();
            fields.retain(|field, value| !VOLATILE.contains(&field.as_str()) && !value.is_null());
            told.insert(format!("{catalog} {name}: {}", Value::Object(fields)));
        }
        let sql = "SELECT i.type, i.identity, d.objsubid, d.description FROM pg_description d CROSS JOIN LATERAL \
                   pg_identify_object(d.classoid, d.objoid, d.objsubid) i WHERE d.objoid >= 16384";
        told.extend(self.texts(sql)?.into_iter().map(|row| format!("comment on {} {}: {}", row[0], row[1], row[3])));
        Ok(told)
    }

    /// The tables that migrator keeps for itself, with everything that belongs to them.
    fn own_objects(&mut self) -> Result<HashSet<(String, u32)>, BackendError> {
        let quote = |text: &str| crate::sql::Dialect::PostgreSql.quote_literal(text);
        let tables = &self.tables;
        let schema = quote(tables.schema.as_deref().unwrap_or("public"));
        let names: Vec<String> =
            [&tables.version, &tables.log, &tables.ledger, &tables.lock].map(|name| quote(name)).into();
        let sql = format!(
            "WITH RECURSIVE own AS (SELECT 'pg_class'::regclass::oid AS class, c.oid FROM pg_class c JOIN pg_namespace n \
             ON n.oid = c.relnamespace WHERE n.nspname = {schema} AND c.relname IN ({}) \
             UNION SELECT d.classid, d.objid FROM own JOIN pg_depend d ON d.refclassid = own.class AND d.refobjid = own.oid \
             AND d.deptype IN ('a', 'i') AND d.classid <> 'pg_namespace'::regclass) SELECT class::regclass, oid FROM own",
            names.join(", ")
        );
        let rows = self.texts(&sql)?;
        Ok(rows.into_iter().map(|row| (row[0].clone(), row[1].parse().unwrap_or_default())).collect())
    }
}

const CLONE: &str = "t.conparentid <> 0 AND t.contype = 'f'";

fn identity(catalog: &str) -> String {
    format!("(SELECT i.type || ' ' || i.identity FROM pg_identify_object('{catalog}'::regclass, t.oid, 0) i)")
}

/// All rows of a catalog that are not the system's: their number, their name, and everything in them.
fn question(catalog: &str, columns: &[(String, String)], references: &[Reference]) -> String {
    let has = |name: &str| columns.iter().any(|(column, _)| column == name);
    let expressions: Vec<String> =
        columns.iter().filter(|(_, kind)| kind == "pg_node_tree").map(|(column, _)| format!(" - '{column}'")).collect();
    let definition = DEFINITIONS.iter().find(|(table, _)| *table == catalog);
    let definition = definition.map_or_else(|| "NULL::text".to_owned(), |(_, sql)| format!("({sql})"));
    let privileges = PRIVILEGES.iter().find(|(table, _)| *table == catalog);
    let privileges = privileges.map_or_else(
        || "NULL::jsonb".to_owned(),
        |(_, acl)| {
            format!(
                "(SELECT jsonb_agg(DISTINCT jsonb_build_array(grantee, privilege_type, is_grantable)) FROM aclexplode({acl}))"
            )
        },
    );
    // Labels of enums have a number, and are no objects.
    let (oid, name) = match has("oid") {
        true if catalog == "pg_enum" => ("t.oid".to_owned(), "t.enumlabel".to_owned()),
        // The foreign key of a partitioned table has one on each partition, which the server numbers.
        true if catalog == "pg_constraint" => {
            ("t.oid".to_owned(), format!("CASE WHEN {CLONE} THEN '' ELSE ({}) END", identity(catalog)))
        }
        true => ("t.oid".to_owned(), identity(catalog)),
        false => ("0".to_owned(), "''".to_owned()),
    };
    // A row without a number of its own is the user's if what it belongs to is.
    let is_own = match has("oid") {
        true => "t.oid >= 16384".to_owned(),
        false => match references.iter().find(|reference| has(&reference.column)) {
            Some(reference) => format!("t.{} >= 16384", reference.column),
            None => "false".to_owned(),
        },
    };
    let without = match catalog {
        // Of several keys of the same columns the server takes one for a foreign key.
        "pg_constraint" => format!(
            " - CASE WHEN {CLONE} THEN 'conname' ELSE '' END - CASE t.contype WHEN 'f' THEN 'conindid' ELSE '' END"
        ),
        _ => String::new(),
    };
    let toast = "SELECT oid FROM pg_class WHERE relnamespace = 'pg_toast'::regnamespace";
    let besides = match catalog {
        "pg_class" => "AND t.relnamespace <> 'pg_toast'::regnamespace".to_owned(),
        "pg_attribute" => format!(
            "AND t.attnum > 0 AND NOT t.attisdropped AND t.attrelid NOT IN ({toast}) \
            AND t.attrelid NOT IN (SELECT oid FROM pg_class WHERE relkind IN ('i', 'I'))"
        ),
        "pg_index" => format!("AND t.indexrelid NOT IN ({toast})"),
        // Those behind foreign keys are called by number, and follow from them.
        "pg_trigger" => "AND NOT t.tgisinternal".to_owned(),
        _ => String::new(),
    };
    format!(
        "SELECT {oid}, {name}, (to_jsonb(t){}{without} || jsonb_build_object('definition', {definition}, \
         'privileges', {privileges}))::text \
         FROM pg_catalog.{catalog} t WHERE {is_own} {besides}",
        expressions.concat()
    )
}

fn number(value: &Value) -> Option<u32> {
    match value {
        Value::Number(number) => number.as_u64().and_then(|number| number.try_into().ok()),
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Puts names in place of numbers.
fn resolve(value: &mut Value, catalog: &str, names: &HashMap<(String, u32), String>) {
    if let Value::Array(values) = value {
        values.iter_mut().for_each(|value| resolve(value, catalog, names));
        return;
    }
    if let Value::String(text) = value
        && text.contains(' ')
    {
        // Lists of numbers are written as one text.
        let words = text.split(' ').map(|word| {
            let oid = word.parse().unwrap_or_default();
            names.get(&(catalog.to_owned(), oid)).cloned().unwrap_or_else(|| word.to_owned())
        });
        *value = Value::String(words.collect::<Vec<_>>().join(" "));
        return;
    }
    if let Some(name) = number(value).and_then(|oid| names.get(&(catalog.to_owned(), oid))) {
        *value = Value::String(name.clone());
    }
}
