//! Taking over what other migration tools keep.

pub mod sql_tools;
