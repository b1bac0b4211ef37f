//! Times in plain words, and what only the person who wrote them can add.
//!
//! "Every second Tuesday" leaves open which Tuesdays, "Tuesday evenings" at what time. Each such gap
//! is a question with its own control; the words and the answers together have dates.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use hedgerow_core::bank_holidays::HolidayCalendar;
use hedgerow_input::day::parse_day;
use hedgerow_input::schedule_words::{self, DateOrder, HalfDay, Hints, Open, Reading};
use hedgerow_input::time::DEFAULT_ZONE;
use hedgerow_proto::v1::Schedule;
use hedgerow_web::components::{Caption, ChoiceOption, Control, Input};

use crate::repeat::{CALENDARS, LOCAL, REPEATS, leave_out_holidays, rule_of};

/// First days to choose from. Two decide which weeks; the others are for a later start.
const FIRST_DAYS: usize = 4;

/// The last parts of the names of all controls, in the order of a page.
const NAMES: [&str; 6] = ["first", "order", "clock", "half", "repeat", "holidays"];

/// What a person has answered, by the last parts of the controls' names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<&'static str, String>);

/// Words with the dates that they have.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Meeting {
    /// One for each part of the words. The words alone while a question is open.
    pub schedules: Vec<Schedule>,
    /// The rule in plain words.
    pub rule: Option<String>,
    pub questions: Vec<Question>,
    /// Whether the words as a whole were not understood.
    pub is_unread: bool,
}

/// What the words leave open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// The first day: one of these, or any if there are none.
    First(Vec<NaiveDate>),
    /// The time of the day.
    Clock,
    /// The half of the day.
    Half,
    /// The day and the month of "12/5".
    Order {
        day_first: NaiveDate,
        month_first: NaiveDate,
    },
    /// How often.
    Repeat,
    /// Whose bank holidays.
    Holidays,
}

impl Answers {
    /// Reads the answers from where they were posted.
    pub fn new<'a>(value: impl Fn(&str) -> &'a str) -> Self {
        Self(NAMES.map(|name| (name, value(name).to_owned())).into())
    }

    /// With a nation that the form has from elsewhere.
    #[must_use]
    pub fn with_holidays(self, nation: &str) -> Self {
        self.with("holidays", nation)
    }

    fn with(mut self, name: &'static str, answer: &str) -> Self {
        self.0.insert(name, answer.to_owned());
        self
    }

    fn of(&self, name: &str) -> &str {
        self.0.get(name).map_or("", String::as_str)
    }

    /// All of them as one text, to see whether any has changed.
    pub fn fingerprint(&self) -> String {
        let given = self.0.values().filter(|answer| !answer.is_empty());
        given.map(|answer| format!("|{answer}")).collect()
    }

    fn hints(&self) -> Hints {
        Hints {
            starting: None,
            half: match self.of("half") {
                "morning" => Some(HalfDay::Morning),
                "later" => Some(HalfDay::Later),
                _ => None,
            },
            order: match self.of("order") {
                "day" => Some(DateOrder::DayFirst),
                "month" => Some(DateOrder::MonthFirst),
                _ => None,
            },
        }
    }
}

impl Question {
    /// The last part of the name of its control.
    pub fn name(&self) -> &'static str {
        match self {
            Self::First(_) => "first",
            Self::Clock => "clock",
            Self::Half => "half",
            Self::Order { .. } => "order",
            Self::Repeat => "repeat",
            Self::Holidays => "holidays",
        }
    }

    /// The key of the question.
    pub fn key(&self) -> &'static str {
        match self {
            Self::First(_) => "form-ask-first",
            Self::Clock => "form-ask-clock",
            Self::Half => "form-ask-half",
            Self::Order { .. } => "form-ask-order",
            Self::Repeat => "form-when-repeat",
            Self::Holidays => "form-ask-holidays",
        }
    }

    /// The key of what is missing.
    pub fn error_key(&self) -> &'static str {
        match self {
            Self::First(_) | Self::Repeat => "form-error-when-first",
            Self::Clock => "form-error-when-time",
            Self::Half => "form-error-when-half",
            Self::Order { .. } => "form-error-when-month",
            Self::Holidays => "form-error-when-holidays",
        }
    }

    /// Its control, with what was answered.
    pub fn control(&self, prefix: &str, answers: &Answers) -> Control {
        let answer = answers.of(self.name());
        let choice = |options: Vec<(String, Caption)>| Input::Choice {
            options: options
                .into_iter()
                .map(|(value, label)| ChoiceOption {
                    is_chosen: value == answer,
                    value,
                    label,
                })
                .collect(),
            own: None,
        };
        let of_keys = |keys: &[(&str, &'static str)]| {
            let options = keys.iter();
            let options = options.map(|(value, key)| ((*value).to_owned(), Caption::Key(key)));
            choice(options.collect())
        };
        let day = |day: &NaiveDate| (day.to_string(), Caption::Day(*day));
        let input = match self {
            Self::First(days) if days.is_empty() => Input::Day(answer.to_owned()),
            Self::First(days) => choice(days.iter().map(day).collect()),
            Self::Clock => Input::Line(answer.to_owned()),
            Self::Half => of_keys(&[
                ("morning", "form-half-morning"),
                ("later", "form-half-later"),
            ]),
            Self::Order {
                day_first,
                month_first,
            } => choice(vec![
                ("day".to_owned(), Caption::Day(*day_first)),
                ("month".to_owned(), Caption::Day(*month_first)),
            ]),
            Self::Repeat => of_keys(&REPEATS),
            Self::Holidays => of_keys(CALENDARS.split_at(1).1),
        };
        Control {
            name: format!("{prefix}.{}", self.name()),
            label: Caption::Key(self.key()),
            help: (*self == Self::Clock).then_some("form-ask-clock-hint"),
            error: None,
            is_rare: false,
            input,
        }
    }
}

/// Reads words together with the answers to what they leave open.
pub fn read_meeting(words: &str, answers: &Answers, today: NaiveDate) -> Meeting {
    let words = words.trim();
    if words.is_empty() {
        return Meeting::default();
    }
    let is_unread = schedule_words::read(words, None, today).is_none();
    let readings = if is_unread {
        unread(answers, today).map(|reading| vec![reading])
    } else {
        parts(words, answers, today)
    };
    let calendar = HolidayCalendar::parse(answers.of("holidays"));
    let readings = readings.and_then(|readings| {
        let leaves_out = readings.iter().any(|reading| reading.except_bank_holidays);
        match calendar {
            None if leaves_out => Err(vec![Question::Holidays]),
            _ => Ok(readings),
        }
    });
    match readings {
        Ok(readings) => dated(words, &readings, calendar, today, is_unread),
        Err(questions) => Meeting {
            schedules: vec![only_words(words)],
            rule: None,
            questions,
            is_unread,
        },
    }
}

/// All questions about words, those that are answered too: a person may answer again.
pub fn all_questions(words: &str, answers: &Answers, today: NaiveDate) -> Vec<Question> {
    let mut questions = read_meeting(words, answers, today).questions;
    for name in NAMES {
        if answers.of(name).is_empty() {
            continue;
        }
        let without = answers.clone().with(name, "");
        let again = read_meeting(words, &without, today).questions;
        questions.extend(again.into_iter().filter(|question| question.name() == name));
    }
    let place = |question: &Question| NAMES.iter().position(|name| *name == question.name());
    questions.sort_by_key(place);
    questions.dedup_by_key(|question| question.name());
    questions
}

fn only_words(words: &str) -> Schedule {
    Schedule {
        words: words.to_owned(),
        ..Schedule::default()
    }
}

/// Reads each part of words that were understood.
fn parts(words: &str, answers: &Answers, today: NaiveDate) -> Result<Vec<Reading>, Vec<Question>> {
    let mut readings = Vec::new();
    let mut questions: Vec<Question> = Vec::new();
    for part in schedule_words::parts(words, today) {
        let part = part.as_str();
        let Some(reading) = part_with_answers(part, answers, today) else {
            continue;
        };
        for open in &reading.open {
            let question = question(*open, &reading, part, today);
            // One answer is for all parts.
            if !questions.iter().any(|it| it.name() == question.name()) {
                questions.push(question);
            }
        }
        readings.push(reading);
    }
    if questions.is_empty() {
        Ok(readings)
    } else {
        Err(questions)
    }
}

fn one(words: &str, hints: &Hints, today: NaiveDate) -> Option<Reading> {
    schedule_words::read_with(words, hints, today)?.pop()
}

fn part_with_answers(part: &str, answers: &Answers, today: NaiveDate) -> Option<Reading> {
    let mut hints = answers.hints();
    let mut words = part.to_owned();
    let mut reading = one(&words, &hints, today)?;
    if reading.open.contains(&Open::StartTime) && !answers.of("clock").is_empty() {
        // The words may have half of the answer: "Tuesday evenings" and "7" are 19:00.
        let with_clock = format!("{words}, {}", answers.of("clock"));
        let again = one(&with_clock, &hints, today);
        if let Some(again) = again.filter(|it| !it.open.contains(&Open::StartTime)) {
            (words, reading) = (with_clock, again);
        }
    }
    if reading.open.contains(&Open::FirstDate) {
        hints.starting = parse_day(answers.of("first"));
        // A day on which it does not take place answers nothing.
        if let Some(again) = one(&words, &hints, today) {
            reading = again;
        }
    }
    Some(reading)
}

fn question(open: Open, reading: &Reading, part: &str, today: NaiveDate) -> Question {
    match open {
        Open::MorningOrEvening => Question::Half,
        Open::StartTime => Question::Clock,
        Open::FirstDate => Question::First(reading.first_days(today, FIRST_DAYS)),
        Open::DayAndMonth => {
            let first = |order| {
                let hints = Hints {
                    order: Some(order),
                    ..Hints::default()
                };
                let reading = one(part, &hints, today);
                let first = reading.and_then(|it| it.dates.first().copied().or(it.from));
                first.unwrap_or(today)
            };
            Question::Order {
                day_first: first(DateOrder::DayFirst),
                month_first: first(DateOrder::MonthFirst),
            }
        }
    }
}

/// The answers alone, for words that were not understood.
fn unread(answers: &Answers, today: NaiveDate) -> Result<Reading, Vec<Question>> {
    let mut questions = Vec::new();
    let day = parse_day(answers.of("first"));
    if day.is_none() {
        questions.push(Question::First(Vec::new()));
    }
    let words = day.unwrap_or(today).format("%-d/%-m/%Y");
    let reading = one(
        &format!("{words}, {}", answers.of("clock")),
        &answers.hints(),
        today,
    );
    let reading = reading.filter(|it| !it.open.contains(&Open::StartTime));
    match &reading {
        None => questions.push(Question::Clock),
        Some(reading) if reading.open.contains(&Open::MorningOrEvening) => {
            questions.extend([Question::Clock, Question::Half]);
        }
        Some(_) => {}
    }
    match (day, reading) {
        (Some(day), Some(mut reading)) if questions.is_empty() => {
            reading.rule = rule_of(answers.of("repeat"), day);
            Ok(reading)
        }
        _ => {
            questions.push(Question::Repeat);
            Err(questions)
        }
    }
}

/// The schedules of readings that leave nothing open.
fn dated(
    words: &str,
    readings: &[Reading],
    calendar: Option<HolidayCalendar>,
    today: NaiveDate,
    is_unread: bool,
) -> Meeting {
    let mut meeting = Meeting {
        is_unread,
        ..Meeting::default()
    };
    for reading in readings {
        let Some(start) = reading.first_start(today) else {
            continue;
        };
        // Of single dates, the first is the start itself.
        let clock = start.format("T%H:%M").to_string();
        let others = reading.dates.iter().skip(1);
        let mut schedule = Schedule {
            start: start.format(LOCAL).to_string(),
            duration_minutes: reading.duration_minutes().unwrap_or_default(),
            time_zone: DEFAULT_ZONE.to_owned(),
            rrules: reading.rule.iter().cloned().collect(),
            rdates: others.map(|day| format!("{day}{clock}")).collect(),
            ..Schedule::default()
        };
        if meeting.schedules.is_empty() {
            words.clone_into(&mut schedule.words);
        }
        if let Some(calendar) = calendar.filter(|_| reading.except_bank_holidays) {
            leave_out_holidays(&mut schedule, calendar, today);
        }
        meeting.schedules.push(schedule);
    }
    let described: Vec<String> = readings.iter().map(Reading::describe).collect();
    if meeting.schedules.is_empty() {
        meeting.schedules.push(only_words(words));
    } else {
        meeting.rule = Some(described.join("; "));
    }
    meeting
}
