//! A schedule as its words state it.

use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};

use crate::recurrence::in_words;

/// How far ahead a first date is looked for: 29 February and fifth weeks included.
const MAX_DAYS_AHEAD: u64 = 366 * 9;

/// The days on which it takes place, apart from an interval of weeks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayPattern {
    /// Monday is 1.
    pub(super) weekdays: Vec<u32>,
    /// Of the month; -1 is the last. Empty for each week.
    pub(super) ordinals: Vec<i32>,
    /// Empty for the whole year.
    pub(super) months: Vec<u32>,
}

/// What the words mean, apart from what only the author knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// For `RRULE` (RFC 5545, section 3.3.10). Absent for single dates.
    pub rule: Option<String>,
    /// Single dates, sorted. Empty with a rule.
    pub dates: Vec<NaiveDate>,
    /// The first day from which the rule counts, as the words state it.
    pub from: Option<NaiveDate>,
    /// In minutes after midnight.
    pub start: Option<u32>,
    /// In minutes after midnight of the first day: over 24 hours if it ends on the next day.
    pub end: Option<u32>,
    /// Dates on bank holidays are to be taken out.
    pub except_bank_holidays: bool,
    /// What to ask the author before the reading can be used.
    pub open: Vec<Open>,
    pub(super) days: DayPattern,
}

/// What the words leave open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Open {
    /// `at 6`. The reading has the afternoon or evening.
    MorningOrEvening,
    /// No time of the day.
    StartTime,
    /// Every second week, but of which weeks.
    FirstDate,
    /// `12/5`. The reading has the day first.
    DayAndMonth,
}

/// What is known besides the words.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints {
    /// The first date, if a form or a table has one of its own.
    pub starting: Option<NaiveDate>,
    /// The half of the day of `7-9`.
    pub half: Option<HalfDay>,
    /// Whether `12/5` is 12 May or 5 December.
    pub order: Option<DateOrder>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HalfDay {
    Morning,
    /// Afternoon, evening and night.
    Later,
}

/// Which of two numbers of a date is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateOrder {
    DayFirst,
    MonthFirst,
}

impl Open {
    /// What is unclear, and words that are clear.
    pub fn advice(self) -> &'static str {
        match self {
            Self::MorningOrEvening => {
                "may be in the morning or the evening: write am or pm, such as 7-9pm"
            }
            Self::StartTime => "has no time of day: add one, such as 7pm",
            Self::FirstDate => {
                "does not state which weeks: add a first date, such as from 4 March 2026"
            }
            Self::DayAndMonth => {
                "may have the day or the month first: write the month as a word, such as 12 May 2026"
            }
        }
    }
}

impl Reading {
    /// The first occurrence on or after `today`, in local time, if nothing is open that decides it.
    pub fn first_start(&self, today: NaiveDate) -> Option<NaiveDateTime> {
        let is_undecided = self
            .open
            .iter()
            .any(|open| matches!(open, Open::StartTime | Open::FirstDate | Open::DayAndMonth));
        let minutes = self.start.filter(|_| !is_undecided)?;
        let day = match (self.dates.first(), self.from) {
            (Some(first), _) => *first,
            // An interval counts from its first date, however long ago that was.
            (None, Some(from)) => self.days.first(from)?,
            (None, None) => self.days.first(today)?,
        };
        day.and_hms_opt(minutes / 60, minutes % 60, 0)
    }

    /// The next days that may be the first one, as if it took place each week.
    pub fn first_days(&self, today: NaiveDate, limit: usize) -> Vec<NaiveDate> {
        let days = (0..MAX_DAYS_AHEAD).filter_map(|days| today.checked_add_days(Days::new(days)));
        days.filter(|day| self.days.contains(*day))
            .take(limit)
            .collect()
    }

    /// The days of the week, Monday as 1, and their places in the month (-1 is the last) of a
    /// pattern of each month. `None` for any other.
    pub fn monthly_days(&self) -> Option<(&[u32], &[i32])> {
        let is_monthly = self.rule.is_some() && !self.days.ordinals.is_empty();
        is_monthly.then_some((&self.days.weekdays, &self.days.ordinals))
    }

    /// Start and end on a 24-hour clock, as hours of a room are written.
    pub fn clock(&self) -> (Option<String>, Option<String>) {
        let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60, minutes % 60);
        (self.start.map(clock), self.end.map(clock))
    }

    /// How long it lasts, in minutes.
    pub fn duration_minutes(&self) -> Option<u32> {
        Some(self.end? - self.start?)
    }

    /// The reading in plain English: `every week on Tuesday, 19:00 to 20:30`.
    pub fn describe(&self) -> String {
        let mut text = match &self.rule {
            Some(rule) => in_words(rule).unwrap_or_else(|| rule.clone()),
            None => {
                let dates: Vec<_> = self
                    .dates
                    .iter()
                    .map(|date| date.format("%-d %B %Y").to_string())
                    .collect();
                dates.join(", ")
            }
        };
        if self.except_bank_holidays {
            text += " except on bank holidays";
        }
        let clock = |minutes: u32| format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
        match (self.start, self.end) {
            (Some(start), Some(end)) => text += &format!(", {} to {}", clock(start), clock(end)),
            (Some(start), None) => text += &format!(", {}", clock(start)),
            _ => {}
        }
        text
    }
}

impl DayPattern {
    /// The first day of the pattern, not before `from`.
    fn first(&self, from: NaiveDate) -> Option<NaiveDate> {
        (0..MAX_DAYS_AHEAD)
            .filter_map(|days| from.checked_add_days(Days::new(days)))
            .find(|day| self.contains(*day))
    }

    fn contains(&self, day: NaiveDate) -> bool {
        let weekday = day.weekday().number_from_monday();
        let is_in_month = self.months.is_empty() || self.months.contains(&day.month());
        let nth = i32::try_from(day.day0() / 7 + 1).unwrap_or_default();
        let is_last = day
            .checked_add_days(Days::new(7))
            .is_none_or(|next| next.month() != day.month());
        let is_nth = self.ordinals.is_empty()
            || self.ordinals.contains(&nth)
            || (is_last && self.ordinals.contains(&-1));
        self.weekdays.contains(&weekday) && is_in_month && is_nth
    }
}
