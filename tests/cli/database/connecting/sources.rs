//! Where the URL and its parts come from: variables, `.env`, service files, files, programs.

use super::*;
use crate::support::postgres::each_postgres;

#[test]
fn variables_and_service_files_fill_in_what_the_url_leaves_out() {
    each_postgres(|database| {
        let project = project();
        let port = database.server().port().to_string();
        let variables =
            [("PGHOST", "127.0.0.1"), ("PGPORT", &port), ("PGUSER", "postgres"), ("PGDATABASE", database.name())];
        let url = ["--url", "postgresql://"];
        run(&project, &variables, &[&url[..], &["upgrade"]].concat()).ok();
        assert_eq!(database.query_text("SELECT revision FROM migrator_version"), "a1");

        // `.env` counts too, and the real environment goes before it.
        let lines: String = variables.iter().map(|(name, value)| format!("{name}={value}\n")).collect();
        project.write(".env", &lines);
        run(&project, &[], &[&url[..], &["current", "--check-heads"]].concat()).ok();
        run(&project, &[("PGPORT", "1")], &[&url[..], &["current"]].concat()).exits(1);
        project.write(".env", "");

        let service = format!("[shop]\nhost=127.0.0.1\nport={port}\nuser=postgres\ndbname={}\n", database.name());
        project.write("home/.pg_service.conf", &service);
        let named = [("PGSERVICE", "shop"), ("PGPORT", "1"), ("PGDATABASE", "absent")];
        run(&project, &named, &[&url[..], &["current", "--check-heads"]].concat()).ok();
        run(&project, &[], &["--url", "postgresql://?service=shop", "current", "--check-heads"]).ok();
        let other = run(&project, &[], &["--url", "postgresql://?service=shop&dbname=absent", "current"]).exits(1);
        assert_contains(&other.stderr, "database \"absent\" does not exist");
        let absent = run(&project, &[], &["--url", "postgresql://?service=ship", "current"]).exits(2);
        assert_contains(&absent.stderr, "there is no service `ship` in `");

        let system = project.path("home/.pg_service.conf");
        std::fs::create_dir_all(project.path("etc")).unwrap();
        std::fs::rename(&system, project.path("etc/pg_service.conf")).unwrap();
        run(&project, &[], &["--url", "postgresql://?service=shop", "current", "--check-heads"]).ok();
    });
}

#[test]
fn the_name_and_the_options_of_the_session() {
    each_postgres(|database| {
        let project = project();
        let tell = "DO $$BEGIN RAISE NOTICE '% | %', current_setting('application_name'), \
                    current_setting('work_mem'); END$$;";
        project.revision_file("a1", "", tell, "");
        let variables = [("PGAPPNAME", "a name"), ("PGOPTIONS", "-c work_mem=3MB")];
        let output = run(&project, &variables, &["--url", &database.url(), "upgrade"]).ok();
        assert_contains(&output.stderr, "a name | 3MB");
        let other = format!("{}?application_name=b&options=-c%20work_mem%3D4MB", database.url());
        database.client().batch_execute("DELETE FROM migrator_version").unwrap();
        let output = run(&project, &variables, &["--url", &other, "upgrade"]).ok();
        assert_contains(&output.stderr, "b | 4MB");
    });
}

#[test]
fn what_makes_no_sense_is_a_mistake_in_the_configuration() {
    let project = project();
    for (variables, url, message, hint) in [
        (
            &[("PGSSLCRL", "x")][..],
            "postgresql://h",
            "`sslcrl` in the variable `PGSSLCRL` is not supported",
            "revocation lists",
        ),
        (&[], "postgresql://h?sslmod=require", "there is an unknown parameter in the URL", "did you mean `sslmode`?"),
        (
            &[("PGSSLMODE", "verify")],
            "postgresql://h",
            "`sslmode` in the variable `PGSSLMODE` is none of disable",
            "did you mean",
        ),
    ] {
        let output = run(&project, variables, &["--json", "--url", url, "current"]).exits(2);
        let document: serde_json::Value = serde_json::from_str(&output.stdout).unwrap();
        assert_eq!(document["error"]["kind"], "config");
        assert_contains(document["error"]["message"].as_str().unwrap(), message);
        assert_contains(document["error"]["hint"].as_str().unwrap(), hint);
    }
}

#[test]
fn the_url_from_a_file_or_a_program() {
    each_postgres(|database| {
        let project = project();
        project.write("secret/url", &format!("{}\n", database.url()));
        let configure = |lines: &str| project.write("migrator.toml", &format!("[database]\n{lines}\n"));
        configure("url_file = \"secret/url\"");
        run(&project, &[], &["upgrade"]).ok();
        configure("url_command = [\"cat\", \"secret/url\"]");
        run(&project, &[], &["current", "--check-heads"]).ok();
        configure("url = \"postgresql://u@127.0.0.1:1/d\"");
        let file = project.path("secret/url").to_str().unwrap().to_owned();
        run(&project, &[("MIGRATOR_DATABASE_URL_FILE", &file)], &["current", "--check-heads"]).ok();
        let both =
            [("MIGRATOR_DATABASE_URL_FILE", file.as_str()), ("MIGRATOR_DATABASE_URL", "postgresql://u@127.0.0.1:1/d")];
        run(&project, &both, &["current"]).exits(1);
    });
}

#[test]
fn a_program_that_fails_is_quoted_and_its_output_is_not() {
    let project = project();
    let configure = |script: &str| {
        project.write("migrator.toml", &format!("[database]\nurl_command = [\"sh\", \"-c\", \"{script}\"]\n"));
    };
    configure("echo postgresql://u:Geheim@h/d; echo the vault is sealed >&2; exit 7");
    let failed = run(&project, &[], &["current"]).exits(2);
    assert_contains(&failed.stderr, "`sh`, which should print the database URL, failed with exit status 7");
    assert_contains(&failed.stderr, "the vault is sealed");
    assert_contains(&failed.stderr, "migrator.toml:2:15");
    assert!(!failed.stderr.contains("Geheim"), "{}", failed.stderr);

    configure("echo Geheim");
    let output = run(&project, &[], &["current"]).exits(2);
    assert_contains(&output.stderr, "the URL that `url_command` prints cannot be used: it is not a URL");
    assert!(!output.stderr.contains("Geheim"), "{}", output.stderr);

    // Whoever needs no database does not run it.
    configure("touch ran");
    run(&project, &[], &["history"]).ok();
    assert!(!project.path("ran").exists());

    project.write("migrator.toml", "[database]\nurl_command = [\"no-such-program\"]\n");
    assert_contains(&run(&project, &[], &["current"]).exits(2).stderr, "cannot be started");
    project.write("migrator.toml", "[database]\nurl_file = \"absent\"\n");
    assert_contains(&run(&project, &[], &["current"]).exits(2).stderr, "which should hold the database URL");
    project.write("migrator.toml", "[database]\nurl = \"sqlite://\"\nurl_file = \"absent\"\n");
    assert_contains(&run(&project, &[], &["current"]).exits(2).stderr, "`url_file` cannot stand beside `url`");
}
