//! When things happen: schedules expanded into occurrences within a window.
//!
//! Local wall-clock time is kept: a group that meets at seven meets at seven in summer
//! and in winter. Everything is bounded, whatever a stranger's schedule says.

use std::collections::BTreeSet;

use chrono::DateTime;
use chrono::Datelike;
use chrono::Days;
use chrono::Duration;
use chrono::NaiveDate;
use chrono::NaiveDateTime;
use chrono::Timelike;
use chrono::Utc;
use chrono_tz::Tz;
use hedgerow_proto::v1;

use crate::time::Timestamp;

mod rule;
mod zone;

use rule::Rule;
pub use rule::RuleError;
pub use zone::parse_date;
pub use zone::parse_local;
pub use zone::parse_time;
pub use zone::parse_zone;

/// The longest that one occurrence may last, in minutes: 31 days.
pub const MAX_DURATION_MINUTES: u32 = 31 * 24 * 60;
/// The most rules that are expanded in one schedule.
pub const MAX_RULES: usize = 5;
/// The most dates (left out, added) and breaks that are looked at in one schedule.
pub const MAX_DATES: usize = 400;

/// How far ahead [`next_occurrence`] looks.
const HORIZON_DAYS: u64 = 3_660;
/// How far ahead it is looked first.
const SOON_DAYS: u64 = 40;

/// One time at which something happens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Occurrence {
    /// When it begins.
    pub start: Timestamp,
    /// When it ends; equal to the start where the schedule does not say.
    pub end: Timestamp,
    /// When it begins on the clock there, `YYYY-MM-DDTHH:MM`.
    pub local_start: String,
}

/// Why a schedule gives no occurrences.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecurrenceError {
    /// It has plain words only.
    #[error("the schedule has no start")]
    NoStart,
    /// A time that is not written `YYYY-MM-DDTHH:MM`, or a day that is none.
    #[error("`{0}` is not a date and time like 2026-03-31T19:00")]
    Time(String),
    /// No IANA time zone.
    #[error("`{0}` is not a time zone like Europe/London")]
    Zone(String),
    /// It ends before it begins, or lasts longer than 31 days.
    #[error("one occurrence lasts at most 31 days, and ends after it begins")]
    Length,
    /// More rules or dates than are expanded.
    #[error("the schedule has more than {MAX_RULES} rules or {MAX_DATES} dates")]
    TooMany,
    /// A rule is refused.
    #[error(transparent)]
    Rule(#[from] RuleError),
}

impl RecurrenceError {
    /// The stable name of this error.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::NoStart => "start_missing",
            Self::Time(_) => "time_malformed",
            Self::Zone(_) => "time_zone_unknown",
            Self::Length => "duration_out_of_bounds",
            Self::TooMany => "schedule_too_long",
            Self::Rule(error) => error.reason(),
        }
    }
}

/// The occurrences of an event that overlap the window from `from` (included) to `to`
/// (excluded), in order, at most `limit`. The event's status is not looked at.
///
/// # Errors
/// When the event's schedule cannot be read; see [`RecurrenceError`].
pub fn occurrences(
    event: &v1::Event,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Vec<Occurrence>, RecurrenceError> {
    let schedule = event.schedule.as_ref().ok_or(RecurrenceError::NoStart)?;
    schedule_occurrences(schedule, from, to, limit)
}

/// The same for any schedule.
///
/// # Errors
/// When the schedule cannot be read; see [`RecurrenceError`].
pub fn schedule_occurrences(
    schedule: &v1::Schedule,
    from: Timestamp,
    to: Timestamp,
    limit: usize,
) -> Result<Vec<Occurrence>, RecurrenceError> {
    Ok(Series::parse(schedule)?.between(from, to, limit))
}

/// The first occurrence that begins at or after a time; `None` where there is none in
/// the ten years after it.
///
/// # Errors
/// When the event's schedule cannot be read; see [`RecurrenceError`].
pub fn next_occurrence(
    event: &v1::Event,
    after: Timestamp,
) -> Result<Option<Occurrence>, RecurrenceError> {
    let schedule = event.schedule.as_ref().ok_or(RecurrenceError::NoStart)?;
    let series = Series::parse(schedule)?;
    let local = series.local(after);
    // Most begin again soon: only for the others is every start of ten years worked out.
    Ok([SOON_DAYS, HORIZON_DAYS].into_iter().find_map(|days| {
        let starts = series.local_starts(earlier(local, 1), later(local, days));
        let mut found = starts.into_iter().map(|start| series.occurrence(start));
        found.find(|occurrence| occurrence.start >= after)
    }))
}

/// A local time as schedules write it. Schedules are expanded by the million, and a format
/// that is read anew for each would cost more than all else.
fn written(local: NaiveDateTime) -> String {
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute()
    )
}

/// How long one occurrence lasts.
#[derive(Debug, Clone, Copy)]
enum Length {
    /// From one reading of the clock to another.
    OnTheClock(Duration),
    /// Elapsed.
    Elapsed(Duration),
}

/// A schedule that has been read.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    start: NaiveDateTime,
    length: Length,
    zone: Tz,
    rules: Vec<Rule>,
    left_out: BTreeSet<NaiveDateTime>,
    added: BTreeSet<NaiveDateTime>,
    breaks: Vec<(NaiveDate, NaiveDate)>,
}

impl Series {
    /// Reads a schedule.
    pub(crate) fn parse(schedule: &v1::Schedule) -> Result<Self, RecurrenceError> {
        if schedule.start.is_empty() {
            return Err(RecurrenceError::NoStart);
        }
        let dates = schedule.exdates.len() + schedule.rdates.len() + schedule.breaks.len();
        if schedule.rrules.len() > MAX_RULES || dates > MAX_DATES {
            return Err(RecurrenceError::TooMany);
        }
        let zone = parse_zone(&schedule.time_zone)
            .ok_or_else(|| RecurrenceError::Zone(schedule.time_zone.clone()))?;
        let start = local_time(&schedule.start)?;
        let to_local = |utc: NaiveDateTime| utc.and_utc().with_timezone(&zone).naive_local();
        let rules = schedule
            .rrules
            .iter()
            .map(|text| Rule::parse(text, start, to_local));
        Ok(Self {
            start,
            length: length(schedule, start)?,
            zone,
            rules: rules.collect::<Result<_, _>>()?,
            left_out: schedule
                .exdates
                .iter()
                .map(|t| local_time(t))
                .collect::<Result<_, _>>()?,
            added: schedule
                .rdates
                .iter()
                .map(|t| local_time(t))
                .collect::<Result<_, _>>()?,
            breaks: schedule.breaks.iter().map(days).collect::<Result<_, _>>()?,
        })
    }

    fn between(&self, from: Timestamp, to: Timestamp, limit: usize) -> Vec<Occurrence> {
        // A day more on either side than an occurrence can last, for the zone's sake.
        let (Length::OnTheClock(length) | Length::Elapsed(length)) = self.length;
        let margin = u64::try_from(length.num_days()).unwrap_or(0) + 2;
        let starts = self.local_starts(earlier(self.local(from), margin), later(self.local(to), 1));
        let overlaps = |it: &Occurrence| it.start < to && (it.end > from || it.start >= from);
        starts
            .into_iter()
            .map(|start| self.occurrence(start))
            .filter(overlaps)
            .take(limit)
            .collect()
    }

    /// Local starts between two local times, without those that do not take place.
    fn local_starts(&self, from: NaiveDateTime, to: NaiveDateTime) -> BTreeSet<NaiveDateTime> {
        let single = self.added.iter().copied().chain([self.start]);
        let single = single.filter(|start| *start >= from && *start <= to);
        let ruled = self.rules.iter().flat_map(|rule| rule.between(from, to));
        single
            .chain(ruled)
            .filter(|start| !self.left_out.contains(start))
            .filter(|start| {
                let day = start.date();
                !self
                    .breaks
                    .iter()
                    .any(|(first, last)| (*first..=*last).contains(&day))
            })
            .collect()
    }

    fn occurrence(&self, local: NaiveDateTime) -> Occurrence {
        let start = zone::instant(self.zone, local);
        let end = match self.length {
            Length::Elapsed(length) => start + length,
            // Where the clocks leave no time between the two readings, the elapsed time.
            Length::OnTheClock(length) => match zone::instant(self.zone, local + length) {
                end if end > start || length.is_zero() => end,
                _ => start + length,
            },
        };
        Occurrence {
            start: timestamp(start),
            end: timestamp(end),
            local_start: written(start.with_timezone(&self.zone).naive_local()),
        }
    }

    fn local(&self, time: Timestamp) -> NaiveDateTime {
        let utc = DateTime::from_timestamp_millis(time.as_millis()).unwrap_or_default();
        utc.with_timezone(&self.zone).naive_local()
    }
}

fn length(schedule: &v1::Schedule, start: NaiveDateTime) -> Result<Length, RecurrenceError> {
    let longest = Duration::minutes(i64::from(MAX_DURATION_MINUTES));
    let elapsed = Duration::minutes(i64::from(schedule.duration_minutes));
    let length = if schedule.end.is_empty() {
        Length::Elapsed(elapsed)
    } else {
        Length::OnTheClock(local_time(&schedule.end)? - start)
    };
    let (Length::OnTheClock(span) | Length::Elapsed(span)) = length;
    let ends_twice = !schedule.end.is_empty() && schedule.duration_minutes > 0;
    let no_time = !schedule.end.is_empty() && span <= Duration::zero();
    if span > longest || ends_twice || no_time {
        return Err(RecurrenceError::Length);
    }
    Ok(length)
}

fn local_time(text: &str) -> Result<NaiveDateTime, RecurrenceError> {
    parse_local(text).ok_or_else(|| RecurrenceError::Time(text.to_owned()))
}

fn days(holiday: &v1::Break) -> Result<(NaiveDate, NaiveDate), RecurrenceError> {
    let day = |text: &str| parse_date(text).ok_or_else(|| RecurrenceError::Time(text.to_owned()));
    let first = day(&holiday.first_day)?;
    let last = if holiday.last_day.is_empty() {
        first
    } else {
        day(&holiday.last_day)?
    };
    Ok((first, last))
}

fn timestamp(time: DateTime<Utc>) -> Timestamp {
    Timestamp::from_millis(time.timestamp_millis())
}

fn earlier(time: NaiveDateTime, days: u64) -> NaiveDateTime {
    time.checked_sub_days(Days::new(days))
        .unwrap_or(NaiveDateTime::MIN)
}

fn later(time: NaiveDateTime, days: u64) -> NaiveDateTime {
    time.checked_add_days(Days::new(days))
        .unwrap_or(NaiveDateTime::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn weekly() -> v1::Schedule {
        v1::Schedule {
            start: "2026-03-24T19:00".into(),
            end: "2026-03-24T21:00".into(),
            time_zone: "Europe/London".into(),
            rrules: vec!["FREQ=WEEKLY;BYDAY=TU".into()],
            ..Default::default()
        }
    }

    fn time(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn between(schedule: &v1::Schedule, from: &str, to: &str) -> Vec<Occurrence> {
        schedule_occurrences(schedule, time(from), time(to), 1_000).unwrap()
    }

    fn starts(schedule: &v1::Schedule, from: &str, to: &str) -> Vec<String> {
        between(schedule, from, to)
            .into_iter()
            .map(|it| it.start.to_string())
            .collect()
    }

    #[test]
    fn seven_o_clock_stays_seven_o_clock_when_the_clocks_change() {
        let spring = between(&weekly(), "2026-03-24T00:00:00Z", "2026-04-02T00:00:00Z");
        assert_eq!(spring[0].start, time("2026-03-24T19:00:00Z"));
        assert_eq!(spring[1].start, time("2026-03-31T18:00:00Z"));
        assert_eq!(spring[1].end, time("2026-03-31T20:00:00Z"));
        assert_eq!(spring[1].local_start, "2026-03-31T19:00");
        let autumn = between(&weekly(), "2026-10-20T00:00:00Z", "2026-10-28T00:00:00Z");
        assert_eq!(autumn[0].start, time("2026-10-20T18:00:00Z"));
        assert_eq!(autumn[1].start, time("2026-10-27T19:00:00Z"));
    }

    #[test]
    fn a_night_that_loses_or_gains_an_hour_is_told_truly() {
        let mut night = weekly();
        night.start = "2026-03-22T01:30".into();
        night.end = "2026-03-22T02:30".into();
        night.rrules = vec!["FREQ=WEEKLY".into()];
        let spring = between(&night, "2026-03-28T00:00:00Z", "2026-03-30T00:00:00Z");
        assert_eq!(spring[0].local_start, "2026-03-29T02:30");
        assert_eq!(
            spring[0].end,
            time("2026-03-29T02:30:00Z"),
            "an hour, not none"
        );
        let autumn = between(&night, "2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z");
        assert_eq!(autumn[0].start, time("2026-10-25T00:30:00Z"));
        assert_eq!(
            autumn[0].end,
            time("2026-10-25T02:30:00Z"),
            "the clock's two readings"
        );
        night.end = String::new();
        night.duration_minutes = 60;
        let autumn = between(&night, "2026-10-24T00:00:00Z", "2026-10-26T00:00:00Z");
        assert_eq!(
            autumn[0].end,
            time("2026-10-25T01:30:00Z"),
            "an hour elapsed"
        );
    }

    #[test]
    fn exceptions_breaks_and_extra_dates_hold() {
        let mut schedule = weekly();
        schedule.exdates = vec!["2026-04-07T19:00".into()];
        schedule.rdates = vec!["2026-04-08T18:00".into(), "2026-12-25T12:00".into()];
        schedule.breaks = vec![v1::Break {
            first_day: "2026-12-21".into(),
            last_day: "2027-01-03".into(),
            words: "Christmas".into(),
        }];
        assert_eq!(
            starts(&schedule, "2026-04-01T00:00:00Z", "2026-04-15T00:00:00Z"),
            ["2026-04-08T17:00:00Z", "2026-04-14T18:00:00Z"].map(|t| time(t).to_string())
        );
        assert_eq!(
            starts(&schedule, "2026-12-14T00:00:00Z", "2027-01-06T00:00:00Z"),
            ["2026-12-15T19:00:00Z", "2027-01-05T19:00:00Z"].map(|t| time(t).to_string())
        );
    }

    #[test]
    fn until_is_in_utc() {
        let mut schedule = weekly();
        schedule.rrules = vec!["FREQ=WEEKLY;UNTIL=20260407T180000Z".into()];
        assert_eq!(
            between(&schedule, "2026-03-01T00:00:00Z", "2027-01-01T00:00:00Z").len(),
            3
        );
        schedule.rrules = vec!["FREQ=WEEKLY;UNTIL=20260407T175959Z".into()];
        assert_eq!(
            between(&schedule, "2026-03-01T00:00:00Z", "2027-01-01T00:00:00Z").len(),
            2
        );
    }

    #[test]
    fn what_is_going_on_is_in_the_window_and_what_ended_is_not() {
        let found = starts(&weekly(), "2026-03-24T20:30:00Z", "2026-03-31T18:00:00Z");
        assert_eq!(found, [time("2026-03-24T19:00:00Z").to_string()]);
        assert!(starts(&weekly(), "2026-03-24T21:00:00Z", "2026-03-31T18:00:00Z").is_empty());
    }

    #[test]
    fn an_event_without_a_rule_happens_once_and_the_next_is_found() {
        let mut event = v1::Event {
            schedule: Some(weekly()),
            ..Default::default()
        };
        let next = next_occurrence(&event, time("2046-01-01T00:00:00Z"))
            .unwrap()
            .unwrap();
        assert_eq!(next.start, time("2046-01-02T19:00:00Z"));
        let now = next_occurrence(&event, time("2026-03-24T19:00:00Z"))
            .unwrap()
            .unwrap();
        assert_eq!(now.start, time("2026-03-24T19:00:00Z"));
        event.schedule.as_mut().unwrap().rrules.clear();
        assert!(
            next_occurrence(&event, time("2026-03-24T19:00:01Z"))
                .unwrap()
                .is_none()
        );
        event.schedule = None;
        let error = next_occurrence(&event, time("2026-03-24T19:00:01Z")).unwrap_err();
        assert_eq!(error.reason(), "start_missing");
    }

    #[test]
    fn the_limit_is_kept() {
        let found = schedule_occurrences(
            &weekly(),
            time("2026-01-01T00:00:00Z"),
            time("2126-01-01T00:00:00Z"),
            7,
        );
        assert_eq!(found.unwrap().len(), 7);
    }

    proptest! {
        #[test]
        fn neighbouring_windows_hold_what_the_whole_holds(
            days in prop::collection::btree_set(0..400u64, 3..6), hour in 0..24u8,
        ) {
            let mut schedule = weekly();
            schedule.start = format!("2026-03-24T{hour:02}:30");
            schedule.end = String::new();
            schedule.rrules.push("FREQ=MONTHLY".into());
            let base = time("2026-03-01T00:00:00Z");
            let day = std::time::Duration::from_secs(86_400);
            let cuts: Vec<_> = days.iter().map(|n| base.plus(day * u32::try_from(*n).unwrap())).collect();
            let whole = schedule_occurrences(&schedule, cuts[0], cuts[cuts.len() - 1], 1_000).unwrap();
            let pieces: Vec<_> = cuts.windows(2)
                .flat_map(|cut| schedule_occurrences(&schedule, cut[0], cut[1], 1_000).unwrap())
                .collect();
            prop_assert_eq!(whole, pieces);
        }
    }
}
