//! The runner finds what differs, and nothing else.

use super::{Session, database, diff};

fn play(text: &str) -> String {
    Session::new(None).play(text).unwrap()
}

#[track_caller]
fn passes(text: &str) {
    assert_eq!(play(text), text);
}

#[track_caller]
fn becomes(text: &str, played: &str) {
    assert_eq!(play(text), played);
}

#[test]
fn output_and_exit_code_are_compared() {
    passes("# comment\n\n$ echo one; echo two >&2\none\ntwo\n\n$ true\n");
    passes("$ exit 3\n? 3\n");
    passes("$ printf 'a\\n\\n# b\\n'\na\n...\n");
    becomes("$ echo one\ntwo\n", "$ echo one\none\n");
    becomes("$ echo one\n", "$ echo one\none\n");
    becomes("$ true\none\n", "$ true\n");
    becomes("$ echo no; exit 3\nno\n", "$ echo no; exit 3\nno\n? 3\n");
    becomes("$ true\n? 1\n", "$ true\n? 0\n");
}

#[test]
fn a_signal_counts_as_in_a_shell() {
    passes("$ kill -9 $$\n? 137\n");
}

#[test]
fn a_failing_command_ends_its_step() {
    passes("$ false\n> echo never\n? 1\n");
}

#[test]
fn the_steps_share_a_folder_and_see_the_program() {
    passes(
        "%%% file a/b.txt\nhello\n\n$ no command\n%%%\n$ cat a/b.txt\nhello\n\n...\n\n$ pwd; echo $HOME\n[DIR]\n[DIR]\n",
    );
    passes("$ basename $(command -v migrator)\nmigrator\n");
}

#[test]
fn no_database_unless_asked() {
    passes("$ echo ${DATABASE_URL-none}\nnone\n");
    let text = "# database: both\n$ echo $DATABASE_URL\n[DATABASE_URL]\n";
    assert_eq!(database(text), Some("both"));
    let mut session = Session::new(Some("postgresql://u@h/test_1"));
    assert_eq!(session.play(text).unwrap(), text);
    let text = "$ echo test_1\nsomething\n";
    assert_eq!(session.play(text).unwrap(), "$ echo test_1\n[DATABASE]\n");
}

#[test]
fn times_and_dates_are_placeholders() {
    passes("$ echo took 12 ms, 1.3 s, 7ms, 0.5s\ntook [TIME], [TIME], [TIME], [TIME]\n");
    passes("$ echo took 12 ms\ntook 99.5 s\n");
    passes("$ echo '{\"duration_ms\":12}'\n{\"duration_ms\":3}\n");
    passes("$ echo at 2026-11-20T10:33:00.25Z.\nat [DATE].\n");
    passes("$ echo at 2026-11-20 10:33:00+00:00\nat [DATE]\n");
    passes("$ echo 2026-11-20_10\n[DATE]_10\n");
    becomes("$ echo waited 60s\nwaited 5s\n", "$ echo waited 60s\nwaited 60s\n");
    becomes("$ echo 3 users\n4 users\n", "$ echo 3 users\n3 users\n");
}

#[test]
fn wildcards_match_lines_and_parts_of_lines() {
    passes("$ printf 'a\\nb\\nc\\n'\n...\nc\n");
    passes("$ printf 'a\\nb\\nc\\n'\na\n...\nb\nc\n");
    passes("$ echo one two three\none [..] three\n");
    becomes("$ printf 'a\\nb\\n'\n...\na\n", "$ printf 'a\\nb\\n'\na\nb\n");
    becomes("$ echo one two\n[..] one\n", "$ echo one two\none two\n");
}

const RANDOM: &str = "$ echo a >> n; printf %012x $(($(wc -c < n) * 7 + $$)) | tee id";

#[test]
fn a_name_stands_for_one_id() {
    passes(&format!("{RANDOM}\n[ID1]\n\n$ cat id\n[ID1]\n"));
    passes(&format!("{RANDOM}\n3f2a9c1b7d04\n\n$ echo x_$(cat id)_y\nx_3f2a9c1b7d04_y\n"));
    becomes(&format!("{RANDOM}\nwrong\n\n$ cat id\n[ID2]\n"), &format!("{RANDOM}\n[ID1]\n\n$ cat id\n[ID1]\n"));
    // Two names for one id, and one name for two ids.
    becomes(
        "$ echo aaaaaaaaaaa1 aaaaaaaaaaa1\naaaaaaaaaaa1 [ID1]\n",
        "$ echo aaaaaaaaaaa1 aaaaaaaaaaa1\naaaaaaaaaaa1 aaaaaaaaaaa1\n",
    );
    becomes(
        "$ echo aaaaaaaaaaa1 aaaaaaaaaaa2\naaaaaaaaaaa1 aaaaaaaaaaa1\n",
        "$ echo aaaaaaaaaaa1 aaaaaaaaaaa2\naaaaaaaaaaa1 aaaaaaaaaaa2\n",
    );
}

#[test]
fn names_stand_for_ids_in_commands_and_files() {
    passes(&format!("{RANDOM}\n[ID1]\n\n$ test [ID1] = $(cat id)\n"));
    passes(&format!("{RANDOM}\n3f2a9c1b7d04\n\n$ test 3f2a9c1b7d04 = $(cat id)\n"));
    passes(&format!("{RANDOM}\n[ID1]\n\n%%% file copy\n[ID1]\n%%%\n$ test $(cat copy) = $(cat id)\n"));
    becomes(
        "%%% file f\nid aaaaaaaaaaa1\n%%%\n$ echo aaaaaaaaaaa2\naaaaaaaaaaa1\n",
        "%%% file f\nid aaaaaaaaaaa1\n%%%\n$ echo aaaaaaaaaaa2\naaaaaaaaaaa2\n",
    );
}

#[test]
fn what_is_no_scenario_is_an_error() {
    let error = |text: &str| Session::new(None).play(text).unwrap_err();
    assert_eq!(error("hello\n"), "line 1: neither a command, a comment nor a file: hello");
    assert_eq!(error("\n%%% file a\nhello\n"), "line 2: no `%%%` ends the file");
}

#[test]
fn a_difference_shows_all_lines() {
    assert_eq!(diff("a\nb\nc\n", "a\nx\nc\nd\n"), "  a\n- b\n+ x\n  c\n+ d\n");
    assert_eq!(diff("", "a\n"), "+ a\n");
}
