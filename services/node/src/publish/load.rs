//! Loads the records that the rules compare a request's edits with.

use std::collections::BTreeSet;

use hedgerow_core::name::{RecordKey, RecordName};
use hedgerow_core::record::ParsedRecord;
use hedgerow_core::rules::{Concealed, Neighbour, RecordBody, catalogued_key};
use hedgerow_transport::failure::Failure;

use super::edit::{Change, Edit};
use super::write_request::WriteRequest;
use crate::audience::Audience;
use crate::group::Group;
use crate::store::{StoredRecord, Transaction};

/// Edits with the existing records that they concern.
pub(super) struct Loaded {
    pub(super) edits: Vec<(Edit, Option<Existing>)>,
    /// The group's other public records, which no edit concerns.
    pub(super) neighbours: Vec<Neighbour>,
    /// Published records of other groups that show a place which an edit hides.
    pub(super) others: Vec<Neighbour>,
}

/// A record that an edit would replace or withdraw.
pub(super) struct Existing {
    pub(super) record: StoredRecord,
    pub(super) parsed: ParsedRecord,
}

impl Existing {
    pub(super) fn is_public(&self) -> bool {
        self.record.entry.audience == Audience::Public
    }
}

/// Records per query. A page at a time bounds the memory for the largest groups.
const PAGE: u32 = 500;

pub(super) async fn load(request: &WriteRequest, edits: Vec<Edit>) -> Result<Loaded, Failure> {
    let group = &request.group;
    let mut reading = request.shared.store.read().await?;
    let mut loaded = Vec::with_capacity(edits.len());
    let (mut targets, mut any_location) = (BTreeSet::new(), false);
    for edit in edits {
        let existing = match target(&edit.change) {
            Some(name) => {
                let existing = existing(&mut reading, group, &name).await?;
                targets.insert(name);
                existing
            }
            None => None,
        };
        any_location |= has_location(&edit.change, existing.as_ref());
        loaded.push((edit, existing));
    }
    // Most edits show no location, and then the other records do not matter. Reading them
    // all is the expensive part.
    let mut neighbours = Vec::new();
    if any_location {
        let own = |record: &StoredRecord, parsed: &ParsedRecord| {
            let is_other = !targets.contains(&record.entry.name);
            is_other.then(|| own_neighbour(parsed)).flatten()
        };
        neighbours = public_records(&mut reading, group, own).await?;
    }
    let concealed: Vec<Concealed> = loaded
        .iter()
        .filter_map(|(edit, existing)| conceals(&edit.change, existing.as_ref()?))
        .collect();
    let mut others = Vec::new();
    if !concealed.is_empty() {
        for other in request.shared.groups.all() {
            if other.id == group.id {
                continue;
            }
            let handle = group_handle(&other);
            // Only what is published: the steward learns nothing that is not public.
            let matching = |record: &StoredRecord, parsed: &ParsedRecord| {
                let found = record.published.then(|| {
                    let (kind, body) = kind_and_body(parsed);
                    Neighbour::of_another_group(handle.clone(), kind, body)
                });
                found
                    .flatten()
                    .filter(|it| concealed.iter().any(|hidden| hidden.is_shown_by(it)))
            };
            others.extend(public_records(&mut reading, &other, matching).await?);
        }
    }
    Ok(Loaded {
        edits: loaded,
        neighbours,
        others,
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

/// Returns whether a change can show a location, in a place or text, or can hide one that is
/// public.
fn has_location(change: &Change, existing: Option<&Existing>) -> bool {
    let shows = |kind: &str, body: &[u8]| {
        Neighbour::own(String::new(), kind, body).is_some_and(|it| it.has_location())
    };
    let shown_before = existing.is_some_and(|existing| {
        let (kind, body) = kind_and_body(&existing.parsed);
        existing.is_public() && (shows(kind, body) || becomes_private(change))
    });
    shown_before
        || match change {
            Change::Add {
                collection, draft, ..
            } => shows(collection.as_str(), &draft.body),
            Change::Replace { name, draft, .. } => shows(name.collection.as_str(), &draft.body),
            Change::Withdraw { .. } => false,
        }
}

/// Returns whether a change makes a record private, if the record is not private already.
fn becomes_private(change: &Change) -> bool {
    let (Change::Add { draft, .. } | Change::Replace { draft, .. }) = change else {
        return false;
    };
    let requested = Audience::from_proto(draft.audience.as_ref());
    requested.is_ok_and(|audience| audience.is_some_and(|it| it != Audience::Public))
}

/// Returns everything of a public record that a change may hide. What the change keeps is
/// decided when it is planned.
fn conceals(change: &Change, existing: &Existing) -> Option<Concealed> {
    let hides = match change {
        Change::Withdraw { .. } => true,
        Change::Add { draft, .. } | Change::Replace { draft, .. } => {
            let (kind, _) = kind_and_body(&existing.parsed);
            becomes_private(change)
                || RecordBody::parse(kind, &draft.body).is_ok_and(|after| after.is_below_exact())
        }
    };
    let (kind, body) = kind_and_body(&existing.parsed);
    let key = existing.parsed.name().key.as_str();
    (hides && existing.is_public())
        .then(|| Concealed::by_narrowing(kind, key, body))
        .flatten()
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

/// Reads a group's public records, and returns what `keep` makes of them.
async fn public_records(
    reading: &mut Transaction,
    group: &Group,
    keep: impl Fn(&StoredRecord, &ParsedRecord) -> Option<Neighbour>,
) -> Result<Vec<Neighbour>, Failure> {
    let mut kept = Vec::new();
    let mut after: Option<RecordName> = None;
    loop {
        let from = after.as_ref().map_or(("", ""), |name| {
            (name.collection.as_str(), name.key.as_str())
        });
        let page = reading.records(&group.id, "", from, PAGE).await?;
        for record in &page {
            if record.entry.audience != Audience::Public {
                continue;
            }
            if let Some(parsed) = parse_body(reading, group, record).await? {
                kept.extend(keep(record, &parsed));
            }
        }
        match page.last() {
            Some(last) if page.len() == PAGE as usize => after = Some(last.entry.name.clone()),
            _ => return Ok(kept),
        }
    }
}

/// Returns the kind of a record and its encoded message.
pub(super) fn kind_and_body(record: &ParsedRecord) -> (&str, &[u8]) {
    (record.name().collection.as_str(), &record.message().body)
}

/// Returns a record of the group for comparison with another one.
fn own_neighbour(record: &ParsedRecord) -> Option<Neighbour> {
    let (kind, body) = kind_and_body(record);
    Neighbour::own(record.name().to_string(), kind, body)
}

/// Names another group in a confirmation. Its id is public.
fn group_handle(group: &Group) -> String {
    const DIGITS: usize = 16;
    let id = group.id.to_string();
    format!("group/{}", id.get(..DIGITS).unwrap_or(&id))
}

/// Whether a key is one that a node generates: 32 hex digits.
pub(super) fn is_random_key(key: &RecordKey) -> bool {
    let key = key.as_str();
    key.len() == 32 && key.bytes().all(|byte| byte.is_ascii_hexdigit())
}
