//! Times in words, as a rule, and single days.

use chrono::NaiveDate;
use hedgerow_web::components::{Control, Input};

use super::{blank, now, posted, round_trip, text, today, typed};
use crate::record::Body;
use crate::{change_one_time, move_to_day, next_days, same_weekday_in};

/// The next days of an event, as text.
fn days_of(event: &Body, limit: usize) -> Vec<String> {
    let days = next_days(event, now(), limit);
    days.iter().map(ToString::to_string).collect()
}

#[test]
fn words_about_times_become_a_rule() {
    let (form, body) = blank("event", "");
    let words = "Every second Tuesday, 7pm to 8.30pm, from 5 January 2027";
    let event = typed(&form, &body, &[("title", "Tea"), ("schedule.words", words)]).unwrap();
    assert_eq!(text(&event, "schedule.start"), "2027-01-05T19:00");
    assert_eq!(text(&event, "schedule.duration_minutes"), "90");
    assert_eq!(text(&event, "schedule.time_zone"), "Europe/London");
    assert!(text(&event, "schedule.rrules").contains("INTERVAL=2"));
    let days = days_of(&event, 3);
    assert_eq!(
        days,
        [
            "2027-01-05 19:00:00",
            "2027-01-19 19:00:00",
            "2027-02-02 19:00:00"
        ]
    );
    // The words are read again when they change, and only then.
    let again = typed(&form, &event, &[("title", "More tea")]).unwrap();
    assert_eq!(text(&again, "schedule.start"), "2027-01-05T19:00");
    let later = typed(
        &form,
        &event,
        &[("schedule.words", "Wednesdays 6pm to 7pm")],
    )
    .unwrap();
    assert_eq!(text(&later, "schedule.rrules"), "FREQ=WEEKLY;BYDAY=WE");
}

#[test]
fn unclear_words_are_asked_about_at_their_own_control() {
    let (form, body) = blank("event", "");
    for (words, control, key) in [
        ("Tuesdays at 7", "half", "form-error-when-half"),
        ("Tuesday evenings", "clock", "form-error-when-time"),
        ("last Friday of the month", "clock", "form-error-when-time"),
        ("every second Tuesday 7pm", "first", "form-error-when-first"),
        ("12/5 7pm", "order", "form-error-when-month"),
        (
            "Mondays 7pm except bank holidays",
            "holidays",
            "form-error-when-holidays",
        ),
        ("when the moon is full", "words", "form-error-when"),
    ] {
        let problems = typed(&form, &body, &[("schedule.words", words)]).unwrap_err();
        let problem = format!("schedule.{control}: Key(\"{key}\")");
        assert_eq!(problems, [problem], "{words}");
    }
}

/// The controls that a page shows after its words were posted.
fn controls_after(kind: &str, name: &str, words: &str) -> Vec<Control> {
    let (form, body) = blank(kind, "");
    let page = form.page_of(name).unwrap();
    let fields = [(name.to_owned(), words.to_owned())];
    let groups = page.posted(&body, &posted(&fields), "", today());
    let prefix = name.strip_suffix(".words").unwrap();
    let mut controls: Vec<Control> = groups.into_iter().flat_map(|it| it.controls).collect();
    // The controls of the schedule are in others.
    loop {
        if controls.iter().any(|it| it.name == name) {
            controls.retain(|it| it.name.starts_with(prefix));
            return controls;
        }
        controls = controls
            .into_iter()
            .flat_map(|control| match control.input {
                Input::Part(inner) => inner,
                Input::List { items, .. } => items.into_iter().flatten().collect(),
                _ => Vec::new(),
            })
            .collect();
        assert!(!controls.is_empty(), "no control {name}");
    }
}

#[test]
fn the_next_days_are_the_answers_to_which_weeks() {
    let controls = controls_after("event", "schedule.words", "every second Tuesday, 7pm");
    assert_eq!(controls[1].name, "schedule.first", "right after the words");
    let Input::Choice { options, .. } = &controls[1].input else {
        panic!("{:?}", controls[1]);
    };
    let days: Vec<&str> = options.iter().map(|it| &*it.value).collect();
    let tuesdays = ["2026-12-01", "2026-12-08", "2026-12-15", "2026-12-22"];
    assert_eq!(days, tuesdays);
    let names = |controls: &[Control]| -> Vec<String> {
        controls
            .iter()
            .map(|control| control.name.clone())
            .collect()
    };
    let holidays = controls_after(
        "event",
        "schedule.words",
        "Mondays 7pm except bank holidays",
    );
    let holidays = names(&holidays);
    let name = "schedule.holidays";
    assert_eq!(holidays.iter().filter(|it| *it == name).count(), 1);
    assert_eq!(holidays[1], name);
    let clear = controls_after("event", "schedule.words", "Tuesdays 7pm");
    assert_eq!(names(&clear)[1], "schedule.day", "nothing is asked");
    assert!(clear[1].is_rare, "the words are enough");
    let unread = controls_after("event", "schedule.words", "when the moon is full");
    assert!(!unread[1].is_rare, "a day can be picked instead");
}

#[test]
fn words_and_answers_become_a_rule_together() {
    let (form, body) = blank("event", "");
    let fields = [
        ("schedule.words", "every second Tuesday evening"),
        ("schedule.first", "2026-12-08"),
        ("schedule.clock", "7-9"),
    ];
    let event = typed(&form, &body, &fields).unwrap();
    assert_eq!(text(&event, "schedule.start"), "2026-12-08T19:00");
    assert_eq!(text(&event, "schedule.duration_minutes"), "120");
    assert_eq!(
        text(&event, "schedule.words"),
        "every second Tuesday evening"
    );
    assert_eq!(round_trip(&form, &event), event);
    // New words for the same times need a tick, or they are asked about.
    let words = ("schedule.words", "Tuesday evenings");
    assert!(typed(&form, &event, &[words]).is_err());
    let kept = typed(&form, &event, &[words, ("schedule.only_words", "yes")]).unwrap();
    assert_eq!(text(&kept, "schedule.start"), "2026-12-08T19:00");
    assert_eq!(text(&kept, "schedule.words"), "Tuesday evenings");
}

#[test]
fn a_listing_may_have_words_alone_and_an_event_may_not() {
    let only = |prefix: &str| (format!("{prefix}.words"), format!("{prefix}.only_words"));
    let (form, body) = blank("listing", "");
    let (words, tick) = only("schedules.0");
    let fields = [(&*words, "when the moon is full")];
    assert!(typed(&form, &body, &fields).is_err());
    let ticked = [fields[0], (&*tick, "yes")];
    let listing = typed(&form, &body, &ticked).unwrap();
    assert!(text(&listing, "schedules").contains("moon"));
    assert_eq!(round_trip(&form, &listing), listing);
    let names = controls_after("listing", &words, "when the moon is full");
    assert!(names.iter().any(|control| control.name == tick));
    let (form, body) = blank("event", "");
    let (words, tick) = only("schedule");
    let fields = [(&*words, "when the moon is full"), (&*tick, "yes")];
    assert!(typed(&form, &body, &fields).is_err());
}

#[test]
fn a_day_a_time_and_a_choice_become_a_rule() {
    let (form, body) = blank("event", "");
    let fields = [
        ("schedule.day", "12 January 2027"),
        ("schedule.from", "7pm"),
        ("schedule.to", "21:00"),
        ("schedule.repeat", "monthly"),
        ("schedule.until", "2027-06-30"),
    ];
    let event = typed(&form, &body, &fields).unwrap();
    assert_eq!(text(&event, "schedule.start"), "2027-01-12T19:00");
    assert_eq!(
        text(&event, "schedule.rrules"),
        "FREQ=MONTHLY;BYDAY=2TU;UNTIL=20270630T225959Z"
    );
    assert_eq!(round_trip(&form, &event), event);
    let moved = typed(&form, &event, &[("schedule.day", "2027-01-21")]).unwrap();
    assert!(text(&moved, "schedule.rrules").starts_with("FREQ=MONTHLY;BYDAY=3TH"));
    let night = typed(
        &form,
        &body,
        &[
            ("schedule.day", "2027-01-12"),
            ("schedule.from", "22:00"),
            ("schedule.to", "01:00"),
        ],
    )
    .unwrap();
    assert_eq!(text(&night, "schedule.duration_minutes"), "180");
    for (name, value) in [("schedule.day", "soon"), ("schedule.from", "7")] {
        let problems = typed(&form, &event, &[(name, value)]).unwrap_err();
        assert!(problems[0].starts_with(name), "{problems:?}");
    }
}

#[test]
fn bank_holidays_are_left_out_once() {
    let (form, body) = blank("event", "");
    let fields = [
        (
            "schedule.words",
            "every Monday 7pm to 8pm from 7 December 2026",
        ),
        ("schedule.holidays", "GB-ENG"),
    ];
    let event = typed(&form, &body, &fields).unwrap();
    let breaks = text(&event, "schedule.breaks");
    assert!(breaks.contains("2026-12-28"), "{breaks}");
    let again = typed(&form, &event, &[("schedule.holidays", "GB-ENG")]).unwrap();
    assert_eq!(again, event);
    let named = typed(
        &form,
        &body,
        &[
            (
                "schedule.words",
                "every Monday except bank holidays 7pm from 7 December 2026",
            ),
            ("schedule.holidays", "GB-SCT"),
        ],
    )
    .unwrap();
    assert!(text(&named, "schedule.breaks").contains("2026-12-28"));
}

#[test]
fn one_time_is_cancelled_or_moved() {
    let (form, body) = blank("event", "");
    let mut event = typed(
        &form,
        &body,
        &[("schedule.words", "Tuesdays 7pm from 5 January 2027")],
    )
    .unwrap();
    let time = |text: &str| text.parse().unwrap();
    assert!(change_one_time(
        &mut event,
        time("2027-01-12T19:00:00"),
        Some(time("2027-01-13T18:00:00"))
    ));
    let days = days_of(&event, 3);
    assert_eq!(
        days,
        [
            "2027-01-05 19:00:00",
            "2027-01-13 18:00:00",
            "2027-01-19 19:00:00"
        ]
    );
    assert!(change_one_time(
        &mut event,
        time("2027-01-13T18:00:00"),
        None
    ));
    let days = days_of(&event, 2);
    assert_eq!(days, ["2027-01-05 19:00:00", "2027-01-19 19:00:00"]);
}

#[test]
fn an_event_is_copied_to_the_same_weekday_of_another_month() {
    let day = |text: &str| text.parse::<NaiveDate>().unwrap();
    let to = |from: &str, month: &str| same_weekday_in(day(from), day(month)).unwrap().to_string();
    assert_eq!(to("2026-10-13", "2026-11-01"), "2026-11-10");
    assert_eq!(to("2026-10-01", "2026-11-15"), "2026-11-05");
    // A fifth Saturday becomes the last one.
    assert_eq!(to("2026-10-31", "2026-11-01"), "2026-11-28");
    let (form, body) = blank("event", "");
    let mut event = typed(
        &form,
        &body,
        &[
            ("schedule.day", "2026-10-13"),
            ("schedule.from", "19:00"),
            ("schedule.to", "20:30"),
        ],
    )
    .unwrap();
    assert!(move_to_day(&mut event, day("2026-11-10")));
    assert_eq!(text(&event, "schedule.start"), "2026-11-10T19:00");
    assert_eq!(text(&event, "schedule.duration_minutes"), "90");
}
