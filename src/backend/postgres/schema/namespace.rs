//! Schemas. <https://www.postgresql.org/docs/current/sql-createschema.html>

use super::SCHEMA;
use super::read::{Reader, class, names, object, own};
use crate::backend::BackendError;
use crate::schema::{Identity, Object};

/// The schema that every new database has: nothing is asked of it but what roles may do there.
pub(super) fn public() -> Identity {
    Identity::new(SCHEMA, ["public"])
}

/// All but `public` are made.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = format!(
        "SELECT n.oid, n.nspname, quote_ident(n.nspname) FROM pg_namespace n WHERE n.nspname <> 'public' AND {}",
        own("n.nspname", class::NAMESPACE, "n.oid")
    );
    reader.catalog.insert(object(public(), "SCHEMA public".to_owned(), String::new()));
    for row in reader.rows(&sql)? {
        let id = Identity::new(SCHEMA, names(row.text(1), &[]));
        reader.add(class::NAMESPACE, row.oid(0), schema(id, row.text(2)));
    }
    Ok(())
}

/// The schema that is called `name` in SQL.
pub(super) fn schema(id: Identity, name: &str) -> Object {
    object(id, format!("SCHEMA {name}"), format!("CREATE SCHEMA {name}"))
}
