//! Hits of a search, for people and for programs.

mod hit;
mod list;
mod output;
mod signposts;
mod snippet;
pub mod sources;
mod table;
mod unknown_values;

pub use hit::{Hit, group_by_organisation, to_text};
pub use list::{entries, hit_list};
pub use output::{failures, print_failures, print_names};
pub use signposts::signposts;
pub use table::{new_table, number_cell, place_cell};
pub use unknown_values::{print_unknown_values, quoted, unknown_values_to_json};

#[cfg(test)]
mod tests;
