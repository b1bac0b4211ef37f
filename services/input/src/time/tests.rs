use super::*;

/// A Wednesday, in summer time.
fn clock() -> LocalClock {
    let now = "2026-10-21T12:00:00Z".parse().expect("a time");
    LocalClock::new(DEFAULT_ZONE, now).expect("a zone")
}

fn text(time: Option<prost_types::Timestamp>) -> String {
    let time = Timestamp::try_from(time.expect("a time")).expect("a time");
    time.to_string()[..16].to_owned()
}

fn time_of_use(typed: &str) -> Option<(String, String)> {
    let window = clock().time_of_use(typed).ok()?;
    Some((text(window.start_time), text(window.end_time)))
}

fn pair(from: &str, to: &str) -> Option<(String, String)> {
    Some((from.to_owned(), to.to_owned()))
}

#[test]
fn thursday_at_seven_is_read_in_the_given_zone() {
    assert_eq!(
        time_of_use("thursday 19:00"),
        pair("2026-10-22T18:00", "2026-10-22T20:00")
    );
    assert_eq!(
        time_of_use("2026-10-29 7pm-9.30pm"),
        pair("2026-10-29T19:00", "2026-10-29T21:30"),
        "in winter time"
    );
    assert_eq!(
        time_of_use("wed 10:00"),
        pair("2026-10-28T10:00", "2026-10-28T12:00"),
        "this morning is over"
    );
    assert_eq!(
        time_of_use("Friday 22:00-01:00"),
        pair("2026-10-23T21:00", "2026-10-24T00:00")
    );
    for wrong in [
        "thursday",
        "19:00",
        "someday 19:00",
        "thursday 25:00",
        "th 19:00",
        "next week 19:00",
        "",
    ] {
        assert_eq!(time_of_use(wrong), None, "{wrong}");
    }
}

#[test]
fn a_time_of_use_is_read_as_typed() {
    let evening = pair("2026-12-03T19:00", "2026-12-03T21:00");
    for typed in [
        "03/12/2026 19:00",
        "3 dec 19:00",
        "3 dec 7-9pm",
        "3rd December 7pm to 9pm",
        "7-9pm on 3 dec",
        "3 dec, 19-21",
        "3 dec from 7 pm until 9 pm",
        "thu 3 dec between 19:00 and 21:00",
    ] {
        assert_eq!(time_of_use(typed), evening, "{typed}");
    }
    assert_eq!(
        time_of_use("next thursday 19:00"),
        pair("2026-10-29T19:00", "2026-10-29T21:00")
    );
    let tonight = pair("2026-10-21T16:00", "2026-10-21T21:00");
    assert_eq!(time_of_use("tonight"), tonight);
    assert_eq!(time_of_use("this evening"), tonight);
    assert_eq!(
        time_of_use("thursday evenings"),
        pair("2026-10-22T16:00", "2026-10-22T21:00")
    );
    assert_eq!(
        time_of_use("thursday evening"),
        pair("2026-10-22T16:00", "2026-10-22T21:00")
    );
}

#[test]
fn a_time_of_use_is_read_as_people_say_it() {
    let evening = pair("2026-12-03T19:00", "2026-12-03T21:00");
    for typed in [
        "thursday 3 dec 7 p.m. - 9 p.m.",
        "3 dec 1900-2100",
        "3 dec 19h",
        "2026-12-03T19:00",
        "3 dec at 7 o'clock in the evening",
        "3 dec evening 7-9",
        "3 dec 7pm for 2 hours",
        "3 dec 7pm for 120 mins",
        "7 till 9 in the evening on 3 dec",
    ] {
        assert_eq!(time_of_use(typed), evening, "{typed}");
    }
    assert_eq!(
        time_of_use("tonight at half past seven"),
        pair("2026-10-21T18:30", "2026-10-21T20:30")
    );
    for typed in [
        "quarter past 7 tonight",
        "tonight, 7.15",
        "7.15 this evening",
    ] {
        assert_eq!(
            time_of_use(typed),
            pair("2026-10-21T18:15", "2026-10-21T20:15"),
            "{typed}"
        );
    }
    assert_eq!(
        time_of_use("sat am"),
        pair("2026-10-24T05:00", "2026-10-24T11:00")
    );
    assert_eq!(
        time_of_use("12 noon friday"),
        pair("2026-10-23T11:00", "2026-10-23T13:00")
    );
    assert_eq!(
        time_of_use("sat 10-12"),
        pair("2026-10-24T09:00", "2026-10-24T11:00")
    );
    assert_eq!(
        time_of_use("saturday lunchtime"),
        pair("2026-10-24T11:00", "2026-10-24T13:00")
    );
    assert_eq!(
        time_of_use("boxing day 10am for an hour"),
        pair("2026-12-26T10:00", "2026-12-26T11:00")
    );
}

#[test]
fn the_advice_names_what_is_unclear() {
    let advice = |typed: &str| clock().time_of_use(typed).expect_err("unclear").advice;
    assert_eq!(
        advice("thursday 7-9"),
        "7-9 may be in the morning or the evening: write 7-9am or 7-9pm"
    );
    assert_eq!(
        advice("03/25/2027 19:00"),
        "a date starts with its day: for this month and day, write 25/03/2027"
    );
    assert_eq!(advice("3 dec 19"), "for the time, write 19:00");
    assert!(advice("3 dec whenever").starts_with("write a day and a time"));
    assert_eq!(
        advice("friday 3 dec 19:00"),
        "3 December 2026 is a Thursday"
    );
}

#[test]
fn both_days_of_a_window_are_included() {
    let window = |from: &str, to: &str| {
        let window = clock().window(Some(from), Some(to)).ok()??;
        Some((text(window.start_time), text(window.end_time)))
    };
    assert_eq!(
        window("saturday", "sunday"),
        pair("2026-10-23T23:00", "2026-10-26T00:00"),
        "the clocks change in between"
    );
    assert_eq!(
        window("today", "today"),
        pair("2026-10-21T12:00", "2026-10-21T23:00")
    );
    assert_eq!(
        window("next week", "next week"),
        pair("2026-10-26T00:00", "2026-11-02T00:00")
    );
    assert_eq!(window("2026-12-02", "2026-12-01"), None);
    assert_eq!(clock().window(None, None), Ok(None));
}

#[test]
fn a_time_that_the_clocks_skip_is_an_hour_later() {
    assert_eq!(
        time_of_use("2027-03-28 01:30"),
        pair("2027-03-28T01:30", "2027-03-28T02:30")
    );
}

fn on(days: &[&str]) -> Option<On> {
    let days: Vec<_> = days.iter().map(ToString::to_string).collect();
    clock().on(&days).ok()
}

#[test]
fn a_single_day_has_the_window_of_the_next_such_day() {
    let next = |days: &[&str]| {
        let next = on(days)?.next?;
        Some((
            text(next.window.start_time),
            text(next.window.end_time),
            next.words,
        ))
    };
    let saturday = next(&["saturday"]).expect("a day");
    assert_eq!(
        saturday,
        (
            "2026-10-23T23:00".to_owned(),
            "2026-10-24T23:00".to_owned(),
            "Saturday 24 October 2026".to_owned()
        )
    );
    assert_eq!(next(&["saturdays"]), None);
    assert_eq!(next(&["saturday", "sunday"]), None);
    let weekend = next(&["this weekend"]).expect("days");
    assert_eq!(
        weekend.2,
        "Saturday 24 October 2026 to Sunday 25 October 2026"
    );
    assert_eq!(on(&["3 dec", "4 dec"]), None);
}

#[test]
fn weekdays_and_parts_of_the_day_have_names() {
    let on = |days: &[&str]| Some(on(days)?.weekdays);
    assert_eq!(on(&["weekday"]), Some(vec![1, 2, 3, 4, 5]));
    assert_eq!(on(&["Weekends", "Thu"]), Some(vec![4, 6, 7]));
    assert_eq!(on(&["tuesdays"]), Some(vec![2]));
    assert_eq!(on(&["someday"]), None);
    let between = |text: &str| {
        let range = clock().time_of_day(text).ok()?;
        Some((range.start_minute, range.end_minute))
    };
    for (text, from, to) in [
        ("18:00-22:00", 1_080, 1_320),
        ("evening", 1_020, 1_320),
        ("evenings", 1_020, 1_320),
        ("in the morning", 360, 720),
        ("daytime", 540, 1_020),
        ("lunchtime", 720, 840),
        ("10pm-2am", 1_320, 120),
        ("18:00-24:00", 1_080, 1_440),
        ("7-9pm", 1_140, 1_260),
        ("10-12", 600, 720),
        ("10 a.m. to 12 noon", 600, 720),
        ("half six to eight pm", 1_110, 1_200),
        ("after 6pm", 1_080, 1_440),
        ("from 6pm", 1_080, 1_440),
        ("6pm onwards", 1_080, 1_440),
        ("from 6 to 8pm", 1_080, 1_200),
        ("before noon", 0, 720),
        ("until 3pm", 0, 900),
    ] {
        assert_eq!(between(text), Some((from, to)), "{text}");
    }
    for wrong in ["late", "18:00", "after 6", "between jobs"] {
        assert_eq!(between(wrong), None, "{wrong}");
    }
    let in_zone = clock().time_of_day("7-9pm").expect("times");
    assert_eq!(in_zone.time_zone, DEFAULT_ZONE);
}

#[test]
fn days_may_name_a_part_of_the_day_with_them() {
    let evenings = on(&["tuesday evenings", "thursday evenings"]).expect("days");
    assert_eq!(evenings.weekdays, [2, 4]);
    let times = evenings.time_of_day.expect("times");
    assert_eq!((times.start_minute, times.end_minute), (1_020, 1_320));
    assert_eq!(times.time_zone, DEFAULT_ZONE);
    assert_eq!(on(&["tuesday evenings", "thursday mornings"]), None);
    assert_eq!(on(&["tuesday evenings", "thursday"]), None);
    assert_eq!(on(&["tuesdays"]).and_then(|on| on.time_of_day), None);
}

#[test]
fn an_error_names_the_option_and_what_was_typed() {
    let error = LocalClock::new("Nowhere/Town", clock().now).expect_err("no such zone");
    assert_eq!(
        error.to_string(),
        "zone Nowhere/Town: name a time zone such as Europe/London"
    );
}
