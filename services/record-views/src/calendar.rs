//! Events for the calendar of a phone (RFC 5545).

use hedgerow_core::recurrence::{Budget, parse_local, parse_zone};
use hedgerow_core::rules::RecordBody;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_proto::v1::ActivityState;

use crate::content::RecordContent;
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

/// Whether a record has a calendar file: an event with dates, or the listing of a group that states
/// when it meets.
pub fn has_file(record: &RecordContent) -> bool {
    match &record.body {
        RecordBody::Event(event) => event.schedule.as_ref().is_some_and(has_dates),
        RecordBody::Listing(listing) => {
            is_going(listing) && listing.schedules.iter().any(has_dates)
        }
        _ => false,
    }
}

/// The calendar of a record. `None` for a record without dates. `id` is the same in every version
/// of the record, and of no other one.
pub fn file(record: &RecordContent, id: &str, now: Timestamp) -> Option<String> {
    if let RecordBody::Event(one) = &record.body {
        let origin = Origin {
            id: id.to_owned(),
            changed: record.changed,
        };
        return event(one, &origin, now);
    }
    let mut meetings = meetings(record, id);
    match meetings.len() {
        0 => None,
        1 => {
            let (one, origin) = meetings.remove(0);
            event(&one, &origin, now)
        }
        _ => {
            let name = meetings[0].0.title.clone();
            let several = meetings.iter().map(|(one, origin)| (one, origin.clone()));
            Some(events(&name, several, now, &Budget::default()))
        }
    }
}

/// The regular meetings of a group as its listing states them, as events.
pub fn meetings(record: &RecordContent, id: &str) -> Vec<(v1::Event, Origin)> {
    let RecordBody::Listing(listing) = &record.body else {
        return Vec::new();
    };
    let schedules = listing.schedules.iter().enumerate();
    let dated = schedules.filter(|(_, schedule)| is_going(listing) && has_dates(schedule));
    dated
        .map(|(index, schedule)| {
            let origin = Origin {
                id: format!("{index}-{id}"),
                changed: record.changed,
            };
            (meeting(listing, schedule), origin)
        })
        .collect()
}

/// What has a pause or is closed does not meet next week.
fn is_going(listing: &v1::Listing) -> bool {
    !matches!(
        listing.activity_state(),
        ActivityState::Paused | ActivityState::Closed
    )
}

/// The regular meeting of a group as an event.
fn meeting(listing: &v1::Listing, schedule: &v1::Schedule) -> v1::Event {
    v1::Event {
        title: listing.name.clone(),
        summary: listing.summary.clone(),
        schedule: Some(schedule.clone()),
        // A group that meets in several places does not say here which one it is.
        place: match listing.places.as_slice() {
            [place] => Some(place.clone()),
            _ => None,
        },
        online: listing.online.clone(),
        how_to_join_words: listing.how_to_join_words.clone(),
        contacts: listing.contacts.clone(),
        status: v1::EventStatus::Planned.into(),
        ..v1::Event::default()
    }
}
