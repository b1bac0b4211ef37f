//! Street addresses, postcodes, coordinates and the like in free text. This is a guess
//! that prefers false hits over misses, because a person can confirm that a hit is
//! harmless.

use std::sync::OnceLock;

use regex::Regex;

use crate::postcode;

/// A way in which a text can reveal a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum AddressKind {
    Street,
    Postcode,
    PlusCode,
    Coordinates,
    MapLink,
}

impl AddressKind {
    /// The stable reason of its violation.
    pub(super) fn reason(self) -> &'static str {
        match self {
            Self::Street => "looks_like_address",
            Self::Postcode => "looks_like_postcode",
            Self::PlusCode => "looks_like_plus_code",
            Self::Coordinates => "looks_like_coordinates",
            Self::MapLink => "looks_like_map_link",
        }
    }

    /// Returns the kind in words, for a steward.
    pub(super) fn description(self) -> &'static str {
        match self {
            Self::Street => "a street address",
            Self::Postcode => "a postcode",
            Self::PlusCode => "a plus code",
            Self::Coordinates => "coordinates",
            Self::MapLink => "a link to a map",
        }
    }
}

/// Returns every kind of address that a text seems to contain, each with the first part
/// of the text that matches.
pub(super) fn find_addresses(text: &str) -> Vec<(AddressKind, String)> {
    let text = to_plain(text);
    if text.starts_with("http://") || text.starts_with("https://") {
        // Web addresses separate words by other characters than spaces.
        let words = text
            .replace("%20", " ")
            .replace(['/', '_', '+', '=', '&', '?'], " ");
        let mut found = find_in_plain(&words.replace('-', " "));
        // The address itself again: map links and coordinates need its own characters.
        found.extend(find_in_plain(&text));
        found.sort_by_key(|(kind, _)| *kind);
        found.dedup_by_key(|(kind, _)| *kind);
        return found;
    }
    find_in_plain(&text)
}

fn find_in_plain(text: &str) -> Vec<(AddressKind, String)> {
    let patterns = patterns();
    let plus_code = patterns
        .plus_code
        .find_iter(text)
        .map(|part| part.as_str())
        // Digits alone are a sum, such as 2345+67.
        .find(|part| part.contains(|c: char| c.is_ascii_alphabetic()));
    let first_match = |pattern: &Regex| pattern.find(text).map(|part| part.as_str());
    let hits = [
        (AddressKind::Postcode, postcode::find_in_text(text)),
        (AddressKind::PlusCode, plus_code),
        (AddressKind::MapLink, first_match(&patterns.map_link)),
        (
            AddressKind::Coordinates,
            patterns.coordinates.iter().find_map(first_match),
        ),
        (AddressKind::Street, find_street(text, patterns)),
    ];
    hits.into_iter()
        .filter_map(|(kind, part)| Some((kind, part?.to_owned())))
        .collect()
}

fn find_street<'t>(text: &'t str, patterns: &Patterns) -> Option<&'t str> {
    let numbered = patterns
        .numbered
        .captures_iter(text)
        .find(|part| {
            // "3 sessions a week on the high street" is not an address.
            part[2]
                .split_whitespace()
                .all(|word| !NOT_STREET_WORDS.contains(&word.to_lowercase().as_str()))
        })
        .and_then(|part| part.get(0));
    numbered
        .or_else(|| patterns.capitalised.find(text))
        .or_else(|| patterns.unnumbered.find(text))
        .or_else(|| patterns.flat.find(text))
        .map(|part| part.as_str())
}

/// Words that do not occur between a house number and its street.
const NOT_STREET_WORDS: [&str; 48] = [
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
    plus_code: Regex,
    map_link: Regex,
    coordinates: Vec<Regex>,
    /// `12 High Street`, in any case.
    numbered: Regex,
    /// `7 Church Close`, capitalised: a word that is often something else.
    capitalised: Regex,
    /// `Chapel Street`, capitalised.
    unnumbered: Regex,
    /// `Flat 3, 14`.
    flat: Regex,
}

fn patterns() -> &'static Patterns {
    static PATTERNS: OnceLock<Patterns> = OnceLock::new();
    PATTERNS.get_or_init(|| {
        let regex = |pattern: &str| Regex::new(pattern).expect("the pattern is a constant");
        // Words that mean a street wherever they occur, then words that often do not.
        let street = "street|road|lane|avenue|terrace|crescent|mews|st|rd|ave|ln|cres";
        let ambiguous = "Way|Place|Close|Drive|Walk|Park|Green|Hill|Court|Row|Square|Rise|View|\
                     Gardens?|Grove|Yard|Gate|Side|Parade|Wharf|Quay|Buildings?|House|Villas";
        Patterns {
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
                // A National Grid reference: NZ 246 641. Without SC, with which the numbers
                // of Scottish charities begin.
                regex(r"\b(?:[HNOT][A-HJ-Z]|S[A-BD-HJ-Z])\s?\d{3,5}\s\d{3,5}\b"),
                regex(r"\b(?:[HNOT][A-HJ-Z]|S[A-BD-HJ-Z])\s?\d{6}(?:\d{2}){0,2}\b"),
            ],
            numbered: regex(&format!(
                r"(?i)\b(\d{{1,4}}[a-z]?),?\s+((?:[a-z'’.\-]+\s+){{1,3}})(?:{street})\b"
            )),
            capitalised: regex(&format!(
                r"\b\d{{1,4}}[A-Za-z]?,?\s+(?:[A-Z][A-Za-z'’.\-]*\s+){{1,3}}(?:{ambiguous})\b"
            )),
            unnumbered: regex(
                r"\b[A-Z][A-Za-z'’\-]+\s+(?:Street|Road|Lane|Avenue|Terrace|Crescent|Mews|Rd|Ave)\b",
            ),
            flat: regex(r"(?i)\b(?:flat|apartment|apt\.?|unit|room)\s+\d{1,4}[a-z]?,\s*\d{1,4}\b"),
        }
    })
}

/// Returns the text with full-width forms, unusual spaces and dashes replaced by plain
/// ones, and without invisible characters: a person reads the same, a pattern does not.
fn to_plain(text: &str) -> String {
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

    fn reasons(text: &str) -> Vec<AddressKind> {
        find_addresses(text)
            .into_iter()
            .map(|(kind, _)| kind)
            .collect()
    }

    #[test]
    fn postcodes_are_found_however_they_are_spaced() {
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
            assert!(reasons(text).contains(&AddressKind::Postcode), "{text}");
        }
        assert_eq!(
            reasons("https://example.org/find-us/ne1-4st"),
            [AddressKind::Postcode]
        );
        assert_eq!(
            reasons("https://example.org/12-high-street"),
            [AddressKind::Street]
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
            assert!(!reasons(text).contains(&AddressKind::Postcode), "{text}");
        }
    }

    #[test]
    fn street_addresses_are_found() {
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
            assert!(reasons(text).contains(&AddressKind::Street), "{text}");
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
    fn coordinates_plus_codes_and_map_links_are_found() {
        for text in [
            "54.97783, -1.61780",
            "54.978 N 1.617 W",
            "54°58'40\"",
            "NZ 246 641",
            "NZ246641",
        ] {
            assert_eq!(reasons(text), [AddressKind::Coordinates], "{text}");
        }
        assert_eq!(reasons("9C6WX9CV+2G"), [AddressKind::PlusCode]);
        assert_eq!(reasons("X9CV+2G Newcastle"), [AddressKind::PlusCode]);
        for text in [
            "https://maps.app.goo.gl/abc",
            "https://www.google.co.uk/maps/place/x",
            "https://www.openstreetmap.org/node/1",
            "///filled.count.soap",
        ] {
            assert!(reasons(text).contains(&AddressKind::MapLink), "{text}");
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
