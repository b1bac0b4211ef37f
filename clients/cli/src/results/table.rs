//! Hits as a table for people.

use std::time::Duration;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Table, presets};
use hedgerow_core::name::collection;
use hedgerow_input::labels;

use super::hit::Hit;
use super::snippet;

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

/// A numbered row for each hit.
pub fn hit_table(hits: &[Hit], width: u16) -> String {
    let mut table = new_table(&["", "What", "Where", "Source"], width);
    for (index, hit) in hits.iter().enumerate() {
        table.add_row([
            number_cell(index + 1),
            Cell::new(title_cell(hit)),
            Cell::new(snippet::without_marks(&place_cell(hit))),
            Cell::new(snippet::without_marks(&source_cell(hit))),
        ]);
    }
    snippet::style(&table.trim_fmt())
}

fn title_cell(hit: &Hit) -> String {
    let mut text = hit.title.clone();
    if hit.collection != collection::LISTING {
        text += &format!("\n{} by {}", hit.collection, hit.publisher_name);
    }
    // A title could contain the characters that mark matches.
    text = snippet::without_marks(&text);
    match (hit.state, &hit.next_local, &hit.next_start) {
        (Some(state), ..) => text += &format!("\n{state}"),
        (None, Some(local), _) => text += &format!("\nnext: {local}"),
        (None, None, Some(start)) => text += &format!("\nnext: {start}"),
        (None, None, None) => {}
    }
    if let Some(snippet) = &hit.marked_snippet {
        text += &format!("\n“{snippet}”");
    }
    text
}

/// The place and the distance.
pub fn place_cell(hit: &Hit) -> String {
    let place = hit.place.as_deref().unwrap_or("not said");
    match hit.distance_km {
        Some(kilometres) => format!("{place}\n{}", labels::miles(kilometres * 1_000.0)),
        None => place.to_owned(),
    }
}

/// The voice and source of the record, with warnings about its age.
pub fn source_cell(hit: &Hit) -> String {
    let mut text = voice(hit);
    if let (true, Some(age)) = (hit.is_stale, hit.head_age_s) {
        let age = labels::duration(Duration::from_secs(age));
        text += &format!("\nits node signed nothing for {age}");
    }
    text
}

fn voice(hit: &Hit) -> String {
    match (hit.voice.as_str(), &hit.listed_source) {
        ("catalogued", Some(source)) => format!(
            "{}\n{}\n(listed by {})",
            labels::recorded(source),
            labels::source(source),
            hit.publisher_name
        ),
        ("catalogued", None) => "catalogued; may no longer exist".to_owned(),
        ("on-behalf", _) => format!("{} speaks for it", hit.publisher_name),
        _ if hit.is_old => format!(
            "{}\nnobody has said “still right” for a year",
            labels::identity(hit.publisher_identity)
        ),
        _ => labels::identity(hit.publisher_identity).to_owned(),
    }
}
