//! What the disk and the machine do to an SQLite database: nothing is lost, and it is said clearly.

use std::fs;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::{Subject, assert_contains};

/// So many rows of a kilobyte, as a statement; they do not fit into SQLite's cache of two megabytes.
fn rows(count: u64) -> String {
    format!(
        "INSERT INTO big WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < {count}) \
         SELECT n, hex(zeroblob(500)) FROM n;"
    )
}

/// A table with some rows is applied; the revision behind it changes them all and adds more.
fn with_rows() -> Subject<'static> {
    let subject = Subject::sqlite();
    subject.revision_file("a1", "", &format!("CREATE TABLE big (n integer, filler text);\n{}", rows(2000)), "");
    subject.run(&["upgrade"]).ok();
    subject
}

fn sound(subject: &Subject<'_>) {
    assert_eq!(subject.query("PRAGMA integrity_check"), "ok");
    assert_eq!(subject.query("SELECT count(*), sum(n) FROM big"), "2000|2001000");
    assert_eq!(subject.applied().lines().next(), Some("a1"));
}

#[test]
fn a_full_disk_is_named() {
    let subject = with_rows();
    subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "");
    subject.revision_file("c3", "b2", &format!("PRAGMA max_page_count = 1;\n{}", rows(2000)), "");
    let document = subject.json(&["upgrade"]);
    let error = &document["error"];
    assert_contains(error["message"].as_str().unwrap(), "revision `c3` failed");
    let output = subject.run(&["upgrade"]).exits(1);
    assert_contains(&output.stderr, "database or disk is full");
    assert_contains(&output.stderr, "make room on the disk");
    assert!(!output.stderr.contains("fix the file"), "{}", output.stderr);
    sound(&subject);
    // What is said to be kept is there.
    assert_eq!(error["applied_before"].to_string(), r#"["b2"]"#, "{document}");
    assert_eq!(subject.applied(), "a1\nb2");
    subject.revision_file("c3", "b2", "CREATE TABLE c (i integer);", "");
    subject.run(&["upgrade"]).ok();
}

/// A limit on the size of files stands in for a disk that is full: only root can make a small one.
#[cfg(unix)]
#[test]
fn a_file_that_cannot_grow_is_an_error_and_nothing_is_lost() {
    let subject = with_rows();
    subject.revision_file("b2", "a1", &format!("UPDATE big SET n = -n;\n{}", rows(20_000)), "");
    let output = limited(&subject, "trap '' XFSZ", EIGHT_MEGABYTES).wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert_contains(&stderr, "revision `b2` failed");
    assert_contains(&stderr, "disk I/O error");
    assert_contains(&stderr, "nothing of b2 was kept");
    sound(&subject);
    subject.run(&["upgrade"]).ok();
    assert_eq!(subject.query("SELECT count(*) FROM big"), "22000");
}

/// What fits into the cache is written with the commit, at the end of the run.
#[cfg(unix)]
#[test]
fn a_commit_that_cannot_be_written_keeps_nothing() {
    let subject = with_rows();
    subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "");
    subject.revision_file("c3", "b2", &rows(500), "");
    let size = fs::metadata(subject.path("app.db")).unwrap().len();
    let output = limited(&subject, "trap '' XFSZ", size).wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert_contains(&stderr, "disk I/O error");
    sound(&subject);
    assert_eq!(subject.applied(), "a1");
    subject.run(&["upgrade"]).ok();
    assert_eq!(subject.log(), "a1|upgrade\nb2|upgrade\nc3|upgrade");
}

/// Killed by the system in the middle of writing the database file, whose old pages are in the journal: in a
/// statement that does not fit into the cache, and in the commit of one that does.
#[cfg(unix)]
#[test]
fn a_run_that_dies_while_it_writes_the_file_is_undone_by_the_next() {
    for (change, added, limit) in
        [("UPDATE big SET n = -n;", 20_000, Some(EIGHT_MEGABYTES)), ("UPDATE big SET n = -n WHERE n < 500;", 500, None)]
    {
        let subject = with_rows();
        let size = fs::metadata(subject.path("app.db")).unwrap().len();
        subject.revision_file("b2", "a1", &format!("{change}\n{}", rows(added)), "");
        let output = limited(&subject, ":", limit.unwrap_or(size)).wait_with_output().unwrap();
        assert_eq!(output.status.code(), None, "{output:?}");
        hot(&subject);
        // Whoever comes first undoes it, also if it only looks.
        subject.run(&["status"]).ok();
        sound(&subject);
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT count(*) FROM big"), (2000 + added).to_string());
        assert_eq!(subject.log(), "a1|upgrade\nb2|upgrade");
    }
}

#[test]
fn a_run_that_is_killed_in_a_big_transaction_is_undone_by_the_next() {
    for mode in ["delete", "wal"] {
        let subject = with_rows();
        subject.query(&format!("PRAGMA journal_mode = {mode}"));
        let endless = format!("UPDATE big SET n = -n;\n{}", rows(1_000_000_000));
        subject.revision_file("b2", "a1", &endless, "");
        let before = written(&subject);
        let mut child = subject.command(&["upgrade"]).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while written(&subject) < before + 2_000_000 {
            assert!(begun.elapsed() < Duration::from_secs(60), "{mode}: nothing was written");
            std::thread::sleep(Duration::from_millis(5));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        if mode == "delete" {
            hot(&subject);
        }
        subject.revision_file("b2", "a1", "DELETE FROM big WHERE n > 1000;", "");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT count(*), sum(n) FROM big"), "1000|500500", "{mode}");
        assert_eq!(subject.query("PRAGMA integrity_check"), "ok");
        assert_eq!(subject.query("PRAGMA journal_mode"), mode);
    }
}

#[cfg(unix)]
const EIGHT_MEGABYTES: u64 = 8 << 20;

/// The program with a limit on the size of files, behind what the shell is to do first.
#[cfg(unix)]
fn limited(subject: &Subject<'_>, first: &str, limit: u64) -> std::process::Child {
    // In blocks of 512 bytes: https://pubs.opengroup.org/onlinepubs/9799919799/utilities/ulimit.html
    let blocks = limit.div_ceil(512);
    let script = format!("{first}; ulimit -c 0; ulimit -f {blocks}; exec \"$0\" upgrade");
    let program = subject.command(&[]).get_program().to_owned();
    let mut command = subject.command(&[]);
    let folder = command.get_current_dir().unwrap().to_owned();
    command = std::process::Command::new("sh");
    crate::support::clean_environment(&mut command).arg("-c").arg(script).arg(program).current_dir(folder);
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// The journal is there and says what was: it has its mark, and a number of pages.
/// <https://www.sqlite.org/fileformat2.html#the_rollback_journal>
fn hot(subject: &Subject<'_>) {
    let journal = fs::read(subject.path("app.db-journal")).unwrap();
    assert_eq!(journal[..8], [0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7], "the journal is not hot");
    assert_ne!(journal[8..12], [0; 4], "the journal holds nothing");
}

/// How much of the database is written, in the file and beside it.
fn written(subject: &Subject<'_>) -> u64 {
    let size = |name: &str| fs::metadata(subject.path(name)).map_or(0, |file| file.len());
    size("app.db") + size("app.db-wal")
}

/// A journal has to be made beside the file. As root the immutable flag stands in for permissions.
#[cfg(target_os = "linux")]
#[test]
fn a_directory_that_cannot_be_written_is_named() {
    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    let subject = Subject::sqlite();
    subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
    fs::create_dir(subject.path("data")).unwrap();
    let folder = subject.path("data");
    let run = |command: &str| subject.run(&["--url", "sqlite:///data/app.db", command]);
    run("upgrade").ok();
    subject.revision_file("b2", "a1", "CREATE TABLE b (i integer);", "");
    let attribute = |change: &str| Command::new("chattr").arg(change).arg(&folder).status().is_ok_and(|s| s.success());
    let mode = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    let is_root = fs::write(folder.join("probe"), "").is_ok();
    if is_root && !attribute("+i") {
        eprintln!("not tried: root, and no immutable folders here");
        return;
    }
    let outputs = [run("upgrade"), run("status")];
    assert!(!is_root || attribute("-i"));
    mode(0o755);
    let [upgrade, status] = outputs;
    let upgrade = upgrade.exits(1);
    assert_contains(&upgrade.stderr, "look at the permissions of the file and its directory");
    assert!(!upgrade.stderr.contains("fix the file"), "{}", upgrade.stderr);
    status.ok();
    run("upgrade").ok();
}

#[test]
fn a_damaged_file_is_named() {
    let subject = with_rows();
    subject.revision_file("b2", "a1", "CREATE INDEX i ON big (filler);", "");
    let mut bytes = fs::read(subject.path("app.db")).unwrap();
    let length = bytes.len();
    bytes[length / 2..length / 2 + 100_000].fill(0xa5);
    fs::write(subject.path("app.db"), &bytes).unwrap();
    let output = subject.run(&["upgrade"]).exits(1);
    assert_contains(&output.stderr, "database disk image is malformed");
    assert_eq!(subject.applied(), "a1");

    // Cut off in the middle of its first page.
    fs::write(subject.path("app.db"), &bytes[..100]).unwrap();
    for command in ["upgrade", "status"] {
        let output = subject.run(&[command]).exits(1);
        assert!(output.stderr.starts_with("error: "), "{}", output.stderr);
    }
    assert_eq!(fs::read(subject.path("app.db")).unwrap(), &bytes[..100]);
}

#[test]
fn a_database_in_memory_lasts_as_long_as_the_run() {
    let subject = Subject::sqlite();
    let own = "CREATE TABLE a (i integer);\n-- migrator:upgrade no-transaction\nPRAGMA recursive_triggers = on;\n\
               -- migrator:upgrade foreign-keys=off\nINSERT INTO a VALUES (1);";
    subject.revision_file("a1", "", own, "DROP TABLE a;");
    subject.revision_file("b2", "a1", "INSERT INTO a VALUES (2);", "");
    for _ in 0..2 {
        let output = subject.json(&["--url", "sqlite::memory:", "upgrade"]);
        assert_eq!(output["heads"].to_string(), r#"["b2"]"#, "{output}");
    }
    assert!(!subject.path("app.db").exists() && !subject.path(":memory:").exists());
}

/// The savepoint of a part is the program's.
#[test]
fn a_savepoint_of_the_file_s_own_does_not_end_the_part() {
    for statement in ["RELEASE migrator_part", "SAVEPOINT s;\nRELEASE s", "SAVEPOINT s"] {
        let subject = Subject::sqlite();
        subject.revision_file("a1", "", "CREATE TABLE a (i integer);", "");
        let text = format!("CREATE TABLE b (i integer);\n{statement};\nINSERT INTO nowhere VALUES (1);");
        subject.revision_file("b2", "a1", &text, "");
        subject.run(&["upgrade"]).exits(1);
        assert!(!subject.has_table("b"), "{statement}");
        subject.revision_file("b2", "a1", &text.replace("INSERT INTO nowhere VALUES (1)", "SELECT 1"), "");
        let output = subject.run(&["upgrade"]);
        let recorded = subject.query("SELECT count(*) FROM migrator_version WHERE revision = 'b2'") == "1";
        assert_eq!(output.code == Some(0), recorded, "{statement}: {output:?}");
        assert_eq!(subject.has_table("b"), recorded, "{statement}: {output:?}");
    }
}

const PARENT: &str = "CREATE TABLE a (i integer PRIMARY KEY);\n\
     CREATE TABLE b (a integer REFERENCES a ON DELETE CASCADE);\n\
     INSERT INTO a VALUES (7);\nINSERT INTO b VALUES (7);";

const REBUILD: &str = "CREATE TABLE new (i integer PRIMARY KEY, x text);\nINSERT INTO new (i) SELECT i FROM a;\n\
     DROP TABLE a;\nALTER TABLE new RENAME TO a;";

#[test]
fn no_child_row_is_lost_when_its_parent_is_built_anew() {
    for foreign_keys in ["false", "true"] {
        let subject = Subject::sqlite();
        subject.configure("", &format!("foreign_keys = {foreign_keys}"));
        subject.revision_file("a1", "", PARENT, "");
        let text = format!("SELECT 1;\n-- migrator:upgrade foreign-keys=off\n{REBUILD}");
        subject.revision_file("b2", "a1", &text, "");
        subject.run(&["upgrade"]).ok();
        assert_eq!(subject.query("SELECT a FROM b"), "7", "{foreign_keys}");
        assert_eq!(subject.query("PRAGMA foreign_key_check"), "", "{foreign_keys}");
    }
    // Nothing is enforced without being asked for, so an ordinary section does it as well.
    let subject = Subject::sqlite();
    subject.revision_file("a1", "", PARENT, "");
    subject.revision_file("b2", "a1", REBUILD, "");
    subject.run(&["upgrade"]).ok();
    assert_eq!(subject.query("SELECT a FROM b"), "7");
}
