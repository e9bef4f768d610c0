//! Owners and grants, on databases that have roles of their own.

use super::{Subject, assert_contains};
use crate::support::postgres::{Database, each_postgres};

/// Roles that begin with the database's name, and go with the test.
struct Roles<'d> {
    database: &'d Database,
    names: Vec<String>,
}

impl<'d> Roles<'d> {
    fn new(database: &'d Database, roles: &[(&str, &str)]) -> Roles<'d> {
        let names: Vec<String> = roles.iter().map(|(name, _)| format!("{}_{name}", database.name())).collect();
        let create = names.iter().zip(roles).map(|(name, (_, options))| format!("CREATE ROLE {name} {options};"));
        database.client().batch_execute(&create.collect::<String>()).unwrap();
        Roles { database, names }
    }

    /// The text with the roles' names in the place of `$NAME`.
    fn named(&self, text: &str) -> String {
        text.replace('$', &format!("{}_", self.database.name()))
    }
}

impl Drop for Roles<'_> {
    fn drop(&mut self) {
        let mut client = self.database.client();
        let name = self.database.name();
        let _ = client.batch_execute(&format!("ALTER DATABASE {name} OWNER TO CURRENT_USER"));
        for role in &self.names {
            let _ = client.batch_execute(&format!("DROP OWNED BY {role} CASCADE; DROP ROLE {role}"));
        }
    }
}

/// Whose everything is, and who may do what with it.
const ACCESS: &str = "SELECT 'relation', relname, relowner::regrole, (SELECT string_agg(DISTINCT x::text, ' ') \
    FROM aclexplode(coalesce(relacl, acldefault('r', relowner))) x) FROM pg_class \
    WHERE oid >= 16384 AND relkind IN ('r', 'v', 'm') AND relname !~ '^migrator' \
    UNION ALL SELECT 'routine', proname, proowner::regrole, (SELECT string_agg(DISTINCT x::text, ' ') \
    FROM aclexplode(coalesce(proacl, acldefault('f', proowner))) x) FROM pg_proc WHERE oid >= 16384 \
    UNION ALL SELECT 'type', typname, typowner::regrole, (SELECT string_agg(DISTINCT x::text, ' ') \
    FROM aclexplode(coalesce(typacl, acldefault('T', typowner))) x) FROM pg_type WHERE oid >= 16384 \
    AND typtype IN ('e', 'd') UNION ALL SELECT 'column', attrelid::regclass::text || attname, NULL, attacl::text \
    FROM pg_attribute WHERE attacl IS NOT NULL AND attrelid >= 16384 ORDER BY 1, 2";

/// Nothing that a database gives to everything that is made in it.
#[test]
fn what_is_made_again_has_the_grants_it_had() {
    each_postgres(|database| {
        let roles = Roles::new(database, &[("reader", ""), ("clerk", ""), ("keeper", "")]);
        let subject = Subject::postgres(database);
        let schema = "CREATE TYPE mood AS ENUM ('sad', 'happy');\n\
             CREATE TABLE books (id integer, price integer, mood mood);\n\
             CREATE FUNCTION tax(price integer) RETURNS integer LANGUAGE sql AS 'SELECT price / 5';\n\
             CREATE VIEW shelf AS SELECT id, price FROM books;\n\
             CREATE MATERIALIZED VIEW total AS SELECT sum(price) FROM books;\n";
        subject.execute(&roles.named(&format!(
            "{schema} ALTER VIEW shelf OWNER TO $keeper; GRANT SELECT ON shelf TO $reader; \
             GRANT UPDATE (price) ON shelf TO $reader WITH GRANT OPTION; \
             ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO $clerk; \
             ALTER DEFAULT PRIVILEGES REVOKE UPDATE ON TABLES FROM CURRENT_USER; \
             ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC; \
             ALTER DEFAULT PRIVILEGES GRANT USAGE ON TYPES TO $clerk; \
             ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO $clerk;"
        )));
        let before = subject.query(ACCESS);
        let changed = schema
            .replace("price integer,", "price bigint,")
            .replace("RETURNS integer", "RETURNS bigint")
            .replace("'sad', 'happy'", "'happy', 'sad'");
        subject.project.write("schema.sql", &changed);

        subject.run(&["revision", "--autogenerate", "-m", "wider", "--rev-id", "a1"]).ok();
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query(ACCESS), before);
        assert_eq!(subject.query("SELECT pg_typeof(price) FROM (SELECT (NULL::shelf).price) v"), "bigint");
        subject.run(&["check"]).ok();
        subject.run(&["downgrade", "base"]).ok();
        assert_eq!(subject.query(ACCESS), before);
    });
}

/// As where a database belongs to a role that nobody logs in as.
#[test]
fn a_member_of_the_owner_drafts_and_migrates() {
    each_postgres(|database| {
        let roles = Roles::new(database, &[("app", ""), ("dev", "LOGIN CREATEDB"), ("reader", "")]);
        let subject = Subject::postgres(database);
        subject.execute(&roles.named(&format!(
            "GRANT $app TO $dev; ALTER DATABASE {} OWNER TO $app; GRANT CREATE ON SCHEMA public TO $app, $dev; \
             CREATE TABLE other (id integer); GRANT SELECT ON other TO $dev, $reader; \
             SET ROLE $app; CREATE TABLE books (id integer, price integer); \
             CREATE VIEW shelf AS SELECT price FROM books; GRANT SELECT ON shelf TO $reader",
            database.name()
        )));
        let before = subject.query(ACCESS);
        let url = database.url().replace("postgres@", &roles.named("$dev@"));
        subject.project.write(
            "schema.sql",
            "CREATE TABLE books (id integer, price bigint);\nCREATE VIEW shelf AS SELECT price FROM books;\n\
             CREATE TABLE other (id integer);\n",
        );
        subject.run(&["--url", &url, "revision", "--autogenerate", "-m", "wider", "--rev-id", "a1"]).ok();
        subject.run(&["--url", &url, "upgrade"]).ok();
        assert_eq!(subject.query(ACCESS), before);
        subject.run(&["--url", &url, "check"]).ok();
    });
}

#[test]
fn owners_and_grants_are_compared_where_that_is_asked_for() {
    each_postgres(|database| {
        let roles = Roles::new(database, &[("reader", ""), ("keeper", "")]);
        let subject = Subject::postgres(database);
        subject.execute("CREATE TABLE books (id integer)");
        let declared = "CREATE TABLE books (id integer);\nGRANT SELECT ON books TO $reader;\n\
                        ALTER TABLE books OWNER TO $keeper;\n";
        subject.project.write("schema.sql", &roles.named(declared));
        subject.run(&["check"]).ok();

        subject.configure("", "[autogenerate]\nowners = true\ngrants = true");
        let found = subject.run(&["check"]);
        assert_eq!(found.code, Some(3));
        assert_contains(&found.stdout, &roles.named("add grant on table books to $reader"));
        assert_contains(&found.stdout, "add owner of table books");
        subject.run(&["revision", "--autogenerate", "-m", "access", "--rev-id", "a1"]).ok();
        subject.run(&["upgrade"]).ok();
        subject.run(&["check"]).ok();
        let dump = subject.run(&["dump"]).ok().stdout;
        assert_contains(&dump, &roles.named("ALTER TABLE public.books OWNER TO $keeper;"));
        assert_contains(&dump, &roles.named("GRANT SELECT ON TABLE public.books TO $reader;"));
        subject.run(&["downgrade", "base"]).ok();
        assert_eq!(subject.query("SELECT tableowner FROM pg_tables WHERE tablename = 'books'"), "postgres");
    });
}

#[test]
fn a_role_that_is_not_there_is_told_with_its_place() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.configure("", "[autogenerate]\ngrants = true");
        subject
            .project
            .write("schema.sql", "CREATE TABLE books (id integer);\nGRANT SELECT ON books TO nobody_here;\n");
        let failed = subject.run(&["check"]);
        assert_eq!(failed.code, Some(1));
        assert_contains(&failed.stderr, "schema.sql:2:1");
        assert_contains(&failed.stderr, "role \"nobody_here\" does not exist");
        assert_contains(&failed.stderr, "hint: a declared schema names roles and does not make them");
    });
}
