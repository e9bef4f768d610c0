//! What a revision does to its session reaches neither the next one nor our own tables: in a script as in a run.

use super::Subject;
use super::scripts::feed;
use crate::support::postgres::each_postgres;

/// Each revision follows the one before, `ROLE` is a role.
const REVISIONS: [&str; 11] = [
    // Roles and search paths, in sight and hidden in a block.
    "SET ROLE ROLE;\nCREATE TABLE a (x integer);\nSET search_path = '';",
    "CREATE TABLE b (x integer);\n\
     DO $$ BEGIN PERFORM pg_catalog.set_config('search_path', '', false); EXECUTE 'SET SESSION AUTHORIZATION ROLE'; \
     END $$;",
    "CREATE TABLE c (x integer);",
    // What is made for a session, by its own revision again and by the next one.
    "CREATE TEMP TABLE scratch AS SELECT 1 AS x;\nPREPARE plan AS SELECT 1;\n\
     DECLARE rows CURSOR WITH HOLD FOR SELECT 1;\nINSERT INTO a SELECT x FROM scratch;",
    "CREATE TEMP TABLE scratch AS SELECT 2 AS x;\nPREPARE plan AS SELECT 1;\n\
     DECLARE rows CURSOR WITH HOLD FOR SELECT 1;\nINSERT INTO a SELECT x FROM scratch;",
    // A temporary table hides a table of the same name.
    "CREATE TEMP TABLE c (y integer);",
    "INSERT INTO c (x) VALUES (1);",
    // The parts of a revision share temporary tables, but no settings.
    "CREATE TEMP TABLE shared AS SELECT 3 AS x;\nSET search_path = '';\n\n-- migrator:upgrade\n\
     CREATE TABLE d AS SELECT x FROM shared;\n\n-- migrator:upgrade no-transaction\nSET ROLE ROLE;\nCREATE TABLE e ();",
    // A commit, with its deferred triggers, still has the settings of the file.
    "CREATE SCHEMA other;\nCREATE TABLE other.seen (x integer);\n\
     CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS\n\
     $$BEGIN INSERT INTO seen VALUES (NEW.x); RETURN NULL; END$$;\n\
     CREATE CONSTRAINT TRIGGER tell AFTER INSERT ON a DEFERRABLE INITIALLY DEFERRED\n\
     FOR EACH ROW EXECUTE FUNCTION tell();\nSET search_path = other;\nINSERT INTO public.a VALUES (4);",
    // How strings are read.
    "SET standard_conforming_strings = off;\nCREATE TABLE f AS SELECT 'é' AS x;",
    "INSERT INTO f VALUES ('\\');",
];

fn write_revisions(subject: &Subject<'_>, role: &str) {
    for (number, upgrade) in (1..).zip(REVISIONS) {
        let parent = if number == 1 { String::new() } else { format!("r{:02}", number - 1) };
        let upgrade = upgrade.replace("ROLE ROLE", &format!("ROLE {role}"));
        let upgrade = upgrade.replace("AUTHORIZATION ROLE", &format!("AUTHORIZATION {role}"));
        subject.revision_file(&format!("r{number:02}"), &parent, &upgrade, "SELECT '\\';");
    }
}

/// Everything that was made, whose it is, and what is recorded.
fn made(subject: &Subject<'_>) -> String {
    let owners = subject.query(
        "SELECT schemaname, tablename, tableowner FROM pg_tables WHERE schemaname IN ('public', 'other') ORDER BY 1, 2",
    );
    let recorded = subject.query("SELECT revision, message, downgrade_sql FROM migrator_version ORDER BY 1");
    [subject.catalog(), subject.rows(), owners, recorded, subject.log()].join("\n\n")
}

#[test]
fn a_script_makes_what_a_run_makes() {
    each_postgres(|database| {
        let role = format!("{}_role", database.name());
        let (scripted, offline) = (database.server().database(), database.server().database());
        let online = Subject::postgres(database);
        let subjects = [&online, &Subject::postgres(&scripted), &Subject::postgres(&offline)];
        online.query(&format!("CREATE ROLE {role}"));
        for subject in subjects {
            write_revisions(subject, &role);
            subject.execute(&format!("GRANT CREATE ON SCHEMA public TO {role}"));
        }
        online.run(&["upgrade"]).ok();
        for (subject, arguments) in
            [(subjects[1], &["upgrade", "--sql"][..]), (subjects[2], &["upgrade", "--sql", "--offline"])]
        {
            let script = subject.run(arguments).ok().stdout;
            // The offline script writes to the schema that the search path of the login leads to.
            feed(subject, &script).unwrap();
            assert_eq!(made(subject), made(&online), "{arguments:?}\n{script}");
            assert_eq!(subject.json(&["status"])["pending"].to_string(), "[]");
        }
        for database in [database, &scripted, &offline] {
            database.client().batch_execute(&format!("DROP OWNED BY {role} CASCADE")).unwrap();
        }
        online.execute(&format!("DROP ROLE {role}"));
    });
}

#[test]
fn a_run_in_one_transaction_is_the_same_as_a_script() {
    each_postgres(|database| {
        let (other, third) = (database.server().database(), database.server().database());
        let online = Subject::postgres(database);
        let (scripted, offline) = (Subject::postgres(&other), Subject::postgres(&third));
        for subject in [&online, &scripted, &offline] {
            subject.configure("transaction = \"single\"", "");
            subject.revision_file("a1", "", "CREATE TEMP TABLE t (x integer);\nSET search_path = '';", "");
            // A constraint that is deferred holds only at the end of the whole.
            let later = "CREATE TABLE t (x integer UNIQUE DEFERRABLE INITIALLY DEFERRED);\nINSERT INTO t VALUES (1);";
            subject.revision_file("b2", "a1", later, "");
            subject.revision_file("c3", "b2", "INSERT INTO t VALUES (1);", "");
            let once = "DELETE FROM t WHERE ctid = (SELECT ctid FROM t LIMIT 1);";
            subject.revision_file("d4", "c3", once, "");
        }
        online.run(&["upgrade"]).ok();
        for (subject, arguments) in
            [(&scripted, &["upgrade", "--sql"][..]), (&offline, &["upgrade", "--sql", "--offline"])]
        {
            let script = subject.run(arguments).ok().stdout;
            feed(subject, &script).unwrap();
            assert_eq!(made(subject), made(&online));
            assert_eq!(subject.query("SELECT x FROM t"), "1");
        }
    });
}

/// psql takes the encoding of the database, which is not that of the files.
#[test]
fn a_script_is_read_as_utf_8() {
    each_postgres(|database| {
        let name = format!("{}_latin", database.name());
        let server = database.server().url();
        let mut client = database.client();
        client
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"))
            .unwrap();
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", "CREATE TABLE t AS SELECT 'é' AS x, length('é');\nRESET ALL;", "");
        subject.revision_file("b2", "a1", "INSERT INTO t SELECT 'ü', length('ü');", "");
        let script = subject.run(&["upgrade", "--sql", "--offline"]).ok().stdout;
        let url = format!("{}/{name}", server.rsplit_once('/').unwrap().0);
        super::scripts::feed_at(&url, &script).unwrap();
        let mut latin = postgres::Client::connect(&url, postgres::NoTls).unwrap();
        let rows = latin.query("SELECT x || length::text FROM t ORDER BY 1", &[]).unwrap();
        drop(latin);
        client.batch_execute(&format!("DROP DATABASE {name}")).unwrap();
        assert_eq!(rows.iter().map(|row| row.get(0)).collect::<Vec<String>>(), ["é1", "ü1"]);
    });
}
