//! A project with its database, which may be either kind.

use std::ops::Deref;

use rusqlite::types::ValueRef;

use super::catalog;
use super::postgres::{Database, each_postgres};
use super::project::Project;

/// A project together with its database.
pub struct Subject<'d> {
    pub project: Project,
    pub postgres: Option<&'d Database>,
}

/// Runs a test on SQLite and on each PostgreSQL server.
pub fn each_database(test: impl Fn(&Subject<'_>)) {
    test(&Subject::sqlite());
    each_postgres(|database| test(&Subject::postgres(database)));
}

impl Subject<'_> {
    pub fn is_sqlite(&self) -> bool {
        self.postgres.is_none()
    }

    /// Writes `migrator.toml` anew, with further lines in `[migrator]` and in `[database]`.
    pub fn configure(&self, migrator: &str, database: &str) {
        let url = self.postgres.map_or_else(|| "sqlite:///app.db".to_owned(), Database::url);
        let text = format!(
            "[migrator]\nscript_location = \"migrations\"\n{migrator}\n[database]\nurl = \"{url}\"\n{database}\n"
        );
        self.project.write("migrator.toml", &text);
    }

    /// The rows of a query as text: values joined by `|` (NULL is empty), rows by newlines.
    pub fn query(&self, sql: &str) -> String {
        match self.postgres {
            Some(database) => database.query_text(sql),
            None => query_sqlite(&self.open(), sql),
        }
    }

    /// Runs statements, behind the program's back.
    pub fn execute(&self, sql: &str) {
        match self.postgres {
            Some(database) => database.client().batch_execute(sql).unwrap(),
            None => self.open().execute_batch(sql).unwrap(),
        }
    }

    /// The ids in the version table, in the order of their application.
    pub fn applied(&self) -> String {
        self.query("SELECT revision FROM migrator_version ORDER BY applied_at, revision")
    }

    /// The log: id and action of each line.
    pub fn log(&self) -> String {
        self.query("SELECT revision, action FROM migrator_log ORDER BY id")
    }

    /// Is there a table of this name?
    pub fn has_table(&self, name: &str) -> bool {
        let tables = if self.is_sqlite() { "sqlite_schema" } else { "pg_class" };
        let column = if self.is_sqlite() { "name" } else { "relname" };
        self.query(&format!("SELECT count(*) FROM {tables} WHERE {column} = '{name}'")) == "1"
    }

    /// Everything that was made in the database, without the version table and the log.
    pub fn catalog(&self) -> String {
        match self.postgres {
            Some(database) => catalog::postgres(&mut database.client()),
            None => query_sqlite(&self.open(), catalog::SQLITE),
        }
    }

    /// What is in the tables, without ours.
    pub fn rows(&self) -> String {
        match self.postgres {
            Some(database) => catalog::postgres_rows(&mut database.client()),
            None => catalog::sqlite_rows(&self.open()),
        }
    }

    pub fn open(&self) -> rusqlite::Connection {
        rusqlite::Connection::open(self.project.path("app.db")).unwrap()
    }
}

impl<'d> Subject<'d> {
    pub fn sqlite() -> Subject<'d> {
        Subject { project: Project::sqlite(), postgres: None }
    }

    pub fn postgres(database: &'d Database) -> Subject<'d> {
        Subject { project: Project::postgres(database), postgres: Some(database) }
    }
}

impl Deref for Subject<'_> {
    type Target = Project;

    fn deref(&self) -> &Project {
        &self.project
    }
}

pub fn query_sqlite(connection: &rusqlite::Connection, sql: &str) -> String {
    let mut statement = connection.prepare(sql).unwrap();
    let columns = statement.column_count();
    let mut rows = statement.query([]).unwrap();
    let mut lines = Vec::new();
    while let Some(row) = rows.next().unwrap() {
        let value = |column| match row.get_ref(column).unwrap() {
            ValueRef::Null => String::new(),
            ValueRef::Integer(number) => number.to_string(),
            ValueRef::Real(number) => number.to_string(),
            ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
            ValueRef::Blob(bytes) => format!("{bytes:02x?}"),
        };
        lines.push((0..columns).map(value).collect::<Vec<_>>().join("|"));
    }
    lines.join("\n")
}
