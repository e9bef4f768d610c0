//! Composite types. <https://www.postgresql.org/docs/current/rowtypes.html>

use super::COMPOSITE;
use super::read::{Reader, class, names, object, own, set};
use crate::backend::BackendError;
use crate::schema::{Identity, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = format!(
        "SELECT t.oid, t.typarray, c.oid, n.nspname, t.typname, format('%I.%I', n.nspname, t.typname), \
         (SELECT string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)) || \
         CASE WHEN a.attcollation <> at.typcollation THEN (SELECT format(' COLLATE %I.%I', x.nspname, k.collname) \
         FROM pg_collation k JOIN pg_namespace x ON x.oid = k.collnamespace WHERE k.oid = a.attcollation) ELSE '' END, \
         E',\\n    ' ORDER BY a.attnum) FROM pg_attribute a JOIN pg_type at ON at.oid = a.atttypid \
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped) \
         FROM pg_class c JOIN pg_type t ON t.oid = c.reltype JOIN pg_namespace n ON n.oid = c.relnamespace \
         WHERE c.relkind = 'c' AND {}",
        own("n.nspname", class::RELATION, "c.oid")
    );
    for row in reader.rows(&sql)? {
        let (name, body) = (row.text(5), row.text(6));
        let id = Identity::new(COMPOSITE, names(row.text(3), &[row.text(4)]));
        reader.ids.insert((class::TYPE, row.oid(1), 0), id.clone());
        reader.ids.insert((class::RELATION, row.oid(2), 0), id.clone());
        let body_text = if body.is_empty() { "()".to_owned() } else { format!("(\n    {body}\n)") };
        let mut object = object(id, format!("TYPE {name}"), format!("CREATE TYPE {name} AS {body_text}"));
        set(&mut object, "attributes", Some(body));
        object.facts.insert("sql", name.to_owned());
        reader.add(class::TYPE, row.oid(0), object);
    }
    Ok(())
}

/// What is added behind, or taken away, can be done in place, also where tables have columns of the type.
pub(super) fn alter(old: &Object, new: &Object) -> Option<Vec<String>> {
    let lines = |object: &Object| -> Vec<String> {
        let text = object.attribute("attributes").unwrap_or_default();
        text.split(",\n    ").filter(|line| !line.is_empty()).map(str::to_owned).collect()
    };
    let (was, is) = (lines(old), lines(new));
    let kept: Vec<&String> = was.iter().filter(|line| is.contains(line)).collect();
    if !is.iter().take(kept.len()).eq(kept.iter().copied()) {
        return None;
    }
    let name = |line: &str| -> String {
        match line.strip_prefix('"').and_then(|rest| rest.find("\" ").map(|end| end + 1)) {
            Some(end) => line[..=end].to_owned(),
            None => line.split(' ').next().unwrap_or_default().to_owned(),
        }
    };
    // An attribute that is there under the same name with another type would be dropped with its values.
    if is[kept.len()..].iter().any(|line| was.iter().any(|other| name(other) == name(line))) {
        return None;
    }
    let named = new.fact("named").unwrap_or_default();
    let gone = was.iter().filter(|line| !is.contains(line));
    let dropped = gone.map(|line| format!("ALTER {named} DROP ATTRIBUTE {}", name(line)));
    let added = is[kept.len()..].iter().map(|line| format!("ALTER {named} ADD ATTRIBUTE {line}"));
    Some(dropped.chain(added).collect())
}
