//! Objects of catalogs that are not read: told by name, and never touched. What an extension or another object brings
//! along, as a range brings a cast to its multirange, is no object of its own.
//! <https://www.postgresql.org/docs/current/catalog-pg-depend.html>

use super::read::Reader;
use crate::backend::BackendError;

/// The catalogs, and what of their rows is ours to tell.
const CATALOGS: [(&str, &str); 18] = [
    ("pg_am", "true"),
    ("pg_cast", "true"),
    ("pg_class", "o.relkind = 'f'"),
    ("pg_collation", "true"),
    ("pg_conversion", "true"),
    ("pg_event_trigger", "true"),
    ("pg_foreign_data_wrapper", "true"),
    ("pg_foreign_server", "true"),
    ("pg_language", "true"),
    ("pg_opclass", "true"),
    ("pg_operator", "true"),
    ("pg_opfamily", "true"),
    ("pg_publication", "true"),
    ("pg_transform", "true"),
    ("pg_ts_config", "true"),
    ("pg_ts_dict", "true"),
    ("pg_ts_parser", "true"),
    ("pg_type", "o.typtype = 'b' AND o.typelem = 0"),
];

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let parts: Vec<String> = CATALOGS
        .iter()
        .map(|(catalog, condition)| {
            format!(
                "SELECT i.type || ' ' || i.identity FROM {catalog} o CROSS JOIN LATERAL \
                 pg_identify_object('{catalog}'::regclass, o.oid, 0) i WHERE o.oid >= 16384 AND {condition} AND NOT EXISTS \
                 (SELECT FROM pg_depend e WHERE e.classid = '{catalog}'::regclass AND e.objid = o.oid AND e.deptype IN ('e', 'i'))"
            )
        })
        .collect();
    let rows = reader.rows(&format!("{} ORDER BY 1", parts.join(" UNION ALL ")))?;
    reader.catalog.unmodelled.extend(rows.iter().map(|row| row.text(0).to_owned()));
    Ok(())
}
