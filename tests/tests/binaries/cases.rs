//! Files with which people had trouble, read by the program as a user starts it.

mod documents;
mod published;
mod tables;

use std::fs;
use std::path::PathBuf;
use std::process::Output;
use std::time::Duration;

use hedgerow_core::time::{Clock as _, Timestamp};
use hedgerow_tests::program;
use hedgerow_transport::clock::SystemClock;

/// The day on which the cases were tried, a Friday.
const TRIED: &str = "2026-11-27T00:00:00Z";
const WEEK: Duration = Duration::from_hours(7 * 24);

/// The path of a case's file.
fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("cases/inputs")
        .join(name)
}

/// The text of a case with its dates moved by whole weeks to today, as the program's clock is
/// that of the machine.
fn text(name: &str) -> String {
    let text = fs::read_to_string(path(name)).expect("a case");
    let tried: Timestamp = TRIED.parse().expect("a time");
    let weeks = SystemClock.now().since(tried).as_secs() / WEEK.as_secs();
    moved(&text, u32::try_from(weeks).expect("some weeks"))
}

/// Moves dates of 2026 and later. Those of earlier years are to be over.
fn moved(text: &str, weeks: u32) -> String {
    let mut moved = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("202") {
        let (before, from) = rest.split_at(at);
        moved.push_str(before);
        let date = from.get(..10).filter(|date| *date >= "2026");
        let day = date.and_then(|date| format!("{date}T00:00:00Z").parse::<Timestamp>().ok());
        let (written, length) = match day {
            Some(day) => (day.plus(WEEK * weeks).to_string()[..10].to_owned(), 10),
            None => (from[..3].to_owned(), 3),
        };
        moved.push_str(&written);
        rest = &from[length..];
    }
    moved + rest
}

/// Standard output and errors of a call.
fn all(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    text(&output.stdout) + &text(&output.stderr)
}

fn hedgerow(arguments: &[&str]) -> (bool, String) {
    let output = program::run("hedgerow", arguments);
    (output.status.success(), all(&output))
}

#[test]
fn dates_move_by_whole_weeks() {
    let text = "start: \"2026-12-02T19:00\" and 2027-01-03, but 2019-03-01 and 2021-06-30, 202";
    assert_eq!(
        moved(text, 1),
        "start: \"2026-12-09T19:00\" and 2027-01-10, but 2019-03-01 and 2021-06-30, 202"
    );
}
