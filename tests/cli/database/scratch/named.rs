//! `scratch_url`: an empty database, or a server on which databases may be made.

use super::{Role, USERS, assert_contains, left_behind};
use crate::support::postgres::{Database, each_postgres, servers};
use crate::support::project::Project;

/// Lets `project` try things out at `url`.
fn name(project: &Project, url: &str) {
    let configuration = project.read("migrator.toml");
    let before = configuration.split("\n[autogenerate]").next().unwrap();
    project.write("migrator.toml", &format!("{before}\n[autogenerate]\nscratch_url = \"{url}\"\n"));
}

/// What it holds besides the system's own, and its comment.
fn content(database: &Database) -> String {
    let objects = database.query_text(
        "SELECT relname FROM pg_class WHERE oid >= 16384 AND relkind IN ('r', 'v', 'S') AND relpersistence <> 't' UNION ALL \
         SELECT nspname FROM pg_namespace WHERE oid >= 16384 AND nspname !~ '^pg_' UNION ALL \
         SELECT proname FROM pg_proc WHERE oid >= 16384 ORDER BY 1",
    );
    let comment = database
        .query_text("SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()");
    format!("{objects}/{comment}")
}

#[test]
fn an_empty_database_is_empty_again_afterwards() {
    each_postgres(|database| {
        let role = Role::new(database, "");
        let scratch = database.server().database();
        let give = format!(
            "ALTER DATABASE {0} OWNER TO {1}; COMMENT ON DATABASE {0} IS 'it''s mine'",
            scratch.name(),
            role.name
        );
        database.client().batch_execute(&give).unwrap();
        let before = content(&scratch);
        let project = role.project();
        name(&project, &role.url().replace(database.name(), scratch.name()));
        project.write(
            "schema.sql",
            &format!("CREATE SCHEMA more;\nCREATE TYPE mood AS ENUM ('sad');\n{USERS}CREATE TABLE more.t (m mood);\n"),
        );
        let made = project.run(&["revision", "--autogenerate", "-m", "first"]).ok();
        assert_contains(&made.stderr, "proven on a scratch database");
        assert_eq!(content(&scratch), before);
        project.run(&["upgrade"]).ok();
        project.run(&["check"]).ok();
        project.run(&["check", "--from", "migrations"]).ok();
        // So it is after a failure.
        project.write("schema.sql", &format!("{USERS}CREATE TABLE broken (x nonsense);\n"));
        assert_contains(&project.run(&["check"]).exits(1).stderr, "type \"nonsense\" does not exist");
        assert_eq!(content(&scratch), before);
        database.client().batch_execute(&format!("ALTER DATABASE {} OWNER TO CURRENT_USER", scratch.name())).unwrap();
    });
}

#[test]
fn its_schema_public_is_as_it_was() {
    each_postgres(|database| {
        let role = Role::new(database, "");
        let scratch = database.server().database();
        let give = format!("ALTER DATABASE {0} OWNER TO {1}", scratch.name(), role.name);
        database.client().batch_execute(&give).unwrap();
        let public = "ALTER SCHEMA public OWNER TO $; REVOKE ALL ON SCHEMA public FROM PUBLIC";
        let public = public.replace('$', &role.name);
        database.client().batch_execute(&public).unwrap();
        let access = "SELECT x::text FROM pg_namespace, aclexplode(nspacl) x WHERE nspname = 'public' ORDER BY 1";
        let before = scratch.query_text(access);
        let project = role.project();
        name(&project, &role.url().replace(database.name(), scratch.name()));
        project.write("schema.sql", USERS);
        project.run(&["revision", "--autogenerate", "-m", "first"]).ok();
        assert_eq!(scratch.query_text(access), before);
        database.client().batch_execute("ALTER SCHEMA public OWNER TO CURRENT_USER").unwrap();
        database.client().batch_execute(&format!("ALTER DATABASE {} OWNER TO CURRENT_USER", scratch.name())).unwrap();
    });
}

#[test]
fn one_that_holds_something_is_refused_and_kept() {
    each_postgres(|database| {
        let role = Role::new(database, "");
        let scratch = database.server().database();
        scratch.client().batch_execute("CREATE TABLE precious (x integer); INSERT INTO precious VALUES (1)").unwrap();
        let project = role.project();
        name(&project, &role.url().replace(database.name(), scratch.name()));
        project.write("schema.sql", USERS);
        let stderr = project.run(&["check"]).exits(1).stderr;
        assert_contains(
            &stderr,
            &format!("/{}, cannot be used: it is not empty: table public.precious\nhint: ", scratch.name()),
        );
        assert_eq!(scratch.query_text("SELECT x FROM precious"), "1");
    });
}

#[test]
fn the_database_of_the_project_is_refused() {
    each_postgres(|database| {
        let project = Project::postgres(database);
        project.write("schema.sql", USERS);
        // Under another name of the same server, too.
        for url in [database.url(), database.url().replace("127.0.0.1", "localhost")] {
            name(&project, &url);
            let stderr = project.run(&["check"]).exits(2).stderr;
            assert_contains(&stderr, "cannot be used: it is the database of the project itself\nhint: ");
        }
        assert_eq!(project.json(&["check"])["error"]["kind"], "config");
    });
}

#[test]
fn where_databases_may_be_made_they_are_made_beside_it() {
    each_postgres(|database| {
        let maker = Role::new(database, "CREATEDB");
        let precious = database.server().database();
        precious.client().batch_execute("CREATE TABLE precious (x integer)").unwrap();
        let before = content(&precious);
        let project = Project::postgres(database);
        name(&project, &maker.url().replace(database.name(), precious.name()));
        project.write("schema.sql", USERS);
        project.run(&["revision", "--autogenerate", "-m", "first"]).ok();
        assert_eq!(content(&precious), before);
        assert_eq!(left_behind(database, &maker.name), "");
    });
}

#[test]
fn a_server_of_another_version_is_refused() {
    for (one, other) in servers().iter().flat_map(|one| servers().iter().map(move |other| (one, other))) {
        if one.version() == other.version() {
            continue;
        }
        let database = one.database();
        let project = Project::postgres(&database);
        name(&project, other.url());
        project.write("schema.sql", USERS);
        let stderr = project.run(&["check"]).exits(2).stderr;
        let told = format!("its server is PostgreSQL {}, the project's is {}\nhint: ", other.version(), one.version());
        assert_contains(&stderr, &told);
    }
}

#[test]
fn another_encoding_is_refused() {
    each_postgres(|database| {
        let role = Role::new(database, "");
        let latin = format!("{}_latin", database.name());
        let make =
            format!("CREATE DATABASE {latin} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C' OWNER {}", role.name);
        database.client().batch_execute(&make).unwrap();
        let project = role.project();
        name(&project, &role.url().replace(database.name(), &latin));
        project.write("schema.sql", USERS);
        let stderr = project.run(&["check"]).exits(2).stderr;
        database.client().batch_execute(&format!("DROP DATABASE {latin} WITH (FORCE)")).unwrap();
        assert_contains(&stderr, "its encoding is LATIN1, the project's is UTF8\nhint: ");
    });
}

#[test]
fn no_secret_of_it_is_shown() {
    each_postgres(|database| {
        let project = Project::postgres(database);
        project.write("schema.sql", USERS);
        for url in [
            "postgresql://anna:geheim@127.0.0.1:1/scratch?connect_timeout=2",
            "postgresql://anna:geheim@[/scratch",
            "mysql://anna:geheim@127.0.0.1/scratch",
            "sqlite:///geheim.db",
        ] {
            name(&project, url);
            for flags in [&["check"][..], &["-v", "check"], &["--json", "check"]] {
                let output = project.run(flags);
                assert_ne!(output.code, Some(0));
                assert!(!format!("{output:?}").contains("geheim"), "{output:?}");
            }
        }
        // Who needs no scratch database needs no URL for it.
        name(&project, "${NOWHERE_SET}");
        project.run(&["upgrade"]).ok();
        assert_contains(&project.run(&["check"]).exits(2).stderr, "NOWHERE_SET");
        name(&project, "${NOWHERE_SET:-}");
        project.run(&["check"]).exits(3);
    });
}
