//! Other migration tools, which the tests run as their users do.

use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;

use super::project::{Output, Project};

/// dbmate, about to run in the project's folder.
pub fn dbmate(project: &Project, url: &str, arguments: &[&str]) -> Output {
    static PROGRAM: OnceLock<String> = OnceLock::new();
    let mut command = Command::new(PROGRAM.get_or_init(|| path("dbmate")));
    super::clean_environment(&mut command).args(["--url", url, "--no-dump-schema"]).args(arguments);
    command.current_dir(project.path("")).output().unwrap().into()
}

/// What the script `.ci/NAME` prints, which installs what is missing.
fn path(name: &str) -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join(".ci").join(name);
    let output = Command::new(&script).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {error}", script.display());
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
