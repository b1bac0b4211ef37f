//! `--on`: days of the week, or a date.

use super::filter::ParsedFilter;
use super::typed::Typed;
use crate::InputError;
use crate::time::{LocalClock, NextDays};

/// Sets the days of the week, or the window of a date, and the part of the day named with them.
pub(super) fn set_days(
    typed: &Typed,
    clock: &LocalClock,
    parsed: &mut ParsedFilter,
) -> Result<(), InputError> {
    let on = clock.on(typed.all("on"))?;
    if on.weekdays.is_empty()
        && let Some(next) = on.next
    {
        set_window(typed, &next, parsed)?;
    }
    parsed.filter.weekdays = on.weekdays;
    if on.time_of_day.is_some() {
        if typed.is_set("between") {
            let advice = "this names times of the day, and between does too: leave one out";
            return Err(InputError::new(
                "on",
                typed.get("on").unwrap_or_default(),
                advice,
            ));
        }
        parsed.filter.time_of_day = on.time_of_day;
    }
    Ok(())
}

/// The options that name a window of their own.
const WINDOWS: [&str; 3] = ["from", "to", "free-at"];

/// Sets the window to the days that `--on` names.
fn set_window(typed: &Typed, days: &NextDays, parsed: &mut ParsedFilter) -> Result<(), InputError> {
    if let Some(other) = WINDOWS.iter().find(|option| typed.is_set(option)) {
        let on = typed.get("on").unwrap_or_default();
        let advice = format!("this is a date, and {other} names another time: leave one out");
        return Err(InputError::new("on", on, advice));
    }
    parsed.notes.push(format!("On {}.", days.words));
    parsed.filter.window = Some(days.window);
    Ok(())
}

/// `--on saturday` alone lists what begins or runs on the next Saturday: a night that began on
/// Friday too. A filter by the day of the week has only what begins on it.
pub(super) fn list_next_day(
    typed: &Typed,
    clock: &LocalClock,
    parsed: &mut ParsedFilter,
) -> Result<(), InputError> {
    if parsed.filter.window.is_some() || parsed.filter.weekdays.is_empty() {
        return Ok(());
    }
    if let Some(next) = clock.on(typed.all("on"))?.next {
        set_window(typed, &next, parsed)?;
        parsed.filter.weekdays.clear();
    }
    Ok(())
}
