//! When something can be used: a usual week, and days that differ.

use hedgerow_proto::v1;
use hedgerow_proto::v1::Weekday;

use super::Findings;
use crate::recurrence::parse_date;
use crate::recurrence::parse_time;

pub(super) fn check(path: &str, hours: &v1::Availability, findings: &mut Findings) {
    let dated = !hours.weekly.is_empty() || !hours.exceptions.is_empty();
    if dated && hours.time_zone.is_empty() {
        findings.refuse(
            format!("{path}.time_zone"),
            "time_zone_required",
            "Say in which time zone these hours are, such as Europe/London.",
        );
    }
    let mut windows: Vec<(i32, u32, u32)> = Vec::new();
    for (index, row) in hours.weekly.iter().enumerate() {
        let path = format!("{path}.weekly[{index}]");
        if row.weekday() == Weekday::Unspecified {
            findings.refuse(
                format!("{path}.weekday"),
                "weekday_required",
                "Say which day this is.",
            );
        }
        let Some((opens, closes)) = window(&path, &row.opens_at, &row.closes_at, findings) else {
            continue;
        };
        let overlaps = |(day, from, to): &(i32, u32, u32)| {
            *day == row.weekday && opens < *to && *from < closes
        };
        if windows.iter().any(overlaps) {
            findings.refuse(
                path,
                "hours_overlap",
                "These hours overlap others of the same day. Join them into one.",
            );
        }
        windows.push((row.weekday, opens, closes));
    }
    for (index, exception) in hours.exceptions.iter().enumerate() {
        let path = format!("{path}.exceptions[{index}]");
        days(&path, &exception.first_day, &exception.last_day, findings);
        if !exception.opens_at.is_empty() || !exception.closes_at.is_empty() {
            window(&path, &exception.opens_at, &exception.closes_at, findings);
        }
    }
}

/// Checks a range of days whose form was checked before.
pub(super) fn days(path: &str, first: &str, last: &str, findings: &mut Findings) {
    if first.is_empty() {
        findings.refuse(
            format!("{path}.first_day"),
            "date_required",
            "Say on which day this begins, as in 2026-12-24.",
        );
    }
    if let (Some(first), Some(last)) = (parse_date(first), parse_date(last))
        && last < first
    {
        findings.refuse(
            format!("{path}.last_day"),
            "ends_before_start",
            "The last day is before the first.",
        );
    }
}

/// Opening and closing in minutes after midnight.
fn window(path: &str, opens: &str, closes: &str, findings: &mut Findings) -> Option<(u32, u32)> {
    let (from, to) = (minutes(opens), minutes(closes));
    for (name, value) in [("opens_at", from), ("closes_at", to)] {
        if value.is_none() {
            findings.refuse(
                format!("{path}.{name}"),
                "time_malformed",
                "Write the time as in 09:30; 24:00 is the end of the day.",
            );
        }
    }
    let (from, to) = (from?, to?);
    if to <= from {
        findings.refuse(
            format!("{path}.closes_at"),
            "ends_before_start",
            "This closes before it opens. Hours past midnight are two rows.",
        );
        return None;
    }
    Some((from, to))
}

fn minutes(text: &str) -> Option<u32> {
    use chrono::Timelike as _;
    if text == "24:00" {
        return Some(24 * 60);
    }
    parse_time(text).map(|time| time.hour() * 60 + time.minute())
}
