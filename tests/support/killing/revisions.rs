//! A project that has one of everything, for both databases.
//!
//! What may run once only leaves a line in the table `trace`, which is there before the first revision, or
//! cannot be done twice.

use super::super::project::Project;

/// A statement without a transaction of which nobody can tell whether it ran.
pub struct Riddle {
    pub revision: &'static str,
    pub direction: &'static str,
    pub part: usize,
    pub statement: usize,
    /// A query that answers 1 if it ran.
    pub answer: &'static str,
}

const fn riddle(
    revision: &'static str,
    direction: &'static str,
    part: usize,
    statement: usize,
    answer: &'static str,
) -> Riddle {
    Riddle { revision, direction, part, statement, answer }
}

/// The only statements at which the program may stop and ask.
pub const RIDDLES: &[Riddle] = &[
    riddle("d4", "upgrade", 1, 2, "SELECT count(*) FROM trace WHERE step = 'd4'"),
    riddle("d4", "downgrade", 1, 2, "SELECT count(*) FROM trace WHERE step = '-d4'"),
    riddle("g7", "upgrade", 1, 5, "SELECT count(*) FROM trace WHERE step = 'g7.5'"),
    riddle("h8", "downgrade", 2, 1, "SELECT count(*) FROM trace WHERE step = '-h8.2'"),
];

const FILES: [(&str, &str, &str); 8] = [
    (
        "a1",
        "",
        "-- migrator:upgrade
CREATE TABLE author (id integer PRIMARY KEY, name text NOT NULL);
-- migrator:downgrade
DROP TABLE author;
",
    ),
    (
        "b2",
        "a1",
        "-- migrator:upgrade
CREATE TABLE book (id integer PRIMARY KEY, author integer NOT NULL REFERENCES author ON DELETE CASCADE, title text);
INSERT INTO author VALUES (1, 'one'), (2, 'two');
INSERT INTO book VALUES (10, 1, 'ten'), (11, 1, 'eleven'), (12, 2, 'twelve');
INSERT INTO trace VALUES ('b2');
-- migrator:downgrade
INSERT INTO trace VALUES ('-b2');
DROP TABLE book;
DELETE FROM author;
",
    ),
    (
        "c3",
        "b2",
        "-- migrator:upgrade
ALTER TABLE book ADD COLUMN pages integer;
INSERT INTO trace VALUES ('c3.1');
-- migrator:upgrade
UPDATE book SET pages = coalesce(pages, 0) + id;
INSERT INTO trace VALUES ('c3.2');
-- migrator:upgrade
CREATE INDEX book_pages ON book (pages);
-- migrator:downgrade
DROP INDEX book_pages;
INSERT INTO trace VALUES ('-c3.1');
-- migrator:downgrade
ALTER TABLE book DROP COLUMN pages;
",
    ),
    (
        "d4",
        "c3",
        "-- migrator:upgrade no-transaction postgresql
CREATE INDEX CONCURRENTLY book_title ON book (title);
INSERT INTO trace VALUES ('d4');
VACUUM book;
CREATE INDEX CONCURRENTLY IF NOT EXISTS author_name ON author (name);
-- migrator:upgrade no-transaction sqlite
PRAGMA user_version = 4;
INSERT INTO trace VALUES ('d4');
VACUUM;
CREATE INDEX IF NOT EXISTS author_name ON author (name);
-- migrator:downgrade no-transaction postgresql
DROP INDEX CONCURRENTLY author_name;
INSERT INTO trace VALUES ('-d4');
DROP INDEX CONCURRENTLY IF EXISTS book_title;
-- migrator:downgrade no-transaction sqlite
PRAGMA user_version = 0;
INSERT INTO trace VALUES ('-d4');
REINDEX;
-- migrator:downgrade sqlite
DROP INDEX author_name;
",
    ),
    (
        "e5",
        "d4",
        "-- migrator:upgrade postgresql
ALTER TABLE author ADD COLUMN born integer;
INSERT INTO trace VALUES ('e5');
-- migrator:upgrade foreign-keys=off sqlite
CREATE TABLE new_author (id integer PRIMARY KEY, name text NOT NULL, born integer);
INSERT INTO new_author (id, name) SELECT id, name FROM author;
DROP TABLE author;
ALTER TABLE new_author RENAME TO author;
CREATE INDEX author_name ON author (name);
INSERT INTO trace VALUES ('e5');
-- migrator:downgrade postgresql
ALTER TABLE author DROP COLUMN born;
INSERT INTO trace VALUES ('-e5');
-- migrator:downgrade foreign-keys=off sqlite
CREATE TABLE new_author (id integer PRIMARY KEY, name text NOT NULL);
INSERT INTO new_author (id, name) SELECT id, name FROM author;
DROP TABLE author;
ALTER TABLE new_author RENAME TO author;
CREATE INDEX author_name ON author (name);
INSERT INTO trace VALUES ('-e5');
",
    ),
    (
        "f6",
        "e5",
        "-- migrator:upgrade
CREATE TABLE word (id integer, text text);
-- migrator:upgrade postgresql
COPY word FROM stdin;
1\tfirst
2\tsecond
3\tthird
\\.
INSERT INTO word SELECT n, 'word ' || n FROM generate_series(4, 2000) n;
INSERT INTO trace SELECT 'f6 ' || count(*) FROM word;
-- migrator:upgrade sqlite
INSERT INTO word WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < 2000)
SELECT n, 'word ' || n FROM n;
INSERT INTO trace SELECT 'f6 ' || count(*) FROM word;
-- migrator:downgrade
INSERT INTO trace SELECT '-f6 ' || count(*) FROM word;
DELETE FROM word WHERE id % 2 = 0;
DROP TABLE word;
",
    ),
    (
        "g7",
        "f6",
        "-- migrator:upgrade no-transaction
BEGIN;
CREATE TABLE loan (book integer NOT NULL);
INSERT INTO trace VALUES ('g7.3');
COMMIT;
INSERT INTO trace VALUES ('g7.5');
-- migrator:downgrade no-transaction
BEGIN;
DROP TABLE loan;
INSERT INTO trace VALUES ('-g7');
COMMIT;
",
    ),
    (
        "h8",
        "g7",
        "-- migrator:upgrade
CREATE TABLE reader (id integer PRIMARY KEY, name text);
INSERT INTO trace VALUES ('h8.1');
-- migrator:upgrade no-transaction postgresql
CREATE INDEX CONCURRENTLY reader_name ON reader (name);
-- migrator:upgrade no-transaction sqlite
CREATE INDEX IF NOT EXISTS reader_name ON reader (name);
-- migrator:upgrade
INSERT INTO reader VALUES (1, 'anna');
INSERT INTO trace VALUES ('h8.3');
-- migrator:downgrade
DELETE FROM reader;
INSERT INTO trace VALUES ('-h8.1');
-- migrator:downgrade no-transaction
INSERT INTO trace VALUES ('-h8.2');
-- migrator:downgrade
DROP TABLE reader;
INSERT INTO trace VALUES ('-h8.3');
",
    ),
];

/// Writes the files.
pub fn write(project: &Project) {
    for (id, parent, sections) in FILES {
        let revises = if parent.is_empty() { String::new() } else { format!("-- migrator:revises {parent}\n") };
        let text = format!("-- revision {id}\n--\n-- migrator:revision {id}\n{revises}\n{sections}");
        project.write(&format!("migrations/versions/{id}.sql"), &text);
    }
}
