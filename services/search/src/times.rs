//! Time in the index: occurrences and opening hours as numbers of a document, and filters over
//! them.
//!
//! A document has the occurrences of the next 400 days, so its record is indexed again before
//! they run out. Weekdays and times of day are local to the record's own time zone: seven in
//! the evening is seven for a seeker in any zone.

pub mod availability;
pub mod encoding;
pub mod expansion;
pub mod filter;
pub mod ranges;
