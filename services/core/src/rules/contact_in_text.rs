//! Telephone numbers and e-mail addresses in texts, however they are written.

use std::sync::OnceLock;

use regex::Regex;

use super::address_in_text::{join_spaced, to_characters};
use super::format;
use super::plain_text::fold;

/// The kinds of contact that a text can contain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ContactFound {
    Email,
    Phone,
}

impl ContactFound {
    /// Returns the kind in words, for a steward.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::Email => "an e-mail address",
            Self::Phone => "a telephone number",
        }
    }
}

/// Returns the first contact in a text: a full telephone number or an e-mail address, also
/// with spaces, in look-alike letters or in words.
pub(super) fn find_contact(text: &str) -> Option<(ContactFound, String)> {
    let plain = fold(text);
    let words = to_characters(&plain);
    let joined = join_spaced(words.as_ref().unwrap_or(&plain));
    let variants = [Some(&plain), words.as_ref(), joined.as_ref()];
    variants.into_iter().flatten().find_map(|text| {
        let email = find_email(text).map(|part| (ContactFound::Email, part));
        email.or_else(|| find_phone(text).map(|part| (ContactFound::Phone, part)))
    })
}

fn find_email(text: &str) -> Option<String> {
    static PATTERN: OnceLock<Regex> = OnceLock::new();
    let pattern = PATTERN.get_or_init(|| {
        // A sign or a bracketed word joins name and host; the word alone only with a dotted
        // name ("ann.smith at example.org") or with "dot" in words ("us at example.org" is a
        // web address).
        let at = r"\s*(?:@|[\[({<]\s*(?:at|@)\s*[\])}>])\s*";
        let dot = r"\s*(?:\.|[\[({<]\s*(?:dot|\.)\s*[\])}>]|\bdot\b)\s*";
        let name = r"[a-z0-9][a-z0-9._%+-]*";
        let host = format!(r"[a-z0-9-]+(?:{dot}[a-z0-9-]+)*?{dot}[a-z]{{2,}}\b");
        let spoken = r"[a-z0-9-]+(?:\s+dot\s+[a-z0-9-]+)*\s+dot\s+[a-z]{2,}\b";
        let dotted = r"[a-z]+[._][a-z0-9._]*[a-z0-9]\s+at\s+[a-z0-9-]+(?:\.[a-z0-9-]+)+\b";
        let pattern = format!(r"(?i)\b{name}{at}{host}|\b{name}\s+at\s+{spoken}|\b{dotted}");
        Regex::new(&pattern).expect("the pattern is a constant")
    });
    let found = pattern.find(text).map(|part| part.as_str());
    found
        .or_else(|| format::find_email(text))
        .map(str::to_owned)
}

/// Finds a number that a telephone of these islands or, with its country, of any other can
/// have. Dates, years, prices and register numbers have other forms.
fn find_phone(text: &str) -> Option<String> {
    static NUMBER: OnceLock<Regex> = OnceLock::new();
    static DATE: OnceLock<Regex> = OnceLock::new();
    let number = NUMBER.get_or_init(|| {
        Regex::new(r"(?:\+\s?|\b00|\(\s?)?\d(?:[\s().\-/–,]{0,3}\d){8,14}\b")
            .expect("the pattern is a constant")
    });
    let date = DATE.get_or_init(|| {
        Regex::new(
            r"\b(?:\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}|(?:19|20)\d{2}-\d{2}-\d{2})(?:T\d{2}:\d{2})?\b",
        )
        .expect("the pattern is a constant")
    });
    let text = date.replace_all(text, "|");
    number
        .find_iter(&text)
        .map(|part| part.as_str())
        .find(|part| is_phone(part))
        .map(str::to_owned)
}

fn is_phone(part: &str) -> bool {
    let is_abroad = part.starts_with('+');
    let digits: String = part
        .replace("(0)", "")
        .chars()
        .filter(char::is_ascii_digit)
        .collect();
    let country = digits
        .strip_prefix("00")
        .or_else(|| is_abroad.then_some(digits.as_str()));
    if let Some(country) = country {
        return (9..=15).contains(&country.len()) && !country.starts_with('0');
    }
    let national = digits.strip_prefix("44").filter(|rest| rest.len() == 10);
    if national.is_some_and(|rest| rest.starts_with(['1', '2', '3', '7', '8'])) {
        return true;
    }
    // 0300 123 4567, 0800 1111 222, 07700 900123, 01632 960000, 028 9018 0000.
    (10..=11).contains(&digits.len())
        && digits.starts_with('0')
        && matches!(
            digits.as_bytes().get(1),
            Some(b'1'..=b'3' | b'5' | b'7'..=b'9')
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telephone_numbers_are_found_however_they_are_written() {
        for text in [
            "Ring the secretary at home on 01632 960 000 or 07700 900123 after six",
            "07700 900 123",
            "+44 (0)7700 900123",
            "+44 7700 900123",
            "0044 7700 900123",
            "44 7700 900123",
            "(01632) 960000",
            "0 7 7 0 0 9 0 0 1 2 3",
            "07700-900-123",
            "07700.900.123",
            "０７７００ ９００１２３",
            "oh double seven double oh nine double oh one two three",
            "ring Ann on zero seven seven zero zero nine zero zero one two three",
            "+353 1 234 5678",
            "O77OO 9OO123".replace('O', "0").as_str(),
            "𝟎𝟕𝟕𝟎𝟎 𝟗𝟎𝟎𝟏𝟐𝟑",
            "0300 123 4567",
        ] {
            let found = find_contact(text).map(|(kind, _)| kind);
            assert_eq!(found, Some(ContactFound::Phone), "{text}");
        }
    }

    #[test]
    fn e_mail_addresses_are_found_however_they_are_written() {
        for text in [
            "write to <hello@example.org>.",
            "ann.smith@example.org",
            "name at example dot org",
            "name AT example DOT co DOT uk",
            "name (at) example (dot) org",
            "name [at] example.org",
            "name @ example . org",
            "name＠example.org",
            "ann.smith at example.org",
            "n a m e @ example.org",
            "nаme@exаmple.org",
        ] {
            let found = find_contact(text).map(|(kind, _)| kind);
            assert_eq!(found, Some(ContactFound::Email), "{text}");
        }
    }

    #[test]
    fn other_numbers_and_web_addresses_are_not_contacts() {
        for text in [
            "Founded in 1986, 2013 and 2014",
            "Open 10.30 - 12.30, 14.00 - 16.00",
            "Registered charity 1123456, company 01234567",
            "SC012345",
            "01/02/2013 - 03/04/2014",
            "2013-11-30 2014-01-01",
            "2026-03-31T19:00",
            "£1,250,000 over 10 years",
            "116 123",
            "Text 85258",
            "find us at example.org",
            "look at www.example.org.uk",
            "meet @ ten",
            "at 10 dot com bubble",
            "1 2 3 4 5 6 7 8 9 10 11 12",
            "pages 101, 102, 103, 104",
            "ISBN 978 0 306 40615 7",
        ] {
            assert_eq!(find_contact(text), None, "{text}");
        }
    }
}
