//! What cannot be taken over: a clear error, and nothing half-written.

use super::AlembicProject;
use crate::python::alembic::{Alembic, BOTH};
use crate::support::project::Output;

/// Imports, which must fail without a trace.
#[track_caller]
fn fails(project: &AlembicProject, arguments: &[&str], code: i32) -> Output {
    let before = project.files();
    let output = project.import(arguments).exits(code);
    assert_eq!(project.files(), before);
    assert_eq!(output.stdout, "");
    output
}

#[track_caller]
fn says(output: &Output, parts: &[&str]) {
    for part in parts {
        assert!(output.stderr.contains(part), "`{part}` is not in:\n{}", output.stderr);
    }
}

#[test]
fn no_python_and_no_alembic() {
    let project = AlembicProject::new("rows", Alembic::Missing);
    let output = fails(&project, &[], 1);
    says(&output, &["has no Alembic: No module named 'alembic'", "--python .venv/bin/python"]);
    let output = project.run(&["import", "alembic", "--python", "./no/such/python"]).exits(1);
    says(&output, &["error: cannot start `", "no/such/python`"]);
    let document = project.run(&["--json", "import", "alembic", "--python", "./no/such/python"]).exits(1).stdout;
    assert!(document.contains("\"kind\":\"alembic_project\""), "{document}");
}

#[test]
fn no_configuration() {
    let project = AlembicProject::new("rows", Alembic::Newest);
    std::fs::remove_file(project.path("alembic.ini")).unwrap();
    says(&fails(&project, &[], 2), &["there is no Alembic configuration at `alembic.ini`, `migrations/alembic.ini`"]);
    says(&fails(&project, &["--config", "other.ini"], 2), &["there is no Alembic configuration `other.ini`"]);
}

#[test]
fn an_env_that_raises() {
    for alembic in BOTH {
        let project = AlembicProject::new("rows", alembic);
        project.write("alembic/env.py", "import os\n\nraise RuntimeError('SHOP_SECRET is not set')\n");
        let output = fails(&project, &[], 1);
        says(
            &output,
            &["the Alembic project cannot be read: RuntimeError: SHOP_SECRET is not set", "alembic/env.py:3"],
        );
        project.write("alembic/env.py", "from alembic import context\n");
        says(&fails(&project, &[], 1), &["never runs migrations in offline mode"]);
        let url = "import sqlalchemy\n\nraise ValueError('what is postgresql://shop:geheim@db/shop?')\n";
        project.write("alembic/env.py", url);
        let output = fails(&project, &[], 1);
        says(&output, &["what is postgresql://***@db/shop?"]);
        assert!(!output.stderr.contains("geheim"), "{output:?}");
        project.write("alembic/env.py", "raise SystemExit(3)\n");
        says(&fails(&project, &[], 1), &["SystemExit: 3"]);
    }
}

#[test]
fn an_env_that_connects() {
    for alembic in BOTH {
        let project = AlembicProject::new("rows", alembic);
        let connects = "import sqlalchemy\nfrom alembic import context\n\n\
                        connection = sqlalchemy.create_engine('sqlite:///mine.db').connect()\n\
                        context.configure(connection=connection)\ncontext.run_migrations()\n";
        project.write("alembic/env.py", connects);
        says(&fails(&project, &[], 1), &["connects to a database of its own, which an import must not touch"]);
    }
}

#[test]
fn a_revision_that_cannot_be_loaded() {
    for alembic in BOTH {
        let project = AlembicProject::new("rows", alembic);
        project.write("alembic/versions/f8_bad.py", "import a_module_that_is_not_there\n");
        let output = fails(&project, &[], 1);
        says(&output, &["No module named 'a_module_that_is_not_there'", "f8_bad.py:1"]);
        project.write("alembic/versions/f8_bad.py", "revision = 'f8'\ndown_revision = 'gone'\n");
        says(&fails(&project, &[], 1), &["the Alembic project cannot be read"]);
        project.write(
            "alembic/versions/f8_bad.py",
            "revision = 'f8/9'\ndown_revision = 'f7'\ndef upgrade(): pass\ndef downgrade(): pass\n",
        );
        says(&fails(&project, &[], 1), &["f8/9"]);
    }
}

#[test]
fn something_in_the_way() {
    let project = AlembicProject::new("rows", Alembic::Newest);
    project.write("migrator.toml", "# mine\n");
    says(&fails(&project, &[], 1), &["already exists: `migrator.toml`"]);
    // Another folder is free, and one that Alembic has taken is passed by.
    project.import(&["--out", "new/place"]).exits(3);
    assert!(project.path("new/place/migrations/versions/f1_tables.sql").is_file());
    std::fs::remove_file(project.path("migrator.toml")).unwrap();
    std::fs::create_dir(project.path("migrations")).unwrap();
    project.import(&[]).exits(3);
    assert!(project.path("sql-migrations/versions/f1_tables.sql").is_file());
    assert!(project.read("migrator.toml").contains("script_location = \"sql-migrations\""));
    project.run(&["status"]).ok();
}

#[test]
fn databases_that_cannot_be_had() {
    let project = AlembicProject::new("directives", Alembic::Newest);
    let nowhere = "postgresql://shop:geheim@127.0.0.1:1/shop";
    let output = fails(&project, &["--url", nowhere], 1);
    assert!(!output.stderr.contains("geheim"), "{output:?}");
    let project = AlembicProject::new("rows", Alembic::Newest);
    says(
        &fails(&project, &["--dialect", "postgresql"], 2),
        &["no PostgreSQL server to make scratch databases on", "--no-prove"],
    );
    says(&fails(&project, &["--dialect", "oracle"], 2), &["oracle"]);
    let mysql = project.read("alembic.ini").replace("sqlite:///rows.db", "mssql+pyodbc://localhost/shop");
    project.write("alembic.ini", &mysql);
    says(&fails(&project, &[], 2), &["the project's database is `mssql`", "--dialect"]);
    project.import(&["--dialect", "sqlite", "--out", "out"]).exits(3);
}
