//! Listings of one organisation by several publishers are one hit.

use super::*;

/// A listing about others, from a source.
fn catalogued(name: &str, summary: &str, place: &str, source: &str, year: u32) -> v1::Listing {
    v1::Listing {
        voice: v1::Voice::Catalogued.into(),
        source: Some(v1::Source {
            title: source.into(),
            recorded_year: year,
            ..v1::Source::default()
        }),
        ..listing(name, summary, Some(place))
    }
}

/// Cataloguers with one listing each, and a seeker.
async fn seeker_of(listings: &[v1::Listing]) -> Seeker {
    let seeker = Seeker::new().await;
    for (number, listing) in (1..).zip(listings) {
        let mut group = StoredGroup::new(number);
        if let Some(source) = &listing.source {
            group.put_catalogued(&source.title.to_lowercase(), "one", listing);
        } else {
            group.put("listing", "own", listing);
        }
        seeker.publish(&mut group).await;
    }
    seeker
}

/// The sources of each hit, those of one organisation together, and the total.
async fn sources(seeker: &Seeker, filter: SearchFilter) -> (Vec<Vec<String>>, i32) {
    let response = seeker.search(filter).await;
    let mut hits: Vec<Vec<String>> = Vec::new();
    for hit in response.hits {
        let source = hit.source.map_or("own".to_owned(), |source| source.title);
        match hits.last_mut() {
            Some(group) if hit.is_same_organisation => group.push(source),
            _ => hits.push(vec![source]),
        }
    }
    (hits, response.total_size)
}

#[tokio::test]
async fn one_organisation_from_two_sources_is_one_hit_with_both() {
    let seeker = seeker_of(&[
        catalogued("Trafford Carers Centre", "For carers.", "Sale", "A", 2013),
        catalogued(
            "The Trafford Carers’ Centre",
            "Unpaid carers.",
            "Sale",
            "B",
            2024,
        ),
        catalogued("Trafford Carers Centre", "For carers.", "Leeds", "C", 2024),
        catalogued("Sale Carers", "For carers.", "Sale", "D", 2024),
    ])
    .await;
    let (mut hits, total) = sources(&seeker, words("carers")).await;
    assert_eq!(total, 3);
    for group in &mut hits {
        group.sort();
    }
    hits.sort();
    assert_eq!(hits, [vec!["A", "B"], vec!["C"], vec!["D"]]);
    // Only one of them has the word; a search by the source of one has that one alone.
    let (hits, total) = sources(&seeker, words("unpaid")).await;
    assert_eq!(
        (hits, total),
        (vec![vec!["B".to_owned(), "A".to_owned()]], 1)
    );
    let of_one = SearchFilter {
        group_id: StoredGroup::new(1).id().to_vec(),
        ..words("carers")
    };
    let (hits, total) = sources(&seeker, of_one).await;
    assert_eq!((hits, total), (vec![vec!["A".to_owned()]], 1));
}

#[tokio::test]
async fn a_register_number_is_enough_and_a_third_listing_can_link_two() {
    let numbered = |mut listing: v1::Listing| {
        listing.identifiers = vec![v1::Identifier {
            scheme: "GB-CHC".into(),
            id: "1044763".into(),
        }];
        listing
    };
    let seeker = seeker_of(&[
        numbered(catalogued("Carers of Sale", "", "Sale", "A", 2013)),
        numbered(catalogued("Sale Carers", "", "Sale", "B", 2020)),
        catalogued("Sale Carers", "", "Sale", "C", 2024),
    ])
    .await;
    let (hits, total) = sources(&seeker, words("carers")).await;
    assert_eq!(total, 1);
    assert_eq!(hits[0].len(), 3);
}

#[tokio::test]
async fn two_groups_that_claim_a_name_are_two_hits() {
    let own = listing("Sale Carers", "", Some("Sale"));
    let catalogue = catalogued("Sale Carers", "", "Sale", "A", 2013);
    let seeker = seeker_of(&[own.clone(), catalogue.clone()]).await;
    let (hits, total) = sources(&seeker, words("carers")).await;
    assert_eq!(
        (hits, total),
        (vec![vec!["own".to_owned(), "A".to_owned()]], 1)
    );
    let seeker = seeker_of(&[own.clone(), own, catalogue]).await;
    let (hits, total) = sources(&seeker, words("carers")).await;
    assert_eq!(total, 3);
    assert!(hits.iter().all(|group| group.len() == 1), "{hits:?}");
}

#[tokio::test]
async fn a_name_that_one_source_has_twice_is_not_grouped() {
    let seeker = Seeker::new().await;
    let mut one = StoredGroup::new(1);
    for key in ["monday", "friday"] {
        let meeting = catalogued("Alcoholics Anonymous", key, "Leeds", "A", 2013);
        one.put_catalogued("a", key, &meeting);
    }
    seeker.publish(&mut one).await;
    let mut other = StoredGroup::new(2);
    let meeting = catalogued("Alcoholics Anonymous", "sunday", "Leeds", "B", 2024);
    other.put_catalogued("b", "sunday", &meeting);
    seeker.publish(&mut other).await;
    let (hits, total) = sources(&seeker, words("alcoholics")).await;
    assert_eq!((hits.len(), total), (3, 3));
}

#[tokio::test]
async fn pages_count_an_organisation_once_and_repeat_none() {
    let mut seeker = Seeker::new().await;
    let (mut one, mut other) = (StoredGroup::new(1), StoredGroup::new(2));
    for at in 0..30 {
        let name = format!("Knitting circle {at}");
        let summary = "Knitting ".repeat(at % 5 + 1);
        let first = catalogued(&name, &summary, "Leeds", "A", 2013);
        one.put_catalogued("a", &at.to_string(), &first);
        if at % 2 == 0 {
            let second = catalogued(&name, "Knitting wool.", "Leeds", "B", 2024);
            other.put_catalogued("b", &at.to_string(), &second);
        }
    }
    seeker.publish(&mut one).await;
    seeker.publish(&mut other).await;
    let mut request = SearchRecordsRequest {
        page_size: 7,
        ..words("knitting").into()
    };
    let (mut names, mut organisations) = (Vec::new(), 0);
    loop {
        let page = seeker.search(request.clone()).await;
        assert_eq!(page.total_size, 30);
        let firsts = page.hits.iter().filter(|hit| !hit.is_same_organisation);
        let firsts = firsts.count();
        assert!(firsts <= 7, "{firsts}");
        organisations += firsts;
        names.extend(page.hits.into_iter().map(|hit| (hit.group_id, hit.key)));
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(organisations, 30);
    assert_eq!(names.len(), 45, "none is lost");
    names.sort();
    names.dedup();
    assert_eq!(names.len(), 45, "none is repeated");
    // A second listing that is taken back leaves the first, before the index knows it.
    seeker.indexed.stop_indexer().await;
    other.withdraw("listing", "b.0");
    other
        .publish(seeker.indexed.store.as_ref(), seeker.indexed.now())
        .await;
    let left = seeker.search(words("circle")).await;
    assert_eq!(left.total_size, 30);
    assert!(left.hits.iter().all(|hit| hit.key != "b.0"));
}
