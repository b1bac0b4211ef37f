//! One RFC 5545 recurrence rule, read strictly and bounded, so that a rule from a
//! stranger costs no more to expand than one from a friend.
//!
//! Rules are expanded over local wall-clock time, as if every day had 24 hours; the
//! zone comes in afterwards. So a meeting at seven stays at seven.

use chrono::Datelike;
use chrono::Days;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::NaiveTime;
use chrono::TimeZone;
use rrule::Frequency;
use rrule::NWeekday;
use rrule::RRule;
use rrule::RRuleSet;
use rrule::Unvalidated;

/// The longest rule text.
const MAX_TEXT: usize = 200;
/// The largest INTERVAL.
const MAX_INTERVAL: u16 = 1_000;
/// The largest COUNT.
const MAX_COUNT: u32 = 5_000;

/// Why a rule is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RuleError {
    /// Not `NAME=VALUE;NAME=VALUE`, or a value is no value for its name.
    #[error("this is not a rule like FREQ=WEEKLY;BYDAY=TU")]
    Malformed,
    /// A part that is not taken, such as BYHOUR.
    #[error("{0} is not taken in a rule")]
    PartNotTaken(String),
    /// More often than daily.
    #[error("a rule repeats daily, weekly, monthly or yearly")]
    Frequency,
    /// INTERVAL or COUNT out of bounds.
    #[error("INTERVAL goes from 1 to {MAX_INTERVAL} and COUNT from 1 to {MAX_COUNT}")]
    OutOfBounds,
    /// UNTIL lies before the first occurrence.
    #[error("the rule ends before the first date")]
    EndsBeforeStart,
    /// The first date is not one that the rule gives.
    #[error("the first date is not one of those that the rule gives")]
    StartNotInRule,
}

impl RuleError {
    /// The stable name of this error.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Malformed => "rule_malformed",
            Self::PartNotTaken(_) => "rule_part_not_taken",
            Self::Frequency => "rule_frequency",
            Self::OutOfBounds => "rule_out_of_bounds",
            Self::EndsBeforeStart => "rule_ends_before_start",
            Self::StartNotInRule => "start_not_in_rule",
        }
    }
}

/// A rule that gives its own start.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    rule: RRule<Unvalidated>,
    until: Option<NaiveDateTime>,
    start: NaiveDateTime,
}

impl Rule {
    /// Reads a rule for a series that begins at a local time. `local` turns a time in
    /// UTC, as UNTIL has it, into local time.
    pub(super) fn parse(
        text: &str,
        start: NaiveDateTime,
        local: impl Fn(NaiveDateTime) -> NaiveDateTime,
    ) -> Result<Self, RuleError> {
        let (rest, until) = take_apart(text)?;
        let until = until.map(|text| parse_until(&text, local)).transpose()?;
        let mut rule: RRule<Unvalidated> = rest.parse().map_err(|_| RuleError::Malformed)?;
        check_bounds(&rule)?;
        if until.is_some_and(|until| until < start) {
            return Err(RuleError::EndsBeforeStart);
        }
        if let Some(until) = until {
            rule = rule.until(as_if_utc(until));
        }
        // What the library itself finds wrong.
        rule.clone()
            .validate(as_if_utc(start))
            .map_err(|_| RuleError::Malformed)?;
        let rule = Self { rule, until, start };
        // A rule that gives its start gives something; one that never gives anything
        // would be searched to the end of the calendar.
        if !rule.gives(start.date()) {
            return Err(RuleError::StartNotInRule);
        }
        Ok(rule)
    }

    /// Local starts from `from` to `to`, both included, in order.
    pub(super) fn between(
        &self,
        from: NaiveDateTime,
        to: NaiveDateTime,
    ) -> impl Iterator<Item = NaiveDateTime> + use<> {
        let anchor = self.anchor(from);
        let past = self.until.is_some_and(|until| until < anchor);
        let validated = self
            .rule
            .clone()
            .validate(as_if_utc(anchor))
            .ok()
            .filter(|_| !past);
        let series = validated.map(|rule| RRuleSet::new(as_if_utc(anchor)).limit().rrule(rule));
        let series = series.as_ref().map(IntoIterator::into_iter);
        series
            .into_iter()
            .flatten()
            .map(|date| date.naive_utc())
            .take_while(move |date| *date <= to)
            .filter(move |date| *date >= from)
    }

    /// A later start in step with the first, so that years of past weeks need not be
    /// gone through. Monthly and yearly rules have few enough steps; COUNT needs all.
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

    /// Whether a day in the first period is one that the rule gives.
    fn gives(&self, date: NaiveDate) -> bool {
        if !self.allows(date) {
            return false;
        }
        let positions = self.rule.get_by_set_pos();
        if positions.is_empty() {
            return true;
        }
        let days: Vec<_> = self.period(date).filter(|day| self.allows(*day)).collect();
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

    /// The month or year that holds a date: what BYSETPOS counts in.
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

    /// Whether the BY parts, with what the start implies where they are silent, let a
    /// day through.
    fn allows(&self, date: NaiveDate) -> bool {
        let rule = &self.rule;
        let start = self.start.date();
        let by_day = rule.get_by_weekday();
        let by_month_day = rule.get_by_month_day();
        let by_month = rule.get_by_month();
        let silent = by_day.is_empty() && by_month_day.is_empty();
        let day = date.day();
        let length = u32::from(date.num_days_in_month());

        let month_fits = if by_month.is_empty() && silent && rule.get_freq() == Frequency::Yearly {
            date.month() == start.month()
        } else {
            by_month.is_empty()
                || by_month
                    .iter()
                    .any(|month| u32::from(*month) == date.month())
        };
        let month_day_fits = by_month_day.is_empty()
            || by_month_day
                .iter()
                .any(|wanted| match u32::try_from(*wanted) {
                    Ok(wanted) => wanted == day,
                    Err(_) => u32::from(wanted.unsigned_abs()) == length + 1 - day,
                });
        let weekday_fits = by_day.is_empty()
            || by_day.iter().any(|wanted| match wanted {
                NWeekday::Every(weekday) => *weekday == date.weekday(),
                NWeekday::Nth(n, weekday) => {
                    *weekday == date.weekday() && self.is_nth_of_its_weekday(*n, date)
                }
            });
        let silent_fits = !silent
            || match rule.get_freq() {
                Frequency::Monthly | Frequency::Yearly => day == start.day(),
                Frequency::Weekly => date.weekday() == start.weekday(),
                _ => true,
            };
        month_fits && month_day_fits && weekday_fits && silent_fits
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

/// Checks the parts' names and takes UNTIL out.
fn take_apart(text: &str) -> Result<(String, Option<String>), RuleError> {
    let upper = text.trim().to_ascii_uppercase();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"=;,+-".contains(&byte);
    if upper.len() > MAX_TEXT || !upper.bytes().all(plain) {
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
            _ => return Err(RuleError::PartNotTaken(name.to_owned())),
        }
    }
    if !seen.contains(&"FREQ") || (seen.contains(&"COUNT") && until.is_some()) {
        return Err(RuleError::Malformed);
    }
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
    let counted = matches!(rule.get_freq(), Frequency::Monthly | Frequency::Yearly);
    if !counted && !rule.get_by_set_pos().is_empty() {
        return Err(RuleError::PartNotTaken(
            "BYSETPOS without a monthly or yearly rule".to_owned(),
        ));
    }
    let numbered = rule
        .get_by_weekday()
        .iter()
        .any(|day| matches!(day, NWeekday::Nth(..)));
    if !counted && numbered {
        return Err(RuleError::Malformed);
    }
    Ok(())
}

/// UNTIL as local time: `20261231T235959Z`, or a day alone, of which it is the end.
fn parse_until(
    text: &str,
    local: impl Fn(NaiveDateTime) -> NaiveDateTime,
) -> Result<NaiveDateTime, RuleError> {
    let day_end = NaiveTime::from_hms_opt(23, 59, 59).ok_or(RuleError::Malformed)?;
    if text.len() == 8 {
        let day = NaiveDate::parse_from_str(text, "%Y%m%d").map_err(|_| RuleError::Malformed)?;
        return Ok(day.and_time(day_end));
    }
    let utc = NaiveDateTime::parse_from_str(text, "%Y%m%dT%H%M%SZ");
    Ok(local(utc.map_err(|_| RuleError::Malformed)?))
}

fn as_if_utc(local: NaiveDateTime) -> chrono::DateTime<rrule::Tz> {
    rrule::Tz::UTC.from_utc_datetime(&local)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> NaiveDateTime {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M").unwrap()
    }

    fn rule(text: &str, start: &str) -> Result<Rule, RuleError> {
        Rule::parse(text, at(start), |utc| utc)
    }

    /// Every day that the rule gives, found without the library: by looking at each
    /// day of the calendar in turn.
    fn naive(rule: &Rule, to: NaiveDateTime) -> Vec<NaiveDateTime> {
        let start = rule.start;
        let in_step = |day: NaiveDate| {
            let monday = |day: NaiveDate| day.week(chrono::Weekday::Mon).first_day();
            let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
            let periods = match rule.rule.get_freq() {
                Frequency::Daily => (day - start.date()).num_days(),
                Frequency::Weekly => (monday(day) - monday(start.date())).num_days() / 7,
                Frequency::Monthly => months(day) - months(start.date()),
                _ => i64::from(day.year() - start.year()),
            };
            periods % i64::from(rule.rule.get_interval()) == 0
        };
        start
            .date()
            .iter_days()
            .map(|day| day.and_time(start.time()))
            .take_while(|time| *time <= to && rule.until.is_none_or(|until| *time <= until))
            .filter(|time| in_step(time.date()) && rule.gives(time.date()))
            .take(
                rule.rule
                    .get_count()
                    .map_or(usize::MAX, |count| count as usize),
            )
            .collect()
    }

    #[test]
    fn hostile_rules_are_refused_before_they_cost_anything() {
        let refused = |text| rule(text, "2026-01-05T19:00").unwrap_err().reason();
        assert_eq!(refused("FREQ=SECONDLY"), "rule_frequency");
        assert_eq!(refused("FREQ=HOURLY;INTERVAL=2"), "rule_frequency");
        assert_eq!(refused("FREQ=DAILY;INTERVAL=0"), "rule_out_of_bounds");
        assert_eq!(refused("FREQ=DAILY;INTERVAL=65535"), "rule_out_of_bounds");
        assert_eq!(refused("FREQ=DAILY;COUNT=1000000"), "rule_out_of_bounds");
        assert_eq!(
            refused("FREQ=DAILY;COUNT=99999999999999"),
            "rule_out_of_bounds"
        );
        assert_eq!(refused("FREQ=DAILY;BYHOUR=1,2,3"), "rule_part_not_taken");
        assert_eq!(
            refused("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"),
            "start_not_in_rule"
        );
        assert_eq!(
            refused("FREQ=MONTHLY;BYDAY=MO;BYSETPOS=6"),
            "start_not_in_rule"
        );
        assert_eq!(refused("FREQ=WEEKLY;BYDAY=TU"), "start_not_in_rule");
        assert_eq!(
            refused("FREQ=WEEKLY;UNTIL=20251231T000000Z"),
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
        ] {
            assert_eq!(refused(text), "rule_malformed", "{text}");
        }
    }

    #[test]
    fn the_last_thursday_of_the_month_is_found() {
        let rule = rule("FREQ=MONTHLY;BYDAY=-1TH", "2026-01-29T19:00").unwrap();
        let found: Vec<_> = rule
            .between(at("2026-02-01T00:00"), at("2026-05-31T00:00"))
            .collect();
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
            rule.between(at("2026-01-01T00:00"), at("2027-01-01T00:00"))
                .count(),
            3
        );
    }

    #[test]
    fn decades_of_past_weeks_are_skipped_in_step() {
        let rule = rule("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE", "1970-01-05T19:00").unwrap();
        let (from, to) = (at("2026-01-01T00:00"), at("2026-03-01T00:00"));
        let expected: Vec<_> = naive(&rule, to)
            .into_iter()
            .filter(|time| *time >= from)
            .collect();
        assert_eq!(rule.between(from, to).collect::<Vec<_>>(), expected);
        assert!(rule.anchor(from) > at("2025-11-01T00:00"));
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
            numbered.prop_map(|day| format!(";BYDAY={day}")),
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
        (body, 1..5u8, ending)
            .prop_map(|((freq, part), n, end)| format!("FREQ={freq};INTERVAL={n}{part}{end}"))
    }

    proptest! {
        #[test]
        fn a_window_holds_what_going_through_the_calendar_finds(
            text in rules(), start in 0..1_500u64, from in 0..2_500u64, length in 0..700u64,
        ) {
            let base = at("2019-01-01T19:30");
            let start = base + Days::new(start);
            let from = base + Days::new(from);
            let to = from + Days::new(length);
            // Most starts do not fit their rule: take the first that does.
            let fitting = (0..800).find_map(|n| {
                Rule::parse(&text, start + Days::new(n), |utc| utc).ok()
            });
            let Some(rule) = fitting else { return Ok(()) };
            let expected: Vec<_> = naive(&rule, to).into_iter().filter(|time| *time >= from).collect();
            prop_assert_eq!(rule.between(from, to).collect::<Vec<_>>(), expected, "{} {}", text, rule.start);
        }

        #[test]
        fn any_text_is_read_or_refused(text in "[A-Z0-9=;,+-]{0,60}") {
            let _ = rule(&text, "2026-01-05T19:00");
        }

        #[test]
        fn any_rule_that_is_read_can_be_expanded(
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
            if let Ok(rule) = Rule::parse(&text, start, |utc| utc) {
                prop_assert!(rule.between(start, start + Days::new(5_000)).count() <= 5_001);
                prop_assert!(rule.between(start, start).eq([start]), "{} {}", text, start);
            }
        }
    }
}
