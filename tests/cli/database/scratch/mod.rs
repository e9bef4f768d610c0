//! Comparing with a declared schema: what it leaves alone, and the scratch databases it takes.

mod own_tables;
mod reuse;
