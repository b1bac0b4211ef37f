//! What is asked of time.

use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1;
use hedgerow_rpc::failure::FieldViolation;

use super::ASKED_DAYS_AHEAD;
use super::ASKED_DAYS_BACK;
use super::BLOCK_MINUTES;
use super::DAY_MINUTES;
use super::Hours;
use super::days;
use super::is_open_during;
use super::minute;
use super::minute_of;
use super::slot;
use super::start_of;
use super::weekday_of;

/// The longest time for which a space can be asked at once, in minutes.
const LONGEST_USE: u64 = 31 * DAY_MINUTES;

/// A question about time. It is part of what a seeker asks, so it has no `Debug`.
#[derive(Clone, Default)]
pub(crate) struct TimeQuestion {
    /// Starts within, in minutes since 1970; the end is not part of it.
    window: Option<(u64, u64)>,
    /// On one of these days: bit 1 is Monday. 0: any.
    weekdays: u8,
    /// Parts of the day in minutes, one or, over midnight, two. None: any.
    parts: Vec<(u64, u64)>,
    /// To be had for all of this time, in minutes since 1970.
    open_during: Option<(u64, u64)>,
    /// Nothing that starts before this minute.
    not_before: u64,
}

impl TimeQuestion {
    /// What a search asks of time. `None` where it asks nothing.
    pub(crate) fn from_request(
        request: &v1::SearchRequest,
        now: Timestamp,
        wrong: &mut Vec<FieldViolation>,
    ) -> Option<Self> {
        let asked = request.window.is_some()
            || !request.weekdays.is_empty()
            || request.time_of_day.is_some()
            || request.free_during.is_some();
        asked.then(|| {
            let window = request.window.as_ref();
            let during = request.free_during.as_ref();
            let window = window.and_then(|window| within(window, now, wrong));
            Self {
                not_before: window
                    .map(|(from, _)| from)
                    .or(minute(now))
                    .unwrap_or_default(),
                window,
                weekdays: weekdays(&request.weekdays, wrong),
                parts: request
                    .time_of_day
                    .as_ref()
                    .map_or_else(Vec::new, |range| parts(range, wrong)),
                open_during: during.and_then(|during| time_of_use(during, now, wrong)),
            }
        })
    }

    /// Anything from now on.
    pub(crate) fn upcoming(now: Timestamp) -> Self {
        Self {
            not_before: minute(now).unwrap_or_default(),
            ..Self::default()
        }
    }

    /// Whether a document with this [`next_start`](Self::next_start) and these numbers is
    /// what is asked for.
    pub(crate) fn matches<I: Iterator<Item = u64>>(
        &self,
        next_start: Option<u64>,
        availability: impl FnOnce() -> I,
    ) -> bool {
        if let Some((from, to)) = self.open_during {
            if self.window.is_some() {
                return false;
            }
            if self.weekdays == 0 && self.parts.is_empty() {
                return is_open_during(availability(), from, to);
            }
            let hours = Hours::decode(availability());
            return hours.is_open(from, to) && self.is_usual(&hours);
        }
        if next_start.is_some() {
            return true;
        }
        self.window.is_none() && self.is_usual(&Hours::decode(availability()))
    }

    /// The first occurrence that fits, in minutes since 1970.
    pub(crate) fn next_start(&self, occurrences: impl Iterator<Item = u64>) -> Option<u64> {
        self.starts(occurrences).next()
    }

    /// Every occurrence that fits, in order, in minutes since 1970.
    pub(crate) fn starts(
        &self,
        occurrences: impl Iterator<Item = u64>,
    ) -> impl Iterator<Item = u64> {
        let (from, to) = self.window.unwrap_or((0, u64::MAX));
        let from = from.max(self.not_before);
        occurrences
            .skip_while(move |&one| start_of(one) < from)
            .take_while(move |&one| start_of(one) < to)
            .filter(|&one| self.is_on(weekday_of(one)) && self.is_at(minute_of(one)))
            .map(start_of)
    }

    /// Four-week blocks, one of which a document must have.
    pub(crate) fn block_terms(&self) -> Option<Vec<u64>> {
        let (from, to) = self.window?;
        let last = to.saturating_sub(1).max(from);
        Some((from / BLOCK_MINUTES..=last / BLOCK_MINUTES).collect())
    }

    /// Hours of the week, one of which a document must have.
    pub(crate) fn slot_terms(&self) -> Option<Vec<u64>> {
        if self.weekdays == 0 && self.parts.is_empty() {
            return None;
        }
        let days = (1..=7).filter(|&weekday| self.is_on(weekday));
        let slots = days.flat_map(|weekday| {
            let hours = (0..24).filter(|hour| {
                let (from, to) = (hour * 60, hour * 60 + 60);
                self.parts.is_empty() || self.parts.iter().any(|part| part.0 < to && from < part.1)
            });
            hours.map(move |hour| slot(weekday, hour * 60))
        });
        Some(slots.collect())
    }

    fn is_usual(&self, hours: &Hours) -> bool {
        let whole_day = [(0, DAY_MINUTES)];
        let parts = if self.parts.is_empty() {
            &whole_day[..]
        } else {
            &self.parts
        };
        hours.is_usually_open(|weekday| self.is_on(weekday), parts)
    }

    fn is_on(&self, weekday: u64) -> bool {
        self.weekdays == 0 || self.weekdays >> weekday & 1 == 1
    }

    fn is_at(&self, minute: u64) -> bool {
        self.parts.is_empty()
            || self
                .parts
                .iter()
                .any(|&(from, to)| (from..to).contains(&minute))
    }
}

/// A window of starts. An absent end is open.
fn within(
    window: &v1::TimeWindow,
    now: Timestamp,
    wrong: &mut Vec<FieldViolation>,
) -> Option<(u64, u64)> {
    let earliest = now.minus(days(ASKED_DAYS_BACK));
    let latest = now.plus(days(ASKED_DAYS_AHEAD));
    let (Some(from), Some(to)) = (
        at(window.from.as_ref(), now),
        at(window.to.as_ref(), latest),
    ) else {
        return refuse(
            wrong,
            "window",
            "window_malformed",
            "a time is out of bounds",
        );
    };
    if from >= to {
        let message = "the window ends before it begins";
        return refuse(wrong, "window", "window_malformed", message);
    }
    if to <= earliest {
        let message = "this window is past: only what is still to come is searched";
        return refuse(wrong, "window", "window_past", message);
    }
    if from > latest {
        let message = format!("times are known for {ASKED_DAYS_AHEAD} days ahead");
        return refuse(wrong, "window", "window_too_far", &message);
    }
    Some((minute(from.max(earliest))?, minute_after(to)))
}

/// A time for which a space is wanted: both ends are needed.
fn time_of_use(
    during: &v1::TimeWindow,
    now: Timestamp,
    wrong: &mut Vec<FieldViolation>,
) -> Option<(u64, u64)> {
    let field = "free_during";
    let ends = during.from.as_ref().zip(during.to.as_ref());
    let ends = ends.and_then(|(from, to)| {
        let ends = (at(Some(from), now)?, at(Some(to), now)?);
        Some((minute(ends.0)?, minute_after(ends.1)))
    });
    let Some((from, to)) = ends.filter(|(from, to)| from < to) else {
        let message = "say from when until when, in this order";
        return refuse(wrong, field, "window_malformed", message);
    };
    if to - from > LONGEST_USE {
        let message = "at most 31 days at once";
        return refuse(wrong, field, "window_too_long", message);
    }
    if minute(now.plus(days(ASKED_DAYS_AHEAD))).is_some_and(|latest| from > latest) {
        let message = format!("times are known for {ASKED_DAYS_AHEAD} days ahead");
        return refuse(wrong, field, "window_too_far", &message);
    }
    Some((from, to))
}

fn weekdays(values: &[i32], wrong: &mut Vec<FieldViolation>) -> u8 {
    if values.iter().any(|day| !(1..=7).contains(day)) || values.len() > 7 {
        let message = "name days of the week, each once";
        return refuse(wrong, "weekdays", "value_unknown", message).unwrap_or(0);
    }
    values.iter().fold(0, |days, day| days | 1 << day)
}

/// A range that ends before it begins goes over midnight.
fn parts(range: &v1::TimeOfDayRange, wrong: &mut Vec<FieldViolation>) -> Vec<(u64, u64)> {
    let (from, to) = (u64::from(range.from_minute), u64::from(range.to_minute));
    if from >= DAY_MINUTES || to > DAY_MINUTES || from == to {
        let message = "minutes after midnight, from 0 to 1440, not the same twice";
        return refuse(wrong, "time_of_day", "time_of_day_malformed", message).unwrap_or_default();
    }
    if from < to {
        vec![(from, to)]
    } else {
        let mut parts = vec![(from, DAY_MINUTES)];
        parts.extend((to > 0).then_some((0, to)));
        parts
    }
}

/// The time given, or else `otherwise`. `None` where it is no time.
fn at(time: Option<&prost_types::Timestamp>, otherwise: Timestamp) -> Option<Timestamp> {
    match time {
        None => Some(otherwise),
        Some(time) => Timestamp::try_from(time).ok(),
    }
}

/// The first whole minute at or after a time.
fn minute_after(time: Timestamp) -> u64 {
    let minutes = time.as_seconds().div_euclid(60);
    let whole = time.as_seconds().rem_euclid(60) == 0;
    u64::try_from(minutes + i64::from(!whole)).unwrap_or(0)
}

fn refuse<T>(
    wrong: &mut Vec<FieldViolation>,
    field: &str,
    reason: &str,
    message: &str,
) -> Option<T> {
    wrong.push(FieldViolation::new(field, reason, message));
    None
}

#[cfg(test)]
mod tests {
    use hedgerow_core::summary::Summary;

    use super::super::Times;
    use super::super::tests::event;
    use super::super::tests::time;
    use super::*;

    const NOW: &str = "2026-03-20T12:00:00Z";

    fn window(from: &str, to: &str) -> Option<v1::TimeWindow> {
        Some(v1::TimeWindow {
            from: Some(time(from).into()),
            to: Some(time(to).into()),
        })
    }

    fn evening() -> Option<v1::TimeOfDayRange> {
        Some(v1::TimeOfDayRange {
            from_minute: 17 * 60,
            to_minute: 22 * 60,
        })
    }

    fn ask(request: &v1::SearchRequest) -> TimeQuestion {
        let mut wrong = Vec::new();
        let question = TimeQuestion::from_request(request, time(NOW), &mut wrong).unwrap();
        assert_eq!(wrong, []);
        question
    }

    fn refused(request: &v1::SearchRequest) -> String {
        let mut wrong = Vec::new();
        TimeQuestion::from_request(request, time(NOW), &mut wrong);
        wrong.remove(0).reason
    }

    fn fits(request: &v1::SearchRequest, summary: &Summary) -> bool {
        let question = ask(request);
        let times = Times::of(summary, time(NOW));
        let any = |terms: Option<Vec<u64>>, held: &[u64]| {
            terms.is_none_or(|terms| terms.iter().any(|term| held.contains(term)))
        };
        let fits = question.matches(
            question.next_start(times.occurrences.iter().copied()),
            || times.availability.iter().copied(),
        );
        let filtered =
            any(question.block_terms(), &times.blocks) && any(question.slot_terms(), &times.slots);
        assert!(filtered || !fits, "the filters must let through what fits");
        fits
    }

    #[test]
    fn window_weekday_and_time_of_day_hold_for_one_and_the_same_occurrence() {
        let mut two = event("2026-03-24T10:00", &[]);
        two.schedules
            .extend(event("2026-03-26T19:00", &[]).schedules);
        let on = |weekday: v1::Weekday| v1::SearchRequest {
            weekdays: vec![weekday.into()],
            time_of_day: evening(),
            ..v1::SearchRequest::default()
        };
        assert!(fits(&on(v1::Weekday::Thursday), &two));
        assert!(
            !fits(&on(v1::Weekday::Tuesday), &two),
            "Tuesday is in the morning"
        );
    }

    #[test]
    fn an_evening_is_the_same_evening_on_either_side_of_the_change_of_clocks() {
        let weekly = event("2026-01-06T21:30", &["FREQ=WEEKLY"]);
        for (from, to) in [
            ("2026-03-24T00:00:00Z", "2026-03-25T00:00:00Z"),
            ("2026-03-31T00:00:00Z", "2026-04-01T00:00:00Z"),
            ("2026-10-20T00:00:00Z", "2026-10-21T00:00:00Z"),
            ("2026-10-27T00:00:00Z", "2026-10-28T00:00:00Z"),
        ] {
            let request = v1::SearchRequest {
                window: window(from, to),
                time_of_day: evening(),
                ..v1::SearchRequest::default()
            };
            assert!(fits(&request, &weekly), "{from}");
        }
        let summer = v1::SearchRequest {
            window: window("2026-03-31T20:30:00Z", "2026-03-31T20:31:00Z"),
            ..v1::SearchRequest::default()
        };
        assert!(
            fits(&summer, &weekly),
            "half past nine is 20:30 in UTC then"
        );
    }

    #[test]
    fn an_occurrence_that_is_left_out_is_not_found() {
        let mut weekly = event("2026-01-06T19:00", &["FREQ=WEEKLY"]);
        weekly.schedules[0].exdates = vec!["2026-03-24T19:00".into()];
        let on = |from, to| v1::SearchRequest {
            window: window(from, to),
            ..v1::SearchRequest::default()
        };
        assert!(!fits(
            &on("2026-03-23T00:00:00Z", "2026-03-30T00:00:00Z"),
            &weekly
        ));
        assert!(fits(
            &on("2026-03-30T00:00:00Z", "2026-04-06T00:00:00Z"),
            &weekly
        ));
    }

    #[test]
    fn the_window_has_its_first_minute_and_not_its_last() {
        let once = event("2026-03-24T19:00", &[]);
        let on = |from, to| v1::SearchRequest {
            window: window(from, to),
            ..v1::SearchRequest::default()
        };
        assert!(fits(
            &on("2026-03-24T19:00:00Z", "2026-03-24T19:01:00Z"),
            &once
        ));
        assert!(!fits(
            &on("2026-03-24T18:00:00Z", "2026-03-24T19:00:00Z"),
            &once
        ));
    }

    #[test]
    fn a_range_that_ends_before_it_begins_goes_over_midnight() {
        let night = event("2026-03-24T00:30", &[]);
        let request = |from_minute, to_minute| v1::SearchRequest {
            time_of_day: Some(v1::TimeOfDayRange {
                from_minute,
                to_minute,
            }),
            ..v1::SearchRequest::default()
        };
        assert!(fits(&request(22 * 60, 2 * 60), &night));
        assert!(!fits(&request(22 * 60, 0), &night));
    }

    fn room(weekday: v1::Weekday, opens_at: &str, closes_at: &str) -> Summary {
        Summary {
            resource_kind: Some(v1::ResourceKind::Space),
            availability: Some(v1::Availability {
                time_zone: "Europe/London".into(),
                weekly: vec![v1::WeeklyHours {
                    weekday: weekday.into(),
                    opens_at: opens_at.into(),
                    closes_at: closes_at.into(),
                    out_of_hours: false,
                }],
                ..v1::Availability::default()
            }),
            ..Summary::default()
        }
    }

    #[test]
    fn a_room_is_free_on_a_date_and_time_or_on_a_day_of_the_week() {
        let room = room(v1::Weekday::Thursday, "18:00", "22:00");
        let free = |from, to| v1::SearchRequest {
            free_during: window(from, to),
            ..v1::SearchRequest::default()
        };
        assert!(fits(
            &free("2026-03-26T19:00:00Z", "2026-03-26T21:00:00Z"),
            &room
        ));
        assert!(!fits(
            &free("2026-03-27T19:00:00Z", "2026-03-27T21:00:00Z"),
            &room
        ));
        let thursday = v1::SearchRequest {
            weekdays: vec![v1::Weekday::Thursday.into()],
            time_of_day: evening(),
            ..v1::SearchRequest::default()
        };
        assert!(fits(&thursday, &room));
        let starts = v1::SearchRequest {
            window: window("2026-03-21T00:00:00Z", "2026-04-21T00:00:00Z"),
            ..v1::SearchRequest::default()
        };
        assert!(!fits(&starts, &room), "a room does not begin");
        assert!(
            !fits(
                &free("2026-03-26T19:00:00Z", "2026-03-26T21:00:00Z"),
                &Summary {
                    resource_kind: Some(v1::ResourceKind::Space),
                    ..Summary::default()
                }
            ),
            "what is not said is not free"
        );
    }

    #[test]
    fn a_room_that_is_to_be_had_at_particular_times_is_free_then() {
        let mut room = room(v1::Weekday::Monday, "09:00", "10:00");
        room.schedules = event("2026-03-24T19:00", &["FREQ=WEEKLY"]).schedules;
        let free = |from, to| v1::SearchRequest {
            free_during: window(from, to),
            ..v1::SearchRequest::default()
        };
        assert!(fits(
            &free("2026-03-31T18:00:00Z", "2026-03-31T19:30:00Z"),
            &room
        ));
        assert!(!fits(
            &free("2026-03-31T18:00:00Z", "2026-03-31T20:00:00Z"),
            &room
        ));
    }

    #[test]
    fn windows_that_cannot_be_answered_are_refused() {
        let on = |from, to| v1::SearchRequest {
            window: window(from, to),
            ..v1::SearchRequest::default()
        };
        let day = "2026-03-20T00:00:00Z";
        assert_eq!(refused(&on(day, day)), "window_malformed");
        assert_eq!(
            refused(&on("2020-01-01T00:00:00Z", "2021-01-01T00:00:00Z")),
            "window_past"
        );
        assert_eq!(
            refused(&on("2028-01-01T00:00:00Z", "2028-02-01T00:00:00Z")),
            "window_too_far"
        );
        let free = |from, to| v1::SearchRequest {
            free_during: window(from, to),
            ..v1::SearchRequest::default()
        };
        assert_eq!(
            refused(&free(day, "2026-05-20T00:00:00Z")),
            "window_too_long"
        );
        let other = |weekdays, from_minute| v1::SearchRequest {
            weekdays,
            time_of_day: Some(v1::TimeOfDayRange {
                from_minute,
                to_minute: 60,
            }),
            ..v1::SearchRequest::default()
        };
        assert_eq!(refused(&other(vec![8], 0)), "value_unknown");
        assert_eq!(refused(&other(vec![1], 60)), "time_of_day_malformed");
        assert!(
            TimeQuestion::from_request(&v1::SearchRequest::default(), time(NOW), &mut Vec::new())
                .is_none()
        );
    }
}
