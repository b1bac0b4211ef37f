//! Catalogued listings: listings about others, from a named source.
//!
//! Such a listing has its source's title, section and year, no contact but a website, and
//! no place finer than town.

mod around;
mod column;
mod csv;
mod embedded;
mod entry;
mod from_entry;
mod identity;
mod listing;
mod mapping;
mod match_headers;
mod meeting_times;
mod more_fields;
mod place_cells;
mod places;
mod position;
mod row;
mod sheet;
mod table;
mod tags;
mod web_address;

pub use column::{COLUMNS, Column};
pub use csv::{Notes, Problem, Table, TableOptions, TableRow, read_table};
pub use embedded::{Catalogue, Unmapped};
pub use identity::opaque_id;
pub use listing::CataloguedListing;
pub use mapping::Field;
pub use match_headers::{Choice, quoted};
pub use meeting_times::{DateChoice, HalfChoice};
pub use place_cells::PlaceFinder;
pub use row::Defaults;
pub use sheet::{Encoding, MAX_FILE_BYTES, Position};
pub use table::rows_by;
pub use tags::add_tag;

#[cfg(test)]
mod tests;
