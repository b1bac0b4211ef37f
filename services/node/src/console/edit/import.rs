//! `/events/import`: events of a calendar file. A second import changes the events of the first.

use hedgerow_core::name::{Collection, RecordKey, RecordName};
use hedgerow_forms::{Envelope, FileEvent, read_calendar, updated};
use hedgerow_proto::{steward_v1, v1};
use hedgerow_record_views::rule_sentence;
use hedgerow_transport::failure::Failure;
use hedgerow_web::Text;
use hedgerow_web::pages::console::ConsoleNav;
use hedgerow_web::pages::console::edit::{Import, ImportRow, ImportState, ImportView};
use prost::Message as _;
use sha2::{Digest as _, Sha256};
use steward_v1::record_change::Change;

use super::super::failed::Failed;
use super::super::form::ConsoleForm;
use super::super::respond::{Shown, invalid, page, see_other};
use super::super::steward::InGroup;
use super::outcome::{
    Outcome, check, confirmed, new_request_id, of_violations, request_id, violations_of,
};
use super::stored::{Stored, draft};

/// Letters of a title in the preview.
const MAX_TITLE: usize = 200;

/// What is done with one event of a file.
struct Planned {
    row: ImportRow,
    uid_hash: [u8; 32],
    /// Absent if nothing changes, or the event is left out.
    change: Option<Change>,
}

/// `GET`.
pub(super) async fn show(visit: InGroup) -> Shown {
    let view = empty(&visit);
    page(&Import::new(visit.frame(ConsoleNav::Events), view))
}

/// `POST`: shows what is in a file, or publishes it.
pub(super) async fn read(visit: InGroup, ConsoleForm(form): ConsoleForm) -> Shown {
    let file = form.get("file");
    let text = if file.is_empty() {
        form.get("calendar")
    } else {
        file
    };
    let planned = match plan(&visit, text).await? {
        Ok(planned) => planned,
        Err(error) => {
            let view = ImportView {
                error: Some(error),
                text: text.to_owned(),
                ..empty(&visit)
            };
            return invalid(&Import::new(visit.frame(ConsoleNav::Events), view));
        }
    };
    let answers = confirmed(&form);
    if form.get("do") != "publish" {
        let outcome = if planned.iter().any(|event| event.change.is_some()) {
            let id = new_request_id(&visit);
            check(&visit, &answers, |confirmed| {
                request(&planned, &id, confirmed)
            })
            .await?
        } else {
            Outcome::default()
        };
        let view = preview(&visit, text, &planned, outcome);
        return page(&Import::new(visit.frame(ConsoleNav::Events), view));
    }
    let id = request_id(&visit, &form);
    let published = visit.publish(request(&planned, &id, &answers)).await;
    let response = match published {
        Ok(response) => response,
        Err(failure) => {
            let outcome = of_violations(&violations_of(failure)?, &answers, visit.steward.words());
            let view = preview(&visit, text, &planned, outcome);
            return invalid(&Import::new(visit.frame(ConsoleNav::Events), view));
        }
    };
    remember(&visit, &planned, &response).await?;
    visit.steward.flash("import-done").await?;
    see_other(&format!("{}/events", visit.base()))
}

/// Stores which record an event of the calendar has become.
async fn remember(
    visit: &InGroup,
    planned: &[Planned],
    response: &steward_v1::PublishRecordsResponse,
) -> Result<(), Failed> {
    let mut writing = visit.shared().store.write().await?;
    let changed = planned.iter().filter(|event| event.change.is_some());
    for (event, record) in changed.zip(&response.records) {
        if let Some(name) = &record.name {
            writing
                .put_imported_event(&visit.group.id, &event.uid_hash, &name.key)
                .await?;
        }
    }
    writing.forget_gone_imports(&visit.group.id).await?;
    Ok(writing.commit().await?)
}

/// Reads a file, and compares its events with those that are there.
async fn plan(visit: &InGroup, text: &str) -> Result<Result<Vec<Planned>, &'static str>, Failed> {
    let (owned, now) = (text.to_owned(), visit.shared().now());
    // A rule of a file may be costly.
    let read = tokio::task::spawn_blocking(move || read_calendar(&owned, now));
    let events = match read.await.map_err(Failure::internal)? {
        Ok(events) => events,
        Err(error) => return Ok(Err(error)),
    };
    let place = own_place(visit).await?;
    let mut planned = Vec::with_capacity(events.len());
    for event in events {
        planned.push(plan_event(visit, event, place.as_ref()).await?);
    }
    Ok(Ok(planned))
}

async fn plan_event(
    visit: &InGroup,
    event: FileEvent,
    place: Option<&v1::Place>,
) -> Result<Planned, Failed> {
    let uid_hash: [u8; 32] = Sha256::digest(event.uid.as_bytes()).into();
    let title: String = event.title.chars().take(MAX_TITLE).collect();
    let row = |state| ImportRow {
        title: Text::plain(&title),
        start: event.start,
        state,
    };
    let from_file = match &event.event {
        Ok(from_file) => from_file,
        Err(key) => {
            return Ok(Planned {
                row: row(ImportState::Unread(key)),
                uid_hash,
                change: None,
            });
        }
    };
    let (state, change) = match existing(visit, &uid_hash).await? {
        Some(stored) => match updated(&stored.body, from_file) {
            Some(body) if body == stored.body => (ImportState::Same, None),
            Some(body) => {
                let draft = draft(body, &stored.envelope(), None);
                let change = Change::Replace(steward_v1::ReplacedRecord {
                    name: Some(stored.record.entry.name.to_proto()),
                    draft: Some(draft),
                    etag: stored.record.etag(),
                });
                (ImportState::Changed, Some(change))
            }
            None => (ImportState::Same, None),
        },
        None if from_file.status() == v1::EventStatus::Cancelled => {
            (ImportState::Unread("import-unread-cancelled"), None)
        }
        None => {
            let mut new = from_file.clone();
            // Where the group meets, as precisely as it chose: a calendar may have an address.
            new.place = Some(place.cloned().unwrap_or_else(hidden));
            let draft = draft(new.encode_to_vec(), &Envelope::new("event"), None);
            let change = Change::Put(steward_v1::NewRecord {
                collection: "event".to_owned(),
                draft: Some(draft),
            });
            (ImportState::New, Some(change))
        }
    };
    Ok(Planned {
        row: row(state),
        uid_hash,
        change,
    })
}

/// The record that an event of the calendar became at an earlier import.
async fn existing(visit: &InGroup, uid_hash: &[u8; 32]) -> Result<Option<Stored>, Failed> {
    let mut reading = visit.shared().store.read().await?;
    let key = reading.imported_event(&visit.group.id, uid_hash).await?;
    drop(reading);
    let name = key.and_then(|key| {
        Some(RecordName {
            collection: Collection::parse("event").ok()?,
            key: RecordKey::parse(&key).ok()?,
        })
    });
    match name {
        Some(name) => Ok(Stored::read(visit, &name).await?),
        None => Ok(None),
    }
}

/// The place of the group's listing, if it has exactly one.
async fn own_place(visit: &InGroup) -> Result<Option<v1::Place>, Failed> {
    let (listings, _) = Stored::list(visit, "listing", "", 1).await?;
    let listing = listings
        .first()
        .and_then(|stored| v1::Listing::decode(stored.body.as_slice()).ok());
    let mut places = listing.map(|listing| listing.places).unwrap_or_default();
    Ok(places.pop().filter(|_| places.is_empty()))
}

/// A place of which nothing is said, for a group with no place or several.
fn hidden() -> v1::Place {
    v1::Place {
        precision: v1::Precision::Hidden.into(),
        ..v1::Place::default()
    }
}

fn request(
    planned: &[Planned],
    request_id: &str,
    confirmed: &[String],
) -> steward_v1::PublishRecordsRequest {
    let changes = planned.iter().filter_map(|event| event.change.clone());
    let changes = changes.map(|mut change| {
        let draft = match &mut change {
            Change::Put(put) => put.draft.as_mut(),
            Change::Replace(replace) => replace.draft.as_mut(),
            Change::Withdraw(_) => None,
        };
        if let Some(draft) = draft {
            draft.confirmed = confirmed.to_vec();
        }
        steward_v1::RecordChange {
            change: Some(change),
        }
    });
    steward_v1::PublishRecordsRequest {
        request_id: request_id.to_owned(),
        changes: changes.collect(),
        confirmed: Vec::new(),
    }
}

fn empty(visit: &InGroup) -> ImportView {
    ImportView {
        action: format!("{}/events/import", visit.base()),
        back: format!("{}/events", visit.base()),
        request: new_request_id(visit),
        ..ImportView::default()
    }
}

fn preview(visit: &InGroup, text: &str, planned: &[Planned], outcome: Outcome) -> ImportView {
    ImportView {
        text: text.to_owned(),
        rows: planned.iter().map(|event| event.row.clone()).collect(),
        is_read: true,
        questions: outcome.questions,
        problems: outcome
            .problems
            .iter()
            .map(|it| rule_sentence(&it.reason, &it.message, visit.steward.words()))
            .collect(),
        ..empty(visit)
    }
}
