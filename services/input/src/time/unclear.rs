//! Why a day or a time cannot be read with certainty.

use chrono::NaiveDate;

/// A reason, worded as advice by [`Unclear::advice`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Unclear {
    /// Not a known form.
    Unknown,
    /// Two numbers such as `7-9`, as typed.
    MorningOrEvening(String),
    /// A number above 12 that may be a day of the month.
    BareHour(u32),
    /// A month above 12, with the date if the month was written first.
    MonthFirst(NaiveDate),
    /// The date is on another day of the week than the typed one.
    OtherWeekday(NaiveDate),
}

impl Unclear {
    /// A clause for an error, with `forms` if nothing more exact is known.
    pub(super) fn advice(&self, forms: &str) -> String {
        match self {
            Self::Unknown => forms.to_owned(),
            Self::MorningOrEvening(times) => {
                let times = times.replace(' ', "");
                format!(
                    "{times} may be in the morning or the evening: write {times}am or {times}pm"
                )
            }
            Self::BareHour(hour) => format!("for the time, write {hour}:00"),
            Self::MonthFirst(date) => {
                let date = date.format("%d/%m/%Y");
                format!("a date starts with its day: for this month and day, write {date}")
            }
            Self::OtherWeekday(date) => {
                format!("{} is a {}", date.format("%-d %B %Y"), date.format("%A"))
            }
        }
    }
}
