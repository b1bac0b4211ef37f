//! Recurrence rules of RFC 5545 in plain English.

use chrono::{NaiveDate, NaiveDateTime};

const DAYS: [(&str, &str); 7] = [
    ("MO", "Monday"),
    ("TU", "Tuesday"),
    ("WE", "Wednesday"),
    ("TH", "Thursday"),
    ("FR", "Friday"),
    ("SA", "Saturday"),
    ("SU", "Sunday"),
];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
/// Units of FREQ, singular.
const UNITS: [(&str, &str); 4] = [
    ("DAILY", "day"),
    ("WEEKLY", "week"),
    ("MONTHLY", "month"),
    ("YEARLY", "year"),
];

/// A rule in words: `every two weeks on Friday`. `None` if it has parts for which there are
/// no plain words; then the rule itself is less confusing than half of it.
pub fn in_words(rule: &str) -> Option<String> {
    let mut words = String::new();
    let mut rest = Parts::read(rule)?;
    let frequency = rest.take("FREQ")?;
    let (_, unit) = UNITS.iter().find(|(name, _)| *name == frequency)?;
    let interval: u32 = rest
        .take("INTERVAL")
        .map_or(Some(1), |it| it.parse().ok())?;
    words += &match interval {
        1 => format!("every {unit}"),
        2 => format!("every two {unit}s"),
        3 => format!("every three {unit}s"),
        4 => format!("every four {unit}s"),
        more => format!("every {more} {unit}s"),
    };
    let position = rest.take("BYSETPOS");
    if let Some(days) = rest.take("BYDAY") {
        words += &by_day(days, position)?;
    } else if position.is_some() {
        return None;
    }
    if let Some(days) = rest.take("BYMONTHDAY") {
        let days = days.split(',').map(|day| match day.parse::<i32>().ok()? {
            -1 => Some("the last day".to_owned()),
            day @ 1..=31 => Some(format!("the {}", ordinal(day.unsigned_abs()))),
            _ => None,
        });
        words += &format!(" on {}", and(&days.collect::<Option<Vec<_>>>()?));
    }
    if let Some(months) = rest.take("BYMONTH") {
        let months = months.split(',').map(|month| {
            let index = month.parse::<usize>().ok()?.checked_sub(1)?;
            MONTHS.get(index).map(|name| (*name).to_owned())
        });
        words += &format!(" in {}", and(&months.collect::<Option<Vec<_>>>()?));
    }
    if let Some(count) = rest.take("COUNT") {
        words += &match count.parse::<u32>().ok()? {
            1 => ", once".to_owned(),
            2 => ", twice".to_owned(),
            more => format!(", {more} times"),
        };
    }
    if let Some(until) = rest.take("UNTIL") {
        words += &format!(", until {}", day_of(until)?);
    }
    rest.take("WKST");
    rest.is_empty().then_some(words)
}

/// The parts of a rule that are not in words yet.
struct Parts<'a>(Vec<(&'a str, &'a str)>);

impl<'a> Parts<'a> {
    fn read(rule: &'a str) -> Option<Self> {
        let parts = rule.split(';').map(|part| part.split_once('='));
        parts.collect::<Option<_>>().map(Self)
    }

    fn take(&mut self, name: &str) -> Option<&'a str> {
        let index = self.0.iter().position(|(known, _)| *known == name)?;
        Some(self.0.swap_remove(index).1)
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// ` on Monday and Friday`, ` on the second Tuesday`, ` on the last weekday`.
fn by_day(days: &str, position: Option<&str>) -> Option<String> {
    if let Some(position) = position {
        let which = match days {
            "MO,TU,WE,TH,FR" => "weekday",
            "SA,SU" => "day of a weekend",
            _ => return None,
        };
        return Some(format!(" on the {} {which}", nth(position.parse().ok()?)?));
    }
    match days {
        "MO,TU,WE,TH,FR" => return Some(" from Monday to Friday".to_owned()),
        "SA,SU" => return Some(" on Saturday and Sunday".to_owned()),
        _ => {}
    }
    let names = days.split(',').map(|day| {
        let split = day.len().checked_sub(2)?;
        let (number, code) = (day.get(..split)?, day.get(split..)?);
        let (_, name) = DAYS.iter().find(|(known, _)| *known == code)?;
        Some(match number {
            "" => (*name).to_owned(),
            number => format!("the {} {name}", nth(number.parse().ok()?)?),
        })
    });
    Some(format!(" on {}", and(&names.collect::<Option<Vec<_>>>()?)))
}

fn nth(number: i32) -> Option<String> {
    Some(match number {
        1 => "first".to_owned(),
        2 => "second".to_owned(),
        3 => "third".to_owned(),
        4 => "fourth".to_owned(),
        5 => "fifth".to_owned(),
        -1 => "last".to_owned(),
        -2 => "last but one".to_owned(),
        _ => return None,
    })
}

fn ordinal(number: u32) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

fn and(items: &[String]) -> String {
    match items {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

fn day_of(until: &str) -> Option<String> {
    let date = NaiveDateTime::parse_from_str(until, "%Y%m%dT%H%M%SZ").map(|time| time.date());
    let date = date
        .or_else(|_| NaiveDate::parse_from_str(until, "%Y%m%d"))
        .ok()?;
    Some(date.format("%-d %B %Y").to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read_as_people_say_them() {
        for (rule, words) in [
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
                "every two weeks on Friday",
            ),
            ("FREQ=WEEKLY;BYDAY=TU", "every week on Tuesday"),
            (
                "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=6",
                "every week on Monday, Wednesday and Friday, 6 times",
            ),
            (
                "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
                "every week from Monday to Friday",
            ),
            (
                "FREQ=MONTHLY;BYDAY=2TU",
                "every month on the second Tuesday",
            ),
            (
                "FREQ=MONTHLY;BYDAY=1SA,3SA",
                "every month on the first Saturday and the third Saturday",
            ),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                "every month on the last weekday",
            ),
            ("FREQ=MONTHLY;BYMONTHDAY=22", "every month on the 22nd"),
            (
                "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25",
                "every year on the 25th in December",
            ),
            (
                "FREQ=DAILY;UNTIL=20270131T235900Z",
                "every day, until 31 January 2027",
            ),
        ] {
            assert_eq!(in_words(rule).as_deref(), Some(words), "{rule}");
        }
    }

    #[test]
    fn a_rule_without_plain_words_is_left_as_it_is() {
        for rule in [
            "FREQ=YEARLY;BYYEARDAY=100",
            "FREQ=MONTHLY;BYDAY=TU,TH;BYSETPOS=2",
            "FREQ=HOURLY",
            "nonsense",
            "FREQ=MONTHLY;BYDAY=9TU",
        ] {
            assert_eq!(in_words(rule), None, "{rule}");
        }
    }
}
