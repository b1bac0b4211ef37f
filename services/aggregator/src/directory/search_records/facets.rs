//! Counts besides the hits: facets, each without its own filter, and relaxations: how many
//! records would match without one of the filters.

use std::cmp::Reverse;

use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::{FacetKind, SearchFilter};
use hedgerow_search::{FacetCounts, Snapshot};
use hedgerow_transport::failure::Failure;

use super::super::filters;
use super::super::filters::without_facet;
use super::super::geocode::Geocoder;
use super::super::known_regions::is_known_region;
use hedgerow_core::time::Timestamp;
use hedgerow_search::Filters;

use crate::failure::OrFailure as _;

/// Values of one facet.
const MAX_VALUES: usize = 100;

/// The facets that have no filter of their own, so that they can be counted with the hits.
pub(super) fn counted_with_hits(filter: &SearchFilter, facets: &[FacetKind]) -> Vec<FacetKind> {
    let has_own = |facet: &FacetKind| without_facet(filter, *facet).is_some();
    facets.iter().copied().filter(|it| !has_own(it)).collect()
}

/// All requested facets in their order: those counted with the hits, and the others counted
/// here.
pub(super) fn count_facets(
    geocoder: &Geocoder,
    filter: &SearchFilter,
    started: Timestamp,
    facets: &[FacetKind],
    snapshot: &Snapshot,
    mut counted: Vec<(FacetKind, FacetCounts)>,
) -> Result<Vec<directory_v1::Facet>, Failure> {
    for &facet in facets {
        if let Some(relaxed) = without_facet(filter, facet) {
            let filters = parse(&relaxed, started, geocoder)?;
            let (_, counts) = snapshot.count(&filters, &[facet]).or_failure()?;
            counted.extend(counts);
        }
    }
    let facets = facets.iter().map(|&facet| {
        let counts = counted.iter_mut().find(|(other, _)| *other == facet);
        let mut counts = counts.map_or_else(FacetCounts::new, |(_, counts)| std::mem::take(counts));
        if facet == FacetKind::Region {
            counts.retain(|value, _| is_known_region(value));
        }
        facet_message(facet, counts)
    });
    Ok(facets.collect())
}

/// A facet with its most frequent values.
pub(in super::super) fn facet_message(
    facet: FacetKind,
    counts: FacetCounts,
) -> directory_v1::Facet {
    let counts = counts.into_iter();
    let mut counts: Vec<_> = counts
        .map(|(value, count)| directory_v1::FacetCount { value, count })
        .collect();
    counts.sort_unstable_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counts.truncate(MAX_VALUES);
    directory_v1::Facet {
        kind: facet.into(),
        counts,
    }
}

/// The filters without which records would match, the most effective first.
pub(super) fn count_relaxations(
    geocoder: &Geocoder,
    filter: &SearchFilter,
    started: Timestamp,
    snapshot: &Snapshot,
) -> Result<Vec<directory_v1::Relaxation>, Failure> {
    let mut counts = Vec::new();
    for (name, relaxed) in filters::relaxations(filter) {
        let filters = parse(&relaxed, started, geocoder)?;
        counts.push((name, snapshot.count(&filters, &[]).or_failure()?.0));
    }
    counts.retain(|(_, count)| *count > 0);
    counts.sort_by_key(|(_, count)| Reverse(*count));
    let relaxations = counts.into_iter();
    Ok(relaxations
        .map(|(filter, count)| directory_v1::Relaxation {
            filter: filter.to_owned(),
            count,
        })
        .collect())
}

/// Parses a filter that is part of one already checked.
fn parse(
    filter: &SearchFilter,
    started: Timestamp,
    geocoder: &Geocoder,
) -> Result<Filters, Failure> {
    let order = directory_v1::SearchOrder::Unspecified.into();
    let parsed = super::ParsedSearch::parse(filter, order, started, geocoder, Vec::new())?;
    Ok(parsed.filters)
}
