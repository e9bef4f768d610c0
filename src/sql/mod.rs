//! SQL text: where statements begin and end, and how names and values are quoted.
//!
//! Nothing here understands SQL beyond its tokens; what a statement means is for the database to say.

pub mod concurrent;
pub mod outside;
pub mod position;
pub mod quote;
pub mod repeat;
pub mod split;

mod dialect;
mod error;
mod lexer;
mod outline;
mod setting;
mod tokens;
mod words;

pub use dialect::{Dialect, UnknownDialect};
pub use error::SqlError;
pub use position::Position;
pub use split::{Directive, Piece, Splitter, Statement, StatementKind};
pub use tokens::{Annotation, SqlToken, take_annotations, tokens};
