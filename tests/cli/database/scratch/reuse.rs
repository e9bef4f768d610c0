//! Scratch databases are used for one schema after the other, each of which finds them empty, and are gone at the end.

use super::{Role, left_behind};
use crate::database::assert_contains;
use crate::support::postgres::each_postgres;

/// Kinds of objects that a schema can have, whether they are compared or not.
const MUCH: &str = "
CREATE SCHEMA other;
CREATE TABLE other.t (id serial PRIMARY KEY, name text);
CREATE TABLE parts (id integer) PARTITION BY RANGE (id);
CREATE TABLE part PARTITION OF parts FOR VALUES FROM (1) TO (9);
CREATE VIEW v AS SELECT * FROM other.t;
CREATE MATERIALIZED VIEW m AS SELECT * FROM v;
CREATE TYPE pair AS (a integer, b text);
CREATE TYPE mood AS ENUM ('sad');
CREATE DOMAIN positive AS integer CHECK (VALUE > 0);
CREATE TYPE span AS RANGE (subtype = integer);
CREATE FUNCTION f(x mood) RETURNS text LANGUAGE sql AS 'SELECT 1::text';
CREATE PROCEDURE p() LANGUAGE sql AS 'SELECT 1';
CREATE AGGREGATE total(integer) (SFUNC = int4pl, STYPE = integer);
CREATE OPERATOR === (LEFTARG = integer, RIGHTARG = integer, FUNCTION = int4eq);
CREATE COLLATION plain (LOCALE = 'C');
CREATE CAST (mood AS text) WITH FUNCTION f(mood);
CREATE TEXT SEARCH CONFIGURATION words (COPY = pg_catalog.simple);
CREATE FOREIGN DATA WRAPPER wrapper;
CREATE SERVER far FOREIGN DATA WRAPPER wrapper;
CREATE FOREIGN TABLE away (id integer) SERVER far;
CREATE FUNCTION shout() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no more drops'; END $$;
CREATE EVENT TRIGGER loud ON sql_drop EXECUTE FUNCTION shout();
";

/// What cannot be taken back object by object.
const SETTLED: [&str; 5] = [
    "COMMENT ON SCHEMA public IS 'mine';",
    "GRANT CREATE ON SCHEMA public TO PUBLIC; REVOKE EXECUTE ON FUNCTION lower(text) FROM PUBLIC;",
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO PUBLIC;",
    "DROP SCHEMA public;",
    "SELECT lo_create(0);",
];

/// Says what is there that a new database has not.
const NOTHING: &str = "
DO $$ DECLARE found text; BEGIN
  SELECT string_agg(what, ', ') INTO found FROM (
    SELECT 'table ' || relname FROM pg_class WHERE relkind IN ('r', 'v', 'm', 'f', 'S', 'p') AND oid >= 16384 AND relpersistence <> 't'
    UNION ALL SELECT 'schema ' || nspname FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_'
    UNION ALL SELECT 'function ' || proname FROM pg_proc WHERE oid >= 16384
    UNION ALL SELECT 'type ' || typname FROM pg_type WHERE oid >= 16384 AND typnamespace = 'public'::regnamespace
    UNION ALL SELECT 'operator ' || oprname FROM pg_operator WHERE oid >= 16384
    UNION ALL SELECT 'collation ' || collname FROM pg_collation WHERE oid >= 16384
    UNION ALL SELECT 'cast' FROM pg_cast WHERE oid >= 16384
    UNION ALL SELECT 'configuration ' || cfgname FROM pg_ts_config WHERE oid >= 16384
    UNION ALL SELECT 'wrapper ' || fdwname FROM pg_foreign_data_wrapper WHERE oid >= 16384
    UNION ALL SELECT 'event trigger ' || evtname FROM pg_event_trigger
    UNION ALL SELECT 'comment ' || description FROM pg_description WHERE description = 'mine'
    UNION ALL SELECT 'grant on public' FROM pg_namespace WHERE nspname = 'public' AND nspacl::text ~ '[{,]=[A-Z]*U?C'
    UNION ALL SELECT 'grant on lower' FROM pg_proc WHERE oid = 'lower(text)'::regprocedure AND proacl IS NOT NULL
    UNION ALL SELECT 'default privileges' FROM pg_default_acl
    UNION ALL SELECT 'large object' FROM pg_largeobject_metadata
  ) AS all_of_it (what);
  IF found IS NOT NULL THEN RAISE EXCEPTION 'there is %', found; END IF;
END $$;
";

#[test]
fn the_next_schema_finds_nothing_of_the_one_before() {
    each_postgres(|database| {
        let role = Role::new(database, "SUPERUSER");
        let project = role.project();
        // PostgreSQL 14 lets everybody make something in `public`.
        let nothing = match database.version() {
            14 => NOTHING.replace("nspacl::text ~", "false AND nspacl::text ~"),
            _ => NOTHING.to_owned(),
        };
        project.write("nothing.sql", &nothing);
        for before in [MUCH].into_iter().chain(SETTLED) {
            project.write("before.sql", before);
            let output = project.run(&["diff", "--from", "before.sql", "--to", "nothing.sql"]);
            assert_eq!(output.code, Some(0), "{before}\n{output:?}");
            // It would have been told, had it been there.
            let output = project.run(&["diff", "--from", "nothing.sql", "--to", "before.sql"]).ok();
            assert_eq!(output.stdout.contains("CREATE TABLE other.t"), before == MUCH, "{output:?}");
        }
        project.write("twice.sql", &format!("{MUCH}{nothing}"));
        assert_contains(
            &project.run(&["diff", "--from", "twice.sql", "--to", "nothing.sql"]).exits(1).stderr,
            "there is ",
        );
        assert_eq!(left_behind(database, &role.name), "");
    });
}

#[test]
fn they_have_the_search_path_of_the_database() {
    each_postgres(|database| {
        let role = Role::new(database, "CREATEDB");
        let statements = format!(
            "CREATE SCHEMA app AUTHORIZATION {role}; ALTER DATABASE {} SET search_path = app",
            database.name(),
            role = role.name
        );
        database.client().batch_execute(&statements).unwrap();
        for setting in ["SELECT 1", "RESET search_path; SET search_path = app"] {
            let statement = setting.replace("RESET", &format!("ALTER DATABASE {} RESET", database.name()));
            let statement = statement.replace(" SET", &format!(" ALTER ROLE {} SET", role.name));
            database.client().batch_execute(&statement).unwrap();
            let project = role.project();
            project.write(
                "schema.sql",
                "CREATE SCHEMA IF NOT EXISTS app;\nCREATE TABLE users (id integer PRIMARY KEY);\n",
            );
            project.run(&["revision", "--autogenerate", "-m", "users"]).ok();
            project.run(&["upgrade"]).ok();
            assert_eq!(project.run(&["check"]).ok().stdout, "the declared schema is what there is\n");
            assert_eq!(database.query_text("SELECT to_regclass('app.users') IS NOT NULL"), "t");
            project.run(&["downgrade", "base"]).ok();
            database
                .client()
                .batch_execute("DROP TABLE app.migrator_version, app.migrator_log, app.migrator_ledger")
                .unwrap();
        }
    });
}
