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

#[tokio::test]
async fn a_room_is_free_when_it_is_open() {
    let (seeker, mut group) = Seeker::with_group().await;
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
