//! Whose an object is. What belongs to the role that is connected goes without a word, as does what that role could
//! not give away.
//! <https://www.postgresql.org/docs/current/ddl-priv.html>

use std::collections::HashMap;

use super::read::{Reader, class, object, set};
use super::{EXTENSION, OWNERSHIP};
use crate::backend::BackendError;
use crate::schema::{Catalog, Identity, Kind, Object};

/// Whether the role that is connected may give something in the schema `namespace` to the role `owner`.
/// <https://www.postgresql.org/docs/current/sql-altertable.html>
pub(super) fn can_give(version: u32, owner: &str, namespace: Option<&str>) -> String {
    // Since version 16 a member may not be allowed to become the role.
    let becomes = if version >= 160_000 { "SET" } else { "MEMBER" };
    let creates = namespace.map(|namespace| format!(" AND has_schema_privilege({owner}, {namespace}, 'CREATE')"));
    format!(
        "((SELECT rolsuper FROM pg_roles WHERE rolname = session_user) OR (pg_has_role(session_user, {owner}, \
         '{becomes}'){}))",
        creates.unwrap_or_default()
    )
}

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let owned = [
        (class::RELATION, "pg_class", "relowner", Some("relnamespace"), "o.relkind IN ('r', 'p', 'v', 'm', 'S')"),
        (class::PROC, "pg_proc", "proowner", Some("pronamespace"), "true"),
        (class::TYPE, "pg_type", "typowner", Some("typnamespace"), IS_TYPE),
        (class::NAMESPACE, "pg_namespace", "nspowner", None, "true"),
        (class::STATISTICS, "pg_statistic_ext", "stxowner", Some("stxnamespace"), "true"),
    ];
    let parts = owned.map(|(class, table, owner, namespace, condition)| {
        let (owner, namespace) = (format!("o.{owner}"), namespace.map(|namespace| format!("o.{namespace}")));
        format!(
            "SELECT {class}, o.oid, quote_ident(pg_get_userbyid({owner})) FROM {table} o WHERE o.oid >= 16384 \
             AND {condition} AND pg_get_userbyid({owner}) <> session_user AND {}",
            can_give(reader.version, &owner, namespace.as_deref())
        )
    });
    // A sequence of a column goes with its table.
    let sql = format!(
        "SELECT * FROM ({}) AS o (class, oid, owner) WHERE NOT EXISTS (SELECT FROM pg_depend d \
         WHERE d.classid = o.class AND d.objid = o.oid AND d.refclassid = {1} AND d.classid = {1} \
         AND d.deptype IN ('a', 'i') AND d.refobjsubid > 0)",
        parts.join(" UNION ALL "),
        class::RELATION
    );
    let sequences = sequences_of_tables(&reader.catalog);
    for row in reader.rows(&sql)? {
        let Some(id) = reader.ids.get(&(row.oid(0), row.oid(1), 0)).filter(|id| id.kind != EXTENSION).cloned() else {
            continue;
        };
        let Some(named) = reader.catalog.get(&id).and_then(|whole| whole.fact("named")) else { continue };
        let alter = format!("ALTER {named} OWNER TO");
        let mut owner =
            object(Identity::new(Kind::OWNER, [format!("of {id}")]), String::new(), format!("{alter} {}", row.text(2)));
        owner.facts.insert("drop", format!("{alter} CURRENT_USER"));
        set(&mut owner, "role", row.get(2));
        // The sequences of its columns are given away with a table, once they are its own.
        owner.needs.extend(sequences.get(&id).into_iter().flatten().cloned());
        owner.part_of = Some(id);
        reader.catalog.insert(owner);
    }
    Ok(())
}

/// That sequences belong to columns, by the columns' tables.
fn sequences_of_tables(catalog: &Catalog) -> HashMap<Identity, Vec<Identity>> {
    let mut all: HashMap<Identity, Vec<Identity>> = HashMap::new();
    for ownership in catalog.of_kind(OWNERSHIP) {
        let column = ownership.needs.iter().find_map(|id| catalog.get(id).filter(|_| id.kind == Kind::COLUMN));
        if let Some(table) = column.and_then(|column| column.part_of.clone()) {
            all.entry(table).or_default().push(ownership.id.clone());
        }
    }
    all
}

/// Types that are made as such: no rows of tables, no arrays.
pub(super) const IS_TYPE: &str = "(o.typtype IN ('e', 'd', 'r') OR (o.typtype = 'c' AND EXISTS \
    (SELECT FROM pg_class r WHERE r.oid = o.typrelid AND r.relkind = 'c')))";

/// The role that an object of the catalog belongs to, if it is not the one that is connected.
pub(super) fn of<'c>(catalog: &'c Catalog, id: &Identity) -> Option<&'c str> {
    let owner = catalog.get(&Identity::new(Kind::OWNER, [format!("of {id}")]));
    owner.and_then(|owner: &Object| owner.attribute("role"))
}
