//! Hits of a search, for people and for programs.

mod hit;
mod output;
mod snippet;
pub mod sources;
mod table;

pub use hit::{Hit, to_text};
pub use output::{print_failures, print_names};
pub use table::{hit_table, new_table, number_cell, place_cell, source_cell};

#[cfg(test)]
mod tests;
