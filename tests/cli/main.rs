//! The program as its users meet it: command lines, files, output and exit codes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test that cannot go on should panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod database;
mod examples;
mod import;
mod models;
mod python;
mod readme;
mod scenario;
mod scenarios;
mod support_tests;
