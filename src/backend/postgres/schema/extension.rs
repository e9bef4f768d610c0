//! Extensions. What belongs to one is never looked at, and which version it is neither.
//! <https://www.postgresql.org/docs/current/sql-createextension.html>

use super::EXTENSION;
use super::read::{Reader, class, object, set};
use crate::backend::BackendError;
use crate::schema::{Identity, Object};

/// All but `plpgsql`, which every new database has.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = "SELECT e.oid, e.extname, quote_ident(e.extname), quote_ident(n.nspname) FROM pg_extension e \
               JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname <> 'plpgsql'";
    for row in reader.rows(sql)? {
        let (name, schema) = (row.text(2), row.text(3));
        let create = format!("CREATE EXTENSION {name} WITH SCHEMA {schema}");
        let mut extension = object(Identity::new(EXTENSION, [row.text(1)]), format!("EXTENSION {name}"), create);
        set(&mut extension, "schema", Some(schema));
        reader.add(class::EXTENSION, row.oid(0), extension);
    }
    // Who needs something of an extension needs the extension.
    let sql =
        "SELECT classid, objid, refobjid FROM pg_depend WHERE deptype = 'e' AND refclassid = 'pg_extension'::regclass";
    for row in reader.rows(sql)? {
        if let Some(id) = reader.ids.get(&(class::EXTENSION, row.oid(2), 0)).cloned() {
            reader.ids.insert((row.oid(0), row.oid(1), 0), id);
        }
    }
    Ok(())
}

/// Into another schema, where it can be moved.
pub(super) fn alter(new: &Object) -> Vec<String> {
    let schema = new.attribute("schema").unwrap_or("public");
    vec![format!("ALTER {} SET SCHEMA {schema}", new.fact("named").unwrap_or_default())]
}
