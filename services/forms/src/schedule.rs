//! Times of a schedule: in words, or as a first day, a time and how often.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeZone as _, Utc};
use hedgerow_core::bank_holidays::HolidayCalendar;
use hedgerow_core::recurrence::{parse_local, parse_zone};
use hedgerow_core::time::Timestamp;
use hedgerow_input::day::parse_day;
use hedgerow_input::time::{DEFAULT_ZONE, clock_time};
use hedgerow_proto::v1::Schedule;
use hedgerow_web::components::{Caption, ChoiceOption, Control, Input};
use prost_reflect::{DynamicMessage, ReflectMessage as _};

use crate::field::Field;
use crate::meeting::{Answers, Question, all_questions, read_meeting};
use crate::posted::{Posted, Problems};
use crate::repeat::{CALENDARS, LOCAL, REPEATS, leave_out_holidays, rule_of};
use crate::times::{KEEP, Times, zone_of};
use crate::{path, record};

/// The name of the tick that takes words without their dates.
const ONLY_WORDS: &str = "only_words";

/// What is picked instead of written, by the last parts of the controls' names.
const PICKED: [&str; 4] = ["day", "from", "to", "repeat"];

/// Whether a table is that of a schedule.
pub(crate) fn has_times(fields: &[Field]) -> bool {
    fields.iter().any(|field| field.path == "exdates")
}

pub(crate) fn read_schedule(message: Option<&DynamicMessage>) -> Schedule {
    message
        .and_then(|message| message.transcode_to::<Schedule>().ok())
        .unwrap_or_default()
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

/// The controls of the times, with questions about words that were posted and leave something
/// open. The table has those of all other fields.
pub(crate) fn controls(
    message: Option<&DynamicMessage>,
    prefix: &str,
    posted: &Posted,
    today: NaiveDate,
) -> Vec<Control> {
    let mut controls = fixed_controls(message, prefix);
    let (shown, typed) = (Times::of(&read_schedule(message)), typed(&controls, posted));
    if !is_only_words_changed(&shown, &typed) {
        return controls;
    }
    let answers = answers(prefix, posted);
    let mut questions = all_questions(&typed.words, &answers, today);
    if read_meeting(&typed.words, &answers, today).is_unread {
        // The form has day, time and rule anyway, folded away while the words are enough.
        questions.retain(|question| *question == Question::Holidays);
        for control in &mut controls {
            let name = control.name.rsplit('.').next().unwrap_or_default();
            control.is_rare &= !PICKED.contains(&name);
        }
    }
    let is_open = has_dates_missing(&typed.words, &answers, today);
    let has_times = !shown.day.is_empty();
    let skip = (is_open && (has_times || is_of_listing(prefix))).then(|| Control {
        name: format!("{prefix}.{ONLY_WORDS}"),
        label: Caption::Key(if has_times {
            "form-keep-times"
        } else {
            "form-only-words"
        }),
        help: None,
        error: None,
        is_rare: false,
        input: Input::Flag(false),
    });
    // One control has the name, not two.
    let is_asked = |control: &Control| {
        let name = control.name.rsplit('.').next().unwrap_or_default();
        questions.iter().any(|question| question.name() == name)
    };
    controls.retain(|control| !is_asked(control));
    let questions = questions.iter().map(|it| it.control(prefix, &answers));
    controls.splice(1..1, questions.chain(skip));
    controls
}

/// A listing may have its times in words only. An event needs dates.
fn is_of_listing(prefix: &str) -> bool {
    prefix.starts_with("schedules.")
}

fn answers(prefix: &str, posted: &Posted) -> Answers {
    Answers::new(|name| posted.get(&format!("{prefix}.{name}")).unwrap_or_default())
}

/// Whether words are to be read: they changed, and the day, the times and the rule did not.
fn is_only_words_changed(shown: &Times, typed: &Times) -> bool {
    let times_only = Times {
        words: shown.words.clone(),
        ..typed.clone()
    };
    typed.words != shown.words && !typed.words.is_empty() && times_only == *shown
}

fn has_dates_missing(words: &str, answers: &Answers, today: NaiveDate) -> bool {
    !read_meeting(words, answers, today).questions.is_empty()
}

fn fixed_controls(message: Option<&DynamicMessage>, prefix: &str) -> Vec<Control> {
    let schedule = read_schedule(message);
    let times = Times::of(&schedule);
    // Most people write their times. Times that were picked are shown as they were picked.
    let has_words = !times.words.is_empty() || times.day.is_empty();
    let control = |name: &str, label, help, input| Control {
        name: format!("{prefix}.{name}"),
        label: Caption::Key(label),
        help,
        error: None,
        is_rare: ["until", "end_day", "holidays"].contains(&name)
            || has_words && PICKED.contains(&name),
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
        repeats.push(ChoiceOption {
            value: KEEP.to_owned(),
            label: Caption::Rules(schedule.rrules.clone()),
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

/// What was typed.
fn typed(shown: &[Control], posted: &Posted) -> Times {
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
    Times {
        words: value("words"),
        day: value("day"),
        from: value("from"),
        to: value("to"),
        end_day: value("end_day"),
        repeat: value("repeat"),
        until: value("until"),
    }
}

/// Changes the times of a schedule as a form says. Words that changed are read if nothing else
/// did; what they leave open is a problem of the control that asks about it.
pub(crate) fn apply(
    message: &mut DynamicMessage,
    prefix: &str,
    posted: &Posted,
    today: NaiveDate,
    problems: &mut Problems,
) {
    let mut schedule = read_schedule(Some(message));
    let shown = Times::of(&schedule);
    let typed = typed(&fixed_controls(Some(message), prefix), posted);
    let answers = answers(prefix, posted);
    let calendar = posted.get(&format!("{prefix}.holidays"));
    let calendar = calendar.and_then(HolidayCalendar::parse);
    if typed == shown && calendar.is_none() {
        return;
    }
    let before = schedule.clone();
    let mut problem = |name: &str, key| {
        problems.push((format!("{prefix}.{name}"), Caption::Key(key)));
    };
    if typed.words != shown.words {
        schedule.words.clone_from(&typed.words);
    }
    if is_only_words_changed(&shown, &typed) {
        let meeting = read_meeting(&typed.words, &answers, today);
        let has_times = !schedule.start.is_empty();
        let only_words = posted.get(&format!("{prefix}.{ONLY_WORDS}")) == Some("yes")
            && (has_times || is_of_listing(prefix));
        match meeting.schedules.as_slice() {
            [only] if meeting.questions.is_empty() => set_read(&mut schedule, only),
            // New words for the same times, or none.
            _ if only_words || has_times && meeting.is_unread => {}
            [_] if meeting.is_unread => problem("words", "form-error-when"),
            [_] => {
                for question in &meeting.questions {
                    problem(question.name(), question.error_key());
                }
                return;
            }
            _ => problem("words", "form-error-when-several"),
        }
    } else if typed != shown
        && let Err((name, key)) = set_times(&mut schedule, &shown, &typed)
    {
        problem(name, key);
        return;
    }
    if let Some(calendar) = calendar {
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

/// Sets the times that words were read as.
fn set_read(schedule: &mut Schedule, read: &Schedule) {
    schedule.start.clone_from(&read.start);
    schedule.end.clear();
    schedule.duration_minutes = read.duration_minutes;
    schedule.rrules.clone_from(&read.rrules);
    schedule.rdates.clone_from(&read.rdates);
    schedule.breaks.extend_from_slice(&read.breaks);
    if schedule.time_zone.is_empty() {
        schedule.time_zone.clone_from(&read.time_zone);
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
