//! What a scratch database shares with its server stays as it is: roles, settings, other databases.

use super::{Role, USERS, assert_contains};
use crate::support::postgres::{Database, each_postgres};
use crate::support::project::Project;

/// A name for a role that is not there.
fn free_name(database: &Database) -> String {
    database.name().replace("test_", "free_")
}

fn is_there(database: &Database, role: &str) -> bool {
    database.query_text(&format!("SELECT count(*) FROM pg_roles WHERE rolname = '{role}'")) == "1"
}

#[test]
fn a_statement_about_the_server_is_refused_where_it_stands() {
    each_postgres(|database| {
        let project = Project::postgres(database);
        let (role, name) = (free_name(database), database.name());
        for (statement, what) in [
            (format!("CREATE ROLE {role}"), "CREATE ROLE"),
            (format!("/* a guest */ create user {role}"), "CREATE USER"),
            ("ALTER ROLE CURRENT_USER SET work_mem = '1MB'".to_owned(), "ALTER ROLE"),
            ("DROP GROUP IF EXISTS nobody_at_all".to_owned(), "DROP GROUP"),
            (format!("CREATE DATABASE {role}"), "CREATE DATABASE"),
            (format!("ALTER DATABASE {name} SET work_mem = '1MB'"), "ALTER DATABASE"),
            ("CREATE TABLESPACE t LOCATION '/nowhere'".to_owned(), "CREATE TABLESPACE"),
            ("ALTER SYSTEM SET work_mem = '1MB'".to_owned(), "ALTER SYSTEM"),
            (format!("COMMENT ON DATABASE {name} IS 'mine'"), "COMMENT ON DATABASE"),
            (format!("GRANT CONNECT ON DATABASE {name} TO PUBLIC"), "GRANT ON DATABASE"),
            (format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"), "REVOKE ON DATABASE"),
            ("DROP OWNED BY CURRENT_USER".to_owned(), "DROP OWNED"),
            (
                "CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false)".to_owned(),
                "CREATE SUBSCRIPTION",
            ),
        ] {
            project.write("schema.sql", &format!("{USERS}{statement};\n"));
            let failure = &project.json(&["check"])["error"];
            let message = format!("the declared schema cannot be loaded: {what} has no place in a declared schema");
            assert_eq!(
                (failure["message"].as_str(), failure["line"].as_u64()),
                (Some(message.as_str()), Some(2)),
                "{failure}"
            );
        }
        // These only look so.
        let harmless = "CREATE TABLE role (database integer);\nCOMMENT ON TABLE role IS 'of a database';\nGRANT SELECT ON role TO PUBLIC;\n";
        project.write("schema.sql", harmless);
        assert_contains(&project.run(&["check"]).exits(3).stdout, "add table role");
    });
}

#[test]
fn what_hides_in_a_block_is_found_and_taken_back() {
    each_postgres(|database| {
        let boss = Role::new(database, "SUPERUSER");
        let (project, role, name) = (boss.project(), free_name(database), database.name());
        let setting = "SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase \
                       WHERE d.datname = current_database()";
        let members = format!("SELECT count(*) FROM pg_auth_members WHERE member = '{}'::regrole", boss.name);
        for (statement, change) in [
            (format!("CREATE ROLE {role}"), format!("role {role} is new")),
            (format!("BEGIN CREATE ROLE {role}; EXCEPTION WHEN OTHERS THEN RAISE; END"), format!("role {role} is new")),
            (format!("ALTER ROLE {} PASSWORD 'geheim'", boss.name), format!("role {} is another", boss.name)),
            (format!("ALTER DATABASE {name} SET work_mem = '1MB'"), format!("setting of database {name} is new")),
            (format!("COMMENT ON DATABASE {name} IS 'mine'"), "comment on pg_database".to_owned()),
            (format!("GRANT pg_monitor TO {}", boss.name), format!("membership of {} in pg_monitor is new", boss.name)),
            (format!("REVOKE CONNECT ON DATABASE {name} FROM PUBLIC"), format!("database {name} is another")),
        ] {
            project.write(
                "schema.sql",
                &format!("{USERS}\nDO $$ BEGIN\n{statement}; END $$;\nCREATE TABLE t (x integer);\n"),
            );
            let output = project.run(&["check"]).exits(1);
            let told = "the declared schema cannot be loaded: it reaches beyond a scratch database: ";
            assert_contains(&output.stderr, &format!("{told}{change}"));
            assert_contains(&output.stderr, "schema.sql:3:1");
            assert!(!output.stderr.contains("geheim"));
            assert!(!is_there(database, &role));
            assert_eq!(database.query_text(setting), "0");
            assert_eq!(database.query_text(&members), "0");
        }
        // A trigger does it at last.
        project.write(
            "schema.sql",
            &format!(
                "CREATE FUNCTION f() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN CREATE ROLE {role}; END $$;\n\
                 CREATE EVENT TRIGGER e ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION f();\n{USERS}"
            ),
        );
        assert_contains(&project.run(&["check"]).exits(1).stderr, &format!("role {role} is new"));
        assert!(!is_there(database, &role));
        // What is there already is not changed by a condition.
        let condition = format!(
            "IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{}') THEN CREATE ROLE {}; END IF",
            boss.name, boss.name
        );
        project.write("schema.sql", &format!("{USERS}DO $$ BEGIN {condition}; END $$;\n"));
        project.run(&["check"]).exits(3);
    });
}

#[test]
fn revisions_that_are_tried_out_do_not_reach_beyond_either() {
    each_postgres(|database| {
        let project = Project::postgres(database);
        let role = free_name(database);
        let tried = |up: &str, attributes: &str| {
            let revision = format!("-- a\n--\n-- migrator:revision a1\n\n-- migrator:upgrade{attributes}\n{up};\n");
            project.write("migrations/versions/a1.sql", &revision);
            project.run(&["check", "--from", "migrations"])
        };
        project.write("schema.sql", "");
        for attributes in ["", " no-transaction"] {
            let output = tried(&format!("CREATE ROLE {role}"), attributes).exits(1);
            assert_contains(&output.stderr, "it reaches beyond a scratch database: ");
            assert!(!is_there(database, &role));
        }
        assert_contains(&tried("ALTER SYSTEM SET work_mem = '1MB'", " no-transaction").exits(1).stderr, "ALTER SYSTEM");
        // The same rights once more are no change.
        tried(&format!("GRANT ALL ON DATABASE {} TO CURRENT_USER", database.name()), "").exits(1);
        database.client().batch_execute(&format!("GRANT ALL ON DATABASE {} TO CURRENT_USER", database.name())).unwrap();
        tried(&format!("GRANT ALL ON DATABASE {} TO CURRENT_USER", database.name()), "").ok();
        // On the database itself a revision may do what it likes.
        tried(&format!("CREATE ROLE {role}"), "");
        project.run(&["upgrade"]).ok();
        assert!(is_there(database, &role));
        database.client().batch_execute(&format!("DROP ROLE {role}")).unwrap();
    });
}
