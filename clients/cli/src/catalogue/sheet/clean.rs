//! A cell as a person reads it.

use super::entities::decode_entities;

/// What was changed in a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Change {
    /// `&eacute;` was written for é.
    Entities,
    /// Characters that no reader sees were taken out.
    Invisible,
}

/// Trims a cell, decodes HTML entities, and takes out control and direction characters.
pub fn clean(cell: &str) -> (String, Vec<Change>) {
    let mut changes = Vec::new();
    let decoded = decode_entities(cell);
    if decoded.is_some() {
        changes.push(Change::Entities);
    }
    let text = decoded.as_deref().unwrap_or(cell);
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
    (cleaned.trim().to_owned(), changes)
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
