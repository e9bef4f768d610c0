//! Whatever the file says, nothing panics and no secret is shown.

use std::fs;

use proptest::prelude::*;

use super::*;

#[test]
fn debug_shows_no_value() {
    let toml = "[database]\nurl = \"postgresql://u:${P}@h/d\"\n[autogenerate]\ncommand = [\"${P}\"]";
    let directory = project(toml);
    let environment = Environment::from([("P", "secret")]);
    let config = Config::load(&Request { environment, ..request(&directory) }).unwrap();
    let shown = format!("{config:?} {:?} {:?}", config.environment, config.database_url());
    assert!(shown.contains("\"P\"") && !shown.contains("secret"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_file_is_read_or_refused(toml in r#"(\[|\]|"|=|\n|\$\{|\}|migrator|database|env\.x|url|lock_wait|\PC)*"#, dot_env in "([A='\"\\\\$\\n{}]|\\PC)*") {
        let directory = project(&toml);
        fs::write(directory.path().join(".env"), dot_env).unwrap();
        if let Err(error) = Config::load(&request(&directory)) {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn no_error_repeats_a_secret(password in "[ -~]{0,12}", key in prop::sample::select(vec!["url", "lock_wait", "foreign_keys"])) {
        // Raw, so that the file may well be malformed; marked by what no path or message holds.
        let secret = format!("§{password}§");
        let environment = Environment::from([("P", &secret)]);
        for value in [format!("\"postgresql://u:{secret}@h/d\""), secret.clone(), "\"${P}\"".to_owned()] {
            let directory = project(format!("[database]\n{key} = {value}"));
            let error = match Config::load(&Request { environment: environment.clone(), ..request(&directory) }) {
                Ok(config) => config.database_url().err(),
                Err(error) => Some(error),
            };
            if let Some(error) = error {
                let shown = format!("{error} {error:?} {:?}", error.hint());
                prop_assert!(!shown.contains("§"), "{}", shown);
            }
        }
    }
}
