//! Records, checked with `publish --dry-run`, which needs no node.

use std::fs;

use super::{hedgerow, path, text};

fn publish(text: &str) -> (bool, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("record.yaml");
    fs::write(&file, text).expect("a file");
    hedgerow(&["publish", "--dry-run", &file.display().to_string()])
}

/// Checks that a case is refused or asked about with these words.
#[track_caller]
fn check_refused(name: &str, parts: &[&str]) {
    let (succeeds, output) = publish(&text(name));
    assert!(!succeeds, "{name}: {output}");
    for part in parts {
        assert!(output.contains(part), "{name}: {part}: {output}");
    }
}

#[test]
fn mistakes_in_dates_are_found_before_publishing() {
    check_refused(
        "E01-exdate-that-meets-nothing.yaml",
        &["schedule.exdates[0]", "meets no occurrence", "T19:00"],
    );
    check_refused(
        "E02-extra-date-inside-a-break.yaml",
        &["schedule.rdates[0]", "break"],
    );
    check_refused(
        "E06-over-since-2019.yaml",
        &["1 March 2019", "--confirm event_over"],
    );
    check_refused("E07-nothing-left-of-it.yaml", &["--confirm nothing_left"]);
    check_refused(
        "E08-zone-gmt-in-summer.yaml",
        &["summer time", "Europe/London"],
    );
    check_refused(
        "E11-rrule-prefix.yaml",
        &["schedule.rrules", "without `RRULE:`"],
    );
    check_refused(
        "E12-exdate-day-only.yaml",
        &["schedule.exdates[0]", "T19:00"],
    );
}

#[test]
fn a_night_past_midnight_and_a_course_in_words_are_sound() {
    for (name, part) in [
        ("E03-past-midnight.yaml", "22:00"),
        ("E10-same-event-twice.yaml", "10:00"),
        ("F02-course-ran-out.yaml", "listing"),
    ] {
        let (succeeds, output) = publish(&text(name));
        assert!(succeeds && output.contains(part), "{name}: {output}");
    }
}

#[test]
fn a_schedule_in_words_is_asked_about_with_its_rule() {
    check_refused(
        "F01-schedule-in-words-only.yaml",
        &[
            "every week on Tuesday, 19:00 to 20:00",
            "FREQ=WEEKLY;BYDAY=TU",
        ],
    );
}

#[test]
fn a_language_by_its_name_is_published_as_its_tag() {
    let (succeeds, output) = publish(&text("F04-language-by-name.yaml"));
    assert!(succeeds && output.contains("published as `pl`"), "{output}");
}

#[test]
fn rooms_are_read_and_a_monthly_pattern_in_words_is_asked_about() {
    for name in ["R-need.yaml", "R-s07.yaml", "R-s09.yaml"] {
        // “S09 at” could be the postcode S0 9AT.
        let text = text(name) + "confirmed: [looks_like_postcode]\n";
        let (succeeds, output) = publish(&text);
        assert!(succeeds, "{name}: {output}");
    }
    check_refused(
        "R-s11.yaml",
        &["every month on the first Thursday", "weeks_of_month: [1]"],
    );
    let (succeeds, output) = publish(&text("R-s11.yaml").replace(
        "closes_at: \"22:00\"}",
        "closes_at: \"22:00\", weeks_of_month: [1]}",
    ));
    assert!(succeeds, "{output}");
}

#[test]
fn addresses_in_a_text_are_asked_about() {
    let listing = text("V01-then-region-listing.yaml");
    let lines = fs::read_to_string(path("V02-addresses-that-pass-unasked.txt")).expect("a case");
    let mut checked = 0;
    for line in lines.lines().filter(|line| !line.trim().is_empty()) {
        let (succeeds, output) = publish(&format!("{listing}description: {line:?}\n"));
        assert!(
            !succeeds && output.contains("--confirm looks_like_"),
            "{line}: {output}"
        );
        checked += 1;
    }
    assert_eq!(checked, 11);
}
