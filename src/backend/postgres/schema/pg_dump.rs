//! The third judge: what `pg_dump` prints of a scratch database, where one is at hand that knows the server.
//! <https://www.postgresql.org/docs/current/app-pgdump.html>

use std::collections::BTreeSet;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::backend::postgres::PostgresConnection;
use crate::sql::Dialect;

const PROGRAM: &str = "pg_dump";

impl PostgresConnection {
    /// The statements of a dump of the schema. Nothing if there is no such program, if it is older than the server,
    /// or if it does not get in where this program does: that says nothing of the schema.
    ///
    /// Owners and privileges are left to the second judge.
    pub(super) fn read_dump(&self) -> Option<BTreeSet<String>> {
        let scratch = self.scratch.as_ref()?;
        let url = scratch.url()?;
        if major_version()? < self.server_version / 10_000 {
            return None;
        }
        let mut command = Command::new(PROGRAM);
        command.args(["--schema-only", "--no-owner", "--no-acl", "--no-password"]);
        let tables = &self.tables;
        for table in [&tables.version, &tables.log, &tables.ledger, &tables.lock] {
            command.arg(format!("--exclude-table=*.{}", Dialect::PostgreSql.quote_identifier(table)));
        }
        // Arguments are seen by everybody on the machine, variables are not.
        command.arg("--dbname").arg(url.without_secrets().to_string()).envs(scratch.environment());
        if let Some(password) = url.password() {
            command.env("PGPASSWORD", password.expose());
        }
        let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
        output.status.success().then(|| statements(&String::from_utf8_lossy(&output.stdout)))
    }
}

/// The version of the program, which stays the same while this one runs.
fn major_version() -> Option<u32> {
    static VERSION: OnceLock<Option<u32>> = OnceLock::new();
    *VERSION.get_or_init(|| {
        let output = Command::new(PROGRAM).arg("--version").stdin(Stdio::null()).output().ok()?;
        let text = String::from_utf8(output.stdout).ok()?;
        let number = text.split_once(") ")?.1;
        number.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
    })
}

/// What stands between empty lines, without comments and settings. The order of columns means nothing.
fn statements(dump: &str) -> BTreeSet<String> {
    let mut statements = BTreeSet::new();
    let mut lines: Vec<&str> = Vec::new();
    // Since August 2025 a dump is held by two lines with a word of chance:
    // https://www.postgresql.org/docs/current/app-psql.html#APP-PSQL-META-COMMAND-RESTRICT
    for line in dump.lines().filter(|line| !line.starts_with("--") && !line.starts_with('\\')).chain([""]) {
        if !line.is_empty() {
            lines.push(line);
        } else if let Some(statement) = statement(std::mem::take(&mut lines)) {
            statements.insert(statement);
        }
    }
    statements
}

/// What has a line for each of its parts, in an order that means nothing.
const UNORDERED: [&str; 4] = ["CREATE TABLE ", "CREATE UNLOGGED TABLE ", "CREATE TYPE ", "CREATE DOMAIN "];

/// What stands before a list whose order means nothing, and what behind it.
const LISTS: [(&str, &str); 4] = [("INHERITS (", ")"), ("WITH (", ")"), (" SET (", ")"), (" ON ", " FROM ")];

fn statement(lines: Vec<&str>) -> Option<String> {
    let first = *lines.first()?;
    if first.starts_with("SET ") || first.starts_with("SELECT pg_catalog.set_config(") {
        return None;
    }
    if !UNORDERED.iter().any(|beginning| first.starts_with(beginning)) || first.contains(" AS ENUM ") {
        let lines: Vec<String> = lines.into_iter().map(sorted).collect();
        return Some(lines.join("\n"));
    }
    let mut parts: Vec<String> = lines.into_iter().map(|line| sorted(line.trim_end_matches(','))).collect();
    parts.sort_unstable();
    Some(parts.join("\n"))
}

/// The line with its lists sorted.
fn sorted(line: &str) -> String {
    let mut line = line.to_owned();
    for (before, behind) in LISTS {
        let Some(start) = line.find(before).map(|found| found + before.len()) else { continue };
        let Some(end) = line[start..].find(behind).map(|found| start + found) else { continue };
        let mut list: Vec<&str> = line[start..end].split(", ").collect();
        list.sort_unstable();
        let list = list.join(", ");
        line.replace_range(start..end, &list);
    }
    line
}

#[cfg(test)]
mod tests {
    use super::statements;

    const DUMP: &str = "--\n-- PostgreSQL database dump\n--\n\n\\restrict abc\n\nSET row_security = off;\n\n\
                        CREATE TABLE public.a (\n    i integer NOT NULL,\n    t text\n)\nINHERITS (public.y, public.x);\n\n\
                        CREATE STATISTICS public.s ON i, t FROM public.a;\n\n\
                        CREATE INDEX n ON public.a USING btree (i, t) WITH (fillfactor='70', deduplicate_items='off');\n\n\
                        CREATE TYPE public.e AS ENUM (\n    'b',\n    'a'\n);\n";

    #[test]
    fn some_orders_mean_nothing() {
        for (from, to) in [
            ("abc", "def"),
            ("    i integer NOT NULL,\n    t text\n", "    t text,\n    i integer NOT NULL\n"),
            ("public.y, public.x", "public.x, public.y"),
            ("ON i, t FROM", "ON t, i FROM"),
            ("fillfactor='70', deduplicate_items='off'", "deduplicate_items='off', fillfactor='70'"),
        ] {
            let other = DUMP.replace(from, to);
            assert_ne!(DUMP, other);
            assert_eq!(statements(DUMP), statements(&other), "{from}");
        }
        assert_eq!(statements(DUMP).len(), 4);
    }

    #[test]
    fn everything_else_does() {
        for (from, to) in [
            ("'b',\n    'a'", "'a',\n    'b'"),
            ("t text", "t varchar"),
            ("public.x", "public.z"),
            ("(i, t)", "(t, i)"),
            ("'70'", "'71'"),
        ] {
            assert_ne!(statements(DUMP), statements(&DUMP.replace(from, to)), "{from}");
        }
    }
}
