//! `GetCoverage`: counts of listings by region, next to what a report counted without naming
//! the groups.
//!
//! The two are never subtracted: a count of 2013 and the listings of today cannot be compared
//! one to one, and a difference is not a gap.

use hedgerow_core::name::collection;
use hedgerow_proto::directory_v1;
use hedgerow_proto::directory_v1::{FacetKind, SearchFilter};
use hedgerow_proto::v1::Voice;
use hedgerow_proto::words::snake_word;
use hedgerow_search::{CountsByRegion, RegionScheme, Snapshot};
use hedgerow_transport::failure::Failure;

use super::context::Directory;
use super::filters::require_only;
use super::known_regions::{GAZETTEER_SCHEME, region_names};
use super::reference_counts::reference_counts;
use super::search_records::{ParsedSearch, facet_message};
use super::unknown_values::unknown_values;
use super::{coverage_cache, reference_counts};

/// For listings that name no region of the 2013 report: the report's region for each of the
/// gazetteer's.
const GAZETTEER_TO_REPORT: [(&str, &str); 9] = [
    ("East Midlands", "East Midlands"),
    ("Eastern", "Eastern"),
    ("London", "London"),
    ("North East", "North East"),
    ("North West", "North West"),
    ("South East", "South East"),
    ("South West", "South West"),
    ("West Midlands", "West Midlands"),
    ("Yorkshire and the Humber", "North East"),
];
/// Facets that can be counted by region.
const FACETS: [FacetKind; 3] = [
    FacetKind::Community,
    FacetKind::Approach,
    FacetKind::Experience,
];
/// Bytes of a scheme's name.
const MAX_SCHEME: usize = 64;

/// Counts listings by region.
pub(super) async fn get_coverage(
    directory: &Directory,
    request: directory_v1::GetCoverageRequest,
) -> Result<directory_v1::GetCoverageResponse, Failure> {
    let _in_flight = directory.index.begin_request();
    let facets = facets(&request)?;
    let name = scheme_name(&request)?;
    let key = coverage_cache::key(&request);
    let ((snapshot, id), now) = (directory.index.current_snapshot(), directory.now());
    let cached = key.as_deref();
    if let Some(response) = cached.and_then(|key| directory.coverage.get(key, id, now)) {
        return Ok(response);
    }
    let scheme = RegionScheme {
        gazetteer_names: if name == reference_counts().scheme {
            GAZETTEER_TO_REPORT.to_vec()
        } else {
            Vec::new()
        },
        gazetteer_scheme: GAZETTEER_SCHEME,
        names: region_names(&name),
        name,
    };
    let filter = request.filter.unwrap_or_default();
    require_only(collection::LISTING, &filter.collections)?;
    let all = SearchFilter {
        collections: vec![collection::LISTING.to_owned()],
        ..filter
    };
    let counts = count(directory, &snapshot, &all, &scheme, &facets).await?;
    let own_counts = match own_voices(&all) {
        Some(own) => count(directory, &snapshot, &own, &scheme, &[]).await?,
        None => CountsByRegion::default(),
    };
    let filters = parse(directory, &all)?.filters;
    let unknown_values = unknown_values(&snapshot, &filters, counts.total > 0)?;
    let response = directory_v1::GetCoverageResponse {
        unknown_values,
        ..response(scheme.name, &facets, counts, &own_counts)
    };
    if let Some(key) = key {
        directory.coverage.put(key, id, now, &response);
    }
    Ok(response)
}

/// The filter for the listings in which a group speaks itself, or another with its permission;
/// `None` if it allows neither voice.
fn own_voices(filter: &SearchFilter) -> Option<SearchFilter> {
    let is_allowed = |voice: &i32| filter.voices.is_empty() || filter.voices.contains(voice);
    let voices = [Voice::Itself.into(), Voice::OnBehalf.into()];
    let voices: Vec<i32> = voices.into_iter().filter(is_allowed).collect();
    (!voices.is_empty()).then(|| SearchFilter {
        voices,
        ..filter.clone()
    })
}

fn scheme_name(request: &directory_v1::GetCoverageRequest) -> Result<String, Failure> {
    let invalid = |reason, message: &str| Err(Failure::invalid_field("scheme", reason, message));
    match request.scheme.as_str() {
        "" => Ok(reference_counts().scheme.clone()),
        name if name.len() > MAX_SCHEME => {
            invalid("too_long", "the name of a scheme has at most 64 bytes")
        }
        name if name.contains(':') => {
            invalid("scheme_malformed", "the name of a scheme has no colon")
        }
        name => Ok(name.to_owned()),
    }
}

/// The requested facets in a fixed order; all three if none is named.
fn facets(request: &directory_v1::GetCoverageRequest) -> Result<Vec<FacetKind>, Failure> {
    let requested = &request.facets;
    let is_known = |facet: &i32| FACETS.iter().any(|known| *known as i32 == *facet);
    if requested.len() > FACETS.len() || !requested.iter().all(is_known) {
        let known = FACETS.map(snake_word).join(", ");
        return Err(Failure::invalid_field(
            "facets",
            "value_unknown",
            format!("expected any of {known}, each once"),
        ));
    }
    let is_requested =
        |facet: &FacetKind| requested.is_empty() || requested.contains(&(*facet as i32));
    Ok(FACETS.into_iter().filter(is_requested).collect())
}

async fn count(
    directory: &Directory,
    snapshot: &Snapshot,
    filter: &SearchFilter,
    scheme: &RegionScheme,
    facets: &[FacetKind],
) -> Result<CountsByRegion, Failure> {
    let (search, snapshot) = (parse(directory, filter)?, snapshot.clone());
    let (scheme, facets) = (scheme.clone(), facets.to_vec());
    directory
        .limiter
        .run(move |turn| {
            let snapshot = snapshot.interruptible(turn.clone());
            snapshot.count_by_region(&search.filters, &scheme, &facets)
        })
        .await
}

fn parse(directory: &Directory, filter: &SearchFilter) -> Result<ParsedSearch, Failure> {
    let order = directory_v1::SearchOrder::Unspecified.into();
    let now = directory.now();
    ParsedSearch::parse(filter, order, now, &directory.geocoder, Vec::new())
}

fn response(
    scheme: String,
    facets: &[FacetKind],
    mut counts: CountsByRegion,
    own_counts: &CountsByRegion,
) -> directory_v1::GetCoverageResponse {
    let report = Some(reference_counts()).filter(|report| report.scheme == scheme);
    // Regions of the report appear even if nothing is listed in them.
    for region in report.iter().flat_map(|report| report.regions()) {
        counts.regions.entry(region.to_owned()).or_default();
    }
    let regions = counts.regions.into_iter().map(|(name, region)| {
        let own = own_counts.regions.get(&name);
        let mut counted = region.facets.into_iter();
        let facets = facets
            .iter()
            .map(|&facet| facet_message(facet, counted.next().unwrap_or_default()));
        directory_v1::RegionCoverage {
            listings: region.documents,
            own_listings: own.map_or(0, |own| own.documents),
            counted_before: report
                .map(|report| report.in_region(&name))
                .unwrap_or_default(),
            facets: facets.collect(),
            region: name,
        }
    });
    directory_v1::GetCoverageResponse {
        regions: regions.collect(),
        elsewhere: counts.elsewhere,
        total: counts.total,
        source: report.map(reference_counts::Report::source),
        counted_nationally: report
            .map(reference_counts::Report::nationally)
            .unwrap_or_default(),
        scheme,
        unknown_values: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_core::gazetteer::gazetteer;

    use super::*;

    #[test]
    fn every_region_of_england_has_one_in_the_report() {
        let outside = ["Northern Ireland", "Scotland", "Wales"];
        for region in gazetteer().regions().filter(|name| !outside.contains(name)) {
            let known = GAZETTEER_TO_REPORT.iter().find(|(ours, _)| *ours == region);
            let (_, named) = known.expect(region);
            let mut regions = reference_counts().regions();
            assert!(regions.any(|known| known == *named), "{named}");
        }
    }
}
