//! Times of meetings in the words of a table.

use chrono::NaiveDate;
use hedgerow_input::schedule_words;
use hedgerow_input::time::DEFAULT_ZONE;
use hedgerow_proto::v1::Schedule;

/// Joins `Tuesday`, `19:00` and `20:30` to the words of one cell.
pub(super) fn joined(day: &str, start: &str, end: &str) -> String {
    let times = match (start, end) {
        ("", "") => String::new(),
        (start, "") => start.to_owned(),
        ("", end) => format!("until {end}"),
        (start, end) => format!("{start}–{end}"),
    };
    format!("{day} {times}").trim().to_owned()
}

/// A first date: `2026-03-04`, or with the day first.
pub(super) fn first_date(typed: &str) -> Option<NaiveDate> {
    let typed = typed.trim();
    if let Ok(date) = NaiveDate::parse_from_str(typed, "%Y-%m-%d") {
        return Some(date);
    }
    let plain = typed.replace(['.', '-'], "/");
    let format = match plain.rsplit('/').next()?.len() {
        2 => "%d/%m/%y",
        _ => "%d/%m/%Y",
    };
    NaiveDate::parse_from_str(&plain, format).ok()
}

/// Schedules with rules, if the words leave nothing open. The words stay in the first one.
pub(super) fn rules(
    words: &str,
    starting: Option<NaiveDate>,
    today: NaiveDate,
) -> Option<Vec<Schedule>> {
    let readings = schedule_words::read(words, starting, today)?;
    let mut schedules = Vec::new();
    for reading in readings {
        if !reading.open.is_empty() || reading.except_bank_holidays {
            return None;
        }
        let start = reading.first_start(today)?;
        let rest = reading.dates.iter().skip(1);
        schedules.push(Schedule {
            words: if schedules.is_empty() {
                words.to_owned()
            } else {
                String::new()
            },
            start: start.format("%Y-%m-%dT%H:%M").to_string(),
            duration_minutes: reading.duration_minutes().unwrap_or_default(),
            time_zone: DEFAULT_ZONE.to_owned(),
            rrules: reading.rule.clone().into_iter().collect(),
            rdates: rest
                .map(|date| format!("{date}T{}", start.format("%H:%M")))
                .collect(),
            ..Default::default()
        });
    }
    Some(schedules)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        first_date(text).expect("a date")
    }

    #[test]
    fn certain_words_become_rules_and_others_do_not() {
        let today = day("2026-03-01");
        let read = rules("first Tuesday of the month, 7pm", None, today).expect("a rule");
        assert_eq!(read[0].rrules, ["FREQ=MONTHLY;BYDAY=1TU"]);
        assert_eq!(read[0].start, "2026-03-03T19:00");
        for words in [
            "weekly",
            "by appointment",
            "see our page",
            "Mondays in term time 3.30–5pm",
            "fortnightly at 6",
        ] {
            assert_eq!(rules(words, None, today), None, "{words}");
        }
        let joined = joined("Tuesday", "19:00", "20:30");
        let read = rules(&joined, None, today).expect("a rule");
        assert_eq!(
            (read[0].duration_minutes, read[0].words.as_str()),
            (90, "Tuesday 19:00–20:30")
        );
    }

    #[test]
    fn first_dates_are_read_with_the_day_first() {
        assert_eq!(day("4/3/2026"), day("2026-03-04"));
        assert_eq!(day("04.03.26"), day("2026-03-04"));
        assert_eq!(first_date("03/25/2026"), None);
    }
}
