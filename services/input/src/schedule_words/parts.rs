//! Schedules of several parts: `Mon to Fri 9am-5pm, Sat 10am-1pm`.

use chrono::NaiveDate;

use super::parser::parse;
use super::reading::Hints;

/// What may be between two parts.
const SEPARATORS: [&str; 6] = [", and ", " and ", ",", "&", "+", "/"];
/// A schedule of more parts is a timetable.
const MAX_PARTS: usize = 8;

/// Splits words at semicolons and line ends. Words that are not one schedule are split at commas
/// and the like too, if each part then has days and times: of `10am and 2pm`, the second part
/// gets the days of the first.
pub fn parts(words: &str, today: NaiveDate) -> Vec<String> {
    let stated = words.split([';', '\n']).map(str::trim);
    let mut parts = Vec::new();
    for part in stated.filter(|part| !part.is_empty()) {
        let is_one = parse(part, &Hints::default(), today).is_some();
        match split(part, today).filter(|_| !is_one) {
            Some(split) => parts.extend(split),
            None => parts.push(part.to_owned()),
        }
    }
    parts
}

fn split(text: &str, today: NaiveDate) -> Option<Vec<String>> {
    let mut parts: Vec<String> = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        if parts.len() == MAX_PARTS {
            return None;
        }
        // The longest first part: "Mon, Wed 9-5" is one.
        let (part, after) = ends(rest).into_iter().find_map(|(end, next)| {
            let part = complete(rest[..end].trim(), parts.last(), today)?;
            Some((part, &rest[next..]))
        })?;
        parts.push(part);
        rest = after.trim_start();
    }
    (parts.len() > 1).then_some(parts)
}

/// The ends of first parts and the starts of what follows, the longest first.
fn ends(text: &str) -> Vec<(usize, usize)> {
    let mut ends = vec![(text.len(), text.len())];
    for separator in SEPARATORS {
        let found = text.match_indices(separator);
        ends.extend(found.map(|(at, _)| (at, at + separator.len())));
    }
    ends.sort_unstable_by_key(|(end, next)| std::cmp::Reverse((*end, *next)));
    ends
}

/// The part with days and times, those of the part before if it only has times.
fn complete(part: &str, before: Option<&String>, today: NaiveDate) -> Option<String> {
    // "Mon 7, 14 and 21 December" has days of a month, not hours.
    if !states_a_time(part) {
        return None;
    }
    let is_whole = |text: &str| {
        let reading = parse(text, &Hints::default(), today)?;
        reading.start
    };
    if is_whole(part).is_some() {
        return Some(part.to_owned());
    }
    let before = before?;
    let days = &before[..before.find(|letter: char| letter.is_ascii_digit())?];
    let with_days = format!("{days}{part}");
    is_whole(&with_days).map(|_| with_days)
}

/// Whether a number can only be a time: `7pm`, `19:00`, `10-12`.
fn states_a_time(part: &str) -> bool {
    let lower = part.to_lowercase().replace([' ', '–', '—'], "-");
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    let bytes = lower.as_bytes();
    let has_mark = ["am", "pm", "a.m", "p.m", "noon", "midday"]
        .iter()
        .any(|mark| lower.contains(mark));
    let joins = bytes
        .windows(3)
        .any(|it| is_digit(&it[0]) && matches!(it[1], b':' | b'.' | b'-') && is_digit(&it[2]));
    let to = lower.contains("-to-") || lower.contains("---");
    has_mark || joins || to
}
