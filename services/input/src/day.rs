//! Single days as people type them.

use chrono::NaiveDate;

/// Ways to write a day in numbers, the day first, and with the name of a month.
const FORMATS: [&str; 8] = [
    "%Y-%m-%d",
    "%d/%m/%Y",
    "%d.%m.%Y",
    "%d-%m-%Y",
    "%d %B %Y",
    "%d %b %Y",
    "%A %d %B %Y",
    "%B %d, %Y",
];

/// Reads a day: `2026-03-04`, `4/3/2026` or `4 March 2026`. `None` for anything else.
pub fn parse_day(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let is_short = text.len() <= 40;
    // A year of two digits would be one of the first century.
    FORMATS
        .iter()
        .filter(|_| is_short)
        .find_map(|format| NaiveDate::parse_from_str(text, format).ok())
        .filter(|day| (1900..=9999).contains(&chrono::Datelike::year(day)))
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
        ] {
            assert_eq!(parse_day(text), day, "{text}");
        }
        for text in ["", "soon", "4 March", "4/3/26", "2026-02-30", "30/2/2026"] {
            assert_eq!(parse_day(text), None, "{text}");
        }
    }
}
