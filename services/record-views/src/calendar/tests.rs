use std::time::Duration;

use hedgerow_core::recurrence::schedule_occurrences;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_testkit::samples::weekly;
use icalendar::{Calendar, Component as _};

use hedgerow_core::recurrence::Budget;

use super::event::{Origin, event, events};
use super::lines::MAX_OCTETS;

/// Starts that are compared: over both changes of the clocks.
const COMPARED: usize = 60;

/// 27 November 2026.
fn now() -> Timestamp {
    Timestamp::from_seconds(1_795_780_800)
}

fn written(body: &v1::Event) -> Option<String> {
    let origin = Origin {
        id: "walk@ab".to_owned(),
        changed: now(),
    };
    let text = event(body, &origin, now())?;
    for line in text.strip_suffix("\r\n").unwrap().split("\r\n") {
        assert!(line.len() <= MAX_OCTETS, "{line}");
        assert!(!line.contains(['\r', '\n']), "{line}");
    }
    Some(text)
}

fn with(schedule: v1::Schedule) -> v1::Event {
    v1::Event {
        schedule: Some(schedule),
        ..weekly("Garden walk", "2026-09-22T18:00", "Sheffield")
    }
}

fn schedule(zone: &str) -> v1::Schedule {
    v1::Schedule {
        start: "2026-09-22T18:00".into(),
        end: "2026-09-22T20:30".into(),
        time_zone: zone.into(),
        ..v1::Schedule::default()
    }
}

/// The starts as another program reads them.
fn starts(text: &str) -> Vec<i64> {
    let calendar: Calendar = text.parse().unwrap();
    let event = calendar.calendar_events().next().unwrap();
    let set = event.get_recurrence().unwrap();
    let dates = set.all(u16::try_from(COMPARED).unwrap()).dates;
    dates
        .iter()
        .map(chrono::DateTime::timestamp_millis)
        .collect()
}

fn our_starts(schedule: &v1::Schedule) -> Vec<i64> {
    let from = now().minus(Duration::from_secs(90 * 86_400));
    let to = now().plus(Duration::from_secs(2_000 * 86_400));
    let found = schedule_occurrences(schedule, from, to, COMPARED).unwrap();
    found.iter().map(|one| one.start.as_millis()).collect()
}

#[test]
fn another_calendar_reads_the_same_starts() {
    let rules = [
        "FREQ=WEEKLY;BYDAY=TU",
        "freq=monthly;byday=4tu;",
        "FREQ=WEEKLY;COUNT=9",
    ];
    for zone in ["Europe/London", "America/New_York", "Africa/Casablanca"] {
        for rule in rules {
            let series = v1::Schedule {
                rrules: vec![rule.into()],
                exdates: vec!["2026-10-27T18:00".into()],
                rdates: vec!["2026-12-03T11:00".into(), "2026-12-31T11:00".into()],
                breaks: vec![v1::Break {
                    first_day: "2026-12-22".into(),
                    last_day: "2027-01-05".into(),
                    words: "Christmas".into(),
                }],
                ..schedule(zone)
            };
            let text = written(&with(series.clone())).unwrap();
            assert_eq!(starts(&text), our_starts(&series), "{rule}: {text}");
            assert!(text.contains(&format!("DTSTART;TZID={zone}:20260922T180000\r\n")));
            assert!(text.contains(&format!("DTEND;TZID={zone}:20260922T203000\r\n")));
            assert!(text.contains(&format!("EXDATE;TZID={zone}:20261231T110000\r\n")));
            assert!(text.contains(&format!("BEGIN:VTIMEZONE\r\nTZID:{zone}\r\n")));
        }
    }
}

#[test]
fn one_date_and_several_rules_are_in_utc() {
    let text = written(&with(schedule("Europe/London"))).unwrap();
    assert!(
        text.contains("DTSTART:20260922T170000Z\r\nDTEND:20260922T193000Z\r\n"),
        "{text}"
    );
    assert!(
        text.contains("UID:walk@ab\r\n") && !text.contains("VTIMEZONE"),
        "{text}"
    );
    let several = v1::Schedule {
        rrules: vec![
            "FREQ=WEEKLY;BYDAY=TU".into(),
            "FREQ=MONTHLY;BYMONTHDAY=22".into(),
        ],
        ..schedule("Europe/London")
    };
    let text = written(&with(several)).unwrap();
    assert!(
        !text.contains("RRULE") && !text.contains("VTIMEZONE"),
        "{text}"
    );
    let calendar: Calendar = text.parse().unwrap();
    let first = calendar.events().next().unwrap();
    assert_eq!(first.property_value("DTSTART"), Some("20261201T180000Z"));
    assert_eq!(
        first.property_value("UID"),
        Some("20261201T180000Z-walk@ab")
    );
    assert!(calendar.events().count() > 50);
}

#[test]
fn clocks_change_as_the_zone_says() {
    let zone = |name: &str| {
        let series = v1::Schedule {
            rrules: vec!["FREQ=WEEKLY".into()],
            ..schedule(name)
        };
        let text = written(&with(series)).unwrap();
        let (_, rest) = text.split_once("BEGIN:VTIMEZONE\r\n").unwrap();
        let (zone, _) = rest.split_once("END:VTIMEZONE").unwrap();
        zone.replace("\r\n", " ")
    };
    assert_eq!(
        zone("Europe/London"),
        "TZID:Europe/London \
         BEGIN:DAYLIGHT DTSTART:19700329T010000 TZOFFSETFROM:+0000 TZOFFSETTO:+0100 TZNAME:BST \
         RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU END:DAYLIGHT \
         BEGIN:STANDARD DTSTART:19701025T020000 TZOFFSETFROM:+0100 TZOFFSETTO:+0000 TZNAME:GMT \
         RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU END:STANDARD "
    );
    let york = zone("America/New_York");
    assert!(york.contains("FREQ=YEARLY;BYMONTH=3;BYDAY=2SU"), "{york}");
    assert!(york.contains("FREQ=YEARLY;BYMONTH=11;BYDAY=1SU"), "{york}");
    assert_eq!(
        zone("Asia/Kolkata"),
        "TZID:Asia/Kolkata BEGIN:STANDARD DTSTART:19700101T000000 TZOFFSETFROM:+0530 \
         TZOFFSETTO:+0530 TZNAME:IST END:STANDARD "
    );
    // Its clocks follow Ramadan.
    let morocco = zone("Africa/Casablanca");
    assert!(!morocco.contains("RRULE"), "{morocco}");
    assert!(morocco.matches("BEGIN:").count() > 20, "{morocco}");
    assert!(morocco.contains("DTSTART:20270207T030000"), "{morocco}");
}

#[test]
fn words_are_those_that_are_published() {
    let body = v1::Event {
        title: "Tea, cake; \"talk\" \\ 日曜日\nBEGIN:VALARM".into(),
        summary: "x".repeat(300),
        status: v1::EventStatus::Cancelled.into(),
        status_words: "The hall is flooded.".into(),
        ..with(schedule("Europe/London"))
    };
    let text = written(&body).unwrap();
    let calendar: Calendar = text.parse().unwrap();
    let event = calendar.events().next().unwrap();
    let value = |name: &str| event.property_value(name).unwrap().to_owned();
    assert_eq!(value("SUMMARY"), body.title);
    assert_eq!(
        value("DESCRIPTION"),
        format!("The hall is flooded.\n\n{}", body.summary)
    );
    assert_eq!(value("LOCATION"), "Sheffield");
    assert_eq!(value("STATUS"), "CANCELLED");
    assert_eq!(value("DTSTAMP"), "20261127T120000Z");
    let hidden = v1::Event {
        place: Some(v1::Place {
            precision: v1::Precision::Hidden.into(),
            ..v1::Place::default()
        }),
        ..body
    };
    assert!(!written(&hidden).unwrap().contains("LOCATION"));
}

#[test]
fn an_event_without_coming_dates_has_no_calendar() {
    let words_only = v1::Schedule {
        words: "Now and then".into(),
        ..v1::Schedule::default()
    };
    let called_off = v1::Schedule {
        exdates: vec!["2026-09-22T18:00".into()],
        ..schedule("Europe/London")
    };
    let wrong_rule = v1::Schedule {
        rrules: vec!["FREQ=HOURLY".into()],
        ..schedule("Europe/London")
    };
    for schedule in [
        words_only,
        called_off,
        wrong_rule,
        schedule("Europe/Nowhere"),
    ] {
        assert_eq!(written(&with(schedule)), None);
    }
}

#[test]
fn a_long_break_of_a_daily_event_leaves_single_dates() {
    let daily = v1::Schedule {
        rrules: vec!["FREQ=DAILY".into()],
        breaks: vec![v1::Break {
            first_day: "2027-01-01".into(),
            last_day: "2029-12-31".into(),
            ..v1::Break::default()
        }],
        ..schedule("Europe/London")
    };
    let text = written(&with(daily)).unwrap();
    assert!(
        !text.contains("EXDATE") && !text.contains("DTSTART:2027"),
        "{text}"
    );
    assert_eq!(text.matches("BEGIN:VEVENT").count(), 35);
}

fn origin(key: &str) -> Origin {
    Origin {
        id: format!("{key}@ab"),
        changed: now(),
    }
}

#[test]
fn a_calendar_of_many_events_has_each_zone_once() {
    let weekly = v1::Schedule {
        rrules: vec!["FREQ=WEEKLY".into()],
        ..schedule("Europe/London")
    };
    let (walk, choir) = (with(weekly.clone()), with(weekly));
    let far = with(v1::Schedule {
        rrules: vec!["FREQ=WEEKLY".into()],
        ..schedule("America/New_York")
    });
    let once = with(schedule("Europe/London"));
    let words_only = with(v1::Schedule {
        words: "Now and then".into(),
        ..v1::Schedule::default()
    });
    let all = [&walk, &choir, &far, &once, &words_only];
    let keys = ["walk", "choir", "far", "once", "words"];
    let all = all.into_iter().zip(keys.map(origin));
    let text = events("Our; calendar", all, now(), &Budget::default());
    assert_eq!(text.matches("BEGIN:VTIMEZONE").count(), 2, "{text}");
    let calendar: Calendar = text.parse().unwrap();
    assert!(
        text.contains("\r\nX-WR-CALNAME:Our\\; calendar\r\n"),
        "{text}"
    );
    let ids: Vec<_> = calendar
        .events()
        .filter_map(|event| event.get_uid())
        .collect();
    assert_eq!(ids, ["walk@ab", "choir@ab", "far@ab", "once@ab"]);
    assert!(
        text.contains("REFRESH-INTERVAL;VALUE=DURATION:PT6H\r\n"),
        "{text}"
    );
}

#[test]
fn a_calendar_without_events_has_a_component() {
    let text = events("Ours", [], now(), &Budget::default());
    assert!(text.contains("BEGIN:VTIMEZONE"), "{text}");
    assert!(text.parse::<Calendar>().is_ok());
    let daily = v1::Schedule {
        rrules: vec!["FREQ=DAILY".into()],
        ..schedule("Europe/London")
    };
    let costly = with(daily);
    let text = events("Ours", [(&costly, origin("a"))], now(), &Budget::new(1));
    assert!(!text.contains("VEVENT"), "{text}");
}
