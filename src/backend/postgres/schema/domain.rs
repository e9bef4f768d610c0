//! Domains; their checks are constraints. <https://www.postgresql.org/docs/current/sql-createdomain.html>

use super::DOMAIN;
use super::read::{Reader, class, names, object, own, set};
use crate::backend::BackendError;
use crate::schema::{Identity, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = format!(
        "SELECT t.oid, t.typarray, n.nspname, t.typname, format('%I.%I', n.nspname, t.typname), \
         format_type(t.typbasetype, t.typtypmod), CASE WHEN t.typcollation <> b.typcollation THEN \
         (SELECT format('%I.%I', cn.nspname, c.collname) FROM pg_collation c JOIN pg_namespace cn \
         ON cn.oid = c.collnamespace WHERE c.oid = t.typcollation) END, t.typdefault, t.typnotnull \
         FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace JOIN pg_type b ON b.oid = t.typbasetype \
         WHERE t.typtype = 'd' AND {}",
        own("n.nspname", class::TYPE, "t.oid")
    );
    for row in reader.rows(&sql)? {
        let name = row.text(4);
        let id = Identity::new(DOMAIN, names(row.text(2), &[row.text(3)]));
        reader.ids.insert((class::TYPE, row.oid(1), 0), id.clone());
        let mut create = format!("CREATE DOMAIN {name} AS {}", row.text(5));
        if let Some(collation) = row.get(6) {
            create.push_str(&format!(" COLLATE {collation}"));
        }
        if let Some(default) = row.get(7) {
            create.push_str(&format!(" DEFAULT {default}"));
        }
        if row.is(8) {
            create.push_str(" NOT NULL");
        }
        let mut object = object(id, format!("DOMAIN {name}"), create);
        set(&mut object, "type", row.get(5));
        set(&mut object, "collation", row.get(6));
        set(&mut object, "default", row.get(7));
        set(&mut object, "not null", row.is(8).then_some("yes"));
        object.facts.insert("sql", name.to_owned());
        reader.add(class::TYPE, row.oid(0), object);
    }
    Ok(())
}

/// What can be changed without another type.
pub(super) fn alter(new: &Object, attributes: &[&str]) -> Option<Vec<String>> {
    let name = new.fact("named").unwrap_or_default();
    attributes
        .iter()
        .map(|attribute| match (*attribute, new.attribute(attribute)) {
            ("default", Some(default)) => Some(format!("ALTER {name} SET DEFAULT {default}")),
            ("default", None) => Some(format!("ALTER {name} DROP DEFAULT")),
            ("not null", Some(_)) => Some(format!("ALTER {name} SET NOT NULL")),
            ("not null", None) => Some(format!("ALTER {name} DROP NOT NULL")),
            _ => None,
        })
        .collect()
}
