//! `GET /g/{group}`: a group's own page.

use axum::extract::Path;
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::collection;
use hedgerow_core::recurrence::Budget;
use hedgerow_core::rules::RecordBody;
use hedgerow_core::time::Timestamp;
use hedgerow_record_views::calendar::{has_dates, has_file};
use hedgerow_record_views::kind;
use hedgerow_record_views::place::place;
use hedgerow_record_views::sections::sections;
use hedgerow_record_views::times::times;
use hedgerow_web::components::Coming;
use hedgerow_web::pages::{NodeGroup, NodeGroupView, NodeKind};
use hedgerow_web::{Text, Words, response};
use http::StatusCode;

use super::message::empty_draft;
use super::public_view::{Shown, decode, group_href, own_listing};
use super::visit::{Unshown, Visit};
use crate::store::PublicRecord;

/// Shown events.
const MAX_COMING: usize = 12;
/// Events whose dates are computed: those that changed last.
const MAX_EVENTS: u32 = 200;
/// Shown records of another kind.
const MAX_OF_KIND: usize = 12;

/// The other kinds, in their order on the page. Other listings than the group's own come last.
const OTHER_KINDS: [&str; 6] = [
    collection::OFFER,
    collection::NEED,
    collection::STORY,
    collection::COMMITMENT,
    collection::VOUCH,
    collection::LISTING,
];

pub(super) async fn group(visit: Visit, Path(name): Path<String>) -> Response {
    match view(&visit, &name).await {
        Ok(view) => show(&visit, view),
        Err(why) => visit.unshown(&why),
    }
}

pub(super) fn show(visit: &Visit, view: NodeGroupView) -> Response {
    let page = NodeGroup::new(visit.shell.clone(), view);
    response::page(StatusCode::OK, &page)
}

/// What was read of a group.
struct Read {
    group: GroupId,
    listings: Vec<PublicRecord>,
    events: Vec<PublicRecord>,
    /// Each with one more than is shown, if there are more.
    others: Vec<(&'static str, Vec<PublicRecord>)>,
    has_message_form: bool,
}

/// What the page shows.
///
/// # Errors
/// [`Unshown::NotFound`] for a group without public records too.
pub(super) async fn view(visit: &Visit, name: &str) -> Result<NodeGroupView, Unshown> {
    let mut open = visit.open(name).await?;
    let group = open.group.id;
    let listings = open.listings().await?;
    let mut reading = open.reading;
    let events = reading.newest_public_records(&group, collection::EVENT, MAX_EVENTS);
    let events = events.await?;
    let mut others = Vec::new();
    for collection in OTHER_KINDS {
        // The own listing is left out below.
        let limit = u32::try_from(MAX_OF_KIND + 2).unwrap_or(u32::MAX);
        let records = reading.public_records(&group, collection, "", limit);
        others.push((collection, records.await?));
    }
    let read = Read {
        group,
        listings,
        events,
        others,
        has_message_form: reading.contact_form(&group).await?,
    };
    drop(reading);
    let (words, now) = (visit.words(), visit.now);
    let view = visit.work(move || fill(read, words, now)).await?;
    view.ok_or(Unshown::NotFound)
}

/// `None` for a group that shows nothing.
fn fill(read: Read, words: Words, now: Timestamp) -> Option<NodeGroupView> {
    let group = read.group;
    let listings = decode(&group, read.listings);
    let own = own_listing(&listings);
    let events = decode(&group, read.events);
    let budget = Budget::default();
    let mut coming: Vec<Coming> = events
        .iter()
        .filter_map(|event| coming_event(event, &group, (words, now), &budget))
        .collect();
    // Those in words only come last, by title.
    coming.sort_by_cached_key(|event| {
        let start = event.when.map(|when| when.start);
        (start.is_none(), start, event.title.as_str().to_lowercase())
    });
    coming.truncate(MAX_COMING);
    let others: Vec<NodeKind> = read
        .others
        .into_iter()
        .filter_map(|(collection, records)| of_kind(&group, collection, records, own))
        .collect();
    if own.is_none() && events.is_empty() && others.is_empty() {
        return None;
    }
    let href = group_href(&group);
    let dated = |event: &Shown| match &event.content.body {
        RecordBody::Event(event) => event.schedule.as_ref().is_some_and(has_dates),
        _ => false,
    };
    let own_text = |text: fn(&Shown) -> &str| {
        own.map_or_else(Text::default, |own| {
            Text::new(text(own), &own.content.language)
        })
    };
    Some(NodeGroupView {
        name: own_text(|own| &own.summary.title),
        summary: own_text(|own| &own.summary.summary),
        state: own.and_then(|own| own.content.stated_state()),
        state_words: own.and_then(|own| own.content.state_words()),
        freshness: own.map(|own| own.freshness(now)),
        events_href: (coming.len() < events.len()).then(|| format!("{href}/event")),
        coming,
        sections: own.map_or_else(Vec::new, |own| {
            sections(&own.content, words, now, &Budget::default())
        }),
        others,
        calendar_href: (events.iter().any(dated) || own.is_some_and(|own| has_file(&own.content)))
            .then(|| format!("{href}/events.ics")),
        feed_href: format!("{href}/feed.atom"),
        message: read.has_message_form.then(|| empty_draft(&group)),
        id: group.to_string(),
    })
}

/// An event with its next date. `None` for one whose dates have all passed.
fn coming_event(
    shown: &Shown,
    group: &GroupId,
    (words, now): (Words, Timestamp),
    budget: &Budget,
) -> Option<Coming> {
    let RecordBody::Event(event) = &shown.content.body else {
        return None;
    };
    let language = &shown.content.language;
    let schedule = event.schedule.as_ref();
    let times = schedule.map(|schedule| times(schedule, language, words, now, budget));
    let times = times.unwrap_or_default();
    let when = times.next.first().copied();
    let is_dated = schedule.is_some_and(has_dates);
    // Without steps left it is not known whether it is over.
    if when.is_none() && is_dated && budget.steps_left() > 0 {
        return None;
    }
    let how_often = times.words.or_else(|| times.rules.into_iter().next());
    Some(Coming {
        href: shown.href(group),
        title: shown.title(),
        when,
        how_often: how_often.unwrap_or_default(),
        place: event.place.as_ref().and_then(|it| place(it, language)),
        online: event.online.as_ref().is_some_and(|online| online.available),
        state: shown.content.stated_state(),
    })
}

fn of_kind(
    group: &GroupId,
    collection: &str,
    records: Vec<PublicRecord>,
    own: Option<&Shown>,
) -> Option<NodeKind> {
    let is_own = |shown: &Shown| {
        own.is_some_and(|own| own.collection == shown.collection && own.key == shown.key)
    };
    let shown = decode(group, records).into_iter();
    let mut records: Vec<(String, Text)> = shown
        .filter(|shown| !is_own(shown))
        .map(|shown| (shown.href(group), shown.title()))
        .collect();
    let has_more = records.len() > MAX_OF_KIND;
    records.truncate(MAX_OF_KIND);
    (!records.is_empty()).then(|| NodeKind {
        kind: kind(collection),
        records,
        all_href: has_more.then(|| format!("{}/{collection}", group_href(group))),
    })
}
