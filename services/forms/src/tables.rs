//! The fields of every kind of record, in the order of its page.

pub(crate) mod detail;
pub(crate) mod event;
pub(crate) mod listing;
pub(crate) mod other;
pub(crate) mod outer;
pub(crate) mod resource;

mod choices;
mod part_rows;
mod parts;
mod rows;
