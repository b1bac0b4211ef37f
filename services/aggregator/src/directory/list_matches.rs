//! `ListMatches`: offers that fit a need, and needs that an offer fits.
//!
//! Only public records are compared. Whether the two groups come together is for them to
//! settle: every match names what the records do not say.

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use hedgerow_core::id::GroupId;
use hedgerow_core::name::{RecordName, collection};
use hedgerow_core::place::distance_m;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1::near::Center;
use hedgerow_proto::directory_v1::{MatchAspect, SearchFilter, SearchOrder};
use hedgerow_proto::{directory_v1, v1};
use hedgerow_search::{Candidate, Entry, SearchResults};
use hedgerow_transport::failure::{Failure, id_field};
use prost::Message as _;
use sha2::{Digest as _, Sha256};

use super::context::{Directory, PageBytes, record_unknown};
use super::hydrate::{HitContext, Hydrated, Hydrator, Loaded};
use super::page_token::PageToken;
use super::search_records::ParsedSearch;
use fit::{Fit, fit};

mod fit;

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
    let compared = compare_all(directory, &subject, started, max_compared).await?;
    let mut ranked = compared.ranked;
    ranked.sort_by_key(|one| one.rank);
    let after = token.map(|token| token.after);
    let mut rest = ranked
        .into_iter()
        .filter(|one| after.is_none_or(|after| one.rank > after))
        .peekable();
    let mut page: Vec<Ranked> = Vec::new();
    let mut bytes = PageBytes::default();
    while page.len() < page_size
        && let Some(next) = rest.next_if(|next| bytes.take(&next.message))
    {
        page.push(next);
    }
    let next_page_token = match (rest.next(), page.last()) {
        (Some(_), Some(last)) => {
            let token = PageToken {
                started,
                after: last.rank,
                depth: 0,
                snapshot: None,
            };
            token.encode(&unpaged, &directory.signer)
        }
        _ => String::new(),
    };
    Ok(directory_v1::ListMatchesResponse {
        matches: page.into_iter().map(|one| one.message).collect(),
        next_page_token,
        more_not_compared: compared.is_partial,
    })
}

/// The offer or need of the request.
struct Subject {
    group: GroupId,
    entry: Entry,
    /// The request's distance, 0 if it names none.
    max_distance_m: u32,
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

    /// Compares with a record of the other kind.
    fn fit(&self, other: &Entry, apart_m: Option<u32>, now: Timestamp) -> Option<Fit> {
        let need = self.entry.need().or_else(|| other.need())?;
        let offer = self.entry.offer().or_else(|| other.offer())?;
        fit(
            need,
            offer,
            apart_m,
            reach_m(need, self.max_distance_m),
            now,
        )
    }

    /// Compares with a loaded record, and builds its match. Expands both records' times, so
    /// callers run this within the limiter.
    fn compare(&self, other: &Loaded, context: &HitContext, now: Timestamp) -> Option<Ranked> {
        let entry = &other.record.entry;
        let apart_m = apart_m(&self.entry, entry);
        let fit = self.fit(entry, apart_m, now)?;
        let mut hit = other.hit(context, now);
        hit.distance_m = apart_m;
        let numbers = |aspects: &[MatchAspect]| aspects.iter().map(|&it| it.into()).collect();
        Some(Ranked {
            rank: rank(&fit, apart_m, &other.candidate),
            message: directory_v1::Match {
                hit: Some(hit),
                fits: numbers(&fit.fits),
                unknown: numbers(&fit.unknown),
            },
        })
    }

    /// The searches for what could fit: around the record's point, and online; anywhere if
    /// it has no point.
    fn searches(&self, started: Timestamp) -> Result<Vec<ParsedSearch>, Failure> {
        let kind = self.entry.summary.resource_kind.unwrap_or_default();
        let filter = SearchFilter {
            collections: vec![self.other_collection().to_owned()],
            resource_kinds: vec![kind.into()],
            ..SearchFilter::default()
        };
        let parse = |filter: SearchFilter, order: SearchOrder| {
            ParsedSearch::parse(&filter, order.into(), started, Vec::new())
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
    message: directory_v1::Match,
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
    started: Timestamp,
    max_compared: usize,
) -> Result<Compared, Failure> {
    let searches = subject.searches(started)?;
    let mut is_partial = false;
    let mut candidates: HashMap<(GroupId, RecordName), Candidate> = HashMap::new();
    for search in &searches {
        let results = find(directory, search, max_compared).await?;
        is_partial |= results.total > results.candidates.len() as u64;
        for (_, candidate) in results.candidates {
            let key = (candidate.group, candidate.name.clone());
            candidates.entry(key).or_insert(candidate);
        }
    }
    candidates.retain(|(group, _), _| *group != subject.group);
    let candidates: Vec<Candidate> = candidates.into_values().collect();
    let context = searches
        .first()
        .map(ParsedSearch::hit_context)
        .unwrap_or_default();
    let context = Arc::new(context);
    let mut hydrator = Hydrator::new(directory, directory.now());
    let mut ranked = Vec::new();
    let mut candidates = candidates.into_iter();
    loop {
        let batch: Vec<Candidate> = candidates.by_ref().take(BATCH).collect();
        if batch.is_empty() {
            break;
        }
        hydrator.load(batch.iter()).await?;
        let mut loaded = Vec::with_capacity(batch.len());
        for candidate in batch {
            if let Hydrated::Current(current) = hydrator.hydrate(candidate).await? {
                loaded.push(current);
            }
        }
        let (subject, context) = (Arc::clone(subject), Arc::clone(&context));
        let compare = move |other: &Loaded| subject.compare(other, &context, started);
        let compared = directory
            .limiter
            .run(move || Ok(loaded.iter().filter_map(compare).collect::<Vec<_>>()))
            .await?;
        ranked.extend(compared);
    }
    Ok(Compared { ranked, is_partial })
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
        .run(move || snapshot.search(&filters, ranking, limit, &[]))
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
