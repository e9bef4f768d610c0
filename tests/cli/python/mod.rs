//! Virtual environments of Python with packages from PyPI, made once for all test runs.

pub mod alembic;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::clean_environment;

/// The folder of the programs of a virtual environment that has `requirements`, as pip takes them.
///
/// It is kept in the build directory under `name`, and made anew when the requirements change.
pub fn programs(name: &str, requirements: &[&str]) -> PathBuf {
    let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    fs::create_dir_all(&base).unwrap();
    let folder = base.join(name);
    let programs = folder.join("bin");
    // Other tests, also of other programs, may want the same one now.
    let lock = File::create(base.join(format!("{name}.lock"))).unwrap();
    lock.lock().unwrap();
    let list = folder.join("migrator-requirements.txt");
    let wanted = requirements.join("\n");
    if fs::read_to_string(&list).is_ok_and(|made| made == wanted) && programs.join("python").exists() {
        return programs;
    }
    let _ = fs::remove_dir_all(&folder);
    // Debian has it in python3-venv.
    run(Command::new("python3").args(["-m", "venv"]).arg(&folder));
    if !requirements.is_empty() {
        let install = ["install", "--quiet", "--disable-pip-version-check"];
        run(Command::new(programs.join("pip")).args(install).args(requirements));
    }
    // Last: what was left half-made is not taken for one.
    fs::write(&list, wanted).unwrap();
    programs
}

fn run(command: &mut Command) {
    let output = clean_environment(command).output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
}
