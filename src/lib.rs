//! Schema migrations: Alembic's revision graph over plain SQL files, for PostgreSQL and SQLite.
pub mod backend;
pub mod cli;
pub mod config;
pub mod migrate;
pub mod revision;
pub mod script;
pub mod sql;
