//! The dump of every case can be loaded in one go, is the same schema, and gives the same dump.

use std::fs;
use std::path::Path;

use migrator::autogenerate::{Aim, Source, compare, dump};
use migrator::{Project, Request, Target};

#[test]
fn dumps_are_the_same_schema() {
    let failures: Vec<String> = super::cases().iter().filter_map(|case| judge(case).err()).collect();
    assert!(failures.is_empty(), "{}", failures.join("\n\n"));
}

fn judge(case: &Path) -> Result<(), String> {
    let fail = |what: &str, text: &str| Err(format!("{}: {what}\n{text}", case.display()));
    let folder = tempfile::tempdir().unwrap();
    let project = upgraded(folder.path(), &fs::read_to_string(case.join("to.sql")).unwrap());
    let first = dump(&project).unwrap().sql;
    fs::write(folder.path().join("dump.sql"), &first).unwrap();
    let dumped = Source::File(folder.path().join("dump.sql").display().to_string());
    let comparison = match compare(&project, &Source::Database, &dumped, Aim::Check) {
        Ok(comparison) => comparison,
        Err(error) => return fail(&error.to_string(), &first),
    };
    if !comparison.changes().is_empty() {
        return fail(&format!("{:?}", comparison.changes()), &first);
    }
    let folder = tempfile::tempdir().unwrap();
    let second = dump(&upgraded(folder.path(), &first)).unwrap().sql;
    if second == first { Ok(()) } else { fail("another dump", &second) }
}

/// A project whose database has the schema `sql`, made by a revision.
fn upgraded(folder: &Path, sql: &str) -> Project {
    fs::write(folder.join("migrator.toml"), "[database]\nurl = \"sqlite:///app.db\"\n").unwrap();
    fs::create_dir_all(folder.join("migrations/versions")).unwrap();
    let revision = format!("-- made\n--\n-- migrator:revision a1\n\n-- migrator:upgrade\n{sql}");
    fs::write(folder.join("migrations/versions/a1.sql"), revision).unwrap();
    let project = Project::open(&Request { directory: folder.into(), ..Request::default() }).unwrap();
    let head: Target = "head".parse().unwrap();
    project.connect().unwrap().upgrade(&head, &mut |_| {}).unwrap();
    project
}
