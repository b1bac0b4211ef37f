//! Days with names of their own: `christmas eve`, `good friday`.

use chrono::{Datelike, NaiveDate};

/// Days of each year, by name: month and day.
const FIXED: [(&str, u32, u32); 10] = [
    ("christmas", 12, 25),
    ("christmas day", 12, 25),
    ("christmas eve", 12, 24),
    ("xmas", 12, 25),
    ("xmas eve", 12, 24),
    ("boxing day", 12, 26),
    ("new years eve", 12, 31),
    ("new years day", 1, 1),
    ("halloween", 10, 31),
    ("bonfire night", 11, 5),
];
/// Days around Easter Sunday.
const EASTER: [(&str, i64); 6] = [
    ("easter", 0),
    ("easter sunday", 0),
    ("easter monday", 1),
    ("good friday", -2),
    ("easter saturday", -1),
    ("pancake day", -47),
];

/// The next day of this name. `None` if no day has it.
pub(super) fn named_day(name: &str, today: NaiveDate) -> Option<NaiveDate> {
    let years = today.year()..=today.year() + 1;
    let fixed = FIXED.iter().find(|(known, ..)| *known == name);
    let moving = EASTER.iter().find(|(known, _)| *known == name);
    let in_year = |year: i32| match (fixed, moving) {
        (Some((_, month, day)), _) => NaiveDate::from_ymd_opt(year, *month, *day),
        (None, Some((_, days))) => {
            easter_sunday(year)?.checked_add_signed(chrono::Duration::days(*days))
        }
        (None, None) => None,
    };
    years.filter_map(in_year).find(|day| *day >= today)
}

/// The Gregorian computus (Meeus, Jones and Butcher).
fn easter_sunday(year: i32) -> Option<NaiveDate> {
    let a = year % 19;
    let (b, c) = (year / 100, year % 100);
    let d = (b + 8) / 25;
    let e = (b - d + 1) / 3;
    let h = (19 * a + b - b / 4 - e + 15) % 30;
    let l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let days = h + l - 7 * m + 114;
    let (month, day) = (u32::try_from(days / 31), u32::try_from(days % 31 + 1));
    NaiveDate::from_ymd_opt(year, month.ok()?, day.ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn named_days_are_the_next_of_their_name() {
        let today = NaiveDate::from_ymd_opt(2026, 11, 28).expect("a day");
        for (name, day) in [
            ("christmas eve", "2026-12-24"),
            ("boxing day", "2026-12-26"),
            ("new years day", "2027-01-01"),
            ("good friday", "2027-03-26"),
            ("easter monday", "2027-03-29"),
            ("bonfire night", "2027-11-05"),
        ] {
            let read = named_day(name, today).map(|day| day.to_string());
            assert_eq!(read.as_deref(), Some(day), "{name}");
        }
        assert_eq!(named_day("someday", today), None);
    }
}
