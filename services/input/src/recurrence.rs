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
const UNITS: [(&str, Unit, &str); 4] = [
    ("DAILY", Unit::Day, "day"),
    ("WEEKLY", Unit::Week, "week"),
    ("MONTHLY", Unit::Month, "month"),
    ("YEARLY", Unit::Year, "year"),
];

/// How often something happens, as far as there are plain words for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    pub unit: Unit,
    pub interval: u32,
    pub days: Vec<RuleDay>,
    /// Days of the month, from 1. The last is -1.
    pub month_days: Vec<i32>,
    /// Months, from 1.
    pub months: Vec<u32>,
    pub count: Option<u32>,
    pub until: Option<NaiveDate>,
}

/// The unit of a rule's interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    Day,
    Week,
    Month,
    Year,
}

/// A day of a rule. `nth` is its place in the month, from 1 to 5, or -1 or -2 from the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RuleDay {
    /// The number of the weekday, from 1 for Monday.
    Weekday {
        day: usize,
        nth: Option<i32>,
    },
    /// Monday to Friday.
    Workday {
        nth: i32,
    },
    WeekendDay {
        nth: i32,
    },
}

impl Rule {
    /// Reads an RRULE. `None` if it has parts for which there are no plain words; then the rule
    /// itself is less confusing than half of it.
    pub fn read(rule: &str) -> Option<Self> {
        let mut rest = Parts::read(rule)?;
        let frequency = rest.take("FREQ")?;
        let (_, unit, _) = UNITS.iter().find(|(name, ..)| *name == frequency)?;
        let interval = rest
            .take("INTERVAL")
            .map_or(Some(1), |it| it.parse().ok())?;
        let position = rest.take("BYSETPOS");
        let days = match rest.take("BYDAY") {
            Some(days) => by_day(days, position)?,
            None if position.is_some() => return None,
            None => Vec::new(),
        };
        let month_days = rest.take("BYMONTHDAY").map_or(Some(Vec::new()), |days| {
            let days = days.split(',').map(|day| day.parse::<i32>().ok());
            let days = days.map(|day| day.filter(|day| matches!(day, -1 | 1..=31)));
            days.collect()
        })?;
        let months = rest.take("BYMONTH").map_or(Some(Vec::new()), |months| {
            let months = months.split(',').map(|month| month.parse::<u32>().ok());
            let months = months.map(|month| month.filter(|month| matches!(month, 1..=12)));
            months.collect()
        })?;
        let count = rest
            .take("COUNT")
            .map_or(Some(None), |count| count.parse().ok().map(Some))?;
        let until = rest
            .take("UNTIL")
            .map_or(Some(None), |until| day_of(until).map(Some))?;
        rest.take("WKST");
        rest.is_empty().then_some(Self {
            unit: *unit,
            interval,
            days,
            month_days,
            months,
            count,
            until,
        })
    }

    /// Whether it is on each day from Monday to Friday, and on no other.
    pub fn is_on_workdays(&self) -> bool {
        self.has_weekdays(1..=5)
    }

    fn has_weekdays(&self, days: std::ops::RangeInclusive<usize>) -> bool {
        let days = days.map(|day| RuleDay::Weekday { day, nth: None });
        days.eq(self.days.iter().copied())
    }
}

/// A rule in English: `every two weeks on Friday`. `None` if there are no plain words for all of it.
pub fn in_words(rule: &str) -> Option<String> {
    let rule = Rule::read(rule)?;
    let (_, _, unit) = UNITS.iter().find(|(_, unit, _)| *unit == rule.unit)?;
    let mut words = match rule.interval {
        1 => format!("every {unit}"),
        2 => format!("every two {unit}s"),
        3 => format!("every three {unit}s"),
        4 => format!("every four {unit}s"),
        more => format!("every {more} {unit}s"),
    };
    if rule.is_on_workdays() {
        words += " from Monday to Friday";
    } else if !rule.days.is_empty() {
        let days = rule.days.iter().map(|day| day.in_words());
        words += &format!(" on {}", and(&days.collect::<Option<Vec<_>>>()?));
    }
    if !rule.month_days.is_empty() {
        let days = rule.month_days.iter().map(|day| match day {
            -1 => "the last day".to_owned(),
            day => format!("the {}", ordinal(day.unsigned_abs())),
        });
        words += &format!(" on {}", and(&days.collect::<Vec<_>>()));
    }
    if !rule.months.is_empty() {
        let months = rule.months.iter().map(|month| {
            let name = MONTHS.get((*month as usize).checked_sub(1)?);
            name.map(|name| (*name).to_owned())
        });
        words += &format!(" in {}", and(&months.collect::<Option<Vec<_>>>()?));
    }
    words += &match rule.count {
        None => String::new(),
        Some(1) => ", once".to_owned(),
        Some(2) => ", twice".to_owned(),
        Some(more) => format!(", {more} times"),
    };
    if let Some(until) = rule.until {
        words += &format!(", until {}", until.format("%-d %B %Y"));
    }
    Some(words)
}

impl RuleDay {
    fn in_words(self) -> Option<String> {
        let (nth_of, name) = match self {
            Self::Weekday { day, nth } => (nth, DAYS.get(day.checked_sub(1)?)?.1),
            Self::Workday { nth } => (Some(nth), "weekday"),
            Self::WeekendDay { nth } => (Some(nth), "day of a weekend"),
        };
        Some(match nth_of {
            None => name.to_owned(),
            Some(number) => format!("the {} {name}", nth(number)?),
        })
    }
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

fn by_day(days: &str, position: Option<&str>) -> Option<Vec<RuleDay>> {
    if let Some(position) = position {
        let nth_of = position.parse().ok()?;
        nth(nth_of)?;
        return match days {
            "MO,TU,WE,TH,FR" => Some(vec![RuleDay::Workday { nth: nth_of }]),
            "SA,SU" => Some(vec![RuleDay::WeekendDay { nth: nth_of }]),
            _ => None,
        };
    }
    let days = days.split(',').map(|day| {
        let split = day.len().checked_sub(2)?;
        let (number, code) = (day.get(..split)?, day.get(split..)?);
        let day = DAYS.iter().position(|(known, _)| *known == code)? + 1;
        let nth_of = match number {
            "" => None,
            number => Some(number.parse().ok()?),
        };
        if let Some(number) = nth_of {
            nth(number)?;
        }
        Some(RuleDay::Weekday { day, nth: nth_of })
    });
    days.collect()
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

fn day_of(until: &str) -> Option<NaiveDate> {
    let date = NaiveDateTime::parse_from_str(until, "%Y%m%dT%H%M%SZ").map(|time| time.date());
    date.or_else(|_| NaiveDate::parse_from_str(until, "%Y%m%d"))
        .ok()
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
