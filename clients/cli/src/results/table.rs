//! Parts of tables for people.

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use hedgerow_input::labels;

use super::hit::Hit;

/// An empty table in the style of every command.
pub fn new_table(header: &[&str], width: u16) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(width)
        .set_header(header);
    table
}

/// A right-aligned cell, for a number.
pub fn number_cell(number: impl ToString) -> Cell {
    Cell::new(number).set_alignment(CellAlignment::Right)
}

/// The place and the distance.
pub fn place_cell(hit: &Hit) -> String {
    let place = hit.place_words();
    let place = place.as_deref().unwrap_or("not stated");
    match hit.distance_km {
        Some(kilometres) => format!("{place}\n{}", labels::miles(kilometres * 1_000.0)),
        None => place.to_owned(),
    }
}
