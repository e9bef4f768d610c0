#![allow(clippy::unwrap_used)]

use tempfile::tempdir;

use super::*;

fn generic() -> &'static ProjectTemplate {
    find("generic").unwrap()
}

fn read_toml(root: &Path) -> toml::Table {
    fs::read_to_string(root.join("migrator.toml")).unwrap().parse().unwrap()
}

fn script_location(root: &Path) -> String {
    read_toml(root)["migrator"]["script_location"].as_str().unwrap().to_owned()
}

fn is_empty(directory: &Path) -> bool {
    fs::read_dir(directory).unwrap().next().is_none()
}

#[test]
fn a_generic_project_is_made_in_order() {
    let root = tempdir().unwrap();
    let at = |path: &str| root.path().join(path);
    let created = initialize(root.path(), "migrations", generic()).unwrap();
    assert_eq!(
        created,
        [
            Created::Directory(at("migrations")),
            Created::Directory(at("migrations/versions")),
            Created::File(at("migrations/revision.sql.tera")),
            Created::File(at("migrations/README")),
            Created::File(at("migrator.toml")),
        ]
    );
    let configuration = read_toml(root.path());
    assert_eq!(script_location(root.path()), "migrations");
    let url = &configuration["database"]["url"];
    assert_eq!(url.as_str(), Some("${DATABASE_URL:-sqlite:///app.db}"));
    assert_eq!(configuration.len(), 2);
}

/// A commented-out line that holds a key or a table header, without its `# `.
fn commented_out(line: &str) -> Option<&str> {
    let setting = line.strip_prefix("# ")?;
    let is_key = |key: &str| key.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let is_setting = setting.starts_with('[') || setting.split_once(" = ").is_some_and(|(key, _)| is_key(key));
    is_setting.then_some(setting)
}

#[test]
fn what_is_commented_out_is_valid_too() {
    for template in templates() {
        let root = tempdir().unwrap();
        initialize(root.path(), "db", template).unwrap();
        let text = fs::read_to_string(root.path().join("migrator.toml")).unwrap();
        let lines: Vec<&str> = text.lines().map(|line| commented_out(line).unwrap_or(line)).collect();
        let configuration: toml::Table = lines.join("\n").parse().unwrap();
        let migrator = configuration["migrator"].as_table().unwrap();
        assert_eq!(migrator["file_template"].as_str(), Some("{{ rev }}_{{ slug }}"));
        assert_eq!(migrator["truncate_slug_length"].as_integer(), Some(40));
        assert_eq!(configuration["post_write_hooks"].as_array().unwrap().len(), 1);
        if template.name == "generic" {
            assert_eq!(migrator["version_locations"][0].as_str(), Some("db/versions"));
            assert_eq!(migrator.len(), 11);
            assert_eq!(configuration["database"].as_table().unwrap().len(), 5);
        }
    }
}

#[test]
fn a_project_of_several_databases_gives_each_its_folder() {
    let root = tempdir().unwrap();
    initialize(root.path(), "db", find("multidb").unwrap()).unwrap();
    let configuration = read_toml(root.path());
    for name in ["users", "orders"] {
        let folder = format!("db/versions/{name}");
        assert!(root.path().join(&folder).is_dir());
        let environment = &configuration["env"][name];
        assert_eq!(environment["migrator"]["version_locations"][0].as_str(), Some(&*folder));
        let url = environment["database"]["url"].as_str().unwrap();
        assert!(url.ends_with(&format!(":-sqlite:///{name}.db}}")), "{url}");
    }
}

#[test]
fn a_project_with_models_runs_what_prints_them() {
    for (name, models) in [("flask", "--flask"), ("sqlalchemy", "app.models:Base")] {
        let root = tempdir().unwrap();
        initialize(root.path(), "it's", find(name).unwrap()).unwrap();
        let command = &read_toml(root.path())["autogenerate"]["command"];
        assert_eq!(command.clone().try_into::<Vec<String>>().unwrap(), ["python", "it's/schema.py", models]);
        assert!(root.path().join("it's/schema.py").is_file());
    }
}

#[test]
fn nothing_is_written_when_files_are_in_the_way_and_all_are_named() {
    let root = tempdir().unwrap();
    let (toml, readme) = (root.path().join("migrator.toml"), root.path().join("db/README"));
    fs::create_dir(root.path().join("db")).unwrap();
    fs::write(&toml, "mine").unwrap();
    fs::write(&readme, "mine").unwrap();
    let error = initialize(root.path(), "db", generic()).unwrap_err();
    let expected = format!("already exists: `{}`, `{}`", readme.display(), toml.display());
    assert_eq!(error.to_string(), expected);
    assert_eq!(fs::read_to_string(&toml).unwrap(), "mine");
    assert_eq!(fs::read_dir(root.path().join("db")).unwrap().count(), 1);
}

#[test]
fn existing_directories_are_used() {
    let root = tempdir().unwrap();
    fs::create_dir_all(root.path().join("db/versions")).unwrap();
    let created = initialize(root.path(), "db/", generic()).unwrap();
    assert!(created.iter().all(|made| matches!(made, Created::File(_))), "{created:?}");
    assert_eq!(created.len(), 3);
    assert_eq!(script_location(root.path()), "db");
}

#[test]
fn a_failure_half_way_leaves_nothing() {
    let root = tempdir().unwrap();
    let file = root.path().join("file");
    fs::write(&file, "").unwrap();
    // The second folder would be below a file.
    let blocked = ProjectTemplate {
        name: "blocked",
        description: "",
        configuration: "",
        readme: "",
        revision: "",
        models: None,
        version_folders: &["versions", "../../file/versions"],
        next: "",
    };
    let error = initialize(root.path(), "new/db", &blocked).unwrap_err();
    assert_eq!(error.kind(), "io");
    fs::remove_file(&file).unwrap();
    assert!(is_empty(root.path()));
}

#[test]
fn a_file_in_the_place_of_the_directory_is_named() {
    let root = tempdir().unwrap();
    let directory = root.path().join("db");
    fs::write(&directory, "").unwrap();
    let error = initialize(root.path(), "db", generic()).unwrap_err();
    assert_eq!(error.to_string(), format!("already exists: `{}`", directory.display()));
    assert!(!root.path().join("migrator.toml").exists());
}

#[test]
fn any_directory_name_is_written_as_valid_toml() {
    let quotes = "'".repeat(3);
    for name in ["it's a \"name\"", "back\\slash", "été", "{{ rev }}", "a # b", &quotes, "."] {
        let root = tempdir().unwrap();
        initialize(root.path(), name, generic()).unwrap();
        assert_eq!(script_location(root.path()), name);
        assert!(root.path().join(name).join("versions").is_dir());
    }
}

#[test]
fn a_dollar_brace_is_no_variable() {
    let root = tempdir().unwrap();
    initialize(root.path(), "a${b}", generic()).unwrap();
    assert_eq!(script_location(root.path()), "a$${b}");
}

#[test]
fn an_absolute_directory_stays_absolute() {
    let (root, other) = (tempdir().unwrap(), tempdir().unwrap());
    let directory = other.path().join("db").to_str().unwrap().to_owned();
    initialize(root.path(), &directory, generic()).unwrap();
    assert_eq!(script_location(root.path()), directory);
    assert!(other.path().join("db/versions").is_dir());
}

#[test]
fn impossible_directories_are_refused() {
    for (directory, expected) in [("", "directory `` is empty"), ("a\nb", "directory `a\\nb` has a control character")]
    {
        let root = tempdir().unwrap();
        let error = initialize(root.path(), directory, generic()).unwrap_err();
        assert_eq!(error.to_string(), expected);
        assert!(is_empty(root.path()));
    }
}

#[test]
fn an_unknown_template_gets_advice() {
    let error = find("multi-db").unwrap_err();
    assert_eq!(error.to_string(), "unknown template `multi-db`");
    assert_eq!(error.hint().unwrap(), "did you mean `multidb`?");
    assert_eq!(find("xyz").unwrap_err().hint().unwrap(), "there are: generic, multidb, flask, sqlalchemy");
}

#[test]
fn readmes_are_short_and_name_the_directory() {
    for template in templates() {
        let root = tempdir().unwrap();
        initialize(root.path(), "somewhere", template).unwrap();
        let readme = fs::read_to_string(root.path().join("somewhere/README")).unwrap();
        assert!((10..=25).contains(&readme.lines().count()));
        assert!(readme.contains("somewhere") && !readme.contains("{{"), "{readme}");
    }
}
