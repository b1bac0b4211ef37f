//! Hydration: turns candidates of the index into hits, from the stored records and heads.
//!
//! Only the matching occurrence comes from the index, and only while the record is the one
//! that was indexed. So a withdrawn record is never shown, even while the index lags behind.

use std::collections::HashMap;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::place::distance_m;
use hedgerow_core::summary::SummaryPlace;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{AreaMatch, UseCondition, UseState};
use hedgerow_proto::{directory_v1, v1};
use hedgerow_search::{Candidate, Circle, Entry, PointTest, TimeOfUse, Use, area_key};
use hedgerow_store::GroupRow;
use hedgerow_transport::failure::Failure;

use super::cached_record::CachedRecord;
use super::context::Directory;
use super::publisher_cache::Publisher;
use super::resource_hours::MAX_STEPS;
use super::search_limiter::Turn;
use super::snippet::{SearchableBytes, Snippet, snippet};
use crate::admission::status;
use crate::failure::OrFailure as _;

mod publishers;
mod records;

pub(super) use publishers::load_publishers;
use publishers::{OwnListings, PublisherLookup};
use records::{RecordKey, Records};

/// What a hit shows beyond the record itself.
#[derive(Clone, Default)]
pub(super) struct HitContext {
    /// Stems to highlight.
    pub(super) stems: Vec<String>,
    /// Where distances are measured from.
    pub(super) circle: Option<Circle>,
    /// The area that was searched in, and the keys of those that it is found by.
    pub(super) inside: Option<PointTest>,
    pub(super) areas: Vec<u64>,
    /// Whether the candidates carry the occurrence that matched.
    pub(super) has_times: bool,
    /// The time for which a space is wanted.
    pub(super) free_during: Option<TimeOfUse>,
}

/// A candidate compared with the store.
pub(super) enum Hydrated {
    /// The record is shown as it was indexed.
    Current(Loaded),
    /// There is another record under its name now.
    Changed(Candidate),
    /// It is not shown any more.
    Gone,
}

/// A candidate with everything that its hit is built from.
pub(super) struct Loaded {
    pub(super) candidate: Candidate,
    pub(super) record: Arc<CachedRecord>,
    group: Arc<VisibleGroup>,
}

/// Loads what hits are built from, a page at a time, within the turn of a search.
pub(super) struct Hydrator<'a> {
    directory: &'a Directory,
    turn: &'a Arc<Turn>,
    now: Timestamp,
    groups: HashMap<GroupId, Option<Arc<VisibleGroup>>>,
    records: HashMap<RecordKey, Option<Arc<CachedRecord>>>,
}

struct VisibleGroup {
    row: Arc<GroupRow>,
    publisher: Arc<Publisher>,
}

impl<'a> Hydrator<'a> {
    pub(super) fn new(directory: &'a Directory, turn: &'a Arc<Turn>, now: Timestamp) -> Self {
        Self {
            directory,
            turn,
            now,
            groups: HashMap::new(),
            records: HashMap::new(),
        }
    }

    /// Loads the groups, records and publishers of many candidates at once. What is cached and
    /// unchanged is not read. Groups and records are read by two threads of the store, while this
    /// one finds publishers in the index; then the listings that name publishers, unless they are
    /// among the records.
    pub(super) fn load<'c>(
        &mut self,
        candidates: impl Iterator<Item = &'c Candidate>,
    ) -> Result<(), Failure> {
        let names = candidates.map(|one| (one.group, one.name.clone()));
        let names: Vec<_> = names
            .filter(|name| !self.records.contains_key(name))
            .collect();
        if names.is_empty() {
            return Ok(());
        }
        let (directory, turn) = (self.directory, self.turn);
        let mut groups: Vec<GroupId> = names.iter().map(|(group, _)| *group).collect();
        groups.sort_unstable();
        groups.dedup();
        let unnamed = groups
            .iter()
            .filter(|group| !directory.publishers.has(group));
        let unnamed: Vec<GroupId> = unnamed.copied().collect();
        let reads = async {
            let groups = load_groups(directory, groups);
            tokio::try_join!(groups, Records::read_uncached(directory, &names))
        };
        let find = || OwnListings::find(directory, turn, &unnamed);
        let (read, listings) = turn.wait_during(reads, find);
        let ((rows, mut records), listings) = (read?, listings?);
        let is_shown = |row: &&Arc<GroupRow>| status::is_shown(row, self.now);
        let new = rows.values();
        let new = new.filter(|row| !self.groups.contains_key(&row.group_id));
        let shown = new.filter(is_shown).map(AsRef::as_ref);
        let publishers = PublisherLookup::start(directory, turn, shown, listings)?;
        let needed = names.iter().chain(publishers.listings());
        records.complete(directory, turn, &rows, needed)?;
        let publishers = publishers.finish(|name| Some(&records.get(name)?.entry));
        for (group, row) in rows {
            let publisher = publishers.get(&group).map(Arc::clone);
            let visible = publisher.map(|publisher| Arc::new(VisibleGroup { row, publisher }));
            self.groups.entry(group).or_insert(visible);
        }
        for name in names {
            let record = records.get(&name).cloned();
            self.records.insert(name, record);
        }
        Ok(())
    }

    /// Compares a candidate with the store. It is loaded now if it was not loaded with others.
    pub(super) fn hydrate(&mut self, candidate: Candidate) -> Result<Hydrated, Failure> {
        let name = (candidate.group, candidate.name.clone());
        if !self.records.contains_key(&name) {
            self.load(std::iter::once(&candidate))?;
        }
        let record = self.records.get(&name).and_then(Option::as_ref);
        let group = self.groups.get(&candidate.group);
        let (Some(record), Some(Some(group))) = (record, group) else {
            return Ok(Hydrated::Gone);
        };
        if record.hash != candidate.hash {
            // The caller may look for the new state, which is then read again.
            self.records.remove(&name);
            return Ok(Hydrated::Changed(candidate));
        }
        Ok(Hydrated::Current(Loaded {
            record: Arc::clone(record),
            group: Arc::clone(group),
            candidate,
        }))
    }
}

/// Loads groups. Cached ones are compared with the store by revision, or not at
/// all if the whole store is unchanged.
async fn load_groups(
    directory: &Directory,
    groups: Vec<GroupId>,
) -> Result<HashMap<GroupId, Arc<GroupRow>>, Failure> {
    let (store, cache) = (&directory.store, &directory.records);
    // Taken before anything is read: what is read is of this revision or later.
    let as_of = store.cached_revision();
    let unchanged = as_of.and_then(|as_of| cache.revisions(&groups, as_of));
    let (revisions, mut read) = match unchanged {
        Some(revisions) => (revisions, Vec::new()),
        None => {
            let (cached, unread): (Vec<_>, Vec<_>) =
                groups.into_iter().partition(|group| cache.has_group(group));
            let (revisions, read) =
                tokio::try_join!(store.group_revisions(&cached), store.get_groups(&unread))
                    .or_failure()?;
            (revisions.into_iter().collect(), read)
        }
    };
    let (mut rows, mut changed) = (HashMap::new(), Vec::new());
    for (group, revision) in revisions {
        match cache.group(&group, revision, as_of) {
            Some(row) => {
                rows.insert(group, row);
            }
            None => changed.push(group),
        }
    }
    if !changed.is_empty() {
        read.extend(store.get_groups(&changed).await.or_failure()?);
    }
    for row in read.into_iter().map(Arc::new) {
        cache.put_group(&row, as_of);
        rows.insert(row.group_id, row);
    }
    Ok(rows)
}

impl Loaded {
    /// Builds the hit, whose snippet is charged to its page. The snippet and the next start are
    /// computed here, so callers run this within the limiter.
    pub(super) fn hit(
        &self,
        context: &HitContext,
        now: Timestamp,
        page: &mut SearchableBytes,
    ) -> directory_v1::SearchHit {
        let snippet = snippet(self.record.texts(), &context.stems, page);
        hit(context, self, snippet, now)
    }
}

fn hit(
    context: &HitContext,
    loaded: &Loaded,
    snippet: Snippet,
    now: Timestamp,
) -> directory_v1::SearchHit {
    let Loaded {
        candidate,
        record,
        group,
    } = loaded;
    let VisibleGroup { row, publisher } = group.as_ref();
    let summary = &record.entry.summary;
    let area = stated_area(&record.entry, context);
    let (place, distance_m) = match area {
        Some((area, _)) => (Some(area), None),
        None => place(&record.entry, context.circle.as_ref()),
    };
    let (use_state, use_conditions) = use_state(context, record, now);
    directory_v1::SearchHit {
        group_id: candidate.group.to_vec(),
        publisher_name: publisher.name.clone(),
        collection: candidate.name.collection.to_string(),
        key: candidate.name.key.to_string(),
        title: summary.title.clone(),
        snippet: snippet.text,
        highlights: snippet
            .highlights
            .into_iter()
            .map(|(start, end)| directory_v1::HighlightRange { start, end })
            .collect(),
        place: place.map(|place| place.name.clone()).unwrap_or_default(),
        precision: place
            .map(|place| place.precision)
            .unwrap_or_default()
            .into(),
        distance_m,
        next_start_time: next_start(context, candidate, record, now),
        voice: summary.voice.unwrap_or_default().into(),
        source: summary.source.clone(),
        // A key proves sameness; domain checks and admitted vouchers are not built yet.
        identity: directory_v1::Identity::Unconfirmed.into(),
        confirm_time: summary.confirm_time.map(Into::into),
        head_issue_time: row.head.as_ref().map(|head| head.facts.issue_time.into()),
        status: status::group_status(row, now).into(),
        record_hash: candidate.hash.to_vec(),
        roles: summary.roles.iter().map(|&role| role.into()).collect(),
        activity_state: summary.activity_state.unwrap_or(publisher.activity).into(),
        over_since_time: over_since(candidate, now),
        use_state: use_state.into(),
        use_conditions: use_conditions.into_iter().map(Into::into).collect(),
        is_same_organisation: false,
        area_match: match area {
            Some((_, true)) => AreaMatch::Serves,
            Some((_, false)) => AreaMatch::Within,
            None => AreaMatch::Unspecified,
        }
        .into(),
    }
}

/// The area by which a record without a place inside matches a search in an area, and whether it
/// serves it.
fn stated_area<'a>(entry: &'a Entry, context: &HitContext) -> Option<(&'a SummaryPlace, bool)> {
    let circle = context.circle.filter(|_| !context.areas.is_empty())?;
    let is_inside = |point: &v1::Point| match &context.inside {
        Some(inside) => inside(point),
        None => distance_m(&circle.center, point) <= circle.radius_m,
    };
    if entry.points().any(|(_, point)| is_inside(&point)) {
        return None;
    }
    let is_found_by = |area: &&SummaryPlace| context.areas.contains(&area_key(&area.name));
    let area = entry.areas().find(is_found_by)?;
    let mut served = entry.summary.areas_served.iter();
    Some((area, served.any(|one| std::ptr::eq(one, area))))
}

/// The place to show and its distance: the nearest to the circle's centre, else the first.
fn place<'a>(entry: &'a Entry, circle: Option<&Circle>) -> (Option<&'a SummaryPlace>, Option<u32>) {
    let nearest = circle.and_then(|circle| {
        entry
            .points()
            .map(|(place, point)| (place, distance_m(&circle.center, &point)))
            .min_by(|(_, a), (_, b)| a.total_cmp(b))
    });
    match nearest {
        Some((place, distance)) => (Some(place), Some(distance.round() as u32)),
        None => (entry.summary.place(), None),
    }
}

/// The occurrence that matched; without a filter by time, the next one.
fn next_start(
    context: &HitContext,
    candidate: &Candidate,
    record: &CachedRecord,
    now: Timestamp,
) -> Option<prost_types::Timestamp> {
    if context.has_times {
        let seconds = i64::try_from(candidate.next_start?).ok()?.checked_mul(60)?;
        return Some(Timestamp::from_seconds(seconds).into());
    }
    record.next_start(now).map(Into::into)
}

/// When the record ended, by the index; `None` if it has not, or is an event without times.
fn over_since(candidate: &Candidate, now: Timestamp) -> Option<prost_types::Timestamp> {
    let seconds = i64::from(candidate.over_minute.filter(|minute| *minute > 0)?) * 60;
    let over = Timestamp::from_seconds(seconds);
    (over <= now).then(|| over.into())
}

/// Whether the record can be used at the time of the request.
fn use_state(
    context: &HitContext,
    record: &CachedRecord,
    now: Timestamp,
) -> (UseState, Vec<UseCondition>) {
    let Some(during) = context.free_during else {
        return (UseState::Unspecified, Vec::new());
    };
    let Some(hours) = record.hours(now, &mut { MAX_STEPS }) else {
        return (UseState::Unspecified, Vec::new());
    };
    match during.use_of(&hours, now) {
        Use::Free => (UseState::Free, Vec::new()),
        Use::Ask(conditions) => (UseState::Ask, conditions),
        // The index has an older expansion of its times.
        Use::None => (UseState::Unspecified, Vec::new()),
    }
}
