//! Revision files: the header, the sections, and what is refused with its place.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test that cannot go on should panic")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use super::read::clean;
use super::{Downgrade, PartMode, Script, ScriptDirectory, ScriptError, Sections};
use crate::sql::Dialect;

const FILE: &str = "\
-- create users
-- and their index
--
-- They log in by e-mail.
--
-- migrator:revision 3f2a9c1b7d04
-- migrator:revises 1975ea83b712, 2b
-- migrator:depends-on lib
-- migrator:branch-labels accounts
-- migrator:created 2026-11-20T10:33:00Z
-- migrator:lock-timeout 2s

-- migrator:upgrade
CREATE TABLE users (id INTEGER);

-- migrator:downgrade
DROP TABLE users;
";

fn parse(text: &str) -> Result<Script, ScriptError> {
    Script::parse(PathBuf::from("a.sql"), text.to_owned())
}

fn sections(text: &str, dialect: Dialect) -> Result<Sections, ScriptError> {
    parse(text)?.sections(dialect)
}

/// A file with this body.
fn with_body(body: &str) -> String {
    format!("-- migrator:revision a\n{body}")
}

/// `line:column message`
fn place_and_message(error: &ScriptError) -> String {
    let (_, position) = error.place().expect("a place");
    format!("{position} {error}")
}

fn error_of(text: &str) -> String {
    let error = sections(text, Dialect::PostgreSql).expect_err("an error");
    assert!(error.hint().is_some(), "no hint for {error}");
    assert_eq!(error.kind(), "script");
    place_and_message(&error)
}

#[test]
fn the_header_is_message_documentation_and_graph() {
    let script = parse(FILE).unwrap();
    let header = &script.header;
    assert_eq!(header.message, "create users and their index");
    assert_eq!(script.documentation(), "create users\nand their index\n\nThey log in by e-mail.");
    assert_eq!(header.revision.id, "3f2a9c1b7d04");
    assert_eq!(header.revision.parents, ["1975ea83b712", "2b"]);
    assert_eq!(header.revision.depends_on, ["lib"]);
    assert_eq!(header.revision.branch_labels, ["accounts"]);
    assert_eq!(header.created.unwrap().to_rfc3339(), "2026-11-20T10:33:00+00:00");
    assert_eq!(header.lock_timeout, Some(Duration::from_secs(2)));
}

#[test]
fn an_absent_or_empty_revises_is_a_base() {
    for line in ["", "-- migrator:revises\n", "-- migrator:revises  \n"] {
        let text = format!("-- migrator:revision a\n{line}-- migrator:upgrade\n");
        assert!(parse(&text).unwrap().header.revision.parents.is_empty(), "{line:?}");
    }
}

#[test]
fn parts_keep_the_order_of_the_file_and_their_modes() {
    let text = with_body(
        "-- migrator:upgrade\nSELECT 1;\n-- migrator:upgrade no-transaction\nSELECT 2;\n\
         -- migrator:upgrade sqlite foreign-keys=off\nSELECT 3;\n-- migrator:downgrade\nSELECT 4;\n",
    );
    let shown = |dialect| {
        let sections = sections(&text, dialect).unwrap();
        let part = |part: &super::Part| (part.mode, text[part.span.clone()].trim().to_owned());
        sections.upgrade.iter().map(part).collect::<Vec<_>>()
    };
    let first = (PartMode::Transaction, "SELECT 1;".to_owned());
    let second = (PartMode::NoTransaction, "SELECT 2;".to_owned());
    let third = (PartMode::ForeignKeysOff, "SELECT 3;".to_owned());
    assert_eq!(shown(Dialect::PostgreSql), [first.clone(), second.clone()]);
    assert_eq!(shown(Dialect::Sqlite), [first, second, third]);
}

#[test]
fn a_section_of_another_dialect_is_lexed_by_its_own_rules() {
    // The quote is closed for SQLite, where brackets quote names, and open for PostgreSQL.
    let text =
        with_body("-- migrator:upgrade sqlite\nSELECT [it's];\n-- migrator:upgrade postgresql\nSELECT $$ ' $$;\n");
    assert_eq!(sections(&text, Dialect::PostgreSql).unwrap().upgrade.len(), 1);
    assert_eq!(sections(&text, Dialect::Sqlite).unwrap().upgrade.len(), 1);
}

#[test]
fn a_marker_inside_a_string_is_text() {
    let text =
        with_body("-- migrator:upgrade\nSELECT '\n-- migrator:downgrade\n';\n-- migrator:downgrade\nSELECT 1;\n");
    let sections = sections(&text, Dialect::PostgreSql).unwrap();
    assert!(text[sections.upgrade[0].span.clone()].contains("';"));
    assert!(matches!(sections.downgrade, Downgrade::Parts(parts) if parts.len() == 1));
}

#[test]
fn the_downgrade_is_parts_irreversible_or_absent() {
    let downgrade = |text: &str| sections(&with_body(text), Dialect::Sqlite).unwrap().downgrade;
    assert!(
        matches!(downgrade("-- migrator:upgrade\n-- migrator:downgrade\n"), Downgrade::Parts(parts) if parts.len() == 1)
    );
    assert_eq!(downgrade("-- migrator:upgrade\n-- migrator:irreversible\n"), Downgrade::Irreversible);
    assert_eq!(downgrade("-- migrator:upgrade\n"), Downgrade::Absent);
    assert_eq!(downgrade("-- migrator:upgrade\n-- migrator:downgrade postgresql\n"), Downgrade::Absent);
}

#[test]
fn checksums_are_of_what_runs() {
    let of = |text: &str| {
        let sections = sections(text, Dialect::PostgreSql).unwrap();
        (sections.upgrade_checksum, sections.downgrade_checksum)
    };
    let (upgrade, downgrade) = of(FILE);
    let same = [
        FILE.replace("create users", "make users"),
        FILE.replace("\n\n-- migrator:downgrade", "\n\n\n-- migrator:downgrade"),
        FILE.replace("-- migrator:downgrade", "-- migrator:upgrade sqlite\nSELECT 1;\n-- migrator:downgrade"),
    ];
    for text in same {
        assert_eq!(of(&text), (upgrade, downgrade), "{text}");
    }
    assert_ne!(of(&FILE.replace("id INTEGER", "id BIGINT")).0, upgrade);
    assert_ne!(of(&FILE.replace("migrator:upgrade", "migrator:upgrade no-transaction")).0, upgrade);
    assert_ne!(of(&FILE.replace("DROP TABLE users", "DROP TABLE IF EXISTS users")).1, downgrade);
    assert_eq!(of(&FILE.replace("DROP TABLE users", "DROP TABLE IF EXISTS users")).0, upgrade);
}

#[test]
fn a_kept_downgrade_reads_back_the_same() {
    let script = parse(FILE).unwrap();
    let kept = script.sections(Dialect::Sqlite).unwrap().kept_texts(script.text()).downgrade;
    let again = Script::kept(&script.header.revision, "create users", &kept).unwrap();
    assert_eq!(again.header.revision.parents, script.header.revision.parents);
    let (before, after) = (script.sections(Dialect::Sqlite).unwrap(), again.sections(Dialect::Sqlite).unwrap());
    assert_eq!(before.downgrade_checksum, after.downgrade_checksum);
}

#[test]
fn bad_headers_are_refused_with_their_place() {
    let cases = [
        ("SELECT 1;\n", "1:1 only `--` comments may stand before the first section"),
        ("-- a\n  CREATE TABLE t ();\n", "2:3 only `--` comments may stand before the first section"),
        ("-- migrator:upgrade\n", "1:1 the file has no `-- migrator:revision` line"),
        ("-- migrator:revision a\n", "1:1 the file has no `-- migrator:upgrade` section"),
        ("-- migrator:revision a\n-- migrator:revision b\n", "2:1 `migrator:revision` is given twice"),
        ("-- migrator:revison a\n", "1:1 unknown marker `migrator:revison`"),
        (
            "-- migrator:revision a\n-- migrator:created yesterday\n-- migrator:upgrade\n",
            "2:1 `yesterday` is not a date such as 2026-11-20T10:33:00Z",
        ),
        (
            "-- migrator:revision a\n-- migrator:lock-timeout 2 s\n-- migrator:upgrade\n",
            "2:1 `2 s` is not a lock timeout such as 500ms, 2s or 1m",
        ),
    ];
    for (text, expected) in cases {
        assert_eq!(error_of(text), expected, "{text}");
    }
    let suggestion = parse("-- migrator:revison a\n").unwrap_err().hint();
    assert_eq!(suggestion.as_deref(), Some("did you mean `migrator:revision`?"));
}

#[test]
fn bad_sections_are_refused_with_their_place() {
    let cases = [
        ("-- migrator:upgrade\nSELECT 'open;\n", "3:8 unterminated string"),
        ("-- migrator:upgrade no-transactoin\n", "2:1 unknown section attribute `no-transactoin`"),
        ("-- migrator:upgrade\n-- migrator:dwngrade\n", "3:1 unknown marker `migrator:dwngrade`"),
        ("-- migrator:upgrade\n-- migrator:revises b\n", "3:1 `migrator:revises` belongs above the first section"),
        ("-- migrator:upgrade sqlite postgresql\n", "2:1 section attribute `postgresql` does not go with the others"),
        (
            "-- migrator:upgrade postgresql foreign-keys=off\n",
            "2:1 section attribute `foreign-keys=off` does not go with the others",
        ),
        ("-- migrator:upgrade\nBEGIN;\n", "3:1 transaction control in a part that runs in a transaction"),
        (
            "-- migrator:upgrade\n-- migrator:irreversible\nSELECT 1;\n",
            "4:1 a statement after `-- migrator:irreversible`",
        ),
        ("-- migrator:upgrade\n\\connect other\n", "3:1 `\\connect` is a psql command, not SQL"),
        ("-- migrator:downgrade\n", "1:1 the file has no `-- migrator:upgrade` section"),
    ];
    for (body, expected) in cases {
        assert_eq!(error_of(&with_body(body)), expected, "{body}");
    }
}

#[test]
fn text_is_read_as_utf_8_without_mark_and_carriage_returns() {
    let path = Path::new("a.sql");
    assert_eq!(clean(path, b"\xef\xbb\xbfa\r\nb\rc".to_vec()).unwrap(), "a\nb\rc");
    let cases: [(&[u8], &str); 5] = [
        (b"\xff\xfea\0", "1:1 the file is UTF-16 text"),
        (b"ab\n\xc3\xa9 \xff", "2:3 the file is not UTF-8 text: bad byte at offset 6"),
        (b"a\nb\0", "2:2 the file contains a NUL byte at offset 3"),
        (b"a\n<<<<<<< ours\n=======\n>>>>>>> theirs\n", "2:1 the file has an unresolved merge conflict"),
        (b"<<<<<<< ours\n>>>>>>> theirs\n", "1:1 the file has an unresolved merge conflict"),
    ];
    for (bytes, expected) in cases {
        assert_eq!(place_and_message(&clean(path, bytes.to_vec()).unwrap_err()), expected);
    }
    assert!(clean(path, b"SELECT '<<<<<<< not a mark';".to_vec()).is_ok());
}

#[test]
fn a_directory_is_read_in_the_order_of_names_without_what_is_no_revision() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, id: &str| {
        let path = folder.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, format!("-- migrator:revision {id}\n-- migrator:upgrade\n")).unwrap();
    };
    for (name, id) in [("b.sql", "1"), ("a_2.sql", "2"), ("a.sql", "3"), ("sub/c.sql", "4")] {
        write(name, id);
    }
    for name in [".hidden.sql", "#b.sql#", "b.sql~", "notes.txt"] {
        std::fs::write(folder.path().join(name), "no revision").unwrap();
    }
    let ids = |recursive| {
        let directory = ScriptDirectory::load(&[folder.path().to_owned()], recursive).unwrap();
        directory.scripts().iter().map(|script| script.id().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids(false), ["3", "2", "1"]);
    assert_eq!(ids(true), ["3", "2", "1", "4"]);
}

#[test]
fn files_that_make_no_graph_are_named() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.sql", "b.sql"] {
        std::fs::write(folder.path().join(name), "-- migrator:revision x\n-- migrator:upgrade\n").unwrap();
    }
    let error = ScriptDirectory::load(&[folder.path().to_owned()], false).unwrap_err();
    assert_eq!(error.kind(), "duplicate_revision");
    let ScriptError::Graph { paths, .. } = error else { panic!("another error") };
    assert_eq!(paths, [folder.path().join("a.sql"), folder.path().join("b.sql")]);
    let missing = ScriptDirectory::load(&[folder.path().join("absent")], false).unwrap_err();
    assert!(matches!(missing, ScriptError::NoDirectory { .. }));
}

#[test]
fn many_files_are_read_in_order_by_several_threads() {
    let folder = tempfile::tempdir().unwrap();
    let id = |number: usize| format!("r{number:04}");
    for number in 0..1000_usize {
        let parent =
            number.checked_sub(1).map_or(String::new(), |parent| format!("-- migrator:revises {}\n", id(parent)));
        let text = format!("-- migrator:revision {}\n{parent}-- migrator:upgrade\nSELECT {number};\n", id(number));
        std::fs::write(folder.path().join(format!("{}.sql", id(number))), text).unwrap();
    }
    let directory = ScriptDirectory::load(&[folder.path().to_owned()], false).unwrap();
    let expected: Vec<String> = (0..1000).map(id).collect();
    assert_eq!(directory.scripts().iter().map(Script::id).collect::<Vec<_>>(), expected);
    let sections = directory.sections(Dialect::Sqlite).unwrap();
    assert_eq!(sections[7], directory.script(7).sections(Dialect::Sqlite).unwrap());
}
