//! Filters by time.

use hedgerow_core::time::Timestamp;

use crate::times::availability::{Availability, Use};
use crate::times::encoding::{
    BLOCK_MINUTES, DAY_MINUTES, end_of, epoch_minute, hour_slot, minute_of_day, start_of,
    weekdays_of,
};
use crate::times::ranges::{TimeOfDay, TimeOfUse, Weekdays, Window};

/// How a document passes a [`TimeFilter`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TimeMatch {
    Passes,
    /// It can be used then, but only under a condition.
    UnderCondition,
}

/// When a record takes place or is available. Window, weekdays and time of day have to hold for
/// the same occurrence, which may be on for several days; without an occurrence, weekdays and time of day apply to opening hours.
///
/// It is part of a seeker's query, so it has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TimeFilter {
    pub window: Option<Window>,
    pub weekdays: Option<Weekdays>,
    pub time_of_day: Option<TimeOfDay>,
    pub free_during: Option<TimeOfUse>,
    /// The minute since 1970 of the request. Without a window, occurrences that have ended by
    /// then do not count.
    now: u64,
}

impl TimeFilter {
    /// A filter that every record passes, and for which occurrences that have ended by `now` do
    /// not count.
    pub fn from_now(now: Timestamp) -> Self {
        Self {
            now: epoch_minute(now).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Whether every record passes.
    pub fn is_empty(&self) -> bool {
        self.window.is_none() && self.is_any_time() && self.free_during.is_none()
    }

    /// Whether and how a document passes that has this [`next_start`](Self::next_start) and
    /// these numbers of its availability.
    pub(crate) fn matches<I: Iterator<Item = u64>>(
        &self,
        next_start: Option<u64>,
        availability: impl FnOnce() -> I,
    ) -> Option<TimeMatch> {
        if let Some(during) = self.free_during {
            if self.window.is_some() {
                return None;
            }
            let availability = Availability::decode(availability());
            let found = match availability.use_during(during.from, during.to, self.now) {
                Use::None => return None,
                Use::Ask(_) => TimeMatch::UnderCondition,
                Use::Free => TimeMatch::Passes,
            };
            let passes = self.is_any_time() || self.is_usually_open(&availability);
            return passes.then_some(found);
        }
        let passes = next_start.is_some()
            || (self.window.is_none()
                && self.is_usually_open(&Availability::decode(availability())));
        passes.then_some(TimeMatch::Passes)
    }

    /// Returns the first encoded occurrence that passes, in minutes since 1970.
    pub(crate) fn next_start(&self, occurrences: impl Iterator<Item = u64>) -> Option<u64> {
        self.starts(occurrences).next()
    }

    /// Returns all encoded occurrences that pass, in order, in minutes since 1970.
    pub(crate) fn starts(
        &self,
        occurrences: impl Iterator<Item = u64>,
    ) -> impl Iterator<Item = u64> {
        let (from, to) = match self.window {
            Some(Window { from, to }) => (from, to),
            None => (self.now, u64::MAX),
        };
        occurrences
            .take_while(move |&one| start_of(one) < to)
            .filter(move |&one| end_of(one) > from)
            .filter(|&one| weekdays_of(one).any(|day| self.is_on(day)) && self.is_at(one))
            .map(start_of)
    }

    /// The four-week blocks of which a document needs one; `None` if any document may pass.
    pub(crate) fn block_terms(&self) -> Option<Vec<u64>> {
        let Window { from, to } = self.window?;
        let last = to.saturating_sub(1).max(from);
        Some((from / BLOCK_MINUTES..=last / BLOCK_MINUTES).collect())
    }

    /// The hours of the week of which a document needs one; `None` if any document may pass.
    pub(crate) fn slot_terms(&self) -> Option<Vec<u64>> {
        if self.is_any_time() {
            return None;
        }
        let in_time_of_day = |hour: &u64| {
            let time_of_day = self.time_of_day.as_ref();
            time_of_day.is_none_or(|time_of_day| time_of_day.may_overlap_hour(*hour))
        };
        let days = (1..=7).filter(|&weekday| self.is_on(weekday));
        let slots = days.flat_map(|weekday| {
            let hours = (0..24).filter(in_time_of_day);
            hours.map(move |hour| hour_slot(weekday, hour * 60))
        });
        Some(slots.collect())
    }

    fn is_any_time(&self) -> bool {
        self.weekdays.is_none() && self.time_of_day.is_none()
    }

    fn is_usually_open(&self, availability: &Availability) -> bool {
        let whole_day = [(0, DAY_MINUTES)];
        let parts = self.time_of_day.as_ref();
        let parts = parts.map_or(&whole_day[..], TimeOfDay::parts);
        availability.is_usually_open(|weekday| self.is_on(weekday), parts)
    }

    fn is_on(&self, weekday: u64) -> bool {
        self.weekdays.is_none_or(|days| days.contains(weekday))
    }

    fn is_at(&self, occurrence: u64) -> bool {
        let (start, local_minute) = (start_of(occurrence), minute_of_day(occurrence));
        let time_of_day = self.time_of_day.as_ref();
        time_of_day.is_none_or(|time_of_day| time_of_day.contains(start, local_minute))
    }
}

#[cfg(test)]
mod tests {
    use hedgerow_core::summary::Summary;
    use hedgerow_proto::directory_v1::{TimeOfDayRange, TimeWindow};
    use hedgerow_proto::v1;

    use super::*;
    use crate::times::expansion::DocumentTimes;
    use crate::times::expansion::tests::{event, time};

    const NOW: &str = "2026-03-20T12:00:00Z";

    fn filter() -> TimeFilter {
        TimeFilter::from_now(time(NOW))
    }

    fn window(from: &str, to: &str) -> TimeWindow {
        TimeWindow {
            start_time: Some(time(from).into()),
            end_time: Some(time(to).into()),
        }
    }

    fn within(from: &str, to: &str) -> TimeFilter {
        TimeFilter {
            window: Some(Window::parse(&window(from, to), time(NOW)).unwrap()),
            ..filter()
        }
    }

    fn free(from: &str, to: &str) -> TimeFilter {
        TimeFilter {
            free_during: Some(TimeOfUse::parse(&window(from, to), time(NOW)).unwrap()),
            ..filter()
        }
    }

    fn time_of_day(start_minute: u32, end_minute: u32) -> Option<TimeOfDay> {
        let range = TimeOfDayRange {
            start_minute,
            end_minute,
            time_zone: String::new(),
        };
        Some(TimeOfDay::parse(&range).unwrap())
    }

    fn evening() -> Option<TimeOfDay> {
        time_of_day(17 * 60, 22 * 60)
    }

    fn evenings(weekday: v1::Weekday) -> TimeFilter {
        TimeFilter {
            weekdays: Weekdays::parse(&[weekday.into()]).unwrap(),
            time_of_day: evening(),
            ..filter()
        }
    }

    fn passes(filter: &TimeFilter, summary: &Summary) -> bool {
        how(filter, summary).is_some()
    }

    fn how(filter: &TimeFilter, summary: &Summary) -> Option<TimeMatch> {
        let times = DocumentTimes::new(summary, time(NOW));
        let has_any = |terms: Option<Vec<u64>>, values: &[u64]| {
            terms.is_none_or(|terms| terms.iter().any(|term| values.contains(term)))
        };
        let passes = filter.matches(filter.next_start(times.occurrences.iter().copied()), || {
            times.availability.iter().copied()
        });
        let has_terms = has_any(filter.block_terms(), &times.blocks)
            && has_any(filter.slot_terms(), &times.slots);
        assert!(
            has_terms || passes.is_none(),
            "terms must not exclude a document that passes"
        );
        passes
    }

    #[test]
    fn a_window_without_an_end_costs_no_more_terms_than_the_longest() {
        let terms = |to: &str| within(NOW, to).block_terms().unwrap().len();
        assert_eq!(terms("9999-12-31T00:00:00Z"), terms("2027-03-19T00:00:00Z"));
        assert!(terms("9999-12-31T00:00:00Z") < 16);
    }

    #[test]
    fn weekday_and_time_of_day_have_to_hold_for_the_same_occurrence() {
        let mut two = event("2026-03-24T10:00", &[]);
        two.schedules
            .extend(event("2026-03-26T19:00", &[]).schedules);
        assert!(passes(&evenings(v1::Weekday::Thursday), &two));
        assert!(
            !passes(&evenings(v1::Weekday::Tuesday), &two),
            "Tuesday is in the morning"
        );
    }

    #[test]
    fn an_event_is_found_on_each_day_on_which_it_is_on() {
        let on = |weekday: v1::Weekday| TimeFilter {
            weekdays: Weekdays::parse(&[weekday.into()]).unwrap(),
            ..filter()
        };
        let mut party = event("2026-03-27T22:00", &[]);
        party.schedules[0].duration_minutes = 4 * 60;
        assert!(passes(&on(v1::Weekday::Friday), &party));
        assert!(passes(&on(v1::Weekday::Saturday), &party), "until two");
        assert!(!passes(&on(v1::Weekday::Sunday), &party));
        party.schedules[0].duration_minutes = 2 * 60;
        assert!(
            !passes(&on(v1::Weekday::Saturday), &party),
            "until midnight"
        );
        let mut camp = event("2026-03-27T10:00", &[]);
        camp.schedules[0].duration_minutes = 3 * 24 * 60;
        for (weekday, is_on) in [
            (v1::Weekday::Thursday, false),
            (v1::Weekday::Sunday, true),
            (v1::Weekday::Monday, true),
            (v1::Weekday::Tuesday, false),
        ] {
            assert_eq!(passes(&on(weekday), &camp), is_on, "{weekday:?}");
        }
    }

    #[test]
    fn an_evening_is_the_same_evening_on_either_side_of_a_clock_change() {
        let weekly = event("2026-01-06T21:30", &["FREQ=WEEKLY"]);
        for (from, to) in [
            ("2026-03-24T00:00:00Z", "2026-03-25T00:00:00Z"),
            ("2026-03-31T00:00:00Z", "2026-04-01T00:00:00Z"),
            ("2026-10-20T00:00:00Z", "2026-10-21T00:00:00Z"),
            ("2026-10-27T00:00:00Z", "2026-10-28T00:00:00Z"),
        ] {
            let filter = TimeFilter {
                time_of_day: evening(),
                ..within(from, to)
            };
            assert!(passes(&filter, &weekly), "{from}");
        }
        let summer = within("2026-03-31T20:30:00Z", "2026-03-31T20:31:00Z");
        assert!(
            passes(&summer, &weekly),
            "half past nine is 20:30 in UTC then"
        );
    }

    #[test]
    fn an_excluded_occurrence_does_not_pass() {
        let mut weekly = event("2026-01-06T19:00", &["FREQ=WEEKLY"]);
        weekly.schedules[0].exdates = vec!["2026-03-24T19:00".into()];
        let week = within("2026-03-23T00:00:00Z", "2026-03-30T00:00:00Z");
        assert!(!passes(&week, &weekly));
        let next = within("2026-03-30T00:00:00Z", "2026-04-06T00:00:00Z");
        assert!(passes(&next, &weekly));
    }

    #[test]
    fn a_window_includes_its_first_minute_and_excludes_its_last() {
        let once = event("2026-03-24T19:00", &[]);
        let from_it = within("2026-03-24T19:00:00Z", "2026-03-24T19:01:00Z");
        assert!(passes(&from_it, &once));
        let until_it = within("2026-03-24T18:00:00Z", "2026-03-24T19:00:00Z");
        assert!(!passes(&until_it, &once));
        let its_last = within("2026-03-24T20:29:00Z", "2026-03-25T19:00:00Z");
        assert!(passes(&its_last, &once), "it ends at 20:30");
        let after_it = within("2026-03-24T20:30:00Z", "2026-03-25T19:00:00Z");
        assert!(!passes(&after_it, &once));
    }

    #[test]
    fn a_night_across_midnight_is_found_on_both_days() {
        let mut night = event("2026-03-20T22:00", &["FREQ=WEEKLY;BYDAY=FR"]);
        night.schedules[0].duration_minutes = 240;
        let day = |from: &str, to: &str| passes(&within(from, to), &night);
        assert!(day("2026-03-20T12:00:00Z", "2026-03-21T00:00:00Z"));
        assert!(day("2026-03-21T00:00:00Z", "2026-03-22T00:00:00Z"));
        assert!(!day("2026-03-21T02:00:00Z", "2026-03-22T00:00:00Z"));
    }

    #[test]
    fn what_began_before_now_and_still_runs_is_the_next_start() {
        let mut drop_in = event("2026-03-20T11:30", &[]);
        drop_in.schedules[0].duration_minutes = 240;
        let times = DocumentTimes::new(&drop_in, time(NOW));
        let next = |now: &str| {
            let filter = TimeFilter::from_now(time(now));
            filter.next_start(times.occurrences.iter().copied())
        };
        let start = epoch_minute(time("2026-03-20T11:30:00Z"));
        assert_eq!(next(NOW), start);
        assert_eq!(next("2026-03-20T15:29:00Z"), start);
        assert_eq!(next("2026-03-20T15:30:00Z"), None);
    }

    #[test]
    fn a_time_of_day_may_be_on_the_clock_of_another_zone() {
        let mut gmt = event("2026-01-07T19:00", &["FREQ=WEEKLY;BYDAY=WE"]);
        gmt.schedules[0].time_zone = "GMT".into();
        let seven = |zone: &str| TimeFilter {
            time_of_day: TimeOfDay::parse(&TimeOfDayRange {
                start_minute: 19 * 60,
                end_minute: 19 * 60 + 30,
                time_zone: zone.into(),
            })
            .ok(),
            ..within("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z")
        };
        assert!(passes(&seven(""), &gmt), "on its own clock");
        assert!(!passes(&seven("Europe/London"), &gmt), "that is 20:00");
        assert!(passes(&seven("Africa/Abidjan"), &gmt));
    }

    #[test]
    fn a_time_of_day_that_ends_before_it_begins_crosses_midnight() {
        let night = event("2026-03-24T00:30", &[]);
        let at = |from, to| TimeFilter {
            time_of_day: time_of_day(from, to),
            ..filter()
        };
        assert!(passes(&at(22 * 60, 2 * 60), &night));
        assert!(!passes(&at(22 * 60, 0), &night));
    }

    fn room(weekday: v1::Weekday, opening_time: &str, closing_time: &str) -> Summary {
        Summary {
            resource_kind: Some(v1::ResourceKind::Space),
            availability: Some(v1::Availability {
                time_zone: "Europe/London".into(),
                weekly: vec![v1::WeeklyHours {
                    weekday: weekday.into(),
                    opening_time: opening_time.into(),
                    closing_time: closing_time.into(),
                    ..v1::WeeklyHours::default()
                }],
                ..v1::Availability::default()
            }),
            ..Summary::default()
        }
    }

    #[test]
    fn a_room_passes_by_a_time_of_use_or_by_weekday_and_time_of_day() {
        let room = room(v1::Weekday::Thursday, "18:00", "22:00");
        let thursday = free("2026-03-26T19:00:00Z", "2026-03-26T21:00:00Z");
        assert!(passes(&thursday, &room));
        let friday = free("2026-03-27T19:00:00Z", "2026-03-27T21:00:00Z");
        assert!(!passes(&friday, &room));
        assert!(passes(&evenings(v1::Weekday::Thursday), &room));
        let starts = within("2026-03-21T00:00:00Z", "2026-04-21T00:00:00Z");
        assert!(!passes(&starts, &room), "a room does not start");
        let without_hours = Summary {
            resource_kind: Some(v1::ResourceKind::Space),
            ..Summary::default()
        };
        assert!(
            !passes(&thursday, &without_hours),
            "a room without hours is not known to be free"
        );
    }

    #[test]
    fn a_room_under_a_condition_passes_as_such() {
        let mut room = room(v1::Weekday::Thursday, "18:00", "22:00");
        let hour = free("2026-03-26T19:00:00Z", "2026-03-26T20:00:00Z");
        assert_eq!(how(&hour, &room), Some(TimeMatch::Passes));
        room.use_limits.shortest_minutes = 180;
        assert_eq!(how(&hour, &room), Some(TimeMatch::UnderCondition));
        let evening = free("2026-03-26T18:00:00Z", "2026-03-26T21:00:00Z");
        assert_eq!(how(&evening, &room), Some(TimeMatch::Passes));
        room.use_limits.notice_hours = 336;
        assert_eq!(how(&evening, &room), Some(TimeMatch::UnderCondition));
        let later = free("2026-04-09T18:00:00Z", "2026-04-09T21:00:00Z");
        assert_eq!(how(&later, &room), Some(TimeMatch::Passes));
    }

    #[test]
    fn a_room_is_free_at_its_one_off_times() {
        let mut room = room(v1::Weekday::Monday, "09:00", "10:00");
        room.schedules = event("2026-03-24T19:00", &["FREQ=WEEKLY"]).schedules;
        let within_it = free("2026-03-31T18:00:00Z", "2026-03-31T19:30:00Z");
        assert!(passes(&within_it, &room));
        let beyond_it = free("2026-03-31T18:00:00Z", "2026-03-31T20:00:00Z");
        assert!(!passes(&beyond_it, &room));
    }

    #[test]
    fn a_filter_without_conditions_is_empty() {
        assert!(filter().is_empty() && TimeFilter::default().is_empty());
        assert!(!evenings(v1::Weekday::Monday).is_empty());
        assert!(!free("2026-03-26T19:00:00Z", "2026-03-26T21:00:00Z").is_empty());
    }
}
