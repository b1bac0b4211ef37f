//! Loads the records that the rules compare a request's edits with.

use std::collections::BTreeSet;

use hedgerow_core::name::{RecordKey, RecordName};
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules::{PlaceInUse, RecordBody, catalogued_key, places_in_use};
use hedgerow_core::summary::title_of;
use hedgerow_transport::failure::Failure;

use super::edit::{Change, Edit};
use super::write_request::WriteRequest;
use crate::audience::Audience;
use crate::group::Group;
use crate::store::{StoredRecord, Transaction};

/// Edits with the existing records that they concern.
pub(super) struct Loaded {
    pub(super) edits: Vec<(Edit, Option<Existing>)>,
    /// Places in the group's other public records, which no edit concerns.
    pub(super) places: Vec<PlaceInUse>,
}

/// A record that an edit would replace or withdraw.
pub(super) struct Existing {
    pub(super) record: StoredRecord,
    pub(super) parsed: ParsedRecord,
}

/// Records per query. A page at a time bounds the memory for the largest groups.
const PAGE: u32 = 500;

pub(super) async fn load(request: &WriteRequest, edits: Vec<Edit>) -> Result<Loaded, Failure> {
    let group = &request.group;
    let mut reading = request.shared.store.read().await?;
    let mut loaded = Vec::with_capacity(edits.len());
    let (mut targets, mut any_place) = (BTreeSet::new(), false);
    for edit in edits {
        let existing = match target(&edit.change) {
            Some(name) => {
                let existing = existing(&mut reading, group, &name).await?;
                targets.insert(name);
                existing
            }
            None => None,
        };
        any_place |= has_place(&edit.change);
        loaded.push((edit, existing));
    }
    // Most edits have no place, and then the other records do not matter. Reading them all
    // is the expensive part.
    let places = if any_place {
        places_of_others(&mut reading, group, &targets).await?
    } else {
        Vec::new()
    };
    Ok(Loaded {
        edits: loaded,
        places,
    })
}

/// Returns the name of the record that a change concerns, unless the name is random and
/// does not exist yet.
fn target(change: &Change) -> Option<RecordName> {
    match change {
        Change::Add {
            collection, draft, ..
        } => Some(RecordName {
            collection: collection.clone(),
            key: catalogued_key(draft.subject.as_ref()?)?,
        }),
        Change::Replace { name, .. } | Change::Withdraw { name, .. } => Some(name.clone()),
    }
}

fn has_place(change: &Change) -> bool {
    let (collection, draft) = match change {
        Change::Add {
            collection, draft, ..
        } => (collection, draft),
        Change::Replace { name, draft, .. } => (&name.collection, draft),
        Change::Withdraw { .. } => return false,
    };
    match RecordBody::parse(collection.as_str(), &draft.body) {
        Ok(RecordBody::Listing(listing)) => !listing.places.is_empty(),
        Ok(RecordBody::Event(event)) => event.place.is_some(),
        Ok(RecordBody::Offer(offer)) => offer
            .resource
            .is_some_and(|resource| resource.place.is_some()),
        _ => false,
    }
}

async fn existing(
    reading: &mut Transaction,
    group: &Group,
    name: &RecordName,
) -> Result<Option<Existing>, Failure> {
    let Some(record) = reading.record(&group.id, name).await? else {
        return Ok(None);
    };
    let parsed = parse_body(reading, group, &record).await?;
    Ok(parsed.map(|parsed| Existing { record, parsed }))
}

async fn parse_body(
    reading: &mut Transaction,
    group: &Group,
    record: &StoredRecord,
) -> Result<Option<ParsedRecord>, Failure> {
    let Some(bytes) = reading.body(&group.id, &record.entry.hash).await? else {
        return Ok(None);
    };
    // No size limit: the record was accepted, possibly under a higher configured limit.
    let parsed = ParsedRecord::parse_within(&bytes, &group.id, bytes.len());
    parsed.map(Some).map_err(Failure::internal)
}

async fn places_of_others(
    reading: &mut Transaction,
    group: &Group,
    targets: &BTreeSet<RecordName>,
) -> Result<Vec<PlaceInUse>, Failure> {
    let mut places = Vec::new();
    let mut after: Option<RecordName> = None;
    loop {
        let from = after.as_ref().map_or(("", ""), |name| {
            (name.collection.as_str(), name.key.as_str())
        });
        let page = reading.records(&group.id, "", from, PAGE).await?;
        for record in &page {
            let public = record.entry.audience == Audience::Public;
            if !public || targets.contains(&record.entry.name) {
                continue;
            }
            if let Some(parsed) = parse_body(reading, group, record).await? {
                places.extend(places_of(&parsed));
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = Some(last.entry.name.clone()),
            _ => return Ok(places),
        }
    }
}

/// Returns the places in one record.
pub(super) fn places_of(record: &ParsedRecord) -> Vec<PlaceInUse> {
    let name = record.name();
    let body = &record.message().body;
    let Ok(body) = RecordBody::parse(name.collection.as_str(), body) else {
        return Vec::new();
    };
    let title = title_of(&body).unwrap_or(name.key.as_str()).to_owned();
    places_in_use(&title, &body)
}

/// Whether a key is one that a node generates: 32 hex digits.
pub(super) fn is_random_key(key: &RecordKey) -> bool {
    let key = key.as_str();
    key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit())
}
