//! The words of schedules, each with its meaning.

pub(super) const DAY_MINUTES: u32 = 24 * 60;

/// A word or number with a meaning in schedules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Token {
    /// Monday is 1.
    Weekday(u32),
    /// `first`, `2nd`; -1 is `last`.
    Ordinal(i32),
    Month(u32),
    Time(Time),
    Year(i32),
    /// Day, month and year in numbers.
    Date {
        day: u32,
        month: u32,
        year: i32,
    },
    /// `12/5`: two numbers without a year.
    DayAndMonth(u32, u32),
    /// `every`, `each`.
    Every,
    /// `every other`, `alternate`.
    Alternate,
    Fortnight,
    Week,
    EveryMonth,
    AllDays,
    WorkingDays,
    Weekend,
    BankHoliday,
    Except,
    From,
    To,
    For,
    /// `morning`.
    Morning,
    /// `afternoon`, `evening`.
    LaterHalf,
    /// `on`, `the`, `we meet`.
    Filler,
}

/// A time on the clock, in minutes after midnight as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) minutes: u32,
    /// Whether it has `am` or `pm`, or can only be on a 24-hour clock.
    pub(super) is_certain: bool,
}

const WEEKDAYS: [[&str; 7]; 7] = [
    ["monday", "mondays", "mon", "mons", "llun", "", ""],
    ["tuesday", "tuesdays", "tue", "tues", "mawrth", "", ""],
    ["wednesday", "wednesdays", "wed", "weds", "mercher", "", ""],
    ["thursday", "thursdays", "thu", "thur", "thurs", "iau", ""],
    ["friday", "fridays", "fri", "fris", "gwener", "", ""],
    ["saturday", "saturdays", "sat", "sats", "sadwrn", "", ""],
    ["sunday", "sundays", "sun", "suns", "sul", "", ""],
];
const MONTHS: [[&str; 3]; 12] = [
    ["january", "jan", ""],
    ["february", "feb", ""],
    ["march", "mar", ""],
    ["april", "apr", ""],
    ["may", "", ""],
    ["june", "jun", ""],
    ["july", "jul", ""],
    ["august", "aug", ""],
    ["september", "sep", "sept"],
    ["october", "oct", ""],
    ["november", "nov", ""],
    ["december", "dec", ""],
];
const ORDINALS: [(&str, i32); 13] = [
    ("first", 1),
    ("1st", 1),
    ("cyntaf", 1),
    ("second", 2),
    ("2nd", 2),
    ("third", 3),
    ("3rd", 3),
    ("fourth", 4),
    ("4th", 4),
    ("fifth", 5),
    ("5th", 5),
    ("last", -1),
    ("olaf", -1),
];
const NUMBERS: [&str; 12] = [
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
    "twelve",
];
const FILLERS: [&str; 37] = [
    "on", "the", "of", "in", "at", "a", "and", ",", "we", "meet", "meets", "meeting", "meetings",
    "group", "month", "runs", "open", "held", "day", "all", "year", "round", "long", "y", "mis",
    "dydd", "am", "usually", "doors", "start", "starts", "during", "months", "only", "prompt",
    "sharp", "hrs",
];

/// Reads every word, or nothing.
pub(super) fn tokenise(text: &str) -> Option<Vec<Token>> {
    let words = split(text);
    let mut tokens = Vec::with_capacity(words.len());
    let mut rest = words.as_slice();
    while !rest.is_empty() {
        let (token, used) = next_token(rest)?;
        tokens.push(token);
        rest = rest.get(used..)?;
    }
    Some(tokens)
}

/// Lower-case words. A dash between words or times is a word of its own; it stays in dates.
fn split(text: &str) -> Vec<String> {
    let mut plain = String::with_capacity(text.len() + 16);
    for c in text.chars().flat_map(char::to_lowercase) {
        match c {
            '–' | '—' | '‑' | '‒' | '−' => plain.push_str(" - "),
            '&' | '+' => plain.push_str(" and "),
            '(' | ')' | ',' => plain.push_str(" , "),
            '’' | '\'' => {}
            c => plain.push(c),
        }
    }
    let plain = plain.replace("a.m", "am").replace("p.m", "pm");
    let mut words = Vec::new();
    for word in plain.split_whitespace() {
        let word = word.trim_end_matches(['.', ':']);
        if let Some(times) = digits_only(word) {
            words.extend(times);
            continue;
        }
        if is_number_date(word) || day_and_month(word).is_some() {
            words.push(word.to_owned());
            continue;
        }
        // "mon/wed/fri"
        for part in word.split('/') {
            let mut pieces = part.split('-');
            words.extend(pieces.next().map(str::to_owned));
            for piece in pieces {
                words.push("-".to_owned());
                words.push(piece.to_owned());
            }
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// `1900-2100` as `19:00`, `-`, `21:00`. A single `2030` is a year.
fn digits_only(word: &str) -> Option<Vec<String>> {
    let digits = word.strip_suffix("hrs");
    let is_time = digits.is_some() || word < "2000";
    let word = digits.unwrap_or(word);
    let colon = |text: &str| {
        let is_clock = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_clock.then(|| format!("{}:{}", &text[..2], &text[2..]))
    };
    match word.split_once('-') {
        Some((from, to)) => Some(vec![colon(from)?, "-".to_owned(), colon(to)?]),
        None if is_time => Some(vec![colon(word)?]),
        None => None,
    }
}

fn is_number_date(word: &str) -> bool {
    let is_short = word.len() <= 10;
    is_short
        && word
            .bytes()
            .all(|byte| byte.is_ascii_digit() || matches!(byte, b'-' | b'/' | b'.'))
        && word.split(['-', '/', '.']).count() == 3
}

/// The numbers of `12/5`. `24/7` is not a date.
fn day_and_month(word: &str) -> Option<(u32, u32)> {
    let (first, second) = word.split_once('/').filter(|_| word != "24/7")?;
    let number = |text: &str| {
        let is_short =
            (1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
        is_short.then(|| text.parse().ok()).flatten()
    };
    Some((number(first)?, number(second)?))
}

/// The meaning of the first words, and how many they are.
fn next_token(words: &[String]) -> Option<(Token, usize)> {
    let word = |at: usize| words.get(at).map_or("", String::as_str);
    let first = word(0);
    let two = (first, word(1));
    match two {
        ("every" | "each" | "bob", "day") => return Some((Token::AllDays, 2)),
        ("every" | "each" | "bob", "week" | "wythnos") => return Some((Token::Week, 2)),
        ("every" | "each" | "bob", "month" | "mis") => return Some((Token::EveryMonth, 2)),
        ("every" | "each", "fortnight") => return Some((Token::Fortnight, 2)),
        ("every", "other" | "alternate") => {
            let is_week = matches!(word(2), "week");
            let token = if is_week {
                Token::Fortnight
            } else {
                Token::Alternate
            };
            return Some((token, if is_week { 3 } else { 2 }));
        }
        ("every", "two" | "2") if matches!(word(2), "weeks") => return Some((Token::Fortnight, 3)),
        ("the" | "a", "month") => return Some((Token::EveryMonth, 2)),
        ("y", "mis") => return Some((Token::EveryMonth, 2)),
        ("bank" | "public", "holiday" | "holidays" | "hol" | "hols") => {
            let more = matches!(
                word(2),
                "weekend" | "weekends" | "monday" | "mondays" | "day" | "days"
            );
            return Some((Token::BankHoliday, if more { 3 } else { 2 }));
        }
        ("7" | "seven", "days") if matches!((word(2), word(3)), ("a" | "per", "week")) => {
            return Some((Token::AllDays, 4));
        }
        ("apart", "from") | ("but", "not") => return Some((Token::Except, 2)),
        ("12" | "twelve", noon @ ("noon" | "midday" | "midnight")) => {
            return time(noon, "").map(|(time, _)| (time, 2));
        }
        ("half", "past") => return clock_words(word(2), 30).map(|time| (time, 3)),
        ("quarter", "past") => return clock_words(word(2), 15).map(|time| (time, 3)),
        ("quarter", "to") => {
            let hour = number_word(word(2))?;
            return Some((uncertain(hour * 60 + 12 * 60 - 15), 3));
        }
        _ => {}
    }
    // Of "12 December" and "25 December", neither is an hour.
    let month = if word(1) == "of" { word(2) } else { word(1) };
    if is_month(month)
        && let Some(day) = first.parse().ok().filter(|day| (1..=31).contains(day))
    {
        return Some((Token::Ordinal(day), 1));
    }
    if let Some(time) = time(first, word(1)) {
        return Some(time);
    }
    let token = match first {
        "every" | "each" | "bob" => Token::Every,
        "alternate" => Token::Alternate,
        "fortnightly" => Token::Fortnight,
        "weekly" => Token::Week,
        "monthly" => Token::EveryMonth,
        "daily" => Token::AllDays,
        "weekday" | "weekdays" => Token::WorkingDays,
        "weekend" | "weekends" => Token::Weekend,
        "except" | "excluding" | "not" | "excl" => Token::Except,
        "from" | "starting" | "between" => Token::From,
        "to" | "-" | "until" | "till" | "til" => Token::To,
        "for" => Token::For,
        "morning" | "mornings" | "bore" => Token::Morning,
        "afternoon" | "afternoons" | "evening" | "evenings" | "eve" | "night" | "nights"
        | "prynhawn" | "nos" => Token::LaterHalf,
        word if FILLERS.contains(&word) => Token::Filler,
        word => named(word)?,
    };
    Some((token, 1))
}

fn is_month(word: &str) -> bool {
    !word.is_empty() && MONTHS.iter().any(|names| names.contains(&word))
}

fn named(word: &str) -> Option<Token> {
    if let Some((weekday, _)) = (1..).zip(WEEKDAYS).find(|(_, names)| names.contains(&word)) {
        return Some(Token::Weekday(weekday));
    }
    if let Some((month, _)) = (1..).zip(MONTHS).find(|(_, names)| names.contains(&word)) {
        return Some(Token::Month(month));
    }
    if let Some((_, ordinal)) = ORDINALS.iter().find(|(name, _)| *name == word) {
        return Some(Token::Ordinal(*ordinal));
    }
    if let Some((first, second)) = day_and_month(word) {
        return Some(Token::DayAndMonth(first, second));
    }
    if is_number_date(word) {
        return number_date(word);
    }
    let ordinal = word.strip_suffix("th").or_else(|| word.strip_suffix("st"));
    let ordinal = ordinal
        .or_else(|| word.strip_suffix("nd"))
        .or_else(|| word.strip_suffix("rd"));
    if let Some(day) = ordinal.and_then(|digits| digits.parse::<i32>().ok()) {
        return (1..=31).contains(&day).then_some(Token::Ordinal(day));
    }
    let year = word
        .parse::<i32>()
        .ok()
        .filter(|year| (2000..2200).contains(year));
    year.filter(|_| word.len() == 4).map(Token::Year)
}

fn number_date(word: &str) -> Option<Token> {
    let parts: Vec<&str> = word.split(['-', '/', '.']).collect();
    let number = |text: &str| text.parse::<u32>().ok();
    let [a, b, c] = parts[..] else { return None };
    let (year, month, day) = if a.len() == 4 { (a, b, c) } else { (c, b, a) };
    let year_number = i32::try_from(number(year)?).ok()?;
    Some(Token::Date {
        day: number(day)?,
        month: number(month)?,
        year: match year.len() {
            2 => 2000 + year_number,
            4 => year_number,
            _ => return None,
        },
    })
}

/// `7pm`, `7 pm`, `7yh`, `19:30`, `7.30`, `7`, `noon`, `seven`, with the words that it takes.
fn time(word: &str, next: &str) -> Option<(Token, usize)> {
    match word {
        "noon" | "midday" | "hanner-dydd" => return Some((certain(12 * 60), 1)),
        "midnight" => return Some((certain(DAY_MINUTES), 1)),
        _ => {}
    }
    let halves = [("am", 0), ("pm", 12), ("yb", 0), ("yh", 12)];
    let attached = halves
        .iter()
        .find_map(|(suffix, hours)| Some((word.strip_suffix(suffix)?, Some(*hours), 1)));
    let (clock, half, used) =
        attached.unwrap_or_else(|| match halves.iter().find(|(suffix, _)| *suffix == next) {
            Some((_, hours)) => (word, Some(*hours), 2),
            None if matches!(next, "oclock") => (word, None, 2),
            None => (word, None, 1),
        });
    let (hour_text, minute_text) = clock.split_once([':', '.']).unwrap_or((clock, "00"));
    let two_digits = |text: &str| {
        let is_number = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        is_number.then(|| text.parse::<u32>().ok()).flatten()
    };
    let hour = two_digits(hour_text).or_else(|| number_word(hour_text))?;
    let minute = two_digits(minute_text).filter(|minute| *minute < 60 && minute_text.len() == 2)?;
    if hour * 60 + minute > DAY_MINUTES {
        return None;
    }
    let token = match half {
        Some(hours) if (1..=12).contains(&hour) => certain((hour % 12 + hours) * 60 + minute),
        Some(_) => return None,
        None if hour > 12 || hour == 0 || hour_text.starts_with('0') => certain(hour * 60 + minute),
        None => uncertain(hour * 60 + minute),
    };
    Some((token, used))
}

fn clock_words(hour: &str, minutes: u32) -> Option<Token> {
    let hour = number_word(hour).or_else(|| hour.parse().ok().filter(|hour| *hour <= 12))?;
    Some(uncertain(hour * 60 + minutes))
}

fn number_word(word: &str) -> Option<u32> {
    let (number, _) = (1..).zip(NUMBERS).find(|(_, name)| *name == word)?;
    Some(number)
}

fn certain(minutes: u32) -> Token {
    Token::Time(Time {
        minutes,
        is_certain: true,
    })
}

/// In the first half of the day, until something tells which half it is.
fn uncertain(minutes: u32) -> Token {
    Token::Time(Time {
        minutes: minutes % (DAY_MINUTES / 2),
        is_certain: false,
    })
}
