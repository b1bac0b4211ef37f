//! Times of a schedule: in words, or as a first day, a time and how often.

use chrono::{DateTime, Datelike as _, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use hedgerow_core::bank_holidays::{HolidayCalendar, last_known_year};
use hedgerow_core::recurrence::{parse_local, parse_zone, schedule_occurrences};
use hedgerow_core::time::Timestamp;
use hedgerow_input::day::parse_day;
use hedgerow_input::recurrence::in_words;
use hedgerow_input::schedule_words;
use hedgerow_input::schedule_words::{Open, Reading};
use hedgerow_input::time::{DEFAULT_ZONE, clock_time};
use hedgerow_proto::v1::{Break, Schedule};
use hedgerow_web::Text;
use hedgerow_web::components::{Caption, ChoiceOption, Control, Input};
use prost_reflect::{DynamicMessage, ReflectMessage as _};

use crate::field::Field;
use crate::posted::{Posted, Problems, normal};
use crate::{path, record};

pub(crate) const LOCAL: &str = "%Y-%m-%dT%H:%M";
const CODES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
/// Ways to repeat, each with the key of its words.
const REPEATS: [(&str, &str); 7] = [
    ("", "form-repeat-once"),
    ("weekly", "form-repeat-weekly"),
    ("fortnightly", "form-repeat-fortnightly"),
    ("monthly", "form-repeat-monthly"),
    ("monthly-last", "form-repeat-monthly-last"),
    ("monthly-day", "form-repeat-monthly-day"),
    ("yearly", "form-repeat-yearly"),
];
/// Rules that these ways cannot say stay as they are.
const KEEP: &str = "keep";
const CALENDARS: [(&str, &str); 4] = [
    ("", "form-holidays-none"),
    ("GB-ENG", "form-holidays-england"),
    ("GB-SCT", "form-holidays-scotland"),
    ("GB-NIR", "form-holidays-ireland"),
];
/// Nations whose words do not say which holidays they mean.
const DEFAULT_CALENDAR: &str = "GB-ENG";

/// Whether a table is that of a schedule.
pub(crate) fn has_times(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.path == "exdates")
}

/// The times as a form shows them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Times {
    words: String,
    day: String,
    from: String,
    to: String,
    /// Only if it ends on another day.
    end_day: String,
    repeat: String,
    until: String,
}

pub(crate) fn read_schedule(message: Option<&DynamicMessage>) -> Schedule {
    message
        .and_then(|message| message.transcode_to::<Schedule>().ok())
        .unwrap_or_default()
}

impl Times {
    fn of(schedule: &Schedule) -> Self {
        let start = parse_local(&schedule.start);
        let end = parse_local(&schedule.end).or_else(|| {
            let minutes = i64::from(schedule.duration_minutes);
            (minutes > 0).then_some(start? + chrono::Duration::minutes(minutes))
        });
        let clock = |time: NaiveDateTime| time.format("%H:%M").to_string();
        // "22:00 to 01:00" ends on the next day, without a day of its own.
        let other_day = start.zip(end).filter(|(start, end)| {
            !schedule.end.is_empty() && *end - *start >= chrono::Duration::days(1)
                || *end - *start > chrono::Duration::days(1)
        });
        let (repeat, until) = repeat_of(schedule);
        Self {
            words: normal(&schedule.words),
            day: start.map_or_else(|| normal(&schedule.start), |start| start.date().to_string()),
            from: start.map(clock).unwrap_or_default(),
            to: end.map(clock).unwrap_or_default(),
            end_day: other_day.map_or_else(String::new, |(_, end)| end.date().to_string()),
            repeat,
            until,
        }
    }
}

/// How a schedule repeats, and its last day.
fn repeat_of(schedule: &Schedule) -> (String, String) {
    let [rule] = schedule.rrules.as_slice() else {
        let repeat = if schedule.rrules.is_empty() { "" } else { KEEP };
        return (repeat.to_owned(), String::new());
    };
    let until = until_of(rule, schedule).map_or_else(String::new, |day| day.to_string());
    let start = parse_local(&schedule.start).map(|start| start.date());
    let same = |repeat: &str| {
        let start = start?;
        (parts(&rule_of(repeat, start)?) == parts(rule)).then(|| repeat.to_owned())
    };
    let known = REPEATS.iter().find_map(|(repeat, _)| same(repeat));
    (known.unwrap_or_else(|| KEEP.to_owned()), until)
}

/// The parts of a rule in order, without its end and without what is the default.
fn parts(rule: &str) -> Vec<&str> {
    let mut parts: Vec<&str> = rule
        .split(';')
        .filter(|part| !part.starts_with("UNTIL=") && *part != "INTERVAL=1" && *part != "WKST=MO")
        .collect();
    parts.sort_unstable();
    parts
}

fn until_of(rule: &str, schedule: &Schedule) -> Option<NaiveDate> {
    let until = rule
        .split(';')
        .find_map(|part| part.strip_prefix("UNTIL="))?;
    let utc = NaiveDateTime::parse_from_str(until, "%Y%m%dT%H%M%SZ").ok();
    match utc {
        Some(utc) => {
            let zone = parse_zone(zone_of(schedule))?;
            Some(zone.from_utc_datetime(&utc).date_naive())
        }
        None => NaiveDate::parse_from_str(until.get(..8)?, "%Y%m%d").ok(),
    }
}

fn zone_of(schedule: &Schedule) -> &str {
    match schedule.time_zone.as_str() {
        "" => DEFAULT_ZONE,
        zone => zone,
    }
}

/// The rule of a way to repeat from a day. `None` for once.
fn rule_of(repeat: &str, start: NaiveDate) -> Option<String> {
    let code = CODES[start.weekday().num_days_from_monday() as usize];
    let nth = start.day0() / 7 + 1;
    Some(match repeat {
        "weekly" => format!("FREQ=WEEKLY;BYDAY={code}"),
        "fortnightly" => format!("FREQ=WEEKLY;INTERVAL=2;BYDAY={code}"),
        // A fifth Tuesday is rare: the last one is meant.
        "monthly" if nth == 5 => format!("FREQ=MONTHLY;BYDAY=-1{code}"),
        "monthly" => format!("FREQ=MONTHLY;BYDAY={nth}{code}"),
        "monthly-last" => format!("FREQ=MONTHLY;BYDAY=-1{code}"),
        "monthly-day" => format!("FREQ=MONTHLY;BYMONTHDAY={}", start.day()),
        "yearly" => "FREQ=YEARLY".to_owned(),
        _ => return None,
    })
}

/// A rule that ends with a day, or one that does not.
fn with_until(rule: &str, until: Option<NaiveDate>, zone: &str) -> String {
    let mut parts: Vec<String> = rule
        .split(';')
        .filter(|part| !part.starts_with("UNTIL="))
        .map(str::to_owned)
        .collect();
    let end = until.and_then(|day| day.and_hms_opt(23, 59, 59));
    let utc: Option<DateTime<Utc>> = end.and_then(|end| {
        let local = parse_zone(zone)?.from_local_datetime(&end).latest()?;
        Some(local.with_timezone(&Utc))
    });
    parts.extend(utc.map(|utc| utc.format("UNTIL=%Y%m%dT%H%M%SZ").to_string()));
    parts.join(";")
}

/// The controls of the times. The table has those of all other fields.
pub(crate) fn controls(message: Option<&DynamicMessage>, prefix: &str) -> Vec<Control> {
    let schedule = read_schedule(message);
    let times = Times::of(&schedule);
    let control = |name: &str, label, help, input| Control {
        name: format!("{prefix}.{name}"),
        label: Caption::Key(label),
        help,
        error: None,
        is_rare: ["until", "end_day", "holidays"].contains(&name),
        input,
    };
    let line = |text: &str| {
        if text.contains('\n') {
            Input::Text(text.to_owned())
        } else {
            Input::Line(text.to_owned())
        }
    };
    let options = |choices: &[(&str, &'static str)], chosen: &str| -> Vec<ChoiceOption> {
        let answers = choices.iter().map(|(value, key)| ChoiceOption {
            value: (*value).to_owned(),
            label: Caption::Key(key),
            is_chosen: *value == chosen,
        });
        answers.collect()
    };
    let mut repeats = options(&REPEATS, &times.repeat);
    if times.repeat == KEEP {
        let words: Vec<_> = schedule.rrules.iter().map(|rule| in_words(rule)).collect();
        let label = match words.into_iter().collect::<Option<Vec<_>>>() {
            Some(words) => Caption::Words(Text::plain(&words.join("; "))),
            None => Caption::Key("form-as-it-is"),
        };
        repeats.push(ChoiceOption {
            value: KEEP.to_owned(),
            label,
            is_chosen: true,
        });
    }
    let calendars = Input::Choice {
        options: options(&CALENDARS, ""),
        own: None,
    };
    let repeats = Input::Choice {
        options: repeats,
        own: None,
    };
    vec![
        control(
            "words",
            "form-when-words",
            Some("form-when-words-hint"),
            line(&times.words),
        ),
        control(
            "day",
            "form-when-day",
            Some("form-when-day-hint"),
            Input::Day(times.day),
        ),
        control(
            "from",
            "form-when-from",
            Some("form-when-from-hint"),
            Input::Line(times.from),
        ),
        control("to", "form-when-to", None, Input::Line(times.to)),
        control("repeat", "form-when-repeat", None, repeats),
        control("until", "form-when-until", None, Input::Day(times.until)),
        control(
            "end_day",
            "form-when-end-day",
            None,
            Input::Day(times.end_day),
        ),
        control("holidays", "form-when-holidays", None, calendars),
    ]
}

/// What was typed, and which calendar's holidays to leave out.
fn typed(shown: &[Control], posted: &Posted) -> (Times, String) {
    let mut controls = shown.to_vec();
    for control in &mut controls {
        posted.fill(&control.name, &mut control.input);
    }
    let value = |name: &str| {
        let ending = format!(".{name}");
        let control = controls.iter().find(|it| it.name.ends_with(&ending));
        match control.map(|control| &control.input) {
            Some(Input::Line(text) | Input::Text(text) | Input::Day(text)) => text.clone(),
            Some(Input::Choice { options, .. }) => options
                .iter()
                .find(|answer| answer.is_chosen)
                .map_or_else(String::new, |answer| answer.value.clone()),
            _ => String::new(),
        }
    };
    let times = Times {
        words: value("words"),
        day: value("day"),
        from: value("from"),
        to: value("to"),
        end_day: value("end_day"),
        repeat: value("repeat"),
        until: value("until"),
    };
    (times, value("holidays"))
}

/// Changes the times of a schedule as a form says. Words that changed are read if nothing else
/// did.
pub(crate) fn apply(
    message: &mut DynamicMessage,
    prefix: &str,
    posted: &Posted,
    today: NaiveDate,
    problems: &mut Problems,
) {
    let mut schedule = read_schedule(Some(message));
    let shown = Times::of(&schedule);
    let (typed, calendar) = typed(&controls(Some(message), prefix), posted);
    if typed == shown && calendar.is_empty() {
        return;
    }
    let before = schedule.clone();
    let times_only = Times {
        words: shown.words.clone(),
        ..typed.clone()
    };
    let mut problem = |name: &str, key| {
        problems.push((format!("{prefix}.{name}"), Caption::Key(key)));
    };
    let mut calendar = calendar;
    if typed.words != shown.words {
        schedule.words.clone_from(&typed.words);
    }
    if times_only != shown {
        if let Err((name, key)) = set_times(&mut schedule, &shown, &typed) {
            problem(name, key);
            return;
        }
    } else if typed.words != shown.words && !typed.words.is_empty() {
        // A listing may say its times in words only. An event needs them.
        let must_be_read = schedule.start.is_empty() && !prefix.starts_with("schedules.");
        match read_words(&typed.words, today) {
            Ok(reading) => {
                set_reading(&mut schedule, &reading, today);
                if reading.except_bank_holidays && calendar.is_empty() {
                    DEFAULT_CALENDAR.clone_into(&mut calendar);
                }
            }
            Err(key) if must_be_read => problem("words", key),
            Err(_) => {}
        }
    }
    if let Some(calendar) = HolidayCalendar::parse(&calendar) {
        leave_out_holidays(&mut schedule, calendar, today);
    }
    write(message, &before, &schedule);
}

/// Writes the fields that changed. The message keeps those of later versions.
pub(crate) fn write(message: &mut DynamicMessage, before: &Schedule, after: &Schedule) {
    let mut after_message = DynamicMessage::new(message.descriptor());
    if after_message.transcode_from(after).is_err() {
        return;
    }
    let is_changed = [
        ("words", before.words != after.words),
        ("start", before.start != after.start),
        ("end", before.end != after.end),
        (
            "duration_minutes",
            before.duration_minutes != after.duration_minutes,
        ),
        ("time_zone", before.time_zone != after.time_zone),
        ("rrules", before.rrules != after.rrules),
        ("rdates", before.rdates != after.rdates),
        ("breaks", before.breaks != after.breaks),
    ];
    for (name, _) in is_changed.iter().filter(|(_, is_changed)| *is_changed) {
        if let Some(field) = path::field(message, name) {
            path::put(message, &field, path::value(&after_message, name));
        }
    }
}

type Wrong = (&'static str, &'static str);

/// Sets first day, times and rule.
fn set_times(schedule: &mut Schedule, shown: &Times, typed: &Times) -> Result<(), Wrong> {
    if typed.day.is_empty() && typed.from.is_empty() {
        schedule.start.clear();
        schedule.end.clear();
        schedule.duration_minutes = 0;
        schedule.rrules.clear();
        return Ok(());
    }
    if schedule.time_zone.is_empty() {
        DEFAULT_ZONE.clone_into(&mut schedule.time_zone);
    }
    let day = parse_day(&typed.day).ok_or(("day", "form-error-day"))?;
    let from = clock_time(&typed.from).ok_or(("from", "form-error-time"))?;
    let start = parse_local(&format!("{day}T{from}")).ok_or(("from", "form-error-time"))?;
    let clock = (&typed.day, &typed.from, &typed.to, &typed.end_day);
    if clock != (&shown.day, &shown.from, &shown.to, &shown.end_day) {
        set_clock(schedule, start, typed)?;
    }
    let until = match typed.until.as_str() {
        "" => None,
        text => Some(parse_day(text).ok_or(("until", "form-error-day"))?),
    };
    if until.is_some_and(|until| until < day) {
        return Err(("until", "form-error-order"));
    }
    let zone = zone_of(schedule).to_owned();
    if typed.repeat == KEEP {
        if typed.until != shown.until {
            for rule in &mut schedule.rrules {
                *rule = with_until(rule, until, &zone);
            }
        }
    } else if (&typed.repeat, &typed.until) != (&shown.repeat, &shown.until)
        || typed.day != shown.day
    {
        let rule = rule_of(&typed.repeat, day).map(|rule| with_until(&rule, until, &zone));
        schedule.rrules = rule.into_iter().collect();
    }
    Ok(())
}

fn set_clock(schedule: &mut Schedule, start: NaiveDateTime, typed: &Times) -> Result<(), Wrong> {
    schedule.start = start.format(LOCAL).to_string();
    schedule.end.clear();
    schedule.duration_minutes = 0;
    if typed.to.is_empty() {
        return Ok(());
    }
    let to = clock_time(&typed.to).ok_or(("to", "form-error-time"))?;
    let (hours, minutes) = to.split_once(':').ok_or(("to", "form-error-time"))?;
    let number = |text: &str| text.parse::<i64>().unwrap_or_default();
    let minutes = number(hours) * 60 + number(minutes);
    let end_day = match typed.end_day.as_str() {
        "" => start.date(),
        text => parse_day(text).ok_or(("end_day", "form-error-day"))?,
    };
    let midnight = end_day.and_time(chrono::NaiveTime::MIN);
    let mut end = midnight + chrono::Duration::minutes(minutes);
    if end <= start && typed.end_day.is_empty() {
        end += chrono::Duration::days(1);
    }
    if end <= start {
        return Err(("end_day", "form-error-order"));
    }
    if typed.end_day.is_empty() {
        let minutes = (end - start).num_minutes();
        schedule.duration_minutes = u32::try_from(minutes).unwrap_or_default();
    } else {
        schedule.end = end.format(LOCAL).to_string();
    }
    Ok(())
}

/// Reads words that say everything.
fn read_words(words: &str, today: NaiveDate) -> Result<Reading, &'static str> {
    let readings = schedule_words::read(words, None, today).ok_or("form-error-when")?;
    let [reading] = readings.as_slice() else {
        return Err("form-error-when-several");
    };
    if let Some(open) = reading.open.first() {
        return Err(match open {
            Open::MorningOrEvening => "form-error-when-half",
            Open::StartTime => "form-error-when-time",
            Open::FirstDate => "form-error-when-first",
            Open::DayAndMonth => "form-error-when-month",
        });
    }
    Ok(reading.clone())
}

fn set_reading(schedule: &mut Schedule, reading: &Reading, today: NaiveDate) {
    let Some(start) = reading.first_start(today) else {
        return;
    };
    schedule.start = start.format(LOCAL).to_string();
    schedule.end.clear();
    schedule.duration_minutes = reading.duration_minutes().unwrap_or_default();
    schedule.rrules = reading.rule.clone().into_iter().collect();
    let others = reading.dates.iter().skip(1);
    schedule.rdates = others
        .map(|day| format!("{day}T{}", start.format("%H:%M")))
        .collect();
    if schedule.time_zone.is_empty() {
        DEFAULT_ZONE.clone_into(&mut schedule.time_zone);
    }
}

/// Adds a break for each bank holiday on which it would take place, as far as they are known.
fn leave_out_holidays(schedule: &mut Schedule, calendar: HolidayCalendar, today: NaiveDate) {
    let from =
        Timestamp::from_seconds(today.and_time(chrono::NaiveTime::MIN).and_utc().timestamp());
    let last = NaiveDate::from_ymd_opt(last_known_year() + 1, 1, 1);
    let until = last.map_or(from, |day| {
        Timestamp::from_seconds(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp())
    });
    let times = schedule_occurrences(schedule, from, until, 2_000).unwrap_or_default();
    for time in times {
        let Some(day) = parse_local(&time.local_start).map(|start| start.date()) else {
            continue;
        };
        if calendar.is_holiday(day) == Some(true) {
            schedule.breaks.push(Break {
                first_day: day.to_string(),
                last_day: String::new(),
                words: "bank holiday".to_owned(),
            });
        }
    }
}

/// The schedules of a body.
fn schedules(body: &record::Body) -> Vec<Schedule> {
    let single = path::part(body, "schedule");
    let several = path::parts(body, "schedules");
    let of_thing = path::part(body, "resource").and_then(|it| path::part(&it, "schedule"));
    let all = single.into_iter().chain(several).chain(of_thing);
    all.map(|message| read_schedule(Some(&message)))
        .filter(|schedule| !schedule.start.is_empty())
        .collect()
}

/// The next local starts of a record, in order: to check that its times are as they are meant.
pub fn next_days(body: &record::Body, now: Timestamp, limit: usize) -> Vec<NaiveDateTime> {
    let schedules = schedules(body);
    let times = schedules
        .iter()
        .flat_map(|schedule| hedgerow_input::next_times::next_times(schedule, now, limit));
    let mut times: Vec<NaiveDateTime> = times.filter_map(|time| parse_local(&time)).collect();
    times.sort_unstable();
    times.dedup();
    times.truncate(limit);
    times
}
