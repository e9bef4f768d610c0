//! Views and materialized views. <https://www.postgresql.org/docs/current/sql-createview.html>

use super::MATERIALIZED_VIEW;
use super::read::{Reader, class, object, own, set};
use super::table::options;
use crate::backend::BackendError;
use crate::schema::{Kind, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = format!(
        "SELECT c.oid, c.relkind, pg_get_viewdef(c.oid), (SELECT string_agg(quote_ident(option_name) || '=' || \
         quote_literal(option_value), ', ' ORDER BY option_name) FROM pg_options_to_table(c.reloptions)), \
         c.relispopulated, nullif(am.amname, current_setting('default_table_access_method')), \
         (SELECT string_agg(quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod), E'\\n' \
         ORDER BY a.attnum) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attnum > 0) \
         FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_am am ON am.oid = c.relam \
         WHERE c.relkind IN ('v', 'm') AND {}",
        own("n.nspname", class::RELATION, "c.oid")
    );
    for row in reader.rows(&sql)? {
        let Some(relation) = reader.relations.get(&row.oid(0)).cloned() else { continue };
        let body = row.text(2).trim_end_matches(';').to_owned();
        let name = &relation.sql;
        let with = row.get(3).map(|options| format!(" WITH ({options})")).unwrap_or_default();
        let is_view = relation.id.kind == Kind::VIEW;
        let (word, end) = match (is_view, row.is(4)) {
            (true, _) => ("VIEW", ""),
            (false, true) => ("MATERIALIZED VIEW", "\n  WITH DATA"),
            (false, false) => ("MATERIALIZED VIEW", "\n  WITH NO DATA"),
        };
        let method = row.get(5).map(|method| format!(" USING {method}")).unwrap_or_default();
        let mut view = object(
            relation.id.clone(),
            format!("{word} {name}"),
            format!("CREATE {word} {name}{method}{with} AS\n{body}{end}"),
        );
        set(&mut view, "definition", Some(&body));
        // The same names come from other columns where those were renamed.
        set(&mut view, "columns", row.get(6));
        set(&mut view, "options", row.get(3));
        set(&mut view, "access method", row.get(5));
        set(&mut view, "not populated", (!is_view && !row.is(4)).then_some("yes"));
        view.facts.insert("sql", name.clone());
        reader.add(class::RELATION, row.oid(0), view);
    }
    Ok(())
}

/// A view can be replaced where its columns are the first ones of the new view.
pub(super) fn alter(old: &Object, new: &Object, attributes: &[&str]) -> Option<Vec<String>> {
    let named = new.fact("named")?;
    if attributes == ["options"] {
        return Some(options(named, old, new));
    }
    let (was, is) = (old.attribute("columns").unwrap_or_default(), new.attribute("columns").unwrap_or_default());
    let in_place = new.id.kind == Kind::VIEW && (is == was || is.starts_with(&format!("{was}\n")));
    if !in_place || new.id.kind == MATERIALIZED_VIEW {
        return None;
    }
    Some(vec![new.definition.replacen("CREATE VIEW", "CREATE OR REPLACE VIEW", 1)])
}
