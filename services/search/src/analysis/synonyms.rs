//! The vocabulary as synonyms, looked up by stems: how to expand the words of a query, and
//! which words are spelt correctly.

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use hedgerow_core::vocabulary::{Term, vocabulary};

use crate::analysis::tokenizer::{forms, stems};
use crate::analysis::word_lists::singular;

/// Longer labels and synonyms are not matched as phrases.
pub const MAX_PHRASE_WORDS: usize = 6;

/// The vocabulary's data on a phrase.
#[derive(Default)]
pub struct Phrase {
    stems: Vec<String>,
    /// Ids of the terms that the phrase names.
    pub tags: Vec<String>,
    /// Ids of narrower terms.
    pub narrower: Vec<String>,
    /// Synonyms and narrower words, never broader ones.
    pub expansions: Vec<String>,
    /// Whether other words of the vocabulary have the same stems and another meaning.
    pub has_ambiguous_stems: bool,
}

struct Synonyms {
    by_stems: HashMap<Vec<String>, Phrase>,
    /// By words in the singular, because different words can share a stem.
    by_words: HashMap<Vec<String>, Phrase>,
    known_forms: HashSet<String>,
}

static SYNONYMS: LazyLock<Synonyms> = LazyLock::new(Synonyms::new);

/// Looks up a phrase: by exactly these words if the vocabulary has them, otherwise by stems.
pub fn find_phrase(stems: &[String], forms: &[String]) -> Option<&'static Phrase> {
    let by_stems = SYNONYMS.by_stems.get(stems)?;
    let words: Vec<String> = forms.iter().map(|form| singular(form)).collect();
    SYNONYMS.by_words.get(&words).or(Some(by_stems))
}

/// Whether a word, as written, occurs in the vocabulary. Then it is spelt correctly: `lgbt`
/// is not a misspelt `lgb`.
pub fn is_known_form(form: &str) -> bool {
    SYNONYMS.known_forms.contains(form)
}

impl Synonyms {
    fn new() -> Self {
        let mut synonyms = Self {
            by_stems: HashMap::new(),
            by_words: HashMap::new(),
            known_forms: HashSet::new(),
        };
        for term in vocabulary().terms() {
            synonyms.add(term);
        }
        synonyms.mark_ambiguous_stems();
        synonyms
    }

    fn mark_ambiguous_stems(&mut self) {
        let mut tags_by_stems: HashMap<Vec<String>, HashSet<String>> = HashMap::new();
        for phrase in self.by_words.values() {
            let tags = tags_by_stems.entry(phrase.stems.clone()).or_default();
            tags.extend(phrase.tags.iter().cloned());
        }
        for phrase in self.by_words.values_mut() {
            let all_tags = tags_by_stems.get(&phrase.stems).map_or(0, HashSet::len);
            phrase.has_ambiguous_stems = all_tags > phrase.tags.len();
        }
    }

    fn add(&mut self, term: &'static Term) {
        let expansions = vocabulary().expansions(&term.id);
        let narrower: Vec<String> = vocabulary()
            .matching_tags(&term.id)
            .into_iter()
            .filter(|tag| *tag != term.id && vocabulary().by_id(tag).is_some())
            .collect();
        let names = std::iter::once(term.label.as_str())
            .chain(term.synonyms.iter().map(String::as_str))
            .chain(term.label_parts());
        for name in names.clone() {
            let stems = stems(name);
            if !stems.is_empty() && stems.len() <= MAX_PHRASE_WORDS {
                let words = forms(name).iter().map(|form| singular(form)).collect();
                let by_words = self.by_words.entry(words).or_default();
                extend(by_words, &stems, term, &narrower, &expansions);
                let by_stems = self.by_stems.entry(stems.clone()).or_default();
                extend(by_stems, &stems, term, &narrower, &expansions);
            }
        }
        // People shorten a long name to its beginning: `obsessive compulsive`. Communities are
        // exempt, because the beginning of their name may mean other people.
        for name in term.synonyms.iter().filter(|_| term.group != "community") {
            let stems = stems(name);
            for length in 2..stems.len().min(MAX_PHRASE_WORDS) {
                let stems = &stems[..length];
                let by_stems = self.by_stems.entry(stems.to_vec()).or_default();
                extend(by_stems, stems, term, &narrower, &expansions);
            }
        }
        for name in names.chain(term.narrower.iter().map(String::as_str)) {
            self.known_forms.extend(forms(name));
        }
    }
}

fn extend(
    phrase: &mut Phrase,
    phrase_stems: &[String],
    term: &Term,
    narrower: &[String],
    expansions: &[&str],
) {
    let others = expansions
        .iter()
        .filter(|other| stems(other) != phrase_stems)
        .map(ToString::to_string)
        .collect::<Vec<_>>();
    phrase.stems = phrase_stems.to_vec();
    let add_missing = |list: &mut Vec<String>, values: &[String]| {
        for value in values {
            if !list.contains(value) {
                list.push(value.clone());
            }
        }
    };
    add_missing(&mut phrase.tags, std::slice::from_ref(&term.id));
    add_missing(&mut phrase.narrower, narrower);
    add_missing(&mut phrase.expansions, &others);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(phrase: &str) -> Option<&'static Phrase> {
        find_phrase(&stems(phrase), &forms(phrase))
    }

    fn expansions(phrase: &str) -> Vec<&'static str> {
        find(phrase)
            .map(|phrase| phrase.expansions.iter().map(String::as_str).collect())
            .unwrap_or_default()
    }

    #[test]
    fn a_phrase_expands_to_synonyms_and_narrower_words_only() {
        assert!(expansions("LGBTQIA+").contains(&"trans"));
        assert!(!expansions("LGBTQIA+").contains(&"LGB"));
        assert!(expansions("trans").contains(&"Trans and non-binary"));
        assert!(!expansions("trans").iter().any(|word| word.contains("LGBT")));
        assert!(
            !expansions("south asian")
                .iter()
                .any(|word| word.contains("BME"))
        );
        assert!(expansions("people of colour").contains(&"South Asian"));
        assert!(expansions("boat building").is_empty());
    }

    #[test]
    fn words_with_the_same_stem_are_distinguished_if_the_vocabulary_has_both() {
        let tags = |phrase: &str| {
            let found = find(phrase);
            found.map(|found| found.tags.clone()).unwrap_or_default()
        };
        assert_eq!(stems("prisoners"), stems("prison"));
        for prisoners in ["prisoners", "prisoner"] {
            assert_eq!(tags(prisoners), ["community:people-in-or-leaving-prison"]);
        }
        assert_eq!(tags("prisons"), ["setting:prison"]);
        assert_eq!(tags("12 steps"), ["approach:twelve-steps"]);
        let is_ambiguous =
            |phrase: &str| find(phrase).is_some_and(|found| found.has_ambiguous_stems);
        assert!(is_ambiguous("prisoners") && is_ambiguous("prison"));
        assert!(!is_ambiguous("co-counselling") && !is_ambiguous("depression"));
    }

    #[test]
    fn the_vocabularys_words_are_known_as_written() {
        for form in ["lgbt", "lgb", "trans", "somali", "ocd"] {
            assert!(is_known_form(form), "{form}");
        }
        assert!(!is_known_form("depresion"));
    }
}
