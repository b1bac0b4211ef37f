//! `GetCoverage` over a real store and index.

use hedgerow_proto::directory_v1::FacetKind;
use hedgerow_proto::{directory_v1, v1};

use super::Seeker;
use crate::directory::get_coverage;
use hedgerow_testkit::samples::listing;

impl Seeker {
    async fn coverage(
        &self,
        request: directory_v1::GetCoverageRequest,
    ) -> directory_v1::GetCoverageResponse {
        get_coverage::get_coverage(&self.directory, request)
            .await
            .unwrap()
    }
}

fn region<'a>(
    response: &'a directory_v1::GetCoverageResponse,
    name: &str,
) -> &'a directory_v1::RegionCoverage {
    let mut regions = response.regions.iter();
    regions.find(|region| region.region == name).unwrap()
}

fn count(region: &directory_v1::RegionCoverage, facet: FacetKind, value: &str) -> u64 {
    let facet = region
        .facets
        .iter()
        .find(|one| one.kind() == facet)
        .unwrap();
    let value = facet.counts.iter().find(|one| one.value == value);
    value.map_or(0, |one| one.count)
}

fn of_roles(roles: &[v1::Role]) -> Option<directory_v1::SearchFilter> {
    Some(directory_v1::SearchFilter {
        roles: roles.iter().map(|&role| role.into()).collect(),
        ..directory_v1::SearchFilter::default()
    })
}

async fn country() -> Seeker {
    let (seeker, mut group) = Seeker::with_group().await;
    let mut women = listing("Women of Leeds", "", Some("Leeds"));
    women.approaches = vec!["approach:self-help".into()];
    women.who_for = vec![v1::WhoFor {
        communities: vec!["community:women".into(), "community:south-asian".into()],
        ..v1::WhoFor::default()
    }];
    let mut hidden = listing("Hidden", "", None);
    hidden.places = vec![v1::Place {
        precision: v1::Precision::Hidden.into(),
        ..v1::Place::default()
    }];
    let mut catalogued = listing("Of the report", "", Some("Manchester"));
    catalogued.voice = v1::Voice::Catalogued.into();
    catalogued.source = Some(v1::Source {
        title: "A survey".into(),
        ..v1::Source::default()
    });
    catalogued.approaches = vec!["approach:self-help".into()];
    let mut named_otherwise = listing("Said to be in the North West", "", Some("Leeds"));
    named_otherwise.places[0].regions = vec![v1::RegionName {
        scheme: "mind-2013".into(),
        name: "North West".into(),
    }];
    let mut network = listing("A network", "", Some("Leeds"));
    network.roles = vec![v1::Role::Network.into()];
    group
        .put("listing", "a", &women)
        .put("listing", "b", &hidden)
        .put("listing", "c", &named_otherwise)
        .put("listing", "d", &network)
        .put_catalogued("survey", "e", &catalogued);
    seeker.publish(&mut group).await;
    seeker
}

#[tokio::test]
async fn listings_are_counted_by_region_next_to_the_reports_counts() {
    let seeker = country().await;
    let found = seeker
        .coverage(directory_v1::GetCoverageRequest {
            filter: of_roles(&[v1::Role::SupportGroup]),
            ..directory_v1::GetCoverageRequest::default()
        })
        .await;
    assert_eq!(
        (found.scheme.as_str(), found.total, found.elsewhere),
        ("mind-2013", 4, 1)
    );
    assert_eq!(found.regions.len(), 8, "those of the report, listed or not");
    let north_east = region(&found, "North East");
    assert_eq!(
        (north_east.listings, north_east.own_listings),
        (1, 1),
        "Yorkshire is here"
    );
    assert_eq!(
        count(north_east, FacetKind::Community, "community:women"),
        1
    );
    let north_west = region(&found, "North West");
    assert_eq!(
        (north_west.listings, north_west.own_listings),
        (2, 1),
        "what it says, holds"
    );
    assert_eq!(
        count(north_west, FacetKind::Approach, "approach:self-help"),
        1
    );
    let earlier = |kind: &str| {
        let mut counts = north_east.counted_before.iter();
        counts.find(|one| one.kind == kind).unwrap()
    };
    let voices = earlier("hearing_voices");
    assert_eq!((voices.low, voices.high), (15, Some(16)));
    assert_eq!(voices.words, "15-16 (estimate)");
    let source = found.source.unwrap();
    assert_eq!(source.year, 2013);
    assert!(source.note.contains("one to one"));
    assert!(!format!("{source:?}").contains("gap"));
    assert_eq!(found.counted_nationally.len(), 5);
}

#[tokio::test]
async fn another_scheme_has_its_own_regions_and_no_report() {
    let seeker = country().await;
    let found = seeker
        .coverage(directory_v1::GetCoverageRequest {
            scheme: "ons".into(),
            facets: vec![FacetKind::Approach.into()],
            filter: of_roles(&[v1::Role::SupportGroup, v1::Role::Network]),
        })
        .await;
    assert!(found.source.is_none() && found.counted_nationally.is_empty());
    assert_eq!(found.total, 5);
    let yorkshire = region(&found, "Yorkshire and the Humber");
    assert_eq!(yorkshire.listings, 3);
    assert_eq!(yorkshire.facets.len(), 1);
    assert!(yorkshire.counted_before.is_empty());
}

#[tokio::test]
async fn only_listings_are_counted_and_other_collections_rejected() {
    let seeker = country().await;
    let request = |collection: &str| directory_v1::GetCoverageRequest {
        filter: Some(directory_v1::SearchFilter {
            collections: vec![collection.to_owned()],
            ..directory_v1::SearchFilter::default()
        }),
        ..directory_v1::GetCoverageRequest::default()
    };
    let all = seeker
        .coverage(directory_v1::GetCoverageRequest::default())
        .await;
    assert_eq!(seeker.coverage(request("listing")).await, all);
    for (collection, reason) in [
        ("event", "collection_not_served"),
        ("A b", "collection_malformed"),
    ] {
        let rejected = get_coverage::get_coverage(&seeker.directory, request(collection)).await;
        assert_eq!(rejected.unwrap_err().reason(), reason);
    }
}

#[tokio::test]
async fn unknown_schemes_and_facets_are_rejected() {
    let seeker = country().await;
    let region = vec![FacetKind::Region.into()];
    for (scheme, facets, reason) in [
        ("a:b", Vec::new(), "scheme_malformed"),
        ("", region, "value_unknown"),
        (&"x".repeat(65)[..], Vec::new(), "too_long"),
    ] {
        let request = directory_v1::GetCoverageRequest {
            scheme: scheme.into(),
            facets,
            ..directory_v1::GetCoverageRequest::default()
        };
        let rejected = get_coverage::get_coverage(&seeker.directory, request).await;
        assert_eq!(rejected.unwrap_err().reason(), reason);
    }
}
