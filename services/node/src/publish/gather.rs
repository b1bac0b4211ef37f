//! What the rules need to know of the group's other records before they judge a change.

use std::collections::BTreeSet;

use hedgerow_core::name::RecordKey;
use hedgerow_core::name::RecordName;
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules::Known;
use hedgerow_core::rules::PlaceInUse;
use hedgerow_core::rules::catalogued_key;
use hedgerow_core::rules::places_in_use;
use hedgerow_core::summary::title_of;
use hedgerow_rpc::failure::Failure;

use super::Change;
use super::Edit;
use crate::audience::Audience;
use crate::group::Group;
use crate::node::Shared;
use crate::store::KeptRecord;
use crate::store::Transaction;

/// Edits with the records that they meet.
pub(super) struct Gathered {
    pub(super) edits: Vec<(Edit, Option<Existing>)>,
    /// Places that the group's other public records name: those that no edit is about.
    pub(super) places: Vec<PlaceInUse>,
}

/// A record that is there already.
pub(super) struct Existing {
    pub(super) record: KeptRecord,
    pub(super) parsed: ParsedRecord,
}

/// Records read at a time.
const PAGE: u32 = 500;

pub(super) async fn gather(
    shared: &Shared,
    group: &Group,
    edits: Vec<Edit>,
) -> Result<Gathered, Failure> {
    let mut reading = shared.store.read().await?;
    let mut met = Vec::with_capacity(edits.len());
    let (mut targets, mut name_places) = (BTreeSet::new(), false);
    for edit in edits {
        let existing = match target(&edit.change) {
            Some(name) => {
                let existing = existing(&mut reading, group, &name).await?;
                targets.insert(name);
                existing
            }
            None => None,
        };
        name_places |= names_places(&edit.change);
        met.push((edit, existing));
    }
    // Most edits of most groups name no place: then the other records do not matter.
    let places = if name_places {
        places_of_others(&mut reading, group, &targets).await?
    } else {
        Vec::new()
    };
    Ok(Gathered { edits: met, places })
}

/// The record that a change is about, where its name is known before the rules ran.
fn target(change: &Change) -> Option<RecordName> {
    match change {
        Change::Add {
            collection, draft, ..
        } => Some(RecordName {
            collection: collection.clone(),
            key: catalogued_key(draft.subject.as_ref()?)?,
        }),
        Change::Replace { name, .. } | Change::TakeBack { name, .. } => Some(name.clone()),
    }
}

fn names_places(change: &Change) -> bool {
    let (collection, draft) = match change {
        Change::Add {
            collection, draft, ..
        } => (collection, draft),
        Change::Replace { name, draft, .. } => (&name.collection, draft),
        Change::TakeBack { .. } => return false,
    };
    match Known::parse(collection.as_str(), &draft.body) {
        Ok(Known::Listing(listing)) => !listing.places.is_empty(),
        Ok(Known::Event(event)) => event.place.is_some(),
        Ok(Known::Offer(offer)) => offer
            .resource
            .is_some_and(|offered| offered.place.is_some()),
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
    let parsed = parsed(reading, group, &record).await?;
    Ok(parsed.map(|parsed| Existing { record, parsed }))
}

async fn parsed(
    reading: &mut Transaction,
    group: &Group,
    record: &KeptRecord,
) -> Result<Option<ParsedRecord>, Failure> {
    let Some(bytes) = reading.body(&group.id, &record.kept.hash).await? else {
        return Ok(None);
    };
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
            let public = record.kept.audience == Audience::Public;
            if !public || targets.contains(&record.kept.name) {
                continue;
            }
            if let Some(parsed) = parsed(reading, group, record).await? {
                places.extend(places_of(&parsed));
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = Some(last.kept.name.clone()),
            _ => return Ok(places),
        }
    }
}

/// Places that one record names.
pub(super) fn places_of(record: &ParsedRecord) -> Vec<PlaceInUse> {
    let name = record.name();
    let body = &record.message().body;
    let Ok(known) = Known::parse(name.collection.as_str(), body) else {
        return Vec::new();
    };
    let title = title_of(&known).unwrap_or(name.key.as_str()).to_owned();
    places_in_use(&title, &known)
}

/// Whether a key is one that this node gives: 32 hex digits.
pub(super) fn is_random_key(key: &RecordKey) -> bool {
    let key = key.as_str();
    key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit())
}
