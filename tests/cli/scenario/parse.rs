//! The text of a scenario as a list of things to do, and back to the same text.

/// A piece of a scenario.
pub enum Item {
    /// An empty line or a comment.
    Verbatim(String),
    /// A file to write.
    File { name: String, lines: Vec<String> },
    /// A command to run.
    Step(Step),
}

/// A command and what it must do.
pub struct Step {
    /// The command's lines, without `$ ` and `> `.
    pub command: Vec<String>,
    /// The lines it must print.
    pub expected: Vec<String>,
    /// The exit code, where one is written.
    pub code: Option<i32>,
}

/// The databases a scenario asks for: the value of its `# database:` line.
pub fn database(text: &str) -> Option<&str> {
    text.lines().find_map(|line| line.strip_prefix("# database:")).map(str::trim)
}

/// Reads a scenario; the error names the line that is none of its parts.
pub fn parse(text: &str) -> Result<Vec<Item>, String> {
    let lines: Vec<&str> = text.lines().collect();
    let mut items = Vec::new();
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        at += 1;
        if line.is_empty() || line.starts_with('#') {
            items.push(Item::Verbatim(line.into()));
        } else if let Some(name) = line.strip_prefix("%%% file ") {
            let length = lines[at..].iter().position(|line| *line == "%%%");
            let length = length.ok_or_else(|| format!("line {at}: no `%%%` ends the file"))?;
            items.push(Item::File { name: name.trim().into(), lines: owned(&lines[at..at + length]) });
            at += length + 1;
        } else if let Some(command) = line.strip_prefix("$ ") {
            let mut step = Step { command: vec![command.into()], expected: Vec::new(), code: None };
            // Editors take the blank of an empty line away.
            while let Some(more) =
                lines.get(at).and_then(|line| line.strip_prefix("> ").or_else(|| line.strip_prefix('>')))
            {
                step.command.push(more.into());
                at += 1;
            }
            let end = (at..lines.len()).find(|&end| ends_output(&lines, end)).unwrap_or(lines.len());
            let printed = lines[at..end].iter().rposition(|line| !line.is_empty());
            let printed = printed.map_or(at, |last| at + last + 1);
            step.expected = owned(&lines[at..printed]);
            at = printed;
            if let Some(code) = lines.get(at).and_then(|line| exit_code(line)) {
                step.code = Some(code);
                at += 1;
            }
            items.push(Item::Step(step));
        } else {
            return Err(format!("line {at}: neither a command, a comment nor a file: {line}"));
        }
    }
    Ok(items)
}

/// The text of a scenario.
pub fn render(items: &[Item]) -> String {
    let mut text = String::new();
    let mut push = |line: &str| {
        text.push_str(line);
        text.push('\n');
    };
    for item in items {
        match item {
            Item::Verbatim(line) => push(line),
            Item::File { name, lines } => {
                push(&format!("%%% file {name}"));
                lines.iter().for_each(|line| push(line));
                push("%%%");
            }
            Item::Step(step) => {
                for (number, line) in step.command.iter().enumerate() {
                    push(format!("{} {line}", if number == 0 { "$" } else { ">" }).trim_end());
                }
                step.expected.iter().for_each(|line| push(line));
                if let Some(code) = step.code {
                    push(&format!("? {code}"));
                }
            }
        }
    }
    text
}

fn ends_output(lines: &[&str], at: usize) -> bool {
    let line = lines[at];
    let comment = line.starts_with('#') && lines[at - 1].is_empty();
    comment || line.starts_with("$ ") || line.starts_with("%%% ") || exit_code(line).is_some()
}

fn exit_code(line: &str) -> Option<i32> {
    line.strip_prefix("? ")?.trim().parse().ok()
}

fn owned(lines: &[&str]) -> Vec<String> {
    lines.iter().map(|line| (*line).to_owned()).collect()
}
