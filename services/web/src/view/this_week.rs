use crate::text::Text;
use crate::view::hit::Hit;

/// The next events near a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThisWeek {
    /// The place that was meant; empty for everywhere.
    pub place: Text,
    pub is_inside: bool,
    /// The first of them.
    pub events: Vec<Hit>,
}
