//! Numbers, letters and signs that are written as words: `twelve`, `fifty-four point nine`,
//! `November Echo one`, `dot`.

const UNITS: [&str; 20] = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: [&str; 8] = [
    "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
];
/// Other words for a digit.
const OTHER_DIGITS: [(&str, u32); 5] = [
    ("oh", 0),
    ("nought", 0),
    ("naught", 0),
    ("niner", 9),
    ("fower", 4),
];
const LETTERS: [&str; 26] = [
    "alpha", "bravo", "charlie", "delta", "echo", "foxtrot", "golf", "hotel", "india", "juliet",
    "kilo", "lima", "mike", "november", "oscar", "papa", "quebec", "romeo", "sierra", "tango",
    "uniform", "victor", "whiskey", "xray", "yankee", "zulu",
];

/// The meaning of one word.
enum Word {
    Digits(u32),
    Tens(u32),
    Letter(char),
    /// `.` or `-`, joined to its neighbours.
    Sign(char),
    Repeat(usize),
    Hundred,
    Other,
}

fn meaning(word: &str) -> Word {
    let lower = word.to_ascii_lowercase();
    let find = |list: &[&str]| list.iter().position(|it| *it == lower);
    let number = |index: usize| u32::try_from(index).unwrap_or_default();
    if let Some(index) = find(&UNITS) {
        return Word::Digits(number(index));
    }
    if let Some(index) = find(&TENS) {
        return Word::Tens((number(index) + 2) * 10);
    }
    if let Some((_, digit)) = OTHER_DIGITS.iter().find(|(it, _)| *it == lower) {
        return Word::Digits(*digit);
    }
    if let Some(index) = find(&LETTERS) {
        return char::from_u32(u32::from('A') + number(index)).map_or(Word::Other, Word::Letter);
    }
    match lower.as_str() {
        "alfa" => Word::Letter('A'),
        "juliett" => Word::Letter('J'),
        "whisky" => Word::Letter('W'),
        "point" | "decimal" | "dot" => Word::Sign('.'),
        "minus" => Word::Sign('-'),
        "double" => Word::Repeat(2),
        "treble" | "triple" => Word::Repeat(3),
        "hundred" => Word::Hundred,
        _ => Word::Other,
    }
}

/// Replaces numbers, letters and signs in words by their characters. `None` if the text has
/// none of them.
pub(in crate::rules) fn to_characters(text: &str) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let (mut changed, mut repeat) = (false, 1);
    // Tens to which a unit may still be added, and whether a sign came last.
    let (mut tens, mut after_sign, mut after_point) = (None::<u32>, false, false);
    let mut rest = text;
    while !rest.is_empty() {
        let length = rest
            .find(|c: char| !c.is_ascii_alphabetic())
            .unwrap_or(rest.len());
        if length == 0 {
            let next = rest.chars().next().map_or(1, char::len_utf8);
            let between = &rest[..next];
            rest = &rest[next..];
            if between != " " && between != "-" {
                after_sign = false;
            }
            if (tens.is_some() || after_sign) && (between == " " || between == "-") {
                continue;
            }
            out.push_str(between);
            continue;
        }
        let (word, after) = rest.split_at(length);
        rest = after;
        let meaning = meaning(word);
        let is_number = !matches!(meaning, Word::Other | Word::Letter(_));
        changed |= !matches!(meaning, Word::Other);
        if let Some(value) = tens.take() {
            if let Word::Digits(unit @ 1..=9) = meaning {
                let sum = value + unit;
                out += &sum.to_string();
                after_sign = after_point;
                continue;
            }
            out += &value.to_string();
            if !matches!(meaning, Word::Sign('.')) {
                out.push(' ');
            }
        }
        if !is_number {
            if after_sign && !out.ends_with('.') {
                out.push(' ');
            }
            (after_sign, after_point) = (false, false);
        }
        match meaning {
            Word::Digits(value) => {
                out += &value.to_string().repeat(std::mem::replace(&mut repeat, 1));
                // Digits after a point are one number.
                after_sign = after_point;
            }
            Word::Tens(value) => tens = Some(value),
            Word::Letter(letter) => {
                out.extend(std::iter::repeat_n(
                    letter,
                    std::mem::replace(&mut repeat, 1),
                ));
            }
            Word::Sign(sign) => {
                while sign == '.' && out.ends_with(' ') {
                    out.pop();
                }
                out.push(sign);
                (after_sign, after_point) = (true, sign == '.');
            }
            Word::Repeat(times) => {
                repeat = times;
                after_sign = true;
            }
            Word::Hundred => {
                while out.ends_with(' ') {
                    out.pop();
                }
                out += "00";
            }
            Word::Other => out.push_str(word),
        }
    }
    if let Some(value) = tens {
        out += &value.to_string();
    }
    changed.then_some(out)
}

/// Joins five or more single letters and digits that spaces, dots or dashes separate:
/// `L S 6 2 A B`, `0-7-7-0-0`. `None` if there is no such run.
pub(in crate::rules) fn join_spaced(text: &str) -> Option<String> {
    const MIN_RUN: usize = 5;
    let characters: Vec<char> = text.chars().collect();
    let is_separator = |c: char| matches!(c, ' ' | '.' | '-' | '_' | '/' | ',' | '\'' | '*' | '|');
    let is_part = |c: char| c.is_ascii_alphanumeric();
    let mut out = String::with_capacity(text.len());
    let (mut at, mut changed) = (0, false);
    while at < characters.len() {
        let starts = is_part(characters[at]) && (at == 0 || !is_part(characters[at - 1]));
        let mut run = Vec::new();
        let mut end = at;
        let mut next = at;
        while starts && next < characters.len() && is_part(characters[next]) {
            if characters.get(next + 1).copied().is_some_and(is_part) {
                break;
            }
            run.push(characters[next]);
            end = next + 1;
            next = end;
            while next < characters.len() && next - end < 3 && is_separator(characters[next]) {
                next += 1;
            }
        }
        if run.len() >= MIN_RUN {
            out.extend(run);
            changed = true;
            at = end;
        } else {
            out.push(characters[at]);
            at += 1;
        }
    }
    changed.then_some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_words_become_digits() {
        for (words, digits) in [
            ("number twelve High Street", "number 12 High Street"),
            ("fifty-four point nine seven eight", "54.978"),
            ("fifty four point nine, minus one point six", "54.9, -1.6"),
            ("NE one four ST", "NE 1 4 ST"),
            ("November Echo one, four Sierra Tango", "N E 1, 4 S T"),
            ("double seven treble oh", "77 000"),
            ("name at example dot org", "name at example.org"),
            ("seven hundred", "700"),
        ] {
            assert_eq!(to_characters(words).as_deref(), Some(digits), "{words}");
        }
        assert_eq!(to_characters("nothing to count here"), None);
    }

    #[test]
    fn single_characters_are_joined() {
        assert_eq!(
            join_spaced("at L S 6  2 A B now").as_deref(),
            Some("at LS62AB now")
        );
        assert_eq!(join_spaced("N.E.1.4.S.T").as_deref(), Some("NE14ST"));
        assert_eq!(join_spaced("a b c d"), None);
        assert_eq!(join_spaced("I am 5 a day"), None);
    }
}
