//! Parts of the day, spans of time and lengths: `evening`, `after 6pm`, `7pm for 3 hours`.

use super::clock_time::{DAY_MINUTES, parse_range, parse_time};
use super::plain::plain_times;
use super::unclear::Unclear;

/// How long a room is wanted if only a start is typed.
const DEFAULT_USE_MINUTES: u32 = 120;
/// A longer use is several days.
const MAX_USE_MINUTES: u32 = DAY_MINUTES;

/// Parts of the day, from and to in minutes.
const DAY_PARTS: [(&str, u32, u32); 21] = [
    ("am", 6 * 60, 12 * 60),
    ("pm", 12 * 60, 18 * 60),
    ("early morning", 6 * 60, 9 * 60),
    ("late morning", 10 * 60, 12 * 60),
    ("morning", 6 * 60, 12 * 60),
    ("early afternoon", 12 * 60, 15 * 60),
    ("late afternoon", 15 * 60, 17 * 60),
    ("afternoon", 12 * 60, 17 * 60),
    ("early evening", 17 * 60, 19 * 60),
    ("late evening", 20 * 60, 22 * 60),
    ("evening", 17 * 60, 22 * 60),
    ("night", 22 * 60, 6 * 60),
    ("overnight", 22 * 60, 6 * 60),
    ("daytime", 9 * 60, 17 * 60),
    ("day time", 9 * 60, 17 * 60),
    ("lunch", 12 * 60, 14 * 60),
    ("lunchtime", 12 * 60, 14 * 60),
    ("lunch time", 12 * 60, 14 * 60),
    ("teatime", 16 * 60, 18 * 60),
    ("after work", 17 * 60 + 30, 22 * 60),
    ("school hours", 9 * 60, 15 * 60),
];
const NOON: u32 = 12 * 60;

/// A part of the day, a span that is open at one end, or two times, in minutes.
pub(super) fn parse_time_of_day(text: &str) -> Result<(u32, u32), Unclear> {
    let lower = text.trim().to_lowercase();
    if let Some(part) = part_of_day(&plain_times(&lower)) {
        return Ok(part);
    }
    let starts = ["after ", "from "].into_iter();
    let later = starts.filter_map(|word| lower.strip_prefix(word));
    let ends = [" onwards", " onward", " or later", "+"].into_iter();
    let later = later.chain(ends.filter_map(|word| lower.strip_suffix(word)));
    let words = ["before ", "until ", "till ", "up to ", "by "].into_iter();
    let earlier = words.filter_map(|word| lower.strip_prefix(word));
    let open = later
        .map(|time| (time, true))
        .chain(earlier.map(|time| (time, false)));
    for (time, is_later) in open {
        let plain = plain_times(time);
        // "from 6 to 8pm" is two times.
        if plain.contains('-') {
            continue;
        }
        let minutes = parse_time(&plain)?;
        let range = if is_later {
            (minutes, DAY_MINUTES)
        } else {
            (0, minutes)
        };
        return not_empty(range);
    }
    not_empty(parse_range(&plain_times(&lower))?)
}

fn not_empty((from, to): (u32, u32)) -> Result<(u32, u32), Unclear> {
    if from == to {
        return Err(Unclear::Unknown);
    }
    Ok((from, to))
}

/// The part of the day with this name, in the plural too.
pub(super) fn part_of_day(plain: &str) -> Option<(u32, u32)> {
    let plain = plain.strip_prefix("in ").unwrap_or(plain);
    let plain = plain.strip_prefix("the ").unwrap_or(plain);
    let called = |name: &str| DAY_PARTS.iter().find(|(known, ..)| *known == name);
    let singular = plain.strip_suffix('s').unwrap_or(plain);
    let (_, from, to) = called(plain).or_else(|| called(singular))?;
    Some((*from, *to))
}

/// From and to in minutes after midnight of the first day: `7-9pm`, `evening`, `7 in the
/// evening`, `7pm for 3 hours`, or `19:00` for [`DEFAULT_USE_MINUTES`].
pub(super) fn parse_times(plain: &str) -> Result<(u32, u32), Unclear> {
    let (plain, minutes) = match plain.split_once(" for ") {
        Some((time, length)) => (time, Some(parse_length(length).ok_or(Unclear::Unknown)?)),
        None => (plain, None),
    };
    // A night out begins in the evening; nobody books a room from ten to six.
    if let "night" | "nights" = plain {
        return parse_times("evening");
    }
    let (from, to) = match part_of_day(plain) {
        Some((from, to)) => (from, to),
        None => {
            let times = with_half(plain);
            let times = times.as_deref().unwrap_or(plain);
            if times.contains('-') {
                parse_range(times)?
            } else {
                let from = parse_time(times)?;
                (from, from + DEFAULT_USE_MINUTES)
            }
        }
    };
    let to = minutes.map_or(to, |minutes| from + minutes);
    // "22:00-01:00" ends on the next day.
    Ok((from, if to > from { to } else { to + DAY_MINUTES }))
}

/// `evening 7-9` and `7-9 in the evening` as `7-9pm`.
fn with_half(plain: &str) -> Option<String> {
    let words: Vec<&str> = plain
        .split(' ')
        .filter(|word| !matches!(*word, "in" | "the"))
        .collect();
    let [a, b] = words[..] else { return None };
    let (part, times) = match (part_of_day(a), part_of_day(b)) {
        (Some(part), None) => (part, b),
        (None, Some(part)) => (part, a),
        _ => return None,
    };
    let has_half = times.contains("am") || times.contains("pm") || times.contains("noon");
    Some(match (times.split_once('-'), part.0 >= NOON) {
        _ if has_half => times.to_owned(),
        (_, true) => format!("{times}pm"),
        // "10-12 in the morning" ends at noon.
        (Some((from, to)), false) => format!("{from}am-{to}"),
        (None, false) => format!("{times}am"),
    })
}

/// `3 hours`, `1.5 hrs`, `an hour`, `90 minutes`.
fn parse_length(text: &str) -> Option<u32> {
    if text == "half an hour" {
        return Some(30);
    }
    let (number, unit) = text.split_once(' ')?;
    let minutes_each = match unit {
        "hour" | "hours" | "hr" | "hrs" => 60,
        "minute" | "minutes" | "min" | "mins" => 1,
        _ => return None,
    };
    let minutes = match (number, number.split_once('.')) {
        ("a" | "an", _) => minutes_each,
        (_, Some((whole, "5"))) if minutes_each == 60 => {
            whole.parse::<u32>().ok()?.checked_mul(60)? + 30
        }
        _ => number.parse::<u32>().ok()?.checked_mul(minutes_each)?,
    };
    (1..=MAX_USE_MINUTES).contains(&minutes).then_some(minutes)
}
