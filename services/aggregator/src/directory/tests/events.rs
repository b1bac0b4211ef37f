//! `ListEvents` over a real store and index.

use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;

use super::Seeker;
use super::near;
use crate::directory::list_events;
use crate::index::tests::group::TestGroup;
use crate::index::tests::place::listing;
use crate::index::tests::place::weekly;

impl Seeker {
    async fn list(&self, request: v1::ListEventsRequest) -> v1::ListEventsResponse {
        list_events::list_events(&self.directory, request)
            .await
            .unwrap()
    }

    /// Title and local start of every row, over pages of two.
    async fn rows(&self, request: v1::ListEventsRequest) -> Vec<String> {
        let mut rows = Vec::new();
        let mut page = v1::ListEventsRequest {
            page_size: 2,
            ..request
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

    async fn events_refused(&self, request: v1::ListEventsRequest) -> String {
        let listed = list_events::list_events(&self.directory, request).await;
        let failure = listed.unwrap_err();
        let first = failure.violations().first();
        first.map_or(failure.reason(), |one| &one.reason).to_owned()
    }
}

fn window(from: &str, to: &str) -> Option<v1::TimeWindow> {
    let time = |text: &str| Some(text.parse::<Timestamp>().unwrap().into());
    Some(v1::TimeWindow {
        from: time(from),
        to: time(to),
    })
}

fn between(from: &str, to: &str) -> v1::ListEventsRequest {
    v1::ListEventsRequest {
        window: window(from, to),
        ..v1::ListEventsRequest::default()
    }
}

/// Three events around the change of the clocks on 25 October 2026.
async fn town() -> Seeker {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
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
    seeker.town.publish(&mut group).await;
    seeker
}

#[tokio::test]
async fn occurrences_come_in_order_across_the_change_of_clocks() {
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
    assert_eq!(row.start, Some(start.into()));
    let end = "2026-10-20T20:00:00Z".parse::<Timestamp>().unwrap();
    assert_eq!(row.end, Some(end.into()));
    assert_eq!(row.time_zone, "Europe/London");
    let hit = row.hit.unwrap();
    assert_eq!(hit.next_start, row.start);
    assert_eq!(hit.publisher_name, "The Kettle");
}

#[tokio::test]
async fn place_openness_day_and_time_of_day_narrow_the_list() {
    let seeker = town().await;
    let fortnight = || between("2026-10-19T00:00:00Z", "2026-11-02T00:00:00Z");
    let in_leeds = v1::ListEventsRequest {
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
    let members = v1::ListEventsRequest {
        openness: vec![v1::EventOpenness::Members.into()],
        ..fortnight()
    };
    assert_eq!(seeker.rows(members).await.len(), 2);
    let weekday_evening = v1::ListEventsRequest {
        weekdays: (1..=5).collect(),
        time_of_day: Some(v1::TimeOfDayRange {
            from_minute: 17 * 60,
            to_minute: 22 * 60,
        }),
        ..fortnight()
    };
    assert_eq!(
        seeker.rows(weekday_evening).await,
        ["Tea 2026-10-20T19:00", "Tea 2026-10-29T18:30"]
    );
    let words = v1::ListEventsRequest {
        query: "walk".into(),
        ..fortnight()
    };
    assert_eq!(seeker.rows(words).await.len(), 2);
}

#[tokio::test]
async fn every_other_filter_narrows_the_list_too() {
    let seeker = Seeker::new().await;
    let mut group = TestGroup::new(1);
    let plain = weekly("Plain", "2026-09-22T10:00", "York");
    let mut told = weekly("Told", "2026-09-22T18:00", "Leeds");
    told.tags = vec!["activity:gardening".into()];
    told.who_for = vec![v1::WhoFor {
        communities: vec!["community:women".into()],
        emphasis: v1::Emphasis::Only.into(),
        ages: Some(v1::AgeRange {
            youngest: Some(16),
            oldest: Some(25),
        }),
        ..v1::WhoFor::default()
    }];
    told.accessibility = Some(v1::Accessibility {
        tags: vec!["accessibility:hearing-loop".into()],
        ..v1::Accessibility::default()
    });
    told.languages = vec!["ur".into()];
    told.cost = Some(v1::Price {
        kind: v1::PriceKind::Free.into(),
        ..v1::Price::default()
    });
    told.online = Some(v1::Online {
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
    group.put("event", "a", &told);
    let mut other = TestGroup::new(2);
    other.put("event", "b", &plain).put("event", "c", &old);
    seeker.town.publish(&mut group).await;
    seeker.town.publish(&mut other).await;
    let day = || between("2026-09-22T00:00:00Z", "2026-09-23T00:00:00Z");
    assert_eq!(seeker.rows(day()).await.len(), 3);
    let region = v1::RegionName {
        scheme: "mind-2013".into(),
        name: "North East".into(),
    };
    let in_region = v1::ListEventsRequest {
        region: Some(region),
        ..day()
    };
    assert_eq!(seeker.rows(in_region).await.len(), 0, "of its own scheme");
    for request in [
        v1::ListEventsRequest {
            tags: vec!["activity:gardening".into()],
            ..day()
        },
        v1::ListEventsRequest {
            who_for: vec!["women".into()],
            emphasis: vec![v1::Emphasis::Only.into()],
            ..day()
        },
        v1::ListEventsRequest {
            who_for: vec!["women".into()],
            age: Some(17),
            ..day()
        },
        v1::ListEventsRequest {
            accessibility: vec!["hearing loop".into()],
            ..day()
        },
        v1::ListEventsRequest {
            languages: vec!["ur".into()],
            ..day()
        },
        v1::ListEventsRequest {
            free_of_charge: Some(true),
            ..day()
        },
        v1::ListEventsRequest {
            online: Some(true),
            ..day()
        },
        v1::ListEventsRequest {
            group_id: group.id().to_vec(),
            ..day()
        },
        v1::ListEventsRequest {
            query: "gardening".into(),
            ..day()
        },
    ] {
        let rows = seeker.rows(request.clone()).await;
        assert_eq!(rows, ["Told 2026-09-22T18:00"], "{request:?}");
    }
    let emphasis = v1::ListEventsRequest {
        who_for: vec!["women".into()],
        emphasis: vec![v1::Emphasis::Mainly.into()],
        ..day()
    };
    assert_eq!(seeker.rows(emphasis).await.len(), 0);
    let aged = |age| {
        let request = v1::ListEventsRequest {
            age: Some(age),
            ..day()
        };
        seeker.rows(request)
    };
    assert_eq!(aged(17).await.len(), 2, "none for the old");
    assert_eq!(aged(70).await.len(), 2, "none for the young");
}

#[tokio::test]
async fn two_weeks_from_now_unless_said() {
    let seeker = town().await;
    assert_eq!(
        seeker.rows(v1::ListEventsRequest::default()).await,
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
    let request = v1::ListEventsRequest {
        page_size: 2,
        ..between("2026-10-19T00:00:00Z", "2026-11-02T00:00:00Z")
    };
    let first = seeker.list(request.clone()).await;
    let mut other = TestGroup::new(2);
    other
        .put("event", "e", &weekly("Early", "2026-10-20T08:00", "Leeds"))
        .put("event", "f", &weekly("Late", "2026-10-24T20:00", "Leeds"));
    seeker.town.publish(&mut other).await;
    let second = v1::ListEventsRequest {
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
    assert_eq!(seeker.events_refused(long).await, "window_too_long");
    let past = between("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
    assert_eq!(seeker.events_refused(past).await, "window_past");
    let backwards = between("2026-10-02T00:00:00Z", "2026-10-01T00:00:00Z");
    assert_eq!(seeker.events_refused(backwards).await, "window_malformed");
    let many = v1::ListEventsRequest {
        page_size: 101,
        ..v1::ListEventsRequest::default()
    };
    assert_eq!(seeker.events_refused(many).await, "page_size_too_large");
    let page = v1::ListEventsRequest {
        page_size: 1,
        ..v1::ListEventsRequest::default()
    };
    let other = v1::ListEventsRequest {
        page_token: seeker.list(page.clone()).await.next_page_token,
        query: "tea".into(),
        ..page
    };
    assert_eq!(seeker.events_refused(other).await, "page_token_invalid");
}

#[tokio::test]
async fn an_event_is_for_whom_its_group_is_unless_it_says_otherwise() {
    let seeker = Seeker::new().await;
    let for_people = |community: &str| {
        vec![v1::WhoFor {
            communities: vec![community.into()],
            ..v1::WhoFor::default()
        }]
    };
    let mut group = TestGroup::new(1);
    let mut own = listing("Kettle", "", Some("Leeds"));
    let mut men = weekly("Men's walk", "2026-09-22T18:00", "Leeds");
    men.who_for = for_people("community:men");
    group
        .put("event", "a", &weekly("Walk", "2026-09-22T10:00", "Leeds"))
        .put("event", "b", &men)
        .put("listing", "l", &own);
    // What a group catalogues says nothing of its own events.
    let mut catalogued = listing("Others", "", None);
    catalogued.voice = v1::Voice::Catalogued.into();
    catalogued.source = Some(v1::Source {
        title: "A survey".into(),
        recorded_year: 2013,
        ..v1::Source::default()
    });
    catalogued.who_for = for_people("community:women");
    group.put_catalogued("survey", "a", &catalogued);
    seeker.town.publish(&mut group).await;
    let rows = |who: &str| {
        let mut week = between("2026-09-22T00:00:00Z", "2026-09-23T00:00:00Z");
        week.who_for = vec![who.into()];
        seeker.rows(week)
    };
    let walk = ["Walk 2026-09-22T10:00"];
    let mens = ["Men's walk 2026-09-22T18:00"];
    let nobody: [&str; 0] = [];
    assert_eq!(rows("women").await, nobody);
    assert_eq!(rows("men").await, mens);

    own.who_for = for_people("community:women");
    group.put("listing", "l", &own);
    seeker.town.publish(&mut group).await;
    assert_eq!(rows("women").await, walk, "its listing changed");
    assert_eq!(rows("men").await, mens);

    let more = weekly("Late walk", "2026-09-22T20:00", "Leeds");
    group.put("event", "c", &more);
    seeker.town.publish(&mut group).await;
    assert_eq!(rows("women").await.len(), 2, "one that came later");

    group.take_back("listing", "l");
    seeker.town.publish(&mut group).await;
    assert_eq!(rows("women").await, nobody, "its listing is gone");
}
