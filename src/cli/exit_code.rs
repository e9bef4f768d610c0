//! The exit codes of the program.

/// It did what was asked.
pub const DONE: u8 = 0;
/// It failed.
pub const FAILED: u8 = 1;
/// The arguments or the configuration do not make sense.
pub const USAGE: u8 = 2;
/// An applied revision was changed or is missing.
pub const CHANGED: u8 = 5;
/// It was interrupted, as far as nothing else is known: 128 and the number of SIGINT.
pub const INTERRUPTED: u8 = 130;
/// A check found something: pending revisions, several heads, not at head.
pub const FOUND: u8 = 3;
