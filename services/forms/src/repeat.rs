//! Ways to repeat, and the bank holidays on which nothing takes place.

use chrono::{Datelike as _, NaiveDate};
use hedgerow_core::bank_holidays::{HolidayCalendar, last_known_year};
use hedgerow_core::recurrence::{parse_local, schedule_occurrences};
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1::{Break, Schedule};

/// The form of local times in records.
pub(crate) const LOCAL: &str = "%Y-%m-%dT%H:%M";
const CODES: [&str; 7] = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"];
/// Ways to repeat, each with the key of its words.
pub(crate) const REPEATS: [(&str, &str); 7] = [
    ("", "form-repeat-once"),
    ("weekly", "form-repeat-weekly"),
    ("fortnightly", "form-repeat-fortnightly"),
    ("monthly", "form-repeat-monthly"),
    ("monthly-last", "form-repeat-monthly-last"),
    ("monthly-day", "form-repeat-monthly-day"),
    ("yearly", "form-repeat-yearly"),
];
/// Calendars of bank holidays, each with the key of its words.
pub(crate) const CALENDARS: [(&str, &str); 4] = [
    ("", "form-holidays-none"),
    ("GB-ENG", "form-holidays-england"),
    ("GB-SCT", "form-holidays-scotland"),
    ("GB-NIR", "form-holidays-ireland"),
];

/// The rule of a way to repeat from a day. `None` for once.
pub(crate) fn rule_of(repeat: &str, start: NaiveDate) -> Option<String> {
    let code = CODES[start.weekday().num_days_from_monday() as usize];
    let nth = start.day0() / 7 + 1;
    Some(match repeat {
        "weekly" => format!("FREQ=WEEKLY;BYDAY={code}"),
        "fortnightly" => format!("FREQ=WEEKLY;INTERVAL=2;BYDAY={code}"),
        // A fifth Tuesday is rare: the last one is meant.
        "monthly" if nth == 5 => format!("FREQ=MONTHLY;BYDAY=-1{code}"),
        "monthly" => format!("FREQ=MONTHLY;BYDAY={nth}{code}"),
        "monthly-last" => format!("FREQ=MONTHLY;BYDAY=-1{code}"),
        "monthly-day" => format!("FREQ=MONTHLY;BYMONTHDAY={}", start.day()),
        "yearly" => "FREQ=YEARLY".to_owned(),
        _ => return None,
    })
}

/// Adds a break for each bank holiday on which it would take place, as far as they are known.
pub(crate) fn leave_out_holidays(
    schedule: &mut Schedule,
    calendar: HolidayCalendar,
    today: NaiveDate,
) {
    let from =
        Timestamp::from_seconds(today.and_time(chrono::NaiveTime::MIN).and_utc().timestamp());
    let last = NaiveDate::from_ymd_opt(last_known_year() + 1, 1, 1);
    let until = last.map_or(from, |day| {
        Timestamp::from_seconds(day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp())
    });
    let times = schedule_occurrences(schedule, from, until, 2_000).unwrap_or_default();
    for time in times {
        let Some(day) = parse_local(&time.local_start).map(|start| start.date()) else {
            continue;
        };
        if calendar.is_holiday(day) == Some(true) {
            schedule.breaks.push(Break {
                first_day: day.to_string(),
                last_day: String::new(),
                words: "bank holiday".to_owned(),
            });
        }
    }
}
