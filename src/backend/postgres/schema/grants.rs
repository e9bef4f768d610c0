//! What roles may do: an object for each role and each thing it was granted something on, or lost what everybody has.
//! Who granted it is not told. <https://www.postgresql.org/docs/current/ddl-priv.html>

use std::collections::BTreeSet;

use super::owner::{IS_TYPE, can_give};
use super::read::{Reader, class, object, set};
use super::{EXTENSION, SEQUENCE};
use crate::backend::BackendError;
use crate::schema::{Identity, Kind, Object};

/// Everything that privileges are kept of, with those it has, and those it has from the beginning. The schema
/// `public` begins with what `initdb` gave it.
fn holders(version: u32) -> String {
    let place = "format('%I.%I', n.nspname, o.relname)";
    let relation = format!("CASE o.relkind WHEN 'S' THEN 'SEQUENCE ' ELSE 'TABLE ' END || {place}");
    format!(
        "SELECT {relations} AS class, o.oid, 0 AS sub, o.relacl AS acl, \
         acldefault((CASE o.relkind WHEN 'S' THEN 's' ELSE 'r' END)::\"char\", o.relowner) AS usual, o.relowner AS owner, \
         {relation} AS target, '' AS part, {gives_relation} AS gives FROM pg_class o JOIN pg_namespace n \
         ON n.oid = o.relnamespace WHERE o.relkind IN ('r', 'p', 'v', 'm', 'S') AND o.relacl IS NOT NULL \
         UNION ALL SELECT {relations}, o.oid, a.attnum, a.attacl, NULL, o.relowner, 'TABLE ' || {place}, \
         quote_ident(a.attname), {gives_relation} FROM pg_attribute a JOIN pg_class o ON o.oid = a.attrelid \
         JOIN pg_namespace n ON n.oid = o.relnamespace WHERE a.attacl IS NOT NULL AND NOT a.attisdropped \
         UNION ALL SELECT {routines}, o.oid, 0, o.proacl, acldefault('f', o.proowner), o.proowner, \
         CASE o.prokind WHEN 'p' THEN 'PROCEDURE ' ELSE 'FUNCTION ' END || format('%I.%I(%s)', n.nspname, o.proname, \
         array_to_string(o.proargtypes::regtype[], ', ')), '', {gives_routine} FROM pg_proc o JOIN pg_namespace n \
         ON n.oid = o.pronamespace WHERE o.proacl IS NOT NULL \
         UNION ALL SELECT {types}, o.oid, 0, o.typacl, acldefault('T', o.typowner), o.typowner, \
         CASE o.typtype WHEN 'd' THEN 'DOMAIN ' ELSE 'TYPE ' END || format('%I.%I', n.nspname, o.typname), '', {gives_type} \
         FROM pg_type o JOIN pg_namespace n ON n.oid = o.typnamespace WHERE o.typacl IS NOT NULL AND {IS_TYPE} \
         UNION ALL SELECT {schemas}, o.oid, 0, coalesce(o.nspacl, acldefault('n', o.nspowner)), \
         coalesce(i.initprivs, acldefault('n', o.nspowner)), o.nspowner, 'SCHEMA ' || quote_ident(o.nspname), '', \
         {gives_schema} FROM pg_namespace o LEFT JOIN pg_init_privs i ON i.classoid = {schemas} AND i.objoid = o.oid \
         AND o.nspname = 'public' WHERE o.oid >= 16384 OR (o.nspname = 'public' AND {gives_public})",
        relations = class::RELATION,
        routines = class::PROC,
        types = class::TYPE,
        schemas = class::NAMESPACE,
        gives_relation = can_give(version, "o.relowner", Some("o.relnamespace")),
        gives_routine = can_give(version, "o.proowner", Some("o.pronamespace")),
        gives_type = can_give(version, "o.typowner", Some("o.typnamespace")),
        gives_schema = can_give(version, "o.nspowner", None),
        // Before version 15 it is the server's in every new database, and nobody else's to give.
        gives_public = match version {
            150_000.. => can_give(version, "o.nspowner", None),
            _ => "(SELECT rolsuper FROM pg_roles WHERE rolname = session_user)".to_owned(),
        },
    )
}

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = differences(&holders(reader.version), "h.class, h.oid, h.sub, h.target, h.part");
    for row in reader.rows(&sql)? {
        let (class, oid) = (row.oid(0), row.oid(1));
        let number: i32 = row.text(2).parse().unwrap_or_default();
        let part = row.get(4).filter(|part| !part.is_empty());
        let whole = match (class, row.text(3)) {
            (class::NAMESPACE, "SCHEMA public") => Some(super::namespace::public()),
            _ => reader.id(class, oid, number).cloned(),
        };
        let Some(whole) = whole.filter(|whole| whole.kind != EXTENSION && reader.catalog.contains(whole)) else {
            continue;
        };
        let what = match (reader.relations.get(&oid), part) {
            (Some(relation), None) if class == class::RELATION && relation.id.kind == SEQUENCE => {
                relation.id.to_string()
            }
            (_, Some(part)) if whole.kind != Kind::COLUMN => format!("column {}.{part}", whole.path()),
            _ => whole.to_string(),
        };
        let id = Identity::new(Kind::GRANT, [format!("on {what} to {}", row.text(5))]);
        let mut grant = privileges(id, &row, 5);
        grant.facts.insert("on", format!("ON {}", row.text(3)));
        if let Some(part) = part {
            grant.facts.insert("part", part.to_owned());
        }
        grant.part_of = Some(whole);
        reader.catalog.insert(grant);
    }
    Ok(())
}

/// For each of `holders` and each role, what the role has besides the usual and lacks of it. `key` are the columns
/// that say whose it is; behind them come the role's name, the role in SQL, and three lists of privileges.
pub(super) fn differences(holders: &str, key: &str) -> String {
    // The usual owner is whoever the owner is.
    let exploded = |acl: &str, grantee: &str| {
        format!(
            "SELECT {grantee} AS grantee, x.privilege_type AS privilege, bool_or(x.is_grantable) AS grantable \
             FROM aclexplode(h.{acl}) x GROUP BY 1, 2"
        )
    };
    format!(
        "SELECT {key}, CASE g.grantee WHEN 0 THEN 'PUBLIC' WHEN h.owner THEN 'its owner' \
         ELSE pg_get_userbyid(g.grantee) END, \
         CASE WHEN g.grantee = 0 THEN 'PUBLIC' WHEN g.grantee = h.owner AND (NOT h.gives \
         OR pg_get_userbyid(h.owner) = session_user) THEN 'CURRENT_USER' ELSE quote_ident(pg_get_userbyid(g.grantee)) END, \
         string_agg(g.privilege, ', ' ORDER BY g.privilege) FILTER (WHERE g.has AND NOT g.grantable), \
         string_agg(g.privilege, ', ' ORDER BY g.privilege) FILTER (WHERE g.has AND g.grantable), \
         string_agg(g.privilege, ', ' ORDER BY g.privilege) FILTER (WHERE NOT g.has) FROM ({holders}) h CROSS JOIN LATERAL \
         (SELECT coalesce(a.grantee, u.grantee) AS grantee, coalesce(a.privilege, u.privilege) AS privilege, \
         a.grantee IS NOT NULL AS has, a.grantable FROM ({}) a FULL JOIN ({}) u ON u.grantee = a.grantee \
         AND u.privilege = a.privilege WHERE a.grantee IS NULL OR u.grantee IS NULL OR a.grantable <> u.grantable) g \
         WHERE h.gives OR pg_get_userbyid(g.grantee) <> session_user GROUP BY {key}, g.grantee, h.owner, h.gives",
        exploded("acl", "x.grantee"),
        exploded("usual", "CASE WHEN x.grantee = x.grantor THEN h.owner ELSE x.grantee END"),
    )
}

/// An object of a row of differences, whose columns from `first` on are the role and the privileges.
pub(super) fn privileges(id: Identity, row: &super::read::Row, first: usize) -> Object {
    let mut grant = object(id, String::new(), String::new());
    grant.facts.insert("role", row.text(first + 1).to_owned());
    set(&mut grant, "privileges", row.get(first + 2));
    set(&mut grant, "with grant option", row.get(first + 3));
    set(&mut grant, "revoked", row.get(first + 4));
    grant
}

/// The statements that make `new` of `old`; where there is none, of the usual privileges.
pub(super) fn change(old: Option<&Object>, new: Option<&Object>) -> Vec<String> {
    let set = |object: Option<&Object>, attribute: &str| -> BTreeSet<String> {
        let list = object.and_then(|object| object.attribute(attribute)).unwrap_or_default();
        list.split(", ").filter(|privilege| !privilege.is_empty()).map(str::to_owned).collect()
    };
    let three = |object| (set(object, "privileges"), set(object, "with grant option"), set(object, "revoked"));
    let ((had, had_more, lost), (has, has_more, loses)) = (three(old), three(new));
    let (had_any, has_any) = (&had | &had_more, &has | &has_more);
    let Some(object) = new.or(old) else { return Vec::new() };
    let fact = |name: &str| object.fact(name).unwrap_or_default();
    let statement = |privileges: BTreeSet<String>, verb: &str, to: &str, end: &str| {
        let part = object.fact("part").map(|part| format!(" ({part})")).unwrap_or_default();
        let list: Vec<String> = privileges.iter().map(|privilege| format!("{privilege}{part}")).collect();
        (!list.is_empty())
            .then(|| format!("{}{verb} {} {} {to} {}{end}", fact("for"), list.join(", "), fact("on"), fact("role")))
    };
    let (gone, new) = (&(&had_any - &has_any) | &(&loses - &lost), &(&has - &had_any) | &(&lost - &loses));
    [
        statement(gone, "REVOKE", "FROM", ""),
        statement(&had_more & &has, "REVOKE GRANT OPTION FOR", "FROM", ""),
        statement(new, "GRANT", "TO", ""),
        statement(&has_more - &had_more, "GRANT", "TO", " WITH GRANT OPTION"),
    ]
    .into_iter()
    .flatten()
    .collect()
}
