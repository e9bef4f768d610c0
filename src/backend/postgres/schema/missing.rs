//! What was not there when a statement looked into the body of a function, which names it without depending on it.
//! <https://www.postgresql.org/docs/current/ddl-depend.html>

use super::{AGGREGATE, COMPOSITE, DOMAIN, ENUM, FUNCTION, MATERIALIZED_VIEW, PROCEDURE, RANGE, SEQUENCE};
use crate::schema::{Catalog, Identity, Kind, Object};

/// The object that a message with its SQLSTATE is about.
pub(super) fn missing(message: &str, catalog: &Catalog) -> Option<Identity> {
    let quoted = message.split('"').nth(1);
    let called = message.strip_prefix("function ").and_then(|rest| rest.split('(').next());
    let (kinds, name): (&[Kind], &str) = match message.rsplit_once('(')?.1 {
        "42P01)" => (&[Kind::TABLE, Kind::VIEW, MATERIALIZED_VIEW, SEQUENCE], quoted?),
        "42883)" => (&[FUNCTION, PROCEDURE, AGGREGATE], called?),
        "42704)" => (&[ENUM, DOMAIN, RANGE, COMPOSITE, Kind::TABLE], quoted?),
        _ => return None,
    };
    let path = name.strip_prefix("public.").unwrap_or(name);
    let without_arguments = |name: &str| name.split('(').next().unwrap_or_default().to_owned();
    let is_it = |object: &&Object| kinds.contains(&object.id.kind) && without_arguments(&object.id.path()) == path;
    // A name without a schema may be found by the function's own search path.
    let may_be_it = |object: &&Object| {
        kinds.contains(&object.id.kind) && object.id.names.last().is_some_and(|last| without_arguments(last) == path)
    };
    let found = catalog.objects().find(is_it).or_else(|| catalog.objects().find(may_be_it))?;
    Some(found.id.clone())
}
