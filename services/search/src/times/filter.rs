//! Filters by time.

use hedgerow_core::time::Timestamp;

use crate::times::availability::Availability;
use crate::times::encoding::{
    BLOCK_MINUTES, DAY_MINUTES, epoch_minute, hour_slot, minute_of_day, start_of, weekday_of,
};
use crate::times::ranges::{TimeOfDay, TimeOfUse, Weekdays, Window};

/// When a record takes place or is available. Window, weekdays and time of day have to hold for
/// the same occurrence; without an occurrence, weekdays and time of day apply to opening hours.
///
/// It is part of a seeker's query, so it has no `Debug`.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct TimeFilter {
    pub window: Option<Window>,
    pub weekdays: Option<Weekdays>,
    pub time_of_day: Option<TimeOfDay>,
    pub free_during: Option<TimeOfUse>,
    /// The first minute since 1970 that counts if there is no window.
    now: u64,
}

impl TimeFilter {
    /// A filter that every record passes, and for which occurrences before `now` do not count.
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

    /// Whether a document passes that has this [`next_start`](Self::next_start) and these
    /// numbers of its availability.
    pub(crate) fn matches<I: Iterator<Item = u64>>(
        &self,
        next_start: Option<u64>,
        availability: impl FnOnce() -> I,
    ) -> bool {
        if let Some(during) = self.free_during {
            if self.window.is_some() {
                return false;
            }
            let availability = Availability::decode(availability());
            return availability.is_open(during.from, during.to)
                && (self.is_any_time() || self.is_usually_open(&availability));
        }
        if next_start.is_some() {
            return true;
        }
        self.window.is_none() && self.is_usually_open(&Availability::decode(availability()))
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
            .skip_while(move |&one| start_of(one) < from)
            .take_while(move |&one| start_of(one) < to)
            .filter(|&one| self.is_on(weekday_of(one)) && self.is_at(minute_of_day(one)))
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
            time_of_day.is_none_or(|time_of_day| time_of_day.overlaps_hour(*hour))
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

    fn is_at(&self, minute: u64) -> bool {
        let time_of_day = self.time_of_day.as_ref();
        time_of_day.is_none_or(|time_of_day| time_of_day.contains(minute))
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
            has_terms || !passes,
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
                    out_of_hours: false,
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
