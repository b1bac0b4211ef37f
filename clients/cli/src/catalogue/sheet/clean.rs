//! A cell as a person reads it.

use super::entities::decode_entities;
use super::markup::strip_tags;

/// What was changed in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// `&eacute;` was written for é.
    Entities,
    /// Tags of HTML were taken out.
    Markup,
    /// The error of a formula was taken as empty.
    FormulaError,
    /// Characters that no reader sees were taken out.
    Invisible,
}

/// What databases and programs write for an empty cell.
const EMPTY: [&str; 15] = [
    "\\N", "NULL", "null", "Null", "(null)", "(blank)", "N/A", "n/a", "N.A.", "NaN", "nan", "None",
    "-", "–", "—",
];
const FORMULA_ERRORS: [&str; 7] = [
    "#N/A", "#REF!", "#DIV/0!", "#VALUE!", "#NAME?", "#NULL!", "#NUM!",
];

/// Trims a cell, decodes HTML, takes out control and direction characters, and empties a cell
/// that only states that it is empty.
pub fn clean(cell: &str) -> (String, Vec<Change>) {
    let mut changes = Vec::new();
    let plain = strip_tags(cell);
    let decoded = decode_entities(plain.as_deref().unwrap_or(cell));
    if decoded.is_some() {
        changes.push(Change::Entities);
    }
    // Exports of websites write `&lt;p&gt;`.
    let stripped = decoded.as_deref().and_then(strip_tags);
    if plain.is_some() || stripped.is_some() {
        changes.push(Change::Markup);
    }
    let text = stripped.or(decoded).or(plain);
    let text = text.as_deref().unwrap_or(cell);
    let mut cleaned = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\t' | '\u{a0}' => cleaned.push(' '),
            _ if is_invisible(letter) => {
                if !changes.contains(&Change::Invisible) {
                    changes.push(Change::Invisible);
                }
            }
            _ => cleaned.push(letter),
        }
    }
    let cleaned = cleaned.trim();
    if FORMULA_ERRORS.contains(&cleaned) {
        return (String::new(), vec![Change::FormulaError]);
    }
    if EMPTY.contains(&cleaned) {
        return (String::new(), Vec::new());
    }
    (cleaned.to_owned(), changes)
}

/// Joiners (U+200C, U+200D) are letters of several scripts, and stay.
fn is_invisible(letter: char) -> bool {
    (letter.is_control() && letter != '\n')
        || matches!(
            letter,
            '\u{ad}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}
