//! What cannot be taken over: a clear error, and nothing half-written.

use super::{AlembicProject, told};
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
        project.write("alembic/env.py", "import os\n\nos._exit(3)\n");
        says(&fails(&project, &[], 1), &["ended before it had answered", "is this the project's Python"]);
        project.write("alembic/env.py", "from alembic import context\n\ncontext.configure(\n");
        says(&fails(&project, &[], 1), &["SyntaxError: ", "hint: look at alembic/env.py:3;"]);
        // Nobody answers, and what is meant for the import is not taken for an answer.
        project.write("alembic/env.py", "password = 'geheim'; input('password? ')\n");
        let output = fails(&project, &[], 1);
        says(&output, &["EOFError", "alembic/env.py:1 in <module>"]);
        assert!(!output.stderr.contains("geheim"), "{output:?}");
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
        let said = "connects to a database of its own, which an import must not touch; env.py needs an offline mode";
        says(&fails(&project, &[], 1), &[said]);
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
        let said = "the Alembic project cannot be read: `f8` in `alembic/versions/f8_bad.py` follows `gone`, which no file has";
        says(&fails(&project, &[], 1), &[said]);
        let revision = |id: &str, below: &str, besides: &str| {
            format!(
                "revision = '{id}'\ndown_revision = '{below}'\n{besides}\ndef upgrade(): pass\ndef downgrade(): pass\n"
            )
        };
        project.write("alembic/versions/f8_bad.py", &revision("f8", "f7", "depends_on = 'gone'"));
        says(&fails(&project, &[], 1), &["`f8` in `alembic/versions/f8_bad.py` depends on `gone`, which no file has"]);
        project.write("alembic/versions/f8_bad.py", &revision("f8/9", "f7", ""));
        says(&fails(&project, &[], 1), &["revision id `f8/9` is not legal: `/` not allowed"]);
        project.write("alembic/versions/f8_bad.py", &revision("f8", "f7", "branch_labels = ('a/b@c',)"));
        says(&fails(&project, &[], 1), &["@"]);
        // Alembic takes the last one, and says so where nobody looks.
        project.write("alembic/versions/f8_bad.py", &revision("f7", "f6", ""));
        let both = "`f7` is the revision of two files, `alembic/versions/f7_where.py` and `alembic/versions/f8_bad.py`";
        says(&fails(&project, &[], 1), &[both]);
        project.write("alembic/versions/f8_bad.py", &revision("f8", "f9", ""));
        project.write("alembic/versions/f9_bad.py", &revision("f9", "f8", ""));
        says(&fails(&project, &[], 1), &["f8"]);
    }
}

#[test]
fn a_revision_without_its_functions() {
    for alembic in BOTH {
        let project = AlembicProject::new("rows", alembic);
        project.write("alembic/versions/f8_bad.py", "revision = 'f8'\ndown_revision = 'f7'\n");
        let (document, code) = project.imported(&[]);
        assert_eq!((code, told(&document)[7].as_str()), (3, "f8: hand hand, not proven"), "{document}");
        let reason = document["databases"][0]["revisions"][7]["ways"][0]["reason"].as_str().unwrap();
        assert!(reason.contains("has no attribute 'upgrade'"), "{reason}");
    }
}

#[test]
fn what_is_wrong_in_alembic_ini_is_told_without_its_values() {
    for alembic in BOTH {
        let project = AlembicProject::new("rows", alembic);
        let whole = project.read("alembic.ini");
        project.write("alembic.ini", &whole.replace("sqlite:///rows.db", "postgresql://shop:ge%40heim@db/shop"));
        let output = fails(&project, &[], 1);
        says(&output, &["`sqlalchemy.url` in [alembic]: a % is written %%"]);
        assert!(!output.stderr.contains("heim"), "{output:?}");
        for (text, line) in [("geheim\n", "line 1"), ("[alembic]\nscript_location = alembic\ngeheim\n", "line 3")] {
            project.write("alembic.ini", text);
            let output = fails(&project, &[], 1);
            says(&output, &[&format!("not a section, a value or a comment: {line}")]);
            assert!(!output.stderr.contains("geheim"), "{output:?}");
        }
    }
}

#[test]
fn a_place_where_nothing_can_be_made() {
    let project = AlembicProject::new("rows", Alembic::Newest);
    // Root may write everywhere, but not here.
    for out in ["alembic.ini", "alembic.ini/below", "/proc/migrator/below"] {
        let output = fails(&project, &["--out", out], 1);
        says(&output, &["error: cannot make a folder in `"]);
        assert!(!output.stderr.contains("running"), "before anything is run: {output:?}");
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
