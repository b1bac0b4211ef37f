//! Correctly spelt English words: these are never taken as misspelt.

use std::sync::LazyLock;

use crate::analysis::families;

/// Sorted, one word a line, without the regular forms of other words. See `data/README.md`.
const COMMON_WORDS: &str = include_str!("../../data/common-words.txt");

/// Words of everyday use that the list is too formal for.
const EVERYDAY_WORDS: [&str; 16] = [
    "adhd",
    "bipolar",
    "boccia",
    "bulimia",
    "covid",
    "crafting",
    "dementia",
    "fibromyalgia",
    "gp",
    "nhs",
    "online",
    "perinatal",
    "pilates",
    "skint",
    "wifi",
    "zumba",
];

/// Endings of regular forms, each with what its base has in place of it.
const ENDINGS: [(&str, &[&str]); 12] = [
    ("ies", &["y"]),
    // After a hiss alone: the rest are words in `e` with an `s`.
    ("ches", &["ch"]),
    ("shes", &["sh"]),
    ("sses", &["ss"]),
    ("xes", &["x"]),
    ("zes", &["z"]),
    ("oes", &["o"]),
    ("s", &[""]),
    ("ed", &["", "e"]),
    ("ing", &["", "e"]),
    ("ly", &[""]),
    ("ness", &[""]),
];
/// Letters that have to be left before an ending.
const MIN_BASE: usize = 3;
/// Endings that are removed one after the other: `hopefulnesses`.
const MAX_ENDINGS: usize = 3;

static SORTED: LazyLock<Vec<&'static str>> = LazyLock::new(|| COMMON_WORDS.lines().collect());

/// Whether a lower-case word is a common English word, or a regular form of one.
pub fn is_common_word(form: &str) -> bool {
    EVERYDAY_WORDS.contains(&form) || families::has(form) || is_listed(form, MAX_ENDINGS)
}

fn is_listed(form: &str, endings_left: usize) -> bool {
    if SORTED.binary_search(&form).is_ok() {
        return true;
    }
    if endings_left == 0 || !form.is_ascii() {
        return false;
    }
    ENDINGS.iter().any(|(ending, replacements)| {
        let Some(base) = form.strip_suffix(ending) else {
            return false;
        };
        if base.len() < MIN_BASE {
            return false;
        }
        let is_base =
            |replacement: &&str| is_listed(&format!("{base}{replacement}"), endings_left - 1);
        // `stopped` doubles the last letter of its base.
        let doubled = matches!(*ending, "ed" | "ing")
            && base.as_bytes()[base.len() - 1] == base.as_bytes()[base.len() - 2];
        replacements.iter().any(is_base)
            || (doubled && is_listed(&base[..base.len() - 1], endings_left - 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_their_regular_forms_are_common() {
        for word in [
            "scared",
            "grieving",
            "skint",
            "driving",
            "loneliness",
            "befriending",
            "parties",
            "stopped",
            "sacred",
        ] {
            assert!(is_common_word(word), "{word}");
        }
        for word in [
            "depresion",
            "anxeity",
            "refugeees",
            "menopase",
            "aala",
            "xyz",
            "",
        ] {
            assert!(!is_common_word(word), "{word}");
        }
    }

    #[test]
    fn the_list_is_sorted_for_the_binary_search() {
        assert!(SORTED.is_sorted());
        assert!(SORTED.len() > 15_000);
    }
}
