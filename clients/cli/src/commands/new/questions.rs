//! The questions of each kind.

use chrono::{Datelike, NaiveDate, Weekday};
use hedgerow_input::schedule_words;
use hedgerow_input::time::{DEFAULT_ZONE, LocalClock};
use serde_yaml_ng::{Mapping, Value};

use super::answers::{choice, day, mapping, optional, parsed, required, time, town};
use super::kind::Kind;
use crate::ask;
use crate::context::Context;
use crate::usage::Usage;

/// A longer event is several days, which the file can say better.
const MAX_MINUTES: u32 = 24 * 60;
/// How an event repeats.
#[derive(Debug, Clone, Copy)]
enum Repeat {
    Once,
    Weeks(u32),
    /// On the same weekday of each month, such as the second Tuesday.
    Monthly,
}

/// Asks what a document of this kind needs, and returns its fields.
pub(super) fn ask_all(kind: Kind, context: &mut Context) -> anyhow::Result<Mapping> {
    let mut fields = Mapping::new();
    let collection = match kind {
        Kind::Listing => "listing",
        Kind::Event => "event",
        Kind::Room => "offer",
        Kind::Need => "need",
    };
    put(&mut fields, "kind", collection);
    put(&mut fields, "audience", "public");
    match kind {
        Kind::Listing => listing(&mut fields, context)?,
        Kind::Event => event(&mut fields, context)?,
        Kind::Room => room(&mut fields, context)?,
        Kind::Need => need(&mut fields, context)?,
    }
    Ok(fields)
}

/// A schedule of these words, with the rule that they state if the person confirms it.
fn schedule_of(words: String, context: &mut Context) -> anyhow::Result<Mapping> {
    let today = LocalClock::new(DEFAULT_ZONE, context.now())
        .map_err(Usage::from)?
        .today();
    let readings = schedule_words::read(&words, None, today).unwrap_or_default();
    let mut schedule = Mapping::new();
    put(&mut schedule, "words", words);
    // Several parts, and what lacks a first date, are left to the check before publishing.
    let [reading] = readings.as_slice() else {
        return Ok(schedule);
    };
    let Some(start) = reading.first_start(today) else {
        return Ok(schedule);
    };
    let question = format!(
        "That sounds like “{}”. Publish it so, to be found by day?",
        reading.describe()
    );
    if ask::yes(&question, context)? {
        let start = start.format("%Y-%m-%dT%H:%M").to_string();
        put(&mut schedule, "start", start);
        if let Some(minutes) = reading.duration_minutes() {
            put(&mut schedule, "duration_minutes", minutes);
        }
        put(&mut schedule, "time_zone", DEFAULT_ZONE);
        if let Some(rule) = &reading.rule {
            let rules = vec![rule.clone().into()];
            put(&mut schedule, "rrules", Value::Sequence(rules));
        }
    }
    Ok(schedule)
}

fn put(fields: &mut Mapping, name: &str, value: impl Into<Value>) {
    fields.insert(name.into(), value.into());
}

fn put_some(fields: &mut Mapping, name: &str, value: Option<String>) {
    if let Some(value) = value {
        put(fields, name, value);
    }
}

fn listing(fields: &mut Mapping, context: &mut Context) -> anyhow::Result<()> {
    put(
        fields,
        "name",
        required("What is your group called?", context)?,
    );
    put_some(
        fields,
        "summary",
        optional("What is it, in one or two sentences?", context)?,
    );
    put(fields, "voice", "itself");
    let is_other = ask::yes(
        "Is it something other than a support group (a network, a host, a funder …)?",
        context,
    )?;
    let role = if is_other {
        let roles = [
            ("a network of groups", "network"),
            ("a host, with rooms or staff for groups", "host"),
            ("a funder", "funder"),
            ("a trainer", "trainer"),
            ("a partner", "partner"),
            ("something else", "other"),
        ];
        choice("Which of these is it most?", &roles, context)?
    } else {
        "support-group"
    };
    put(fields, "roles", Value::Sequence(vec![role.into()]));
    match town("Where does it meet?", context)? {
        Some(place) => put(fields, "places", Value::Sequence(vec![place])),
        None => put(fields, "online", mapping([("available", true.into())])),
    }
    if let Some(words) = optional("When does it meet, in words?", context)? {
        let schedule = Value::Mapping(schedule_of(words, context)?);
        put(fields, "schedules", Value::Sequence(vec![schedule]));
    }
    put_some(
        fields,
        "website",
        optional("Its website, with https://?", context)?,
    );
    put_contact(fields, context)?;
    if ask::yes("Is it free?", context)? {
        put(fields, "price", mapping([("kind", "free".into())]));
    }
    put(fields, "activity_state", "active");
    Ok(())
}

fn event(fields: &mut Mapping, context: &mut Context) -> anyhow::Result<()> {
    put(fields, "title", required("What is it called?", context)?);
    put_some(
        fields,
        "summary",
        optional("What is it, in one or two sentences?", context)?,
    );
    let first = parsed(
        "On which day, for the first time?",
        "a day such as 2026-12-01 or 1 December 2026",
        day,
        context,
    )?;
    let at = parsed(
        "At what time does it begin?",
        "a time such as 19:00 or 7pm",
        time,
        context,
    )?;
    let minutes = parsed(
        "How many minutes does it last?",
        "a number of minutes such as 90",
        |text| {
            text.parse()
                .ok()
                .filter(|minutes| (1..=MAX_MINUTES).contains(minutes))
        },
        context,
    )?;
    let repeat = parsed(
        "Does it repeat? (no, every week, every two weeks, every month)",
        "no, every week, every two weeks or every month",
        repeat,
        context,
    )?;
    let mut schedule = Mapping::new();
    put(
        &mut schedule,
        "start",
        format!("{first}T{}", at.format("%H:%M")),
    );
    put(&mut schedule, "duration_minutes", minutes);
    put(&mut schedule, "time_zone", "Europe/London");
    if let Some(rule) = rule(repeat, first) {
        put(&mut schedule, "rrules", Value::Sequence(vec![rule.into()]));
    }
    put(fields, "schedule", Value::Mapping(schedule));
    match town("Where?", context)? {
        Some(place) => put(fields, "place", place),
        None => put(fields, "online", mapping([("available", true.into())])),
    }
    put(fields, "openness", "anyone");
    if ask::yes("Is it free?", context)? {
        put(fields, "price", mapping([("kind", "free".into())]));
    }
    Ok(())
}

fn room(fields: &mut Mapping, context: &mut Context) -> anyhow::Result<()> {
    let mut resource = Mapping::new();
    put(
        &mut resource,
        "title",
        required("What is the room called?", context)?,
    );
    put_some(
        &mut resource,
        "summary",
        optional("What is it like, in one or two sentences?", context)?,
    );
    let capacity = parsed(
        "For how many people?",
        "a number such as 12",
        |text| text.parse::<u32>().ok().filter(|number| *number > 0),
        context,
    )?;
    if let Some(place) = town("In which town?", context)? {
        put(&mut resource, "place", place);
    }
    if let Some(words) = optional("When can groups use it, in words?", context)? {
        put(
            &mut resource,
            "availability",
            mapping([("words", words.into())]),
        );
    }
    if ask::yes("Is it free of charge?", context)? {
        put(&mut resource, "price", mapping([("kind", "free".into())]));
    }
    if ask::yes("Can people get in without a step?", context)? {
        let tags = vec!["accessibility:step-free-entrance".into()];
        put(
            &mut resource,
            "accessibility",
            mapping([("tags", Value::Sequence(tags))]),
        );
    }
    put(
        &mut resource,
        "space",
        mapping([("capacity", capacity.into())]),
    );
    put(fields, "resource", Value::Mapping(resource));
    put_contact(fields, context)
}

fn need(fields: &mut Mapping, context: &mut Context) -> anyhow::Result<()> {
    let mut resource = Mapping::new();
    put(
        &mut resource,
        "title",
        required("What does your group look for?", context)?,
    );
    put_some(
        &mut resource,
        "summary",
        optional("What for, in one or two sentences?", context)?,
    );
    let kinds = [
        ("a room or other space", "space"),
        ("things to borrow or keep", "equipment"),
        ("skills or mentoring", "skills"),
        ("training", "training"),
        ("money", "funding"),
        ("people's time", "volunteer_time"),
    ];
    let kind = choice("Which of these is it?", &kinds, context)?;
    if let Some(place) = town("Where?", context)? {
        put(&mut resource, "place", place);
    }
    put(&mut resource, kind, Value::Mapping(Mapping::new()));
    put(fields, "resource", Value::Mapping(resource));
    put_contact(fields, context)
}

fn put_contact(fields: &mut Mapping, context: &mut Context) -> anyhow::Result<()> {
    let question = "An e-mail address for questions, of a role and not a person's own?";
    if let Some(address) = optional(question, context)? {
        let contact = mapping([("kind", "email".into()), ("value", address.into())]);
        put(fields, "contacts", Value::Sequence(vec![contact]));
    }
    Ok(())
}

fn repeat(text: &str) -> Option<Repeat> {
    Some(match text.to_lowercase().trim() {
        "no" | "n" | "once" | "never" => Repeat::Once,
        "every week" | "weekly" | "week" => Repeat::Weeks(1),
        "every two weeks" | "every 2 weeks" | "fortnightly" | "every fortnight" => Repeat::Weeks(2),
        "every month" | "monthly" | "month" => Repeat::Monthly,
        _ => return None,
    })
}

/// The rule of RFC 5545 of a series that begins on a day. `None` for a single event.
fn rule(repeat: Repeat, first: NaiveDate) -> Option<String> {
    let day = match first.weekday() {
        Weekday::Mon => "MO",
        Weekday::Tue => "TU",
        Weekday::Wed => "WE",
        Weekday::Thu => "TH",
        Weekday::Fri => "FR",
        Weekday::Sat => "SA",
        Weekday::Sun => "SU",
    };
    match repeat {
        Repeat::Once => None,
        Repeat::Weeks(1) => Some(format!("FREQ=WEEKLY;BYDAY={day}")),
        Repeat::Weeks(weeks) => Some(format!("FREQ=WEEKLY;INTERVAL={weeks};BYDAY={day}")),
        // A fifth weekday is the last one: not every month has five.
        Repeat::Monthly => Some(match first.day0() / 7 + 1 {
            5 => format!("FREQ=MONTHLY;BYDAY=-1{day}"),
            week => format!("FREQ=MONTHLY;BYDAY={week}{day}"),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_repeats_on_the_same_weekday() {
        let of = |day| {
            let first = NaiveDate::from_ymd_opt(2026, 12, day).expect("a day");
            rule(Repeat::Monthly, first)
        };
        assert_eq!(of(8).as_deref(), Some("FREQ=MONTHLY;BYDAY=2TU"));
        assert_eq!(of(31).as_deref(), Some("FREQ=MONTHLY;BYDAY=-1TH"));
    }
}
