//! When a group meets, in plain words, as a schedule.

use hedgerow_core::bank_holidays::HolidayCalendar;
use hedgerow_core::recurrence::{parse_local, schedule_occurrences};
use hedgerow_core::time::Timestamp;
use hedgerow_input::schedule_words::{self, Open};
use hedgerow_input::time::DEFAULT_ZONE;
use hedgerow_proto::v1;
use hedgerow_record_views::times::today;
use std::time::Duration;

/// How far ahead bank holidays are taken out: they are not known for longer.
const HORIZON: Duration = Duration::from_secs(3 * 366 * 86_400);
/// Times in that period of a schedule that takes place every day.
const MAX_TIMES: usize = 1_200;

/// A reading of the words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct WhenRead {
    /// What the listing says: the words alone, if they could not be read whole.
    pub(super) schedules: Vec<v1::Schedule>,
    /// The rule in plain words; `None` if there are no dates.
    pub(super) rule: Option<String>,
    /// What is unclear, with words that are clear.
    pub(super) open: Vec<&'static str>,
}

/// Reads words. `nation` is an ISO 3166-2 code, whose bank holidays are left out if the words say so.
pub(super) fn read(words: &str, nation: &str, now: Timestamp) -> WhenRead {
    let words = words.trim();
    if words.is_empty() {
        return WhenRead::default();
    }
    let in_words = v1::Schedule {
        words: words.to_owned(),
        ..v1::Schedule::default()
    };
    let only_words = |open| WhenRead {
        schedules: vec![in_words.clone()],
        rule: None,
        open,
    };
    let today = today(now);
    let Some(readings) = schedule_words::read(words, None, today) else {
        return only_words(Vec::new());
    };
    let open: Vec<&'static str> = readings
        .iter()
        .flat_map(|reading| &reading.open)
        .map(|open: &Open| open.advice())
        .collect();
    let mut schedules = Vec::new();
    for reading in &readings {
        let Some(start) = reading.first_start(today) else {
            return only_words(open);
        };
        let mut schedule = v1::Schedule {
            words: if schedules.is_empty() {
                words.to_owned()
            } else {
                String::new()
            },
            start: start.format("%Y-%m-%dT%H:%M").to_string(),
            duration_minutes: reading.duration_minutes().unwrap_or_default(),
            time_zone: DEFAULT_ZONE.to_owned(),
            rrules: reading.rule.iter().cloned().collect(),
            ..v1::Schedule::default()
        };
        // Of single dates, the first is the start itself.
        let clock = start.format("T%H:%M").to_string();
        let others = reading.dates.iter().skip(1);
        schedule.rdates = others.map(|day| format!("{day}{clock}")).collect();
        if reading.except_bank_holidays {
            take_out_holidays(&mut schedule, nation, now);
        }
        schedules.push(schedule);
    }
    let described: Vec<String> = readings
        .iter()
        .map(schedule_words::Reading::describe)
        .collect();
    WhenRead {
        schedules,
        rule: Some(described.join("; ")),
        open,
    }
}

fn take_out_holidays(schedule: &mut v1::Schedule, nation: &str, now: Timestamp) {
    let calendar = HolidayCalendar::parse(nation).unwrap_or(HolidayCalendar::EnglandAndWales);
    let times = schedule_occurrences(schedule, now, now.plus(HORIZON), MAX_TIMES);
    for time in times.unwrap_or_default() {
        let day = parse_local(&time.local_start).map(|start| start.date());
        if day.and_then(|day| calendar.is_holiday(day)) == Some(true) {
            schedule.exdates.push(time.local_start);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday, 1 May 2026.
    const NOW: Timestamp = Timestamp::from_millis(1_777_636_800_000);

    fn starts(read: &WhenRead) -> Vec<String> {
        let schedule = &read.schedules[0];
        hedgerow_input::next_times::next_times(schedule, NOW, 3)
    }

    #[test]
    fn words_become_dates_without_the_bank_holidays_of_the_nation() {
        let words = "every Monday except bank holidays, 7-9pm";
        let england = read(words, "GB-ENG", NOW);
        assert_eq!(england.schedules[0].words, words);
        assert_eq!(england.schedules[0].duration_minutes, 120);
        // 4 and 25 May are holidays in England; 4 May in Scotland too, 25 May is there as well.
        let dates = ["2026-05-11T19:00", "2026-05-18T19:00", "2026-06-01T19:00"];
        assert_eq!(starts(&england), dates);
        let august = "2026-08-31T19:00".to_owned();
        assert!(england.schedules[0].exdates.contains(&august));
        let scotland = read(words, "GB-SCT", NOW);
        assert!(!scotland.schedules[0].exdates.contains(&august));
        assert!(england.rule.is_some_and(|rule| rule.contains("Monday")));
    }

    #[test]
    fn words_that_leave_something_open_are_kept_as_words() {
        let read_one = |words: &str| read(words, "", NOW);
        for words in ["when the moon is full", "Tuesdays"] {
            let read = read_one(words);
            assert_eq!(read.rule, None, "{words}");
            assert_eq!(read.schedules[0].words, words);
            assert_eq!(read.schedules[0].start, "");
        }
        assert!(!read_one("Tuesdays").open.is_empty());
        assert_eq!(read_one("  "), WhenRead::default());
    }

    #[test]
    fn single_dates_are_all_there() {
        let read = read("12th May and 19th May 2026, 7pm", "", NOW);
        assert_eq!(starts(&read), ["2026-05-12T19:00", "2026-05-19T19:00"]);
    }
}
