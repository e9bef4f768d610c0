//! Comments: an attribute of what they are on. <https://www.postgresql.org/docs/current/sql-comment.html>

use super::read::{Reader, class, set};
use crate::backend::BackendError;
use crate::schema::{Kind, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = "SELECT d.classoid, d.objoid, d.objsubid, quote_literal(d.description) FROM pg_description d \
               WHERE d.objoid >= 16384";
    for row in reader.rows(sql)? {
        let (catalog, column): (u32, i32) = (row.oid(0), row.text(2).parse().unwrap_or_default());
        let Some(id) = reader.ids.get(&(catalog, row.oid(1), column)) else { continue };
        // The index behind a key has the key's identity, and a comment of its own.
        if id.kind == Kind::CONSTRAINT && catalog != class::CONSTRAINT {
            reader.catalog.unmodelled.push(format!("comment on the index of {id}"));
            continue;
        }
        if let Some(object) = reader.catalog.get_mut(id) {
            set(object, "comment", row.get(3));
        }
    }
    Ok(())
}

/// The statement that makes an object's comment what it is in `object`.
pub(super) fn statement(object: &Object) -> String {
    let comment = object.attribute("comment").unwrap_or("NULL");
    format!("COMMENT ON {} IS {comment}", object.fact("named").unwrap_or_default())
}
