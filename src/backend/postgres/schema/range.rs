//! Range types. <https://www.postgresql.org/docs/current/rangetypes.html>

use super::RANGE;
use super::read::{Reader, class, names, object, own, set};
use crate::backend::BackendError;
use crate::schema::Identity;

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = format!(
        "SELECT t.oid, t.typarray, r.rngmultitypid, m.typarray, n.nspname, t.typname, \
         format('%I.%I', n.nspname, t.typname), 'SUBTYPE = ' || format_type(r.rngsubtype, NULL) || \
         CASE WHEN o.opcdefault THEN '' ELSE (SELECT format(', SUBTYPE_OPCLASS = %I.%I', x.nspname, o.opcname) \
         FROM pg_namespace x WHERE x.oid = o.opcnamespace) END || \
         CASE WHEN r.rngcollation IN (0, s.typcollation) THEN '' ELSE (SELECT format(', COLLATION = %I.%I', x.nspname, \
         c.collname) FROM pg_collation c JOIN pg_namespace x ON x.oid = c.collnamespace WHERE c.oid = r.rngcollation) END || \
         CASE WHEN r.rngcanonical <> 0 THEN ', CANONICAL = ' || r.rngcanonical::regproc ELSE '' END || \
         CASE WHEN r.rngsubdiff <> 0 THEN ', SUBTYPE_DIFF = ' || r.rngsubdiff::regproc ELSE '' END || \
         format(', MULTIRANGE_TYPE_NAME = %I.%I', mn.nspname, m.typname) \
         FROM pg_range r JOIN pg_type t ON t.oid = r.rngtypid JOIN pg_namespace n ON n.oid = t.typnamespace \
         JOIN pg_type s ON s.oid = r.rngsubtype JOIN pg_opclass o ON o.oid = r.rngsubopc \
         JOIN pg_type m ON m.oid = r.rngmultitypid JOIN pg_namespace mn ON mn.oid = m.typnamespace WHERE {}",
        own("n.nspname", class::TYPE, "t.oid")
    );
    for row in reader.rows(&sql)? {
        let (name, body) = (row.text(6), row.text(7));
        let id = Identity::new(RANGE, names(row.text(4), &[row.text(5)]));
        for column in 1..4 {
            reader.ids.insert((class::TYPE, row.oid(column), 0), id.clone());
        }
        let mut object = object(id, format!("TYPE {name}"), format!("CREATE TYPE {name} AS RANGE ({body})"));
        set(&mut object, "definition", Some(body));
        object.facts.insert("sql", name.to_owned());
        reader.add(class::TYPE, row.oid(0), object);
    }
    Ok(())
}
