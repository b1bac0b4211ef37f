//! Days of the week, or single days, as people name them: `saturday`, `weekends`, `mon-fri`,
//! `3 dec`.

use chrono::NaiveDate;

use super::day::{Span, parse_days, parse_weekday};
use super::unclear::Unclear;

/// Days on which something is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OnDays {
    /// By number, Monday as 1. Empty for a date.
    pub(super) weekdays: Vec<i32>,
    /// The next such days if the text may mean only them: `saturday`, but not `saturdays`.
    pub(super) next: Option<Span>,
}

/// Reads lower-case text.
pub(super) fn parse(text: &str, today: NaiveDate) -> Result<OnDays, Unclear> {
    let text = text.replace(['–', '—', '‑'], "-");
    let text = text.trim();
    let (plain, is_every) = match text
        .strip_prefix("every ")
        .or_else(|| text.strip_prefix("each "))
    {
        Some(rest) => (rest.trim(), true),
        None => (text, false),
    };
    let any = |weekdays: Vec<i32>| OnDays {
        weekdays,
        next: None,
    };
    match plain {
        "weekday" | "weekdays" => return Ok(any((1..=5).collect())),
        "weekends" => return Ok(any(vec![6, 7])),
        "weekend" if is_every => return Ok(any(vec![6, 7])),
        _ => {}
    }
    if let Some(weekdays) = range(plain) {
        return Ok(any(weekdays));
    }
    let singular = parse_weekday(plain);
    let plural = || parse_weekday(plain.strip_suffix('s')?);
    if let Some(weekday) = singular.or_else(plural) {
        let is_one = singular.is_some() && !is_every;
        return Ok(OnDays {
            weekdays: vec![weekday.into()],
            next: if is_one {
                Some(parse_days(plain, today)?)
            } else {
                None
            },
        });
    }
    Ok(OnDays {
        weekdays: if plain == "weekend" {
            vec![6, 7]
        } else {
            Vec::new()
        },
        next: Some(parse_days(text, today)?),
    })
}

/// `mon-fri`, `monday to friday`, around the end of the week too: `sat-mon`.
fn range(text: &str) -> Option<Vec<i32>> {
    let (first, last) = text.split_once('-').or_else(|| text.split_once(" to "))?;
    let number = |text: &str| parse_weekday(text.trim()).map(i32::from);
    let (first, last) = (number(first)?, number(last)?);
    let count = (last - first).rem_euclid(7);
    Some((0..=count).map(|step| (first - 1 + step) % 7 + 1).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Days = (String, String);

    /// A Wednesday.
    fn read(text: &str) -> Option<(Vec<i32>, Option<Days>)> {
        let today = NaiveDate::from_ymd_opt(2026, 10, 21).expect("a day");
        let on = parse(text, today).ok()?;
        let next = on
            .next
            .map(|span| (span.first.to_string(), span.last.to_string()));
        Some((on.weekdays, next))
    }

    #[test]
    fn a_day_in_the_singular_also_means_the_next_one() {
        let days = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
        for (text, weekdays, next) in [
            ("saturday", vec![6], days("2026-10-24", "2026-10-24")),
            ("tues", vec![2], days("2026-10-27", "2026-10-27")),
            ("wed", vec![3], days("2026-10-21", "2026-10-21")),
            ("weekend", vec![6, 7], days("2026-10-24", "2026-10-25")),
            ("this weekend", vec![], days("2026-10-24", "2026-10-25")),
            ("3 dec", vec![], days("2026-12-03", "2026-12-03")),
            ("next thursday", vec![], days("2026-10-29", "2026-10-29")),
        ] {
            assert_eq!(read(text), Some((weekdays, next)), "{text}");
        }
    }

    #[test]
    fn plurals_and_ranges_mean_any_such_day() {
        for (text, weekdays) in [
            ("saturdays", vec![6]),
            ("every saturday", vec![6]),
            ("weekdays", vec![1, 2, 3, 4, 5]),
            ("weekday", vec![1, 2, 3, 4, 5]),
            ("weekends", vec![6, 7]),
            ("mon-fri", vec![1, 2, 3, 4, 5]),
            ("monday to thursday", vec![1, 2, 3, 4]),
            ("sat–mon", vec![6, 7, 1]),
        ] {
            assert_eq!(read(text), Some((weekdays, None)), "{text}");
        }
        for wrong in ["", "someday", "mon-", "7-9", "every 3 dec"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
