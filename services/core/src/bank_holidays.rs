//! Bank holidays of the United Kingdom, by nation.
//!
//! From gov.uk (Open Government Licence 3.0), by the PyPI package govuk-bank-holidays 0.19.

use std::sync::LazyLock;

use chrono::{Datelike, NaiveDate};

use crate::recurrence::parse_date;

const TABLE: &str = include_str!("../data/bank-holidays-gb.csv");

/// The days of the table in order, with a bit for each calendar in which they are holidays.
static DAYS: LazyLock<Vec<(NaiveDate, u8)>> = LazyLock::new(|| {
    let rows = TABLE.lines().skip(1).filter_map(|line| {
        let (day, nations) = line.split_once(',')?;
        let bits = nations.split('+').fold(0, |bits, nation| match nation {
            "england-and-wales" => bits | HolidayCalendar::EnglandAndWales.bit(),
            "scotland" => bits | HolidayCalendar::Scotland.bit(),
            "northern-ireland" => bits | HolidayCalendar::NorthernIreland.bit(),
            _ => bits,
        });
        Some((parse_date(day)?, bits))
    });
    rows.collect()
});

/// The bank holidays of one or two nations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolidayCalendar {
    /// `GB-ENG` and `GB-WLS`, which share their holidays.
    EnglandAndWales,
    /// `GB-SCT`.
    Scotland,
    /// `GB-NIR`.
    NorthernIreland,
}

impl HolidayCalendar {
    /// Parses an ISO 3166-2 code: `GB-ENG`, `GB-WLS`, `GB-SCT` or `GB-NIR`.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "GB-ENG" | "GB-WLS" => Some(Self::EnglandAndWales),
            "GB-SCT" => Some(Self::Scotland),
            "GB-NIR" => Some(Self::NorthernIreland),
            _ => None,
        }
    }

    /// Whether a day is one of its holidays; `None` for a year that the table does not have.
    #[must_use]
    pub fn is_holiday(self, day: NaiveDate) -> Option<bool> {
        is_known_year(day).then(|| bits_of(day) & self.bit() != 0)
    }

    fn bit(self) -> u8 {
        match self {
            Self::EnglandAndWales => 1,
            Self::Scotland => 2,
            Self::NorthernIreland => 4,
        }
    }
}

/// Whether a day is a holiday in any nation; false for years that the table does not have.
#[must_use]
pub fn is_holiday_anywhere(day: NaiveDate) -> bool {
    bits_of(day) != 0
}

/// The last year whose holidays are known.
#[must_use]
pub fn last_known_year() -> i32 {
    DAYS.last().map_or(0, |(day, _)| day.year())
}

fn is_known_year(day: NaiveDate) -> bool {
    let first = DAYS.first().map_or(i32::MAX, |(day, _)| day.year());
    (first..=last_known_year()).contains(&day.year())
}

fn bits_of(day: NaiveDate) -> u8 {
    let at = DAYS.binary_search_by_key(&day, |(holiday, _)| *holiday);
    at.map_or(0, |at| DAYS[at].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        parse_date(text).unwrap()
    }

    #[test]
    fn nations_differ_in_their_holidays() {
        let [england, scotland, ireland] =
            ["GB-WLS", "GB-SCT", "GB-NIR"].map(|code| HolidayCalendar::parse(code).unwrap());
        let on = |text: &str| [england, scotland, ireland].map(|it| it.is_holiday(day(text)));
        assert_eq!(on("2026-12-25"), [Some(true); 3]);
        assert_eq!(on("2026-12-24"), [Some(false); 3]);
        // 2 January 2026; Easter Monday; the Twelfth, moved to a Monday.
        assert_eq!(on("2026-01-02"), [Some(false), Some(true), Some(false)]);
        assert_eq!(on("2026-04-06"), [Some(true), Some(false), Some(true)]);
        assert_eq!(on("2026-07-13"), [Some(false), Some(false), Some(true)]);
        assert!(is_holiday_anywhere(day("2026-07-13")));
        assert_eq!(HolidayCalendar::parse("GB"), None);
    }

    #[test]
    fn years_outside_the_table_are_unknown() {
        let england = HolidayCalendar::EnglandAndWales;
        assert!(last_known_year() >= 2028);
        let later = format!("{}-12-25", last_known_year() + 1);
        assert_eq!(england.is_holiday(day(&later)), None);
        assert_eq!(england.is_holiday(day("1999-12-25")), None);
        assert!(!is_holiday_anywhere(day(&later)));
        assert!(DAYS.is_sorted() && DAYS.len() > 30);
    }
}
