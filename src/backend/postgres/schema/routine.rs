//! Functions, procedures and aggregates. <https://www.postgresql.org/docs/current/sql-createfunction.html>

use super::read::{Reader, class, names, object, own, set};
use super::{AGGREGATE, FUNCTION, PROCEDURE};
use crate::backend::BackendError;
use crate::schema::{Identity, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = format!(
        "SELECT p.oid, n.nspname, p.proname, format('%I.%I', n.nspname, p.proname), p.prokind, \
         pg_get_function_identity_arguments(p.oid), CASE WHEN p.prokind <> 'a' THEN pg_get_functiondef(p.oid) END, \
         pg_get_function_arguments(p.oid) || ' -> ' || coalesce(pg_get_function_result(p.oid), ''), \
         array_to_string(p.proargtypes::regtype[], ', ') \
         FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {} AND NOT EXISTS (SELECT FROM pg_depend d \
         WHERE d.classid = {} AND d.objid = p.oid AND d.deptype = 'i')",
        own("n.nspname", class::PROC, "p.oid"),
        class::PROC
    );
    for row in reader.rows(&sql)? {
        let (kind, word) = match row.text(4) {
            "a" => (AGGREGATE, "AGGREGATE"),
            "p" => (PROCEDURE, "PROCEDURE"),
            _ => (FUNCTION, "FUNCTION"),
        };
        let own_name = format!("{}({})", row.text(2), row.text(8));
        let id = Identity::new(kind, names(row.text(1), &[&own_name]));
        let definition = row.text(6).trim_end().to_owned();
        let named = format!("{word} {}({})", row.text(3), row.text(5));
        let mut routine = object(id, named, definition);
        routine.facts.insert("sql", row.text(3).to_owned());
        routine.facts.insert("name", row.text(2).to_owned());
        set(&mut routine, "definition", row.get(6));
        set(&mut routine, "signature", row.get(7));
        reader.add(class::PROC, row.oid(0), routine);
    }
    read_aggregates(reader)
}

/// <https://www.postgresql.org/docs/current/sql-createaggregate.html>
fn read_aggregates(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let function = |column: &str, word: &str| {
        format!(
            "CASE WHEN a.{column} <> 0 THEN (SELECT format('{word} = %I.%I', fn.nspname, f.proname) FROM pg_proc f \
             JOIN pg_namespace fn ON fn.oid = f.pronamespace WHERE f.oid = a.{column}) END"
        )
    };
    let extra = |column: &str, word: &str| format!("CASE WHEN a.{column} THEN '{word}' END");
    let modify = |column: &str, word: &str| {
        format!(
            "'{word} = ' || CASE a.{column} WHEN 'r' THEN 'READ_ONLY' WHEN 's' THEN 'SHAREABLE' ELSE 'READ_WRITE' END"
        )
    };
    let sql = format!(
        "SELECT p.oid, concat_ws(E',\\n    ', {}, 'STYPE = ' || format_type(a.aggtranstype, NULL), \
         'SSPACE = ' || nullif(a.aggtransspace, 0), {}, {}, {}, {}, {}, {}, 'INITCOND = ' || quote_literal(a.agginitval), \
         {}, {}, 'MSTYPE = ' || CASE WHEN a.aggmtranstype <> 0 THEN format_type(a.aggmtranstype, NULL) END, \
         'MSSPACE = ' || nullif(a.aggmtransspace, 0), {}, {}, {}, 'MINITCOND = ' || quote_literal(a.aggminitval), \
         CASE WHEN a.aggsortop <> 0 THEN (SELECT format('SORTOP = OPERATOR(%I.%s)', o.nspname, op.oprname) \
         FROM pg_operator op JOIN pg_namespace o ON o.oid = op.oprnamespace WHERE op.oid = a.aggsortop) END, \
         'PARALLEL = ' || CASE p.proparallel WHEN 's' THEN 'SAFE' WHEN 'r' THEN 'RESTRICTED' END, \
         CASE WHEN a.aggkind = 'h' THEN 'HYPOTHETICAL' END), pg_get_function_arguments(p.oid) \
         FROM pg_aggregate a JOIN pg_proc p ON p.oid = a.aggfnoid JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {}",
        function("aggtransfn", "SFUNC"),
        function("aggfinalfn", "FINALFUNC"),
        extra("aggfinalextra", "FINALFUNC_EXTRA"),
        modify("aggfinalmodify", "FINALFUNC_MODIFY"),
        function("aggcombinefn", "COMBINEFUNC"),
        function("aggserialfn", "SERIALFUNC"),
        function("aggdeserialfn", "DESERIALFUNC"),
        function("aggmtransfn", "MSFUNC"),
        function("aggminvtransfn", "MINVFUNC"),
        function("aggmfinalfn", "MFINALFUNC"),
        extra("aggmfinalextra", "MFINALFUNC_EXTRA"),
        format_args!("CASE WHEN a.aggmtransfn <> 0 THEN {} END", modify("aggmfinalmodify", "MFINALFUNC_MODIFY")),
        own("n.nspname", class::PROC, "p.oid")
    );
    for row in reader.rows(&sql)? {
        let aggregate = reader.id(class::PROC, row.oid(0), 0).and_then(|id| reader.catalog.get(id)).cloned();
        let Some(mut aggregate) = aggregate else { continue };
        let (name, body) = (aggregate.fact("sql").unwrap_or_default().to_owned(), row.text(1));
        let arguments = if row.text(2).is_empty() { "*" } else { row.text(2) };
        aggregate.definition = format!("CREATE AGGREGATE {name}({arguments}) (\n    {body}\n)");
        if row.text(2).is_empty() {
            let named = format!("AGGREGATE {name}(*)");
            aggregate.facts.insert("drop", format!("DROP {named}"));
            aggregate.facts.insert("named", named);
        }
        set(&mut aggregate, "definition", Some(body));
        reader.add(class::PROC, row.oid(0), aggregate);
    }
    Ok(())
}

/// A routine can be replaced where its arguments and result stay.
pub(super) fn alter(old: &Object, new: &Object) -> Option<Vec<String>> {
    let in_place = new.id.kind != AGGREGATE && old.attribute("signature") == new.attribute("signature");
    in_place.then(|| vec![new.definition.clone()])
}
