//! The vocabulary by stems: what a question's words may be widened to, and which words are
//! not to be guessed at.

use std::collections::HashMap;
use std::collections::HashSet;
use std::sync::LazyLock;

use hedgerow_core::vocabulary::Term;
use hedgerow_core::vocabulary::vocabulary;

use super::words::forms_of;
use super::words::singular;
use super::words::stems_of;

/// The most words of a label or synonym.
pub(crate) const LONGEST_PHRASE: usize = 6;

/// What the vocabulary says of a phrase.
#[derive(Default)]
pub(crate) struct Entry {
    stems: Vec<String>,
    /// Ids of the terms that the phrase names.
    pub(crate) tags: Vec<String>,
    /// Ids of narrower terms.
    pub(crate) narrower: Vec<String>,
    /// The same in other words, and narrower words. Never broader ones.
    pub(crate) also: Vec<String>,
    /// Whether the vocabulary has other words with the same stems, which mean something
    /// else.
    pub(crate) stems_mislead: bool,
}

struct Thesaurus {
    by_stems: HashMap<Vec<String>, Entry>,
    /// By words in the singular. Different words may have the same stem.
    by_words: HashMap<Vec<String>, Entry>,
    known_forms: HashSet<String>,
}

static THESAURUS: LazyLock<Thesaurus> = LazyLock::new(Thesaurus::new);

/// What the vocabulary says of a phrase: of just these words where it knows them, else of
/// the phrase with these stems.
pub(crate) fn entry(stems: &[String], forms: &[String]) -> Option<&'static Entry> {
    let of_stems = THESAURUS.by_stems.get(stems)?;
    let words: Vec<String> = forms.iter().map(|form| singular(form)).collect();
    THESAURUS.by_words.get(&words).or(Some(of_stems))
}

/// Whether this word, as it is written, is one of the vocabulary's: then it is spelt right
/// and means what it says. `lgbt` is no slip of `lgb`.
pub(crate) fn is_known(form: &str) -> bool {
    THESAURUS.known_forms.contains(form)
}

impl Thesaurus {
    fn new() -> Self {
        let mut thesaurus = Self {
            by_stems: HashMap::new(),
            by_words: HashMap::new(),
            known_forms: HashSet::new(),
        };
        for term in vocabulary().terms() {
            thesaurus.add(term);
        }
        let mut alike: HashMap<Vec<String>, HashSet<String>> = HashMap::new();
        for entry in thesaurus.by_words.values() {
            let tags = alike.entry(entry.stems.clone()).or_default();
            tags.extend(entry.tags.iter().cloned());
        }
        for entry in thesaurus.by_words.values_mut() {
            let all = alike.get(&entry.stems).map_or(0, HashSet::len);
            entry.stems_mislead = all > entry.tags.len();
        }
        thesaurus
    }

    fn add(&mut self, term: &'static Term) {
        let also = vocabulary().widenings(&term.id);
        let narrower: Vec<String> = vocabulary()
            .fitting(&term.id)
            .into_iter()
            .filter(|tag| *tag != term.id && vocabulary().by_id(tag).is_some())
            .collect();
        let names = std::iter::once(term.label.as_str())
            .chain(term.synonyms.iter().map(String::as_str))
            .chain(term.also_called());
        for name in names.clone() {
            let stems = stems_of(name);
            if !stems.is_empty() && stems.len() <= LONGEST_PHRASE {
                let words = forms_of(name).iter().map(|form| singular(form)).collect();
                add_phrase(&mut self.by_words, words, &stems, term, &narrower, &also);
                add_phrase(
                    &mut self.by_stems,
                    stems.clone(),
                    &stems,
                    term,
                    &narrower,
                    &also,
                );
            }
        }
        // The beginning of a long name is said for it: `obsessive compulsive`. Not of people:
        // the beginning of what a community is called may mean others.
        for name in term.synonyms.iter().filter(|_| term.group != "community") {
            let stems = stems_of(name);
            for length in 2..stems.len().min(LONGEST_PHRASE) {
                let stems = &stems[..length];
                add_phrase(
                    &mut self.by_stems,
                    stems.to_vec(),
                    stems,
                    term,
                    &narrower,
                    &also,
                );
            }
        }
        for name in names.chain(term.narrower.iter().map(String::as_str)) {
            self.known_forms.extend(forms_of(name));
        }
    }
}

fn add_phrase(
    phrases: &mut HashMap<Vec<String>, Entry>,
    phrase: Vec<String>,
    stems: &[String],
    term: &Term,
    narrower: &[String],
    also: &[&str],
) {
    let others = also
        .iter()
        .filter(|other| stems_of(other) != stems)
        .map(ToString::to_string)
        .collect::<Vec<_>>();
    let entry = phrases.entry(phrase).or_default();
    entry.stems = stems.to_vec();
    let add = |held: &mut Vec<String>, new: &[String]| {
        for one in new {
            if !held.contains(one) {
                held.push(one.clone());
            }
        }
    };
    add(&mut entry.tags, std::slice::from_ref(&term.id));
    add(&mut entry.narrower, narrower);
    add(&mut entry.also, &others);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn also(phrase: &str) -> Vec<&'static str> {
        entry(&stems_of(phrase), &forms_of(phrase))
            .map(|entry| entry.also.iter().map(String::as_str).collect())
            .unwrap_or_default()
    }

    #[test]
    fn a_phrase_is_widened_to_synonyms_and_narrower_words_only() {
        assert!(also("LGBTQIA+").contains(&"trans"));
        assert!(!also("LGBTQIA+").contains(&"LGB"));
        assert!(also("trans").contains(&"Trans and non-binary"));
        assert!(!also("trans").iter().any(|word| word.contains("LGBT")));
        assert!(!also("south asian").iter().any(|word| word.contains("BME")));
        assert!(also("people of colour").contains(&"South Asian"));
        assert!(also("boat building").is_empty());
    }

    #[test]
    fn words_with_one_stem_are_told_apart_where_the_vocabulary_knows_them() {
        let tags = |phrase: &str| {
            let entry = entry(&stems_of(phrase), &forms_of(phrase));
            entry.map(|entry| entry.tags.clone()).unwrap_or_default()
        };
        assert_eq!(stems_of("prisoners"), stems_of("prison"));
        for prisoners in ["prisoners", "prisoner"] {
            assert_eq!(tags(prisoners), ["community:people-in-or-leaving-prison"]);
        }
        assert_eq!(tags("prisons"), ["setting:prison"]);
        assert_eq!(tags("12 steps"), ["approach:twelve-steps"]);
        let misleads = |phrase: &str| {
            let entry = entry(&stems_of(phrase), &forms_of(phrase));
            entry.is_some_and(|entry| entry.stems_mislead)
        };
        assert!(misleads("prisoners") && misleads("prison"));
        assert!(!misleads("co-counselling") && !misleads("depression"));
    }

    #[test]
    fn the_vocabularys_words_are_known_as_they_are_written() {
        for form in ["lgbt", "lgb", "trans", "somali", "ocd"] {
            assert!(is_known(form), "{form}");
        }
        assert!(!is_known("depresion"));
    }
}
