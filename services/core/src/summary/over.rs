//! When a record is over: after its last day, or after the last time of its schedules.

use chrono::Days;

use super::fields::Summary;
use crate::recurrence::{
    Budget, RecurrenceError, Upcoming, instant, last_end, parse_date, parse_zone, upcoming,
};
use crate::time::Timestamp;

/// Since when a record is over at `now`; `None` if it is not, or if its schedules are too
/// costly to expand.
#[must_use]
pub fn over_since(summary: &Summary, now: Timestamp) -> Option<Timestamp> {
    let budget = Budget::default();
    let expanded = match summary.last_day {
        Some(_) => Upcoming::default(),
        None => upcoming(&summary.schedules, now, &budget).ok()?,
    };
    let end = end_time(summary, &expanded, now, &budget).ok()??;
    (end <= now).then_some(end)
}

/// The time from which a record is over, which may be in the future; `None` if it has no end.
/// `expanded` are its schedules, expanded at `now`.
///
/// # Errors
/// If the schedules exceed the budget.
pub fn end_time(
    summary: &Summary,
    expanded: &Upcoming,
    now: Timestamp,
    budget: &Budget,
) -> Result<Option<Timestamp>, RecurrenceError> {
    if let Some(day) = &summary.last_day {
        return Ok(end_of_day(day, summary));
    }
    let has_hours = summary.availability.as_ref().is_some_and(|hours| {
        !hours.weekly.is_empty() || !hours.exceptions.is_empty() || !hours.words.is_empty()
    });
    let is_in_words = |schedule: &hedgerow_proto::v1::Schedule| schedule.start.is_empty();
    if has_hours || summary.schedules.iter().any(is_in_words) || expanded.continues {
        return Ok(None);
    }
    let coming = expanded.occurrences.iter().map(|one| one.end).max();
    let end = match coming {
        Some(end) => Some(end),
        None => last_end(&summary.schedules, now, budget)?,
    };
    // A person who confirmed the record after its last time says that it goes on.
    Ok(end.filter(|end| {
        summary
            .confirm_time
            .is_none_or(|confirmed| confirmed <= *end)
    }))
}

/// Midnight after a day, on the clock of the record's times, else in UTC.
fn end_of_day(day: &str, summary: &Summary) -> Option<Timestamp> {
    let zones = summary.schedules.iter().map(|one| &one.time_zone);
    let zones = zones.chain(summary.availability.iter().map(|one| &one.time_zone));
    let zone = zones.filter_map(|zone| parse_zone(zone)).next();
    let midnight = parse_date(day)?
        .checked_add_days(Days::new(1))?
        .and_hms_opt(0, 0, 0)?;
    let end = instant(zone.unwrap_or(chrono_tz::UTC), midnight);
    Some(Timestamp::from_millis(end.timestamp_millis()))
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1;

    use super::*;

    fn now() -> Timestamp {
        "2026-11-27T12:00:00Z".parse().unwrap()
    }

    fn with(schedules: &[(&str, &[&str])]) -> Summary {
        let schedules = schedules.iter().map(|(start, rules)| v1::Schedule {
            start: (*start).into(),
            duration_minutes: 90,
            time_zone: "Europe/London".into(),
            rrules: rules.iter().map(ToString::to_string).collect(),
            ..v1::Schedule::default()
        });
        Summary {
            schedules: schedules.collect(),
            ..Summary::default()
        }
    }

    fn since(summary: &Summary) -> Option<String> {
        over_since(summary, now()).map(|time| time.to_string())
    }

    #[test]
    fn an_event_of_2019_and_a_series_until_2020_are_over_since_their_last_end() {
        let once = with(&[("2019-03-01T19:00", &[])]);
        assert_eq!(since(&once).as_deref(), Some("2019-03-01T20:30:00Z"));
        let until = "FREQ=WEEKLY;UNTIL=20200630T235900Z";
        let series = with(&[("2019-07-02T19:00", &[until])]);
        assert_eq!(since(&series).as_deref(), Some("2020-06-30T19:30:00Z"));
    }

    #[test]
    fn what_goes_on_is_not_over() {
        for summary in [
            with(&[("2019-07-02T19:00", &["FREQ=WEEKLY"])]),
            with(&[("2026-11-27T11:00", &[])]),
            with(&[("2019-03-01T19:00", &[]), ("", &[])]),
            with(&[]),
            with(&[("2029-01-01T10:00", &[])]),
        ] {
            assert_eq!(since(&summary), None, "{:?}", summary.schedules);
        }
    }

    #[test]
    fn the_last_day_of_a_course_decides_whatever_its_schedule_says() {
        let mut course = with(&[("2019-07-02T19:00", &["FREQ=WEEKLY"])]);
        course.last_day = Some("2021-06-30".into());
        assert_eq!(since(&course).as_deref(), Some("2021-06-30T23:00:00Z"));
        course.last_day = Some("2026-11-27".into());
        assert_eq!(since(&course), None, "its last day is today");
    }

    #[test]
    fn a_listing_confirmed_after_its_last_time_is_not_over() {
        let mut listing = with(&[("2019-03-01T19:00", &[])]);
        listing.confirm_time = Some("2026-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(since(&listing), None);
    }

    #[test]
    fn an_offer_with_usual_hours_is_not_over_after_a_dated_time() {
        let mut room = with(&[("2019-03-01T19:00", &[])]);
        room.availability = Some(v1::Availability {
            words: "most evenings".into(),
            ..v1::Availability::default()
        });
        assert_eq!(since(&room), None);
    }
}
