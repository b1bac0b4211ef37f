//! Summaries of events.

use hedgerow_proto::v1;
use hedgerow_proto::v1::{EventOpenness, EventStatus};

use super::cost::Cost;
use super::fields::Summary;
use super::place::SummaryPlace;
use super::texts::{Texts, accessibility_tags, who_for_tags};

pub(super) fn summarise(body: &v1::Event) -> Summary {
    let places: Vec<_> = body
        .place
        .iter()
        .filter_map(SummaryPlace::from_place)
        .collect();
    let accessibility = accessibility_tags(body.accessibility.as_ref());
    let mut text = Texts::default();
    text.add(&[
        &body.description,
        &body.how_to_join_words,
        &body.status_words,
        &body.safety_note,
    ])
    .who_for(&body.who_for)
    .accessibility(body.accessibility.as_ref())
    .schedules(&body.schedule)
    .places(&places);
    let tags = [
        &body.tags,
        &body.activities,
        &body.how_to_join,
        &accessibility,
        &who_for_tags(&body.who_for),
    ];
    let online = body.online.as_ref();
    Summary {
        title: body.title.clone(),
        summary: body.summary.clone(),
        text: text.take(),
        tags: tags.into_iter().flatten().cloned().collect(),
        who_for: body.who_for.clone(),
        languages: body.languages.clone(),
        places,
        open_to_new: match body.openness() {
            EventOpenness::Unspecified => None,
            EventOpenness::Anyone => Some(true),
            EventOpenness::OtherGroups | EventOpenness::Members => Some(false),
        },
        how_to_join: body.how_to_join.clone(),
        accessibility,
        capacity: Some(body.capacity).filter(|capacity| *capacity != 0),
        cost: Cost::from_price(body.price.as_ref()),
        online: online.is_some_and(|online| online.available),
        online_only: online.is_some_and(|online| online.only),
        schedules: body.schedule.iter().cloned().collect(),
        event_openness: Some(body.openness()),
        event_status: Some(match body.status() {
            EventStatus::Unspecified => EventStatus::Planned,
            status => status,
        }),
        ..Summary::default()
    }
}
