//! Ids of entries that their source does not number, and what makes two rows look the same.

use hedgerow_core::gazetteer::normalise;
use hedgerow_core::postcode::Postcode;

/// Characters of a record's key, scheme and dot included.
const MAX_KEY: usize = 63;

/// An id in `a–z 0–9 . -` that is the same at each import. Words without such letters are
/// replaced by a number that is computed from them.
pub(super) fn id_from(text: &str, scheme: &str) -> String {
    let mut id = String::new();
    let mut is_whole = true;
    for letter in normalise(text).chars() {
        if letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '.' {
            id.push(letter);
        } else {
            is_whole &= letter.is_ascii() || !letter.is_alphanumeric();
            if !id.is_empty() && !id.ends_with('-') {
                id.push('-');
            }
        }
    }
    let id = id.trim_matches(['-', '.']).to_owned();
    let max = MAX_KEY.saturating_sub(scheme.len() + 1);
    if is_whole && !id.is_empty() && id.len() <= max {
        return id;
    }
    let number = opaque_id(text);
    let room = max.saturating_sub(number.len() + 1);
    let start = id.get(..id.len().min(room)).unwrap_or_default();
    let start = start.trim_end_matches(['-', '.']);
    format!("{start}-{number}")
        .trim_start_matches('-')
        .to_owned()
}

/// An id that shows nothing of the text, for ids that look like an address.
pub fn opaque_id(text: &str) -> String {
    format!("{:08x}", fnv(text))
}

/// FNV-1a, 32 bits: a number that no version of this program may change.
fn fnv(text: &str) -> u32 {
    let fold = |hash: u32, byte: u8| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193);
    text.bytes().fold(0x811c_9dc5, fold)
}

/// Where an entry is, for telling entries of one name apart: never finer than a postcode
/// district, because ids are published.
pub(super) fn locality(place: &str, postcode: &str) -> String {
    match Postcode::parse(postcode) {
        Some(postcode) => postcode.district().to_lowercase(),
        None => normalise(place),
    }
}

/// A name and place without blanks, case and punctuation: rows with equal ones look the same.
pub(super) fn likeness(name: &str, place: &str, postcode: &str) -> String {
    let letters = |text: &str| -> String {
        normalise(text)
            .chars()
            .filter(|letter| letter.is_alphanumeric())
            .collect()
    };
    let place = if postcode.is_empty() { place } else { postcode };
    format!("{}|{}", letters(name), letters(place))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_short_stable_and_in_ascii() {
        assert_eq!(
            id_from("Headingley Library ls6", "d-1"),
            "headingley-library-ls6"
        );
        let long = id_from(&"word ".repeat(40), "d-1");
        assert!(
            long.len() + 4 <= MAX_KEY && long.starts_with("word-word"),
            "{long}"
        );
        let bengali = id_from("বাংলা", "d-1");
        assert_eq!(bengali, id_from("বাংলা", "d-1"));
        assert_ne!(bengali, id_from("কথা", "d-1"));
        assert!(!bengali.is_empty() && bengali.is_ascii());
    }

    #[test]
    fn rows_that_differ_in_blanks_and_case_look_the_same() {
        let one = likeness("[test] Open Door Circle", "Leeds", "LS6 3AA");
        assert_eq!(
            one,
            likeness("  [test] open door  circle ", "Leeds", "ls63aa")
        );
        assert_ne!(one, likeness("[test] Open Door Circle", "Leeds", "LS7 3AA"));
        assert_eq!(locality("Leeds", "LS6 3AA"), "ls6");
        assert_eq!(locality("Hebden Bridge", ""), "hebden bridge");
    }
}
