//! Occurrences across changes of the clocks, exceptions and windows.

use chrono::{Duration, NaiveDate};

use super::series::{STEPS_PER_DATE, merge_days};
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
    let running = next_occurrence(&event, time("2026-03-24T20:59:59Z")).unwrap();
    assert_eq!(
        running.map(|one| one.start),
        Some(time("2026-03-24T19:00:00Z")),
        "it is on"
    );
    assert!(
        next_occurrence(&event, time("2026-03-24T21:00:00Z"))
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

/// The steps of an expansion, and whether they stayed within the budget.
fn steps<T>(expand: impl FnOnce(&Budget) -> Result<T, RecurrenceError>) -> (u64, bool) {
    let budget = Budget::default();
    let result = expand(&budget);
    (MAX_STEPS - budget.steps_left(), result.is_ok())
}

/// A schedule that would take a day of computing without a budget.
fn hostile() -> v1::Schedule {
    let days = "FREQ=YEARLY;BYDAY=1MO;COUNT=5000";
    v1::Schedule {
        start: "1900-01-01T19:00".into(),
        rrules: vec![days.into(); MAX_RULES],
        end: String::new(),
        ..weekly()
    }
}

#[test]
fn all_schedules_of_a_record_share_one_budget() {
    let now = time("2026-03-20T12:00:00Z");
    let record = vec![hostile(); 50];
    let (spent, is_affordable) = steps(|budget| upcoming(&record, now, budget));
    assert_eq!((spent, is_affordable), (MAX_STEPS, false));
    let error = upcoming(&record, now, &Budget::default()).unwrap_err();
    assert_eq!(error.reason(), "schedule_too_costly");
    let (spent, is_affordable) = steps(|budget| upcoming(&vec![weekly(); 50], now, budget));
    assert!(is_affordable && spent < MAX_STEPS, "{spent}");
}

#[test]
fn breaks_and_dates_count_towards_the_budget() {
    let mut schedule = weekly();
    schedule.rdates = (0..300)
        .map(|n| format!("2027-01-01T{:02}:{:02}", n / 60, n % 60))
        .collect();
    let (spent, _) = steps(|budget| upcoming(&[schedule], time("2026-03-20T12:00:00Z"), budget));
    assert!(spent >= 300 * STEPS_PER_DATE, "{spent}");
}

#[test]
fn a_window_without_an_end_costs_no_more_than_its_occurrences() {
    let expand = |to: &'static str| {
        steps(move |budget| {
            let from = time("2026-03-20T12:00:00Z");
            schedule_occurrences_within(&weekly(), from, time(to), 10, budget)
        })
    };
    assert_eq!(
        expand("2026-07-01T00:00:00Z"),
        expand("9999-12-31T00:00:00Z")
    );
}

#[test]
fn a_window_with_too_many_occurrences_is_an_error_and_not_a_part_of_them() {
    let all = schedule_occurrences(
        &v1::Schedule {
            rrules: vec!["FREQ=DAILY".into()],
            ..weekly()
        },
        time("2026-01-01T00:00:00Z"),
        time("9999-12-31T00:00:00Z"),
        usize::MAX,
    );
    assert_eq!(all, Err(RecurrenceError::TooCostly));
}

#[test]
fn the_next_occurrence_of_a_hostile_schedule_is_an_error() {
    let event = v1::Event {
        schedule: Some(hostile()),
        ..Default::default()
    };
    let next = next_occurrence(&event, time("2026-01-01T00:00:00Z"));
    assert_eq!(next, Err(RecurrenceError::TooCostly));
}

#[test]
fn upcoming_occurrences_are_merged_in_order_and_show_whether_more_follow() {
    let now = time("2026-03-20T12:00:00Z");
    let mut ending = weekly();
    ending.rrules = vec!["FREQ=WEEKLY;COUNT=5".into()];
    let both = [ending.clone(), weekly()];
    let expand = |schedules: &[v1::Schedule]| upcoming(schedules, now, &Budget::default()).unwrap();
    let [of_ending, of_both] = [expand(&both[..1]), expand(&both)];
    assert_eq!(
        (of_ending.occurrences.len(), of_ending.continues),
        (5, false)
    );
    assert_eq!(of_both.occurrences[..5], of_ending.occurrences, "each once");
    assert!(of_both.occurrences.is_sorted() && of_both.continues);
}

proptest! {
    #[test]
    fn merged_breaks_contain_the_same_days(
        ranges in prop::collection::vec((0..60i64, -5..20i64), 0..8), day in 0..90i64,
    ) {
        let on = |n: i64| NaiveDate::from_ymd_opt(2026, 3, 1).unwrap() + Duration::days(n);
        let ranges: Vec<_> = ranges.iter().map(|(n, length)| (on(*n), on(n + length))).collect();
        let contains = |all: &[(NaiveDate, NaiveDate)]| {
            all.iter().any(|(first, last)| (*first..=*last).contains(&on(day)))
        };
        let merged = merge_days(ranges.clone());
        prop_assert_eq!(contains(&merged), contains(&ranges));
        prop_assert!(merged.windows(2).all(|pair| pair[0].1 < pair[1].0));
    }

    #[test]
    fn a_window_across_clock_changes_equals_that_of_an_expansion_from_the_start(
        zone in prop::sample::select(vec!["Europe/London", "Pacific/Apia", "Africa/Casablanca"]),
        rule in prop::sample::select(vec![
            "FREQ=DAILY", "FREQ=WEEKLY;INTERVAL=3;BYDAY=SU,TU", "FREQ=MONTHLY;BYDAY=-1SU",
            "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
            "FREQ=MONTHLY;BYMONTHDAY=31;INTERVAL=5", "FREQ=DAILY;COUNT=400",
        ]),
        hour in 0..24u8, from in 0..6_000i64, length in 0..400i64,
    ) {
        let fitting = (0..1_500).find_map(|n| {
            let day = NaiveDate::from_ymd_opt(2008, 1, 1).unwrap() + Duration::days(n);
            let schedule = v1::Schedule {
                start: format!("{day}T{hour:02}:30"),
                end: String::new(),
                duration_minutes: 90,
                time_zone: zone.into(),
                rrules: vec![rule.into()],
                ..Default::default()
            };
            Series::parse(&schedule, &Budget::default()).is_ok().then_some(schedule)
        });
        let schedule = fitting.unwrap();
        let base = time("2008-01-01T00:00:00Z");
        let at = |days: i64| base.plus(std::time::Duration::from_secs(days.unsigned_abs() * 86_400));
        let (from, to) = (at(from), at(from + length));
        let expand = |from| {
            let budget = Budget::new(u64::MAX);
            schedule_occurrences_within(&schedule, from, to, usize::MAX, &budget).unwrap()
        };
        let mut whole = expand(base);
        whole.retain(|one| one.end > from || one.start >= from);
        prop_assert_eq!(expand(from), whole);
    }


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
