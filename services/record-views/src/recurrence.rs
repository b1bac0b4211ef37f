//! Recurrence rules in the reader's language.

use hedgerow_input::recurrence::{Rule, RuleDay, Unit};
use hedgerow_web::Words;

use crate::words::list;

/// Keys of weekdays, after a preposition and by themselves.
const DAYS: [(&str, &str); 7] = [
    ("rule-monday", "rule-monday-soft"),
    ("rule-tuesday", "rule-tuesday-soft"),
    ("rule-wednesday", "rule-wednesday-soft"),
    ("rule-thursday", "rule-thursday-soft"),
    ("rule-friday", "rule-friday-soft"),
    ("rule-saturday", "rule-saturday-soft"),
    ("rule-sunday", "rule-sunday-soft"),
];
const WORKDAY: (&str, &str) = ("rule-workday", "rule-workday-soft");
const WEEKEND_DAY: (&str, &str) = ("rule-weekend-day", "rule-weekend-day-soft");

/// An RRULE in words: `Every two weeks on Friday`. `None` if there are no plain words for all of it.
pub fn rule_in_words(rule: &str, words: Words) -> Option<String> {
    let rule = Rule::read(rule)?;
    let every = match rule.unit {
        Unit::Day => "rule-daily",
        Unit::Week => "rule-weekly",
        Unit::Month => "rule-monthly",
        Unit::Year => "rule-yearly",
    };
    let mut often = words.count(every, u64::from(rule.interval));
    if rule.is_on_workdays() {
        often = words.with("rule-workdays", &[("often", &often)]);
    } else if !rule.days.is_empty() {
        let days = rule.days.iter().map(|day| in_words(*day, words));
        let days = list(&days.collect::<Option<Vec<_>>>()?, words);
        often = words.with("rule-on", &[("often", &often), ("days", &days)]);
    }
    if !rule.month_days.is_empty() {
        let days = rule.month_days.iter().map(|day| match u64::try_from(*day) {
            Ok(day) => words.count("rule-month-day", day),
            Err(_) => words.text("rule-month-end"),
        });
        let days = list(&days.collect::<Vec<_>>(), words);
        often = words.with("rule-on", &[("often", &often), ("days", &days)]);
    }
    if !rule.months.is_empty() {
        let months = rule.months.iter().map(|month| words.month_name(*month));
        let months = list(&months.collect::<Option<Vec<_>>>()?, words);
        often = words.with("rule-in", &[("often", &often), ("months", &months)]);
    }
    match rule.count {
        None => {}
        Some(1) => often = words.with("rule-once", &[("often", &often)]),
        Some(times) => {
            let times = times.to_string();
            often = words.with("rule-times", &[("often", &often), ("times", &times)]);
        }
    }
    if let Some(until) = rule.until {
        let day = words.date(until);
        often = words.with("rule-until", &[("often", &often), ("day", &day)]);
    }
    Some(often)
}

fn in_words(day: RuleDay, words: Words) -> Option<String> {
    let ((plain, soft), nth) = match day {
        RuleDay::Weekday { day, nth } => (*DAYS.get(day.checked_sub(1)?)?, nth),
        RuleDay::Workday { nth } => (WORKDAY, Some(nth)),
        RuleDay::WeekendDay { nth } => (WEEKEND_DAY, Some(nth)),
    };
    let (plain, soft) = (words.text(plain), words.text(soft));
    let Some(nth) = nth else {
        return Some(soft);
    };
    let key = match nth {
        1 => "rule-first",
        2 => "rule-second",
        3 => "rule-third",
        4 => "rule-fourth",
        5 => "rule-fifth",
        -1 => "rule-last",
        -2 => "rule-last-but-one",
        _ => return None,
    };
    Some(words.with(key, &[("day", &plain), ("soft", &soft)]))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn rules_read_as_people_say_them_in_both_languages() {
        let words = |tag| Words::new(tag, NaiveDate::default());
        for (rule, english, welsh) in [
            (
                "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR",
                "Every two weeks on Friday",
                "Bob pythefnos ar ddydd Gwener",
            ),
            (
                "FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=6",
                "Every week on Monday, Wednesday and Friday, 6 times",
                "Bob wythnos ar ddydd Llun, ddydd Mercher a ddydd Gwener, 6 gwaith",
            ),
            (
                "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR",
                "Every week from Monday to Friday",
                "Bob wythnos o ddydd Llun i ddydd Gwener",
            ),
            (
                "FREQ=MONTHLY;BYDAY=2TU",
                "Every month on the second Tuesday",
                "Bob mis ar yr ail ddydd Mawrth",
            ),
            (
                "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
                "Every month on the last weekday",
                "Bob mis ar y diwrnod gwaith olaf",
            ),
            (
                "FREQ=MONTHLY;BYMONTHDAY=22,-1",
                "Every month on the 22nd and the last day",
                "Bob mis ar yr 22ain a y diwrnod olaf",
            ),
            (
                "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=25",
                "Every year on the 25th in December",
                "Bob blwyddyn ar yr 25ain ym mis Rhagfyr",
            ),
            (
                "FREQ=DAILY;UNTIL=20270131T235900Z;COUNT=1",
                "Every day, once, until 31 January 2027",
                "Bob dydd, unwaith, tan 31 Ionawr 2027",
            ),
        ] {
            let shown = |tag| rule_in_words(rule, words(tag)).unwrap();
            assert_eq!((&*shown("en"), &*shown("cy")), (english, welsh), "{rule}");
        }
        for rule in ["FREQ=HOURLY", "nonsense", "FREQ=MONTHLY;BYDAY=9TU"] {
            assert_eq!(rule_in_words(rule, words("cy")), None, "{rule}");
        }
    }

    #[test]
    fn english_rules_are_those_of_the_terminal() {
        let words = Words::new("en", NaiveDate::default());
        for rule in [
            "FREQ=DAILY;INTERVAL=3",
            "FREQ=WEEKLY;INTERVAL=4;BYDAY=SU",
            "FREQ=WEEKLY;BYDAY=SA,SU",
            "FREQ=MONTHLY;BYDAY=1SA,3SA,5SU",
            "FREQ=MONTHLY;BYDAY=SA,SU;BYSETPOS=1",
            "FREQ=MONTHLY;BYMONTHDAY=1,2,3,11,21,31",
            "FREQ=YEARLY;INTERVAL=5;BYMONTH=1,2",
        ] {
            let plain = hedgerow_input::recurrence::in_words(rule).unwrap();
            let shown = rule_in_words(rule, words).unwrap();
            assert_eq!(shown, crate::capitalised(&plain), "{rule}");
        }
    }
}
