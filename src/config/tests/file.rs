//! What the file may say.

use super::*;

#[test]
fn an_empty_file_is_all_defaults() {
    let directory = project("");
    let config = Config::load(&request(&directory)).unwrap();
    let root = directory.path();
    assert_eq!(config.file, root.join(FILE_NAME));
    assert_eq!(config.directory, root);
    assert_eq!(config.name, None);
    assert_eq!(config.script_location, root.join("migrations"));
    assert_eq!(config.version_locations, [root.join("migrations/versions")]);
    assert!(!config.recursive_version_locations);
    assert_eq!(config.file_template, "{{ rev }}_{{ slug }}");
    assert_eq!(config.truncate_slug_length, 40);
    assert_eq!(config.timezone, TimeZone::UTC);
    assert_eq!(config.version_table, "migrator_version");
    assert_eq!(config.version_table_schema, None);
    assert_eq!(config.transaction, TransactionMode::PerRevision);
    assert_eq!(config.out_of_order, OutOfOrder::Error);
    assert_eq!(config.lock_wait, Duration::from_secs(60));
    assert_eq!(config.lock_timeout, Duration::from_secs(5));
    assert_eq!(config.statement_timeout, Duration::ZERO);
    assert!(!config.foreign_keys);
    assert_eq!(config.autogenerate.schema, ["schema.sql"]);
    assert_eq!(config.autogenerate.command, None);
    assert!(config.post_write_hooks.is_empty());
    assert!(config.environments.is_empty());
    let error = config.database_url().unwrap_err();
    assert_eq!(error.to_string(), "no database URL is configured");
    assert!(error.hint().unwrap().contains("MIGRATOR_DATABASE_URL"));
}

#[test]
fn every_key_is_read() {
    let config = load(
        r#"
        [migrator]
        script_location = "db"
        version_locations = ["a", "/b"]
        recursive_version_locations = true
        file_template = "{{ year }}_{{ rev }}"
        truncate_slug_length = 1_0
        timezone = "Europe/Berlin"
        version_table = "versions"
        version_table_schema = "audit"
        transaction = "single"
        out_of_order = "apply"
        schema_dump = "db/dump.sql"

        [database]
        url = "postgresql://h/d"
        lock_wait = "0"
        lock_timeout = "500ms"
        statement_timeout = 0
        foreign_keys = true

        [autogenerate]
        command = ["python", "-m", "app.ddl"]
        include = ["table:*"]
        exclude = ["tmp_*", "log"]
        scratch_url = "postgresql://h/scratch"
        owners = true
        grants = true

        [[post_write_hooks]]
        name = "format"
        command = ["sqlfluff", "fix", "{path}"]

        [[post_write_hooks]]
        name = "check"
        command = ["true"]
        "#,
    )
    .unwrap();
    let root = &config.directory;
    assert_eq!(config.script_location, root.join("db"));
    assert_eq!(config.version_locations, [root.join("a"), "/b".into()]);
    assert!(config.recursive_version_locations);
    assert_eq!(config.file_template, "{{ year }}_{{ rev }}");
    assert_eq!(config.truncate_slug_length, 10);
    assert_eq!(Some(config.timezone.clone()), TimeZone::named("Europe/Berlin"));
    assert_eq!(config.version_table, "versions");
    assert_eq!(config.version_table_schema.as_deref(), Some("audit"));
    assert_eq!(config.transaction, TransactionMode::Single);
    assert_eq!(config.out_of_order, OutOfOrder::Apply);
    assert_eq!(config.lock_wait, Duration::ZERO);
    assert_eq!(config.lock_timeout, Duration::from_millis(500));
    assert_eq!(config.statement_timeout, Duration::ZERO);
    assert!(config.foreign_keys);
    assert!(config.autogenerate.schema.is_empty());
    assert_eq!(config.autogenerate.command.as_deref().unwrap(), ["python", "-m", "app.ddl"]);
    assert_eq!(config.autogenerate.include, ["table:*"]);
    assert_eq!(config.autogenerate.exclude, ["tmp_*", "log"]);
    assert_eq!(config.scratch_url().unwrap().unwrap().to_string(), "postgresql://h/scratch");
    assert!(config.autogenerate.owners);
    assert!(config.autogenerate.grants);
    assert_eq!(config.schema_dump, Some(root.join("db/dump.sql")));
    let hooks: Vec<_> = config.post_write_hooks.iter().map(|hook| (hook.name.as_str(), hook.command.len())).collect();
    assert_eq!(hooks, [("format", 3), ("check", 1)]);
    assert_eq!(url(&config), "postgresql://h/d");
}

#[test]
fn text_that_cannot_be_read() {
    let error = Config::load(&request(&project(b"[migrator]\n# caf\xe9"))).unwrap_err();
    assert_eq!(described(&error), (Some((2, 6)), "the file is not UTF-8 text".into()));
    let (place, message) = refusal("[migrator]\nversion_table = x");
    assert_eq!(place, Some((2, 17)));
    assert!(!message.is_empty());
    let (place, message) = refusal("[database]\n[database]");
    assert_eq!((place, message.as_str()), (Some((2, 2)), "duplicate key"));
}

#[test]
fn a_byte_order_mark_and_crlf_are_fine() {
    let config = load("\u{feff}[migrator]\r\nversion_table = \"v\"\r\n").unwrap();
    assert_eq!(config.version_table, "v");
    assert_eq!(refusal("\u{feff}x = 1").0, Some((1, 1)));
}

#[test]
fn unknown_keys() {
    for (toml, place, message, hint) in [
        (
            "[migrator]\nscriptlocation = \"a\"",
            (2, 1),
            "unknown key `scriptlocation` in [migrator]",
            Some("did you mean `script_location`?"),
        ),
        ("[migrator]\nzzz = 1", (2, 1), "unknown key `zzz` in [migrator]", None),
        ("[databse]", (1, 2), "unknown key `databse` at the top level", Some("did you mean `database`?")),
        (
            "script_location = \"a\"",
            (1, 1),
            "unknown key `script_location` at the top level",
            Some("`script_location` belongs in [migrator]"),
        ),
        ("[migrator]\nurl = \"\"", (2, 1), "unknown key `url` in [migrator]", Some("`url` belongs in [database]")),
        (
            "[env.test]\nurl = \"\"",
            (2, 1),
            "unknown key `url` in [env.test]",
            Some("`url` belongs in [env.test.database]"),
        ),
        (
            "[env.test.database]\nlock_wiat = \"1s\"",
            (2, 1),
            "unknown key `lock_wiat` in [env.test.database]",
            Some("did you mean `lock_wait`?"),
        ),
        (
            "[[post_write_hooks]]\nname = \"a\"\ncomand = []",
            (3, 1),
            "unknown key `comand` in [post_write_hooks]",
            Some("did you mean `command`?"),
        ),
    ] {
        let error = load(toml).unwrap_err();
        assert_eq!(described(&error), (Some(place), message.to_owned()), "{toml}");
        assert_eq!(error.hint().as_deref(), hint, "{toml}");
    }
}

#[test]
fn wrong_types() {
    for (toml, place, message) in [
        ("migrator = 1", (1, 12), "`migrator` takes a table, not an integer"),
        ("[migrator]\nscript_location = 1", (2, 19), "`script_location` takes a string, not an integer"),
        (
            "[migrator]\nversion_locations = \"a\"",
            (2, 21),
            "`version_locations` takes an array of strings, not a string",
        ),
        (
            "[migrator]\nversion_locations = [\n  \"é\", 1]",
            (3, 8),
            "`version_locations` takes a string, not an integer",
        ),
        ("[database]\nforeign_keys = \"on\"", (2, 16), "`foreign_keys` takes `true` or `false`, not a string"),
        ("[database]\nlock_wait = 1.5", (2, 13), "`lock_wait` takes a duration such as \"60s\", not a float"),
        ("[migrator]\ntruncate_slug_length = true", (2, 24), "`truncate_slug_length` takes an integer, not a boolean"),
        ("[env.test]\ndatabase = []", (2, 12), "`database` takes a table, not an array"),
        ("[env]\ntest = 1", (2, 8), "`test` takes a table, not an integer"),
        ("[post_write_hooks]", (1, 1), "`post_write_hooks` takes an array of tables, not a table"),
        ("[migrator]\ntimezone = 2026-11-20", (2, 12), "`timezone` takes a string, not a date"),
    ] {
        assert_eq!(refusal(toml), (Some(place), message.to_owned()), "{toml}");
    }
}

#[test]
fn bad_values() {
    for (toml, place, message) in [
        ("[migrator]\nscript_location = \"\"", (2, 19), "`script_location` is empty"),
        ("[migrator]\nversion_locations = []", (2, 21), "`version_locations` is empty"),
        ("[migrator]\nversion_table = \"\"", (2, 17), "`version_table` is empty"),
        ("[migrator]\nversion_table = \"a\\u0000\"", (2, 17), "`version_table` holds a control character"),
        ("[migrator]\nversion_table_schema = \"a\\n\"", (2, 24), "`version_table_schema` holds a control character"),
        ("[migrator]\ntimezone = \"Mars\"", (2, 12), "`timezone` is not a time zone of the IANA database"),
        ("[migrator]\ntransaction = \"\"", (2, 15), "`transaction` is neither `per-revision` nor `single`"),
        ("[migrator]\nout_of_order = \"aply\"", (2, 16), "`out_of_order` is neither `error` nor `apply`"),
        ("[migrator]\ntruncate_slug_length = -1", (2, 24), "`truncate_slug_length` is not a number from 0 upwards"),
        ("[database]\nlock_wait = 30", (2, 13), "`lock_wait` is not a duration: a whole number and its unit"),
        ("[autogenerate]\nschema = []", (2, 10), "`schema` is empty"),
        ("[autogenerate]\ncommand = []", (2, 11), "`command` is empty"),
        ("[autogenerate]\nschema = [\"a\"]\ncommand = [\"b\"]", (3, 11), "`command` cannot stand beside `schema`"),
        (
            "[migrator]\nschema_dump = \"a\"\n[autogenerate]\nschema = [\"b\", \"a\"]",
            (2, 15),
            "`schema_dump` is a file of the declared schema, which it would be written over",
        ),
        ("[[post_write_hooks]]\nname = \"a\"", (1, 1), "`command` is missing in [post_write_hooks]"),
        ("[[post_write_hooks]]\nname = \"\"\ncommand = [\"a\"]", (2, 8), "`name` is empty"),
    ] {
        assert_eq!(refusal(toml), (Some(place), message.to_owned()), "{toml}");
    }
}
