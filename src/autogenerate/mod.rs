//! Revisions written from a declared schema, and proven before they are.
//!
//! Two schemas are read from databases of the same engine, one of them often a scratch database into which the
//! declared files were loaded: what the engine says of them is compared, never the files. What a draft does is
//! then tried on another scratch database with rows in it, up, down and up again, and judged by more than one. The
//! user's database is only ever read.

mod compare;
mod declared;
mod draft;
mod error;
mod printed;
mod proof;
mod render;
mod rewritten;
mod scratch;
mod settle;
mod source;

pub use compare::{Aim, Comparison, compare};
pub use draft::{Draft, Options, draft};
pub use error::{DeclaredFailure, Error};
pub use proof::{Proof, prove};
pub use render::{Rendered, render, script};
pub use settle::settle;
pub use source::{Dump, Source, dump};
