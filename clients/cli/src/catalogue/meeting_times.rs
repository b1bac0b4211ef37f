//! Times of meetings in the words of a table.

use std::collections::BTreeMap;

use chrono::{Days, NaiveDate};
use clap::ValueEnum;
use hedgerow_input::schedule_words;
use hedgerow_input::schedule_words::{DateOrder, HalfDay, Hints, Open};
use hedgerow_input::time::DEFAULT_ZONE;
use hedgerow_proto::v1::Schedule;

use super::column::Column;

const DAYS: [(Column, &str); 7] = [
    (Column::Monday, "Monday"),
    (Column::Tuesday, "Tuesday"),
    (Column::Wednesday, "Wednesday"),
    (Column::Thursday, "Thursday"),
    (Column::Friday, "Friday"),
    (Column::Saturday, "Saturday"),
    (Column::Sunday, "Sunday"),
];
/// Numbers that spreadsheets write for dates of 1990 to 2099 whose format was lost.
const SERIAL_DATES: std::ops::Range<u64> = 32_874..73_051;

/// The half of the day of times such as 7-9.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HalfChoice {
    Am,
    Pm,
}

/// The order of dates such as 12/5.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DateChoice {
    DayFirst,
    MonthFirst,
}

impl From<HalfChoice> for HalfDay {
    fn from(choice: HalfChoice) -> Self {
        match choice {
            HalfChoice::Am => Self::Morning,
            HalfChoice::Pm => Self::Later,
        }
    }
}

impl From<DateChoice> for DateOrder {
    fn from(choice: DateChoice) -> Self {
        match choice {
            DateChoice::DayFirst => Self::DayFirst,
            DateChoice::MonthFirst => Self::MonthFirst,
        }
    }
}

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

/// Whether words about times name a day of the week, or all days.
pub(super) fn names_a_day(words: &str) -> bool {
    let lower = words.to_lowercase();
    let names = DAYS.iter().map(|(_, day)| day[..3].to_lowercase());
    let starts = |name: &str| {
        lower
            .split(|it: char| !it.is_alphabetic())
            .any(|it| it.starts_with(name))
    };
    let mut names = names.chain(["daily", "every", "week"].map(str::to_owned));
    names.any(|name| starts(&name))
}

/// The hours of each day of the week in one text: `Monday to Friday 09:00-17:00; Saturday
/// 10:00-13:00`.
pub(super) fn by_weekday(cells: &BTreeMap<Column, String>) -> String {
    let mut spans: Vec<(&str, &str, String)> = Vec::new();
    let mut before = None;
    for (at, (column, day)) in DAYS.iter().enumerate() {
        let hours = cells.get(column).map_or("", String::as_str);
        let is_closed = hours.is_empty() || hours.eq_ignore_ascii_case("closed");
        if is_closed {
            continue;
        }
        match spans.last_mut() {
            Some((_, last, same)) if same == hours && before == at.checked_sub(1) => *last = day,
            _ => spans.push((day, day, hours.to_owned())),
        }
        before = Some(at);
    }
    let words = spans.iter().flat_map(|(first, last, hours)| {
        let days = if first == last {
            (*first).to_owned()
        } else {
            format!("{first} to {last}")
        };
        // Two spans of one day are two parts of a schedule.
        let parts = hours.split([',', ';', '\n']).map(str::trim);
        let parts = parts.filter(|part| !part.is_empty());
        parts
            .map(move |part| format!("{days} {part}"))
            .collect::<Vec<_>>()
    });
    words.collect::<Vec<_>>().join("; ")
}

/// The cell of a first date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FirstDate {
    Empty,
    Certain(NaiveDate),
    /// Day first, but it would be a date with the month first too.
    Either(NaiveDate),
    /// A number of days, as spreadsheets write dates without a format.
    Serial(NaiveDate),
    /// A date with the month first.
    MonthFirst,
    /// A date whose order only a person knows.
    Unclear,
    Unknown,
}

impl FirstDate {
    /// Reads `2026-03-04`, `4 March 2026`, or numbers with the day first unless `order` says
    /// otherwise.
    pub(super) fn read(typed: &str, order: Option<DateOrder>) -> Self {
        let typed = typed.trim();
        if typed.is_empty() {
            return Self::Empty;
        }
        // Spreadsheets add a time to dates.
        let day = typed.split(['T', ' ']).next().unwrap_or_default();
        let certain = NaiveDate::parse_from_str(typed, "%Y-%m-%d")
            .or_else(|_| NaiveDate::parse_from_str(day, "%Y-%m-%d"))
            .or_else(|_| NaiveDate::parse_from_str(typed, "%d %B %Y"))
            .or_else(|_| NaiveDate::parse_from_str(typed, "%d %b %Y"))
            .or_else(|_| NaiveDate::parse_from_str(typed, "%d-%b-%Y"))
            .or_else(|_| NaiveDate::parse_from_str(typed, "%B %d, %Y"));
        if let Ok(date) = certain {
            return Self::Certain(date);
        }
        if let Ok(number) = typed.parse::<u64>()
            && SERIAL_DATES.contains(&number)
        {
            let epoch = NaiveDate::from_ymd_opt(1899, 12, 30);
            let date = epoch.and_then(|epoch| epoch.checked_add_days(Days::new(number)));
            return date.map_or(Self::Unknown, Self::Serial);
        }
        let plain = day.replace(['.', '-'], "/");
        let year = match plain.rsplit('/').next().map_or(0, str::len) {
            2 => "%y",
            _ => "%Y",
        };
        let read = |format: &str| NaiveDate::parse_from_str(&plain, &format!("{format}/{year}"));
        let (by_day, by_month) = (read("%d/%m").ok(), read("%m/%d").ok());
        match (order, by_day, by_month) {
            (Some(DateOrder::MonthFirst), _, Some(date))
            | (Some(DateOrder::DayFirst), Some(date), _)
            | (None, Some(date), None) => Self::Certain(date),
            (None, Some(date), Some(other)) if date == other => Self::Certain(date),
            (None, Some(date), Some(_)) => Self::Either(date),
            (None | Some(DateOrder::DayFirst), None, Some(_)) => Self::MonthFirst,
            _ => Self::Unknown,
        }
    }

    pub(super) fn date(self) -> Option<NaiveDate> {
        match self {
            Self::Certain(date) | Self::Either(date) | Self::Serial(date) => Some(date),
            Self::Empty | Self::MonthFirst | Self::Unclear | Self::Unknown => None,
        }
    }

    pub(super) fn question(self, typed: &str) -> Option<String> {
        Some(match self {
            Self::MonthFirst => format!(
                "the first date “{typed}” has the month first: --dates month-first reads all so, or \
                 write the month as a word"
            ),
            Self::Unclear => format!(
                "the first date “{typed}” may have the month first, as others of the table: add \
                 --dates day-first or --dates month-first, or write the month as a word"
            ),
            Self::Unknown => format!(
                "the first date “{typed}” is not a date: write it as in 4 March 2026 or 2026-03-04"
            ),
            Self::Empty | Self::Certain(_) | Self::Either(_) | Self::Serial(_) => return None,
        })
    }

    pub(super) fn note(self) -> Option<String> {
        match self {
            Self::Either(_) => Some("the first date was read with the day first".to_owned()),
            Self::Serial(date) => Some(format!(
                "the first date is a spreadsheet's number: it was read as {}",
                date.format("%-d %B %Y")
            )),
            _ => None,
        }
    }
}

/// How words about times are read.
pub(super) struct MeetingTimes {
    pub(super) starting: Option<NaiveDate>,
    pub(super) half: Option<HalfDay>,
    pub(super) order: Option<DateOrder>,
    pub(super) today: NaiveDate,
}

impl MeetingTimes {
    /// Schedules with rules, if the words state them; the words stay in the first one. `None`
    /// if they state none.
    ///
    /// # Errors
    /// What the words leave open, with the ways to answer.
    pub(super) fn read(&self, words: &str) -> Result<Option<Vec<Schedule>>, Vec<String>> {
        let hints = Hints {
            starting: self.starting,
            half: self.half,
            order: self.order,
        };
        let Some(readings) = schedule_words::read_with(words, &hints, self.today) else {
            let wrong = impossible_dates(words);
            return if wrong.is_empty() {
                Ok(None)
            } else {
                Err(wrong)
            };
        };
        let mut open: Vec<Open> = readings.iter().flat_map(|it| it.open.clone()).collect();
        open.dedup();
        let questions: Vec<_> = open
            .into_iter()
            .map(|open| format!("“{words}” {}{}", open.advice(), option(open)))
            .collect();
        if !questions.is_empty() {
            return Err(questions);
        }
        Ok(self.schedules(words, &readings))
    }

    fn schedules(
        &self,
        words: &str,
        readings: &[schedule_words::Reading],
    ) -> Option<Vec<Schedule>> {
        let mut schedules = Vec::new();
        for reading in readings {
            if reading.except_bank_holidays {
                return None;
            }
            let start = reading.first_start(self.today)?;
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
}

/// Questions about dates in words that no calendar has, such as 30/02/2026.
fn impossible_dates(words: &str) -> Vec<String> {
    let dates = words
        .split([' ', ',', ';'])
        .filter(|word| word.split(['/', '.', '-']).count() == 3)
        .filter(|word| word.len() >= 6 && word.starts_with(|it: char| it.is_ascii_digit()))
        .filter(|word| !word.contains(char::is_alphabetic));
    let wrong = dates.filter(|date| {
        matches!(
            FirstDate::read(date, None),
            FirstDate::Unknown | FirstDate::MonthFirst
        )
    });
    wrong
        .map(|date| format!("“{words}” holds {date}, which is not a date with the day first"))
        .collect()
}

/// The option that answers for all rows.
fn option(open: Open) -> &'static str {
    match open {
        Open::MorningOrEvening => ", or --unclear-times pm (or am) for all such rows",
        Open::DayAndMonth => ", or --dates day-first (or month-first) for all such rows",
        Open::FirstDate => ", or fill a column “starting”",
        Open::StartTime => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn times() -> MeetingTimes {
        MeetingTimes {
            starting: None,
            half: None,
            order: None,
            today: day("2026-03-01"),
        }
    }

    #[test]
    fn certain_words_become_rules_and_others_do_not() {
        let read = |words: &str| times().read(words);
        let monthly = read("first Tuesday of the month, 7pm")
            .expect("clear")
            .expect("a rule");
        assert_eq!(monthly[0].rrules, ["FREQ=MONTHLY;BYDAY=1TU"]);
        assert_eq!(monthly[0].start, "2026-03-03T19:00");
        for words in [
            "weekly",
            "by appointment",
            "see our page",
            "Mondays in term time 3.30–5pm",
        ] {
            assert_eq!(read(words), Ok(None), "{words}");
        }
        let joined = joined("Tuesday", "19:00", "20:30");
        let weekly = read(&joined).expect("clear").expect("a rule");
        assert_eq!(
            (weekly[0].duration_minutes, weekly[0].words.as_str()),
            (90, "Tuesday 19:00–20:30")
        );
    }

    #[test]
    fn unclear_words_are_questions_with_the_way_to_answer() {
        for (words, way) in [
            ("Thursdays 7-9", "--unclear-times pm"),
            ("12/5 7pm", "--dates day-first"),
            ("every other Tuesday 7pm", "“starting”"),
            ("Tuesdays", "add one, such as 7pm"),
            ("Wed 30/02/2026 2pm", "holds 30/02/2026"),
        ] {
            let questions = times().read(words).expect_err(words);
            assert_eq!(questions.len(), 1, "{questions:?}");
            assert!(
                questions[0].contains(way) && questions[0].contains(words),
                "{questions:?}"
            );
        }
        let answered = MeetingTimes {
            half: Some(HalfDay::Later),
            ..times()
        };
        let read = answered
            .read("Thursdays 7-9")
            .expect("clear")
            .expect("a rule");
        assert_eq!(read[0].start, "2026-03-05T19:00");
    }

    #[test]
    fn first_dates_are_read_with_the_day_first_or_asked_about() {
        let read = |typed: &str| FirstDate::read(typed, None);
        for typed in [
            "2026-03-14",
            "14/3/2026",
            "14.03.26",
            "14 March 2026",
            "2026-03-14 00:00:00",
        ] {
            assert_eq!(
                read(typed),
                FirstDate::Certain(day("2026-03-14")),
                "{typed}"
            );
        }
        assert_eq!(read("4/3/2026"), FirstDate::Either(day("2026-03-04")));
        assert_eq!(read("46085"), FirstDate::Serial(day("2026-03-04")));
        assert_eq!(read("03/25/2026"), FirstDate::MonthFirst);
        assert_eq!(read("31/02/2026"), FirstDate::Unknown);
        assert_eq!(
            FirstDate::read("03/04/2026", Some(DateOrder::MonthFirst)),
            FirstDate::Certain(day("2026-03-04"))
        );
    }

    #[test]
    fn hours_of_each_day_are_joined() {
        let cells = [
            (Column::Monday, "09:00-17:00"),
            (Column::Tuesday, "09:00-17:00"),
            (Column::Wednesday, "Closed"),
            (Column::Thursday, "09:00-17:00"),
            (Column::Saturday, "10:00-13:00,14:00-16:00"),
        ];
        let cells = cells.map(|(column, text)| (column, text.to_owned()));
        let words = by_weekday(&cells.into_iter().collect());
        assert_eq!(
            words,
            "Monday to Tuesday 09:00-17:00; Thursday 09:00-17:00; Saturday 10:00-13:00; Saturday \
             14:00-16:00"
        );
        let read = times().read(&words).expect("clear").expect("rules");
        assert_eq!(read.len(), 4);
    }
}
