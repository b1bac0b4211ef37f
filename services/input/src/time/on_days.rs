//! Days of the week, or single days, as people name them: `saturday`, `weekends`, `mon-fri`,
//! `3 dec`.

use chrono::NaiveDate;

use super::day::{Span, parse_days, parse_weekday};
use super::times_of_day::parse_time_of_day;
use super::unclear::Unclear;

/// Days on which something is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct OnDays {
    /// By number, Monday as 1. Empty for a date.
    pub(super) weekdays: Vec<i32>,
    /// The next such days if the text may mean only them: `saturday`, but not `saturdays`.
    pub(super) next: Option<Span>,
    /// From and to in minutes, if the text names a part of the day too.
    pub(super) times: Option<(u32, u32)>,
}

/// Reads lower-case text; a part of the day or two times may come before or after the days.
pub(super) fn parse(text: &str, today: NaiveDate) -> Result<OnDays, Unclear> {
    let unclear = match parse_plain(text, today) {
        Ok(days) => return Ok(days),
        Err(unclear) => unclear,
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let splits = (1..words.len()).flat_map(|at| {
        let (head, tail) = (words[..at].join(" "), words[at..].join(" "));
        [(head.clone(), tail.clone()), (tail, head)]
    });
    for (days, times) in splits {
        let Ok(days) = parse_plain(&days, today) else {
            continue;
        };
        match parse_time_of_day(&times) {
            Ok(times) => {
                return Ok(OnDays {
                    times: Some(times),
                    ..days
                });
            }
            Err(Unclear::Unknown) => {}
            Err(other) => return Err(other),
        }
    }
    Err(unclear)
}

fn parse_plain(text: &str, today: NaiveDate) -> Result<OnDays, Unclear> {
    let text = text.replace(['–', '—', '‑'], "-");
    let text = text.trim();
    let text = text.strip_suffix(" only").unwrap_or(text);
    let text = text.strip_prefix("on ").unwrap_or(text);
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
        times: None,
    };
    match plain {
        "weekday" | "weekdays" => return Ok(any((1..=5).collect())),
        "weekends" => return Ok(any(vec![6, 7])),
        "midweek" => return Ok(any(vec![2, 3, 4])),
        "weekend" if is_every => return Ok(any(vec![6, 7])),
        "day" if is_every => return Ok(any((1..=7).collect())),
        "any day" | "daily" => return Ok(any((1..=7).collect())),
        _ => {}
    }
    if let Some(weekdays) = range(plain).or_else(|| list(plain)) {
        return Ok(any(weekdays));
    }
    let singular = parse_weekday(plain.trim_end_matches('.'));
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
            times: None,
        });
    }
    Ok(OnDays {
        weekdays: if plain == "weekend" {
            vec![6, 7]
        } else {
            Vec::new()
        },
        next: Some(parse_days(text, today)?),
        times: None,
    })
}

/// `sat and sun`, `tuesday or thursday`, `mon/wed/fri`.
fn list(text: &str) -> Option<Vec<i32>> {
    let spaced = text.replace([',', '/', '&', '+', ';'], " ");
    let mut weekdays = Vec::new();
    for word in spaced.split_whitespace() {
        if matches!(word, "and" | "or" | "on") {
            continue;
        }
        let plain = word.trim_end_matches('.');
        match range(plain) {
            Some(days) => weekdays.extend(days),
            None => {
                let plural = || parse_weekday(plain.strip_suffix('s')?);
                weekdays.push(parse_weekday(plain).or_else(plural)?.into());
            }
        }
    }
    weekdays.sort_unstable();
    weekdays.dedup();
    (weekdays.len() > 1).then_some(weekdays)
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
            ("sat and sun", vec![6, 7]),
            ("tuesday or thursday", vec![2, 4]),
            ("mon, wed, fri", vec![1, 3, 5]),
            ("mon/wed/fri", vec![1, 3, 5]),
            ("tues & thurs", vec![2, 4]),
            ("sundays only", vec![7]),
            ("every day", vec![1, 2, 3, 4, 5, 6, 7]),
        ] {
            assert_eq!(read(text), Some((weekdays, None)), "{text}");
        }
        for wrong in ["", "someday", "mon-", "7-9", "every 3 dec", "sat and 3 dec"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_part_of_the_day_may_be_named_with_the_days() {
        let today = NaiveDate::from_ymd_opt(2026, 10, 21).expect("a day");
        for (text, weekdays, times) in [
            ("tuesday evenings", vec![2], (17 * 60, 22 * 60)),
            ("weekday daytime", vec![1, 2, 3, 4, 5], (9 * 60, 17 * 60)),
            ("sat and sun mornings", vec![6, 7], (6 * 60, 12 * 60)),
            ("thursdays 7-9pm", vec![4], (19 * 60, 21 * 60)),
            (
                "after 6pm on weekdays",
                vec![1, 2, 3, 4, 5],
                (18 * 60, 24 * 60),
            ),
        ] {
            let on = parse(text, today).expect(text);
            assert_eq!((on.weekdays, on.times), (weekdays, Some(times)), "{text}");
        }
        assert_eq!(
            parse("thursdays 7-9", today),
            Err(Unclear::MorningOrEvening("7-9".to_owned()))
        );
        assert_eq!(parse("tuesday dreams", today), Err(Unclear::Unknown));
    }
}
