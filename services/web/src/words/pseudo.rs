//! A language for tests: English in letters that are written from right to left, and longer.

use std::borrow::Cow;

use super::Language;

/// No language of people.
const TAG: &str = "ar-XB";
/// The Hebrew letter of `a`; the others follow. Most fonts have them.
const FIRST_LETTER: u32 = 0x5d0;
const LETTERS: u32 = 26;

pub(super) fn right_to_left(english: &'static str) -> Language {
    Language {
        transform: Some(replaced),
        ..Language::new(TAG, english)
    }
}

/// The text in other letters, with vowels doubled: languages are up to a third longer than English.
fn replaced(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    for letter in text.chars() {
        let at = u32::from(letter.to_ascii_lowercase()).checked_sub(u32::from('a'));
        // There are 22 letters and five forms of them at the end of words.
        let at = at.filter(|at| *at < LETTERS);
        match at.and_then(|at| char::from_u32(FIRST_LETTER + at)) {
            Some(other) => {
                out.push(other);
                if "aeiou".contains(letter) {
                    out.push(other);
                }
            }
            None => out.push(letter),
        }
    }
    out.into()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use crate::Words;

    #[test]
    fn the_pseudo_language_is_written_from_right_to_left() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 27).unwrap();
        let words = Words::new("ar", day);
        assert_eq!((words.tag(), words.direction()), ("ar-XB", "rtl"));
        let text = words.with("notice-place-button", &[("place", "Leeds")]);
        assert!(text.ends_with("\u{2068}Leeds\u{2069}"), "{text}");
        assert!(!text.starts_with("Look"), "{text}");
    }
}
