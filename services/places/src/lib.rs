//! What people mean by a place's name: towns with a county behind them, suburbs, councils,
//! counties, regions, islands, other languages, and postcode districts.
//!
//! [`Places`] reads one file format in two forms: the embedded pack, which stays in the program's
//! file, and a *place pack* that an operator builds from open data and that stays on disk.
//! [`resolve`](Places::resolve) never settles a name that could be several places: it returns
//! [`Meaning::Ask`] unless the evidence decides or one place is far larger than the others.

mod boundaries;
mod built_up;
mod collection;
mod containment;
mod councils;
mod decide;
mod error;
mod evidence;
mod import;
mod known_areas;
mod mask;
mod meaning;
mod named_place;
mod nearest;
mod offer;
mod outline;
mod pack;
mod places;
mod point_grid;
mod postcodes;
mod record;
mod related;
mod resolve;
#[cfg(test)]
mod tables;
mod town;
mod typed;

pub use error::PlacesError;
pub use evidence::Evidence;
pub use import::{CouncilOutlines, ImportReport, council_outlines, grid_point, import};
pub use mask::AreaMask;
pub use meaning::{Because, Meaning};
pub use offer::Offer;
pub use pack::Manifest;
pub use places::Places;
pub use record::{Bounds, Kind, Record};
