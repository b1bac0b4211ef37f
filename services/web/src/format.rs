//! Dates, times, distances and money as the language writes them.

use chrono::{Datelike, NaiveDate, NaiveDateTime, NaiveTime, Timelike};

use crate::words::{Words, in_groups};

const METRES_A_MILE: f64 = 1_609.344;
/// Greater numbers are written with a power of ten: they would fill lines.
const MAX_WHOLE: f64 = 1e15;

const MONTHS: [&str; 12] = [
    "month-january",
    "month-february",
    "month-march",
    "month-april",
    "month-may",
    "month-june",
    "month-july",
    "month-august",
    "month-september",
    "month-october",
    "month-november",
    "month-december",
];

const WEEKDAYS: [&str; 7] = [
    "weekday-monday",
    "weekday-tuesday",
    "weekday-wednesday",
    "weekday-thursday",
    "weekday-friday",
    "weekday-saturday",
    "weekday-sunday",
];

impl Words {
    /// `Tuesday 1 December`, with the year if it is another one than today's.
    pub fn day(self, day: NaiveDate) -> String {
        let weekday = self.text(WEEKDAYS[day.weekday().num_days_from_monday() as usize]);
        let (number, month) = (day.day().to_string(), self.month(day));
        let year = day.year().to_string();
        if day.year() == self.today().year() {
            self.with(
                "date-this-year",
                &[("weekday", &weekday), ("day", &number), ("month", &month)],
            )
        } else {
            self.with(
                "date-other-year",
                &[
                    ("weekday", &weekday),
                    ("day", &number),
                    ("month", &month),
                    ("year", &year),
                ],
            )
        }
    }

    /// `1 December 2026`.
    pub fn date(self, day: NaiveDate) -> String {
        self.with(
            "date-plain",
            &[
                ("day", &day.day().to_string()),
                ("month", &self.month(day)),
                ("year", &day.year().to_string()),
            ],
        )
    }

    /// A weekday by its number in ISO 8601, from 1; empty for another number.
    pub fn weekday(self, number: i32) -> String {
        let index = usize::try_from(number)
            .ok()
            .and_then(|number| number.checked_sub(1));
        let key = index.and_then(|index| WEEKDAYS.get(index));
        key.map_or_else(String::new, |key| self.text(key))
    }

    /// How long before something is to be asked for.
    pub fn hours_ahead(self, hours: u64) -> String {
        match hours % 24 {
            0 => self.count("days-ahead", hours / 24),
            _ => self.count("hours-ahead", hours),
        }
    }

    /// `December 2026`.
    pub fn month_and_year(self, day: NaiveDate) -> String {
        let (month, year) = (self.month(day), day.year().to_string());
        self.with("date-month", &[("month", &month), ("year", &year)])
    }

    /// The name of a month by its number, from 1.
    pub fn month_name(self, number: u32) -> Option<String> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        MONTHS.get(index).map(|key| self.text(key))
    }

    /// `45 minutes`, `2 hours`, `1 hour 30 minutes`.
    pub fn length(self, minutes: u64) -> String {
        let (hours, rest) = (minutes / 60, minutes % 60);
        match (hours, rest) {
            (0, rest) => self.count("minutes-long", rest),
            (hours, 0) => self.count("hours-long", hours),
            (hours, rest) => {
                let (hours, rest) = (
                    self.count("hours-long", hours),
                    self.count("minutes-long", rest),
                );
                self.with("time-and-time", &[("hours", &hours), ("minutes", &rest)])
            }
        }
    }

    fn month(self, day: NaiveDate) -> String {
        self.text(MONTHS[day.month0() as usize])
    }

    /// `7pm`, `7:30pm`, `midnight`.
    pub fn time(self, time: NaiveTime) -> String {
        let (is_pm, hour) = time.hour12();
        let shown = match time.minute() {
            0 if hour == 12 && is_pm => return self.text("time-midday"),
            0 if hour == 12 => return self.text("time-midnight"),
            0 => hour.to_string(),
            minute => format!("{hour}:{minute:02}"),
        };
        if is_pm {
            self.with("time-pm", &[("time", &shown)])
        } else {
            self.with("time-am", &[("time", &shown)])
        }
    }

    /// `Tuesday 1 December, 7pm to 9pm`; with the day of the end if that is another one.
    pub fn span(self, start: NaiveDateTime, end: Option<NaiveDateTime>) -> String {
        let (day, from) = (self.day(start.date()), self.time(start.time()));
        match end {
            Some(end) if end.date() == start.date() => {
                let until = self.time(end.time());
                self.with(
                    "span-one-day",
                    &[("day", &day), ("from", &from), ("until", &until)],
                )
            }
            Some(end) => {
                let until = self.with(
                    "span-start",
                    &[
                        ("day", &self.day(end.date())),
                        ("from", &self.time(end.time())),
                    ],
                );
                self.with(
                    "span-days",
                    &[("day", &day), ("from", &from), ("until", &until)],
                )
            }
            None => self.with("span-start", &[("day", &day), ("from", &from)]),
        }
    }

    /// `3.2 miles away`, `under a mile away`; `about 3 miles away` from somewhere in a town.
    pub fn distance(self, metres: u32, is_exact: bool) -> String {
        let miles = f64::from(metres) / METRES_A_MILE;
        if miles < 1.0 {
            self.text("distance-near")
        } else if !is_exact {
            self.with("distance-about", &[("miles", &format!("{miles:.0}"))])
        } else if miles < 9.95 {
            self.with("distance-miles", &[("miles", &format!("{miles:.1}"))])
        } else {
            self.with("distance-miles", &[("miles", &format!("{miles:.0}"))])
        }
    }

    /// A number with a comma between thousands, and one digit after the point if it has a part.
    pub fn number(self, value: f64) -> String {
        let whole = value.round();
        if (value - whole).abs() >= 0.05 {
            return format!("{value:.1}");
        }
        if !value.is_finite() || value.abs() > MAX_WHOLE {
            return format!("{value:e}");
        }
        let grouped = in_groups(&format!("{:.0}", whole.abs()));
        match whole < 0.0 {
            true => format!("−{grouped}"),
            false => grouped,
        }
    }

    /// `46`, `1.2k`, `56k`, `3.4m`: a count where there is little space, rounded down.
    pub fn short_number(self, value: u64) -> String {
        let (key, tenths) = match value {
            0..1_000 => return value.to_string(),
            1_000..1_000_000 => ("number-thousands", value / 100),
            _ => ("number-millions", value / 100_000),
        };
        let (whole, tenth) = (tenths / 10, tenths % 10);
        let shown = match tenth {
            1.. if whole < 10 => self.with(
                "number-with-tenth",
                &[("whole", &whole.to_string()), ("tenth", &tenth.to_string())],
            ),
            _ => in_groups(&whole.to_string()),
        };
        self.with(key, &[("number", &shown)])
    }

    /// `£5`, `£2.50`, `7 EUR`.
    pub fn money(self, currency: &str, minor_units: i64) -> String {
        let (whole, rest) = (minor_units / 100, (minor_units % 100).abs());
        let amount = match rest {
            0 => whole.to_string(),
            rest => format!("{whole}.{rest:02}"),
        };
        match currency {
            "GBP" => format!("£{amount}"),
            "EUR" => format!("€{amount}"),
            other => format!("{amount} {other}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words() -> Words {
        Words::new("", NaiveDate::from_ymd_opt(2026, 11, 27).unwrap())
    }

    /// Without the marks that isolate a placeholder's direction.
    fn bare(text: &str) -> String {
        text.replace(['\u{2068}', '\u{2069}'], "")
    }

    fn at(day: u32, hour: u32, minute: u32) -> NaiveDateTime {
        let day = NaiveDate::from_ymd_opt(2026, 12, day).unwrap();
        day.and_hms_opt(hour, minute, 0).unwrap()
    }

    #[test]
    fn times_read_as_people_say_them() {
        let span = |start, end| bare(&words().span(start, end));
        assert_eq!(span(at(1, 19, 0), None), "Tuesday 1 December, 7pm");
        assert_eq!(
            span(at(1, 11, 0), Some(at(1, 12, 0))),
            "Tuesday 1 December, 11am to midday"
        );
        assert_eq!(
            span(at(1, 22, 30), Some(at(2, 0, 0))),
            "Tuesday 1 December, 10:30pm, to Wednesday 2 December, midnight"
        );
        let day = NaiveDate::from_ymd_opt(2027, 1, 3).unwrap();
        assert_eq!(bare(&words().day(day)), "Sunday 3 January 2027");
        assert_eq!(bare(&words().date(day)), "3 January 2027");
    }

    #[test]
    fn distances_and_money_are_short() {
        let distance = |metres| bare(&words().distance(metres, true));
        assert_eq!(distance(400), "under a mile away");
        assert_eq!(distance(5_150), "3.2 miles away");
        assert_eq!(distance(32_187), "20 miles away");
        assert_eq!(bare(&words().distance(5_150, false)), "about 3 miles away");
        assert_eq!(words().money("GBP", 500), "£5");
        assert_eq!(words().money("GBP", 250), "£2.50");
        assert_eq!(words().money("SEK", 1_000), "10 SEK");
        let number = |value| words().number(value);
        assert_eq!(number(1_234_567.0), "1,234,567");
        assert_eq!(
            [number(12.5), number(-3.0), number(0.0)],
            ["12.5", "−3", "0"]
        );
        assert_eq!([number(f64::NAN), number(1e300)], ["NaN", "1e300"]);
        let short = |value| bare(&words().short_number(value));
        let values = [0, 999, 1_000, 1_299, 9_999, 10_500, 999_999];
        let shown = values.map(short);
        assert_eq!(shown, ["0", "999", "1k", "1.2k", "9.9k", "10k", "999k"]);
        assert_eq!([short(1_000_000), short(3_480_000)], ["1m", "3.4m"]);
        assert_eq!(short(u64::MAX).len(), "18,446,744,073,709m".len());
    }
}
