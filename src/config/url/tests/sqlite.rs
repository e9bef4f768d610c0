//! SQLite URLs.

use super::*;

#[test]
fn sqlite_files() {
    for (text, path) in [
        ("sqlite:///app.db", "/project/app.db"),
        ("sqlite:///data/app.db", "/project/data/app.db"),
        ("sqlite:////var/app.db", "/var/app.db"),
        ("sqlite+pysqlite:///app.db", "/project/app.db"),
        ("SQLite:///app.db", "/project/app.db"),
        (" sqlite:///app.db\n", "/project/app.db"),
        ("sqlite:///app.db?", "/project/app.db"),
        ("sqlite:///my%20app%3F%23.db", "/project/my app?#.db"),
        ("sqlite:///my app#1.db", "/project/my app#1.db"),
        ("sqlite:///100%.db", "/project/100%.db"),
        ("sqlite:///~/app.db", "/project/~/app.db"),
    ] {
        assert_eq!(parse(text), Ok(DatabaseUrl::Sqlite(SqliteLocation::File(path.into()))), "{text}");
    }
    // On Windows, joining a path with a drive replaces the base.
    let drive = SqliteLocation::File(Path::new("/project").join("C:/app.db"));
    assert_eq!(parse("sqlite:///C:/app.db"), Ok(DatabaseUrl::Sqlite(drive)));
}

#[test]
fn sqlite_in_memory() {
    for text in ["sqlite::memory:", "sqlite://", "sqlite:///", "sqlite:///:memory:", "sqlite+aiosqlite://"] {
        let url = parse(text).unwrap();
        assert_eq!(url, DatabaseUrl::Sqlite(SqliteLocation::Memory), "{text}");
        assert_eq!(url.to_string(), "sqlite::memory:");
    }
}

#[test]
fn sqlite_refusals() {
    for text in ["sqlite:app.db", "sqlite:/app.db", "sqlite://app.db", "sqlite://host/app.db", "sqlite:"] {
        assert_eq!(parse(text), Err(UrlError::SqliteSlashes), "{text}");
    }
    for (text, name) in [
        ("sqlite:///app.db?mode=ro", Some("mode")),
        ("sqlite::memory:?cache=shared", Some("cache")),
        ("sqlite:///file:app.db?uri=true", Some("uri")),
        ("sqlite:///app.db?Pa55=x", None),
        ("sqlite:///app.db?mode", None),
    ] {
        let name = name.map(str::to_owned);
        assert_eq!(parse(text), Err(UrlError::SqliteParameter { name }), "{text}");
    }
    assert_eq!(parse("sqlite:///%00"), Err(UrlError::Nul));
    assert_eq!(parse("sqlite:///%ff"), Err(UrlError::NotUtf8));
}

#[test]
fn sqlite_is_shown_as_a_url_that_can_be_used() {
    for (text, shown) in [
        ("sqlite:///app.db", "sqlite:////project/app.db"),
        ("sqlite:///my%20app%3F.db", "sqlite:////project/my%20app%3F.db"),
        ("sqlite:///Übersicht%25.db", "sqlite:////project/Übersicht%25.db"),
        ("sqlite:///a%1b.db", "sqlite:////project/a%1B.db"),
    ] {
        let url = parse(text).unwrap();
        assert_eq!(url.to_string(), shown);
        assert_eq!(parse(shown), Ok(url));
    }
}
