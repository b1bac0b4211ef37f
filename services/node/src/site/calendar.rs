//! Events for the calendars of phones: one as a file, or all of a group to subscribe to.

use axum::extract::Path;
use axum::response::Response;
use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, collection};
use hedgerow_core::recurrence::Budget;
use hedgerow_core::rules::RecordBody;
use hedgerow_proto::v1;
use hedgerow_record_views::calendar::{self, Origin};
use hedgerow_web::response::{file, kept_until_changed};
use http::{HeaderMap, HeaderValue};

use super::public_view::{Shown, decode, name_of, own_listing};
use super::record::RecordPath;
use super::visit::{Unshown, Visit};

const CALENDAR: HeaderValue = HeaderValue::from_static("text/calendar; charset=utf-8");

/// Events of a calendar: those that changed last.
const MAX_EVENTS: u32 = 300;

/// `GET /g/{group}/{collection}/{key}/event.ics`.
pub(super) async fn event_file(visit: Visit, Path(path): RecordPath) -> Response {
    match one(&visit, &path).await {
        // The name says nothing about the event: a list of downloads stays.
        Ok(text) => file("event.ics", CALENDAR, text.into_bytes()),
        Err(why) => visit.unshown(&why),
    }
}

async fn one(
    visit: &Visit,
    (group, collection, key): &(String, String, String),
) -> Result<String, Unshown> {
    let name = RecordName::parse(collection, key).map_err(|_| Unshown::NotFound)?;
    let mut open = visit.open(group).await?;
    let id = open.group.id;
    let record = open.reading.public_record(&id, &name).await?;
    let record = record.ok_or(Unshown::NotFound)?;
    drop(open);
    let now = visit.now;
    let write = move || {
        let shown = decode(&id, vec![record]).pop()?;
        calendar::file(&shown.content, &format!("{}@{id}", shown.key), now)
    };
    visit.work(write).await?.ok_or(Unshown::NotFound)
}

/// `GET /g/{group}/events.ics`: loaded again and again by programs that subscribe.
pub(super) async fn events(
    visit: Visit,
    Path(group): Path<String>,
    headers: HeaderMap,
) -> Response {
    match all(&visit, &group).await {
        Ok(text) => kept_until_changed(&headers, CALENDAR, text.into_bytes()),
        Err(why) => visit.unshown(&why),
    }
}

async fn all(visit: &Visit, group: &str) -> Result<String, Unshown> {
    let mut open = visit.open(group).await?;
    let id = open.group.id;
    let listings = open.listings().await?;
    let events = open
        .reading
        .newest_public_records(&id, collection::EVENT, MAX_EVENTS)
        .await?;
    drop(open);
    // A group that shows nothing has no calendar either.
    if events.is_empty() && listings.is_empty() {
        return Err(Unshown::NotFound);
    }
    let now = visit.now;
    let write = move || {
        let name = name_of(&id, listings.clone());
        let mut shown = decode(&id, events);
        // In an order that an edit does not change, so that a program sees one change.
        shown.sort_by(|a, b| a.key.cmp(&b.key));
        let events = shown.iter().filter_map(|shown| match &shown.content.body {
            RecordBody::Event(event) => Some((&**event, origin(&id, shown))),
            _ => None,
        });
        let mut events = events.peekable();
        if events.peek().is_some() {
            return calendar::events(name.as_str(), events, now, &Budget::default());
        }
        // A group often publishes its meetings as events too: they are then not shown twice.
        let own = decode(&id, listings);
        let meetings = own_listing(&own).map(|own| meetings_of(&id, own));
        let meetings = meetings.unwrap_or_default();
        let meetings = meetings.iter().map(|(one, origin)| (one, origin.clone()));
        calendar::events(name.as_str(), meetings, now, &Budget::default())
    };
    visit.work(write).await
}

/// The meetings that a listing states, as events.
fn meetings_of(group: &GroupId, listing: &Shown) -> Vec<(v1::Event, Origin)> {
    calendar::meetings(&listing.content, &format!("{}@{group}", listing.key))
}

fn origin(group: &GroupId, shown: &Shown) -> Origin {
    Origin {
        id: format!("{}@{group}", shown.key),
        changed: shown.content.changed,
    }
}
