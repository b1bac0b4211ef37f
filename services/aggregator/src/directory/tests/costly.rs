//! Records and requests that would cost much more than others without their bounds.

use hedgerow_core::recurrence::MAX_OCCURRENCES;
use hedgerow_testkit::hostile;
use hedgerow_transport::failure::CallFailure;
use prost::Message;
use tonic::Status;

use super::*;
use crate::directory::{get_coverage, list_events, list_matches};

/// A catalogued listing whose hit has ten times the bytes of others.
fn long_source(number: usize) -> v1::Listing {
    v1::Listing {
        voice: v1::Voice::Catalogued.into(),
        source: Some(v1::Source {
            // Four bytes each.
            title: "\u{1F33F}".repeat(120),
            url: "\u{1F33F}".repeat(2_000),
            note: "\u{1F33F}".repeat(2_000),
            ..v1::Source::default()
        }),
        ..listing(&format!("No {number:03}"), "", None)
    }
}

#[tokio::test]
async fn a_page_of_large_hits_ends_early_and_the_next_one_goes_on() {
    let (seeker, mut group) = Seeker::with_group().await;
    for number in 0..130 {
        let id = number.to_string();
        group.put_catalogued("charity", &id, &long_source(number));
    }
    seeker.publish(&mut group).await;
    let mut request = SearchRecordsRequest {
        page_size: 100,
        ..any().into()
    };
    let (mut titles, mut pages) = (Vec::new(), 0);
    loop {
        let page = seeker.search(request.clone()).await;
        assert!(
            page.encoded_len() < 2 * 1024 * 1024,
            "{}",
            page.encoded_len()
        );
        assert_eq!(page.total_size, 130);
        titles.extend(page.hits.into_iter().map(|hit| hit.title));
        pages += 1;
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert!(pages > 2, "a page by number of rows would have been larger");
    titles.sort();
    titles.dedup();
    assert_eq!(titles.len(), 130, "each once");
}

#[tokio::test]
async fn invented_regions_appear_neither_in_coverage_nor_in_facets() {
    let (seeker, mut group) = Seeker::with_group().await;
    for number in 0..4 {
        let key = format!("l{number}");
        group.put("listing", &key, &hostile::invented_regions(number));
    }
    group.put("listing", "honest", &listing("Honest", "", Some("Leeds")));
    seeker.publish(&mut group).await;
    let facets = SearchRecordsRequest {
        facets: vec![FacetKind::Region.into()],
        ..any().into()
    };
    let facets = seeker.search(facets).await.facets;
    let values: Vec<&str> = facets[0]
        .counts
        .iter()
        .map(|it| it.value.as_str())
        .collect();
    assert_eq!(values, ["ons:Yorkshire and the Humber"]);
    let coverage = |scheme: &str| {
        let request = directory_v1::GetCoverageRequest {
            scheme: scheme.into(),
            ..directory_v1::GetCoverageRequest::default()
        };
        get_coverage::get_coverage(&seeker.directory, request)
    };
    let ons = coverage("ons").await.unwrap();
    let regions: Vec<&str> = ons.regions.iter().map(|it| it.region.as_str()).collect();
    assert_eq!(regions, ["Yorkshire and the Humber"]);
    assert_eq!((ons.elsewhere, ons.total), (4, 5));
    let own = coverage("mine").await.unwrap();
    assert_eq!(own.regions.len(), 100, "of 100 for each of four listings");
}

#[tokio::test]
async fn every_costly_record_is_found_and_slows_no_search_down_by_its_times() {
    let (seeker, mut group) = Seeker::with_group().await;
    let costly = hostile::costly();
    for (number, record) in costly.iter().enumerate() {
        group.put_body(record.collection, &format!("c{number}"), &record.body);
    }
    seeker.publish(&mut group).await;
    let response = seeker.search(any()).await;
    assert_eq!(response.hits.len(), costly.len());
    let events = list_events::list_events(&seeker.directory, Default::default());
    let events = events.await.unwrap();
    assert!(events.occurrences.len() <= MAX_OCCURRENCES);
}

#[tokio::test]
async fn an_honest_match_is_listed_among_costly_ones() {
    let (seeker, mut group) = Seeker::with_group().await;
    let mut costly = StoredGroup::new(2);
    for number in 0..20 {
        costly.put("offer", &format!("c{number}"), &hostile::costly_offer());
    }
    costly.put("offer", "honest", &room("Honest", 12, "Leeds"));
    let need = v1::Need {
        resource: room("Wanted", 12, "Leeds").resource,
        ..v1::Need::default()
    };
    group.put("need", "n", &need);
    seeker.publish(&mut costly).await;
    seeker.publish(&mut group).await;
    let request = directory_v1::ListMatchesRequest {
        group_id: group.id().to_vec(),
        collection: "need".into(),
        key: "n".into(),
        page_size: 100,
        ..directory_v1::ListMatchesRequest::default()
    };
    let matches = list_matches::list_matches(&seeker.directory, request);
    let matches = matches.await.unwrap().matches;
    let titles: Vec<String> = matches
        .into_iter()
        .filter_map(|one| Some(one.hit?.title))
        .collect();
    assert_eq!(titles.len(), 21);
    assert!(titles.contains(&"Honest".to_owned()));
}

#[tokio::test]
async fn one_fault_has_one_reason_in_every_list() {
    let seeker = Seeker::new().await;
    let directory = &seeker.directory;
    let search = |page_size, filter: SearchFilter| async move {
        let request = SearchRecordsRequest {
            page_size,
            ..filter.into()
        };
        let failure = search_records::search_records(directory, request).await;
        CallFailure::from(Status::from(failure.unwrap_err())).reason
    };
    let events = |page_size, filter: SearchFilter| async move {
        let request = directory_v1::ListEventsRequest {
            page_size,
            filter: Some(filter),
            ..directory_v1::ListEventsRequest::default()
        };
        let failure = list_events::list_events(directory, request).await;
        CallFailure::from(Status::from(failure.unwrap_err())).reason
    };
    let matches = |page_size| async move {
        let request = directory_v1::ListMatchesRequest {
            page_size,
            ..directory_v1::ListMatchesRequest::default()
        };
        let failure = list_matches::list_matches(directory, request).await;
        CallFailure::from(Status::from(failure.unwrap_err())).reason
    };
    for (size, reason) in [(101, "page_size_too_large"), (-1, "page_size_negative")] {
        assert_eq!(search(size, any()).await, reason);
        assert_eq!(events(size, any()).await, reason);
        assert_eq!(matches(size).await, reason);
    }
    let duration = |seconds, nanos| Some(prost_types::Duration { seconds, nanos });
    let list = |value: &str, count| vec![value.to_owned(); count];
    for (filter, reason) in [
        (
            SearchFilter {
                confirmed_within: duration(-1, 0),
                ..any()
            },
            "duration_negative",
        ),
        (
            SearchFilter {
                confirmed_within: duration(0, -1),
                ..any()
            },
            "duration_negative",
        ),
        (
            SearchFilter {
                tags: list("tea", 51),
                ..any()
            },
            "too_many",
        ),
        (
            SearchFilter {
                who_for: list(&"w".repeat(201), 1),
                ..any()
            },
            "too_long",
        ),
        (
            SearchFilter {
                languages: list(&"l".repeat(1_000_000), 2),
                ..any()
            },
            "too_long",
        ),
        (
            SearchFilter {
                roles: vec![1; 100_000],
                ..any()
            },
            "too_many",
        ),
        (
            SearchFilter {
                query: "q".repeat(401),
                ..any()
            },
            "too_long",
        ),
        (
            SearchFilter {
                region: Some(hedgerow_proto::v1::RegionName {
                    scheme: "ons".into(),
                    name: "r".repeat(198),
                }),
                ..any()
            },
            "too_long",
        ),
        (
            SearchFilter {
                group_id: vec![1; 31],
                ..any()
            },
            "id_malformed",
        ),
    ] {
        assert_eq!(search(0, filter.clone()).await, reason);
        assert_eq!(events(0, filter).await, reason);
    }
}
