//! A database as text, to compare two of them.

use super::subject::query_sqlite;
use postgres::{Client, SimpleQueryMessage};

pub const SQLITE: &str = "SELECT type, name, tbl_name, sql FROM sqlite_schema \
     WHERE tbl_name NOT IN ('migrator_version', 'migrator_log', 'migrator_ledger') AND name NOT LIKE 'sqlite_autoindex%' \
     ORDER BY type, name";

/// What belongs to users: everything outside the server's own schemas but for the version table and the log.
const OURS: &str = "NOT IN ('pg_catalog', 'information_schema', 'pg_toast')";

/// The objects of a PostgreSQL database, a line each, sorted.
pub fn postgres(client: &mut Client) -> String {
    let queries = [
        format!(
            "SELECT 'column', n.nspname, c.relname, c.relkind, \
             row_number() OVER (PARTITION BY c.oid ORDER BY a.attnum), a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated, a.attstorage, \
             pg_get_expr(d.adbin, d.adrelid), c.reloptions, c.relacl \
             FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace \
             JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped \
             LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum \
             WHERE n.nspname {OURS} AND n.nspname NOT LIKE 'pg_t%' AND c.relname NOT LIKE 'migrator%'"
        ),
        format!(
            "SELECT 'constraint', conrelid::regclass, conname, pg_get_constraintdef(c.oid), convalidated \
             FROM pg_constraint c JOIN pg_namespace n ON n.oid = c.connamespace \
             WHERE n.nspname {OURS} AND conrelid::regclass::text NOT LIKE '%migrator%'"
        ),
        "SELECT 'index', indexdef FROM pg_indexes WHERE schemaname NOT LIKE 'pg_%' AND tablename NOT LIKE 'migrator%'"
            .to_owned(),
        format!("SELECT 'view', schemaname, viewname, definition FROM pg_views WHERE schemaname {OURS}"),
        format!("SELECT 'matview', matviewname, definition FROM pg_matviews WHERE schemaname {OURS}"),
        format!(
            "SELECT 'routine', p.oid::regprocedure, \
             CASE WHEN prokind IN ('f', 'p') THEN pg_get_functiondef(p.oid) END, proacl \
             FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE n.nspname {OURS}"
        ),
        "SELECT 'trigger', pg_get_triggerdef(oid), tgenabled FROM pg_trigger WHERE NOT tgisinternal".to_owned(),
        format!(
            "SELECT 'type', t.oid::regtype, typtype, typdefault, \
             (SELECT string_agg(enumlabel, ',' ORDER BY enumsortorder) FROM pg_enum WHERE enumtypid = t.oid) \
             FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
             WHERE n.nspname {OURS} AND typname NOT LIKE '%migrator%'"
        ),
        format!("SELECT 'rule', definition FROM pg_rules WHERE schemaname {OURS}"),
        "SELECT 'inherits', inhrelid::regclass, inhparent::regclass, pg_get_expr(c.relpartbound, c.oid) \
         FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid"
            .to_owned(),
        "SELECT 'comment', description FROM pg_description WHERE objoid >= 16384".to_owned(),
        "SELECT 'schema', nspname, nspacl FROM pg_namespace WHERE nspname NOT LIKE 'pg_%'".to_owned(),
        "SELECT 'sequence', schemaname, sequencename, data_type, increment_by, last_value FROM pg_sequences \
         WHERE sequencename NOT LIKE 'migrator%'"
            .to_owned(),
    ];
    let mut lines: Vec<String> = queries.iter().flat_map(|query| rows(client, query)).collect();
    lines.sort();
    lines.join("\n")
}

/// How many rows each table has and what they say, a line each, sorted.
pub fn postgres_rows(client: &mut Client) -> String {
    let tables = "SELECT schemaname || '.' || quote_ident(tablename) FROM pg_tables \
         WHERE schemaname NOT IN ('pg_catalog', 'information_schema') AND tablename NOT LIKE 'migrator%' ORDER BY 1";
    let tables = rows(client, tables);
    let contents = tables.iter().flat_map(|table| {
        let sql =
            format!("SELECT '{table}', count(*), md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM {table} t");
        rows(client, &sql)
    });
    contents.collect::<Vec<_>>().join("\n")
}

/// What is in the tables, without ours.
pub fn sqlite_rows(connection: &rusqlite::Connection) -> String {
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'migrator%' ORDER BY name";
    let tables = query_sqlite(connection, tables);
    let contents = tables.lines().map(|table| {
        let rows = query_sqlite(connection, &format!("SELECT * FROM \"{table}\""));
        let mut rows: Vec<&str> = rows.lines().collect();
        rows.sort_unstable();
        format!("{table}\n{}", rows.join("\n"))
    });
    contents.collect::<Vec<_>>().join("\n")
}

fn rows(client: &mut Client, sql: &str) -> Vec<String> {
    let messages = client.simple_query(sql).unwrap_or_else(|error| panic!("{sql}: {error:?}"));
    let line = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => {
            let values: Vec<&str> = (0..row.len()).map(|column| row.get(column).unwrap_or_default()).collect();
            Some(values.join("|"))
        }
        _ => None,
    };
    messages.iter().filter_map(line).collect()
}
