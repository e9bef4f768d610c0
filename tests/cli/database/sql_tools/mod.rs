//! Migrations of other tools: imported, adopted, gone on with; and revisions written for other tools.

mod adopted;
mod bad_input;
mod exported;
mod layouts;
mod programs;
mod taken_over;

use super::{Subject, assert_contains, each_database};
use layouts::Layout;

/// The names of the files in the versions folder, sorted.
fn imported(subject: &Subject<'_>) -> Vec<String> {
    let files = std::fs::read_dir(subject.path("migrations/versions")).unwrap();
    let mut names: Vec<String> = files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
