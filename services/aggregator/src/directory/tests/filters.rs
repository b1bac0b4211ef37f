//! Every filter of a search.

use super::*;

fn audience(emphasis: v1::Emphasis, communities: &[&str]) -> v1::WhoFor {
    v1::WhoFor {
        emphasis: emphasis.into(),
        communities: communities.iter().map(ToString::to_string).collect(),
        ..v1::WhoFor::default()
    }
}

fn for_people(name: &str, who_for: Vec<v1::WhoFor>) -> v1::Listing {
    v1::Listing {
        who_for,
        ..listing(name, "Tea.", None)
    }
}

fn who(tags: &[&str]) -> directory_v1::SearchFilter {
    directory_v1::SearchFilter {
        who_for: tags.iter().map(ToString::to_string).collect(),
        ..directory_v1::SearchFilter::default()
    }
}

const WOMEN: &str = "community:women";
const SOUTH_ASIAN: &str = "community:south-asian";

async fn with_audiences() -> Seeker {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    let (only, mainly, welcome) = (
        v1::Emphasis::Only,
        v1::Emphasis::Mainly,
        v1::Emphasis::Welcome,
    );
    let young = v1::WhoFor {
        ages: Some(v1::AgeRange {
            youngest: Some(16),
            oldest: Some(25),
        }),
        ..audience(only, &[WOMEN])
    };
    for (key, name, who_for) in [
        ("a", "Women", vec![audience(mainly, &[WOMEN])]),
        ("b", "Both", vec![audience(mainly, &[WOMEN, SOUTH_ASIAN])]),
        (
            "c",
            "Either",
            vec![
                audience(welcome, &[WOMEN]),
                audience(welcome, &[SOUTH_ASIAN]),
            ],
        ),
        (
            "d",
            "Men",
            vec![audience(only, &["community:men", SOUTH_ASIAN])],
        ),
        ("e", "Young women", vec![young]),
        ("f", "Anyone", vec![]),
    ] {
        group.put("listing", key, &for_people(name, who_for));
    }
    seeker.indexed.publish(&mut group).await;
    seeker
}

#[tokio::test]
async fn a_group_for_both_ranks_above_groups_for_one_and_groups_only_for_others_are_absent() {
    let seeker = with_audiences().await;
    let found = seeker.titles(who(&["women", "South Asian"])).await;
    assert_eq!(found[0], "Both");
    let mut rest = found[1..].to_vec();
    rest.sort();
    assert_eq!(rest, ["Either", "Women", "Young women"]);
}

#[tokio::test]
async fn only_mainly_and_welcome_are_distinguished() {
    let seeker = with_audiences().await;
    let with = |emphasis: v1::Emphasis| directory_v1::SearchFilter {
        emphasis: vec![emphasis.into()],
        ..who(&[WOMEN])
    };
    assert_eq!(
        seeker.titles(with(v1::Emphasis::Only)).await,
        ["Young women"]
    );
    assert_eq!(seeker.titles(with(v1::Emphasis::Welcome)).await, ["Either"]);
    assert_eq!(seeker.titles(with(v1::Emphasis::Mainly)).await.len(), 2);
}

#[tokio::test]
async fn ages_apply_to_the_matching_audience() {
    let seeker = with_audiences().await;
    let aged = |age: u32| directory_v1::SearchFilter {
        age: Some(age),
        ..who(&[WOMEN])
    };
    assert_eq!(seeker.titles(aged(17)).await.len(), 4);
    assert_eq!(seeker.titles(aged(40)).await.len(), 3);
    let anyone = directory_v1::SearchFilter {
        age: Some(40),
        ..directory_v1::SearchFilter::default()
    };
    assert_eq!(
        seeker.titles(anyone).await.len(),
        5,
        "ages not said are any"
    );
}

#[tokio::test]
async fn experiences_are_part_of_a_combination() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    let lived = |communities: &[&str], experiences: &[&str]| v1::WhoFor {
        experiences: experiences.iter().map(ToString::to_string).collect(),
        ..audience(v1::Emphasis::Mainly, communities)
    };
    let (anxiety, bipolar) = ("experience:anxiety", "experience:bipolar");
    for (key, name, who_for) in [
        ("a", "Anxious women", vec![lived(&[WOMEN], &[anxiety])]),
        ("b", "Women", vec![lived(&[WOMEN], &[])]),
        ("c", "Bipolar", vec![lived(&[], &[bipolar])]),
    ] {
        group.put("listing", key, &for_people(name, who_for));
    }
    seeker.indexed.publish(&mut group).await;
    assert_eq!(seeker.titles(who(&["anxiety"])).await, ["Anxious women"]);
    assert_eq!(seeker.titles(who(&[bipolar])).await, ["Bipolar"]);
    assert_eq!(
        seeker.titles(who(&["women", anxiety])).await,
        ["Anxious women", "Women"],
        "both before one"
    );
}

#[tokio::test]
async fn a_district_or_a_point_can_be_the_centre() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    for place in ["Leeds", "York"] {
        let key = place.to_lowercase();
        group.put("listing", &key, &listing(place, "", Some(place)));
    }
    seeker.indexed.publish(&mut group).await;
    let around = |place: directory_v1::near::Center| directory_v1::SearchFilter {
        near: Some(directory_v1::Near {
            center: Some(place),
            distance_m: 10_000,
        }),
        ..directory_v1::SearchFilter::default()
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
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
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
    seeker.indexed.publish(&mut group).await;
    let region = |scheme: &str, name: &str| directory_v1::SearchFilter {
        region: Some(v1::RegionName {
            scheme: scheme.into(),
            name: name.into(),
        }),
        ..directory_v1::SearchFilter::default()
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
async fn day_and_hour_are_of_the_same_occurrence() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    // 2026-09-22 is a Tuesday.
    group.put(
        "event",
        "a",
        &weekly("Tuesday evening", "2026-09-22T18:00", "Leeds"),
    );
    let mut two = weekly("Two times", "2026-09-22T10:00", "Leeds");
    if let Some(schedule) = &mut two.schedule {
        schedule.rrules.clear();
        schedule.rdates = vec!["2026-09-24T18:30".into()];
    }
    group.put("event", "b", &two);
    seeker.indexed.publish(&mut group).await;
    let at = |weekdays: &[v1::Weekday], from_hour: u32, to_hour: u32| directory_v1::SearchFilter {
        weekdays: weekdays.iter().map(|&day| day.into()).collect(),
        time_of_day: Some(directory_v1::TimeOfDayRange {
            start_minute: from_hour * 60,
            end_minute: to_hour * 60,
        }),
        ..directory_v1::SearchFilter::default()
    };
    let tuesday = [v1::Weekday::Tuesday];
    assert_eq!(
        seeker.titles(at(&tuesday, 17, 21)).await,
        ["Tuesday evening"]
    );
    assert_eq!(seeker.titles(at(&tuesday, 9, 11)).await, ["Two times"]);
    assert_eq!(seeker.titles(at(&[], 17, 21)).await.len(), 2);

    let window = |from: &str, to: &str| {
        let time = |text: &str| text.parse::<hedgerow_core::time::Timestamp>().unwrap();
        directory_v1::SearchFilter {
            window: Some(directory_v1::TimeWindow {
                start_time: Some(time(from).into()),
                end_time: Some(time(to).into()),
            }),
            ..directory_v1::SearchFilter::default()
        }
    };
    let soonest_first = |filter: directory_v1::SearchFilter| directory_v1::SearchRecordsRequest {
        order: directory_v1::SearchOrder::NextTime.into(),
        ..filter.into()
    };
    let week = window("2026-09-22T00:00:00Z", "2026-09-25T00:00:00Z");
    let response = seeker.search(soonest_first(week.clone())).await;
    let found: Vec<_> = response.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(found, ["Two times", "Tuesday evening"], "soonest first");
    let thursday = directory_v1::SearchFilter {
        weekdays: vec![v1::Weekday::Thursday.into()],
        ..week
    };
    let response = seeker.search(soonest_first(thursday)).await;
    assert_eq!(response.hits.len(), 1);
    let start = response.hits[0].next_start_time.unwrap().seconds;
    let half_past_five: hedgerow_core::time::Timestamp = "2026-09-24T17:30:00Z".parse().unwrap();
    assert_eq!(start, half_past_five.as_seconds(), "summer time");
    assert_eq!(
        seeker
            .titles(window("2026-10-20T00:00:00Z", "2026-10-21T00:00:00Z"))
            .await,
        ["Tuesday evening"]
    );
}

#[tokio::test]
async fn a_window_matches_occurrences_with_exceptions_applied() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    let mut tea = weekly("Tea", "2026-09-22T19:00", "York");
    if let Some(schedule) = &mut tea.schedule {
        schedule.exdates = vec!["2026-10-27T19:00".into()];
        schedule.rdates = vec!["2026-10-29T18:30".into()];
    }
    group.put("event", "a", &tea);
    seeker.indexed.publish(&mut group).await;
    let found = |day: &str| {
        let time = |hour: &str| {
            let time: hedgerow_core::time::Timestamp = format!("{day}T{hour}Z").parse().unwrap();
            Some(time.into())
        };
        seeker.titles(directory_v1::SearchFilter {
            window: Some(directory_v1::TimeWindow {
                start_time: time("00:00:00"),
                end_time: time("23:59:59"),
            }),
            ..directory_v1::SearchFilter::default()
        })
    };
    assert_eq!(found("2026-10-20").await, ["Tea"]);
    assert_eq!(found("2026-10-27").await, [""; 0], "left out");
    assert_eq!(found("2026-10-29").await, ["Tea"], "added");
}

#[tokio::test]
async fn a_room_is_free_when_it_is_open() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    let mut evenings = room("Evening room", 12, "Leeds");
    if let Some(resource) = &mut evenings.resource {
        resource.availability = Some(v1::Availability {
            time_zone: "Europe/London".into(),
            weekly: vec![v1::WeeklyHours {
                weekday: v1::Weekday::Thursday.into(),
                opening_time: "18:00".into(),
                closing_time: "22:00".into(),
                out_of_hours: false,
            }],
            ..v1::Availability::default()
        });
    }
    group.put("offer", "a", &evenings);
    seeker.indexed.publish(&mut group).await;
    let during = |from: &str, to: &str| {
        let time = |text: &str| text.parse::<hedgerow_core::time::Timestamp>().unwrap();
        directory_v1::SearchFilter {
            free_during: Some(directory_v1::TimeWindow {
                start_time: Some(time(from).into()),
                end_time: Some(time(to).into()),
            }),
            ..directory_v1::SearchFilter::default()
        }
    };
    // A Thursday in summer time.
    let seven = during("2026-10-01T18:00:00Z", "2026-10-01T20:00:00Z");
    assert_eq!(seeker.titles(seven).await, ["Evening room"]);
    let noon = during("2026-10-01T11:00:00Z", "2026-10-01T12:00:00Z");
    assert_eq!(seeker.titles(noon).await, [""; 0]);
}

#[tokio::test]
async fn openness_language_access_cost_and_identity() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
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
    seeker.indexed.publish(&mut group).await;
    let any = directory_v1::SearchFilter::default;
    for request in [
        directory_v1::SearchFilter {
            open_to_new: Some(true),
            ..any()
        },
        directory_v1::SearchFilter {
            languages: vec!["en".into()],
            ..any()
        },
        directory_v1::SearchFilter {
            languages: vec!["UR".into()],
            ..any()
        },
        directory_v1::SearchFilter {
            accessibility: vec!["accessibility:step-free".into()],
            ..any()
        },
        directory_v1::SearchFilter {
            how_to_join: vec!["referral-route:self-referral".into()],
            ..any()
        },
        directory_v1::SearchFilter {
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
    let closed = directory_v1::SearchFilter {
        open_to_new: Some(false),
        ..any()
    };
    assert_eq!(seeker.titles(closed).await, ["Closed"]);
    let identified = |identity: directory_v1::Identity| directory_v1::SearchFilter {
        identities: vec![identity.into()],
        ..any()
    };
    let all = seeker
        .titles(identified(directory_v1::Identity::Unconfirmed))
        .await;
    assert_eq!(all.len(), 3);
    let vouched = seeker
        .titles(identified(directory_v1::Identity::Vouched))
        .await;
    assert_eq!(vouched, [""; 0], "none is, and it is not said of any");
}

#[tokio::test]
async fn free_records_are_distinguished_from_priced_and_unspecified_ones() {
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
    let priced = |kind: v1::PriceKind| {
        Some(v1::Price {
            kind: kind.into(),
            ..v1::Price::default()
        })
    };
    for (key, name, cost) in [
        ("a", "Free", priced(v1::PriceKind::Free)),
        ("b", "A pound", priced(v1::PriceKind::Cost)),
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
            cost,
            ..listing(name, "", None)
        };
        group.put("listing", key, &listing);
    }
    let mut hired = room("Hired room", 30, "Leeds");
    if let Some(resource) = &mut hired.resource {
        resource.price = priced(v1::PriceKind::Rate);
    }
    group.put("offer", "d", &hired);
    seeker.indexed.publish(&mut group).await;
    let free = |free| directory_v1::SearchFilter {
        free_of_charge: Some(free),
        ..directory_v1::SearchFilter::default()
    };
    assert_eq!(seeker.titles(free(true)).await, ["Free"]);
    let mut costing = seeker.titles(free(false)).await;
    costing.sort();
    assert_eq!(costing, ["A pound", "First time free", "Hired room"]);
    let mut first_time = seeker
        .titles(directory_v1::SearchFilter {
            first_time_free: Some(true),
            ..directory_v1::SearchFilter::default()
        })
        .await;
    first_time.sort();
    assert_eq!(first_time, ["First time free", "Free"]);
}

#[tokio::test]
async fn kinds_of_resource_are_distinguished_in_offers_and_needs() {
    use v1::resource::Detail;
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
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
    seeker.indexed.publish(&mut group).await;
    let of = |kind: v1::ResourceKind, collections: &[&str]| directory_v1::SearchFilter {
        resource_kinds: vec![kind.into()],
        collections: collections.iter().map(ToString::to_string).collect(),
        ..directory_v1::SearchFilter::default()
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
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
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
    seeker.indexed.publish(&mut group).await;
    let of = |voices: &[v1::Voice]| directory_v1::SearchFilter {
        voices: voices.iter().map(|&voice| voice.into()).collect(),
        ..directory_v1::SearchFilter::default()
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
    let seeker = Seeker::new().await;
    let mut group = StoredGroup::new(1);
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
    seeker.indexed.publish(&mut group).await;
    let filter = |online| directory_v1::SearchFilter {
        online: Some(online),
        ..directory_v1::SearchFilter::default()
    };
    assert_eq!(seeker.titles(filter(true)).await, ["On screens"]);
    assert_eq!(seeker.titles(filter(false)).await, ["In a room"]);
}
