//! Schedules in words (`first Tuesday of the month, 7pm`) as recurrence rules.
//!
//! Groups write such words for people; calendars and searches by day need a rule. A reading is
//! only ever offered to the author, who sees the next dates and confirms. Words that are not
//! understood whole have no reading: half of `Mondays in term time` would be wrong all summer.

use chrono::NaiveDate;

mod parser;
mod parts;
mod reading;
#[cfg(test)]
mod tests;
mod tokens;

pub use parts::parts;
pub use reading::{DateOrder, HalfDay, Hints, Open, Reading};

/// Longer words are prose.
const MAX_LENGTH: usize = 200;

/// Reads words, with nothing known besides. `starting` is the first date, if a form or a table
/// has one of its own.
pub fn read(words: &str, starting: Option<NaiveDate>, today: NaiveDate) -> Option<Vec<Reading>> {
    let hints = Hints {
        starting,
        ..Hints::default()
    };
    read_with(words, &hints, today)
}

/// Reads words. `4/3/2026` has the day first; a date without a year is on or after `today`.
///
/// Several readings are [`parts`] of one schedule: `Mon to Fri 9-5, Sat 10-1`.
pub fn read_with(words: &str, hints: &Hints, today: NaiveDate) -> Option<Vec<Reading>> {
    if words.len() > MAX_LENGTH {
        return None;
    }
    let readings = parts(words, today)
        .iter()
        .map(|part| parser::parse(part, hints, today))
        .collect::<Option<Vec<_>>>()?;
    (!readings.is_empty()).then_some(readings)
}
