//! dbmate's files: a version of digits, one way up and one way down.
//!
//! <https://github.com/amacneil/dbmate#creating-migrations>

use super::{ExportError, statements, stem};
use crate::revision::{Graph, Node};
use crate::script::{Downgrade, Part, PartMode, Script, ScriptDirectory, Sections};
use crate::sql::{self, Dialect, Splitter, StatementKind};

/// A file that is to be: a piece of one revision.
struct File<'s> {
    script: &'s Script,
    up: Option<Piece>,
    down: Down,
}

enum Down {
    Piece(Option<Piece>),
    /// There is no way down.
    Refused(&'static str),
}

/// SQL that dbmate sends in one go.
#[derive(Clone)]
struct Piece {
    mode: PartMode,
    sql: String,
}

pub(super) fn files(
    scripts: &ScriptDirectory,
    sections: &[Sections],
    nodes: &[Node],
    dialect: Dialect,
) -> Result<Vec<(String, String)>, ExportError> {
    refuse_graph(scripts.graph(), nodes)?;
    let mut files = Vec::new();
    for &node in nodes {
        files.extend(split(scripts.script(node), &sections[node], dialect)?);
    }
    let names = names(&files, nodes.len());
    names.into_iter().zip(files).map(|(name, file)| Ok((name, text(&file, dialect)?))).collect()
}

fn refuse_graph(graph: &Graph, nodes: &[Node]) -> Result<(), ExportError> {
    let among = |wanted: &dyn Fn(Node) -> bool| -> Vec<String> {
        let mut ids = graph.ids(nodes.iter().copied().filter(|&node| wanted(node)));
        ids.sort();
        ids
    };
    let bases = among(&|node| graph.revision(node).parents.is_empty());
    let merges = among(&|node| graph.revision(node).parents.len() > 1);
    let children =
        |parent: &str| nodes.iter().filter(|&&node| graph.revision(node).parents.iter().any(|id| id == parent)).count();
    let branches = among(&|node| children(graph.id(node)) > 1);
    let cases = [("several revisions follow", branches), ("these join several", merges), ("these are bases", bases)];
    for (index, (what, revisions)) in cases.into_iter().enumerate() {
        let allowed = if index == 2 { 1 } else { 0 };
        if revisions.len() > allowed {
            return Err(ExportError::NotALine { what, revisions });
        }
    }
    Ok(())
}

/// A file for each piece, because dbmate has one transaction for a file. Those of the way down are in the order in
/// which files are rolled back.
fn split<'s>(script: &'s Script, sections: &Sections, dialect: Dialect) -> Result<Vec<File<'s>>, ExportError> {
    let (down, refused): (&[Part], _) = match &sections.downgrade {
        Downgrade::Parts(parts) => (parts, None),
        Downgrade::Irreversible => (&[], Some("is irreversible")),
        Downgrade::Absent => (&[], Some("has no way down")),
    };
    let up = pieces(script, &sections.upgrade, dialect)?;
    let down = pieces(script, down, dialect)?;
    let count = up.len().max(down.len()).max(1);
    let file = |index: usize| File {
        script,
        up: up.get(index).cloned(),
        down: match refused {
            Some(why) => Down::Refused(why),
            None => Down::Piece(down.get(count - 1 - index).cloned()),
        },
    };
    Ok((0..count).map(file).collect())
}

/// The parts. PostgreSQL takes several statements that come in one go for a transaction, so without one each is alone:
/// <https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-MULTI-STATEMENT>.
fn pieces(script: &Script, parts: &[Part], dialect: Dialect) -> Result<Vec<Piece>, ExportError> {
    let mut pieces = Vec::new();
    for part in parts {
        let statements = statements(script, part, dialect)?;
        let is_apart = part.mode == PartMode::NoTransaction && dialect == Dialect::PostgreSql;
        if is_apart && statements.len() > 1 && !has_transaction(script, part, dialect) {
            let alone = |sql: &str| Piece { mode: part.mode, sql: format!("{sql};") };
            pieces.extend(statements.into_iter().map(alone));
        } else {
            pieces.push(Piece { mode: part.mode, sql: script.text()[part.span.clone()].trim().to_owned() });
        }
    }
    Ok(pieces)
}

/// Does it have `BEGIN` or `COMMIT` of its own?
fn has_transaction(script: &Script, part: &Part, dialect: Dialect) -> bool {
    let text = &script.text()[..part.span.end];
    let mut pieces = Splitter::new(text, part.span.start, dialect).flatten();
    pieces.any(|piece| matches!(piece, sql::Piece::Statement(it) if it.kind == StatementKind::TransactionControl))
}

/// The ids are the versions where they can be; else the files are counted.
fn names(files: &[File<'_>], revisions: usize) -> Vec<String> {
    let kept: Vec<String> = files.iter().map(|file| stem(&[file.script.id()], file.script) + ".sql").collect();
    let is_number = |file: &File<'_>| file.script.id().bytes().all(|byte| byte.is_ascii_digit());
    if files.len() == revisions && files.iter().all(is_number) && kept.is_sorted() {
        return kept;
    }
    let width = files.len().to_string().len().max(4);
    let counted =
        (1..).zip(files).map(|(number, file)| stem(&[&format!("{number:0width$}"), file.script.id()], file.script));
    counted.map(|stem| stem + ".sql").collect()
}

fn text(file: &File<'_>, dialect: Dialect) -> Result<String, ExportError> {
    let script = file.script;
    let comment: String =
        script.documentation().lines().map(|line| format!("-- {line}").trim_end().to_owned() + "\n").collect();
    let up = section("up", file.up.as_ref(), script)?;
    let down = match &file.down {
        Down::Piece(piece) => section("down", piece.as_ref(), script)?,
        // A table that is not there is the one way to fail that both databases know without a function.
        Down::Refused(why) => {
            let name = dialect.quote_identifier(&format!("revision {} {why}", script.id()));
            format!("-- migrate:down\nSELECT * FROM {name};\n")
        }
    };
    refuse_marker(&comment, script)?;
    Ok(format!("{comment}--\n-- revision {}\n\n{up}\n{down}", script.id()))
}

/// dbmate looks at lines, and knows no strings.
fn refuse_marker(text: &str, script: &Script) -> Result<(), ExportError> {
    let is_marker = |line: &&str| {
        let comment = line.strip_prefix("--").map(str::trim_start);
        comment.is_some_and(|comment| comment.starts_with("migrate:"))
    };
    match text.lines().find(is_marker) {
        None => Ok(()),
        Some(line) => Err(ExportError::Marker { revision: script.id().to_owned(), line: line.to_owned() }),
    }
}

fn section(way: &str, piece: Option<&Piece>, script: &Script) -> Result<String, ExportError> {
    let Some(Piece { mode, sql }) = piece else { return Ok(format!("-- migrate:{way}\n")) };
    refuse_marker(sql, script)?;
    let option = if *mode == PartMode::NoTransaction { " transaction:false" } else { "" };
    Ok(format!("-- migrate:{way}{option}\n{sql}\n"))
}
