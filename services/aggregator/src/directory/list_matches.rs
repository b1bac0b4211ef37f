//! `ListMatches`: offers that fit a need, and needs that an offer fits.
//!
//! Only public records are compared. Whether the two groups come together is for them to
//! settle: every match names what the records do not say.

use std::collections::HashSet;
use std::mem;
use std::sync::{Arc, OnceLock};

use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, collection};
use hedgerow_core::place::distance_m;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::near::Center;
use hedgerow_proto::directory_v1::{MatchAspect, SearchFilter, SearchOrder};
use hedgerow_proto::{directory_v1, v1};
use hedgerow_search::{Availability, Candidate, Entry, SearchResults};
use hedgerow_transport::failure::{Failure, id_field};
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use super::cached_record::CachedRecord;
use super::context::{Directory, PageBytes, record_unknown};
use super::geocode::Geocoder;
use super::hydrate::{HitContext, Hydrated, Hydrator, Loaded};
use super::page_token::PageToken;
use super::resource_hours;
use super::search_limiter::Turn;
use super::search_records::ParsedSearch;
use super::snippet::SearchableBytes;
use crate::failure::OrFailure as _;
use budget::ComparisonBudget;
use fit::{Comparison, Fit, fit};
use hours::compare_hours;

mod budget;
mod fit;
mod hours;

/// The distance if neither the need nor the request names one.
const DEFAULT_DISTANCE_M: u32 = 30_000;
const MAX_DISTANCE_M: u32 = 500_000;
/// Nearest records that are compared, and as many again that can be had online.
const MAX_COMPARED: usize = 200;
/// Records in memory at a time.
const BATCH: usize = 100;

/// Lists what fits.
pub(super) async fn list_matches(
    directory: &Directory,
    request: directory_v1::ListMatchesRequest,
) -> Result<directory_v1::ListMatchesResponse, Failure> {
    let _in_flight = directory.index.begin_request();
    list_matches_among(directory, request, MAX_COMPARED).await
}

/// The same among at most `max_compared` of the nearest records and of those online.
pub(super) async fn list_matches_among(
    directory: &Directory,
    mut request: directory_v1::ListMatchesRequest,
    max_compared: usize,
) -> Result<directory_v1::ListMatchesResponse, Failure> {
    let now = directory.now();
    let page_token = mem::take(&mut request.page_token);
    let page_size = mem::take(&mut request.page_size);
    // Page tokens are bound to the request without its page fields.
    let unpaged = request.encode_to_vec();
    let token = PageToken::decode(&page_token, &unpaged, &directory.signer)?;
    let started = token.map_or(now, |token| token.started);
    let page_size = directory.page_size(page_size);
    let page_size = page_size.map_err(|violation| Failure::invalid(vec![violation]))?;
    if request.max_distance_m > MAX_DISTANCE_M {
        return Err(Failure::invalid_field(
            "max_distance_m",
            "distance_too_long",
            format!("at most {MAX_DISTANCE_M} metres"),
        ));
    }
    let subject = Arc::new(Subject::read(directory, &request, now).await?);
    let searches = subject.searches(started, &directory.geocoder)?;
    let compared = compare_all(directory, &subject, &searches, started, max_compared).await?;
    let mut ranked = compared.ranked;
    ranked.sort_by_key(|one| one.rank);
    let after = token.map(|token| token.after);
    let is_on_page = |one: &Ranked| after.is_none_or(|after| one.rank > after);
    let mut rest = ranked.into_iter().filter(is_on_page);
    let page: Vec<Ranked> = rest.by_ref().take(page_size).collect();
    let mut has_more = rest.next().is_some();
    let context = searches.first().map(ParsedSearch::hit_context);
    let mut last = None;
    let mut matches = Vec::new();
    let mut bytes = PageBytes::default();
    for (rank, message) in messages(directory, page, context.unwrap_or_default(), started).await? {
        if let Some(message) = message {
            if !bytes.take(&message) {
                has_more = true;
                break;
            }
            matches.push(message);
        }
        last = Some(rank);
    }
    let next_page_token = last.filter(|_| has_more).map(|after| {
        let token = PageToken {
            started,
            after,
            depth: 0,
            snapshot: None,
        };
        token.encode(&unpaged, &directory.signer)
    });
    Ok(directory_v1::ListMatchesResponse {
        matches,
        next_page_token: next_page_token.unwrap_or_default(),
        more_not_compared: compared.is_partial,
    })
}

/// The offer or need of the request.
struct Subject {
    group: GroupId,
    entry: Entry,
    /// The request's distance, 0 if it names none.
    max_distance_m: u32,
    /// Its hours, expanded for the first record that is compared.
    hours: OnceLock<Availability>,
}

impl Subject {
    async fn read(
        directory: &Directory,
        request: &directory_v1::ListMatchesRequest,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let group: GroupId = id_field("group_id", &request.group_id)?;
        let name = RecordName::parse(&request.collection, &request.key)
            .map_err(|error| Failure::invalid_field("key", error.reason(), error.to_string()))?;
        if ![collection::OFFER, collection::NEED].contains(&name.collection.as_str()) {
            return Err(Failure::invalid_field(
                "collection",
                "collection_not_served",
                "only an offer or a need has matches",
            ));
        }
        let (row, record) = directory.shown_record(&group, &name, now).await?;
        let entry = Entry::parse(&group, &record).ok_or_else(|| record_unknown(&row, now))?;
        Ok(Self {
            group,
            entry,
            max_distance_m: request.max_distance_m,
            hours: OnceLock::new(),
        })
    }

    /// The kind of record that could fit.
    fn other_collection(&self) -> &'static str {
        match self.entry.need() {
            Some(_) => collection::OFFER,
            None => collection::NEED,
        }
    }

    /// The radius to search. Each need states its own reach, so an offer searches as far as
    /// any need may.
    fn search_radius_m(&self) -> u32 {
        match self.entry.need() {
            Some(need) => reach_m(need, self.max_distance_m),
            None => MAX_DISTANCE_M,
        }
    }

    /// Compares with a loaded record. Expands both records' times, so callers run this within
    /// the limiter.
    fn compare(
        &self,
        other: &Loaded,
        now: Timestamp,
        budget: &mut ComparisonBudget,
    ) -> Option<Ranked> {
        let entry = &other.record.entry;
        let need = self.entry.need().or_else(|| entry.need())?;
        let offer = self.entry.offer().or_else(|| entry.offer())?;
        let apart_m = apart_m(&self.entry, entry);
        let limit_m = reach_m(need, self.max_distance_m);
        let candidate = &other.candidate;
        let fit = fit(need, offer, apart_m, limit_m, now, || {
            let mut left = budget.left_for(&candidate.group);
            let before = left;
            let comparison = self.compare_hours(&other.record, now, &mut left);
            budget.spend(candidate.group, before - left);
            comparison
        })?;
        Some(Ranked {
            rank: rank(&fit, apart_m, candidate),
            fit,
            apart_m,
            candidate: candidate.clone(),
        })
    }

    /// Compares the hours of both records, expanded at most once for many requests. Subtracts the
    /// steps that it takes; the hours are unknown if that is more than are left.
    fn compare_hours(&self, other: &CachedRecord, now: Timestamp, steps: &mut u64) -> Comparison {
        let own = self.hours(now);
        let is_need = self.entry.need().is_some();
        if is_need && own.is_empty() {
            return Comparison::NotRequired;
        }
        let Some(theirs) = other.hours(now, steps) else {
            return Comparison::Unknown;
        };
        let (wanted, offered) = if is_need {
            (own, theirs.as_ref())
        } else {
            (theirs.as_ref(), own)
        };
        compare_hours(wanted, offered, now, steps)
    }

    fn hours(&self, now: Timestamp) -> &Availability {
        self.hours.get_or_init(|| {
            let resource = resource_hours::resource(&self.entry);
            resource.map_or_else(Availability::default, |resource| {
                resource_hours::expand(resource, now).0
            })
        })
    }

    /// The searches for what could fit: around the record's point, and online; anywhere if
    /// it has no point.
    fn searches(
        &self,
        started: Timestamp,
        geocoder: &Geocoder,
    ) -> Result<Vec<ParsedSearch>, Failure> {
        let kind = self.entry.summary.resource_kind.unwrap_or_default();
        let filter = SearchFilter {
            collections: vec![self.other_collection().to_owned()],
            resource_kinds: vec![kind.into()],
            ..SearchFilter::default()
        };
        let parse = |filter: SearchFilter, order: SearchOrder| {
            ParsedSearch::parse(&filter, order.into(), started, geocoder, Vec::new())
        };
        let Some((_, point)) = self.entry.points().next() else {
            return Ok(vec![parse(filter, SearchOrder::Relevance)?]);
        };
        let around = SearchFilter {
            near: Some(directory_v1::Near {
                center: Some(Center::Point(point)),
                radius_m: self.search_radius_m(),
            }),
            ..filter.clone()
        };
        let online = SearchFilter {
            online: Some(true),
            ..filter
        };
        Ok(vec![
            parse(around, SearchOrder::Distance)?,
            parse(online, SearchOrder::Relevance)?,
        ])
    }
}

/// How far a need reaches.
fn reach_m(need: &v1::Need, max_distance_m: u32) -> u32 {
    match (need.within_km, max_distance_m) {
        (0, 0) => DEFAULT_DISTANCE_M,
        (0, max_distance_m) => max_distance_m,
        (km, _) => km.saturating_mul(1_000).min(MAX_DISTANCE_M),
    }
}

/// A record that fits, with its place in the order.
struct Ranked {
    rank: u128,
    fit: Fit,
    apart_m: Option<u32>,
    candidate: Candidate,
}

struct Compared {
    /// Everything that fits, in no order.
    ranked: Vec<Ranked>,
    /// Whether there are more records than may be compared.
    is_partial: bool,
}

/// Compares the subject with the records that could fit.
async fn compare_all(
    directory: &Directory,
    subject: &Arc<Subject>,
    searches: &[ParsedSearch],
    started: Timestamp,
    max_compared: usize,
) -> Result<Compared, Failure> {
    let mut is_partial = false;
    let mut seen = HashSet::new();
    // In the order of the searches, so that the budget is spent on the nearest records first.
    let mut candidates: Vec<Candidate> = Vec::new();
    for search in searches {
        let results = find(directory, search, max_compared).await?;
        is_partial |= results.total > results.candidates.len() as u64;
        let found = results.candidates.into_iter().map(|(_, one)| one);
        let others = found.filter(|one| one.group != subject.group);
        candidates.extend(others.filter(|one| seen.insert((one.group, one.name.clone()))));
    }
    let mut budget = ComparisonBudget::default();
    let mut ranked = Vec::new();
    let mut candidates = candidates.into_iter();
    loop {
        let batch: Vec<Candidate> = candidates.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        let (subject, reader) = (Arc::clone(subject), directory.clone());
        let (compared, left) = directory
            .limiter
            .run_page(move |turn| {
                let mut compared = Vec::new();
                for other in load(&reader, turn, batch)?.iter().flatten() {
                    turn.checkpoint().or_failure()?;
                    compared.extend(subject.compare(other, started, &mut budget));
                }
                Ok((compared, budget))
            })
            .await?;
        ranked.extend(compared);
        budget = left;
    }
    Ok(Compared { ranked, is_partial })
}

/// Loads candidates; `None` for those that are not shown any more. The records are in memory
/// only as long as the result.
fn load(
    directory: &Directory,
    turn: &Arc<Turn>,
    candidates: Vec<Candidate>,
) -> Result<Vec<Option<Loaded>>, Failure> {
    let mut hydrator = Hydrator::new(directory, turn, directory.now());
    hydrator.load(candidates.iter())?;
    let mut loaded = Vec::with_capacity(candidates.len());
    for candidate in candidates {
        loaded.push(match hydrator.hydrate(candidate)? {
            Hydrated::Current(current) => Some(current),
            Hydrated::Changed(_) | Hydrated::Gone => None,
        });
    }
    Ok(loaded)
}

/// Builds the matches of a page, each with its rank; `None` for a record that has changed since
/// it was compared.
async fn messages(
    directory: &Directory,
    page: Vec<Ranked>,
    context: HitContext,
    now: Timestamp,
) -> Result<Vec<(u128, Option<directory_v1::Match>)>, Failure> {
    let numbers = |aspects: &[MatchAspect]| aspects.iter().map(|&it| it.into()).collect();
    let reader = directory.clone();
    directory
        .limiter
        .run_page(move |turn| {
            let candidates = page.iter().map(|one| one.candidate.clone()).collect();
            let loaded = load(&reader, turn, candidates)?;
            let mut bytes = SearchableBytes::default();
            let message = |(ranked, loaded): (Ranked, Option<Loaded>)| {
                turn.checkpoint().or_failure()?;
                let message = loaded.map(|loaded| {
                    let mut hit = loaded.hit(&context, now, &mut bytes);
                    hit.distance_m = ranked.apart_m;
                    directory_v1::Match {
                        hit: Some(hit),
                        fits: numbers(&ranked.fit.fits),
                        unknown: numbers(&ranked.fit.unknown),
                    }
                });
                Ok((ranked.rank, message))
            };
            page.into_iter().zip(loaded).map(message).collect()
        })
        .await
}

async fn find(
    directory: &Directory,
    search: &ParsedSearch,
    limit: usize,
) -> Result<SearchResults, Failure> {
    let (snapshot, _) = directory.index.current_snapshot();
    let (filters, ranking) = (search.filters.clone(), search.ranking_after(None));
    directory
        .limiter
        .run(move |turn| {
            let snapshot = snapshot.interruptible(turn.clone());
            snapshot.search(&filters, ranking, limit, &[])
        })
        .await
}

/// The distance between the nearest points of two records.
fn apart_m(one: &Entry, other: &Entry) -> Option<u32> {
    let pairs = one
        .points()
        .flat_map(|(_, from)| other.points().map(move |(_, to)| distance_m(&from, &to)));
    pairs
        .min_by(f64::total_cmp)
        .map(|metres| metres.round() as u32)
}

/// Orders by the fewest unknowns, then the most that fits, then the distance. A hash of the
/// name makes the order total.
fn rank(fit: &Fit, apart_m: Option<u32>, candidate: &Candidate) -> u128 {
    let count = |aspects: &[MatchAspect]| u128::try_from(aspects.len()).unwrap_or(255).min(255);
    let digest = Sha256::new()
        .chain_update(candidate.group.as_bytes())
        .chain_update(candidate.name.collection.as_str())
        .chain_update(candidate.name.key.as_str())
        .finalize();
    let identity = digest
        .iter()
        .take(8)
        .fold(0, |id, byte| id << 8 | u128::from(*byte));
    count(&fit.unknown) << 104
        | (255 - count(&fit.fits)) << 96
        | u128::from(apart_m.unwrap_or(u32::MAX)) << 64
        | identity
}
