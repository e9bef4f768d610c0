//! The hazards that are told of changes: a table for each, which is as the manual says, and where it can be seen also
//! as the server does.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;

use migrator::autogenerate::{Aim, Options, Source, compare, draft, script};
use migrator::schema::Hazard;

use super::support::postgres::{Database, each_postgres};

const DATA_LOSS: &str = "data-loss, not-reversible";
const SCAN: &str = "may-fail, blocking-lock";
const REWRITE: &str = "table-rewrite, blocking-lock";
const RISKY_REWRITE: &str = "may-fail, table-rewrite, blocking-lock";
const ROUNDED: &str = "data-loss, not-reversible, table-rewrite, blocking-lock";
const ROUNDED_RISKY: &str = "data-loss, not-reversible, may-fail, table-rewrite, blocking-lock";

/// What the table `%` is and what it shall be, and the hazards of the way there.
const CHANGES: [(&str, &str, &str); 63] = [
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b text)", ""),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b text NOT NULL)", "may-fail"),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b text NOT NULL DEFAULT '')", ""),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b timestamptz NOT NULL DEFAULT now())", ""),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b uuid DEFAULT gen_random_uuid())", REWRITE),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b double precision DEFAULT 2 * random())", REWRITE),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b int DEFAULT changing())", REWRITE),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b int DEFAULT steady())", ""),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b text DEFAULT 'random()')", ""),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b int GENERATED ALWAYS AS (a + 1) STORED)", REWRITE),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b int GENERATED ALWAYS AS IDENTITY)", REWRITE),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b bound)", RISKY_REWRITE),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int, b unbound)", ""),
    ("CREATE TABLE % (a int, b text)", "CREATE TABLE % (a int)", DATA_LOSS),
    ("CREATE TABLE % (a int, b int GENERATED ALWAYS AS (a + 1) STORED)", "CREATE TABLE % (a int)", ""),
    ("CREATE TABLE % (a int)", "SELECT '%'", DATA_LOSS),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int NOT NULL)", SCAN),
    ("CREATE TABLE % (a int NOT NULL)", "CREATE TABLE % (a int)", ""),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int DEFAULT 7)", ""),
    ("CREATE TABLE % (a smallint)", "CREATE TABLE % (a int)", REWRITE),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a bigint)", REWRITE),
    ("CREATE TABLE % (a bigint)", "CREATE TABLE % (a int)", RISKY_REWRITE),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a numeric)", REWRITE),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a numeric(5,2))", RISKY_REWRITE),
    ("CREATE TABLE % (a numeric)", "CREATE TABLE % (a int)", ROUNDED_RISKY),
    ("CREATE TABLE % (a numeric(12,2))", "CREATE TABLE % (a numeric(14,2))", ""),
    ("CREATE TABLE % (a numeric(12,2))", "CREATE TABLE % (a numeric)", ""),
    ("CREATE TABLE % (a numeric(12,4))", "CREATE TABLE % (a numeric(12,2))", ROUNDED),
    ("CREATE TABLE % (a numeric(12,2))", "CREATE TABLE % (a numeric(8,2))", RISKY_REWRITE),
    ("CREATE TABLE % (a real)", "CREATE TABLE % (a double precision)", REWRITE),
    ("CREATE TABLE % (a double precision)", "CREATE TABLE % (a real)", ROUNDED_RISKY),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a double precision)", REWRITE),
    ("CREATE TABLE % (a bigint)", "CREATE TABLE % (a double precision)", ROUNDED),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a text)", REWRITE),
    ("CREATE TABLE % (a text)", "CREATE TABLE % (a int)", RISKY_REWRITE),
    ("CREATE TABLE % (a text)", "CREATE TABLE % (a varchar)", ""),
    ("CREATE TABLE % (a text)", "CREATE TABLE % (a varchar(9))", RISKY_REWRITE),
    ("CREATE TABLE % (a varchar(9))", "CREATE TABLE % (a varchar(20))", ""),
    ("CREATE TABLE % (a varchar(9))", "CREATE TABLE % (a text)", ""),
    ("CREATE TABLE % (a varchar(20))", "CREATE TABLE % (a varchar(9))", RISKY_REWRITE),
    ("CREATE TABLE % (a timestamp(3))", "CREATE TABLE % (a timestamp)", ""),
    ("CREATE TABLE % (a timestamp)", "CREATE TABLE % (a timestamp(0))", ROUNDED),
    ("CREATE TABLE % (a timestamp)", "CREATE TABLE % (a date)", ROUNDED),
    ("CREATE TABLE % (a date)", "CREATE TABLE % (a timestamp)", REWRITE),
    ("CREATE TABLE % (a timestamp(3)[])", "CREATE TABLE % (a timestamp(5)[])", REWRITE),
    ("CREATE TABLE % (a varchar(9)[])", "CREATE TABLE % (a varchar(20)[])", RISKY_REWRITE),
    ("CREATE TABLE % (a varchar(9)[])", "CREATE TABLE % (a varchar[])", ""),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a bound)", RISKY_REWRITE),
    (
        "CREATE TABLE % (a int, b int GENERATED ALWAYS AS (a + 1) STORED)",
        "CREATE TABLE % (a int, b int GENERATED ALWAYS AS (a + 2) STORED)",
        REWRITE,
    ),
    ("CREATE TABLE % (a text)", "CREATE TABLE % (a text COLLATE \"C\")", "blocking-lock"),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int CHECK (a > 0))", SCAN),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int); ALTER TABLE % ADD CHECK (a > 0) NOT VALID", ""),
    (
        "CREATE TABLE % (a int); ALTER TABLE % ADD CONSTRAINT k CHECK (a > 0) NOT VALID",
        "CREATE TABLE % (a int CONSTRAINT k CHECK (a > 0))",
        "may-fail",
    ),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int REFERENCES parents)", SCAN),
    (
        "CREATE TABLE % (a int)",
        "CREATE TABLE % (a int); ALTER TABLE % ADD FOREIGN KEY (a) REFERENCES parents NOT VALID",
        "",
    ),
    ("CREATE TABLE % (a int NOT NULL)", "CREATE TABLE % (a int PRIMARY KEY)", SCAN),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int UNIQUE)", SCAN),
    ("CREATE TABLE % (a int PRIMARY KEY)", "CREATE TABLE % (a int NOT NULL)", ""),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int); CREATE INDEX ON % (a)", "blocking-lock"),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int); CREATE UNIQUE INDEX ON % (a)", SCAN),
    ("CREATE TABLE % (a int)", "CREATE UNLOGGED TABLE % (a int)", REWRITE),
    ("CREATE TABLE % (a int)", "CREATE TABLE % (a int) WITH (fillfactor = 70)", ""),
    ("SELECT '%'", "CREATE TABLE % (a int NOT NULL CHECK (a > 0) REFERENCES parents); CREATE INDEX ON % (a)", ""),
];

/// What tables need.
const BESIDE: &str = "
    CREATE TABLE parents (id int PRIMARY KEY);
    CREATE DOMAIN bound AS int CHECK (VALUE > 0);
    CREATE DOMAIN unbound AS int;
    CREATE FUNCTION changing() RETURNS int LANGUAGE plpgsql VOLATILE AS 'BEGIN RETURN 1; END';
    CREATE FUNCTION steady() RETURNS int LANGUAGE sql STABLE AS 'SELECT 1';";

#[test]
fn hazards_are_what_the_manual_says() {
    each_postgres(|database| {
        let (folder, project) = super::project(database, &[]);
        let side = |pick: fn(&(&'static str, &'static str, &'static str)) -> &'static str| {
            let mut sql = BESIDE.to_owned();
            for (number, change) in CHANGES.iter().enumerate() {
                let _ = writeln!(sql, "{};", pick(change).replace('%', &format!("t{number}_")));
            }
            sql
        };
        database.client().batch_execute(&side(|change| change.0)).unwrap();
        fs::write(folder.path().join("to.sql"), side(|change| change.1)).unwrap();
        let declared = Source::File(folder.path().join("to.sql").display().to_string());
        let comparison = compare(&project, &Source::Database, &declared, Aim::Difference).unwrap();
        let options = Options { no_renames: true, ..Options::default() };
        let draft = draft(&comparison, &options).unwrap();
        let mut told: BTreeMap<usize, BTreeSet<Hazard>> = BTreeMap::new();
        for action in draft.actions() {
            let text = format!("{} {}", action.title, action.notes.join(" "));
            let name = text.split([' ', '.']).find_map(|word| word.strip_prefix('t')?.split_once('_')?.0.parse().ok());
            told.entry(name.unwrap()).or_default().extend(action.hazards.iter().copied());
        }
        let files = files(database);
        database.client().batch_execute(&script(&draft)).unwrap();
        let files_after = self::files(database);
        let mut wrong = Vec::new();
        for (number, (from, to, expected)) in CHANGES.iter().enumerate() {
            let hazards = told.remove(&number).unwrap_or_default();
            let hazards = hazards.iter().map(|hazard| hazard.as_str()).collect::<Vec<_>>().join(", ");
            if hazards != *expected {
                wrong.push(format!("{from} -> {to}: told {hazards:?}"));
            }
            let table = format!("t{number}_");
            let pair = (files.get(&table), files_after.get(&table));
            let is_written = matches!(pair, (Some(before), Some(after)) if before != after);
            if is_written != expected.contains("table-rewrite") {
                wrong.push(format!("{from} -> {to}: written anew: {is_written}"));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
        assert!(told.is_empty(), "{told:?}");
    });
}

/// The file of every table, which is another one after it was written anew.
fn files(database: &Database) -> BTreeMap<String, String> {
    let sql = "SELECT relname, pg_relation_filenode(oid) FROM pg_class WHERE relkind = 'r' AND relname ~ '^t[0-9]+_$'";
    let text = database.query_text(sql);
    text.lines().filter_map(|line| line.split_once('|')).map(|(name, file)| (name.into(), file.into())).collect()
}
