//! Taking over what other migration tools keep: their files as revisions, their table as what is applied.
//!
//! [`read`] knows the layout of each [`Tool`], a file for each; [`plan`] makes revision files of what it found and
//! reads them back before one is written; [`adopt`] judges the rows of the tool's own table.

mod adopt;
mod checksum;
mod dbmate;
mod diesel;
mod error;
mod flyway;
mod folder;
mod golang_migrate;
mod goose;
mod migration;
mod pairs;
mod plan;
mod refinery;
mod settle;
mod sqlx;
mod tool;
mod version;

pub use adopt::{Adoption, adopt};
pub use error::ImportError;
pub use migration::{Migration, Note};
pub use plan::{Planned, plan};
pub use tool::{Source, Tool, read};
