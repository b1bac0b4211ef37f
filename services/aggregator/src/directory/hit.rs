//! What is found, as it is told: read from the record itself and its head, never from the
//! index.

use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::RecordName;
use hedgerow_core::place::distance_m;
use hedgerow_core::recurrence;
use hedgerow_core::summary::SummaryPlace;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;

use super::Directory;
use super::publishers::{Publisher, publisher};
use super::question::Question;
use super::snippet::snippet;
use crate::index::criteria::Around;
use crate::index::search::Candidate;
use crate::index::times::Times;
use crate::index::{Entry, entry_of};
use crate::status;
use crate::store::{GroupRow, StoredRecord};

/// What one search has looked up: groups, and records that are still to be told of.
#[derive(Default)]
pub(super) struct Groups {
    seen: HashMap<GroupId, Option<(GroupRow, Arc<Publisher>)>>,
    records: HashMap<(GroupId, RecordName), Option<StoredRecord>>,
}

impl Groups {
    /// Reads what is needed to tell of many candidates, at once.
    pub(super) async fn prepare(
        &mut self,
        directory: &Directory,
        candidates: impl Iterator<Item = &Candidate>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let names: Vec<_> = candidates
            .map(|one| (one.group, one.name.clone()))
            .collect();
        let mut unseen: Vec<GroupId> = names.iter().map(|(group, _)| *group).collect();
        unseen.retain(|group| !self.seen.contains_key(group));
        unseen.sort_unstable();
        unseen.dedup();
        let (rows, records) = tokio::try_join!(
            directory.store.groups_held(&unseen),
            directory.store.shown_records(&names)
        )?;
        for row in rows {
            let group = row.group_id;
            let shown = shown(directory, row, now).await?;
            self.seen.insert(group, shown);
        }
        self.records.extend(names.into_iter().zip(records));
        Ok(())
    }

    /// A group that is shown now, with its publisher.
    async fn shown(
        &mut self,
        directory: &Directory,
        group: &GroupId,
        now: Timestamp,
    ) -> Result<Option<&(GroupRow, Arc<Publisher>)>, Failure> {
        if !self.seen.contains_key(group) {
            let seen = match directory.store.group(group).await? {
                Some(row) => shown(directory, row, now).await?,
                None => None,
            };
            self.seen.insert(*group, seen);
        }
        Ok(self.seen.get(group).and_then(Option::as_ref))
    }

    /// A record that is shown now.
    async fn record(
        &mut self,
        directory: &Directory,
        candidate: &Candidate,
    ) -> Result<Option<StoredRecord>, Failure> {
        let name = (candidate.group, candidate.name.clone());
        if let Some(record) = self.records.remove(&name) {
            return Ok(record);
        }
        let read = directory.store.shown_records(&[name]).await?;
        Ok(read.into_iter().next().flatten())
    }
}

async fn shown(
    directory: &Directory,
    row: GroupRow,
    now: Timestamp,
) -> Result<Option<(GroupRow, Arc<Publisher>)>, Failure> {
    if !status::is_shown(&row, now) {
        return Ok(None);
    }
    let publisher = publisher(directory, &row).await?;
    Ok(Some((row, publisher)))
}

/// What the store says of a candidate.
pub(super) enum Checked {
    /// It is shown as it was indexed.
    Same(Box<v1::SearchHit>),
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
    let record = groups.record(directory, candidate).await?;
    let Some((row, publisher)) = groups.shown(directory, &candidate.group, now).await? else {
        return Ok(Checked::Gone);
    };
    let Some(record) = record else {
        return Ok(Checked::Gone);
    };
    if record.record_hash != candidate.hash {
        return Ok(Checked::Changed);
    }
    let Some(entry) = entry_of(&candidate.group, &record.record) else {
        return Ok(Checked::Gone);
    };
    let hit = hit(question, candidate, &entry, row, publisher, now);
    Ok(Checked::Same(Box::new(hit)))
}

fn hit(
    question: &Question,
    candidate: &Candidate,
    entry: &Entry,
    row: &GroupRow,
    publisher: &Publisher,
    now: Timestamp,
) -> v1::SearchHit {
    let said = &entry.summary;
    let snippet = snippet(entry.shown_texts(), &question.marks);
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
        next_start: next_start(question, entry, now),
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
    entry: &Entry,
    now: Timestamp,
) -> Option<prost_types::Timestamp> {
    if let Some(times) = &question.criteria.times {
        let occurrences = Times::of(&entry.summary, now).occurrences;
        let minute = times.next_start(occurrences.into_iter())?;
        let second = i64::try_from(minute).ok()?.checked_mul(60)?;
        return Some(Timestamp::from_seconds(second).into());
    }
    let event = entry.event()?;
    match event.status() {
        v1::EventStatus::Cancelled | v1::EventStatus::Postponed => None,
        v1::EventStatus::Planned | v1::EventStatus::Unspecified => {
            let next = recurrence::next_occurrence(event, now).ok().flatten()?;
            Some(next.start.into())
        }
    }
}
