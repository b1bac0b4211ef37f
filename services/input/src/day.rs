//! Single days as people type them.

use chrono::{Datelike as _, NaiveDate};

/// Longer texts are no dates.
const MAX_LENGTH: usize = 40;

/// Ways to write a day in numbers, the day first, and with the name of a month.
const FORMATS: [&str; 8] = [
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%A %d %B %Y",
    "%B %d %Y",
];

/// Reads a day: `2026-03-04`, `4/3/26`, `4th March 2026` or `Wed 4 Mar 2026`. `None` for anything
/// else, and for a weekday that the date is not on.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    if text.len() > MAX_LENGTH {
        return None;
    }
    let words: Vec<&str> = text
        .split([' ', ','])
        .filter(|word| !word.is_empty() && !matches!(*word, "of" | "the"))
        .map(without_ordinal)
        .collect();
    let plain = words.join(" ");
    let read = |format: &str| NaiveDate::parse_from_str(&plain, format).ok();
    FORMATS.iter().find_map(|format| {
        let day = read(format).filter(|day| (1900..=9999).contains(&day.year()));
        // `%Y` reads 26 as a year of the first century.
        let is_year_last = format.ends_with("%Y");
        day.or_else(|| read(&format.replace("%Y", "%y")).filter(|_| is_year_last))
    })
}

/// `4` of `4th`.
fn without_ordinal(word: &str) -> &str {
    let digits = word.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let is_ordinal = matches!(&word[digits.len()..], "st" | "nd" | "rd" | "th");
    if is_ordinal && !digits.is_empty() {
        digits
    } else {
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_has_several_spellings_and_needs_its_year() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 4);
        for text in [
            "2026-03-04",
            "4/3/2026",
            "04.03.2026",
            "4 March 2026",
            " 4 mar 2026 ",
            "4/3/26",
            "04.03.26",
            "4th March 2026",
            "the 4th of March 2026",
            "March 4, 2026",
            "Wed 4 Mar 2026",
            "Wednesday, 4th March 2026",
            "4 Mar 26",
        ] {
            assert_eq!(parse_day(text), day, "{text}");
        }
        for text in [
            "",
            "soon",
            "4 March",
            "2026-02-30",
            "30/2/2026",
            "30/2/26",
            "Thursday 4 March 2026",
        ] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }
}
