//! `ListEvents`: the occurrences of events, one row each, soonest first.

use std::mem;
use std::sync::Arc;
use std::time::Duration;

use hedgerow_core::name::collection;
use hedgerow_core::recurrence::{Occurrence, occurrences};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::{SearchFilter, SearchOrder};
use hedgerow_proto::{directory_v1, v1};
use hedgerow_search::{Candidate, OccurrenceCursor};
use hedgerow_transport::failure::Failure;
use prost::Message as _;

use super::context::{Directory, PageBytes};
use super::filters::require_only;
use super::hydrate::{HitContext, Hydrated, Hydrator, Loaded};
use super::page_token::PageToken;
use super::search_limiter::Turn;
use super::search_records::ParsedSearch;
use super::snippet::SearchableBytes;
use super::unknown_values::unknown_values;
use crate::failure::OrFailure as _;

const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const DEFAULT_WINDOW: Duration = DAY.saturating_mul(14);
const MAX_WINDOW: Duration = DAY.saturating_mul(92);
/// How often the index is searched again to replace rows that are gone.
const MAX_ATTEMPTS: usize = 4;

/// Lists occurrences.
pub(super) async fn list_events(
    directory: &Directory,
    mut request: directory_v1::ListEventsRequest,
) -> Result<directory_v1::ListEventsResponse, Failure> {
    let _in_flight = directory.index.begin_request();
    let now = directory.now();
    let page_token = mem::take(&mut request.page_token);
    let page_size = mem::take(&mut request.page_size);
    // Page tokens are bound to the request without its page fields.
    let unpaged = request.encode_to_vec();
    let token = PageToken::decode(&page_token, &unpaged, &directory.signer)?;
    let started = token.map_or(now, |token| token.started);
    let page_size = directory.page_size(page_size);
    let page_size = page_size.map_err(|violation| Failure::invalid(vec![violation]))?;
    let filter = event_filter(request.filter.unwrap_or_default(), started)?;
    let order = SearchOrder::Unspecified.into();
    let search = ParsedSearch::parse(&filter, order, started, &directory.geocoder, Vec::new())?;
    let listing = Listing {
        directory: directory.clone(),
        context: search.hit_context(),
        search,
        now,
    };
    let list = directory.limiter.run_page(move |turn| {
        let after = token.map(|token| cursor(token.after));
        let page = listing.page(turn, after, page_size)?;
        let unknown_values = if token.is_none() {
            let (newest, _) = listing.directory.index.current_snapshot();
            unknown_values(&newest, &listing.search.filters, !page.rows.is_empty())?
        } else {
            Vec::new()
        };
        Ok((page, unknown_values, listing.search.near))
    });
    let (page, unknown_values, near) = list.await?;
    let next_page_token = page.next.map(|last| {
        let token = PageToken {
            started,
            after: number(last),
            depth: 0,
            snapshot: None,
        };
        token.encode(&unpaged, &directory.signer)
    });
    Ok(directory_v1::ListEventsResponse {
        occurrences: page.rows,
        next_page_token: next_page_token.unwrap_or_default(),
        near,
        unknown_values,
    })
}

/// The filter for events alone, with a window that has both ends.
fn event_filter(filter: SearchFilter, started: Timestamp) -> Result<SearchFilter, Failure> {
    require_only(collection::EVENT, &filter.collections)?;
    Ok(SearchFilter {
        collections: vec![collection::EVENT.to_owned()],
        window: Some(window(filter.window, started)?),
        ..filter
    })
}

fn window(
    requested: Option<directory_v1::TimeWindow>,
    started: Timestamp,
) -> Result<directory_v1::TimeWindow, Failure> {
    let requested = requested.unwrap_or_default();
    let invalid = |reason, message| Failure::invalid_field("filter.window", reason, message);
    let read = |time: Option<prost_types::Timestamp>| {
        time.map(Timestamp::try_from)
            .transpose()
            .map_err(|_| invalid("time_malformed", "a time of the window is out of bounds"))
    };
    let start = read(requested.start_time)?.unwrap_or(started);
    let end = read(requested.end_time)?.unwrap_or_else(|| start.plus(DEFAULT_WINDOW));
    if start >= end {
        return Err(invalid(
            "ends_before_start",
            "the window ends before it begins",
        ));
    }
    if end > start.plus(MAX_WINDOW) {
        let message = "at most 92 days at a time: request the days after them next";
        return Err(invalid("window_too_long", message));
    }
    Ok(directory_v1::TimeWindow {
        start_time: Some(start.into()),
        end_time: Some(end.into()),
    })
}

/// One list of occurrences.
struct Listing {
    directory: Directory,
    search: ParsedSearch,
    context: HitContext,
    now: Timestamp,
}

struct Page {
    rows: Vec<directory_v1::EventOccurrence>,
    /// The occurrence after which the next page begins; `None` on the last page.
    next: Option<OccurrenceCursor>,
}

impl Listing {
    fn page(
        &self,
        turn: &Arc<Turn>,
        after: Option<OccurrenceCursor>,
        page_size: usize,
    ) -> Result<Page, Failure> {
        let mut hydrator = Hydrator::new(&self.directory, turn, self.now);
        let mut page = Page {
            rows: Vec::new(),
            next: after,
        };
        let mut bytes = PageBytes::default();
        for _ in 0..MAX_ATTEMPTS {
            // One more than is needed shows whether there is a next page.
            let limit = page_size - page.rows.len() + 1;
            let mut found = self.find(turn, page.next, limit)?;
            let has_more = found.len() == limit;
            found.truncate(limit - 1);
            let candidates = found.iter();
            hydrator.load(candidates.map(|(_, candidate)| candidate))?;
            let mut loaded = Vec::with_capacity(found.len());
            for (cursor, candidate) in found {
                let current = match hydrator.hydrate(candidate)? {
                    Hydrated::Current(loaded) => Some(loaded),
                    Hydrated::Changed(_) | Hydrated::Gone => None,
                };
                loaded.push((cursor, current));
            }
            for (cursor, row) in self.rows(turn, loaded)? {
                if row.as_ref().is_some_and(|row| !bytes.take(row)) {
                    return Ok(page);
                }
                page.next = Some(cursor);
                page.rows.extend(row);
            }
            if !has_more {
                page.next = None;
                break;
            }
            if page.rows.len() == page_size {
                break;
            }
        }
        Ok(page)
    }

    /// Builds the rows of occurrences whose events are still shown as they were indexed.
    fn rows(
        &self,
        turn: &Turn,
        loaded: Vec<(OccurrenceCursor, Option<Loaded>)>,
    ) -> Result<Vec<(OccurrenceCursor, Option<directory_v1::EventOccurrence>)>, Failure> {
        let mut bytes = SearchableBytes::default();
        let row = |(cursor, loaded): (OccurrenceCursor, Option<Loaded>)| {
            turn.checkpoint().or_failure()?;
            let row = loaded.and_then(|it| row(&self.context, cursor, &it, self.now, &mut bytes));
            Ok((cursor, row))
        };
        loaded.into_iter().map(row).collect()
    }

    fn find(
        &self,
        turn: &Arc<Turn>,
        after: Option<OccurrenceCursor>,
        limit: usize,
    ) -> Result<Vec<(OccurrenceCursor, Candidate)>, Failure> {
        let (snapshot, _) = self.directory.index.current_snapshot();
        let snapshot = snapshot.interruptible(turn.clone());
        let found = snapshot.occurrences(&self.search.filters, after, limit);
        found.or_failure()
    }
}

/// The row of an occurrence, if the schedule has it.
fn row(
    context: &HitContext,
    cursor: OccurrenceCursor,
    loaded: &Loaded,
    now: Timestamp,
    bytes: &mut SearchableBytes,
) -> Option<directory_v1::EventOccurrence> {
    let event = loaded.record.entry.event()?;
    let occurrence = occurrence(event, cursor)?;
    let mut hit = loaded.hit(context, now, bytes);
    hit.next_start_time = Some(occurrence.start.into());
    let schedule = event.schedule.as_ref();
    Some(directory_v1::EventOccurrence {
        hit: Some(hit),
        start_time: Some(occurrence.start.into()),
        end_time: Some(occurrence.end.into()),
        local_start: occurrence.local_start,
        time_zone: schedule
            .map(|one| one.time_zone.clone())
            .unwrap_or_default(),
    })
}

/// The event's occurrence that starts in the cursor's minute.
fn occurrence(event: &v1::Event, cursor: OccurrenceCursor) -> Option<Occurrence> {
    let start = Timestamp::from_seconds(i64::try_from(cursor.start.checked_mul(60)?).ok()?);
    let minute = start.plus(Duration::from_secs(60));
    // One that began earlier and still runs overlaps the minute too.
    let overlapping = occurrences(event, start, minute, usize::MAX).ok()?;
    overlapping.into_iter().find(|one| one.start == start)
}

fn number(cursor: OccurrenceCursor) -> u128 {
    u128::from(cursor.start) << 64 | u128::from(cursor.identity)
}

fn cursor(number: u128) -> OccurrenceCursor {
    OccurrenceCursor {
        start: (number >> 64) as u64,
        identity: number as u64,
    }
}
