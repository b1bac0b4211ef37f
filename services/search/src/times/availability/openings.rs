//! When a thing is open.

use chrono::{Datelike, Days, NaiveDate, Timelike};
use chrono_tz::Tz;
use hedgerow_core::bank_holidays::{HolidayCalendar, is_holiday_anywhere};

use super::local_time::{Repeated, epoch_minute_at, local_time};
use super::rows::{Availability, WeeklyHours, day_number};
use crate::times::encoding::{DAY_MINUTES, hour_slot, sorted_distinct};

/// Opening hours that share this many minutes with a requested part of the day match it.
const MIN_SHARED_MINUTES: u64 = 60;

impl Availability {
    /// The hours of the week in which it is usually open.
    pub(crate) fn slots(&self) -> Vec<u64> {
        sorted_distinct(self.week().flat_map(|row| {
            let hours = row.from / 60..row.to.div_ceil(60);
            hours.map(move |hour| hour_slot(row.weekday, hour * 60))
        }))
    }

    /// Whether it is usually open on a weekday that passes `on`, for an hour of one of `parts`
    /// of the day, or for a whole part or whole opening that is shorter.
    pub(crate) fn is_usually_open(&self, on: impl Fn(u64) -> bool, parts: &[(u64, u64)]) -> bool {
        any_shares_an_hour(self.week(), on, parts)
    }

    /// The usual week, with one-off times as days of the week.
    pub(super) fn week(&self) -> impl Iterator<Item = WeeklyHours> {
        let one_offs = self.one_offs.iter().filter_map(|one| {
            let local = local_time(self.zone?, one.start)?;
            let from = u64::from(local.hour() * 60 + local.minute());
            Some(WeeklyHours {
                weeks: 0,
                weekday: local.weekday().number_from_monday().into(),
                from,
                to: (from + one.length.max(1)).min(DAY_MINUTES),
            })
        });
        self.weekly.iter().copied().chain(one_offs)
    }

    /// The time without a gap in which it is open around two minutes since 1970, as far as
    /// `margin` minutes before and after them; `None` if it is closed in between.
    pub(super) fn open_stretch(&self, from: u64, to: u64, margin: u64) -> Option<(u64, u64)> {
        let (earliest, latest) = (from.saturating_sub(margin), to + margin);
        let one_offs = self.one_offs.iter();
        let mut openings: Vec<(u64, u64)> = one_offs
            .map(|one| (one.start, one.start + one.length))
            .collect();
        openings.extend(self.openings(earliest, latest));
        openings.sort_unstable();
        let mut stretch: Option<(u64, u64)> = None;
        for (opens, closes) in openings {
            match &mut stretch {
                Some((_, end)) if opens <= *end => *end = closes.max(*end),
                Some((start, end)) if *start <= from && *end >= to => break,
                _ => stretch = Some((opens, closes)),
            }
        }
        let (opens, closes) = stretch.filter(|(start, end)| *start <= from && *end >= to)?;
        Some((opens.max(earliest), closes.min(latest)))
    }

    /// Whether a day of the time is, or may be, a public holiday that the record does not
    /// mention.
    pub(super) fn may_be_holiday(&self, from: u64, to: u64) -> bool {
        let local = self.zone.and_then(|zone| {
            let last = to.saturating_sub(1).max(from);
            Some((zone, local_time(zone, from)?, local_time(zone, last)?))
        });
        let Some((zone, first, last)) = local else {
            return false;
        };
        let days = first.date().iter_days();
        days.take_while(|day| *day <= last.date())
            .filter(|day| !self.has_exception(*day))
            .any(|day| match self.calendar {
                Some(calendar) => calendar.is_holiday(day).is_none(),
                None => zone == Tz::Europe__London && is_holiday_anywhere(day),
            })
    }

    fn has_exception(&self, day: NaiveDate) -> bool {
        let number = day_number(day);
        let mut exceptions = self.exceptions.iter();
        exceptions.any(|row| (row.first..=row.last).contains(&number))
    }

    /// Openings on the local days between two minutes since 1970, by the usual week and its
    /// exceptions.
    fn openings(&self, from: u64, to: u64) -> Vec<(u64, u64)> {
        let Some((zone, first, last)) = self
            .zone
            .and_then(|zone| Some((zone, local_time(zone, from)?, local_time(zone, to)?)))
        else {
            return Vec::new();
        };
        let days = first
            .date()
            .iter_days()
            .take_while(|day| *day <= last.date());
        days.flat_map(|day| {
            self.hours_on(day)
                .into_iter()
                .filter_map(move |(opens, closes)| {
                    // A repeated hour counts as open from its first to its second end, so that
                    // hours across a clock change have no gap.
                    Some((
                        epoch_minute_at(zone, day, opens, Repeated::First)?,
                        epoch_minute_at(zone, day, closes, Repeated::Second)?,
                    ))
                })
        })
        .collect()
    }

    fn hours_on(&self, day: NaiveDate) -> Vec<(u64, u64)> {
        let number = day_number(day);
        let mut exceptions = self
            .exceptions
            .iter()
            .filter(|row| (row.first..=row.last).contains(&number))
            .peekable();
        if exceptions.peek().is_some() {
            return exceptions
                .filter(|row| row.from < row.to)
                .map(|row| (row.from, row.to))
                .collect();
        }
        let is_holiday = |calendar: HolidayCalendar| calendar.is_holiday(day) == Some(true);
        if self.calendar.is_some_and(is_holiday) {
            return Vec::new();
        }
        let weekday = u64::from(day.weekday().number_from_monday());
        let week = weeks_of(day);
        self.weekly
            .iter()
            .filter(|row| row.weekday == weekday && (row.weeks == 0 || row.weeks & week != 0))
            .map(|row| (row.from, row.to))
            .collect()
    }
}

/// Whether rows on a weekday that passes `on` share an hour with one of `parts` of the day, or a
/// whole part or whole row that is shorter.
pub(super) fn any_shares_an_hour(
    rows: impl Iterator<Item = WeeklyHours>,
    on: impl Fn(u64) -> bool,
    parts: &[(u64, u64)],
) -> bool {
    rows.filter(|row| on(row.weekday)).any(|row| {
        parts.iter().any(|&(from, to)| {
            let shared = row.to.min(to).saturating_sub(row.from.max(from));
            let required = MIN_SHARED_MINUTES.min(to - from).min(row.to - row.from);
            shared > 0 && shared >= required
        })
    })
}

/// The bits of [`WeeklyHours::weeks`] for a day.
fn weeks_of(day: NaiveDate) -> u64 {
    let nth = 1 << ((day.day() - 1) / 7);
    let is_last = day
        .checked_add_days(Days::new(7))
        .is_none_or(|next| next.month() != day.month());
    nth | u64::from(is_last) << 5
}
