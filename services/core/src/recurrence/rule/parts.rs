//! The parts of a rule, parsed strictly and bounded: a stranger's rule must not cost much to
//! expand.

use std::ops::RangeInclusive;

use chrono::{NaiveDate, NaiveDateTime, NaiveTime, Weekday};

use super::error::{MAX_COUNT, MAX_INTERVAL, RuleError};

/// Bytes of a rule's text.
const MAX_BYTES: usize = 200;

/// The unit in which INTERVAL counts. More often than daily is not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Frequency {
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A day in BYDAY, such as `TU` or `-1TH`, the last Thursday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ByDay {
    pub(super) number: Option<i32>,
    pub(super) weekday: Weekday,
}

/// A rule's parts, each within its bounds. An empty list matches every day.
#[derive(Debug, Clone)]
pub(super) struct Parts {
    pub(super) frequency: Frequency,
    pub(super) interval: u32,
    pub(super) count: Option<u32>,
    /// In local time, included.
    pub(super) until: Option<NaiveDateTime>,
    pub(super) week_start: Weekday,
    pub(super) by_day: Vec<ByDay>,
    pub(super) by_month: Vec<i32>,
    pub(super) by_month_day: Vec<i32>,
    pub(super) by_set_pos: Vec<i32>,
}

impl Parts {
    pub(super) fn parse(
        text: &str,
        to_local: impl Fn(NaiveDateTime) -> NaiveDateTime,
    ) -> Result<Self, RuleError> {
        let upper = text.trim().to_ascii_uppercase();
        if upper.starts_with("RRULE:") {
            return Err(RuleError::Prefixed);
        }
        let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"=;,+-".contains(&byte);
        if upper.len() > MAX_BYTES || !upper.bytes().all(is_allowed) {
            return Err(RuleError::Malformed);
        }
        let mut parts = Self {
            frequency: Frequency::Daily,
            interval: 1,
            count: None,
            until: None,
            week_start: Weekday::Mon,
            by_day: Vec::new(),
            by_month: Vec::new(),
            by_month_day: Vec::new(),
            by_set_pos: Vec::new(),
        };
        let mut seen: Vec<&str> = Vec::new();
        for part in upper.trim_end_matches(';').split(';') {
            let (name, value) = part.split_once('=').ok_or(RuleError::Malformed)?;
            if seen.contains(&name) {
                return Err(RuleError::Malformed);
            }
            seen.push(name);
            match parts.set(name, value, &to_local) {
                Err(RuleError::Malformed) => {
                    return Err(RuleError::Part(part.to_owned(), expected(name)));
                }
                result => result?,
            }
        }
        if !seen.contains(&"FREQ") {
            return Err(RuleError::Malformed);
        }
        parts.check_combination()?;
        Ok(parts)
    }

    /// Sets one part to its value.
    fn set(
        &mut self,
        name: &str,
        value: &str,
        to_local: impl Fn(NaiveDateTime) -> NaiveDateTime,
    ) -> Result<(), RuleError> {
        match name {
            "FREQ" => self.frequency = parse_frequency(value)?,
            "INTERVAL" => self.interval = parse_number(value, MAX_INTERVAL)?,
            "COUNT" => self.count = Some(parse_number(value, MAX_COUNT)?),
            "UNTIL" => self.until = Some(parse_until(value, to_local)?),
            "WKST" => self.week_start = parse_weekday(value)?,
            "BYDAY" => self.by_day = parse_list(value, parse_by_day)?,
            "BYMONTH" => self.by_month = parse_list(value, |text| signed(text, 1..=12))?,
            "BYMONTHDAY" => self.by_month_day = parse_list(value, |text| signed(text, -31..=31))?,
            "BYSETPOS" => self.by_set_pos = parse_list(value, |text| signed(text, -366..=366))?,
            _ => return Err(RuleError::UnsupportedPart(name.to_owned())),
        }
        Ok(())
    }

    /// Checks what RFC 5545 permits of one part only with another.
    fn check_combination(&self) -> Result<(), RuleError> {
        let is_long = matches!(self.frequency, Frequency::Monthly | Frequency::Yearly);
        if !is_long && !self.by_set_pos.is_empty() {
            return Err(RuleError::UnsupportedPart(
                "BYSETPOS without a monthly or yearly rule".to_owned(),
            ));
        }
        let has_two_ends = self.count.is_some() && self.until.is_some();
        let has_numbered_weekday = self.by_day.iter().any(|day| day.number.is_some());
        let is_week_with_month_day =
            self.frequency == Frequency::Weekly && !self.by_month_day.is_empty();
        let has_other_list =
            !self.by_day.is_empty() || !self.by_month.is_empty() || !self.by_month_day.is_empty();
        let has_lone_position = !self.by_set_pos.is_empty() && !has_other_list;
        if has_two_ends
            || (has_numbered_weekday && !is_long)
            || is_week_with_month_day
            || has_lone_position
        {
            return Err(RuleError::Malformed);
        }
        Ok(())
    }
}

/// The form of a part's value, for people.
fn expected(name: &str) -> &'static str {
    match name {
        "FREQ" => "DAILY, WEEKLY, MONTHLY or YEARLY",
        "UNTIL" => {
            "a day, as in UNTIL=20261231, or a time in UTC with Z, as in UNTIL=20261231T235959Z"
        }
        "BYDAY" => "days such as MO,TU or, in a month, 1SA or -1TH",
        "WKST" => "a day such as MO",
        _ => "numbers within their bounds, with commas between them",
    }
}

fn parse_frequency(text: &str) -> Result<Frequency, RuleError> {
    match text {
        "DAILY" => Ok(Frequency::Daily),
        "WEEKLY" => Ok(Frequency::Weekly),
        "MONTHLY" => Ok(Frequency::Monthly),
        "YEARLY" => Ok(Frequency::Yearly),
        "" => Err(RuleError::Malformed),
        _ => Err(RuleError::Frequency),
    }
}

/// Parses a number from 1 to `max`. With an interval of 0 the expansion would not advance.
fn parse_number(text: &str, max: u32) -> Result<u32, RuleError> {
    let number = text.parse().map_err(|_| RuleError::OutOfBounds)?;
    if (1..=max).contains(&number) {
        Ok(number)
    } else {
        Err(RuleError::OutOfBounds)
    }
}

fn parse_list<T>(
    text: &str,
    parse: impl Fn(&str) -> Result<T, RuleError>,
) -> Result<Vec<T>, RuleError> {
    text.split(',').map(parse).collect()
}

fn signed(text: &str, range: RangeInclusive<i32>) -> Result<i32, RuleError> {
    let number = text.parse().map_err(|_| RuleError::Malformed)?;
    if number != 0 && range.contains(&number) {
        Ok(number)
    } else {
        Err(RuleError::Malformed)
    }
}

fn parse_by_day(text: &str) -> Result<ByDay, RuleError> {
    let split = text.len().checked_sub(2).ok_or(RuleError::Malformed)?;
    let (number, weekday) = text.split_at(split);
    let number = (!number.is_empty()).then(|| signed(number, -53..=53));
    Ok(ByDay {
        number: number.transpose()?,
        weekday: parse_weekday(weekday)?,
    })
}

fn parse_weekday(text: &str) -> Result<Weekday, RuleError> {
    match text {
        "MO" => Ok(Weekday::Mon),
        "TU" => Ok(Weekday::Tue),
        "WE" => Ok(Weekday::Wed),
        "TH" => Ok(Weekday::Thu),
        "FR" => Ok(Weekday::Fri),
        "SA" => Ok(Weekday::Sat),
        "SU" => Ok(Weekday::Sun),
        _ => Err(RuleError::Malformed),
    }
}

/// Parses UNTIL into local time: `20261231T235959Z`, or a day, which is included.
fn parse_until(
    text: &str,
    to_local: impl Fn(NaiveDateTime) -> NaiveDateTime,
) -> Result<NaiveDateTime, RuleError> {
    let day_end = NaiveTime::from_hms_opt(23, 59, 59).ok_or(RuleError::Malformed)?;
    if text.len() == 8 {
        let day = NaiveDate::parse_from_str(text, "%Y%m%d").map_err(|_| RuleError::Malformed)?;
        return Ok(day.and_time(day_end));
    }
    let utc = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ");
    Ok(to_local(utc.map_err(|_| RuleError::Malformed)?))
}
