//! Postcodes of the United Kingdom, recognised by their format.
//!
//! A full postcode identifies a few homes. Callers keep only its first half, the
//! district, which [`Gazetteer::district`](crate::gazetteer::Gazetteer::district) can
//! locate.

use std::sync::OnceLock;

use regex::Regex;

use crate::gazetteer::gazetteer;

/// Characters of the longest postcode without spaces, such as `SW1A1AA`.
const MAX_CHARS: usize = 7;
/// Characters of the second half: a digit and two letters.
const INWARD_CHARS: usize = 3;

/// A postcode of which only the district is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postcode {
    district: String,
    is_full: bool,
}

impl Postcode {
    /// Parses a text that is a full postcode (`LS6 2AB`, `ls62ab`) or a district (`LS6`)
    /// and nothing else. A full postcode may be spaced in any way; a district is one word.
    /// Only the format is checked, and any letter is accepted in the second half, so that
    /// nothing that may be meant as a full postcode passes for another text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let compact: String = text
            .chars()
            .filter(|c| !c.is_whitespace())
            .take(MAX_CHARS + 1)
            .collect();
        let compact = compact.to_ascii_uppercase();
        if is_district(&compact) {
            return (!text.trim().contains(char::is_whitespace)).then_some(Self {
                district: compact,
                is_full: false,
            });
        }
        let middle = compact.len().checked_sub(INWARD_CHARS)?;
        let (district, inward) = compact.split_at_checked(middle)?;
        (is_district(district) && is_inward(inward)).then(|| Self {
            district: district.to_owned(),
            is_full: true,
        })
    }

    /// Returns the first half, upper case: `LS6`.
    #[must_use]
    pub fn district(&self) -> &str {
        &self.district
    }

    /// Returns whether the text was more than a district.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.is_full
    }
}

/// Returns the first full postcode within a text, however it is spaced or punctuated.
///
/// Unlike [`Postcode::parse`] this requires an existing postcode area, and a second half
/// without the letters that postcodes do not use there: free text contains much that only
/// resembles a postcode. Capitals may stand for the digits that look like them.
#[must_use]
pub fn find_in_text(text: &str) -> Option<&str> {
    static COMPACT: OnceLock<Regex> = OnceLock::new();
    static LOOSE: OnceLock<Regex> = OnceLock::new();
    static LIKE: OnceLock<Regex> = OnceLock::new();
    let regex = |pattern: &str| Regex::new(pattern).expect("the pattern is a constant");
    let compact = COMPACT.get_or_init(|| {
        regex(r"(?i)\b([a-z]{1,2})\d[a-z\d]?[\s.\-–_*,/|]{0,4}\d[abd-hjlnp-uw-z]{2}\b")
    });
    let loose = LOOSE.get_or_init(|| {
        regex(
            r"(?i)\b([a-z]\s?[a-z]?)[\s.-]{0,2}(\d\s?[a-z\d]?)[\s.\-–_*,/|]{0,4}\d([\s.-]{0,2}[abd-hjlnp-uw-z][\s.-]?[abd-hjlnp-uw-z])\b",
        )
    });
    let like = LIKE.get_or_init(|| {
        regex(r"\b([A-Z]{1,2})[\dOIl][A-Z\d]?[\s.-]{0,3}[\dOIl][ABD-HJLNP-UW-Z]{2}\b")
    });
    let is_area = |part: &str| {
        let area = part.replace(char::is_whitespace, "");
        gazetteer().is_postcode_area(&area.to_ascii_uppercase())
    };
    let found = compact
        .captures_iter(text)
        .find(|found| is_area(&found[1]))
        .or_else(|| {
            loose.captures_iter(text).find(|found| {
                let area = &found[1];
                is_area(area)
                    && !WORDS_LIKE_AREAS.contains(&area.trim())
                    && exists_as_district(area, &found[2])
                    && !is_word_after_number(&found[3])
            })
        })
        .or_else(|| {
            like.captures_iter(text)
                .find(|found| is_area(&found[1]) && found[0].contains(|c: char| c.is_ascii_digit()))
        });
    found
        .and_then(|found| found.get(0))
        .map(|found| found.as_str())
}

/// Whether there is a district of these parts. Of the areas without a list of districts, any
/// number may be one.
fn exists_as_district(area: &str, number: &str) -> bool {
    let plain = |part: &str| -> String {
        let letters = part.chars().filter(char::is_ascii_alphanumeric);
        letters.collect::<String>().to_ascii_uppercase()
    };
    let (area, number) = (plain(area), plain(number));
    let is_listed = !["BT", "GY", "IM", "JE"].contains(&area.as_str());
    // What follows the first digit may belong to the second half.
    let exists = |number: &str| gazetteer().district(&format!("{area}{number}")).is_some();
    !is_listed || exists(&number) || exists(&number[..1])
}

/// Whether the letters of a second half are a word of their own: `meet at S9 9 at the latest`.
fn is_word_after_number(letters: &str) -> bool {
    let word = letters.trim_start();
    word.len() < letters.len() && WORDS_AFTER_NUMBERS.contains(&word)
}

/// Two letters that follow a number as a word.
const WORDS_AFTER_NUMBERS: [&str; 12] = [
    "ad", "an", "as", "at", "be", "by", "ex", "he", "pa", "up", "us", "we",
];

/// Areas that are words in small letters: "so 2 to 3 be", "group a".
const WORDS_LIKE_AREAS: [&str; 14] = [
    "so", "me", "la", "de", "en", "ha", "st", "no", "al", "b", "e", "m", "s", "ex",
];

/// Returns the first part of a text that is certainly a postcode: its district exists, and
/// it is written in one case with the usual spaces.
#[must_use]
pub fn find_existing_in_text(text: &str) -> Option<&str> {
    // For the pattern's word boundaries, the engine takes some hundred times as long in texts
    // that are not ASCII. Most of them have nothing that may be the first half of a postcode.
    if !text.is_ascii() && !may_have_district(text) {
        return None;
    }
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| {
        Regex::new(
            r"\b(?:([A-Z]{1,2}\d[A-Z\d]?)[\s.\-_]{0,3}\d[ABD-HJLNP-UW-Z]{2}|([a-z]{1,2}\d[a-z\d]?)[\s.\-_]{0,3}\d[abd-hjlnp-uw-z]{2})\b",
        )
        .expect("the pattern is a constant")
    });
    let is_ordinal = |part: &str| ["1st", "2nd", "3rd"].iter().any(|it| part.ends_with(it));
    pattern
        .captures_iter(text)
        .find(|found| {
            let district = found.get(1).or_else(|| found.get(2));
            let district = district.map_or(String::new(), |it| it.as_str().to_ascii_uppercase());
            // The list of districts does not cover Northern Ireland.
            let exists = gazetteer().district(&district).is_some() || district.starts_with("BT");
            exists && !is_ordinal(&found[0])
        })
        .and_then(|found| found.get(0))
        .map(|found| found.as_str())
}

/// Whether something that may be a digit, of any script, follows an ASCII letter.
fn may_have_district(text: &str) -> bool {
    let may_be_digit = |byte: u8| byte.is_ascii_digit() || !byte.is_ascii();
    text.as_bytes()
        .windows(2)
        .any(|two| two[0].is_ascii_alphabetic() && may_be_digit(two[1]))
}

/// `S1`, `LS6`, `SW1A`: one or two letters, a digit, and at most one more character.
fn is_district(text: &str) -> bool {
    let letters = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    (1..=2).contains(&letters)
        && match text.as_bytes().get(letters..) {
            Some([first]) => first.is_ascii_digit(),
            Some([first, second]) => first.is_ascii_digit() && second.is_ascii_alphanumeric(),
            _ => false,
        }
}

/// `2AB`.
fn is_inward(text: &str) -> bool {
    matches!(text.as_bytes(), [digit, first, second]
        if digit.is_ascii_digit() && first.is_ascii_alphabetic() && second.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn full_postcodes_are_parsed_however_they_are_spaced() {
        for (text, district) in [
            ("LS6 2AB", "LS6"),
            ("ls62ab", "LS6"),
            (" LS6  2ab ", "LS6"),
            ("L S 6 2 A B", "LS6"),
            ("M1 1AE", "M1"),
            ("CR2 6XH", "CR2"),
            ("EC1A 1BB", "EC1A"),
            ("W1A0AX", "W1A"),
            ("SW1A\t1AA", "SW1A"),
        ] {
            let postcode = Postcode::parse(text).expect(text);
            assert_eq!((postcode.district(), postcode.is_full()), (district, true));
        }
    }

    #[test]
    fn districts_are_parsed_as_one_word() {
        for (text, district) in [("ls6", "LS6"), (" S1 ", "S1"), ("SW1A", "SW1A")] {
            let postcode = Postcode::parse(text).expect(text);
            assert_eq!((postcode.district(), postcode.is_full()), (district, false));
        }
        assert_eq!(Postcode::parse("LS 6"), None);
    }

    #[test]
    fn other_texts_are_not_postcodes() {
        for text in [
            "",
            "Leeds",
            "Hove",
            "Newport, Wales",
            "2pm",
            "LS6 2A",
            "LS6 2ABC",
            "LS6-2AB",
            "LSS6 2AB",
            "LS6 2AÉ",
            "é",
            "LS6 2AB LS6 2AB",
        ] {
            assert_eq!(Postcode::parse(text), None, "{text}");
        }
    }

    #[test]
    fn full_postcodes_are_found_in_text() {
        assert_eq!(find_in_text("We are at NE1 4ST."), Some("NE1 4ST"));
        assert_eq!(find_in_text("post to sw1a.1aa please"), Some("sw1a.1aa"));
        assert_eq!(find_in_text("L S 6 2 A B, upstairs"), Some("L S 6 2 A B"));
        assert_eq!(find_in_text("post to BT7 1 NN"), Some("BT7 1 NN"));
        for text in [
            "near LS6",
            "Q1 2AB",
            "room B12",
            "B1 2MI",
            "12 steps",
            "bus S09 at the corner",
            "form S1 2 at a time",
            "room E2, 5 by the stairs",
            "W0 2 BA",
        ] {
            assert_eq!(find_in_text(text), None, "{text}");
        }
    }
}
