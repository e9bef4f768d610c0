//! A project whose only driver is asyncpg, with the `env.py` that goes with it.

use super::{AlembicProject, told};
use crate::python::alembic::Alembic;
use crate::support::postgres::each_postgres;

#[test]
fn revisions_run_by_asyncpg_where_there_is_no_other_driver() {
    each_postgres(|database| {
        let project = AlembicProject::new("async", Alembic::Asyncpg);
        let (document, code) = project.imported(&["--url", &database.url(), "--prove-each"]);
        assert_eq!(
            told(&document),
            [
                "i1: offline offline, proven",
                "i2: captured captured, proven",
                "i3: captured offline, proven",
                "i4: captured offline, proven",
            ],
            "{document}"
        );
        assert_eq!((code, document["warnings"].to_string()), (0, "[]".into()));
        let index = project.read("migrations/versions/i3_index.sql");
        assert!(index.contains("-- migrator:upgrade no-transaction\n"), "{index}");

        let url = database.url();
        project.run(&["upgrade", "--url", &url]).ok();
        let rows = "SELECT id, name, weight, sent AT TIME ZONE 'UTC', marks, notes FROM parcels ORDER BY id";
        let made = "1|it's 100% $1 \\ :x!|1.250|2024-02-29 12:30:00|{\"a,b\",c'd}|{\"from\": [\"O'Hara\"]}\n2|two||||";
        assert_eq!(database.query_text(rows), made);

        // Alembic makes the same, and what it has made is gone on with.
        project.run(&["downgrade", "base", "--url", &url]).ok();
        project.run(&["stamp", "--purge", "base", "--url", &url]).ok();
        project.alembic(&url.replace("postgresql:", "postgresql+asyncpg:"), &["upgrade", "head"]);
        assert_eq!(database.query_text(rows), made);
        let url = format!("{}?ssl=disable", url.replace("postgresql:", "postgresql+asyncpg:"));
        project.run(&["stamp", "--from-alembic", "--url", &url]).ok();
        assert_eq!(project.run(&["current", "--url", &url]).ok().stdout, "i4 (head)\n");
        project.run(&["downgrade", "base", "--url", &url]).ok();
        database.client().batch_execute("DROP TABLE alembic_version").unwrap();
    });
}

#[test]
fn without_any_driver_it_is_said_what_to_install() {
    each_postgres(|database| {
        let project = AlembicProject::new("async", Alembic::Asyncpg);
        let hidden = "import sys\n\nsys.modules['asyncpg'] = None\n";
        project.write("alembic/env.py", &(hidden.to_owned() + &project.read("alembic/env.py")));
        let output = project.import(&["--url", &database.url()]).exits(1);
        let said = "there is no driver of PostgreSQL beside its Alembic; `pip install 'psycopg[binary]'` brings one, and \
                    without a proof (--no-prove) none is needed";
        assert!(output.stderr.contains(said), "{output:?}");
        assert!(!project.path("migrator.toml").exists() && !project.path("migrations").exists());
        project.import(&["--no-prove"]).exits(3);
    });
}
