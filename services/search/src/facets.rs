//! Facets: their columns, the values of a record, and counts over hits.

pub mod counter;
pub mod kinds;
pub mod values;
