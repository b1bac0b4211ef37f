//! The sections of a record's page, in the order in which a frightened newcomer needs them.

use hedgerow_core::recurrence::Budget;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::time::Timestamp;
use hedgerow_web::Words;
use hedgerow_web::view::{Details, Section};

use crate::content::RecordContent;
use builder::Sections;
pub use in_list::pays_running_costs;

mod builder;
mod event;
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
    match &record.body {
        RecordBody::Listing(listing) => listing::sections(listing, &sections),
        RecordBody::Event(event) => event::sections(event, &sections),
        RecordBody::Offer(offer) => resource::offer(offer, &sections),
        RecordBody::Need(need) => resource::need(need, &sections),
        RecordBody::Story(story) => other::story(story, &sections),
        RecordBody::Commitment(commitment) => other::commitment(commitment, &sections),
        RecordBody::Vouch(vouch) => other::vouch(vouch, &sections),
        RecordBody::Circumstances(_) | RecordBody::Unknown => Vec::new(),
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
