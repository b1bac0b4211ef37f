//! What is found, as it is told: read from the record itself and its head, never from the
//! index.

use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::View;
use hedgerow_core::place::distance_m;
use hedgerow_core::record::record_hash;
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
use crate::index::{Entry, entry_of};
use crate::status;
use crate::store::GroupRow;

/// Groups that one search has looked up.
#[derive(Default)]
pub(super) struct Groups {
    seen: HashMap<GroupId, Option<(GroupRow, Arc<Publisher>)>>,
}

impl Groups {
    /// A group that is shown now, with its publisher.
    async fn shown(
        &mut self,
        directory: &Directory,
        group: &GroupId,
        now: Timestamp,
    ) -> Result<Option<&(GroupRow, Arc<Publisher>)>, Failure> {
        if !self.seen.contains_key(group) {
            let row = directory.store.group(group).await?;
            let seen = match row.filter(|row| status::is_shown(row, now)) {
                Some(row) => {
                    let publisher = publisher(directory, &row).await?;
                    Some((row, publisher))
                }
                None => None,
            };
            self.seen.insert(*group, seen);
        }
        Ok(self.seen.get(group).and_then(Option::as_ref))
    }
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
    let Some((row, publisher)) = groups.shown(directory, &candidate.group, now).await? else {
        return Ok(Checked::Gone);
    };
    let record = directory
        .store
        .record(&candidate.group, &View::public(), &candidate.name)
        .await?;
    let Some(record) = record else {
        return Ok(Checked::Gone);
    };
    if record_hash(&record) != candidate.hash {
        return Ok(Checked::Changed);
    }
    let Some(entry) = entry_of(&candidate.group, &record) else {
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
    let stems = question.criteria.stems.as_deref().unwrap_or_default();
    let snippet = snippet(entry.shown_texts(), stems);
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
        next_start: entry.event().and_then(|event| next_start(event, now)),
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

/// The next occurrence of an event that takes place.
fn next_start(event: &v1::Event, now: Timestamp) -> Option<prost_types::Timestamp> {
    match event.status() {
        v1::EventStatus::Cancelled | v1::EventStatus::Postponed => None,
        v1::EventStatus::Planned | v1::EventStatus::Unspecified => {
            let next = recurrence::next_occurrence(event, now).ok().flatten()?;
            Some(next.start.into())
        }
    }
}
