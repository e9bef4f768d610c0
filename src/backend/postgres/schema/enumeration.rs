//! Enums. <https://www.postgresql.org/docs/current/sql-altertype.html>

use super::ENUM;
use super::read::{Reader, class, names, object, own, set};
use crate::backend::BackendError;
use crate::schema::{Identity, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = format!(
        "SELECT t.oid, t.typarray, n.nspname, t.typname, format('%I.%I', n.nspname, t.typname), l.labels FROM pg_type t \
         JOIN pg_namespace n ON n.oid = t.typnamespace LEFT JOIN (SELECT enumtypid, \
         string_agg(quote_literal(enumlabel), ', ' ORDER BY enumsortorder) AS labels FROM pg_enum GROUP BY enumtypid) l \
         ON l.enumtypid = t.oid WHERE t.typtype = 'e' AND {}",
        own("n.nspname", class::TYPE, "t.oid")
    );
    for row in reader.rows(&sql)? {
        let (name, labels) = (row.text(4), row.text(5));
        let id = Identity::new(ENUM, names(row.text(2), &[row.text(3)]));
        reader.ids.insert((class::TYPE, row.oid(1), 0), id.clone());
        let mut object = object(id, format!("TYPE {name}"), format!("CREATE TYPE {name} AS ENUM ({labels})"));
        set(&mut object, "labels", Some(labels));
        object.facts.insert("sql", name.to_owned());
        reader.add(class::TYPE, row.oid(0), object);
    }
    Ok(())
}

/// The labels as literals.
pub(super) fn labels(object: &Object) -> Vec<String> {
    let text = object.attribute("labels").unwrap_or_default();
    let (mut labels, mut label, mut inside) = (Vec::new(), String::new(), false);
    for character in text.chars() {
        inside ^= character == '\'';
        if !inside && character == ',' {
            labels.push(std::mem::take(&mut label).trim().to_owned());
        } else {
            label.push(character);
        }
    }
    if !label.is_empty() {
        labels.push(label.trim().to_owned());
    }
    labels
}

/// The statements that add what `new` has besides, or nothing where labels are gone or in another order.
pub(super) fn added(old: &Object, new: &Object) -> Option<Vec<String>> {
    let (was, is) = (labels(old), labels(new));
    let kept: Vec<&String> = is.iter().filter(|label| was.contains(label)).collect();
    if kept != was.iter().collect::<Vec<_>>() {
        return None;
    }
    let name = new.fact("named").unwrap_or_default();
    let mut there = was.clone();
    let mut statements = Vec::new();
    for (place, label) in is.iter().enumerate() {
        if there.contains(label) {
            continue;
        }
        let at = match place.checked_sub(1).and_then(|before| is.get(before)) {
            Some(_) if place >= there.len() => String::new(),
            Some(before) => format!(" AFTER {before}"),
            None => there.first().map(|first| format!(" BEFORE {first}")).unwrap_or_default(),
        };
        there.insert(place.min(there.len()), label.clone());
        statements.push(format!("ALTER {name} ADD VALUE {label}{at}"));
    }
    Some(statements)
}
