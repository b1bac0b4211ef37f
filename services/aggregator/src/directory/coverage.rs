//! `Coverage`: how many listings there are by region, community and approach, beside what
//! a report counted without naming.
//!
//! The two are never subtracted: what was counted in 2013 and what is listed today cannot
//! be compared one to one, and a difference is not a gap.

use hedgerow_core::name::collection;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::Failure;
use hedgerow_rpc::failure::FieldViolation;

use super::Directory;
use super::question::Question;
use crate::index::facets;
use crate::index::facets::Counts;
use crate::index::facets::FacetAt;
use crate::index::regions::ByRegion;
use crate::index::regions::Region;
use crate::index::regions::Regions;

mod counted;

use counted::counted;

/// The scheme of the gazetteer.
const GAZETTEER: &str = "ons";
/// What regions of the gazetteer are called by the report of 2013, for listings that do
/// not name one of its regions themselves.
const IN_THE_REPORT: [(&str, &str); 9] = [
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
const FACETS: [&str; 3] = ["community", "approach", "experience"];
/// Values told of one facet.
const MOST_VALUES: usize = 100;
/// Bytes of a scheme's name.
const LONGEST_SCHEME: usize = 64;

/// Counts listings.
pub(super) async fn coverage(
    directory: &Directory,
    request: v1::CoverageRequest,
) -> Result<v1::CoverageResponse, Failure> {
    let scheme = scheme(&request)?;
    let facets = facets(&request)?;
    let all = v1::SearchRequest {
        collections: vec![collection::LISTING.to_owned()],
        roles: request.roles,
        ..v1::SearchRequest::default()
    };
    let own = v1::SearchRequest {
        voices: vec![v1::Voice::Itself.into(), v1::Voice::OnBehalf.into()],
        ..all.clone()
    };
    let by_region = ByRegion {
        otherwise: if scheme == counted().scheme {
            IN_THE_REPORT.to_vec()
        } else {
            Vec::new()
        },
        gazetteer_scheme: GAZETTEER,
        facets: facets
            .iter()
            .filter_map(|name| facets::named(name))
            .collect(),
        scheme,
    };
    let own_by_region = ByRegion {
        facets: Vec::new(),
        ..by_region.clone()
    };
    let all = count(directory, &all, &by_region).await?;
    let own = count(directory, &own, &own_by_region).await?;
    Ok(answer(by_region, all, &own))
}

fn scheme(request: &v1::CoverageRequest) -> Result<String, Failure> {
    let refused = |reason, message: &str| Err(Failure::invalid_field("scheme", reason, message));
    match request.scheme.as_str() {
        "" => Ok(counted().scheme.clone()),
        long if long.len() > LONGEST_SCHEME => refused(
            "scheme_too_long",
            "the name of a scheme has at most 64 bytes",
        ),
        odd if odd.contains(':') => refused("scheme_malformed", "no scheme has a colon"),
        scheme => Ok(scheme.to_owned()),
    }
}

fn facets(request: &v1::CoverageRequest) -> Result<Vec<&'static str>, Failure> {
    if request.facets.is_empty() {
        return Ok(FACETS.to_vec());
    }
    let unknown = request
        .facets
        .iter()
        .any(|name| !FACETS.contains(&name.as_str()));
    if unknown || request.facets.len() > FACETS.len() {
        return Err(Failure::invalid(vec![FieldViolation::new(
            "facets",
            "value_unknown",
            format!("any of {}, each once", FACETS.join(", ")),
        )]));
    }
    let asked = |name: &&str| request.facets.iter().any(|asked| asked == name);
    Ok(FACETS.into_iter().filter(asked).collect())
}

async fn count(
    directory: &Directory,
    request: &v1::SearchRequest,
    by_region: &ByRegion,
) -> Result<Regions, Failure> {
    let question = Question::parse(request, directory.now())?;
    let (snapshot, _) = directory.index.newest();
    let by_region = by_region.clone();
    directory
        .crowd
        .look(move || snapshot.by_region(&question.criteria, &by_region))
        .await
}

fn answer(by_region: ByRegion, mut all: Regions, own: &Regions) -> v1::CoverageResponse {
    let report = Some(counted()).filter(|report| report.scheme == by_region.scheme);
    // A region of the report is told of even where nothing is listed.
    for region in report.iter().flat_map(|report| report.regions()) {
        all.regions.entry(region.to_owned()).or_default();
    }
    let regions = all
        .regions
        .into_iter()
        .map(|(name, region)| v1::RegionCoverage {
            listings: region.documents,
            own_listings: own.regions.get(&name).map_or(0, |own| own.documents),
            counted_before: report
                .map(|report| report.in_region(&name))
                .unwrap_or_default(),
            facets: told(&by_region.facets, region),
            region: name,
        });
    v1::CoverageResponse {
        regions: regions.collect(),
        elsewhere: all.elsewhere,
        total: all.total,
        source: report.map(counted::Report::source),
        counted_nationally: report.map(counted::Report::nationally).unwrap_or_default(),
        scheme: by_region.scheme,
    }
}

fn told(asked: &[FacetAt], region: Region) -> Vec<v1::Facet> {
    let mut counted = region.facets.into_iter();
    let told = asked.iter().map(|&facet| v1::Facet {
        name: facets::NAMES[facet].to_owned(),
        counts: most_frequent(counted.next().unwrap_or_default()),
    });
    told.collect()
}

fn most_frequent(counts: Counts) -> Vec<v1::FacetCount> {
    let mut counts: Vec<v1::FacetCount> = counts
        .into_iter()
        .map(|(value, count)| v1::FacetCount { value, count })
        .collect();
    counts.sort_by(|a, b| b.count.cmp(&a.count).then_with(|| a.value.cmp(&b.value)));
    counts.truncate(MOST_VALUES);
    counts
}

#[cfg(test)]
mod tests {
    use hedgerow_core::gazetteer::gazetteer;

    use super::*;

    #[test]
    fn every_region_of_england_has_one_in_the_report() {
        let outside = ["Northern Ireland", "Scotland", "Wales"];
        for region in gazetteer().regions().filter(|name| !outside.contains(name)) {
            let named = IN_THE_REPORT.iter().find(|(theirs, _)| *theirs == region);
            let (_, named) = named.expect(region);
            assert!(counted().regions().any(|known| known == *named), "{named}");
        }
    }
}
