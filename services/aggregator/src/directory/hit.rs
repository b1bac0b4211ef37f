//! What is found, as it is told: read from the record itself and its head. Of the index is
//! only which occurrence was asked for, and only while the record is the one indexed.

use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::place::distance_m;
use hedgerow_core::summary::SummaryPlace;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::Directory;
use super::publishers::Publisher;
use super::publishers::publisher;
use super::question::Question;
use super::snippet::snippet;
use super::told::Told;
use crate::index::Entry;
use crate::index::criteria::Around;
use crate::index::entry_of;
use crate::index::search::Candidate;
use crate::status;
use crate::store::GroupRow;
use crate::store::StoredRecord;

/// What one search has looked up: groups, and records that are still to be told of.
#[derive(Default)]
pub(super) struct Groups {
    seen: HashMap<GroupId, Option<Seen>>,
    records: HashMap<(GroupId, RecordName), Option<Arc<Told>>>,
}

/// A group that is shown now.
#[derive(Clone)]
struct Seen {
    row: Arc<GroupRow>,
    publisher: Arc<Publisher>,
}

impl Groups {
    /// Reads what is needed to tell of many candidates, at once: nothing where all of it was
    /// read before and nothing at all has changed since, and one short statement where
    /// other groups have.
    pub(super) async fn prepare(
        &mut self,
        directory: &Directory,
        candidates: impl Iterator<Item = &Candidate>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let mut names: Vec<_> = candidates
            .map(|one| (one.group, one.name.clone()))
            .collect();
        names.retain(|name| !self.records.contains_key(name));
        if names.is_empty() {
            return Ok(());
        }
        let mut groups: Vec<GroupId> = names.iter().map(|(group, _)| *group).collect();
        groups.sort_unstable();
        groups.dedup();
        // Before anything is read: what is read is of this revision or later.
        let as_of = directory.store.known_revision();
        let known = as_of.and_then(|as_of| directory.recent.revisions(&groups, as_of));
        let revisions = match known {
            Some(known) => known,
            None => {
                let asked = directory.store.group_revisions(&groups).await?;
                asked.into_iter().collect()
            }
        };
        let (mut rows, mut unread) = (Vec::with_capacity(groups.len()), Vec::new());
        groups.retain(|group| !self.seen.contains_key(group));
        for group in &groups {
            let revision = revisions.get(group);
            match revision.and_then(|revision| directory.recent.group(group, *revision, as_of)) {
                Some(row) => rows.push(row),
                None => unread.push(*group),
            }
        }
        let mut wanted = Vec::new();
        for name in names {
            let revision = revisions.get(&name.0);
            match revision.and_then(|revision| directory.recent.record(&name, *revision)) {
                Some(told) => {
                    self.records.insert(name, Some(told));
                }
                None => wanted.push(name),
            }
        }
        let (read_groups, read_records) = tokio::try_join!(
            directory.store.groups_held(&unread),
            directory.store.shown_records(&wanted)
        )?;
        for row in read_groups.into_iter().map(Arc::new) {
            directory.recent.keep_group(&row, as_of);
            rows.push(row);
        }
        for row in rows {
            let group = row.group_id;
            let seen = seen(directory, row, now).await?;
            self.seen.insert(group, seen);
        }
        for (name, record) in wanted.into_iter().zip(read_records) {
            let told = record.and_then(|record| told(directory, &name, &record, &revisions));
            self.records.insert(name, told);
        }
        Ok(())
    }
}

async fn seen(
    directory: &Directory,
    row: Arc<GroupRow>,
    now: Timestamp,
) -> Result<Option<Seen>, Failure> {
    if !status::is_shown(&row, now) {
        return Ok(None);
    }
    let publisher = publisher(directory, &row).await?;
    Ok(Some(Seen { row, publisher }))
}

/// Reads a record, and keeps what it says.
fn told(
    directory: &Directory,
    name: &(GroupId, RecordName),
    stored: &StoredRecord,
    revisions: &HashMap<GroupId, u64>,
) -> Option<Arc<Told>> {
    let entry = entry_of(&name.0, &stored.record)?;
    let told = Arc::new(Told::new(stored.record_hash, entry));
    if let Some(revision) = revisions.get(&name.0) {
        let length = told.held_bytes(stored.record.len());
        directory
            .recent
            .keep_record(name.clone(), *revision, length, &told);
    }
    Some(told)
}

/// What the store says of a candidate.
pub(super) enum Checked {
    /// It is shown as it was indexed.
    Same(Box<v1::SearchHit>, Arc<Told>),
    /// There is another record under its name now.
    Changed,
    /// It is not shown any more.
    Gone,
}

/// Checks a candidate against the store and tells of it.
pub(super) async fn check(
    directory: &Directory,
    groups: &mut Groups,
    question: &Question,
    candidate: &Candidate,
    now: Timestamp,
) -> Result<Checked, Failure> {
    // Of what was prepared, this reads nothing again.
    groups
        .prepare(directory, std::iter::once(candidate), now)
        .await?;
    let name = (candidate.group, candidate.name.clone());
    let told = groups.records.remove(&name).flatten();
    let seen = groups.seen.get(&candidate.group);
    let (Some(told), Some(Some(seen))) = (told, seen) else {
        return Ok(Checked::Gone);
    };
    if told.hash != candidate.hash {
        return Ok(Checked::Changed);
    }
    let hit = hit(question, candidate, &told, seen, now);
    Ok(Checked::Same(Box::new(hit), told))
}

fn hit(
    question: &Question,
    candidate: &Candidate,
    told: &Told,
    seen: &Seen,
    now: Timestamp,
) -> v1::SearchHit {
    let Seen { row, publisher } = seen;
    let entry = &told.entry;
    let said = &entry.summary;
    let snippet = snippet(told.texts(), &question.marks);
    let (place, distance_m) = place(entry, question.around());
    v1::SearchHit {
        group_id: candidate.group.to_vec(),
        publisher_name: publisher.name.clone(),
        collection: candidate.name.collection.to_string(),
        key: candidate.name.key.to_string(),
        title: said.title.clone(),
        snippet: snippet.text,
        highlights: snippet
            .highlights
            .into_iter()
            .map(|(start, end)| v1::HighlightRange { start, end })
            .collect(),
        place: place.map(|place| place.name.clone()).unwrap_or_default(),
        precision: place
            .map(|place| place.precision)
            .unwrap_or_default()
            .into(),
        distance_m,
        next_start: next_start(question, candidate, told, now),
        voice: said.voice.unwrap_or_default().into(),
        source: said.source.clone(),
        // A key proves sameness; domain checks and admitted vouchers are not built yet.
        identity: v1::Identity::Unconfirmed.into(),
        confirmed_at: said.confirmed_at.map(Into::into),
        head_issued_at: row.head.as_ref().map(|head| head.issued_at.into()),
        status: status::status(row, now).into(),
        record_hash: candidate.hash.to_vec(),
        roles: said.roles.iter().map(|&role| role.into()).collect(),
        activity_state: said.activity_state.unwrap_or(publisher.activity).into(),
    }
}

/// The place to show: the nearest to the point asked for, else the first; and how far.
fn place<'a>(entry: &'a Entry, around: Option<&Around>) -> (Option<&'a SummaryPlace>, Option<u32>) {
    let nearest = around.and_then(|around| {
        entry
            .points()
            .map(|(place, point)| (place, distance_m(&around.centre, &point)))
            .min_by(|(_, a), (_, b)| a.total_cmp(b))
    });
    match nearest {
        Some((place, distance)) => (Some(place), Some(distance.round() as u32)),
        None => (entry.summary.place(), None),
    }
}

/// The next occurrence that was asked for; of an event that takes place, where none was.
fn next_start(
    question: &Question,
    candidate: &Candidate,
    told: &Told,
    now: Timestamp,
) -> Option<prost_types::Timestamp> {
    if question.criteria.times.is_some() {
        let second = i64::try_from(candidate.next_start?).ok()?.checked_mul(60)?;
        return Some(Timestamp::from_seconds(second).into());
    }
    told.next_start(now).map(Into::into)
}
