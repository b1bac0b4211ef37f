//! The suggested vocabulary: never mandatory, for suggestions and for widening a
//! search. A group's own words always come first.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::gazetteer::normalise;

const VOCABULARY: &str = include_str!("../data/vocabulary.json");

/// Narrower words that a search is not widened to, by term: a group for LGB people
/// only is no answer to somebody looking for an LGBTQIA+ group.
const NOT_WIDENED_TO: [(&str, &str); 1] = [("community:lgbtqia", "LGB")];

/// Further words for a term, beside its label and synonyms: parts of a label that
/// people use alone.
const ALSO_CALLED: [(&str, &str); 4] = [
    ("community:trans-and-non-binary", "trans"),
    ("community:trans-and-non-binary", "trans people"),
    ("community:trans-and-non-binary", "non-binary"),
    ("community:trans-and-non-binary", "nonbinary"),
];

/// A group of terms, such as `activity`.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct TermGroup {
    /// Its id, which begins the ids of its terms.
    pub id: String,
    /// What it is about.
    pub label: String,
}

/// One suggested tag.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq)]
pub struct Term {
    /// Its id, `group:words-with-hyphens`: what stands in a record.
    pub id: String,
    /// What to show for it.
    pub label: String,
    /// The id of its group.
    pub group: String,
    /// Other words for the same.
    #[serde(default)]
    pub synonyms: Vec<String>,
    /// What to know before using it.
    #[serde(default)]
    pub note: String,
    /// Where it comes from.
    #[serde(default)]
    pub basis: String,
    /// Ids of broader terms.
    #[serde(default)]
    pub broader: Vec<String>,
    /// Narrower words: whoever asks for the term is also glad of these.
    #[serde(default)]
    pub narrower: Vec<String>,
}

impl Term {
    /// Parts of its label that people use alone, for the same.
    pub fn also_called(&self) -> impl Iterator<Item = &'static str> + Clone {
        ALSO_CALLED
            .iter()
            .filter(|(id, _)| *id == self.id)
            .map(|(_, word)| *word)
    }
}

#[derive(Deserialize)]
struct Document {
    groups: Vec<TermGroup>,
    terms: Vec<Term>,
}

/// Groups and terms, with their indexes. Made once, by [`vocabulary`].
#[derive(Debug)]
pub struct Vocabulary {
    groups: Vec<TermGroup>,
    terms: Vec<Term>,
    by_id: HashMap<String, usize>,
    by_word: HashMap<String, Vec<usize>>,
    /// Terms by their narrower words.
    by_narrower: HashMap<String, Vec<usize>>,
}

/// The embedded vocabulary.
pub fn vocabulary() -> &'static Vocabulary {
    static VOCABULARY_ONCE: OnceLock<Vocabulary> = OnceLock::new();
    VOCABULARY_ONCE.get_or_init(|| {
        let document = serde_json::from_str(VOCABULARY).expect("the embedded data is well formed");
        Vocabulary::index(document)
    })
}

impl Vocabulary {
    fn index(Document { groups, terms }: Document) -> Self {
        let mut by_word: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, term) in terms.iter().enumerate() {
            let tail = term.id.split_once(':').map_or("", |(_, tail)| tail);
            let mut words = vec![term.label.as_str(), tail];
            words.extend(term.synonyms.iter().map(String::as_str));
            for word in term.also_called() {
                words.push(word);
            }
            for word in words {
                let terms = by_word.entry(normalise(word)).or_default();
                if !terms.contains(&index) {
                    terms.push(index);
                }
            }
        }
        by_word.remove("");
        let mut by_narrower: HashMap<String, Vec<usize>> = HashMap::new();
        for (index, term) in terms.iter().enumerate() {
            for word in &term.narrower {
                by_narrower.entry(normalise(word)).or_default().push(index);
            }
        }
        let by_id = terms
            .iter()
            .enumerate()
            .map(|(i, term)| (term.id.clone(), i))
            .collect();
        Self {
            groups,
            terms,
            by_id,
            by_word,
            by_narrower,
        }
    }

    /// The groups of terms.
    #[must_use]
    pub fn groups(&self) -> &[TermGroup] {
        &self.groups
    }

    /// Every term.
    #[must_use]
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The term with this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&Term> {
        self.by_id.get(id).map(|index| &self.terms[*index])
    }

    /// Terms whose label, synonym or id is this word, whatever its case.
    #[must_use]
    pub fn by_word(&self, word: &str) -> Vec<&Term> {
        let found = self.by_word.get(&normalise(word)).into_iter().flatten();
        found.map(|index| &self.terms[*index]).collect()
    }

    /// The narrower words of a term; empty for an unknown id.
    #[must_use]
    pub fn narrower(&self, id: &str) -> &[String] {
        self.by_id(id).map_or(&[], |term| &term.narrower)
    }

    /// What a search for a word or id may look for as well: labels, synonyms and
    /// narrower words, never broader ones, and not the word itself.
    #[must_use]
    pub fn widenings(&self, word: &str) -> Vec<&str> {
        let asked = normalise(word);
        let terms = self.by_id(word).into_iter().chain(self.by_word(word));
        let mut also: Vec<&str> = Vec::new();
        for term in terms {
            let words = [&term.label]
                .into_iter()
                .chain(&term.synonyms)
                .chain(&term.narrower);
            for other in words {
                let excluded = NOT_WIDENED_TO.contains(&(term.id.as_str(), other.as_str()));
                if !excluded && normalise(other) != asked && !also.contains(&other.as_str()) {
                    also.push(other);
                }
            }
        }
        also
    }

    /// The ids and words that fit whoever asks for a tag, by id or word: the tag itself,
    /// the same in other words, and narrower ones. Never a broader one.
    #[must_use]
    pub fn fitting(&self, asked: &str) -> Vec<String> {
        let mut fitting = vec![asked.to_owned()];
        let terms = self.by_id(asked).into_iter().chain(self.by_word(asked));
        for term in terms {
            fitting.push(term.id.clone());
            for word in self.widenings(&term.id) {
                fitting.push(word.to_owned());
                if term.narrower.iter().any(|narrower| narrower == word) {
                    fitting.extend(self.by_word(word).iter().map(|term| term.id.clone()));
                }
            }
        }
        fitting.sort_unstable();
        fitting.dedup();
        fitting
    }

    /// The ids and words that hold of everybody of whom a tag holds: those of the terms
    /// that name it as a narrower one. What bears only these is no answer to whoever asks
    /// for the tag.
    #[must_use]
    pub fn broader(&self, asked: &str) -> Vec<&str> {
        let own = self.by_id(asked).into_iter().chain(self.by_word(asked));
        let own: Vec<&Term> = own.collect();
        let mut words = vec![asked];
        for term in &own {
            words.push(&term.label);
            words.extend(term.synonyms.iter().map(String::as_str));
            for word in term.also_called() {
                words.push(word);
            }
        }
        let above = |word: &str| self.by_narrower.get(&normalise(word)).into_iter().flatten();
        let mut broader: Vec<&str> = Vec::new();
        for index in words.into_iter().flat_map(above) {
            let term = &self.terms[*index];
            // A narrower word of it may be no more than another spelling.
            if own.contains(&term) {
                continue;
            }
            broader.extend([term.id.as_str(), &term.label]);
            broader.extend(term.synonyms.iter().map(String::as_str));
        }
        broader.sort_unstable();
        broader.dedup();
        broader
    }

    /// What to show for a tag: the term's label, or the tag itself where it is a
    /// group's own word.
    #[must_use]
    pub fn label<'a>(&'a self, tag: &'a str) -> &'a str {
        self.by_id(tag)
            .map_or_else(|| tag.strip_prefix("x:").unwrap_or(tag), |term| &term.label)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_embedded_vocabulary_is_whole() {
        assert_eq!(vocabulary().groups().len(), 22);
        assert_eq!(vocabulary().terms().len(), 273);
        for term in vocabulary().terms() {
            assert!(
                term.id.starts_with(&format!("{}:", term.group)),
                "{}",
                term.id
            );
            assert!(
                vocabulary()
                    .groups()
                    .iter()
                    .any(|group| group.id == term.group)
            );
            assert_eq!(vocabulary().by_id(&term.id), Some(term));
        }
    }

    #[test]
    fn a_term_is_found_by_label_synonym_and_id() {
        for word in ["Reciprocity", "giving AND receiving", "reciprocity"] {
            assert_eq!(
                vocabulary().by_word(word)[0].id,
                "value:reciprocity",
                "{word}"
            );
        }
        assert!(vocabulary().by_word("").is_empty());
    }

    #[test]
    fn a_search_is_widened_downwards_only() {
        let also = vocabulary().widenings("people of colour");
        assert!(
            also.contains(&"South Asian") && also.contains(&"BPoC"),
            "{also:?}"
        );
        assert!(!also.contains(&"people of colour"));
        assert!(
            vocabulary().widenings("Somali").is_empty(),
            "broader terms are no answer"
        );
        let also = vocabulary().widenings("LGBTQIA+");
        assert!(
            also.contains(&"trans") && !also.contains(&"LGB"),
            "{also:?}"
        );
    }

    #[test]
    fn what_fits_a_tag_is_the_same_or_narrower() {
        let fits = |asked: &str| vocabulary().fitting(asked);
        for asked in ["LGBTQIA+", "community:lgbtqia"] {
            let fitting = fits(asked);
            assert!(fitting.contains(&"community:trans-and-non-binary".to_owned()));
            assert!(!fitting.contains(&"LGB".to_owned()), "{fitting:?}");
        }
        let fitting = fits("trans");
        assert!(fitting.contains(&"community:trans-and-non-binary".to_owned()));
        assert!(
            !fitting.iter().any(|one| one.contains("lgbt")),
            "{fitting:?}"
        );
        let fitting = fits("south asian");
        assert!(fitting.contains(&"community:south-asian".to_owned()));
        assert!(
            !fitting.iter().any(|one| one.contains("bme")),
            "{fitting:?}"
        );
        assert_eq!(fits("boat building"), ["boat building"]);
    }

    #[test]
    fn what_holds_of_everybody_of_a_kind_is_broader() {
        for trans in ["trans", "community:trans-and-non-binary", "transgender"] {
            let broader = vocabulary().broader(trans);
            assert!(broader.contains(&"community:lgbtqia"), "{trans}");
            assert!(broader.contains(&"LGBTQ+"), "{trans}");
        }
        let broader = vocabulary().broader("community:south-asian");
        assert!(broader.contains(&"community:bme-communities"));
        assert!(!broader.contains(&"community:south-asian"));
        for widest in ["LGBTQIA+", "community:women", "boat building"] {
            assert_eq!(vocabulary().broader(widest), [""; 0], "{widest}");
        }
    }

    #[test]
    fn own_words_are_shown_as_they_are() {
        assert_eq!(vocabulary().label("value:reciprocity"), "Reciprocity");
        assert_eq!(vocabulary().label("x:knitting circle"), "knitting circle");
        assert_eq!(vocabulary().label("knitting"), "knitting");
    }
}
