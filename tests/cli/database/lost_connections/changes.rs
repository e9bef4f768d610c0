//! The same at the commit of what runs nothing, and at the very end.

use super::{Subject, assert_contains, command_through, error_of};
use crate::support::postgres::{Database, each_postgres};
use crate::support::proxy::Fault;

const A1: &str = "CREATE TABLE a (x integer);";

/// `a1` is applied and its file changed since; `b2` was interrupted at its second statement; `c3` is pending.
fn prepare(subject: &Subject<'_>) {
    subject.revision_file("a1", "", A1, "");
    let text = "-- migrator:revision b2\n-- migrator:revises a1\n\n-- migrator:upgrade no-transaction\n\
                CREATE TABLE b (x integer);\nSELECT nothing;\n";
    subject.write("migrations/versions/b2.sql", text);
    subject.revision_file("c3", "b2", "CREATE TABLE c (x integer);", "");
    subject.run(&["upgrade"]).exits(1);
    subject.revision_file("a1", "", "CREATE TABLE a (x bigint);", "");
}

/// What is recorded, without what depends on the time.
fn recorded(subject: &Subject<'_>) -> String {
    let all = "SELECT revision, upgrade_checksum, '' FROM migrator_version UNION ALL \
               SELECT revision, part || ' ' || statement, state FROM migrator_ledger ORDER BY 1, 2";
    subject.query(all)
}

fn forget(database: &Database) {
    let tables = "migrator_version, migrator_log, migrator_ledger";
    database.client().batch_execute(&format!("DROP TABLE a, b, {tables}")).unwrap();
}

#[test]
fn a_change_whose_end_was_not_heard_is_looked_for() {
    for (command, words) in [
        (&["stamp", "c3"][..], "'stamp'"),
        (&["stamp", "--purge", "base"], "'unstamp'"),
        (&["stamp", "--purge", "a1"], "'unstamp'"),
        (&["accept", "a1", "--reason", "meant", "--yes"], "'accept'"),
        (&["resolve", "b2", "--applied"], "'resolve'"),
        (&["resolve", "b2", "--pending"], "'resolve'"),
        (&["resolve", "b2", "--resume-from", "3"], "'resolve'"),
    ] {
        each_postgres(|database| {
            let subject = Subject::postgres(database);
            prepare(&subject);
            let before = recorded(&subject);

            let output = command_through(&subject, database, words, Fault::CutBefore, command).exits(1);
            let error = error_of(&output);
            assert_eq!((error["kind"].as_str(), &error["committed"]), (Some("connection"), &false.into()));
            assert_contains(error["message"].as_str().unwrap(), "the change could not be committed: the connection");
            assert_eq!(error["hint"], "nothing was changed; run the command again");
            assert_eq!(recorded(&subject), before, "{command:?}");

            let output = command_through(&subject, database, words, Fault::CutAfter, command).exits(1);
            let error = error_of(&output);
            assert_eq!((error["kind"].as_str(), &error["committed"]), (Some("connection"), &true.into()));
            assert_contains(error["message"].as_str().unwrap(), "the change was committed, but its end was not heard");
            assert_eq!(error["hint"], "all of it is done and recorded");
            assert_ne!(recorded(&subject), before, "{command:?}");
            forget(database);
        });
    }
}

#[test]
fn where_nobody_can_be_asked_it_is_unknown() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        prepare(&subject);
        let (words, command) = ("'stamp'", &["stamp", "c3"]);
        let output = command_through(&subject, database, words, Fault::CutForGood, command).exits(6);
        let error = error_of(&output);
        assert_eq!((error["kind"].as_str(), &error["committed"]), (Some("outcome_unknown"), &().into()));
        assert_contains(error["message"].as_str().unwrap(), "nobody can tell whether the change was committed");
        assert_contains(error["hint"].as_str().unwrap(), "`migrator status` shows what is recorded when");
        assert_eq!(subject.applied(), "a1\nb2\nc3");
    });
}

#[test]
fn so_is_a_version_table() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        let command = &["ensure-version"];
        let output = command_through(&subject, database, "COMMIT", Fault::CutBefore, command).exits(1);
        assert_eq!(error_of(&output)["committed"], false);
        assert!(!subject.has_table("migrator_version"));
        let output = command_through(&subject, database, "COMMIT", Fault::CutAfter, command).exits(1);
        assert_eq!(error_of(&output)["committed"], true);
        assert!(subject.has_table("migrator_version"));
        assert_eq!(subject.json(command)["created"], false);
    });
}

/// All statements of `b2` are done; what is lost is the transaction that holds nothing but its row.
#[test]
fn so_is_the_row_of_a_revision_without_a_transaction() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", A1, "");
        subject.run(&["upgrade"]).ok();
        let text = "-- migrator:revision b2\n-- migrator:revises a1\n\n-- migrator:upgrade no-transaction\n\
                    CREATE TABLE b (x integer);\nINSERT INTO b VALUES (1);\n\n-- migrator:downgrade\n";
        subject.write("migrations/versions/b2.sql", text);
        let row = "migrator_log";

        let output = command_through(&subject, database, row, Fault::CutBefore, &["upgrade"]).exits(1);
        let error = error_of(&output);
        assert_eq!((error["kind"].as_str(), &error["committed"]), (Some("connection"), &false.into()));
        assert_eq!(error["hint"], "all statements of b2 ran, but it is not recorded yet; run `migrator upgrade` again");
        assert_eq!(subject.applied(), "a1");

        let output = command_through(&subject, database, row, Fault::CutAfter, &["upgrade"]).exits(1);
        assert_eq!(error_of(&output)["committed"], true);
        assert_eq!(subject.applied(), "a1\nb2");
        assert_eq!(subject.query("SELECT x FROM b"), "1");

        // Its way down is empty, so that there is nothing but the row as well.
        let down = &["downgrade", "a1"];
        let output = command_through(&subject, database, row, Fault::CutBefore, down).exits(1);
        assert_eq!(error_of(&output)["committed"], false);
        assert_eq!(subject.applied(), "a1\nb2");
        let output = command_through(&subject, database, row, Fault::CutAfter, down).exits(1);
        assert_eq!(error_of(&output)["committed"], true);
        assert_eq!(subject.applied(), "a1");
    });
}

#[test]
fn a_connection_lost_when_all_is_committed_is_no_failure() {
    each_postgres(|database| {
        let subject = Subject::postgres(database);
        subject.revision_file("a1", "", A1, "");
        let unlocks = "SELECT pg_catalog.pg_advisory_unlock(";
        let output = command_through(&subject, database, unlocks, Fault::CutBefore, &["upgrade"]).ok();
        assert_contains(&output.stdout, r#""heads":["a1"]"#);
        command_through(&subject, database, unlocks, Fault::CutBefore, &["stamp", "base"]).ok();
        assert_eq!(subject.applied(), "");
    });
}
