//! `Coverage` over a real store and index.

use hedgerow_proto::v1;

use super::Seeker;
use crate::directory::coverage;
use crate::index::tests::group::TestGroup;
use crate::index::tests::place::listing;

impl Seeker {
    async fn coverage(&self, request: v1::CoverageRequest) -> v1::CoverageResponse {
        coverage::coverage(&self.directory, request).await.unwrap()
    }
}

fn region<'a>(response: &'a v1::CoverageResponse, name: &str) -> &'a v1::RegionCoverage {
    let mut regions = response.regions.iter();
    regions.find(|region| region.region == name).unwrap()
}

fn count(region: &v1::RegionCoverage, facet: &str, value: &str) -> u64 {
    let facet = region.facets.iter().find(|one| one.name == facet).unwrap();
    let value = facet.counts.iter().find(|one| one.value == value);
    value.map_or(0, |one| one.count)
}

async fn country() -> Seeker {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
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
    seeker.town.publish(&mut group).await;
    seeker
}

#[tokio::test]
async fn listings_are_counted_by_region_beside_what_the_report_counted() {
    let seeker = country().await;
    let found = seeker.coverage(v1::CoverageRequest::default()).await;
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
    assert_eq!(count(north_east, "community", "community:women"), 1);
    let north_west = region(&found, "North West");
    assert_eq!(
        (north_west.listings, north_west.own_listings),
        (2, 1),
        "what it says, holds"
    );
    assert_eq!(count(north_west, "approach", "approach:self-help"), 1);
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
        .coverage(v1::CoverageRequest {
            scheme: "ons".into(),
            facets: vec!["approach".into()],
            roles: vec![v1::Role::SupportGroup.into(), v1::Role::Network.into()],
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
async fn what_cannot_be_counted_is_refused() {
    let seeker = country().await;
    for (scheme, facet) in [("a:b", ""), ("", "name"), (&"x".repeat(65)[..], "")] {
        let request = v1::CoverageRequest {
            scheme: scheme.into(),
            facets: Some(facet.to_owned())
                .filter(|it| !it.is_empty())
                .into_iter()
                .collect(),
            ..v1::CoverageRequest::default()
        };
        let refused = coverage::coverage(&seeker.directory, request).await;
        assert!(refused.is_err());
    }
}
