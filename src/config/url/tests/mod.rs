#![allow(clippy::unwrap_used, clippy::panic)]

mod postgres;
mod secrets;
mod sqlite;

use std::path::Path;

use super::*;

fn parse(text: &str) -> Result<DatabaseUrl, UrlError> {
    DatabaseUrl::parse(text, Path::new("/project"))
}

fn postgres(text: &str) -> PostgresUrl {
    match parse(text) {
        Ok(DatabaseUrl::PostgreSql(url)) => url,
        other => panic!("{text}: {other:?}"),
    }
}

fn password(text: &str) -> Option<String> {
    postgres(text).password().map(|secret| secret.expose().to_owned())
}

#[test]
fn other_schemes() {
    for (text, shown, hint) in [
        ("mysql+pymysql://u:p@h/d", Some("mysql+pymysql"), "migrator speaks to PostgreSQL and SQLite"),
        ("postgress://h/d", Some("postgress"), "did you mean `postgres`?"),
        ("sqlite3:///app.db", Some("sqlite3"), "did you mean `sqlite`?"),
        ("postgresql+://h/d", Some("postgresql+"), "did you mean `postgresql`?"),
        ("my password://", None, "migrator speaks to PostgreSQL and SQLite"),
        ("averyveryverylongpassword://", None, "migrator speaks to PostgreSQL and SQLite"),
    ] {
        let error = parse(text).unwrap_err();
        assert_eq!(error, UrlError::UnknownScheme { scheme: shown.map(str::to_owned) }, "{text}");
        assert_eq!(error.hint().as_deref(), Some(hint), "{text}");
    }
    for text in ["app.db", "user:password@host/d", "host=h password=p", "C:\\app.db"] {
        assert_eq!(parse(text), Err(UrlError::NotAUrl), "{text}");
    }
    assert_eq!(parse("jdbc:postgresql://h/d"), Err(UrlError::NotAUrl));
    assert_eq!(parse(" "), Err(UrlError::Empty));
}
