//! Events for the calendar of a phone (RFC 5545).

use hedgerow_core::recurrence::{parse_local, parse_zone};
use hedgerow_proto::v1;

pub use event::{Origin, event, events};

mod event;
mod lines;
#[cfg(test)]
mod tests;
mod times;
mod zone;

/// Whether a schedule has a start that a calendar can show.
pub fn has_dates(schedule: &v1::Schedule) -> bool {
    parse_local(&schedule.start).is_some() && parse_zone(&schedule.time_zone).is_some()
}
