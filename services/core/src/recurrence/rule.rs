//! One RFC 5545 recurrence rule, expanded within a window.
//!
//! Rules are expanded over local wall-clock time, as if every day had 24 hours, and the
//! time zone is applied afterwards. So a meeting at seven stays at seven.

use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime};

use super::budget::Budget;
pub use error::RuleError;

use parts::{ByDay, Frequency, Parts};

mod error;
mod parts;
#[cfg(test)]
mod tests;

/// A valid rule with its start, which is an occurrence of the rule.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    parts: Parts,
    start: NaiveDateTime,
}

impl Rule {
    /// Parses a rule for a series that begins at a local time. `to_local` converts from
    /// UTC, in which UNTIL is given.
    pub(super) fn parse(
        text: &str,
        start: NaiveDateTime,
        to_local: impl Fn(NaiveDateTime) -> NaiveDateTime,
        budget: &Budget,
    ) -> Result<Self, RuleError> {
        let parts = Parts::parse(text, to_local)?;
        if parts.until.is_some_and(|until| until < start) {
            return Err(RuleError::EndsBeforeStart);
        }
        let rule = Self { parts, start };
        let first_days = rule.days(0, start.date(), budget).unwrap_or_default();
        if !first_days.contains(&start.date()) {
            return Err(RuleError::StartNotInRule);
        }
        Ok(rule)
    }

    /// Returns the local starts from `from` to `to`, both included, in order. Ends early if the
    /// budget is exceeded.
    pub(super) fn between<'a>(
        &'a self,
        from: NaiveDateTime,
        to: NaiveDateTime,
        budget: &'a Budget,
    ) -> impl Iterator<Item = NaiveDateTime> + 'a {
        // COUNT counts from the start, so that no period can be skipped.
        let first_period = match self.parts.count {
            Some(_) => 0,
            None => self.periods_before(from.date()),
        };
        self.starts_from(first_period, to, budget)
            .skip_while(move |time| *time < from)
    }

    /// Returns the local starts of a period and of those after it, up to `to`.
    fn starts_from<'a>(
        &'a self,
        first_period: u32,
        to: NaiveDateTime,
        budget: &'a Budget,
    ) -> impl Iterator<Item = NaiveDateTime> + 'a {
        let last = self.parts.until.map_or(to, |until| until.min(to));
        let count = self.parts.count.map_or(usize::MAX, |count| count as usize);
        (first_period..)
            .map_while(move |index| self.days(index, last.date(), budget))
            .flatten()
            .map(|day| day.and_time(self.start.time()))
            .skip_while(|time| *time < self.start)
            .take(count)
            .take_while(move |time| *time <= last)
    }

    /// Returns how many periods of the rule end before a day, so that expansion can skip
    /// decades of the past.
    fn periods_before(&self, day: NaiveDate) -> u32 {
        let first = self.first_day();
        let days = (day - first).num_days();
        let months = i64::from(day.year() - first.year()) * 12 + i64::from(day.month0())
            - i64::from(first.month0());
        let units = match self.parts.frequency {
            Frequency::Daily => days,
            Frequency::Weekly => days / 7,
            Frequency::Monthly => months,
            Frequency::Yearly => months / 12,
        };
        u32::try_from(units / i64::from(self.parts.interval)).unwrap_or(0)
    }

    /// Returns the first day of the day, week, month or year of the start.
    fn first_day(&self) -> NaiveDate {
        let start = self.start.date();
        let first = match self.parts.frequency {
            Frequency::Daily => Some(start),
            Frequency::Weekly => Some(start.week(self.parts.week_start).first_day()),
            Frequency::Monthly => start.with_day(1),
            Frequency::Yearly => start.with_ordinal(1),
        };
        first.unwrap_or(start)
    }

    /// Returns the days of the rule in its period `index`. `None` if that period begins after
    /// `last` or at the end of the calendar, because a rule may match no day of any later
    /// period, or if the budget is exceeded.
    fn days(&self, index: u32, last: NaiveDate, budget: &Budget) -> Option<Vec<NaiveDate>> {
        let advance = |day: NaiveDate, periods: u32| match self.parts.frequency {
            Frequency::Daily => day.checked_add_days(Days::new(periods.into())),
            Frequency::Weekly => day.checked_add_days(Days::new(u64::from(periods) * 7)),
            Frequency::Monthly => day.checked_add_months(Months::new(periods)),
            Frequency::Yearly => day.checked_add_months(Months::new(periods.checked_mul(12)?)),
        };
        let first = advance(self.first_day(), index.checked_mul(self.parts.interval)?)?;
        let next = advance(first, 1)?;
        if first > last {
            return None;
        }
        let mut days = Vec::new();
        let mut day = first;
        while day < next {
            if !budget.spend(1) {
                return None;
            }
            if self.skips_month(day) {
                // The period begins with a month: one step instead of thirty.
                day = day.checked_add_months(Months::new(1))?;
                continue;
            }
            if self.matches(day) {
                days.push(day);
            }
            day = day.succ_opt()?;
        }
        let positions = &self.parts.by_set_pos;
        if !positions.is_empty() {
            let mut before = 0;
            let mut after = i32::try_from(days.len()).ok()?;
            days.retain(|_| {
                let is_wanted = positions.contains(&(before + 1)) || positions.contains(&-after);
                before += 1;
                after -= 1;
                is_wanted
            });
        }
        Some(days)
    }

    /// Returns whether a day is the first of a month in which no day matches.
    fn skips_month(&self, day: NaiveDate) -> bool {
        let parts = &self.parts;
        let begins_with_month = matches!(parts.frequency, Frequency::Monthly | Frequency::Yearly);
        if !begins_with_month || day.day() != 1 {
            return false;
        }
        if !parts.by_month.is_empty() {
            return !parts.by_month.contains(&month(day));
        }
        let day_is_implied = parts.by_day.is_empty() && parts.by_month_day.is_empty();
        parts.frequency == Frequency::Yearly && day_is_implied && day.month() != self.start.month()
    }

    /// Returns whether a day matches BYMONTH, BYMONTHDAY and BYDAY. If there is neither
    /// BYDAY nor BYMONTHDAY, the start implies the day.
    fn matches(&self, date: NaiveDate) -> bool {
        let start = self.start.date();
        let parts = &self.parts;
        let month_matches = parts.by_month.is_empty() || parts.by_month.contains(&month(date));
        let day_is_implied = parts.by_day.is_empty() && parts.by_month_day.is_empty();
        if !month_matches || !day_is_implied {
            return month_matches && self.month_day_matches(date) && self.weekday_matches(date);
        }
        match parts.frequency {
            Frequency::Daily => true,
            Frequency::Weekly => date.weekday() == start.weekday(),
            Frequency::Monthly => date.day() == start.day(),
            Frequency::Yearly => {
                let month_is_implied = parts.by_month.is_empty();
                date.day() == start.day() && (!month_is_implied || date.month() == start.month())
            }
        }
    }

    fn month_day_matches(&self, date: NaiveDate) -> bool {
        let (from_start, from_end) = positions(date.day0(), date.num_days_in_month().into(), 1);
        let wanted = &self.parts.by_month_day;
        wanted.is_empty() || wanted.contains(&from_start) || wanted.contains(&from_end)
    }

    fn weekday_matches(&self, date: NaiveDate) -> bool {
        // The number of a weekday counts within the year only without BYMONTH.
        let in_year = self.parts.frequency == Frequency::Yearly && self.parts.by_month.is_empty();
        let (before, length) = if in_year {
            (date.ordinal0(), if date.leap_year() { 366 } else { 365 })
        } else {
            (date.day0(), date.num_days_in_month().into())
        };
        let (from_start, from_end) = positions(before, length, 7);
        let is_wanted = |wanted: &ByDay| {
            let number_matches = wanted
                .number
                .is_none_or(|number| number == from_start || number == from_end);
            number_matches && wanted.weekday == date.weekday()
        };
        self.parts.by_day.is_empty() || self.parts.by_day.iter().any(is_wanted)
    }
}

fn month(date: NaiveDate) -> i32 {
    i32::try_from(date.month()).unwrap_or_default()
}

/// Returns the number of a day that has `before` days before it, and its number from the end,
/// as -1 and below. Counts every `step` days, so that 7 gives the number of its weekday.
fn positions(before: u32, length: u32, step: u32) -> (i32, i32) {
    let number = |days: u32| i32::try_from(days / step + 1).unwrap_or(i32::MAX);
    (number(before), -number(length - 1 - before))
}
