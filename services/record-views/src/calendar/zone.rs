//! VTIMEZONE: how the clocks of a place change. Without it, calendars read a time as that of
//! the phone, wherever it is.

use chrono::{
    Datelike, Days, Duration, Months, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeZone,
    Weekday,
};
use chrono_tz::{OffsetName, Tz};

use super::lines::{LOCAL, Lines};

/// Years ahead for which changes of the clocks are computed.
const YEARS_AHEAD: i32 = 10;
/// Years back, for a zone whose clocks change without a rule.
const MAX_YEARS_BACK: i32 = 5;
/// Observances begin here: some calendars ignore those of other years.
const FIRST_YEAR: i32 = 1970;

/// One change of the clocks.
struct Change {
    /// On the clock before it.
    local: NaiveDateTime,
    /// Seconds ahead of UTC.
    before: i32,
    after: i32,
    name: String,
}

/// The day of a yearly change: the last Sunday of March, the second Sunday of November.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Day {
    month: u32,
    weekday: Weekday,
    /// From 1; `None` is the last of the month.
    week: Option<u8>,
}

/// Writes a zone for an event that begins in a year, as seen in another.
pub(crate) fn write(lines: &mut Lines, zone: Tz, start_year: i32, this_year: i32) {
    lines.begin("VTIMEZONE");
    lines.line("TZID", zone.name());
    let later = changes(zone, this_year, this_year + YEARS_AHEAD);
    if let Some(rules) = yearly(&later, YEARS_AHEAD) {
        for (day, change) in rules {
            let first = day.in_year(FIRST_YEAR).and_time(change.local.time());
            observance(lines, change, first, Some(day));
        }
    } else {
        let first_year = start_year.clamp(this_year - MAX_YEARS_BACK, this_year) - 1;
        let all = changes(zone, first_year, this_year + YEARS_AHEAD);
        let offset = offset(zone, year(first_year));
        let before = Change {
            local: year(FIRST_YEAR),
            before: offset.0,
            after: offset.0,
            name: offset.1,
        };
        observance(lines, &before, before.local, None);
        for change in &all {
            observance(lines, change, change.local, None);
        }
    }
    lines.end("VTIMEZONE");
}

fn observance(lines: &mut Lines, change: &Change, first: NaiveDateTime, day: Option<Day>) {
    let kind = match change.after > change.before {
        true => "DAYLIGHT",
        false => "STANDARD",
    };
    lines.begin(kind);
    lines.line("DTSTART", &first.format(LOCAL).to_string());
    lines.line("TZOFFSETFROM", &in_digits(change.before));
    lines.line("TZOFFSETTO", &in_digits(change.after));
    lines.text("TZNAME", &change.name);
    if let Some(day) = day {
        let weekday = day.weekday.to_string()[..2].to_uppercase();
        let week = day.week.map_or(-1, i16::from);
        let rule = format!("FREQ=YEARLY;BYMONTH={};BYDAY={week}{weekday}", day.month);
        lines.line("RRULE", &rule);
    }
    lines.end(kind);
}

/// The two changes of every year, if they are on the same days and at the same times each year.
fn yearly(changes: &[Change], years: i32) -> Option<[(Day, &Change); 2]> {
    let (first, second) = (changes.first()?, changes.get(1)?);
    if changes.len() != usize::try_from(years).ok()? * 2 {
        return None;
    }
    let of_each = |one: &Change, start: usize| {
        let all = || changes.iter().skip(start).step_by(2);
        let is_same = all().all(|it| {
            let time = (it.local.time(), it.before, it.after);
            time == (one.local.time(), one.before, one.after)
        });
        let days = [Day::last(one.local.date()), Day::counted(one.local.date())];
        let fits = |day: &Day| all().all(|it| day.in_year(it.local.year()) == it.local.date());
        days.into_iter().find(fits).filter(|_| is_same)
    };
    Some([(of_each(first, 0)?, first), (of_each(second, 1)?, second)])
}

impl Day {
    fn last(day: NaiveDate) -> Self {
        Self {
            month: day.month(),
            weekday: day.weekday(),
            week: None,
        }
    }

    fn counted(day: NaiveDate) -> Self {
        Self {
            week: u8::try_from(day.day0() / 7 + 1).ok(),
            ..Self::last(day)
        }
    }

    fn in_year(self, year: i32) -> NaiveDate {
        let counted = self.week.and_then(|week| {
            NaiveDate::from_weekday_of_month_opt(year, self.month, self.weekday, week)
        });
        counted.unwrap_or_else(|| {
            let first = NaiveDate::from_ymd_opt(year, self.month, 1).unwrap_or_default();
            let last = first + Months::new(1) - Days::new(1);
            let back = last.weekday().days_since(self.weekday);
            last - Days::new(back.into())
        })
    }
}

/// The changes from the first day of a year to that of another.
fn changes(zone: Tz, first_year: i32, end_year: i32) -> Vec<Change> {
    let (mut at, end) = (year(first_year), year(end_year));
    let mut changes = Vec::new();
    while at < end {
        let next = at + Duration::days(1);
        if offset(zone, at).0 != offset(zone, next).0 {
            changes.push(change(zone, at, next));
        }
        at = next;
    }
    changes
}

/// The change between two times in UTC.
fn change(zone: Tz, mut from: NaiveDateTime, mut to: NaiveDateTime) -> Change {
    let before = offset(zone, from).0;
    while to - from > Duration::seconds(1) {
        let middle = from + Duration::seconds((to - from).num_seconds() / 2);
        match offset(zone, middle).0 == before {
            true => from = middle,
            false => to = middle,
        }
    }
    let (after, name) = offset(zone, to);
    Change {
        local: to + Duration::seconds(before.into()),
        before,
        after,
        name,
    }
}

/// Seconds ahead of UTC at a time in UTC, and their name: `GMT`.
fn offset(zone: Tz, utc: NaiveDateTime) -> (i32, String) {
    let offset = zone.offset_from_utc_datetime(&utc);
    let name = offset.abbreviation().unwrap_or_default().to_owned();
    (offset.fix().local_minus_utc(), name)
}

fn year(number: i32) -> NaiveDateTime {
    let day = NaiveDate::from_ymd_opt(number, 1, 1).unwrap_or_default();
    day.and_time(NaiveTime::MIN)
}

/// `+0100`.
fn in_digits(seconds: i32) -> String {
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.abs() / 60;
    format!("{sign}{:02}{:02}", minutes / 60, minutes % 60)
}
