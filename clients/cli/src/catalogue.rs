//! Catalogued listings: listings about others, from a named source.
//!
//! Such a listing has its source's title, section and year, no contact but a website, and
//! no place finer than town.

mod csv;
mod embedded;
mod entry;
mod from_entry;
mod listing;
mod mapping;
mod places;
mod table;
mod tags;

pub use csv::{COLUMNS, read_csv};
pub use embedded::{Catalogue, Unmapped};
pub use listing::CataloguedListing;
pub use mapping::Field;
pub use table::rows_by;
pub use tags::add_tag;

#[cfg(test)]
mod tests;
