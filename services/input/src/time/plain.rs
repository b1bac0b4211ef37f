//! Typed words about times in the few forms that the parsers of times and days know.

/// Hours as words, from one.
const NUMBERS: [&str; 12] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];
/// Parts of the day that `this` may come before.
const TODAY_PARTS: [&str; 3] = ["morning", "afternoon", "evening"];

/// Lower-case text in which two times are one word: `from 7 p.m. to half past nine` is
/// `7pm-9.30`, and `tonight` is `today evening`.
pub(super) fn plain_times(text: &str) -> String {
    let words = join_clock_words(&plain_words(text));
    let mut plain = String::with_capacity(text.len());
    for (at, word) in words.iter().enumerate() {
        let word = match word.as_str() {
            // "21:00 and 23:00" follows "between".
            "to" | "until" | "till" | "til" | "and" => "-",
            word => word,
        };
        let is_half = word.starts_with("am") || word.starts_with("pm");
        // "7 pm" is one word, "sat am" is two.
        let joins = word.starts_with('-')
            || (is_half && plain.ends_with(|last: char| last.is_ascii_digit()));
        if at > 0 && !joins && !plain.ends_with('-') {
            plain.push(' ');
        }
        plain.push_str(word);
    }
    plain.trim().to_owned()
}

/// Lower-case words without punctuation; the words of `p.m.` are one.
pub(super) fn plain_words(text: &str) -> Vec<String> {
    let lower = text
        .to_lowercase()
        .replace(['–', '—', '‑', '−'], "-")
        .replace(['\'', '’', '‘'], "")
        .replace([',', '(', ')'], " ")
        .replace("a.m", "am")
        .replace("p.m", "pm");
    let words = lower
        .split_whitespace()
        .map(|word| word.trim_end_matches(['.', ':']))
        .filter(|word| {
            !matches!(
                *word,
                "" | "at" | "from" | "between" | "oclock" | "prompt" | "sharp"
            )
        });
    let number = |word: &str| {
        let at = NUMBERS.iter().position(|known| *known == word)?;
        Some((at + 1).to_string())
    };
    words
        .map(|word| number(word).unwrap_or_else(|| word.to_owned()))
        .collect()
}

/// `half past 7` as `7.30`, `12 noon` as `noon`, `1930 hrs` as `19:30`.
fn join_clock_words(words: &[String]) -> Vec<String> {
    let mut joined = Vec::with_capacity(words.len());
    let mut rest = words;
    while let Some((first, after)) = rest.split_first() {
        let next = |at: usize| after.get(at).map_or("", String::as_str);
        let (word, used) = match (first.as_str(), next(0), next(1)) {
            ("half", "past", hour) if is_hour(hour) => (at_minute(hour, 0, "30"), 3),
            ("half", hour, _) if is_hour(hour) => (at_minute(hour, 0, "30"), 2),
            ("quarter", "past", hour) if is_hour(hour) => (at_minute(hour, 0, "15"), 3),
            ("quarter", "to", hour) if is_hour(hour) => (at_minute(hour, 1, "45"), 3),
            ("12", noon @ ("noon" | "midday" | "midnight"), _) => (noon.to_owned(), 2),
            ("12noon", ..) => ("noon".to_owned(), 1),
            ("tonight", ..) => ("today evening".to_owned(), 1),
            ("this", part, _) if TODAY_PARTS.contains(&part) => ("today".to_owned(), 1),
            (digits, "hrs" | "hours" | "h", _) if is_clock_number(digits) => (colon(digits), 2),
            (word, ..) => (military(word), 1),
        };
        joined.push(word);
        rest = rest.get(used..).unwrap_or_default();
    }
    joined
}

/// An hour of a clock with hands, whether `am` or `pm` is attached or not.
fn is_hour(word: &str) -> bool {
    let digits = word.trim_end_matches("am").trim_end_matches("pm");
    digits
        .parse::<u32>()
        .is_ok_and(|hour| (1..=12).contains(&hour))
        && digits.len() <= 2
}

/// `7pm` as `7.30pm`, or as `6.45pm` for one hour `before`.
fn at_minute(hour: &str, before: u32, minutes: &str) -> String {
    let digits = hour.trim_end_matches("am").trim_end_matches("pm");
    let half = &hour[digits.len()..];
    let number = digits.parse::<u32>().unwrap_or_default();
    let number = if number == before {
        12
    } else {
        number - before
    };
    format!("{number}.{minutes}{half}")
}

/// Four digits of which the last two are minutes.
fn is_clock_number(word: &str) -> bool {
    word.len() == 4 && word.bytes().all(|byte| byte.is_ascii_digit())
}

fn colon(digits: &str) -> String {
    format!("{}:{}", &digits[..2], &digits[2..])
}

/// `1900hrs`, `19h30` and `19h` as `19:00` and the like. Four digits alone are a time of the day
/// before 20:00 or if two of them have a dash between: `2030` alone is a year too.
fn military(word: &str) -> String {
    if let Some((day, time)) = word.split_once('t')
        && day.len() == 10
        && time.starts_with(|letter: char| letter.is_ascii_digit())
    {
        // As programs write a moment.
        return format!("{day} {time}");
    }
    if let Some(digits) = word
        .strip_suffix("hrs")
        .or_else(|| word.strip_suffix("hours"))
        && is_clock_number(digits)
    {
        return colon(digits);
    }
    let is_number = |text: &str| (1..=2).contains(&text.len()) && text.parse::<u32>().is_ok();
    if let Some((hour, minutes)) = word.split_once('h')
        && is_number(hour)
        && (minutes.is_empty() || (minutes.len() == 2 && is_number(minutes)))
    {
        let minutes = if minutes.is_empty() { "00" } else { minutes };
        return format!("{hour}:{minutes}");
    }
    if let Some((from, to)) = word.split_once('-')
        && is_clock_number(from)
        && is_clock_number(to)
    {
        return format!("{}-{}", colon(from), colon(to));
    }
    let is_time = is_clock_number(word) && word < "2000";
    if is_time {
        colon(word)
    } else {
        word.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spoken_and_written_times_have_one_form() {
        for (typed, plain) in [
            ("From 7 p.m. to half past Nine", "7pm-9.30"),
            ("half seven", "7.30"),
            ("quarter to 8pm", "7.45pm"),
            ("quarter to one", "12.45"),
            ("7 o’clock", "7"),
            ("10 a.m. – 12 noon", "10am-noon"),
            ("1000-1200", "10:00-12:00"),
            ("1900-2100", "19:00-21:00"),
            ("2030 hrs", "20:30"),
            ("0930", "09:30"),
            ("19h30", "19:30"),
            ("19h", "19:00"),
            ("tonight at 7", "today evening 7"),
            ("this evening", "today evening"),
            ("sat am", "sat am"),
            ("3 dec 2026 19:00", "3 dec 2026 19:00"),
            ("2026-12-03T19:00", "2026-12-03 19:00"),
        ] {
            assert_eq!(plain_times(typed), plain, "{typed}");
        }
    }
}
