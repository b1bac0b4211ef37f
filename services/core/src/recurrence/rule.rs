//! One RFC 5545 recurrence rule, parsed strictly and bounded: a stranger's rule must not
//! cost much to expand.
//!
//! Rules are expanded over local wall-clock time, as if every day had 24 hours, and the
//! time zone is applied afterwards. So a meeting at seven stays at seven.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone};
use rrule::{Frequency, NWeekday, RRule, RRuleSet, Unvalidated};

#[cfg(test)]
mod tests;

/// Bytes of a rule's text.
const MAX_BYTES: usize = 200;
const MAX_INTERVAL: u16 = 1_000;
const MAX_COUNT: u32 = 5_000;

/// The reason why a rule is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Not `NAME=VALUE;NAME=VALUE`, or a value is invalid for its name.
    #[error("the rule is invalid: expected a form like FREQ=WEEKLY;BYDAY=TU")]
    Malformed,
    /// A part that is not supported, such as BYHOUR.
    #[error("{0} is not supported in a rule")]
    UnsupportedPart(String),
    /// FREQ is more often than daily.
    #[error("a rule repeats daily, weekly, monthly or yearly")]
    Frequency,
    /// INTERVAL or COUNT is out of bounds.
    #[error("INTERVAL is from 1 to {MAX_INTERVAL} and COUNT from 1 to {MAX_COUNT}")]
    OutOfBounds,
    /// UNTIL is before the first occurrence.
    #[error("the rule ends before the first date")]
    EndsBeforeStart,
    /// The rule does not include the first occurrence.
    #[error("the rule does not include the first date")]
    StartNotInRule,
}

impl RuleError {
    /// The stable name of the error.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Malformed => "rule_malformed",
            Self::UnsupportedPart(_) => "rule_part_not_taken",
            Self::Frequency => "rule_frequency",
            Self::OutOfBounds => "rule_out_of_bounds",
            Self::EndsBeforeStart => "rule_ends_before_start",
            Self::StartNotInRule => "start_not_in_rule",
        }
    }
}

/// A valid rule with its start, which is an occurrence of the rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    rule: RRule<Unvalidated>,
    until: Option<NaiveDateTime>,
    start: NaiveDateTime,
}

impl Rule {
    /// Parses a rule for a series that begins at a local time. `to_local` converts from
    /// UTC, in which UNTIL is given.
    pub(super) fn parse(
        text: &str,
        start: NaiveDateTime,
        to_local: impl Fn(NaiveDateTime) -> NaiveDateTime,
    ) -> Result<Self, RuleError> {
        let (rest, until) = split_until(text)?;
        let until = until.map(|text| parse_until(&text, to_local)).transpose()?;
        let mut rule: RRule<Unvalidated> = rest.parse().map_err(|_| RuleError::Malformed)?;
        check_bounds(&rule)?;
        if until.is_some_and(|until| until < start) {
            return Err(RuleError::EndsBeforeStart);
        }
        if let Some(until) = until {
            rule = rule.until(as_if_utc(until));
        }
        // The library has checks of its own.
        rule.clone()
            .validate(as_if_utc(start))
            .map_err(|_| RuleError::Malformed)?;
        let rule = Self { rule, until, start };
        // A rule that includes its start has an occurrence. The library would search for
        // the first occurrence of an empty rule to the end of the calendar.
        if !rule.includes(start.date()) {
            return Err(RuleError::StartNotInRule);
        }
        Ok(rule)
    }

    /// Returns the local starts from `from` to `to`, both included, in order.
    pub(super) fn between(
        &self,
        from: NaiveDateTime,
        to: NaiveDateTime,
    ) -> impl Iterator<Item = NaiveDateTime> + use<> {
        let anchor = self.anchor(from);
        let has_ended = self.until.is_some_and(|until| until < anchor);
        let validated = self
            .rule
            .clone()
            .validate(as_if_utc(anchor))
            .ok()
            .filter(|_| !has_ended);
        let series = validated.map(|rule| RRuleSet::new(as_if_utc(anchor)).limit().rrule(rule));
        let series = series.as_ref().map(IntoIterator::into_iter);
        series
            .into_iter()
            .flatten()
            .map(|date| date.naive_utc())
            .take_while(move |date| *date <= to)
            .filter(move |date| *date >= from)
    }

    /// Returns a later start in step with the first, so that expansion can skip years of
    /// past weeks. Monthly and yearly rules have few steps, and COUNT must count them all.
    fn anchor(&self, from: NaiveDateTime) -> NaiveDateTime {
        let step = match self.rule.get_freq() {
            _ if self.rule.get_count().is_some() => return self.start,
            Frequency::Daily => u64::from(self.rule.get_interval()),
            Frequency::Weekly => u64::from(self.rule.get_interval()) * 7,
            _ => return self.start,
        };
        let days = u64::try_from((from - self.start).num_days()).unwrap_or(0);
        let whole_steps = (days / step).saturating_sub(1) * step;
        self.start
            .checked_add_days(Days::new(whole_steps))
            .unwrap_or(self.start)
    }

    /// Returns whether the rule includes a day of its first period.
    fn includes(&self, date: NaiveDate) -> bool {
        if !self.matches_by_parts(date) {
            return false;
        }
        let positions = self.rule.get_by_set_pos();
        if positions.is_empty() {
            return true;
        }
        let days: Vec<_> = self
            .period(date)
            .filter(|day| self.matches_by_parts(*day))
            .collect();
        let Some(index) = days.iter().position(|day| *day == date) else {
            return false;
        };
        positions
            .iter()
            .any(|position| match usize::try_from(*position) {
                Ok(position) => position == index + 1,
                Err(_) => position.unsigned_abs() as usize == days.len() - index,
            })
    }

    /// Returns the days of the month or year of a date, within which BYSETPOS counts.
    fn period(&self, date: NaiveDate) -> impl Iterator<Item = NaiveDate> + use<> {
        let yearly = self.rule.get_freq() == Frequency::Yearly;
        let first = if yearly {
            date.with_ordinal(1)
        } else {
            date.with_day(1)
        };
        let key = move |day: NaiveDate| (day.year(), if yearly { 0 } else { day.month() });
        let days = first.unwrap_or(date).iter_days();
        days.take_while(move |day| key(*day) == key(date))
    }

    /// Returns whether a day matches the BY parts. If there is neither BYDAY nor
    /// BYMONTHDAY, the start implies the day.
    fn matches_by_parts(&self, date: NaiveDate) -> bool {
        let rule = &self.rule;
        let start = self.start.date();
        let by_day = rule.get_by_weekday();
        let by_month_day = rule.get_by_month_day();
        let by_month = rule.get_by_month();
        let day_is_implied = by_day.is_empty() && by_month_day.is_empty();
        let day = date.day();
        let length = u32::from(date.num_days_in_month());

        let month_is_implied =
            by_month.is_empty() && day_is_implied && rule.get_freq() == Frequency::Yearly;
        let month_matches = if month_is_implied {
            date.month() == start.month()
        } else {
            by_month.is_empty()
                || by_month
                    .iter()
                    .any(|month| u32::from(*month) == date.month())
        };
        let month_day_matches = by_month_day.is_empty()
            || by_month_day
                .iter()
                .any(|wanted| match u32::try_from(*wanted) {
                    Ok(wanted) => wanted == day,
                    Err(_) => u32::from(wanted.unsigned_abs()) == length + 1 - day,
                });
        let weekday_matches = by_day.is_empty()
            || by_day.iter().any(|wanted| match wanted {
                NWeekday::Every(weekday) => *weekday == date.weekday(),
                NWeekday::Nth(n, weekday) => {
                    *weekday == date.weekday() && self.is_nth_of_its_weekday(*n, date)
                }
            });
        let implied_day_matches = !day_is_implied
            || match rule.get_freq() {
                Frequency::Monthly | Frequency::Yearly => day == start.day(),
                Frequency::Weekly => date.weekday() == start.weekday(),
                _ => true,
            };
        month_matches && month_day_matches && weekday_matches && implied_day_matches
    }

    fn is_nth_of_its_weekday(&self, n: i16, date: NaiveDate) -> bool {
        let in_year =
            self.rule.get_freq() == Frequency::Yearly && self.rule.get_by_month().is_empty();
        let (before, length) = if in_year {
            (date.ordinal0(), if date.leap_year() { 366 } else { 365 })
        } else {
            (date.day0(), u32::from(date.num_days_in_month()))
        };
        match u32::try_from(n) {
            Ok(n) => before / 7 + 1 == n,
            Err(_) => (length - 1 - before) / 7 + 1 == u32::from(n.unsigned_abs()),
        }
    }
}

/// Checks the names of the parts, and returns the rule without UNTIL, and UNTIL:
/// it is in UTC, while the rule is expanded over local time.
fn split_until(text: &str) -> Result<(String, Option<String>), RuleError> {
    let upper = text.trim().to_ascii_uppercase();
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"=;,+-".contains(&byte);
    if upper.len() > MAX_BYTES || !upper.bytes().all(is_allowed) {
        return Err(RuleError::Malformed);
    }
    let mut seen: Vec<&str> = Vec::new();
    let mut kept: Vec<&str> = Vec::new();
    let mut until = None;
    for part in upper.trim_end_matches(';').split(';') {
        let (name, value) = part.split_once('=').ok_or(RuleError::Malformed)?;
        if value.is_empty() || value.contains('=') || seen.contains(&name) {
            return Err(RuleError::Malformed);
        }
        seen.push(name);
        match name {
            "UNTIL" => until = Some(value.to_owned()),
            "FREQ" if !matches!(value, "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY") => {
                return Err(RuleError::Frequency);
            }
            "INTERVAL" | "COUNT" if value.parse::<u32>().is_err() => {
                return Err(RuleError::OutOfBounds);
            }
            "FREQ" | "INTERVAL" | "COUNT" | "BYDAY" | "BYMONTHDAY" | "BYMONTH" | "BYSETPOS"
            | "WKST" => kept.push(part),
            _ => return Err(RuleError::UnsupportedPart(name.to_owned())),
        }
    }
    if !seen.contains(&"FREQ") || (seen.contains(&"COUNT") && until.is_some()) {
        return Err(RuleError::Malformed);
    }
    // With INTERVAL=0 the expansion would not advance.
    let kept: Vec<_> = kept
        .into_iter()
        .filter(|part| !part.starts_with("INTERVAL=0"))
        .collect();
    if seen.contains(&"INTERVAL") && !kept.iter().any(|part| part.starts_with("INTERVAL")) {
        return Err(RuleError::OutOfBounds);
    }
    Ok((kept.join(";"), until))
}

fn check_bounds(rule: &RRule<Unvalidated>) -> Result<(), RuleError> {
    let interval = rule.get_interval();
    let count = rule.get_count();
    if !(1..=MAX_INTERVAL).contains(&interval) || count.is_some_and(|n| n == 0 || n > MAX_COUNT) {
        return Err(RuleError::OutOfBounds);
    }
    let has_positions = matches!(rule.get_freq(), Frequency::Monthly | Frequency::Yearly);
    if !has_positions && !rule.get_by_set_pos().is_empty() {
        return Err(RuleError::UnsupportedPart(
            "BYSETPOS without a monthly or yearly rule".to_owned(),
        ));
    }
    let has_numbered_weekday = rule
        .get_by_weekday()
        .iter()
        .any(|day| matches!(day, NWeekday::Nth(..)));
    if !has_positions && has_numbered_weekday {
        return Err(RuleError::Malformed);
    }
    Ok(())
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

/// The library requires a time zone. Local times are passed as UTC, which has no gaps.
fn as_if_utc(local: NaiveDateTime) -> chrono::DateTime<rrule::Tz> {
    rrule::Tz::UTC.from_utc_datetime(&local)
}
