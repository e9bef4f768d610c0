//! Schemas as data: what a database holds, how two of them differ, and in which order changes can be made.
//!
//! A [`Catalog`] is a set of [`Object`]s, each with an [`Identity`], attributes that are compared as text,
//! and the identities of what it needs. Nothing here knows a database: a backend reads a catalog, says what
//! a change takes in SQL, and this module pairs, orders and describes.

mod action;
mod catalog;
mod diff;
mod filter;
mod hazard;
mod identity;
mod order;
mod rename;
#[cfg(test)]
mod tests;

pub use action::Action;
pub use catalog::{ASSUMED, Catalog, Object};
pub use diff::{Change, diff};
pub use filter::{Filter, FilterSyntaxError};
pub use hazard::Hazard;
pub use identity::{Identity, Kind};
pub use order::{order, order_grouped};
pub use rename::{Rename, RenameError, candidates, resolve};
