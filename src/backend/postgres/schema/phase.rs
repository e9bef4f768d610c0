//! When things are done, where nothing else decides: first what is in the way goes, last what holds data.

use super::{
    AGGREGATE, ATTACHMENT, COMPOSITE, DEFAULT, DOMAIN, ENUM, EXTENSION, FUNCTION, INHERITANCE, MATERIALIZED_VIEW,
    OWNERSHIP, PARTITION, PROCEDURE, RANGE, SCHEMA, SEQUENCE,
};
use crate::schema::{Kind, Object};

pub(super) const RENAME: u8 = 0;
pub(super) const DROP_PARTITION: u8 = 9;
pub(super) const TYPES: u8 = 22;
pub(super) const ROWS: u8 = 34;

/// When an object is made or changed.
pub(super) fn make(object: &Object) -> u8 {
    match object.id.kind {
        SCHEMA => 10,
        EXTENSION => 11,
        ENUM | DOMAIN | RANGE | COMPOSITE => 12,
        SEQUENCE => 13,
        Kind::TABLE => 20,
        Kind::COLUMN => 21,
        INHERITANCE => 23,
        OWNERSHIP => 24,
        FUNCTION | PROCEDURE => 25,
        AGGREGATE => 26,
        DEFAULT => 27,
        Kind::CONSTRAINT if object.fact("type") == Some("f") => 40,
        Kind::CONSTRAINT => 30,
        Kind::INDEX => 31,
        PARTITION => 32,
        ATTACHMENT => 33,
        Kind::VIEW => 50,
        // It runs functions, whose bodies may name views.
        MATERIALIZED_VIEW => 51,
        // In a schema, only who may make something can be given something.
        Kind::OWNER | Kind::GRANT if object.part_of.as_ref().is_some_and(|whole| whole.kind == SCHEMA) => 14,
        Kind::OWNER => 61,
        Kind::GRANT => 62,
        Kind::DEFAULT_PRIVILEGES => 63,
        _ => 60,
    }
}

/// When an object is dropped.
pub(super) fn drop(object: &Object) -> u8 {
    match object.id.kind {
        Kind::TRIGGER => 1,
        Kind::VIEW | MATERIALIZED_VIEW => 3,
        Kind::CONSTRAINT if object.fact("type") == Some("f") => 4,
        Kind::CONSTRAINT => 5,
        Kind::INDEX => 6,
        FUNCTION | PROCEDURE | AGGREGATE => 8,
        Kind::COLUMN => 70,
        Kind::TABLE => 71,
        SEQUENCE => 72,
        ENUM | DOMAIN | RANGE | COMPOSITE => 73,
        EXTENSION => 74,
        SCHEMA => 75,
        _ => 2,
    }
}
