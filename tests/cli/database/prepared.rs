//! The bookkeeping of long runs is prepared in the session, which files may disturb.

use super::Subject;
use crate::support::postgres::each_postgres;

/// Ten revisions; `sql` goes into some of them, by their place from 0.
fn ten_revisions(subject: &Subject<'_>, sql: &[(usize, &str)]) -> Vec<String> {
    let ids: Vec<String> = (0..10).map(|number| format!("r{number}")).collect();
    for (number, id) in ids.iter().enumerate() {
        let own = sql.iter().filter(|(place, _)| *place == number).map(|(_, sql)| *sql);
        let upgrade =
            own.chain([format!("CREATE TABLE t{number} (i integer);").as_str()]).collect::<Vec<_>>().join("\n");
        let parent = number.checked_sub(1).map_or("", |below| ids[below].as_str());
        subject.revision_file(id, parent, &upgrade, &format!("DROP TABLE t{number};"));
    }
    ids
}

fn goes_up_and_down(subject: &Subject<'_>, ids: &[String]) {
    subject.run(&["upgrade"]).ok();
    subject.run(&["downgrade", "base"]).ok();
    let up = ids.iter().map(|id| format!("{id}|upgrade"));
    let down = ids.iter().rev().map(|id| format!("{id}|downgrade"));
    assert_eq!(subject.log(), up.chain(down).collect::<Vec<_>>().join("\n"));
    assert_eq!(subject.query("SELECT count(*) FROM migrator_version"), "0");
}

#[test]
fn a_file_may_prepare_and_deallocate() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let ids = ten_revisions(
            &subject,
            &[
                (3, "PREPARE mine AS SELECT 1;\nEXECUTE mine;"),
                // What the one before prepared is gone.
                (4, "PREPARE mine AS SELECT 2;"),
                (6, "DEALLOCATE ALL;"),
                (8, "-- migrator:upgrade no-transaction\nDEALLOCATE PREPARE ALL;\n-- migrator:upgrade"),
            ],
        );
        goes_up_and_down(&subject, &ids);
    });
}

/// Nothing in the text of a revision says that it takes away what was prepared.
#[test]
fn a_function_may_deallocate_behind_our_back() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let function = "CREATE FUNCTION clean_up() RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DEALLOCATE ' || \
                        'ALL'; END $$;";
        let ids = ten_revisions(&subject, &[(0, function), (5, "SELECT clean_up();"), (7, "SELECT clean_up();")]);
        goes_up_and_down(&subject, &ids);
    });
}
