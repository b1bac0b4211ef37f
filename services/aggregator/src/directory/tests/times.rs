//! Filters by day, hour and window.

use super::*;

#[tokio::test]
async fn day_and_hour_are_of_the_same_occurrence() {
    let (seeker, mut group) = Seeker::with_group().await;
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
    seeker.publish(&mut group).await;
    let at = |weekdays: &[v1::Weekday], from_hour: u32, to_hour: u32| SearchFilter {
        weekdays: weekdays.iter().map(|&day| day.into()).collect(),
        time_of_day: Some(directory_v1::TimeOfDayRange {
            start_minute: from_hour * 60,
            end_minute: to_hour * 60,
            time_zone: String::new(),
        }),
        ..any()
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
        SearchFilter {
            window: Some(TimeWindow {
                start_time: Some(time(from).into()),
                end_time: Some(time(to).into()),
            }),
            ..any()
        }
    };
    let soonest_first = |filter: SearchFilter| SearchRecordsRequest {
        order: SearchOrder::NextTime.into(),
        ..filter.into()
    };
    let week = window("2026-09-22T00:00:00Z", "2026-09-25T00:00:00Z");
    let response = seeker.search(soonest_first(week.clone())).await;
    let found: Vec<_> = response.hits.iter().map(|hit| hit.title.as_str()).collect();
    assert_eq!(found, ["Two times", "Tuesday evening"], "soonest first");
    let thursday = SearchFilter {
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
    let (seeker, mut group) = Seeker::with_group().await;
    let mut tea = weekly("Tea", "2026-09-22T19:00", "York");
    if let Some(schedule) = &mut tea.schedule {
        schedule.exdates = vec!["2026-10-27T19:00".into()];
        schedule.rdates = vec!["2026-10-29T18:30".into()];
    }
    group.put("event", "a", &tea);
    seeker.publish(&mut group).await;
    let found = |day: &str| {
        let time = |hour: &str| {
            let time: hedgerow_core::time::Timestamp = format!("{day}T{hour}Z").parse().unwrap();
            Some(time.into())
        };
        seeker.titles(SearchFilter {
            window: Some(TimeWindow {
                start_time: time("00:00:00"),
                end_time: time("23:59:59"),
            }),
            ..any()
        })
    };
    assert_eq!(found("2026-10-20").await, ["Tea"]);
    assert_eq!(found("2026-10-27").await, [""; 0], "left out");
    assert_eq!(found("2026-10-29").await, ["Tea"], "added");
}

/// A room that is open on Thursdays from 18:00 to 22:00, with a change of its resource.
fn thursday_room(title: &str, change: fn(&mut v1::Resource)) -> v1::Offer {
    let mut offer = room(title, 12, "Leeds");
    if let Some(resource) = &mut offer.resource {
        resource.availability = Some(v1::Availability {
            time_zone: "Europe/London".into(),
            weekly: vec![v1::WeeklyHours {
                weekday: v1::Weekday::Thursday.into(),
                opening_time: "18:00".into(),
                closing_time: "22:00".into(),
                ..v1::WeeklyHours::default()
            }],
            ..v1::Availability::default()
        });
        change(resource);
    }
    offer
}

#[tokio::test]
async fn a_room_is_free_when_it_is_open() {
    let (seeker, mut group) = Seeker::with_group().await;
    let evenings = thursday_room("Evening room", |_| {});
    group.put("offer", "a", &evenings);
    seeker.publish(&mut group).await;
    let during = |from: &str, to: &str| {
        let time = |text: &str| text.parse::<hedgerow_core::time::Timestamp>().unwrap();
        SearchFilter {
            free_during: Some(TimeWindow {
                start_time: Some(time(from).into()),
                end_time: Some(time(to).into()),
            }),
            ..any()
        }
    };
    // A Thursday in summer time.
    let seven = during("2026-10-01T18:00:00Z", "2026-10-01T20:00:00Z");
    assert_eq!(seeker.titles(seven).await, ["Evening room"]);
    let noon = during("2026-10-01T11:00:00Z", "2026-10-01T12:00:00Z");
    assert_eq!(seeker.titles(noon).await, [""; 0]);
}

fn window(from: &str, to: &str) -> Option<TimeWindow> {
    let time = |text: &str| text.parse::<hedgerow_core::time::Timestamp>().unwrap();
    Some(TimeWindow {
        start_time: Some(time(from).into()),
        end_time: Some(time(to).into()),
    })
}

/// An event from 22:00 to 02:00.
fn night_cafe() -> v1::Event {
    let mut night = weekly("Night cafe", "2026-09-25T22:00", "Leeds");
    if let Some(schedule) = &mut night.schedule {
        schedule.duration_minutes = 240;
    }
    night
}

#[tokio::test]
async fn a_night_across_midnight_is_found_on_the_day_after_and_shown_while_it_runs() {
    let (seeker, mut group) = Seeker::with_group().await;
    group.put("event", "a", &night_cafe());
    seeker.publish(&mut group).await;
    let on = |from: &str, to: &str| {
        seeker.titles(SearchFilter {
            window: window(from, to),
            ..any()
        })
    };
    // Saturday in British Summer Time.
    let saturday = on("2026-09-25T23:00:00Z", "2026-09-26T23:00:00Z");
    assert_eq!(saturday.await, ["Night cafe"]);
    let after_it = on("2026-09-26T01:00:00Z", "2026-09-26T23:00:00Z");
    assert_eq!(after_it.await, [""; 0]);

    let start = "2026-09-25T21:00:00Z".parse::<hedgerow_core::time::Timestamp>();
    let start = start.unwrap();
    let wait = start.since(seeker.directory.now()) + Duration::from_secs(1_800);
    seeker.indexed.clock.advance(wait);
    let hit = seeker.search(words("cafe")).await.hits.remove(0);
    assert_eq!(hit.next_start_time, Some(start.into()), "it is on now");
    assert_eq!(hit.over_since_time, None);
}

#[tokio::test]
async fn what_is_over_says_so_and_comes_last() {
    let (seeker, mut group) = Seeker::with_group().await;
    let mut course = listing(
        "Walking course",
        "A walking group that walks.",
        Some("Leeds"),
    );
    course.runs_until = "June 2021".into();
    let mut once = weekly("Walking day", "2019-03-01T19:00", "Leeds");
    let mut series = weekly("Walking series", "2019-07-02T19:00", "Leeds");
    if let (Some(one), Some(two)) = (&mut once.schedule, &mut series.schedule) {
        one.rrules.clear();
        two.rrules = vec!["FREQ=WEEKLY;UNTIL=20200630T235900Z".into()];
    }
    group
        .put("listing", "a", &course)
        .put("event", "b", &once)
        .put("event", "c", &series)
        .put(
            "listing",
            "d",
            &listing("Other", "Sometimes there is walking too.", Some("Leeds")),
        );
    seeker.publish(&mut group).await;
    let response = seeker.search(words("walking")).await;
    assert_eq!(response.hits[0].title, "Other", "the only one that goes on");
    let over: std::collections::BTreeMap<_, _> = response
        .hits
        .into_iter()
        .map(|hit| {
            let over = hit.over_since_time.map(|time| {
                let time = hedgerow_core::time::Timestamp::try_from(time).unwrap();
                time.to_string()
            });
            (hit.title, over.unwrap_or_default())
        })
        .collect();
    let over: Vec<_> = over.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(
        over,
        [
            ("Other", ""),
            ("Walking course", "2021-07-01T00:00:00Z"),
            ("Walking day", "2019-03-01T21:00:00Z"),
            ("Walking series", "2020-06-30T20:00:00Z"),
        ]
    );
}

#[tokio::test]
async fn a_time_of_day_is_on_the_clock_of_its_zone() {
    let (seeker, mut group) = Seeker::with_group().await;
    let mut gmt = weekly("Tea", "2026-09-23T19:00", "Leeds");
    if let Some(schedule) = &mut gmt.schedule {
        schedule.time_zone = "GMT".into();
    }
    group.put("event", "a", &gmt);
    seeker.publish(&mut group).await;
    let between = |from: u32, to: u32, zone: &str| SearchFilter {
        time_of_day: Some(directory_v1::TimeOfDayRange {
            start_minute: from * 60,
            end_minute: to * 60,
            time_zone: zone.into(),
        }),
        window: window("2026-09-22T00:00:00Z", "2026-10-20T00:00:00Z"),
        ..any()
    };
    let london = "Europe/London";
    assert_eq!(seeker.titles(between(19, 20, "")).await, ["Tea"]);
    assert_eq!(seeker.titles(between(19, 20, london)).await, [""; 0]);
    assert_eq!(seeker.titles(between(20, 21, london)).await, ["Tea"]);
    let failure = seeker.rejection(between(20, 21, "London")).await;
    assert_eq!(failure.violations()[0].reason, "time_zone_unknown");
}

#[tokio::test]
async fn a_room_that_is_free_comes_before_those_to_be_asked_about() {
    let (seeker, mut group) = Seeker::with_group().await;
    group
        .put(
            "offer",
            "a",
            &thursday_room("Two weeks' notice", |it| it.notice_hours = 336),
        )
        .put(
            "offer",
            "b",
            &thursday_room("Three hours", |it| {
                let space = v1::Space {
                    shortest_minutes: 180,
                    ..v1::Space::default()
                };
                it.detail = Some(v1::resource::Detail::Space(space));
            }),
        )
        .put(
            "offer",
            "c",
            &thursday_room("First Thursday", |it| {
                let hours = it.availability.as_mut().unwrap();
                hours.weekly[0].weeks_of_month = vec![1];
            }),
        )
        .put("offer", "d", &thursday_room("Any Thursday", |_| ()));
    seeker.publish(&mut group).await;
    let states = |day: &str| {
        let during = window(&format!("{day}T18:00:00Z"), &format!("{day}T19:00:00Z"));
        let filter = SearchFilter {
            free_during: during,
            ..any()
        };
        async {
            let response = seeker.search(filter).await;
            let hits = response.hits.into_iter();
            hits.map(|hit| {
                let conditions = hit.use_conditions().collect::<Vec<_>>();
                (hit.title.clone(), hit.use_state(), conditions)
            })
            .collect::<Vec<_>>()
        }
    };
    let found = states("2026-09-24").await;
    assert_eq!(found[0].0, "Any Thursday");
    assert_eq!(found[0].1, directory_v1::UseState::Free);
    let mut asked = found[1..].to_vec();
    asked.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    let ask = |title: &str, condition| {
        let state = directory_v1::UseState::Ask;
        (title.to_owned(), state, vec![condition])
    };
    assert_eq!(
        asked,
        [
            ask("Three hours", directory_v1::UseCondition::Shortest),
            ask("Two weeks' notice", directory_v1::UseCondition::Notice),
        ]
    );
    let first = states("2026-11-05").await;
    let is_free = |title: &str| {
        let one = first.iter().find(|one| one.0 == title);
        one.is_some_and(|one| one.1 == directory_v1::UseState::Free)
    };
    assert!(is_free("First Thursday") && is_free("Two weeks' notice"));
}
