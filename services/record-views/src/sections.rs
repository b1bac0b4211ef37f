//! The sections of a record's page, in the order in which a frightened newcomer needs them.

use hedgerow_core::recurrence::Budget;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::time::Timestamp;
use hedgerow_web::Words;
use hedgerow_web::view::{Details, Item, Section};

use crate::content::RecordContent;
use builder::Sections;

mod builder;
mod event;
#[cfg(test)]
mod every_field;
mod in_list;
mod listing;
mod other;
mod resource;
mod who_for;

/// What a record says, without what it does not say. The budget is one for all schedules of a
/// page: a hostile record may have dozens, each too costly by itself.
pub fn sections(
    record: &RecordContent,
    words: Words,
    now: Timestamp,
    budget: &Budget,
) -> Vec<Section> {
    let sections = Sections::new(&record.language, words, now, budget);
    let mut shown = match &record.body {
        RecordBody::Listing(listing) => listing::sections(listing, &sections),
        RecordBody::Event(event) => event::sections(event, &sections),
        RecordBody::Offer(offer) => resource::offer(offer, &sections),
        RecordBody::Need(need) => resource::need(need, &sections),
        RecordBody::Story(story) => other::story(story, &sections),
        RecordBody::Commitment(commitment) => other::commitment(commitment, &sections),
        RecordBody::Vouch(vouch) => other::vouch(vouch, &sections),
        RecordBody::Circumstances(one) => other::circumstances(one, &sections),
        RecordBody::Unknown => Vec::new(),
    };
    if record.stated_state().is_some() {
        leave_out_next_times(&mut shown);
    }
    shown
}

/// What is paused, closed, cancelled or put off does not happen next week. A single date stays, for
/// those who meant to come.
fn leave_out_next_times(sections: &mut [Section]) {
    for item in sections.iter_mut().flat_map(|section| &mut section.items) {
        if let Item::Times(times) = item
            && (times.words.is_some() || !times.rules.is_empty())
        {
            times.next.clear();
            times.changes.clear();
            times.zone = None;
        }
    }
}

/// What a list adds to the row of a record: the facts by which people choose there.
pub fn details(record: &RecordContent, words: Words, now: Timestamp) -> Details {
    let budget = Budget::default();
    let sections = Sections::new(&record.language, words, now, &budget);
    match &record.body {
        RecordBody::Offer(offer) => in_list::offer(offer, &sections),
        RecordBody::Need(need) => in_list::need(need, &sections),
        RecordBody::Commitment(commitment) => in_list::commitment(commitment, &sections),
        RecordBody::Story(story) => in_list::story(story, &sections),
        _ => Details::default(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use hedgerow_proto::v1;
    use hedgerow_testkit::samples::{listing, weekly};

    use super::*;

    fn next_times(body: RecordBody) -> usize {
        let record = RecordContent {
            body,
            language: "en-GB".to_owned(),
            changed: Timestamp::from_seconds(0),
            hash: String::new(),
        };
        // 27 November 2026.
        let now = Timestamp::from_seconds(1_795_780_800);
        let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let sections = sections(&record, Words::new("en", day), now, &Budget::default());
        let items = sections.iter().flat_map(|section| &section.items);
        let next = items.filter_map(|item| match item {
            Item::Times(times) => Some(times.next.len()),
            _ => None,
        });
        next.sum()
    }

    #[test]
    fn what_does_not_happen_has_no_next_times() {
        let walk = weekly("Walk", "2026-09-22T18:00", "Leeds");
        let event = |status: v1::EventStatus, event: &v1::Event| {
            let status = status.into();
            let event = v1::Event {
                status,
                ..event.clone()
            };
            next_times(RecordBody::Event(Box::new(event)))
        };
        assert_eq!(event(v1::EventStatus::Planned, &walk), 5);
        assert_eq!(event(v1::EventStatus::Cancelled, &walk), 0);
        assert_eq!(event(v1::EventStatus::Postponed, &walk), 0);
        let once = v1::Event {
            schedule: Some(v1::Schedule {
                start: "2026-12-22T18:00".into(),
                duration_minutes: 60,
                time_zone: "Europe/London".into(),
                ..v1::Schedule::default()
            }),
            ..walk.clone()
        };
        assert_eq!(event(v1::EventStatus::Cancelled, &once), 1);
        let paused = |state: v1::ActivityState| {
            let listing = v1::Listing {
                schedules: walk.schedule.clone().into_iter().collect(),
                activity_state: state.into(),
                ..listing("Us", "We walk", None)
            };
            next_times(RecordBody::Listing(Box::new(listing)))
        };
        assert_eq!(paused(v1::ActivityState::Active), 5);
        assert_eq!(paused(v1::ActivityState::Paused), 0);
        assert_eq!(paused(v1::ActivityState::Closed), 0);
    }
}
