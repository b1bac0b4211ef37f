//! Street addresses, postcodes, coordinates and the like in free text.
//!
//! A node uses everything here. That is a guess which prefers false hits over misses,
//! because a person can confirm that a hit is harmless. A receiver uses
//! [`find_certain_address`], which finds only what cannot be anything else.

use super::plain_text::fold;
use crate::postcode;

mod codes;
mod coordinates;
mod pattern;
mod spelled;
mod street;
#[cfg(test)]
mod tests;

pub(super) use spelled::{join_spaced, to_characters};

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

/// What a text is, as far as it matters to the search for addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TextUse {
    /// The name of an organisation, which may be that of a street: Wood Street Mission.
    Name,
    Other,
}

/// Returns every kind of address that a text seems to contain, each with the first part
/// of the text that matches.
pub(super) fn find_addresses(text: &str, usage: TextUse) -> Vec<(AddressKind, String)> {
    let plain = fold(text);
    let mut found = find_likely(&plain, usage);
    let words = spelled::to_characters(&plain);
    if let Some(words) = &words {
        found.extend(find_in_words(words));
    }
    for variant in [Some(&plain), words.as_ref()].into_iter().flatten() {
        if let Some(joined) = spelled::join_spaced(variant) {
            found.extend(find_in_joined(&joined));
        }
    }
    if let Some(separated) = separated(&plain) {
        found.extend(find_likely(&separated, usage));
    }
    // The first variant first: its part is closest to what the steward wrote.
    found.sort_by_key(|(kind, _)| *kind);
    found.dedup_by_key(|(kind, _)| *kind);
    found
}

/// Returns the first part of a text that is certainly a position: a full postcode of an
/// existing district, a plus code, coordinates or a link to a site of maps.
pub(super) fn find_certain_address(text: &str) -> Option<(AddressKind, String)> {
    let plain = fold(text);
    let joined = spelled::join_spaced(&plain);
    [Some(&plain), joined.as_ref()]
        .into_iter()
        .flatten()
        .find_map(|text| {
            let hits = [
                (AddressKind::Postcode, postcode::find_existing_in_text(text)),
                (AddressKind::PlusCode, codes::find_plus_code(text)),
                (AddressKind::MapLink, codes::find_map_site(text)),
                (AddressKind::Coordinates, coordinates::find_certain(text)),
            ];
            hits.into_iter()
                .find_map(|(kind, part)| Some((kind, part?.to_owned())))
        })
}

fn find_likely(text: &str, usage: TextUse) -> Vec<(AddressKind, String)> {
    let unnumbered = || match usage {
        TextUse::Name => None,
        TextUse::Other => street::find_unnumbered(text),
    };
    collect([
        (
            AddressKind::Street,
            street::find_numbered(text).or_else(unnumbered),
        ),
        (
            AddressKind::Postcode,
            postcode::find_in_text(text).or_else(|| codes::find_eircode(text)),
        ),
        (AddressKind::PlusCode, codes::find_plus_code(text)),
        (
            AddressKind::Coordinates,
            coordinates::find_certain(text).or_else(|| coordinates::find_likely(text)),
        ),
        (
            AddressKind::MapLink,
            codes::find_map_site(text).or_else(|| codes::find_map_like(text)),
        ),
    ])
}

/// Searches a text whose numbers, letters and signs were words.
fn find_in_words(text: &str) -> Vec<(AddressKind, String)> {
    collect([
        (AddressKind::Street, street::find_in_words(text)),
        (AddressKind::Postcode, postcode::find_in_text(text)),
        (AddressKind::PlusCode, codes::find_plus_code(text)),
        (
            AddressKind::Coordinates,
            coordinates::find_certain(text).or_else(|| coordinates::find_spelled(text)),
        ),
        (
            AddressKind::MapLink,
            codes::find_map_site(text).or_else(|| codes::find_map_like(text)),
        ),
    ])
}

/// Searches a text whose single characters were joined. A street needs its spaces.
fn find_in_joined(text: &str) -> Vec<(AddressKind, String)> {
    let mut found = find_likely(text, TextUse::Name);
    found.retain(|(kind, _)| *kind != AddressKind::Street);
    found
}

/// Returns the text with the signs between words replaced by spaces, as in web addresses
/// and in `12-High-Street`. `None` if there are none.
fn separated(text: &str) -> Option<String> {
    let separators = ['-', '_', '/', '+', '=', '&', '?', '.'];
    let decoded = text.replace("%20", " ");
    let has_any = decoded.contains(separators) || decoded.len() != text.len();
    has_any.then(|| {
        let characters: Vec<char> = decoded.chars().collect();
        let is_between = |at: usize| {
            let beside = |index: Option<usize>| {
                index
                    .and_then(|index| characters.get(index))
                    .is_some_and(char::is_ascii_alphanumeric)
            };
            let is_number = |index: Option<usize>| {
                index
                    .and_then(|index| characters.get(index))
                    .is_some_and(char::is_ascii_digit)
            };
            let (before, after) = (at.checked_sub(1), at.checked_add(1));
            // Not 6.30 or 12-14, which would become two numbers.
            (beside(before) || beside(after)) && !(is_number(before) && is_number(after))
        };
        let replace = |(at, c): (usize, &char)| {
            if separators.contains(c) && is_between(at) {
                ' '
            } else {
                *c
            }
        };
        characters.iter().enumerate().map(replace).collect()
    })
}

fn collect<const N: usize>(hits: [(AddressKind, Option<&str>); N]) -> Vec<(AddressKind, String)> {
    hits.into_iter()
        .filter_map(|(kind, part)| Some((kind, part?.to_owned())))
        .collect()
}
