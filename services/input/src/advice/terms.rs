//! Tags that are nearly a term of the vocabulary.

use hedgerow_core::rules::Violation;
use hedgerow_core::vocabulary::{Term, vocabulary};
use prost_reflect::DynamicMessage;

use super::question::question;
use super::walk;

/// Suggested terms.
const MAX_SUGGESTIONS: usize = 3;
/// Below it, two words are not misspellings of each other.
const MIN_SIMILARITY: f64 = 0.8;
/// For a group's own words, which need no prefix: nearer, as most of them are meant so.
const MIN_SIMILARITY_OF_OWN_WORDS: f64 = 0.92;
/// Of two words with the same consonants.
const SIMILARITY_OF_SOUND: f64 = 0.9;
/// Fields that accept own words, with the vocabulary group of their terms.
const FIELDS: [(&str, &str); 10] = [
    ("activities", "activity"),
    ("how_to_join", "referral-route"),
    ("communities", "community"),
    ("experiences", "experience"),
    ("approaches", "approach"),
    ("values", "value"),
    ("structures", "structure"),
    ("settings", "setting"),
    ("leadership", "leadership"),
    ("formality", "formality"),
];

pub(super) fn check(body: &DynamicMessage) -> Vec<Violation> {
    let texts = walk::texts(body).into_iter();
    texts
        .filter_map(|text| {
            let near = nearest(text.field.name(), text.value)?;
            let suggestions: Vec<String> = near.iter().map(|id| format!("`{id}`")).collect();
            let mut message = format!("no term of the vocabulary is called `{}`", text.value);
            if !suggestions.is_empty() {
                message += &format!("; did you mean {}?", suggestions.join(" or "));
            }
            message += " Searches find only terms and exact words";
            Some(question(text.path, "unknown_term", message))
        })
        .collect()
}

/// The ids that a person may have meant. `None` if the text is a term, or is meant as it is.
fn nearest(field: &str, text: &str) -> Option<Vec<&'static str>> {
    let text = text.trim();
    if vocabulary().by_id(text).is_some() {
        return None;
    }
    let groups = || vocabulary().groups().iter().map(|group| group.id.as_str());
    if let Some((prefix, word)) = text.split_once(':') {
        let is_tag = |it: &str| {
            !it.is_empty()
                && it
                    .chars()
                    .all(|it| it.is_alphanumeric() || "-_ ".contains(it))
        };
        // `x:` begins a group's own tags.
        if prefix == "x" || !is_tag(prefix) || !is_tag(word) || word.starts_with(' ') {
            return None;
        }
        let (group, similarity) = groups()
            .map(|group| (group, strsim::jaro_winkler(prefix, group)))
            .max_by(|left, right| left.1.total_cmp(&right.1))?;
        if similarity < MIN_SIMILARITY_OF_OWN_WORDS {
            return None;
        }
        return Some(similar(group, word, MIN_SIMILARITY));
    }
    let (_, group) = FIELDS.iter().find(|(name, _)| *name == field)?;
    let is_known = vocabulary()
        .by_word(text)
        .iter()
        .any(|term| term.group == *group);
    let near = similar(group, text, MIN_SIMILARITY_OF_OWN_WORDS);
    (!is_known && !near.is_empty()).then_some(near)
}

/// The consonants of a word, each run once: `wimmin` sounds like `women`.
fn sound(word: &str) -> String {
    let mut sound: String = word
        .chars()
        .filter(|it| it.is_alphanumeric() && !"aeiouyh".contains(*it))
        .collect();
    sound = sound.chars().fold(String::new(), |mut text, letter| {
        if !text.ends_with(letter) {
            text.push(letter);
        }
        text
    });
    sound
}

/// The terms of a group that are similar to a word, the most similar first.
fn similar(group: &str, word: &str, min_similarity: f64) -> Vec<&'static str> {
    let word = word.to_lowercase().replace(['_', ' '], "-");
    let sounds = sound(&word);
    let similarity = |term: &Term| {
        let tail = term.id.split_once(':').map_or("", |(_, tail)| tail);
        let names = term.synonyms.iter().chain([&term.label]);
        names
            .map(|name| strsim::jaro_winkler(&word, &name.to_lowercase().replace(' ', "-")))
            .chain([strsim::jaro_winkler(&word, tail)])
            .chain((sound(tail) == sounds && sounds.len() > 1).then_some(SIMILARITY_OF_SOUND))
            .fold(0.0, f64::max)
    };
    let mut terms: Vec<(f64, &'static str)> = vocabulary()
        .terms()
        .iter()
        .filter(|term| term.group == group)
        .map(|term| (similarity(term), term.id.as_str()))
        .filter(|(similarity, _)| *similarity >= min_similarity)
        .collect();
    terms.sort_by(|left, right| right.0.total_cmp(&left.0));
    terms.truncate(MAX_SUGGESTIONS);
    terms.into_iter().map(|(_, id)| id).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_term_gets_the_nearest_ones() {
        let of = |field, text| nearest(field, text).unwrap_or_else(|| panic!("{text}"));
        assert!(of("communities", "community:wimmin").contains(&"community:women"));
        assert!(of("communities", "comunity:women").contains(&"community:women"));
        assert!(of("activities", "socialisng").contains(&"activity:socialising"));
        assert!(
            of("tags", "accessibility:step-free-entrence")
                .contains(&"accessibility:step-free-entrance")
        );
        // Nothing is near, but a prefix of the vocabulary promises a term.
        assert!(of("communities", "community:zzzz").is_empty());
    }

    #[test]
    fn terms_own_words_and_other_texts_are_left_alone() {
        for (field, text) in [
            ("communities", "community:women"),
            ("communities", "x:our-word"),
            ("activities", "bell ringing"),
            ("activities", "socialising"),
            ("summary", "Need: a room"),
            ("website", "https://kettle.org"),
            ("start", "2026-11-24T19:00"),
        ] {
            assert_eq!(nearest(field, text), None, "{text}");
        }
    }
}
