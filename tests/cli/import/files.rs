//! What cannot be written as SQL is left to people, and never left out.

use super::{AlembicProject, told};
use crate::python::alembic::BOTH;

#[test]
fn what_depends_on_rows_is_to_be_written_by_hand() {
    for alembic in BOTH {
        let project = AlembicProject::new("rows", alembic);
        let (document, code) = project.imported(&[]);
        assert_eq!(code, 3);
        assert_eq!(document["complete"], false);
        assert_eq!(
            told(&document),
            [
                "f1: offline offline, proven",
                "f2: hand nothing, not proven",
                "f3: hand nothing, not proven",
                "f4: hand nothing, not proven",
                "f5: hand nothing, not proven",
                "f6: hand nothing, not proven",
                "f7: captured nothing, proven",
            ],
            "{document}"
        );
        let reasons: Vec<&str> = (1..6)
            .map(|index| document["databases"][0]["revisions"][index]["ways"][0]["reason"].as_str().unwrap())
            .collect();
        assert_eq!(
            reasons,
            [
                "it reads rows: SELECT people.id, people.name FROM people",
                "it asks for the key of a row that it inserts",
                "it asks how many rows it changed",
                "it changes rows through an ORM session",
                "it looks at the schema, and found nothing to do in an empty database",
            ]
        );
        let text = project.read("migrations/versions/f4_count.sql");
        assert!(
            text.contains("To an empty database it sent:\n--   UPDATE pets SET owner = 2 WHERE owner = 7\n"),
            "{text}"
        );

        // Running such a part is a clear error, and what is below it is applied.
        let output = project.run(&["upgrade"]).exits(1);
        let message = "no such table: the upgrade of f2 is to be written by hand, see its file";
        assert!(output.stderr.contains(message), "{output:?}");
        assert_eq!(project.run(&["current"]).ok().stdout, "f1\n");
    }
}

#[test]
fn without_a_proof_what_needs_a_connection_is_to_be_written_by_hand() {
    for alembic in BOTH {
        let project = AlembicProject::new("batch", alembic);
        let (document, code) = project.imported(&["--no-prove"]);
        assert_eq!(code, 3);
        assert_eq!(
            told(&document),
            ["c1: offline offline, not tried", "c2: hand hand, not tried", "c3: offline offline, not tried"]
        );
    }
}
