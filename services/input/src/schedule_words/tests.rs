use super::*;

/// A Friday.
fn today() -> NaiveDate {
    day("2026-02-27")
}

fn day(text: &str) -> NaiveDate {
    text.parse().expect("a day")
}

fn one(words: &str) -> Option<Reading> {
    let mut readings = read(words, None, today())?;
    assert_eq!(readings.len(), 1, "{words}");
    readings.pop()
}

/// The rule, and start and end in hours and minutes.
fn summary(words: &str) -> Option<(String, Vec<Open>)> {
    let reading = one(words)?;
    let clock = |minutes: u32| format!(" {:02}:{:02}", minutes / 60, minutes % 60);
    let mut text = reading.rule.unwrap_or_default();
    text.extend(reading.start.map(clock));
    text.extend(reading.end.map(clock));
    Some((text, reading.open))
}

fn certain(expected: &str) -> Option<(String, Vec<Open>)> {
    Some((expected.to_owned(), Vec::new()))
}

#[test]
fn words_of_groups_become_rules() {
    for (words, expected) in [
        ("Tuesdays 7pm to 8pm", "FREQ=WEEKLY;BYDAY=TU 19:00 20:00"),
        (
            "first Tuesday of the month, 7pm",
            "FREQ=MONTHLY;BYDAY=1TU 19:00",
        ),
        (
            "last Fri 18:30-20:00",
            "FREQ=MONTHLY;BYDAY=-1FR 18:30 20:00",
        ),
        (
            "1st & 3rd Thursday, 1.30 - 3pm",
            "FREQ=MONTHLY;BYDAY=1TH,3TH 13:30 15:00",
        ),
        (
            "3rd Saturday except bank holiday weekends 11am",
            "FREQ=MONTHLY;BYDAY=3SA 11:00",
        ),
        (
            "1st and last Monday 18:00 to 19:00, Sept to June",
            "FREQ=MONTHLY;BYDAY=1MO,-1MO;BYMONTH=9,10,11,12,1,2,3,4,5,6 18:00 19:00",
        ),
        (
            "every day except Sunday, 10pm till 2am",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR,SA 22:00 26:00",
        ),
        ("Every day 10am", "FREQ=DAILY 10:00"),
        ("Thursdays 7.30 for 8", "FREQ=WEEKLY;BYDAY=TH 20:00"),
        (
            "Mon, Wed and Fri 9-5",
            "FREQ=WEEKLY;BYDAY=MO,WE,FR 09:00 17:00",
        ),
        (
            "Mon/Wed/Fri 10-12",
            "FREQ=WEEKLY;BYDAY=MO,WE,FR 10:00 12:00",
        ),
        (
            "Monday to Friday, 9am-5pm",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR 09:00 17:00",
        ),
        (
            "weekdays 9am–1pm",
            "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR 09:00 13:00",
        ),
        (
            "We meet on Wednesday evenings, 7-9",
            "FREQ=WEEKLY;BYDAY=WE 19:00 21:00",
        ),
        (
            "Tuesdays, half past six to eight in the evening",
            "FREQ=WEEKLY;BYDAY=TU 18:30 20:00",
        ),
        (
            "The second Wednesday of every month at noon",
            "FREQ=MONTHLY;BYDAY=2WE 12:00",
        ),
        (
            "Dydd Mawrth cyntaf y mis, 7yh",
            "FREQ=MONTHLY;BYDAY=1TU 19:00",
        ),
        ("bob dydd Iau, 10yb", "FREQ=WEEKLY;BYDAY=TH 10:00"),
        ("Sundays 11am all year round", "FREQ=WEEKLY;BYDAY=SU 11:00"),
        (
            "Mondays 7.00 p.m. - 9.00 p.m.",
            "FREQ=WEEKLY;BYDAY=MO 19:00 21:00",
        ),
        ("Mondays, 1900-2100", "FREQ=WEEKLY;BYDAY=MO 19:00 21:00"),
        ("Mondays 1930hrs", "FREQ=WEEKLY;BYDAY=MO 19:30"),
        (
            "Last Sunday of the month at 2pm prompt",
            "FREQ=MONTHLY;BYDAY=-1SU 14:00",
        ),
        ("7 days a week 10am-4pm", "FREQ=DAILY 10:00 16:00"),
        (
            "Fridays 2pm (not August)",
            "FREQ=WEEKLY;BYDAY=FR;BYMONTH=1,2,3,4,5,6,7,9,10,11,12 14:00",
        ),
    ] {
        assert_eq!(summary(words), certain(expected), "{words}");
    }
    assert!(one("Mon 7pm (except bank hols)").is_some_and(|it| it.except_bank_holidays));
    assert!(
        one("3rd Saturday except bank holidays 11am").is_some_and(|it| it.except_bank_holidays)
    );
}

#[test]
fn what_only_the_author_knows_stays_open() {
    for (words, expected, open) in [
        ("Tuesdays", "FREQ=WEEKLY;BYDAY=TU", Open::StartTime),
        (
            "Tuesdays at 6",
            "FREQ=WEEKLY;BYDAY=TU 18:00",
            Open::MorningOrEvening,
        ),
        (
            "2nd & 4th Thursday, 1 – 2.30",
            "FREQ=MONTHLY;BYDAY=2TH,4TH 13:00 14:30",
            Open::MorningOrEvening,
        ),
        (
            "Every other Wednesday 10-12",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=WE 10:00 12:00",
            Open::FirstDate,
        ),
        (
            "every second Tuesday 7pm",
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU 19:00",
            Open::FirstDate,
        ),
    ] {
        assert_eq!(
            summary(words),
            Some((expected.to_owned(), vec![open])),
            "{words}"
        );
    }
}

#[test]
fn two_numbers_are_a_date_whose_order_stays_open() {
    let reading = one("12/5 7pm").expect("a reading");
    assert_eq!(reading.open, [Open::DayAndMonth]);
    assert_eq!(reading.dates, [day("2026-05-12")]);
    assert_eq!(reading.first_start(today()), None);
    for (words, date) in [("25/12 7pm", "2026-12-25"), ("6/6 7pm", "2026-06-06")] {
        let reading = one(words).expect("a reading");
        assert_eq!((reading.open, reading.dates), (vec![], vec![day(date)]));
    }
    assert_eq!(one("open 24/7"), None);
}

#[test]
fn hints_decide_what_words_leave_open() {
    let read = |words: &str, half, order| {
        let hints = Hints {
            half,
            order,
            ..Hints::default()
        };
        let reading = read_with(words, &hints, today())?.pop()?;
        assert_eq!(reading.open, []);
        Some(reading.describe())
    };
    let half = |half| read("Thursdays 7-9", Some(half), None);
    assert_eq!(
        half(HalfDay::Later).as_deref(),
        Some("every week on Thursday, 19:00 to 21:00")
    );
    assert_eq!(
        half(HalfDay::Morning).as_deref(),
        Some("every week on Thursday, 07:00 to 09:00")
    );
    let order = |order| read("12/5 7pm", None, Some(order));
    assert_eq!(
        order(DateOrder::DayFirst).as_deref(),
        Some("12 May 2026, 19:00")
    );
    assert_eq!(
        order(DateOrder::MonthFirst).as_deref(),
        Some("5 December 2026, 19:00")
    );
}

#[test]
fn every_other_week_counts_from_its_first_date() {
    let with_date = |words: &str, from: &str| {
        let mut readings = read(words, Some(day(from)), today())?;
        readings
            .pop()?
            .first_start(today())
            .map(|start| start.to_string())
    };
    assert_eq!(
        with_date("Every other Wednesday 10-12 (not August)", "2026-03-04").as_deref(),
        Some("2026-03-04 10:00:00")
    );
    assert_eq!(
        with_date("Every other Wednesday 10-12", "2026-03-05"),
        None,
        "a Thursday"
    );
    let fortnightly = one("fortnightly from 4.3.26 at 6pm").expect("a reading");
    assert_eq!(
        fortnightly.rule.as_deref(),
        Some("FREQ=WEEKLY;INTERVAL=2;BYDAY=WE")
    );
    assert_eq!(fortnightly.from, Some(day("2026-03-04")));
}

#[test]
fn single_dates_are_listed() {
    let reading = one("4th March, 1st April and 6th May 2026, noon").expect("a reading");
    assert_eq!(reading.rule, None);
    assert_eq!(
        reading.dates,
        [day("2026-03-04"), day("2026-04-01"), day("2026-05-06")]
    );
    assert_eq!(reading.start, Some(720));
    assert_eq!(
        reading.describe(),
        "4 March 2026, 1 April 2026, 6 May 2026, 12:00"
    );
}

#[test]
fn several_parts_have_several_readings() {
    let readings = read("Mon, Wed and Fri 9-5; Sat 10-1", None, today()).expect("readings");
    assert_eq!(
        readings.iter().map(Reading::describe).collect::<Vec<_>>(),
        [
            "every week on Monday, Wednesday and Friday, 09:00 to 17:00",
            "every week on Saturday, 10:00 to 13:00",
        ]
    );
}

#[test]
fn parts_need_no_semicolon_if_each_has_its_times() {
    for (words, expected) in [
        (
            "Tuesdays 7pm and Thursdays 8pm",
            &[
                "every week on Tuesday, 19:00",
                "every week on Thursday, 20:00",
            ][..],
        ),
        (
            "Mon-Fri 9am-5pm, Sat 10am-1pm",
            &[
                "every week from Monday to Friday, 09:00 to 17:00",
                "every week on Saturday, 10:00 to 13:00",
            ],
        ),
        (
            "Mon, Wed 10-12 & Fri 2pm-4pm",
            &[
                "every week on Monday and Wednesday, 10:00 to 12:00",
                "every week on Friday, 14:00 to 16:00",
            ],
        ),
        (
            "Tue 10:00 - 12:00, Thu 14:00 - 16:00",
            &[
                "every week on Tuesday, 10:00 to 12:00",
                "every week on Thursday, 14:00 to 16:00",
            ],
        ),
        (
            "Mondays 9.30am-12 noon and 1pm to 4pm",
            &[
                "every week on Monday, 09:30 to 12:00",
                "every week on Monday, 13:00 to 16:00",
            ],
        ),
    ] {
        let readings = read(words, None, today()).expect(words);
        let described: Vec<_> = readings.iter().map(Reading::describe).collect();
        assert_eq!(described, expected, "{words}");
        assert!(readings.iter().all(|it| it.open.is_empty()), "{words}");
    }
}

#[test]
fn a_date_may_name_its_day_of_the_week() {
    for words in [
        "Saturday 12 December 2026, 2pm to 4pm",
        "Sat 12th Dec 2026 14:00-16:00",
        "Sat 12/12/2026 1400-1600",
        "12 Dec 2026, 2-4pm",
    ] {
        let reading = one(words).expect(words);
        assert_eq!(reading.rule, None, "{words}");
        assert_eq!(reading.describe(), "12 December 2026, 14:00 to 16:00");
    }
}

#[test]
fn numbers_before_a_month_are_days() {
    for (words, date) in [
        ("25 December 2026 noon", "2026-12-25"),
        ("31 of March, 7pm", "2026-03-31"),
        ("Friday 13 November 2026 19:00", "2026-11-13"),
    ] {
        assert_eq!(one(words).expect(words).dates, [day(date)], "{words}");
    }
}

#[test]
fn nothing_is_invented() {
    for words in [
        "",
        "weekly",
        "by appointment",
        "see our page",
        "Mondays in term time 3.30–5pm",
        "monthly on a Sunday – date varies",
        "quarterly",
        "Wed 30/02/2026 2pm",
        "Tuesdays 19:00 UTC+1",
        "Tuesdays 7pm except when it rains",
        "Mon 7, 14 and 21 December",
        "Tuesdays 7pm and sometimes Thursdays 8pm",
        "Mon-Fri 9am-5pm, closed Wednesdays",
        "Sunday 12 December 2026, 2pm",
        "Tuesdays 7pm not Wednesdays",
        "Tuesday 25:00",
        "Tuesdays 7pm, ring first",
        "May",
    ] {
        assert_eq!(read(words, None, today()), None, "{words}");
    }
    assert_eq!(read(&"Tuesdays ".repeat(100), None, today()), None, "prose");
}

#[test]
fn the_first_start_is_the_next_such_day() {
    let first = |words: &str| Some(one(words)?.first_start(today())?.to_string());
    assert_eq!(
        first("Tuesdays 7pm").as_deref(),
        Some("2026-03-03 19:00:00")
    );
    assert_eq!(
        first("last Friday 6.30pm").as_deref(),
        Some("2026-02-27 18:30:00")
    );
    assert_eq!(
        first("fifth Wednesday 10am").as_deref(),
        Some("2026-04-29 10:00:00")
    );
    assert_eq!(
        first("first Monday in May, 10am").as_deref(),
        Some("2026-05-04 10:00:00")
    );
    assert_eq!(first("Tuesdays"), None);
}
