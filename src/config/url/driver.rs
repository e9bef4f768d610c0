//! What SQLAlchemy's drivers, which are named behind the `+` of a scheme, call otherwise than libpq.

use super::postgres::PostgresUrl;

/// Arguments of asyncpg, and of SQLAlchemy's dialect for it, that say how it works and not where the database is:
/// <https://magicstack.github.io/asyncpg/current/api/>,
/// <https://docs.sqlalchemy.org/en/20/dialects/postgresql.html#module-sqlalchemy.dialects.postgresql.asyncpg>
const WORKINGS: [&str; 8] = [
    "async_fallback",
    "command_timeout",
    "max_cacheable_statement_size",
    "max_cached_statement_lifetime",
    "prepared_statement_cache_size",
    "prepared_statement_name_func",
    "statement_cache_size",
    "timeout",
];

/// The URL with libpq's parameters in the place of those that only `driver` knows.
pub(super) fn in_terms_of_libpq(driver: &str, mut url: PostgresUrl) -> PostgresUrl {
    if driver == "asyncpg" {
        url.parameters.retain(|(key, _)| !WORKINGS.contains(&key.as_str()));
        // The same values, and it takes no `sslmode` beside it.
        for (key, _) in url.parameters.iter_mut().filter(|(key, _)| key == "ssl") {
            "sslmode".clone_into(key);
        }
    }
    url
}
