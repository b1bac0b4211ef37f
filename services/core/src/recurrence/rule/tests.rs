//! Rules that are rejected, and rules against an independent expansion.

use super::*;
use chrono::TimeZone as _;
use proptest::prelude::*;
use rrule::{RRule, RRuleSet, Unvalidated};

fn at(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
}

fn rule(text: &str, start: &str) -> Result<Rule, RuleError> {
    Rule::parse(text, at(start), |utc| utc, &unlimited())
}

fn unlimited() -> Budget {
    Budget::new(u64::MAX)
}

fn between(rule: &Rule, from: NaiveDateTime, to: NaiveDateTime) -> Vec<NaiveDateTime> {
    rule.between(from, to, &unlimited()).collect()
}

/// Expands a rule with the `rrule` crate, an independent implementation. It needs a time
/// zone: local times are passed as UTC, which has no gaps.
fn expand_with_library(text: &str, start: NaiveDateTime, to: NaiveDateTime) -> Vec<NaiveDateTime> {
    let start = rrule::Tz::UTC.from_utc_datetime(&start);
    let rule: RRule<Unvalidated> = text.parse().unwrap();
    RRuleSet::new(start)
        .limit()
        .rrule(rule.validate(start).unwrap())
        .into_iter()
        .map(|date| date.naive_utc())
        .take_while(|date| *date <= to)
        .collect()
}

#[test]
fn hostile_rules_are_rejected_before_they_are_expanded() {
    let reason = |text| rule(text, "2026-01-05T19:00").unwrap_err().reason();
    assert_eq!(reason("FREQ=SECONDLY"), "rule_frequency");
    assert_eq!(reason("FREQ=HOURLY;INTERVAL=2"), "rule_frequency");
    assert_eq!(reason("FREQ=DAILY;INTERVAL=0"), "rule_out_of_bounds");
    assert_eq!(reason("FREQ=DAILY;INTERVAL=65535"), "rule_out_of_bounds");
    assert_eq!(reason("FREQ=DAILY;COUNT=1000000"), "rule_out_of_bounds");
    assert_eq!(
        reason("FREQ=DAILY;COUNT=99999999999999"),
        "rule_out_of_bounds"
    );
    assert_eq!(reason("FREQ=DAILY;BYHOUR=1,2,3"), "rule_part_not_taken");
    assert_eq!(
        reason("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
        "start_not_in_rule"
    );
    assert_eq!(
        reason("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6"),
        "start_not_in_rule"
    );
    assert_eq!(reason("FREQ=WEEKLY;BYDAY=TU"), "start_not_in_rule");
    assert_eq!(
        reason("FREQ=WEEKLY;UNTIL=20251231T000000Z"),
        "rule_ends_before_start"
    );
    for text in [
        "",
        ";",
        "FREQ",
        "FREQ=",
        "FREQ=WEEKLY;FREQ=DAILY",
        "BYDAY=MO",
        "FREQ=WEEKLY;BYDAY=é",
        "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "RRULE:FREQ=WEEKLY",
        "FREQ=WEEKLY;UNTIL=tomorrow",
        "FREQ=WEEKLY\nBYDAY=MO",
        "FREQ=WEEKLY;COUNT=2;UNTIL=20270101",
        "FREQ=WEEKLY;BYMONTHDAY=5",
        "FREQ=MONTHLY;BYMONTHDAY=0",
        "FREQ=MONTHLY;BYDAY=0MO",
        "FREQ=MONTHLY;BYDAY=XMO",
        "FREQ=YEARLY;BYMONTH=13",
        "FREQ=MONTHLY;BYSETPOS=1",
        "FREQ=WEEKLY;WKST=XX",
    ] {
        assert_eq!(reason(text), "rule_malformed", "{text}");
    }
}

#[test]
fn an_error_names_the_part_that_is_wrong() {
    let message = |text| rule(text, "2026-01-05T19:00").unwrap_err().to_string();
    let prefixed = message("RRULE:FREQ=WEEKLY;BYDAY=TU");
    assert!(prefixed.contains("without `RRULE:`"), "{prefixed}");
    let until = message("FREQ=WEEKLY;UNTIL=20261231T190000");
    assert!(until.starts_with("UNTIL=20261231T190000"), "{until}");
    assert!(until.contains("UTC with Z"), "{until}");
    let day = message("FREQ=WEEKLY;BYDAY=Tuesday");
    assert!(day.starts_with("BYDAY=TUESDAY"), "{day}");
}

#[test]
fn a_rule_can_name_the_last_thursday_of_the_month() {
    let rule = rule("FREQ=MONTHLY;BYDAY=-1TH", "2026-01-29T19:00").unwrap();
    let found = between(&rule, at("2026-02-01T00:00"), at("2026-05-31T00:00"));
    let expected = [
        "2026-02-26T19:00",
        "2026-03-26T19:00",
        "2026-04-30T19:00",
        "2026-05-28T19:00",
    ];
    assert_eq!(found, expected.map(at));
}

#[test]
fn a_day_alone_as_until_includes_that_day() {
    let rule = rule("FREQ=DAILY;UNTIL=20260107", "2026-01-05T19:00").unwrap();
    assert_eq!(
        between(&rule, at("2026-01-01T00:00"), at("2027-01-01T00:00")).len(),
        3
    );
}

#[test]
fn decades_of_past_weeks_are_skipped_in_step() {
    let text = "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE";
    let start = "1970-01-05T19:00";
    let rule = rule(text, start).unwrap();
    let (from, to) = (at("2026-01-01T00:00"), at("2026-03-01T00:00"));
    let mut expected = expand_with_library(text, at(start), to);
    expected.retain(|time| *time >= from);
    assert_eq!(between(&rule, from, to), expected);
    assert!(rule.periods_before(from.date()) > 1_400);
}

/// The steps of expanding a window.
fn steps(rule: &Rule, from: &str, to: &str) -> u64 {
    let budget = unlimited();
    rule.between(at(from), at(to), &budget).for_each(drop);
    u64::MAX - budget.steps_left()
}

#[test]
fn the_age_of_a_rule_without_a_count_costs_no_steps() {
    for text in [
        "FREQ=DAILY",
        "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR,SA,SU",
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;UNTIL=21991231",
        "FREQ=YEARLY;BYDAY=MO,TU,WE,TH,FR,SA,SU;BYSETPOS=1,-1",
    ] {
        let new = rule(text, "2024-01-01T19:00").unwrap();
        let old = rule(text, "1900-01-01T19:00").unwrap();
        let window = ["2026-01-01T00:00", "2027-02-01T00:00"];
        assert!(steps(&new, window[0], window[1]) >= 12, "{text}");
        let [new, old] = [new, old].map(|rule| steps(&rule, window[0], window[1]));
        // Two years of 366 days at most.
        assert!(
            old <= new + 1 && old <= 732,
            "{text}: {old} steps, {new} if new"
        );
    }
}

#[test]
fn a_rule_with_a_count_costs_a_step_for_each_month_that_cannot_match() {
    let rule = rule("FREQ=YEARLY;COUNT=300", "1900-12-25T19:00").unwrap();
    let steps = steps(&rule, "2026-01-01T00:00", "2027-01-01T00:00");
    // Up to 2027, on whose first day the window ends.
    assert_eq!(steps, 128 * (11 + 31));
}

#[test]
fn an_expansion_ends_when_the_budget_is_exceeded() {
    let rule = rule("FREQ=DAILY", "2026-01-01T19:00").unwrap();
    let budget = Budget::new(7);
    let found = rule.between(at("2026-01-01T00:00"), at("2199-01-01T00:00"), &budget);
    assert_eq!(found.count(), 7);
    assert!(budget.check().is_err());
}

fn rules() -> impl Strategy<Value = String> {
    let weekday = prop::sample::select(vec!["MO", "TU", "WE", "TH", "FR", "SA", "SU"]);
    let plain = prop::collection::btree_set(weekday.clone(), 1..4)
        .prop_map(|days| days.into_iter().collect::<Vec<_>>().join(","));
    let numbered = (
        prop::sample::select(vec!["1", "2", "-1", "-2", "5"]),
        weekday,
    )
        .prop_map(|(n, day)| format!("{n}{day}"));
    let part = prop_oneof![
        Just(String::new()),
        plain.clone().prop_map(|days| format!(";BYDAY={days}")),
        (1..=12u8).prop_map(|month| format!(";BYMONTH={month}")),
        (1..=12u8, plain.clone()).prop_map(|(m, days)| format!(";BYMONTH={m};BYDAY={days}")),
    ];
    let counted = prop_oneof![
        Just(String::new()),
        numbered.clone().prop_map(|day| format!(";BYDAY={day}")),
        (1..=12u8, numbered).prop_map(|(month, day)| format!(";BYMONTH={month};BYDAY={day}")),
        (1..=12u8, 1..=31u8).prop_map(|(month, day)| format!(";BYMONTH={month};BYMONTHDAY={day}")),
        (1..=31i8, any::<bool>())
            .prop_map(|(day, end)| format!(";BYMONTHDAY={}", if end { -day } else { day })),
        (plain, prop::sample::select(vec![1, 2, -1]))
            .prop_map(|(days, position)| format!(";BYDAY={days};BYSETPOS={position}")),
    ];
    let ending = prop_oneof![
        Just(String::new()),
        (1..40u32).prop_map(|count| format!(";COUNT={count}")),
        (2020..2026i32).prop_map(|year| format!(";UNTIL={year}0630T120000Z")),
    ];
    let body = prop_oneof![
        (prop::sample::select(vec!["DAILY", "WEEKLY"]), part),
        (prop::sample::select(vec!["MONTHLY", "YEARLY"]), counted),
    ];
    let week_start = prop::sample::select(vec!["", ";WKST=SU", ";WKST=WE"]);
    (body, 1..5u8, ending, week_start).prop_map(|((freq, part), n, end, week_start)| {
        format!("FREQ={freq};INTERVAL={n}{part}{end}{week_start}")
    })
}

proptest! {
    #[test]
    fn a_window_equals_that_of_an_independent_expansion(
        text in rules(), start in 0..1_500u64, from in 0..2_500u64, length in 0..700u64,
    ) {
        let base = at("2019-01-01T19:30");
        let start = base + Days::new(start);
        let from = base + Days::new(from);
        let to = from + Days::new(length);
        // Most starts are not in their rule: take the first that is.
        let fitting = (0..800).find_map(|n| {
            Rule::parse(&text, start + Days::new(n), |utc| utc, &unlimited()).ok()
        });
        let Some(rule) = fitting else { return Ok(()) };
        let mut expected = expand_with_library(&text, rule.start, to);
        expected.retain(|time| *time >= from);
        prop_assert_eq!(between(&rule, from, to), expected, "{} {}", text, rule.start);
    }

    #[test]
    fn a_window_equals_the_same_window_of_an_expansion_from_the_start(
        text in rules(), start in 0..109_000u64, from in 0..109_000u64, length in 0..1_200u64,
    ) {
        // From 1900, which is no leap year, to 2199.
        let base = at("1900-01-01T19:30");
        let start = base + Days::new(start);
        let from = base + Days::new(from);
        let to = from + Days::new(length);
        let fitting = (0..800).find_map(|n| {
            Rule::parse(&text, start + Days::new(n), |utc| utc, &unlimited()).ok()
        });
        let Some(rule) = fitting else { return Ok(()) };
        let whole = rule.starts_from(0, to, &unlimited()).collect::<Vec<_>>();
        let expected: Vec<_> = whole.into_iter().filter(|time| *time >= from).collect();
        prop_assert_eq!(between(&rule, from, to), expected, "{} {}", text, rule.start);
    }

    #[test]
    fn any_text_is_parsed_or_rejected(text in "[A-Z0-9=;,+-]{0,60}") {
        let _ = rule(&text, "2026-01-05T19:00");
    }

    #[test]
    fn any_valid_rule_can_be_expanded(
        freq in "FREQ=(DAILY|WEEKLY|MONTHLY|YEARLY)",
        parts in prop::collection::vec(
            "(INTERVAL|COUNT|BYMONTH|BYMONTHDAY|BYSETPOS)=-?[0-9]{1,4}(,-?[0-9]{1,2}){0,2}\
             |BYDAY=-?[0-9]{0,2}(MO|TU|SU)|WKST=(MO|WE|SU)",
            0..4,
        ),
        day in 0..4_000u64,
    ) {
        let text = [vec![freq], parts].concat().join(";");
        let start = at("1996-02-29T19:00") + Days::new(day);
        if let Ok(rule) = Rule::parse(&text, start, |utc| utc, &unlimited()) {
            prop_assert!(between(&rule, start, start + Days::new(5_000)).len() <= 5_001);
            prop_assert_eq!(between(&rule, start, start), [start], "{} {}", text, start);
        }
    }
}
