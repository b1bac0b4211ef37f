use chrono::NaiveDate;

use crate::text::Text;

/// How far a promise is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    pub target: Option<Figure>,
    /// The figure at the beginning.
    pub baseline: Option<Figure>,
    /// The figure of the last report, and its day.
    pub latest: Option<Figure>,
    pub reported: Option<NaiveDate>,
    pub due: Option<NaiveDate>,
}

/// A number of something. It may be hidden because it counts few people.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub value: Option<f64>,
    /// What a hidden number is below.
    pub fewer_than: u32,
    pub unit: Text,
}
