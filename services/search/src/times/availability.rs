//! Opening hours of an offer, or hours in which a need exists, as numbers of a document: a usual
//! week, exceptional days and one-off times, with the limits of a use.

mod local_time;
mod openings;
mod packing;
mod rows;
mod usage;

pub use rows::Availability;
pub use usage::{Overlap, Use};

#[cfg(test)]
mod tests {
    use hedgerow_core::summary::UseLimits;
    use hedgerow_proto::directory_v1::UseCondition;
    use hedgerow_proto::v1;

    use super::*;
    use crate::times::encoding::epoch_minute;
    use crate::times::expansion::tests::time;

    fn week(rows: &[(v1::Weekday, &str, &str)]) -> v1::Availability {
        v1::Availability {
            time_zone: "Europe/London".into(),
            weekly: rows
                .iter()
                .map(|(weekday, opening_time, closing_time)| v1::WeeklyHours {
                    weekday: (*weekday).into(),
                    opening_time: (*opening_time).into(),
                    closing_time: (*closing_time).into(),
                    ..v1::WeeklyHours::default()
                })
                .collect(),
            ..v1::Availability::default()
        }
    }

    fn thursdays() -> v1::Availability {
        let mut hours = week(&[
            (v1::Weekday::Thursday, "09:00", "12:30"),
            (v1::Weekday::Thursday, "12:30", "21:00"),
            (v1::Weekday::Friday, "20:00", "24:00"),
            (v1::Weekday::Saturday, "00:00", "02:00"),
        ]);
        let exception =
            |first: &str, last: &str, opens: &str, closes: &str| v1::AvailabilityException {
                first_day: first.into(),
                last_day: last.into(),
                opening_time: opens.into(),
                closing_time: closes.into(),
                words: String::new(),
            };
        hours.exceptions = vec![
            exception("2026-12-21", "2027-01-03", "", ""),
            exception("2026-11-05", "", "10:00", "14:00"),
            exception("2026-11-08", "", "10:00", "14:00"),
        ];
        hours
    }

    fn open(hours: &Availability, from: &str, to: &str) -> bool {
        let minutes = |text: &str| epoch_minute(time(text)).unwrap();
        let now = minutes("2026-01-01T00:00:00Z");
        hours.use_during(minutes(from), minutes(to), now) != Use::None
    }

    #[test]
    fn availability_survives_a_round_trip() {
        let hours = Availability::new(Some(&thursdays()), None, &[], UseLimits::default());
        assert_eq!(Availability::decode(hours.encode().into_iter()), hours);
    }

    #[test]
    fn seven_is_seven_in_winter_and_in_summer() {
        let hours = Availability::new(Some(&thursdays()), None, &[], UseLimits::default());
        assert!(open(&hours, "2026-11-26T19:00:00Z", "2026-11-26T21:00:00Z"));
        assert!(!open(
            &hours,
            "2026-11-26T19:30:00Z",
            "2026-11-26T21:30:00Z"
        ));
        assert!(open(&hours, "2026-07-02T18:00:00Z", "2026-07-02T20:00:00Z"));
        assert!(!open(
            &hours,
            "2026-07-02T19:00:00Z",
            "2026-07-02T21:00:00Z"
        ));
        assert!(
            !open(&hours, "2026-11-25T19:00:00Z", "2026-11-25T20:00:00Z"),
            "a Wednesday"
        );
    }

    #[test]
    fn adjacent_rows_join_even_across_midnight() {
        let hours = Availability::new(Some(&thursdays()), None, &[], UseLimits::default());
        assert!(open(&hours, "2026-11-26T12:00:00Z", "2026-11-26T13:00:00Z"));
        assert!(open(&hours, "2026-11-27T23:00:00Z", "2026-11-28T01:30:00Z"));
        assert!(!open(
            &hours,
            "2026-11-27T23:00:00Z",
            "2026-11-28T02:30:00Z"
        ));
    }

    #[test]
    fn exceptional_days_replace_the_usual_week() {
        let hours = Availability::new(Some(&thursdays()), None, &[], UseLimits::default());
        assert!(
            !open(&hours, "2026-12-24T10:00:00Z", "2026-12-24T11:00:00Z"),
            "closed"
        );
        assert!(
            !open(&hours, "2026-11-05T19:00:00Z", "2026-11-05T20:00:00Z"),
            "closed that evening"
        );
        assert!(open(&hours, "2026-11-05T10:00:00Z", "2026-11-05T14:00:00Z"));
        assert!(
            open(&hours, "2026-11-08T10:00:00Z", "2026-11-08T11:00:00Z"),
            "open for once"
        );
        assert!(
            open(&hours, "2027-01-07T10:00:00Z", "2027-01-07T11:00:00Z"),
            "open again"
        );
    }

    #[test]
    fn hours_across_a_clock_change_have_no_gap() {
        let hours = Availability::new(
            Some(&week(&[(v1::Weekday::Sunday, "00:00", "02:00")])),
            None,
            &[],
            UseLimits::default(),
        );
        assert!(open(&hours, "2026-10-24T23:00:00Z", "2026-10-25T02:00:00Z"));
        assert!(
            open(&hours, "2026-03-29T00:00:00Z", "2026-03-29T01:00:00Z"),
            "and a short night"
        );
    }

    #[test]
    fn invalid_or_absent_hours_are_empty() {
        assert!(
            Availability::new(None, None, &[], UseLimits::default())
                .encode()
                .is_empty()
        );
        let mut invalid = thursdays();
        invalid.exceptions[0].first_day = "Christmas".into();
        assert!(Availability::new(Some(&invalid), None, &[], UseLimits::default()).is_empty());
        let mut unknown_zone = thursdays();
        unknown_zone.time_zone = "Europe/Nowhere".into();
        assert!(!open(
            &Availability::new(Some(&unknown_zone), None, &[], UseLimits::default()),
            "2026-11-26T19:00:00Z",
            "2026-11-26T20:00:00Z"
        ));
    }

    #[test]
    fn a_room_matches_a_part_of_the_day_of_which_it_is_open_for_an_hour() {
        let hours = Availability::new(Some(&thursdays()), None, &[], UseLimits::default());
        let on = |wanted: u64| move |weekday| weekday == wanted;
        assert!(hours.is_usually_open(on(4), &[(18 * 60, 22 * 60)]));
        assert!(
            !hours.is_usually_open(on(4), &[(20 * 60 + 30, 23 * 60)]),
            "half an hour only"
        );
        assert!(
            hours.is_usually_open(on(4), &[(20 * 60 + 30, 21 * 60)]),
            "all of the requested part"
        );
        assert!(!hours.is_usually_open(on(1), &[(0, 1_440)]));
    }

    fn on(hours: &Availability, day: &str, from: &str, to: &str, now: &str) -> Use {
        let minutes = |text: &str| epoch_minute(time(text)).unwrap();
        let at = |clock: &str| minutes(&format!("{day}T{clock}:00Z"));
        hours.use_during(at(from), at(to), minutes(now))
    }

    const NOW: &str = "2026-11-27T12:00:00Z";

    fn thursday_evenings(change: impl FnOnce(&mut v1::Availability)) -> v1::Availability {
        let mut hours = week(&[(v1::Weekday::Thursday, "18:00", "22:00")]);
        change(&mut hours);
        hours
    }

    fn with(hours: &v1::Availability, limits: UseLimits) -> Availability {
        let hours = Availability::new(Some(hours), None, &[], limits);
        // As the index stores it.
        let decoded = Availability::decode(hours.encode().into_iter());
        assert_eq!(decoded, hours);
        decoded
    }

    #[test]
    fn a_room_for_at_least_three_hours_is_asked_about_for_one_and_not_free_at_its_edges() {
        let limits = UseLimits {
            shortest_minutes: 180,
            longest_minutes: 200,
            ..UseLimits::default()
        };
        let room = with(&thursday_evenings(|_| ()), limits);
        let on = |from: &str, to: &str| on(&room, "2026-12-17", from, to, NOW);
        assert_eq!(on("19:00", "20:00"), Use::Ask(vec![UseCondition::Shortest]));
        assert_eq!(on("18:00", "21:00"), Use::Free);
        assert_eq!(on("18:00", "22:00"), Use::None, "longer than the longest");
        assert_eq!(on("17:00", "18:30"), Use::None, "closed before six");
        let short = with(
            &week(&[(v1::Weekday::Thursday, "18:00", "20:00")]),
            UseLimits {
                shortest_minutes: 180,
                ..UseLimits::default()
            },
        );
        assert_eq!(
            super::tests::on(&short, "2026-12-17", "18:00", "19:00", NOW),
            Use::None,
            "it is never open for three hours"
        );
    }

    #[test]
    fn notice_and_booking_ahead_are_conditions() {
        let limits = UseLimits {
            notice_hours: 336,
            book_ahead_days: 60,
            ..UseLimits::default()
        };
        let room = with(&thursday_evenings(|_| ()), limits);
        let on = |day: &str| on(&room, day, "19:00", "20:00", NOW);
        assert_eq!(on("2026-12-03"), Use::Ask(vec![UseCondition::Notice]));
        assert_eq!(on("2026-12-17"), Use::Free);
        assert_eq!(on("2027-02-11"), Use::Ask(vec![UseCondition::BookAhead]));
    }

    #[test]
    fn monthly_rows_apply_in_their_weeks() {
        let room = |weeks: &[i32]| {
            let hours = thursday_evenings(|it| it.weekly[0].weeks_of_month = weeks.to_vec());
            with(&hours, UseLimits::default())
        };
        let days = ["2026-12-03", "2026-12-10", "2027-01-28"];
        let on = |weeks: &[i32]| {
            let room = room(weeks);
            days.map(|day| on(&room, day, "19:00", "20:00", NOW) == Use::Free)
        };
        assert_eq!(on(&[1]), [true, false, false]);
        assert_eq!(on(&[2, -1]), [false, true, true]);
        assert_eq!(on(&[4]), [false, false, true]);
    }

    #[test]
    fn public_holidays_are_closed_or_to_be_asked_about() {
        let christmas = |calendar: &str| {
            let mut hours = week(&[(v1::Weekday::Friday, "18:00", "22:00")]);
            hours.holiday_calendar = calendar.into();
            hours
        };
        let on = |hours: &v1::Availability, day: &str| {
            let room = with(hours, UseLimits::default());
            on(&room, day, "19:00", "20:00", NOW)
        };
        let ask = Use::Ask(vec![UseCondition::PublicHoliday]);
        assert_eq!(on(&christmas("GB-ENG"), "2026-12-25"), Use::None);
        assert_eq!(on(&christmas(""), "2026-12-25"), ask);
        assert_eq!(on(&christmas("GB-SCT"), "2026-12-18"), Use::Free);
        // 26 March 2027 is Good Friday.
        assert_eq!(on(&christmas("GB-NIR"), "2027-03-26"), Use::None);
        assert_eq!(on(&christmas("GB-ENG"), "2032-12-24"), ask, "not yet known");
        let mut stated = christmas("GB-ENG");
        stated.exceptions = vec![v1::AvailabilityException {
            first_day: "2026-12-25".into(),
            opening_time: "18:00".into(),
            closing_time: "22:00".into(),
            ..v1::AvailabilityException::default()
        }];
        assert_eq!(
            on(&stated, "2026-12-25"),
            Use::Free,
            "it says that it is open"
        );
    }

    #[test]
    fn words_that_limit_the_hours_are_to_be_asked_about() {
        let on = |words: &str| {
            let hours = thursday_evenings(|it| it.words = words.into());
            on(
                &with(&hours, UseLimits::default()),
                "2026-12-10",
                "19:00",
                "20:00",
                NOW,
            )
        };
        let ask = Use::Ask(vec![UseCondition::Words]);
        assert_eq!(on("first Thursday of the month only"), ask);
        assert_eq!(on("In term time."), ask);
        assert_eq!(on("a quiet room"), Use::Free);
    }

    #[test]
    fn a_need_overlaps_fully_only_without_conditions() {
        let now = epoch_minute(time(NOW)).unwrap();
        let need = with(
            &week(&[(v1::Weekday::Thursday, "19:00", "21:00")]),
            UseLimits::default(),
        );
        let overlap = |hours: &v1::Availability, limits| with(hours, limits).overlap(&need, now);
        let any = UseLimits::default();
        assert_eq!(overlap(&thursday_evenings(|_| ()), any), Overlap::Full);
        let three_hours = UseLimits {
            shortest_minutes: 180,
            ..any
        };
        assert_eq!(
            overlap(&thursday_evenings(|_| ()), three_hours),
            Overlap::Maybe
        );
        let monthly = thursday_evenings(|it| it.weekly[0].weeks_of_month = vec![1]);
        assert_eq!(overlap(&monthly, any), Overlap::Maybe);
        let in_words = thursday_evenings(|it| it.words = "first Thursday only".into());
        assert_eq!(overlap(&in_words, any), Overlap::Maybe);
        let friday = week(&[(v1::Weekday::Friday, "18:00", "22:00")]);
        assert_eq!(overlap(&friday, any), Overlap::None);
    }
}
