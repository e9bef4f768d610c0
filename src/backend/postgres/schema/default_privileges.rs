//! What roles may do with objects that are still to be made, and what that means for objects that are made again.
//! <https://www.postgresql.org/docs/current/sql-alterdefaultprivileges.html>

use std::collections::BTreeSet;

use super::grants::{differences, privileges};
use super::owner::can_give;
use super::read::{Reader, names};
use super::{AGGREGATE, COMPOSITE, DOMAIN, ENUM, FUNCTION, MATERIALIZED_VIEW, PROCEDURE, RANGE, SCHEMA, SEQUENCE};
use crate::backend::BackendError;
use crate::schema::{Catalog, Identity, Kind, Object};

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let holders = format!(
        "SELECT d.oid, n.nspname, pg_get_userbyid(d.defaclrole) AS role, d.defaclobjtype AS kind, d.defaclacl AS acl, \
         CASE WHEN d.defaclnamespace = 0 THEN acldefault((CASE d.defaclobjtype WHEN 'S' THEN 's' ELSE d.defaclobjtype \
         END)::\"char\", d.defaclrole) END AS usual, d.defaclrole AS owner, {} AS gives \
         FROM pg_default_acl d LEFT JOIN pg_namespace n ON n.oid = d.defaclnamespace",
        can_give(reader.version, "d.defaclrole", None)
    );
    let sql = differences(
        &holders,
        "h.gives, h.nspname, h.role, h.kind, quote_ident(h.role), quote_ident(h.nspname), h.role = session_user",
    );
    for row in reader.rows(&sql)? {
        let Some((kinds, words)) = kinds(row.text(3)) else { continue };
        note_grantee(&mut reader.catalog, kinds, row.text(7), row.text(8));
        if !row.is(0) {
            continue;
        }
        let (mut of, mut statement) = (String::new(), "ALTER DEFAULT PRIVILEGES".to_owned());
        if !row.is(6) {
            of.push_str(&format!("of {} ", row.text(2)));
            statement.push_str(&format!(" FOR ROLE {}", row.text(4)));
        }
        of.push_str(&format!("on {}", words.to_lowercase()));
        if let Some(schema) = row.get(1) {
            of.push_str(&format!(" in schema {schema}"));
            statement.push_str(&format!(" IN SCHEMA {}", row.text(5)));
        }
        let id = Identity::new(Kind::DEFAULT_PRIVILEGES, [format!("{of} to {}", row.text(7))]);
        let mut object = privileges(id, &row, 7);
        object.facts.insert("for", format!("{statement} "));
        object.facts.insert("on", format!("ON {words}"));
        object.facts.insert("kinds", row.text(3).to_owned());
        let grantee = if row.text(7) == OWNER { OWNER } else { row.text(8) };
        object.facts.insert("grantee", grantee.to_owned());
        object.part_of =
            row.get(1).filter(|schema| *schema != "public").map(|schema| Identity::new(SCHEMA, names(schema, &[])));
        reader.catalog.insert(object);
    }
    Ok(())
}

const ROUTINES: &[Kind] = &[FUNCTION, PROCEDURE, AGGREGATE];
const TYPES: &[Kind] = &[ENUM, DOMAIN, RANGE, COMPOSITE];

/// The kinds of objects behind a letter of the catalog, and the word for them. A column stands for the sequence
/// behind its identity.
fn kinds(letter: &str) -> Option<(&'static [Kind], &'static str)> {
    Some(match letter {
        "r" => (&[Kind::TABLE, Kind::VIEW, MATERIALIZED_VIEW], "TABLES"),
        "S" => (&[SEQUENCE, Kind::COLUMN], "SEQUENCES"),
        "f" => (ROUTINES, "ROUTINES"),
        "T" => (TYPES, "TYPES"),
        "n" => (&[SCHEMA], "SCHEMAS"),
        _ => return None,
    })
}

/// Whether or not default privileges are compared: what is made again gets nothing by them.
fn note_grantee(catalog: &mut Catalog, kinds: &[Kind], called: &str, role: &str) {
    let grantee = if called == OWNER { OWNER } else { role };
    let held = |object: &&Object| kinds.contains(&object.id.kind) && target(object).is_some();
    let objects: Vec<Object> = catalog.objects().filter(held).cloned().collect();
    for mut object in objects {
        let all = object.facts.entry("default grantees").or_default();
        if !all.lines().any(|line| line == grantee) {
            *all = if all.is_empty() { grantee.to_owned() } else { format!("{all}\n{grantee}") };
        }
        catalog.insert(object);
    }
}

/// What an owner is called where it is a role.
pub(super) const OWNER: &str = "its owner";

/// What `GRANT` calls an object that privileges are kept of.
fn target(object: &Object) -> Option<String> {
    let (kind, named) = (object.id.kind, object.fact("named")?);
    Some(match kind {
        Kind::VIEW | MATERIALIZED_VIEW => format!("TABLE {}", object.fact("sql")?),
        Kind::COLUMN => format!("SEQUENCE {}", object.fact("sequence name")?),
        FUNCTION | AGGREGATE | PROCEDURE => {
            let types = object.id.names.last()?.strip_prefix(object.fact("name")?)?;
            let word = if kind == PROCEDURE { "PROCEDURE" } else { "FUNCTION" };
            format!("{word} {}{types}", object.fact("sql")?)
        }
        _ => named.to_owned(),
    })
}

/// The statements that leave a new object with the usual privileges, whatever default privileges gave it.
/// `defaults` is the schema in which it is made, `known` the object as far as it was there before.
pub(super) fn taken_back(object: &Object, defaults: &Catalog, known: &[&Object]) -> Vec<String> {
    let mut grantees: BTreeSet<&str> =
        known.iter().filter_map(|object| object.fact("default grantees")).flat_map(str::lines).collect();
    for default in defaults.of_kind(Kind::DEFAULT_PRIVILEGES).filter(|default| {
        default
            .fact("kinds")
            .is_some_and(|letter| kinds(letter).is_some_and(|(kinds, _)| kinds.contains(&object.id.kind)))
    }) {
        grantees.extend(default.fact("grantee"));
    }
    let Some(target) = target(object).filter(|_| !grantees.is_empty()) else { return Vec::new() };
    let roles: Vec<&str> = grantees.iter().copied().filter(|grantee| *grantee != OWNER).collect();
    let mut statements = Vec::new();
    if !roles.is_empty() {
        statements.push(format!("REVOKE ALL ON {target} FROM {}", roles.join(", ")));
    }
    let usual = match object.id.kind {
        kind if ROUTINES.contains(&kind) => Some("EXECUTE"),
        kind if TYPES.contains(&kind) => Some("USAGE"),
        _ => None,
    };
    let usual = usual.filter(|_| roles.contains(&"PUBLIC"));
    statements.extend(usual.map(|privilege| format!("GRANT {privilege} ON {target} TO PUBLIC")));
    if grantees.contains(OWNER) {
        statements.push(format!("GRANT ALL ON {target} TO CURRENT_USER"));
    }
    statements
}
