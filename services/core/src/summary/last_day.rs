//! The last day of a time-limited group, as its words state it.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::recurrence::parse_date;

/// Longer texts are prose.
const MAX_LENGTH: usize = 40;
/// The years of records.
const YEARS: std::ops::Range<i32> = 1900..2200;
const MONTHS: [[&str; 2]; 12] = [
    ["january", "ionawr"],
    ["february", "chwefror"],
    ["march", "mawrth"],
    ["april", "ebrill"],
    ["may", "mai"],
    ["june", "mehefin"],
    ["july", "gorffennaf"],
    ["august", "awst"],
    ["september", "medi"],
    ["october", "hydref"],
    ["november", "tachwedd"],
    ["december", "rhagfyr"],
];
/// Parts of a year with the last month in which each could end, counted from January of the year.
const PARTS: [(&str, u32); 15] = [
    ("early", 6),
    ("spring", 6),
    ("gwanwyn", 6),
    ("easter", 4),
    ("mid", 9),
    ("middle", 9),
    ("summer", 9),
    ("haf", 9),
    ("autumn", 12),
    ("hydref", 12),
    ("late", 12),
    ("christmas", 12),
    ("year", 12),
    // It ends in the year after.
    ("winter", 15),
    ("gaeaf", 15),
];
const FILLERS: [&str; 12] = [
    "the", "of", "in", "until", "till", "to", "by", "end", "about", "term", "season", "diwedd",
];

/// Returns the last day on which such a group could still run: 31 December for `2021`, 31 March
/// for `March 2021`, 30 September for `summer 2021`. `None` for words that state no end.
pub(super) fn last_day(text: &str) -> Option<String> {
    let day = parse_date(text).or_else(|| of_words(text))?;
    Some(day.format("%Y-%m-%d").to_string())
}

fn of_words(text: &str) -> Option<NaiveDate> {
    if text.len() > MAX_LENGTH {
        return None;
    }
    let lower = text.to_lowercase();
    let words: Vec<&str> = lower
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .collect();
    let numbers: Option<Vec<i32>> = words.iter().map(|word| word.parse().ok()).collect();
    if let Some(numbers) = numbers {
        return of_numbers(&numbers, &words);
    }
    let mut year = None;
    let mut month = None;
    let mut day = None;
    for word in words {
        if let Some(number) = year_of(word) {
            year.replace(number).is_none().then_some(())?;
        } else if let Some(number) = month_of(word) {
            month.replace(number).is_none().then_some(())?;
        } else if let Some(number) = day_of(word) {
            day.replace(number).is_none().then_some(())?;
        } else if !FILLERS.contains(&word) {
            return None;
        }
    }
    match (day, month) {
        (Some(day), Some(month)) => NaiveDate::from_ymd_opt(year?, month, day),
        (None, Some(month)) => last_of(year?, month),
        (None, None) => last_of(year?, 12),
        (Some(_), None) => None,
    }
}

/// `2021`, `2020/21`, `2021-06`, `06/2021` or `30/06/2021`.
fn of_numbers(numbers: &[i32], words: &[&str]) -> Option<NaiveDate> {
    let month = |number: i32| {
        u32::try_from(number)
            .ok()
            .filter(|it| (1..=12).contains(it))
    };
    match *numbers {
        [year] => last_of(year_of(words[0])?, 12).filter(|_| YEARS.contains(&year)),
        [first, second] if YEARS.contains(&first) && YEARS.contains(&second) => {
            last_of(second.max(first), 12)
        }
        // A year and the next one: 2020/21.
        [year, next] if YEARS.contains(&year) && next == (year + 1) % 100 => last_of(year + 1, 12),
        [year, number] if YEARS.contains(&year) => last_of(year, month(number)?),
        [number, year] if YEARS.contains(&year) => last_of(year, month(number)?),
        [day, number, year] if YEARS.contains(&year) => {
            NaiveDate::from_ymd_opt(year, month(number)?, u32::try_from(day).ok()?)
        }
        _ => None,
    }
}

fn year_of(word: &str) -> Option<i32> {
    let year = word.parse().ok().filter(|year| YEARS.contains(year))?;
    (word.len() == 4).then_some(year)
}

/// A month, or the last one of a part of the year; 15 is March of the next year.
fn month_of(word: &str) -> Option<u32> {
    let is_month = |names: &[&str; 2]| {
        let is_short = word.len() >= 3 && names[0].starts_with(word);
        is_short || word == "sept" && names[0] == "september" || names[1] == word
    };
    // Seasons first: the Welsh word for autumn is also that for October.
    let part = PARTS.iter().find(|(name, _)| *name == word);
    let month = || (1..).zip(MONTHS).find(|(_, names)| is_month(names));
    part.map(|(_, last)| *last)
        .or_else(|| month().map(|(month, _)| month))
}

/// `30`, `30th`.
fn day_of(word: &str) -> Option<u32> {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let is_ordinal = matches!(&word[digits.len()..], "" | "st" | "nd" | "rd" | "th");
    let day = digits.parse().ok().filter(|day| (1..=31).contains(day));
    day.filter(|_| is_ordinal)
}

/// The last day of a month; months after 12 are in the next year.
fn last_of(year: i32, month: u32) -> Option<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1)?;
    let next = first.checked_add_months(Months::new(month))?;
    let last = next.checked_sub_days(Days::new(1))?;
    YEARS.contains(&last.year()).then_some(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_in_words_is_the_last_day_on_which_it_could_run() {
        for (words, day) in [
            ("2021-06-30", "2021-06-30"),
            ("2021", "2021-12-31"),
            ("March 2021", "2021-03-31"),
            ("until the end of Feb 2024", "2024-02-29"),
            ("end of 2021", "2021-12-31"),
            ("summer 2021", "2021-09-30"),
            ("Spring 2021", "2021-06-30"),
            ("winter 2021", "2022-03-31"),
            ("Mehefin 2021", "2021-06-30"),
            ("30 June 2021", "2021-06-30"),
            ("June 30th, 2021", "2021-06-30"),
            ("30/06/2021", "2021-06-30"),
            ("06/2021", "2021-06-30"),
            ("2021-06", "2021-06-30"),
            ("2020/21", "2021-12-31"),
            ("2020-2021", "2021-12-31"),
            ("Sept 2021", "2021-09-30"),
        ] {
            assert_eq!(last_day(words).as_deref(), Some(day), "{words}");
        }
    }

    #[test]
    fn words_that_state_no_end_have_no_last_day() {
        for words in [
            "",
            "until the funding ends",
            "2021 or longer",
            "March",
            "31 February 2021",
            "since 2019",
            "June to July 2021",
            "12",
            "99999",
            "13/2021",
            "ñ 2021",
        ] {
            assert_eq!(last_day(words), None, "{words}");
        }
    }
}
