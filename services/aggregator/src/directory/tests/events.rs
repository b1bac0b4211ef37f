//! `ListEvents` over a real store and index.

use hedgerow_core::time::Timestamp;
use hedgerow_proto::{directory_v1, v1};

use super::{Seeker, near};
use crate::directory::list_events;
use hedgerow_store::contract::StoredGroup;
use hedgerow_testkit::samples::{listing, weekly};

impl Seeker {
    async fn list(
        &self,
        request: impl Into<directory_v1::ListEventsRequest>,
    ) -> directory_v1::ListEventsResponse {
        list_events::list_events(&self.directory, request.into())
            .await
            .unwrap()
    }

    /// Title and local start of every row, over pages of two.
    async fn rows(&self, request: impl Into<directory_v1::ListEventsRequest>) -> Vec<String> {
        let mut rows = Vec::new();
        let mut page = directory_v1::ListEventsRequest {
            page_size: 2,
            ..request.into()
        };
        loop {
            let response = self.list(page.clone()).await;
            rows.extend(response.occurrences.iter().map(|row| {
                let title = row.hit.as_ref().map(|hit| hit.title.as_str());
                format!("{} {}", title.unwrap_or_default(), row.local_start)
            }));
            page.page_token = response.next_page_token;
            if page.page_token.is_empty() {
                return rows;
            }
        }
    }

    async fn rejection_of_events(
        &self,
        request: impl Into<directory_v1::ListEventsRequest>,
    ) -> String {
        let listed = list_events::list_events(&self.directory, request.into()).await;
        let failure = listed.unwrap_err();
        let first = failure.violations().first();
        first.map_or(failure.reason(), |one| &one.reason).to_owned()
    }
}

fn window(from: &str, to: &str) -> Option<directory_v1::TimeWindow> {
    let time = |text: &str| Some(text.parse::<Timestamp>().unwrap().into());
    Some(directory_v1::TimeWindow {
        start_time: time(from),
        end_time: time(to),
    })
}

fn between(from: &str, to: &str) -> directory_v1::SearchFilter {
    directory_v1::SearchFilter {
        window: window(from, to),
        ..directory_v1::SearchFilter::default()
    }
}

/// Three events around the change of the clocks on 25 October 2026.
async fn town() -> Seeker {
    let (seeker, mut group) = Seeker::with_group().await;
    let walk = weekly("Walk", "2026-09-20T10:30", "Leeds");
    let mut tea = weekly("Tea", "2026-09-22T19:00", "York");
    if let Some(schedule) = &mut tea.schedule {
        schedule.exdates = vec!["2026-10-27T19:00".into()];
        schedule.rdates = vec!["2026-10-29T18:30".into()];
    }
    let mut off = weekly("Off", "2026-09-22T20:00", "Leeds");
    off.status = v1::EventStatus::Cancelled.into();
    let mut members = weekly("Members", "2026-10-24T09:00", "Bath");
    members.openness = v1::EventOpenness::Members.into();
    group
        .put("listing", "l", &listing("The Kettle", "", Some("Leeds")))
        .put("event", "a", &walk)
        .put("event", "b", &tea)
        .put("event", "c", &off)
        .put("event", "d", &members);
    seeker.publish(&mut group).await;
    seeker
}

#[tokio::test]
async fn occurrences_are_ordered_across_a_clock_change() {
    let seeker = town().await;
    let fortnight = between("2026-10-19T00:00:00Z", "2026-11-02T00:00:00Z");
    assert_eq!(
        seeker.rows(fortnight).await,
        [
            "Tea 2026-10-20T19:00",
            "Members 2026-10-24T09:00",
            "Walk 2026-10-25T10:30",
            "Tea 2026-10-29T18:30",
            "Members 2026-10-31T09:00",
            "Walk 2026-11-01T10:30",
        ],
        "without what is left out or cancelled, with what is added"
    );
    let one = between("2026-10-20T00:00:00Z", "2026-10-21T00:00:00Z");
    let row = seeker.list(one).await.occurrences.remove(0);
    let start = "2026-10-20T18:00:00Z".parse::<Timestamp>().unwrap();
    assert_eq!(row.start_time, Some(start.into()));
    let end = "2026-10-20T20:00:00Z".parse::<Timestamp>().unwrap();
    assert_eq!(row.end_time, Some(end.into()));
    assert_eq!(row.time_zone, "Europe/London");
    let hit = row.hit.unwrap();
    assert_eq!(hit.next_start_time, row.start_time);
    assert_eq!(hit.publisher_name, "The Kettle");
}

#[tokio::test]
async fn place_openness_day_and_time_of_day_filter_the_list() {
    let seeker = town().await;
    let fortnight = || between("2026-10-19T00:00:00Z", "2026-11-02T00:00:00Z");
    let in_leeds = directory_v1::SearchFilter {
        near: near("Leeds", 5_000),
        ..fortnight()
    };
    assert_eq!(
        seeker.rows(in_leeds.clone()).await,
        ["Walk 2026-10-25T10:30", "Walk 2026-11-01T10:30"]
    );
    let response = seeker.list(in_leeds).await;
    assert!(response.near.unwrap().name.starts_with("Leeds"));
    assert_eq!(
        response.occurrences[0].hit.as_ref().unwrap().distance_m,
        Some(0)
    );
    let members = directory_v1::SearchFilter {
        event_openness: vec![v1::EventOpenness::Members.into()],
        ..fortnight()
    };
    assert_eq!(seeker.rows(members).await.len(), 2);
    let weekday_evening = directory_v1::SearchFilter {
        weekdays: (1..=5).collect(),
        time_of_day: Some(directory_v1::TimeOfDayRange {
            start_minute: 17 * 60,
            end_minute: 22 * 60,
            time_zone: String::new(),
        }),
        ..fortnight()
    };
    assert_eq!(
        seeker.rows(weekday_evening).await,
        ["Tea 2026-10-20T19:00", "Tea 2026-10-29T18:30"]
    );
    let words = directory_v1::SearchFilter {
        query: "walk".into(),
        ..fortnight()
    };
    assert_eq!(seeker.rows(words).await.len(), 2);
}

#[tokio::test]
async fn every_other_filter_applies_to_the_list() {
    let (seeker, mut group) = Seeker::with_group().await;
    let plain = weekly("Plain", "2026-09-22T10:00", "York");
    let mut detailed = weekly("Detailed", "2026-09-22T18:00", "Leeds");
    detailed.tags = vec!["activity:gardening".into()];
    detailed.who_for = vec![v1::WhoFor {
        communities: vec!["community:women".into()],
        emphasis: v1::Emphasis::Only.into(),
        ages: Some(v1::AgeRange {
            youngest: Some(16),
            oldest: Some(25),
        }),
        ..v1::WhoFor::default()
    }];
    detailed.accessibility = Some(v1::Accessibility {
        tags: vec!["accessibility:hearing-loop".into()],
        ..v1::Accessibility::default()
    });
    detailed.languages = vec!["ur".into()];
    detailed.price = Some(v1::Price {
        kind: v1::PriceKind::Free.into(),
        ..v1::Price::default()
    });
    detailed.online = Some(v1::Online {
        available: true,
        ..v1::Online::default()
    });
    let mut old = plain.clone();
    old.title = "Aged".into();
    old.who_for = vec![v1::WhoFor {
        ages: Some(v1::AgeRange {
            youngest: Some(60),
            oldest: None,
        }),
        ..v1::WhoFor::default()
    }];
    group.put("event", "a", &detailed);
    let mut other = StoredGroup::new(2);
    other.put("event", "b", &plain).put("event", "c", &old);
    seeker.publish(&mut group).await;
    seeker.publish(&mut other).await;
    let day = || between("2026-09-22T00:00:00Z", "2026-09-23T00:00:00Z");
    assert_eq!(seeker.rows(day()).await.len(), 3);
    let region = v1::RegionName {
        scheme: "mind-2013".into(),
        name: "North East".into(),
    };
    let in_region = directory_v1::SearchFilter {
        region: Some(region),
        ..day()
    };
    assert_eq!(seeker.rows(in_region).await.len(), 0, "of its own scheme");
    for request in [
        directory_v1::SearchFilter {
            tags: vec!["activity:gardening".into()],
            ..day()
        },
        directory_v1::SearchFilter {
            who_for: vec!["women".into()],
            emphasis: vec![v1::Emphasis::Only.into()],
            ..day()
        },
        directory_v1::SearchFilter {
            who_for: vec!["women".into()],
            age: Some(17),
            ..day()
        },
        directory_v1::SearchFilter {
            accessibility: vec!["hearing loop".into()],
            ..day()
        },
        directory_v1::SearchFilter {
            languages: vec!["ur".into()],
            ..day()
        },
        directory_v1::SearchFilter {
            free_of_charge: Some(true),
            ..day()
        },
        directory_v1::SearchFilter {
            online: Some(true),
            ..day()
        },
        directory_v1::SearchFilter {
            group_id: group.id().to_vec(),
            ..day()
        },
        directory_v1::SearchFilter {
            query: "gardening".into(),
            ..day()
        },
    ] {
        let rows = seeker.rows(request.clone()).await;
        assert_eq!(rows, ["Detailed 2026-09-22T18:00"], "{request:?}");
    }
    let emphasis = directory_v1::SearchFilter {
        who_for: vec!["women".into()],
        emphasis: vec![v1::Emphasis::Mainly.into()],
        ..day()
    };
    assert_eq!(seeker.rows(emphasis).await.len(), 0);
    let aged = |age| {
        let request = directory_v1::SearchFilter {
            age: Some(age),
            ..day()
        };
        seeker.rows(request)
    };
    assert_eq!(aged(17).await.len(), 2, "none for the old");
    assert_eq!(aged(70).await.len(), 2, "none for the young");
}

#[tokio::test]
async fn a_drop_in_that_began_half_an_hour_ago_is_listed() {
    let (seeker, mut group) = Seeker::with_group().await;
    let now = seeker.directory.now();
    let start = now.minus(std::time::Duration::from_secs(1_800));
    let mut drop_in = weekly("Drop-in", &start.to_string()[..16], "Leeds");
    if let Some(schedule) = &mut drop_in.schedule {
        schedule.rrules.clear();
        schedule.time_zone = "UTC".into();
        schedule.duration_minutes = 240;
    }
    group.put("event", "a", &drop_in);
    seeker.publish(&mut group).await;
    let rows = seeker.list(directory_v1::ListEventsRequest::default());
    let row = rows.await.occurrences.remove(0);
    let minute = start.as_seconds().div_euclid(60) * 60;
    assert_eq!(row.start_time.map(|time| time.seconds), Some(minute));
    assert_eq!(row.end_time.map(|time| time.seconds), Some(minute + 14_400));
}

#[tokio::test]
async fn the_default_window_is_two_weeks_from_now() {
    let seeker = town().await;
    assert_eq!(
        seeker
            .rows(directory_v1::ListEventsRequest::default())
            .await,
        [
            "Tea 2026-09-22T19:00",
            "Walk 2026-09-27T10:30",
            "Tea 2026-09-29T19:00",
            "Walk 2026-10-04T10:30",
        ]
    );
}

#[tokio::test]
async fn pages_neither_repeat_nor_miss_while_the_list_changes() {
    let seeker = town().await;
    let request = directory_v1::ListEventsRequest {
        page_size: 2,
        ..between("2026-10-19T00:00:00Z", "2026-11-02T00:00:00Z").into()
    };
    let first = seeker.list(request.clone()).await;
    let mut other = StoredGroup::new(2);
    other
        .put("event", "e", &weekly("Early", "2026-10-20T08:00", "Leeds"))
        .put("event", "f", &weekly("Late", "2026-10-24T20:00", "Leeds"));
    seeker.publish(&mut other).await;
    let second = directory_v1::ListEventsRequest {
        page_token: first.next_page_token,
        page_size: 100,
        ..request
    };
    let titles: Vec<String> = seeker
        .list(second)
        .await
        .occurrences
        .into_iter()
        .map(|row| row.hit.unwrap().title)
        .collect();
    assert_eq!(
        titles,
        ["Late", "Walk", "Early", "Tea", "Members", "Late", "Walk"],
        "what is added behind comes, what is added before does not"
    );
}

#[tokio::test]
async fn windows_are_bounded_and_tokens_bound_to_their_request() {
    let seeker = town().await;
    let long = between("2026-10-01T00:00:00Z", "2027-01-02T00:00:00Z");
    assert_eq!(seeker.rejection_of_events(long).await, "window_too_long");
    let past = between("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
    assert_eq!(seeker.rejection_of_events(past).await, "window_past");
    let backwards = between("2026-10-02T00:00:00Z", "2026-10-01T00:00:00Z");
    assert_eq!(
        seeker.rejection_of_events(backwards).await,
        "ends_before_start"
    );
    let many = directory_v1::ListEventsRequest {
        page_size: 101,
        ..directory_v1::ListEventsRequest::default()
    };
    assert_eq!(
        seeker.rejection_of_events(many).await,
        "page_size_too_large"
    );
    let of = |collection: &str| directory_v1::ListEventsRequest {
        filter: Some(directory_v1::SearchFilter {
            collections: vec![collection.to_owned()],
            ..directory_v1::SearchFilter::default()
        }),
        ..directory_v1::ListEventsRequest::default()
    };
    assert_eq!(
        seeker.rejection_of_events(of("offer")).await,
        "collection_not_served"
    );
    assert_eq!(
        seeker.rejection_of_events(of("A b")).await,
        "collection_malformed"
    );
    let page = directory_v1::ListEventsRequest {
        page_size: 1,
        ..directory_v1::ListEventsRequest::default()
    };
    let other = directory_v1::ListEventsRequest {
        filter: Some(directory_v1::SearchFilter {
            query: "tea".into(),
            ..directory_v1::SearchFilter::default()
        }),
        page_token: seeker.list(page.clone()).await.next_page_token,
        ..directory_v1::ListEventsRequest::default()
    };
    assert_eq!(
        seeker.rejection_of_events(other).await,
        "page_token_invalid"
    );
}

#[tokio::test]
async fn an_event_without_an_audience_inherits_that_of_its_group() {
    let seeker = Seeker::new().await;
    let for_people = |community: &str| {
        vec![v1::WhoFor {
            communities: vec![community.into()],
            ..v1::WhoFor::default()
        }]
    };
    let mut group = StoredGroup::new(1);
    let mut own = listing("Kettle", "", Some("Leeds"));
    let mut men = weekly("Men's walk", "2026-09-22T18:00", "Leeds");
    men.who_for = for_people("community:men");
    group
        .put("event", "a", &weekly("Walk", "2026-09-22T10:00", "Leeds"))
        .put("event", "b", &men)
        .put("listing", "l", &own);
    // A catalogued listing does not describe the group's own events.
    let mut catalogued = listing("Others", "", None);
    catalogued.voice = v1::Voice::Catalogued.into();
    catalogued.source = Some(v1::Source {
        title: "A survey".into(),
        recorded_year: 2013,
        ..v1::Source::default()
    });
    catalogued.who_for = for_people("community:women");
    group.put_catalogued("survey", "a", &catalogued);
    seeker.publish(&mut group).await;
    let rows = |who: &str| {
        let mut week = between("2026-09-22T00:00:00Z", "2026-09-23T00:00:00Z");
        week.who_for = vec![who.into()];
        seeker.rows(week)
    };
    let walk = ["Walk 2026-09-22T10:00"];
    let mens = ["Men's walk 2026-09-22T18:00"];
    let none: [&str; 0] = [];
    assert_eq!(rows("women").await, none);
    assert_eq!(rows("men").await, mens);

    own.who_for = for_people("community:women");
    group.put("listing", "l", &own);
    seeker.publish(&mut group).await;
    assert_eq!(rows("women").await, walk, "its listing changed");
    assert_eq!(rows("men").await, mens);

    let more = weekly("Late walk", "2026-09-22T20:00", "Leeds");
    group.put("event", "c", &more);
    seeker.publish(&mut group).await;
    assert_eq!(rows("women").await.len(), 2, "one that came later");

    group.withdraw("listing", "l");
    seeker.publish(&mut group).await;
    assert_eq!(rows("women").await, none, "its listing is gone");
}
