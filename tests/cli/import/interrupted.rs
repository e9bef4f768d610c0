//! SIGINT and SIGTERM in the middle of an import: it ends at once and leaves nothing behind.

use std::time::Duration;

use super::AlembicProject;
use crate::python::alembic::Alembic;
use crate::support::postgres::each_postgres;
use crate::support::project::program;
use crate::support::running::{Running, Signal, until};

/// What is interrupted sleeps longer.
const PROMPTLY: Duration = Duration::from_secs(30);

/// A project of one revision that says in a file that it has begun, and then sleeps.
fn sleeping(sleep: &str) -> AlembicProject {
    let project = AlembicProject::new("rows", Alembic::Newest);
    std::fs::remove_dir_all(project.path("alembic/versions")).unwrap();
    std::fs::create_dir(project.path("alembic/versions")).unwrap();
    let revision = format!(
        "import pathlib\nimport time\nfrom alembic import context, op\nimport sqlalchemy as sa\n\n\
         revision = 'j1'\ndown_revision = None\n\n\
         def upgrade():\n    \
             op.execute('CREATE TABLE a (x INTEGER)')\n    \
             if not context.is_offline_mode():\n        \
                 pathlib.Path('begun').write_text('')\n        \
                 {sleep}\n\n\
         def downgrade():\n    pass\n"
    );
    project.write("alembic/versions/j1.py", &revision);
    project
}

/// Interrupts an import in the middle of that revision, once it is `far_enough`. The signal reaches the program
/// alone, not its Python.
#[track_caller]
fn interrupt(project: &AlembicProject, arguments: &[&str], (signal, code): (Signal, i32), far_enough: impl FnOnce()) {
    let before = project.files();
    let python = Alembic::Newest.python();
    let fixed = ["import", "alembic", "--python", python.to_str().unwrap()];
    let mut command = program(&[&fixed, arguments].concat());
    command.current_dir(project.path(""));
    let running = Running::start(command);
    let begun = project.path("begun");
    until("the revision has begun", || begun.exists());
    far_enough();
    running.signal(signal);
    let output = running.output_within(PROMPTLY);
    assert_eq!((output.code, output.stdout.as_str()), (Some(code), ""), "{output:?}");
    assert!(output.stderr.contains("interrupted"), "{output:?}");
    std::fs::remove_file(begun).unwrap();
    assert_eq!(project.files(), before);
}

#[test]
fn while_python_works() {
    let project = sleeping("time.sleep(100)");
    for signal in [(Signal::INT, 130), (Signal::TERM, 143)] {
        interrupt(&project, &["--out", "new"], signal, || ());
    }
}

#[test]
fn while_a_server_works_for_it() {
    each_postgres(|database| {
        let project = sleeping("op.get_bind().execute(sa.text('SELECT pg_sleep(100.125)'))");
        let mut scratch = String::new();
        let sleeper =
            "SELECT datname FROM pg_stat_activity WHERE state = 'active' AND query = 'SELECT pg_sleep(100.125)'";
        interrupt(&project, &["--dialect", "postgresql", "--url", &database.url()], (Signal::INT, 130), || {
            until("the server sleeps", || {
                scratch = database.query_text(sleeper);
                !scratch.is_empty()
            });
        });
        let left = format!("SELECT count(*) FROM pg_database WHERE datname = '{scratch}'");
        assert_eq!(database.query_text(&left), "0", "{scratch}");
    });
}
