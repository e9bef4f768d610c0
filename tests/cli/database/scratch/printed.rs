//! What the server keeps of an expression depends on how it was written, and what it prints of that need not make the
//! same again. A schema that was dumped, or drafted from, is still the same schema.

use crate::support::postgres::{Database, each_postgres};
use crate::support::project::Project;

/// Expressions that are printed otherwise once they were loaded as they are printed, and some that may be.
const SCHEMA: &str = "
CREATE DOMAIN code AS varchar(3) CHECK (VALUE IN ('a', 'b')) DEFAULT 'a';
CREATE TABLE orders (
  id integer PRIMARY KEY,
  status varchar(10) NOT NULL DEFAULT 'new' CHECK (status IN ('new', 'paid', 'sent')),
  kind char(2) CHECK (kind NOT IN ('xx', 'yy')),
  code code,
  labels varchar(5)[] CHECK (labels <@ ARRAY['a', 'b']::varchar(5)[]),
  placed timestamptz DEFAULT (now() AT TIME ZONE 'utc'),
  price numeric(8, 2) CHECK (price BETWEEN 0 AND 100 OR price IS NULL),
  is_open boolean GENERATED ALWAYS AS (status IN ('new', 'paid')) STORED,
  CONSTRAINT both_ways CHECK (CASE WHEN status LIKE ANY (ARRAY['n%', 'p%']) THEN coalesce(kind, 'a') <> 'zz' ELSE true END)
);
CREATE INDEX open_orders ON orders (lower(status)) WHERE status IN ('new', 'paid');
CREATE TABLE lines (order_id integer REFERENCES orders (id), name varchar(20), status varchar(10));
CREATE VIEW open AS SELECT o.*, l.name FROM orders o JOIN lines l ON l.order_id = o.id AND l.status IN (o.status, 'paid')
  WHERE o.status NOT IN ('sent', 'lost') AND o.kind = ANY ('{ab,cd}');
CREATE VIEW by_status AS SELECT status, count(*) FILTER (WHERE name IN ('a', 'b')) FROM orders JOIN lines USING (status) GROUP BY status;
CREATE MATERIALIZED VIEW paid AS SELECT id FROM orders WHERE status IN ('paid', 'sent');
CREATE VIEW open_again AS SELECT name, status FROM open WHERE name IN ('x', 'y');
CREATE FUNCTION changed() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER changed BEFORE UPDATE ON orders FOR EACH ROW WHEN (NEW.status IN ('paid', 'sent')) EXECUTE FUNCTION changed();
CREATE RULE keep AS ON DELETE TO orders WHERE OLD.status IN ('paid', 'sent') DO INSTEAD NOTHING;
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY mine ON orders USING (status IN ('new', 'paid')) WITH CHECK (current_user::varchar IN ('a', 'b'));
CREATE FUNCTION is_open(status varchar) RETURNS boolean BEGIN ATOMIC SELECT status IN ('new', 'paid'); END;
CREATE STATISTICS of_status ON (status IN ('new', 'paid')), kind FROM orders;
CREATE TABLE logs (day date, level varchar(5), CONSTRAINT levels CHECK (level IN ('info', 'warn'))) PARTITION BY LIST ((level IN ('warn', 'bad')));
CREATE TABLE warnings PARTITION OF logs FOR VALUES IN (true);
ALTER TABLE lines RENAME COLUMN name TO title;
";

#[track_caller]
fn is_same(project: &Project, from: &str, to: &str) {
    let output = project.run(&["diff", "--from", from, "--to", to]).ok();
    assert_eq!(output.stdout, "", "{from} -> {to}\n{}", output.stderr);
}

/// Compares the database with what made it, with its dump, and those with each other.
fn is_in_sync(database: &Database, project: &Project) {
    project.write("dump.sql", &project.run(&["dump"]).ok().stdout);
    for sides in
        [["database", "dump.sql"], ["dump.sql", "database"], ["schema.sql", "dump.sql"], ["dump.sql", "schema.sql"]]
    {
        is_same(project, sides[0], sides[1]);
    }
    let check = project.run(&["check"]);
    assert_eq!((check.code, check.stdout.as_str()), (Some(0), "the declared schema is what there is\n"));
    // The dump, loaded, gives the same dump.
    let copy = database.server().database();
    copy.client().batch_execute(&project.read("dump.sql")).unwrap();
    let other = Project::postgres(&copy);
    other.write("schema.sql", &project.read("schema.sql"));
    other.write("dump.sql", &other.run(&["dump"]).ok().stdout);
    is_same(&other, "database", "schema.sql");
    is_same(&other, "dump.sql", "database");
}

#[test]
fn a_database_that_was_made_by_hand_is_what_is_declared() {
    each_postgres(|database| {
        database.client().batch_execute(SCHEMA).unwrap();
        let project = Project::postgres(database);
        project.write("schema.sql", SCHEMA);
        is_in_sync(database, &project);
    });
}

#[test]
fn what_was_drafted_is_what_is_declared() {
    each_postgres(|database| {
        let project = Project::postgres(database);
        project.write("schema.sql", SCHEMA);
        project.run(&["revision", "--autogenerate", "-m", "first"]).ok();
        project.run(&["upgrade"]).ok();
        is_in_sync(database, &project);

        // Only what changes is drafted, also where something else is renamed.
        let changed = SCHEMA
            .replace("IN ('new', 'paid', 'sent')", "IN ('new', 'paid', 'sent', 'lost')")
            .replace("CREATE TABLE logs", "-- migrator:renamed-from logs\nCREATE TABLE notes")
            .replace("PARTITION OF logs", "PARTITION OF notes");
        project.write("schema.sql", &changed);
        let drafted = project.json(&["revision", "--autogenerate", "-m", "second"]);
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let actions: Vec<String> = drafted["changes"]
            .as_array()
            .unwrap()
            .iter()
            .flat_map(|change| {
                [text(&change["action"])].into_iter().chain(change["changes"].as_array().unwrap().iter().map(text))
            })
            .collect();
        let expected = [
            "rename table logs to notes",
            "alter table orders",
            "drop constraint orders.orders_status_check to make it again",
            "alter table orders",
            "add constraint orders.orders_status_check again",
        ];
        assert_eq!(actions, expected, "{drafted}");
        project.run(&["upgrade"]).ok();
        is_in_sync(database, &project);
        project.run(&["downgrade", "-1"]).ok();
        project.write("schema.sql", SCHEMA);
        assert_eq!(project.run(&["diff"]).ok().stdout, "");
    });
}

#[test]
fn extensions_have_the_version_of_the_database() {
    each_postgres(|database| {
        database.client().batch_execute("CREATE EXTENSION pg_trgm VERSION '1.5'").unwrap();
        let project = Project::postgres(database);
        let version =
            "DO $$ BEGIN ASSERT (SELECT extversion FROM pg_extension WHERE extname = 'pg_trgm') = '1.5'; END $$;\n";
        for statement in ["CREATE EXTENSION IF NOT EXISTS pg_trgm", "create extension \"pg_trgm\" -- trigrams\n"] {
            project.write("schema.sql", &format!("{statement};\n{version}"));
            project.run(&["check"]).ok();
        }
        // Who says a version gets that.
        project.write("schema.sql", &format!("CREATE EXTENSION pg_trgm VERSION '1.4';\n{version}"));
        project.run(&["check"]).exits(1);
        // A dump says none.
        let dump = project.run(&["dump"]).ok().stdout;
        assert!(dump.starts_with("CREATE EXTENSION pg_trgm WITH SCHEMA public;\n") && !dump.contains("1.5"), "{dump}");
    });
}
