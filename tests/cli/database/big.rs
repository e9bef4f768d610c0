//! Large revisions, in memory that stays in proportion to the file.

use std::fmt::Write as _;

use super::each_database;

#[test]
fn a_large_statement_runs_and_fails_in_its_place() {
    each_database(|subject| {
        let sql = format!("CREATE TABLE a (x text);\nINSERT INTO a VALUES ('{}');", "é".repeat(1_000_000));
        subject.revision_file("a1", "", &sql, "");
        // Alone in its part, it would otherwise wait for the commit.
        subject.revision_file("b2", "a1", &format!("INSERT INTO a VALUES ('{}', 1);", "x".repeat(2_000_000)), "");
        let error = &subject.json(&["upgrade"])["error"];
        assert_eq!((error["revision"].as_str(), error["line"].as_u64()), (Some("b2"), Some(7)), "{}", error["message"]);
        assert_eq!(subject.applied(), "a1");
        assert_eq!(subject.query("SELECT length(x) FROM a"), "1000000");
    });
}

#[test]
fn a_revision_of_many_statements_runs() {
    each_database(|subject| {
        let mut sql = String::from("CREATE TABLE a (i integer, x text);\n");
        for number in 0..20_000 {
            let _ = writeln!(sql, "INSERT INTO a VALUES ({number}, 'ab;é');");
        }
        subject.revision_file("a1", "", &sql, "DROP TABLE a;");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT count(*), max(i) FROM a"), "20000|19999");
    });
}

/// The kernel keeps the highest memory use of a process that runs: `VmHWM`, in KiB.
#[cfg(target_os = "linux")]
#[test]
fn a_large_revision_takes_less_than_three_times_its_size() {
    use std::time::Duration;

    each_database(|subject| {
        let mut sql = String::from("CREATE TABLE a (i integer, x text);\n");
        for number in 0..20_000 {
            let _ = writeln!(sql, "INSERT INTO a VALUES ({number}, '{}');", "é".repeat(500));
        }
        subject.revision_file("a1", "", &sql, "DROP TABLE a;");
        let mut run = subject.command(&["-q", "upgrade"]).spawn().unwrap();
        let status = format!("/proc/{}/status", run.id());
        let mut peak = 0;
        let ended = loop {
            if let Some(ended) = run.try_wait().unwrap() {
                break ended;
            }
            let text = std::fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let size = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<usize>().ok());
            peak = peak.max(size.unwrap_or(0) * 1024);
            std::thread::sleep(Duration::from_millis(5));
        };
        assert!(ended.success());
        assert!(sql.len() > 20_000_000 && peak > sql.len(), "{} bytes took {peak}", sql.len());
        assert!(peak < 3 * sql.len(), "{} bytes took {peak}", sql.len());
    });
}
