//! Extended statistics. <https://www.postgresql.org/docs/current/sql-createstatistics.html>

use super::STATISTICS;
use super::read::{Reader, class, names, object, own, set};
use crate::backend::BackendError;
use crate::schema::{Identity, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = format!(
        "SELECT s.oid, s.stxrelid, n.nspname, s.stxname, format('%I.%I', n.nspname, s.stxname), \
         pg_get_statisticsobjdef(s.oid), nullif(coalesce(s.stxstattarget, -1), -1), concat_ws(' ', s.stxkind, \
         (SELECT string_agg(quote_ident(a.attname), ', ' ORDER BY a.attname) FROM pg_attribute a \
         WHERE a.attrelid = s.stxrelid AND a.attnum = ANY (s.stxkeys)), \
         (SELECT string_agg(e, ', ' ORDER BY e) FROM unnest(pg_get_statisticsobjdef_expressions(s.oid)) e)) \
         FROM pg_statistic_ext s \
         JOIN pg_namespace n ON n.oid = s.stxnamespace WHERE {}",
        own("n.nspname", class::STATISTICS, "s.oid")
    );
    for row in reader.rows(&sql)? {
        let Some(relation) = reader.relations.get(&row.oid(1)).cloned() else { continue };
        let id = Identity::new(STATISTICS, names(row.text(2), &[row.text(3)]));
        let mut statistics = object(id, format!("STATISTICS {}", row.text(4)), row.text(5).to_owned());
        // The statement names the columns in the order of the table, which means nothing.
        set(&mut statistics, "definition", row.get(7));
        set(&mut statistics, "target", row.get(6));
        statistics.part_of = Some(relation.id);
        reader.add(class::STATISTICS, row.oid(0), statistics);
    }
    Ok(())
}

pub(super) fn settings(object: &Object) -> Option<String> {
    Some(format!("ALTER {} SET STATISTICS {}", object.fact("named")?, object.attribute("target")?))
}
