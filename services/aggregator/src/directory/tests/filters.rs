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

fn who(tags: &[&str]) -> v1::SearchRequest {
    v1::SearchRequest {
        who_for: tags.iter().map(ToString::to_string).collect(),
        ..v1::SearchRequest::default()
    }
}

const WOMEN: &str = "community:women";
const SOUTH_ASIAN: &str = "community:south-asian";

async fn with_audiences() -> Seeker {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
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
    seeker.town.publish(&mut group).await;
    seeker
}

#[tokio::test]
async fn a_group_for_both_comes_before_groups_for_one_and_none_for_others_only() {
    let seeker = with_audiences().await;
    let found = seeker.titles(who(&["women", "South Asian"])).await;
    assert_eq!(found[0], "Both");
    let mut rest = found[1..].to_vec();
    rest.sort();
    assert_eq!(rest, ["Either", "Women", "Young women"]);
}

#[tokio::test]
async fn only_mainly_and_welcome_are_told_apart() {
    let seeker = with_audiences().await;
    let with = |emphasis: v1::Emphasis| v1::SearchRequest {
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
async fn ages_are_of_the_audience_asked_for() {
    let seeker = with_audiences().await;
    let aged = |age: u32| v1::SearchRequest {
        age: Some(age),
        ..who(&[WOMEN])
    };
    assert_eq!(seeker.titles(aged(17)).await.len(), 4);
    assert_eq!(seeker.titles(aged(40)).await.len(), 3);
    let anyone = v1::SearchRequest {
        age: Some(40),
        ..v1::SearchRequest::default()
    };
    assert_eq!(
        seeker.titles(anyone).await.len(),
        5,
        "ages not said are any"
    );
}

#[tokio::test]
async fn a_region_is_asked_for_by_its_scheme() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
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
    seeker.town.publish(&mut group).await;
    let region = |scheme: &str, name: &str| v1::SearchRequest {
        region: Some(v1::RegionName {
            scheme: scheme.into(),
            name: name.into(),
        }),
        ..v1::SearchRequest::default()
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
    let mut group = TestGroup::new(1);
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
    seeker.town.publish(&mut group).await;
    let at = |weekdays: &[v1::Weekday], from_hour: u32, to_hour: u32| v1::SearchRequest {
        weekdays: weekdays.iter().map(|&day| day.into()).collect(),
        time_of_day: Some(v1::TimeOfDayRange {
            from_minute: from_hour * 60,
            to_minute: to_hour * 60,
        }),
        ..v1::SearchRequest::default()
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
        v1::SearchRequest {
            window: Some(v1::TimeWindow {
                from: Some(time(from).into()),
                to: Some(time(to).into()),
            }),
            order: v1::SearchOrder::NextTime.into(),
            ..v1::SearchRequest::default()
        }
    };
    let week = window("2026-09-22T00:00:00Z", "2026-09-25T00:00:00Z");
    let response = seeker.ask(week.clone()).await;
    let found: Vec<_> = response.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(found, ["Two times", "Tuesday evening"], "soonest first");
    let thursday = v1::SearchRequest {
        weekdays: vec![v1::Weekday::Thursday.into()],
        ..week
    };
    let response = seeker.ask(thursday).await;
    assert_eq!(response.hits.len(), 1);
    let start = response.hits[0].next_start.unwrap().seconds;
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
async fn a_room_is_free_when_it_is_open() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    let mut evenings = room("Evening room", 12, "Leeds");
    if let Some(resource) = &mut evenings.resource {
        resource.availability = Some(v1::Availability {
            time_zone: "Europe/London".into(),
            weekly: vec![v1::WeeklyHours {
                weekday: v1::Weekday::Thursday.into(),
                opens_at: "18:00".into(),
                closes_at: "22:00".into(),
                out_of_hours: false,
            }],
            ..v1::Availability::default()
        });
    }
    group.put("offer", "a", &evenings);
    seeker.town.publish(&mut group).await;
    let during = |from: &str, to: &str| {
        let time = |text: &str| text.parse::<hedgerow_core::time::Timestamp>().unwrap();
        v1::SearchRequest {
            free_during: Some(v1::TimeWindow {
                from: Some(time(from).into()),
                to: Some(time(to).into()),
            }),
            ..v1::SearchRequest::default()
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
    let mut group = TestGroup::new(1);
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
    seeker.town.publish(&mut group).await;
    let any = v1::SearchRequest::default;
    for request in [
        v1::SearchRequest {
            open_to_new: Some(true),
            ..any()
        },
        v1::SearchRequest {
            languages: vec!["en".into()],
            ..any()
        },
        v1::SearchRequest {
            languages: vec!["UR".into()],
            ..any()
        },
        v1::SearchRequest {
            accessibility: vec!["accessibility:step-free".into()],
            ..any()
        },
        v1::SearchRequest {
            how_to_join: vec!["referral-route:self-referral".into()],
            ..any()
        },
        v1::SearchRequest {
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
    let closed = v1::SearchRequest {
        open_to_new: Some(false),
        ..any()
    };
    assert_eq!(seeker.titles(closed).await, ["Closed"]);
    let identified = |identity: v1::Identity| v1::SearchRequest {
        identities: vec![identity.into()],
        ..any()
    };
    let all = seeker.titles(identified(v1::Identity::Unconfirmed)).await;
    assert_eq!(all.len(), 3);
    let vouched = seeker.titles(identified(v1::Identity::Vouched)).await;
    assert_eq!(vouched, [""; 0], "none is, and it is not said of any");
}
