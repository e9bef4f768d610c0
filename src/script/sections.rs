//! The sections of a revision file: what runs on an upgrade and on a downgrade.

use std::ops::Range;
use std::path::Path;

use super::header::SECTIONS;
use super::{Checksum, ScriptError, ScriptErrorReason as Reason};
use crate::sql::{Dialect, Directive, Piece, Position, Splitter, StatementKind};

/// Which way a section goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Towards the heads.
    Upgrade,
    /// Towards base.
    Downgrade,
}

impl Direction {
    /// `upgrade` or `downgrade`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::Downgrade => "downgrade",
        }
    }
}

/// How a part runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PartMode {
    /// In a transaction of its own.
    #[default]
    Transaction,
    /// Without a transaction (`no-transaction`).
    NoTransaction,
    /// SQLite: in a transaction, with foreign keys not enforced (`foreign-keys=off`).
    ForeignKeysOff,
}

/// One section: a piece of the file that runs in one go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// How it runs.
    pub mode: PartMode,
    /// Its SQL in the file's text, in bytes, without the marker line.
    pub span: Range<usize>,
}

/// What a downgrade does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Downgrade {
    /// It runs these parts, in order.
    Parts(Vec<Part>),
    /// The file says `irreversible`.
    Irreversible,
    /// The file has no downgrade section for this dialect.
    Absent,
}

/// The parts of a revision file that run on one dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sections {
    /// The upgrade parts, in the file's order; none if the file has none for this dialect.
    pub upgrade: Vec<Part>,
    /// The downgrade.
    pub downgrade: Downgrade,
    /// The checksum of what an upgrade runs.
    pub upgrade_checksum: Checksum,
    /// The checksum of what a downgrade runs.
    pub downgrade_checksum: Checksum,
}

/// A section marker, parsed.
struct Marker {
    direction: Direction,
    irreversible: bool,
    mode: PartMode,
    dialect: Option<Dialect>,
}

/// Parses everything from `body`, which is the start of the first section marker.
pub(super) fn parse(path: &Path, text: &str, body: usize, dialect: Dialect) -> Result<Sections, ScriptError> {
    let mut upgrade = Vec::new();
    let mut downgrade = Downgrade::Absent;
    let mut any_upgrade = false;
    let mut open: Option<(Marker, usize)> = None;
    let mut splitter = Splitter::new(text, body, dialect);
    let mut close = |open: &mut Option<(Marker, usize)>, end: usize| {
        let Some((marker, start)) = open.take() else { return };
        if marker.dialect.is_some_and(|wanted| wanted != dialect) {
            return;
        }
        let part = Part { mode: marker.mode, span: start..end };
        match (marker.direction, &mut downgrade) {
            (Direction::Upgrade, _) => upgrade.push(part),
            (Direction::Downgrade, _) if marker.irreversible => downgrade = Downgrade::Irreversible,
            (Direction::Downgrade, Downgrade::Parts(parts)) => parts.push(part),
            (Direction::Downgrade, Downgrade::Absent) => downgrade = Downgrade::Parts(vec![part]),
            (Direction::Downgrade, Downgrade::Irreversible) => {}
        }
    };
    while let Some(piece) = splitter.next() {
        match piece.map_err(|error| ScriptError::sql(path, error))? {
            Piece::Directive(directive) => {
                let marker = parse_marker(path, text, &directive)?;
                close(&mut open, directive.line_span.start);
                any_upgrade |= marker.direction == Direction::Upgrade;
                splitter.set_dialect(marker.dialect.unwrap_or(dialect));
                open = Some((marker, directive.line_span.end));
            }
            Piece::Statement(statement) => {
                let Some((marker, _)) = &open else {
                    return Err(ScriptError::new(path, statement.position, Reason::OutsideSection));
                };
                refuse(path, marker, &statement.kind, statement.position)?;
            }
        }
    }
    close(&mut open, text.len());
    if !any_upgrade {
        return Err(ScriptError::new(path, Position { line: 1, column: 1 }, Reason::NoUpgrade));
    }
    Ok(Sections {
        upgrade_checksum: Checksum::of(upgrade_pieces(&upgrade, text)),
        downgrade_checksum: Checksum::of(downgrade_pieces(&downgrade, text)),
        upgrade,
        downgrade,
    })
}

fn refuse(path: &Path, marker: &Marker, kind: &StatementKind, position: Position) -> Result<(), ScriptError> {
    if marker.irreversible {
        return Err(ScriptError::new(path, position, Reason::StatementAfterIrreversible));
    }
    if *kind == StatementKind::TransactionControl && marker.mode != PartMode::NoTransaction {
        return Err(ScriptError::new(path, position, Reason::TransactionControl));
    }
    Ok(())
}

fn parse_marker(path: &Path, text: &str, directive: &Directive) -> Result<Marker, ScriptError> {
    let error = |reason| ScriptError::new(path, directive.position, reason);
    let mut words = text[directive.span.clone()].split_whitespace();
    let name = words.next().unwrap_or("");
    if !SECTIONS.contains(&name) {
        if super::header::known_directives().any(|known| known == name) {
            return Err(error(Reason::HeaderLineInSection { key: name.to_owned() }));
        }
        return Err(ScriptError::unknown_directive(path, directive.position, name));
    }
    let mut marker = Marker {
        direction: if name == "upgrade" { Direction::Upgrade } else { Direction::Downgrade },
        irreversible: name == "irreversible",
        mode: PartMode::Transaction,
        dialect: None,
    };
    for word in words {
        let repeated = || error(Reason::ContradictingAttributes { attribute: word.to_owned() });
        if let Ok(dialect) = word.parse::<Dialect>() {
            if marker.dialect.replace(dialect).is_some() {
                return Err(repeated());
            }
            continue;
        }
        let mode = match word {
            "no-transaction" => PartMode::NoTransaction,
            "foreign-keys=off" => PartMode::ForeignKeysOff,
            _ => return Err(ScriptError::unknown_attribute(path, directive.position, word)),
        };
        if marker.mode != PartMode::Transaction || marker.irreversible {
            return Err(repeated());
        }
        marker.mode = mode;
    }
    if marker.mode == PartMode::ForeignKeysOff && marker.dialect == Some(Dialect::PostgreSql) {
        return Err(error(Reason::ContradictingAttributes { attribute: "foreign-keys=off".to_owned() }));
    }
    Ok(marker)
}

pub(super) fn upgrade_pieces<'t>(parts: &[Part], text: &'t str) -> impl Iterator<Item = &'t str> {
    parts.iter().flat_map(move |part| part_pieces("upgrade", part, text))
}

pub(super) fn downgrade_pieces<'t>(downgrade: &Downgrade, text: &'t str) -> Vec<&'t str> {
    match downgrade {
        Downgrade::Parts(parts) => parts.iter().flat_map(|part| part_pieces("downgrade", part, text)).collect(),
        Downgrade::Irreversible => vec!["-- migrator:irreversible\n"],
        Downgrade::Absent => Vec::new(),
    }
}

/// A part as canonical text: a marker line, the SQL without surrounding white space, a line end.
pub(super) fn part_pieces<'t>(direction: &'static str, part: &Part, text: &'t str) -> [&'t str; 5] {
    let attribute = match part.mode {
        PartMode::Transaction => "\n",
        PartMode::NoTransaction => " no-transaction\n",
        PartMode::ForeignKeysOff => " foreign-keys=off\n",
    };
    ["-- migrator:", direction, attribute, text[part.span.clone()].trim(), "\n"]
}
