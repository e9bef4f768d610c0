//! Owners and grants: kept for what is made again, and not compared.
//! <https://www.postgresql.org/docs/current/ddl-priv.html>

use super::read::{Reader, class};
use crate::backend::BackendError;
use crate::schema::Object;

/// What was granted besides what an owner and PUBLIC have by default, and what was revoked of it.
pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let mut parts = Vec::new();
    for (class, table, acl, owner, kind) in [
        (class::RELATION, "pg_class", "relacl", "relowner", "CASE relkind WHEN 'S' THEN 's' ELSE 'r' END"),
        (class::PROC, "pg_proc", "proacl", "proowner", "'f'"),
        (class::TYPE, "pg_type", "typacl", "typowner", "'T'"),
    ] {
        let (given, usual) =
            (format!("aclexplode(o.{acl})"), format!("aclexplode(acldefault(({kind})::\"char\", o.{owner}))"));
        for (sign, these, others) in [("GRANT", &given, &usual), ("REVOKE", &usual, &given)] {
            parts.push(format!(
                "SELECT {class} AS class, o.oid, 0 AS sub, '{sign}' AS sign, x.* FROM {table} o CROSS JOIN LATERAL \
                 (SELECT grantee, privilege_type, is_grantable FROM {these} EXCEPT \
                 SELECT grantee, privilege_type, is_grantable FROM {others}) x WHERE o.{acl} IS NOT NULL AND o.oid >= 16384"
            ));
        }
    }
    let sql = format!(
        "SELECT class, oid, sub, sign, privilege_type, CASE WHEN grantee = 0 THEN 'PUBLIC' ELSE \
         quote_ident(pg_get_userbyid(grantee)) END, is_grantable FROM ({}) g ORDER BY 1, 2, 4, 6, 5",
        parts.join(" UNION ALL ")
    );
    for row in reader.rows(&sql)? {
        let Some(id) = reader.ids.get(&(row.oid(0), row.oid(1), 0)) else { continue };
        let Some(mut object) = reader.catalog.get(id).cloned() else { continue };
        let named = object.fact("named").unwrap_or_default().to_owned();
        // Views of both sorts are tables to GRANT.
        let on = named.strip_prefix("VIEW ").or(named.strip_prefix("MATERIALIZED VIEW "));
        let on = on.map_or(named.clone(), |name| format!("TABLE {name}")).replacen("AGGREGATE", "FUNCTION", 1);
        let (sign, privilege, role) = (row.text(3), row.text(4), row.text(5));
        let statement = match (sign, row.is(6)) {
            ("GRANT", true) => format!("GRANT {privilege} ON {on} TO {role} WITH GRANT OPTION"),
            ("GRANT", false) => format!("GRANT {privilege} ON {on} TO {role}"),
            _ => format!("REVOKE {privilege} ON {on} FROM {role}"),
        };
        let all = object.facts.entry("grants").or_default();
        *all = if all.is_empty() { statement } else { format!("{all}\n{statement}") };
        reader.catalog.insert(object);
    }
    read_owners(reader)
}

fn read_owners(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let mut parts = Vec::new();
    for (class, table, owner) in [
        (class::RELATION, "pg_class", "relowner"),
        (class::PROC, "pg_proc", "proowner"),
        (class::TYPE, "pg_type", "typowner"),
    ] {
        parts.push(format!(
            "SELECT {class}, o.oid, quote_ident(pg_get_userbyid(o.{owner})) FROM {table} o \
             WHERE o.oid >= 16384 AND pg_get_userbyid(o.{owner}) <> session_user"
        ));
    }
    for row in reader.rows(&parts.join(" UNION ALL "))? {
        let Some(id) = reader.ids.get(&(row.oid(0), row.oid(1), 0)) else { continue };
        let Some(mut object) = reader.catalog.get(id).cloned() else { continue };
        if !object.fact("named").unwrap_or_default().is_empty() {
            object.facts.insert("owner", row.text(2).to_owned());
            reader.catalog.insert(object);
        }
    }
    Ok(())
}

/// What gives an object that is made again the owner and the grants it had.
pub(super) fn statements(object: &Object) -> Vec<String> {
    let named = object.fact("named").unwrap_or_default();
    let owner = object.fact("owner").map(|owner| format!("ALTER {named} OWNER TO {owner}"));
    let grants = object.fact("grants").into_iter().flat_map(str::lines).map(str::to_owned);
    owner.into_iter().chain(grants).collect()
}
