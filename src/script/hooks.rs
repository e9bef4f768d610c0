//! Programs that are run on a new revision file.

use std::ffi::{OsStr, OsString};
use std::path::{Component, Path, absolute};
use std::process::{Command, ExitStatus, Stdio};

use super::template_error::TemplateError;

/// A program to run on a new revision file.
#[derive(Debug, Clone, Copy)]
pub struct Hook<'a> {
    /// What the configuration calls it.
    pub name: &'a str,
    /// The program and its arguments; `{path}` in any of them is the file.
    pub command: &'a [String],
}

/// What a hook wrote. Terminal control characters are taken out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookOutput {
    /// The hook's name.
    pub name: String,
    /// Its standard output.
    pub stdout: String,
    /// Its standard error.
    pub stderr: String,
}

/// Runs `hooks` one after the other on the file `path`, in `working_directory`, with nothing on
/// their standard input. The file's path is given to them as an absolute one; a program named by a
/// relative path is looked for in `working_directory`. No shell is involved.
///
/// # Errors
/// The first hook that has no command, cannot be started or fails ends the row. The file stays.
pub fn run_hooks(hooks: &[Hook<'_>], path: &Path, working_directory: &Path) -> Result<Vec<HookOutput>, TemplateError> {
    hooks.iter().map(|hook| run_hook(hook, path, working_directory)).collect()
}

fn run_hook(hook: &Hook<'_>, path: &Path, working_directory: &Path) -> Result<HookOutput, TemplateError> {
    let name = hook.name.to_owned();
    let directory = absolute(working_directory).map_err(TemplateError::io("find directory", working_directory))?;
    let file = absolute(path).map_err(TemplateError::io("find", path))?;
    let mut words = hook.command.iter().map(|word| insert_path(word, file.as_os_str()));
    let Some(program) = words.next().filter(|program| !program.is_empty()) else {
        return Err(TemplateError::HookWithoutCommand { name, path: path.to_owned() });
    };

    let output = Command::new(locate(&program, &directory))
        .args(words)
        .current_dir(&directory)
        .stdin(Stdio::null())
        .output()
        .map_err(|cause| TemplateError::HookNotStarted {
            name: name.clone(),
            program: program.to_string_lossy().into_owned(),
            path: path.to_owned(),
            cause,
        })?;
    let (stdout, stderr) = (printable(&output.stdout), printable(&output.stderr));
    if output.status.success() {
        return Ok(HookOutput { name, stdout, stderr });
    }
    Err(TemplateError::HookFailed {
        name,
        status: describe(output.status),
        path: path.to_owned(),
        output: tail(if stderr.trim().is_empty() { &stdout } else { &stderr }),
    })
}

/// Replaces `{path}` in a word of the command. The path need not be Unicode.
fn insert_path(word: &str, path: &OsStr) -> OsString {
    let mut result = OsString::new();
    for (index, part) in word.split("{path}").enumerate() {
        if index > 0 {
            result.push(path);
        }
        result.push(part);
    }
    result
}

/// A bare name is left for `PATH`; which directory any other relative path means would differ
/// between systems: <https://doc.rust-lang.org/std/process/struct.Command.html#method.current_dir>.
fn locate(program: &OsStr, directory: &Path) -> OsString {
    let mut components = Path::new(program).components();
    match (components.next(), components.next()) {
        (Some(Component::Normal(_)), None) => program.to_owned(),
        _ => directory.join(program).into_os_string(),
    }
}

fn describe(status: ExitStatus) -> String {
    match status.code() {
        Some(code) => format!("exit status {code}"),
        None => status.to_string(),
    }
}

fn printable(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().filter(|c| matches!(c, '\n' | '\t') || !c.is_control()).collect()
}

/// The last lines, where programs say what is wrong.
fn tail(text: &str) -> String {
    const LINES: usize = 20;
    let lines: Vec<&str> = text.trim_end().lines().collect();
    lines[lines.len().saturating_sub(LINES)..].join("\n")
}

#[cfg(all(test, unix))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::fs;

    use super::*;

    const NAME: &str = "new file's.sql";

    fn run(directory: &Path, commands: &[&[&str]]) -> Result<Vec<HookOutput>, TemplateError> {
        let owned: Vec<Vec<String>> =
            commands.iter().map(|command| command.iter().map(|&word| word.to_owned()).collect()).collect();
        let hooks: Vec<Hook<'_>> = owned.iter().map(|command| Hook { name: "format", command }).collect();
        run_hooks(&hooks, &directory.join(NAME), directory)
    }

    #[test]
    fn hooks_run_in_order_on_the_file() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(NAME);
        fs::write(&path, "").unwrap();
        let append = "echo two >> \"${1#--file=}\"; cat; echo done >&2";
        let outputs = run(
            root.path(),
            &[&["sh", "-c", "echo one >> \"$1\"; pwd", "sh", "{path}"], &["sh", "-c", append, "sh", "--file={path}"]],
        )
        .unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "one\ntwo\n");
        let directory = root.path().canonicalize().unwrap();
        assert_eq!(outputs[0].stdout, format!("{}\n", directory.display()));
        assert_eq!(outputs[1].stderr, "done\n");
        assert_eq!(outputs.len(), 2);
    }

    #[test]
    fn a_failing_hook_tells_its_last_lines_and_ends_the_row() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(NAME);
        let script = "seq 1 30 >&2; printf '\\033[31mbad\\n' >&2; exit 3";
        let error = run(root.path(), &[&["sh", "-c", script], &["touch", "{path}"]]).unwrap_err();
        let lines: Vec<String> = (12..=30).map(|number| number.to_string()).collect();
        assert_eq!(
            error.to_string(),
            format!(
                "post-write hook `format` failed (exit status 3) on `{}`:\n{}\n[31mbad",
                path.display(),
                lines.join("\n")
            )
        );
        assert!(error.hint().unwrap().contains("was written and is kept"));
        assert!(!path.exists(), "the second hook ran");
    }

    #[test]
    fn a_hook_ended_by_a_signal_says_so() {
        let root = tempfile::tempdir().unwrap();
        let error = run(root.path(), &[&["sh", "-c", "kill -9 $$"]]).unwrap_err();
        assert!(error.to_string().contains("failed (signal: 9"), "{error}");
    }

    #[test]
    fn a_program_that_is_not_there_is_named() {
        let root = tempfile::tempdir().unwrap();
        let error = run(root.path(), &[&["no-such-program-here", "{path}"]]).unwrap_err();
        let expected = "post-write hook `format` cannot run `no-such-program-here`: ";
        assert!(error.to_string().starts_with(expected), "{error}");
        assert!(error.hint().is_some());
    }

    #[test]
    fn an_empty_command_is_refused() {
        let root = tempfile::tempdir().unwrap();
        for command in [&[][..], &[""][..]] {
            let error = run(root.path(), &[command]).unwrap_err();
            assert_eq!(error.to_string(), "post-write hook `format` has no command");
        }
    }

    #[test]
    fn a_relative_program_is_looked_for_in_the_working_directory() {
        let root = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/bin/echo", root.path().join("say")).unwrap();
        assert_eq!(run(root.path(), &[&["./say", "tidy"]]).unwrap()[0].stdout, "tidy\n");
    }
}
