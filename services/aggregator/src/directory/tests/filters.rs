//! Every filter of a search.

use super::*;

#[tokio::test]
async fn a_district_or_a_point_can_be_the_centre() {
    let (seeker, mut group) = Seeker::with_group().await;
    for place in ["Leeds", "York"] {
        let key = place.to_lowercase();
        group.put("listing", &key, &listing(place, "", Some(place)));
    }
    seeker.publish(&mut group).await;
    let around = |place: directory_v1::near::Center| SearchFilter {
        near: Some(directory_v1::Near {
            center: Some(place),
            radius_m: 10_000,
        }),
        ..any()
    };
    let district = around(directory_v1::near::Center::District("YO1".into()));
    assert_eq!(seeker.titles(district).await, ["York"]);
    let point = v1::Point {
        latitude_e7: 538_000_000,
        longitude_e7: -15_500_000,
    };
    let point = around(directory_v1::near::Center::Point(point));
    assert_eq!(seeker.titles(point).await, ["Leeds"]);
}

#[tokio::test]
async fn a_region_is_filtered_by_its_scheme() {
    let (seeker, mut group) = Seeker::with_group().await;
    let mut named = listing("Named", "", None);
    named.places = vec![v1::Place {
        precision: v1::Precision::Region.into(),
        name: "Eastern".into(),
        regions: vec![v1::RegionName {
            scheme: "mind-2013".into(),
            name: "Eastern".into(),
        }],
        country: "GB".into(),
        ..v1::Place::default()
    }];
    group
        .put("listing", "a", &named)
        .put("listing", "b", &listing("Leeds", "", Some("Leeds")));
    seeker.publish(&mut group).await;
    let region = |scheme: &str, name: &str| SearchFilter {
        region: Some(v1::RegionName {
            scheme: scheme.into(),
            name: name.into(),
        }),
        ..any()
    };
    assert_eq!(
        seeker.titles(region("mind-2013", "eastern")).await,
        ["Named"]
    );
    assert_eq!(
        seeker
            .titles(region("ons", "Yorkshire and the Humber"))
            .await,
        ["Leeds"]
    );
    assert_eq!(
        seeker
            .titles(region("mind-2013", "Yorkshire and the Humber"))
            .await,
        [""; 0],
        "schemes are not mixed"
    );
}

#[tokio::test]
async fn openness_language_access_cost_and_identity() {
    let (seeker, mut group) = Seeker::with_group().await;
    let open = v1::Listing {
        openness: v1::Openness::OpenContactFirst.into(),
        languages: vec!["ur".into(), "en-GB".into()],
        accessibility: Some(v1::Accessibility {
            tags: vec!["accessibility:step-free".into()],
            ..v1::Accessibility::default()
        }),
        how_to_join: vec!["referral-route:self-referral".into()],
        online: Some(v1::Online {
            available: true,
            ..v1::Online::default()
        }),
        ..listing("Open", "", None)
    };
    let closed = v1::Listing {
        openness: v1::Openness::Closed.into(),
        ..listing("Closed", "", None)
    };
    group
        .put("listing", "a", &open)
        .put("listing", "b", &closed)
        .put("listing", "c", &listing("Silent", "", None));
    seeker.publish(&mut group).await;
    for request in [
        SearchFilter {
            open_to_new: Some(true),
            ..any()
        },
        SearchFilter {
            languages: vec!["en".into()],
            ..any()
        },
        SearchFilter {
            languages: vec!["UR".into()],
            ..any()
        },
        SearchFilter {
            accessibility: vec!["accessibility:step-free".into()],
            ..any()
        },
        SearchFilter {
            how_to_join: vec!["referral-route:self-referral".into()],
            ..any()
        },
        SearchFilter {
            online: Some(true),
            ..any()
        },
    ] {
        assert_eq!(
            seeker.titles(request.clone()).await,
            ["Open"],
            "{request:?}"
        );
    }
    let closed = SearchFilter {
        open_to_new: Some(false),
        ..any()
    };
    assert_eq!(seeker.titles(closed).await, ["Closed"]);
    let identified = |identity: Identity| SearchFilter {
        identities: vec![identity.into()],
        ..any()
    };
    let all = seeker.titles(identified(Identity::Unconfirmed)).await;
    assert_eq!(all.len(), 3);
    let vouched = seeker.titles(identified(Identity::Vouched)).await;
    assert_eq!(vouched, [""; 0], "none is, and it is not said of any");
}

#[tokio::test]
async fn free_records_are_distinguished_from_priced_and_unspecified_ones() {
    let (seeker, mut group) = Seeker::with_group().await;
    let priced = |kind: v1::PriceKind| {
        Some(v1::Price {
            kind: kind.into(),
            ..v1::Price::default()
        })
    };
    for (key, name, price) in [
        ("a", "Free", priced(v1::PriceKind::Free)),
        ("b", "A pound", priced(v1::PriceKind::AtCost)),
        ("c", "Silent", None),
        (
            "f",
            "First time free",
            Some(v1::Price {
                kind: v1::PriceKind::Rate.into(),
                first_time_free: Some(true),
                ..v1::Price::default()
            }),
        ),
    ] {
        let listing = v1::Listing {
            price,
            ..listing(name, "", None)
        };
        group.put("listing", key, &listing);
    }
    let mut hired = room("Hired room", 30, "Leeds");
    if let Some(resource) = &mut hired.resource {
        resource.price = priced(v1::PriceKind::Rate);
    }
    group.put("offer", "d", &hired);
    seeker.publish(&mut group).await;
    let free = |free| SearchFilter {
        free_of_charge: Some(free),
        ..any()
    };
    assert_eq!(seeker.titles(free(true)).await, ["Free"]);
    let mut costing = seeker.titles(free(false)).await;
    costing.sort();
    assert_eq!(costing, ["A pound", "First time free", "Hired room"]);
    let mut first_time = seeker
        .titles(SearchFilter {
            first_time_free: Some(true),
            ..any()
        })
        .await;
    first_time.sort();
    assert_eq!(first_time, ["First time free", "Free"]);
}

#[tokio::test]
async fn kinds_of_resource_are_distinguished_in_offers_and_needs() {
    use v1::resource::Detail;
    let (seeker, mut group) = Seeker::with_group().await;
    let resource = |title: &str, detail: Detail| {
        Some(v1::Resource {
            title: title.into(),
            detail: Some(detail),
            ..v1::Resource::default()
        })
    };
    let minibus = v1::Need {
        resource: resource("A minibus", Detail::Equipment(v1::Equipment::default())),
        ..v1::Need::default()
    };
    let hall = v1::Need {
        resource: resource("A hall", Detail::Space(v1::Space::default())),
        ..v1::Need::default()
    };
    group
        .put("need", "a", &minibus)
        .put("need", "b", &hall)
        .put("offer", "c", &room("Our room", 12, "Leeds"));
    seeker.publish(&mut group).await;
    let of = |kind: v1::ResourceKind, collections: &[&str]| SearchFilter {
        resource_kinds: vec![kind.into()],
        collections: collections.iter().map(ToString::to_string).collect(),
        ..any()
    };
    let equipment = of(v1::ResourceKind::Equipment, &[]);
    assert_eq!(seeker.titles(equipment).await, ["A minibus"]);
    let spaces = of(v1::ResourceKind::Space, &["need"]);
    assert_eq!(seeker.titles(spaces).await, ["A hall"]);
    let mut all = seeker.titles(of(v1::ResourceKind::Space, &[])).await;
    all.sort();
    assert_eq!(all, ["A hall", "Our room"]);
}

#[tokio::test]
async fn a_voice_can_be_required() {
    let (seeker, mut group) = Seeker::with_group().await;
    let mut on_behalf = listing("On behalf", "", None);
    on_behalf.voice = v1::Voice::OnBehalf.into();
    let mut catalogued = listing("Catalogued", "", None);
    catalogued.voice = v1::Voice::Catalogued.into();
    catalogued.source = Some(v1::Source {
        title: "A survey".into(),
        ..v1::Source::default()
    });
    group
        .put("listing", "a", &listing("Itself", "", None))
        .put("listing", "b", &on_behalf)
        .put_catalogued("survey", "c", &catalogued);
    seeker.publish(&mut group).await;
    let of = |voices: &[v1::Voice]| SearchFilter {
        voices: voices.iter().map(|&voice| voice.into()).collect(),
        ..any()
    };
    assert_eq!(seeker.titles(of(&[v1::Voice::Itself])).await, ["Itself"]);
    assert_eq!(
        seeker.titles(of(&[v1::Voice::Catalogued])).await,
        ["Catalogued"]
    );
    let speaking = of(&[v1::Voice::Itself, v1::Voice::OnBehalf]);
    assert_eq!(seeker.titles(speaking).await.len(), 2);
}

#[tokio::test]
async fn records_without_online_access_can_be_filtered_for() {
    let (seeker, mut group) = Seeker::with_group().await;
    let online = v1::Listing {
        online: Some(v1::Online {
            available: true,
            ..v1::Online::default()
        }),
        ..listing("On screens", "", None)
    };
    group
        .put("listing", "a", &online)
        .put("listing", "b", &listing("In a room", "", None));
    seeker.publish(&mut group).await;
    let filter = |online| SearchFilter {
        online: Some(online),
        ..any()
    };
    assert_eq!(seeker.titles(filter(true)).await, ["On screens"]);
    assert_eq!(seeker.titles(filter(false)).await, ["In a room"]);
}

#[tokio::test]
async fn a_region_without_a_name_and_an_order_without_a_place_are_rejected() {
    let (seeker, _group) = Seeker::with_group().await;
    for scheme in ["ons", "council"] {
        let filter = SearchFilter {
            region: Some(v1::RegionName {
                scheme: scheme.into(),
                name: " ".into(),
            }),
            ..any()
        };
        let failure = seeker.rejection(filter).await;
        assert_eq!(failure.violations()[0].reason, "region_malformed");
    }
    let request = SearchRecordsRequest {
        order: directory_v1::SearchOrder::Distance.into(),
        ..any().into()
    };
    let failure = seeker.rejection(request).await;
    assert_eq!(failure.violations()[0].reason, "near_missing");
}
