//! Hits of a search, for people and for programs.

mod hit;
mod snippet;
pub mod sources;
mod table;

pub use hit::Hit;
pub use table::hit_table;
pub use table::new_table;
pub use table::number_cell;
pub use table::place_cell;
pub use table::source_cell;

#[cfg(test)]
mod tests;
