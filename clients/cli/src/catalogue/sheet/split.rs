//! Text of a table to rows and cells (RFC 4180, as spreadsheets write and people bend it).

use super::row::{Position, SheetRow};

/// The rarer one in headers first, because it wins over as many of the next.
const SEPARATORS: [char; 4] = ['\t', ';', '|', ','];

/// The separator that is most frequent outside quotation marks in the first line with text.
pub(super) fn separator(text: &str) -> char {
    let line = text.lines().find(|line| !line.trim().is_empty());
    let mut counts = [0_usize; SEPARATORS.len()];
    let mut is_quoted = false;
    for letter in line.unwrap_or_default().chars() {
        if letter == '"' {
            is_quoted = !is_quoted;
        }
        if !is_quoted && let Some(at) = SEPARATORS.iter().position(|it| *it == letter) {
            counts[at] += 1;
        }
    }
    if counts.iter().all(|count| *count == 0) {
        return ',';
    }
    // `rev`, because the last of equals is taken.
    let most = (0..counts.len()).rev().max_by_key(|at| counts[*at]);
    SEPARATORS[most.unwrap_or_default()]
}

/// The separator that a first line `sep=;` states, and the bytes of its text.
pub(super) fn stated_separator(text: &str) -> Option<(char, usize)> {
    let line = text.split(['\r', '\n']).next()?;
    let stated = line.trim_matches('"');
    let separator = stated
        .strip_prefix("sep=")
        .or_else(|| stated.strip_prefix("SEP="))?;
    let mut letters = separator.chars();
    let separator = letters.next().filter(|it| SEPARATORS.contains(it))?;
    letters.next().is_none().then_some((separator, line.len()))
}

/// Splits rows whose only cell holds a whole row: `"Name,Town"`. Programs write such tables from
/// cells into which lines of text were pasted.
pub(super) fn unwrap(rows: Vec<SheetRow>, separator: char) -> (Vec<SheetRow>, char) {
    let only = |row: &SheetRow| match row.cells.as_slice() {
        [cell] if !cell.contains('\n') => Some(cell.clone()),
        _ => None,
    };
    let Some(lines) = rows.iter().map(only).collect::<Option<Vec<_>>>() else {
        return (rows, separator);
    };
    let inner = lines
        .first()
        .map_or(separator, |line| self::separator(line));
    let has_columns = lines.first().is_some_and(|line| line.contains(inner));
    let split: Option<Vec<SheetRow>> = rows
        .iter()
        .zip(&lines)
        .map(|(row, line)| {
            let cells = match self::rows(line, inner).ok()?.pop() {
                Some(split) => split.cells,
                None => vec![String::new()],
            };
            Some(SheetRow {
                position: row.position,
                cells,
            })
        })
        .collect();
    match split.filter(|_| has_columns) {
        Some(split) => (split, inner),
        None => (rows, separator),
    }
}

/// Splits at separators and line ends. A quotation mark within a cell that does not begin
/// with one is a letter.
pub(super) fn rows(text: &str, separator: char) -> Result<Vec<SheetRow>, String> {
    let mut rows = Vec::new();
    let mut position = Position { row: 1, line: 1 };
    let mut line = 1;
    let mut cells = Vec::new();
    let mut cell = String::new();
    // The row in which a quotation mark was opened.
    let mut quoted: Option<Position> = None;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let is_end = matches!(letter, '\r' | '\n');
        if is_end {
            line += 1;
        }
        if letter == '\r' {
            letters.next_if_eq(&'\n');
        }
        if quoted.is_some() {
            match letter {
                '"' if letters.next_if_eq(&'"').is_some() => cell.push('"'),
                '"' => quoted = None,
                _ if is_end => cell.push('\n'),
                _ => cell.push(letter),
            }
        } else if is_end {
            cells.push(std::mem::take(&mut cell));
            rows.push(SheetRow {
                position,
                cells: std::mem::take(&mut cells),
            });
            position = Position {
                row: position.row + 1,
                line,
            };
        } else if letter == separator {
            cells.push(std::mem::take(&mut cell));
        } else if letter == '"' && cell.trim().is_empty() {
            cell.clear();
            quoted = Some(position);
        } else {
            cell.push(letter);
        }
    }
    if let Some(opened) = quoted {
        return Err(format!(
            "{opened}: a quotation mark opens a cell that is never closed. Take it out, or double it"
        ));
    }
    if !cell.is_empty() || !cells.is_empty() {
        cells.push(cell);
        rows.push(SheetRow { position, cells });
    }
    Ok(rows)
}
