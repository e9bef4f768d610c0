//! References and `.env`.

use std::fs;

use super::*;

#[test]
fn references_are_replaced_in_every_string() {
    let toml = r#"
        [migrator]
        version_table = "${TABLE:-v}"
        version_locations = ["a", "${PLACE}/b"]
        [database]
        url = "postgresql://u:${PASSWORD}@h/d"
        lock_wait = "${WAIT}"
        [[post_write_hooks]]
        name = "${PLACE}"
        command = ["$${x}", "${PLACE}"]
    "#;
    let environment = Environment::from([("PLACE", "p"), ("PASSWORD", "\"]\n\\"), ("WAIT", "7s")]);
    let config = Config::load(&Request { environment, ..request(&project(toml)) }).unwrap();
    assert_eq!(config.version_table, "v");
    assert_eq!(config.version_locations[1], config.directory.join("p/b"));
    assert_eq!(config.lock_wait, Duration::from_secs(7));
    assert_eq!(config.post_write_hooks[0].name, "p");
    assert_eq!(config.post_write_hooks[0].command, ["${x}", "p"]);
    assert_eq!(url(&config), "postgresql://u:***@h/d");
    assert_eq!(
        refusal("[migrator]\nversion_locations = [\"a\", \"${B}\"]"),
        (Some((2, 27)), "the variable `B` is not set".into())
    );
}

#[test]
fn a_dot_env_lies_below_the_environment() {
    let directory = project("[database]\nurl = \"postgresql://${NAME}:${PASSWORD}@h/${DATABASE}\"\n[env.test]");
    let dot_env = "MIGRATOR_ENV=test\nNAME=file\nPASSWORD='${x}'\nDATABASE=\"${NAME}_db\"\n";
    fs::write(directory.path().join(".env"), dot_env).unwrap();
    let config =
        Config::load(&Request { environment: Environment::from([("NAME", "process")]), ..request(&directory) })
            .unwrap();
    assert_eq!(config.name.as_deref(), Some("test"));
    assert_eq!(url(&config), "postgresql://process:***@h/process_db");
    assert_eq!(config.environment.get("PASSWORD"), Some("${x}"));
}

#[test]
fn a_malformed_dot_env_is_placed_and_not_repeated() {
    let directory = project("");
    let file = directory.path().join(".env");
    fs::write(&file, "A=1\n\nB='secret\n").unwrap();
    let error = Config::load(&request(&directory)).unwrap_err();
    assert_eq!(described(&error), (Some((3, 1)), "a single quote is not closed".into()));
    assert_eq!(error.place().unwrap().file, file);
    assert!(!format!("{error:?}").contains("secret"));
}

#[test]
fn a_dot_env_variable_without_a_value_matters_only_where_it_is_used() {
    let directory = project("[database]\nurl = \"${URL}\"");
    fs::write(directory.path().join(".env"), "A=1\nURL=postgresql://${HOST}/d\n").unwrap();
    let error = Config::load(&request(&directory)).unwrap().database_url().unwrap_err();
    assert_eq!(described(&error), (Some((2, 1)), "the variable `HOST` is not set".into()));
    assert_eq!(error.place().unwrap().file, directory.path().join(".env"));
}

#[test]
fn a_directory_called_dot_env_is_not_read() {
    let directory = project("");
    fs::create_dir(directory.path().join(".env")).unwrap();
    assert!(Config::load(&request(&directory)).is_ok());
}

#[cfg(unix)]
#[test]
fn a_variable_that_is_not_unicode_is_an_error_where_it_is_used() {
    use std::os::unix::ffi::OsStringExt as _;
    let environment = Environment::from_os([("URL".into(), std::ffi::OsString::from_vec(vec![0xff]))]);
    let directory = project("[database]\nurl = \"${URL}\"");
    let error = Config::load(&Request { environment, ..request(&directory) }).unwrap().database_url().unwrap_err();
    assert_eq!(error.to_string(), "the variable `URL` is not Unicode text");
}

#[test]
fn the_variables_of_the_process_are_read() {
    // Cargo sets it for tests.
    let directory = std::env::var("CARGO_MANIFEST_DIR").unwrap();
    let environment = Environment::from_process();
    assert_eq!(environment.get("CARGO_MANIFEST_DIR"), Some(directory.as_str()));
    assert_eq!(environment.get("no such variable"), None);
}

#[test]
fn lines_that_double_each_other_do_not_fill_the_memory() {
    let mut lines = String::from("A0=twenty characters ...\n");
    for number in 1..64 {
        lines.push_str(&format!("A{number}=${{A{0}}}${{A{0}}}\n", number - 1));
    }
    let directory = project("[database]\nurl = \"${A63}\"");
    fs::write(directory.path().join(".env"), lines).unwrap();
    let error = Config::load(&request(&directory)).unwrap().database_url().unwrap_err();
    assert_eq!(error.to_string(), "its references stand for more than a megabyte");
}
