//! A scratch database ends with its run, whatever ends that, and no other run's ends with it.

use super::{ENDLESS, Role, USERS, assert_contains, left_behind};
use crate::support::postgres::each_postgres;
use crate::support::running::{Running, Signal, until};

/// Starts a check that does not end, and waits until it is at it.
fn endless(role: &Role<'_>, project: &crate::support::project::Project) -> Running {
    project.write("schema.sql", &format!("{USERS}{ENDLESS}"));
    let run = project.start(&["check"]);
    let sleeping = format!(
        "SELECT count(*) FROM pg_stat_activity WHERE usename = '{}' AND state = 'active' AND query ~ 'pg_sleep'",
        role.name
    );
    until("the schema is loaded", || role.database.query_text(&sleeping) == "1");
    run
}

#[test]
fn an_interrupted_run_drops_its_own() {
    each_postgres(|database| {
        for signal in [Signal::INT, Signal::TERM] {
            let role = Role::new(database, "CREATEDB");
            let run = endless(&role, &role.project());
            assert_ne!(left_behind(database, &role.name), "");
            run.signal(signal);
            let output = run.output().exits(128 + signal.as_raw());
            assert_contains(&output.stderr, "interrupted");
            assert_eq!(left_behind(database, &role.name), "");
        }
    });
}

#[test]
fn that_of_a_killed_run_goes_with_the_next_and_that_of_a_live_one_stays() {
    each_postgres(|database| {
        let role = Role::new(database, "CREATEDB");
        let (dead, alive, next) = (role.project(), role.project(), role.project());
        let run = endless(&role, &dead);
        let orphan = left_behind(database, &role.name);
        run.signal(Signal::KILL);
        run.output();
        assert_eq!(left_behind(database, &role.name), orphan);
        // The server notices by and by.
        let using = format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{}'", role.name);
        until("its sessions are gone", || database.query_text(&using) == "0");

        let run = endless(&role, &alive);
        let lives = left_behind(database, &role.name);
        assert_eq!(lives.lines().count(), 1, "the one of the killed run was swept: {lives}");
        assert_ne!(lives, orphan);
        next.write("schema.sql", USERS);
        assert_contains(&next.run(&["check"]).exits(3).stdout, "add table users");
        assert_eq!(left_behind(database, &role.name), lives);
        run.signal(Signal::TERM);
        run.output();
        assert_eq!(left_behind(database, &role.name), "");
    });
}

#[test]
fn a_named_database_is_emptied_after_all_of_that() {
    each_postgres(|database| {
        let role = Role::new(database, "");
        let scratch = database.server().database();
        let own = |owner: &str| format!("ALTER DATABASE {} OWNER TO {owner}", scratch.name());
        database.client().batch_execute(&own(&role.name)).unwrap();
        let project = role.project();
        let configuration = project.read("migrator.toml");
        let url = role.url().replace(database.name(), scratch.name());
        project.write("migrator.toml", &format!("{configuration}\n[autogenerate]\nscratch_url = \"{url}\"\n"));
        let tables = || scratch.query_text("SELECT relname FROM pg_class WHERE oid >= 16384 AND relkind = 'r'");
        let using = format!("SELECT count(*) FROM pg_stat_activity WHERE usename = '{}'", role.name);

        project.write("a.sql", "CREATE TABLE kept (x integer);\n");
        let schema = "[autogenerate]\nschema = [\"a.sql\", \"schema.sql\"]";
        project.write("migrator.toml", &project.read("migrator.toml").replace("[autogenerate]", schema));
        let run = endless(&role, &project);
        assert_eq!(tables(), "kept");
        project.write("schema.sql", USERS);
        assert_contains(
            &project.run(&["check"]).exits(1).stderr,
            "cannot be used: another migrator is using it\nhint: ",
        );
        run.signal(Signal::INT);
        run.output().exits(130);
        assert_eq!(tables(), "");

        let run = endless(&role, &project);
        run.signal(Signal::KILL);
        run.output();
        until("its sessions are gone", || database.query_text(&using) == "0");
        assert_eq!(tables(), "kept");
        project.write("schema.sql", USERS);
        project.run(&["check"]).exits(3);
        assert_eq!(tables(), "");
        database.client().batch_execute(&own("CURRENT_USER")).unwrap();
    });
}
