//! Days and spans of days as people type them: `thursday`, `3 dec`, `03/12/2026`, `next week`.

use chrono::{Datelike, Days, Months, NaiveDate};
use hedgerow_proto::v1::Weekday;
use hedgerow_proto::words::{values, word};

use super::named_day::named_day;
use super::plain::plain_words;
use super::unclear::Unclear;

/// The first and the last of some successive days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    /// Whether the text names any such day (`thursday`, `3 dec`), so that one that is over means
    /// the next one.
    pub(super) repeats_weekly: bool,
}

impl Span {
    fn day(day: NaiveDate) -> Self {
        Self {
            first: day,
            last: day,
            repeats_weekly: false,
        }
    }

    fn days(first: NaiveDate, last: NaiveDate) -> Self {
        Self {
            first,
            last,
            repeats_weekly: false,
        }
    }

    /// The day, if the span is one.
    pub(super) fn single_day(self) -> Option<NaiveDate> {
        (self.first == self.last).then_some(self.first)
    }
}

/// Reads lower-case text. Weeks start on Monday: `next thursday` is the Thursday of next week.
pub(super) fn parse_days(text: &str, today: NaiveDate) -> Result<Span, Unclear> {
    let words = plain_words(text);
    let words: Vec<&str> = words
        .iter()
        .map(String::as_str)
        .filter(|word| !matches!(*word, "on" | "the" | "of" | "a" | "an" | "coming"))
        .collect();
    if let Some(span) = parse_range(&words.join(" "), today) {
        return span;
    }
    if let Some(day) = named_day(&words.join(" "), today) {
        return Ok(Span::day(day));
    }
    if let Some(span) = parse_counted(&words, today) {
        return span;
    }
    match words.as_slice() {
        ["today" | "tonight" | "now"] => Ok(Span::day(today)),
        ["tomorrow"] => Ok(Span::day(plus_days(today, 1)?)),
        ["day", "after", "tomorrow"] => Ok(Span::day(plus_days(today, 2)?)),
        ["weekend"] | ["this", "weekend"] => weekend(today, today),
        ["next", "weekend"] => weekend(next_monday(today)?, today),
        ["this", "week"] => Ok(Span::days(today, plus_days(next_monday(today)?, -1)?)),
        ["next", "week"] => week(next_monday(today)?),
        ["this", "month"] => Ok(Span::days(today, last_of_month(today)?)),
        ["next", "month"] => {
            let last = last_of_month(today)?;
            let first = plus_days(last, 1)?;
            Ok(Span::days(first, last_of_month(first)?))
        }
        ["week", "commencing" | "beginning" | "starting", date @ ..]
        | ["w/c", date @ ..]
        | ["week", date @ ..]
            if !date.is_empty() =>
        {
            week(parse_date(date, today)?)
        }
        ["next", "week", name] | [name, "next", "week"] | ["next", name] => {
            let weekday = parse_weekday(name).ok_or(Unclear::Unknown)?;
            Ok(Span::day(first_on(weekday, next_monday(today)?)?))
        }
        ["this", name] | [name] if parse_weekday(name).is_some() => {
            let weekday = parse_weekday(name).ok_or(Unclear::Unknown)?;
            Ok(Span {
                repeats_weekly: true,
                ..Span::day(first_on(weekday, today)?)
            })
        }
        [name] | ["in", name] if parse_month(name).is_some() => {
            month(parse_month(name), None, today)
        }
        [name, year] if parse_month(name).is_some() && year.len() == 4 => {
            month(parse_month(name), Some(parse_year(year)?), today)
        }
        [name, date @ ..] if !date.is_empty() && parse_weekday(name).is_some() => {
            let day = match date {
                [number] if number.len() <= 4 && !number.contains(['/', '.']) => {
                    next_day_of_month(parse_day_number(number)?, today)?
                }
                date => parse_date(date, today)?,
            };
            let typed = parse_weekday(name).map(i32::from);
            let actual = i32::try_from(day.weekday().number_from_monday()).ok();
            if typed != actual {
                return Err(Unclear::OtherWeekday(day));
            }
            Ok(Span::day(day))
        }
        // "15th", but not "15", which may be a time.
        [ordinal] if ordinal.ends_with(|last: char| last.is_ascii_alphabetic()) => {
            let day = parse_day_number(ordinal)?;
            Ok(Span::day(next_day_of_month(day, today)?))
        }
        date => Ok(Span::day(parse_date(date, today)?)),
    }
}

/// Days counted from today: `in 2 weeks`, `friday week`, `next 10 days`. `None` for other words.
fn parse_counted(words: &[&str], today: NaiveDate) -> Option<Result<Span, Unclear>> {
    let ahead = |days: i64| Some(plus_days(today, days).map(Span::day));
    let weekday_after = |name: &str| {
        let weekday = parse_weekday(name)?;
        let day = first_on(weekday, today).and_then(|day| plus_days(day, 7));
        Some(day.map(Span::day))
    };
    match words {
        ["week", "today"] | ["in", "week"] | ["in", "week", "time"] => ahead(7),
        ["week", "tomorrow"] => ahead(8),
        ["in", "fortnight"] | ["in", "fortnight", "time"] | ["fortnight", "today"] => ahead(14),
        ["in", count, unit] | ["in", count, unit, "time"] | [count, unit, "time"] => {
            ahead(days_of(count, unit)?)
        }
        [name, "week"] | ["week", name] => weekday_after(name),
        ["next", "fortnight"] => Some(plus_days(today, 14).map(|last| Span::days(today, last))),
        ["next", count, unit] => {
            let days = days_of(count, unit)?;
            Some(plus_days(today, days).map(|last| Span::days(today, last)))
        }
        _ => None,
    }
}

fn days_of(count: &str, unit: &str) -> Option<i64> {
    let count = match count {
        "few" => 3,
        count => i64::from(number(count)?),
    };
    match unit {
        "day" | "days" => Some(count),
        "week" | "weeks" => Some(count * 7),
        _ => None,
    }
}

/// `3-5 dec`, `dec 3-5`, `3 dec to 5 jan`, `friday to sunday`. `None` if it is not two days.
fn parse_range(text: &str, today: NaiveDate) -> Option<Result<Span, Unclear>> {
    let dashed = text
        .replace(" to ", "-")
        .replace(" until ", "-")
        .replace(" till ", "-");
    let (first, last) = dashed.split_once('-')?;
    let (first, last) = (first.trim(), last.trim());
    // Dates in numbers have dashes too.
    if last.contains('-') || first.is_empty() || last.is_empty() {
        return None;
    }
    let is_number = |text: &str| parse_day_number(text).is_ok();
    let (first, last) = match (is_number(first), is_number(last)) {
        (true, true) => return None,
        (true, false) => {
            let (_, month) = last.split_once(' ')?;
            (format!("{first} {month}"), last.to_owned())
        }
        (false, true) => {
            let (month, _) = first.rsplit_once(' ')?;
            (first.to_owned(), format!("{month} {last}"))
        }
        (false, false) => (first.to_owned(), last.to_owned()),
    };
    let day = |text: &str| parse_days(text, today).ok()?.single_day();
    let first = day(&first)?;
    let mut last = day(&last)?;
    if last < first && parse_weekday(dashed.split_once('-')?.1.trim()).is_some() {
        // "friday to monday", typed on a Saturday or Sunday.
        last = plus_days(last, 7).ok()?;
    }
    Some(if last < first {
        Err(Unclear::Unknown)
    } else {
        Ok(Span::days(first, last))
    })
}

fn week(first: NaiveDate) -> Result<Span, Unclear> {
    Ok(Span::days(first, plus_days(first, 6)?))
}

/// The next day with this number, in this month or a later one that has it.
fn next_day_of_month(number: u32, today: NaiveDate) -> Result<NaiveDate, Unclear> {
    (0..=2)
        .filter_map(|months| today.with_day(1)?.checked_add_months(Months::new(months)))
        .filter_map(|first| first.with_day(number))
        .find(|day| *day >= today)
        .ok_or(Unclear::Unknown)
}

/// A day of the week, in full or by its first three letters or more.
pub(super) fn parse_weekday(text: &str) -> Option<Weekday> {
    let is_long_enough = text.len() >= 3;
    let spelt = SPELLINGS.iter().find(|(_, words)| words.contains(&text));
    spelt.map(|(weekday, _)| *weekday).or_else(|| {
        values::<Weekday>().find(|weekday| is_long_enough && word(*weekday).starts_with(text))
    })
}

/// Short forms with their usual s, and frequent slips.
const SPELLINGS: [(Weekday, &[&str]); 5] = [
    (Weekday::Tuesday, &["tues", "tuseday", "teusday"]),
    (
        Weekday::Wednesday,
        &["weds", "wensday", "wednsday", "wenesday", "wedensday"],
    ),
    (
        Weekday::Thursday,
        &["thurs", "thurday", "thrusday", "thursady"],
    ),
    (Weekday::Friday, &["firday", "fryday"]),
    (Weekday::Saturday, &["saterday", "satuday", "saturdy"]),
];

fn parse_month(text: &str) -> Option<u32> {
    const MONTHS: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    let text = text.trim_end_matches('.');
    let number = (1..).zip(MONTHS).find(|(_, month)| {
        text.len() >= 3 && (month.starts_with(text) || (text == "sept" && *month == "september"))
    });
    number.map(|(number, _)| number)
}

/// `2026-12-03`, `03/12/2026`, `3.12.26`, `3/12`, `3 dec`, `3rd december 2026`, `dec 3`.
fn parse_date(words: &[&str], today: NaiveDate) -> Result<NaiveDate, Unclear> {
    match words {
        [number] => parse_numbers(number, today),
        [a, b] if parse_month(b).is_some() => {
            next_date(parse_day_number(a)?, parse_month(b), today)
        }
        [a, b] if parse_month(a).is_some() => {
            next_date(parse_day_number(b)?, parse_month(a), today)
        }
        [a, b, year] if parse_month(b).is_some() => {
            date(parse_year(year)?, parse_month(b), parse_day_number(a)?)
        }
        [a, b, year] if parse_month(a).is_some() => {
            date(parse_year(year)?, parse_month(a), parse_day_number(b)?)
        }
        _ => Err(Unclear::Unknown),
    }
}

fn parse_numbers(text: &str, today: NaiveDate) -> Result<NaiveDate, Unclear> {
    let parts: Vec<&str> = text.split(['-', '/', '.']).collect();
    if parts.len() > 3 {
        return Err(Unclear::Unknown);
    }
    if let [year, month, day] = parts[..]
        && year.len() == 4
    {
        return date(parse_year(year)?, number(month), parse_day_number(day)?);
    }
    // "7-9" is a time, and "7.30" too.
    if parts.len() == 2 && !text.contains('/') {
        return Err(Unclear::Unknown);
    }
    let [day, month, ref year @ ..] = parts[..] else {
        return Err(Unclear::Unknown);
    };
    let (day, month) = (number(day).ok_or(Unclear::Unknown)?, number(month));
    let year = year.first().map(|year| parse_year(year)).transpose()?;
    if month.is_some_and(|month| month > 12) {
        let year = year.unwrap_or_else(|| today.year());
        let swapped = date(year, Some(day), month.unwrap_or_default());
        return Err(swapped.map_or(Unclear::Unknown, Unclear::MonthFirst));
    }
    match year {
        Some(year) => date(year, month, day),
        None => next_date(day, month, today),
    }
}

fn number(text: &str) -> Option<u32> {
    let is_short = (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    is_short.then(|| text.parse().ok()).flatten()
}

/// `3`, `3rd`.
fn parse_day_number(text: &str) -> Result<u32, Unclear> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let is_ordinal = matches!(&text[digits.len()..], "" | "st" | "nd" | "rd" | "th");
    is_ordinal
        .then(|| number(digits))
        .flatten()
        .ok_or(Unclear::Unknown)
}

/// `2026`, or `26` of this century. The bounds are the protocol's years; they also keep date
/// arithmetic far from chrono's limits.
fn parse_year(text: &str) -> Result<i32, Unclear> {
    let year = match text.len() {
        2 => number(text).and_then(|year| i32::try_from(2000 + year).ok()),
        4 => text.parse().ok(),
        _ => None,
    };
    year.filter(|year| (1900..2200).contains(year))
        .ok_or(Unclear::Unknown)
}

fn date(year: i32, month: Option<u32>, day: u32) -> Result<NaiveDate, Unclear> {
    let day = month.and_then(|month| NaiveDate::from_ymd_opt(year, month, day));
    day.ok_or(Unclear::Unknown)
}

/// The next such date: `3 jan`, typed in December, is in the year after.
fn next_date(day: u32, month: Option<u32>, today: NaiveDate) -> Result<NaiveDate, Unclear> {
    // 29 February may be eight years away.
    (today.year()..=today.year() + 8)
        .filter_map(|year| NaiveDate::from_ymd_opt(year, month?, day))
        .find(|date| *date >= today)
        .ok_or(Unclear::Unknown)
}

/// A whole month; the current one from today.
fn month(month: Option<u32>, year: Option<i32>, today: NaiveDate) -> Result<Span, Unclear> {
    let first = match year {
        Some(year) => date(year, month, 1)?,
        None if month == Some(today.month()) => today,
        None => next_date(1, month, today)?,
    };
    Ok(Span::days(first, last_of_month(first)?))
}

fn weekend(from: NaiveDate, today: NaiveDate) -> Result<Span, Unclear> {
    if from == today && today.weekday() == chrono::Weekday::Sun {
        return Ok(Span::day(today));
    }
    let saturday = first_on(Weekday::Saturday, from)?;
    Ok(Span::days(saturday, plus_days(saturday, 1)?))
}

/// The first such day of the week, not before `from`.
fn first_on(weekday: Weekday, from: NaiveDate) -> Result<NaiveDate, Unclear> {
    let monday_is_1 = i64::from(from.weekday().number_from_monday());
    plus_days(
        from,
        (i64::from(i32::from(weekday)) - monday_is_1).rem_euclid(7),
    )
}

fn next_monday(today: NaiveDate) -> Result<NaiveDate, Unclear> {
    plus_days(today, 7 - i64::from(today.weekday().num_days_from_monday()))
}

fn last_of_month(day: NaiveDate) -> Result<NaiveDate, Unclear> {
    let first = day
        .with_day(1)
        .and_then(|first| first.checked_add_months(Months::new(1)));
    plus_days(first.ok_or(Unclear::Unknown)?, -1)
}

fn plus_days(day: NaiveDate, days: i64) -> Result<NaiveDate, Unclear> {
    let count = Days::new(days.unsigned_abs());
    let moved = if days < 0 {
        day.checked_sub_days(count)
    } else {
        day.checked_add_days(count)
    };
    moved.ok_or(Unclear::Unknown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A Wednesday.
    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 10, 21).expect("a day")
    }

    fn span(text: &str) -> Option<(String, String)> {
        let span = parse_days(text, today()).ok()?;
        Some((span.first.to_string(), span.last.to_string()))
    }

    #[test]
    fn days_are_read_as_typed() {
        for (typed, day) in [
            ("today", "2026-10-21"),
            ("tonight", "2026-10-21"),
            ("tomorrow", "2026-10-22"),
            ("wed", "2026-10-21"),
            ("tues", "2026-10-27"),
            ("this thursday", "2026-10-22"),
            ("next thursday", "2026-10-29"),
            ("next monday", "2026-10-26"),
            ("thursday next week", "2026-10-29"),
            ("next week on thursday", "2026-10-29"),
            ("2026-12-03", "2026-12-03"),
            ("03/12/2026", "2026-12-03"),
            ("3/12/26", "2026-12-03"),
            ("3.12.2026", "2026-12-03"),
            ("3/12", "2026-12-03"),
            ("3 dec", "2026-12-03"),
            ("3rd of december", "2026-12-03"),
            ("dec 3", "2026-12-03"),
            ("december 3rd, 2027", "2027-12-03"),
            ("thu 3 dec", "2026-12-03"),
            ("3 jan", "2027-01-03"),
            ("29 feb", "2028-02-29"),
            ("3 dec ’26", "2026-12-03"),
            ("sat.", "2026-10-24"),
            ("wensday", "2026-10-21"),
            ("the day after tomorrow", "2026-10-23"),
            ("friday week", "2026-10-30"),
            ("a week on friday", "2026-10-30"),
            ("a week today", "2026-10-28"),
            ("in a fortnight", "2026-11-04"),
            ("in two weeks' time", "2026-11-04"),
            ("in 3 days", "2026-10-24"),
            ("the 15th", "2026-11-15"),
            ("sat 24th", "2026-10-24"),
            ("fri 30", "2026-10-30"),
            ("Boxing Day", "2026-12-26"),
            ("new year’s eve", "2026-12-31"),
        ] {
            assert_eq!(
                span(typed),
                Some((day.to_owned(), day.to_owned())),
                "{typed}"
            );
        }
    }

    #[test]
    fn spans_of_days_have_a_first_and_a_last_one() {
        for (typed, first, last) in [
            ("this week", "2026-10-21", "2026-10-25"),
            ("next week", "2026-10-26", "2026-11-01"),
            ("this weekend", "2026-10-24", "2026-10-25"),
            ("next weekend", "2026-10-31", "2026-11-01"),
            ("this month", "2026-10-21", "2026-10-31"),
            ("next month", "2026-11-01", "2026-11-30"),
            ("december", "2026-12-01", "2026-12-31"),
            ("feb 2028", "2028-02-01", "2028-02-29"),
            ("october", "2026-10-21", "2026-10-31"),
            ("in december", "2026-12-01", "2026-12-31"),
            ("3-5 dec", "2026-12-03", "2026-12-05"),
            ("3rd to 5th december 2027", "2027-12-03", "2027-12-05"),
            ("dec 3 - 5", "2026-12-03", "2026-12-05"),
            ("30 dec to 2 jan", "2026-12-30", "2027-01-02"),
            ("friday to sunday", "2026-10-23", "2026-10-25"),
            ("next 7 days", "2026-10-21", "2026-10-28"),
            ("week commencing 7 december", "2026-12-07", "2026-12-13"),
            ("w/c 7 dec", "2026-12-07", "2026-12-13"),
        ] {
            assert_eq!(
                span(typed),
                Some((first.to_owned(), last.to_owned())),
                "{typed}"
            );
        }
    }

    #[test]
    fn what_is_not_certain_is_not_guessed() {
        let day = |year, month, day| NaiveDate::from_ymd_opt(year, month, day).expect("a day");
        assert_eq!(
            parse_days("03/25/2026", today()),
            Err(Unclear::MonthFirst(day(2026, 3, 25)))
        );
        assert_eq!(
            parse_days("friday 3 dec", today()),
            Err(Unclear::OtherWeekday(day(2026, 12, 3)))
        );
        assert_eq!(
            parse_days("fri 24th", today()),
            Err(Unclear::OtherWeekday(day(2026, 10, 24)))
        );
        for wrong in [
            "",
            "5-3 dec",
            "in 3 blue moons",
            "someday",
            "th",
            "31/02/2026",
            "32 dec",
            "3 decc",
            "2026",
            "1/2/3/4",
            "99/99/2026",
            "9999-01-01",
            "next",
            "next year",
            "3",
            "ñ",
            "7-9",
        ] {
            assert_eq!(span(wrong), None, "{wrong}");
        }
    }
}
