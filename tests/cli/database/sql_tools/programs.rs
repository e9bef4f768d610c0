//! The tools themselves, where they can be had, on databases of their own.

use super::*;
use crate::support::postgres::servers;
use crate::support::programs::dbmate;
use serde_json::json;

/// Runs a test with two databases of the same kind.
pub fn each_two(test: impl Fn(&Subject<'_>, &Subject<'_>)) {
    test(&Subject::sqlite(), &Subject::sqlite());
    for server in servers() {
        let (one, other) = (server.database(), server.database());
        test(&Subject::postgres(&one), &Subject::postgres(&other));
    }
}

/// The URL of the project's database for dbmate.
pub fn dbmate_url(subject: &Subject<'_>) -> String {
    match subject.postgres {
        Some(database) => format!("{}?sslmode=disable", database.url()),
        None => "sqlite:app.db".to_owned(),
    }
}

#[test]
fn a_database_that_dbmate_made_is_taken_over_and_given_back() {
    each_two(|subject, theirs| {
        let layout = layouts::dbmate(subject.is_sqlite());
        layout.write(theirs);
        let url = dbmate_url(theirs);
        dbmate(theirs, &url, &["--migrations-dir", "legacy", "up"]).ok();

        let (third, text) = &layout.files[2];
        for (name, text) in &layout.files[..2] {
            subject.write(&format!("legacy/{name}"), text);
        }
        let url = dbmate_url(subject);
        dbmate(subject, &url, &["--migrations-dir", "legacy", "up"]).ok();
        subject.write(&format!("legacy/{third}"), text);

        let adopted = subject.json(&["import", "--from", "dbmate", "legacy", "--adopt"]);
        assert_eq!(adopted["adopted"]["applied"], json!(layout.ids[..2]));
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.catalog(), theirs.catalog());

        // The versions stay, so dbmate can go on from there.
        subject.run(&["export", "--to", "dbmate"]).ok();
        subject.execute("INSERT INTO schema_migrations VALUES ('20260103000000')");
        let status = dbmate(subject, &url, &["status"]).ok().stdout;
        assert_contains(&status, "Applied: 3\nPending: 0");
        dbmate(subject, &url, &["rollback"]).ok();
        dbmate(subject, &url, &["rollback"]).ok();
        dbmate(subject, &url, &["rollback"]).ok();
        assert!(!subject.catalog().contains("users"));
    });
}
