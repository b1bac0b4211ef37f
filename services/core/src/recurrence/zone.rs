//! Parses local times and dates, and converts local times to instants.

use chrono::{
    DateTime, Duration, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone, Timelike, Utc,
};
use chrono_tz::Tz;

/// Parses an IANA time zone such as `Europe/London`.
#[must_use]
pub fn parse_zone(name: &str) -> Option<Tz> {
    name.parse().ok()
}

/// Parses a local time, `YYYY-MM-DDTHH:MM`, between 1900 and 2199.
#[must_use]
pub fn parse_local(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once('T')?;
    Some(parse_date(date)?.and_time(parse_time(time)?))
}

/// Parses a day, `YYYY-MM-DD`, between 1900 and 2199.
#[must_use]
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    // chrono alone would also accept signs, spaces and missing zeros.
    let [
        b'0'..=b'9',
        b'0'..=b'9',
        b'0'..=b'9',
        b'0'..=b'9',
        b'-',
        _,
        _,
        b'-',
        _,
        _,
    ] = text.as_bytes()
    else {
        return None;
    };
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
    ("1900".."2200").contains(&&text[..4]).then_some(date)
}

/// Parses a time of day, `HH:MM`, up to `23:59`.
fn parse_time(text: &str) -> Option<NaiveTime> {
    let [b'0'..=b'9', b'0'..=b'9', b':', b'0'..=b'9', b'0'..=b'9'] = text.as_bytes() else {
        return None;
    };
    NaiveTime::parse_from_str(text, "%H:%M").ok()
}

/// Parses a time of day as minutes after midnight; `24:00` is the end of the day.
#[must_use]
pub fn parse_minute_of_day(text: &str) -> Option<u32> {
    if text == "24:00" {
        return Some(24 * 60);
    }
    parse_time(text).map(|time| time.hour() * 60 + time.minute())
}

/// Returns the instant of a local time. A time that the clocks skip moves forward by the
/// gap (01:30 becomes 02:30 when summer time begins); of a time that occurs twice it is
/// the first.
#[must_use]
pub fn instant(zone: Tz, local: NaiveDateTime) -> DateTime<Utc> {
    if let Some(time) = zone.from_local_datetime(&local).earliest() {
        return time.to_utc();
    }
    // In a gap: apply the offset before it. Search back in quarters of an hour for 26
    // hours: the longest gap on record is a day.
    let before = (1..=104)
        .map(|quarters| local - Duration::minutes(15 * quarters))
        .find_map(|earlier| zone.from_local_datetime(&earlier).latest());
    let offset = before.map_or(0, |time| time.offset().fix().local_minus_utc());
    (local - Duration::seconds(i64::from(offset))).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(zone: &str, local: &str) -> String {
        instant(parse_zone(zone).unwrap(), parse_local(local).unwrap())
            .format("%Y-%m-%dT%H:%M")
            .to_string()
    }

    #[test]
    fn a_skipped_time_moves_forward_by_the_gap() {
        assert_eq!(utc("Europe/London", "2026-03-29T00:59"), "2026-03-29T00:59");
        assert_eq!(utc("Europe/London", "2026-03-29T01:30"), "2026-03-29T01:30");
        assert_eq!(utc("Europe/London", "2026-03-29T02:30"), "2026-03-29T01:30");
        assert_eq!(utc("Pacific/Apia", "2011-12-30T12:00"), "2011-12-30T22:00");
    }

    #[test]
    fn a_time_that_occurs_twice_is_the_first() {
        assert_eq!(utc("Europe/London", "2026-10-25T01:30"), "2026-10-25T00:30");
        assert_eq!(utc("Europe/London", "2026-10-25T02:00"), "2026-10-25T02:00");
    }

    #[test]
    fn only_one_format_is_accepted() {
        for text in [
            "2026-1-05",
            "2026-02-30",
            "26-01-05",
            "+026-01-05",
            "2026-01-5 ",
            "2200-01-01",
        ] {
            assert_eq!(parse_date(text), None, "{text}");
        }
        for text in ["7:00", "24:00", "19:00:00", "19.00"] {
            assert_eq!(parse_time(text), None, "{text}");
        }
        assert!(parse_local("2026-01-05 19:00").is_none());
        assert!(parse_zone("Europe/Nowhere").is_none());
    }
}
