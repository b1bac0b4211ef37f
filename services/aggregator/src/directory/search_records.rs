//! `SearchRecords`: words, a place and filters to hits.

use std::sync::Arc;

use hedgerow_core::crisis::{CrisisService, crisis_services};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::{FacetKind, SearchFilter};
use hedgerow_search::{
    Candidate, Expansion, ExpansionKind, FacetCounts, Rank, SearchResults, Snapshot,
};
use hedgerow_transport::failure::Failure;
use prost::Message as _;

use super::context::{Directory, PageBytes};
use super::hydrate::{HitContext, Hydrated, Hydrator, Loaded};
use super::page_token::{MAX_DEPTH, PageToken};
use super::search_limiter::Turn;
use super::snippet::SearchableBytes;
use super::unknown_values::unknown_values;
use crate::failure::OrFailure as _;

mod facets;
mod request;

pub(super) use facets::facet_message;
pub(super) use request::ParsedSearch;

/// How often the index is searched again to replace hits that are gone.
const MAX_ATTEMPTS: usize = 4;

/// Searches records.
pub(super) async fn search_records(
    directory: &Directory,
    request: directory_v1::SearchRecordsRequest,
) -> Result<directory_v1::SearchRecordsResponse, Failure> {
    let _in_flight = directory.index.begin_request();
    let now = directory.now();
    let unpaged = unpaged(&request);
    let token = PageToken::decode(&request.page_token, &unpaged, &directory.signer)?;
    let search = Search::parse(directory.clone(), &request, token, now)?;
    let limiter = &directory.limiter;
    limiter
        .run_page(move |turn| respond(&search, turn, token, &unpaged))
        .await
}

/// Finds the hits and everything around them, in one turn.
fn respond(
    search: &Search,
    turn: &Arc<Turn>,
    token: Option<PageToken>,
    unpaged: &[u8],
) -> Result<directory_v1::SearchRecordsResponse, Failure> {
    let directory = &search.directory;
    // A snapshot that is no longer kept is replaced by the newest. Ranks may differ a little
    // there, so that a hit can repeat or slip: better than no page.
    let (newest, newest_id) = directory.index.current_snapshot();
    let kept = token.and_then(|token| {
        let id = token.snapshot?;
        Some((directory.index.snapshot(id)?, id))
    });
    let (snapshot, id) = kept.unwrap_or_else(|| (newest.clone(), newest_id));
    let is_newest = id == newest_id;
    let mut page = search.page(turn, &snapshot, is_newest)?;
    if !is_newest {
        // Records that are gone since then must not be counted.
        let results = search.find(turn, &newest, None, 1, &search.counted_with_hits)?;
        (page.total, page.facets) = (results.total, results.facets);
    }
    let interruptible = newest.clone().interruptible(turn.clone());
    let facets = facets::count_facets(
        &directory.geocoder,
        &search.filter,
        search.started,
        &search.facets,
        &interruptible,
        std::mem::take(&mut page.facets),
    )?;
    let unknown_values = match token {
        None => unknown_values(&newest, &search.parsed.filters, page.total > 0)?,
        Some(_) => Vec::new(),
    };
    let relaxations = if page.is_partial_match && page.total > 0 {
        vec![directory_v1::Relaxation {
            filter: "query".to_owned(),
            count: page.total,
        }]
    } else if page.total == 0 && token.is_none() {
        let (geocoder, started) = (&directory.geocoder, search.started);
        facets::count_relaxations(geocoder, &search.filter, started, &interruptible)?
    } else {
        Vec::new()
    };
    let mut expansions = page.expansions;
    expansions.extend(request::expanded_tags(&search.filter));
    let next_page_token = page.next.map(|after| {
        // An older snapshot is kept already, from the first page on.
        if is_newest {
            directory.index.retain(&snapshot, search.now);
        }
        let shown = u32::try_from(page.shown).unwrap_or(MAX_DEPTH);
        let token = PageToken {
            started: search.started,
            after,
            depth: search.depth.saturating_add(shown),
            snapshot: Some(id),
        };
        token.encode(unpaged, &directory.signer)
    });
    Ok(directory_v1::SearchRecordsResponse {
        hits: page.hits,
        next_page_token: next_page_token.unwrap_or_default(),
        total_size: i32::try_from(page.total).unwrap_or(i32::MAX),
        facets,
        expansions,
        relaxations,
        place_offer: directory.geocoder.offer(&search.filter),
        near: search.parsed.near.clone(),
        left_out_words: page.left_out,
        refused_words: page.refused,
        unknown_values,
        crisis_services: crisis_services(&search.filter.query)
            .into_iter()
            .map(crisis_service)
            .collect(),
    })
}

/// The bytes of the request that its page tokens are bound to.
pub(super) fn unpaged(request: &directory_v1::SearchRecordsRequest) -> Vec<u8> {
    let unpaged = directory_v1::SearchRecordsRequest {
        page_size: 0,
        page_token: String::new(),
        ..request.clone()
    };
    unpaged.encode_to_vec()
}

/// One search with everything that its steps need.
struct Search {
    directory: Directory,
    filter: SearchFilter,
    parsed: ParsedSearch,
    facets: Vec<FacetKind>,
    /// Facets counted together with the hits: those without a filter of their own.
    counted_with_hits: Vec<FacetKind>,
    page_size: usize,
    /// When the first page was requested: all pages measure time from it.
    started: Timestamp,
    /// The rank after which the page begins.
    after: Option<Rank>,
    /// Hits on the pages before.
    depth: u32,
    now: Timestamp,
}

/// One page of hits.
struct Page {
    hits: Vec<directory_v1::SearchHit>,
    /// The number of hits, with those of one organisation counted once.
    shown: usize,
    total: u64,
    /// The rank after which the next page begins; `None` on the last page.
    next: Option<Rank>,
    /// Whether no record has all the words, so that the hits have most of them.
    is_partial_match: bool,
    facets: Vec<(FacetKind, FacetCounts)>,
    expansions: Vec<directory_v1::Expansion>,
    /// Words that no record has.
    left_out: Vec<String>,
    /// Words for what is not wanted.
    refused: Vec<String>,
}

impl Search {
    fn parse(
        directory: Directory,
        request: &directory_v1::SearchRecordsRequest,
        token: Option<PageToken>,
        now: Timestamp,
    ) -> Result<Self, Failure> {
        let filter = request.filter.clone().unwrap_or_default();
        let started = token.map_or(now, |token| token.started);
        let mut violations = Vec::new();
        let facets = request::parse_facets(&request.facets, &mut violations);
        let page_size = directory.page_size(request.page_size);
        let page_size = page_size.map_err(|violation| violations.push(violation));
        let parsed = ParsedSearch::parse(
            &filter,
            request.order,
            started,
            &directory.geocoder,
            violations,
        )?;
        let depth = token.map_or(0, |token| token.depth);
        let left = MAX_DEPTH.saturating_sub(depth) as usize;
        Ok(Self {
            counted_with_hits: facets::counted_with_hits(&filter, &facets),
            filter,
            parsed,
            facets,
            page_size: page_size.map_or(0, |size| size.min(left)),
            started,
            after: token.map(|token| token.after),
            depth,
            now,
            directory,
        })
    }

    fn page(
        &self,
        turn: &Arc<Turn>,
        snapshot: &Snapshot,
        is_newest: bool,
    ) -> Result<Page, Failure> {
        let mut hydrator = Hydrator::new(&self.directory, turn, self.now);
        let mut context = self.parsed.hit_context();
        let mut page = Page {
            hits: Vec::new(),
            shown: 0,
            total: 0,
            next: self.after,
            is_partial_match: false,
            facets: Vec::new(),
            expansions: Vec::new(),
            left_out: Vec::new(),
            refused: Vec::new(),
        };
        let mut gone = 0;
        let mut bytes = PageBytes::default();
        for attempt in 0..MAX_ATTEMPTS {
            // One more than is needed shows whether there is a next page.
            let limit = self.page_size - page.shown + 1;
            let facets = match attempt {
                0 => self.counted_with_hits.as_slice(),
                _ => &[],
            };
            let mut results = self.find(turn, snapshot, page.next, limit, facets)?;
            if attempt == 0 {
                page.total = results.total;
                page.is_partial_match = results.is_partial_match;
                page.facets = std::mem::take(&mut results.facets);
                page.expansions = expansions(std::mem::take(&mut results.expansions));
                page.left_out = std::mem::take(&mut results.left_out);
                page.refused = std::mem::take(&mut results.refused);
                context.stems = std::mem::take(&mut results.highlights);
            }
            let has_more = results.candidates.len() == limit;
            results.candidates.truncate(limit - 1);
            let candidates = results.candidates.iter().map(|(_, candidate)| candidate);
            let others = results.same_organisation.iter().take(limit - 1).flatten();
            hydrator.load(candidates.chain(others))?;
            let mut loaded = Vec::with_capacity(results.candidates.len());
            let found = results.candidates.into_iter();
            for ((rank, first), others) in found.zip(results.same_organisation) {
                let mut group = Vec::with_capacity(1 + others.len());
                for candidate in std::iter::once(first).chain(others) {
                    group.extend(self.current(&mut hydrator, turn, candidate, is_newest)?);
                }
                loaded.push((rank, group));
            }
            for (rank, group) in self.hits(turn, &context, loaded)? {
                if group.is_empty() {
                    gone += 1;
                } else if bytes.take_all(&group) {
                    page.hits.extend(group);
                    page.shown += 1;
                } else {
                    page.total = page.total.saturating_sub(gone);
                    return Ok(page);
                }
                page.next = Some(rank);
            }
            if !has_more {
                page.next = None;
                break;
            }
            if page.shown == self.page_size {
                break;
            }
        }
        page.total = page.total.saturating_sub(gone);
        Ok(page)
    }

    /// Builds the hits of candidates that are still shown, those of one organisation together.
    fn hits(
        &self,
        turn: &Turn,
        context: &HitContext,
        loaded: Vec<(Rank, Vec<Loaded>)>,
    ) -> Result<Vec<(Rank, Vec<directory_v1::SearchHit>)>, Failure> {
        let mut bytes = SearchableBytes::default();
        let mut hits = |(rank, group): (Rank, Vec<Loaded>)| {
            turn.checkpoint().or_failure()?;
            let hits = group.iter().enumerate();
            let hits = hits.map(|(at, loaded)| directory_v1::SearchHit {
                is_same_organisation: at > 0,
                ..loaded.hit(context, self.now, &mut bytes)
            });
            Ok((rank, hits.collect()))
        };
        loaded.into_iter().map(&mut hits).collect()
    }

    fn find(
        &self,
        turn: &Arc<Turn>,
        snapshot: &Snapshot,
        after: Option<Rank>,
        limit: usize,
        facets: &[FacetKind],
    ) -> Result<SearchResults, Failure> {
        let ParsedSearch { filters, .. } = &self.parsed;
        let ranking = self.parsed.ranking_after(after);
        let snapshot = snapshot.clone().interruptible(turn.clone());
        let results = snapshot.search(filters, ranking, limit, facets);
        results.or_failure()
    }

    /// Loads a candidate that is still shown. A record that changed since an older snapshot is
    /// shown as it is now, if it still matches.
    fn current(
        &self,
        hydrator: &mut Hydrator<'_>,
        turn: &Arc<Turn>,
        candidate: Candidate,
        is_newest: bool,
    ) -> Result<Option<Loaded>, Failure> {
        let candidate = match hydrator.hydrate(candidate)? {
            Hydrated::Current(loaded) => return Ok(Some(loaded)),
            Hydrated::Gone => return Ok(None),
            Hydrated::Changed(_) if is_newest => return Ok(None),
            Hydrated::Changed(candidate) => candidate,
        };
        let (newest, _) = self.directory.index.current_snapshot();
        let newest = newest.interruptible(turn.clone());
        let matching = newest.matching(&self.parsed.filters, &[candidate]);
        let Some(changed) = matching.or_failure()?.into_iter().next() else {
            return Ok(None);
        };
        match hydrator.hydrate(changed)? {
            Hydrated::Current(loaded) => Ok(Some(loaded)),
            Hydrated::Changed(_) | Hydrated::Gone => Ok(None),
        }
    }
}

fn expansions(expanded: Vec<Expansion>) -> Vec<directory_v1::Expansion> {
    let message = |one: Expansion| directory_v1::Expansion {
        term: one.term,
        alternatives: one.alternatives,
        kind: match one.kind {
            ExpansionKind::Meaning => directory_v1::ExpansionKind::Meaning,
            ExpansionKind::Completion => directory_v1::ExpansionKind::Completion,
            ExpansionKind::Correction => directory_v1::ExpansionKind::Correction,
            ExpansionKind::Spelling => directory_v1::ExpansionKind::Spelling,
        }
        .into(),
    };
    expanded.into_iter().map(message).collect()
}

fn crisis_service(service: CrisisService) -> directory_v1::CrisisService {
    directory_v1::CrisisService {
        country: service.country.to_owned(),
        name: service.name.to_owned(),
        phone: service.phone.to_owned(),
        text: service.text.to_owned(),
        words: service.words.to_owned(),
    }
}
