//! PostgreSQL URLs.

use super::*;

#[test]
fn postgresql_parts() {
    let url = postgres("postgresql://anna:pw@db.example:5433/app?sslmode=require&application_name=a%20b");
    assert_eq!(url.hosts, [Host { name: "db.example".into(), port: Some(5433) }]);
    assert_eq!(url.user.as_deref(), Some("anna"));
    assert_eq!(url.password().map(Secret::expose), Some("pw"));
    assert_eq!(url.database.as_deref(), Some("app"));
    let parameters = [("sslmode", "require"), ("application_name", "a b")];
    assert_eq!(url.parameters, parameters.map(|(key, value)| (key.to_owned(), value.to_owned())));
    assert_eq!(DatabaseUrl::PostgreSql(url).dialect(), Dialect::PostgreSql);
}

#[test]
fn postgresql_schemes() {
    for scheme in ["postgresql", "postgres", "POSTGRES", "postgresql+psycopg2", "postgresql+asyncpg", "postgres+pg8000"]
    {
        assert_eq!(postgres(&format!("{scheme}://h/d")), postgres("postgresql://h/d"), "{scheme}");
    }
}

#[test]
fn the_words_of_asyncpg_are_those_of_libpq() {
    let url = "h/d?ssl=require&prepared_statement_cache_size=0&timeout=5&application_name=a";
    assert_eq!(
        postgres(&format!("postgresql+asyncpg://{url}")),
        postgres("postgresql://h/d?sslmode=require&application_name=a")
    );
    // Of another driver, and without one, it is a mistake that connecting tells of.
    for scheme in ["postgresql", "postgresql+psycopg"] {
        assert!(postgres(&format!("{scheme}://{url}")).parameters.contains(&("ssl".to_owned(), "require".to_owned())));
    }
}

#[test]
fn postgresql_hosts() {
    for (text, hosts) in [
        ("postgresql://", &[][..]),
        ("postgresql:///d", &[]),
        ("postgresql://u@/d", &[]),
        ("postgresql://h", &[("h", None)]),
        ("postgresql://h:", &[("h", None)]),
        ("postgresql://:5433/d", &[("", Some(5433))]),
        ("postgresql://h1:1,h2:2,h3/d", &[("h1", Some(1)), ("h2", Some(2)), ("h3", None)]),
        ("postgresql://u:p@h1,h2/d", &[("h1", None), ("h2", None)]),
        ("postgresql://[::1]/d", &[("::1", None)]),
        ("postgresql://[fe80::1%25eth0]:5433/d", &[("fe80::1%eth0", Some(5433))]),
        ("postgresql://[::1]:1,[::2]:2", &[("::1", Some(1)), ("::2", Some(2))]),
        ("postgresql://%2Fvar%2Frun:5433/d", &[("/var/run", Some(5433))]),
        ("postgresql:///d?host=/var/run", &[("/var/run", None)]),
        ("postgresql://:5433/d?host=/var/run", &[("/var/run", Some(5433))]),
        ("postgresql://h/d?host=i&port=2", &[("i", Some(2))]),
        ("postgresql:///d?host=a,b&port=1,2", &[("a", Some(1)), ("b", Some(2))]),
        ("postgresql:///d?host=a,b&port=1", &[("a", Some(1)), ("b", Some(1))]),
        ("postgresql:///d?host=a:1&host=b:2", &[("a", Some(1)), ("b", Some(2))]),
        ("postgresql:///d?host=::1", &[("::1", None)]),
        ("postgresql:///d?port=1", &[("", Some(1))]),
    ] {
        let expected: Vec<_> = hosts.iter().map(|(name, port)| Host { name: (*name).into(), port: *port }).collect();
        assert_eq!(postgres(text).hosts, expected, "{text}");
    }
}

#[test]
fn postgresql_passwords() {
    for (text, expected) in [
        ("postgresql://u@h", None),
        ("postgresql://u:@h", None),
        ("postgresql://u:p:w@h", Some("p:w")),
        ("postgresql://u:p@w@h", Some("p@w")),
        ("postgresql://u:@@@h/d", Some("@@")),
        ("postgresql://u:p#w@h/d", Some("p#w")),
        ("postgresql://u:p%w@h/d", Some("p%w")),
        ("postgresql://u:p+w@h/d", Some("p+w")),
        ("postgresql://u:%2F%3f%40@h/d", Some("/?@")),
        ("postgresql://u:ключ@h/d", Some("ключ")),
        ("postgresql://u:a@h/d?password=b", Some("b")),
        ("postgresql://h/d?password=b%26c", Some("b&c")),
    ] {
        assert_eq!(password(text).as_deref(), expected, "{text}");
    }
}

#[test]
fn postgresql_parameters() {
    let url = postgres("postgresql://u@h/d?user=me%40corp&dbname=e&sslmode=a&x=1&sslmode=b&&");
    assert_eq!(url.user.as_deref(), Some("me@corp"));
    assert_eq!(url.database.as_deref(), Some("e"));
    assert_eq!(url.parameters, [("x".to_owned(), "1".to_owned()), ("sslmode".to_owned(), "b".to_owned())]);
    assert_eq!(postgres("postgresql://h:1/d?user=me@corp").user.as_deref(), Some("me@corp"));
}

#[test]
fn postgresql_refusals() {
    for (text, error) in [
        ("postgresql:h/d", UrlError::MissingSlashes),
        ("postgresql://h:port/d", UrlError::Port),
        ("postgresql://h:0/d", UrlError::Port),
        ("postgresql://h:65536/d", UrlError::Port),
        ("postgresql://h:+1/d", UrlError::Port),
        ("postgresql://a::x/d", UrlError::Port),
        ("postgresql://[::1/d", UrlError::Brackets),
        ("postgresql://[::1]5432/d", UrlError::Brackets),
        ("postgresql://h1,h2,h3/d?port=1,2", UrlError::PortCount),
        ("postgresql://h/d?host=a&port=1,2", UrlError::PortCount),
        ("postgresql://h/d?sslmode", UrlError::ParameterWithoutValue),
        ("postgresql://u:%ff@h", UrlError::NotUtf8),
        ("postgresql://u:%00@h", UrlError::Nul),
    ] {
        assert_eq!(parse(text), Err(error), "{text}");
    }
}

#[test]
fn a_password_that_cuts_the_url_is_recognised() {
    for secret in ["se/cret", "se?cret", "12/34", "12?34", "se@cr/et", "se/c?r=et", "s:e/cret", "se?c=r/et", "/", "?"] {
        let text = format!("postgresql://u:{secret}@h:5432/d");
        assert_eq!(parse(&text), Err(UrlError::UnescapedPassword), "{text}");
    }
}

#[test]
fn a_server_without_name_and_port_is_none() {
    for text in ["postgresql://:/d", "postgresql://:", "postgresql://u@:/d", "postgresql:///d?host="] {
        assert!(postgres(text).hosts.is_empty(), "{text}");
    }
    assert_eq!(postgres("postgresql://:5432/d").hosts.len(), 1);
    assert_eq!(postgres("postgresql://,b/d").hosts.len(), 2);
}
