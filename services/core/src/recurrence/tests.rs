//! Occurrences across changes of the clocks, exceptions and windows.

use super::*;
use proptest::prelude::*;

fn weekly() -> v1::Schedule {
    v1::Schedule {
        start: "2026-03-24T19:00".into(),
        end: "2026-03-24T21:00".into(),
        time_zone: "Europe/London".into(),
        rrules: vec!["FREQ=WEEKLY;BYDAY=TU".into()],
        ..Default::default()
    }
}

fn time(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn between(schedule: &v1::Schedule, from: &str, to: &str) -> Vec<Occurrence> {
    schedule_occurrences(schedule, time(from), time(to), 1_000).unwrap()
}

fn starts(schedule: &v1::Schedule, from: &str, to: &str) -> Vec<String> {
    between(schedule, from, to)
        .into_iter()
        .map(|it| it.start.to_string())
        .collect()
}

#[test]
fn seven_o_clock_stays_seven_o_clock_when_the_clocks_change() {
    let spring = between(&weekly(), "2026-03-24T00:00:00Z", "2026-04-02T00:00:00Z");
    assert_eq!(spring[0].start, time("2026-03-24T19:00:00Z"));
    assert_eq!(spring[1].start, time("2026-03-31T18:00:00Z"));
    assert_eq!(spring[1].end, time("2026-03-31T20:00:00Z"));
    assert_eq!(spring[1].local_start, "2026-03-31T19:00");
    let autumn = between(&weekly(), "2026-10-20T00:00:00Z", "2026-10-28T00:00:00Z");
    assert_eq!(autumn[0].start, time("2026-10-20T18:00:00Z"));
    assert_eq!(autumn[1].start, time("2026-10-27T19:00:00Z"));
}

#[test]
fn a_night_that_loses_or_gains_an_hour_has_the_right_end() {
    let mut night = weekly();
    night.start = "2026-03-22T01:30".into();
    night.end = "2026-03-22T02:30".into();
    night.rrules = vec!["FREQ=WEEKLY".into()];
    let spring = between(&night, "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z");
    assert_eq!(spring[0].local_start, "2026-03-29T02:30");
    assert_eq!(
        spring[0].end,
        time("2026-03-29T02:30:00Z"),
        "an hour, not nothing"
    );
    let autumn = between(&night, "2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z");
    assert_eq!(autumn[0].start, time("2026-10-25T00:30:00Z"));
    assert_eq!(
        autumn[0].end,
        time("2026-10-25T02:30:00Z"),
        "the local time of the end"
    );
    night.end = String::new();
    night.duration_minutes = 60;
    let autumn = between(&night, "2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z");
    assert_eq!(
        autumn[0].end,
        time("2026-10-25T01:30:00Z"),
        "an hour elapsed"
    );
}

#[test]
fn exceptions_breaks_and_extra_dates_are_applied() {
    let mut schedule = weekly();
    schedule.exdates = vec!["2026-04-07T19:00".into()];
    schedule.rdates = vec!["2026-04-08T18:00".into(), "2026-12-25T12:00".into()];
    schedule.breaks = vec![v1::Break {
        first_day: "2026-12-21".into(),
        last_day: "2027-01-03".into(),
        words: "Christmas".into(),
    }];
    assert_eq!(
        starts(&schedule, "2026-04-01T00:00:00Z", "2026-04-15T00:00:00Z"),
        ["2026-04-08T17:00:00Z", "2026-04-14T18:00:00Z"].map(|t| time(t).to_string())
    );
    assert_eq!(
        starts(&schedule, "2026-12-14T00:00:00Z", "2027-01-06T00:00:00Z"),
        ["2026-12-15T19:00:00Z", "2027-01-05T19:00:00Z"].map(|t| time(t).to_string())
    );
}

#[test]
fn until_is_in_utc() {
    let mut schedule = weekly();
    schedule.rrules = vec!["FREQ=WEEKLY;UNTIL=20260407T180000Z".into()];
    assert_eq!(
        between(&schedule, "2026-03-01T00:00:00Z", "2027-01-01T00:00:00Z").len(),
        3
    );
    schedule.rrules = vec!["FREQ=WEEKLY;UNTIL=20260407T175959Z".into()];
    assert_eq!(
        between(&schedule, "2026-03-01T00:00:00Z", "2027-01-01T00:00:00Z").len(),
        2
    );
}

#[test]
fn a_running_occurrence_is_in_the_window_and_an_ended_one_is_not() {
    let found = starts(&weekly(), "2026-03-24T20:30:00Z", "2026-03-31T18:00:00Z");
    assert_eq!(found, [time("2026-03-24T19:00:00Z").to_string()]);
    assert!(starts(&weekly(), "2026-03-24T21:00:00Z", "2026-03-31T18:00:00Z").is_empty());
}

#[test]
fn the_next_occurrence_is_found_with_and_without_a_rule() {
    let mut event = v1::Event {
        schedule: Some(weekly()),
        ..Default::default()
    };
    let next = next_occurrence(&event, time("2046-01-01T00:00:00Z"))
        .unwrap()
        .unwrap();
    assert_eq!(next.start, time("2046-01-02T19:00:00Z"));
    let now = next_occurrence(&event, time("2026-03-24T19:00:00Z"))
        .unwrap()
        .unwrap();
    assert_eq!(now.start, time("2026-03-24T19:00:00Z"));
    event.schedule.as_mut().unwrap().rrules.clear();
    assert!(
        next_occurrence(&event, time("2026-03-24T19:00:01Z"))
            .unwrap()
            .is_none()
    );
    event.schedule = None;
    let error = next_occurrence(&event, time("2026-03-24T19:00:01Z")).unwrap_err();
    assert_eq!(error.reason(), "start_missing");
}

#[test]
fn no_more_occurrences_than_the_limit_are_returned() {
    let found = schedule_occurrences(
        &weekly(),
        time("2026-01-01T00:00:00Z"),
        time("2126-01-01T00:00:00Z"),
        7,
    );
    assert_eq!(found.unwrap().len(), 7);
}

proptest! {
    #[test]
    fn adjoining_windows_together_equal_the_whole_window(
        days in prop::collection::btree_set(0..400u64, 3..6), hour in 0..24u8,
    ) {
        let mut schedule = weekly();
        schedule.start = format!("2026-03-24T{hour:02}:30");
        schedule.end = String::new();
        schedule.rrules.push("FREQ=MONTHLY".into());
        let base = time("2026-03-01T00:00:00Z");
        let day = std::time::Duration::from_secs(86_400);
        let cuts: Vec<_> = days.iter().map(|n| base.plus(day * u32::try_from(*n).unwrap())).collect();
        let whole = schedule_occurrences(&schedule, cuts[0], cuts[cuts.len() - 1], 1_000).unwrap();
        let pieces: Vec<_> = cuts.windows(2)
            .flat_map(|cut| schedule_occurrences(&schedule, cut[0], cut[1], 1_000).unwrap())
            .collect();
        prop_assert_eq!(whole, pieces);
    }
}
