//! Rules of availability: the hours of a usual week, and days that differ.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Weekday;

use super::violations::Violations;
use crate::bank_holidays::HolidayCalendar;
use crate::recurrence::{parse_date, parse_minute_of_day};

pub(super) fn check(path: &str, hours: &v1::Availability, violations: &mut Violations) {
    let dated = !hours.weekly.is_empty() || !hours.exceptions.is_empty();
    if dated && hours.time_zone.is_empty() {
        violations.add(
            format!("{path}.time_zone"),
            "time_zone_required",
            "Say in which time zone these hours are, such as Europe/London.",
        );
    }
    if !hours.holiday_calendar.is_empty()
        && HolidayCalendar::parse(&hours.holiday_calendar).is_none()
    {
        violations.add(
            format!("{path}.holiday_calendar"),
            "value_unknown",
            "Write the calendar of public holidays as GB-ENG, GB-WLS, GB-SCT or GB-NIR.",
        );
    }
    // Each row with opening and closing in minutes.
    let mut windows: Vec<(&v1::WeeklyHours, u32, u32)> = Vec::new();
    for (index, row) in hours.weekly.iter().enumerate() {
        let path = format!("{path}.weekly[{index}]");
        if row.weekday() == Weekday::Unspecified {
            violations.add(
                format!("{path}.weekday"),
                "weekday_required",
                "Say which day this is.",
            );
        }
        let Some((opens, closes)) =
            parse_window(&path, &row.opening_time, &row.closing_time, violations)
        else {
            continue;
        };
        check_weeks(&path, &row.weeks_of_month, violations);
        let overlaps = |(other, from, to): &(&v1::WeeklyHours, u32, u32)| {
            other.weekday == row.weekday
                && opens < *to
                && *from < closes
                && may_share_a_week(&other.weeks_of_month, &row.weeks_of_month)
        };
        if windows.iter().any(overlaps) {
            violations.add(
                path,
                "hours_overlap",
                "These hours overlap others of the same day. Join them into one.",
            );
        }
        windows.push((row, opens, closes));
    }
    for (index, exception) in hours.exceptions.iter().enumerate() {
        let path = format!("{path}.exceptions[{index}]");
        check_days(&path, &exception.first_day, &exception.last_day, violations);
        if !exception.opening_time.is_empty() || !exception.closing_time.is_empty() {
            parse_window(
                &path,
                &exception.opening_time,
                &exception.closing_time,
                violations,
            );
        }
    }
}

fn check_weeks(path: &str, weeks: &[i32], violations: &mut Violations) {
    let is_known = |week: &i32| *week == -1 || (1..=5).contains(week);
    let is_repeated = |at: usize| weeks[..at].contains(&weeks[at]);
    if !weeks.iter().all(is_known) || (0..weeks.len()).any(is_repeated) {
        violations.add(
            format!("{path}.weeks_of_month"),
            "number_out_of_bounds",
            "Write the weeks of the month as numbers from 1 to 5, or -1 for the last, each once.",
        );
    }
}

/// The last of a month is also its fourth or fifth.
fn may_share_a_week(some: &[i32], others: &[i32]) -> bool {
    let meet = |one: &i32, other: &i32| {
        one == other || (*one == -1 && *other >= 4) || (*other == -1 && *one >= 4)
    };
    some.is_empty()
        || others.is_empty()
        || some.iter().any(|one| others.iter().any(|it| meet(one, it)))
}

/// Checks the order of two days. Their format is checked with all other fields.
pub(super) fn check_days(path: &str, first: &str, last: &str, violations: &mut Violations) {
    if first.is_empty() {
        violations.add(
            format!("{path}.first_day"),
            "date_required",
            "Say on which day this begins, as in 2026-12-24.",
        );
    }
    if let (Some(first), Some(last)) = (parse_date(first), parse_date(last))
        && last < first
    {
        violations.add(
            format!("{path}.last_day"),
            "ends_before_start",
            "The last day is before the first.",
        );
    }
}

/// Parses opening and closing into minutes after midnight.
fn parse_window(
    path: &str,
    opens: &str,
    closes: &str,
    violations: &mut Violations,
) -> Option<(u32, u32)> {
    let (from, to) = (parse_minute_of_day(opens), parse_minute_of_day(closes));
    for (name, value) in [("opening_time", from), ("closing_time", to)] {
        if value.is_none() {
            violations.add(
                format!("{path}.{name}"),
                "time_malformed",
                "Write the time as in 09:30; 24:00 is the end of the day.",
            );
        }
    }
    let (from, to) = (from?, to?);
    if to <= from {
        violations.add(
            format!("{path}.closing_time"),
            "ends_before_start",
            "This closes before it opens. Hours past midnight are two rows.",
        );
        return None;
    }
    Some((from, to))
}
