//! Taking over what other migration tools keep.

pub mod alembic;
pub mod sql_tools;
