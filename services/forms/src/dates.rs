//! Days of events: taking one out, moving one, and the same event in another month.

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime};
use hedgerow_core::recurrence::parse_local;
use prost_reflect::Value;

use crate::path;
use crate::record::Body;
use crate::repeat::LOCAL;
use crate::schedule::{read_schedule, write};

/// Takes one time out of the series of an event, and adds another one instead if it is moved.
/// Returns whether the event has that time.
pub fn change_one_time(body: &mut Body, from: NaiveDateTime, to: Option<NaiveDateTime>) -> bool {
    let Some(mut message) = path::part(body, "schedule") else {
        return false;
    };
    let schedule = read_schedule(Some(&message));
    let text = |time: NaiveDateTime| time.format(LOCAL).to_string();
    let (old, new) = (text(from), to.map(text));
    let mut rdates = schedule.rdates.clone();
    let mut exdates = schedule.exdates.clone();
    let was_extra = rdates.contains(&old);
    rdates.retain(|time| *time != old);
    if !was_extra && !exdates.contains(&old) {
        exdates.push(old);
    }
    if let Some(new) = new {
        exdates.retain(|time| *time != new);
        if !rdates.contains(&new) {
            rdates.push(new);
        }
    }
    for (name, times) in [("exdates", exdates), ("rdates", rdates)] {
        let Some(field) = path::field(&message, name) else {
            return false;
        };
        let times: Vec<Value> = times.into_iter().map(Value::String).collect();
        let value = (!times.is_empty()).then_some(Value::List(times));
        path::put(&mut message, &field, value);
    }
    body.set_field_by_name("schedule", Value::Message(message));
    true
}

/// The start of an event, if it takes place once.
pub fn single_start(body: &Body) -> Option<NaiveDateTime> {
    let schedule = read_schedule(path::part(body, "schedule").as_ref());
    let is_single = schedule.rrules.is_empty() && schedule.rdates.is_empty();
    parse_local(&schedule.start).filter(|_| is_single)
}

/// The same day of another month: the second Tuesday for a second Tuesday, the last one for a
/// fifth.
pub fn same_weekday_in(day: NaiveDate, month: NaiveDate) -> Option<NaiveDate> {
    let first = month.with_day(1)?;
    let ahead =
        (7 + day.weekday().num_days_from_monday() - first.weekday().num_days_from_monday()) % 7;
    let nth = day.day0() / 7;
    let found = first.checked_add_days(Days::new(u64::from(ahead + 7 * nth)))?;
    if found.month() == first.month() {
        Some(found)
    } else {
        found.checked_sub_days(Days::new(7))
    }
}

/// Moves a single event to another day, at its time and with its length.
pub fn move_to_day(body: &mut Body, day: NaiveDate) -> bool {
    let Some(mut message) = path::part(body, "schedule") else {
        return false;
    };
    let mut schedule = read_schedule(Some(&message));
    let before = schedule.clone();
    let Some(start) = parse_local(&schedule.start) else {
        return false;
    };
    let shifted = day.and_time(start.time());
    if let Some(end) = parse_local(&schedule.end) {
        schedule.end = (shifted + (end - start)).format(LOCAL).to_string();
    }
    schedule.start = shifted.format(LOCAL).to_string();
    schedule.breaks.clear();
    write(&mut message, &before, &schedule);
    message.clear_field_by_name("exdates");
    body.set_field_by_name("schedule", Value::Message(message));
    true
}
