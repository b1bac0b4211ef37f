//! Hours of a room whose words limit them to some weeks of the month, or to term time.

use hedgerow_core::rules::Violation;
use hedgerow_core::time::Timestamp;
use hedgerow_proto::v1::{Availability, Weekday};
use hedgerow_proto::words::word;
use prost_reflect::DynamicMessage;

use super::question::question;
use super::walk;
use crate::schedule_words;
use crate::time::{DEFAULT_ZONE, LocalClock};

/// Asks for `weeks_of_month` if the words state a monthly pattern and the hours are every week's:
/// searches for a free room read only the hours.
pub(super) fn check(body: &DynamicMessage, now: Timestamp) -> Vec<Violation> {
    let hours = walk::messages(body, "hedgerow.v1.Availability").into_iter();
    hours
        .filter_map(|(path, message)| {
            let hours = message.transcode_to::<Availability>().ok()?;
            check_words(&path, &hours, now).or_else(|| check_term(&path, &hours))
        })
        .collect()
}

/// Asks for the holidays if the words limit the hours to term time, and no day differs.
fn check_term(path: &str, hours: &Availability) -> Option<Violation> {
    let lower = hours.words.to_lowercase();
    let mut words = lower.split(|letter: char| !letter.is_alphanumeric());
    let is_limited = words.any(|word| matches!(word, "term" | "termtime" | "terms"));
    if !is_limited || hours.weekly.is_empty() || !hours.exceptions.is_empty() {
        return None;
    }
    let message = "searches for a free room cannot read “term time”, and the hours are those of \
                   every week: add the holidays to exceptions, such as {first_day: \"2027-07-22\", \
                   last_day: \"2027-09-01\", words: \"summer holidays\"}";
    Some(question(format!("{path}.words"), "term_in_words", message))
}

fn check_words(path: &str, hours: &Availability, now: Timestamp) -> Option<Violation> {
    let today = LocalClock::new(DEFAULT_ZONE, now).ok()?.today();
    let readings = schedule_words::read(&hours.words, None, today)?;
    let mut rows = Vec::new();
    for reading in &readings {
        let (weekdays, weeks) = reading.monthly_days()?;
        for day in weekdays {
            let number = i32::try_from(*day).ok()?;
            let same_day = || hours.weekly.iter().filter(move |row| row.weekday == number);
            let is_absent = same_day().next().is_none();
            if !is_absent && same_day().all(|row| !row.weeks_of_month.is_empty()) {
                continue;
            }
            let weekday = word(Weekday::try_from(number).ok()?);
            let weeks: Vec<_> = weeks.iter().map(ToString::to_string).collect();
            let weeks = weeks.join(", ");
            rows.push(match (is_absent, reading.clock()) {
                (false, _) => format!("add weeks_of_month: [{weeks}] to the row of {weekday}"),
                (true, (Some(from), Some(to))) => format!(
                    "add to weekly: {{weekday: {weekday}, opening_time: \"{from}\", closing_time: \
                     \"{to}\", weeks_of_month: [{weeks}]}}"
                ),
                (true, _) => format!(
                    "add to weekly a row with weekday: {weekday}, weeks_of_month: [{weeks}] and its \
                     hours"
                ),
            });
        }
    }
    if rows.is_empty() {
        return None;
    }
    let described: Vec<_> = readings
        .iter()
        .map(schedule_words::Reading::describe)
        .collect();
    let message = format!(
        "searches for a free room cannot read words. These sound like “{}”: {}",
        described.join("; "),
        rows.join("; ")
    );
    Some(question(format!("{path}.words"), "weeks_in_words", message))
}

#[cfg(test)]
mod tests {
    use hedgerow_proto::v1::{Offer, Resource, WeeklyHours};
    use prost::Message as _;

    use super::*;

    /// Friday 27 November 2026.
    const NOW: Timestamp = Timestamp::from_seconds(1_795_780_800);

    fn questions(words: &str, weekly: Vec<WeeklyHours>) -> Vec<Violation> {
        let offer = Offer {
            resource: Some(Resource {
                availability: Some(Availability {
                    words: words.to_owned(),
                    weekly,
                    ..Availability::default()
                }),
                ..Resource::default()
            }),
            ..Offer::default()
        };
        let bytes = offer.encode_to_vec();
        check(&walk::body_of("offer", &bytes).expect("a body"), NOW)
    }

    fn thursdays(weeks: &[i32]) -> WeeklyHours {
        WeeklyHours {
            weekday: Weekday::Thursday.into(),
            opening_time: "18:00".to_owned(),
            closing_time: "22:00".to_owned(),
            weeks_of_month: weeks.to_vec(),
            ..WeeklyHours::default()
        }
    }

    #[test]
    fn a_monthly_pattern_in_words_asks_for_the_weeks_of_its_hours() {
        let words = "first Thursday of the month only";
        let asked = questions(words, vec![thursdays(&[])]);
        assert_eq!(asked.len(), 1, "{asked:?}");
        assert_eq!(
            (asked[0].reason, asked[0].field.as_str()),
            ("weeks_in_words", "resource.availability.words")
        );
        assert!(asked[0].confirmable);
        let message = &asked[0].message;
        assert!(message.contains("weeks_of_month: [1]"), "{message}");
        assert!(
            message.contains("every month on the first Thursday"),
            "{message}"
        );
        assert!(questions(words, vec![thursdays(&[1])]).is_empty());
        let absent = questions("2nd and last Friday, 18:00-22:00", vec![thursdays(&[1])]);
        assert!(
            absent[0].message.contains(
                "{weekday: friday, opening_time: \"18:00\", closing_time: \"22:00\", \
                 weeks_of_month: [2, -1]}"
            ),
            "{absent:?}"
        );
    }

    #[test]
    fn term_time_asks_for_the_holidays() {
        let asked = questions("Thursdays, term time only", vec![thursdays(&[])]);
        assert_eq!(asked[0].reason, "term_in_words", "{asked:?}");
        assert!(asked[0].confirmable && asked[0].message.contains("exceptions"));
        assert!(questions("term time only", Vec::new()).is_empty());
        assert!(questions("long-term hire", Vec::new()).is_empty());
    }

    #[test]
    fn words_about_every_week_or_prose_ask_nothing() {
        for words in ["Thursdays 6pm to 10pm", "ask the caretaker", ""] {
            assert!(questions(words, vec![thursdays(&[])]).is_empty(), "{words}");
        }
    }
}
