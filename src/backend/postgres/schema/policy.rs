//! Policies of row-level security. <https://www.postgresql.org/docs/current/sql-createpolicy.html>

use super::POLICY;
use super::read::{Reader, class, object, set};
use crate::backend::BackendError;
use crate::schema::Identity;

pub(super) fn read(reader: &mut Reader<'_>) -> Result<(), BackendError> {
    let sql = "SELECT p.oid, p.polrelid, p.polname, quote_ident(p.polname), \
               CASE WHEN p.polpermissive THEN '' ELSE ' AS RESTRICTIVE' END || CASE p.polcmd WHEN 'r' THEN ' FOR SELECT' \
               WHEN 'a' THEN ' FOR INSERT' WHEN 'w' THEN ' FOR UPDATE' WHEN 'd' THEN ' FOR DELETE' ELSE '' END || \
               CASE WHEN p.polroles = '{0}' THEN '' ELSE ' TO ' || (SELECT string_agg(CASE WHEN r = 0 THEN 'PUBLIC' \
               ELSE quote_ident(pg_get_userbyid(r)) END, ', ' ORDER BY pg_get_userbyid(r)) FROM unnest(p.polroles) r) END || \
               coalesce(E'\\n  USING (' || pg_get_expr(p.polqual, p.polrelid) || ')', '') || \
               coalesce(E'\\n  WITH CHECK (' || pg_get_expr(p.polwithcheck, p.polrelid) || ')', '') FROM pg_policy p";
    for row in reader.rows(sql)? {
        let Some(relation) = reader.relations.get(&row.oid(1)).cloned() else { continue };
        let id = Identity::new(POLICY, relation.id.names.iter().map(String::as_str).chain([row.text(2)]));
        let named = format!("POLICY {} ON {}", row.text(3), relation.sql);
        let mut policy = object(id, named.clone(), format!("CREATE {named}{}", row.text(4)));
        set(&mut policy, "definition", row.get(4));
        policy.part_of = Some(relation.id);
        reader.add(class::POLICY, row.oid(0), policy);
    }
    Ok(())
}
