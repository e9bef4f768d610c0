//! Where settings come from, and which source wins.

use std::fs;

use super::*;

#[test]
fn the_file_is_found_upwards_or_named() {
    let directory = project("");
    let below = directory.path().join("a/b");
    fs::create_dir_all(&below).unwrap();
    fs::write(directory.path().join("a/other.toml"), "[migrator]\nversion_table = \"other\"").unwrap();
    let request = Request { directory: below, ..Request::default() };

    let found = Config::load(&request).unwrap();
    assert_eq!(found.file, directory.path().join(FILE_NAME));
    let environment = Environment::from([("MIGRATOR_CONFIG", "../other.toml")]);
    let named = Config::load(&Request { environment: environment.clone(), ..request.clone() }).unwrap();
    assert_eq!(named.version_table, "other");
    let flag = Request { config: Some("../../migrator.toml".into()), environment, ..request.clone() };
    assert_eq!(Config::load(&flag).unwrap().version_table, "migrator_version");
    let empty = Request { environment: Environment::from([("MIGRATOR_CONFIG", "")]), ..request };
    assert_eq!(Config::load(&empty).unwrap().file, found.file);
}

#[test]
fn a_file_that_is_not_there() {
    let directory = tempfile::tempdir().unwrap();
    let error = Config::load(&request(&directory)).unwrap_err();
    assert_eq!(error.to_string(), format!("no migrator.toml in `{}` or its parents", directory.path().display()));
    assert!(error.hint().unwrap().contains("migrator init"));

    let named = Request { config: Some("x.toml".into()), ..request(&directory) };
    let error = Config::load(&named).unwrap_err();
    let start = format!("cannot read `{}`: ", directory.path().join("x.toml").display());
    assert!(error.to_string().starts_with(&start), "{error}");
    assert!(error.hint().unwrap().contains("migrator init"));
    assert!(std::error::Error::source(&error).is_some());
}

const OVERLAID: &str = r#"
[migrator]
version_table = "base"
timezone = "Europe/Berlin"
[database]
url = "sqlite:///base.db"
[autogenerate]
schema = ["schema.sql"]
[env.test.migrator]
version_table = "test"
[env.test.database]
url = "sqlite:///test.db"
[env.test.autogenerate]
command = ["ddl"]
[env.prod.database]
url = "${PRODUCTION_URL}"
"#;

#[test]
fn an_overlay_lies_over_the_file() {
    let directory = project(OVERLAID);
    let base = Config::load(&request(&directory)).unwrap();
    assert_eq!((base.name.as_deref(), base.version_table.as_str()), (None, "base"));
    assert_eq!(base.environments, ["prod", "test"]);
    assert!(url(&base).ends_with("/base.db"));

    let flag = Request { name: Some("test".into()), ..request(&directory) };
    let variable = Request { environment: Environment::from([("MIGRATOR_ENV", "test")]), ..request(&directory) };
    for request in [flag, variable] {
        let test = Config::load(&request).unwrap();
        assert_eq!((test.name.as_deref(), test.version_table.as_str()), (Some("test"), "test"));
        assert_eq!(Some(test.timezone.clone()), TimeZone::named("Europe/Berlin"));
        assert!(url(&test).ends_with("/test.db"));
        assert!(test.autogenerate.schema.is_empty());
        assert_eq!(test.autogenerate.command.as_deref().unwrap(), ["ddl"]);
    }

    let environment = Environment::from([("MIGRATOR_ENV", "prod")]);
    let flag = Request { name: Some("test".into()), environment, ..request(&directory) };
    assert_eq!(Config::load(&flag).unwrap().name.as_deref(), Some("test"));
    let empty = Request { environment: Environment::from([("MIGRATOR_ENV", "")]), ..request(&directory) };
    assert_eq!(Config::load(&empty).unwrap().name, None);
}

#[test]
fn an_overlay_that_is_not_there() {
    let named = |toml: &str| {
        let error = Config::load(&Request { name: Some("tets".into()), ..request(&project(toml)) }).unwrap_err();
        assert_eq!(error.to_string(), "unknown environment `tets`");
        error.hint().unwrap()
    };
    assert_eq!(named(OVERLAID), "did you mean `test`? known: `prod`, `test`");
    assert_eq!(named("[env.x]"), "known: `x`");
    assert!(named("").ends_with("has no `[env]` tables; add `[env.NAME.database]`"));
}

#[test]
fn the_url_of_the_nearest_source_counts() {
    let directory = project(OVERLAID);
    let environment = Environment::from([("MIGRATOR_DATABASE_URL", "sqlite:///variable.db"), ("DATABASE_URL", "x")]);
    let variable = Request { name: Some("test".into()), environment, ..request(&directory) };
    let flag = Request { url: Some("sqlite:///flag.db".into()), ..variable.clone() };
    assert!(url(&Config::load(&variable).unwrap()).ends_with("/variable.db"));
    let expected = SqliteLocation::File(directory.path().join("flag.db"));
    assert_eq!(*Config::load(&flag).unwrap().database_url().unwrap(), DatabaseUrl::Sqlite(expected));
}

#[test]
fn a_url_is_an_error_only_for_those_who_need_it() {
    let directory = project(OVERLAID);
    let production = Config::load(&Request { name: Some("prod".into()), ..request(&directory) }).unwrap();
    let error = production.database_url().unwrap_err();
    assert_eq!(described(&error), (Some((16, 7)), "the variable `PRODUCTION_URL` is not set".into()));

    let config = load("[database]\nurl = \"mysql://u:secret@h/d\"").unwrap();
    let error = config.database_url().unwrap_err();
    let message = "the URL in `[database]` cannot be used: its scheme `mysql` is neither `postgresql` nor `sqlite`";
    assert_eq!(described(&error), (Some((2, 7)), message.into()));
    assert!(error.hint().is_some());

    let empty = Environment::from([("MIGRATOR_DATABASE_URL", "")]);
    let config = Config::load(&Request { environment: empty, ..request(&directory) }).unwrap();
    let error = config.database_url().unwrap_err();
    assert_eq!(described(&error), (None, "the URL in `MIGRATOR_DATABASE_URL` cannot be used: it is empty".into()));
    let config = Config::load(&Request { url: Some("secret".into()), ..request(&directory) }).unwrap();
    let error = config.database_url().unwrap_err();
    assert_eq!(described(&error), (None, "the URL given with `--url` cannot be used: it is not a URL".into()));
}

#[test]
fn sqlite_has_no_schema_for_the_version_table() {
    let toml = "[migrator]\nversion_table_schema = \"s\"\n[database]\nurl = \"sqlite://\"\n\
                [env.test.migrator]\nversion_table_schema = \"\"";
    let directory = project(toml);
    let error = Config::load(&request(&directory)).unwrap().database_url().unwrap_err();
    assert_eq!(described(&error).0, Some((2, 24)));
    assert!(error.to_string().starts_with("`version_table_schema` is set, but"));
    let test = Config::load(&Request { name: Some("test".into()), ..request(&directory) }).unwrap();
    assert_eq!(url(&test), "sqlite::memory:");
}

#[test]
fn databases_are_the_overlays_with_a_url_in_the_order_of_the_file() {
    let config = load(
        "env.slow.database.lock_wait = \"5m\"\n[env.z.database]\nurl = \"sqlite:///z.db\"\n[env.b.migrator]\n\
         timezone = \"UTC\"\n[env.c.database]\nurl_command = [\"true\"]\n[env.b.database]\nurl_file = \"b\"\n",
    )
    .unwrap();
    assert_eq!(config.databases, ["z", "b", "c"]);
    assert_eq!(config.environments, ["b", "c", "slow", "z"]);
    assert!(load("[database]\nurl = \"sqlite:///a.db\"").unwrap().databases.is_empty());
}

#[test]
fn a_url_is_given_by_a_flag_or_a_variable() {
    let directory = project("[env.a.database]\nurl = \"sqlite:///a.db\"");
    let named = Request { name: Some("a".into()), ..request(&directory) };
    let is_given = |request: Request| Config::load(&request).unwrap().url_is_given();
    assert!(!is_given(named.clone()));
    assert!(!is_given(request(&directory)));
    assert!(is_given(Request { url: Some("sqlite:///b.db".into()), ..named.clone() }));
    for name in ["MIGRATOR_DATABASE_URL", "MIGRATOR_DATABASE_URL_FILE"] {
        let environment = Environment::from([(name, "sqlite:///b.db")]);
        assert!(is_given(Request { environment, ..named.clone() }), "{name}");
    }
}

#[test]
fn the_flag_for_the_lock_goes_before_the_file() {
    use std::time::Duration;
    let directory = project("[database]\nlock_wait = \"5s\"");
    assert_eq!(Config::load(&request(&directory)).unwrap().lock_wait, Duration::from_secs(5));
    let flag = Request { lock_wait: Some(Duration::ZERO), ..request(&directory) };
    assert_eq!(Config::load(&flag).unwrap().lock_wait, Duration::ZERO);
    assert_eq!(Config::load(&request(&project(""))).unwrap().lock_wait, Duration::from_secs(60));
}
