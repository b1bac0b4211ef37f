//! When a group meets, in plain words, as a schedule.

use hedgerow_core::time::Timestamp;
use hedgerow_forms::{Answers, Meeting, Question, all_questions, read_meeting};
use hedgerow_record_views::times::today;
use hedgerow_web::form::Form;

/// The first part of the names of the answers.
pub(super) const ANSWERS: &str = "when";
/// Nations whose page was sent without a choice.
const DEFAULT_NATION: &str = "GB-ENG";

/// Reads the words of the page with the answers to what they leave open.
pub(super) fn read(form: &Form, now: Timestamp) -> Meeting {
    read_meeting(form.get("when"), &answers(form), today(now))
}

/// The questions that the words leave open, with those that are answered.
pub(super) fn questions(form: &Form, now: Timestamp) -> Vec<Question> {
    let mut open = all_questions(form.get("when"), &answers(form), today(now));
    // The page has this one anyway.
    open.retain(|question| *question != Question::Holidays);
    open
}

pub(super) fn answers(form: &Form) -> Answers {
    let nation = match form.get("nation") {
        "" => DEFAULT_NATION,
        nation => nation,
    };
    let answer = |name: &str| form.get(&format!("{ANSWERS}.{name}"));
    Answers::new(answer).with_holidays(nation)
}

/// Whether the person wants the words without days.
pub(super) fn wants_only_words(form: &Form) -> bool {
    let name = format!("{ANSWERS}.only_words");
    form.all(&name).any(|value| value == "yes")
}

/// The words with all that their reading depends on: it is shown once before it counts.
pub(super) fn fingerprint(form: &Form) -> String {
    let nation = form.get("nation");
    let answers = answers(form).with_holidays(nation);
    format!("{}{}", form.get("when"), answers.fingerprint())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Friday, 1 May 2026.
    const NOW: Timestamp = Timestamp::from_millis(1_777_636_800_000);

    fn read(words: &str, answers: &[(&str, &str)]) -> Meeting {
        let mut form = Form::default();
        form.push("when", words);
        for (name, answer) in answers {
            form.push(name, answer);
        }
        super::read(&form, NOW)
    }

    fn starts(read: &Meeting) -> Vec<String> {
        let schedule = &read.schedules[0];
        hedgerow_input::next_times::next_times(schedule, NOW, 3)
    }

    #[test]
    fn words_become_dates_without_the_bank_holidays_of_the_nation() {
        let words = "every Monday except bank holidays, 7-9pm";
        let england = read(words, &[("nation", "GB-ENG")]);
        assert_eq!(england.schedules[0].words, words);
        assert_eq!(england.schedules[0].duration_minutes, 120);
        // 4 and 25 May are holidays in England.
        let dates = ["2026-05-11T19:00", "2026-05-18T19:00", "2026-06-01T19:00"];
        assert_eq!(starts(&england), dates);
        let is_out = |read: &Meeting, day: &str| {
            let breaks = &read.schedules[0].breaks;
            breaks.iter().any(|one| one.first_day == day)
        };
        let scotland = read(words, &[("nation", "GB-SCT")]);
        assert!(is_out(&england, "2026-08-31") && !is_out(&scotland, "2026-08-31"));
        assert!(england.rule.is_some_and(|rule| rule.contains("Monday")));
    }

    #[test]
    fn words_that_leave_something_open_are_asked_about() {
        for (words, question) in [
            ("when the moon is full", "first"),
            ("Tuesdays", "clock"),
            ("Tuesday evenings", "clock"),
            ("last Friday of the month", "clock"),
            ("Tuesdays at 7", "half"),
            ("every second Tuesday, 7pm", "first"),
            ("12/5 7pm", "order"),
        ] {
            let read = read(words, &[]);
            assert_eq!(read.rule, None, "{words}");
            assert_eq!(read.schedules[0].words, words);
            assert_eq!(read.schedules[0].start, "");
            assert_eq!(read.questions[0].name(), question, "{words}");
        }
        assert_eq!(read("  ", &[]), Meeting::default());
    }

    #[test]
    fn words_and_answers_have_dates_together() {
        for (words, answers, dates) in [
            (
                "Tuesday evenings",
                vec![("when.clock", "7")],
                ["2026-05-05T19:00", "2026-05-12T19:00", "2026-05-19T19:00"],
            ),
            (
                "every second Tuesday",
                vec![("when.clock", "7-9pm"), ("when.first", "2026-05-12")],
                ["2026-05-12T19:00", "2026-05-26T19:00", "2026-06-09T19:00"],
            ),
            (
                "last Friday of the month",
                vec![("when.clock", "10.30"), ("when.half", "morning")],
                ["2026-05-29T10:30", "2026-06-26T10:30", "2026-07-31T10:30"],
            ),
            (
                "when the moon is full",
                vec![
                    ("when.first", "2026-05-30"),
                    ("when.clock", "9pm"),
                    ("when.repeat", "monthly-last"),
                ],
                ["2026-05-30T21:00", "2026-06-27T21:00", "2026-07-25T21:00"],
            ),
        ] {
            let read = read(words, &answers);
            assert_eq!(read.questions, [], "{words}");
            assert_eq!(starts(&read), dates, "{words}");
            assert!(read.rule.is_some());
        }
        // A Wednesday is none of the Tuesdays: the question stays.
        let wrong = [("when.first", "2026-05-13")];
        let read = read("every second Tuesday, 7pm", &wrong);
        assert_eq!(read.questions[0].name(), "first");
    }

    #[test]
    fn an_answer_can_be_given_again() {
        let mut form = Form::default();
        for (name, value) in [
            ("when", "every second Tuesday"),
            ("when.clock", "7"),
            ("when.half", "later"),
            ("when.first", "2026-05-12"),
        ] {
            form.push(name, value);
        }
        let open = questions(&form, NOW);
        let names: Vec<&str> = open.iter().map(Question::name).collect();
        assert_eq!(names, ["first", "clock", "half"]);
    }

    #[test]
    fn single_dates_are_all_there() {
        let read = read("12th May and 19th May 2026, 7pm", &[]);
        assert_eq!(starts(&read), ["2026-05-12T19:00", "2026-05-19T19:00"]);
    }
}
