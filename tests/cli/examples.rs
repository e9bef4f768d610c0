//! The examples with a program of their own: what their READMEs show happens.

use std::fs;
use std::path::{Path, PathBuf};

use crate::python;
use crate::readme::{play, scenarios};
use crate::scenario::Session;
use crate::support::postgres::each_postgres;

fn example(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(name)
}

/// Copies the files that belong to the example, which may have been used.
fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap();
        if [".venv", "instance", "__pycache__"].iter().any(|unwanted| name == *unwanted) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &to.join(name));
        } else {
            fs::copy(&path, to.join(name)).unwrap();
        }
    }
}

fn flask() -> PathBuf {
    let requirements = fs::read_to_string(example("flask").join("requirements.txt")).unwrap();
    python::programs("flask", &requirements.lines().collect::<Vec<_>>())
}

#[test]
fn the_flask_example_does_what_it_shows() {
    let readme = fs::read_to_string(example("flask").join("README.md")).unwrap();
    let scenarios = scenarios(&readme);
    assert_eq!(scenarios.len(), 2, "one for the app as it is, one for how it was made");
    let mut failures = Vec::new();
    for (scenario, is_finished) in scenarios.iter().zip([true, false]) {
        let mut session = Session::new(None).with_programs(flask());
        if is_finished {
            copy(&example("flask"), session.folder());
        }
        failures.extend(play(scenario, &mut session).err());
        for file in ["app.py", "models.py", "migrations/schema.py"] {
            let (shown, made) = (example("flask").join(file), session.folder().join(file));
            assert_eq!(fs::read_to_string(shown).unwrap(), fs::read_to_string(made).unwrap(), "{file}");
        }
    }
    assert!(failures.is_empty(), "examples/flask/{}", failures.join("\nexamples/flask/"));
}

#[test]
fn the_revisions_of_the_flask_example_make_its_models_on_postgresql() {
    let programs = flask();
    each_postgres(|database| {
        let mut session = Session::new(Some(&database.url())).with_programs(programs.clone());
        copy(&example("flask"), session.folder());
        let in_sync = "$ migrator check\nthe declared schema is what there is\n";
        let text = format!(
            "$ migrator upgrade --quiet > made\n{in_sync}$ migrator downgrade base --quiet > made\n\
             $ migrator upgrade --quiet > made\n{in_sync}"
        );
        assert_eq!(session.play(&text).unwrap(), text);
    });
}
