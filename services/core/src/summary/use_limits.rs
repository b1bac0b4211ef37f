//! The limits within which a thing can be used.

use hedgerow_proto::v1;
use hedgerow_proto::v1::resource::Detail;

/// For how long and how far ahead a thing can be used. 0 means no limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct UseLimits {
    /// The shortest use.
    pub shortest_minutes: u32,
    /// The longest use.
    pub longest_minutes: u32,
    /// How long in advance to ask.
    pub notice_hours: u32,
    /// How far ahead it can be booked.
    pub book_ahead_days: u32,
}

impl UseLimits {
    /// Reads the limits of a resource; only a space limits the length of a use.
    #[must_use]
    pub fn new(resource: &v1::Resource) -> Self {
        let notice_hours = resource.notice_hours;
        match &resource.detail {
            Some(Detail::Space(space)) => Self {
                shortest_minutes: space.shortest_minutes,
                longest_minutes: space.longest_minutes,
                notice_hours,
                book_ahead_days: space.book_ahead_days,
            },
            _ => Self {
                notice_hours,
                ..Self::default()
            },
        }
    }
}
