//! Free text that looks as if it gave an address away. A guess, so a person may
//! confirm that it is harmless; it errs towards asking.

use std::sync::OnceLock;

use regex::Regex;

use crate::gazetteer::gazetteer;

/// What a text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum LooksLike {
    Address,
    Postcode,
    PlusCode,
    Coordinates,
    MapLink,
}

impl LooksLike {
    /// The stable reason.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Address => "looks_like_address",
            Self::Postcode => "looks_like_postcode",
            Self::PlusCode => "looks_like_plus_code",
            Self::Coordinates => "looks_like_coordinates",
            Self::MapLink => "looks_like_map_link",
        }
    }

    /// What it is, in words.
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Address => "a street address",
            Self::Postcode => "a postcode",
            Self::PlusCode => "a plus code",
            Self::Coordinates => "coordinates",
            Self::MapLink => "a link to a map",
        }
    }
}

/// Everything that a text looks like, with the part that does.
pub(super) fn looks_like(text: &str) -> Vec<(LooksLike, String)> {
    let text = plain(text);
    if text.starts_with("http://") || text.starts_with("https://") {
        // The words of a web address are divided by other signs than spaces.
        let words = text
            .replace("%20", " ")
            .replace(['/', '_', '+', '=', '&', '?'], " ");
        let mut found = found_in(&words.replace('-', " "));
        found.extend(found_in(&text));
        found.sort_by_key(|(what, _)| *what);
        found.dedup_by_key(|(what, _)| *what);
        return found;
    }
    found_in(&text)
}

fn found_in(text: &str) -> Vec<(LooksLike, String)> {
    let patterns = patterns();
    let mut found = Vec::new();
    if let Some(part) = patterns.postcode.captures_iter(text).find(|part| {
        let letters = part[1]
            .chars()
            .take_while(char::is_ascii_alphabetic)
            .collect::<String>();
        gazetteer().is_postcode_area(&letters.to_ascii_uppercase())
    }) {
        found.push((LooksLike::Postcode, part[0].to_owned()));
    }
    if let Some(part) = patterns
        .plus_code
        .find_iter(text)
        .find(|part| part.as_str().contains(|c: char| c.is_ascii_alphabetic()))
    {
        found.push((LooksLike::PlusCode, part.as_str().to_owned()));
    }
    if let Some(part) = patterns.map_link.find(text) {
        found.push((LooksLike::MapLink, part.as_str().to_owned()));
    }
    if let Some(part) = patterns
        .coordinates
        .iter()
        .find_map(|pattern| pattern.find(text))
    {
        found.push((LooksLike::Coordinates, part.as_str().to_owned()));
    }
    if let Some(part) = address(text, patterns) {
        found.push((LooksLike::Address, part));
    }
    found
}

fn address(text: &str, patterns: &Patterns) -> Option<String> {
    let numbered = patterns.numbered.captures_iter(text).find(|part| {
        // "3 sessions a week on the high street" is no house.
        part[2]
            .split_whitespace()
            .all(|word| !PASSING.contains(&word.to_lowercase().as_str()))
    });
    let found = numbered.map(|part| part[0].to_owned());
    let capital = || {
        patterns
            .capital
            .find(text)
            .map(|part| part.as_str().to_owned())
    };
    let named = || {
        patterns
            .named
            .find(text)
            .map(|part| part.as_str().to_owned())
    };
    let flat = || {
        patterns
            .flat
            .find(text)
            .map(|part| part.as_str().to_owned())
    };
    found.or_else(capital).or_else(named).or_else(flat)
}

/// Words that do not stand between a house number and its street.
const PASSING: [&str; 48] = [
    "a",
    "about",
    "am",
    "an",
    "and",
    "are",
    "at",
    "by",
    "days",
    "events",
    "families",
    "for",
    "from",
    "groups",
    "hours",
    "in",
    "into",
    "is",
    "km",
    "meetings",
    "members",
    "metres",
    "miles",
    "minute",
    "minutes",
    "months",
    "more",
    "of",
    "off",
    "on",
    "or",
    "other",
    "people",
    "per",
    "pm",
    "sessions",
    "steps",
    "that",
    "times",
    "to",
    "volunteers",
    "was",
    "week",
    "weeks",
    "were",
    "with",
    "year",
    "years",
];

struct Patterns {
    postcode: Regex,
    plus_code: Regex,
    map_link: Regex,
    coordinates: Vec<Regex>,
    numbered: Regex,
    capital: Regex,
    named: Regex,
    flat: Regex,
}

fn patterns() -> &'static Patterns {
    static PATTERNS: OnceLock<Patterns> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let regex = |pattern: &str| Regex::new(pattern).expect("the pattern is a constant");
        // Streets that are nothing else, and words that are often something else.
        let street = "street|road|lane|avenue|terrace|crescent|mews|st|rd|ave|ln|cres";
        let maybe = "Way|Place|Close|Drive|Walk|Park|Green|Hill|Court|Row|Square|Rise|View|\
                     Gardens?|Grove|Yard|Gate|Side|Parade|Wharf|Quay|Buildings?|House|Villas";
        Patterns {
            postcode: regex(
                r"(?i)\b([a-z]{1,2}\d[a-z\d]?)[\s.\-–_]{0,3}(\d[abd-hjlnp-uw-z]{2})\b",
            ),
            plus_code: regex(
                r"(?i)\b[2-9cfghjmpqrvwx]{4,8}\+[2-9cfghjmpqrvwx]{2,3}\b",
            ),
            map_link: regex(
                r"(?i)maps\.google|google\.[a-z.]{2,6}/maps|goo\.gl/maps|maps\.app\.goo\.gl|\bg\.page/|openstreetmap\.org|\bosm\.org|what3words|\bw3w\.co|bing\.com/maps|maps\.apple|plus\.codes|streetmap\.co|waze\.com|citymapper|geohack|\bgeo:-?\d|///[a-z]+\.[a-z]+\.[a-z]+",
            ),
            coordinates: vec![
                regex(r"-?\b\d{1,3}\.\d{3,}\s*°?\s*[NSns]?\s*[,;/|\s]\s*-?\d{1,3}\.\d{3,}"),
                regex(r"\d{1,3}\s*°\s*\d{1,2}(?:\.\d+)?\s*['′’]"),
                regex(r"\b\d{1,3}\.\d{3,}\s*°"),
                // A National Grid reference: NZ 246 641. SC is also how Scottish charities
                // are numbered.
                regex(r"\b(?:[HNOT][A-HJ-Z]|S[A-BD-HJ-Z])\s?\d{3,5}\s\d{3,5}\b"),
                regex(r"\b(?:[HNOT][A-HJ-Z]|S[A-BD-HJ-Z])\s?\d{6}(?:\d{2}){0,2}\b"),
            ],
            numbered: regex(&format!(
                r"(?i)\b(\d{{1,4}}[a-z]?),?\s+((?:[a-z'’.\-]+\s+){{1,3}})(?:{street})\b"
            )),
            capital: regex(&format!(
                r"\b\d{{1,4}}[A-Za-z]?,?\s+(?:[A-Z][A-Za-z'’.\-]*\s+){{1,3}}(?:{maybe})\b"
            )),
            named: regex(
                r"\b[A-Z][A-Za-z'’\-]+\s+(?:Street|Road|Lane|Avenue|Terrace|Crescent|Mews|Rd|Ave)\b",
            ),
            flat: regex(r"(?i)\b(?:flat|apartment|apt\.?|unit|room)\s+\d{1,4}[a-z]?,\s*\d{1,4}\b"),
        }
    })
}

/// Without what the eye does not see and machines do not match: full-width forms,
/// invisible characters, unusual spaces and dashes.
fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}' => {}
            '\u{ff01}'..='\u{ff5e}' => {
                plain.extend(char::from_u32(u32::from(character) - 0xfee0));
            }
            '\u{2010}'..='\u{2015}' | '\u{2212}' => plain.push('-'),
            _ if character.is_whitespace() => plain.push(' '),
            _ => plain.push(character),
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reasons(text: &str) -> Vec<LooksLike> {
        looks_like(text).into_iter().map(|(what, _)| what).collect()
    }

    #[test]
    fn postcodes_are_seen_however_they_are_spaced() {
        for text in [
            "We are at NE1 4ST.",
            "ne14st",
            "LS6-2AB",
            "bt7  1nn",
            "W1A 0AX, upstairs",
            "post to SW1A.1AA please",
            "ＬＳ６ ２ＡＢ",
            "LS6\u{200b}2AB",
            "LS6\n2AB",
        ] {
            assert!(reasons(text).contains(&LooksLike::Postcode), "{text}");
        }
        assert_eq!(
            reasons("https://example.org/find-us/ne1-4st"),
            [LooksLike::Postcode]
        );
        assert_eq!(
            reasons("https://example.org/12-high-street"),
            [LooksLike::Address]
        );
        assert_eq!(reasons("https://example.org/2024/05/news?id=12"), []);
        for text in [
            "near LS6",
            "Q1 2AB",
            "from 18 to 25",
            "room B12",
            "COVID19 safe",
            "12 steps",
        ] {
            assert!(!reasons(text).contains(&LooksLike::Postcode), "{text}");
        }
    }

    #[test]
    fn addresses_are_seen() {
        for text in [
            "12 High Street",
            "at 12a, high st.",
            "221b Baker Street",
            "Flat 3, 14 Elm Rd",
            "4 The Avenue",
            "7 Church Close",
            "meets on Chapel Street",
            "1 St. John's Road",
            "10 Acorn House",
            "33 Old Mill Lane",
        ] {
            assert!(reasons(text).contains(&LooksLike::Address), "{text}");
        }
        for text in [
            "24 hours a day",
            "a 12 step way of working",
            "3 groups in the street",
            "open to people aged 18 to 25 on the road to recovery",
            "10 minutes from the road",
            "walk 2 miles with us",
            "a place to be",
            "St Helens",
            "100 local self-help groups",
        ] {
            assert_eq!(reasons(text), [], "{text}");
        }
    }

    #[test]
    fn coordinates_codes_and_map_links_are_seen() {
        for text in [
            "54.97783, -1.61780",
            "54.978 N 1.617 W",
            "54°58'40\"",
            "NZ 246 641",
            "NZ246641",
        ] {
            assert_eq!(reasons(text), [LooksLike::Coordinates], "{text}");
        }
        assert_eq!(reasons("9C6WX9CV+2G"), [LooksLike::PlusCode]);
        assert_eq!(reasons("X9CV+2G Newcastle"), [LooksLike::PlusCode]);
        for text in [
            "https://maps.app.goo.gl/abc",
            "https://www.google.co.uk/maps/place/x",
            "https://www.openstreetmap.org/node/1",
            "///filled.count.soap",
        ] {
            assert!(reasons(text).contains(&LooksLike::MapLink), "{text}");
        }
        for text in [
            "1.5, 2.5 hours",
            "SC012345",
            "LGBTQIA+ people",
            "ring 0191 496 0000",
            "2+2",
        ] {
            assert_eq!(reasons(text), [], "{text}");
        }
    }
}
