//! Costly and invented contents of records stay bounded.

use hedgerow_proto::directory_v1::FacetKind;
use hedgerow_store::contract::StoredGroup;
use hedgerow_testkit::hostile;
use hedgerow_testkit::samples::weekly;
use tokio_util::sync::CancellationToken;

use crate::error::IndexError;
use crate::facets::kinds::FACETS;
use crate::indexing::worker::Indexer;
use crate::query::filters::Filters;
use crate::region_counts::RegionScheme;
use crate::testing::IndexedStore;
use crate::tests::{all, index_all};
use crate::times::filter::TimeFilter;

#[tokio::test]
async fn records_with_costly_schedules_are_found_without_times_and_counted() {
    let indexed = IndexedStore::stopped().await;
    let mut group = StoredGroup::new(1);
    for number in 0..3 {
        let key = format!("l{number}");
        group.put("listing", &key, &hostile::costly_schedules());
    }
    group.put("event", "e", &weekly("Walk", "2026-09-20T10:30", "Leeds"));
    group.publish(indexed.store.as_ref(), indexed.now()).await;
    let observer = index_all(&indexed, [group.id(), group.id()]).await;
    assert_eq!(observer.count(), [4, 4]);
    let too_costly = observer.too_costly.into_inner();
    assert_eq!(too_costly, 3);
    let filters = Filters {
        times: TimeFilter::from_now(indexed.now()),
        ..Filters::default()
    };
    let (current, _) = indexed.index.current_snapshot();
    let occurrences = current.occurrences(&filters, None, 1_000).unwrap();
    let events = occurrences
        .iter()
        .filter(|(_, one)| one.name.collection.as_str() == "event");
    assert_eq!(
        events.count(),
        occurrences.len(),
        "only the honest event has times"
    );
}

#[tokio::test]
async fn indexing_stops_within_one_record() {
    let indexed = IndexedStore::stopped().await;
    let mut group = StoredGroup::new(1);
    for number in 0..60 {
        let key = format!("l{number}");
        group.put("listing", &key, &hostile::repeated_word("cat"));
    }
    group.publish(indexed.store.as_ref(), indexed.now()).await;
    let stop = CancellationToken::new();
    stop.cancel();
    // A new index is built from all records before anything else.
    let stopped = Indexer::resume(&indexed.index, &(), stop).await.err();
    assert!(matches!(stopped, Some(IndexError::Stopping)));
    assert_eq!(all(&indexed.index).len(), 0);
}

#[tokio::test]
async fn only_known_regions_and_tags_are_counted() {
    let indexed = IndexedStore::start().await;
    let mut group = StoredGroup::new(1);
    for number in 0..4 {
        let key = format!("r{number}");
        group.put("listing", &key, &hostile::invented_regions(number));
        group.put(
            "listing",
            &format!("t{number}"),
            &hostile::many_tags(number),
        );
    }
    indexed.publish(&mut group).await;
    let (current, _) = indexed.index.current_snapshot();
    let (_, facets) = current.count(&Filters::default(), &FACETS).unwrap();
    let values = |facet: FacetKind| {
        let counts = facets.iter().find(|(kind, _)| *kind == facet);
        let mut values: Vec<&String> = counts.into_iter().flat_map(|(_, it)| it.keys()).collect();
        values.sort_unstable();
        values
    };
    for facet in [
        FacetKind::Community,
        FacetKind::Activity,
        FacetKind::Approach,
    ] {
        assert_eq!(values(facet), Vec::<&String>::new(), "{facet:?}");
    }
    let regions = values(FacetKind::Region);
    let of_ons: Vec<_> = regions.iter().filter(|it| it.starts_with("ons:")).collect();
    assert_eq!(
        of_ons,
        [&"ons:Yorkshire and the Humber"],
        "that of the tags' place"
    );
    let councils: Vec<_> = regions
        .iter()
        .filter(|it| it.starts_with("council:"))
        .collect();
    assert_eq!(councils, [&"council:Leeds"], "that of its point");
    assert!(regions.len() <= 4 * 50 + 2, "{}", regions.len());
    let scheme = |name: &str, names: Option<&[&str]>| RegionScheme {
        name: name.into(),
        names: names.map(|names| names.iter().map(ToString::to_string).collect()),
        gazetteer_names: Vec::new(),
        gazetteer_scheme: "ons",
    };
    let count = |scheme: RegionScheme| {
        let counts = current.count_by_region(&Filters::default(), &scheme, &[]);
        let counts = counts.unwrap();
        (counts.regions.len(), counts.elsewhere, counts.total)
    };
    // 200 invented regions: those that most listings name, and at most a hundred.
    assert_eq!(count(scheme("mine", None)).0, 100);
    assert_eq!(count(scheme("mine", Some(&["Region 1-1"]))), (1, 7, 8));
}
